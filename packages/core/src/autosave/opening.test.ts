import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError, LecternError, type ProjectRevision, type ProjectsPort } from '@lectern/ports';
import type { Change, ClipId, MarkerId, MarkerRecord, TimelineDocument } from '@lectern/timeline';
import { applyChange, emptyHistory } from '@lectern/timeline';
import { createProjectDocument } from '../../../testing/src/builders.js';
import { createEditor } from '../editor/create-editor.js';
import { crc32 } from './crc32.js';
import { historyWrite } from './history-journal.js';
import type { JournalEntry, JournalImage, JournalMeta, JournalSnapshot, OutboxRow } from './journal.js';
import { sealEntry, sealSnapshot } from './journal-reader.js';
import { memoryJournal } from './memory-journal.js';
import { systemClock } from './clock.js';
import { openForEditing } from './open-for-editing.js';
import { memoryProjectLocks } from './project-lock.js';
import { decideOpening, fetchHead, type Head, type Opening } from './opening.js';
import { hashDocument, printDocument } from './stored-document.js';

const start = createProjectDocument();
const marker = (index: number): MarkerRecord => ({
  type: 'marker',
  id: `marker-${String(index)}` as MarkerId,
  frame: index,
  name: '',
  colour: '#ffffff',
  clipId: null,
});
const adding = (record: MarkerRecord): Change => ({ added: { [record.id]: record }, updated: {}, removed: {} });
const entry = (seq: number, epoch = 1): JournalEntry => sealEntry(seq, epoch, adding(marker(seq)));
const sealed = (seq: number, body: string): JournalEntry => ({ seq, epoch: 1, body, crc: crc32(body) });
/** Four changes; the third is the one to be replaced. */
const withThird = (third: JournalEntry): readonly JournalEntry[] => [entry(1), entry(2), third, entry(4)];

function image(
  entries: readonly JournalEntry[],
  snapshot: JournalSnapshot | null = sealSnapshot(0, start),
  meta: Partial<JournalMeta> = {},
): JournalImage {
  return {
    meta: {
      projectId: 'p',
      epoch: 2,
      baseRev: 1,
      baseHash: 'h',
      ackedSeq: 0,
      lastSeq: entries.at(-1)?.seq ?? 0,
      lastAt: '2026-03-02T09:00:00.000Z',
      title: '',
      description: '',
      ...meta,
    },
    snapshot,
    entries,
    outbox: [],
  };
}
const headOf = async (document: TimelineDocument = start): Promise<Head> => ({
  found: true,
  opened: {
    project: { rev: 1, contentHash: await hashDocument(document) },
    schemaVersion: 3,
    state: printDocument(document).state,
  } as unknown as Extract<Head, { readonly found: true }>['opened'],
});
const projects = { revisions: () => Promise.resolve([]) } as unknown as ProjectsPort;
const open = async (kept: JournalImage, head?: Head): Promise<Opening> =>
  decideOpening(projects, head ?? (await headOf()), kept, () => start);
const markersIn = ({ document }: Opening): number => document.markers.length;
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const json = JSON.stringify;

