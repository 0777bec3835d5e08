import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError, type ProjectsPort } from '@lectern/ports';
import type { Change, ClipId, MarkerId, MarkerRecord, TimelineDocument } from '@lectern/timeline';
import { applyChange } from '@lectern/timeline';
import { createProjectDocument } from '../../../testing/src/builders.js';
import { crc32 } from './crc32.js';
import type { JournalEntry, JournalImage, JournalMeta, JournalSnapshot } from './journal.js';
import { sealEntry, sealSnapshot } from './journal-reader.js';
import { memoryJournal } from './memory-journal.js';
import { decideOpening, type Head, type Opening } from './opening.js';
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
