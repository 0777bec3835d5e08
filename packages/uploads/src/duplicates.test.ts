import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LecternError, type UploadEngine, type UploadItem } from '@lectern/ports';
import { contentHash } from './content-hash.js';
import { bytesOf, gate } from './test-support/gate.js';
import { UploadWorld, wav } from './test-support/upload-world.js';

let world: UploadWorld;
let engine: UploadEngine;
beforeEach(() => {
  world = new UploadWorld();
  engine = world.openTab({ onDuplicate: 'ask' });
});
afterEach(() => {
  world.close();
});

async function stored(file: Blob, fileName = 'first.wav'): Promise<UploadItem> {
  const item = world.add(engine, { file, fileName });
  await world.finish(engine, item.id);
  return item;
}

function verify(assetId: string, verifiedSha256: string): void {
  const row = world.store.rows.get(assetId) ?? assert.fail();
  world.store.rows.set(assetId, { ...row, verifiedSha256 });
}

describe('a file that is there already', () => {
  it('is likely the same when only its fingerprint says so, and waits for an answer', async () => {
    const first = await stored(wav());
    const parts = world.store.countOf('part');
    const item = world.add(engine, { fileName: 'again.wav' });
    const asking = await world.reaches(engine, item.id, 'duplicate');
    assert.deepEqual(asking.duplicates, [{ assetId: first.assetId, name: 'first.wav', certain: false }]);
    await world.rest();
    assert.equal(world.store.countOf('part'), parts, 'nothing is sent meanwhile');
  });

  it('is certainly the same when the store has verified its hash', async () => {
    const first = await stored(wav());
    verify(first.assetId, await contentHash(wav()));
    const item = world.add(engine);
    const asking = await world.reaches(engine, item.id, 'duplicate');
    assert.equal(asking.duplicates[0]?.certain, true);
  });

  it('is none when the store has verified another hash', async () => {
    const first = await stored(wav());
    verify(first.assetId, 'f'.repeat(64));
    const item = world.add(engine);
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.equal(world.store.rows.size, 2);
  });

  it('is none when it is in the trash', async () => {
    const first = await stored(wav());
    const row = world.store.rows.get(first.assetId) ?? assert.fail();
    world.store.rows.set(first.assetId, { ...row, deletedAt: '2026-01-01T00:00:00.000Z' });
    const item = world.add(engine);
    assert.equal((await world.finish(engine, item.id)).status, 'done');
  });

  it('is taken as it is: nothing is sent', async () => {
    const first = await stored(wav());
    const parts = world.store.countOf('part');
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'duplicate');
    engine.decide(item.id, { use: 'existing', assetId: first.assetId });
    const done = await world.finish(engine, item.id);
    assert.deepEqual([done.status, done.assetId], ['done', first.assetId]);
    assert.deepEqual([world.store.countOf('part'), world.store.rows.size], [parts, 1]);
    await world.rest();
    assert.deepEqual((await world.journal.rows('test', 'teacher')).rows, []);
  });

  it('is replaced by a version', async () => {
    const first = await stored(wav());
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'duplicate');
    engine.decide(item.id, { use: 'replace', assetId: first.assetId });
    const done = await world.finish(engine, item.id);
    assert.equal(done.assetId, first.assetId);
    assert.deepEqual([world.store.rows.size, world.store.versions.get(first.assetId)?.length], [1, 2]);
  });

  it('isn’t replaced by a file of another kind', async () => {
    const first = await stored(wav());
    const row = world.store.rows.get(first.assetId) ?? assert.fail();
    world.store.rows.set(first.assetId, { ...row, kind: 'video' });
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'duplicate');
    engine.decide(item.id, { use: 'replace', assetId: first.assetId });
    assert.equal(await world.codeOf(engine, item.id), 'file-type-unsupported');
  });

  it('is uploaded anyway', async () => {
    await stored(wav());
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'duplicate');
    engine.decide(item.id, { use: 'upload-anyway' });
    const done = await world.finish(engine, item.id);
    assert.deepEqual([done.duplicates, world.store.rows.size], [[], 2]);
  });

  it('is uploaded without a question where the request says so, or nobody says to ask', async () => {
    await stored(wav());
    const item = world.add(engine, { onDuplicate: 'upload-anyway' });
    await world.finish(engine, item.id);
    const silent = world.openTab();
    await world.finish(silent, world.add(silent).id);
    assert.equal(world.store.rows.size, 3);
  });

  it('is asked about again after a reload, and another tab may answer', async () => {
    const first = await stored(wav());
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'duplicate');
    engine.dispose();
    const [one, other] = [world.openTab(), world.openTab()];
    const asking = await world.reaches(one, item.id, 'duplicate');
    assert.equal(asking.duplicates[0]?.assetId, first.assetId);
    await world.reaches(other, item.id, 'duplicate');
    const elsewhere = [one, other].find((tab) => world.item(tab, item.id).elsewhere) ?? assert.fail();
    elsewhere.decide(item.id, { use: 'upload-anyway' });
    await world.reaches(one, item.id, 'done');
    await world.reaches(other, item.id, 'done');
  });

  it('can’t be told of a library that doesn’t answer, so it is sent', async () => {
    await stored(wav());
    world.store.fault = ({ call }) => (call === 'find' ? new LecternError('server') : null);
    const item = world.add(engine);
    assert.equal((await world.finish(engine, item.id)).status, 'done');
  });

  it('can be cancelled instead of answered', async () => {
    await stored(wav());
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'duplicate');
    engine.cancel(item.id);
    assert.equal(await world.codeOf(engine, item.id), 'aborted');
    assert.deepEqual((await world.journal.rows('test', 'teacher')).rows, []);
  });
});

