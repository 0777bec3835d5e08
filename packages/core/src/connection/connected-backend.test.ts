import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { createLocalBackend, type LocalBackend } from '@lectern/adapter-local';
import {
  type AssetNotice,
  type Backend,
  type ConnectionState,
  type Identity,
  isLecternError,
  LecternError,
  type LecternErrorCode,
  type MoveProgress,
  type TransfersPort,
} from '@lectern/ports';
import type { AssetId, TimelineDocument } from '@lectern/timeline';
import { parseTimeline } from '@lectern/timeline/schema';
import { createNewAsset, createProjectDocument } from '../../../testing/src/builders.js';
import { type Faults, unreliable } from '../../../testing/src/unreliable.js';
import { saveRequestOf, usedAssetIds } from '../autosave/save-request.js';
import { relinkAssets } from '../project-file/relink-assets.js';
import { type ConnectedBackend, type ConnectedBackendOptions, createConnectedBackend } from './connected-backend.js';
import { memoryMoveNotes } from './move-notes.js';
import { isUuid } from './stable-id.js';

const opened: Backend[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((backend) => backend.dispose()));
});

function memory(): LocalBackend {
  const backend = createLocalBackend({ storage: 'memory', databaseName: crypto.randomUUID() });
  opened.push(backend);
  return backend;
}

interface World {
  readonly local: LocalBackend;
  /** The far side as it is. */
  readonly cloud: LocalBackend;
  readonly backend: ConnectedBackend;
  /** What of the far side fails from now on. */
  readonly setFaults: (faults: Faults) => void;
  /** Another page of the same browser. */
  readonly page: (options?: Partial<ConnectedBackendOptions>) => ConnectedBackend;
}

function begin(faults: Faults = {}, options: Partial<ConnectedBackendOptions> = {}): World {
  const local = memory();
  const cloud = memory();
  const notes = memoryMoveNotes();
  let current = faults;
  const page = (more: Partial<ConnectedBackendOptions> = {}): ConnectedBackend => {
    const keep = { dispose: () => Promise.resolve() };
    const made = createConnectedBackend({
      name: 'cloud',
      remote: () => Object.assign(Object.create(unreliable(cloud, () => current)) as Backend, keep),
      local: Object.assign(Object.create(local) as Backend, keep),
      patienceMs: 200,
      lookEveryMs: 0,
      notes: () => notes,
      attempts: { retries: 2, waitMs: 1, stallMs: 1000 },
      ...options,
      ...more,
    });
    opened.push(made);
    return made;
  };
  return {
    local,
    cloud,
    backend: page(),
    page,
    setFaults(next) {
      current = next;
    },
  };
}

const down: Faults = { fail: { identity: 'offline', projects: 'offline' } };

async function started(backend: ConnectedBackend): Promise<ConnectionState> {
  await backend.assets.list({ limit: 1 });
  return backend.connection.state();
}

async function storeAsset(backend: Backend, id: string, text: string, more: object = {}): Promise<string> {
  const blobKey = `assets/${id}/${crypto.randomUUID()}`;
  const bytes = new Blob([text], { type: 'video/mp4' });
  await backend.blobs.put(blobKey, bytes, { mimeType: 'video/mp4' });
  await backend.assets.create(createNewAsset({ id, name: `${text}.mp4`, blobKey, sizeBytes: bytes.size, ...more }));
  return blobKey;
}

async function storeProject(
  backend: Backend,
  id: string,
  document: TimelineDocument,
  { baseRev = 0, title = 'Limits' } = {},
): Promise<void> {
  const answer = await backend.projects.save(
    await saveRequestOf(document, { projectId: id, baseRev, saveId: crypto.randomUUID(), kind: 'manual', title }),
  );
  assert.equal(answer.outcome, 'ok');
}

/** The small lecture over two assets of these ids. */
function lectureOf(first: string, second: string): TimelineDocument {
  const ids = new Map([
    ['asset-1', first],
    ['asset-2', second],
  ]);
  return relinkAssets(createProjectDocument(), ids);
}

