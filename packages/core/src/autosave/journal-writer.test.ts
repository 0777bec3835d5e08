import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LecternError } from '@lectern/ports';
import { emptyHistory, type Change, type MarkerId, type MarkerRecord } from '@lectern/timeline';
import { createProjectDocument } from '../../../testing/src/builders.js';
import { createEditor } from '../editor/create-editor.js';
import { leading, run } from '../test-support/machine-steps.js';
import type { DriverContext } from './driver-context.js';
import type { Journal, JournalImage, JournalWrite } from './journal.js';
import { readJournal, sealEntry, sealSnapshot } from './journal-reader.js';
import { systemClock } from './clock.js';
import { freshMeta, JournalWriter } from './journal-writer.js';
import type { AutosaveEvent, AutosaveMachine, PreparedSave } from './machine/machine.js';
import { memoryJournal } from './memory-journal.js';
import type { Opening } from './opening.js';
import type { TabMessage } from './tab-channel.js';

const document = createProjectDocument();
const other = createProjectDocument();
const change = (seq: number, name = ''): Change => {
  const marker: MarkerRecord = {
    type: 'marker',
    id: `m${String(seq)}` as MarkerId,
    frame: seq,
    name,
    colour: '#ffffff',
    clipId: null,
  };
  return { added: { [marker.id]: marker }, updated: {}, removed: {} };
};
const opening = (journaled: boolean): Opening =>
  ({ journaled, lastAt: '2026-01-01T00:00:00.000Z', history: emptyHistory }) as unknown as Opening;
const save: PreparedSave = { saveId: 's1', kind: 'auto', baseRev: 3, seqTo: 11, hash: 'eleven', isSent: false };
const acknowledged = { type: 'acknowledge', saveId: 's1', kind: 'auto', rev: 4, hash: 'eleven', seqTo: 11 } as const;

type Context = { -readonly [Key in keyof DriverContext]: DriverContext[Key] };

let disk: Journal;
let writes: JournalWrite[];
let events: AutosaveEvent[];
let told: TabMessage[];
/** What becomes of the next writes. */
let outcome: () => Promise<void>;
let context: Context;
let writer: JournalWriter;
const image = async (): Promise<JournalImage> => {
  const found = await disk.read('p');
  assert.ok(found);
  return found;
};
const local = (changes: Partial<AutosaveMachine['local']>): void => {
  context.machine = { ...context.machine, local: { ...context.machine.local, ...changes } };
};
/** As the driver does: takes changes in and writes them. */
async function edit(...seqs: readonly number[]): Promise<void> {
  for (const seq of seqs) writer.record(seq, change(seq));
  await writer.append(seqs.at(-1) ?? 0);
}

beforeEach(async () => {
  disk = memoryJournal();
  writes = [];
  events = [];
  told = [];
  outcome = () => Promise.resolve();
  const journal: Journal = {
    ...disk,
    kind: 'indexeddb',
    async write(projectId, epoch, write) {
      writes.push(write);
      await outcome();
      await disk.write(projectId, epoch, write);
    },
  };
  context = {
    options: {
      projectId: 'p',
      clock: systemClock(() => new Date('2026-03-02T09:00:00Z')),
      title: () => ({ title: 'Waves', description: 'Week 1' }),
    } as unknown as DriverContext['options'],
    machine: run(leading).machine,
    editor: { document, history: emptyHistory } as unknown as NonNullable<DriverContext['editor']>,
    closed: false,
    take: (event) => void events.push(event),
    tell: (message) => void told.push(message),
  };
  writer = new JournalWriter(context, journal);
  await disk.claim('p', freshMeta({ title: 'Waves', description: '' }));
});

