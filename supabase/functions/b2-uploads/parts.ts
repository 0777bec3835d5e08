/** How a file is cut into parts. */

const MIB = 1024 * 1024;
/** Fewer parts than the store's 10,000, so that there is room to be wrong. */
const MOST_PARTS = 9000;

export interface PartPlan {
  readonly sizeBytes: number;
  /** Bytes of each part but the last. */
  readonly partSize: number;
  /** 0 for an empty file. */
  readonly partCount: number;
}

/** The same for the same size, always: an upload that was begun is gone on with by it. */
export function planParts(sizeBytes: number): PartPlan {
  const partSize = Math.max(8 * MIB, Math.ceil(sizeBytes / MOST_PARTS / MIB) * MIB);
  return { sizeBytes, partSize, partCount: Math.ceil(sizeBytes / partSize) };
}

/** Bytes of one part, from 1. */
export function sizeOfPart({ sizeBytes, partSize, partCount }: PartPlan, part: number): number {
  return part < partCount ? partSize : sizeBytes - (partCount - 1) * partSize;
}
