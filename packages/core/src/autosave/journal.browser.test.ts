import { expect } from 'chai';
import { isLecternError, LecternError } from '@lectern/ports';
import type { ClipId } from '@lectern/timeline';
import { createProjectDocument } from '../../../testing/src/builders.js';
import { createTestSession, type TestSession } from '../../../testing/src/create-test-session.js';
import { createSession } from '../create-session.js';
import { indexedDbJournal } from './indexeddb-journal.js';
import type { HistoryIndex, Journal, JournalEntry, JournalMeta, JournalSnapshot, KeptStep } from './journal.js';
import { localStorageJournal } from './local-storage-journal.js';
import { memoryJournal } from './memory-journal.js';
import { openJournal } from './open-journal.js';
import { webProjectLocks } from './project-lock.js';

const initial: Omit<JournalMeta, 'projectId' | 'epoch'> = {
  baseRev: 0,
  baseHash: '',
  ackedSeq: 0,
  lastSeq: 0,
  lastAt: '',
  title: 'Week 1',
  description: '',
};
const entry = (seq: number, epoch = 1): JournalEntry => ({ seq, epoch, body: `{"change":${String(seq)}}`, crc: seq });
const snapshot = (seq: number): JournalSnapshot => ({ seq, body: '{}', crc: 1 });
const step = (id: number): KeptStep => ({ id, body: `{"step":${String(id)}}`, crc: id });
const index = (...done: readonly number[]): HistoryIndex => ({ done, undone: [], seq: 1, hash: '', schemaVersion: 1 });
const acknowledged = (lastAt: string): Partial<JournalMeta> => ({ lastSeq: 1, ackedSeq: 1, lastAt });

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing was thrown';
  } catch (error) {
    return isLecternError(error) ? error.code : String(error);
  }
}

const kinds: Readonly<Record<string, (name: string) => Promise<Journal>>> = {
  IndexedDB: (name) => indexedDbJournal(name),
  localStorage: (name) => Promise.resolve(localStorageJournal(localStorage, name)),
  memory: () => Promise.resolve(memoryJournal()),
};