async function textOf(backend: Backend, key: string): Promise<string> {
  return (await backend.blobs.get(key)).text();
}

function codeOf(error: unknown): LecternErrorCode | null {
  return isLecternError(error) ? error.code : null;
}

describe('the start', () => {
  it('goes to the back end that was asked for, and says its name', async () => {
    const { backend, cloud } = begin({}, { label: 'The school' });
    const id = crypto.randomUUID();
    await storeAsset(backend, id, 'here');
    assert.equal((await cloud.assets.get(id)).name, 'here.mp4');
    assert.deepEqual(backend.connection.state(), { status: 'connected', name: 'The school' });
  });

  for (const [what, faults, options, reason, code] of [
    ['none is configured', {}, { remote: null }, 'not-configured', undefined],
    ['nobody is signed in', { fail: { identity: 'unauthenticated' } }, {}, 'signed-out', 'unauthenticated'],
    ['it can’t be reached', down, {}, 'unreachable', 'offline'],
    [
      'somebody is remembered here, but nothing answers',
      { fail: { projects: 'offline' } },
      {},
      'unreachable',
      'offline',
    ],
    ['it never answers', { hang: ['projects'] }, {}, 'unreachable', 'timeout'],
    ['it isn’t set up', { fail: { projects: 'server' } }, {}, 'unreachable', 'server'],
  ] as const) {
    it(`begins in this browser when ${what}, and says so`, async () => {
      const { backend, local } = begin(faults, options);
      const id = crypto.randomUUID();
      await storeAsset(backend, id, 'here');
      assert.equal((await local.assets.get(id)).name, 'here.mp4');
      const state = backend.connection.state();
      assert.equal(state.status, 'instead');
      assert.equal(state.reason, reason);
      assert.equal(state.reachable, false);
      assert.equal(state.error?.code, code);
    });
  }

  it('counts an address that its maker refuses as none', async () => {
    const remote = (): Backend => {
      throw new LecternError('invalid-input', { details: { path: 'url', expected: 'an address' } });
    };
    const { backend } = begin({}, { remote });
    const state = await started(backend);
    assert.equal(state.status === 'instead' && state.reason, 'not-configured');
  });

  it('lets calls wait until it is decided, and calls off those whose signal fires', async () => {
    const { backend } = begin({ hang: ['projects'] }, { patienceMs: 60 });
    const controller = new AbortController();
    const given = backend.assets.list({}, { signal: controller.signal });
    controller.abort();
    await assert.rejects(given, (error) => codeOf(error) === 'aborted');
    assert.equal(backend.connection.state().status, 'connecting');
    assert.equal((await backend.assets.list({})).total, 0);
  });

  it('stays where it began when the session ends or the network goes later', async () => {
    const { backend, setFaults } = begin();
    assert.equal((await started(backend)).status, 'connected');
    setFaults({ fail: { assets: 'unauthenticated', identity: 'unauthenticated' } });
    await assert.rejects(backend.assets.list({}), (error) => codeOf(error) === 'unauthenticated');
    assert.equal((await backend.connection.retry()).status, 'connected');
  });

  it('disposes of both sides, also while it is still asking', async () => {
    const { page } = begin({ hang: ['identity'] }, { patienceMs: 60_000 });
    const backend = page();
    const waiting = backend.assets.list({});
    await backend.dispose();
    await backend.dispose();
    await waiting.catch(() => undefined);
  });
});

