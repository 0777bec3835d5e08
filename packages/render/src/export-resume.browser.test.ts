import {
  type ExportOptions,
  type ExportProgress,
  type ExportRequest,
  type ExportResult,
  type LecternError,
  isLecternError,
} from '@lectern/ports';
import { executeServerCommand } from '@web/test-runner-commands';
import { expect } from 'chai';
import { exportFolder } from './export/private-files.js';
import {
  SampleProject,
  fixture,
  formatOf,
  from,
  readFrames,
  readSound,
  testPreset,
  workerUrl,
} from './test-support/sample-project.js';

/** Seen through by a hair: nothing of it can be passed on, all has to be encoded. */
const seenThrough = { opacity: 0.98 };
const clipFrames = 150;

async function folders(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(exportFolder, { create: true });
}

async function entries(folder: FileSystemDirectoryHandle): Promise<[string, FileSystemHandle][]> {
  const all: [string, FileSystemHandle][] = [];
  const each = (folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries();
  for await (const entry of each) all.push(entry);
  return all;
}

async function partsOf(id: string): Promise<[string, FileSystemFileHandle][]> {
  const folder = await (await folders()).getDirectoryHandle(id);
  return (await entries(folder)).filter(([name]) => name.endsWith('.part')) as [string, FileSystemFileHandle][];
}

async function overwrite(handle: FileSystemFileHandle, data: Blob): Promise<void> {
  const writable = await handle.createWritable();
  await writable.write(data);
  await writable.close();
}

async function failureOf(promise: Promise<unknown>): Promise<LecternError> {
  const reason: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!isLecternError(reason)) throw new Error(`expected an error of ours, not ${String(reason)}`);
  return reason;
}

async function codesOf(file: Blob): Promise<string[]> {
  return (await readFrames(file)).map(({ code }) => (code ? `${String(code.source)}:${String(code.frame)}` : 'none'));
}

function sum({ frames: { copied, reused, encoded } }: ExportResult): number {
  return copied + reused + encoded;
}