describe('writing changes to the journal', () => {
  it('begins with a snapshot of the document, and goes on with the changes', async () => {
    writer.begin(opening(false));
    await edit(11, 12);
    const first = await image();
    assert.deepEqual(first.snapshot, sealSnapshot(12, document));
    assert.deepEqual(first.entries, [], 'they are in the snapshot');
    assert.deepEqual(first.meta, {
      projectId: 'p',
      epoch: 1,
      baseRev: 3,
      baseHash: 'three',
      ackedSeq: 10,
      lastSeq: 12,
      lastAt: '2026-03-02T09:00:00.000Z',
      title: 'Waves',
      description: 'Week 1',
    });
    await edit(13);
    const next = await image();
    assert.deepEqual(next.snapshot, first.snapshot);
    assert.deepEqual(next.entries, [sealEntry(13, 1, change(13))]);
    assert.equal(next.meta.lastSeq, 13);
    assert.equal(readJournal(next).damagedFrom, null);
  });

  it('goes on from the journal that an opening found, and keeps when that was changed last', async () => {
    await disk.write('p', 1, { snapshot: sealSnapshot(10, document), meta: { lastSeq: 10 } });
    writer.begin(opening(true));
    await writer.append(10);
    assert.equal((await image()).meta.lastAt, '2026-01-01T00:00:00.000Z');
    await edit(11);
    assert.equal(writes.at(-1)?.snapshot, undefined);
    assert.deepEqual((await image()).entries, [sealEntry(11, 1, change(11))]);
  });

  it('tells the machine and the other tabs once it is written, each change once', async () => {
    writer.begin(opening(true));
    await edit(11, 12);
    assert.deepEqual(events, [{ type: 'appended', toSeq: 12, compact: false }]);
    assert.deepEqual(told, [
      { type: 'changed', epoch: 1, seq: 11, change: change(11) },
      { type: 'changed', epoch: 1, seq: 12, change: change(12) },
    ]);
    await edit(13);
    assert.deepEqual(
      told.slice(2).map((message) => ('seq' in message ? message.seq : null)),
      [13],
    );
    assert.deepEqual(
      (await image()).entries.map(({ seq }) => seq),
      [11, 12, 13],
    );
  });

  it('tells nobody of what is not written yet', async () => {
    writer.begin(opening(true));
    for (const seq of [11, 12]) writer.record(seq, change(seq));
    await writer.append(11);
    assert.deepEqual(
      told.map((message) => ('seq' in message ? message.seq : null)),
      [11],
    );
    assert.deepEqual(
      writes.at(-1)?.append?.map(({ seq }) => seq),
      [11],
    );
    await writer.append(12);
    assert.deepEqual(
      writes.at(-1)?.append?.map(({ seq }) => seq),
      [12],
    );
  });

  it('writes again what a failed write left, and says why it failed', async () => {
    writer.begin(opening(true));
    outcome = () => Promise.reject(new LecternError('quota-exceeded'));
    await edit(11);
    assert.deepEqual(events, [
      { type: 'append-failed', error: { code: 'quota-exceeded', message: 'quota-exceeded', details: {} } },
    ]);
    assert.deepEqual(told, []);
    outcome = () => Promise.resolve();
    await edit(12);
    assert.deepEqual(
      (await image()).entries.map(({ seq }) => seq),
      [11, 12],
    );
    assert.deepEqual(writes.at(-1)?.snapshot, undefined, 'the root was there before');
  });

  it('begins anew with a snapshot when the first one failed', async () => {
    writer.begin(opening(false));
    outcome = () => Promise.reject(new LecternError('quota-exceeded'));
    await edit(11);
    outcome = () => Promise.resolve();
    await edit(12);
    assert.equal((await image()).snapshot?.seq, 12);
  });

  it('writes a snapshot again while the first one is on its way, for nothing builds on it yet', async () => {
    writer.begin(opening(false));
    writer.record(11, change(11));
    const first = writer.append(11);
    await edit(12);
    await first;
    assert.deepEqual(
      writes.map((write) => write.snapshot?.seq),
      [11, 12],
    );
  });

  it('says nothing about a document that another one took the place of', async () => {
    for (const journaled of [true, false]) {
      writer.begin(opening(journaled));
      events.length = 0;
      writer.record(11, change(11));
      const late = writer.append(11);
      writer.uproot();
      writer.record(12, change(12));
      await late;
      assert.deepEqual([events, told], [[], []]);
      await writer.append(12);
      assert.equal(writes.at(-1)?.snapshot?.seq, 12, 'what is written next is a new root');
      told.length = 0;
    }
  });

  it('lets a late failure of the document before change nothing of the one after', async () => {
    writer.begin(opening(false));
    let fail: (error: Error) => void = () => undefined;
    outcome = () => new Promise((_, reject) => (fail = reject));
    writer.record(11, change(11));
    const late = writer.append(11);
    await Promise.resolve();
    const failing = fail;
    writer.begin(opening(true));
    failing(new LecternError('quota-exceeded'));
    await late;
    outcome = () => Promise.resolve();
    await edit(12);
    assert.equal(writes.at(-1)?.snapshot, undefined, 'the journal of the opening is still the root');
  });

  it('writes nothing for a page without a document', async () => {
    writer.begin(opening(true));
    context.editor = null;
    await writer.append(11);
    writer.compact();
    assert.deepEqual(writes, []);
  });

  it('can be waited for, whatever becomes of the write', async () => {
    await writer.settled();
    writer.begin(opening(true));
    outcome = () => Promise.reject(new LecternError('quota-exceeded'));
    writer.record(11, change(11));
    let done = false;
    const written = writer.append(11).then(() => (done = true));
    await writer.settled();
    await written;
    assert.ok(done);
    await assert.rejects(writer.write({ meta: {} }), { code: 'quota-exceeded' });
    await writer.settled();
  });

  it('keeps what can be undone with the change that it belongs to', async () => {
    const editor = createEditor({ document, newId: () => 'new', checked: true });
    editor.run('clip.rename', { clipId: 'clip-1' as never, name: 'Renamed' });
    context.editor = { document: editor.document, history: editor.history } as never;
    writer.begin(opening(true));
    await edit(11);
    assert.deepEqual([writes.at(-1)?.history?.index?.seq, writes.at(-1)?.history?.index?.hash], [11, '']);
    assert.equal((await image()).history?.steps.length, 1);
    await edit(12);
    assert.deepEqual(writes.at(-1)?.history?.put, [], 'a step is written once');
    local({ seq: 12 });
    writer.acknowledge({ ...acknowledged, seqTo: 12 });
    await writer.settled();
    assert.equal((await image()).history?.index.hash, 'eleven');
    writer.acknowledge({ ...acknowledged, seqTo: 11 });
    assert.equal(writes.at(-1)?.history, undefined, 'steps made since belong to another document');
    context.machine = { ...context.machine, remote: { ...context.machine.remote, ackedSeq: 13, baseHash: 'now' } };
    await edit(13);
    assert.equal(writes.at(-1)?.history?.index?.hash, 'now');
  });
});

