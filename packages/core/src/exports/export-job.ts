import type { ExportedFrames, ExportFormat, ExportPreset, ExportProgress, SerialisedError } from '@lectern/ports';

/**
 * `waiting → preparing → rendering → finishing → storing → done`, or one of the ways out: `paused` by somebody,
 * `interrupted` when its page went before it was done, `failed`, `cancelled`.
 */
export type ExportStatus =
  | 'waiting'
  | 'preparing'
  | 'rendering'
  | 'finishing'
  | 'storing'
  | 'paused'
  | 'interrupted'
  | 'done'
  | 'failed'
  | 'cancelled';

/** What an export came to. */
export interface ExportOutcome {
  readonly sizeBytes: number;
  readonly durationSeconds: number;
  readonly frames: ExportedFrames;
}

/** One rendering of a project into an asset. */
export interface ExportJob {
  readonly id: string;
  readonly projectId: string;
  /** What the file is called, without the extension. */
  readonly name: string;
  readonly preset: ExportPreset;
  readonly format: ExportFormat;
  /** The asset that gets a new version; null when it is to be a new file. */
  readonly replaces: string | null;
  /** ISO 8601: the timeline is exported as it was then. */
  readonly startedAt: string;
  readonly status: ExportStatus;
  /** True once the file is finished: all that is left is to store it. */
  readonly rendered: boolean;
  readonly progress: ExportProgress | null;
  /** 0…1 of the whole way, storing included; it never goes back. */
  readonly fraction: number;
  /** Storing waits for the network, or for its next try. */
  readonly stalled: boolean;
  /** Where it ends up, from the moment that storing begins. */
  readonly assetId: string | null;
  readonly outcome: ExportOutcome | null;
  readonly error: SerialisedError | null;
}
