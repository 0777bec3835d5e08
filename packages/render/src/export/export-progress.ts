import type { ExportEvent } from '../worker/protocol.js';

const tellMilliseconds = 200;
/** Told again when nothing moves: whoever watches learns which clip it is. */
const stillAliveMilliseconds = 2000;

/** Tells how an export goes: not for each frame, but also when nothing moves. */
export class ProgressTeller {
  readonly #total: number;
  readonly #writtenBytes: () => number;
  readonly #tell: (event: ExportEvent) => void;
  #phase: ExportEvent['phase'] = 'preparing';
  #frame = 0;
  #clip: string | null = null;
  #beat = 0;
  #toEncode = 0;
  #encoded = 0;
  #started = 0;
  #told = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(total: number, writtenBytes: () => number, tell: (event: ExportEvent) => void) {
    this.#total = total;
    this.#writtenBytes = writtenBytes;
    this.#tell = tell;
  }

  start(): void {
    this.#say();
    this.#timer = setInterval(() => {
      this.#say();
    }, stillAliveMilliseconds);
  }

  /** How many frames have to be encoded: only these take time. */
  expect(toEncode: number): void {
    this.#toEncode = toEncode;
    this.#started = performance.now();
  }

  readonly onClip = (clip: string): void => {
    this.#clip = clip;
  };

  /** Something goes on that no frame tells of. */
  readonly onBeat = (): void => {
    this.#beat += 1;
  };

  /** Frames up to here are made, of which so many were encoded. It never goes back, also when something is made again. */
  advance(frame: number, encoded: number): void {
    this.#phase = 'rendering';
    this.#encoded = encoded;
    this.#frame = Math.max(this.#frame, frame);
    if (performance.now() - this.#told >= tellMilliseconds || frame === this.#total) this.#say();
  }

  finishing(): void {
    this.#phase = 'finishing';
    this.#say();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    this.#told = performance.now();
    const elapsed = (this.#told - this.#started) / 1000;
    const known = this.#encoded >= 15 && elapsed >= 0.8;
    this.#tell({
      phase: this.#phase,
      frame: this.#frame,
      totalFrames: this.#total,
      secondsLeft: known ? (elapsed / this.#encoded) * Math.max(0, this.#toEncode - this.#encoded) : null,
      writtenBytes: this.#writtenBytes(),
      clip: this.#clip,
      beat: this.#beat,
    });
  }
}
