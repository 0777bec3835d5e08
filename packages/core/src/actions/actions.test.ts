import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, type Asset, type CourseOutline, type Page } from '@lectern/ports';
import { InfiniteQueryObserver, QueryObserver, type InfiniteData } from '@tanstack/query-core';
import { createProjectDocument } from '../../../testing/src/builders.js';
import {
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '../../../testing/src/create-test-session.js';

let open: TestSession | null = null;
const stops: (() => void)[] = [];

async function begin(options: TestSessionOptions = {}): Promise<TestSession> {
  open = createTestSession({ assets: 3, ...options });
  await open.seeded;
  return open;
}

afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await open?.dispose();
  open = null;
});

async function until(check: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The library's list as an element would hold it. */
async function watchAssets(session: TestSession, deleted = false): Promise<() => readonly Asset[]> {
  const observer = new InfiniteQueryObserver(session.queryClient, session.queries.assets({ deleted }));
  stops.push(observer.subscribe(() => undefined));
  await until(() => observer.getCurrentResult().isSuccess, 'the list');
  return () =>
    (observer.getCurrentResult().data as InfiniteData<Page<Asset>> | undefined)?.pages.flatMap((page) => page.items) ??
    [];
}

describe('actions on assets', () => {
  it('show a new name before the back end has answered', async () => {
    const session = await begin();
    const names = await watchAssets(session);
    session.setFaults({ hang: ['assets.update'] });
    void session.actions.renameAsset('asset-1', '  Week\u00a01  ');
    await until(() => names().some((asset) => asset.name === 'Week 1'), 'the new name');
  });

  it('take a name back that the back end refuses', async () => {
    const session = await begin();
    const list = await watchAssets(session);
    const before = list().map((asset) => asset.name);
    session.setFaults({ fail: { 'assets.update': 'forbidden' } });
    await assert.rejects(
      session.actions.renameAsset('asset-1', 'Mine now'),
      (error: unknown) => isLecternError(error) && error.code === 'forbidden',
    );
    assert.deepEqual(
      list().map((asset) => asset.name),
      before,
    );
  });

  it('delete softly, tell it with an undo, and bring it back', async () => {
    const session = await begin();
    const list = await watchAssets(session);
    await session.actions.deleteAssets(['asset-1', 'asset-2']);
    await until(() => list().length === 1, 'a shorter list');
    const notice = session.store.getState().notices.items.find(({ message }) => message.key === 'notice.assetsDeleted');
    assert.ok(notice?.undo);
    await notice.undo();
    await until(() => list().length === 3, 'all of them');
  });

  it('keep what is in use, delete the rest, and name the places', async () => {
    const session = await begin();
    await session.reliableBackend.assets.link({
      assetId: 'asset-1',
      resourceType: 'lesson',
      resourceId: 'lesson-1',
      label: 'Week 1',
    });
    await assert.rejects(session.actions.deleteAssets(['asset-1', 'asset-2']), (error: unknown) => {
      assert.ok(isLecternError(error));
      assert.equal(error.code, 'in-use');
      assert.deepEqual(error.details['places'], ['Week 1']);
      return true;
    });
    const left = await session.reliableBackend.assets.list({});
    assert.deepEqual(left.items.map((asset) => asset.id).sort(), ['asset-1', 'asset-3']);
  });

  it('follow what another tab changed', async () => {
    const session = await begin();
    const list = await watchAssets(session);
    await session.reliableBackend.assets.update('asset-3', { name: 'From elsewhere' });
    await until(() => list().some((asset) => asset.name === 'From elsewhere'), 'the other change');
  });
});

describe('actions on courses', () => {
  it('show a chapter at once and take it back when it is refused', async () => {
    const session = await begin({ courses: [{ type: 'course.create', id: 'course-1', title: 'Analysis' }] });
    const observer = new QueryObserver(session.queryClient, session.queries.outline('course-1'));
    stops.push(observer.subscribe(() => undefined));
    await until(() => observer.getCurrentResult().isSuccess, 'the outline');
    const titles = (): string[] =>
      (observer.getCurrentResult().data as CourseOutline).chapters.map((chapter) => chapter.title);
    session.setFaults({ fail: { 'courses.apply': 'offline' } });
    const refused = session.actions.courseChange({
      type: 'chapter.create',
      id: 'c1',
      courseId: 'course-1',
      title: 'Limits',
    });
    await assert.rejects(refused);
    assert.deepEqual(titles(), []);
    session.setFaults({});
    const chapter = await session.actions.createChapter('course-1', 'Limits');
    await until(() => titles().includes('Limits'), 'the chapter');
    await session.actions.addToChapter({
      chapterId: chapter.id,
      target: { kind: 'asset', assetId: 'asset-1' },
      title: 'Lecture',
    });
    const usage = await session.reliableBackend.assets.usage('asset-1');
    assert.equal(usage[0]?.resourceType, 'chapter');
  });
});

describe('exporting', () => {
  it('puts the file into the library, linked to its project', async () => {
    const session = await begin({ projects: [{ id: 'p1', title: 'Lecture 1', document: createProjectDocument() }] });
    const project = await session.openProject('p1');
    const { formats } = await session.render.capabilities(1280, 720);
    const assetId = await session.actions.exportProject(project, {
      preset: session.render.presets[1]!,
      format: formats[0]!,
      name: 'Final cut',
    });
    const asset = await session.reliableBackend.assets.get(assetId);
    assert.equal(asset.sourceType, 'export');
    assert.equal(asset.name, 'Final cut.mp4');
    assert.equal(asset.studioMetadata['project_id'], 'p1');
    const [current] = session.store.getState().exports.jobs;
    assert.ok(current);
    assert.deepEqual([current.status, current.fraction], ['done', 1]);
    const opened = await session.reliableBackend.projects.open('p1');
    assert.equal(opened.project.lastExportId, assetId);
    await project.close();
  });

  it('stores nothing of a cancelled export', async () => {
    const session = await begin({
      projects: [{ id: 'p1', title: 'Lecture 1', document: createProjectDocument() }],
      render: { exportMs: 2000 },
    });
    const project = await session.openProject('p1');
    const { formats } = await session.render.capabilities(1280, 720);
    const done = session.actions.exportProject(project, { preset: session.render.presets[0]!, format: formats[0]! });
    await until(() => (session.store.getState().exports.jobs[0]?.fraction ?? 0) > 0, 'progress');
    await session.actions.cancelExport();
    await assert.rejects(done, (error: unknown) => isLecternError(error) && error.code === 'aborted');
    assert.equal(session.store.getState().exports.jobs[0]?.status, 'cancelled');
    const page = await session.reliableBackend.assets.list({ sourceTypes: ['export'] });
    assert.equal(page.total, 0);
    await project.close();
  });
});
