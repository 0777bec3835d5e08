/** Between the worker that makes the pictures of an export and the page, which has ffmpeg: pieces of raw frames. */
import type { FrameRate } from '@lectern/timeline';
import type { SerialisedError } from '@lectern/ports';

/** Frames that are encoded together: the first becomes a key frame, no other does. */
export interface FramesOrder {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** Bits per second that it has at most. */
  readonly bitrate: number;
  /** I420, BT.709 of limited range, without gaps between lines and planes. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
}

/** An MP4 file of those frames, in their order; or why there is none. */
export type FramesAnswer =
  | { readonly id: number; readonly file: Blob; readonly error: null }
  | { readonly id: number; readonly file: null; readonly error: SerialisedError };