for (const [kind, open] of Object.entries(kinds)) {
  describe(`the journal in ${kind}`, () => {
    let journal: Journal;
    let name: string;
    beforeEach(async () => {
      name = `journal-test-${crypto.randomUUID()}`;
      journal = await open(name);
    });
    afterEach(() => {
      journal.close();
      localStorage.clear();
      indexedDB.deleteDatabase(name);
    });

    it('knows nothing of a project that nobody claimed', async () => {
      expect(await journal.read('p')).to.equal(null);
      expect(await codeOf(journal.write('p', 1, { append: [entry(1)] }))).to.equal('conflict');
    });

    it('gives back what was written, in order', async () => {
      const { meta } = await journal.claim('p', initial);
      expect(meta.epoch).to.equal(1);
      expect(meta.title).to.equal('Week 1');
      await journal.write('p', 1, { snapshot: snapshot(0), append: [entry(1), entry(2)], meta: { lastSeq: 2 } });
      await journal.write('p', 1, {
        append: [entry(3)],
        meta: { lastSeq: 3 },
        putOutbox: { saveId: 's', baseRev: 0, seqTo: 3, hash: 'h' },
      });
      const image = await journal.read('p');
      expect(image?.entries.map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
      expect(image?.snapshot?.seq).to.equal(0);
      expect(image?.meta.lastSeq).to.equal(3);
      expect(image?.outbox).to.have.length(1);
    });

    it('refuses a write of an epoch that is over, whole', async () => {
      await journal.claim('p', initial);
      await journal.claim('p', initial);
      expect(await codeOf(journal.write('p', 1, { append: [entry(1)], meta: { lastSeq: 1 } }))).to.equal('conflict');
      const image = await journal.read('p');
      expect(image?.entries).to.deep.equal([]);
      expect(image?.meta.lastSeq).to.equal(0);
      await journal.write('p', 2, { append: [entry(1, 2)] });
    });

    it('keeps projects apart', async () => {
      await journal.claim('a', initial);
      await journal.claim('ab', initial);
      await journal.write('a', 1, { append: [entry(1)], putOutbox: { saveId: 'a1', baseRev: 0, seqTo: 1, hash: '' } });
      await journal.write('ab', 1, { dropEntriesTo: 9, append: [] });
      expect((await journal.read('a'))?.entries).to.have.length(1);
      expect((await journal.read('ab'))?.outbox).to.deep.equal([]);
    });

    it('forgets what was acknowledged and keeps the rest', async () => {
      await journal.claim('p', initial);
      await journal.write('p', 1, {
        append: [entry(1), entry(2), entry(3)],
        meta: { lastSeq: 3 },
        putOutbox: { saveId: 's', baseRev: 0, seqTo: 2, hash: '' },
      });
      await journal.write('p', 1, {
        snapshot: snapshot(2),
        dropEntriesTo: 2,
        dropOutbox: ['s'],
        meta: { ackedSeq: 2 },
      });
      const image = await journal.read('p');
      expect(image?.entries.map(({ seq }) => seq)).to.deep.equal([3]);
      expect(image?.outbox).to.deep.equal([]);
      expect(image?.snapshot?.seq).to.equal(2);
    });

    it('sets a damaged tail aside, where it can be looked at', async () => {
      await journal.claim('p', initial);
      await journal.claim('other', initial);
      await journal.write('p', 1, {
        snapshot: snapshot(0),
        append: [entry(1), entry(2), entry(3)],
        meta: { lastAt: '2026-03-02T09:00:00Z' },
      });
      await journal.write('p', 1, { quarantine: { fromSeq: 2, reason: 'unreadable' } });
      const image = await journal.read('p');
      expect(image?.entries.map(({ seq }) => seq)).to.deep.equal([1]);
      expect(image?.snapshot?.seq).to.equal(0);
      const [part, ...more] = await journal.quarantined('p');
      expect(more).to.deep.equal([]);
      expect([part?.reason, part?.lastAt, part?.snapshot]).to.deep.equal(['unreadable', '2026-03-02T09:00:00Z', null]);
      expect(part?.entries.map(({ seq, body }) => [seq, body])).to.deep.equal([
        [2, '{"change":2}'],
        [3, '{"change":3}'],
      ]);
      expect(await journal.quarantined('other')).to.deep.equal([]);
    });

    it('sets a damaged snapshot aside with its entries, however it is forgotten in the same breath', async () => {
      await journal.claim('p', initial);
      await journal.write('p', 1, { snapshot: snapshot(4), append: [entry(5)] });
      const quarantine = { fromSeq: 0, reason: 'unreadable', snapshot: true };
      await journal.write('p', 1, { quarantine, snapshot: null, dropEntriesTo: 9 });
      const image = await journal.read('p');
      expect([image?.snapshot, image?.entries]).to.deep.equal([null, []]);
      const [part] = await journal.quarantined('p');
      expect([part?.snapshot?.seq, part?.entries.map(({ seq }) => seq)]).to.deep.equal([4, [5]]);
    });

    it('keeps every part that was set aside until somebody lets go of it', async () => {
      await journal.claim('p', initial);
      for (const seq of [1, 2, 3]) {
        await journal.write('p', 1, { append: [entry(seq)] });
        await journal.write('p', 1, { quarantine: { fromSeq: seq, reason: `part ${String(seq)}` } });
      }
      await journal.write('p', 1, { quarantine: { fromSeq: 9, reason: 'nothing there' } });
      const reasons = async (): Promise<readonly string[]> =>
        (await journal.quarantined('p')).map(({ reason }) => reason);
      expect(await reasons()).to.deep.equal(['part 1', 'part 2', 'part 3']);
      await journal.dropQuarantined('p');
      expect(await reasons()).to.deep.equal([]);
    });

    it('keeps the steps of a history past what is acknowledged, and drops those that are dropped', async () => {
      await journal.claim('p', initial);
      await journal.write('p', 1, {
        snapshot: snapshot(1),
        history: { index: index(1, 2), put: [step(1), step(2)], drop: 'all' },
      });
      await journal.write('p', 1, { snapshot: null, dropEntriesTo: 9 });
      await journal.write('p', 1, { history: { index: index(2, 3), put: [step(3)], drop: [1] } });
      const { history } = await journal.claim('p', initial);
      expect(history?.index.done).to.deep.equal([2, 3]);
      expect(history?.steps.map(({ id, body, crc }) => [id, body, crc])).to.deep.equal([
        [2, '{"step":2}', 2],
        [3, '{"step":3}', 3],
      ]);
      await journal.write('p', 2, { history: { index: index(4), put: [step(4)], drop: 'all' } });
      expect((await journal.read('p'))?.history?.steps.map(({ id }) => id)).to.deep.equal([4]);
      await journal.write('p', 2, { history: { index: null, put: [], drop: [4] } });
      expect((await journal.read('p'))?.history).to.equal(null);
    });

    it('gives up what is acknowledged to make room, oldest first, and nothing else', async () => {
      for (const [id, day] of Object.entries({ newer: '2', older: '1', empty: '0' })) {
        await journal.claim(id, initial);
        await journal.write(id, 1, { meta: acknowledged(`2026-03-0${day}`) });
        if (id === 'empty') continue;
        const history = { index: index(1), put: [step(1)], drop: 'all' } as const;
        await journal.write(id, 1, { snapshot: snapshot(0), append: [entry(1)], history });
      }
      await journal.claim('unsaved', initial);
      await journal.write('unsaved', 1, {
        snapshot: snapshot(0),
        append: [entry(1)],
        meta: { lastSeq: 1, lastAt: '2026-01-01' },
      });
      const held = async (): Promise<readonly boolean[]> =>
        Promise.all(
          ['older', 'newer', 'unsaved'].map(async (id) => {
            const image = await journal.read(id);
            return image?.snapshot != null && image.entries.length > 0;
          }),
        );
      expect(await journal.evict()).to.equal(true);
      expect(await held()).to.deep.equal([false, true, true]);
      expect((await journal.read('older'))?.history).to.equal(null);
      expect(await journal.evict()).to.equal(true);
      expect(await held()).to.deep.equal([false, false, true]);
      expect(await journal.evict()).to.equal(false);
      expect(await held()).to.deep.equal([false, false, true]);
    });

    it('takes no entry for a snapshot that was given up, until there is a new one', async () => {
      await journal.claim('p', initial);
      await journal.write('p', 1, { snapshot: snapshot(1), meta: acknowledged('') });
      await journal.evict();
      let details: unknown;
      try {
        await journal.write('p', 1, { append: [entry(2)], meta: { lastSeq: 2 } });
      } catch (error) {
        if (isLecternError(error)) details = [error.code, error.details['missing']];
      }
      expect(details).to.deep.equal(['conflict', true]);
      expect((await journal.read('p'))?.meta.lastSeq).to.equal(1);
      const { meta } = await journal.claim('p', initial);
      expect(meta.epoch).to.equal(2);
      await journal.write('p', 2, { snapshot: snapshot(2), meta: { lastSeq: 2 } });
      await journal.write('p', 2, { append: [entry(3)], meta: { lastSeq: 3 } });
      expect((await journal.read('p'))?.entries).to.have.length(1);
    });

    it('lists projects with changes that nobody acknowledged', async () => {
      await journal.claim('saved', initial);
      await journal.write('saved', 1, { append: [entry(1)], meta: { lastSeq: 1, ackedSeq: 1 } });
      await journal.claim('open', initial);
      await journal.write('open', 1, { append: [entry(1)], meta: { lastSeq: 1, lastAt: '2026-03-02T09:00:00Z' } });
      expect((await journal.unsaved()).map(({ projectId }) => projectId)).to.deep.equal(['open']);
    });
  });
}

describe('a journal on disk', () => {
  it('is there for the next page', async () => {
    for (const open of [indexedDbJournal, (name: string) => Promise.resolve(localStorageJournal(localStorage, name))]) {
      const name = `journal-test-${crypto.randomUUID()}`;
      const first = await open(name);
      await first.claim('p', initial);
      await first.write('p', 1, { append: [entry(1)] });
      first.close();
      const second = await open(name);
      expect((await second.read('p'))?.entries).to.have.length(1);
      second.close();
    }
  });

  it('goes on after the browser closed the database behind its back', async () => {
    const name = `journal-test-${crypto.randomUUID()}`;
    const journal = await indexedDbJournal(name);
    await journal.claim('p', initial);
    // A newer version in another tab makes this one close its connection.
    const other = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        reject(new Error('not opened'));
      };
    });
    other.close();
    journal.close();
    await journal.write('p', 1, { append: [entry(1)] });
    expect((await journal.read('p'))?.entries).to.have.length(1);
    journal.close();
  });

  it('refuses a write of a tab that another took over from, whole', async () => {
    const name = `journal-test-${crypto.randomUUID()}`;
    const [asleep, awake] = [await indexedDbJournal(name), await indexedDbJournal(name)];
    await asleep.claim('p', initial);
    await asleep.write('p', 1, { snapshot: snapshot(0), append: [entry(1)], meta: { lastSeq: 1 } });
    await awake.claim('p', initial);
    const late = { append: [entry(2)], meta: { lastSeq: 2 }, dropEntriesTo: 1 };
    expect(await codeOf(asleep.write('p', 1, late))).to.equal('conflict');
    expect(await codeOf(asleep.write('p', 1, late)), 'and stays refused').to.equal('conflict');
    const image = await awake.read('p');
    expect(image?.entries.map(({ seq }) => seq)).to.deep.equal([1]);
    expect(image?.meta.lastSeq).to.equal(1);
    await awake.write('p', 2, { append: [entry(2, 2)], meta: { lastSeq: 2 } });
    expect((await asleep.read('p'))?.meta.lastSeq).to.equal(2);
    asleep.close();
    awake.close();
  });

  it('takes no entry for a snapshot that another tab gave up', async () => {
    const name = `journal-test-${crypto.randomUUID()}`;
    const [mine, other] = [await indexedDbJournal(name), await indexedDbJournal(name)];
    await mine.claim('p', initial);
    await mine.write('p', 1, { snapshot: snapshot(0), meta: { lastSeq: 0 } });
    expect(await other.evict()).to.equal(true);
    expect(await codeOf(mine.write('p', 1, { append: [entry(1)], meta: { lastSeq: 1 } }))).to.equal('conflict');
    expect((await mine.read('p'))?.entries).to.deep.equal([]);
    await mine.write('p', 1, { snapshot: snapshot(1), meta: { lastSeq: 1 } });
    await mine.write('p', 1, { append: [entry(2)], meta: { lastSeq: 2 } });
    expect((await other.read('p'))?.entries.map(({ seq }) => seq)).to.deep.equal([2]);
    mine.close();
    other.close();
  });

  it('is brought up from version 1 with all that is in it', async () => {
    const name = `journal-test-${crypto.randomUUID()}`;
    const old = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        const db = request.result;
        db.createObjectStore('meta', { keyPath: 'projectId' });
        db.createObjectStore('snapshot', { keyPath: 'projectId' });
        db.createObjectStore('wal', { keyPath: ['projectId', 'seq'] });
        db.createObjectStore('outbox', { keyPath: 'saveId' }).createIndex('project', 'projectId');
        db.createObjectStore('quarantine', { autoIncrement: true });
      };
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        reject(new Error('not opened'));
      };
    });
    const projectId = 'p';
    const filling = old.transaction([...old.objectStoreNames], 'readwrite');
    filling.objectStore('meta').put({ ...initial, projectId, epoch: 7, lastSeq: 2 });
    filling.objectStore('snapshot').put({ ...snapshot(0), projectId });
    for (const seq of [1, 2]) filling.objectStore('wal').put({ ...entry(seq, 7), projectId });
    filling.objectStore('outbox').put({ saveId: 's', baseRev: 0, seqTo: 2, hash: 'h', projectId });
    filling.objectStore('quarantine').add({ projectId, reason: 'unreadable', entries: [entry(3, 6)] });
    await new Promise((resolve) => (filling.oncomplete = resolve));
    old.close();

    const journal = await indexedDbJournal(name);
    const image = await journal.claim(projectId, initial);
    expect([image.meta.epoch, image.meta.lastSeq, image.snapshot?.seq]).to.deep.equal([8, 2, 0]);
    expect(image.entries.map(({ seq }) => seq)).to.deep.equal([1, 2]);
    expect(image.outbox.map(({ saveId }) => saveId)).to.deep.equal(['s']);
    expect(image.history).to.equal(null);
    const [part] = await journal.quarantined(projectId);
    expect([part?.reason, part?.snapshot, part?.lastAt, part?.entries[0]?.seq]).to.deep.equal([
      'unreadable',
      null,
      '',
      3,
    ]);
    await journal.write(projectId, 8, { history: { index: index(1), put: [step(1)], drop: 'all' } });
    expect((await journal.read(projectId))?.history?.steps).to.have.length(1);
    journal.close();
    indexedDB.deleteDatabase(name);
  });

  it('sets aside what is no journal, as it was found', async () => {
    const journal = localStorageJournal(localStorage, 'garbled');
    localStorage.setItem('garbled/p', '{"meta":');
    expect(await journal.read('p')).to.equal(null);
    const [part] = await journal.quarantined('p');
    expect(part?.text).to.equal('{"meta":');
    expect(await journal.unsaved()).to.deep.equal([]);
    await journal.dropQuarantined('p');
    localStorage.removeItem('garbled/p');
  });

  it('gives up what can be undone, where there is little room, before what was done', async () => {
    const values = new Map<string, string>();
    const small = localStorageJournal(
      {
        get length() {
          return values.size;
        },
        key: (at) => [...values.keys()][at] ?? null,
        getItem: (key) => values.get(key) ?? null,
        setItem: (key, value) => {
          if (value.length > 500) throw new DOMException('full', 'QuotaExceededError');
          values.set(key, value);
        },
        removeItem: (key) => values.delete(key),
      },
      'small',
    );
    await small.claim('p', initial);
    const large = { id: 1, body: 'x'.repeat(600), crc: 1 };
    await small.write('p', 1, { append: [entry(1)], history: { index: index(1), put: [large], drop: 'all' } });
    const image = await small.read('p');
    expect([image?.entries.length, image?.history]).to.deep.equal([1, null]);
  });

  it('falls back to localStorage where IndexedDB is denied, and to memory where both are', async () => {
    const opening = Object.getOwnPropertyDescriptor(IDBFactory.prototype, 'open');
    const setting = Object.getOwnPropertyDescriptor(Storage.prototype, 'setItem');
    if (!opening || !setting) throw new Error('not a browser');
    const denied = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    try {
      Object.defineProperty(IDBFactory.prototype, 'open', { ...opening, value: denied });
      expect((await openJournal(`journal-test-${crypto.randomUUID()}`)).kind).to.equal('local-storage');
      Object.defineProperty(Storage.prototype, 'setItem', { ...setting, value: denied });
      expect((await openJournal(`journal-test-${crypto.randomUUID()}`)).kind).to.equal('memory');
    } finally {
      Object.defineProperty(IDBFactory.prototype, 'open', opening);
      Object.defineProperty(Storage.prototype, 'setItem', setting);
    }
    expect((await openJournal(`journal-test-${crypto.randomUUID()}`)).kind).to.equal('indexeddb');
  });

  it('says that the disk is full', async () => {
    const full = localStorageJournal(
      {
        length: 0,
        key: () => null,
        getItem: () =>
          JSON.stringify({ meta: { ...initial, projectId: 'p', epoch: 1 }, snapshot: null, entries: [], outbox: [] }),
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
        removeItem: () => undefined,
      },
      'full',
    );
    expect(await codeOf(full.write('p', 1, { append: [entry(1)] }))).to.equal('quota-exceeded');
  });
});

