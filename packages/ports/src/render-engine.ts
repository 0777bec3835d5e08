import type { TimelineDocument } from '@lectern/timeline';
import type { CallOptions, Json, Unsubscribe } from './call-options.js';
import type { ProbeFacts } from './domain/asset.js';
import type { SerialisedError } from './errors.js';
import type { MediaConverter } from './media-converter.js';
import type { FileHandle } from './upload-engine.js';

/** Finds the bytes of an asset. @throws `source-missing` */
export type SourceResolver = (assetId: string, options?: CallOptions) => Promise<Blob>;

export interface ProbeResult {
  readonly facts: ProbeFacts;
  /** A small picture (JPEG or WebP, 320 px wide at most), or null for sound and what can't be decoded. */
  readonly poster: Blob | null;
}

export interface FilmstripRequest {
  readonly assetId: string;
  /** Seconds from the start of the source, ascending. */
  readonly timesSeconds: readonly number[];
  /** Height of each picture in pixels. */
  readonly height: number;
}

export interface FilmstripPicture {
  readonly timeSeconds: number;
  /** The receiver closes it. */
  readonly bitmap: ImageBitmap;
}

export interface PeaksRequest {
  readonly assetId: string;
  readonly peaksPerSecond: number;
}

/** A run of peaks: the lowest and highest sample (−1…1, all channels together) of each bin, from `startBin` on. */
export interface PeaksChunk {
  readonly startBin: number;
  readonly min: Float32Array;
  readonly max: Float32Array;
}

export type PreviewStatus = 'empty' | 'loading' | 'paused' | 'playing' | 'failed';

/**
 * What the picture at the playhead is made from. `none`: from the sources, and nothing else is there. `making`: from the
 * sources while a proxy is being made of one of them. `ready`: there is a proxy, but the original shows. `shown`: at least
 * one clip shows its proxy, a smaller copy with the same frames. Exports and captures always use the sources.
 */
export type ProxyUse = 'none' | 'making' | 'ready' | 'shown';

export interface PreviewState {
  readonly status: PreviewStatus;
  readonly frame: number;
  /** The frame whose picture is on the surface; it follows `frame`. */
  readonly shownFrame: number;
  /** Frames that were due while it played and never showed, since the preview was made. */
  readonly droppedFrames: number;
  readonly proxy: ProxyUse;
  /** What can't be shown at the playhead, with the clip's name in the details; the rest of the picture shows. */
  readonly error: SerialisedError | null;
}

/** Plays a document on a surface. Audio is the master clock. */
export interface Preview {
  /** Draws there from now on; the surface is the preview's own until `dispose`. */
  attach(surface: OffscreenCanvas): void;
  /** The size that pictures are drawn at, in device pixels; the aspect is the document's. */
  resize(width: number, height: number): void;
  setDocument(document: TimelineDocument): void;
  /** Of seeks that follow each other quickly, each shows what is at hand at once, and the last one its exact frame. */
  seek(frame: number): void;
  /**
   * `rate` 1 is normal, negative goes backwards; it sounds from −4 to 4. Starts again at the beginning when it stands at
   * the end, and the other way round.
   */
  play(rate?: number): Promise<void>;
  pause(): void;
  /** Linear, 0…1. */
  setVolume(volume: number): void;
  /** Whether proxies are shown where there are any; true at first. */
  useProxies(use: boolean): void;
  state(): PreviewState;
  subscribe(listener: (state: PreviewState) => void): Unsubscribe;
  /** The exact picture of a frame at the project's size; the caller closes it. */
  capture(frame: number, options?: CallOptions): Promise<ImageBitmap>;
  dispose(): void;
}

export type ContainerFormat = 'mp4' | 'webm';

/** A named way of exporting. Bits per second; `height` keeps the project's aspect. `audio` has no picture. */
export interface ExportPreset {
  readonly id: 'lms-1080p' | 'lms-720p' | 'smallest' | 'audio-only';
  readonly height: number;
  readonly videoBitrate: number;
  readonly audioBitrate: number;
}

export interface ExportFormat {
  readonly container: ContainerFormat;
  readonly videoCodec: 'avc' | 'vp9' | null;
  readonly audioCodec: 'aac' | 'opus' | null;
  readonly mimeType: string;
  readonly extension: string;
  /** Who encodes: `ffmpeg` where the browser can't itself, many times slower. The browser when left out. */
  readonly encoder?: 'browser' | 'ffmpeg';
}

/** What this browser can encode at a size, found by encoding a real frame. */
export interface ExportCapabilities {
  readonly formats: readonly ExportFormat[];
}

