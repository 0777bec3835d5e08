import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PcmSource } from './mixer.js';
import { StretchedSound } from './stretched-sound.js';
import { type Stereo, createStereo } from './stereo.js';
import { chunkStart, keepsPitchAt, planStretch } from './time-stretch.js';

const rate = 48_000;
const speeds = [0.5, 0.75, 0.9, 1.05, 1.25, 1.5, 2];

/** A source given by a formula, which notes what was read of it. */
function synthetic(formula: (n: number) => number, other = formula): PcmSource & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    sampleRate: rate,
    reads,
    read: (start, count) => {
      reads.push(start);
      const block: Stereo = other === formula ? alias(count) : createStereo(count);
      for (let n = 0; n < count; n += 1) {
        block.left[n] = formula(start + n);
        if (other !== formula) block.right[n] = other(start + n);
      }
      return Promise.resolve(block);
    },
  };
}

function alias(count: number): Stereo {
  const { left } = createStereo(count);
  return { left, right: left };
}

const noise = ((): ((n: number) => number) => {
  let seed = 1;
  const samples = Float32Array.from({ length: 500_000 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff - 0.5;
  });
  return (n) => samples[((n % samples.length) + samples.length) % samples.length] as number;
})();

/** Loudness in dB of windows that overlap, the least and the most. */
function levels(samples: Float32Array, window: number): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (let from = 0; from + window <= samples.length; from += window >> 2) {
    let sum = 0;
    for (let n = from; n < from + window; n += 1) sum += (samples[n] as number) ** 2;
    const level = 10 * Math.log10(sum / window);
    least = Math.min(least, level);
    most = Math.max(most, level);
  }
  return [least, most];
}

/** The frequency of a tone by its rising zero crossings. */
function pitchOf(samples: Float32Array): number {
  let [count, first, last] = [-1, 0, 0];
  for (let n = 1; n < samples.length; n += 1) {
    const [before, after] = [samples[n - 1] as number, samples[n] as number];
    if (before >= 0 || after < 0) continue;
    last = n - 1 + before / (before - after);
    if (count < 0) first = last;
    count += 1;
  }
  return (count / (last - first)) * rate;
}

