import { LecternError } from '@lectern/ports';
import { expect } from 'chai';
import { MediaLibrary } from '../media/media-library.js';
import { SampleProject, from } from '../test-support/sample-project.js';
import type { StageReport } from '../worker/protocol.js';
import { Stage } from './stage.js';

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Decoded pictures that nobody has closed yet, and the decoders that were made. */
class Codecs {
  readonly open = new Set<VideoFrame>();
  readonly configs: VideoDecoderConfig[] = [];
  most = 0;
  /** The next decoders die after so many pictures, as when the browser takes them back. */
  dieAfter: number[] = [];
  readonly #frame = globalThis.VideoFrame;
  readonly #decoder = globalThis.VideoDecoder;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on frames
  readonly #close = VideoFrame.prototype.close;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on frames
  readonly #clone = VideoFrame.prototype.clone;

  watch(): void {
    const add = (frame: VideoFrame): VideoFrame => {
      this.open.add(frame);
      this.most = Math.max(this.most, this.open.size);
      return frame;
    };
    const { open, configs, dieAfter } = this;
    const close = this.#close;
    const clone = this.#clone;
    const NativeDecoder = this.#decoder;
    VideoFrame.prototype.close = function (this: VideoFrame): void {
      open.delete(this);
      close.call(this);
    };
    VideoFrame.prototype.clone = function (this: VideoFrame): VideoFrame {
      return add(clone.call(this));
    };
    globalThis.VideoFrame = new Proxy(this.#frame, {
      construct: (target, parts) => add(Reflect.construct(target, parts) as VideoFrame),
    });
    globalThis.VideoDecoder = class extends NativeDecoder {
      constructor(init: VideoDecoderInit) {
        let left = dieAfter.shift() ?? Infinity;
        super({
          output: (frame) => {
            left -= 1;
            add(frame);
            if (left >= 0) {
              init.output(frame);
              return;
            }
            frame.close();
            if (left === -1) init.error(new DOMException('Codec reclaimed due to inactivity', 'QuotaExceededError'));
          },
          error: init.error,
        });
      }

      override configure(config: VideoDecoderConfig): void {
        configs.push(config);
        super.configure(config);
      }
    };
  }

  restore(): void {
    globalThis.VideoFrame = this.#frame;
    globalThis.VideoDecoder = this.#decoder;
    VideoFrame.prototype.close = this.#close;
    VideoFrame.prototype.clone = this.#clone;
  }
}