describe('trying again', () => {
  it('goes over when there is nothing to move, tells everybody, and forgets the other side', async () => {
    const { backend, cloud, local, setFaults } = begin(down);
    await started(backend);
    const states: ConnectionState[] = [];
    const notices: AssetNotice[] = [];
    const identities: (Identity | null)[] = [];
    backend.connection.subscribe((state) => states.push(state));
    backend.assets.subscribe((notice) => notices.push(notice));
    backend.identity.subscribe((identity) => identities.push(identity));
    assert.equal((await backend.connection.retry()).status, 'instead');
    setFaults({});
    assert.deepEqual(await backend.connection.retry(), { status: 'connected', name: 'cloud' });
    assert.deepEqual(states.at(-1), { status: 'connected', name: 'cloud' });
    assert.deepEqual(notices.at(-1), { type: 'assets-changed', ids: [] });
    assert.deepEqual(identities, [await cloud.identity.current()]);
    const before = notices.length;
    await storeAsset(local, crypto.randomUUID(), 'unheard');
    assert.equal(notices.length, before);
    await storeAsset(cloud, crypto.randomUUID(), 'heard');
    assert.equal(notices.length, before + 1);
  });

  it('moves nothing by itself, and stays here for the sake of what is here', async () => {
    const { backend, cloud, setFaults } = begin(down);
    const id = crypto.randomUUID();
    await storeAsset(backend, id, 'kept');
    setFaults({});
    const state = await backend.connection.retry();
    assert.equal(state.status === 'instead' && state.reachable, true);
    assert.equal((await cloud.assets.list({})).total, 0);
    assert.equal((await backend.assets.get(id)).name, 'kept.mp4');
  });

  it('stays here while something is open', async () => {
    let places = ['Limits'];
    const { backend, setFaults } = begin(down, { inUse: () => places });
    await started(backend);
    setFaults({});
    const state = await backend.connection.retry();
    assert.equal(state.status === 'instead' && state.reachable, true);
    places = [];
    assert.equal((await backend.connection.retry()).status, 'connected');
  });

  it('looks by itself every now and then, and when somebody signs in', async () => {
    const { backend, setFaults } = begin(down, { lookEveryMs: 5 });
    await started(backend);
    const over = new Promise<void>((resolve) => {
      backend.connection.subscribe(({ status }) => {
        if (status === 'connected') resolve();
      });
    });
    setFaults({});
    await over;

    let tell: (identity: Identity) => void = () => undefined;
    let signedIn = false;
    const cloud = memory();
    const identity: Backend['identity'] = {
      current: () => (signedIn ? cloud.identity.current() : Promise.reject(new LecternError('unauthenticated'))),
      subscribe: (listener) => {
        tell = listener;
        return () => undefined;
      },
    };
    const { backend: other } = begin(
      {},
      { remote: () => Object.assign(Object.create(cloud) as Backend, { identity }) },
    );
    assert.equal((await started(other)).status, 'instead');
    const signed = new Promise<void>((resolve) => {
      other.connection.subscribe(({ status }) => {
        if (status === 'connected') resolve();
      });
    });
    signedIn = true;
    tell(await cloud.identity.current());
    await signed;
  });
});

