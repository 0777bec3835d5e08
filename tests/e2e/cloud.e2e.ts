/** Lectern on a page whose site has a Supabase project: from any device, for each person their own, and whatever happens. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as esbuild from 'esbuild';
import type { LecternSession, ProjectSession } from '@lectern/core';
import { demoUsers } from '../../scripts/demo-supabase.mjs';
import { root } from '../../scripts/workspace.mjs';
import { CloudSite, type Device, longSound } from './cloud-site.js';
import { Studio } from './studio.js';

interface WithSession extends HTMLElement {
  readonly session: LecternSession | null;
  readonly activeProject: ProjectSession | null;
}

/** Puts a title on the timeline, or changes the first one's words, and saves. */
async function writeTitle(device: Device, text: string, { save = true } = {}): Promise<void> {
  await device.page.evaluate(
    async ({ words, saves }) => {
      const project = document.querySelector<WithSession>('video-studio')?.activeProject;
      if (!project) throw new Error('nothing is open');
      const title = [...project.editor.document.clips.values()].find(({ source }) => source.kind === 'text');
      if (title) project.editor.run('clip.setText', { clipId: title.id, text: words });
      else project.editor.run('clip.addText', { text: words, frame: 0, durationFrames: 60 });
      if (saves) await project.autosave.saveNow();
    },
    { words: text, saves: save },
  );
}

/** The pages of examples/supabase, as a site's bundler makes them, over this project. */
async function examplePages({
  url,
  key,
}: {
  readonly url: string;
  readonly key: string;
}): Promise<Record<string, string>> {
  const folder = path.join(root, 'examples/supabase');
  const settings = `export const url = ${JSON.stringify(url)}; export const publishableKey = ${JSON.stringify(key)}; export const signerUrl = '';`;
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(folder, 'page.js')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Where the packages are, as if they were installed.
    nodePaths: [path.join(root, 'packages/testing/node_modules'), path.join(root, 'node_modules')],
    alias: { lectern: path.join(root, 'packages/lectern/dist/index.js') },
    plugins: [
      {
        name: 'settings',
        setup(build) {
          build.onLoad({ filter: /supabase[\\/]settings\.js$/ }, () => ({ contents: settings }));
          // As the README says for strict pages: zod isn't to ask whether code may be made from text by trying it.
          build.onLoad({ filter: /zod[\\/]v4[\\/]core[\\/]util\.js$/ }, async ({ path: file }) => ({
            contents: (await readFile(file, 'utf8')).replace(/const F = Function;\s*new F\(""\);/, 'return false;'),
          }));
        },
      },
    ],
  });
  const text = (file: string): Promise<string> => readFile(path.join(folder, file), 'utf8');
  const oneTag = await text('one-tag.html');
  return {
    '/own/index.html': await text('index.html'),
    '/own/page.css': await text('page.css'),
    '/own/page.js': outputFiles[0]?.text ?? '',
    '/own/one-tag.html': oneTag.replace('https://your-project.supabase.co', url).replace('sb_publishable_…', key),
  };
}