describe('sound at another speed', () => {
  for (const speed of speeds) {
    test(`has the pitch and the level that it has, ${String(speed)} times as fast`, async () => {
      for (const hertz of [80, 220, 440, 1000, 3137]) {
        const tone = synthetic((n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / rate));
        const { left } = await new StretchedSound(tone, speed).read(0, 4 * rate);
        const pitch = pitchOf(left);
        assert.ok(Math.abs(pitch / hertz - 1) < 0.005, `${String(hertz)} Hz became ${String(pitch)}`);
        const [least, most] = levels(left, Math.max(960, Math.round((2 * rate) / hertz)));
        const level = 20 * Math.log10(0.5 / Math.SQRT2);
        assert.ok(
          least > level - 1 && most < level + 0.5,
          `${String(hertz)} Hz: ${String(least)} to ${String(most)} dB`,
        );
      }
    });

    test(`has no holes in what has no pitch, ${String(speed)} times as fast`, async () => {
      const { left } = await new StretchedSound(synthetic(noise), speed).read(0, 4 * rate);
      const [least, most] = levels(left, 2400);
      const [naturalLeast, naturalMost] = levels(
        Float32Array.from({ length: 4 * rate }, (_, n) => noise(n)),
        2400,
      );
      assert.ok(least > naturalLeast - 0.5 && most < naturalMost + 0.5, `${String(least)} to ${String(most)} dB`);
    });

    test(`has each click once, ${String(speed)} times as fast`, async () => {
      const period = Math.round(0.31 * rate);
      const first = Math.round(0.1 * rate);
      const click = (n: number): number => {
        const since = (((n - first) % period) + period) % period;
        return (since < 480 ? Math.exp(-since / 60) * Math.cos(since * 0.9) : 0) + 0.003 * noise(n);
      };
      const seconds = 8;
      const { left } = await new StretchedSound(synthetic(click), speed).read(0, seconds * rate);
      const found: number[] = [];
      for (let n = 0; n < left.length; n += 1) {
        if (Math.abs(left[n] as number) > 0.4 && n - (found.at(-1) ?? -rate) > 240) found.push(n);
      }
      const expected: number[] = [];
      for (let at = first; at < seconds * rate * speed; at += period) expected.push(at / speed);
      assert.equal(found.length, expected.length);
      // Each is where its time says, within what the ear calls at the same time.
      found.forEach((at, index) => assert.ok(Math.abs(at - (expected[index] ?? 0)) < 0.035 * rate));
    });
  }

  test('comes out the same to the last bit, whatever was read before and in whatever blocks', async () => {
    const voice = (n: number): number => Math.sin(n / 60 + Math.sin(n / 5000) * 9) * 0.4 + 0.1 * noise(n);
    const other = (n: number): number => voice(n + 7) * 0.5;
    const whole = await new StretchedSound(synthetic(voice, other), 1.25).read(0, 5 * rate);
    const late = await new StretchedSound(synthetic(voice, other), 1.25).read(3 * rate - 1234, rate);
    assert.deepEqual(late.left, whole.left.slice(3 * rate - 1234, 4 * rate - 1234));
    assert.deepEqual(late.right, whole.right.slice(3 * rate - 1234, 4 * rate - 1234));
    const sound = new StretchedSound(synthetic(voice, other), 1.25);
    for (const start of [4 * rate, 0, 2 * rate + 99]) {
      const block = await sound.read(start, 5000);
      assert.deepEqual(block.left, whole.left.slice(start, start + 5000));
    }
  });

  test('is where its time says after an hour, to the sample', () => {
    const plan = planStretch(44_100, 1.25);
    assert.equal(chunkStart(plan, 3600), 3600 * 44_100 * 1.25);
    const odd = planStretch(44_100, 1.1);
    assert.equal(chunkStart(odd, 3600), Math.round(3600 * 44_100 * 1.1));
  });

  test('begins each second exactly where its time says', async () => {
    const ramp = synthetic((n) => n / 1e6);
    const { left } = await new StretchedSound(ramp, 1.5).read(0, 4 * rate + 1);
    for (let second = 0; second <= 4; second += 1) {
      assert.equal(left[second * rate], Math.fround((second * rate * 1.5) / 1e6));
    }
  });

  test('keeps both sides together', async () => {
    const left = (n: number): number => 0.3 * Math.sin((2 * Math.PI * 300 * n) / rate) + 0.1 * noise(n);
    const sound = await new StretchedSound(
      synthetic(left, (n) => -0.5 * left(n)),
      1.3,
    ).read(0, 2 * rate);
    for (let n = 0; n < 2 * rate; n += 1) {
      assert.ok(Math.abs((sound.right[n] as number) + 0.5 * (sound.left[n] as number)) < 1e-6);
    }
  });

  test('reads a source onwards, a second of output at a time, and each only once', async () => {
    const source = synthetic(noise);
    const sound = new StretchedSound(source, 2);
    for (let at = 0; at < 4 * rate; at += 1000) await sound.read(at, 1000);
    assert.equal(source.reads.length, 4);
    assert.ok(source.reads.every((start, index) => index === 0 || start > (source.reads[index - 1] ?? 0)));
  });

  test('is silence where the source is', async () => {
    const { left } = await new StretchedSound(
      synthetic(() => 0),
      1.7,
    ).read(-500, 2000);
    assert.ok(left.every((value) => value === 0));
  });

  test('keeps its pitch as long as words are left', () => {
    assert.deepEqual([0.1, 0.25, 1, 1.25, 4, 8].map(keepsPitchAt), [false, true, false, true, true, false]);
  });
});
