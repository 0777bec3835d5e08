/**
 * All that is said between the page and a worker, in one place. A worker is one of the render engine's: every worker
 * runs the same script and can do every job; the page decides which does what.
 */
import type {
  ExportCapabilities,
  ExportedFrames,
  ExportForecast,
  ExportFormat,
  ExportPreset,
  ExportProgress,
  FilmstripPicture,
  FilmstripRequest,
  PeaksChunk,
  PeaksRequest,
  ProbeResult,
  ProxyUse,
  SerialisedError,
} from '@lectern/ports';
import type { Change, TimelineRecord } from '@lectern/timeline';
import type { ProxyOptions, ProxyStanding } from '../proxy/make-proxy.js';

/** A font as a worker loads it. */
export interface WorkerFont {
  readonly family: string;
  readonly url: string;
  readonly weight: string;
  readonly style: 'normal' | 'italic';
}

/** What an export is made of, for both of its workers. */
export interface ExportTask {
  readonly records: readonly TimelineRecord[];
  readonly startFrame: number;
  readonly endFrame: number;
  readonly preset: ExportPreset;
  readonly format: ExportFormat;
  /** An earlier export, whose packets are taken over where they are the same. */
  readonly reuseAssetId: string | null;
  /** LUFS that the sound is brought to; null leaves it as it is mixed. */
  readonly loudness: number | null;
  /** Sources that turned out to be damaged when their packets were passed on. */
  readonly notCopied: readonly string[];
}

export interface PictureExportTask extends ExportTask {
  /** The encoded sound comes in here; null for a file that may have none. */
  readonly sound: MessagePort | null;
  /** Where the file is made, in the private file system; null to keep the bytes in blobs. */
  readonly place: ExportPlace | null;
  readonly acceleration: HardwareAcceleration;
}

/** Where an export has its files. */
export interface ExportPlace {
  /** The name of its folder among those of all exports. */
  readonly folder: string;
  readonly fileName: string;
  /** Whether sections are kept until the file is whole, so that an interruption costs only the last ones. */
  readonly keepParts: boolean;
}

export type HardwareAcceleration = 'no-preference' | 'prefer-software';

export interface SoundExportTask extends ExportTask {
  readonly pictures: MessagePort;
}

/** How an export goes, with the clip at hand: a watchdog names it when nothing moves any more. */
export interface ExportEvent extends ExportProgress {
  readonly clip: string | null;
  /** Changes while something goes on that no frame tells of. */
  readonly beat: number;
}

export interface ExportOutcome {
  /** The bytes when there is no file of that name. */
  readonly blob: Blob | null;
  readonly frames: ExportedFrames;
  /** Seconds that it took to encode the frames that were encoded. */
  readonly encodingSeconds: number;
}

export interface ForecastTask extends ExportTask {
  /** Frames per second that exports of this size were encoded at here; null when there was none. */
  readonly knownSpeed: number | null;
}

/** A block of mixed sound for the preview; both sides of one length. */
export interface SoundBlock {
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
}

export interface ProxyRequest extends ProxyOptions {
  readonly assetId: string;
}

/** What a preview plays next. */
export interface PreviewSoundRequest {
  readonly previewId: number;
  /** Where it begins anew, in samples of the timeline; null goes on from the block before. */
  readonly from: number | null;
  /** Samples to be heard. */
  readonly length: number;
  /** Hz, of the timeline's samples and of those that are heard. */
  readonly sampleRate: number;
  /** Of playback; negative is heard backwards. */
  readonly rate: number;
}

/** Jobs: what goes in, what comes out at the end, and what may come on the way. */
export interface Jobs {
  readonly probe: { input: { file: Blob }; item: never; output: ProbeResult };
  readonly filmstrip: { input: FilmstripRequest; item: FilmstripPicture; output: undefined };
  readonly peaks: { input: PeaksRequest; item: PeaksChunk; output: undefined };
  readonly capabilities: {
    input: { width: number; height: number; withFfmpeg: boolean };
    item: never;
    output: ExportCapabilities;
  };
  readonly exportPictures: { input: PictureExportTask; item: ExportEvent; output: ExportOutcome };
  readonly exportSound: { input: SoundExportTask; item: never; output: undefined };
  readonly forecast: { input: ForecastTask; item: never; output: Omit<ExportForecast, 'freeBytes'> };
  /** How many bytes can be stored, up to so many. */
  readonly roomFor: { input: { readonly bytes: number }; item: never; output: number };
  readonly keepExport: {
    input: { readonly folder: string; readonly fileName: string; readonly text: string };
    item: never;
    output: undefined;
  };
  readonly capture: { input: { previewId: number; frame: number }; item: never; output: ImageBitmap };
  readonly mixForPreview: { input: PreviewSoundRequest; item: never; output: SoundBlock };
  readonly lookForProxy: { input: ProxyRequest; item: never; output: ProxyStanding };
  /** The proxy once its last piece is made. */
  readonly makeProxyPiece: { input: ProxyRequest; item: never; output: Blob | null };
}
export type JobName = keyof Jobs;
export type JobInput<N extends JobName> = Jobs[N]['input'];
export type JobItem<N extends JobName> = Jobs[N]['item'];
export type JobOutput<N extends JobName> = Jobs[N]['output'];

