import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Journal, JournalEntry, JournalMeta, JournalSnapshot, KeptStep } from './journal.js';
import { localStorageJournal, pageStorage, type KeyValueStorage } from './local-storage-journal.js';
import { memoryJournal } from './memory-journal.js';

type Initial = Omit<JournalMeta, 'projectId' | 'epoch'>;
const initial: Initial = {
  baseRev: 0,
  baseHash: '',
  ackedSeq: 0,
  lastSeq: 0,
  lastAt: '',
  title: 'Waves',
  description: 'Week 1',
};
const entry = (seq: number, epoch = 1): JournalEntry => ({ seq, epoch, body: `{"n":${String(seq)}}`, crc: seq });
const snapshot = (seq: number): JournalSnapshot => ({ seq, body: '{}', crc: 1 });
const step = (id: number): KeptStep => ({ id, body: '{}', crc: id });
const row = (saveId: string): { saveId: string; baseRev: number; seqTo: number; hash: string } => ({
  saveId,
  baseRev: 0,
  seqTo: 1,
  hash: saveId,
});

/** A storage of so many characters. */
function storageOf(room = Number.POSITIVE_INFINITY): KeyValueStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem(key, value) {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key) => void items.delete(key),
  };
}

const kinds: Readonly<Record<string, () => Journal>> = {
  memory: memoryJournal,
  localStorage: () => localStorageJournal(storageOf(), 'lectern'),
};