describe('opening what this browser kept', () => {
  it('puts what the back end lacks on the timeline', async () => {
    const opening = await open(image([entry(1), entry(2)]));
    assert.deepEqual([markersIn(opening), opening.damaged, opening.journaled], [2, false, true]);
    assert.deepEqual(opening.restorable, { changes: 2, at: '2026-03-02T09:00:00.000Z' });
    assert.equal(opening.write?.quarantine, undefined);
  });

  it('offers nothing that the back end has', async () => {
    const head = await headOf(applyChange(start, adding(marker(1))));
    const opening = await open(image([entry(1)]), head);
    assert.deepEqual([opening.restorable, opening.journaled, opening.write?.snapshot], [null, false, null]);
  });

  const faults: Readonly<Record<string, JournalEntry>> = {
    'an entry whose bytes changed': { ...entry(3), body: entry(3).body.replace('ffffff', 'fffff0') },
    'an entry that is cut short': { ...entry(3), body: entry(3).body.slice(0, -9) },
    'an entry that was sealed cut short': sealed(3, entry(3).body.slice(0, -9)),
    'a number that is missing': entry(5),
    'a number that comes twice': entry(2),
    'an entry of an epoch that was over': entry(3, 0),
    'an entry of an epoch that has not been': entry(3, 9),
    'an entry that is no change': sealed(3, '[]'),
    'an entry with a record that is none': sealEntry(3, 1, adding({ ...marker(3), frame: -1 })),
    '10,000 levels in an entry': sealed(3, deep(10_000)),
    '10,000 levels in a record': sealed(
      3,
      json(adding(marker(3))).replace('"frame"', `"extra":${deep(10_000)},"frame"`),
    ),
    'a name of a million characters': sealEntry(3, 1, adding({ ...marker(3), name: 'x'.repeat(1_000_000) })),
  };
  for (const [name, third] of Object.entries(faults)) {
    it(`stops before ${name}, and sets it aside with all after it`, async () => {
      const before = withThird(third);
      // The first two are of the epoch that the fault must not fall below.
      const kept = image(before, sealSnapshot(0, start), { lastSeq: 4 });
      const opening = await open(kept);
      assert.deepEqual([markersIn(opening), opening.lastSeq, opening.damaged], [2, 2, true]);
      assert.deepEqual(opening.write?.quarantine, { fromSeq: 3, reason: 'unreadable', snapshot: false });
      assert.equal(opening.restorable?.changes, 2);
    });
  }

  it('sets aside what lies beyond the last change that was written', async () => {
    const opening = await open(image([entry(1), entry(2), entry(3)], sealSnapshot(0, start), { lastSeq: 2 }));
    assert.deepEqual([markersIn(opening), opening.write?.quarantine?.fromSeq], [2, 3]);
  });

  it('says so when the last changes are gone', async () => {
    const opening = await open(image([entry(1), entry(2)], sealSnapshot(0, start), { lastSeq: 5 }));
    assert.deepEqual([markersIn(opening), opening.damaged, opening.lastSeq], [2, true, 2]);
  });

  it('takes `__proto__` for a name like any other', async () => {
    const polluting = `{"__proto__":{"polluted":1},"added":{"__proto__":${json({ ...marker(3), id: '__proto__' })}},"updated":{},"removed":{}}`;
    const extra = json(adding(marker(4))).replace('"frame"', '"__proto__":{"polluted":1},"frame"');
    const opening = await open(image([entry(1), entry(2), sealed(3, polluting), sealed(4, extra)]));
    assert.deepEqual([markersIn(opening), opening.damaged], [4, false]);
    assert.equal(({} as { readonly polluted?: number }).polluted, undefined);
    for (const each of opening.document.markers) {
      assert.equal(Object.getPrototypeOf(each), Object.prototype, each.id);
      assert.equal((each as { readonly polluted?: number }).polluted, undefined);
    }
  });

  for (const [name, spoil] of Object.entries<(whole: JournalSnapshot) => JournalSnapshot>({
    'is cut short': (whole) => ({ ...whole, body: whole.body.slice(0, -20) }),
    'was sealed cut short': ({ seq, body }) => ({ seq, body: body.slice(0, -20), crc: crc32(body.slice(0, -20)) }),
    'is nested 10,000 levels deep': ({ seq }) => ({ seq, body: deep(10_000), crc: crc32(deep(10_000)) }),
    'is of a version to come that makes no sense': ({ seq }) => {
      const body = '{"schemaVersion":99,"clips":"elsewhere"}';
      return { seq, body, crc: crc32(body) };
    },
  })) {
    it(`opens the head when the snapshot ${name}, and sets it aside whole`, async () => {
      const journal = memoryJournal();
      const kept = image([entry(1), entry(2)], spoil(sealSnapshot(0, start)));
      const { meta } = await journal.claim('p', kept.meta);
      await journal.write('p', meta.epoch, { snapshot: kept.snapshot, append: kept.entries });
      const opening = await open(await journal.claim('p', kept.meta));
      assert.deepEqual([opening.document.markers.length, opening.damaged, opening.journaled], [0, true, false]);
      assert.ok(opening.write);
      await journal.write('p', meta.epoch + 1, opening.write);
      const [part] = await journal.quarantined('p');
      assert.deepEqual(part?.snapshot, kept.snapshot);
      assert.deepEqual(part.entries, kept.entries);
      const after = await journal.read('p');
      assert.deepEqual([after?.snapshot, after?.entries], [null, []]);
      assert.equal((await open(after as JournalImage)).damaged, false, 'the next opening is clean');
    });
  }

  it('leaves everything where it is when neither side can be read', async () => {
    const kept = image([entry(1)], { seq: 0, body: '{', crc: 0 });
    const head: Head = { found: false, unreachable: null };
    await assert.rejects(open(kept, head), (error) => isLecternError(error) && error.code === 'not-found');
  });

  it('opens what this browser kept when the head is damaged', async () => {
    const head = await headOf();
    assert.ok(head.found);
    const damagedHead: Head = { found: true, opened: { ...head.opened, state: { schemaVersion: 3, clips: 7 } } };
    assert.equal(markersIn(await open(image([entry(1)]), damagedHead)), 1);
  });

  it('cuts ten thousand changes back to the last good one', async () => {
    const clip = start.clips.get('clip-1' as ClipId);
    assert.ok(clip);
    const bad: Change = { added: {}, updated: { 'clip-1': [clip, { ...clip, durationFrames: 0 }] }, removed: {} };
    const entries = Array.from({ length: 10_000 }, (_, index) =>
      index === 6000 ? sealEntry(index + 1, 1, bad) : entry(index + 1),
    );
    const opening = await open(image(entries));
    assert.deepEqual([markersIn(opening), opening.write?.quarantine?.fromSeq], [6000, 6001]);
  });
});