describe('folding the journal', () => {
  const grown = async (): Promise<void> => {
    writer.begin(opening(true));
    await edit(11);
    local({ seq: 11, durableSeq: 11 });
  };

  it('is due after two hundred changes, or two million characters of them', async () => {
    writer.begin(opening(true));
    for (let seq = 11; seq < 210; seq += 1) writer.record(seq, change(seq));
    await writer.append(209);
    assert.deepEqual(events, [{ type: 'appended', toSeq: 209, compact: false }]);
    await edit(210);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 210, compact: true });
    local({ seq: 210, durableSeq: 210 });
    writer.compact();
    await edit(211);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 211, compact: false }, 'the count begins anew');
    writer.begin(opening(true));
    const empty = sealEntry(12, 1, change(12)).body.length;
    writer.record(12, change(12, 'x'.repeat(1_999_999 - empty)));
    await writer.append(12);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 12, compact: false });
    writer.record(13, change(13));
    await writer.append(13);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 13, compact: true });
    local({ seq: 13, durableSeq: 13 });
    writer.compact();
    await edit(14);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 14, compact: false });
  });

  it('counts from the opening, and not what is in the snapshot', async () => {
    writer.begin(opening(false));
    for (let seq = 11; seq < 311; seq += 1) writer.record(seq, change(seq));
    await writer.append(310);
    assert.deepEqual(events, [{ type: 'appended', toSeq: 310, compact: false }]);
    for (let seq = 311; seq < 510; seq += 1) writer.record(seq, change(seq));
    await writer.append(509);
    writer.begin(opening(true));
    await edit(510);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 510, compact: false });
  });

  it('puts a snapshot in the place of the entries, on the disk before it ends', async () => {
    await grown();
    writer.compact();
    const [write] = writes.slice(-1);
    assert.equal(write?.strict, true);
    await writer.settled();
    const { snapshot, entries, meta } = await image();
    assert.deepEqual([snapshot, entries, meta.lastSeq], [sealSnapshot(11, document), [], 11]);
    assert.equal(meta.title, 'Waves');
    const count = writes.length;
    writer.compact();
    assert.equal(writes.length, count, 'there is nothing more to fold');
  });

  it('waits for what is not written, and for what is being written', async () => {
    await grown();
    const count = writes.length;
    local({ seq: 12 });
    writer.compact();
    local({ seq: 11, appendingTo: 11 });
    writer.compact();
    assert.equal(writes.length, count);
    local({ appendingTo: null });
    writer.uproot();
    writer.compact();
    assert.equal(writes.length, count, 'nor is there anything to fold of a document that was replaced');
  });

  it('is tried again with the next change when it failed', async () => {
    await grown();
    outcome = () => Promise.reject(new LecternError('quota-exceeded'));
    writer.compact();
    await writer.settled();
    outcome = () => Promise.resolve();
    assert.deepEqual((await image()).entries.length, 1, 'the entries are all still there');
    await edit(12);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 12, compact: true });
  });
});

