import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssetId, ClipId, SoundSpan } from '@lectern/timeline';
import { type MixSettings, frameToSample } from '../sound/mixer.js';
import type { Stereo } from '../sound/stereo.js';
import { ShuttleSound, isHeardAt } from './shuttle-sound.js';

const sampleRate = 8000;
const seconds = 6;

/** A timeline of one clip, whose source says its own sample number, small enough for the limiter to leave it alone. */
function timeline(signal: (sample: number) => number): MixSettings {
  const span: SoundSpan = {
    clipId: 'clip' as ClipId,
    assetId: 'asset' as AssetId,
    startFrame: 0,
    endFrame: seconds * 30,
    sourceStartSeconds: 0,
    speed: 1,
    pan: 0,
    envelope: [{ frame: 0, gain: 1 }],
  } as unknown as SoundSpan;
  return {
    spans: [span],
    frameRate: { num: 30, den: 1 },
    sampleRate,
    sourceOf: () =>
      Promise.resolve({
        sampleRate,
        read: (start: number, length: number): Promise<Stereo> => {
          const left = Float32Array.from({ length }, (_, n) => signal(start + n));
          return Promise.resolve({ left, right: left });
        },
      }),
  };
}

const counting = timeline((sample) => (sample < 0 ? 0 : sample / 100_000));

async function heard(settings: MixSettings, from: number, rate: number, blocks: readonly number[]): Promise<number[]> {
  const sound = new ShuttleSound(settings, from, rate);
  const all: number[] = [];
  for (const length of blocks) all.push(...(await sound.next(length)).left);
  return all;
}

const close = (value: number | undefined, expected: number): void => {
  assert.ok(Math.abs((value ?? NaN) - expected) < 1e-6, `${String(value)}, not ${String(expected)}`);
};

test('forwards at its own speed it is the mix itself, from the very sample', async () => {
  const all = await heard(counting, 4000, 1, [1000, 700, 2300]);
  for (const n of [0, 999, 1000, 1700, 3999]) close(all[n], (4000 + n) / 100_000);
});

test('backwards each sample is followed by the one before it, across blocks and pieces', async () => {
  const from = frameToSample(150, { num: 30, den: 1 }, sampleRate);
  const all = await heard(counting, from, -1, [1000, 9000, 2000]);
  for (const n of [0, 999, 1000, 7999, 8000, 11_999]) close(all[n], (from - 1 - n) / 100_000);
});

test('before the beginning and behind the end is silence', async () => {
  close((await heard(counting, 100, -1, [400]))[300], 0);
  close((await heard(counting, seconds * sampleRate - 100, 1, [400]))[300], 0);
});

test('at other speeds a tone keeps its pitch, forwards and backwards', async () => {
  const pitch = 200;
  const tone = timeline((sample) => 0.4 * Math.sin((2 * Math.PI * pitch * sample) / sampleRate));
  for (const [rate, from] of [
    [2, 8000],
    [0.5, 8000],
    [-2, 40_000],
    [-0.5, 30_000],
    [4, 2000],
  ] as const) {
    const all = await heard(tone, from, rate, [2000, 2000, 2000, 2000]);
    let crossings = 0;
    for (let n = 1; n < all.length; n += 1) if ((all[n - 1] ?? 0) < 0 && (all[n] ?? 0) >= 0) crossings += 1;
    assert.ok(Math.abs(crossings - pitch) <= 4, `${String(crossings)} Hz at ${String(rate)}×`);
  }
});

test('it is heard from a quarter to four times the speed, both ways', () => {
  assert.deepEqual([-8, -4, -1, -0.5, 0.5, 1, 2, 4, 8].map(isHeardAt), [
    false,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});
