import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CourseChange, CourseOutline } from '@lectern/ports';
import { applyToCourses, applyToOutline } from './course-edits.js';

const outline: CourseOutline = {
  course: { id: 'k', title: 'Analysis' },
  chapters: ['a', 'b', 'c'].map((id) => ({
    id,
    courseId: 'k',
    title: id.toUpperCase(),
    order: id,
    items: [1, 2].map((number) => ({
      id: `${id}${String(number)}`,
      chapterId: id,
      title: `${id} ${String(number)}`,
      order: String(number),
      target: { kind: 'asset', assetId: `asset-${id}${String(number)}` },
    })),
  })),
};
const shape = (value: CourseOutline): string =>
  value.chapters.map((chapter) => `${chapter.id}:${chapter.items.map((item) => item.id).join(',')}`).join(' ');
const after = (change: CourseChange): string => shape(applyToOutline(outline, change));

describe('a guess of a changed outline', () => {
  it('moves a chapter after another, and first', () => {
    assert.equal(after({ type: 'chapter.move', id: 'a', afterId: 'c' }), 'b:b1,b2 c:c1,c2 a:a1,a2');
    assert.equal(after({ type: 'chapter.move', id: 'c', afterId: null }), 'c:c1,c2 a:a1,a2 b:b1,b2');
  });

  it('moves an item within its chapter and to another', () => {
    assert.equal(after({ type: 'item.move', id: 'a2', chapterId: 'a', afterId: null }), 'a:a2,a1 b:b1,b2 c:c1,c2');
    assert.equal(after({ type: 'item.move', id: 'a2', chapterId: 'b', afterId: 'b1' }), 'a:a1 b:b1,a2,b2 c:c1,c2');
  });

  it('attaches at the end, once', () => {
    const change: CourseChange = {
      type: 'item.attach',
      id: 'n',
      chapterId: 'b',
      title: 'New',
      target: { kind: 'project', projectId: 'p' },
    };
    const once = applyToOutline(outline, change);
    assert.equal(shape(once), 'a:a1,a2 b:b1,b2,n c:c1,c2');
    assert.equal(shape(applyToOutline(once, change)), shape(once));
  });

  it('leaves the outline of another course alone', () => {
    const change: CourseChange = { type: 'chapter.create', id: 'x', courseId: 'other', title: 'X' };
    assert.equal(applyToOutline(outline, change), outline);
  });

  it('removes chapters and items, and renames all three', () => {
    assert.equal(after({ type: 'chapter.remove', id: 'b' }), 'a:a1,a2 c:c1,c2');
    assert.equal(after({ type: 'item.remove', id: 'c1' }), 'a:a1,a2 b:b1,b2 c:c2');
    assert.equal(
      applyToOutline(outline, { type: 'course.rename', id: 'k', title: 'Calculus' }).course.title,
      'Calculus',
    );
    assert.equal(applyToOutline(outline, { type: 'chapter.rename', id: 'a', title: 'Z' }).chapters[0]?.title, 'Z');
    assert.equal(
      applyToOutline(outline, { type: 'item.rename', id: 'a1', title: 'Z' }).chapters[0]?.items[0]?.title,
      'Z',
    );
  });

  it('keeps the list of courses in step', () => {
    const courses = [{ id: 'k', title: 'Analysis' }];
    assert.equal(applyToCourses(courses, { type: 'course.create', id: 'l', title: 'Logic' }).length, 2);
    assert.deepEqual(applyToCourses(courses, { type: 'course.remove', id: 'k' }), []);
    assert.equal(applyToCourses(courses, { type: 'item.remove', id: 'k' }), courses);
  });
});