describe('emptying the journal', () => {
  it('leaves only what the project is and how far it came', async () => {
    writer.begin(opening(true));
    await edit(11);
    local({ seq: 11, durableSeq: 11 });
    await writer.clear();
    const { snapshot, entries, meta } = await image();
    assert.deepEqual([snapshot, entries, meta.lastSeq, meta.title], [null, [], 11, 'Waves']);
    const count = writes.length;
    await writer.clear();
    assert.equal(writes.length, count, 'an empty one stays as it is');
    await edit(12);
    assert.equal((await image()).snapshot?.seq, 12, 'what comes next has something to build on');
  });

  it('begins the count of changes anew', async () => {
    writer.begin(opening(true));
    for (let seq = 11; seq < 210; seq += 1) writer.record(seq, change(seq));
    await writer.append(209);
    await writer.clear();
    await edit(210);
    await edit(211);
    assert.deepEqual(events.at(-1), { type: 'appended', toSeq: 211, compact: false });
  });

  it('keeps the title as it is by then, as folding does', async () => {
    const titled = (title: string): void => {
      context.options = { ...context.options, title: () => ({ title, description: '' }) };
    };
    writer.begin(opening(true));
    await edit(11);
    local({ seq: 11, durableSeq: 11 });
    titled('Folded');
    writer.compact();
    await writer.settled();
    assert.equal((await image()).meta.title, 'Folded');
    titled('Emptied');
    await writer.clear();
    assert.equal((await image()).meta.title, 'Emptied');
  });

  it('harms nobody when it fails', async () => {
    writer.begin(opening(true));
    outcome = () => Promise.reject(new LecternError('quota-exceeded'));
    await writer.clear();
    assert.deepEqual(events, []);
  });
});

