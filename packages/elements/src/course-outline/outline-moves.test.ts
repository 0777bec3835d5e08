import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CourseOutline } from '@lectern/ports';
import { inverseOf, outlineRows, placeChange, stepChange, type OutlineRow } from './outline-moves.js';

function createOutline(chapters: Readonly<Record<string, readonly string[]>>): CourseOutline {
  return {
    course: { id: 'course', title: 'Calculus' },
    chapters: Object.entries(chapters).map(([id, items]) => ({
      id,
      courseId: 'course',
      title: id,
      order: id,
      items: items.map((item) => ({
        id: item,
        chapterId: id,
        title: item,
        order: item,
        target: { kind: 'asset' as const, assetId: `asset of ${item}` },
      })),
    })),
  };
}

function rowOf(outline: CourseOutline, id: string): OutlineRow {
  const row = outlineRows(outline, () => false).find((candidate) => candidate.id === id);
  assert.ok(row);
  return row;
}

const outline = createOutline({ one: ['a', 'b', 'c'], two: [], three: ['d'] });

describe('rows of an outline', () => {
  it('leave out the items of folded chapters', () => {
    const rows = outlineRows(outline, (id) => id === 'one').map((row) => row.id);
    assert.deepEqual(rows, ['one', 'two', 'three', 'd']);
  });
});

describe('a step', () => {
  it('moves an item inside its chapter', () => {
    assert.deepEqual(stepChange(outline, rowOf(outline, 'b'), 1), {
      type: 'item.move',
      id: 'b',
      chapterId: 'one',
      afterId: 'c',
    });
    assert.deepEqual(stepChange(outline, rowOf(outline, 'b'), -1), {
      type: 'item.move',
      id: 'b',
      chapterId: 'one',
      afterId: null,
    });
    assert.deepEqual(stepChange(outline, rowOf(outline, 'c'), -1), {
      type: 'item.move',
      id: 'c',
      chapterId: 'one',
      afterId: 'a',
    });
  });

  it('takes an item over into the neighbouring chapter, first when it comes from above and last from below', () => {
    assert.deepEqual(stepChange(outline, rowOf(outline, 'c'), 1), {
      type: 'item.move',
      id: 'c',
      chapterId: 'two',
      afterId: null,
    });
    const full = createOutline({ one: ['a', 'b'], two: ['c'] });
    assert.deepEqual(stepChange(full, rowOf(full, 'c'), -1), {
      type: 'item.move',
      id: 'c',
      chapterId: 'one',
      afterId: 'b',
    });
  });

  it('moves a chapter past its neighbour', () => {
    assert.deepEqual(stepChange(outline, rowOf(outline, 'one'), 1), {
      type: 'chapter.move',
      id: 'one',
      afterId: 'two',
    });
    assert.deepEqual(stepChange(outline, rowOf(outline, 'three'), -1), {
      type: 'chapter.move',
      id: 'three',
      afterId: 'one',
    });
    assert.deepEqual(stepChange(outline, rowOf(outline, 'two'), -1), {
      type: 'chapter.move',
      id: 'two',
      afterId: null,
    });
  });

  it('goes nowhere at the ends', () => {
    assert.equal(stepChange(outline, rowOf(outline, 'one'), -1), null);
    assert.equal(stepChange(outline, rowOf(outline, 'three'), 1), null);
    assert.equal(stepChange(outline, rowOf(outline, 'a'), -1), null);
    assert.equal(stepChange(outline, rowOf(outline, 'd'), 1), null);
  });
});

describe('letting go at a place', () => {
  it('changes nothing where the row already is', () => {
    assert.equal(placeChange(outline, rowOf(outline, 'b'), { chapterId: 'one', afterId: 'a' }), null);
    assert.equal(placeChange(outline, rowOf(outline, 'b'), { chapterId: 'one', afterId: 'b' }), null);
    assert.equal(placeChange(outline, rowOf(outline, 'two'), { chapterId: null, afterId: 'one' }), null);
  });

  it('moves an item into another chapter', () => {
    assert.deepEqual(placeChange(outline, rowOf(outline, 'b'), { chapterId: 'three', afterId: 'd' }), {
      type: 'item.move',
      id: 'b',
      chapterId: 'three',
      afterId: 'd',
    });
  });
});

describe('taking back', () => {
  it('puts a removed item where it was', () => {
    assert.deepEqual(
      inverseOf(outline, { type: 'item.remove', id: 'b' }).map((change) => change.type),
      ['item.attach', 'item.move'],
    );
    assert.deepEqual(inverseOf(outline, { type: 'item.remove', id: 'b' })[1], {
      type: 'item.move',
      id: 'b',
      chapterId: 'one',
      afterId: 'a',
    });
  });

  it('makes a removed chapter again, with its items and in its place', () => {
    const changes = inverseOf(outline, { type: 'chapter.remove', id: 'three' });
    assert.deepEqual(
      changes.map((change) => change.type),
      ['chapter.create', 'item.attach', 'chapter.move'],
    );
    assert.deepEqual(changes.at(-1), { type: 'chapter.move', id: 'three', afterId: 'two' });
  });

  it('makes a removed course again with all that was in it', () => {
    const changes = inverseOf(outline, { type: 'course.remove', id: 'course' });
    assert.equal(changes.filter((change) => change.type === 'chapter.create').length, 3);
    assert.equal(changes.filter((change) => change.type === 'item.attach').length, 4);
  });
});