describe('the stage of a preview', () => {
  const size = 640 * 360;
  let project: SampleProject;
  let codecs: Codecs;
  let stage: Stage;
  let reports: StageReport[];
  let missing: Set<string>;

  before(async () => {
    project = new SampleProject();
    await project.open('count-h264-30.mp4', 'count-vp9-30.webm');
    project.track('video', 'video');
    project.clip('video', 0, 60, from('count-h264-30.mp4', 10));
    project.clip('video', 60, 90, from('count-vp9-30.webm', 5));
    project.clip('video', 150, 60, from('count-h264-30.mp4', 100));
  });
  after(() => {
    project.dispose();
  });
  beforeEach(() => {
    codecs = new Codecs();
    codecs.watch();
    reports = [];
    missing = new Set();
    const library = new MediaLibrary((id) =>
      missing.has(id)
        ? Promise.reject(new LecternError('source-missing', { details: { asset: id } }))
        : Promise.resolve(project.file(id)),
    );
    stage = new Stage(library, { pixelBudget: 20 * size, software: true, report: (report) => reports.push(report) });
    stage.obey({ order: 'surface', surface: new OffscreenCanvas(320, 180) });
  });
  afterEach(async () => {
    await stage.close();
    codecs.restore();
  });

  const open = (): void => {
    // What was told of the empty one is no news of this one.
    reports.length = 0;
    stage.obey({ order: 'document', records: [...project.document().records()] });
  };
  const show = (frame: number, scrubbing = false): void => {
    stage.obey({ order: 'show', frame, scrubbing });
  };
  const play = (frame: number, rate: number): void => {
    const time = performance.timeOrigin + performance.now();
    stage.obey({ order: 'play', frame, time, rate, anew: true });
  };
  const until = async (wanted: (report: StageReport) => boolean): Promise<StageReport> => {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const last = reports.at(-1);
      if (last && wanted(last)) return last;
      if (performance.now() > deadline) throw new Error(`it stayed ${JSON.stringify(last)}`);
      await pause(10);
    }
  };
  const exactly = (frame: number): Promise<StageReport> =>
    until(({ exact, shownFrame }) => exact && shownFrame === frame);

  it('holds a bounded number of decoded pictures, however long it is dragged and played, and none once it is closed', async () => {
    open();
    await exactly(0);
    for (let round = 0; round < 4; round += 1) {
      for (let frame = 0; frame < 210; frame += 7) {
        show(frame, true);
        await pause(8);
      }
      show(100);
      await exactly(100);
      for (const rate of [1, -1, 4, -4]) {
        play(rate > 0 ? 20 : 190, rate);
        await pause(700);
        stage.obey({ order: 'pause' });
      }
      expect(stage.keptPixels).to.be.at.most(20 * size);
      expect(stage.openDecoders).to.be.at.most(8);
    }
    // The budget, and what the decoders of three clips may be ahead by: 40 pictures each.
    expect(codecs.most).to.be.at.most(20 + 4 * 40);
    await stage.close();
    await pause(100);
    expect([...codecs.open]).to.have.length(0);
    expect(stage.openDecoders).to.equal(0);
  });

  it('never tells an exact picture of an older seek after a later one', async () => {
    open();
    await exactly(0);
    reports.length = 0;
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    let wanted = 0;
    const wrong: string[] = [];
    for (let step = 0; step < 120; step += 1) {
      wanted = random(210);
      const before = reports.length;
      show(wanted, random(3) > 0);
      await pause(random(4) === 0 ? 160 : random(30));
      for (const { exact, shownFrame } of reports.slice(before)) {
        if (exact && shownFrame !== wanted) wrong.push(`${String(shownFrame)} for ${String(wanted)}`);
      }
    }
    show(wanted);
    await exactly(wanted);
    expect(wrong).to.deep.equal([]);
  });

  it('shows pictures on the way while it is dragged without a rest', async () => {
    open();
    await exactly(0);
    reports.length = 0;
    for (let frame = 1; frame < 210; frame += 3) {
      show(frame, true);
      await pause(20);
    }
    expect(new Set(reports.map(({ shownFrame }) => shownFrame)).size).to.be.greaterThan(3);
    await exactly(208);
  });

  it('goes on with another decoder, without the hardware, when one dies or is taken away', async () => {
    codecs.dieAfter.push(0);
    open();
    const { error } = await exactly(0);
    expect(error).to.equal(null);
    expect(codecs.configs.some(({ hardwareAcceleration }) => hardwareAcceleration === 'prefer-software')).to.equal(
      true,
    );
    codecs.dieAfter.push(3);
    play(0, 1);
    await until(({ shownFrame }) => shownFrame > 20);
    expect(reports.at(-1)?.error).to.equal(null);
  });

  it('says which clip’s source has vanished, and goes on when it is back', async () => {
    missing.add('count-vp9-30.webm');
    open();
    show(70);
    const { error } = await until((report) => report.error !== null);
    expect(error?.code).to.equal('source-missing');
    expect(error?.details['clip']).to.equal('Clip of count-vp9-30.webm');
    show(10);
    await until((report) => report.exact && report.shownFrame === 10 && report.error === null);
    show(70);
    await until((report) => report.error !== null);
    missing.clear();
    await until((report) => report.exact && report.shownFrame === 70 && report.error === null);
  });

  it('lets go of every decoder and picture while nobody sees it, and comes back', async () => {
    open();
    await exactly(0);
    play(0, 1);
    await until(({ shownFrame }) => shownFrame > 5);
    stage.obey({ order: 'visible', visible: false });
    await pause(300);
    expect(stage.openDecoders).to.equal(0);
    expect(stage.keptPixels).to.equal(0);
    expect([...codecs.open]).to.have.length(0);
    const { shownFrame: before, droppedFrames } = reports.at(-1) as StageReport;
    stage.obey({ order: 'visible', visible: true });
    const after = await until(({ shownFrame }) => shownFrame > before);
    expect(after.droppedFrames).to.be.at.most(droppedFrames + 1);
    stage.obey({ order: 'pause' });
    show(120);
    await exactly(120);
  });

  it('steps back through what it kept, without decoding again', async () => {
    open();
    show(40);
    await exactly(40);
    await pause(600);
    const { length } = codecs.configs;
    for (const frame of [39, 38, 37, 36]) {
      show(frame);
      expect(reports.at(-1)).to.include({ exact: true, shownFrame: frame });
    }
    expect(codecs.configs).to.have.length(length);
  });
});
