import { executeServerCommand } from '@web/test-runner-commands';
import { expect } from 'chai';
import { isLecternError, type LecternErrorCode } from '@lectern/ports';
import {
  allContracts,
  blobsContract,
  type ContractSubject,
  runContract,
  sampleSave,
  storeAsset,
  transfersContract,
} from '@lectern/ports/contracts';
import { createLocalBackend, type LocalBackend, type LocalBackendOptions } from './index.js';

const dayMs = 24 * 60 * 60 * 1000;

const databases = new Set<string>();
const open: LocalBackend[] = [];

function freshName(): string {
  const name = `lectern-test-${crypto.randomUUID()}`;
  databases.add(name);
  return name;
}

function makeBackend(databaseName: string, options: LocalBackendOptions = {}): LocalBackend {
  const backend = createLocalBackend({ databaseName, requestPersistence: false, ...options });
  open.push(backend);
  return backend;
}

async function codeOf(work: Promise<unknown>): Promise<LecternErrorCode | 'none'> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return isLecternError(error) ? error.code : 'unknown';
  }
}

/** Leaves the origin a hundred kilobytes. */
async function fillUp(): Promise<() => Promise<void>> {
  const { usage = 0 } = await navigator.storage.estimate();
  await executeServerCommand('set-quota', { quotaSize: usage + 100_000 });
  await noticeQuota();
  return async () => {
    await executeServerCommand('set-quota', {});
  };
}

/** Chromium remembers for a while how much room there was, and asks again only when something can't fit in that. */
async function noticeQuota(): Promise<void> {
  const name = freshName();
  let giant = new Blob([new Uint8Array(1024 * 1024)]);
  while (giant.size < 2 ** 42) giant = new Blob(Array.from({ length: 64 }, () => giant));
  await new Promise<void>((resolve) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore('blobs');
    request.onerror = () => {
      resolve();
    };
    request.onsuccess = () => {
      const transaction = request.result.transaction('blobs', 'readwrite');
      const settle = (): void => {
        request.result.close();
        resolve();
      };
      transaction.oncomplete = settle;
      transaction.onabort = settle;
      transaction.objectStore('blobs').put(giant, 1);
    };
  });
}

async function filesOf(databaseName: string): Promise<readonly string[]> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of (await root.getDirectoryHandle(databaseName, { create: true })).keys()) names.push(name);
  return names;
}

/** Housekeeping goes on behind the first call; its lock tells when it is over. */
async function housekeepingOf(databaseName: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
  await navigator.locks.request(`${databaseName}:bytes`, async () => {});
}

function persistentSubject(): ContractSubject {
  const databaseName = freshName();
  return {
    backend: makeBackend(databaseName),
    openPeer: async () => makeBackend(databaseName),
    fillUp,
  };
}

/** Replaces a property for one test. */
function replace(target: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { configurable: true, writable: true, value });
  return () => {
    if (before) Object.defineProperty(target, key, before);
    else Reflect.deleteProperty(target, key);
  };
}

afterEach(async () => {
  for (const backend of open.splice(0)) await backend.dispose();
});

after(async () => {
  const root = await navigator.storage.getDirectory();
  for (const name of databases) {
    indexedDB.deleteDatabase(name);
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  }
});

describe('with IndexedDB and the private file system', () => {
  it('says so', async () => {
    const backend = makeBackend(freshName());
    expect(await backend.ready()).to.deep.equal({ kind: 'opfs' });
    expect((await backend.blobs.report()).kind).to.equal('opfs');
  });

  for (const suite of allContracts) runContract(suite, persistentSubject, { it, offers: ['openPeer', 'fillUp'] });
});

describe('with IndexedDB alone', () => {
  let giveBack = (): void => {};

  before(() => {
    const { prototype } = FileSystemFileHandle;
    const createWritable = Object.getOwnPropertyDescriptor(prototype, 'createWritable') ?? {};
    Reflect.deleteProperty(prototype, 'createWritable');
    giveBack = () => {
      Object.defineProperty(prototype, 'createWritable', createWritable);
    };
  });
  after(() => {
    giveBack();
  });

  it('says so', async () => {
    expect(await makeBackend(freshName()).ready()).to.deep.equal({ kind: 'indexeddb' });
  });

  for (const suite of [blobsContract, transfersContract]) {
    runContract(suite, persistentSubject, { it, offers: ['openPeer', 'fillUp'] });
  }
});

describe('in memory', () => {
  const subject = (): ContractSubject => ({ backend: makeBackend('unused', { storage: 'memory' }) });

  it('says so', async () => {
    const backend = makeBackend('unused', { storage: 'memory' });
    expect(await backend.ready()).to.deep.equal({ kind: 'memory' });
    await backend.blobs.put('a/1', new Blob(['12345']));
    expect(await backend.blobs.report()).to.deep.equal({
      kind: 'memory',
      usedBytes: 5,
      quotaBytes: null,
      persistent: false,
    });
  });

  for (const suite of allContracts) runContract(suite, subject, { it });
});

