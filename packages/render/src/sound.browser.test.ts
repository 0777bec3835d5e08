/**
 * What is set for sound is heard in an export: the file is written, opened again and measured. Its sources are WAV files
 * of tones, so that what should be there is known at every moment.
 */
import type { ExportPreset } from '@lectern/ports';
import { expect } from 'chai';
import { SampleProject, formatOf, from, readSound, type HeardSound } from './test-support/sample-project.js';

const rate = 48_000;
const preset: ExportPreset = { id: 'audio-only', height: 0, videoBitrate: 0, audioBitrate: 192_000 };

/** A 16-bit WAV file of some channels. */
function wav(sampleRate: number, seconds: number, ...channels: readonly ((time: number) => number)[]): Blob {
  const frames = Math.round(sampleRate * seconds);
  const data = new DataView(new ArrayBuffer(44 + frames * channels.length * 2));
  const word = (at: number, text: string): void => {
    for (let n = 0; n < text.length; n += 1) data.setUint8(at + n, text.charCodeAt(n));
  };
  word(0, 'RIFF');
  data.setUint32(4, data.byteLength - 8, true);
  word(8, 'WAVEfmt ');
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, channels.length, true);
  data.setUint32(24, sampleRate, true);
  data.setUint32(28, sampleRate * channels.length * 2, true);
  data.setUint16(32, channels.length * 2, true);
  data.setUint16(34, 16, true);
  word(36, 'data');
  data.setUint32(40, data.byteLength - 44, true);
  let at = 44;
  for (let n = 0; n < frames; n += 1) {
    for (const channel of channels) {
      data.setInt16(at, Math.round(channel(n / sampleRate) * 32_767), true);
      at += 2;
    }
  }
  return new Blob([data.buffer], { type: 'audio/wav' });
}

function tone(hertz: number, amplitude = 0.2): (time: number) => number {
  return (time) => amplitude * Math.sin(2 * Math.PI * hertz * time);
}

/** The amplitude of a tone around a time, in a fifth of a second. */
function heardAt(samples: Float32Array, hertz: number, seconds: number, length = 0.2): number {
  const start = Math.round((seconds - length / 2) * rate);
  const count = Math.round(length * rate);
  let real = 0;
  let imaginary = 0;
  for (let n = 0; n < count; n += 1) {
    // A Hann window, so that other tones don't leak into it.
    const value = (samples[start + n] ?? 0) * (1 - Math.cos((2 * Math.PI * n) / count));
    real += value * Math.cos((2 * Math.PI * hertz * n) / rate);
    imaginary += value * Math.sin((2 * Math.PI * hertz * n) / rate);
  }
  return (2 * Math.hypot(real, imaginary)) / count;
}

