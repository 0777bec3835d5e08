import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyChange,
  createState,
  runCommand,
  type Change,
  type ClipId,
  type TimelineDocument,
} from '@lectern/timeline';
import { countingIds, createProjectDocument } from '../../../testing/src/builders.js';
import type { JournalEntry, JournalImage } from './journal.js';
import { readJournal, sealEntry, sealSnapshot } from './journal-reader.js';

const start = createProjectDocument();
const newId = countingIds();

/** Renames of one clip, as the changes that a journal gets. */
function changes(names: readonly string[]): readonly Change[] {
  let state = createState({ document: start });
  return names.map((name) => {
    const spec = runCommand(state, 'clip.rename', { clipId: 'clip-1' as ClipId, name }, { newId });
    assert.ok(spec);
    const transaction = state.update(spec);
    ({ state } = transaction);
    return transaction.change;
  });
}

function image(
  entries: readonly JournalEntry[],
  snapshot: JournalImage['snapshot'] = sealSnapshot(4, start),
): JournalImage {
  const meta = {
    projectId: 'p',
    epoch: 1,
    baseRev: 1,
    baseHash: '',
    ackedSeq: 4,
    lastSeq: 4 + entries.length,
    lastAt: '',
    title: '',
    description: '',
  };
  return { meta, snapshot, entries, outbox: [] };
}
const entries = changes(['One', 'Two', 'Three']).map((change, index) => sealEntry(5 + index, 1, change));
const nameOf = (document: TimelineDocument | null): string | undefined => document?.clips.get('clip-1' as ClipId)?.name;
const at = (index: number): JournalEntry => {
  const entry = entries[index];
  assert.ok(entry);
  return entry;
};

describe('reading a journal', () => {
  it('leads to the document that was journaled', () => {
    const reading = readJournal(image(entries));
    assert.equal(reading.seq, 7);
    assert.equal(reading.damagedFrom, null);
    const expected = changes(['One', 'Two', 'Three']).reduce(applyChange, start);
    assert.deepEqual([...(reading.document?.records() ?? [])], [...expected.records()]);
  });

  it('stops before an entry whose checksum is wrong', () => {
    const reading = readJournal(image([at(0), { ...at(1), body: at(1).body.replace('Two', 'Owt') }, at(2)]));
    assert.equal(nameOf(reading.document), 'One');
    assert.equal(reading.damagedFrom, 6);
  });

  it('stops before a gap', () => {
    const reading = readJournal(image([at(0), at(2)]));
    assert.equal(nameOf(reading.document), 'One');
    assert.equal(reading.damagedFrom, 6);
  });

  it('leaves out entries that the snapshot has in it already', () => {
    const reading = readJournal(image(entries, sealSnapshot(6, applyChange(start, changes(['Two'])[0] as Change))));
    assert.equal(nameOf(reading.document), 'Three');
    assert.equal(reading.damagedFrom, null);
  });

  it('trusts no snapshot that is cut short, and none that is no timeline', () => {
    const whole = sealSnapshot(4, start);
    const truncated = readJournal(image(entries, { ...whole, body: whole.body.slice(0, -20) }));
    assert.equal(truncated.document, null);
    assert.notEqual(truncated.damagedFrom, null);
    assert.equal(readJournal(image([], null)).damagedFrom, null, 'an empty journal is not a damaged one');
  });

  it('goes as far as entries lead to a document that can be stored', () => {
    const [good] = changes(['Good']);
    const clip = start.clips.get('clip-1' as ClipId);
    assert.ok(good && clip);
    const bad: Change = { added: {}, updated: { 'clip-1': [clip, { ...clip, durationFrames: -5 }] }, removed: {} };
    const reading = readJournal(image([sealEntry(5, 1, good), sealEntry(6, 1, bad), sealEntry(7, 1, { ...good })]));
    assert.equal(nameOf(reading.document), 'Good');
    assert.equal(reading.seq, 5);
    assert.equal(reading.damagedFrom, 6);
  });
});
