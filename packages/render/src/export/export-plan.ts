import { type ExportFormat, LecternError } from '@lectern/ports';
import { type TimelineDocument, documentFromRecords, soundSpans } from '@lectern/timeline';
import { throwIfAborted } from '../cancelling.js';
import type { MediaLibrary } from '../media/media-library.js';
import { exportSize } from '../presets.js';
import type { ExportTask, SoundEncoder } from '../worker/protocol.js';
import { namingClip } from './clip-pictures.js';
import { videoCodecStrings, workingVideoCodec } from './codec-choice.js';
import { type CopyStretch, findCopies } from './copy-stretches.js';
import { type Fingerprint, engineLook, fingerprintOf, identifyBytes } from './fingerprint.js';
import type { Manifest } from './manifest.js';
import {
  type IdentityOf,
  type PictureSection,
  type SoundGrid,
  type SoundSection,
  describePictures,
  describeSound,
  framesPerSecond,
  mediaOfPictures,
  planPictureSections,
  planSoundSections,
  soundGrid,
} from './section-plan.js';

/** A section of pictures and what tells its packets from others; copied ones need no telling. */
export interface PlannedPictures {
  readonly section: PictureSection;
  readonly fingerprint: Fingerprint | null;
}

export interface PlannedSound {
  readonly section: SoundSection;
  readonly fingerprint: Fingerprint;
}

/** How sound is encoded, and its gain as a whole. */
export interface SoundSetting {
  readonly encoder: SoundEncoder;
  readonly gain: number;
}

/** Everything about an export that is known before the first frame of it is made. */
export interface ExportPlan {
  readonly document: TimelineDocument;
  /** Null for a file of sound alone. */
  readonly pictures: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly sections: readonly PlannedPictures[];
    readonly copies: readonly CopyStretch[];
  } | null;
  /** Null for a silent file. */
  readonly sound: {
    readonly grid: SoundGrid;
    readonly encoder: SoundEncoder;
    readonly gain: number;
    readonly sections: readonly PlannedSound[];
  } | null;
}

/**
 * Looks at the sources and cuts the export into sections.
 *
 * @throws LecternError `source-missing` and what opening a file throws, naming the clip; `encoder-unavailable`, `aborted`
 */
export async function planExport(
  task: ExportTask,
  library: MediaLibrary,
  setting: SoundSetting | null,
  signal: AbortSignal,
): Promise<ExportPlan> {
  const document = documentFromRecords(task.records);
  const sources = new SourceIdentities(document, library, signal);
  return {
    document,
    pictures: await planPictures(task, document, library, sources, signal),
    sound: setting && (await planSound(task, document, setting, sources, signal)),
  };
}

async function planPictures(
  task: ExportTask,
  document: TimelineDocument,
  library: MediaLibrary,
  sources: SourceIdentities,
  signal: AbortSignal,
): Promise<ExportPlan['pictures']> {
  const { format, preset, startFrame, endFrame } = task;
  const { settings } = document;
  if (!format.videoCodec || preset.height === 0) return null;
  const { width, height } = exportSize(settings, preset);
  // The encoder is tried while the sources are looked at.
  const trying = encodingCodec(format, width, height, framesPerSecond(settings.frameRate));
  trying.catch(() => undefined);
  for (const { assetId, clipId } of mediaOfPictures(document, startFrame, endFrame)) {
    await sources.add(assetId, clipId, startFrame);
  }
  const codec = await trying;
  if (!codec) throw new LecternError('encoder-unavailable', { details: { codec: format.videoCodec, width, height } });
  const found = await findCopies(
    document,
    startFrame,
    endFrame,
    {
      codec: format.videoCodec,
      codecString: codec,
      width,
      height,
      frameRate: settings.frameRate,
      bitrate: preset.videoBitrate,
    },
    library,
  );
  const copies = found.filter(({ assetId }) => !task.notCopied.includes(assetId));
  const look = {
    codec: format.encoder === 'ffmpeg' ? `${codec} of ffmpeg` : codec,
    width,
    height,
    bitrate: preset.videoBitrate,
    frameRate: settings.frameRate,
    engine: engineLook,
    fonts: fontsHere(),
  };
  const sections: PlannedPictures[] = [];
  for (const section of planPictureSections(document, startFrame, endFrame, copies)) {
    throwIfAborted(signal);
    const fingerprint =
      section.kind === 'copy' ? null : await fingerprintOf(describePictures(document, section, look, sources.of));
    sections.push({ section, fingerprint });
  }
  return { codec, width, height, sections, copies };
}

