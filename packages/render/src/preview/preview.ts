import {
  type CallOptions,
  LecternError,
  type Preview,
  type PreviewState,
  type Unsubscribe,
  serialiseError,
} from '@lectern/ports';
import { type TimelineDocument, diffDocuments, isEmptyChange } from '@lectern/timeline';
import type { ProxyViewer, ProxyViewing } from '../proxy/proxy-keeper.js';
import type { PreviewOrder, StageReport } from '../worker/protocol.js';
import type { WorkerClient } from '../worker/worker-client.js';
import { type Course, pageClock, placeOn } from './playback-clock.js';
import { PreviewAudio } from './preview-audio.js';

/** Seeks that follow each other faster than this are a pointer being dragged. */
const scrubMilliseconds = 160;
const anchorMilliseconds = 400;
const warmSoundMilliseconds = 800;

/** What a preview needs of the engine. */
export interface PreviewHost {
  readonly startWorker: () => WorkerClient;
  readonly pixelBudget: number;
  /** Tells which proxies there are; null where none are made. */
  readonly viewProxies: ((viewing: ProxyViewing) => ProxyViewer) | null;
  readonly onDispose: () => void;
}

let nextId = 1;

/** The page's side of a preview: keeps the clock, plays the sound, and tells the stage in its worker what to show. */
export class EnginePreview implements Preview {
  readonly #id = nextId++;
  readonly #host: PreviewHost;
  readonly #pictures: WorkerClient;
  readonly #audio: PreviewAudio;
  readonly #proxies: ProxyViewer | null;
  #sounds: WorkerClient | null = null;
  #document: TimelineDocument | null = null;
  #state: PreviewState = { status: 'empty', frame: 0, shownFrame: 0, droppedFrames: 0, proxy: 'none', error: null };
  readonly #listeners = new Set<(state: PreviewState) => void>();
  #course: Course | null = null;
  #rate = 1;
  #useProxies = true;
  /** Counts changes of course: what was begun for an older one is given up. */
  #turn = 0;
  #anchorTimer: ReturnType<typeof setInterval> | undefined;
  #warmTimer: ReturnType<typeof setTimeout> | undefined;
  #lastSeek = -Infinity;
  #disposed = false;