describe('opening a new project', () => {
  it('goes on with what another tab has begun of it meanwhile', async () => {
    const journal = memoryJournal();
    const unknown = { open: () => Promise.reject(new LecternError('not-found')), revisions: () => Promise.resolve([]) };
    const world = {
      projects: unknown as unknown as ProjectsPort,
      locks: memoryProjectLocks(),
      lockName: 'p',
      clock: systemClock(),
      journal: () => Promise.resolve({ journal, error: null }),
      empty: () => start,
      newTitle: () => 'Untitled',
      onLost: () => undefined,
    };
    const first = await openForEditing(world, 'p', 'new');
    assert.equal(first.opened.opening.journaled, false);
    await journal.write('p', first.opened.epoch, {
      snapshot: sealSnapshot(0, start),
      append: [entry(1)],
      meta: { lastSeq: 1 },
    });
    await first.opened.lock?.release();
    const { opening } = (await openForEditing(world, 'p', 'new')).opened;
    assert.deepEqual([opening.journaled, opening.lastSeq, opening.document.markers.length], [true, 1, 1]);
  });
});

describe('what a back end says about a project that is opened', () => {
  const asking = (answer: () => Promise<unknown>): Promise<Head> =>
    fetchHead({ open: answer } as unknown as ProjectsPort, 'p', systemClock());

  it('is the project, that there is none, or nothing', async () => {
    const head = await headOf();
    assert.ok(head.found);
    assert.deepEqual(await asking(() => Promise.resolve(head.opened)), head);
    assert.deepEqual(await asking(() => Promise.reject(new LecternError('not-found'))), {
      found: false,
      unreachable: null,
    });
    for (const code of ['offline', 'server', 'timeout', 'unknown'] as const) {
      const failure = new LecternError(code);
      assert.deepEqual(await asking(() => Promise.reject(failure)), { found: false, unreachable: failure });
    }
    const foreign = await asking(() => Promise.reject(new TypeError('no network')));
    assert.ok(!foreign.found && isLecternError(foreign.unreachable));
  });

  it('ends the opening when it was called off, or is not this user’s', async () => {
    for (const code of ['aborted', 'forbidden', 'unauthenticated'] as const)
      await assert.rejects(
        asking(() => Promise.reject(new LecternError(code))),
        { code },
      );
  });
});

