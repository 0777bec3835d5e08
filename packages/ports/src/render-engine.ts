import type { TimelineDocument } from '@lectern/timeline';
import type { CallOptions, Unsubscribe } from './call-options.js';
import type { ProbeFacts } from './domain/asset.js';
import type { SerialisedError } from './errors.js';

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

export interface PreviewState {
  readonly status: PreviewStatus;
  readonly frame: number;
  /** The frame whose picture is on the surface; it follows `frame`. */
  readonly shownFrame: number;
  readonly droppedFrames: number;
  readonly error: SerialisedError | null;
}

/** Plays a document on a surface. Audio is the master clock. */
export interface Preview {
  /** Draws there from now on; the surface is the preview's own until `dispose`. */
  attach(surface: OffscreenCanvas): void;
  /** The size that pictures are drawn at, in device pixels; the aspect is the document's. */
  resize(width: number, height: number): void;
  setDocument(document: TimelineDocument): void;
  seek(frame: number): void;
  /** `rate` 1 is normal, negative goes backwards without sound. Starts again at the beginning when it stands at the end. */
  play(rate?: number): Promise<void>;
  pause(): void;
  /** Linear, 0…1. */
  setVolume(volume: number): void;
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
}

export interface ExportProgress {
  readonly phase: 'preparing' | 'rendering' | 'finishing';
  readonly frame: number;
  readonly totalFrames: number;
  /** Null until it can be told. */
  readonly secondsLeft: number | null;
  readonly writtenBytes: number;
}

export interface ExportEstimate {
  readonly sizeBytes: number;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
}

export interface ExportResult {
  /** Disk-backed where the browser has a private file system. */
  readonly file: Blob;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly format: ExportFormat;
  /** Removes the temporary file; call it once the bytes are stored. */
  release(): Promise<void>;
}

/** The render engine as the core sees it. */
export interface RenderEngine {
  readonly presets: readonly ExportPreset[];
  /** @throws `file-empty`, `file-type-unknown`, `file-truncated`, `image-too-large` */
  probe(file: Blob, options?: CallOptions): Promise<ProbeResult>;
  filmstrip(request: FilmstripRequest, options?: CallOptions): AsyncIterable<FilmstripPicture>;
  peaks(request: PeaksRequest, options?: CallOptions): AsyncIterable<PeaksChunk>;
  createPreview(): Preview;
  capabilities(width: number, height: number, options?: CallOptions): Promise<ExportCapabilities>;
  estimate(request: Omit<ExportRequest, 'format'>): ExportEstimate;
  /** One at a time. @throws `encoder-unavailable`, `source-missing`, `render-failed`, `quota-exceeded`, `aborted` */
  export(
    request: ExportRequest,
    options?: CallOptions & { readonly onProgress?: (progress: ExportProgress) => void },
  ): Promise<ExportResult>;
  dispose(): void;
}
