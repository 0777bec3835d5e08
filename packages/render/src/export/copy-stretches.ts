import type { FrameRate, TimelineDocument } from '@lectern/timeline';
import type { MediaLibrary } from '../media/media-library.js';
import type { PictureSpan } from './packet-span.js';

/** What copied packets have to fit into: the pictures of the file that is being made. */
export interface CopyTarget {
  readonly codec: 'avc' | 'vp9';
  /** Of the packets that are encoded beside the copied ones, e.g. `avc1.64001f`. */
  readonly codecString: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** Bits per second that the preset asks for. */
  readonly bitrate: number;
}

/** Frames of the document whose packets can be passed on from a source as they are. */
export interface CopyStretch {
  readonly startFrame: number;
  /** Exclusive. */
  readonly endFrame: number;
  readonly clipId: string;
  readonly assetId: string;
  /** Seconds of the source at `startFrame`. */
  readonly sourceSeconds: number;
  /** Bytes of its packets, as far as that is known without reading them. */
  readonly sizeBytes: number;
}

/**
 * The stretches of `[startFrame, endFrame)` that can be copied, in order and without overlap. What lies between is
 * encoded.
 */
export function findCopies(
  _document: TimelineDocument,
  _startFrame: number,
  _endFrame: number,
  _target: CopyTarget,
  _library: MediaLibrary,
): Promise<readonly CopyStretch[]> {
  return Promise.resolve([]);
}

/** The packets of a stretch. `exportStartFrame` is the frame of the document that is 0 in the file. */
export function copySpan(
  stretch: CopyStretch,
  _exportStartFrame: number,
  _document: TimelineDocument,
  _library: MediaLibrary,
): Promise<PictureSpan> {
  return Promise.reject(new RangeError(`nothing can be copied from ${stretch.assetId}`));
}