  constructor(host: PreviewHost) {
    this.#host = host;
    this.#audio = new PreviewAudio(
      (from, length, sampleRate, rate) =>
        this.#soundWorker().run('mixForPreview', { previewId: this.#id, from, length, sampleRate, rate }),
      () => {
        // The pictures go on by the page's own clock.
        if (this.#course) void this.#startCourse(placeOn(this.#course), this.#rate);
      },
    );
    this.#pictures = host.startWorker();
    this.#pictures.onStage(this.#id, (report) => {
      this.#hear(report);
    });
    this.#pictures.onFailure((error) => {
      if (!this.#disposed) this.#set({ status: 'failed', error: serialiseError(error) });
    });
    this.#order({ order: 'open', role: 'pictures', pixelBudget: host.pixelBudget });
    this.#proxies =
      host.viewProxies?.({
        changed: () => {
          this.#tellProxies();
        },
      }) ?? null;
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#onVisibility();
  }

  attach(surface: OffscreenCanvas): void {
    this.#pictures.order(this.#id, { order: 'surface', surface }, [surface]);
  }

  resize(width: number, height: number): void {
    this.#order({ order: 'size', width, height });
  }

  setDocument(document: TimelineDocument): void {
    const before = this.#document;
    if (before === document || this.#disposed) return;
    this.#document = document;
    if (before) {
      const change = diffDocuments(before, document);
      if (isEmptyChange(change)) return;
      this.#orderAll({ order: 'change', change });
    } else {
      this.#orderAll({ order: 'document', records: [...document.records()] });
    }
    this.#warmSound(document);
    this.#proxies?.setDocument(document);
    const empty = document.totalFrames === 0;
    if (empty) this.pause();
    const frame = Math.min(this.#state.frame, document.totalFrames);
    if (empty) this.#set({ status: 'empty', frame: 0, shownFrame: 0 });
    else if (this.#state.status === 'empty') this.#set({ status: 'loading', frame });
    if (this.#course) this.#audio.refresh(document.totalFrames, document.settings.frameRate);
    else if (frame !== this.#state.frame) this.seek(frame);
  }

  seek(frame: number): void {
    this.#proxies?.touch();
    const total = this.#document?.totalFrames ?? 0;
    const target = Math.max(0, Math.min(Math.round(frame), total));
    if (this.#state.status === 'playing') {
      this.#set({ frame: target });
      void this.#startCourse(target, this.#rate);
      return;
    }
    const now = performance.now();
    const scrubbing = now - this.#lastSeek < scrubMilliseconds;
    this.#lastSeek = now;
    this.#set({ frame: target });
    this.#order({ order: 'show', frame: target, scrubbing });
  }

  async play(rate = 1): Promise<void> {
    const document = this.#document;
    if (!document || document.totalFrames === 0 || this.#disposed || rate === 0 || !Number.isFinite(rate)) return;
    const last = document.totalFrames - 1;
    // Another rate goes on from where it is heard and seen.
    let from = this.#course ? this.#place(this.#course) : this.#state.frame;
    if (rate > 0 && from >= last) from = 0;
    if (rate < 0 && from <= 0) from = last;
    this.#set({ status: 'playing', frame: from });
    this.#proxies?.setPlaying(true);
    await this.#startCourse(from, rate);
  }

  pause(): void {
    if (this.#state.status !== 'playing') return;
    const frame = this.#course ? this.#place(this.#course) : this.#state.frame;
    this.#halt(frame);
  }

  setVolume(volume: number): void {
    this.#audio.setVolume(volume);
  }

  useProxies(use: boolean): void {
    if (use === this.#useProxies) return;
    this.#useProxies = use;
    this.#tellProxies();
  }

  state(): PreviewState {
    return this.#state;
  }

  subscribe(listener: (state: PreviewState) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async capture(frame: number, options: CallOptions = {}): Promise<ImageBitmap> {
    if (!this.#document) throw new LecternError('invalid-input', { message: 'there is no document to capture' });
    return this.#pictures.run('capture', { previewId: this.#id, frame }, { signal: options.signal });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearTimeout(this.#warmTimer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#stopCourse();
    this.#listeners.clear();
    this.#proxies?.dispose();
    this.#audio.dispose();
    this.#pictures.terminate();
    this.#sounds?.terminate();
    this.#host.onDispose();
  }

  // The clock

  async #startCourse(frame: number, rate: number): Promise<void> {
    this.#stopCourse();
    const turn = this.#turn;
    const document = this.#document;
    if (!document) return;
    this.#rate = rate;
    const { frameRate } = document.settings;
    const framesPerSecond = (rate * frameRate.num) / frameRate.den;
    const sound = await this.#audio.start(frame, document.totalFrames, frameRate, rate, () => turn === this.#turn);
    if (turn !== this.#turn) return;
    this.#course = { ...(sound ?? { clock: pageClock, time: pageClock.now() }), frame, framesPerSecond };
    this.#anchor(true);
    this.#anchorTimer = setInterval(() => {
      this.#anchor(false);
    }, anchorMilliseconds);
  }

  #stopCourse(): void {
    this.#turn += 1;
    clearInterval(this.#anchorTimer);
    this.#audio.stop();
    if (this.#course) this.#order({ order: 'pause' });
    this.#course = null;
  }

  /** Tells the stage where the clock stands; the sound card's runs a little faster or slower than the page's. */
  #anchor(anew: boolean): void {
    const course = this.#course;
    if (!course || this.#arrives(course)) return;
    // Before the first sound is heard the place stands still, so its time is the one of the sound.
    const wait = Math.max(0, course.time - course.clock.now());
    const time = performance.timeOrigin + performance.now() + wait * 1000;
    this.#order({ order: 'play', frame: placeOn(course), time, rate: this.#rate, anew });
  }

  /** Stops at the end, or backwards at the beginning. */
  #arrives(course: Course): boolean {
    const frame = placeOn(course);
    const total = this.#document?.totalFrames ?? 0;
    const isThere = this.#rate > 0 ? frame >= total : frame <= 0;
    if (isThere) this.#halt(this.#rate > 0 ? total : 0);
    return isThere;
  }

  /** Stands still at a frame, and shows it. */
  #halt(frame: number): void {
    this.#stopCourse();
    this.#proxies?.setPlaying(false);
    this.#set({ status: 'paused', frame });
    this.#order({ order: 'show', frame, scrubbing: false });
  }

  /** The frame that is heard and seen. */
  #place(course: Course): number {
    const total = this.#document?.totalFrames ?? 0;
    return Math.max(0, Math.min(total, Math.floor(placeOn(course))));
  }

  /** Sound is mixed in a worker of its own, so that a picture that takes long never makes it stutter. */
  #soundWorker(): WorkerClient {
    if (!this.#sounds || this.#sounds.hasFailed) {
      this.#sounds = this.#host.startWorker();
      this.#sounds.order(this.#id, { order: 'open', role: 'sound', pixelBudget: 0 });
      if (this.#document) {
        this.#sounds.order(this.#id, { order: 'document', records: [...this.#document.records()] });
      }
    }
    return this.#sounds;
  }

  /** A worker takes a moment to start, which had better not be after somebody has pressed play. */
  #warmSound(document: TimelineDocument): void {
    if (this.#sounds || this.#warmTimer !== undefined) return;
    if (![...document.assets.values()].some(({ audioCodec }) => audioCodec !== null)) return;
    this.#warmTimer = setTimeout(() => {
      if (!this.#disposed) this.#soundWorker();
    }, warmSoundMilliseconds);
  }

  readonly #onVisibility = (): void => {
    this.#order({ order: 'visible', visible: document.visibilityState !== 'hidden' });
  };

  #tellProxies(): void {
    if (this.#disposed || !this.#proxies) return;
    const { ready, making } = this.#proxies;
    this.#order({ order: 'proxies', proxies: [...ready], making: [...making], use: this.#useProxies });
  }

  // What the stage says

  #hear({ shownFrame, droppedFrames, exact, proxy, error }: StageReport): void {
    if (this.#disposed) return;
    // The same error again is no news.
    const isSame = JSON.stringify(error) === JSON.stringify(this.#state.error);
    const told = { shownFrame, droppedFrames, proxy, error: isSame ? this.#state.error : error };
    if (this.#course) {
      if (this.#arrives(this.#course)) return;
      this.#set({ ...told, frame: this.#place(this.#course) });
      return;
    }
    const status = this.#state.status === 'loading' && (exact || error) ? 'paused' : this.#state.status;
    this.#set({ ...told, status });
  }

  #set(part: Partial<PreviewState>): void {
    const next = { ...this.#state, ...part };
    const changed = (Object.keys(part) as (keyof PreviewState)[]).some((key) => next[key] !== this.#state[key]);
    if (!changed) return;
    this.#state = next;
    for (const listener of [...this.#listeners]) listener(next);
  }

  #order(order: PreviewOrder): void {
    this.#pictures.order(this.#id, order);
  }

  #orderAll(order: PreviewOrder): void {
    this.#order(order);
    this.#sounds?.order(this.#id, order);
  }
}
