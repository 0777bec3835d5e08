import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, type LecternErrorCode, type ProjectRevision } from '@lectern/ports';
import type { ClipId, TimelineDocument } from '@lectern/timeline';
import { printTimeline } from '@lectern/timeline/schema';
import { createProjectDocument } from '../../../testing/src/builders.js';
import { createTestSession, type TestSession } from '../../../testing/src/create-test-session.js';
import type { LecternSession } from '../session.js';
import type { ProjectSession } from '../project-session.js';

const sessions: LecternSession[] = [];

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.dispose()));
});

function begin(): TestSession {
  const session = createTestSession({
    projects: [{ id: 'lecture', title: 'Limits', document: createProjectDocument() }],
    session: { autosave: { debounceMs: 5, deadlineMs: 50, closeMs: 40 } },
  });
  sessions.push(session);
  return session;
}

const first = 'clip-1' as ClipId;
const nameOf = (document: TimelineDocument): string | undefined => document.clips.get(first)?.name;

/** Names the first clip and saves: one revision more. */
async function nameAndSave(project: ProjectSession, name: string): Promise<void> {
  project.editor.run('clip.rename', { clipId: first, name });
  await project.autosave.saveNow();
}

async function until(check: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const refuses = (code: LecternErrorCode) => (error: unknown) => isLecternError(error) && error.code === code;
const revisionsOf = (session: TestSession): Promise<readonly ProjectRevision[]> =>
  session.reliableBackend.projects.revisions('lecture');

/** A revision as somebody else, or a newer studio, might have left it. */
async function plant(session: TestSession, change: Readonly<Record<string, unknown>>): Promise<number> {
  const state = { ...printTimeline(createProjectDocument()), ...change };
  const { rev } = (await session.reliableBackend.projects.open('lecture')).project;
  const answer = await session.reliableBackend.projects.save({
    projectId: 'lecture',
    baseRev: rev,
    saveId: crypto.randomUUID(),
    hash: '0'.repeat(64),
    schemaVersion: state.schemaVersion,
    state: state as never,
    kind: 'auto',
    totalFrames: 0,
    durationSeconds: 0,
    assetIds: [],
  });
  assert.equal(answer.outcome, 'ok');
  return rev + 1;
}

describe('the versions of a project', () => {
  it('are read as they were saved, while the timeline stays what it is', async () => {
    const project = await begin().openProject('lecture');
    await nameAndSave(project, 'Second');
    assert.equal(nameOf(await project.versions.open(1)), 'Welcome');
    assert.equal(nameOf(await project.versions.open(2)), 'Second');
    assert.equal(nameOf(project.editor.document), 'Second');
  });

  it('come back as one edit that is saved as what it is, and that undo takes back', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    await nameAndSave(project, 'Second');
    await nameAndSave(project, 'Third');
    await project.versions.restore(1);
    assert.equal(nameOf(project.editor.document), 'Welcome');
    assert.equal(project.autosave.store.getState().pendingChanges, 0);
    assert.deepEqual(
      (await revisionsOf(session)).map(({ rev, kind }) => `${String(rev)} ${kind}`),
      ['4 restore', '3 manual', '2 manual', '1 auto'],
    );
    project.editor.undo();
    assert.equal(nameOf(project.editor.document), 'Third');
    project.editor.redo();
    assert.equal(nameOf(project.editor.document), 'Welcome');
  });

  it('change nothing when the timeline already is what it was', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    await project.versions.restore(1);
    assert.equal(project.editor.store.getState().canUndo, false);
    assert.equal((await revisionsOf(session)).length, 1);
  });

  it('end a drag that is under way before they come back', async () => {
    const project = await begin().openProject('lecture');
    await nameAndSave(project, 'Second');
    const gesture = project.editor.begin('move', { clipIds: [first], anchorClipId: first } as never);
    assert.notEqual(gesture, null);
    await project.versions.restore(1);
    assert.equal(project.editor.store.getState().gesture, 'none');
    assert.equal(nameOf(project.editor.document), 'Welcome');
  });

  it('come back while nobody answers, and are saved later', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    await nameAndSave(project, 'Second');
    session.setFaults({ fail: { 'projects.save': 'server' } });
    await project.versions.restore(1);
    assert.equal(nameOf(project.editor.document), 'Welcome');
    assert.equal(project.autosave.store.getState().pendingChanges, 1);
    session.setFaults({});
    await project.autosave.saveNow();
    assert.equal((await revisionsOf(session)).length, 3);
  });

  it('are told apart from what can’t be read, and nothing changes then', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    await assert.rejects(project.versions.open(99), refuses('not-found'));
    await assert.rejects(project.versions.restore(99), refuses('not-found'));
    session.setFaults({ fail: { 'projects.openRevision': 'offline' } });
    await assert.rejects(project.versions.open(1), refuses('offline'));
    session.setFaults({});
    const damaged = await plant(session, { tracks: 'none' });
    await assert.rejects(project.versions.open(damaged), refuses('corrupt'));
    await assert.rejects(project.versions.saveAsCopy(damaged), refuses('corrupt'));
    assert.equal(project.editor.store.getState().canUndo, false);
  });

  it('of a newer studio are refused rather than written back without what only it knows', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    const newer = await plant(session, { schemaVersion: 9999 });
    await assert.rejects(project.versions.open(newer), refuses('too-new'));
    await assert.rejects(project.versions.restore(newer), refuses('too-new'));
  });

  it('don’t come back in a tab that only watches', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    await nameAndSave(project, 'Second');
    project.editor.setReadOnly(true);
    await assert.rejects(project.versions.restore(1), refuses('forbidden'));
    assert.equal(nameOf(project.editor.document), 'Second');
  });

  it('don’t come back before a conflict is decided', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    await nameAndSave(project, 'Second');
    session.setFaults({ hang: ['projects.open'] });
    await plant(session, {});
    project.editor.run('clip.rename', { clipId: first, name: 'Mine' });
    session.setFaults({});
    await until(() => project.autosave.store.getState().remote === 'conflict', 'the conflict');
    await assert.rejects(project.versions.restore(1), refuses('conflict'));
    assert.equal(nameOf(project.editor.document), 'Mine');
  });

  it('are opened as projects of their own', async () => {
    const session = begin();
    const project = await session.openProject('lecture');
    await nameAndSave(project, 'Second');
    const copy = await project.versions.saveAsCopy(1);
    assert.equal(copy.title, 'Limits (copy)');
    const named = await project.versions.saveAsCopy(1, 'As it began');
    assert.equal(named.title, 'As it began');
    const opened = await session.openProject(named.id);
    assert.equal(nameOf(opened.editor.document), 'Welcome');
    assert.equal(nameOf(project.editor.document), 'Second');
  });
});
