import { isLecternError } from '@lectern/ports';
import type { ExportProgress, LecternError } from '@lectern/ports';
import { frameToSeconds } from '@lectern/timeline';
import { executeServerCommand } from '@web/test-runner-commands';
import { expect } from 'chai';
import { type CountingFixtureName, countingFixtures, variableRateTime } from '../../testing/src/fixture-files.js';
import { beepFrequency, findBeeps, readTone, readTones } from '../../testing/src/tone-code.js';
import {
  type HeardSound,
  SampleProject,
  fixture,
  formatOf,
  from,
  likeness,
  pixelsOf,
  readFrames,
  readPictures,
  readSound,
  still,
  testPreset,
} from './test-support/sample-project.js';
import { exportFolder } from './export/output-file.js';

const at30 = { num: 30, den: 1 };

/** The picture that a source shows in the middle of a frame of the project: the last that has begun just before. */
function expectedPicture(name: CountingFixtureName, sourceFrame: number, rate = at30): number {
  const { frames, frameRate } = countingFixtures[name];
  const time = frameToSeconds(sourceFrame, rate) + frameToSeconds(1, rate) / 2 - 0.002;
  const start = (picture: number): number =>
    name === 'count-vfr.mp4' ? variableRateTime(picture) : frameToSeconds(picture, frameRate);
  let picture = 0;
  while (picture + 1 < frames && start(picture + 1) <= time) picture += 1;
  return picture;
}

async function failureOf(promise: Promise<unknown>): Promise<LecternError> {
  const reason: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!isLecternError(reason)) throw new Error(`expected an error of ours, not ${String(reason)}`);
  return reason;
}

function secondsOf({ left, sampleRate }: HeardSound, start: number, end: number): Float32Array {
  return left.subarray(Math.round(start * sampleRate), Math.round(end * sampleRate));
}

async function filesLeft(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(exportFolder, { create: true });
  const names: string[] = [];
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
  return names;
}

