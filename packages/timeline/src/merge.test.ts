import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { applyChange, diffDocuments, isEmptyChange } from './change.js';
import type { TimelineDocument } from './document.js';
import { checkInvariants } from './invariants.js';
import { mergeDocuments } from './merge.js';
import { runCommand, type CommandArgs, type CommandName } from './commands/index.js';
import type { ClipId } from './ids.js';
import { createState } from './state.js';
import { clipIds, createClip, createEditing, createNewId, ids, lane } from './test-support/builders.js';

const base = createEditing([
  createClip('a', ids.main, 0, 100),
  createClip('b', ids.main, 100, 200),
  createClip('c', ids.main, 300, 400),
]).document;

/** The document after one command; ids begin with `name`, so that two of them never make the same. */
function after<N extends CommandName>(name: string, command: N, args: CommandArgs<N>, from = base): TimelineDocument {
  const newId = createNewId();
  const state = createState({ document: from });
  const spec = runCommand(state, command, args, { newId: () => `${name}-${newId()}` });
  assert.ok(spec, `${command} applies`);
  return state.update(spec).state.document;
}

const nameOf = (document: TimelineDocument, id: string): string | undefined => document.clips.get(id as ClipId)?.name;

describe('merging two documents made from one', () => {
  test('takes in what touches nothing of mine', () => {
    const mine = after('mine', 'clip.rename', { clipId: 'a' as ClipId, name: 'Mine' });
    const theirs = after('theirs', 'clip.rename', { clipId: 'c' as ClipId, name: 'Theirs' });
    const change = mergeDocuments(base, mine, theirs);
    assert.ok(change);
    const merged = applyChange(mine, change);
    assert.deepEqual([nameOf(merged, 'a'), nameOf(merged, 'c')], ['Mine', 'Theirs']);
  });

  test('asks where both changed one record, to different values', () => {
    const mine = after('mine', 'clip.rename', { clipId: 'a' as ClipId, name: 'Mine' });
    const theirs = after('theirs', 'clip.rename', { clipId: 'a' as ClipId, name: 'Theirs' });
    assert.equal(mergeDocuments(base, mine, theirs), null);
  });

  test('asks where one removed what the other changed', () => {
    const mine = after('mine', 'clip.delete', { clipIds: clipIds('b') });
    const theirs = after('theirs', 'clip.rename', { clipId: 'b' as ClipId, name: 'Theirs' });
    assert.equal(mergeDocuments(base, mine, theirs), null);
    assert.equal(mergeDocuments(base, theirs, mine), null);
  });

  test('has nothing to ask where both came to the same', () => {
    const both = after('both', 'clip.rename', { clipId: 'a' as ClipId, name: 'Same' });
    const more = after('mine', 'clip.rename', { clipId: 'b' as ClipId, name: 'Mine' }, both);
    const change = mergeDocuments(base, more, both);
    assert.ok(change && isEmptyChange(change));
  });

  test('has nothing to ask where both removed or added the very same', () => {
    const gone = after('both', 'clip.delete', { clipIds: clipIds('b') });
    const more = after('mine', 'clip.rename', { clipId: 'a' as ClipId, name: 'Mine' }, gone);
    for (const [mine, theirs] of [
      [gone, gone],
      [more, gone],
      [after('one', 'clip.delete', { clipIds: clipIds('b') }), gone],
    ] as const) {
      const change = mergeDocuments(base, mine, theirs);
      assert.ok(change && isEmptyChange(change));
    }
    const added = after('same', 'clip.addText', { text: 'One', frame: 500, trackId: ids.titles });
    const again = after('same', 'clip.addText', { text: 'One', frame: 500, trackId: ids.titles });
    const same = mergeDocuments(base, added, again);
    assert.ok(same && isEmptyChange(same));
  });

  test('asks where both added a record of one name, but not the same', () => {
    const one = after('same', 'clip.addText', { text: 'One', frame: 500, trackId: ids.titles });
    const two = after('same', 'clip.addText', { text: 'Two', frame: 500, trackId: ids.titles });
    assert.equal(mergeDocuments(base, one, two), null);
  });

  test('keeps what was learnt here of an asset that both learnt about, and takes in the rest', () => {
    const asset = base.get(ids.file);
    assert.ok(asset?.type === 'asset');
    const learnt = (durationSeconds: number, from = base): TimelineDocument =>
      applyChange(from, { added: {}, updated: { [asset.id]: [asset, { ...asset, durationSeconds }] }, removed: {} });
    const theirs = learnt(40, after('theirs', 'clip.rename', { clipId: 'c' as ClipId, name: 'Theirs' }));
    const mine = learnt(50);
    const change = mergeDocuments(base, mine, theirs);
    assert.ok(change);
    const merged = applyChange(mine, change);
    assert.equal(nameOf(merged, 'c'), 'Theirs');
    assert.deepEqual(merged.get(ids.file), mine.get(ids.file));
  });

  test('takes in what they removed and I left alone', () => {
    const mine = after('mine', 'clip.rename', { clipId: 'a' as ClipId, name: 'Mine' });
    const theirs = after('theirs', 'clip.delete', { clipIds: clipIds('c') });
    const change = mergeDocuments(base, mine, theirs);
    assert.ok(change);
    assert.equal(applyChange(mine, change).clips.has('c' as ClipId), false);
  });

  test('asks where the two together would lie over each other', () => {
    const mine = after('mine', 'clip.addText', { text: 'One', frame: 500, trackId: ids.titles });
    const theirs = after('theirs', 'clip.addText', { text: 'Two', frame: 520, trackId: ids.titles });
    assert.equal(mergeDocuments(base, mine, theirs), null);
  });

  test('takes in a whole document where nothing was changed here', () => {
    const theirs = after('theirs', 'clip.rippleDelete', { clipIds: clipIds('a') });
    const change = mergeDocuments(base, base, theirs);
    assert.ok(change);
    assert.equal(
      lane(createState({ document: applyChange(base, change) }), ids.main),
      lane(createState({ document: theirs }), ids.main),
    );
  });

  test('gives the same from both sides, sound and with all that either has', () => {
    const names = ['a', 'b', 'c'] as const;
    const rename = fc.record({ id: fc.constantFrom(...names), name: fc.constantFrom('One', 'Two', 'Three') });
    fc.assert(
      fc.property(fc.array(rename, { maxLength: 3 }), fc.array(rename, { maxLength: 3 }), (left, right) => {
        const edit = (edits: typeof left): TimelineDocument =>
          edits.reduce(
            (document, { id, name }) =>
              nameOf(document, id) === name
                ? document
                : after('x', 'clip.rename', { clipId: id as ClipId, name }, document),
            base,
          );
        const mine = edit(left);
        const theirs = edit(right);
        const forth = mergeDocuments(base, mine, theirs);
        const back = mergeDocuments(base, theirs, mine);
        assert.equal(forth === null, back === null);
        if (forth === null || back === null) return;
        const merged = applyChange(mine, forth);
        assert.ok(isEmptyChange(diffDocuments(merged, applyChange(theirs, back))));
        assert.deepEqual(checkInvariants(merged), []);
        for (const id of names) {
          const [was, here, there] = [base, mine, theirs].map((document) => nameOf(document, id));
          assert.equal(nameOf(merged, id), here === was ? there : here);
        }
      }),
    );
  });
});