describe('the same file twice in a batch', () => {
  async function pair(): Promise<{ sent: UploadItem; asking: UploadItem; open: () => void }> {
    const held = gate();
    world.store.beforeAnswer = ({ call }) => (call === 'part' ? held.passed : Promise.resolve());
    const [a, b] = engine.add([
      { file: wav(), fileName: 'a.wav' },
      { file: wav(), fileName: 'b.wav' },
    ]);
    assert.ok(a && b);
    await world.until(() => engine.items().some(({ status }) => status === 'duplicate'));
    const asking = engine.items().find(({ status }) => status === 'duplicate') ?? assert.fail();
    const open = (): void => {
      held.open();
    };
    return { sent: asking.id === a.id ? b : a, asking, open };
  }

  it('is asked about once, and sent once', async () => {
    const { sent, asking, open } = await pair();
    assert.deepEqual(asking.duplicates, [{ assetId: sent.assetId, name: sent.fileName, certain: false }]);
    engine.decide(asking.id, { use: 'existing', assetId: sent.assetId });
    open();
    const done = await world.finish(engine, asking.id);
    assert.deepEqual([done.assetId, world.store.rows.size], [sent.assetId, 1]);
  });

  it('is told of the one that is sent, however many there are', async () => {
    const { sent, asking, open } = await pair();
    const third = world.add(engine, { fileName: 'c.wav' });
    const waiting = await world.reaches(engine, third.id, 'duplicate');
    assert.deepEqual(
      waiting.duplicates.map(({ assetId }) => assetId),
      [sent.assetId],
    );
    for (const { id } of [asking, third]) engine.decide(id, { use: 'existing', assetId: sent.assetId });
    open();
    for (const { id } of [asking, third]) assert.equal((await world.finish(engine, id)).assetId, sent.assetId);
    assert.equal(world.store.rows.size, 1);
  });

  it('that was called off while it waited can be tried again', async () => {
    const { sent, asking, open } = await pair();
    engine.decide(asking.id, { use: 'existing', assetId: sent.assetId });
    engine.cancel(asking.id);
    open();
    await world.finish(engine, sent.id);
    engine.retry(asking.id);
    const again = await world.reaches(engine, asking.id, 'duplicate');
    assert.equal(again.duplicates[0]?.assetId, sent.assetId);
  });

  it('is sent after all when the other one doesn’t get there', async () => {
    const { sent, asking, open } = await pair();
    engine.decide(asking.id, { use: 'existing', assetId: sent.assetId });
    engine.cancel(sent.id);
    open();
    const done = await world.finish(engine, asking.id);
    assert.equal(done.assetId, asking.assetId);
    assert.deepEqual(world.stored(asking.assetId), await bytesOf(wav()));
  });

  it('becomes a version once the other one is there', async () => {
    const { sent, asking, open } = await pair();
    engine.decide(asking.id, { use: 'replace', assetId: sent.assetId });
    open();
    await world.finish(engine, asking.id);
    assert.deepEqual([world.store.rows.size, world.store.versions.get(sent.assetId)?.length], [1, 2]);
  });
});
