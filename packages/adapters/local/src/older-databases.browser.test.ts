import { expect } from 'chai';
import type { AssetQuery } from '@lectern/ports';
import { createLocalBackend, type LocalBackend } from './index.js';

/**
 * Databases as earlier versions wrote them. What stands here is never changed: it is what people have in their browsers.
 */
const versionOne = {
  tables: {
    assets: { keyPath: 'asset.id', indexes: { bySeq: 'seq', byDeletedAt: 'asset.deletedAt' } },
    purged: { keyPath: 'id', indexes: { bySeq: 'seq' } },
    digests: { keyPath: 'key', indexes: {} },
    usage: {
      keyPath: ['assetId', 'resourceType', 'resourceId'],
      indexes: { byResource: ['resourceType', 'resourceId'] },
    },
    projects: { keyPath: 'summary.id', indexes: {} },
    revisions: { keyPath: ['projectId', 'rev'], indexes: { byOrder: ['projectId', 'order'] } },
    states: { keyPath: ['projectId', 'rev'], indexes: {} },
    saves: { keyPath: 'saveId', indexes: { byOrder: ['projectId', 'order'] } },
    courses: { keyPath: 'course.id', indexes: {} },
    chapters: { keyPath: 'id', indexes: { byCourse: 'courseId' } },
    items: { keyPath: 'id', indexes: { byChapter: 'chapterId' } },
    blobs: { keyPath: 'key', indexes: { byFile: 'file', unclaimed: 'unclaimedSince' } },
    blobData: { keyPath: 'key', indexes: {} },
    meta: { keyPath: 'key', indexes: {} },
  },
  rows: {
    meta: [
      { key: 'guest', identity: { userId: 'guest-1', displayName: 'Guest', isGuest: true } },
      { key: 'library', epoch: 'epoch-1', seq: 4 },
      { key: 'courses', count: 1 },
    ],
    assets: [
      {
        asset: {
          id: 'replaced',
          ownerId: 'guest-1',
          name: 'Optics.mp4',
          kind: 'video',
          mimeType: 'video/webm',
          sizeBytes: 6,
          status: 'active',
          sourceType: 'upload',
          studioMetadata: {},
          tags: ['Physics'],
          probe: null,
          posterKey: 'assets/replaced/poster-2',
          currentVersionId: 'version-2',
          blobKey: 'assets/replaced/2',
          rev: 2,
          createdAt: '2025-09-01T08:00:00.000Z',
          updatedAt: '2025-09-02T08:00:00.000Z',
          deletedAt: null,
        },
        seq: 3,
        currentVersion: { number: 2, createdAt: '2025-09-02T08:00:00.000Z' },
        olderVersions: [
          {
            number: 1,
            createdAt: '2025-09-01T08:00:00.000Z',
            id: 'version-1',
            assetId: 'replaced',
            blobKey: 'assets/replaced/1',
            mimeType: 'video/mp4',
            sizeBytes: 5,
            probe: null,
          },
        ],
      },
      {
        asset: {
          id: 'trashed',
          ownerId: 'guest-1',
          name: 'Sound.mp3',
          kind: 'audio',
          mimeType: 'audio/mpeg',
          sizeBytes: 3,
          status: 'deleted',
          sourceType: 'recording',
          studioMetadata: { project_id: 'project' },
          tags: [],
          probe: null,
          posterKey: null,
          currentVersionId: 'version-3',
          blobKey: 'assets/trashed/1',
          rev: 2,
          createdAt: '2025-09-03T08:00:00.000Z',
          updatedAt: '2025-09-04T08:00:00.000Z',
          deletedAt: '2025-09-04T08:00:00.000Z',
        },
        seq: 4,
        currentVersion: { number: 1, createdAt: '2025-09-03T08:00:00.000Z' },
        olderVersions: [],
      },
    ],
    blobs: [
      { key: 'assets/replaced/1', sizeBytes: 5, mimeType: 'video/mp4' },
      { key: 'assets/replaced/2', sizeBytes: 6, mimeType: 'video/webm' },
      { key: 'assets/replaced/poster-2', sizeBytes: 7, mimeType: 'image/webp' },
      { key: 'assets/trashed/1', sizeBytes: 3, mimeType: 'audio/mpeg' },
    ],
    blobData: [
      { key: 'assets/replaced/1', data: new Blob(['first']) },
      { key: 'assets/replaced/2', data: new Blob(['second']) },
      { key: 'assets/replaced/poster-2', data: new Blob(['picture']) },
      { key: 'assets/trashed/1', data: new Blob(['mp3']) },
    ],
    usage: [{ assetId: 'replaced', resourceType: 'project', resourceId: 'project', label: 'Waves' }],
    projects: [
      {
        summary: {
          id: 'project',
          ownerId: 'guest-1',
          title: 'Waves',
          description: '',
          isDraft: true,
          rev: 1,
          contentHash: 'a',
          totalFrames: 30,
          durationSeconds: 1,
          posterKey: null,
          lastExportId: null,
          createdAt: '2025-09-01T09:00:00.000Z',
          updatedAt: '2025-09-01T09:00:00.000Z',
          deletedAt: null,
        },
        schemaVersion: 1,
        assetIds: ['replaced'],
        saveCount: 1,
        conflictCount: 0,
      },
    ],
    revisions: [
      {
        projectId: 'project',
        rev: 1,
        order: 1,
        revision: {
          projectId: 'project',
          rev: 1,
          parentRev: 0,
          saveId: 'save-1',
          author: 'guest-1',
          kind: 'auto',
          contentHash: 'a',
          createdAt: '2025-09-01T09:00:00.000Z',
        },
      },
    ],
    states: [{ projectId: 'project', rev: 1, schemaVersion: 1, state: { step: 1 } }],
    saves: [{ saveId: 'save-1', projectId: 'project', order: 1, answer: { outcome: 'ok', rev: 1 } }],
    courses: [{ course: { id: 'course', title: 'Physics' }, order: 1 }],
    chapters: [{ id: 'chapter', courseId: 'course', title: 'Light', order: 'a0' }],
  },
} as const;