describe('moving up', () => {
  it('copies assets with all that belongs to them, under their ids', async () => {
    const { backend, local, cloud, setFaults } = begin(down);
    const id = crypto.randomUUID();
    const facts = { tags: ['term 1'], studioMetadata: { preset: 'hd' }, sourceType: 'export' as const };
    const first = await storeAsset(local, id, 'one', facts);
    const second = `assets/${id}/${crypto.randomUUID()}`;
    await local.blobs.put(second, new Blob(['two']), { mimeType: 'video/webm' });
    const poster = `posters/${id}/1`;
    await local.blobs.put(poster, new Blob(['picture']), { mimeType: 'image/webp' });
    const probe = (await local.assets.get(id)).probe;
    await local.assets.addVersion(id, {
      blobKey: second,
      mimeType: 'video/webm',
      sizeBytes: 3,
      probe,
      posterKey: poster,
      fingerprint: 'ab'.repeat(32),
    });
    await local.assets.restoreVersion(id, (await local.assets.versions(id))[1]?.id ?? '');
    await local.assets.update(id, { name: 'Lecture.mp4', posterKey: poster });
    await local.assets.link({ assetId: id, resourceType: 'lesson', resourceId: '7', label: 'Lesson 7' });
    setFaults({});
    assert.deepEqual(await backend.connection.moveUp(), { moved: 1, failed: [] });

    const there = await cloud.assets.get(id);
    assert.equal(there.name, 'Lecture.mp4');
    assert.deepEqual(there.tags, ['term 1']);
    assert.deepEqual(there.studioMetadata, { preset: 'hd' });
    assert.equal(there.sourceType, 'export');
    assert.deepEqual(
      (await cloud.assets.versions(id)).map(({ blobKey }) => blobKey),
      [first, second, first],
    );
    assert.equal(await textOf(cloud, second), 'two');
    assert.equal(await textOf(cloud, there.posterKey ?? ''), 'picture');
    assert.deepEqual(await cloud.assets.usage(id), [
      { assetId: id, resourceType: 'lesson', resourceId: '7', label: 'Lesson 7' },
    ]);
    assert.equal(backend.connection.state().status, 'connected');
    assert.deepEqual(await backend.connection.pending(), { assets: 0, projects: 0, courses: 0, bytes: 0 });
    assert.equal(await textOf(local, first), 'one', 'nothing here was removed');
  });

  it('copies projects and courses whose references hold', async () => {
    const { backend, local, cloud, setFaults } = begin(down);
    const [one, two, project, course, chapter] = Array.from({ length: 5 }, () => crypto.randomUUID()) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await storeAsset(local, one, 'one');
    await storeAsset(local, two, 'two');
    await storeProject(local, project, lectureOf(one, two));
    await local.projects.describe(project, { description: 'What a limit is', isDraft: false, lastExportId: two });
    await local.courses.apply({ type: 'course.create', id: course, title: 'Analysis' });
    await local.courses.apply({ type: 'chapter.create', id: chapter, courseId: course, title: 'Limits' });
    for (const [title, target] of [
      ['The lecture', { kind: 'project', projectId: project }],
      ['The song', { kind: 'asset', assetId: two }],
    ] as const)
      await local.courses.apply({ type: 'item.attach', id: crypto.randomUUID(), chapterId: chapter, title, target });
    setFaults({});
    assert.deepEqual(await backend.connection.pending(), { assets: 2, projects: 1, courses: 1, bytes: 6 });
    assert.deepEqual(await backend.connection.moveUp(), { moved: 4, failed: [] });

    const there = await cloud.projects.open(project);
    const here = await local.projects.open(project);
    assert.deepEqual(there.state, here.state);
    assert.equal(there.project.contentHash, here.project.contentHash);
    assert.equal(there.project.description, 'What a limit is');
    assert.equal(there.project.isDraft, false);
    assert.equal(there.project.lastExportId, two);
    assert.deepEqual(
      (await cloud.assets.usage(one)).map(({ resourceType }) => resourceType),
      ['project'],
    );
    const outline = await cloud.courses.outline(course);
    assert.deepEqual(outline.chapters[0]?.items, (await local.courses.outline(course)).chapters[0]?.items);
  });

  it('gives what has no UUID one of its own, and its references with it', async () => {
    const { backend, local, cloud, setFaults } = begin(down);
    await storeAsset(local, 'asset-1', 'one', { studioMetadata: { project_id: 'demo' } });
    await storeAsset(local, 'asset-2', 'two');
    await storeProject(local, 'demo', createProjectDocument());
    await local.courses.apply({ type: 'course.create', id: 'course', title: 'Analysis' });
    await local.courses.apply({ type: 'chapter.create', id: 'chapter', courseId: 'course', title: 'Limits' });
    const target = { kind: 'project', projectId: 'demo' } as const;
    await local.courses.apply({ type: 'item.attach', id: 'item', chapterId: 'chapter', title: 'Demo', target });
    setFaults({});
    assert.deepEqual((await backend.connection.moveUp()).failed, []);

    const [project] = (await cloud.projects.list({})).items;
    const assets = (await cloud.assets.list({})).items;
    assert.ok(project);
    assert.ok([project.id, ...assets.map(({ id }) => id)].every(isUuid));
    const { document } = parseTimeline((await cloud.projects.open(project.id)).state);
    assert.deepEqual([...document.assets.keys()].sort(), assets.map(({ id }) => id as AssetId).sort());
    assert.deepEqual(usedAssetIds(document), assets.map(({ id }) => id).sort());
    assert.ok(assets.some(({ studioMetadata }) => studioMetadata['project_id'] === project.id));
    const [course] = await cloud.courses.list();
    const outline = await cloud.courses.outline(course?.id ?? '');
    assert.deepEqual(outline.chapters[0]?.items[0]?.target, { kind: 'project', projectId: project.id });
    assert.deepEqual(await backend.connection.moveUp(), { moved: 0, failed: [] });
  });

  it('says how far it is', async () => {
    const { backend, local, setFaults } = begin(down);
    for (const text of ['first', 'second']) await storeAsset(local, crypto.randomUUID(), text);
    setFaults({});
    const seen: MoveProgress[] = [];
    await backend.connection.moveUp({ onProgress: (progress) => seen.push(progress) });
    const { name, ...end } = seen.at(-1) ?? { name: '' };
    assert.deepEqual(end, { movedBytes: 11, totalBytes: 11, moved: 2, total: 2 });
    // Made within a millisecond, either may be the last one.
    assert.match(name, /^(first|second)\.mp4$/);
    assert.ok(seen.every(({ movedBytes, totalBytes }) => movedBytes <= totalBytes));
  });

  it('stops for nothing that fails; that stays here, and what needs it waits for it', async () => {
    const { backend, local, cloud, setFaults, page } = begin(down);
    const [good, bad, project, course] = Array.from({ length: 4 }, () => crypto.randomUUID()) as [
      string,
      string,
      string,
      string,
    ];
    const badKey = await storeAsset(local, bad, 'bad');
    await storeAsset(local, good, 'good');
    await storeProject(local, project, lectureOf(bad, good));
    await local.courses.apply({ type: 'course.create', id: course, title: 'Analysis' });
    const refused = refusingKey(transfersOf(cloud), badKey);
    const remote = (): Backend => Object.assign(Object.create(cloud) as Backend, { transfers: refused, dispose: done });
    const first = page({ remote });
    setFaults({});
    const report = await first.connection.moveUp();
    assert.deepEqual(
      report.failed.map(({ name, error }) => [name, error.code]),
      [
        ['bad.mp4', 'file-too-large'],
        ['Limits', 'source-missing'],
      ],
    );
    assert.equal(report.moved, 2);
    assert.deepEqual(await first.connection.pending(), { assets: 1, projects: 1, courses: 0, bytes: 3 });
    await assert.rejects(cloud.projects.open(project), (error) => codeOf(error) === 'not-found');
    assert.deepEqual(await backend.connection.moveUp(), { moved: 2, failed: [] });
    assert.equal((await cloud.projects.open(project)).project.title, 'Limits');
  });

  it('goes on where it was broken off, at whatever call that was', async () => {
    for (let broken = 1; ; broken += 1) {
      const { local, cloud, page, backend } = begin(down);
      const [one, two, project, course, chapter] = Array.from({ length: 5 }, () => crypto.randomUUID()) as [
        string,
        string,
        string,
        string,
        string,
      ];
      await storeAsset(local, one, 'one');
      await storeAsset(local, two, 'two');
      await storeProject(local, project, lectureOf(one, two));
      await local.courses.apply({ type: 'course.create', id: course, title: 'Analysis' });
      await local.courses.apply({ type: 'chapter.create', id: chapter, courseId: course, title: 'Limits' });
      const target = { kind: 'project', projectId: project } as const;
      await local.courses.apply({
        type: 'item.attach',
        id: crypto.randomUUID(),
        chapterId: chapter,
        title: 'L',
        target,
      });

      // From that call on, the answers are lost: it was done, and nobody hears of it.
      const count = { calls: 0 };
      const dying = losingAnswers(cloud, count, broken);
      const first = page({ remote: () => dying, attempts: { retries: 0, waitMs: 1 } });
      await first.connection.moveUp().catch((error: unknown) => assert.equal(codeOf(error), 'offline'));
      const ended = count.calls < broken;
      await first.dispose();

      const second = page({ remote: () => Object.assign(Object.create(cloud) as Backend, { dispose: done }) });
      assert.deepEqual((await second.connection.moveUp()).failed, [], `broken off at call ${broken}`);
      assert.equal((await cloud.assets.list({})).total, 2, `broken off at call ${broken}`);
      for (const id of [one, two]) assert.equal((await cloud.assets.versions(id)).length, 1);
      assert.equal((await cloud.projects.open(project)).project.rev, 1);
      assert.equal((await cloud.projects.list({})).total, 1);
      const outline = await cloud.courses.outline(course);
      assert.equal(outline.chapters[0]?.items.length, 1);
      await backend.dispose();
      if (ended) break;
    }
  });

  it('goes over a hitch by itself, and gives up where nothing can be done', async () => {
    const { local, cloud, page } = begin(down);
    const id = crypto.randomUUID();
    await storeAsset(local, id, 'one');
    let left = 2;
    const fail: Partial<TransfersPort> = {
      reserve: (request, options) =>
        left-- > 0 ? Promise.reject(new LecternError('server')) : cloud.transfers.reserve(request, options),
    };
    const transfers = { ...transfersOf(cloud), ...fail };
    const backend = page({
      remote: () => Object.assign(Object.create(cloud) as Backend, { transfers, dispose: done }),
    });
    assert.deepEqual(await backend.connection.moveUp(), { moved: 1, failed: [] });
    const lost = begin({ fail: { identity: 'unauthenticated' } });
    await storeAsset(lost.local, id, 'one');
    await assert.rejects(lost.backend.connection.moveUp(), (error) => codeOf(error) === 'unauthenticated');
    lost.setFaults({ fail: { projects: 'server' } });
    await assert.rejects(lost.backend.connection.moveUp(), (error) => codeOf(error) === 'offline');
    assert.equal((await lost.backend.connection.pending()).assets, 1);
  });

  it('asks for another reservation where the first has run out', async () => {
    const { local, cloud, page } = begin(down);
    const id = crypto.randomUUID();
    const key = await storeAsset(local, id, 'one');
    const asked: string[] = [];
    const fail: Partial<TransfersPort> = {
      reserve: (request, options) => {
        asked.push(request.id);
        if (asked.length === 1) return Promise.reject(new LecternError('not-found'));
        return cloud.transfers.reserve(request, options);
      },
    };
    const transfers = { ...transfersOf(cloud), ...fail };
    const backend = page({
      remote: () => Object.assign(Object.create(cloud) as Backend, { transfers, dispose: done }),
    });
    assert.deepEqual(await backend.connection.moveUp(), { moved: 1, failed: [] });
    assert.equal(new Set(asked).size, 2);
    assert.equal(await textOf(cloud, key), 'one');
  });

  it('is called off when it is told so, and stays here', async () => {
    const { backend, local, setFaults } = begin(down);
    for (const text of ['one', 'two', 'three']) await storeAsset(local, crypto.randomUUID(), text);
    setFaults({});
    const controller = new AbortController();
    const moving = backend.connection.moveUp({
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await assert.rejects(moving, (error) => codeOf(error) === 'aborted');
    assert.equal(backend.connection.state().status, 'instead');
    assert.ok((await backend.connection.pending()).assets > 0);
    assert.deepEqual((await backend.connection.moveUp()).failed, []);
  });

  it('takes what is open along as it is, and goes over when it is closed', async () => {
    let places = ['Limits'];
    const saved: string[] = [];
    const { backend, local, cloud, setFaults } = begin(down, {
      inUse: () => places,
      saveOpen: async () => {
        if (saved.length === 0) await storeProject(local, project, lectureOf(one, two));
        saved.push('Limits');
      },
    });
    const [one, two, project] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await storeAsset(local, one, 'one');
    await storeAsset(local, two, 'two');
    setFaults({});
    assert.deepEqual(await backend.connection.moveUp(), { moved: 3, failed: [] });
    assert.equal(saved.length, 1);
    const state = backend.connection.state();
    assert.equal(state.status === 'instead' && state.reachable, true);
    await storeProject(local, project, lectureOf(two, one), { baseRev: 1 });
    assert.equal((await backend.connection.pending()).projects, 1, 'what was changed since then is to be moved again');
    assert.deepEqual(await backend.connection.moveUp(), { moved: 1, failed: [] });
    assert.equal((await cloud.projects.open(project)).project.rev, 2);
    places = [];
    assert.equal((await backend.connection.retry()).status, 'connected');
  });

  it('keeps both where somebody went on with a project over there', async () => {
    const { backend, local, cloud, setFaults } = begin(down);
    const project = crypto.randomUUID();
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    await storeAsset(local, one, 'one');
    await storeAsset(local, two, 'two');
    await storeProject(local, project, lectureOf(one, two));
    setFaults({});
    await backend.connection.moveUp();
    await storeProject(cloud, project, lectureOf(two, one), { baseRev: 1 });
    await storeProject(local, project, lectureOf(two, two), { baseRev: 1 });
    assert.deepEqual(await backend.connection.moveUp(), { moved: 1, failed: [] });
    const titles = (await cloud.projects.list({ sort: 'title' })).items.map(({ title }) => title);
    assert.deepEqual(titles, ['Limits', 'Limits (copy)']);
    assert.equal((await cloud.projects.open(project)).project.rev, 2, 'theirs is as it was');
    assert.deepEqual(await backend.connection.moveUp(), { moved: 0, failed: [] });
  });

  it('takes along what is found in this browser on a later page that began over there', async () => {
    const { backend, local, cloud } = begin();
    assert.equal((await started(backend)).status, 'connected');
    const id = crypto.randomUUID();
    await storeAsset(local, id, 'left');
    assert.equal((await backend.connection.pending()).assets, 1);
    const notices: AssetNotice[] = [];
    backend.assets.subscribe((notice) => notices.push(notice));
    assert.deepEqual(await backend.connection.moveUp(), { moved: 1, failed: [] });
    assert.equal((await cloud.assets.get(id)).name, 'left.mp4');
    assert.deepEqual(notices.at(-1), { type: 'assets-changed', ids: [] });
  });

  it('leaves the trash where it is', async () => {
    const { backend, local, setFaults } = begin(down);
    const id = crypto.randomUUID();
    await storeAsset(local, id, 'gone');
    await local.assets.remove(id);
    const project = crypto.randomUUID();
    await storeProject(local, project, createProjectDocument());
    await local.projects.remove(project);
    setFaults({});
    assert.deepEqual(await backend.connection.pending(), { assets: 0, projects: 0, courses: 0, bytes: 0 });
    assert.equal((await backend.connection.retry()).status, 'connected');
  });
});

const done = (): Promise<void> => Promise.resolve();

function refusingKey(transfers: TransfersPort, key: string): TransfersPort {
  const reserve: TransfersPort['reserve'] = (request, options) =>
    request.key === key ? Promise.reject(new LecternError('file-too-large')) : transfers.reserve(request, options);
  return { ...transfers, reserve };
}

function transfersOf({ transfers }: Backend): TransfersPort {
  return {
    resumable: transfers.resumable,
    reserve: (...args) => transfers.reserve(...args),
    send: (...args) => transfers.send(...args),
    cancel: (...args) => transfers.cancel(...args),
  };
}

/** Does what it is asked, and from the n-th writing call on says that it couldn't be reached. */
function losingAnswers(backend: Backend, count: { calls: number }, from: number): Backend {
  const writing = new Set([
    'create',
    'put',
    'update',
    'addVersion',
    'reserve',
    'send',
    'save',
    'describe',
    'apply',
    'link',
  ]);
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name): unknown {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          const result: unknown = await (value as (...all: unknown[]) => unknown).apply(target, args);
          if (!writing.has(String(name))) return result;
          count.calls += 1;
          if (count.calls >= from) throw new LecternError('offline');
          return result;
        };
      },
    });
  const { name, identity, operations } = backend;
  return {
    name,
    identity,
    operations,
    assets: wrap(backend.assets),
    blobs: wrap(backend.blobs),
    transfers: wrap(backend.transfers),
    projects: wrap(backend.projects),
    courses: wrap(backend.courses),
    dispose: done,
  };
}
