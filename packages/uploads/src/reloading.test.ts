import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isLecternError, LecternError, type UploadEngine } from '@lectern/ports';
import type { UploadRow } from './upload-row.js';
import { bytesOf, gate } from './test-support/gate.js';
import { UploadWorld, wav } from './test-support/upload-world.js';

let world: UploadWorld;
beforeEach(() => {
  world = new UploadWorld();
});
afterEach(() => {
  world.close();
});

const noRoom = { estimateRoom: () => Promise.resolve({ quota: 100, usage: 100 }) };

/** Sends until that many parts were asked for, and closes the page. */
async function sendUntil(engine: UploadEngine, parts: number): Promise<void> {
  const held = gate();
  world.store.beforeAnswer = () => (world.store.countOf('part') > parts ? held.passed : Promise.resolve());
  await world.until(() => world.store.countOf('part') > parts);
  engine.dispose();
  held.open();
  await world.rest();
  world.store.beforeAnswer = () => Promise.resolve();
}

async function rowOf(id: string): Promise<UploadRow> {
  return (await world.journal.get(id)) ?? assert.fail(`there is no row ${id}`);
}

class NamedFile extends Blob {
  readonly lastModified: number;

  constructor(blob: Blob, lastModified: number) {
    super([blob]);
    this.lastModified = lastModified;
  }
}

