/** A positive fraction of integers, exact. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}
/** Frames per second: `{num: 30000, den: 1001}` is NTSC. */
export type FrameRate = Rational;
