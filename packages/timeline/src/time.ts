/** A positive fraction of integers, exact. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}
/** Frames per second: `{num: 30000, den: 1001}` is NTSC. */
export type FrameRate = Rational;

/** The rates that cameras, broadcasters and browsers use. */
export const frameRates: {
  readonly fps23976: FrameRate;
  readonly fps24: FrameRate;
  readonly fps25: FrameRate;
  readonly fps2997: FrameRate;
  readonly fps30: FrameRate;
  readonly fps50: FrameRate;
  readonly fps5994: FrameRate;
  readonly fps60: FrameRate;
} = {
  fps23976: { num: 24000, den: 1001 },
  fps24: { num: 24, den: 1 },
  fps25: { num: 25, den: 1 },
  fps2997: { num: 30000, den: 1001 },
  fps30: { num: 30, den: 1 },
  fps50: { num: 50, den: 1 },
  fps5994: { num: 60000, den: 1001 },
  fps60: { num: 60, den: 1 },
};

/** `{num: 1, den: 1}`: normal speed. */
export const one: Rational = { num: 1, den: 1 };

/** Whether both are the same number; `2/2` equals `1/1`. */
export function rationalEquals(a: Rational, b: Rational): boolean {
  return BigInt(a.num) * BigInt(b.den) === BigInt(b.num) * BigInt(a.den);
}

/** The same number with the smallest terms. @throws RangeError unless both terms are positive integers */
export function reduceRational(value: Rational): Rational {
  requirePositive(value);
  let a = value.num;
  let b = value.den;
  while (b !== 0) [a, b] = [b, a % b];
  return a === 1 ? value : { num: value.num / a, den: value.den / a };
}

/** `a / b` in the smallest terms. */
export function divideRationals(a: Rational, b: Rational): Rational {
  return reduceRational({ num: a.num * b.den, den: a.den * b.num });
}

/** ⌊value · ratio⌋ of an integer, exact however large the product. */
export function floorScaled(value: number, ratio: Rational): number {
  return floorDivide(value, ratio.num, ratio.den);
}

/** ⌈value · ratio⌉ of an integer, exact. */
export function ceilScaled(value: number, ratio: Rational): number {
  return noMinusZero(-floorDivide(-value, ratio.num, ratio.den));
}

/** `value · ratio` of an integer, rounded to the nearest integer, halves up; exact. */
export function roundScaled(value: number, ratio: Rational): number {
  // ⌊x + 1/2⌋ = ⌊(2·value·num + den) / (2·den)⌋
  const doubled = 2 * value * ratio.num + ratio.den;
  if (Number.isSafeInteger(doubled)) return floorQuotient(doubled, 2 * ratio.den);
  const exact = 2n * BigInt(value) * BigInt(ratio.num) + BigInt(ratio.den);
  return Number(bigFloorQuotient(exact, 2n * BigInt(ratio.den)));
}

/** Seconds at which a frame starts. One division of integers: as exact as a number can be. */
export function frameToSeconds(frame: number, rate: FrameRate): number {
  return (frame * rate.den) / rate.num;
}

/** The frame whose start is nearest, halves up. Never floors a float: 0.0333 s is frame 1 at 30 fps. */
export function secondsToFrame(seconds: number, rate: FrameRate): number {
  return noMinusZero(Math.floor((seconds * rate.num) / rate.den + 0.5));
}

/** Microseconds at which a frame starts, rounded half up (WebCodecs timestamps are integers). */
export function frameToMicroseconds(frame: number, rate: FrameRate): number {
  return roundScaled(frame, { num: rate.den * 1_000_000, den: rate.num });
}

/** The frame whose start is nearest to a timestamp, halves up. */
export function microsecondsToFrame(microseconds: number, rate: FrameRate): number {
  return roundScaled(Math.round(microseconds), { num: rate.num, den: rate.den * 1_000_000 });
}

