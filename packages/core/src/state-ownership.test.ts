/** Four kinds of state, each with one owner: a copy in another's is a second truth that will differ one day. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { InfiniteQueryObserver, QueryObserver } from '@tanstack/query-core';
import { createProjectDocument } from '../../testing/src/builders.js';
import { createTestSession, type TestSession } from '../../testing/src/create-test-session.js';
import type { ProjectSession } from './project-session.js';

/** Every object and text that can be reached from a value, with the way to it. */
function* reachable(
  value: unknown,
  path: string,
  seen: Set<unknown> = new Set(),
): Generator<readonly [string, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  for (const [key, inner] of entries) yield* reachable(inner, `${path}.${String(key)}`, seen);
}
const has = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value);

const isAsset = (value: unknown): boolean => has(value, 'blobKey', 'currentVersionId');
const isProject = (value: unknown): boolean => has(value, 'contentHash', 'isDraft');
const isCourse = (value: unknown): boolean => has(value, 'chapters');
const isDocument = (value: unknown): boolean =>
  has(value, 'settings', 'tracks', 'clips') || has(value, 'durationFrames', 'startFrame');
const isObjectUrl = (value: unknown): boolean => typeof value === 'string' && value.startsWith('blob:');
const isInterface = (value: unknown): boolean => has(value, 'playheadFrame') || has(value, 'viewMode');

function assertNone(value: unknown, owner: string, rules: Readonly<Record<string, (value: unknown) => boolean>>): void {
  for (const [path, inner] of reachable(value, owner)) {
    for (const [what, is] of Object.entries(rules)) assert.ok(!is(inner), `${path} holds ${what}`);
  }
}

describe('each kind of state has one owner', () => {
  let session: TestSession;
  let project: ProjectSession;
  const stops: (() => void)[] = [];

  before(async () => {
    session = createTestSession({
      assets: 6,
      projects: [{ id: 'lecture', title: 'Limits', document: createProjectDocument() }],
      courses: [
        { type: 'course.create', id: 'maths', title: 'Maths' },
        { type: 'chapter.create', id: 'week-1', courseId: 'maths', title: 'Week 1' },
      ],
      session: { autosave: { debounceMs: 5, closeMs: 20 } },
    });
    await session.seeded;
    const { queries, queryClient } = session;
    const lists = [
      new InfiniteQueryObserver(queryClient, queries.assets()),
      new InfiniteQueryObserver(queryClient, queries.projects()),
      ...[queries.asset('asset-1'), queries.project('lecture'), queries.outline('maths'), queries.storage()].map(
        (options) => new QueryObserver(queryClient, options as never),
      ),
    ];
    for (const observer of lists) stops.push(observer.subscribe(() => undefined));
    project = await session.openProject('lecture');
    // Everything that moves state about, once.
    session.actions.selectAssets(['asset-1', 'asset-2']);
    session.actions.setViewMode('list');
    await session.actions.renameAsset('asset-1', 'Renamed');
    await session.actions.tagAsset('asset-2', ['term 1']);
    await session.actions.deleteAssets(['asset-6']);
    await session.actions.importFiles([{ file: new Blob(['\x89PNG\r\n\x1a\n rest']), fileName: 'slide.png' }]);
    await project.addAssets(['asset-1', 'asset-2']);
    await session.actions.renameProject('lecture', 'Limits and continuity');
    const format = (await session.render.capabilities(1280, 720)).formats[0];
    const preset = session.render.presets[0];
    assert.ok(format && preset);
    const assetId = await session.actions.exportProject(project, { format, preset });
    await session.actions.addToChapter({ chapterId: 'week-1', target: { kind: 'asset', assetId }, title: 'Lecture' });
    await project.autosave.saveNow();
    await session.queryClient.refetchQueries();
  });

  after(async () => {
    for (const stop of stops) stop();
    await session.dispose();
  });

  it('slices hold ids and progress, never records of the back end and never documents', () => {
    assertNone(session.store.getState(), 'store', {
      'an asset': isAsset,
      'a project': isProject,
      'a course': isCourse,
      'a document': isDocument,
      'an object URL': isObjectUrl,
    });
  });

  it('the query cache holds what the back end says, never documents, interface state or object URLs', () => {
    const data = session.queryClient
      .getQueryCache()
      .getAll()
      .map((query) => ({ key: query.queryKey, data: query.state.data }));
    assert.ok(
      data.some(({ data: value }) => [...reachable(value, '')].some(([, inner]) => isAsset(inner))),
      'the test sees assets',
    );
    assertNone(data, 'cache', {
      'a document': isDocument,
      'interface state': isInterface,
      'an object URL': isObjectUrl,
    });
  });

  it('an editor holds the document and how it is looked at, never records of the back end', () => {
    const { state, ...view } = project.editor.store.getState();
    const records = [...state.document.records()];
    assert.ok(records.some(isDocument), 'the test sees the document');
    assertNone({ records, view, selection: state.selection }, 'editor', {
      'an asset': isAsset,
      'a project': isProject,
      'a course': isCourse,
      'an object URL': isObjectUrl,
    });
    assertNone(view, 'editor', { 'a document': (value) => value !== view.clipboard && isDocument(value) });
  });

  it('saving holds facts about saving, never what is saved', () => {
    assertNone(project.autosave.store.getState(), 'autosave', {
      'a document': isDocument,
      'a project': isProject,
      'an asset': isAsset,
    });
  });
});