describe('an export that is interrupted', () => {
  let project: SampleProject;
  let request: ExportRequest;
  const total = 4 * clipFrames;
  const expected = Array.from({ length: total }, (_, frame) => `1:${String(10 + (frame % clipFrames))}`);

  beforeEach(async () => {
    project = new SampleProject();
    project.track('video', 'video');
    await project.open('count-h264-30.mp4');
    for (let n = 0; n < 4; n += 1) {
      project.clip('video', n * clipFrames, clipFrames, from('count-h264-30.mp4', 10), { opacity: 0.98 - n * 0.001 });
    }
    request = { document: project.document(), preset: testPreset, format: await formatOf(project.engine, 'mp4') };
  });
  afterEach(() => {
    project.dispose();
  });

  /** Exports until so many frames are made, and pauses it. */
  async function pauseAt(frame: number, options: ExportOptions): Promise<LecternError> {
    const stop = new AbortController();
    const onProgress = (progress: ExportProgress): void => {
      if (progress.frame >= frame) stop.abort();
    };
    return failureOf(project.engine.export(request, { ...options, signal: stop.signal, onProgress }));
  }

  it('goes on with what it has, and comes out with the same frames', async () => {
    const id = crypto.randomUUID();
    expect((await pauseAt(400, { id, context: { name: 'A lecture' } })).code).to.equal('aborted');
    const [unfinished, ...others] = await project.engine.unfinishedExports();
    expect(others).to.deep.equal([]);
    expect(unfinished).to.deep.include({ id, context: { name: 'A lecture' }, totalFrames: total });
    expect(unfinished?.frame).to.be.within(1, total - 1);
    expect(Date.now() - (unfinished?.startedAt ?? 0)).to.be.within(0, 300_000);

    // As another page does it: with the request that was written down.
    const again = unfinished ? unfinished.request : request;
    const result = await project.engine.export(again, { id });
    expect(result.frames.reused).to.be.greaterThanOrEqual(unfinished?.frame ?? total);
    expect(result.frames.encoded).to.be.greaterThan(0);
    expect(sum(result)).to.equal(total);
    expect(await codesOf(result.file)).to.deep.equal(expected);
    expect(await result.handle?.getFile()).to.have.property('size', result.file.size);
    await result.release();
    expect(await project.engine.unfinishedExports()).to.deep.equal([]);
    expect(await entries(await folders())).to.deep.equal([]);
  }).timeout(120_000);

  it('makes again what is torn or damaged', async () => {
    const id = crypto.randomUUID();
    await pauseAt(450, { id });
    const kept = (await project.engine.unfinishedExports())[0]?.frame ?? 0;
    const pictures = (await partsOf(id)).filter(([name]) => !name.endsWith('.0.part'));
    expect(pictures.length).to.be.greaterThanOrEqual(3);
    const [torn, damaged] = pictures.map(([, handle]) => handle) as [FileSystemFileHandle, FileSystemFileHandle];
    const tornBytes = await torn.getFile();
    await overwrite(torn, tornBytes.slice(0, tornBytes.size - 700));
    const bytes = new Uint8Array(await (await damaged.getFile()).arrayBuffer());
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await overwrite(damaged, new Blob([bytes]));

    // The damage is only seen when it is read.
    expect((await project.engine.unfinishedExports())[0]?.frame).to.be.lessThan(kept);
    const result = await project.engine.export(request, { id });
    expect(result.frames.reused).to.be.within(1, kept - 1);
    expect(await codesOf(result.file)).to.deep.equal(expected);
    await result.release();
  }).timeout(120_000);

  it('is listed only while nobody works on it, and can be thrown away', async () => {
    const id = crypto.randomUUID();
    const seen: (readonly string[])[] = [];
    let asked: Promise<void> = Promise.resolve();
    const other = new SampleProject();
    const stop = new AbortController();
    const exporting = failureOf(
      project.engine.export(request, {
        id,
        signal: stop.signal,
        onProgress: ({ frame }) => {
          if (frame < 200) return;
          asked = other.engine.unfinishedExports().then((all) => {
            seen.push(all.map((each) => each.id));
            stop.abort();
          });
        },
      }),
    );
    await exporting;
    await asked;
    expect(seen[0]).to.deep.equal([]);
    expect((await other.engine.unfinishedExports()).map((each) => each.id)).to.deep.equal([id]);
    await other.engine.discardExport(id);
    await other.engine.discardExport(id);
    expect(await other.engine.unfinishedExports()).to.deep.equal([]);
    expect(await entries(await folders())).to.deep.equal([]);
    other.dispose();
  }).timeout(120_000);

  it('hands the file out at once when it was whole but never fetched', async () => {
    const id = crypto.randomUUID();
    const first = new SampleProject();
    const document = project.document();
    const short = { ...request, document, range: { startFrame: 0, endFrame: 40 } };
    const result = await project.engine.export(short, { id });
    // The page goes without having stored it: its locks go with it, and here a frame stands in for the page.
    const job = await (await folders()).getDirectoryHandle(id);
    const names = (await entries(job)).map(([name]) => name).sort();
    expect(names.filter((name) => name.endsWith('.part'))).to.deep.equal([]);
    expect(names).to.include('finished.json');
    expect(names).to.include('job.json');
    await result.release();
    first.dispose();
  }).timeout(60_000);

  it('waits for the one before it, and says so', async () => {
    const told: string[] = [];
    const range = { startFrame: 0, endFrame: 60 };
    const other = new SampleProject();
    await other.open('count-h264-30.mp4');
    const tell =
      (name: string) =>
      ({ phase }: ExportProgress): void => {
        if (told.at(-1) !== `${name} ${phase}`) told.push(`${name} ${phase}`);
      };
    const [a, b] = await Promise.all([
      project.engine.export({ ...request, range }, { onProgress: tell('a') }).then(async (result) => {
        told.push('a done');
        await result.release();
        return result.file.size;
      }),
      other.engine.export({ ...request, range }, { onProgress: tell('b') }).then(async (result) => {
        await result.release();
        return result.file.size;
      }),
    ]);
    expect(a).to.be.greaterThan(0);
    expect(b).to.be.greaterThan(0);
    expect(told.indexOf('b waiting')).to.be.greaterThanOrEqual(0);
    const begun = told.findIndex((each) => each.startsWith('b ') && each !== 'b waiting');
    expect(begun).to.be.greaterThan(told.lastIndexOf('a finishing'));
    other.dispose();
  }).timeout(120_000);

  it('that is full up goes on once there is room', async () => {
    const id = crypto.randomUUID();
    let full: Promise<unknown> | null = null;
    const exporting = failureOf(
      project.engine.export(request, {
        id,
        onProgress: ({ frame }) => {
          if (frame < 250 || full) return;
          full = navigator.storage
            .estimate()
            .then(({ usage = 0 }) => executeServerCommand('set-quota', { quotaSize: usage + 1000 }));
        },
      }),
    );
    try {
      expect((await exporting).code).to.equal('quota-exceeded');
    } finally {
      await (full as Promise<unknown> | null);
      await executeServerCommand('set-quota', {});
    }
    expect((await project.engine.unfinishedExports())[0]?.frame).to.be.greaterThan(0);
    const result = await project.engine.export(request, { id });
    expect(result.frames.reused).to.be.greaterThan(0);
    expect(await codesOf(result.file)).to.deep.equal(expected);
    await result.release();
  }).timeout(120_000);

  it('isn’t begun without enough room, and the figures say why', async () => {
    const { usage = 0 } = await navigator.storage.estimate();
    await executeServerCommand('set-quota', { quotaSize: usage + 500_000 });
    try {
      const long = { ...request, preset: { ...testPreset, videoBitrate: 20_000_000 } };
      const error = await failureOf(project.engine.export(long));
      expect(error.code).to.equal('quota-exceeded');
      expect(error.details['neededBytes']).to.be.greaterThan(10_000_000);
      expect(error.details['freeBytes']).to.be.within(0, 500_000);
      const forecast = await project.engine.forecast(long);
      expect(forecast.freeBytes).to.be.within(0, 500_000);
      expect(forecast.spaceBytes).to.be.greaterThan(forecast.sizeBytes);
    } finally {
      await executeServerCommand('set-quota', {});
    }
    expect(await entries(await folders())).to.deep.equal([]);
  }).timeout(60_000);
});