/** Frames that a timecode counts in a second: 30 for 29.97. */
export function nominalFrameRate(rate: FrameRate): number {
  return Math.round(rate.num / rate.den);
}

/** Whether timecode drops numbers at this rate (29.97 and 59.94), to stay with the clock on the wall. */
export function isDropFrame(rate: FrameRate): boolean {
  const nominal = nominalFrameRate(rate);
  return rate.num * 1001 === nominal * 1000 * rate.den && nominal % 30 === 0;
}

/**
 * `HH:MM:SS:FF`; `HH:MM:SS;FF` in drop-frame counting at 29.97 and 59.94 (SMPTE ST 12-1: the first two, or four,
 * frame numbers of each minute are skipped, except of every tenth).
 */
export function formatTimecode(frame: number, rate: FrameRate): string {
  const nominal = nominalFrameRate(rate);
  const drop = isDropFrame(rate);
  const sign = frame < 0 ? '-' : '';
  let count = Math.abs(frame);
  if (drop) {
    const dropped = (nominal / 30) * 2;
    const perMinute = nominal * 60 - dropped;
    const perTenMinutes = perMinute * 10 + dropped;
    const tens = Math.floor(count / perTenMinutes);
    const rest = count % perTenMinutes;
    count +=
      tens * dropped * 9 + (rest < nominal * 60 ? 0 : dropped * (1 + Math.floor((rest - nominal * 60) / perMinute)));
  }
  const seconds = Math.floor(count / nominal);
  const fields = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits);
  return `${sign}${fields.join(':')}${drop ? ';' : ':'}${twoDigits(count % nominal)}`;
}

/**
 * Reads `HH:MM:SS:FF`, `MM:SS:FF`, `SS:FF` or a bare count of frames; `;` and `.` separate too. At a drop-frame rate the
 * count is drop-frame whatever separates it. Null when the text is no timecode, or names a number that is dropped.
 */
export function parseTimecode(text: string, rate: FrameRate): number | null {
  const match = /^(-?)(?:(?:(?:(\d{1,3})[:;.])?(\d{1,2})[:;.])?(\d{1,2})[:;.])?(\d{1,9})$/.exec(text.trim());
  if (!match) return null;
  const [, sign, hours, minutes, seconds, frames] = match;
  const sum = (value: number): number => (sign === '-' ? noMinusZero(-value) : value);
  if (seconds === undefined) return sum(Number(frames));
  const nominal = nominalFrameRate(rate);
  const h = Number(hours ?? 0);
  const m = Number(minutes ?? 0);
  const s = Number(seconds);
  const f = Number(frames);
  if (m > 59 || s > 59 || f >= nominal) return null;
  const count = ((h * 60 + m) * 60 + s) * nominal + f;
  if (!isDropFrame(rate)) return sum(count);
  const dropped = (nominal / 30) * 2;
  if (s === 0 && f < dropped && m % 10 !== 0) return null;
  const wholeMinutes = h * 60 + m;
  return sum(count - dropped * (wholeMinutes - Math.floor(wholeMinutes / 10)));
}

function floorDivide(value: number, num: number, den: number): number {
  const product = value * num;
  if (Number.isSafeInteger(product)) return floorQuotient(product, den);
  return Number(bigFloorQuotient(BigInt(value) * BigInt(num), BigInt(den)));
}

/** ⌊a / b⌋ for integers without ever rounding a quotient. */
function floorQuotient(a: number, b: number): number {
  const rest = a % b;
  return noMinusZero((a - (rest < 0 ? rest + b : rest)) / b);
}

function bigFloorQuotient(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** `-0` would print as `0` yet differ under `Object.is`; a document never holds it. */
function noMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function requirePositive(value: Rational): void {
  for (const term of [value.num, value.den]) {
    if (!Number.isSafeInteger(term) || term <= 0) {
      throw new RangeError(`a rational needs positive integers, got ${String(value.num)}/${String(value.den)}`);
    }
  }
}
