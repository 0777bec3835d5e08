import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssetId, ClipId, SoundSpan, TrackId } from '@lectern/timeline';
import { Limiter, limiterCeiling } from './limiter.js';
import { MixStream, type MixSettings, type PcmSource, frameToSample, mixBlock } from './mixer.js';
import { PeakBins } from './peak-bins.js';
import { resample, resamplingFor } from './resampler.js';
import { RateConverter } from './rate-converter.js';
import { SampleWindow } from './sample-window.js';
import { type Stereo, createStereo, mixDown, panMatrix } from './stereo.js';

const at30 = { num: 30, den: 1 };

/** A source whose samples are given by a formula. */
function synthetic(sampleRate: number, formula: (n: number) => number, length = Infinity): PcmSource {
  return {
    sampleRate,
    read: (start, count) => {
      const block = createStereo(count);
      for (let n = 0; n < count; n += 1) {
        const value = start + n < 0 || start + n >= length ? 0 : formula(start + n);
        block.left[n] = value;
        block.right[n] = value;
      }
      return Promise.resolve(block);
    },
  };
}

function span(part: Partial<SoundSpan> = {}): SoundSpan {
  return {
    clipId: 'clip' as ClipId,
    trackId: 'track' as TrackId,
    assetId: 'asset' as AssetId,
    startFrame: 0,
    endFrame: 30,
    sourceStartSeconds: 0,
    speed: 1,
    keepPitch: false,
    pan: 0,
    envelope: [
      { frame: 0, gain: 1 },
      { frame: (part.endFrame ?? 30) - (part.startFrame ?? 0), gain: 1 },
    ],
    ...part,
  };
}

function settings(source: PcmSource | null, spans: readonly SoundSpan[], sampleRate = 48_000): MixSettings {
  return { spans, frameRate: at30, sampleRate, sourceOf: () => Promise.resolve(source) };
}

const ramp = (n: number): number => (n % 1000) / 2000;

test('a clip at the rate of the mix passes sample for sample, at its place', async () => {
  const source = synthetic(48_000, ramp);
  const block = await mixBlock(
    settings(source, [span({ startFrame: 3, endFrame: 9, sourceStartSeconds: 0.5 })]),
    0,
    20_000,
  );
  const start = frameToSample(3, at30, 48_000);
  const end = frameToSample(9, at30, 48_000);
  assert.equal(start, 4800);
  assert.equal(block.left[start - 1], 0);
  for (let n = start; n < end; n += 1) assert.equal(block.left[n], Math.fround(ramp(24_000 + n - start)));
  assert.equal(block.left[end], 0);
});

test('NTSC frames fall on the nearest sample, without drift after an hour', () => {
  const rate = { num: 30_000, den: 1001 };
  const hour = 107_892;
  assert.equal(frameToSample(hour, rate, 48_000), Math.round((hour * 1001 * 48_000) / 30_000));
  assert.equal(frameToSample(1, rate, 48_000), 1602);
});

test('blocks of any length join without a seam, resampled or not', async () => {
  for (const [rate, speed] of [
    [48_000, 1],
    [44_100, 1],
    [22_050, 1],
    [48_000, 1.25],
    [44_100, 0.7],
  ] as const) {
    const source = synthetic(rate, (n) => Math.sin((2 * Math.PI * 440 * n) / rate) * 0.5);
    const mix = settings(source, [span({ endFrame: 60, sourceStartSeconds: 0.123, speed })]);
    const whole = await mixBlock(mix, 0, 40_000);
    const parts = createStereo(40_000);
    for (let at = 0; at < 40_000;) {
      const length = Math.min(40_000 - at, 777 + (at % 1013));
      parts.left.set((await mixBlock(mix, at, length)).left, at);
      at += length;
    }
    assert.deepEqual(parts.left, whole.left, `${String(rate)} Hz × ${String(speed)}`);
  }
});

test('a clip that is cut at another frame, because another range is mixed, has the same samples', async () => {
  const rate = { num: 30_000, den: 1001 };
  for (const [sourceRate, speed, keepPitch] of [
    [48_000, 1, true],
    [44_100, 1, true],
    [48_000, 1.25, false],
    [44_100, 1.5, true],
  ] as const) {
    const source = synthetic(sourceRate, (n) => Math.sin(n / 31) * 0.5);
    const one = { speed, keepPitch, endFrame: 300, sourceStartSeconds: (30 * 1001) / 30_000 };
    const cut = { ...one, startFrame: 77, sourceStartSeconds: ((30 + 77 * speed) * 1001) / 30_000 };
    const at = frameToSample(77, rate, 48_000);
    const mix = (part: Partial<SoundSpan>): Promise<Stereo> =>
      mixBlock({ ...settings(source, [span(part)]), frameRate: rate }, at, 20_000);
    assert.deepEqual((await mix(cut)).left, (await mix(one)).left, `${String(sourceRate)} Hz × ${String(speed)}`);
  }
});

