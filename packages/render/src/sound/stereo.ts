/** Samples of two channels, −1…1, both of one length. A source with one channel may give one array for both. */
export interface Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** Silence. */
export function createStereo(length: number): Stereo {
  return { left: new Float32Array(length), right: new Float32Array(length) };
}

const minus3dB = Math.SQRT1_2;

/**
 * Writes `length` samples of any number of channels into two. One channel goes to both sides. Surround (in the order of
 * WebCodecs: L R C LFE Ls Rs …) is mixed down as ITU-R BS.775 has it: centre and surrounds at −3 dB, no LFE.
 */
export function mixDown(channels: readonly Float32Array[], length: number, into: Stereo, at: number): void {
  const [first, second] = channels;
  if (!first) return;
  if (!second) {
    into.left.set(first.subarray(0, length), at);
    into.right.set(first.subarray(0, length), at);
    return;
  }
  into.left.set(first.subarray(0, length), at);
  into.right.set(second.subarray(0, length), at);
  if (channels.length === 2) return;
  const centre = channels.length === 4 ? undefined : channels[2];
  const rest = channels.length === 4 ? channels.slice(2) : channels.slice(4);
  if (centre) addTo(into.left, into.right, centre, at, length);
  rest.forEach((surround, index) => {
    const side = index % 2 === 0 ? into.left : into.right;
    for (let n = 0; n < length; n += 1) side[at + n] = (side[at + n] as number) + minus3dB * (surround[n] as number);
  });
}

function addTo(left: Float32Array, right: Float32Array, centre: Float32Array, at: number, length: number): void {
  for (let n = 0; n < length; n += 1) {
    const value = minus3dB * (centre[n] as number);
    left[at + n] = (left[at + n] as number) + value;
    right[at + n] = (right[at + n] as number) + value;
  }
}

/** How much of each input side goes to each output side. */
export interface PanMatrix {
  readonly leftToLeft: number;
  readonly rightToLeft: number;
  readonly leftToRight: number;
  readonly rightToRight: number;
}

/**
 * Pan −1…1 of a stereo signal with constant power; 0 leaves it as it is. The formula is that of the Web Audio API's
 * StereoPannerNode: https://webaudio.github.io/web-audio-api/#stereopanner-algorithm
 */
export function panMatrix(pan: number): PanMatrix {
  const clamped = Math.max(-1, Math.min(1, pan));
  if (clamped === 0) return { leftToLeft: 1, rightToLeft: 0, leftToRight: 0, rightToRight: 1 };
  const angle = ((clamped < 0 ? clamped + 1 : clamped) * Math.PI) / 2;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  return clamped < 0
    ? { leftToLeft: 1, rightToLeft: cosine, leftToRight: 0, rightToRight: sine }
    : { leftToLeft: cosine, rightToLeft: 0, leftToRight: sine, rightToRight: 1 };
}