describe('where the browser denies storage', () => {
  async function expectMemory(options: LocalBackendOptions = {}): Promise<void> {
    const backend = makeBackend(freshName(), options);
    expect(await backend.ready()).to.deep.equal({ kind: 'memory' });
    const id = crypto.randomUUID();
    await storeAsset(backend, id);
    expect((await backend.assets.list({})).items.map((asset) => asset.id)).to.deep.equal([id]);
  }

  it('works in memory when there is no IndexedDB', async () => {
    const giveBack = replace(globalThis, 'indexedDB', undefined);
    try {
      await expectMemory();
    } finally {
      giveBack();
    }
  });

  it('works in memory when opening throws', async () => {
    const giveBack = replace(IDBFactory.prototype, 'open', () => {
      throw new DOMException('denied', 'SecurityError');
    });
    try {
      await expectMemory();
    } finally {
      giveBack();
    }
  });

  it('works in memory when opening never answers', async () => {
    const silent = Object.create(IDBOpenDBRequest.prototype, {
      addEventListener: { value: () => undefined },
      removeEventListener: { value: () => undefined },
    }) as IDBOpenDBRequest;
    const giveBack = replace(IDBFactory.prototype, 'open', () => silent);
    try {
      await expectMemory({ patienceMs: 50 });
    } finally {
      giveBack();
    }
  });

  it('works in memory when nothing can be written', async () => {
    const giveBack = replace(IDBObjectStore.prototype, 'put', () => {
      throw new DOMException('no blobs here', 'DataCloneError');
    });
    try {
      await expectMemory();
    } finally {
      giveBack();
    }
  });

  it('says that the disk is full when a library that is there can’t be opened, and opens it once there is room', async () => {
    const databaseName = freshName();
    const first = makeBackend(databaseName);
    await storeAsset(first, 'a');
    await first.dispose();
    const giveBack = replace(IDBFactory.prototype, 'open', () => {
      throw new DOMException('Internal error opening backing store for indexedDB.open.', 'UnknownError');
    });
    const second = makeBackend(databaseName);
    try {
      expect(await codeOf(second.assets.list({}))).to.equal('quota-exceeded');
    } finally {
      giveBack();
    }
    expect((await second.assets.list({})).total).to.equal(1);
  });

  it('says that the page is too old for the database, rather than hide the library behind an empty one', async () => {
    const databaseName = freshName();
    await new Promise((resolve) => {
      const request = indexedDB.open(databaseName, 99);
      request.onsuccess = () => {
        request.result.close();
        resolve(null);
      };
    });
    expect(await codeOf(makeBackend(databaseName).ready())).to.equal('too-new');
  });
});

describe('what is stored', () => {
  it('is there again after the page was closed', async () => {
    const databaseName = freshName();
    const first = makeBackend(databaseName);
    const [assetId, projectId, courseId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const asset = await storeAsset(first, assetId);
    await first.projects.save(sampleSave(projectId, { assetIds: [assetId] }));
    await first.courses.apply({ type: 'course.create', id: courseId, title: 'Physics' });
    const guest = await first.identity.current();
    await first.dispose();

    const second = makeBackend(databaseName);
    expect((await second.assets.list({})).items).to.deep.equal([asset]);
    expect(await (await second.blobs.get(asset.blobKey)).text()).to.equal('lecture');
    expect((await second.projects.open(projectId)).project.rev).to.equal(1);
    expect(await second.assets.usage(assetId)).to.have.length(1);
    expect(await second.courses.list()).to.deep.equal([{ id: courseId, title: 'Physics' }]);
    expect(await second.identity.current()).to.deep.equal(guest);
  });

  it('stays whole when the private file that was put is removed', async () => {
    const backend = makeBackend(freshName());
    const root = await navigator.storage.getDirectory();
    const name = `export-${crypto.randomUUID()}`;
    const handle = await root.getFileHandle(name, { create: true });
    const writable = await handle.createWritable();
    await writable.write(new Uint8Array(3_000_000).fill(7));
    await writable.close();
    await backend.blobs.put('assets/a/1', await handle.getFile(), { mimeType: 'video/mp4' });
    await root.removeEntry(name);
    const bytes = new Uint8Array(await (await backend.blobs.get('assets/a/1')).arrayBuffer());
    expect(bytes.length).to.equal(3_000_000);
    expect(bytes.every((byte) => byte === 7)).to.equal(true);
  });

  it('is nothing of a file that was changed since it was chosen, which is not the disk’s fault', async () => {
    const backend = makeBackend(freshName());
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(`chosen-${crypto.randomUUID()}`, { create: true });
    const write = async (text: string): Promise<void> => {
      const writable = await handle.createWritable();
      await writable.write(text);
      await writable.close();
    };
    await write('as it was');
    const chosen = await handle.getFile();
    // Files remember when they were changed to the second or better; be sure to be later.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await write('as it is, and longer');
    const error: unknown = await backend.blobs.put('assets/a/1', chosen).catch((reason: unknown) => reason);
    expect(isLecternError(error) && (error.cause as Error).name).to.equal('NotReadableError');
    expect(await backend.blobs.stat('assets/a/1')).to.equal(null);
    await root.removeEntry(handle.name);
  });

  it('goes on when the browser has closed the database behind the page', async () => {
    const databaseName = freshName();
    const backend = makeBackend(databaseName);
    const guest = await backend.identity.current();
    await storeAsset(backend, crypto.randomUUID());
    expect((await backend.assets.list({})).total).to.equal(1);
    // What clearing the site's data does: every connection is closed, the database is gone.
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(databaseName).onsuccess = resolve;
    });
    expect((await backend.assets.list({})).total).to.equal(0);
    await storeAsset(backend, crypto.randomUUID());
    expect((await backend.assets.list({})).total).to.equal(1);
    expect(await backend.identity.current()).to.deep.equal(guest);
  });
});

