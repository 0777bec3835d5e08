import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, type LecternErrorCode } from '@lectern/ports';
import { createDocument, type TimelineDocument } from '@lectern/timeline';
import { parseTimeline, printTimeline, schemaVersion, stringifyTimeline } from '@lectern/timeline/schema';
import {
  createAssetRecord,
  createClip,
  createProbeFacts,
  createProjectDocument,
} from '../../../testing/src/builders.js';
import {
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '../../../testing/src/create-test-session.js';
import type { ProjectFileJson, ProjectFileProgress } from '../project-file/project-file.js';

const sessions: TestSession[] = [];

async function begin(options: TestSessionOptions = {}): Promise<TestSession> {
  const session = createTestSession(options);
  sessions.push(session);
  await session.seeded;
  return session;
}

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.dispose();
});

async function fixture(name: string, type: string): Promise<Blob> {
  return new Blob([await readFile(new URL(`../../../testing/fixtures/${name}`, import.meta.url))], { type });
}

/** A library with a video, a sound and a picture of real bytes, and a project of the first two. */
async function course(options: TestSessionOptions = {}): Promise<TestSession> {
  const session = await begin(options);
  const { assets, blobs, projects } = session.reliableBackend;
  for (const [id, name, file, kind, mimeType] of [
    ['asset-1', 'Lecture 1.mp4', 'count-silent.mp4', 'video', 'video/mp4'],
    ['asset-2', 'Theme.mp3', 'tone.mp3', 'audio', 'audio/mpeg'],
  ] as const) {
    const bytes = await fixture(file, mimeType);
    await blobs.put(`assets/${id}/1`, bytes, { mimeType });
    const probe = createProbeFacts({ kind, ...(kind === 'audio' ? { durationSeconds: 30 } : { durationSeconds: 60 }) });
    await assets.create({
      id,
      name,
      kind,
      mimeType,
      sizeBytes: bytes.size,
      sourceType: 'upload',
      probe,
      posterKey: null,
      blobKey: `assets/${id}/1`,
    });
  }
  const document = createProjectDocument();
  const state = printTimeline(document);
  await projects.save({
    projectId: 'limits',
    baseRev: 0,
    saveId: 'seed',
    hash: 'a'.repeat(64),
    schemaVersion: state.schemaVersion,
    state: state as never,
    kind: 'manual',
    title: 'Limits',
    description: 'First lecture',
    totalFrames: document.totalFrames,
    durationSeconds: 19,
    assetIds: ['asset-1', 'asset-2'],
  });
  return session;
}

async function openedDocument(session: TestSession, id: string): Promise<TimelineDocument> {
  return parseTimeline((await session.reliableBackend.projects.open(id)).state).document;
}

async function names(session: TestSession): Promise<readonly string[]> {
  return (await session.reliableBackend.assets.list({ sort: 'name' })).items.map(({ name }) => name);
}

async function projectCount(session: TestSession): Promise<number> {
  return (await session.reliableBackend.projects.list({})).total;
}

function notices(session: TestSession): readonly string[] {
  return session.store.getState().notices.items.map(({ message }) => session.messages.text(message));
}

async function refused(work: Promise<unknown>, code: LecternErrorCode): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(isLecternError(error), String(error));
    assert.equal(error.code, code);
    return true;
  });
}

