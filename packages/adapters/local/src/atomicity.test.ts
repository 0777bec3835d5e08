import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Backend, CourseChange } from '@lectern/ports';
import { isLecternError } from '@lectern/ports';
import { sampleSave, storeAsset } from '@lectern/ports/contracts';
import { createLocalBackend } from './local-backend.js';
import { MemoryRecordStore } from './records/memory-record-store.js';
import type { RecordStore, WriteView } from './records/record-store.js';

/** Fails the n-th write of a row, or its removal, as a full disk does; `writes` counts them all. */
interface FullDisk {
  writes: number;
  failAt: number;
}

/** Every store in memory is on that disk until the returned function is called. */
function install(disk: FullDisk): () => void {
  const write: RecordStore['write'] = Reflect.get(MemoryRecordStore.prototype, 'write');
  const count = (): void => {
    if (++disk.writes === disk.failAt) throw new DOMException('The disk is full', 'QuotaExceededError');
  };
  const counted = (view: WriteView): WriteView => ({
    ...view,
    async put(table, row) {
      count();
      await view.put(table, row);
    },
    async delete(table, key) {
      count();
      await view.delete(table, key);
    },
  });
  MemoryRecordStore.prototype.write = function (tables, work, options) {
    return write.call(this, tables, (view) => work(counted(view)), options) as never;
  };
  return () => {
    MemoryRecordStore.prototype.write = write;
  };
}

async function everything({ assets, projects, courses }: Backend): Promise<unknown> {
  const listed = await assets.list({ sort: 'name' });
  const trash = await assets.list({ deleted: true, sort: 'name' });
  const all = [...listed.items, ...trash.items];
  const versions = await Promise.all(all.map(({ id }) => assets.versions(id)));
  const usage = await Promise.all(all.map(({ id }) => assets.usage(id)));
  const history = await Promise.all(all.map(({ id }) => assets.history(id)));
  const found = (await projects.list({ sort: 'title' })).items;
  const revisions = await Promise.all(found.map(({ id }) => projects.revisions(id)));
  const outlines = await Promise.all((await courses.list()).map(({ id }) => courses.outline(id)));
  return { all, versions, usage, history, figures: await assets.overview(), found, revisions, outlines };
}

const courseChange = (change: CourseChange) => (backend: Backend) => backend.courses.apply(change);

const operations: Readonly<Record<string, (backend: Backend) => Promise<unknown>>> = {
  'assets.create': async ({ assets }) =>
    assets.create({
      id: 'new',
      name: 'New',
      kind: 'video',
      mimeType: 'video/mp4',
      sizeBytes: 1,
      sourceType: 'upload',
      probe: null,
      posterKey: 'spare/2',
      blobKey: 'spare/1',
    }),
  'assets.update': ({ assets }) => assets.update('a', { name: 'Other', posterKey: 'spare/1' }),
  'assets.addVersion': ({ assets }) =>
    assets.addVersion('a', {
      blobKey: 'spare/1',
      mimeType: 'video/mp4',
      sizeBytes: 1,
      probe: null,
      posterKey: 'spare/2',
    }),
  'assets.remove': ({ assets }) => assets.remove('free'),
  'assets.restoreVersion': async ({ assets }) => {
    const [version] = await assets.versions('a');
    return assets.restoreVersion('a', version?.id ?? '');
  },
  'assets.link': ({ assets }) =>
    assets.link({ assetId: 'free', resourceType: 'lesson', resourceId: 'l', label: 'Lesson' }),
  'assets.unlink': ({ assets }) => assets.unlink({ assetId: 'linked', resourceType: 'lesson', resourceId: 'l' }),
  'assets.undo, of a name': async ({ assets }) => {
    const renamed = (await assets.history('free')).find(({ action }) => action === 'rename');
    return assets.undo(renamed?.id ?? '');
  },
  'assets.undo, of a link': async ({ assets }) => {
    const linked = (await assets.history('linked')).find(({ action }) => action === 'link');
    return assets.undo(linked?.id ?? '');
  },
  'transfers.send': async ({ transfers }) => {
    const request = { id: 't', key: 'assets/new/1', sizeBytes: 1, mimeType: 'video/mp4' };
    return transfers.send(await transfers.reserve(request), new Blob(['x']));
  },
  'blobs.put': ({ blobs }) => blobs.put('assets/new/1', new Blob(['x'])),
  'projects.save, the first': ({ projects }) => projects.save(sampleSave('new', { assetIds: ['a', 'b'] })),
  'projects.save, the next': ({ projects }) => projects.save(sampleSave('p', { baseRev: 1, assetIds: ['b'] })),
  'projects.save, a conflict': ({ projects }) => projects.save(sampleSave('p', { baseRev: 0 })),
  'projects.describe': ({ projects }) => projects.describe('p', { title: 'Other' }),
  'projects.remove': ({ projects }) => projects.remove('p'),
  'course.rename': courseChange({ type: 'course.rename', id: 'course', title: 'Other' }),
  'course.remove': courseChange({ type: 'course.remove', id: 'course' }),
  'item.move': courseChange({ type: 'item.move', id: 'item', chapterId: 'two', afterId: null }),
};

async function fill(backend: Backend): Promise<void> {
  for (const id of ['a', 'b', 'free', 'linked']) await storeAsset(backend, id);
  await backend.assets.update('free', { name: 'Free' });
  await backend.assets.link({ assetId: 'linked', resourceType: 'lesson', resourceId: 'l', label: 'Lesson' });
  for (const key of ['spare/1', 'spare/2']) await backend.blobs.put(key, new Blob(['x']));
  await backend.projects.save(sampleSave('p', { assetIds: ['a'] }));
  const changes: readonly CourseChange[] = [
    { type: 'course.create', id: 'course', title: 'Physics' },
    { type: 'chapter.create', id: 'one', courseId: 'course', title: 'One' },
    { type: 'chapter.create', id: 'two', courseId: 'course', title: 'Two' },
    { type: 'item.attach', id: 'item', chapterId: 'one', title: 'b', target: { kind: 'asset', assetId: 'b' } },
  ];
  for (const change of changes) await backend.courses.apply(change);
}

describe('a disk that is full at any moment', () => {
  for (const [name, operation] of Object.entries(operations)) {
    it(`leaves nothing half-written of ${name}`, async () => {
      const disk: FullDisk = { writes: 0, failAt: Infinity };
      const takeOut = install(disk);
      try {
        for (let nth = 1; ; nth++) {
          const backend = createLocalBackend({ storage: 'memory' });
          await fill(backend);
          const before = await everything(backend);
          disk.writes = 0;
          disk.failAt = nth;
          const error: unknown = await operation(backend).then(
            () => null,
            (reason: unknown) => reason,
          );
          disk.failAt = Infinity;
          if (disk.writes < nth) {
            assert.ok(nth > 1, 'the operation writes');
            assert.equal(error, null);
            break;
          }
          assert.ok(isLecternError(error) && error.code === 'quota-exceeded', `write ${String(nth)}: ${String(error)}`);
          assert.deepEqual(await everything(backend), before, `after write ${String(nth)}`);
          // The same again once there is room: nothing of the failed attempt is in its way.
          await operation(backend);
          await backend.dispose();
        }
      } finally {
        takeOut();
      }
    });
  }
});