describe('sound in an export', function () {
  this.timeout(60_000);
  let project: SampleProject;
  afterEach(() => {
    project.dispose();
  });

  async function exported(): Promise<HeardSound> {
    const document = project.document();
    const format = await formatOf(project.engine, 'mp4', 0, 0);
    const result = await project.engine.export({ document, preset, format });
    const sound = await readSound(result.file);
    await result.release();
    if (!sound) throw new Error('a file without sound');
    return sound;
  }

  it('has volume, balance, fades and keyframes of every track, mixed', async () => {
    project = new SampleProject();
    await project.add('low', wav(rate, 6, tone(400)));
    await project.add('middle', wav(44_100, 6, tone(1000)));
    await project.add('high', wav(22_050, 6, tone(2500)));
    for (const id of ['one', 'two', 'three']) project.track(id, 'audio');
    project.clip('one', 0, 180, from('low'), { volume: -6, pan: 1 });
    project.clip('two', 0, 180, from('middle'), { fadeInFrames: 60, fadeOutFrames: 60 });
    const keyframes = [
      { frame: 0, value: 0, easing: 'linear' as const },
      { frame: 60, value: 0, easing: 'linear' as const },
      { frame: 120, value: -20, easing: 'linear' as const },
      { frame: 150, value: -60, easing: 'hold' as const },
    ];
    project.clip('three', 0, 180, from('high'), {}, { volume: keyframes });
    const { left, right } = await exported();
    // A balance of all to the right puts both sides of it there.
    expect(heardAt(left, 400, 3)).to.be.lessThan(0.002);
    expect(heardAt(right, 400, 3)).to.be.closeTo(0.4 * 10 ** (-6 / 20), 0.012);
    for (const [seconds, share] of [
      [1, 0.5],
      [3, 1],
      [5, 0.5],
    ] as const) {
      expect(heardAt(left, 1000, seconds)).to.be.closeTo(0.2 * share, 0.008);
      expect(heardAt(right, 1000, seconds)).to.be.closeTo(0.2 * share, 0.008);
    }
    expect(heardAt(left, 2500, 1)).to.be.closeTo(0.2, 0.008);
    expect(heardAt(left, 2500, 3)).to.be.closeTo(0.2 * 10 ** (-10 / 20), 0.008);
    expect(heardAt(left, 2500, 5.5)).to.be.lessThan(0.001);
  });

  it('keeps the pitch at another speed, or lets it follow, and both last as long as they should', async () => {
    project = new SampleProject();
    await project.add('voice', wav(44_100, 6, tone(600)));
    await project.add('tape', wav(rate, 6, tone(900)));
    project.track('one', 'audio');
    project.track('two', 'audio');
    const faster = { num: 3, den: 2 };
    project.clip('one', 0, 120, from('voice', 0, faster));
    project.clip('two', 0, 120, from('tape', 0, faster), { keepPitch: false });
    const { left } = await exported();
    for (const seconds of [0.5, 1, 2, 3, 3.5]) {
      expect(heardAt(left, 600, seconds)).to.be.closeTo(0.2, 0.015);
      expect(heardAt(left, 900, seconds)).to.be.lessThan(0.004);
      expect(heardAt(left, 1350, seconds)).to.be.closeTo(0.2, 0.008);
    }
    expect(left.length).to.be.within(4 * rate, 4 * rate + 2048);
  });

  it('never goes over the ceiling, however many tracks are loud, and leaves the quiet alone', async () => {
    project = new SampleProject();
    await project.add('loud', wav(rate, 2, tone(300, 0.9)));
    await project.add('quiet', wav(rate, 6, tone(1500, 0.1)));
    for (const id of ['one', 'two', 'three']) project.track(id, 'audio');
    project.clip('one', 60, 60, from('loud'));
    project.clip('two', 60, 60, from('loud'));
    project.clip('three', 0, 180, from('quiet'));
    const { left } = await exported();
    const peak = left.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(peak).to.be.within(0.85, 0.96);
    expect(heardAt(left, 1500, 1)).to.be.closeTo(0.1, 0.004);
    expect(heardAt(left, 1500, 5)).to.be.closeTo(0.1, 0.004);
  });

  it('mixes surround down, and one channel to both sides', async () => {
    project = new SampleProject();
    const silent = (): number => 0;
    // L R C LFE Ls Rs.
    await project.add('six', wav(rate, 2, tone(400), silent, tone(700), tone(100), silent, tone(1100)));
    await project.add('mono', wav(8000, 2, tone(1700)));
    project.track('one', 'audio');
    project.clip('one', 0, 60, from('six'));
    project.clip('one', 60, 60, from('mono'));
    const { left, right } = await exported();
    const near = (value: number, expected: number): void => {
      expect(value).to.be.closeTo(expected, 0.008);
    };
    near(heardAt(left, 400, 1), 0.2);
    near(heardAt(right, 400, 1), 0);
    near(heardAt(left, 700, 1), 0.2 * Math.SQRT1_2);
    near(heardAt(right, 700, 1), 0.2 * Math.SQRT1_2);
    near(heardAt(left, 100, 1), 0);
    near(heardAt(right, 1100, 1), 0.2 * Math.SQRT1_2);
    near(heardAt(left, 1100, 1), 0);
    near(heardAt(left, 1700, 3), 0.2);
    near(heardAt(right, 1700, 3), 0.2);
  });
});