describe('after a reload', () => {
  it('what was begun goes on by itself, with what is missing, as the same asset', async () => {
    const first = world.openTab();
    const file = wav(195);
    const item = world.add(first, { file, fileName: 'A talk.wav', tags: ['week 1'], sourceType: 'recording' });
    await sendUntil(first, 8);
    const next = world.openTab();
    await world.until(() => next.items().length === 1);
    const [again] = next.items();
    assert.deepEqual([again?.id, again?.assetId, again?.fileName], [item.id, item.assetId, 'A talk.wav']);
    await world.finish(next, item.id);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.deepEqual([world.store.countOf('reserve'), world.store.bytesTwice], [1, 0]);
    const row = world.store.rows.get(item.assetId);
    assert.deepEqual([row?.name, row?.sourceType], ['A talk.wav', 'recording']);
    assert.deepEqual(row?.probe?.kind, 'audio');
  });

  it('so does what was only waiting for its turn', async () => {
    const first = world.openTab({ files: 1 });
    const held = gate();
    world.store.beforeAnswer = ({ call }) => (call === 'part' ? held.passed : Promise.resolve());
    const items = [1, 2, 3, 4].map((seed) => world.add(first, { file: wav(100, seed) }));
    const statuses = (): string =>
      first
        .items()
        .map(({ status }) => status)
        .sort()
        .join();
    await world.untilNow(() => statuses() === 'queued,queued,queued,sending', 'all to wait for one');
    first.dispose();
    held.open();
    await world.rest();
    const next = world.openTab({ files: 1 });
    await world.until(() => next.items().length === 4);
    for (const { id } of items) assert.equal((await world.finish(next, id)).status, 'done');
    assert.equal(world.store.rows.size, 4);
  });

  it('a reservation whose answer was lost is asked for again, and is the same', async () => {
    const first = world.openTab();
    world.store.fault = ({ call }) => (call === 'reserve' ? 'unheard' : null);
    const item = world.add(first);
    await world.until(() => world.store.countOf('reserve') > 0);
    first.dispose();
    world.store.fault = () => null;
    const next = world.openTab();
    await world.until(() => next.items().length === 1);
    await world.finish(next, item.id);
    assert.equal(world.store.sessions.size, 1);
  });

  it('what was complete but not recorded is recorded, and nothing is sent', async () => {
    for (const makesRecords of [false, true]) {
      world.store.makesRecords = makesRecords;
      const first = world.openTab();
      world.store.fault = ({ call }) => (call === 'create' ? 'lost' : null);
      const item = world.add(first, { file: wav(100, Number(makesRecords)) });
      await world.until(() => world.store.requests.some(({ call, id }) => call === 'create' && id === item.assetId));
      first.dispose();
      world.store.fault = () => null;
      const parts = world.store.countOf('part');
      const next = world.openTab();
      await world.until(() => next.items().some(({ id }) => id === item.id));
      await world.finish(next, item.id);
      assert.equal(world.store.countOf('part'), parts);
      assert.equal(world.store.versions.get(item.assetId)?.length, 1);
      next.dispose();
    }
    assert.deepEqual(world.store.orphans, []);
  });

  it('what somebody paused stays paused, as far as it was', async () => {
    const first = world.openTab();
    const held = gate();
    world.store.beforeAnswer = ({ offset }) => (offset === 50 ? held.passed : Promise.resolve());
    const item = world.add(first);
    await world.until(() => world.item(first, item.id).sentBytes >= 60);
    first.pause(item.id);
    first.dispose();
    held.open();
    await world.rest();
    const next = world.openTab();
    const paused = await world.reaches(next, item.id, 'paused');
    assert.ok(paused.sentBytes >= 60);
    await world.rest();
    next.resume(item.id);
    await world.finish(next, item.id);
    assert.equal(world.store.bytesTwice, 0);
  });

  it('what failed is shown with its reason, and can be tried again', async () => {
    const first = world.openTab();
    world.store.fault = ({ call }) => (call === 'complete' ? 'lost' : null);
    const item = world.add(first);
    assert.equal(await world.codeOf(first, item.id), 'offline');
    first.dispose();
    world.store.fault = () => null;
    const next = world.openTab();
    const failed = await world.reaches(next, item.id, 'failed');
    assert.equal(failed.error?.code, 'offline');
    next.retry(item.id);
    await world.finish(next, item.id);
    assert.equal(world.store.bytesTwice, 0);
  });

  it('what was cancelled while nobody answered is taken away, and not shown', async () => {
    const first = world.openTab();
    world.store.fault = ({ call }) => (call === 'part' || call === 'cancel' ? 'lost' : null);
    const item = world.add(first);
    await world.until(() => world.store.countOf('part') > 0);
    first.cancel(item.id);
    assert.equal(await world.codeOf(first, item.id), 'aborted');
    assert.equal(world.store.openSessions, 1);
    first.dispose();
    world.store.fault = () => null;
    const next = world.openTab();
    await world.until(() => world.store.openSessions === 0);
    await world.rest();
    assert.deepEqual([next.items(), (await world.journal.rows('test', 'teacher')).rows], [[], []]);
  });

  it('an asset that is no more written down is done when its bytes are in the library', async () => {
    const first = world.openTab();
    const item = world.add(first);
    await world.finish(first, item.id);
    const second = world.openTab();
    await world.rest();
    assert.deepEqual(second.items(), []);
  });
});

describe('the uploads of another person', () => {
  it('are neither seen nor touched, and go on when they are back', async () => {
    const first = world.openTab();
    const file = wav(195);
    const item = world.add(first, { file });
    await sendUntil(first, 5);
    const before = await rowOf(item.id);
    world.store.signIn('guest');
    const next = world.openTab();
    const own = world.add(next, { file: wav(50, 9) });
    await world.finish(next, own.id);
    assert.deepEqual(
      next.items().map(({ id }) => id),
      [own.id],
    );
    assert.deepEqual(await rowOf(item.id), before);
    world.store.signIn('teacher');
    await world.until(() => world.find(next, item.id) !== undefined);
    assert.equal(world.find(next, own.id), undefined, 'what the other one did is theirs');
    await world.finish(next, item.id);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
  });

  it('stop when they leave in the middle', async () => {
    const engine = world.openTab();
    const held = gate();
    world.store.beforeAnswer = ({ offset }) => (offset === 50 ? held.passed : Promise.resolve());
    const item = world.add(engine);
    let code: unknown = null;
    engine.finished(item.id).catch((error: unknown) => {
      code = isLecternError(error) ? error.code : error;
    });
    await world.until(() => world.store.countOf('part') >= 6);
    world.store.signIn('guest');
    held.open();
    await world.until(() => engine.items().length === 0 && code !== null);
    assert.equal(code, 'aborted');
    const sent = world.store.countOf('part');
    await world.rest();
    assert.equal(world.store.countOf('part'), sent);
    assert.equal((await rowOf(item.id)).status, 'open');
  });

  it('of another back end on the same page are theirs as well', async () => {
    const first = world.openTab();
    world.add(first, { file: wav(195) });
    await sendUntil(first, 5);
    const other = world.openTab({ namespace: 'another' });
    await world.rest();
    assert.deepEqual(other.items(), []);
  });
});