/** What ffmpeg makes needs no trying: it was loaded before. */
async function encodingCodec(
  { videoCodec, encoder }: ExportFormat,
  width: number,
  height: number,
  frameRate: number,
): Promise<string | null> {
  if (videoCodec === null) return null;
  if (encoder === 'ffmpeg') return videoCodecStrings(videoCodec, width, height, frameRate)[0] ?? null;
  return workingVideoCodec(videoCodec, width, height, frameRate);
}

async function planSound(
  task: ExportTask,
  document: TimelineDocument,
  { encoder, gain }: SoundSetting,
  sources: SourceIdentities,
  signal: AbortSignal,
): Promise<ExportPlan['sound']> {
  const { format, preset, startFrame, endFrame } = task;
  const range = { startFrame, endFrame };
  const spans = soundSpans(document, range);
  // A timeline without any sound gives a file without a sound track, unless sound is all that was asked for.
  if (!format.audioCodec || (format.videoCodec && preset.height > 0 && spans.length === 0)) return null;
  for (const span of spans) await sources.add(span.assetId, span.clipId, span.startFrame);
  const grid = soundGrid(document, startFrame, endFrame, format.audioCodec);
  const look = {
    codec: format.audioCodec,
    encoder: encoder.name,
    bitrate: preset.audioBitrate,
    gain,
    engine: engineLook,
  };
  const sections: PlannedSound[] = [];
  for (const section of planSoundSections(grid)) {
    throwIfAborted(signal);
    const description = describeSound(document, range, grid, section, look, sources.of);
    sections.push({ section, fingerprint: await fingerprintOf(description) });
  }
  return { grid, encoder, gain, sections };
}

/** The fonts that this worker has, and whether they are loaded: titles look different without them. */
function fontsHere(): readonly string[] {
  const { fonts } = globalThis as { readonly fonts?: Iterable<FontFace> };
  return [...(fonts ?? [])].map(({ family, weight, style, status }) => [family, weight, style, status].join()).sort();
}

/** What tells the bytes of each source from others; every file is looked at once. */
class SourceIdentities {
  readonly #document: TimelineDocument;
  readonly #library: MediaLibrary;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Fingerprint>();

  constructor(document: TimelineDocument, library: MediaLibrary, signal: AbortSignal) {
    this.#document = document;
    this.#library = library;
    this.#signal = signal;
  }

  readonly of: IdentityOf = (assetId) => this.#known.get(assetId) ?? assetId;

  /** @throws LecternError naming the clip when the file can't be opened */
  async add(assetId: string, clipId: string, frame: number): Promise<void> {
    if (this.#known.has(assetId)) return;
    throwIfAborted(this.#signal);
    try {
      this.#known.set(assetId, await identifyBytes((await this.#library.open(assetId)).blob));
    } catch (error) {
      const clip = [...this.#document.clips.values()].find(({ id }) => id === clipId);
      const asset = [...this.#document.assets.values()].find(({ id }) => id === assetId);
      throw namingClip(error, clip?.name ?? clipId, clip?.startFrame ?? frame, asset?.name ?? assetId);
    }
  }
}

/** What the file says of its making. */
export function manifestOf({ document, pictures, sound }: ExportPlan): Manifest {
  return {
    version: 1,
    frameRate: document.settings.frameRate,
    pictures: (pictures?.sections ?? []).map(
      ({ section, fingerprint }) => [fingerprint, section.endFrame - section.startFrame] as const,
    ),
    sound: sound && {
      sampleRate: sound.grid.sampleRate,
      packetSamples: sound.grid.packetSamples,
      packetsPerSection: sound.grid.packetsPerSection,
      sections: sound.sections.map(({ fingerprint }) => fingerprint),
    },
  };
}