/** Signal to noise in dB of a resampled sine against the sine itself at the new rate. */
function resampledSine(frequency: number, from: number, to: number): number {
  const filter = resamplingFor(from, to);
  const source = new Float32Array(8192 + 4 * filter.reach);
  for (let n = 0; n < source.length; n += 1)
    source[n] = Math.sin((2 * Math.PI * frequency * (n - 2 * filter.reach)) / from);
  const count = Math.floor((8192 * to) / from / 2);
  const output = new Float32Array(count);
  resample(filter, source, -2 * filter.reach, 0, 0, output, 0, count);
  let signal = 0;
  let noise = 0;
  for (let n = 0; n < count; n += 1) {
    const expected = Math.sin((2 * Math.PI * frequency * n) / to);
    signal += expected ** 2;
    noise += ((output[n] as number) - expected) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

test('resampling keeps a tone cleaner than 16-bit sound is', () => {
  for (const [from, to] of [
    [44_100, 48_000],
    [48_000, 44_100],
    [22_050, 48_000],
    [96_000, 48_000],
    [32_000, 48_000],
  ] as const) {
    for (const frequency of [100, 997, 5000]) {
      const decibels = resampledSine(frequency, from, to);
      assert.ok(decibels > 85, `${String(frequency)} Hz, ${String(from)} → ${String(to)}: ${decibels.toFixed(1)} dB`);
    }
  }
});

test('what the lower rate cannot hold is gone, not folded back', () => {
  const filter = resamplingFor(96_000, 48_000);
  const source = new Float32Array(16_384);
  for (let n = 0; n < source.length; n += 1) source[n] = Math.sin((2 * Math.PI * 30_000 * n) / 96_000);
  const output = new Float32Array(4000);
  resample(filter, source, 0, 4000, 0, output, 0, 4000);
  const peak = output.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(20 * Math.log10(peak) < -80, `${String(20 * Math.log10(peak))} dB`);
});

test('gain is linear between the breakpoints of the envelope, to the sample', async () => {
  const source = synthetic(48_000, () => 0.5);
  const envelope = [
    { frame: 0, gain: 0 },
    { frame: 10, gain: 1 },
    { frame: 20, gain: 1 },
    { frame: 30, gain: 0 },
  ];
  const { left } = await mixBlock(settings(source, [span({ envelope })]), 0, 48_000);
  assert.equal(left[0], 0);
  assert.ok(Math.abs((left[8000] ?? 0) - 0.25) < 1e-6);
  assert.equal(left[16_000], 0.5);
  assert.equal(left[31_999], 0.5);
  assert.ok(Math.abs((left[40_000] ?? 0) - 0.25) < 1e-6);
  assert.ok((left[47_999] ?? 1) < 0.001);
});

test('tracks add up', async () => {
  const source = synthetic(48_000, () => 0.2);
  const { left, right } = await mixBlock(settings(source, [span(), span({ startFrame: 15 })]), 0, 48_000);
  assert.ok(Math.abs((left[0] ?? 0) - 0.2) < 1e-6);
  assert.ok(Math.abs((left[30_000] ?? 0) - 0.4) < 1e-6);
  assert.equal(left[30_000], right[30_000]);
});

test('a source without sound is silence', async () => {
  const { left } = await mixBlock(settings(null, [span()]), 0, 100);
  assert.deepEqual([...left], new Array(100).fill(0));
});

test('pan keeps the power and leaves the middle alone', () => {
  assert.deepEqual(panMatrix(0), { leftToLeft: 1, rightToLeft: 0, leftToRight: 0, rightToRight: 1 });
  const right = panMatrix(1);
  assert.ok(Math.abs(right.leftToLeft) < 1e-12 && right.leftToRight === 1 && right.rightToRight === 1);
  const half = panMatrix(-0.5);
  assert.ok(Math.abs(half.rightToLeft ** 2 + half.rightToRight ** 2 - 1) < 1e-12);
});

test('surround is mixed down with centre and surrounds at −3 dB and without the low effects', () => {
  const into = createStereo(1);
  mixDown(
    [0.1, 0.2, 0.3, 0.9, 0.4, 0.5].map((value) => Float32Array.of(value)),
    1,
    into,
    0,
  );
  assert.ok(Math.abs((into.left[0] ?? 0) - (0.1 + 0.7 * Math.SQRT1_2)) < 1e-6);
  assert.ok(Math.abs((into.right[0] ?? 0) - (0.2 + 0.8 * Math.SQRT1_2)) < 1e-6);
});

test('the limiter leaves sound below its ceiling bit for bit, only later', () => {
  const limiter = new Limiter(48_000);
  const block = createStereo(4800);
  for (let n = 0; n < 4800; n += 1) block.left[n] = Math.sin(n / 7) * 0.88;
  const before = block.left.slice();
  limiter.process(block);
  for (let n = limiter.latency; n < 4800; n += 1) assert.equal(block.left[n], before[n - limiter.latency]);
});

test('the limiter holds peaks under the ceiling, smoothly, and lets go again', () => {
  const limiter = new Limiter(48_000);
  const loud = createStereo(96_000);
  for (let n = 0; n < 96_000; n += 1)
    loud.left[n] = Math.sin((2 * Math.PI * 200 * n) / 48_000) * (n > 9600 && n < 24_000 ? 1.8 : 0.5);
  const before = loud.left.slice();
  limiter.process(loud);
  assert.ok(highest(loud.left) <= limiterCeiling * 1.0001, String(highest(loud.left)));
  assert.ok(highest(loud.left) > limiterCeiling * 0.97, String(highest(loud.left)));
  const { latency } = limiter;
  for (let n = 60_000; n < 96_000; n += 1) assert.equal(loud.left[n], before[n - latency]);
  // The gain moves so little from one sample to the next that it is never heard as a click.
  for (let n = latency + 1; n < 60_000; n += 1) {
    const [was, is] = [before[n - latency - 1] ?? 0, before[n - latency] ?? 0];
    if (Math.abs(was) < 0.1 || Math.abs(is) < 0.1) continue;
    assert.ok(Math.abs((loud.left[n] ?? 0) / is - (loud.left[n - 1] ?? 0) / was) < 0.004);
  }
});

test('what is loud all along isn’t pumped: the gain stays within half a decibel', () => {
  const limiter = new Limiter(48_000);
  const loud = createStereo(96_000);
  for (let n = 0; n < 96_000; n += 1) loud.left[n] = Math.sin((2 * Math.PI * 100 * n) / 48_000) * 1.5;
  const before = loud.left.slice();
  limiter.process(loud);
  let [least, most] = [1, 0];
  for (let n = 48_000; n < 96_000; n += 1) {
    const was = before[n - limiter.latency] ?? 0;
    if (Math.abs(was) < 0.2) continue;
    least = Math.min(least, (loud.left[n] ?? 0) / was);
    most = Math.max(most, (loud.left[n] ?? 0) / was);
  }
  assert.ok(20 * Math.log10(most / least) < 0.5, `${String(least)} to ${String(most)}`);
});

test('peaks between samples are held too', () => {
  const limiter = new Limiter(48_000);
  const block = createStereo(48_000);
  // A quarter of the rate, sampled 45° from its peaks: 3 dB higher between the samples.
  for (let n = 0; n < 48_000; n += 1) block.left[n] = Math.sin((Math.PI / 2) * n + Math.PI / 4) * 1.1;
  limiter.process(block);
  const settled = block.left.subarray(4800);
  const truePeak = highest(settled) * Math.SQRT2;
  assert.ok(20 * Math.log10(truePeak) < -0.9, `${String(20 * Math.log10(truePeak))} dBTP`);
});

test('a stream that begins in the middle equals that part of the whole to the last bit', async () => {
  // Bursts over the ceiling, some of which the limiter is still letting go of where the later streams begin.
  const source = synthetic(48_000, (n) => Math.sin(n / 20) * (n % 17_000 < 3000 ? 1.7 : 0.9) * (1 + Math.sin(n / 9e3)));
  const mix = settings(source, [span({ endFrame: 300 })]);
  const whole = await new MixStream(mix, 0).next(192_000);
  for (const start of [48_000, 63_123, 100_001]) {
    const part = await new MixStream(mix, start).next(30_000);
    assert.deepEqual(part.left, whole.left.slice(start, start + 30_000));
  }
});

test('the gain of the whole comes before the limiter', async () => {
  const source = synthetic(48_000, (n) => Math.sin(n / 20) * 0.25);
  const { left } = await new MixStream({ ...settings(source, [span({ endFrame: 90 })]), gain: 2 }, 0).next(96_000);
  assert.ok(Math.abs(highest(left) - 0.5) < 1e-4);
  const loud = await new MixStream({ ...settings(source, [span({ endFrame: 90 })]), gain: 8 }, 0).next(96_000);
  assert.ok(highest(loud.left) <= limiterCeiling * 1.0001);
});

function highest(samples: Float32Array): number {
  return samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

test('a stream of limited blocks starts at its place and equals one long block', async () => {
  const source = synthetic(48_000, (n) => Math.sin(n / 20) * 1.5);
  const mix = settings(source, [span({ endFrame: 90 })]);
  const one = await new MixStream(mix, 1000).next(9000);
  const stream = new MixStream(mix, 1000);
  const parts: number[] = [];
  for (const length of [1, 999, 3000, 5000]) parts.push(...(await stream.next(length)).left);
  assert.deepEqual(parts, [...one.left]);
  assert.equal(stream.position, 10_000);
  const quiet = settings(
    synthetic(48_000, (n) => n / 1e6),
    [span({ endFrame: 90 })],
  );
  assert.equal((await new MixStream(quiet, 1000).next(10)).left[0], Math.fround(1000 / 1e6));
});

function block(...values: number[]): Stereo {
  return { left: Float32Array.from(values), right: Float32Array.from(values) };
}

test('a window of samples fills gaps with silence and trims what overlaps', () => {
  const window = new SampleWindow(10, 100);
  window.append(block(1, 2, 3), 8);
  assert.deepEqual([window.from, window.to], [8, 11]);
  window.append(block(9, 9, 4), 9);
  window.append(block(5), 14);
  assert.deepEqual([...window.view(7, 9).left], [0, 1, 2, 3, 4, 0, 0, 5, 0]);
  window.append(block(6), 1000);
  assert.deepEqual([...window.view(998, 4).left], [0, 0, 6, 0]);
  assert.deepEqual([...window.view(14, 2).left], [0, 0]);
  assert.equal(window.from, 8);
});

test('a window forgets without losing what follows', () => {
  const window = new SampleWindow(0, 1e6);
  for (let n = 0; n < 200; n += 1) {
    window.append({ left: new Float32Array(1000).fill(n), right: new Float32Array(1000) }, n * 1000);
    window.dropBefore(n * 1000 - 2000);
  }
  assert.equal(window.from, 197_000);
  assert.deepEqual([window.view(197_500, 1).left[0], window.view(199_999, 1).left[0]], [197, 199]);
});

test('a window keeps one channel once, until a second one comes', () => {
  const window = new SampleWindow(0, 100);
  const mono = Float32Array.of(1, 2, 3);
  window.append({ left: mono, right: mono }, 0);
  const before = window.view(0, 3);
  assert.equal(before.left, before.right);
  window.append({ left: Float32Array.of(4), right: Float32Array.of(5) }, 3);
  const { left, right } = window.view(0, 4);
  assert.deepEqual([[...left], [...right]], [[1, 2, 3, 4], [1, 2, 3, 5]]); // prettier-ignore
});

test('sound of another rate comes out at the rate of the others, in blocks of any length', () => {
  const expected = (n: number): number => Math.sin((2 * Math.PI * 300 * n) / 48_000);
  for (const from of [24_000, 44_100, 96_000]) {
    const converter = new RateConverter(from, 48_000);
    const window = new SampleWindow(0, 1e6);
    const total = from;
    for (let at = 0; at < total;) {
      const length = Math.min(total - at, 100 + (at % 977));
      const left = Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * 300 * (at + n)) / from));
      converter.append({ left, right: left }, at);
      at += length;
      const part = converter.take(at === total);
      if (part) window.append(part.sound, part.position);
    }
    assert.equal(window.to, 48_000);
    const { left } = window.view(0, 48_000);
    for (let n = 200; n < 47_800; n += 1) assert.ok(Math.abs((left[n] ?? 0) - expected(n)) < 1e-3);
  }
});

test('peaks are the lowest and highest sample of all channels in each bin', () => {
  const bins = new PeakBins(10, 2);
  const left = Float32Array.from({ length: 400 }, (_, n) => (n < 100 ? 0.5 : n < 200 ? -0.25 : 0.1));
  const right = Float32Array.from({ length: 400 }, (_, n) => (n === 150 ? 0.75 : 0));
  bins.add(left, 400, -50, 1000);
  bins.add(right, 400, -50, 1000);
  const full = bins.takeFull();
  assert.ok(full);
  assert.equal(full.startBin, 0);
  assert.deepEqual([...full.min], [-0.25, -0.25, 0]);
  assert.deepEqual([...full.max], [0.5, 0.75, Math.fround(0.1)].map(Math.fround));
  const rest = bins.takeRest();
  assert.ok(rest);
  assert.equal(rest.startBin, 3);
  assert.equal(rest.max.length, 1);
});
