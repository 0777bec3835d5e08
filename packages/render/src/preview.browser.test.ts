import type { Preview, PreviewState } from '@lectern/ports';
import { expect } from 'chai';
import { type FrameCode, readFrameCode } from '../../testing/src/frame-code.js';
import { SampleProject, from, pixelsOf } from './test-support/sample-project.js';

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

describe('previewing', () => {
  let project: SampleProject;
  let preview: Preview;
  let canvas: HTMLCanvasElement;

  before(async () => {
    project = new SampleProject();
    await project.open('count-h264-30.mp4', 'count-vp9-30.webm', 'tone.mp3');
    project.track('video', 'video');
    project.track('sound', 'audio');
    project.clip('video', 0, 60, from('count-h264-30.mp4', 10));
    project.clip('video', 60, 90, from('count-vp9-30.webm', 5));
    project.clip('video', 150, 60, from('count-h264-30.mp4', 100));
    project.clip('sound', 0, 100, from('tone.mp3'));
  });
  after(() => {
    project.dispose();
  });
  beforeEach(() => {
    canvas = document.createElement('canvas');
    document.body.append(canvas);
    preview = project.engine.createPreview();
    preview.attach(canvas.transferControlToOffscreen());
    preview.resize(640, 360);
  });
  afterEach(() => {
    preview.dispose();
    canvas.remove();
  });

  /** What the surface shows: worker and page commit on their own frames, so it is looked at until it says so. */
  async function shownCode(expected: FrameCode): Promise<FrameCode | null> {
    let seen: FrameCode | null = null;
    for (let tries = 0; tries < 60; tries += 1) {
      seen = readFrameCode(pixelsOf(await createImageBitmap(canvas)));
      if (seen?.source === expected.source && seen.frame === expected.frame) return seen;
      await pause(30);
    }
    return seen;
  }

  function until(wanted: (state: PreviewState) => boolean): Promise<PreviewState> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`it stayed ${JSON.stringify(preview.state())}`));
      }, 15_000);
      const look = (state: PreviewState): boolean => {
        if (!wanted(state)) return false;
        clearTimeout(timer);
        stop();
        resolve(state);
        return true;
      };
      const stop = preview.subscribe(look);
      look(preview.state());
    });
  }

  /** The picture that the document has at a frame. */
  function pictureAt(frame: number): FrameCode {
    if (frame < 60) return { source: 1, frame: frame + 10 };
    if (frame < 150) return { source: 4, frame: frame - 55 };
    return { source: 1, frame: frame - 50 };
  }

  it('shows the first frame of a document once it has one', async () => {
    expect(preview.state().status).to.equal('empty');
    preview.setDocument(project.document());
    expect(preview.state().status).to.equal('loading');
    await until(({ status }) => status === 'paused');
    expect(await shownCode(pictureAt(0))).to.deep.equal(pictureAt(0));
  });

  it('shows the exact picture of each frame that it is sent to, at cuts too', async () => {
    preview.setDocument(project.document());
    for (const frame of [40, 59, 60, 149, 150, 151, 209, 30, 29, 28, 61]) {
      await pause(170);
      preview.seek(frame);
      await until(({ shownFrame }) => shownFrame === frame);
      expect(await shownCode(pictureAt(frame)), `frame ${String(frame)}`).to.deep.equal(pictureAt(frame));
    }
  });

  it('shows something at once while it is dragged, and the exact picture when it rests', async () => {
    preview.setDocument(project.document());
    await until(({ status }) => status === 'paused');
    const seen = new Set<number>();
    const stop = preview.subscribe(({ shownFrame }) => seen.add(shownFrame));
    for (let frame = 3; frame <= 203; frame += 8) {
      preview.seek(frame);
      await pause(25);
    }
    await until(({ shownFrame }) => shownFrame === 203);
    stop();
    expect(seen.size).to.be.greaterThan(1);
    expect(await shownCode(pictureAt(203))).to.deep.equal(pictureAt(203));
  });

  it('plays by the clock, pauses where it is, and shows that frame', async () => {
    preview.setDocument(project.document());
    await until(({ status }) => status === 'paused');
    await preview.play();
    expect(preview.state().status).to.equal('playing');
    const first = await until(({ frame }) => frame >= 5);
    const start = performance.now();
    await pause(1500);
    const { frame } = preview.state();
    const frames = ((performance.now() - start) / 1000) * 30;
    expect(frame - first.frame).to.be.within(frames - 10, frames + 6);
    preview.pause();
    const paused = preview.state();
    expect(paused.status).to.equal('paused');
    await until(({ shownFrame }) => shownFrame === paused.frame);
    expect(await shownCode(pictureAt(paused.frame))).to.deep.equal(pictureAt(paused.frame));
  });

  it('goes on playing from where it is sent, stops at the end, and starts again from there', async () => {
    preview.setDocument(project.document());
    await preview.play();
    preview.seek(195);
    await until(({ status }) => status === 'paused');
    expect(preview.state().frame).to.equal(210);
    await until(({ shownFrame }) => shownFrame === 209);
    expect(await shownCode(pictureAt(209))).to.deep.equal(pictureAt(209));
    await preview.play();
    expect(preview.state().frame).to.be.lessThan(60);
    preview.pause();
  });

  it('plays backwards, to the beginning', async () => {
    preview.setDocument(project.document());
    preview.seek(45);
    await preview.play(-2);
    const seen: number[] = [];
    preview.subscribe(({ frame }) => seen.push(frame));
    await until(({ status }) => status === 'paused');
    expect(preview.state().frame).to.equal(0);
    expect(seen).to.deep.equal([...seen].sort((a, b) => b - a));
  });

  it('follows the document as it changes', async () => {
    preview.setDocument(project.document());
    preview.seek(20);
    await until(({ shownFrame }) => shownFrame === 20);
    const document = project.document();
    const [clip] = document.clipsOf('video' as never);
    if (clip?.source.kind !== 'asset') throw new Error('no clip');
    const { createDocument } = await import('@lectern/timeline');
    preview.setDocument(
      createDocument({
        records: [...document.records()].map((record) =>
          record.id === clip.id ? { ...clip, source: from('count-h264-30.mp4', 80) } : record,
        ),
      }),
    );
    expect(await shownCode({ source: 1, frame: 100 })).to.deep.equal({ source: 1, frame: 100 });
  });

  it('captures a frame at the project’s size while the surface is small', async () => {
    preview.setDocument(project.document());
    preview.resize(160, 90);
    const bitmap = await preview.capture(100);
    expect([bitmap.width, bitmap.height]).to.deep.equal([640, 360]);
    expect(readFrameCode(pixelsOf(bitmap))).to.deep.equal(pictureAt(100));
  });

  it('names the clip whose media is gone, and shows the rest', async () => {
    const broken = new SampleProject();
    await broken.open('count-h264-30.mp4', 'count-silent.mp4');
    broken.track('video', 'video');
    broken.track('over', 'video');
    broken.clip('video', 0, 30, from('count-h264-30.mp4'));
    broken.clip('over', 0, 30, from('count-silent.mp4'), { scale: 0.2 });
    broken.lose('count-silent.mp4');
    const other = broken.engine.createPreview();
    other.setDocument(broken.document());
    const state = await new Promise<PreviewState>((resolve) => {
      other.subscribe((next) => {
        if (next.error) resolve(next);
      });
    });
    expect(state.error?.code).to.equal('source-missing');
    expect(state.error?.details['clip']).to.equal('Clip of count-silent.mp4');
    broken.dispose();
  });
});
