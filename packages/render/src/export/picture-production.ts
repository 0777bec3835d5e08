import { type ExportedFrames, LecternError, isLecternError } from '@lectern/ports';
import { type TimelineDocument, evaluate, frameToSeconds } from '@lectern/timeline';
import { type Deferred, defer, throwIfAborted } from '../cancelling.js';
import { FfmpegPictureEncoder } from '../ffmpeg/ffmpeg-picture-encoder.js';
import type { MediaLibrary } from '../media/media-library.js';
import type { HardwareAcceleration, PictureExportTask } from '../worker/protocol.js';
import { ClipPictures } from './clip-pictures.js';
import { CopyError, copySpan } from './copy-stretches.js';
import type { EarlierExport } from './earlier-export.js';
import { spanOf } from './export-packets.js';
import type { ExportPlan, PlannedPictures } from './export-plan.js';
import type { SpanQueue } from './file-assembly.js';
import { FrameMaker } from './frame-maker.js';
import type { PictureSpan } from './packet-span.js';
import type { SectionPacket } from './part-format.js';
import type { PartStore } from './part-store.js';
import { type EncodedPicture, EncoderError, type FrameEncoder, PictureEncoder } from './picture-encoder.js';
import { type RenderSegment, planRender } from './render-plan.js';
import { framesPerSecond, keyFramesOf } from './section-plan.js';

/** The next clip is opened this long before its first frame, in frames. */
const warmFrames = 45;
/** Of what follows a gap: the end of one clip and the start of the next. */
const warmSegments = 2;
/** A section is begun anew this often before what is in its way counts as final. */
const retries = 2;

export interface PictureProductionOptions {
  readonly task: PictureExportTask;
  readonly document: TimelineDocument;
  readonly pictures: NonNullable<ExportPlan['pictures']>;
  readonly library: MediaLibrary;
  readonly parts: PartStore;
  readonly earlier: EarlierExport | null;
  /** To an ffmpeg of this export's own. */
  readonly ffmpeg: () => MessagePort;
  readonly queue: SpanQueue<VideoDecoderConfig>;
  readonly signal: AbortSignal;
  readonly onClip: (clip: string) => void;
  /** Frames of the export are made up to here, and so many of them were encoded. */
  readonly onFrame: (frame: number, encoded: number) => void;
  /** Called now and then: it throws when there is no use in going on. */
  readonly check: () => void;
}

/**
 * Makes the sections of the pictures one after the other and hands them on in order. One encoder goes through all that
 * is encoded without a stop: a section begins with a key frame, and its packets are told apart by their times.
 */
export class PictureProduction {
  readonly #options: PictureProductionOptions;
  readonly #sections: readonly PlannedPictures[];
  readonly #maker: FrameMaker;
  /** Sections that were promised to the file and aren't whole yet, by their index. */
  readonly #open = new Map<number, OpenSection>();
  readonly #offered = new Set<number>();
  readonly #failures = new Map<number, number>();
  #clips: ClipPictures;
  /** What the next section needs that is encoded after others that aren't, already being decoded. */
  #nextClips: { readonly index: number; readonly clips: ClipPictures } | null = null;
  #encoder: FrameEncoder | null = null;
  #ffmpeg: MessagePort | null = null;
  #encoderAcceleration: HardwareAcceleration;
  #encodedBefore = 0;
  readonly frames: { -readonly [K in keyof ExportedFrames]: number } = { copied: 0, reused: 0, encoded: 0 };

  constructor(options: PictureProductionOptions) {
    this.#options = options;
    const { task, document, pictures, library } = options;
    const { width, height, sections } = pictures;
    this.#sections = sections;
    this.#encoderAcceleration = task.acceleration;
    this.#maker = new FrameMaker({ width, height }, width / document.settings.width);
    this.#clips = new ClipPictures(document, library);
  }

  async run(): Promise<void> {
    try {
      let index = 0;
      while (index < this.#sections.length || this.#open.size > 0) {
        try {
          const planned = this.#sections[index];
          if (planned) await this.#make(planned, index);
          else await this.#flush();
          index += 1;
        } catch (error) {
          index = await this.#startAgainAt(error, Math.min(index, this.#sections.length - 1));
        }
      }
      this.#options.queue.end();
    } finally {
      this.#encoder?.close();
      await this.#closeClips();
      await this.#maker.close();
    }
  }

