import type { ExportFormat, ExportProgress, LecternError, ProbeFacts, RenderEngine } from '@lectern/ports';
import { isLecternError } from '@lectern/ports';
import { expect } from 'chai';
import { findBeeps } from '../../../testing/src/tone-code.js';
import { exportFolder } from '../export/private-files.js';
import { createRenderEngine } from '../render-engine.js';
import {
  SampleProject,
  fixture,
  from,
  likeness,
  readFrames,
  readPictures,
  readSound,
  testPreset,
} from '../test-support/sample-project.js';

const coreUrl = '/node_modules/@ffmpeg/core/dist/esm/ffmpeg-core.js';
const dist = new URL('../../dist/', import.meta.url);
const renderWorker = new URL('render.worker.js', dist).href;
const byFfmpeg: ExportFormat = {
  container: 'mp4',
  videoCodec: 'avc',
  audioCodec: 'aac',
  mimeType: 'video/mp4',
  extension: 'mp4',
  encoder: 'ffmpeg',
};

/** The worker as it is, in a browser that encodes no pictures: they are taken away before it looks. */
function workerWithoutEncoder(): string {
  const without = 'data:text/javascript,delete globalThis.VideoEncoder';
  const source = `import ${JSON.stringify(without)};\nimport ${JSON.stringify(renderWorker)};`;
  return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
}

async function filesLeft(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(exportFolder, { create: true });
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

async function failureOf(promise: Promise<unknown>): Promise<LecternError> {
  const reason: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!isLecternError(reason)) throw new Error(`expected an error of ours, not ${String(reason)}`);
  return reason;
}

describe('exporting with ffmpeg', () => {
  let project: SampleProject;
  const files = new Map<string, Blob>();
  const engines: RenderEngine[] = [];
  const engineWith = (workerUrl: string, core: string | null = coreUrl): RenderEngine => {
    const engine = createRenderEngine({
      workerUrl,
      resolveSource: (id) => Promise.resolve(files.get(id) ?? new Blob()),
      copyPackets: false,
      proxyBudgetBytes: 0,
      ...(core === null ? {} : { ffmpeg: { coreUrl: core, workerUrl: new URL('ffmpeg.worker.js', dist) } }),
    });
    engines.push(engine);
    return engine;
  };
  const add = async (name: string): Promise<ProbeFacts> => {
    files.set(name, await fixture(name));
    return project.add(name, await fixture(name));
  };

  beforeEach(() => {
    project = new SampleProject();
    project.track('video', 'video');
    project.track('titles', 'text');
  });
  afterEach(() => {
    for (const engine of engines.splice(0)) engine.dispose();
    project.dispose();
  });

  it('is offered last, and only where the browser can’t encode H.264 itself and the host provides ffmpeg', async () => {
    const encoders = async (engine: RenderEngine, width = 640, height = 360): Promise<unknown[]> =>
      (await engine.capabilities(width, height)).formats.map(({ videoCodec, encoder }) => [
        videoCodec,
        encoder ?? 'browser',
      ]);
    const without = workerWithoutEncoder();
    expect(await encoders(engineWith(without))).to.deep.equal([['avc', 'ffmpeg']]);
    expect(await encoders(engineWith(without, null))).to.deep.equal([]);
    expect(await encoders(engineWith(renderWorker))).not.to.deep.include(['avc', 'ffmpeg']);
    // Sound needs no pictures.
    expect(await encoders(engineWith(without), 0, 0)).not.to.deep.include(['avc', 'ffmpeg']);
  }).timeout(60_000);

  it('makes the same pictures as the browser’s own encoder would be given, frame by frame and in sync', async () => {
    await add('count-h264-30.mp4');
    await add('count-vp9-30.webm');
    project.clip('video', 0, 75, from('count-h264-30.mp4', 15));
    project.clip('video', 75, 45, from('count-vp9-30.webm', 40));
    project.clip('titles', 40, 50, { kind: 'text', text: 'By ffmpeg' });
    const document = project.document();
    const engine = engineWith(workerWithoutEncoder());
    const told: ExportProgress[] = [];
    const result = await engine.export(
      { document, preset: testPreset, format: byFfmpeg },
      { onProgress: (progress) => told.push(progress) },
    );
    expect(result.format.encoder).to.equal('ffmpeg');
    expect(result.frames).to.deep.equal({ copied: 0, reused: 0, encoded: 120 });
    expect(told.some(({ phase }) => phase === 'rendering')).to.equal(true);
    const seen = await readFrames(result.file);
    expect(seen.map(({ code }) => code && [code.source, code.frame])).to.deep.equal(
      Array.from({ length: 120 }, (_, frame) => (frame < 75 ? [1, frame + 15] : [4, frame - 75 + 40])),
    );
    seen.forEach(({ timestamp }, frame) => {
      expect(timestamp).to.be.closeTo(frame / 30, 1e-4);
    });
    const sound = await readSound(result.file);
    // The source's second 1 is 15 frames after its in-point.
    expect(sound && findBeeps(sound.left, sound.sampleRate)[0]).to.be.closeTo(0.5, 0.01);

    const preview = engine.createPreview();
    preview.setDocument(document);
    let frame = 0;
    for await (const { pixels } of readPictures(result.file)) {
      if (frame === 20 || frame === 60 || frame === 100) {
        const bitmap = await preview.capture(frame);
        const context = new OffscreenCanvas(640, 360).getContext('2d');
        context?.drawImage(bitmap, 0, 0);
        const shown = context?.getImageData(0, 0, 640, 360);
        expect(shown && likeness(shown, pixels), `frame ${String(frame)}`).to.be.greaterThan(30);
      }
      frame += 1;
    }
    await result.release();
    expect(await filesLeft()).to.deep.equal([]);
  }).timeout(120_000);

  it('stops at once when it is cancelled, and leaves nothing behind', async () => {
    await add('count-720p.mp4');
    project.clip('video', 0, 150, from('count-720p.mp4'));
    const stop = new AbortController();
    const exporting = engineWith(workerWithoutEncoder()).export(
      {
        document: project.document({ width: 1280, height: 720 }),
        preset: { ...testPreset, height: 720 },
        format: byFfmpeg,
      },
      {
        signal: stop.signal,
        onProgress: ({ frame }) => {
          if (frame > 60) stop.abort();
        },
      },
    );
    expect((await failureOf(exporting)).code).to.equal('aborted');
    expect(await filesLeft()).to.deep.equal([]);
  }).timeout(120_000);

  it('says so before it begins when ffmpeg isn’t there', async () => {
    await add('count-silent.mp4');
    project.clip('video', 0, 30, from('count-silent.mp4'));
    const request = { document: project.document(), preset: testPreset, format: byFfmpeg };
    const missing = await failureOf(engineWith(workerWithoutEncoder(), '/nowhere/ffmpeg-core.js').export(request));
    expect(missing.code).to.equal('converter-unavailable');
    const none = await failureOf(engineWith(workerWithoutEncoder(), null).export(request));
    expect(none.code).to.equal('encoder-unavailable');
  }).timeout(60_000);
});