describe('the file of a project', () => {
  it('has the saved head of a project that isn’t open, with what the library knows of its media', async () => {
    const session = await course();
    const { blob, fileName } = await session.actions.projectFile('limits', { media: false });
    assert.equal(fileName, 'Limits.lectern.json');
    const json = JSON.parse(await blob.text()) as ProjectFileJson;
    assert.equal(JSON.stringify(json.document), stringifyTimeline(createProjectDocument()));
    assert.deepEqual(
      json.assets.map(({ name, mimeType }) => [name, mimeType]),
      [
        ['Lecture 1.mp4', 'video/mp4'],
        ['Theme.mp3', 'audio/mpeg'],
      ],
    );
  });

  it('has the unsaved edits of an open one, given by its id or as it is', async () => {
    const session = await course();
    const project = await session.openProject('limits');
    project.editor.run('clip.delete', { clipIds: ['clip-1'] as never });
    await project.setDetails({ title: 'Limits, again' });
    for (const which of ['limits', project]) {
      const { blob, fileName } = await session.actions.projectFile(which, { media: false });
      assert.equal(fileName, 'Limits, again.lectern.json');
      const json = JSON.parse(await blob.text()) as ProjectFileJson;
      assert.equal(JSON.stringify(json.document), stringifyTimeline(project.editor.document));
      assert.equal(json.document.clips.length, 4);
    }
    await project.close();
  });

  it('can be had while the back end fails, and while it doesn’t answer', async () => {
    const session = await course({ session: { autosave: { closeMs: 20 } } });
    const project = await session.openProject('limits');
    project.editor.run('clip.delete', { clipIds: ['clip-1'] as never });
    for (const faults of [
      { fail: { assets: 'offline', blobs: 'offline', projects: 'offline', identity: 'unauthenticated' } },
      { hang: ['assets', 'blobs', 'projects', 'identity'] },
    ] as const) {
      session.setFaults(faults);
      const { blob } = await session.actions.projectFile(project, { media: false });
      const json = JSON.parse(await blob.text()) as ProjectFileJson;
      assert.equal(JSON.stringify(json.document), stringifyTimeline(project.editor.document));
      assert.deepEqual(
        json.assets.map(({ name }) => name),
        ['Lecture 1.mp4', 'Theme.mp3'],
      );
    }
    session.setFaults({});
    await project.close();
  });

  it('keeps what a later version wrote, open or not', async () => {
    const session = await course();
    const newer = { ...printTimeline(createProjectDocument()), schemaVersion: schemaVersion + 1, hologram: [1] };
    await session.reliableBackend.projects.save({
      projectId: 'newer',
      baseRev: 0,
      saveId: 'newer',
      hash: 'b'.repeat(64),
      schemaVersion: schemaVersion + 1,
      state: newer as never,
      kind: 'manual',
      title: 'Newer',
      totalFrames: 570,
      durationSeconds: 19,
      assetIds: [],
    });
    const written = async (): Promise<unknown> =>
      (JSON.parse(await (await session.actions.projectFile('newer', { media: false })).blob.text()) as ProjectFileJson)
        .document;
    assert.deepEqual(await written(), newer);
    const project = await session.openProject('newer');
    assert.deepEqual(await written(), newer);
    await project.close();
  });

  it('with media leaves out what is gone, and names it', async () => {
    const session = await course();
    await session.reliableBackend.blobs.delete('assets/asset-2/1');
    const { blob, fileName } = await session.actions.projectFile('limits', { media: true });
    assert.equal(fileName, 'Limits.lectern');
    assert.ok(blob.size > (await fixture('count-silent.mp4', '')).size);
    assert.match(notices(session).join(), /lacks 1 file.*Theme\.mp3/);
  });

  it('says how far it is, and stops when it is cancelled', async () => {
    const session = await course();
    const seen: ProjectFileProgress[] = [];
    await session.actions.projectFile('limits', { media: true, onProgress: (progress) => seen.push(progress) });
    assert.equal(seen[0]?.doneBytes, 0);
    assert.equal(seen.at(-1)?.doneBytes, seen.at(-1)?.totalBytes);
    const controller = new AbortController();
    const work = session.actions.projectFile('limits', {
      media: true,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await refused(work, 'aborted');
  });

  it('of a project that isn’t there can’t be had', async () => {
    const session = await course();
    await refused(session.actions.projectFile('nothing', { media: false }), 'not-found');
  });
});

describe('opening a project file', () => {
  it('in its own library makes a new draft of the same media, and stores nothing twice', async () => {
    const session = await course();
    for (const media of [false, true]) {
      const { blob } = await session.actions.projectFile('limits', { media });
      const project = await session.actions.openProjectFile(blob);
      assert.notEqual(project.id, 'limits');
      assert.deepEqual([project.title, project.description, project.isDraft], ['Limits', 'First lecture', true]);
      assert.equal(
        stringifyTimeline(await openedDocument(session, project.id)),
        stringifyTimeline(createProjectDocument()),
      );
    }
    assert.deepEqual(await names(session), ['Lecture 1.mp4', 'Theme.mp3']);
    assert.equal(await projectCount(session), 3);
    assert.match(notices(session).join(), /“Limits” was opened as a new draft/);
  });

  it('with its media in another library brings them in, once', async () => {
    const { blob } = await (await course()).actions.projectFile('limits', { media: true });
    const other = await begin();
    const seen: ProjectFileProgress[] = [];
    const project = await other.actions.openProjectFile(blob, { onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(await names(other), ['Lecture 1.mp4', 'Theme.mp3']);
    assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ['checking', 'importing']);
    const document = await openedDocument(other, project.id);
    assert.equal(document.clips.size, 5);
    const { items } = await other.reliableBackend.assets.list({});
    const ids = new Map(items.map(({ id, name }) => [name, id]));
    assert.deepEqual([...document.assets.keys()].sort(), [...ids.values()].sort());
    const lecture = await other.reliableBackend.assets.get(ids.get('Lecture 1.mp4') ?? '');
    const bytes = await other.reliableBackend.blobs.get(lecture.blobKey);
    assert.deepEqual(await bytes.arrayBuffer(), await (await fixture('count-silent.mp4', '')).arrayBuffer());
    assert.equal(other.uploads.items().length, 0, 'nothing is left in the list of uploads');

    const again = await other.actions.openProjectFile(blob);
    assert.deepEqual(await names(other), ['Lecture 1.mp4', 'Theme.mp3'], 'the same bytes are linked again');
    assert.equal(stringifyTimeline(await openedDocument(other, again.id)), stringifyTimeline(document));
  });

  it('keeps apart what only has the id of something here', async () => {
    const { blob } = await (await course()).actions.projectFile('limits', { media: true });
    const without = await (await course()).actions.projectFile('limits', { media: false });
    const other = await begin({ assets: [{ id: 'asset-1', kind: 'image', name: 'Mine.png', sizeBytes: 7 }] });
    const project = await other.actions.openProjectFile(blob);
    assert.deepEqual(await names(other), ['Lecture 1.mp4', 'Mine.png', 'Theme.mp3']);
    assert.ok(!(await openedDocument(other, project.id)).assets.has('asset-1' as never));
    const missing = await other.actions.openProjectFile(without.blob);
    assert.ok(!(await openedDocument(other, missing.id)).assets.has('asset-1' as never));
  });

  it('without its media in another library opens all the same, and names what is missing', async () => {
    const { blob } = await (await course()).actions.projectFile('limits', { media: false });
    const other = await begin();
    const project = await other.actions.openProjectFile(blob);
    assert.equal((await openedDocument(other, project.id)).clips.size, 5);
    assert.match(notices(other).join(), /2 files aren’t in this library: Lecture 1\.mp4, Theme\.mp3/);
    assert.deepEqual(await names(other), []);
  });

  it('takes media out of the trash instead of storing them twice', async () => {
    const session = await course();
    const { blob } = await session.actions.projectFile('limits', { media: true });
    await session.actions.deleteProject('limits');
    await session.actions.deleteAssets(['asset-1', 'asset-2']);
    await session.actions.openProjectFile(blob);
    assert.deepEqual(await names(session), ['Lecture 1.mp4', 'Theme.mp3']);
  });

  it('makes no project when a file of it can’t be stored, and names those that were', async () => {
    const { blob } = await (await course()).actions.projectFile('limits', { media: true });
    const sizes = [(await fixture('count-silent.mp4', '')).size, (await fixture('tone.mp3', '')).size];
    const other = await begin({ maxBytes: Math.max(...sizes) - 1 });
    await refused(other.actions.openProjectFile(blob), 'file-too-large');
    assert.equal(await projectCount(other), 0);
    const kept = await names(other);
    if (kept.length > 0) assert.match(notices(other).join(), new RegExp(`wasn’t opened.*${kept[0] ?? ''}`));
    assert.equal(other.uploads.items().length, 0);
  });

  it('names what it stored when the project itself can’t be saved', async () => {
    const { blob } = await (await course()).actions.projectFile('limits', { media: true });
    const other = await begin({ fail: { 'projects.save': 'quota-exceeded' } });
    await refused(other.actions.openProjectFile(blob), 'quota-exceeded');
    assert.equal(await projectCount(other), 0);
    assert.match(notices(other).join(), /wasn’t opened, but 2 files of it are in your library now/);
    assert.deepEqual(await names(other), ['Lecture 1.mp4', 'Theme.mp3']);
    other.setFaults({});
    await other.actions.openProjectFile(blob);
    assert.deepEqual(await names(other), ['Lecture 1.mp4', 'Theme.mp3'], 'the next try finds them');
  });

  it('stops when it is cancelled, whatever it is doing, and leaves no project', async () => {
    const { blob } = await (await course()).actions.projectFile('limits', { media: true });
    for (const phase of ['checking', 'importing'] as const) {
      const other = await begin();
      const controller = new AbortController();
      const work = other.actions.openProjectFile(blob, {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.phase === phase) controller.abort();
        },
      });
      await refused(work, 'aborted');
      assert.equal(await projectCount(other), 0);
      assert.deepEqual(await names(other), []);
      assert.equal(other.uploads.items().length, 0);
    }
  });

  it('refuses what is broken before anything is stored, and says which file it was', async () => {
    const { blob } = await (await course()).actions.projectFile('limits', { media: true });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const theme = new Uint8Array(await (await fixture('tone.mp3', '')).arrayBuffer());
    // The second file in it, so that the first was fine.
    const at = Buffer.from(bytes).indexOf(Buffer.from(theme.slice(0, 64)));
    bytes[at + 500] = (bytes[at + 500] ?? 0) ^ 1;
    const other = await begin();
    const broken = new File([bytes], 'Week 1.lectern');
    await assert.rejects(other.actions.openProjectFile(broken), (error: unknown) => {
      const { title, advice } = other.messages.error(error);
      assert.equal(title, '“Week 1.lectern” is damaged');
      assert.match(advice, /“media\/2-Theme\.mp3”/);
      return true;
    });
    assert.deepEqual([await names(other), await projectCount(other)], [[], 0]);
    const png = new File([await fixture('slide.png', '')], 'slide.png');
    await refused(other.actions.openProjectFile(png), 'file-type-unknown');
    await refused(other.actions.openProjectFile(new Blob([])), 'file-empty');
    assert.equal(await projectCount(other), 0);
  });

  it('keeps captions and pictures with the media that they belong to', async () => {
    const session = await course();
    const base = createProjectDocument();
    const document = createDocument({
      records: [
        ...base.records(),
        createAssetRecord('asset-3', { name: 'slide.png', kind: 'image' }),
        createClip({
          id: 'still',
          trackId: base.tracks.find((track) => track.kind === 'video')?.id ?? '',
          startFrame: 600,
          source: { kind: 'image', assetId: 'asset-3' as never },
        }),
        {
          type: 'caption-track',
          id: 'words' as never,
          assetId: 'asset-1' as never,
          language: 'en',
          label: 'English',
          status: 'reviewed',
          cues: [{ startSeconds: 0, endSeconds: 1, text: 'Welcome' }],
        },
      ],
    });
    const png = await fixture('slide.png', 'image/png');
    await session.reliableBackend.blobs.put('assets/asset-3/1', png, { mimeType: 'image/png' });
    await session.reliableBackend.assets.create({
      id: 'asset-3',
      name: 'slide.png',
      kind: 'image',
      mimeType: 'image/png',
      sizeBytes: png.size,
      sourceType: 'upload',
      probe: createProbeFacts({ kind: 'image' }),
      posterKey: null,
      blobKey: 'assets/asset-3/1',
    });
    const project = await session.openProject('limits');
    project.editor.load(document);
    const { blob } = await session.actions.projectFile(project, { media: true });
    await project.close();
    const other = await begin();
    const made = await openedDocument(other, (await other.actions.openProjectFile(blob)).id);
    const ids = new Map((await other.reliableBackend.assets.list({})).items.map(({ id, name }) => [name, id]));
    assert.equal(made.captionTracks[0]?.assetId, ids.get('Lecture 1.mp4'));
    const still = [...made.clips.values()].find(({ id }) => id === ('still' as never));
    assert.deepEqual(still?.source, { kind: 'image', assetId: ids.get('slide.png') });
  });
});
