import { type SerialisedError, serialiseError } from '@lectern/ports';
import {
  type FrameGraph,
  type ImageLayer,
  type TimelineDocument,
  type VideoLayer,
  applyChange,
  documentFromRecords,
  evaluate,
} from '@lectern/timeline';
import { EncodedPacketSink, type VideoSample, VideoSampleSink } from 'mediabunny';
import { ClipPictures, namingClip, nominalSize } from '../export/clip-pictures.js';
import type { TimedMedia } from '../media/media-file.js';
import type { MediaLibrary } from '../media/media-library.js';
import { copyPicture } from '../media/picture-copy.js';
import { PictureReader, lookUpGuard } from '../media/picture-reader.js';
import { CanvasCompositor, type LayerPicture } from '../picture/canvas-compositor.js';
import type { PreviewOrder, StageReport } from '../worker/protocol.js';
import { PictureCache } from './picture-cache.js';

type MediaLayer = VideoLayer | ImageLayer;

/** While the pointer moves, exact pictures wait until it rests this long. */
const restMilliseconds = 120;
/** Clips are opened this long before they show. */
const warmSeconds = 0.7;
/** Pictures before the one asked for that are kept as well: the next step is often a step back. */
const leadSeconds = 0.2;
/** Readers, each with a decoder. */
const mostReaders = 6;
const idleMilliseconds = 10_000;
/** Seconds that are decoded at once when it goes backwards. */
const backwardsSeconds = 0.7;

interface OpenReader {
  readonly reader: PictureReader;
  readonly media: TimedMedia;
  lastUse: number;
}

interface Clock {
  readonly frame: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Frames per millisecond. */
  readonly speed: number;
}

/** The preview's side in the worker: shows frames on a surface, when they are asked for or when they are due. */
export class Stage {
  readonly #library: MediaLibrary;
  readonly #report: (report: StageReport) => void;
  readonly #compositor = new CanvasCompositor();
  readonly #readers = new Map<string, Promise<OpenReader>>();
  readonly #cache: PictureCache<VideoSample>;
  readonly #software: boolean;
  #document: TimelineDocument = documentFromRecords([]);
  #context: OffscreenCanvasRenderingContext2D | null = null;
  #size = { width: 0, height: 0 };
  /** The frame to show while it doesn't play. */
  #wanted = 0;
  #scrubbing = false;
  #clock: Clock | null = null;
  #shown = -1;
  #exact = false;
  #dropped = 0;
  #error: SerialisedError | null = null;
  /** Counts orders: work for an older one is given up. */
  #turn = 0;
  #busy = false;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #tickTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #idleTimer: ReturnType<typeof setInterval>;
  readonly #copying = new Set<Promise<void>>();
  #closed = false;

