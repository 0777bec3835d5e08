/**
 * Exports that outlive their page, and videos that are published again: the engine and the browser are real.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LecternSession, ProjectSession } from '@lectern/core';
import { Demo } from './demo.js';
import { Studio } from './studio.js';

interface StudioElement extends HTMLElement {
  readonly activeProject: ProjectSession | null;
  readonly session: LecternSession | null;
}

/** What the page says of its exports. */
interface ExportLine {
  readonly name: string;
  readonly status: string;
  readonly fraction: number;
  readonly assetId: string | null;
  readonly frames: { readonly copied: number; readonly reused: number; readonly encoded: number } | null;
}

describe('exports', () => {
  let demo: Demo;
  let studio: Studio;

  before(async () => {
    demo = await Demo.start();
    studio = new Studio(demo);
  });
  after(() => demo.stop());

  const exports = (): Promise<readonly ExportLine[]> =>
    demo.page.evaluate(
      () =>
        document
          .querySelector<StudioElement>('video-studio')
          ?.session?.store.getState()
          .exports.jobs.map(({ name, status, fraction, assetId, outcome }) => ({
            name,
            status,
            fraction,
            assetId,
            frames: outcome?.frames ?? null,
          })) ?? [],
    );

  /** Waits until the first export is so. An encoder on a busy machine takes its time. */
  const reached = async (what: string, is: (line: ExportLine) => boolean): Promise<ExportLine> => {
    const end = Date.now() + 120_000;
    for (;;) {
      const [line] = await exports();
      if (line && is(line)) return line;
      assert.ok(Date.now() < end, `waited for ${what}: ${JSON.stringify(line)}`);
      await demo.page.waitForTimeout(50);
    }
  };

  const versions = (assetId: string): Promise<readonly number[]> =>
    demo.page.evaluate(async (id) => {
      const session = document.querySelector<StudioElement>('video-studio')?.session;
      return (await session?.backend.assets.versions(id))?.map(({ number }) => number) ?? [];
    }, assetId);

  let published = '';

  it('go on after a reload in their middle, and are stored once', async () => {
    await demo.open();
    await demo.importFiles(['count-h264-30.mp4']);
    const card = demo.page.locator('media-library [part~="item"]').filter({ hasText: 'count-h264-30.mp4' });
    await card.waitFor({ timeout: 30_000 });
    await card.click();
    await demo.page.getByRole('button', { name: 'Open in studio' }).first().click();
    await demo.page.waitForURL(/studio\.html/);
    await studio.ready();
    await studio.until(async () => (await studio.clips()).length === 1, 'the clip');
    // A title all along: every picture has to be composed, and takes long enough to be interrupted.
    await demo.page.evaluate(() => {
      const editor = document.querySelector<StudioElement>('video-studio')?.activeProject?.editor;
      editor?.run('clip.addText', { text: 'Why water rises', frame: 0, durationFrames: editor.document.totalFrames });
      // Video and title, again and again.
      const clipIds = [...(editor?.document.clips.keys() ?? [])];
      for (let copies = 0; copies < 5; copies += 1) editor?.run('clip.duplicate', { clipIds });
    });
    await studio.saved();
    await demo.page.locator('video-studio').getByRole('button', { name: 'Export', exact: true }).first().click();
    const dialog = studio.exportDialog();
    await dialog.getByRole('radio', { name: /mp4/i }).click({ timeout: 20_000 });
    await dialog.getByRole('textbox').fill('Capillarity');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await reached('some of it', ({ status, fraction }) => status === 'rendering' && fraction > 0.25);
    await demo.page.reload();
    await studio.ready();
    // Nobody presses anything: it goes on with its project.
    const done = await reached('the end', ({ status }) => status === 'done');
    assert.ok(done.frames && done.frames.reused > 0, JSON.stringify(done));
    published = done.assetId ?? '';
    assert.deepEqual(await versions(published), [1]);
    await demo.page
      .locator('video-studio')
      .getByRole('button', { name: /^Export: / })
      .click();
    const { file } = await demo.download(async () => {
      await dialog.getByRole('button', { name: 'Download' }).click();
    });
    const media = await demo.read(file);
    const total = await demo.page.evaluate(
      () => document.querySelector<StudioElement>('video-studio')?.activeProject?.editor.document.totalFrames,
    );
    assert.equal(media.video?.pictures.length, total);
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  it('update the published video: its asset keeps its id, gets a version, and little is encoded', async () => {
    await demo.page.evaluate(() => {
      const editor = document.querySelector<StudioElement>('video-studio')?.activeProject?.editor;
      const last = [...(editor?.document.clips.values() ?? [])]
        .filter(({ source }) => source.kind === 'text')
        .sort((a, b) => b.startFrame - a.startFrame)[0];
      if (last) editor?.run('clip.setText', { clipId: last.id, text: 'Why it rises' });
    });
    await studio.saved();
    await demo.page.locator('video-studio').getByRole('button', { name: 'Export', exact: true }).first().click();
    const dialog = studio.exportDialog();
    const update = dialog.getByRole('radio', { name: /^Update “Capillarity/ });
    await update.waitFor({ state: 'attached', timeout: 20_000 });
    assert.equal(await update.isChecked(), true);
    await dialog.getByRole('button', { name: 'Export', exact: true }).click({ timeout: 20_000 });
    const done = await reached('the end', ({ status }) => status === 'done');
    assert.equal(done.assetId, published);
    assert.deepEqual(await versions(published), [2, 1]);
    assert.ok(done.frames && done.frames.reused > done.frames.encoded, JSON.stringify(done.frames));
    await dialog.getByText(/^Only .+ were encoded anew\.$/).waitFor();
  });

  it('asked nothing of anybody else, and nothing went wrong', () => {
    demo.assertClean();
  });
});
