import { isLecternError } from '@lectern/ports';
import type { LecternErrorCode, ProbeFacts } from '@lectern/ports';
import { expect } from 'chai';
import { countingFixtures, toneFixtures } from '../../testing/src/fixture-files.js';
import { SampleProject, fixture } from './test-support/sample-project.js';

describe('probing a file', () => {
  let project: SampleProject;
  before(() => {
    project = new SampleProject();
  });
  after(() => {
    project.dispose();
  });

  const probe = async (name: string): Promise<{ facts: ProbeFacts; poster: Blob | null }> =>
    project.engine.probe(await fixture(name));

  for (const [name, expected] of Object.entries(countingFixtures)) {
    it(`reads size, rate, length and codecs of ${name}`, async () => {
      const { facts, poster } = await probe(name);
      expect(facts.kind).to.equal('video');
      expect([facts.width, facts.height]).to.deep.equal([expected.width, expected.height]);
      expect(facts.videoCodec).to.equal(expected.videoCodec);
      expect(facts.audioCodec).to.equal(expected.audioCodec);
      expect(facts.durationSeconds).to.be.closeTo(expected.durationSeconds, 0.02);
      expect(facts.decodable).to.equal(true);
      expect(facts.variableFrameRate).to.equal(name === 'count-vfr.mp4');
      if (name !== 'count-vfr.mp4') {
        expect(facts.averageFrameRate).to.be.closeTo(expected.frameRate.num / expected.frameRate.den, 0.001);
      }
      const bitmap = await createImageBitmap(poster as Blob);
      expect(bitmap.width).to.be.within(1, 320);
      expect(bitmap.width / bitmap.height).to.be.closeTo(expected.width / expected.height, 0.02);
    });
  }

  for (const [name, expected] of Object.entries(toneFixtures)) {
    it(`reads the sound of ${name}`, async () => {
      const { facts, poster } = await probe(name);
      expect(facts.kind).to.equal('audio');
      expect(facts.sampleRate).to.equal(expected.sampleRate);
      expect(facts.durationSeconds).to.be.closeTo(expected.durationSeconds, 0.05);
      expect(facts.decodable).to.equal(true);
      expect(poster).to.equal(null);
    });
  }

  it('tells an MP3 without what its encoder added at both ends', async () => {
    expect((await probe('tone.mp3')).facts.durationSeconds).to.be.closeTo(4, 0.0005);
  });

  it('says how a rotated file is stored, and its size as it is shown', async () => {
    const { facts } = await probe('count-rotated.mp4');
    expect([facts.rotation, facts.width, facts.height]).to.deep.equal([90, 640, 360]);
  });

  it('reads stills, with their transparency', async () => {
    const slide = await probe('slide.jpg');
    expect([slide.facts.kind, slide.facts.width, slide.facts.height]).to.deep.equal(['image', 1280, 720]);
    const badge = await probe('badge.png');
    expect([badge.facts.hasAlpha, badge.poster?.type]).to.deep.equal([true, 'image/webp']);
  });

  it('keeps what it can read but not decode', async () => {
    for (const name of ['undecodable-mpeg4.mp4', 'undecodable-prores.mov']) {
      const { facts, poster } = await probe(name);
      expect(facts.decodable, name).to.equal(false);
      expect(poster).to.equal(null);
      expect(facts.width).to.equal(320);
    }
  });

  const refused: readonly (readonly [string, LecternErrorCode])[] = [
    ['empty.mp4', 'file-empty'],
    ['text.mp4', 'file-type-unknown'],
    ['undecodable-wmv.mp4', 'file-type-unknown'],
    ['truncated.mp4', 'file-truncated'],
    ['truncated-without-index.mp4', 'file-truncated'],
    ['huge.png', 'image-too-large'],
  ];
  for (const [name, code] of refused) {
    it(`refuses ${name} as ${code}`, async () => {
      const error: unknown = await probe(name).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(isLecternError(error) && error.code).to.equal(code);
    });
  }

  it('refuses a still of which half is missing', async () => {
    const whole = await fixture('slide.png');
    const error: unknown = await project.engine
      .probe(whole.slice(0, whole.size / 2))
      .catch((reason: unknown) => reason);
    expect(isLecternError(error) && error.code).to.equal('file-truncated');
  });

  it('finds the length of a recording that doesn’t say it', async () => {
    const recording = await record(900);
    const { facts } = await project.engine.probe(recording);
    expect(facts.kind).to.equal('video');
    expect(facts.durationSeconds).to.be.within(0.4, 3);
    expect(facts.decodable).to.equal(true);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const probing = project.engine.probe(await fixture('count-720p.mp4'), { signal: stop.signal });
    stop.abort();
    const error: unknown = await probing.catch((reason: unknown) => reason);
    expect(isLecternError(error) && error.code).to.equal('aborted');
  });
});

/** What `MediaRecorder` makes: WebM without a duration and without an index. */
async function record(milliseconds: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 180;
  const context = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm;codecs=vp8' });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const stopped = new Promise((resolve) => {
    recorder.addEventListener('stop', resolve);
  });
  let hue = 0;
  const paint = setInterval(() => {
    hue += 7;
    if (!context) return;
    context.fillStyle = `hsl(${String(hue)} 80% 50%)`;
    context.fillRect(0, 0, 320, 180);
  }, 20);
  recorder.start(100);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  recorder.stop();
  await stopped;
  clearInterval(paint);
  return new Blob(parts, { type: 'video/webm' });
}