describe('a site with a Supabase project', () => {
  let site: CloudSite;
  let laptop: Device;
  let desktop: Device;
  let projectId = '';
  let scratch = '';

  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'lectern-cloud-'));
    site = await CloudSite.start({ pages: examplePages });
    laptop = await site.device();
    desktop = await site.device();
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
    await site.stop();
  });

  it('begins in this browser and says so, and goes over as soon as somebody signs in', async () => {
    await laptop.open();
    await laptop.banner().getByText('you aren’t signed in').waitFor();
    await laptop.signIn('Teacher');
    await laptop.page.locator('course-outline', { hasText: 'Physics' }).waitFor();
    assert.equal(await laptop.banner().count(), 0);
  });

  it('uploads through the library, into the project’s own storage', async () => {
    await laptop.upload('count-vp9-30.webm', 'tone.mp3');
    for (const name of ['count-vp9-30.webm', 'tone.mp3']) await laptop.card(name).waitFor({ timeout: 30_000 });
    const { rows } = await site.demo.backend.admin.query<{ readonly count: string }>(
      `select count(*) from public.media_blobs b join public.media_files f on f.blob_key = b.key`,
    );
    assert.equal(Number(rows[0]?.count), 2);
  });

  it('cuts, saves and exports into the library', async () => {
    const studio = new Studio(laptop);
    await studio.open();
    await studio.insert('count-vp9-30.webm');
    await writeTitle(laptop, 'Why water rises');
    await studio.saved();
    projectId = await laptop.page.evaluate(
      () => document.querySelector<WithSession>('video-studio')?.activeProject?.projectId ?? '',
    );
    await studio.export({ preset: /Small|Draft|480|360/i, format: /WebM/, name: 'Water' });
    await laptop.open();
    await laptop.card('Water').waitFor({ timeout: 30_000 });
  });

  it('is all there on another device', async () => {
    await desktop.open();
    await desktop.signIn('Teacher');
    for (const name of ['count-vp9-30.webm', 'tone.mp3', 'Water']) await desktop.card(name).waitFor();
    const studio = new Studio(desktop);
    await studio.open(`?project=${projectId}`);
    const clips = await studio.clips();
    assert.ok(
      clips.some((clip) => clip.includes('“Why water rises”')),
      clips.join('\n'),
    );
    assert.ok(
      clips.some((clip) => clip.includes('count-vp9-30.webm')),
      clips.join('\n'),
    );
  });

  it('shows what the other device does while it does it', async () => {
    await desktop.open();
    await desktop.card('tone.mp3').waitFor();
    await laptop.upload('slide.png');
    await desktop.card('slide.png').waitFor({ timeout: 15_000 });
  });

  it('asks whose words count when two devices changed the same ones, and keeps both when told to', async () => {
    const [here, there] = [new Studio(laptop), new Studio(desktop)];
    await here.open(`?project=${projectId}`);
    await there.open(`?project=${projectId}`);
    await desktop.context.setOffline(true);
    await writeTitle(desktop, 'From the desktop', { save: false });
    await writeTitle(laptop, 'From the laptop');
    await desktop.context.setOffline(false);
    const dialog = desktop.page.getByRole('dialog', { name: 'Someone else saved this project' });
    await dialog.waitFor({ timeout: 45_000 });
    await dialog.getByRole('button', { name: /^Keep both/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    await there.until(
      async () => (await there.clips()).some((clip) => clip.includes('“From the laptop”')),
      'the other device’s words',
    );
    await desktop.open('projects.html');
    await desktop.page
      .locator('project-library')
      .getByText(/\(copy\)/)
      .first()
      .waitFor();
  });

  it('shows nobody else anything', async () => {
    const other = await site.device();
    await other.open();
    await other.signIn('Colleague');
    await other.page.locator('media-library', { hasText: 'Your library is empty' }).waitFor();
    const code = await other.page.evaluate(async (id) => {
      const { session } = document.querySelector('media-library') as unknown as WithSession;
      return session?.backend.projects.open(id).then(
        () => 'opened',
        (error: unknown) => (error as { readonly code?: string }).code,
      );
    }, projectId);
    assert.equal(code, 'not-found');
    await other.context.close();
  });

  it('goes on with an upload whose token runs out in the middle of it', async () => {
    await laptop.open();
    await laptop.card('tone.mp3').waitFor();
    // 19 MB: four requests of the resumable kind, each a little slow.
    const sound = longSound(100);
    const file = path.join(scratch, 'long.wav');
    await writeFile(file, sound);
    site.up(({ method }) => (method === 'PATCH' ? { kind: 'delay', milliseconds: 150 } : undefined));
    const claims = { sub: '11111111-1111-4111-8111-111111111111', role: 'authenticated', aud: 'authenticated', exp: 1 };
    const expired = await site.demo.backend.signToken(claims);
    const uploading = laptop.upload(file);
    const begun = (): boolean => site.proxy.seen.some(({ method }) => method === 'PATCH');
    for (const end = Date.now() + 15_000; !begun() && Date.now() < end;) await laptop.page.waitForTimeout(20);
    assert.ok(begun(), 'the upload has begun');
    // The page goes on believing in it, as it does after a laptop has slept.
    await laptop.page.evaluate((token) => {
      for (const key of Object.keys(localStorage).filter((name) => name.endsWith('-auth-token'))) {
        const session = JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, unknown>;
        localStorage.setItem(key, JSON.stringify({ ...session, access_token: token }));
      }
    }, expired);
    await uploading;
    await laptop.card('long.wav').waitFor({ timeout: 30_000 });
    const renewed = site.proxy.seen.some(({ path: asked }) => asked.startsWith('/auth/v1/token?grant_type=refresh'));
    assert.ok(renewed, 'a new token was asked for');
    site.up();
    const hash = await laptop.page.evaluate(async () => {
      const { session } = document.querySelector('media-library') as unknown as WithSession;
      const asset = (await session?.backend.assets.list({ search: 'long.wav' }))?.items[0];
      const bytes = await (await session?.backend.blobs.get(asset?.blobKey ?? ''))?.arrayBuffer();
      const digest = await crypto.subtle.digest('SHA-256', bytes ?? new ArrayBuffer(0));
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
    });
    assert.equal(hash, createHash('sha256').update(sound).digest('hex'));
  });

  it('keeps work in this browser when nobody is signed in, and moves it up when somebody asks', async () => {
    await laptop.signOut();
    await laptop.banner().getByText('you aren’t signed in').waitFor();
    assert.equal(await laptop.card('tone.mp3').count(), 0, 'what is theirs is gone from the screen');
    await laptop.upload('slide.jpg');
    await laptop.card('slide.jpg').waitFor();
    await laptop.signIn('Teacher');
    assert.match(await laptop.moveUp(), /1 item is now in/);
    await laptop.card('tone.mp3').waitFor();
    await laptop.card('slide.jpg').waitFor();
    assert.equal(await laptop.banner().count(), 0);
  });

  it('begins in this browser when the project can’t be reached, and moves the work up when it can', async () => {
    site.down();
    await desktop.open();
    await desktop.banner().getByText('can’t be reached').waitFor({ timeout: 15_000 });
    await desktop.upload('tone.wav');
    await desktop.card('tone.wav').waitFor();
    await desktop.banner().getByRole('button', { name: 'Try again' }).click();
    await desktop.banner().getByText('can’t be reached').waitFor();
    site.up();
    await desktop.banner().getByRole('button', { name: 'Try again' }).click();
    assert.match(await desktop.moveUp(), /1 item is now in/);
    for (const name of ['tone.wav', 'slide.jpg', 'Water']) await desktop.card(name).waitFor();
    await desktop.open();
    await desktop.card('tone.wav').waitFor();
    assert.equal(await desktop.banner().count(), 0);
  });

  it('is the same on the pages of the example, with the host’s own client and without a line of code', async () => {
    const device = await site.device();
    await device.open('own/index.html');
    await device.banner().getByText('you aren’t signed in to Our school').waitFor();
    const { email = '', password = '' } = demoUsers[0] ?? {};
    await device.page.getByLabel('Address').fill(email);
    await device.page.getByLabel('Password').fill(password);
    await device.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await device.card('tone.wav').waitFor();
    await device.open('own/one-tag.html');
    await device.card('tone.wav').waitFor();
    assert.equal(await device.banner().count(), 0);
  });
});
