/** Saving, as it shows: versions that come back, copies, another tab, and somebody else's save, under the strict policy. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { LecternSession, ProjectSession } from '@lectern/core';
import { Demo } from './demo.js';
import { Studio } from './studio.js';

interface StudioElement extends HTMLElement {
  readonly activeProject: ProjectSession | null;
  readonly session: LecternSession | null;
}

function manager(page: Page): Locator {
  return page.locator('video-studio autosave-manager');
}

function sentence(page: Page): Locator {
  return manager(page).locator('.state-button');
}

async function choose(page: Page, name: string): Promise<void> {
  if (!(await manager(page).getByRole('dialog', { name: 'Saving' }).isVisible())) await sentence(page).click();
  await manager(page).getByRole('button', { name, exact: true }).click();
}

/** Puts a title on the timeline as its menu does, and saves by hand. */
async function addTitle(page: Page, text: string, frame: number, save = true): Promise<void> {
  await page.evaluate(
    async ({ words, at, saves }) => {
      const project = document.querySelector<StudioElement>('video-studio')?.activeProject;
      project?.editor.run('clip.addText', { text: words, frame: at, durationFrames: 60 });
      if (saves) await project?.autosave.saveNow();
    },
    { words: text, at: frame, saves: save },
  );
}

/** Somebody else saves what this page has, with the first title in other words. */
async function saveElsewhere(page: Page, words: string): Promise<void> {
  await page.evaluate(async (text) => {
    const { activeProject, session } = document.querySelector('video-studio') as unknown as StudioElement;
    if (!activeProject || !session) throw new Error('nothing is open');
    const { project, schemaVersion, state } = await session.backend.projects.open(activeProject.projectId);
    const { clips, ...rest } = state as unknown as { readonly clips: readonly Record<string, unknown>[] };
    const [first, ...others] = clips;
    await session.backend.projects.save({
      projectId: project.id,
      baseRev: project.rev,
      saveId: crypto.randomUUID(),
      hash: crypto.randomUUID().replaceAll('-', '').repeat(2),
      schemaVersion,
      state: { ...rest, clips: [{ ...first, source: { kind: 'text', text } }, ...others] } as never,
      kind: 'auto',
      totalFrames: project.totalFrames,
      durationSeconds: project.durationSeconds,
      assetIds: [],
    });
  }, words);
}

describe('saving', () => {
  let demo: Demo;
  let studio: Studio;
  let page: Page;

  before(async () => {
    demo = await Demo.start();
    studio = new Studio(demo);
    page = demo.page;
    await studio.open();
  });
  after(() => demo.stop());

  async function titles(): Promise<readonly string[]> {
    return (await studio.clips()).flatMap((clip) => /“(.*)”/.exec(clip)?.[1] ?? []);
  }

  it('says when it saved, and lists each version', async () => {
    await addTitle(page, 'First', 600);
    await addTitle(page, 'Second', 700);
    await addTitle(page, 'Third', 800);
    await sentence(page)
      .filter({ hasText: /^\s*Saved/ })
      .waitFor();
    await choose(page, 'Version history…');
    const history = manager(page).getByRole('dialog', { name: 'Version history' });
    await history.getByRole('heading', { name: 'Today' }).waitFor();
    assert.ok((await history.locator('.version').count()) >= 3);
  });

  it('shows a picture of an earlier version and what restoring it changes', async () => {
    const history = manager(page).getByRole('dialog', { name: 'Version history' });
    const versions = history.locator('.version');
    await versions.nth(1).click();
    await history.getByText('1 clip removed: “Third”').waitFor();
    await history.locator('.picture[data-status="drawn"]').waitFor({ timeout: 20_000 });
  });

  it('restores it, which undo takes back', async () => {
    const history = manager(page).getByRole('dialog', { name: 'Version history' });
    await history.getByRole('button', { name: 'Restore this version' }).click();
    await history.waitFor({ state: 'hidden' });
    await studio.until(async () => !(await titles()).includes('Third'), 'the earlier version');
    await page.locator('video-studio').getByRole('button', { name: /^Undo/ }).first().click();
    await studio.until(async () => (await titles()).includes('Third'), 'the newer one again');
  });

  it('saves a copy and goes on in it', async () => {
    await choose(page, 'Save as copy…');
    const dialog = manager(page).getByRole('dialog', { name: 'Save as copy' });
    await dialog.getByRole('textbox').fill('The copy');
    await dialog.getByRole('button', { name: 'Save and open' }).click();
    await page.locator('video-studio').getByRole('textbox', { name: /title/i }).first().waitFor();
    await page.waitForFunction(
      () =>
        document.querySelector<StudioElement>('video-studio')?.activeProject?.details.getState().title === 'The copy',
    );
    assert.ok((await titles()).includes('Third'));
  });

  it('asks about what somebody else saved, by name, and keeps both when told to', async () => {
    await addTitle(page, 'Base', 0);
    // The same title in my words and in theirs: nothing that could be merged.
    await page.evaluate(() => {
      const project = document.querySelector<StudioElement>('video-studio')?.activeProject;
      for (const clip of project?.editor.document.clips.values() ?? [])
        if (clip.source.kind === 'text')
          project?.editor.run('clip.setText', { clipId: clip.id, text: `Mine ${clip.id}` });
    });
    await saveElsewhere(page, 'Theirs');
    const dialog = manager(page).getByRole('dialog', { name: 'Someone else saved this project' });
    await dialog.waitFor({ timeout: 20_000 });
    await dialog.getByText('Yours', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.match((await sentence(page).getAttribute('aria-label')) ?? '', /Someone else saved: choose/);
    await choose(page, 'Compare and choose…');
    await dialog.getByRole('button', { name: /^Keep both/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    await studio.until(async () => (await titles()).includes('Theirs'), 'their version');
    const all = await page.evaluate(async () => {
      const { session } = document.querySelector('video-studio') as unknown as StudioElement;
      return (await session?.backend.projects.list({}))?.items.map(({ title }) => title) ?? [];
    });
    assert.ok(all.includes('The copy (copy)'), all.join(', '));
  });

  it('watches what another tab does, and edits here when told to', async () => {
    const other = await demo.context.newPage();
    const projectId = await page.evaluate(
      () => document.querySelector<StudioElement>('video-studio')?.activeProject?.projectId ?? '',
    );
    await other.goto(`${demo.origin}/studio.html?project=${projectId}`);
    await sentence(other).waitFor();
    await manager(other)
      .getByRole('button', { name: /read-only here/ })
      .waitFor();
    await choose(other, 'Edit here');
    await manager(page)
      .getByRole('button', { name: /read-only here/ })
      .waitFor({ timeout: 15_000 });
    await other.close();
  });

  it('broke no policy and asked nobody else', () => {
    demo.assertClean();
  });
});