describe('what is written down', () => {
  it('and can’t be read is shown as damaged, and cleared away', async () => {
    const first = world.openTab();
    const item = world.add(first, { fileName: 'A talk.wav' });
    await sendUntil(first, 2);
    const row = await rowOf(item.id);
    await world.journal.put({ ...row, blobKey: 7 } as unknown as UploadRow);
    const next = world.openTab();
    const broken = await world.reaches(next, item.id, 'failed');
    assert.deepEqual([broken.error?.code, broken.fileName], ['corrupt', 'A talk.wav']);
    next.retry(item.id);
    assert.equal(world.item(next, item.id).status, 'failed');
    next.clear();
    await world.rest();
    assert.deepEqual((await world.journal.rows('test', 'teacher')).broken, []);
  });

  it('by a newer version is left alone', async () => {
    const first = world.openTab();
    const item = world.add(first);
    await sendUntil(first, 2);
    const row = { ...(await rowOf(item.id)), schema: 2, moreThanWeKnow: true } as unknown as UploadRow;
    await world.journal.put(row);
    const next = world.openTab();
    await world.rest();
    assert.deepEqual(next.items(), []);
    next.clear();
    await world.rest();
    assert.equal(await world.journal.get(item.id), null, 'it is not read');
    await world.journal.put({ ...row, schema: 1 });
    assert.equal((await rowOf(item.id)).id, item.id, 'but it is still there');
  });

  it('can’t be, and the file comes in all the same', async () => {
    const full = { ...world.journal, put: () => Promise.reject(new LecternError('quota-exceeded')) };
    const engine = world.openTab({ journal: full });
    const item = world.add(engine);
    assert.equal((await world.finish(engine, item.id)).status, 'done');
  });
});