describe('locks of the browser', () => {
  const locks = webProjectLocks();
  const lost: string[] = [];
  const name = (): string => `lock-test-${crypto.randomUUID()}`;
  if (locks === null) throw new LecternError('storage-denied', { message: 'this browser has no locks' });

  it('have one holder, and the next when it lets go', async () => {
    const lock = name();
    const first = await locks.tryAcquire(lock, () => lost.push(lock));
    expect(first).not.to.equal(null);
    expect(await locks.tryAcquire(lock, () => undefined)).to.equal(null);
    expect(await locks.isHeld(lock)).to.equal(true);
    const waiting = locks.acquire(lock, () => undefined, new AbortController().signal);
    await first?.release();
    await (await waiting).release();
    expect(await locks.isHeld(lock)).to.equal(false);
    const again = await locks.tryAcquire(lock, () => undefined);
    expect(again, 'free as soon as it was released').not.to.equal(null);
    await again?.release();
    expect(lost).to.deep.equal([]);
  });

  it('tell the holder when they are taken away', async () => {
    const lock = name();
    await locks.tryAcquire(lock, () => lost.push(lock));
    const thief = await locks.steal(lock, () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lost).to.deep.equal([lock]);
    await thief.release();
  });

  it('stop waiting when they are told to', async () => {
    const lock = name();
    const first = await locks.tryAcquire(lock, () => undefined);
    const controller = new AbortController();
    const waiting = locks.acquire(lock, () => undefined, controller.signal);
    controller.abort();
    expect(await codeOf(waiting)).to.equal('aborted');
    await first?.release();
  });
});

