import { LecternError } from '@lectern/ports';
import {
  type FrameGraph,
  type ImageLayer,
  type TimelineDocument,
  type VideoLayer,
  documentFromRecords,
} from '@lectern/timeline';
import { InputDisposedError, type VideoSample } from 'mediabunny';
import { namingClip } from '../export/clip-pictures.js';
import { copyPicture } from '../media/picture-copy.js';
import { lookUpGuard } from '../media/picture-reader.js';
import { ClipDecoder } from './clip-decoder.js';
import { DecoderPool, type Need } from './decoder-pool.js';
import { type Focus, type KeptPicture, PictureCache } from './picture-cache.js';
import { PictureSet } from './picture-set.js';
import type { PictureFile, PreviewMedia } from './preview-media.js';

type MediaLayer = VideoLayer | ImageLayer;

/** Decoders open at once. */
const mostDecoders = 8;
const idleMilliseconds = 10_000;
/** Pictures before the one that shows that are kept as well while it stands: the next step is often a step back. */
const leadSeconds = 0.3;
/** Copies under way: while there are more, what is only kept in case it is wanted isn't. */
const mostCopies = 6;
/** Seconds that are decoded at once when it goes backwards at its own speed. */
const backwardsSeconds = 0.8;
/** After a clip couldn't be played it is tried again this often. */
const retryMilliseconds = 1500;

interface Failure {
  readonly error: LecternError;
  readonly at: number;
}

/** Decides about the pictures of a frame's layers: from the cache, from a key frame, or decoded. */
export class PictureSupply {
  readonly #media: PreviewMedia;
  readonly #cache: PictureCache<VideoSample>;
  readonly #pool: DecoderPool<ClipDecoder>;
  /** Assets whose hardware decoder has failed. */
  readonly #softwareOnly = new Set<string>();
  readonly #failures = new Map<string, Failure>();
  readonly #copies = new Set<Promise<unknown>>();
  /** Stretches on their way backwards, by clip: until which time of the file. */
  readonly #stretches = new Map<string, number>();
  #document: TimelineDocument = documentFromRecords([]);
  #closed = false;