describe('an export beside an earlier one', () => {
  let project: SampleProject;
  beforeEach(() => {
    project = new SampleProject();
    project.track('video', 'video');
    project.track('titles', 'text');
    project.track('sound', 'audio');
  });
  afterEach(() => {
    project.dispose();
  });

  for (const container of ['mp4', 'webm'] as const) {
    it(`encodes only what has changed, into ${container}`, async () => {
      await project.open('count-h264-30.mp4', 'tone.wav');
      const total = 8 * clipFrames;
      for (let n = 0; n < 8; n += 1) {
        project.clip('video', n * clipFrames, clipFrames, from('count-h264-30.mp4', 10 + n), seenThrough);
      }
      project.clip('sound', 0, 90, from('tone.wav'));
      const format = await formatOf(project.engine, container);
      const before = project.document();
      const first = await project.engine.export({ document: before, preset: testPreset, format });
      await project.add('earlier', new Blob([await first.file.arrayBuffer()]));
      await first.release();

      // Two seconds get a title, below the numbers.
      project.clip('titles', 620, 60, { kind: 'text', text: 'Changed' }, { positionY: 0.2 });
      const changed = { document: project.document(), preset: testPreset, format, reuseAssetId: 'earlier' };
      const forecast = await project.engine.forecast(changed);
      const second = await project.engine.export(changed);
      expect(sum(second)).to.equal(total);
      expect(second.frames.encoded).to.be.within(60, 4 * clipFrames);
      expect(second.frames.reused).to.be.greaterThanOrEqual(4 * clipFrames);
      expect(forecast.copiedFrames).to.equal(second.frames.reused);
      expect(forecast.sizeBytes / second.file.size).to.be.within(0.4, 4);
      const expected = Array.from(
        { length: total },
        (_, frame) => `1:${String(10 + Math.floor(frame / clipFrames) + (frame % clipFrames))}`,
      );
      expect(await codesOf(second.file)).to.deep.equal(expected);
      await second.release();

      const same = await project.engine.export({ ...changed, document: before });
      expect(same.frames).to.deep.equal({ copied: 0, reused: total, encoded: 0 });
      await same.release();
    }).timeout(120_000);
  }

  it('encodes everything where the earlier one is gone, is no export, or comes from other bytes', async () => {
    await project.open('count-h264-30.mp4', 'count-h264-25.mp4');
    project.clip('video', 0, 60, from('count-h264-30.mp4'), seenThrough);
    const format = await formatOf(project.engine, 'mp4');
    const request = { document: project.document(), preset: testPreset, format };
    for (const reuseAssetId of ['nothing', 'count-h264-25.mp4']) {
      const result = await project.engine.export({ ...request, reuseAssetId });
      expect(result.frames).to.deep.equal({ copied: 0, reused: 0, encoded: 60 });
      await project.add('earlier', new Blob([await result.file.arrayBuffer()]));
      await result.release();
    }
    project.replace('count-h264-30.mp4', await fixture('count-silent.mp4'));
    const other = await project.engine.export({ ...request, reuseAssetId: 'earlier' });
    expect(other.frames.encoded).to.equal(60);
    await other.release();
  }).timeout(120_000);

  for (const container of ['mp4', 'webm'] as const) {
    it(`joins old and new sound without a seam, and without drift, in ${container}`, async () => {
      await project.open('tone.wav');
      for (let n = 0; n < 6; n += 1) project.clip('sound', n * 150, 150, from('tone.wav'), { fadeInFrames: 10 });
      const preset = project.engine.presets.find(({ id }) => id === 'audio-only');
      if (!preset) throw new RangeError('no preset');
      const found = (await project.engine.capabilities(0, 0)).formats.find((each) => each.container === container);
      if (!found) return;
      const request = { preset, format: found };
      const before = await project.engine.export({ ...request, document: project.document() });
      await project.add('earlier', new Blob([await before.file.arrayBuffer()]));
      await before.release();
      project.clip('titles', 0, 1, { kind: 'text', text: '-' });
      // Something more sounds in the third piece.
      project.track('more', 'audio');
      project.clip('more', 330, 60, from('tone.wav'), { volume: -6 });
      const document = project.document();
      const joined = await project.engine.export({ ...request, document, reuseAssetId: 'earlier' });
      const whole = await project.engine.export({ ...request, document });
      expect(joined.frames.reused).to.be.greaterThan(0);
      expect(joined.frames.encoded).to.be.greaterThan(0);
      expect(whole.frames.reused).to.equal(0);
      const [a, b] = [await readSound(joined.file), await readSound(whole.file)];
      if (!a || !b) throw new Error('no sound');
      expect(a.left.length).to.equal(b.left.length);
      // Two encodings of one mix: what differs is far below what sounds, at the joints as everywhere.
      const piece = Math.round(a.sampleRate / 50);
      let loudest = 0;
      for (let start = 0; start + piece <= a.left.length; start += piece) {
        let error = 0;
        for (let n = start; n < start + piece; n += 1) error += ((a.left[n] ?? 0) - (b.left[n] ?? 0)) ** 2;
        loudest = Math.max(loudest, Math.sqrt(error / piece));
      }
      expect(loudest).to.be.lessThan(0.02);
      await joined.release();
      await whole.release();
    }).timeout(120_000);
  }
});

