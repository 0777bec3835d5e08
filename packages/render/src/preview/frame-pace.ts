/** A place on the timeline that moves: `frame` at `time`, `speed` from then on. */
export interface Pace {
  readonly frame: number;
  /** Milliseconds. */
  readonly time: number;
  /** Frames per millisecond; negative backwards. */
  readonly speed: number;
}

/** Pictures are never drawn oftener than this, in milliseconds. */
const shortestTick = 1000 / 60;

/** The place that is due, in frames with a fraction. */
export function dueFrame({ frame, time, speed }: Pace, now: number): number {
  return frame + (now - time) * speed;
}

/**
 * Milliseconds until the next frame begins, at most a 60th of a second: the pace is corrected while somebody waits, as
 * the sound card's clock runs a little faster or slower than the page's.
 */
export function untilNext(pace: Pace, now: number): number {
  const due = dueFrame(pace, now);
  const left = pace.speed > 0 ? Math.floor(due) + 1 - due : due - Math.ceil(due) + 1;
  return Math.min(shortestTick, Math.max(0, left / Math.abs(pace.speed)));
}

/** Counts frames that were due and never showed. At twice the speed every second one is meant to be passed over. */
export class DropCounter {
  #count = 0;
  #last: number | null = null;

  get count(): number {
    return this.#count;
  }

  /** Playback begins, or goes on from elsewhere: what lies between isn't dropped. */
  begin(): void {
    this.#last = null;
  }

  /** @param framesPerTick frames of the timeline that pass in a frame's time: the rate of playback, unsigned */
  shown(frame: number, framesPerTick: number): void {
    const step = Math.max(1, Math.round(framesPerTick));
    if (this.#last !== null) {
      const skipped = Math.abs(frame - this.#last) - step;
      if (skipped > 0) this.#count += Math.ceil(skipped / step);
    }
    this.#last = frame;
  }
}