describe('a session in a browser', () => {
  const sessions: TestSession[] = [];
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.dispose()));
  });

  it('keeps changes on disk until the back end has them, and says so', async () => {
    const session = createTestSession({
      projects: [{ id: 'lecture', title: 'Limits', document: createProjectDocument() }],
      fail: { 'projects.save': 'offline' },
      session: { autosave: { debounceMs: 5, closeMs: 20 } },
    });
    sessions.push(session);
    const project = await session.openProject('lecture');
    const began = performance.now();
    project.editor.run('clip.rename', { clipId: 'clip-1' as ClipId, name: 'Kept' });
    await project.autosave.durable(project.autosave.lastSeq());
    expect(performance.now() - began).to.be.lessThan(2000);
    const { memoryOnly, pendingChanges } = project.autosave.store.getState();
    expect(memoryOnly).to.equal(false);
    expect(pendingChanges).to.equal(1);
    expect(await session.unsavedProjects()).to.deep.equal([]);
    await project.close();
    expect((await session.unsavedProjects()).map(({ projectId, changes }) => [projectId, changes])).to.deep.equal([
      ['lecture', 1],
    ]);
    session.setFaults({});
    const again = await session.openProject('lecture');
    expect(again.autosave.store.getState().restorable?.changes).to.equal(1);
    await again.autosave.saveNow();
    expect(await session.unsavedProjects()).to.deep.equal([]);
  });

  it('makes the second of two read-only, and hands over when asked', async () => {
    const namespace = `two-tabs-${crypto.randomUUID()}`;
    const autosave = { debounceMs: 5, closeMs: 20 };
    const first = createTestSession({
      projects: [{ id: 'lecture', title: 'Limits', document: createProjectDocument() }],
      session: { namespace, autosave },
    });
    sessions.push(first);
    const { name, assets, blobs, transfers, operations, projects, courses, identity } = first.reliableBackend;
    const second = createSession({
      backend: {
        name,
        assets,
        blobs,
        transfers,
        operations,
        projects,
        courses,
        identity,
        dispose: () => Promise.resolve(),
      },
      engines: { uploads: first.uploads, render: first.render },
      namespace,
      autosave,
    });
    const mine = await first.openProject('lecture');
    const theirs = await second.openProject('lecture');
    const roleOf = (project: typeof mine): string => project.autosave.store.getState().role;
    expect([roleOf(mine), roleOf(theirs)]).to.deep.equal(['leader', 'follower']);
    mine.editor.run('clip.rename', { clipId: 'clip-1' as ClipId, name: 'Last words' });
    await theirs.autosave.editHere();
    for (let end = Date.now() + 4000; roleOf(theirs) !== 'leader' && Date.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect([roleOf(mine), roleOf(theirs)]).to.deep.equal(['follower', 'leader']);
    expect(theirs.editor.document.clips.get('clip-1' as ClipId)?.name).to.equal('Last words');
    expect(mine.editor.store.getState().readOnly).to.equal(true);
    await theirs.close();
  });
});
