import { LecternError } from '@lectern/ports';
import type { ExportEvent } from '../worker/protocol.js';

/** A file of which nothing has come for so long isn't coming. */
const silenceMilliseconds = 20_000;
/** Looking at many sources, and writing the index of a long file, may take a while. */
const edgeMilliseconds = 120_000;
const lookMilliseconds = 1000;
/** Between two looks no more than this counts: the rest of a longer gap the machine has slept. */
const longestLook = 2 * lookMilliseconds;

/**
 * Counts for how long nothing has moved while somebody could have moved it: it is looked at in intervals, and of one that
 * is much longer than it should be (a laptop that was closed, a page that was frozen) only the first part counts.
 */
export class Stillness {
  #milliseconds = 0;
  #looked: number;

  constructor(now: number) {
    this.#looked = now;
  }

  moved(): void {
    this.#milliseconds = 0;
  }

  /** Milliseconds without a move. */
  look(now: number): number {
    this.#milliseconds += Math.min(Math.max(0, now - this.#looked), longestLook);
    this.#looked = now;
    return this.#milliseconds;
  }
}

/** Notices when an export has stopped moving, and names the clip at which it did. */
export class Watchdog {
  readonly #bark: (error: LecternError) => void;
  readonly #stillness = new Stillness(performance.now());
  #frame = -1;
  #phase: ExportEvent['phase'] = 'preparing';
  #clip: string | null = null;
  #bytes = 0;
  #beat = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(bark: (error: LecternError) => void) {
    this.#bark = bark;
    this.#timer = setInterval(() => {
      this.#look();
    }, lookMilliseconds);
  }

  /** Workers say every other second that they live: timers of a hidden page may come once a minute only. */
  hear({ frame, phase, clip, writtenBytes, beat }: ExportEvent): void {
    this.#clip = clip;
    const same = frame === this.#frame && phase === this.#phase && writtenBytes === this.#bytes && beat === this.#beat;
    if (same) {
      this.#look();
      return;
    }
    this.#frame = frame;
    this.#phase = phase;
    this.#bytes = writtenBytes;
    this.#beat = beat;
    this.#stillness.moved();
  }

  #look(): void {
    const patience = this.#phase === 'rendering' ? silenceMilliseconds : edgeMilliseconds;
    if (this.#stillness.look(performance.now()) < patience) return;
    this.stop();
    this.#bark(
      new LecternError('render-failed', {
        message: `nothing has moved for ${String(patience / 1000)} s`,
        details: { frame: Math.max(0, this.#frame), ...(this.#clip === null ? {} : { clip: this.#clip }) },
      }),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
