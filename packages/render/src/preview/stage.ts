import { type ProxyUse, type SerialisedError, serialiseError } from '@lectern/ports';
import { type FrameGraph, type TimelineDocument, applyChange, documentFromRecords, evaluate } from '@lectern/timeline';
import { ClipPictures } from '../export/clip-pictures.js';
import type { MediaLibrary } from '../media/media-library.js';
import type { PreviewOrder, StageReport } from '../worker/protocol.js';
import { Follower } from './follower.js';
import type { PictureSet } from './picture-set.js';
import { PictureSupply } from './picture-supply.js';
import { PreviewMedia } from './preview-media.js';
import { Seeker } from './seeker.js';
import { Surface } from './surface.js';

const idleCheckMilliseconds = 5_000;
/** A source that is gone is looked for this often while its clip shows. */
const retryMilliseconds = 2_000;

export interface StageOptions {
  /** Pixels that may be kept decoded. */
  readonly pixelBudget: number;
  /** Whether drawing is done by a program and not by a graphics processor. */
  readonly software: boolean;
  readonly report: (report: StageReport) => void;
}

/**
 * The preview's side in the worker: shows frames on a surface, when they are asked for (`Seeker`) or when they are due
 * (`Follower`), and tells what it shows.
 */
export class Stage {
  readonly #library: MediaLibrary;
  readonly #options: StageOptions;
  readonly #media: PreviewMedia;
  readonly #supply: PictureSupply;
  readonly #surface: Surface;
  readonly #seeker: Seeker;
  readonly #follower: Follower;
  readonly #idleTimer: ReturnType<typeof setInterval>;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #document: TimelineDocument = documentFromRecords([]);
  /** The frame to show while it doesn't play. */
  #wanted = 0;
  #visible = true;
  #shown = -1;
  #exact = false;
  #isProxied = false;
  #making: ReadonlySet<string> = new Set();
  #error: SerialisedError | null = null;
  #closed = false;

