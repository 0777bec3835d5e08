/** Where playback stands, by a clock that may be the sound card's. */
export interface PlaybackClock {
  /** Seconds, ever growing while it plays. */
  now(): number;
}

/** Seconds of the page's own clock: where there is no sound card, or the page may not make sound. */
export const pageClock: PlaybackClock = { now: () => performance.now() / 1000 };

/** What a context tells of its time. */
export type SoundTime = Pick<AudioContext, 'currentTime' | 'outputLatency'>;

/** A latency that changes by less than this is the way it is told, and not another way to the ear. */
const latencyTolerance = 0.02;

/** The time of what is heard just now: the context's, less the way through the operating system. */
export function heardTime(context: SoundTime): PlaybackClock {
  let latency = latencyOf(context);
  return {
    now: () => {
      const told = latencyOf(context);
      // Headphones that are put on in the middle have another one.
      if (Math.abs(told - latency) > latencyTolerance) latency = told;
      return context.currentTime - latency;
    },
  };
}

function latencyOf({ outputLatency }: SoundTime): number {
  return Number.isFinite(outputLatency) ? outputLatency : 0;
}

/** The clock of a context's sound card. Null when it doesn't run: a page that nobody has touched may not make sound. */
export async function soundClock(context: AudioContext): Promise<PlaybackClock | null> {
  if (context.state !== 'running') {
    await Promise.race([context.resume().catch(() => undefined), pause(400)]);
    if ((context.state as string) !== 'running') return null;
  }
  const before = context.currentTime;
  for (let tries = 0; tries < 20 && context.currentTime === before; tries += 1) await pause(20);
  // A machine without a sound card may have a context that claims to run and stands still.
  return context.currentTime === before ? null : heardTime(context);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** A place on the timeline that moves: `frame` at `time` of a clock, `framesPerSecond` from then on. */
export interface Course {
  readonly clock: PlaybackClock;
  readonly frame: number;
  readonly time: number;
  /** Negative backwards. */
  readonly framesPerSecond: number;
}

/** Frames, with a fraction; what is before the start of the course stands at it. */
export function placeOn({ clock, frame, time, framesPerSecond }: Course): number {
  return frame + Math.max(0, clock.now() - time) * framesPerSecond;
}
