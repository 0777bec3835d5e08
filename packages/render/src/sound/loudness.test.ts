import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { AssetId, ClipId, SoundSpan, TrackId } from '@lectern/timeline';
import { limiterCeiling } from './limiter.js';
import { LoudnessMeter, findLoudnessGain, loudnessDecibels, measureLoudness } from './loudness.js';
import { type MixSettings, MixStream, type PcmSource } from './mixer.js';
import { type Stereo, createStereo } from './stereo.js';

type Signal = (n: number) => number;

function blockOf(left: Signal, right: Signal, start: number, length: number): Stereo {
  const block = createStereo(length);
  for (let n = 0; n < length; n += 1) {
    block.left[n] = left(start + n);
    block.right[n] = right(start + n);
  }
  return block;
}

function measured(rate: number, seconds: number, left: Signal, right: Signal = left): number {
  const meter = new LoudnessMeter(rate);
  const length = Math.round(seconds * rate);
  // Blocks of an odd length, which don't fall on the steps of the meter.
  for (let at = 0; at < length; at += 7919) meter.add(blockOf(left, right, at, Math.min(7919, length - at)));
  return meter.result().integrated;
}

/** A tone of 1 kHz whose level changes: seconds and dBFS in turn. */
function tones(rate: number, ...parts: readonly (readonly [seconds: number, decibels: number])[]): [number, Signal] {
  const total = parts.reduce((sum, [seconds]) => sum + seconds, 0);
  return [
    total,
    (n) => {
      let left = n / rate;
      const part = parts.find(([seconds]) => (left -= seconds) < 0);
      return 10 ** ((part?.[1] ?? -200) / 20) * Math.sin((2 * Math.PI * 1000 * n) / rate);
    },
  ];
}

/** A voice of sorts: bursts of a buzzing tone and of noise, with pauses. */
function voice(rate: number, gain: number): Signal {
  let seed = 7;
  const noise = Float32Array.from({ length: rate * 3 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x3fffffff - 1;
  });
  return (n) => {
    const time = n / rate;
    const envelope = time % 3 < 2.2 ? Math.abs(Math.sin(time * 9)) : 0.003;
    const buzz = ((time * 120) % 1) * 2 - 1;
    return gain * envelope * (0.7 * buzz + 0.3 * (noise[n % noise.length] as number));
  };
}

describe('loudness', () => {
  // The numbered signals of EBU Tech 3341, "Loudness metering: EBU Mode metering".
  const signals: readonly (readonly [string, readonly (readonly [number, number])[], number])[] = [
    ['1', [[20, -23]], -23],
    ['2', [[20, -33]], -33],
    ['3', [[10, -36], [60, -23], [10, -36]], -23], // prettier-ignore
    ['4', [[10, -72], [10, -36], [60, -23], [10, -36], [10, -72]], -23], // prettier-ignore
    ['5', [[20, -26], [20.1, -20], [20, -26]], -23], // prettier-ignore
  ];
  for (const [name, parts, expected] of signals) {
    test(`is that of signal ${name} of the EBU`, () => {
      const loudness = measured(48_000, ...tones(48_000, ...parts));
      assert.ok(Math.abs(loudness - expected) < 0.1, String(loudness));
    });
  }

  test('is the same at every rate', () => {
    for (const rate of [8000, 22_050, 44_100, 96_000]) {
      const loudness = measured(rate, ...tones(rate, [10, -23]));
      assert.ok(Math.abs(loudness + 23) < 0.1, `${String(rate)}: ${String(loudness)}`);
    }
  });

  test('is none where there is no sound', () => {
    assert.equal(
      measured(48_000, 5, () => 0),
      -Infinity,
    );
    assert.equal(measured(48_000, 0.2, Math.sin), -Infinity);
  });

  const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
  const cases: readonly (readonly [string, number, Signal, Signal?])[] = [
    ['a voice with pauses', 48_000, voice(48_000, 0.3)],
    ['a voice on one side at 44.1 kHz', 44_100, voice(44_100, 0.6), () => 0],
    ['a low hum and a high tone', 48_000, (n) => 0.2 * Math.sin(n / 150), (n) => 0.05 * Math.sin(n * 1.3)],
    ['noise that swells', 48_000, (n) => 0.4 * Math.sin(n / 1e5) ** 2 * Math.sin(n * n * 1.7)],
    ['a quiet voice', 48_000, voice(48_000, 0.01)],
  ];
  for (const [name, rate, left, right] of cases) {
    test(`of ${name} is what ffmpeg’s ebur128 says`, { skip: !hasFfmpeg }, () => {
      const { left: a, right: b } = blockOf(left, right ?? left, 0, rate * 12);
      const interleaved = Float32Array.from({ length: a.length * 2 }, (_, n) => (n % 2 ? b : a)[n >> 1] as number);
      const input = ['-f', 'f32le', '-ar', String(rate), '-ac', '2', '-i', 'pipe:0'];
      const run = spawnSync('ffmpeg', ['-nostats', ...input, '-af', 'ebur128', '-f', 'null', '-'], {
        input: new Uint8Array(interleaved.buffer),
      });
      const said = /Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/.exec(run.stderr.toString())?.[1];
      const ours = measured(rate, 12, left, right);
      assert.ok(Math.abs(ours - Number(said)) < 0.15, `${String(ours)} and ${String(said)}`);
    });
  }
});

