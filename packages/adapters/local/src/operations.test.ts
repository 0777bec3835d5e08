import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Asset, Operation } from '@lectern/ports';
import { storeAsset } from '@lectern/ports/contracts';
import { createLocalBackend, type LocalBackend } from './local-backend.js';
import { MemoryRecordStore } from './records/memory-record-store.js';
import type { RecordStore } from './records/record-store.js';

const makeBackend = (): LocalBackend => createLocalBackend({ storage: 'memory' });

async function ended({ operations }: LocalBackend, id: string): Promise<Operation> {
  for (;;) {
    const operation = await operations.get(id);
    if (operation.status !== 'running') return operation;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('bulk work in the browser', () => {
  it('changes fifty assets in a transaction, and tells the library of each fifty', async () => {
    const backend = makeBackend();
    const ids = Array.from({ length: 120 }, (_, index) => `asset-${String(index)}`);
    for (const id of ids) await storeAsset(backend, id);
    const told: number[] = [];
    backend.assets.subscribe((notice) => told.push(notice.ids.length));
    await new Promise((resolve) => setTimeout(resolve));
    told.length = 0;
    await backend.operations.start({ id: 'bulk', work: { kind: 'tag', tags: ['x'] }, assetIds: ids });
    await ended(backend, 'bulk');
    assert.deepEqual(told, [50, 50, 20]);
    await backend.dispose();
  });

  it('tells how far it is ten times a second at most, and of the end at once', async (context) => {
    let now = 0;
    context.mock.method(performance, 'now', () => now);
    const backend = makeBackend();
    await storeAsset(backend, 'a');
    const told: number[] = [];
    backend.operations.subscribe(({ done }) => told.push(done));
    // A chunk takes 30 ms by this clock.
    const write: RecordStore['write'] = Reflect.get(MemoryRecordStore.prototype, 'write');
    context.mock.method(MemoryRecordStore.prototype, 'write', function (this: MemoryRecordStore, ...args: never[]) {
      now += 30;
      return write.apply(this, args as never);
    });
    const assetIds = Array.from({ length: 500 }, () => 'a');
    await backend.operations.start({ id: 'bulk', work: { kind: 'rename', name: '{n}' }, assetIds });
    await ended(backend, 'bulk');
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(told, [50, 250, 450, 500]);
    await backend.dispose();
  });

  it('leaves a chunk to be done again when the disk is full, and goes on when somebody asks', async (context) => {
    const backend = makeBackend();
    for (const id of ['a', 'b']) await storeAsset(backend, id);
    const write: RecordStore['write'] = Reflect.get(MemoryRecordStore.prototype, 'write');
    let isFull = true;
    context.mock.method(
      MemoryRecordStore.prototype,
      'write',
      function (this: MemoryRecordStore, ...[tables, work, options]: Parameters<RecordStore['write']>) {
        return write.call(
          this,
          tables,
          (view) =>
            work({
              ...view,
              async put(table, row) {
                const isB = table === 'assets' && (row as { readonly asset: Asset }).asset.id === 'b';
                if (isFull && isB) throw new DOMException('The disk is full', 'QuotaExceededError');
                await view.put(table, row);
              },
            }),
          options,
        );
      },
    );
    await backend.operations.start({ id: 'bulk', work: { kind: 'rename', name: 'New' }, assetIds: ['a', 'b'] });
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual((await backend.operations.get('bulk')).errors, []);
    }
    assert.equal((await backend.assets.get('a')).name, 'Lecture.mp4');
    isFull = false;
    const operation = await ended(backend, 'bulk');
    assert.equal(operation.done, 2);
    assert.deepEqual(
      (await backend.assets.history('a')).map(({ action }) => action),
      ['rename', 'upload'],
    );
    await backend.dispose();
  });

  it('forgets operations that are long over', async () => {
    const backend = makeBackend();
    for (let i = 0; i < 205; i++) {
      await backend.operations.start({ id: `bulk-${String(i)}`, work: { kind: 'delete' }, assetIds: ['nobody'] });
      await ended(backend, `bulk-${String(i)}`);
    }
    await assert.rejects(backend.operations.get('bulk-0'), { code: 'not-found' });
    assert.equal((await backend.operations.get('bulk-10')).status, 'done');
    assert.equal((await backend.operations.list()).length, 50);
    await backend.dispose();
  });
});
