import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, LecternError, serialiseError } from '@lectern/ports';
import { createScriptedConnection } from '../../../testing/src/scripted-connection.js';
import { createScriptedOperations, type ScriptedOperations } from '../../../testing/src/scripted-operations.js';
import { createScriptedUploads } from '../../../testing/src/scripted-uploads.js';
import {
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '../../../testing/src/create-test-session.js';
import { QueryObserver } from '@tanstack/query-core';
import { queryKeys } from '../queries/query-keys.js';

let open: TestSession | null = null;
const stops: (() => void)[] = [];

async function begin(options: TestSessionOptions = {}): Promise<TestSession> {
  open = createTestSession(options);
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

const notices = (session: TestSession): string[] =>
  session.store.getState().notices.items.map(({ message }) => message.key);

describe('importing', () => {
  it('asks about duplicates of what somebody brings, never of anything else', async () => {
    const uploads = createScriptedUploads();
    const session = await begin({ uploads });
    const handle = { getFile: () => Promise.resolve(new Blob()) };
    const file = { file: new Blob(['x']), fileName: 'a.mp4', handle };
    await session.actions.importFiles([file]);
    await session.actions.importFiles([file], { sourceType: 'recording' });
    await session.actions.importFiles([file], { replaceAssetId: 'asset-1' });
    await session.actions.importFiles([file], { onDuplicate: 'upload-anyway' });
    assert.deepEqual(
      uploads.requests.map(({ onDuplicate }) => onDuplicate),
      ['ask', 'upload-anyway', 'upload-anyway', 'upload-anyway'],
    );
    assert.equal(uploads.requests[0]?.handle, handle);
  });

  it('shows what earlier pages left before anything changes', async () => {
    const session = await begin({ uploads: createScriptedUploads([{ id: 'a', status: 'needs-file' }]) });
    assert.equal(session.store.getState().uploads.items.length, 1);
    assert.deepEqual(notices(session), ['notice.uploadNeedsFile']);
  });

  it('tells of each upload that waits for somebody, once for each reason', async () => {
    const uploads = createScriptedUploads([{ id: 'a' }]);
    const session = await begin({ uploads });
    const error = serialiseError(new LecternError('unauthenticated'));
    uploads.set('a', { status: 'paused', error });
    uploads.set('a', { sentBytes: 1 });
    assert.deepEqual(notices(session), ['notice.uploadPaused']);
    const [told] = session.store.getState().notices.items;
    assert.equal(session.messages.error(told?.error).title, 'Sign in to go on with this upload');
    uploads.set('a', { status: 'sending', error: null });
    uploads.set('a', { status: 'duplicate' });
    uploads.set('a', { status: 'failed', error });
    assert.deepEqual(notices(session), ['notice.uploadPaused', 'notice.uploadDuplicate', 'notice.importFailed']);
  });

  it('says nothing of a pause that somebody asked for', async () => {
    const uploads = createScriptedUploads([{ id: 'a' }]);
    const session = await begin({ uploads });
    await session.actions.pauseUpload('a');
    assert.deepEqual(notices(session), []);
    assert.equal(session.store.getState().uploads.items[0]?.status, 'paused');
  });

  it('refuses another file than the one that was begun, in words about that', async () => {
    const session = await begin({
      uploads: createScriptedUploads([{ id: 'a', fileName: 'A.mp4', status: 'needs-file', sizeBytes: 3 }]),
    });
    await assert.rejects(session.actions.provideUploadFile('a', new Blob(['four'])), (error: unknown) => {
      assert.ok(isLecternError(error));
      assert.equal(session.messages.error(error).title, 'That isn’t the file that was begun');
      return true;
    });
    await session.actions.provideUploadFile('a', new Blob(['abc']));
    assert.equal(session.store.getState().uploads.items[0]?.status, 'sending');
  });

  it('cancels all that isn’t over', async () => {
    const uploads = createScriptedUploads([{ id: 'a' }, { id: 'b', status: 'duplicate' }, { id: 'c', status: 'done' }]);
    const session = await begin({ uploads });
    await session.actions.cancelAllUploads();
    assert.deepEqual(uploads.asked, ['cancel a', 'cancel b']);
  });
});

describe('work on many assets', () => {
  let operations: ScriptedOperations;
  const held = (fail: Readonly<Record<string, 'in-use' | 'forbidden'>> = {}): TestSessionOptions => ({
    assets: 20,
    operations: (assets) => (operations = createScriptedOperations(assets, { held: true, fail })),
  });
  const begun = async (count: number): Promise<void> => {
    for (let end = Date.now() + 5000; (await operations.list()).length < count;) {
      if (Date.now() > end) throw new Error('nothing began');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const ids = Array.from({ length: 20 }, (_, index) => `asset-${String(index + 1)}`);

  it('is the back end’s own, and few are done one by one', async () => {
    const session = await begin(held());
    await session.actions.deleteAssets(ids.slice(0, 3));
    assert.deepEqual(await operations.list(), []);
    const rest = session.actions.deleteAssets(ids.slice(3));
    await begun(1);
    await operations.advance();
    const { undo } = await rest;
    assert.equal((await session.reliableBackend.assets.list({})).total, 0);
    assert.deepEqual(notices(session), ['notice.assetsDeleted', 'notice.assetsDeleted']);
    const undone = undo();
    await begun(2);
    await operations.advance();
    await undone;
    assert.equal((await session.reliableBackend.assets.list({})).total, 17);
  });

  it('updates the cache at most every 100 ms, with the last word always', async () => {
    const session = await begin(held());
    const seen: number[] = [];
    const observer = new QueryObserver(session.queryClient, session.queries.operations());
    stops.push(
      observer.subscribe(({ data }) => {
        const [newest] = data ?? [];
        if (newest) seen.push(newest.done);
      }),
    );
    await until(() => observer.getCurrentResult().isSuccess, 'the list');
    const work = session.actions.tagAssets(ids, ['term 1']);
    await until(() => seen.length === 1, 'the beginning');
    await operations.advance();
    await work;
    await until(() => seen.at(-1) === 20, 'the end');
    assert.ok(seen.length <= 4, `the cache changed ${String(seen.length)} times`);
    assert.deepEqual(session.store.getState().operations.shownIds, []);
  });

  it('keeps what failed on show, throws the first failure with the operation that lists them, and undoes the rest', async () => {
    const session = await begin(held({ 'asset-2': 'in-use', 'asset-7': 'forbidden' }));
    const work = session.actions.deleteAssets(ids);
    const refused = assert.rejects(work, (error: unknown) => {
      assert.ok(isLecternError(error));
      assert.equal(error.code, 'in-use');
      assert.equal(typeof error.details['operationId'], 'string');
      return true;
    });
    await until(() => session.store.getState().operations.shownIds.length === 1, 'the operation');
    await operations.advance();
    await refused;
    const left = await session.reliableBackend.assets.list({});
    assert.deepEqual(left.items.map(({ id }) => id).sort(), ['asset-2', 'asset-7']);
    const [id] = session.store.getState().operations.shownIds;
    assert.ok(id);
    await session.actions.dismissOperation(id);
    assert.deepEqual(session.store.getState().operations.shownIds, []);
  });

  it('that is cancelled counts as done as far as it went', async () => {
    const session = await begin(held({ 'asset-2': 'in-use' }));
    const work = session.actions.deleteAssets(ids).catch(() => undefined);
    await until(() => session.store.getState().operations.shownIds.length === 1, 'the operation');
    await operations.advance(5);
    const [id] = session.store.getState().operations.shownIds;
    assert.ok(id);
    await session.actions.cancelOperation(id);
    await work;
    const notice = session.store.getState().notices.items[0];
    assert.deepEqual(notice?.message.params, { count: 4 });
  });

  it('takes a tag away again only from those that didn’t have it', async () => {
    const session = await begin({ assets: 12 });
    await session.reliableBackend.assets.update('asset-1', { tags: ['Exam'] });
    const some = ids.slice(0, 12);
    const { undo } = await session.actions.tagAssets(some, ['exam', ' ']);
    const tags = async (id: string): Promise<readonly string[]> => (await session.reliableBackend.assets.get(id)).tags;
    assert.deepEqual(await tags('asset-1'), ['Exam']);
    assert.ok((await tags('asset-3')).includes('exam'));
    await undo();
    assert.deepEqual(await tags('asset-1'), ['Exam']);
    assert.ok(!(await tags('asset-3')).includes('exam'));
  });
});

describe('the history of an asset', () => {
  it('is read, and a change is taken back through it', async () => {
    const session = await begin({ assets: 1 });
    await session.actions.renameAsset('asset-1', 'Renamed.mp4');
    const history = await session.queryClient.query(session.queries.assetHistory('asset-1') as never);
    const [rename] = history as readonly { readonly id: string; readonly action: string }[];
    assert.equal(rename?.action, 'rename');
    await session.actions.undoAssetChange('asset-1', rename.id);
    assert.notEqual((await session.reliableBackend.assets.get('asset-1')).name, 'Renamed.mp4');
    assert.ok(session.queryClient.getQueryState(queryKeys.assetHistory('asset-1'))?.isInvalidated);
  });

  it('has versions that are put in place again', async () => {
    const session = await begin({ assets: 1 });
    const { blobs, assets } = session.reliableBackend;
    await blobs.put('assets/asset-1/2', new Blob(['two']), { mimeType: 'video/mp4' });
    const facts = { mimeType: 'video/mp4', sizeBytes: 3, probe: null, posterKey: null };
    await assets.addVersion('asset-1', { blobKey: 'assets/asset-1/2', ...facts });
    const [, first] = await assets.versions('asset-1');
    assert.ok(first);
    await session.actions.restoreAssetVersion('asset-1', first.id);
    assert.equal((await assets.get('asset-1')).blobKey, first.blobKey);
    assert.deepEqual(notices(session), ['notice.versionRestored']);
  });
});

describe('the connection', () => {
  const away = { status: 'instead', name: 'School', reason: 'unreachable', reachable: false, error: null } as const;

  it('is connected for good where the back end knows no other', async () => {
    const session = await begin();
    assert.deepEqual(session.store.getState().connection, {
      state: { status: 'connected', name: session.backend.name },
      move: null,
    });
    assert.equal((await session.actions.retryConnection()).status, 'connected');
  });

  it('keeps how a move goes, at most every 100 ms, and what became of it', async () => {
    const connection = createScriptedConnection({ ...away, reachable: true });
    const session = await begin({ connection });
    const seen: string[] = [];
    stops.push(
      session.store.subscribe(({ connection: { move } }) => {
        seen.push(move?.status === 'running' ? String(move.progress?.moved ?? 'begun') : String(move?.status));
      }),
    );
    const moved = session.actions.moveWorkUp();
    await assert.rejects(
      session.actions.moveWorkUp(),
      (error: unknown) => isLecternError(error) && error.code === 'conflict',
    );
    const progress = { movedBytes: 1, totalBytes: 9, total: 9, name: 'x' };
    for (let count = 1; count <= 8; count += 1) connection.progress({ ...progress, moved: count });
    await until(() => seen.includes('8'), 'the progress');
    connection.progress({ ...progress, moved: 9 });
    connection.finish({ moved: 9, failed: [] });
    await moved;
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.deepEqual([...new Set(seen)], ['begun', '8', 'done']);
    await session.actions.dismissMove();
    assert.equal(session.store.getState().connection.move, null);
  });

  it('that changes sides lets everything be read again', async () => {
    const connection = createScriptedConnection(away);
    const session = await begin({ connection, assets: 1 });
    const observer = new QueryObserver(session.queryClient, session.queries.asset('asset-1'));
    stops.push(observer.subscribe(() => undefined));
    await until(() => observer.getCurrentResult().isSuccess, 'the asset');
    const before = observer.getCurrentResult().dataUpdatedAt;
    connection.set({ ...away, reachable: true });
    assert.equal(observer.getCurrentResult().dataUpdatedAt, before);
    connection.set({ status: 'connected', name: 'School' });
    await until(() => observer.getCurrentResult().dataUpdatedAt > before, 'another reading');
  });
});