  constructor(library: MediaLibrary, pixelBudget: number, software: boolean, report: (report: StageReport) => void) {
    this.#library = library;
    this.#report = report;
    this.#software = software;
    this.#cache = new PictureCache(pixelBudget, (sample) => {
      sample.close();
    });
    this.#idleTimer = setInterval(() => {
      void this.#closeIdle(performance.now() - idleMilliseconds);
    }, idleMilliseconds / 2);
  }

  obey(order: PreviewOrder): void {
    switch (order.order) {
      case 'surface':
        // Without a graphics processor a canvas in ordinary memory is the faster one.
        this.#context = order.surface.getContext('2d', { alpha: false, willReadFrequently: this.#software });
        this.#fitSurface();
        this.#refresh();
        break;
      case 'size':
        this.#size = { width: Math.max(1, Math.round(order.width)), height: Math.max(1, Math.round(order.height)) };
        this.#fitSurface();
        this.#refresh();
        break;
      case 'document':
        this.#document = documentFromRecords(order.records);
        this.#documentChanged();
        break;
      case 'change':
        this.#document = applyChange(this.#document, order.change);
        this.#documentChanged();
        break;
      case 'show':
        this.#wanted = order.frame;
        this.#scrubbing = order.scrubbing;
        this.#show();
        break;
      case 'play': {
        const { num, den } = this.#document.settings.frameRate;
        this.#clock = { frame: order.frame, time: order.time, speed: (order.rate * num) / den / 1000 };
        clearTimeout(this.#restTimer);
        if (this.#tickTimer === undefined) this.#schedule(0);
        break;
      }
      case 'pause':
        this.#stopClock();
        break;
      case 'open':
        break;
      case 'close':
        this.close();
        break;
    }
  }

  close(): void {
    this.#closed = true;
    this.#turn += 1;
    this.#stopClock();
    clearTimeout(this.#restTimer);
    clearInterval(this.#idleTimer);
    for (const opening of this.#readers.values()) opening.then(({ reader }) => reader.close()).catch(() => undefined);
    this.#readers.clear();
    this.#cache.clear();
  }

  /** A frame at the project's size, exact, whatever the surface shows. */
  async capture(frame: number): Promise<ImageBitmap> {
    const { width, height } = this.#document.settings;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: this.#software });
    if (!context) throw new TypeError('this browser has no 2D canvas in workers');
    const document = this.#document;
    const clips = new ClipPictures(document, this.#library);
    try {
      const graph = evaluate(document, this.#inside(frame));
      const pictures = await clips.of(graph, () => undefined);
      this.#compositor.drawFrame(context, graph, pictures, 1);
      return canvas.transferToImageBitmap();
    } finally {
      await clips.close();
    }
  }

  // Orders

  #documentChanged(): void {
    const assets = new Set<string>(this.#document.assets.keys());
    this.#library.keepOnly(assets);
    this.#cache.keepOnly(assets);
    for (const id of [...this.#readers.keys()]) {
      if (!this.#document.clips.has(id as never)) void this.#closeReader(id);
    }
    this.#error = null;
    this.#fitSurface();
    this.#refresh();
  }

  #fitSurface(): void {
    const canvas = this.#context?.canvas;
    if (!canvas) return;
    const { width, height } = this.#size.width > 0 ? this.#size : this.#document.settings;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  /** The last frame still shows when the playhead stands behind it. */
  #inside(frame: number): number {
    return Math.max(0, Math.min(Math.floor(frame), this.#document.totalFrames - 1));
  }

  /** Draws anew what is shown: the surface or the document is another. */
  #refresh(): void {
    if (this.#clock) return;
    this.#scrubbing = false;
    this.#show();
  }

  #tell(frame = this.#wanted): void {
    this.#report({
      frame,
      shownFrame: Math.max(0, this.#shown),
      exact: this.#exact,
      droppedFrames: this.#dropped,
      busy: this.#busy,
      error: this.#error,
    });
  }

  // Standing still

  #show(): void {
    this.#turn += 1;
    const turn = this.#turn;
    clearTimeout(this.#restTimer);
    if (this.#clock) return;
    const isCurrent = (): boolean => turn === this.#turn && !this.#closed;
    for (const opening of this.#readers.values()) {
      // Only a search that is still going on is given up.
      if (this.#busy)
        opening
          .then(({ reader }) => {
            reader.cancel();
          })
          .catch(() => undefined);
    }
    const work = async (): Promise<void> => {
      const graph = evaluate(this.#document, this.#inside(this.#wanted));
      if (await this.#drawFromCache(graph)) return;
      if (!isCurrent()) return;
      if (!this.#scrubbing) {
        await this.#drawExactly(graph, isCurrent);
        return;
      }
      this.#restTimer = setTimeout(() => {
        this.#guarded(this.#drawExactly(graph, isCurrent));
      }, restMilliseconds);
      await this.#drawRoughly(graph, isCurrent);
    };
    this.#guarded(work());
  }

  #guarded(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#error = serialiseError(error);
      this.#busy = false;
      this.#tell();
    });
  }

  #time(layer: VideoLayer): number {
    return layer.sourceSeconds + lookUpGuard(this.#document.settings.frameRate);
  }

  /** Draws a frame at once when all its pictures are here. */
  async #drawFromCache(graph: FrameGraph): Promise<boolean> {
    const pictures = new Map<string, LayerPicture>();
    const times = new Map<VideoLayer, number>();
    for (const layer of graph.layers) {
      if (layer.kind === 'image') pictures.set(layer.clipId, await this.#still(layer));
      if (layer.kind !== 'video') continue;
      const media = await this.#timed(layer);
      if (!media) return false;
      times.set(layer, Math.max(media.origin + this.#time(layer), await firstTime(media)));
    }
    // Nothing is waited for from here on: what the cache gives may be closed by whoever comes next.
    for (const [layer, time] of times) {
      const kept = this.#cache.at(layer.assetId, time);
      if (!kept) return false;
      pictures.set(layer.clipId, this.#picture(layer, kept.picture));
    }
    this.#draw(graph, pictures, graph.frame, true);
    return true;
  }

  /** The key frames before: one decoded picture per layer, so it is there at once. */
  async #drawRoughly(graph: FrameGraph, isCurrent: () => boolean): Promise<void> {
    const pictures = new Map<string, LayerPicture>();
    let off = 0;
    for (const layer of graph.layers) {
      if (layer.kind === 'image') pictures.set(layer.clipId, await this.#still(layer));
      if (layer.kind !== 'video') continue;
      const media = await this.#timed(layer);
      if (!media?.video) continue;
      const time = media.origin + this.#time(layer);
      const kept = await this.#keyPicture(layer.assetId, media, time);
      if (!isCurrent()) return;
      if (!kept) continue;
      off = Math.max(off, time - kept.start);
      pictures.set(layer.clipId, this.#picture(layer, kept.picture));
    }
    if (!isCurrent() || (this.#exact && this.#shown === graph.frame)) return;
    const { num, den } = this.#document.settings.frameRate;
    this.#draw(graph, pictures, Math.max(0, graph.frame - Math.floor((off * num) / den)), false);
  }

  async #keyPicture(
    assetId: string,
    media: TimedMedia,
    time: number,
  ): Promise<{ readonly picture: VideoSample; readonly start: number } | null> {
    const here = this.#cache.at(assetId, time);
    if (here || !media.video) return here;
    const packet = await new EncodedPacketSink(media.video).getKeyPacket(time, { metadataOnly: true });
    if (!packet) return this.#cache.nearest(assetId, time);
    const known = this.#cache.at(assetId, packet.timestamp);
    if (known) return known;
    const sample = await new VideoSampleSink(media.video).getSample(packet.timestamp);
    if (!sample) return null;
    try {
      const copy = await copyPicture(sample);
      const kept = {
        picture: copy,
        start: sample.timestamp,
        end: sample.timestamp + sample.duration,
        pixels: pixelsOf(copy),
      };
      this.#cache.put(assetId, kept);
      return kept;
    } finally {
      sample.close();
    }
  }

  async #drawExactly(graph: FrameGraph, isCurrent: () => boolean): Promise<void> {
    this.#busy = true;
    try {
      const pictures = await this.#exactPictures(graph, leadSeconds, true);
      if (isCurrent() && pictures) this.#draw(graph, pictures, graph.frame, true);
    } finally {
      if (isCurrent()) {
        this.#busy = false;
        this.#tell();
      }
    }
  }

  /** Null when it was given up on the way. */
  async #exactPictures(graph: FrameGraph, lead: number, keep: boolean): Promise<Map<string, LayerPicture> | null> {
    const pictures = new Map<string, LayerPicture>();
    this.#error = null;
    for (const layer of graph.layers) {
      if (layer.kind !== 'video' && layer.kind !== 'image') continue;
      try {
        if (layer.kind === 'image') {
          pictures.set(layer.clipId, await this.#still(layer));
          continue;
        }
        const open = await this.#readerOf(layer);
        open.reader.lead = lead;
        if (keep && !this.#isStep(graph) && !(await open.reader.reaches(this.#time(layer)))) {
          const picture = await this.#onlyPicture(open.reader, layer);
          if (!picture) return null;
          pictures.set(layer.clipId, this.#picture(layer, picture));
          continue;
        }
        const from = open.media.origin + this.#time(layer) - lead;
        open.reader.onPassed = keep
          ? (sample, end) => {
              if (end > from) this.#keep(layer.assetId, sample, end);
            }
          : null;
        const sample = await open.reader.at(this.#time(layer));
        if (!sample) return null;
        if (keep) this.#keep(layer.assetId, sample, open.reader.currentEnd);
        pictures.set(layer.clipId, this.#picture(layer, sample));
      } catch (error) {
        // The other layers still show.
        this.#error = serialiseError(this.#named(error, layer, graph.frame));
        void this.#closeReader(layer.clipId);
      }
    }
    return pictures;
  }

  /** Whether a frame is near the one that shows: then the next is likely to be near as well. */
  #isStep({ frame }: FrameGraph): boolean {
    const { num, den } = this.#document.settings.frameRate;
    return this.#clock !== null || Math.abs(frame - this.#shown) <= (num / den) * 0.5;
  }

  /** A picture out of nowhere, without those that follow; it is the cache's. */
  async #onlyPicture(reader: PictureReader, layer: VideoLayer): Promise<VideoSample | null> {
    const sample = await reader.only(this.#time(layer));
    if (!sample) return null;
    try {
      const picture = await copyPicture(sample);
      const { timestamp, duration } = sample;
      this.#cache.put(layer.assetId, {
        picture,
        start: timestamp,
        end: timestamp + duration,
        pixels: pixelsOf(picture),
      });
      return picture;
    } finally {
      sample.close();
    }
  }

  /** Puts a copy into the cache; nobody waits for it. */
  #keep(assetId: string, sample: VideoSample, end: number): void {
    if (this.#cache.has(assetId, sample.timestamp)) return;
    const start = sample.timestamp;
    // Cloned at once: the reader closes its own while this one is still being copied.
    const held = sample.clone();
    const copying = copyPicture(held)
      .then((picture) => {
        if (this.#closed) picture.close();
        else this.#cache.put(assetId, { picture, start, end, pixels: pixelsOf(picture) });
      })
      // Then it is decoded again when it is wanted.
      .catch(() => undefined)
      .finally(() => {
        held.close();
        this.#copying.delete(copying);
      });
    this.#copying.add(copying);
  }

  #picture(layer: VideoLayer, sample: VideoSample): LayerPicture {
    return { kind: 'video', sample, nominal: nominalSize(this.#document, layer) };
  }

  async #still(layer: ImageLayer): Promise<LayerPicture> {
    const nominal = nominalSize(this.#document, layer);
    return { kind: 'image', bitmap: await this.#library.bitmap(layer.assetId), nominal };
  }

  async #timed(layer: VideoLayer): Promise<TimedMedia | null> {
    try {
      return await this.#library.timed(layer.assetId);
    } catch {
      // It is told when its picture is read.
      return null;
    }
  }

  #named(error: unknown, layer: MediaLayer, frame: number): Error {
    const clip = this.#document.clips.get(layer.clipId)?.name ?? layer.clipId;
    return namingClip(error, clip, frame, this.#document.assets.get(layer.assetId)?.name ?? layer.assetId);
  }

  // Readers

  async #readerOf(layer: { readonly clipId: string; readonly assetId: string }): Promise<OpenReader> {
    let opening = this.#readers.get(layer.clipId);
    if (!opening) {
      await this.#closeIdle(Infinity, mostReaders - 1);
      opening = this.#library
        .timed(layer.assetId)
        .then((media) => ({ reader: new PictureReader(media), media, lastUse: performance.now() }));
      this.#readers.set(layer.clipId, opening);
    }
    const open = await opening;
    open.lastUse = performance.now();
    return open;
  }

  /** Closes readers not used since a moment, those unused longest first, until no more than `keep` are open. */
  async #closeIdle(since: number, keep = 0): Promise<void> {
    const open = await Promise.all(
      [...this.#readers].map(async ([id, opening]) => ({
        id,
        lastUse: (await opening.catch(() => null))?.lastUse ?? 0,
      })),
    );
    open.sort((a, b) => a.lastUse - b.lastUse);
    for (const { id, lastUse } of open) {
      if (this.#readers.size <= keep) return;
      if (lastUse < since) await this.#closeReader(id);
    }
  }

  async #closeReader(clipId: string): Promise<void> {
    const opening = this.#readers.get(clipId);
    this.#readers.delete(clipId);
    await opening?.then(({ reader }) => reader.close()).catch(() => undefined);
  }

  // Playing

  #stopClock(): void {
    this.#clock = null;
    clearTimeout(this.#tickTimer);
    this.#tickTimer = undefined;
  }

  #due(clock: Clock): number {
    return clock.frame + (performance.timeOrigin + performance.now() - clock.time) * clock.speed;
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#tickTimer);
    this.#tickTimer = setTimeout(() => {
      this.#tick().catch((error: unknown) => {
        this.#error = serialiseError(error);
        if (this.#clock) this.#schedule(50);
      });
    }, milliseconds);
  }

  async #tick(): Promise<void> {
    const clock = this.#clock;
    if (!clock || this.#closed) return;
    const frame = this.#inside(this.#due(clock));
    if (frame !== this.#shown || !this.#exact) {
      const before = this.#shown;
      const graph = evaluate(this.#document, frame);
      this.#warm(frame, clock);
      const pictures =
        clock.speed >= 0 ? await this.#exactPictures(graph, 0, false) : await this.#picturesBackwards(graph);
      if (this.#clock === null) return;
      if (pictures) this.#draw(graph, pictures, frame, true, false);
      // At twice the speed every second frame is meant to be skipped.
      const step = Math.max(1, Math.round(Math.abs(clock.speed) * this.#frameMilliseconds()));
      const skipped = Math.abs(frame - before) - step;
      if (before >= 0 && skipped > 0 && skipped < 10 * step) this.#dropped += Math.ceil(skipped / step);
    }
    this.#wanted = frame;
    this.#tell(this.#due(clock));
    const now = this.#clock;
    if (!now) return;
    const due = this.#due(now);
    const ahead = now.speed > 0 ? Math.floor(due) + 1 - due : due - Math.ceil(due) + 1;
    // Never later than a 60th: an order to play elsewhere moves the clock under us.
    this.#schedule(Math.min(1000 / 60, Math.max(0, ahead / Math.abs(now.speed || 1))));
  }

  #frameMilliseconds(): number {
    const { num, den } = this.#document.settings.frameRate;
    return (1000 * den) / num;
  }

  /** Opens what comes next. */
  #warm(frame: number, clock: Clock): void {
    if (frame % 5 !== 0 || clock.speed < 0) return;
    const ahead = this.#inside(frame + warmSeconds * 1000 * clock.speed);
    for (const layer of evaluate(this.#document, ahead).layers) {
      if (layer.kind === 'image') {
        this.#still(layer).catch(() => undefined);
      } else if (layer.kind === 'video' && !this.#readers.has(layer.clipId)) {
        const clip = this.#document.clips.get(layer.clipId);
        const first = evaluate(this.#document, clip?.startFrame ?? ahead).layers.find(
          ({ clipId }) => clipId === layer.clipId,
        );
        const target = first?.kind === 'video' ? first : layer;
        this.#readerOf(layer)
          .then(({ reader }) => {
            reader.lead = 0;
            return reader.prepare(this.#time(target));
          })
          .catch(() => undefined);
      }
    }
  }

  /** Backwards, a stretch is decoded forwards into the cache and shown from its end. */
  async #picturesBackwards(graph: FrameGraph): Promise<Map<string, LayerPicture> | null> {
    const pictures = new Map<string, LayerPicture>();
    for (const layer of graph.layers) {
      if (layer.kind === 'image') pictures.set(layer.clipId, await this.#still(layer));
      if (layer.kind !== 'video') continue;
      const media = await this.#timed(layer);
      if (!media) continue;
      const time = Math.max(media.origin + this.#time(layer), await firstTime(media));
      let kept = this.#cache.at(layer.assetId, time);
      if (!kept) {
        await this.#exactPictures({ ...graph, layers: [layer] }, backwardsSeconds, true);
        await Promise.all(this.#copying);
        kept = this.#cache.at(layer.assetId, time) ?? this.#cache.nearest(layer.assetId, time);
      }
      if (kept) pictures.set(layer.clipId, this.#picture(layer, kept.picture));
    }
    return pictures;
  }

  #draw(
    graph: FrameGraph,
    pictures: ReadonlyMap<string, LayerPicture>,
    shown: number,
    exact: boolean,
    tell = true,
  ): void {
    const context = this.#context;
    if (context) this.#compositor.drawFrame(context, graph, pictures, context.canvas.width / graph.width);
    this.#shown = shown;
    this.#exact = exact;
    if (tell) this.#tell();
  }
}

const firstTimes = new WeakMap<TimedMedia, number>();

/** When the first picture of a file begins: before it there is nothing else to show. */
async function firstTime(media: TimedMedia): Promise<number> {
  const known = firstTimes.get(media);
  if (known !== undefined) return known;
  const first = media.video ? await media.video.getFirstTimestamp() : 0;
  firstTimes.set(media, first);
  return first;
}

function pixelsOf(sample: VideoSample): number {
  return sample.visibleRect.width * sample.visibleRect.height;
}