  constructor(media: PreviewMedia, pixelBudget: number, now: () => number = () => performance.now()) {
    this.#media = media;
    this.#cache = new PictureCache(pixelBudget, (sample) => {
      sample.close();
    });
    this.#pool = new DecoderPool({
      limit: mostDecoders,
      idleMilliseconds,
      now,
      close: (decoder) => decoder.close(),
    });
  }

  get openDecoders(): number {
    return this.#pool.size;
  }

  get keptPixels(): number {
    return this.#cache.pixels;
  }

  setDocument(document: TimelineDocument): void {
    this.#document = document;
    const assets = new Set<string>(document.assets.keys());
    this.#media.keepOnly(assets);
    const keys = new Set([...assets].flatMap((id) => [id, `${id} proxy`]));
    this.#cache.keepOnly(keys);
    for (const clipId of this.#pool.keys()) if (!document.clips.has(clipId as never)) void this.#pool.release(clipId);
    this.#failures.clear();
  }

  /** The pictures of these come from elsewhere now. */
  async filesChanged(assetIds: readonly string[]): Promise<void> {
    const changed = new Set(assetIds);
    const clips = this.#pool.keys().filter((id) => {
      const source = this.#document.clips.get(id as never)?.source;
      return source && 'assetId' in source && changed.has(source.assetId);
    });
    await Promise.all(clips.map((id) => this.#pool.release(id)));
  }

  /** What can't be shown of a frame, named; null when all can. */
  errorOf(graph: FrameGraph): LecternError | null {
    for (const { clipId } of graph.layers) {
      const failure = this.#failures.get(clipId);
      if (failure) return failure.error;
    }
    return null;
  }

  /** Opens what has failed anew the next time it is asked for. */
  retry(graph: FrameGraph): void {
    const gone = mediaLayers(graph).filter(({ clipId }) => this.#failures.has(clipId));
    for (const { clipId } of gone) {
      this.#failures.delete(clipId);
      void this.#pool.release(clipId);
    }
    this.#media.forget(gone.map(({ assetId }) => assetId));
  }

  /** Tells the cache where somebody looks, and the pool which clips show. */
  focusOn(graph: FrameGraph, direction: 1 | -1): void {
    const focus: Focus[] = [];
    for (const layer of videoLayers(graph)) {
      const file = this.#media.opened(layer.assetId);
      if (file) focus.push({ file: file.key, time: this.#timeIn(file, layer), direction });
    }
    this.#cache.focusOn(focus);
    this.#pool.demote(new Set(graph.layers.map(({ clipId }) => clipId)));
  }

  /** All pictures of a frame, when they are at hand: nothing is waited for. */
  atHand(graph: FrameGraph): PictureSet | null {
    const set = new PictureSet();
    for (const layer of mediaLayers(graph)) {
      if (layer.kind === 'image') {
        const bitmap = this.#media.openedBitmap(layer.assetId);
        if (bitmap) {
          set.addStill(layer.clipId, bitmap, this.#media.nominalSize(this.#document, layer));
          continue;
        }
      } else {
        const file = this.#media.opened(layer.assetId);
        const kept = file && this.#cache.at(file.key, this.#timeIn(file, layer));
        if (kept) {
          this.#add(set, layer, file, kept.picture.clone());
          continue;
        }
      }
      set.close();
      return null;
    }
    return set;
  }

  /** Of each layer whatever is kept that lies nearest; null when there is nothing of any. */
  nearest(graph: FrameGraph): PictureSet | null {
    const set = new PictureSet();
    for (const layer of mediaLayers(graph)) {
      if (layer.kind === 'image') {
        const bitmap = this.#media.openedBitmap(layer.assetId);
        if (bitmap) set.addStill(layer.clipId, bitmap, this.#media.nominalSize(this.#document, layer));
        continue;
      }
      const file = this.#media.opened(layer.assetId);
      const kept = file && this.#cache.nearest(file.key, this.#timeIn(file, layer));
      if (kept) this.#addNear(set, layer, file, kept);
    }
    if (set.pictures.size > 0) return set;
    set.close();
    return null;
  }

  /** The key frames before, or what is kept and lies nearer: one decoded picture per layer at most. */
  roughly(graph: FrameGraph): Promise<PictureSet> {
    return this.#collect(graph, async (layer, set) => {
      const decoder = await this.#decoderOf(layer, 'shown');
      if (!decoder) return;
      const { file } = decoder;
      const time = this.#timeIn(file, layer);
      const near = this.#cache.nearest(file.key, time);
      const keyTime = await decoder.keyTime(time);
      const isNearer = near && (keyTime === null || Math.abs(near.start - time) <= time - keyTime);
      const known = isNearer ? near : keyTime === null ? null : this.#cache.at(file.key, keyTime);
      if (known) {
        this.#addNear(set, layer, file, known);
        return;
      }
      if (keyTime === null) return;
      const sample = await decoder.keyPicture(keyTime);
      if (!sample) return;
      set.standsIn(time, sample.timestamp, sample.timestamp + sample.duration);
      await this.#addKept(set, layer, file, sample);
    });
  }

  /** The pictures of a frame out of nowhere. Null when it was given up on the way. */
  async exactly(graph: FrameGraph): Promise<PictureSet | null> {
    const set = await this.#collect(graph, async (layer, into) => {
      const decoder = await this.#decoderOf(layer, 'shown');
      if (!decoder) return;
      const { file, reader } = decoder;
      const kept = this.#cache.at(file.key, this.#timeIn(file, layer));
      if (kept) {
        this.#add(into, layer, file, kept.picture.clone());
        return;
      }
      const seconds = this.#secondsIn(layer);
      if (await reader.reaches(seconds)) {
        reader.onPassed = (sample, end) => {
          this.#keep(file, sample, end);
        };
        const sample = await reader.at(seconds);
        if (sample) {
          this.#keep(file, sample, reader.currentEnd);
          this.#add(into, layer, file, sample.clone());
          return;
        }
      } else {
        const sample = await reader.only(seconds);
        if (sample) {
          await this.#addKept(into, layer, file, sample);
          return;
        }
      }
      into.isWhole = false;
    });
    if (set.isWhole) return set;
    set.close();
    return null;
  }

  /** The pictures of a frame while it plays forward: each is decoded once, those that are too late are passed over. */
  following(graph: FrameGraph): Promise<PictureSet> {
    return this.#collect(graph, async (layer, set) => {
      if (this.#isWaiting(layer.clipId)) return;
      const decoder = await this.#decoderOf(layer, 'shown');
      if (!decoder) return;
      decoder.reader.onPassed = null;
      decoder.reader.lead = 0;
      const sample = await decoder.reader.at(this.#secondsIn(layer));
      if (sample) this.#add(set, layer, decoder.file, sample.clone());
    });
  }

  /**
   * The pictures of a frame while it plays backwards: a stretch is decoded forwards into the cache and shown from its end,
   * and the one before it is begun in time.
   *
   * @param rate of playback, unsigned: at a fast one only pictures that will show are kept
   */
  async backwards(graph: FrameGraph, rate: number): Promise<PictureSet> {
    return this.#collect(graph, async (layer, set) => {
      if (this.#isWaiting(layer.clipId)) return;
      const decoder = await this.#decoderOf(layer, 'shown');
      if (!decoder) return;
      const { file } = decoder;
      const time = this.#timeIn(file, layer);
      if (!this.#cache.at(file.key, time)) await this.#stretchTo(decoder, layer.clipId, time, rate);
      else this.#stretchAhead(decoder, layer.clipId, time, rate);
      const kept = this.#cache.at(file.key, time) ?? this.#cache.nearest(file.key, time);
      if (kept) this.#addNear(set, layer, file, kept);
    });
  }

  /** Opens what comes soon, so that a cut doesn't wait. Errors come when it shows. */
  warm(layers: readonly MediaLayer[]): void {
    for (const layer of layers) {
      if (layer.kind === 'image') {
        this.#media.bitmap(layer.assetId).catch(() => undefined);
      } else if (!this.#pool.has(layer.clipId)) {
        this.#decoderOf(layer, 'next')
          .then((decoder) => decoder?.reader.prepare(this.#secondsIn(layer)))
          .catch(() => undefined);
      }
    }
  }

  /**
   * Makes the clips of a frame that stands ready to play, and keeps the pictures just before it: the next step is often
   * one back.
   */
  async settle(graph: FrameGraph): Promise<void> {
    await Promise.all(
      videoLayers(graph).map(async (layer) => {
        if (this.#failures.has(layer.clipId)) return;
        const decoder = await this.#decoderOf(layer, 'shown').catch(() => null);
        if (!decoder) return;
        const { file, reader } = decoder;
        const from = this.#timeIn(file, layer) - leadSeconds;
        reader.lead = leadSeconds;
        reader.onPassed = (sample, end) => {
          if (end > from) this.#keep(file, sample, end);
        };
        await reader.at(this.#secondsIn(layer)).catch(() => undefined);
        reader.lead = 0;
      }),
    );
  }

  /** Gives up all that is being looked for. */
  cancel(): void {
    this.#pool.each((decoder) => {
      decoder.cancel();
    });
    this.#stretches.clear();
  }

  releaseIdle(): void {
    this.#pool.releaseIdle();
  }

  /** Lets go of every decoder and every picture. */
  async release(): Promise<void> {
    this.#stretches.clear();
    this.#cache.clear();
    await this.#pool.releaseAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.release();
    await Promise.all(this.#copies);
    this.#cache.clear();
    this.#media.close();
  }

  // Backwards

  async #stretchTo(decoder: ClipDecoder, clipId: string, time: number, rate: number): Promise<void> {
    const running = this.#stretches.get(clipId);
    // The one that is under way leads here.
    if (running === undefined || running < time) await this.#stretch(decoder, clipId, time, rate);
  }

  #stretchAhead(decoder: ClipDecoder, clipId: string, time: number, rate: number): void {
    if (this.#stretches.has(clipId)) return;
    const earlier = time - backwardsSeconds * 0.5 * Math.max(1, rate);
    if (earlier <= decoder.file.first || this.#cache.at(decoder.file.key, earlier)) return;
    this.#stretch(decoder, clipId, earlier, rate).catch(() => undefined);
  }

  async #stretch(decoder: ClipDecoder, clipId: string, to: number, rate: number): Promise<void> {
    const { file } = decoder;
    const seconds = backwardsSeconds * Math.max(1, rate);
    const from = Math.max(file.first, to - seconds);
    // At four times the speed every fourth picture shows.
    const spacing = rate > 1 ? rate / 30 - 0.002 : 0;
    this.#stretches.set(clipId, to);
    let last: KeptPicture<VideoSample> | null = null;
    try {
      await decoder.stretch(from, to, async (sample, end) => {
        const start = sample.timestamp;
        if (end <= from || this.#cache.has(file.key, start)) return;
        if (last && start - last.start < spacing && end <= to) return;
        const picture = await copyPicture(sample);
        const kept = { picture, start, end, pixels: pixelsOf(picture) };
        if (this.#closed) picture.close();
        else this.#cache.put(file.key, kept);
        last = kept;
      });
    } finally {
      if (this.#stretches.get(clipId) === to) this.#stretches.delete(clipId);
    }
  }

  // Pictures

  /** Asks for all layers at once; one that fails is left out and remembered, and the others still show. */
  async #collect(graph: FrameGraph, ask: (layer: VideoLayer, set: PictureSet) => Promise<void>): Promise<PictureSet> {
    const set = new PictureSet();
    await Promise.all(
      mediaLayers(graph).map(async (layer) => {
        try {
          if (layer.kind === 'image') await this.#addStill(set, layer);
          else await this.#recovering(layer, () => ask(layer, set));
          if (!this.#isWaiting(layer.clipId)) this.#failures.delete(layer.clipId);
        } catch (error) {
          this.#failed(layer, error, graph.frame);
        }
      }),
    );
    return set;
  }

  /** A decoder that died, or that the browser took back, is opened once more: without the hardware, or from the source. */
  async #recovering(layer: VideoLayer, ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (this.#closed) return;
      const file = this.#media.opened(layer.assetId);
      await this.#pool.release(layer.clipId);
      if (!file || (isUnreadable(error) && !file.isProxy)) throw error;
      if (file.isProxy) this.#media.giveUpProxy(layer.assetId);
      else if (!(error instanceof InputDisposedError)) this.#softwareOnly.add(layer.assetId);
      await ask();
    }
  }

  #failed(layer: MediaLayer, error: unknown, frame: number): void {
    if (this.#closed) return;
    const clip = this.#document.clips.get(layer.clipId)?.name ?? layer.clipId;
    const asset = this.#document.assets.get(layer.assetId)?.name ?? layer.assetId;
    const named = namingClip(error, clip, frame, asset);
    if (named.code === 'aborted') return;
    this.#failures.set(layer.clipId, { error: named, at: performance.now() });
    void this.#pool.release(layer.clipId);
    // What is gone may be back, as another file.
    if (named.code === 'source-missing') this.#media.forget([layer.assetId]);
  }

  /** Whether a clip has failed a moment ago: while it plays it isn't tried with every frame. */
  #isWaiting(clipId: string): boolean {
    const failure = this.#failures.get(clipId);
    return failure !== undefined && performance.now() - failure.at < retryMilliseconds;
  }

  async #addStill(set: PictureSet, layer: ImageLayer): Promise<void> {
    const bitmap = await this.#media.bitmap(layer.assetId);
    set.addStill(layer.clipId, bitmap, this.#media.nominalSize(this.#document, layer));
  }

  /** Hands a picture over. */
  #add(set: PictureSet, layer: VideoLayer, file: PictureFile, sample: VideoSample): void {
    set.isProxied ||= file.isProxy;
    set.addVideo(layer.clipId, sample, this.#media.nominalSize(this.#document, layer));
  }

  #addNear(
    set: PictureSet,
    layer: VideoLayer,
    file: PictureFile,
    { picture, start, end }: KeptPicture<VideoSample>,
  ): void {
    set.standsIn(this.#timeIn(file, layer), start, end);
    this.#add(set, layer, file, picture.clone());
  }

  /** Keeps a copy of a decoded picture, hands another over, and gives the decoder its own back. */
  async #addKept(set: PictureSet, layer: VideoLayer, file: PictureFile, sample: VideoSample): Promise<void> {
    try {
      const picture = await copyPicture(sample);
      this.#add(set, layer, file, picture.clone());
      const { timestamp: start, duration } = sample;
      if (this.#closed) picture.close();
      else this.#cache.put(file.key, { picture, start, end: start + duration, pixels: pixelsOf(picture) });
    } finally {
      sample.close();
    }
  }

  /** Puts a copy into the cache; nobody waits for it. */
  #keep(file: PictureFile, sample: VideoSample, end: number): void {
    if (this.#copies.size >= mostCopies || this.#cache.has(file.key, sample.timestamp)) return;
    const start = sample.timestamp;
    // Cloned at once: the reader closes its own while this one is still being copied.
    const held = sample.clone();
    const copying = copyPicture(held)
      .then((picture) => {
        if (this.#closed) picture.close();
        else this.#cache.put(file.key, { picture, start, end, pixels: pixelsOf(picture) });
      })
      // Then it is decoded again when it is wanted.
      .catch(() => undefined)
      .finally(() => {
        held.close();
        this.#copies.delete(copying);
      });
    this.#copies.add(copying);
  }

  async #decoderOf(layer: VideoLayer, need: Need): Promise<ClipDecoder | null> {
    return this.#pool.use(layer.clipId, need, async () => {
      const file = await this.#media.file(layer.assetId);
      if (!file.media.video) throw new LecternError('render-failed', { message: 'there are no pictures in it' });
      return new ClipDecoder(file, this.#softwareOnly.has(layer.assetId));
    });
  }

  /** Seconds of the source at which a layer's picture is looked up. */
  #secondsIn(layer: VideoLayer): number {
    return layer.sourceSeconds + lookUpGuard(this.#document.settings.frameRate);
  }

  /** The same in seconds of a file, never before its first picture. */
  #timeIn(file: PictureFile, layer: VideoLayer): number {
    return Math.max(file.media.origin + this.#secondsIn(layer), file.first);
  }
}

function mediaLayers({ layers }: FrameGraph): readonly MediaLayer[] {
  return layers.filter((layer): layer is MediaLayer => layer.kind === 'video' || layer.kind === 'image');
}

function videoLayers({ layers }: FrameGraph): readonly VideoLayer[] {
  return layers.filter((layer): layer is VideoLayer => layer.kind === 'video');
}

/** Whether the bytes are the trouble, and not a decoder. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof LecternError) return error.code !== 'unknown';
  return error instanceof Error && (error.name === 'NotReadableError' || error.name === 'NotFoundError');
}

function pixelsOf(sample: VideoSample): number {
  return sample.visibleRect.width * sample.visibleRect.height;
}
