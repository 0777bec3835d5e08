import { LecternError } from '@lectern/ports';

export interface LaneLimits {
  /** Requests at once for one file. */
  readonly perFile: number;
  /** Requests at once in all. */
  readonly inAll: number;
}

/** The lanes as one file sees them. */
export interface FileLanes {
  /** Waits for a lane; the returned function gives it back. @throws `aborted` when the signal fires before */
  take(signal: AbortSignal): Promise<() => void>;
  /** A request of this file got stuck. After two, the line is too thin for more than one at once. */
  stalled(): void;
}

interface FileState {
  readonly sizeBytes: number;
  most: number;
  used: number;
  stalls: number;
}

interface Waiting {
  readonly file: FileState;
  readonly enter: () => void;
}

const stallsUntilOneLane = 2;

/** How many requests go at once. The lanes go to small files first: they are done before a large one has noticed. */
export class RequestLanes {
  readonly #limits: LaneLimits;
  readonly #waiting: Waiting[] = [];
  #used = 0;

  /** @throws RangeError for limits that aren't whole numbers above 0 */
  constructor(limits: LaneLimits) {
    for (const [name, value] of Object.entries(limits) as [string, number][])
      if (!Number.isInteger(value) || value < 1)
        throw new RangeError(`${name} is ${String(value)}, not a whole number above 0`);
    this.#limits = limits;
  }

  forFile(sizeBytes: number): FileLanes {
    const file: FileState = { sizeBytes, most: this.#limits.perFile, used: 0, stalls: 0 };
    return {
      take: (signal) => this.#take(file, signal),
      stalled: () => {
        file.stalls += 1;
        if (file.stalls >= stallsUntilOneLane) file.most = 1;
      },
    };
  }

  #take(file: FileState, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new LecternError('aborted'));
        return;
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new LecternError('aborted'));
      };
      const waiting: Waiting = {
        file,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve(this.#occupy(file));
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
      this.#serve();
    });
  }

  #occupy(file: FileState): () => void {
    file.used += 1;
    this.#used += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      file.used -= 1;
      this.#used -= 1;
      this.#serve();
    };
  }

  #serve(): void {
    while (this.#used < this.#limits.inAll) {
      const next = this.#next();
      if (next === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      next.enter();
    }
  }

  /** Of the smallest file, whoever came first. */
  #next(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.file.used >= waiting.file.most) continue;
      if (best === undefined || waiting.file.sizeBytes < best.file.sizeBytes) best = waiting;
    }
    return best;
  }
}
