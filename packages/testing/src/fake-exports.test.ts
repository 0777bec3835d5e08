import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError, type ExportFormat, type ExportProgress, type ExportRequest } from '@lectern/ports';
import { createProjectDocument } from './builders.js';
import { createFakeExportDisk } from './fake-exports.js';
import { createFakeRenderEngine } from './fake-render-engine.js';

const format: ExportFormat = {
  container: 'mp4',
  videoCodec: 'avc',
  audioCodec: 'aac',
  mimeType: 'video/mp4',
  extension: 'mp4',
};
const document = createProjectDocument();
const [preset] = createFakeRenderEngine().presets;
const request: ExportRequest = { document, preset: preset ?? assert.fail('no preset'), format };
const id = '0b7c1f3e-7d1c-4c1e-9a63-2f64c0b9a001';
const aborted = (error: unknown): boolean => isLecternError(error) && error.code === 'aborted';

/** Begins an export and stops it once some of it is rendered. */
async function begun(engine: ReturnType<typeof createFakeRenderEngine>): Promise<void> {
  const control = new AbortController();
  const run = engine.export(request, {
    id,
    context: { projectId: 'lecture' },
    signal: control.signal,
    onProgress: ({ frame }) => {
      if (frame > document.totalFrames / 4) control.abort();
    },
  });
  await assert.rejects(run, aborted);
}

describe('exports of the fake engine', () => {
  it('keep what was made under a name when they are stopped, and go on from there', async () => {
    const engine = createFakeRenderEngine({ exportMs: 20 });
    await begun(engine);
    const [left] = await engine.unfinishedExports();
    assert.deepEqual([left?.id, left?.context, left?.request], [id, { projectId: 'lecture' }, request]);
    assert.ok(left && left.frame > document.totalFrames / 4 && left.frame < left.totalFrames);
    const frames: number[] = [];
    const result = await engine.export(request, { id, onProgress: ({ frame }) => frames.push(frame) });
    assert.equal(frames[0], left.frame);
    assert.deepEqual(result.frames, { copied: 0, reused: left.frame, encoded: left.totalFrames - left.frame });
    assert.deepEqual(await engine.unfinishedExports(), [], 'a page works on it until it is released');
    await result.release();
    assert.deepEqual(await engine.unfinishedExports(), []);
  });

  it('are found by the next page, finished ones that were never released, too', async () => {
    const disk = createFakeExportDisk();
    const first = createFakeRenderEngine({ exportMs: 20, disk });
    await begun(first);
    await first.export({ ...request }, { id: 'finished' });
    const next = createFakeRenderEngine({ disk });
    assert.deepEqual(
      (await next.unfinishedExports()).map((each) => each.id),
      [id],
    );
    first.dispose();
    const left = await next.unfinishedExports();
    assert.deepEqual(left.map((each) => each.id).sort(), [id, 'finished'].sort());
    assert.ok(left.some(({ frame, totalFrames }) => frame === totalFrames));
    await next.discardExport(id);
    await next.discardExport('nothing');
    assert.equal((await next.unfinishedExports()).length, 1);
  });

  it('run one at a time in all pages of a browser; the others say that they wait', async () => {
    const disk = createFakeExportDisk();
    const told: string[] = [];
    const listen =
      (page: string) =>
      ({ phase }: ExportProgress): void => {
        if (told.at(-1) !== `${page} ${phase}`) told.push(`${page} ${phase}`);
      };
    await Promise.all([
      createFakeRenderEngine({ disk }).export(request, { onProgress: listen('one') }),
      createFakeRenderEngine({ disk }).export(request, { onProgress: listen('two') }),
    ]);
    const of = (page: string): string[] => told.filter((line) => line.startsWith(page));
    assert.deepEqual(of('one'), ['one preparing', 'one rendering', 'one finishing']);
    assert.deepEqual(of('two'), ['two waiting', 'two preparing', 'two rendering', 'two finishing']);
    assert.ok(told.indexOf('one finishing') < told.indexOf('two preparing'));
  });
});