for (const [kind, open] of Object.entries(kinds)) {
  describe(`the journal in ${kind}`, () => {
    const begun = async (): Promise<Journal> => {
      const journal = open();
      await journal.claim('p', initial);
      return journal;
    };

    it('knows nothing of a project that nobody claimed, and lets nobody write it', async () => {
      const journal = open();
      assert.equal(await journal.read('p'), null);
      await assert.rejects(journal.write('p', 1, { append: [entry(1)] }), {
        code: 'conflict',
        details: { missing: true },
      });
      await assert.rejects(journal.write('p', 0, { append: [entry(1)] }), { code: 'conflict' });
      assert.equal(await journal.read('p'), null);
      assert.deepEqual(await journal.unsaved(), []);
    });

    it('begins a project with what it is told of it, and counts its epochs', async () => {
      const journal = open();
      const first = await journal.claim('p', initial);
      assert.deepEqual(first.meta, { ...initial, projectId: 'p', epoch: 1 });
      assert.deepEqual([first.snapshot, first.entries, first.outbox, first.history], [null, [], [], null]);
      const second = await journal.claim('p', { ...initial, title: 'Other' });
      assert.deepEqual([second.meta.epoch, second.meta.title], [2, 'Waves']);
      assert.deepEqual(await journal.read('p'), second);
    });

    it('refuses the write of an epoch that is over, and keeps nothing of it', async () => {
      const journal = await begun();
      await journal.claim('p', initial);
      await assert.rejects(journal.write('p', 1, { append: [entry(1)], meta: { lastSeq: 1 } }), {
        code: 'conflict',
        details: { missing: false },
      });
      await assert.rejects(journal.write('p', 3, { append: [entry(1)] }), { code: 'conflict' });
      const image = await journal.read('p');
      assert.deepEqual([image?.entries, image?.meta.lastSeq], [[], 0]);
    });

    it('keeps what was written before where a write says nothing of it', async () => {
      const journal = await begun();
      await journal.write('p', 1, { snapshot: snapshot(0), append: [entry(1)], putOutbox: row('a') });
      await journal.write('p', 1, { meta: { lastSeq: 1 } });
      const image = await journal.read('p');
      assert.deepEqual(image?.snapshot, snapshot(0));
      assert.deepEqual(image.entries, [entry(1)]);
      assert.deepEqual(image.outbox, [row('a')]);
      assert.deepEqual([image.meta.lastSeq, image.meta.title], [1, 'Waves']);
      await journal.write('p', 1, { snapshot: null });
      assert.equal((await journal.read('p'))?.snapshot, null);
    });

    it('forgets entries up to and with the one it is told, and rows by their ids', async () => {
      const journal = await begun();
      await journal.write('p', 1, { append: [entry(1), entry(2), entry(3)], putOutbox: row('a') });
      await journal.write('p', 1, { putOutbox: row('b') });
      await journal.write('p', 1, { putOutbox: { ...row('b'), hash: 'again' } });
      const two = await journal.read('p');
      assert.deepEqual(
        two?.outbox.map(({ saveId, hash }) => [saveId, hash]),
        [
          ['a', 'a'],
          ['b', 'again'],
        ],
      );
      await journal.write('p', 1, { dropEntriesTo: 2, dropOutbox: ['a'] });
      const image = await journal.read('p');
      assert.deepEqual(image?.entries, [entry(3)]);
      assert.deepEqual(
        image.outbox.map(({ saveId }) => saveId),
        ['b'],
      );
    });

    it('sets aside what could not be read, each time a part of its own, until somebody lets go of it', async () => {
      const journal = await begun();
      await journal.claim('q', initial);
      await journal.write('q', 1, { append: [entry(1)] });
      await journal.write('q', 1, { quarantine: { fromSeq: 1, reason: 'other' } });
      await journal.write('p', 1, {
        snapshot: snapshot(0),
        append: [entry(1), entry(2), entry(3)],
        meta: { lastAt: '2026-03-02' },
      });
      await journal.write('p', 1, { quarantine: { fromSeq: 2, reason: 'unreadable' } });
      const tail = { projectId: 'p', reason: 'unreadable', lastAt: '2026-03-02', text: null };
      assert.deepEqual(await journal.quarantined('p'), [{ ...tail, snapshot: null, entries: [entry(2), entry(3)] }]);
      const image = await journal.read('p');
      assert.deepEqual([image?.entries, image?.snapshot], [[entry(1)], snapshot(0)]);
      await journal.write('p', 1, { quarantine: { fromSeq: 2, reason: 'nothing' } });
      await journal.write('p', 1, { quarantine: { fromSeq: 9, reason: 'unreadable', snapshot: true } });
      assert.deepEqual(await journal.quarantined('p'), [
        { ...tail, snapshot: null, entries: [entry(2), entry(3)] },
        { ...tail, snapshot: snapshot(0), entries: [] },
      ]);
      assert.equal((await journal.read('p'))?.snapshot, null);
      await journal.dropQuarantined('p');
      assert.deepEqual(await journal.quarantined('p'), []);
      assert.equal((await journal.quarantined('q')).length, 1);
    });

    it('puts a new snapshot in the place of one that it sets aside', async () => {
      const journal = await begun();
      await journal.write('p', 1, { snapshot: snapshot(0) });
      await journal.write('p', 1, {
        snapshot: snapshot(5),
        quarantine: { fromSeq: 0, reason: 'unreadable', snapshot: true },
      });
      assert.deepEqual((await journal.read('p'))?.snapshot, snapshot(5));
    });

    it('gives up what is saved, edited longest ago first, and never what is not', async () => {
      const journal = open();
      for (const [id, lastAt, ackedSeq] of [
        ['new', '2026-03-03', 1],
        ['old', '2026-03-01', 1],
        ['unsaved', '2026-01-01', 0],
        ['middle', '2026-03-02', 1],
      ] as const) {
        await journal.claim(id, initial);
        await journal.write(id, 1, {
          snapshot: snapshot(0),
          append: [entry(1)],
          meta: { lastSeq: 1, ackedSeq, lastAt },
          history: { index: { done: [1], undone: [], seq: 1, hash: '', schemaVersion: 1 }, put: [step(1)], drop: [] },
        });
      }
      await journal.claim('empty', initial);
      const gone: string[] = [];
      while (await journal.evict())
        for (const id of ['new', 'old', 'unsaved', 'middle', 'empty'])
          if ((await journal.read(id))?.snapshot === null && id !== 'empty' && !gone.includes(id)) gone.push(id);
      assert.deepEqual(gone, ['old', 'middle', 'new']);
      const image = await journal.read('old');
      assert.deepEqual([image?.entries, image?.history, image?.meta.evicted], [[], null, true]);
      assert.equal(image?.meta.epoch, 1, 'an epoch is never forgotten');
      assert.deepEqual((await journal.read('unsaved'))?.entries, [entry(1)]);
    });

    it('takes entries of a project that was given up only with a snapshot to build on', async () => {
      const journal = await begun();
      await journal.write('p', 1, { snapshot: snapshot(1), meta: { lastSeq: 1, ackedSeq: 1 } });
      assert.equal(await journal.evict(), true);
      await assert.rejects(journal.write('p', 1, { append: [entry(2)] }), {
        code: 'conflict',
        details: { missing: true },
      });
      await journal.write('p', 1, { append: [], meta: { title: 'Tides' } });
      assert.equal((await journal.read('p'))?.meta.evicted, true);
      await journal.write('p', 1, { snapshot: snapshot(2), append: [entry(3)] });
      assert.equal((await journal.read('p'))?.meta.evicted, undefined);
      await journal.write('p', 1, { append: [entry(4)] });
      assert.deepEqual((await journal.read('p'))?.entries, [entry(3), entry(4)]);
    });

    it('gives up a history alone, too', async () => {
      const journal = await begun();
      const index = { done: [1], undone: [], seq: 0, hash: 'h', schemaVersion: 1 };
      await journal.write('p', 1, { history: { index, put: [step(1)], drop: [] } });
      assert.equal(await journal.evict(), true);
      assert.equal(await journal.evict(), false);
    });

    it('keeps the steps of a history by their ids', async () => {
      const journal = await begun();
      const index = { done: [1, 2], undone: [], seq: 1, hash: '', schemaVersion: 1 };
      const steps = async (): Promise<unknown> => (await journal.read('p'))?.history?.steps;
      await journal.write('p', 1, { history: { index, put: [step(1), step(2)], drop: [] } });
      await journal.write('p', 1, { history: { index, put: [{ ...step(2), crc: 22 }, step(3)], drop: [1] } });
      assert.deepEqual(await steps(), [{ ...step(2), crc: 22 }, step(3)]);
      await journal.write('p', 1, { history: { index: { ...index, done: [4] }, put: [step(4)], drop: 'all' } });
      assert.deepEqual(await steps(), [step(4)]);
      assert.deepEqual((await journal.read('p'))?.history?.index.done, [4]);
      await journal.write('p', 1, { snapshot: null, dropEntriesTo: 9 });
      assert.deepEqual(await steps(), [step(4)]);
      await journal.write('p', 1, { history: { index: null, put: [], drop: 'all' } });
      assert.equal((await journal.read('p'))?.history, null);
    });

    it('lists the projects with changes that nobody acknowledged', async () => {
      const journal = open();
      for (const [id, lastSeq, ackedSeq] of [
        ['saved', 2, 2],
        ['open', 3, 2],
        ['ahead', 2, 3],
      ] as const) {
        await journal.claim(id, initial);
        await journal.write(id, 1, { meta: { lastSeq, ackedSeq } });
      }
      assert.deepEqual(
        (await journal.unsaved()).map(({ projectId }) => projectId),
        ['open'],
      );
      assert.doesNotThrow(() => {
        journal.close();
      });
    });
  });
}