describe('housekeeping', () => {
  it('sweeps away files that no row names, and leaves the others', async () => {
    const databaseName = freshName();
    const first = makeBackend(databaseName);
    await first.blobs.put('assets/a/1', new Blob(['streamed']).stream());
    const [kept] = await filesOf(databaseName);
    await first.dispose();
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(databaseName);
    await folder.getFileHandle('left-by-a-crash', { create: true });
    expect(await filesOf(databaseName)).to.have.length(2);

    const second = makeBackend(databaseName);
    await second.ready();
    await housekeepingOf(databaseName);
    expect(await filesOf(databaseName)).to.deep.equal([kept]);
    expect(await (await second.blobs.get('assets/a/1')).text()).to.equal('streamed');
  });

  it('leaves alone what another tab is writing', async () => {
    const databaseName = freshName();
    const first = makeBackend(databaseName);
    await first.ready();
    await housekeepingOf(databaseName);
    let goOn = (): void => {};
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new Uint8Array(1000));
        await new Promise<void>((resolve) => (goOn = resolve));
        controller.enqueue(new Uint8Array(1000));
        controller.close();
      },
    });
    const put = first.blobs.put('assets/a/1', stream);
    while ((await filesOf(databaseName)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await makeBackend(databaseName).ready();
    await new Promise((resolve) => setTimeout(resolve, 100));
    goOn();
    expect((await put).sizeBytes).to.equal(2000);
    expect((await first.blobs.get('assets/a/1')).size).to.equal(2000);
  });

  it('sweeps away bytes that no asset has claimed for a day, and nobody else’s', async () => {
    const databaseName = freshName();
    const first = makeBackend(databaseName);
    const asset = await storeAsset(first, 'a');
    await first.blobs.put('assets/b/1', new Blob(['an upload that was cut off']));
    await first.blobs.put('waveforms/b', new Blob(['somebody’s own']));
    await first.dispose();

    const soon = makeBackend(databaseName, { now: () => new Date(Date.now() + dayMs / 2) });
    await soon.ready();
    await housekeepingOf(databaseName);
    expect(await soon.blobs.stat('assets/b/1')).to.not.equal(null);
    await soon.dispose();

    const later = makeBackend(databaseName, { now: () => new Date(Date.now() + 2 * dayMs) });
    await later.ready();
    await housekeepingOf(databaseName);
    expect(await later.blobs.stat('assets/b/1')).to.equal(null);
    expect(await later.blobs.stat('waveforms/b')).to.not.equal(null);
    expect(await later.blobs.stat(asset.blobKey)).to.not.equal(null);
  });

  it('empties the trash of what has lain in it for thirty days, in the lists of other tabs as well', async () => {
    const databaseName = freshName();
    const first = makeBackend(databaseName);
    const gone = await storeAsset(first, 'gone');
    await first.assets.remove('gone');
    await storeAsset(first, 'kept');
    expect((await first.assets.list({ deleted: true })).total).to.equal(1);

    const later = makeBackend(databaseName, { now: () => new Date(Date.now() + 31 * dayMs) });
    await later.ready();
    await housekeepingOf(databaseName);
    expect(await codeOf(later.assets.get('gone'))).to.equal('not-found');
    expect(await later.blobs.stat(gone.blobKey)).to.equal(null);
    expect((await first.assets.list({ deleted: true })).total).to.equal(0);
    expect((await first.assets.list({})).total).to.equal(1);
  });
});
