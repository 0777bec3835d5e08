import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { bytesOf, type Gate, gate } from './test-support/gate.js';
import { UploadWorld, wav } from './test-support/upload-world.js';

let world: UploadWorld;
let held: Gate;
beforeEach(() => {
  world = new UploadWorld();
  held = gate();
  world.store.beforeAnswer = ({ offset }) => (offset === 100 ? held.passed : Promise.resolve());
});
afterEach(() => {
  world.close();
});

describe('several tabs', () => {
  it('show what one of them sends, and only that one sends it', async () => {
    const [one, other] = [world.openTab(), world.openTab()];
    await world.rest();
    const file = wav(195);
    const item = world.add(one, { file });
    await world.until(() => (world.find(other, item.id)?.sentBytes ?? 0) >= 100);
    const seen = world.item(other, item.id);
    assert.deepEqual([seen.elsewhere, seen.status, seen.fileName], [true, 'sending', 'talk.wav']);
    assert.equal(world.item(one, item.id).elsewhere, false);
    held.open();
    assert.equal((await world.finish(other, item.id)).status, 'done');
    await world.finish(one, item.id);
    assert.equal(world.store.bytesReceived, 195);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
  });

  it('that open later are told how far it is', async () => {
    const one = world.openTab();
    const item = world.add(one, { file: wav(195) });
    await world.until(() => world.item(one, item.id).sentBytes >= 100);
    const late = world.openTab();
    await world.until(() => (world.find(late, item.id)?.sentBytes ?? 0) >= 100);
    assert.equal(world.item(late, item.id).elsewhere, true);
  });

  it('go on by themselves with what a tab that has died was sending', async () => {
    const [one, other] = [world.openTab(), world.openTab()];
    await world.rest();
    const file = wav(195);
    const item = world.add(one, { file });
    await world.until(() => world.find(other, item.id)?.status === 'sending');
    one.dispose();
    held.open();
    await world.until(() => !world.item(other, item.id).elsewhere);
    await world.finish(other, item.id);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.deepEqual([world.store.countOf('reserve'), world.store.bytesTwice], [1, 0]);
  });

  it('pass on what is asked of them to the one that sends', async () => {
    const [one, other] = [world.openTab(), world.openTab()];
    await world.rest();
    const item = world.add(one, { file: wav(195) });
    await world.until(() => world.find(other, item.id)?.status === 'sending');
    other.pause(item.id);
    await world.reaches(one, item.id, 'paused');
    await world.reaches(other, item.id, 'paused');
    held.open();
    other.resume(item.id);
    await world.reaches(one, item.id, 'done');
    const next = world.add(one, { file: wav(195, 1) });
    held = gate();
    await world.until(() => world.find(other, next.id)?.status === 'sending');
    other.cancel(next.id);
    await world.reaches(one, next.id, 'cancelled');
    held.open();
    await world.reaches(other, next.id, 'cancelled');
    assert.equal(await world.codeOf(other, next.id), 'aborted');
  });

  it('try again what was cancelled in another one, and go on with it when that dies', async () => {
    const [one, other] = [world.openTab(), world.openTab()];
    await world.rest();
    const item = world.add(one, { file: wav(195) });
    await world.until(() => world.find(other, item.id)?.status === 'sending');
    one.cancel(item.id);
    held.open();
    await world.reaches(other, item.id, 'cancelled');
    await world.rest();
    held = gate();
    other.retry(item.id);
    await world.until(() => world.find(other, item.id)?.status === 'sending');
    one.dispose();
    held.open();
    assert.equal((await world.finish(other, item.id)).elsewhere, false);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(wav(195)));
  });

  it('clear away together what failed', async () => {
    const [one, other] = [world.openTab(), world.openTab()];
    await world.rest();
    world.store.fault = ({ call }) => (call === 'complete' ? 'lost' : null);
    held.open();
    const item = world.add(one, { file: wav(195) });
    await world.reaches(other, item.id, 'failed');
    other.clear();
    await world.until(() => one.items().length === 0 && other.items().length === 0);
    world.store.fault = () => null;
    await world.until(() => world.store.openSessions === 0);
  });

  it('find the truth when the one that knew it is gone', async () => {
    const [one, other] = [world.openTab(), world.openTab()];
    await world.rest();
    const item = world.add(one, { file: wav(195) });
    await world.until(() => world.find(other, item.id)?.status === 'sending');
    // It finishes without a word.
    const row = (await world.journal.get(item.id)) ?? assert.fail();
    world.store.blobs.set(row.blobKey, await bytesOf(wav(195)));
    await world.store.assets.create({
      id: item.assetId,
      name: 'talk.wav',
      kind: 'audio',
      mimeType: 'audio/wav',
      sizeBytes: 195,
      sourceType: 'upload',
      probe: null,
      posterKey: null,
      blobKey: row.blobKey,
    });
    await world.journal.delete(item.id);
    one.dispose();
    assert.equal((await world.finish(other, item.id)).status, 'done');
  });

  it('take a file that somebody provides in any of them', async () => {
    const first = world.openTab({ estimateRoom: () => Promise.resolve({ quota: 0, usage: 0 }) });
    const item = world.add(first, { file: wav(195) });
    await world.until(() => world.item(first, item.id).sentBytes >= 100);
    first.dispose();
    held.open();
    const one = world.openTab();
    await world.reaches(one, item.id, 'needs-file');
    const other = world.openTab();
    await world.reaches(other, item.id, 'needs-file');
    assert.equal(world.item(other, item.id).elsewhere, true);
    await other.provideFile(item.id, wav(195));
    await world.reaches(one, item.id, 'done');
    await world.reaches(other, item.id, 'done');
  });
});