const now = new Date('2025-09-05T08:00:00.000Z');
const names = new Set<string>();
const open: LocalBackend[] = [];

/** Writes a database as the first version did. */
async function writeVersionOne(): Promise<string> {
  const name = `lectern-old-${crypto.randomUUID()}`;
  names.add(name);
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onerror = () => {
      reject(request.error ?? new Error('not opened'));
    };
    request.onupgradeneeded = () => {
      for (const [table, { keyPath, indexes }] of Object.entries(versionOne.tables)) {
        const store = request.result.createObjectStore(table, { keyPath: keyPath as string | string[] });
        for (const [index, path] of Object.entries(indexes)) store.createIndex(index, path as string | string[]);
      }
    };
    request.onsuccess = () => {
      const database = request.result;
      const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
      for (const [table, rows] of Object.entries(versionOne.rows)) {
        for (const row of rows) transaction.objectStore(table).put(row);
      }
      transaction.oncomplete = () => {
        database.close();
        resolve();
      };
      transaction.onerror = () => {
        reject(transaction.error ?? new Error('not written'));
      };
    };
  });
  return name;
}

function openBackend(databaseName: string, patienceMs = 8000): LocalBackend {
  const backend = createLocalBackend({ databaseName, requestPersistence: false, now: () => now, patienceMs });
  open.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of open.splice(0)) await backend.dispose();
});

after(async () => {
  const root = await navigator.storage.getDirectory();
  for (const name of names) {
    indexedDB.deleteDatabase(name);
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  }
});

