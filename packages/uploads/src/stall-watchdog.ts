import type { Clock } from './clock.js';

export interface StallWatchdog {
  /** Something moved: the time begins anew. */
  progressed(): void;
  stop(): void;
}

/** Calls `onStall` once when nothing has moved for so long; never for `Infinity`. */
export function watchForStall(clock: Clock, stallMs: number, onStall: () => void): StallWatchdog {
  let callOff: (() => void) | null = null;
  let over = stallMs === Infinity;
  const arm = (): void => {
    if (over) return;
    callOff?.();
    callOff = clock.after(stallMs, () => {
      over = true;
      onStall();
    });
  };
  arm();
  return {
    progressed: arm,
    stop: () => {
      over = true;
      callOff?.();
    },
  };
}