describe('bad luck while rendering', () => {
  const projects: SampleProject[] = [];
  afterEach(() => {
    for (const project of projects.splice(0)) project.dispose();
  });

  /** A project whose workers run a script before the engine's own. */
  function projectAfter(script: string): SampleProject {
    const first = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const both = `import ${JSON.stringify(first)}; import ${JSON.stringify(workerUrl.href)};`;
    const project = new SampleProject(URL.createObjectURL(new Blob([both], { type: 'text/javascript' })));
    project.track('video', 'video');
    projects.push(project);
    return project;
  }

  async function exportAll(project: SampleProject, length = 300): Promise<string[]> {
    await project.open('count-h264-30.mp4');
    for (let start = 0; start < length; start += clipFrames) {
      project.clip('video', start, clipFrames, from('count-h264-30.mp4', 10), seenThrough);
    }
    const format = await formatOf(project.engine, 'mp4');
    const result = await project.engine.export({ document: project.document(), preset: testPreset, format });
    expect(result.frames).to.deep.equal({ copied: 0, reused: 0, encoded: length });
    const codes = await codesOf(result.file);
    await result.release();
    return codes;
  }

  const expected = Array.from({ length: 300 }, (_, frame) => `1:${String(10 + (frame % clipFrames))}`);

  it('an encoder that is taken away is followed by another one', async () => {
    const codes = await exportAll(
      projectAfter(`
        let frames = 0;
        const Native = VideoEncoder;
        globalThis.VideoEncoder = class extends Native {
          #error;
          constructor(init) { super(init); this.#error = init.error; }
          encode(frame, options) {
            frames += 1;
            super.encode(frame, options);
            if (frames === 170 || frames === 222) {
              this.close();
              this.#error(new DOMException('reclaimed', 'QuotaExceededError'));
            }
          }
        };
      `),
    );
    expect(codes).to.deep.equal(expected);
  }).timeout(120_000);

  it('a decoder that dies in the middle is followed by another one', async () => {
    const codes = await exportAll(
      projectAfter(`
        let packets = 0;
        const Native = VideoDecoder;
        globalThis.VideoDecoder = class extends Native {
          #error;
          constructor(init) { super(init); this.#error = init.error; }
          decode(chunk) {
            packets += 1;
            if (packets === 200) {
              this.close();
              this.#error(new DOMException('the process is gone', 'EncodingError'));
              return;
            }
            super.decode(chunk);
          }
        };
      `),
    );
    expect(codes).to.deep.equal(expected);
  }).timeout(120_000);

  it('a source that stops in the middle is held to the clip’s end, or stops with its name', async () => {
    const project = projectAfter('');
    const whole = await fixture('count-h264-30.mp4');
    await project.open('count-h264-30.mp4');
    project.clip('video', 0, 250, from('count-h264-30.mp4'), seenThrough);
    project.replace('count-h264-30.mp4', whole.slice(0, Math.round(whole.size * 0.6)));
    const format = await formatOf(project.engine, 'mp4');
    const outcome = await project.engine
      .export({ document: project.document(), preset: testPreset, format })
      .catch((error: unknown) => error);
    if (isLecternError(outcome)) {
      expect(outcome.details['clip']).to.equal('Clip of count-h264-30.mp4');
    } else {
      const result = outcome as ExportResult;
      expect(await codesOf(result.file)).to.have.lengthOf(250);
      await result.release();
    }
    expect(await entries(await folders())).to.deep.equal([]);
  }).timeout(120_000);

  it('a source that vanishes in the middle stops it with the clip’s name', async () => {
    const project = projectAfter('');
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('vanishing.mp4', { create: true });
    await overwrite(handle, await fixture('count-h264-30.mp4'));
    try {
      await project.open('count-h264-25.mp4');
      await project.add('vanishing.mp4', await handle.getFile());
      project.clip('video', 0, 300, from('count-h264-25.mp4'), seenThrough);
      project.clip('video', 300, 200, from('vanishing.mp4'), seenThrough);
      const request = {
        document: project.document(),
        preset: testPreset,
        format: await formatOf(project.engine, 'mp4'),
      };
      // Another file of that name: what was opened before can't be read any more.
      let gone = Promise.resolve();
      let isGone = false;
      const onProgress = ({ frame }: ExportProgress): void => {
        if (frame === 0 || isGone) return;
        isGone = true;
        gone = overwrite(handle, new Blob(['nothing']));
      };
      const error = await failureOf(project.engine.export(request, { onProgress }));
      await gone;
      expect(error.code).to.equal('source-missing');
      expect(error.details['clip']).to.equal('Clip of vanishing.mp4');
      expect(await entries(await folders())).to.deep.equal([]);
    } finally {
      await root.removeEntry('vanishing.mp4');
    }
  }).timeout(120_000);

  it('an encoder that never works leaves no file', async () => {
    const project = projectAfter(`
      const Native = VideoEncoder;
      let frames = 0;
      globalThis.VideoEncoder = class extends Native {
        #error;
        constructor(init) { super(init); this.#error = init.error; }
        encode(frame, options) {
          frames += 1;
          super.encode(frame, options);
          if (frames > 20) { this.close(); this.#error(new DOMException('broken', 'EncodingError')); }
        }
      };
    `);
    await project.open('count-h264-30.mp4');
    project.clip('video', 0, 100, from('count-h264-30.mp4'), seenThrough);
    const format = await formatOf(project.engine, 'mp4');
    const error = await failureOf(project.engine.export({ document: project.document(), preset: testPreset, format }));
    expect(error.code).to.equal('render-failed');
    expect(await entries(await folders())).to.deep.equal([]);
  }).timeout(120_000);
});