describe('bringing a mix to a loudness', () => {
  const rate = 48_000;
  const seconds = 10;

  function mixOf(signal: Signal): MixSettings {
    const source: PcmSource = {
      sampleRate: rate,
      read: (start, length) => Promise.resolve(blockOf(signal, signal, start, length)),
    };
    const span: SoundSpan = {
      clipId: 'clip' as ClipId,
      trackId: 'track' as TrackId,
      assetId: 'asset' as AssetId,
      startFrame: 0,
      endFrame: seconds * 30,
      sourceStartSeconds: 0,
      speed: 1,
      keepPitch: true,
      pan: 0,
      envelope: [{ frame: 0, gain: 1 }],
    };
    return { spans: [span], frameRate: { num: 30, den: 1 }, sampleRate: rate, sourceOf: () => Promise.resolve(source) };
  }

  const { signal } = new AbortController();

  async function becomes(mix: MixSettings, target: number): Promise<{ gain: number; loudness: number; peak: number }> {
    const { gain, after } = await findLoudnessGain(mix, 0, seconds * rate, target, { signal });
    const meter = new LoudnessMeter(rate);
    meter.add(await new MixStream({ ...mix, gain }, 0).next(seconds * rate));
    const { integrated, peak } = meter.result();
    assert.ok(Math.abs(after - integrated) < 0.3, `${String(after)} was promised, ${String(integrated)} came`);
    return { gain, loudness: integrated, peak };
  }

  test('makes quiet sound louder and loud sound quieter', async () => {
    for (const gain of [0.05, 0.9]) {
      const { loudness } = await becomes(mixOf(voice(rate, gain)), -16);
      assert.ok(Math.abs(loudness + 16) < 0.3, String(loudness));
    }
  });

  test('keeps the peaks under the ceiling and makes up for what that takes away', async () => {
    const speech = voice(rate, 0.12);
    const knocks: Signal = (n) => speech(n) + (n % 30_000 < 300 ? 0.5 * Math.sin(n / 6) : 0);
    const { loudness, peak } = await becomes(mixOf(knocks), -16);
    assert.ok(Math.abs(loudness + 16) < 0.3, String(loudness));
    assert.ok(peak <= limiterCeiling * 1.0001);
  });

  test('leaves silence and the noise of a room alone, and boosts no further than reason', async () => {
    assert.equal(
      (
        await becomes(
          mixOf((n) => 0.0004 * Math.sin(n * n)),
          -16,
        )
      ).gain,
      1,
    );
    const silent = await findLoudnessGain(
      mixOf(() => 0),
      0,
      rate,
      -16,
      { signal },
    );
    assert.deepEqual(silent, { gain: 1, before: -Infinity, after: -Infinity });
    assert.equal(loudnessDecibels({ integrated: -55, peak: 0.01 }, -16), 20);
  });

  test('stops when it is told to, and says how far it is', async () => {
    const stop = new AbortController();
    const shares: number[] = [];
    const onProgress = (share: number): void => {
      shares.push(share);
      if (shares.length === 3) stop.abort();
    };
    const options = { signal: stop.signal, onProgress };
    await assert.rejects(
      measureLoudness(mixOf(voice(rate, 0.1)), 0, seconds * rate, options),
      (error: { code?: string }) => error.code === 'aborted',
    );
    assert.deepEqual(shares, [0.1, 0.2, 0.3]);
  });
});
