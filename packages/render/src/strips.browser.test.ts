import { isLecternError } from '@lectern/ports';
import { expect } from 'chai';
import { readFrameCode } from '../../testing/src/frame-code.js';
import { beepAmplitude, toneAmplitude } from '../../testing/src/tone-code.js';
import { SampleProject, pixelsOf } from './test-support/sample-project.js';

describe('filmstrips and waveforms', () => {
  let project: SampleProject;
  before(async () => {
    project = new SampleProject();
    await project.open(
      'count-h264-30.mp4',
      'count-h264-25.mp4',
      'count-rotated.mp4',
      'slide.png',
      'tone.wav',
      'count-silent.mp4',
    );
  });
  after(() => {
    project.dispose();
  });

  async function strip(
    assetId: string,
    timesSeconds: readonly number[],
  ): Promise<Map<number, { frame: number | null; width: number }>> {
    const pictures = new Map<number, { frame: number | null; width: number }>();
    for await (const { timeSeconds, bitmap } of project.engine.filmstrip({ assetId, timesSeconds, height: 72 })) {
      const { width } = bitmap;
      pictures.set(timeSeconds, { frame: readFrameCode(pixelsOf(bitmap))?.frame ?? null, width });
    }
    return pictures;
  }

  it('takes a strip from key frames where they are near enough', async () => {
    const times = [0, 1, 2, 3, 4, 5];
    const pictures = await strip('count-h264-30.mp4', times);
    expect([...pictures.keys()].sort((a, b) => a - b)).to.deep.equal(times);
    for (const time of [0, 2, 4]) expect(pictures.get(time)?.frame).to.equal(time * 30);
    for (const { width } of pictures.values()) expect(width).to.equal(128);
  });

  it('decodes up to the picture where there is no key frame near', async () => {
    const pictures = await strip('count-h264-25.mp4', [0, 1, 2, 3, 4, 5]);
    expect([...pictures].sort(([a], [b]) => a - b).map(([, { frame }]) => frame)).to.deep.equal([
      0, 25, 50, 75, 100, 125,
    ]);
  });

  it('turns the pictures of a rotated file upright, and repeats a still', async () => {
    expect((await strip('count-rotated.mp4', [0])).get(0)).to.deep.equal({ frame: 0, width: 128 });
    const still = await strip('slide.png', [0, 1]);
    expect([...still.values()].map(({ width }) => width)).to.deep.equal([128, 128]);
  });

  it('gives pictures as they come, and lets go when the reader leaves', async () => {
    let seen = 0;
    for await (const { bitmap } of project.engine.filmstrip({
      assetId: 'count-h264-25.mp4',
      timesSeconds: Array.from({ length: 40 }, (_, n) => n / 8),
      height: 40,
    })) {
      bitmap.close();
      seen += 1;
      if (seen === 3) break;
    }
    expect(seen).to.equal(3);
    const stop = new AbortController();
    stop.abort();
    const strip = project.engine.filmstrip(
      { assetId: 'slide.png', timesSeconds: [0], height: 40 },
      { signal: stop.signal },
    );
    const error: unknown = await (async () => {
      for await (const { bitmap } of strip) bitmap.close();
    })().catch((reason: unknown) => reason);
    expect(isLecternError(error) && error.code).to.equal('aborted');
  });

  for (const name of ['tone.wav', 'count-h264-30.mp4']) {
    it(`finds the peaks of ${name}: beeps, and the tone under them`, async () => {
      const high: number[] = [];
      const low: number[] = [];
      let next = 0;
      for await (const { startBin, min, max } of project.engine.peaks({ assetId: name, peaksPerSecond: 50 })) {
        expect(startBin).to.equal(next);
        next += max.length;
        high.push(...max);
        low.push(...min);
      }
      expect(high.length).to.be.closeTo(name === 'tone.wav' ? 200 : 300, 3);
      // Beeps at the start of each second are louder than the tone.
      expect(high[51]).to.be.closeTo(toneAmplitude + beepAmplitude, 0.12);
      expect(high[75]).to.be.closeTo(toneAmplitude, 0.03);
      expect(low[75]).to.be.closeTo(-toneAmplitude, 0.03);
    });
  }

  it('has no peaks for a file without sound', async () => {
    let runs = 0;
    for await (const run of project.engine.peaks({ assetId: 'count-silent.mp4', peaksPerSecond: 50 }))
      runs += run.max.length;
    expect(runs).to.equal(0);
  });
});