  constructor(library: MediaLibrary, options: StageOptions) {
    this.#library = library;
    this.#options = options;
    this.#media = new PreviewMedia(library);
    this.#supply = new PictureSupply(this.#media, options.pixelBudget);
    this.#surface = new Surface(options.software);
    const view = {
      graph: (frame: number) => evaluate(this.#document, this.#inside(frame)),
      show: (graph: FrameGraph, set: PictureSet, exact: boolean) => {
        this.#show(graph, set, exact);
      },
      fail: (error: unknown) => {
        this.#error = serialiseError(error);
        this.#tell();
      },
    };
    this.#seeker = new Seeker(this.#supply, view);
    this.#follower = new Follower(this.#supply, {
      ...view,
      document: () => this.#document,
      ticked: (frame) => {
        this.#wanted = this.#inside(frame);
        this.#tell(frame);
      },
    });
    this.#idleTimer = setInterval(() => {
      this.#supply.releaseIdle();
    }, idleCheckMilliseconds);
  }

  /** Decoders that are open. */
  get openDecoders(): number {
    return this.#supply.openDecoders;
  }

  /** Pixels that are kept decoded. */
  get keptPixels(): number {
    return this.#supply.keptPixels;
  }

  obey(order: PreviewOrder): void {
    switch (order.order) {
      case 'surface':
        this.#surface.attach(order.surface);
        this.#refresh();
        break;
      case 'size':
        this.#surface.resize(order);
        this.#refresh();
        break;
      case 'document':
        this.#setDocument(documentFromRecords(order.records));
        break;
      case 'change':
        this.#setDocument(applyChange(this.#document, order.change));
        break;
      case 'show':
        this.#wanted = order.frame;
        this.#seek(order.scrubbing);
        break;
      case 'play':
        this.#play(order);
        break;
      case 'pause':
        this.#follower.stop();
        break;
      case 'visible':
        this.#setVisible(order.visible);
        break;
      case 'proxies':
        this.#making = new Set(order.making);
        void this.#setProxies(new Map(order.proxies), order.use);
        break;
      case 'open':
        break;
      case 'close':
        void this.close();
        break;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#follower.stop();
    this.#seeker.stop();
    clearInterval(this.#idleTimer);
    clearTimeout(this.#retryTimer);
    await this.#supply.close();
  }

  /** A frame at the project's size, exact and from the sources, whatever the surface shows. */
  async capture(frame: number): Promise<ImageBitmap> {
    const clips = new ClipPictures(this.#document, this.#library);
    try {
      const graph = evaluate(this.#document, this.#inside(frame));
      return this.#surface.still(graph, await clips.of(graph, () => undefined));
    } finally {
      await clips.close();
    }
  }

  #setDocument(document: TimelineDocument): void {
    this.#document = document;
    this.#supply.setDocument(document);
    this.#error = null;
    this.#refresh();
  }

  #setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) {
      this.#follower.resume();
      this.#refresh();
      return;
    }
    this.#follower.suspend();
    this.#seeker.stop();
    clearTimeout(this.#retryTimer);
    void this.#supply.release();
  }

  async #setProxies(proxies: ReadonlyMap<string, Blob>, use: boolean): Promise<void> {
    const changed = this.#media.setProxies(proxies, use);
    if (changed.length > 0) {
      await this.#supply.filesChanged(changed);
      this.#refresh();
    }
    this.#tell();
  }

  #play({ frame, time, rate, anew }: Extract<PreviewOrder, { order: 'play' }>): void {
    this.#seeker.stop();
    clearTimeout(this.#retryTimer);
    const { num, den } = this.#document.settings.frameRate;
    this.#follower.follow({ frame, time, speed: (rate * num) / den / 1000 }, rate, anew);
  }

  /** The last frame still shows when the playhead stands behind it. */
  #inside(frame: number): number {
    return Math.max(0, Math.min(Math.floor(frame), this.#document.totalFrames - 1));
  }

  /** Draws anew what is shown: the surface, the document or the files are others. */
  #refresh(): void {
    this.#surface.fit(this.#document.settings);
    if (!this.#follower.isPlaying) this.#seek(false);
  }

  #seek(scrubbing: boolean): void {
    if (this.#closed || !this.#visible || this.#follower.isPlaying) return;
    clearTimeout(this.#retryTimer);
    this.#seeker.seek(this.#wanted, scrubbing);
  }

  #show(graph: FrameGraph, set: PictureSet, exact: boolean): void {
    if (this.#closed) return;
    this.#surface.draw(graph, set.pictures);
    const { num, den } = this.#document.settings.frameRate;
    // However little it is off, it is another frame's picture.
    const framesOff = Math.sign(set.lag) * Math.ceil((Math.abs(set.lag) * num) / den);
    this.#shown = exact ? graph.frame : Math.max(0, graph.frame - framesOff);
    this.#exact = exact;
    this.#isProxied = set.isProxied;
    const error = this.#supply.errorOf(graph);
    this.#error = error && serialiseError(error);
    if (this.#follower.isPlaying) return;
    this.#tell();
    if (exact && error?.code === 'source-missing') this.#retryLater(graph);
  }

  #retryLater(graph: FrameGraph): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      this.#supply.retry(graph);
      this.#seek(false);
    }, retryMilliseconds);
  }

  #proxyUse(): ProxyUse {
    if (this.#isProxied) return 'shown';
    let isMaking = false;
    for (const layer of evaluate(this.#document, this.#inside(this.#wanted)).layers) {
      if (layer.kind !== 'video') continue;
      if (this.#media.hasProxy(layer.assetId)) return 'ready';
      isMaking ||= this.#making.has(layer.assetId);
    }
    return isMaking ? 'making' : 'none';
  }

  #tell(frame = this.#wanted): void {
    if (this.#closed) return;
    this.#options.report({
      frame,
      shownFrame: Math.max(0, this.#shown),
      exact: this.#exact,
      droppedFrames: this.#follower.droppedFrames,
      proxy: this.#proxyUse(),
      error: this.#error,
    });
  }
}
