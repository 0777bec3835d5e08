import {
  type CallOptions,
  LecternError,
  type Preview,
  type PreviewState,
  type Unsubscribe,
  serialiseError,
} from '@lectern/ports';
import { type TimelineDocument, diffDocuments, isEmptyChange } from '@lectern/timeline';
import type { PreviewOrder, StageReport } from '../worker/protocol.js';
import type { WorkerClient } from '../worker/worker-client.js';
import { type Course, pageClock, placeOn, soundClock } from './playback-clock.js';
import { SoundPlayer } from './sound-player.js';

/** Seeks that follow each other faster than this are a pointer being dragged. */
const scrubMilliseconds = 160;
/** Faster than this, forwards, is without sound. */
const fastestWithSound = 4;
const anchorMilliseconds = 400;
const warmSoundMilliseconds = 800;

/** What a preview needs of the engine. */
export interface PreviewHost {
  readonly startWorker: () => WorkerClient;
  readonly pixelBudget: number;
  readonly onDispose: () => void;
}

interface OpenAudio {
  readonly context: AudioContext;
  readonly gain: GainNode;
  readonly player: SoundPlayer;
}

let nextId = 1;

/** The page's side of a preview: keeps the clock, plays the sound, and tells the stage in its worker what to show. */
export class EnginePreview implements Preview {
  readonly #id = nextId++;
  readonly #host: PreviewHost;
  readonly #pictures: WorkerClient;
  #sounds: WorkerClient | null = null;
  #document: TimelineDocument | null = null;
  #state: PreviewState = { status: 'empty', frame: 0, shownFrame: 0, droppedFrames: 0, error: null };
  readonly #listeners = new Set<(state: PreviewState) => void>();
  #volume = 1;
  #audio: OpenAudio | null = null;
  #course: Course | null = null;
  #rate = 1;
  /** Counts changes of course: what was begun for an older one is given up. */
  #turn = 0;
  #anchorTimer: ReturnType<typeof setInterval> | undefined;
  #warmTimer: ReturnType<typeof setTimeout> | undefined;
  #lastSeek = -Infinity;
  #disposed = false;

  constructor(host: PreviewHost) {
    this.#host = host;
    this.#pictures = host.startWorker();
    this.#pictures.onStage(this.#id, (report) => {
      this.#hear(report);
    });
    this.#pictures.onFailure((error) => {
      if (!this.#disposed) this.#set({ status: 'failed', error: serialiseError(error) });
    });
    this.#order({ order: 'open', role: 'pictures', pixelBudget: host.pixelBudget });
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
    const empty = document.totalFrames === 0;
    if (empty) this.pause();
    const frame = Math.min(this.#state.frame, document.totalFrames);
    if (empty) this.#set({ status: 'empty', frame: 0, shownFrame: 0 });
    else if (this.#state.status === 'empty') this.#set({ status: 'loading', frame });
    if (this.#course) this.#audio?.player.refresh(document.totalFrames, document.settings.frameRate);
    else if (frame !== this.#state.frame) this.seek(frame);
  }

  seek(frame: number): void {
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
    if (!document || document.totalFrames === 0 || this.#disposed || rate === 0) return;
    const last = document.totalFrames - 1;
    let from = this.#state.frame;
    if (rate > 0 && from >= last) from = 0;
    if (rate < 0 && from <= 0) from = last;
    this.#set({ status: 'playing', frame: from });
    await this.#startCourse(from, rate);
  }

  pause(): void {
    if (this.#state.status !== 'playing') return;
    const course = this.#course;
    const total = this.#document?.totalFrames ?? 0;
    const frame = course ? Math.max(0, Math.min(total, Math.floor(placeOn(course)))) : this.#state.frame;
    this.#stopCourse();
    this.#set({ status: 'paused', frame });
    this.#order({ order: 'show', frame, scrubbing: false });
  }

  setVolume(volume: number): void {
    this.#volume = Math.max(0, Math.min(1, volume));
    // A jump would click.
    this.#audio?.gain.gain.setTargetAtTime(this.#volume, this.#audio.context.currentTime, 0.015);
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
    this.#stopCourse();
    this.#listeners.clear();
    void this.#audio?.context.close().catch(() => undefined);
    this.#audio = null;
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
    const audible = rate > 0 && rate <= fastestWithSound;
    const audio = audible ? this.#openAudio() : null;
    const clock = audio && (await soundClock(audio.context));
    if (turn !== this.#turn) return;
    let course: Course = { clock: pageClock, frame, time: pageClock.now(), framesPerSecond };
    if (audio && clock) {
      const time = await audio.player.start(frame, document.totalFrames, frameRate, rate).catch(() => null);
      if (turn !== this.#turn) return;
      if (time !== null) course = { clock, frame, time, framesPerSecond };
    }
    this.#course = course;
    this.#anchor();
    this.#anchorTimer = setInterval(() => {
      this.#anchor();
    }, anchorMilliseconds);
  }

  #stopCourse(): void {
    this.#turn += 1;
    clearInterval(this.#anchorTimer);
    this.#audio?.player.stop();
    if (this.#course) this.#order({ order: 'pause' });
    this.#course = null;
  }

  /** Tells the stage where the clock stands; the sound card's runs a little faster or slower than the page's. */
  #anchor(): void {
    const course = this.#course;
    if (!course) return;
    const frame = placeOn(course);
    const total = this.#document?.totalFrames ?? 0;
    if ((course.framesPerSecond > 0 && frame >= total) || (course.framesPerSecond < 0 && frame <= 0)) {
      this.#arrive();
      return;
    }
    // Before the first sound is heard the place stands still, so its time is the one of the sound.
    const wait = Math.max(0, course.time - course.clock.now());
    const time = performance.timeOrigin + performance.now() + wait * 1000;
    this.#order({ order: 'play', frame, time, rate: this.#rate });
  }

  #arrive(): void {
    const total = this.#document?.totalFrames ?? 0;
    const frame = this.#rate > 0 ? total : 0;
    this.#stopCourse();
    this.#set({ status: 'paused', frame });
    this.#order({ order: 'show', frame, scrubbing: false });
  }

  #openAudio(): OpenAudio | null {
    if (this.#audio) return this.#audio;
    try {
      const context = new AudioContext({ latencyHint: 'interactive' });
      const gain = context.createGain();
      gain.gain.value = this.#volume;
      gain.connect(context.destination);
      const player = new SoundPlayer(context, gain, (startSample, length, sampleRate, restart) =>
        this.#soundWorker().run('mixForPreview', { previewId: this.#id, startSample, length, sampleRate, restart }),
      );
      this.#audio = { context, gain, player };
    } catch {
      // No sound card, or too many contexts: it plays without sound.
      this.#audio = null;
    }
    return this.#audio;
  }

  /** Sound is mixed in a worker of its own, so that a picture that takes long never makes it stutter. */
  #soundWorker(): WorkerClient {
    if (!this.#sounds) {
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

  // What the stage says

  #hear(report: StageReport): void {
    if (this.#disposed) return;
    const total = this.#document?.totalFrames ?? 0;
    const { shownFrame, droppedFrames, error } = report;
    if (this.#course) {
      const frame = Math.floor(placeOn(this.#course));
      if (frame >= total || (frame <= 0 && this.#rate < 0)) {
        this.#arrive();
        return;
      }
      this.#set({ frame: Math.max(0, frame), shownFrame, droppedFrames, error });
      return;
    }
    const status = this.#state.status === 'loading' && (report.exact || error) ? 'paused' : this.#state.status;
    this.#set({ status, shownFrame, droppedFrames, error });
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