/** Orders to a preview's stage; they aren't answered. Which preview they are for stands beside them. */
export type PreviewOrder =
  | { readonly order: 'open'; readonly role: 'pictures' | 'sound'; readonly pixelBudget: number }
  | { readonly order: 'surface'; readonly surface: OffscreenCanvas }
  | { readonly order: 'size'; readonly width: number; readonly height: number }
  | { readonly order: 'document'; readonly records: readonly TimelineRecord[] }
  | { readonly order: 'change'; readonly change: Change }
  | { readonly order: 'show'; readonly frame: number; readonly scrubbing: boolean }
  /**
   * Plays: at `time` (milliseconds since the epoch of both clocks) frame `frame` is due. Sent again as the sound's clock
   * drifts, and with `anew` when it goes on from elsewhere.
   */
  | {
      readonly order: 'play';
      readonly frame: number;
      readonly time: number;
      readonly rate: number;
      readonly anew: boolean;
    }
  | { readonly order: 'pause' }
  /** Nobody sees it: decoders and pictures are let go of until somebody does again. */
  | { readonly order: 'visible'; readonly visible: boolean }
  /** The proxies there are, by asset, and whether they are shown. */
  | {
      readonly order: 'proxies';
      readonly proxies: readonly (readonly [assetId: string, proxy: Blob])[];
      readonly making: readonly string[];
      readonly use: boolean;
    }
  | { readonly order: 'close' };

/** What a stage tells about itself. */
export interface StageReport {
  /** The frame that is due; the clock's while it plays. */
  readonly frame: number;
  readonly shownFrame: number;
  /** False while `shownFrame` stands in for the frame that was asked for. */
  readonly exact: boolean;
  readonly droppedFrames: number;
  readonly proxy: ProxyUse;
  readonly error: SerialisedError | null;
}

export type ToWorker =
  | { readonly say: 'setUp'; readonly fonts: readonly WorkerFont[] }
  | { readonly say: 'start'; readonly job: number; readonly name: JobName; readonly input: unknown }
  | { readonly say: 'abort'; readonly job: number }
  /** Allows so many more items: a job that is ahead of its reader waits. */
  | { readonly say: 'more'; readonly job: number; readonly count: number }
  | {
      readonly say: 'source';
      readonly request: number;
      readonly blob: Blob | null;
      readonly error: SerialisedError | null;
    }
  | { readonly say: 'forget'; readonly assetIds: readonly string[] }
  | { readonly say: 'preview'; readonly previewId: number; readonly order: PreviewOrder };

/**
 * Whom the pictures of an export may ask for, each at the other end of a port: an ffmpeg that encodes frames
 * (`FramesOrder` goes in, `FramesAnswer` comes out), or one more worker for the sound (`SoundOrder`, `SoundMessage`).
 */
export type Helper = 'ffmpeg' | 'sound';

export type FromWorker =
  | { readonly say: 'ready' }
  | { readonly say: 'done'; readonly job: number; readonly output: unknown }
  | { readonly say: 'failed'; readonly job: number; readonly error: SerialisedError }
  | { readonly say: 'item'; readonly job: number; readonly item: unknown }
  | { readonly say: 'needSource'; readonly request: number; readonly assetId: string }
  | { readonly say: 'needHelper'; readonly helper: Helper; readonly port: MessagePort }
  | { readonly say: 'stage'; readonly previewId: number; readonly report: StageReport };

/** Encoded sound on its way to the file, between the two workers of an export: section by section. */
export type SoundMessage =
  /** The sound is listened to, to find its loudness: still at it. */
  | { readonly say: 'measuring' }
  /** Comes once, before any section. The gain is linear, of the whole mix. */
  | { readonly say: 'ready'; readonly encoder: SoundEncoder; readonly gain: number }
  | {
      readonly say: 'section';
      readonly index: number;
      readonly config: AudioDecoderConfig;
      /** Packets in order, back to back. */
      readonly data: Uint8Array<ArrayBuffer>;
      readonly sizes: readonly number[];
    }
  | { readonly say: 'failed'; readonly error: SerialisedError };

/** How sound is encoded here. */
export interface SoundEncoder {
  /** Packets of encoders with different names aren't joined: what they put before the sound may differ in length. */
  readonly name: string;
  /** Seconds from where the encoder says a packet is to where it belongs. */
  readonly shift: number;
}

/** Sections of an export's sound, from the first to the last. */
export type SoundRun = readonly [first: number, last: number];

/** From the pictures to the sound. */
export type SoundOrder =
  /** What to encode, and with which gain of the whole mix. Comes once, first. */
  | { readonly say: 'encode'; readonly runs: readonly SoundRun[]; readonly gain: number }
  /** How far the pictures are, in seconds of the export. The sound stays a little ahead of that. */
  | { readonly say: 'until'; readonly seconds: number };

/** Items that a job may be ahead of its reader. */
export const itemsAhead = 8;
