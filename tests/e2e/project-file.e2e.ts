/** A project leaves as a file and comes back: with its media in a browser that has none of it, and without them. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { Demo } from './demo.js';
import { Studio } from './studio.js';

function card(demo: Demo, title: string): Locator {
  return demo.page.locator('project-library [part~="item"]').filter({ hasText: title });
}

/** Makes a project of a video and a picture, called `title`, and goes to the projects. */
async function makeProject(demo: Demo, title: string): Promise<readonly string[]> {
  const studio = new Studio(demo);
  await demo.open();
  await demo.importFiles(['count-h264-30.mp4', 'slide.png']);
  const asset = (name: string): Locator => demo.page.locator('media-library [part~="item"]').filter({ hasText: name });
  await asset('count-h264-30.mp4').waitFor({ timeout: 30_000 });
  await asset('slide.png').waitFor({ timeout: 30_000 });
  await asset('count-h264-30.mp4').click();
  await asset('slide.png').click({ modifiers: ['ControlOrMeta'] });
  await demo.page.getByRole('button', { name: 'Open in studio' }).first().click();
  await demo.page.waitForURL(/studio\.html/);
  await studio.ready();
  await studio.until(async () => (await studio.clips()).length === 2, 'two clips');
  await demo.page.evaluate(async (name) => {
    const element = document.querySelector<HTMLElement & { activeProject: StudioProject }>('video-studio');
    await element?.activeProject.setDetails({ title: name });
    await element?.activeProject.autosave.saveNow();
  }, title);
  const clips = await studio.clips();
  await demo.open('projects.html');
  await card(demo, title).waitFor();
  return clips;
}

interface StudioProject {
  setDetails(details: { readonly title: string }): Promise<void>;
  readonly autosave: { saveNow(): Promise<void> };
}

async function downloadFromMenu(demo: Demo, title: string, line: string): Promise<{ file: string; name: string }> {
  await card(demo, title).click({ button: 'right' });
  return demo.download(() => demo.page.getByRole('menuitem', { name: line }).click());
}

/** Chooses a file in the dialog that *Open project file…* opens. */
async function chooseProjectFile(demo: Demo, file: string): Promise<void> {
  const [chooser] = await Promise.all([
    demo.page.waitForEvent('filechooser'),
    demo.page.getByRole('button', { name: 'Open project file…' }).first().click(),
  ]);
  await chooser.setFiles(file);
}

describe('a project file', () => {
  let here: Demo;
  let elsewhere: Demo;
  let clips: readonly string[];
  let withMedia: string;
  let without: string;

  before(async () => {
    here = await Demo.start();
  });
  after(async () => {
    await here.stop();
    await (elsewhere as Demo | undefined)?.stop();
  });

  it('is downloaded from the menu of a project, with and without its media', async () => {
    clips = await makeProject(here, 'Why water rises');
    const zip = await downloadFromMenu(here, 'Why water rises', 'Download with media');
    const json = await downloadFromMenu(here, 'Why water rises', 'Download project file');
    assert.deepEqual([zip.name, json.name], ['Why water rises.lectern', 'Why water rises.lectern.json']);
    [withMedia, without] = [zip.file, json.file];
    const video = await readFile(path.join(import.meta.dirname, '../../packages/testing/fixtures/count-h264-30.mp4'));
    assert.ok((await readFile(withMedia)).includes(video), 'the video is in it as it is');
    const { format, document } = JSON.parse(await readFile(without, 'utf8')) as {
      format: string;
      document: { clips: readonly unknown[] };
    };
    assert.deepEqual([format, document.clips.length], ['lectern-project', 2]);
  });

  it('opens in a browser that has nothing of it: the clips are there, and play', async () => {
    elsewhere = await Demo.start();
    await elsewhere.open('projects.html');
    await chooseProjectFile(elsewhere, withMedia);
    await elsewhere.page.waitForURL(/studio\.html\?project=/, { timeout: 30_000 });
    const studio = new Studio(elsewhere);
    await studio.ready();
    await studio.until(async () => (await studio.clips()).length === 2, 'two clips');
    assert.deepEqual(await studio.clips(), clips);
    await studio.seek(75);
    assert.deepEqual(await studio.shownCode(), { source: 1, frame: 75 });
    await elsewhere.page.keyboard.press('Space');
    await studio.until(
      async () => Number(await studio.playhead().getAttribute('aria-valuenow')) > 90,
      'the playhead to move on',
    );
    await elsewhere.open();
    for (const name of ['count-h264-30.mp4', 'slide.png'])
      await elsewhere.page.locator('media-library [part~="item"]').filter({ hasText: name }).waitFor();
  });

  it('opened again stores nothing twice, with or without its media', async () => {
    await elsewhere.open('projects.html');
    await card(elsewhere, 'Why water rises').waitFor();
    await chooseProjectFile(elsewhere, withMedia);
    await elsewhere.page.waitForURL(/studio\.html\?project=/, { timeout: 30_000 });
    await elsewhere.open();
    await elsewhere.page.locator('media-library [part~="item"]').filter({ hasText: 'slide.png' }).waitFor();
    assert.equal(await elsewhere.page.locator('media-library [part~="item"]').count(), 2);
  });

  it('without its media opens elsewhere too, and names what is missing', async () => {
    const third = await Demo.start();
    try {
      await third.open('projects.html');
      await chooseProjectFile(third, without);
      await third.page.getByText(/2 files aren’t in this library: count-h264-30\.mp4, slide\.png/).waitFor();
      await card(third, 'Why water rises').waitFor();
      third.assertClean();
    } finally {
      await third.stop();
    }
  });

  it('that is broken is refused in words, and nothing comes of it', async () => {
    await here.open('projects.html');
    await card(here, 'Why water rises').waitFor();
    const bytes = await readFile(withMedia);
    const half = withMedia.replace(/\.lectern$/, '-half.lectern');
    await writeFile(half, bytes.subarray(0, bytes.length / 2));
    await chooseProjectFile(here, half);
    await here.page.getByText(/half\.lectern” is incomplete/).waitFor();
    await here.dropFiles(['slide.png'], 'project-library');
    await here.page.getByText(/“slide\.png” isn’t a project file/).waitFor();
    assert.equal(await here.page.locator('project-library [part~="item"]').count(), 1);
  });

  it('needs nothing that a strict page forbids', () => {
    here.assertClean();
    elsewhere.assertClean();
  });
});