describe('the journal in localStorage', () => {
  it('has written when the call returns, for a page that goes', () => {
    const storage = storageOf();
    const journal = localStorageJournal(storage, 'lectern');
    void journal.claim('p', initial);
    void journal.write('p', 1, { append: [entry(1)] });
    assert.ok(storage.items.get('lectern/p')?.includes('"seq":1'));
    assert.equal(journal.kind, 'local-storage');
    assert.equal(memoryJournal().kind, 'memory');
  });

  it('shares the storage with others, and with journals of another name', async () => {
    const storage = storageOf();
    storage.setItem('theme', 'dark');
    storage.setItem('lectern', '{');
    const mine = localStorageJournal(storage, 'lectern');
    const theirs = localStorageJournal(storage, 'lectern2');
    await theirs.claim('p', initial);
    await theirs.write('p', 1, { meta: { lastSeq: 1 } });
    assert.deepEqual(await mine.unsaved(), []);
    assert.equal(await mine.read('p'), null);
    assert.equal(storage.items.get('theme'), 'dark');
  });

  for (const [name, text] of Object.entries({
    'no JSON': '{"meta":',
    nothing: 'null',
    'no journal': '{"entries":[],"outbox":[]}',
    'a journal without its entries': '{"meta":{"epoch":1},"entries":{},"outbox":[]}',
    'a journal without its outbox': '{"meta":{"epoch":1},"entries":[]}',
  }))
    it(`sets aside what is ${name}, whole, and begins anew`, async () => {
      const storage = storageOf();
      storage.setItem('lectern/p', text);
      const journal = localStorageJournal(storage, 'lectern');
      assert.equal(await journal.read('p'), null);
      assert.equal(storage.items.has('lectern/p'), false);
      assert.deepEqual(await journal.quarantined('p'), [
        { projectId: 'p', reason: 'unreadable', lastAt: '', snapshot: null, entries: [], text },
      ]);
      assert.deepEqual(await journal.unsaved(), [], 'nor is it a project');
      assert.equal((await journal.claim('p', initial)).meta.epoch, 1);
    });

  it('reads a journal of before there were snapshots in it', async () => {
    const storage = storageOf();
    const meta = { ...initial, projectId: 'p', epoch: 3 };
    storage.setItem('lectern/p', JSON.stringify({ meta, entries: [], outbox: [] }));
    const image = await localStorageJournal(storage, 'lectern').read('p');
    assert.deepEqual(image, { meta, entries: [], outbox: [], snapshot: null });
  });

  it('keeps what was set aside of each project in its order, past nine, and what is no part as it is', async () => {
    const storage = storageOf();
    const journal = localStorageJournal(storage, 'lectern');
    const texts = Array.from({ length: 11 }, (_, index) => `broken ${String(index)}`);
    for (const text of texts) {
      storage.setItem('lectern/p', text);
      await journal.read('p');
    }
    storage.setItem('lectern/1/p', 'another');
    await journal.read('1/p');
    storage.setItem('lectern/quarantine/x/p', 'stray');
    assert.deepEqual(
      (await journal.quarantined('p')).map(({ text }) => text),
      texts,
    );
    assert.deepEqual(
      (await journal.quarantined('1/p')).map(({ text }) => text),
      ['another'],
    );
    storage.setItem('lectern/quarantine/1/p', 'spoilt');
    assert.deepEqual((await journal.quarantined('p'))[0]?.text, 'spoilt');
    await journal.dropQuarantined('p');
    assert.deepEqual(await journal.quarantined('p'), []);
    assert.equal((await journal.quarantined('1/p')).length, 1);
  });

  it('gives up what can be undone before what was done, and says when there is no room for that either', async () => {
    const journal = localStorageJournal(storageOf(700), 'lectern');
    await journal.claim('p', initial);
    const index = { done: [1], undone: [], seq: 1, hash: '', schemaVersion: 1 };
    const long = { id: 1, body: 'x'.repeat(800), crc: 1 };
    await journal.write('p', 1, { append: [entry(1)], history: { index, put: [long], drop: [] } });
    const image = await journal.read('p');
    assert.deepEqual([image?.entries, image?.history], [[entry(1)], null]);
    await assert.rejects(journal.write('p', 1, { append: [{ ...entry(2), body: 'x'.repeat(800) }] }), {
      code: 'quota-exceeded',
    });
    assert.deepEqual((await journal.read('p'))?.entries, [entry(1)]);
  });
});

describe('the storage of a page', () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  afterEach(() => {
    if (real) Object.defineProperty(globalThis, 'localStorage', real);
    else Reflect.deleteProperty(globalThis, 'localStorage');
  });
  const pageWith = (get: () => unknown): void => {
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get });
  };

  it('is there when something can be written to it, of which nothing stays', () => {
    const storage = storageOf();
    pageWith(() => storage);
    assert.equal(pageStorage(), storage);
    assert.equal(storage.length, 0);
  });

  it('is none where there is none, where it is denied and where nothing fits', () => {
    pageWith(() => undefined);
    assert.equal(pageStorage(), null);
    pageWith(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    assert.equal(pageStorage(), null);
    pageWith(() => storageOf(0));
    assert.equal(pageStorage(), null);
  });
});