  async #closeClips(): Promise<void> {
    await this.#clips.close();
    await this.#nextClips?.clips.close();
    this.#nextClips = null;
  }

  async #make(planned: PlannedPictures, index: number): Promise<void> {
    const { queue, signal, check } = this.#options;
    throwIfAborted(signal);
    check();
    if (this.#offered.has(index) && !this.#open.has(index)) return;
    if (!this.#offered.has(index)) {
      await queue.room();
      const span = await this.#withoutEncoding(planned);
      if (span) {
        this.#offered.add(index);
        queue.add(span);
        // What comes after it may be long, and nothing would push the last frames out of the encoder.
        if (this.#open.size > 0) this.#encoder?.flush().catch(() => undefined);
        this.#options.onFrame(this.#exportFrame(planned.section.endFrame), this.#encoded);
        return;
      }
      const open = new OpenSection(planned, this.#exportFrame(planned.section.startFrame));
      this.#open.set(index, open);
      this.#offered.add(index);
      queue.add(open.span);
    }
    await this.#encode(planned, index);
  }

  /** The packets of a section that are there already. */
  async #withoutEncoding({ section, fingerprint }: PlannedPictures): Promise<PictureSpan | null> {
    const { task, document, library, parts, earlier } = this.#options;
    const frames = section.endFrame - section.startFrame;
    if (section.kind === 'copy') {
      const span = await copySpan(section.stretch, task.startFrame, document, library);
      this.frames.copied += frames;
      return span;
    }
    if (fingerprint === null) return null;
    const kept = (await parts.read<VideoDecoderConfig>(fingerprint)) ?? (await earlier?.pictures(fingerprint)) ?? null;
    if (kept?.packets.length !== frames) return null;
    this.frames.reused += frames;
    return spanOf(kept, this.#secondsFrom(this.#exportFrame(section.startFrame)));
  }

  async #encode({ section }: PlannedPictures, index: number): Promise<void> {
    const { document } = this.#options;
    if (this.#nextClips?.index === index) {
      await this.#clips.close();
      this.#clips = this.#nextClips.clips;
      this.#nextClips = null;
    }
    this.#warmAfterGap(index);
    const segments = planRender(document, section.startFrame, section.endFrame);
    const keys = keyFramesOf(document, section);
    const encoder = (this.#encoder ??= this.#newEncoder());
    for (const [at, segment] of segments.entries()) {
      const next = segments[at + 1] ?? this.#segmentAfter(index);
      // What comes next may be open already.
      await this.#clips.keepOnly(
        new Set([segment, next].flatMap((each) => each?.media ?? []).map(({ clipId }) => clipId)),
      );
      await this.#encodeSegment(segment, next, encoder, (frame) => keys.has(frame - section.startFrame));
    }
  }

  /** What the next section that is encoded begins with. */
  #segmentAfter(index: number): RenderSegment | undefined {
    const next = this.#sections[index + 1]?.section;
    if (next?.kind !== 'encode') return undefined;
    return planRender(this.#options.document, next.startFrame, next.endFrame)[0];
  }

  /** Between this section and the next that is encoded, nothing is decoded: time to look for its first pictures. */
  #warmAfterGap(index: number): void {
    const { document, library } = this.#options;
    const next = this.#sections.findIndex((planned, at) => at > index && this.#isEncoded(planned));
    const planned = this.#sections[next];
    if (!planned || next === index + 1 || this.#nextClips?.index === next) return;
    const { startFrame, endFrame } = planned.section;
    const clips = new ClipPictures(document, library);
    this.#nextClips = { index: next, clips };
    for (const { media } of planRender(document, startFrame, endFrame).slice(0, warmSegments)) clips.warm(media);
  }

  #isEncoded({ section, fingerprint }: PlannedPictures): boolean {
    if (section.kind === 'copy' || fingerprint === null) return false;
    const { parts, earlier } = this.#options;
    return !parts.known.has(fingerprint) && !(earlier?.hasPictures(fingerprint) ?? false);
  }

  async #encodeSegment(
    segment: RenderSegment,
    next: RenderSegment | undefined,
    encoder: FrameEncoder,
    isKey: (frame: number) => boolean,
  ): Promise<void> {
    const { document, signal, onClip, onFrame, check } = this.#options;
    const { frameRate } = document.settings;
    const warmAt = Math.max(segment.startFrame, segment.endFrame - warmFrames);
    const duration = Math.round(frameToSeconds(1, frameRate) * 1e6);
    const still = segment.kind === 'still' ? evaluate(document, segment.startFrame) : null;
    for (let frame = segment.startFrame; frame < segment.endFrame; frame += 1) {
      throwIfAborted(signal);
      check();
      const index = this.#exportFrame(frame);
      if (frame === warmAt && next) this.#clips.warm(next.media);
      const graph = still ?? evaluate(document, frame);
      const pictures = await this.#clips.of(graph, onClip);
      const made = await this.#maker.make(graph, pictures, { timestamp: encoder.timestampAt(index), duration });
      await encoder.encode(made, isKey(frame));
      this.#encodedBefore += 1;
      onFrame(index + 1, this.#encoded);
    }
  }

  /** Frames that went into an encoder, those that went in twice too: that is how long it takes. */
  get #encoded(): number {
    return this.#encodedBefore;
  }

  #newEncoder(): FrameEncoder {
    const { task, document, pictures } = this.#options;
    const { frameRate } = document.settings;
    const common = {
      width: pictures.width,
      height: pictures.height,
      bitrate: task.preset.videoBitrate,
      secondsAt: (index: number) => frameToSeconds(index, frameRate),
      onPicture: (picture: EncodedPicture) => {
        this.#take(picture);
      },
    };
    if (task.format.encoder === 'ffmpeg') {
      this.#ffmpeg ??= this.#options.ffmpeg();
      return new FfmpegPictureEncoder({ ...common, frameRate, port: this.#ffmpeg });
    }
    return new PictureEncoder({
      ...common,
      codec: pictures.codec,
      frameRate: framesPerSecond(frameRate),
      acceleration: this.#encoderAcceleration,
    });
  }

  #take(picture: EncodedPicture): void {
    for (const [index, open] of this.#open) {
      if (!open.take(picture)) continue;
      if (!open.isWhole) return;
      this.#open.delete(index);
      const { section, fingerprint } = open.planned;
      const frames = section.endFrame - section.startFrame;
      const packets = open.packets;
      if (fingerprint !== null) this.#options.parts.write(fingerprint, frames, packets);
      this.frames.encoded += frames;
      open.finish(spanOf(packets, this.#secondsFrom(open.firstIndex)));
      return;
    }
  }

  async #flush(): Promise<void> {
    await this.#encoder?.flush();
    if (this.#open.size > 0) throw new EncoderError(new RangeError('the encoder has lost frames'));
  }

  /**
   * What fails while a section is made is tried again from its key frame on, with new decoders and a new encoder: one
   * that was taken away, or that a broken driver has left behind, comes back that way. The second time in software.
   *
   * @throws the error itself when there is nothing to hope for
   */
  async #startAgainAt(error: unknown, current: number): Promise<number> {
    const { signal, document, library, queue } = this.#options;
    throwIfAborted(signal);
    if (queue.hasFailed) throw error;
    const first = Math.min(current, ...this.#open.keys());
    const count = (this.#failures.get(current) ?? 0) + 1;
    this.#failures.set(current, count);
    if (!mayPass(error) || count > retries) throw error;
    const inSoftware = count === retries;
    this.#encoder?.close();
    this.#encoder = null;
    if (inSoftware && error instanceof EncoderError) this.#encoderAcceleration = 'prefer-software';
    await this.#closeClips();
    const acceleration = inSoftware && !(error instanceof EncoderError) ? 'prefer-software' : 'no-preference';
    this.#clips = new ClipPictures(document, library, acceleration);
    for (const open of this.#open.values()) open.forget();
    return first;
  }

  #exportFrame(frame: number): number {
    return frame - this.#options.task.startFrame;
  }

  #secondsFrom(firstIndex: number): (place: number) => number {
    const { frameRate } = this.#options.document.settings;
    return (place) => frameToSeconds(firstIndex + place, frameRate);
  }
}

/** Whether the same may work the next time. */
function mayPass(error: unknown): boolean {
  if (error instanceof CopyError) return false;
  return isLecternError(error) ? error.code === 'render-failed' && error.details['again'] === undefined : true;
}

/** A section that is being encoded. */
class OpenSection {
  readonly planned: PlannedPictures;
  readonly firstIndex: number;
  readonly #frames: number;
  readonly #done: Deferred<PictureSpan> = defer();
  #packets: SectionPacket[] = [];
  #config: VideoDecoderConfig | null = null;

  constructor(planned: PlannedPictures, firstIndex: number) {
    this.planned = planned;
    this.firstIndex = firstIndex;
    this.#frames = planned.section.endFrame - planned.section.startFrame;
    this.#done.promise.catch(() => undefined);
  }

  get span(): Promise<PictureSpan> {
    return this.#done.promise;
  }

  get isWhole(): boolean {
    return this.#packets.length === this.#frames;
  }

  get packets(): { readonly config: VideoDecoderConfig; readonly packets: readonly SectionPacket[] } {
    if (!this.#config) throw new LecternError('render-failed', { message: 'the encoder gave no configuration' });
    return { config: this.#config, packets: this.#packets };
  }

  /** False when the picture is of another section. @throws EncoderError when the first one is no key frame */
  take({ index, key, data, config }: EncodedPicture): boolean {
    const at = index - this.firstIndex;
    if (at < 0 || at >= this.#frames) return false;
    if (this.#packets.length === 0 && !key)
      throw new EncoderError(new RangeError('a section begins without a key frame'));
    this.#config ??= config;
    this.#packets.push({ at, key, data });
    return true;
  }

  finish(span: PictureSpan): void {
    this.#done.resolve(span);
  }

  /** It is made again. */
  forget(): void {
    this.#packets = [];
    this.#config = null;
  }
}