describe('the outbox', () => {
  it('has what tells, after a crash, whether the back end took a save', async () => {
    assert.equal(await writer.putOutbox(save), null);
    assert.deepEqual((await image()).outbox, [{ saveId: 's1', baseRev: 3, seqTo: 11, hash: 'eleven' }]);
  });

  it('says why a row could not be written, and needs none in a journal that goes with the page', async () => {
    outcome = () => Promise.reject(new LecternError('storage-denied'));
    assert.equal((await writer.putOutbox(save))?.code, 'storage-denied');
    const memory = memoryJournal();
    const volatile = new JournalWriter(context, memory);
    assert.equal(await volatile.putOutbox(save), null, 'nor is it tried: nobody claimed that journal');
  });

  it('is emptied with the new base in one write', async () => {
    writer.begin(opening(true));
    await writer.putOutbox(save);
    writer.acknowledge(acknowledged);
    const count = writes.length;
    await writer.settled();
    assert.equal(writes.length, count);
    const { meta, outbox } = await image();
    assert.deepEqual([meta.baseRev, meta.baseHash, meta.ackedSeq, outbox], [4, 'eleven', 11, []]);
  });

  it('keeps its rows and its entries when nothing was sent', async () => {
    writer.begin(opening(true));
    await edit(11);
    await writer.putOutbox(save);
    writer.acknowledge({ ...acknowledged, saveId: null, kind: null });
    await writer.settled();
    const { outbox, entries } = await image();
    assert.deepEqual([outbox.length, entries.length], [1, 1]);
  });

  it('lets go of what was journaled of a document that another one took the place of', async () => {
    await disk.write('p', 1, { snapshot: sealSnapshot(0, other), append: [sealEntry(11, 1, change(11))] });
    writer.begin(opening(false));
    writer.acknowledge(acknowledged);
    await writer.settled();
    const { snapshot, entries } = await image();
    assert.deepEqual([snapshot, entries], [null, []]);
  });

  it('lets go of nothing that is on its way to the journal', async () => {
    writer.begin(opening(false));
    writer.record(11, change(11));
    const root = writer.append(11);
    writer.acknowledge(acknowledged);
    await root;
    await writer.settled();
    assert.equal((await image()).snapshot?.seq, 11);
  });

  it('lets go of what is left where a new beginning failed, or another document came', async () => {
    for (const fails of [true, false]) {
      await disk.write('p', 1, { snapshot: sealSnapshot(0, other), append: [sealEntry(11, 1, change(11))] });
      writer.begin(opening(!fails));
      if (fails) {
        outcome = () => Promise.reject(new LecternError('quota-exceeded'));
        await edit(11);
        outcome = () => Promise.resolve();
      } else writer.uproot();
      writer.acknowledge(acknowledged);
      await writer.settled();
      assert.equal((await image()).snapshot, null);
    }
  });

  it('lets go of nothing that is on its way when an earlier beginning fails', async () => {
    writer.begin(opening(false));
    outcome = () => Promise.reject(new LecternError('quota-exceeded'));
    writer.record(11, change(11));
    const first = writer.append(11);
    let arrive: () => void = () => undefined;
    outcome = () => new Promise((resolve) => (arrive = resolve));
    writer.record(12, change(12));
    const second = writer.append(12);
    await first;
    outcome = () => Promise.resolve();
    writer.acknowledge(acknowledged);
    assert.equal(writes.at(-1)?.snapshot, undefined);
    arrive();
    await second;
    await writer.settled();
    assert.equal((await image()).snapshot?.seq, 12);
  });

  it('is tried again where it lets go of a former document, and told to those who watch', async () => {
    await disk.write('p', 1, { snapshot: sealSnapshot(0, other), append: [sealEntry(11, 1, change(11))] });
    const waiting: (() => void)[] = [];
    const clock = { ...systemClock(), after: (_ms: number, run: () => void) => (waiting.push(run), () => undefined) };
    context.options = { ...context.options, clock };
    const { remote } = context.machine;
    context.machine = { ...context.machine, remote: { ...remote, ackedSeq: 11, baseRev: 4 } };
    writer.begin(opening(false));
    outcome = () => Promise.reject(new LecternError('unknown'));
    writer.acknowledge(acknowledged);
    await writer.settled();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([(await image()).entries.length, told, waiting.length], [1, [], 1]);
    outcome = () => Promise.resolve();
    waiting[0]?.();
    await writer.settled();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([(await image()).entries.length, told], [0, [{ type: 'replaced', epoch: 1 }]]);
  });

  it('writes the steps that can be undone once, be it with a save or with a change', async () => {
    const editor = createEditor({ document, newId: () => 'new', checked: true });
    editor.run('clip.rename', { clipId: 'clip-1' as never, name: 'Renamed' });
    context.editor = { document: editor.document, history: editor.history } as never;
    writer.begin(opening(true));
    local({ seq: 11 });
    writer.acknowledge(acknowledged);
    await writer.settled();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await image()).history?.steps.length, 1);
    writer.acknowledge({ ...acknowledged, seqTo: 9 });
    await writer.settled();
    await edit(12);
    assert.deepEqual(writes.at(-1)?.history?.put, []);
    context.editor = null;
    writer.acknowledge(acknowledged);
    assert.equal(writes.at(-1)?.history, undefined);
  });

  it('tells that the lead is lost when the epoch is over, and nothing of other failures', async () => {
    writer.begin(opening(true));
    outcome = () => Promise.reject(new LecternError('quota-exceeded'));
    writer.acknowledge(acknowledged);
    await writer.settled();
    assert.deepEqual(events, []);
    outcome = () => Promise.reject(new LecternError('conflict'));
    writer.acknowledge(acknowledged);
    await writer.settled();
    await Promise.resolve();
    assert.deepEqual(events, [{ type: 'lost' }]);
  });
});