describe('a database of the first version', () => {
  it('opens with all that is in it', async () => {
    const backend = openBackend(await writeVersionOne());
    expect(await backend.ready()).to.deep.equal({ kind: 'opfs' });
    const asset = { ...versionOne.rows.assets[0].asset, fingerprint: null, verifiedSha256: null };
    const trashed = { ...versionOne.rows.assets[1].asset, fingerprint: null, verifiedSha256: null };
    const list = async (query: AssetQuery): Promise<unknown> => (await backend.assets.list(query)).items;
    expect(await list({ search: 'phys' })).to.deep.equal([asset]);
    expect(await list({ deleted: true })).to.deep.equal([trashed]);
    expect(await backend.assets.get('replaced')).to.deep.equal(asset);
    expect(await backend.assets.getMany(['trashed', 'replaced'])).to.deep.equal([trashed, asset]);
    expect(await (await backend.blobs.get('assets/replaced/1')).text()).to.equal('first');
    expect((await backend.projects.open('project')).state).to.deep.equal({ step: 1 });
    expect(await backend.courses.outline('course')).to.have.nested.property('chapters[0].title', 'Light');
    expect(await backend.identity.current()).to.deep.equal(versionOne.rows.meta[0].identity);
    expect(await backend.operations.list()).to.deep.equal([]);
  });

  it('has no history yet, and begins one with the next change', async () => {
    const { assets } = openBackend(await writeVersionOne());
    expect(await assets.history('replaced')).to.deep.equal([]);
    await assets.update('replaced', { name: 'Light.mp4' });
    const [change] = await assets.history('replaced');
    expect(change).to.include({ action: 'rename', author: 'guest-1' });
    await assets.undo(change?.id ?? '');
    expect((await assets.get('replaced')).name).to.equal('Optics.mp4');
  });

  it('puts a version of then in place again, whose poster nobody noted', async () => {
    const { assets } = openBackend(await writeVersionOne());
    const versions = await assets.versions('replaced');
    expect(versions.map(({ id }) => id)).to.deep.equal(['version-2', 'version-1']);
    const restored = await assets.restoreVersion('replaced', 'version-1');
    expect(restored).to.include({ blobKey: 'assets/replaced/1', mimeType: 'video/mp4', posterKey: null, sizeBytes: 5 });
    const back = await assets.restoreVersion('replaced', 'version-2');
    expect(back).to.include({ blobKey: 'assets/replaced/2', posterKey: 'assets/replaced/poster-2', fingerprint: null });
  });

  it('is counted and searched for duplicates with what is new', async () => {
    const { assets, blobs } = openBackend(await writeVersionOne());
    expect(await assets.overview()).to.deep.equal([
      { kind: 'audio', sourceType: 'recording', deleted: true, files: 1, bytes: 3 },
      { kind: 'video', sourceType: 'upload', deleted: false, files: 1, bytes: 6 },
    ]);
    const fingerprint = 'a'.repeat(64);
    expect(await assets.findByFingerprint(fingerprint)).to.deep.equal([]);
    await blobs.put('assets/replaced/3', new Blob(['third']));
    const version = { mimeType: 'video/mp4', sizeBytes: 5, probe: null, posterKey: null, fingerprint };
    await assets.addVersion('replaced', { ...version, blobKey: 'assets/replaced/3' });
    expect((await assets.findByFingerprint(fingerprint)).map(({ id }) => id)).to.deep.equal(['replaced']);
  });

  it('is worked on in bulk', async () => {
    const { assets, operations } = openBackend(await writeVersionOne());
    const id = crypto.randomUUID();
    await operations.start({ id, work: { kind: 'restore' }, assetIds: ['trashed', 'replaced'] });
    while ((await operations.get(id)).status === 'running') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await operations.get(id)).to.include({ done: 2, failed: 0 });
    expect((await assets.get('trashed')).status).to.equal('active');
  });

  it('isn’t taken for denied however long its upgrade takes', async () => {
    const databaseName = await writeVersionOne();
    const { prototype } = IDBObjectStore;
    const createIndex = Object.getOwnPropertyDescriptor(prototype, 'createIndex') ?? {};
    Object.defineProperty(prototype, 'createIndex', {
      configurable: true,
      value(this: IDBObjectStore, name: string, path: string | string[]) {
        // As a large library keeps the browser busy: longer than the patience with one that doesn't answer.
        const until = performance.now() + 1000;
        while (performance.now() < until);
        return (createIndex.value as IDBObjectStore['createIndex']).call(this, name, path);
      },
    });
    try {
      const backend = openBackend(databaseName, 2000);
      expect(await backend.ready()).to.deep.equal({ kind: 'opfs' });
      expect((await backend.assets.get('replaced')).name).to.equal('Optics.mp4');
    } finally {
      Object.defineProperty(prototype, 'createIndex', createIndex);
    }
  });
});