describe('deciding where to start', () => {
  const unreachable: Head = { found: false, unreachable: new LecternError('offline', { details: { host: 'x' } }) };
  const unknown: Head = { found: false, unreachable: null };
  const row = (saveId: string, seqTo: number): OutboxRow => ({ saveId, baseRev: 1, seqTo, hash: `${saveId} hash` });
  const revision = (rev: number, saveId: string, more: Partial<ProjectRevision> = {}): ProjectRevision =>
    ({ rev, saveId, kind: 'auto', contentHash: `of ${String(rev)}`, ...more }) as ProjectRevision;
  const told = (revisions: readonly ProjectRevision[]): ProjectsPort =>
    ({ revisions: () => Promise.resolve(revisions) }) as unknown as ProjectsPort;
  const decide = async (
    kept: JournalImage | null,
    { head, revisions = [] }: { readonly head?: Head; readonly revisions?: readonly ProjectRevision[] } = {},
  ): Promise<Opening> => decideOpening(told(revisions), head ?? (await headOf()), kept, () => empty);
  const empty = createProjectDocument();
  const two = image([entry(1), entry(2)]);
  const withRows = (...outbox: readonly OutboxRow[]): JournalImage => ({ ...two, outbox });

  it('is at the head where this browser kept nothing, with nothing to write', async () => {
    const { document, savedDocument, ...opening } = await decide(null);
    assert.equal(savedDocument, document);
    assert.deepEqual([...document.records()], [...start.records()]);
    assert.deepEqual(opening, {
      history: emptyHistory,
      savedRev: 1,
      readOnly: false,
      baseRev: 1,
      baseHash: await hashDocument(start),
      ackedSeq: 0,
      lastSeq: 0,
      lastAt: '',
      journaled: false,
      restorable: null,
      damaged: false,
      unreachable: null,
      ownHashes: [],
      write: null,
    });
  });

  it('is at the head where all that was kept is acknowledged, and counts on from there', async () => {
    const saved = { ...image([], null, { lastSeq: 9, ackedSeq: 9 }) };
    const opening = await decide(saved);
    assert.deepEqual([opening.ackedSeq, opening.lastSeq, opening.write], [9, 9, null]);
  });

  it('is nowhere when nobody knows the project, and says why the back end didn’t answer', async () => {
    await assert.rejects(decide(null, { head: unknown }), { code: 'not-found', details: { id: '' } });
    const saved = image([], null, { lastSeq: 9, ackedSeq: 9 });
    await assert.rejects(decide(saved, { head: unknown }), { code: 'not-found', details: { id: 'p' } });
    await assert.rejects(decide(null, { head: unreachable }), { code: 'offline' });
    await assert.rejects(decide(image([entry(1)], null), { head: unreachable }), { code: 'offline' });
  });

  it('is nowhere when the head is damaged and this browser has nothing whole', async () => {
    const head = await headOf();
    assert.ok(head.found);
    const damaged: Head = { found: true, opened: { ...head.opened, state: { schemaVersion: 3, clips: 7 } } };
    for (const kept of [null, image([], null, { lastSeq: 1, ackedSeq: 1 }), image([entry(1)], null)])
      await assert.rejects(decide(kept, { head: damaged }), { code: 'corrupt' });
    const opening = await decide(two, { head: damaged });
    assert.deepEqual([opening.savedDocument === empty, opening.savedRev, opening.readOnly], [true, 0, false]);
    const acknowledged = image([entry(1)], sealSnapshot(0, start), { ackedSeq: 1 });
    assert.equal((await decide({ ...acknowledged, outbox: [row('s', 1)] }, { head: damaged })).journaled, true);
  });

  it('is what was kept where the back end is not reached, against what it acknowledged last', async () => {
    const { document, ...opening } = await decide(withRows(row('a', 1), row('b', 2)), { head: unreachable });
    assert.equal(document.markers.length, 2);
    assert.equal(opening.savedDocument, empty);
    assert.deepEqual(
      { ...opening, savedDocument: null },
      {
        history: emptyHistory,
        savedDocument: null,
        savedRev: 0,
        readOnly: false,
        baseRev: 1,
        baseHash: 'h',
        ackedSeq: 0,
        lastSeq: 2,
        lastAt: '2026-03-02T09:00:00.000Z',
        journaled: true,
        restorable: { changes: 2, at: '2026-03-02T09:00:00.000Z' },
        damaged: false,
        unreachable: { code: 'offline', message: 'offline', details: { host: 'x' } },
        ownHashes: ['a hash', 'b hash'],
        write: { dropOutbox: [], meta: { baseRev: 1, baseHash: 'h', ackedSeq: 0, lastSeq: 2 } },
      },
    );
  });

  it('is what was kept of a project that the back end has never seen', async () => {
    const opening = await decide(two, { head: unknown });
    assert.deepEqual([markersIn(opening), opening.unreachable, opening.savedRev], [2, null, 0]);
  });

  it('takes a save whose answer never came for acknowledged when it is a revision', async () => {
    const kept = withRows(row('second', 2), row('first', 1));
    const opening = await decide(
      { ...kept, ...image([entry(1), entry(2), entry(3)]), outbox: kept.outbox },
      {
        revisions: [revision(2, 'first'), revision(3, 'second')],
      },
    );
    assert.deepEqual([opening.baseRev, opening.baseHash, opening.ackedSeq], [3, 'second hash', 2]);
    assert.deepEqual(opening.restorable, { changes: 1, at: '2026-03-02T09:00:00.000Z' });
    assert.deepEqual(opening.ownHashes, []);
    assert.deepEqual(opening.write, {
      dropOutbox: ['second', 'first'],
      meta: { baseRev: 3, baseHash: 'second hash', ackedSeq: 2, lastSeq: 3 },
    });
  });

  it('goes by the latest of several saves, in whatever order they are kept', async () => {
    const revisions = [revision(3, 'second'), revision(2, 'first')];
    for (const rows of [
      [row('first', 1), row('second', 2)],
      [row('second', 2), row('first', 1)],
    ]) {
      const opening = await decide({ ...image([entry(1), entry(2), entry(3)]), outbox: rows }, { revisions });
      assert.deepEqual([opening.baseRev, opening.baseHash, opening.ackedSeq], [3, 'second hash', 2]);
    }
  });

  it('takes no save for acknowledged that is kept as a conflict, or is none of its revisions', async () => {
    const opening = await decide(withRows(row('a', 1), row('b', 2)), {
      revisions: [revision(2, 'a', { kind: 'conflict' }), revision(4, 'other')],
    });
    assert.deepEqual([opening.baseRev, opening.baseHash, opening.ackedSeq], [1, 'h', 0]);
    assert.deepEqual(opening.ownHashes, ['a hash', 'b hash']);
    assert.deepEqual(opening.write?.dropOutbox, ['a', 'b'], 'the back end was asked: they are settled');
  });

  it('stays at the base that it knew when that is newer than an old save', async () => {
    const kept: JournalImage = {
      ...image([entry(1), entry(2)], sealSnapshot(0, start), { baseRev: 5 }),
      outbox: [row('a', 1)],
    };
    for (const rev of [4, 5]) {
      const opening = await decide(kept, { revisions: [revision(rev, 'a')] });
      assert.deepEqual([opening.baseRev, opening.baseHash, opening.ackedSeq], [5, 'h', 0]);
      assert.deepEqual(opening.ownHashes, []);
    }
  });

  it('offers nothing that the back end has, be it at the head, in a revision or by the save that took it', async () => {
    const mine = applyChange(applyChange(start, adding(marker(1))), adding(marker(2)));
    const hash = await hashDocument(mine);
    const forget = {
      snapshot: null,
      dropEntriesTo: 2,
      dropOutbox: ['a'],
      meta: { baseRev: 1, baseHash: await hashDocument(start), ackedSeq: 2, lastSeq: 2 },
    };
    const kept = withRows(row('a', 2));
    const byRevision = await decide(kept, { revisions: [revision(1, 'x'), revision(2, 'y', { contentHash: hash })] });
    assert.deepEqual([byRevision.restorable, byRevision.write], [null, forget]);
    const bySave = await decide(kept, { revisions: [revision(2, 'a')] });
    assert.deepEqual([bySave.restorable, bySave.write, bySave.lastSeq], [null, forget, 2]);
    const asConflict = await decide(kept, { revisions: [revision(2, 'y', { contentHash: hash, kind: 'conflict' })] });
    assert.equal(asConflict.restorable?.changes, 2, 'what was put aside is no state of the project');
    const atHead = await decide(kept, { head: await headOf(mine) });
    assert.deepEqual([atHead.restorable, atHead.journaled, markersIn(atHead)], [null, false, 2]);
  });

  it('goes back to an older revision where somebody did, and offers nothing', async () => {
    const kept = image([entry(1), entry(2)], sealSnapshot(0, start), { baseRev: 3 });
    const contentHash = await hashDocument(applyChange(applyChange(start, adding(marker(1))), adding(marker(2))));
    const back = await decide(kept, { revisions: [revision(2, 'x', { contentHash }), revision(3, 'y')] });
    assert.deepEqual([back.journaled, back.lastSeq, back.ackedSeq, back.restorable], [true, 2, 0, null]);
    assert.equal(markersIn(back), 2);
  });

  it('lets nobody undo in the head what was done in another document', async () => {
    const mine = applyChange(applyChange(start, adding(marker(1))), adding(marker(2)));
    const editor = createEditor({ document: start, newId: () => 'new', checked: true });
    editor.run('clip.rename', { clipId: 'clip-1' as ClipId, name: 'Mine' });
    const { index, put } = historyWrite(emptyHistory, editor.history, 2);
    assert.ok(index);
    const kept: JournalImage = { ...two, history: { index, steps: put } };
    const contentHash = await hashDocument(mine);
    const passed = await decide(kept, { revisions: [revision(2, 'y', { contentHash })] });
    assert.equal(passed.history, emptyHistory);
    const same = await decide(kept, { head: await headOf(mine) });
    assert.equal(same.history.done.length, 1);
    assert.deepEqual(same.write?.history, { index: { ...index, hash: contentHash }, put: [], drop: [] });
    const unsaved = await decide(kept);
    assert.equal(unsaved.history.done.length, 1);
    assert.equal(unsaved.write?.history, undefined);
  });

  it('offers what was kept when nobody says which revisions there are', async () => {
    const mute = { revisions: () => Promise.reject(new LecternError('server')) } as unknown as ProjectsPort;
    const opening = await decideOpening(mute, await headOf(), withRows(row('a', 2)), () => empty);
    assert.deepEqual([opening.restorable?.changes, opening.ownHashes], [2, ['a hash']]);
  });

  it('acknowledges no more than could be read', async () => {
    const kept: JournalImage = {
      ...image([entry(1), entry(2)], sealSnapshot(0, start), { lastSeq: 4 }),
      outbox: [row('a', 4)],
    };
    const opening = await decide(kept, { revisions: [revision(2, 'a')] });
    assert.deepEqual([opening.ackedSeq, opening.lastSeq, opening.restorable, opening.damaged], [2, 2, null, true]);
  });

  it('forgets a journal that cannot be read, but not the number of its changes', async () => {
    const kept = withRows(row('a', 2));
    const opening = await decide({ ...kept, snapshot: null });
    assert.deepEqual([opening.damaged, opening.journaled, markersIn(opening)], [true, false, 0]);
    assert.deepEqual(opening.write?.quarantine, { fromSeq: 0, reason: 'unreadable', snapshot: false });
    assert.equal(opening.write.snapshot, null);
    assert.deepEqual(opening.write.dropOutbox, ['a']);
    const onlyRow: JournalImage = { ...image([], null, { lastSeq: 3, ackedSeq: 3 }), outbox: [row('a', 2)] };
    const quiet = await decide(onlyRow);
    assert.deepEqual([quiet.damaged, quiet.write?.quarantine, quiet.write?.dropOutbox], [false, undefined, ['a']]);
    const gone = await decide(image([], null, { lastSeq: 3, ackedSeq: 2 }));
    assert.equal(gone.damaged, true, 'changes were made, and none is left');
  });

  it('lets nobody edit over a head of a newer version', async () => {
    const head = await headOf();
    assert.ok(head.found);
    const newer: Head = {
      found: true,
      opened: { ...head.opened, state: { ...(head.opened.state as object), schemaVersion: 99 } },
    };
    assert.equal((await decide(null, { head: newer })).readOnly, true);
    assert.equal((await decide(two, { head: newer })).readOnly, true);
    assert.equal((await decide(two)).savedRev, 1);
  });
});