describe('a journal that was emptied under a tab', () => {
  const missing = (): Promise<never> => Promise.reject(new LecternError('conflict', { details: { missing: true } }));

  it('is begun anew by the tab that leads, with a snapshot', async () => {
    writer.begin(opening(true));
    outcome = missing;
    await edit(11);
    const epoch = (await image()).meta.epoch;
    assert.equal(epoch, 2);
    assert.deepEqual(events, [
      { type: 'granted', epoch },
      { type: 'append-failed', error: { code: 'storage-denied', message: 'the journal was emptied', details: {} } },
    ]);
    assert.equal((await image()).meta.title, 'Waves');
    outcome = () => Promise.resolve();
    context.machine = { ...context.machine, role: { ...context.machine.role, epoch } };
    await writer.append(11);
    assert.equal((await image()).snapshot?.seq, 11);
    assert.equal(writes.at(-1)?.history?.drop, 'all');
  });

  it('is begun with what is known of the project', async () => {
    const claims: unknown[] = [];
    const journal: Journal = {
      ...disk,
      write: missing,
      claim(projectId, initial) {
        claims.push(initial);
        return disk.claim(projectId, initial);
      },
    };
    writer = new JournalWriter(context, journal);
    writer.begin(opening(true));
    await edit(11);
    assert.deepEqual(claims, [
      {
        baseRev: 3,
        baseHash: 'three',
        ackedSeq: 10,
        lastSeq: 0,
        lastAt: '2026-03-02T09:00:00.000Z',
        title: 'Waves',
        description: 'Week 1',
      },
    ]);
  });

  it('is left to the tab that has it, and alone by a tab that doesn’t lead', async () => {
    writer.begin(opening(true));
    for (const details of [{ missing: false }, {}] as const) {
      outcome = () => Promise.reject(new LecternError('conflict', { details: { ...details } }));
      await edit(11);
      assert.equal(events.at(-1)?.type, 'append-failed');
    }
    outcome = () => Promise.reject(new LecternError('quota-exceeded', { details: { missing: true } }));
    await edit(11);
    outcome = missing;
    context.machine = { ...context.machine, role: { ...context.machine.role, status: 'follower' } };
    await edit(12);
    assert.deepEqual(
      events.map((event) => (event.type === 'append-failed' ? event.error.code : event.type)),
      ['conflict', 'conflict', 'quota-exceeded', 'conflict'],
    );
    assert.equal((await image()).meta.epoch, 1);
  });

  it('says why it could not be begun anew', async () => {
    const journal: Journal = {
      ...disk,
      write: missing,
      claim: () => Promise.reject(new LecternError('storage-denied')),
    };
    writer = new JournalWriter(context, journal);
    writer.begin(opening(true));
    await edit(11);
    assert.deepEqual(
      events.map((event) => (event.type === 'append-failed' ? event.error.code : event.type)),
      ['storage-denied'],
    );
  });
});