describe('exporting', () => {
  let project: SampleProject;
  beforeEach(() => {
    project = new SampleProject();
    project.track('video', 'video');
    project.track('over', 'video');
    project.track('titles', 'text');
    project.track('sound', 'audio');
  });
  afterEach(() => {
    project.dispose();
  });

  for (const container of ['mp4', 'webm'] as const) {
    it(`gives every frame its picture from every kind of source, into ${container}`, async () => {
      const cuts: readonly (readonly [CountingFixtureName, number, number])[] = [
        ['count-h264-30.mp4', 0, 40],
        ['count-h264-30.mp4', 77, 50],
        ['count-h264-25.mp4', 31, 40],
        ['count-h264-2997.mov', 7, 40],
        ['count-vp9-30.webm', 33, 40],
        ['count-vfr.mp4', 11, 40],
        ['count-rotated.mp4', 10, 20],
      ];
      await project.open(...new Set(cuts.map(([name]) => name)));
      let start = 0;
      const expected: string[] = [];
      for (const [name, trim, length] of cuts) {
        project.clip('video', start, length, from(name, trim));
        for (let n = 0; n < length; n += 1) {
          expected.push(`${String(countingFixtures[name].source)}:${String(expectedPicture(name, trim + n))}`);
        }
        start += length;
      }
      const document = project.document();
      const format = await formatOf(project.engine, container);
      const result = await project.engine.export({ document, preset: testPreset, format });
      const seen = await readFrames(result.file);
      expect(seen.map(({ code }) => (code ? `${String(code.source)}:${String(code.frame)}` : 'none'))).to.deep.equal(
        expected,
      );
      seen.forEach(({ timestamp }, frame) => {
        expect(timestamp).to.be.closeTo(frame / 30, 0.00051);
      });
      expect(result.file.type).to.equal(`video/${container}`);
      expect([result.width, result.height]).to.deep.equal([640, 360]);
      expect(result.durationSeconds).to.be.closeTo(start / 30, 1e-9);
      await result.release();
      expect(await filesLeft()).to.deep.equal([]);
    }).timeout(120_000);
  }

  it('keeps to a project of 30000/1001 and to one of 25 frames per second', async () => {
    await project.open('count-h264-2997.mov', 'count-h264-25.mp4');
    project.clip('video', 0, 60, from('count-h264-2997.mov', 13));
    const ntsc = { num: 30_000, den: 1001 };
    const format = await formatOf(project.engine, 'mp4');
    const first = await project.engine.export({
      document: project.document({ frameRate: ntsc }),
      preset: testPreset,
      format,
    });
    const seen = await readFrames(first.file);
    expect(seen.map(({ code }) => code?.frame)).to.deep.equal(Array.from({ length: 60 }, (_, n) => 13 + n));
    seen.forEach(({ timestamp }, frame) => {
      expect(timestamp).to.be.closeTo((frame * 1001) / 30_000, 0.0001);
    });
    await first.release();
  }).timeout(60_000);

  it('plays faster and slower', async () => {
    await project.open('count-h264-30.mp4');
    project.clip('video', 0, 30, from('count-h264-30.mp4', 20, { num: 2, den: 1 }));
    project.clip('video', 30, 30, from('count-h264-30.mp4', 20, { num: 1, den: 2 }));
    const format = await formatOf(project.engine, 'mp4');
    const result = await project.engine.export({ document: project.document(), preset: testPreset, format });
    const numbers = (await readFrames(result.file)).map(({ code }) => code?.frame ?? -1);
    expect(numbers.slice(0, 30)).to.deep.equal(Array.from({ length: 30 }, (_, n) => 20 + 2 * n));
    numbers.slice(30).forEach((number, n) => {
      expect(number).to.be.oneOf([20 + Math.floor(n / 2), 20 + Math.ceil(n / 2)]);
    });
    await result.release();
  }).timeout(60_000);

  it('holds the last picture to the end of a clip that is longer than its source', async () => {
    await project.open('count-silent.mp4');
    project.clip('video', 0, 120, from('count-silent.mp4', 0));
    const format = await formatOf(project.engine, 'mp4');
    const result = await project.engine.export({
      document: project.document(),
      preset: testPreset,
      format,
      range: { startFrame: 80, endFrame: 120 },
    });
    const numbers = (await readFrames(result.file)).map(({ code }) => code?.frame);
    expect(numbers).to.deep.equal(Array.from({ length: 40 }, (_, n) => Math.min(89, 80 + n)));
    expect(await readSound(result.file)).to.equal(null);
    await result.release();
  }).timeout(60_000);

  for (const name of [
    'count-h264-30.mp4',
    'count-h264-25.mp4',
    'count-vp9-30.webm',
    'tone.mp3',
    'tone.m4a',
    'tone.wav',
  ]) {
    it(`puts the sound of ${name} where it belongs, to a few milliseconds`, async () => {
      await project.open(name);
      project.clip(name.startsWith('tone') ? 'sound' : 'video', 6, 90, from(name, 15));
      const format = await formatOf(project.engine, 'mp4', 0, 0);
      const preset = project.engine.presets.find(({ id }) => id === 'audio-only');
      if (!preset) throw new RangeError('no preset');
      const result = await project.engine.export({ document: project.document(), preset, format });
      const sound = await readSound(result.file);
      if (!sound) throw new Error('no sound');
      const beeps = findBeeps(sound.left, sound.sampleRate);
      expect(beeps.length).to.be.greaterThanOrEqual(2);
      // The source's second 1 is 15 frames after its in-point, which is 6 frames into the timeline.
      expect(beeps[0]).to.be.closeTo(0.7, 0.01);
      expect(beeps[1]).to.be.closeTo(1.7, 0.01);
      expect(readTone(secondsOf(sound, 0.8, 1.6), sound.sampleRate)?.second).to.equal(1);
      await result.release();
    }).timeout(60_000);
  }

  it('mixes tracks with their volumes and fades', async () => {
    await project.open('count-h264-30.mp4', 'tone.wav');
    project.clip('video', 0, 90, from('count-h264-30.mp4'));
    project.clip('sound', 0, 90, from('tone.wav'), { volume: -6.0206, fadeInFrames: 60 });
    const format = await formatOf(project.engine, 'mp4');
    const result = await project.engine.export({ document: project.document(), preset: testPreset, format });
    const sound = await readSound(result.file);
    if (!sound) throw new Error('no sound');
    expect(sound.codec).to.equal('aac');
    const heard = readTones(secondsOf(sound, 2.2, 2.8), sound.sampleRate);
    const [video, wave] = [heard.find(({ source }) => source === 1), heard.find(({ source }) => source === 11)];
    expect(video?.second).to.equal(2);
    expect(wave?.second).to.equal(2);
    expect((wave?.amplitude ?? 0) / (video?.amplitude ?? 1)).to.be.closeTo(0.5, 0.03);
    const fading = readTones(secondsOf(sound, 0.4, 0.6), sound.sampleRate).find(({ source }) => source === 11);
    expect((fading?.amplitude ?? 0) / (wave?.amplitude ?? 1)).to.be.closeTo(0.25, 0.04);
    expect(beepFrequency).to.be.greaterThan(0);
    await result.release();
  }).timeout(60_000);

  it('makes the same pictures as the preview', async () => {
    await project.open('count-720p.mp4', 'count-h264-30.mp4', 'count-rotated.mp4', 'slide.png', 'badge.png');
    project.clip('video', 0, 10, from('count-720p.mp4', 10));
    project.clip('video', 10, 10, from('count-h264-30.mp4', 40), {
      scale: 0.8,
      rotation: 12,
      cropLeft: 0.1,
      opacity: 0.7,
    });
    project.clip('video', 20, 10, from('count-rotated.mp4', 5), { fit: 'cover', cropTop: 0.2 });
    project.clip('video', 30, 10, still('slide.png'), { fadeOutFrames: 8 });
    project.clip('over', 4, 20, from('count-h264-30.mp4', 90), {
      scale: 0.3,
      positionX: 0.3,
      positionY: 0.28,
      opacity: 0.9,
    });
    project.clip('over', 26, 12, still('badge.png'), { scale: 0.5, positionX: -0.25 });
    project.clip(
      'titles',
      2,
      30,
      { kind: 'text', text: 'What is a limit?\nSecond line' },
      { fadeInFrames: 4, backgroundColour: '#000000', backgroundOpacity: 0.6 },
    );
    const document = project.document({ width: 1280, height: 720, background: '#204060' });
    const format = await formatOf(project.engine, 'mp4', 1280, 720);
    const preset = { ...testPreset, height: 720, videoBitrate: 12_000_000 };
    const result = await project.engine.export({ document, preset, format });
    const preview = project.engine.createPreview();
    preview.setDocument(document);
    let frame = 0;
    for await (const { pixels } of readPictures(result.file)) {
      if ([0, 3, 8, 12, 22, 28, 33, 37].includes(frame)) {
        const shown = pixelsOf(await preview.capture(frame));
        expect(likeness(pixels, shown), `frame ${String(frame)}`).to.be.greaterThan(37);
      }
      frame += 1;
    }
    expect(frame).to.equal(40);
    preview.dispose();
    await result.release();
  }).timeout(120_000);

  it('exports a range: the very frames and sounds of that part of the whole', async () => {
    await project.open('count-h264-30.mp4');
    project.clip('video', 0, 150, from('count-h264-30.mp4'));
    const format = await formatOf(project.engine, 'mp4');
    const range = { startFrame: 50, endFrame: 110 };
    const result = await project.engine.export({ document: project.document(), preset: testPreset, format, range });
    const numbers = (await readFrames(result.file)).map(({ code }) => code?.frame);
    expect(numbers).to.deep.equal(Array.from({ length: 60 }, (_, n) => 50 + n));
    const sound = await readSound(result.file);
    const beeps = sound ? findBeeps(sound.left, sound.sampleRate) : [];
    expect(beeps[0]).to.be.closeTo(10 / 30, 0.01);
    await result.release();
  }).timeout(60_000);

  it('tells how far it is, with frames, bytes and the time that is left', async () => {
    await project.open('count-720p.mp4');
    project.clip('video', 0, 150, from('count-720p.mp4'));
    const told: ExportProgress[] = [];
    const format = await formatOf(project.engine, 'mp4');
    const result = await project.engine.export(
      { document: project.document(), preset: testPreset, format },
      { onProgress: (progress) => told.push(progress) },
    );
    expect(told[0]?.phase).to.equal('preparing');
    expect(told.at(-1)).to.include({ phase: 'finishing', frame: 150, totalFrames: 150 });
    const frames = told.map(({ frame }) => frame);
    expect(frames).to.deep.equal([...frames].sort((a, b) => a - b));
    const estimate = project.engine.estimate({ document: project.document(), preset: testPreset });
    expect(estimate).to.include({ width: 640, height: 360, durationSeconds: 5 });
    await result.release();
  }).timeout(60_000);

  it('stops when it is told to, and leaves nothing behind', async () => {
    await project.open('count-720p.mp4');
    project.clip('video', 0, 3000, from('count-720p.mp4'));
    const stop = new AbortController();
    const format = await formatOf(project.engine, 'mp4');
    const exporting = project.engine.export(
      { document: project.document(), preset: testPreset, format },
      {
        signal: stop.signal,
        onProgress: ({ frame }) => {
          if (frame > 10) stop.abort();
        },
      },
    );
    expect((await failureOf(exporting)).code).to.equal('aborted');
    expect(await filesLeft()).to.deep.equal([]);
  }).timeout(60_000);

  it('names the clip whose media is gone', async () => {
    await project.open('count-h264-30.mp4', 'count-vp9-30.webm');
    project.clip('video', 0, 20, from('count-h264-30.mp4'));
    project.clip('video', 20, 20, from('count-vp9-30.webm'));
    project.lose('count-vp9-30.webm');
    const format = await formatOf(project.engine, 'mp4');
    const error = await failureOf(project.engine.export({ document: project.document(), preset: testPreset, format }));
    expect(error.code).to.equal('source-missing');
    expect(error.details['clip']).to.equal('Clip of count-vp9-30.webm');
    expect(error.details['asset']).to.equal('count-vp9-30.webm');
    expect(await filesLeft()).to.deep.equal([]);
  }).timeout(60_000);

  it('names the clip whose pictures can’t be decoded, and the frame', async () => {
    await project.open('count-h264-30.mp4', 'count-720p.mp4');
    const whole = await fixture('count-720p.mp4');
    const bytes = new Uint8Array(await whole.arrayBuffer());
    // Everything after the index is noise now.
    for (let n = Math.round(bytes.length * 0.3); n < bytes.length * 0.95; n += 1) bytes[n] = (n * 7919) & 255;
    project.clip('video', 0, 20, from('count-h264-30.mp4'));
    project.clip('video', 20, 100, from('count-720p.mp4', 10));
    project.replace('count-720p.mp4', new Blob([bytes]));
    const format = await formatOf(project.engine, 'mp4');
    const error = await failureOf(project.engine.export({ document: project.document(), preset: testPreset, format }));
    expect(error.code).to.equal('render-failed');
    expect(error.details['clip']).to.equal('Clip of count-720p.mp4');
    expect(error.details['frame']).to.be.greaterThanOrEqual(0);
  }).timeout(60_000);

  it('keeps the bytes in blobs where the browser gives no private file system', async () => {
    const original = navigator.storage.getDirectory.bind(navigator.storage);
    Object.defineProperty(navigator.storage, 'getDirectory', {
      configurable: true,
      value: () => Promise.reject(new DOMException('no', 'SecurityError')),
    });
    try {
      await project.open('count-720p.mp4');
      project.clip('video', 0, 60, from('count-720p.mp4'));
      const format = await formatOf(project.engine, 'mp4', 1280, 720);
      const preset = { ...testPreset, height: 720, videoBitrate: 30_000_000 };
      const result = await project.engine.export({
        document: project.document({ width: 1280, height: 720 }),
        preset,
        format,
      });
      expect((await readFrames(result.file)).map(({ code }) => code?.frame)).to.deep.equal(
        Array.from({ length: 60 }, (_, n) => n),
      );
      expect(result.file.type).to.equal('video/mp4');
      await result.release();
    } finally {
      Object.defineProperty(navigator.storage, 'getDirectory', { configurable: true, value: original });
    }
  }).timeout(60_000);

  it('says so when the disk is full, and leaves nothing behind', async () => {
    await project.open('count-720p.mp4');
    project.clip('video', 0, 150, from('count-720p.mp4'));
    const format = await formatOf(project.engine, 'mp4', 1280, 720);
    const preset = { ...testPreset, height: 720, videoBitrate: 60_000_000 };
    const { usage = 0 } = await navigator.storage.estimate();
    await executeServerCommand('set-quota', { quotaSize: usage + 60_000 });
    try {
      const document = project.document({ width: 1280, height: 720 });
      const error = await failureOf(project.engine.export({ document, preset, format }));
      expect(error.code).to.equal('quota-exceeded');
      expect(await filesLeft()).to.deep.equal([]);
    } finally {
      await executeServerCommand('set-quota', {});
    }
  }).timeout(60_000);

  it('clears away what a page that is gone has left', async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(exportFolder, { create: true });
    await folder.getFileHandle('left-over.mp4', { create: true });
    await project.open('count-silent.mp4');
    project.clip('video', 0, 10, from('count-silent.mp4'));
    const format = await formatOf(project.engine, 'webm');
    const result = await project.engine.export({ document: project.document(), preset: testPreset, format });
    const names = await filesLeft();
    expect(names).to.have.lengthOf(1);
    expect(names).not.to.include('left-over.mp4');
    await result.release();
  }).timeout(60_000);

  it('refuses a timeline without a frame', async () => {
    const format = await formatOf(project.engine, 'mp4');
    const error = await failureOf(project.engine.export({ document: project.document(), preset: testPreset, format }));
    expect(error.code).to.equal('invalid-input');
  });
});
