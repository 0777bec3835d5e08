import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  beepAmplitude,
  beepDuration,
  beepFrequency,
  findBeeps,
  readTone,
  readTones,
  toneFrequency,
} from './tone-code.js';
import type { ToneCode } from './tone-code.js';

const sampleRate = 44_100;

function sine(frequency: number, amplitude: number, length: number, start = 0): Float32Array {
  return Float32Array.from(
    { length },
    (_, index) => amplitude * Math.sin((2 * Math.PI * frequency * (start + index)) / sampleRate),
  );
}

function mix(...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts[0] ?? [], (_, index) => parts.reduce((sum, part) => sum + (part[index] ?? 0), 0));
}

describe('the tone code', () => {
  it('tells every second of every source from its neighbours', () => {
    for (let source = 0; source < 16; source += 1) {
      for (let second = 0; second < 8; second += 1) {
        const code: ToneCode = { source, second };
        const tones = readTones(sine(toneFrequency(code), 0.2, sampleRate * 0.2, 1234), sampleRate);
        assert.deepEqual(
          tones.map(({ source: s, second: t }) => [s, t]),
          [[source, second]],
        );
      }
    }
  });

  it('measures how loud a tone is', () => {
    const tone = readTone(sine(toneFrequency({ source: 4, second: 2 }), 0.1, 9000), sampleRate);
    assert.ok(tone && Math.abs(tone.amplitude - 0.1) < 0.003, String(tone?.amplitude));
  });

  it('hears all tones of a mix, loudest first', () => {
    const first = sine(toneFrequency({ source: 1, second: 3 }), 0.1, 9000);
    const second = sine(toneFrequency({ source: 10, second: 0 }), 0.2, 9000);
    assert.deepEqual(
      readTones(mix(first, second), sampleRate).map((tone) => tone.source),
      [10, 1],
    );
  });

  it('hears nothing in silence', () => {
    assert.equal(readTone(new Float32Array(9000), sampleRate), null);
  });

  it('finds the start of beeps to 3 ms under a tone', () => {
    const samples = sine(toneFrequency({ source: 1, second: 3 }), 0.2, sampleRate * 2);
    for (const start of [0.25, 1.25]) {
      const beep = sine(beepFrequency, beepAmplitude, sampleRate * beepDuration);
      beep.forEach((value, index) => {
        const at = Math.round(start * sampleRate) + index;
        samples[at] = (samples[at] ?? 0) + value;
      });
    }
    const starts = findBeeps(samples, sampleRate);
    assert.equal(starts.length, 2);
    assert.ok(Math.abs((starts[0] ?? 0) - 0.25) < 0.003, String(starts[0]));
    assert.ok(Math.abs((starts[1] ?? 0) - 1.25) < 0.003, String(starts[1]));
  });
});
