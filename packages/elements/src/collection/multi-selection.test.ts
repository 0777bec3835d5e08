import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptySelection, keepSelected, selectId, selectModeOf } from './multi-selection.js';

const order = ['a', 'b', 'c', 'd', 'e'];

describe('a selection', () => {
  it('is what was pressed last without modifier keys', () => {
    const first = selectId(order, emptySelection, 'b', 'only');
    assert.deepEqual(selectId(order, first, 'd', 'only'), { ids: ['d'], anchorId: 'd' });
  });

  it('takes in and lets go by toggling, in the order of choosing', () => {
    const two = selectId(order, selectId(order, emptySelection, 'd', 'toggle'), 'a', 'toggle');
    assert.deepEqual(two.ids, ['d', 'a']);
    assert.deepEqual(selectId(order, two, 'd', 'toggle').ids, ['a']);
  });

  it('reaches from the anchor to here, either way, and the anchor stays', () => {
    const anchor = selectId(order, emptySelection, 'c', 'only');
    const down = selectId(order, anchor, 'e', 'range');
    assert.deepEqual(down, { ids: ['c', 'd', 'e'], anchorId: 'c' });
    assert.deepEqual(selectId(order, down, 'a', 'range'), { ids: ['a', 'b', 'c'], anchorId: 'c' });
  });

  it('adds a range to what is there', () => {
    const start = selectId(order, selectId(order, emptySelection, 'a', 'only'), 'd', 'toggle');
    assert.deepEqual(selectId(order, start, 'e', 'add-range').ids, ['a', 'd', 'e']);
  });

  it('begins anew when its anchor is no longer in the list', () => {
    const lost = { ids: ['x'], anchorId: 'x' };
    assert.deepEqual(selectId(order, lost, 'b', 'range'), { ids: ['b'], anchorId: 'b' });
  });

  it('forgets what is gone, and is the same object when nothing is', () => {
    const selection = { ids: ['a', 'b'], anchorId: 'b' };
    assert.equal(
      keepSelected(selection, () => true),
      selection,
    );
    assert.deepEqual(
      keepSelected(selection, (id) => id === 'a'),
      { ids: ['a'], anchorId: null },
    );
  });

  it('reads Ctrl and ⌘ alike', () => {
    const keys = (init: Partial<MouseEvent>): MouseEvent =>
      ({ shiftKey: false, ctrlKey: false, metaKey: false, ...init }) as MouseEvent;
    assert.equal(selectModeOf(keys({})), 'only');
    assert.equal(selectModeOf(keys({ metaKey: true })), 'toggle');
    assert.equal(selectModeOf(keys({ ctrlKey: true })), 'toggle');
    assert.equal(selectModeOf(keys({ shiftKey: true })), 'range');
    assert.equal(selectModeOf(keys({ shiftKey: true, ctrlKey: true })), 'add-range');
  });
});