export interface ExportRequest {
  readonly document: TimelineDocument;
  readonly preset: ExportPreset;
  readonly format: ExportFormat;
  /** Frames; the whole timeline when left out. */
  readonly range?: { readonly startFrame: number; readonly endFrame: number };
  /** Loudness that the whole is brought to, in LUFS (−16 is usual for lectures); left as mixed when left out. */
  readonly loudness?: number;
  /** An earlier export of the same project: what is the same in it is taken over and not encoded again. */
  readonly reuseAssetId?: string;
}

export interface ExportProgress {
  /** `waiting` until it has its turn: another export of this browser runs, in this page or in another. */
  readonly phase: 'waiting' | 'preparing' | 'rendering' | 'finishing';
  readonly frame: number;
  readonly totalFrames: number;
  /** Null until it can be told. */
  readonly secondsLeft: number | null;
  readonly writtenBytes: number;
}

/** What a preset comes to, by its bit rates alone. */
export interface ExportEstimate {
  readonly sizeBytes: number;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
}

/** What an export will take, from the sources themselves. */
export interface ExportForecast {
  readonly sizeBytes: number;
  /** Space that it needs in this browser while it runs, in bytes: its parts and the file. */
  readonly spaceBytes: number;
  /** Space that this browser has left; null where it doesn't tell. */
  readonly freeBytes: number | null;
  /** Seconds that it is likely to take here; null before anything was measured at this size. */
  readonly renderSeconds: number | null;
  /** Frames whose packets are passed on from a source, or taken over from the earlier export. */
  readonly copiedFrames: number;
}

/** How the frames of an export were made. */
export interface ExportedFrames {
  /** Packets of a source, passed on as they are. */
  readonly copied: number;
  /** Packets of an earlier export, or of an attempt of this one that was interrupted. */
  readonly reused: number;
  readonly encoded: number;
}

export interface ExportResult {
  /** Disk-backed where the browser has a private file system. */
  readonly file: Blob;
  /** The file where it lies on disk, so that an upload needs no copy of it to go on in another page. Left out where it is in memory. */
  readonly handle?: FileHandle;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly format: ExportFormat;
  readonly frames: ExportedFrames;
  /** Removes the file and every part of the export; call it once the bytes are stored. */
  release(): Promise<void>;
}

/** An export that was begun in this browser and that no page works on just now: its tab was closed, or it was paused. */
export interface UnfinishedExport {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** As it was given: a copy of the document at that time. */
  readonly request: ExportRequest;
  /** What whoever began it wanted to know again. */
  readonly context: Json;
  /** Frames whose packets are on disk. */
  readonly frame: number;
  readonly totalFrames: number;
}

export interface ExportOptions extends CallOptions {
  /**
   * Names the export, a UUID. What was made under that name, in this page or in one that is gone, is gone on with.
   * Without a name nothing is kept when it stops.
   */
  readonly id?: string;
  /** Kept with the parts; `unfinishedExports` gives it back. */
  readonly context?: Json;
  readonly onProgress?: (progress: ExportProgress) => void;
}

/** The render engine as the core sees it. */
export interface RenderEngine {
  readonly presets: readonly ExportPreset[];
  /** For files whose facts say that they aren't `decodable`; null where the host provides none. */
  readonly converter: MediaConverter | null;
  /** @throws `file-empty`, `file-type-unknown`, `file-truncated`, `image-too-large` */
  probe(file: Blob, options?: CallOptions): Promise<ProbeResult>;
  filmstrip(request: FilmstripRequest, options?: CallOptions): AsyncIterable<FilmstripPicture>;
  peaks(request: PeaksRequest, options?: CallOptions): AsyncIterable<PeaksChunk>;
  createPreview(): Preview;
  capabilities(width: number, height: number, options?: CallOptions): Promise<ExportCapabilities>;
  estimate(request: Omit<ExportRequest, 'format'>): ExportEstimate;
  /** Looks at the sources, which `estimate` doesn't. @throws `source-missing`, `aborted` */
  forecast(request: ExportRequest, options?: CallOptions): Promise<ExportForecast>;
  /**
   * Exports; one at a time in this browser, others wait, first come first served. Aborting the signal pauses a named
   * export: its parts stay until it is begun again with the same name or discarded. A named export is written down before
   * it waits, and stays so until its result is released: it is among the unfinished ones if its page goes before that.
   *
   * @throws `encoder-unavailable`, `source-missing`, `render-failed`, `quota-exceeded`, `aborted`
   */
  export(request: ExportRequest, options?: ExportOptions): Promise<ExportResult>;
  /** The named exports that were begun here and that no page of this browser works on, oldest first. */
  unfinishedExports(): Promise<readonly UnfinishedExport[]>;
  /** Removes what is kept of a named export. Fine when there is nothing. */
  discardExport(id: string): Promise<void>;
  dispose(): void;
}