describe('a file without a snapshot', () => {
  it('is asked for after a reload, and only the same one is taken', async () => {
    const first = world.openTab(noRoom);
    const file = wav(195);
    const item = world.add(first, { file, fileName: 'A talk.wav' });
    await sendUntil(first, 8);
    assert.equal((await rowOf(item.id)).held, 'nothing');
    const next = world.openTab(noRoom);
    const asking = await world.reaches(next, item.id, 'needs-file');
    assert.equal(asking.error?.code, 'source-missing');
    const sent = world.store.countOf('part');
    for (const other of [wav(194), wav(195, 1)]) {
      await assert.rejects(
        next.provideFile(item.id, other),
        (error) => isLecternError(error) && error.code === 'invalid-input',
      );
    }
    assert.deepEqual([world.item(next, item.id).status, world.store.countOf('part')], ['needs-file', sent]);
    await next.provideFile(item.id, wav(195));
    await world.finish(next, item.id);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.equal(world.store.bytesTwice, 0);
  });

  it('that nobody gives can be cancelled', async () => {
    const first = world.openTab(noRoom);
    const item = world.add(first, { file: wav(195) });
    await sendUntil(first, 8);
    const next = world.openTab(noRoom);
    await world.reaches(next, item.id, 'needs-file');
    next.cancel(item.id);
    assert.equal(await world.codeOf(next, item.id), 'aborted');
    assert.equal(world.store.openSessions, 0);
  });

  it('since the disk was full when it was made goes on without one', async () => {
    const tight = {
      ...world.journal,
      put: (...[row, held]: Parameters<typeof world.journal.put>) =>
        held?.file ? Promise.reject(new LecternError('quota-exceeded')) : world.journal.put(row, held),
    };
    const engine = world.openTab({ journal: tight });
    const item = world.add(engine, { file: wav(195) });
    const held = gate();
    world.store.beforeAnswer = ({ call }) => (call === 'part' ? held.passed : Promise.resolve());
    await world.until(() => world.store.countOf('part') > 0);
    assert.equal((await rowOf(item.id)).held, 'nothing');
    held.open();
    assert.equal((await world.finish(engine, item.id)).status, 'done');
  });

  it('is read through its handle, where there is one', async () => {
    const file = new NamedFile(wav(195), 1000);
    const handle = { getFile: () => Promise.resolve(file) };
    const first = world.openTab(noRoom);
    const item = world.add(first, { file, handle });
    await sendUntil(first, 8);
    assert.equal((await rowOf(item.id)).held, 'handle');
    const next = world.openTab(noRoom);
    await world.until(() => next.items().length === 1);
    await world.finish(next, item.id);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
  });

  for (const [what, getFile] of [
    ['may not be read any more', () => Promise.reject(new DOMException('no', 'NotAllowedError'))],
    ['was changed', () => Promise.resolve(new NamedFile(wav(195), 2000))],
    ['has another size', () => Promise.resolve(new NamedFile(wav(190), 1000))],
    ['has other content', () => Promise.resolve(new NamedFile(wav(195, 3), 1000))],
  ] as const) {
    it(`is asked for when it ${what}`, async () => {
      const file = new NamedFile(wav(195), 1000);
      const handle: { getFile: () => Promise<Blob> } = { getFile: () => Promise.resolve(file) };
      const first = world.openTab(noRoom);
      const item = world.add(first, { file, handle });
      await sendUntil(first, 8);
      handle.getFile = getFile;
      const next = world.openTab(noRoom);
      await world.reaches(next, item.id, 'needs-file');
      await next.provideFile(item.id, wav(195));
      await world.finish(next, item.id);
      assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    });
  }

  it('whose handle wants a permission is read once somebody presses retry', async () => {
    const file = new NamedFile(wav(195), 1000);
    let state = 'granted';
    const handle = {
      getFile: () =>
        state === 'granted' ? Promise.resolve(file) : Promise.reject(new DOMException('no', 'NotAllowedError')),
      queryPermission: () => Promise.resolve(state),
      requestPermission: () => Promise.resolve((state = 'granted')),
    };
    const first = world.openTab(noRoom);
    const item = world.add(first, { file, handle });
    await sendUntil(first, 8);
    state = 'prompt';
    const next = world.openTab(noRoom);
    await world.reaches(next, item.id, 'needs-file');
    assert.equal(state, 'prompt', 'nobody is asked out of the blue');
    next.retry(item.id);
    await world.finish(next, item.id);
  });
});

describe('bytes that never leave this browser', () => {
  it('are not copied first, and wait for no network', async () => {
    world.store.resumable = false;
    world.network.online = false;
    let held = 0;
    const journal = {
      ...world.journal,
      put: (...args: Parameters<typeof world.journal.put>) => {
        held += 1;
        return world.journal.put(...args);
      },
    };
    const engine = world.openTab({ journal });
    const item = world.add(engine);
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.equal(held, 0);
  });

  it('are found again through their handle', async () => {
    world.store.resumable = false;
    const file = new NamedFile(wav(195), 1000);
    const first = world.openTab();
    const item = world.add(first, { file, handle: { getFile: () => Promise.resolve(file) } });
    await sendUntil(first, 8);
    assert.equal((await rowOf(item.id)).held, 'handle');
    const next = world.openTab();
    await world.until(() => next.items().length === 1);
    assert.equal((await world.finish(next, item.id)).status, 'done');
  });
});
