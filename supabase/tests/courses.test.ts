import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Database, refusalOf, type Row, user } from './database.js';

describe('courses', () => {
  let db: Database;
  const ada = randomUUID();
  const bea = randomUUID();
  let course = '';
  let [a, b, c] = ['', '', ''];

  before(async () => {
    db = await Database.open();
  });
  after(() => db.close());

  const apply = (change: Row, userId = ada): Promise<unknown> =>
    db.call(user(userId), 'apply_course_change', { p_change: change });
  /** `A(x y) B() C()` */
  const sketch = async (): Promise<string> => {
    const chapters = await db.ask(
      user(ada),
      `select h.title || '(' || coalesce((
         select string_agg(i.title, ' ' order by i.order_key) from chapter_items i
         where i.chapter_id = h.id and i.deleted_at is null
       ), '') || ')' as text
       from chapters h where h.course_id = $1 and h.deleted_at is null order by h.order_key`,
      [course],
    );
    return chapters.map(({ text }) => text).join(' ');
  };
  const places = async (assetId: string): Promise<readonly unknown[]> =>
    (await db.rows('select label from media_usage where asset_id = $1 order by 1', [assetId])).map(
      ({ label }) => label,
    );
  const attach = async (chapterId: string, title: string, assetId: string): Promise<string> => {
    const id = randomUUID();
    await apply({ type: 'item.attach', id, chapterId, title, target: { kind: 'asset', assetId } });
    return id;
  };
  const refused = async (change: Row, userId = ada): Promise<string | undefined> =>
    (await refusalOf(apply(change, userId))).hint;

  beforeEach(async () => {
    course = randomUUID();
    [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    await apply({ type: 'course.create', id: course, title: ' Physics ' });
    for (const [id, title] of [
      [a, 'A'],
      [b, 'B'],
      [c, 'C'],
    ] as const) {
      await apply({ type: 'chapter.create', id, courseId: course, title });
    }
  });

  it('are made in order, and what is there isn’t made a second time', async () => {
    const asset = await db.storeAsset(ada);
    const item = await attach(a, 'x', asset);
    await apply({ type: 'course.create', id: course, title: 'Other' });
    await apply({ type: 'chapter.create', id: a, courseId: course, title: 'Other' });
    const target = { kind: 'asset', assetId: asset };
    await apply({ type: 'item.attach', id: item, chapterId: b, title: 'Other', target });
    assert.equal(await sketch(), 'A(x) B() C()');
    assert.deepEqual(await db.rows('select title from courses where id = $1', [course]), [{ title: 'Physics' }]);
  });

  it('move chapters anywhere among their siblings, writing one row', async () => {
    const move = (id: string, afterId: string | null): Promise<unknown> => apply({ type: 'chapter.move', id, afterId });
    const stamps = async (): Promise<readonly unknown[]> =>
      (await db.rows('select order_key from chapters where course_id = $1 order by id', [course])).map(
        (row) => row['order_key'],
      );
    const order = async (): Promise<string> => (await sketch()).replace(/[() ]/g, '');
    const before = await stamps();
    await move(c, null);
    assert.equal(await order(), 'CAB');
    assert.equal((await stamps()).filter((key, n) => key !== before[n]).length, 1);
    await move(c, b);
    assert.equal(await order(), 'ABC');
    await move(a, b);
    assert.equal(await order(), 'BAC');
    await move(a, b);
    await move(a, a);
    assert.equal(await order(), 'BAC');
    for (let n = 0; n < 60; n++) await move(n % 2 === 0 ? c : b, a);
    assert.equal(await order(), 'ABC');
    assert.equal(await refused({ type: 'chapter.move', id: a, afterId: randomUUID() }), 'not-found');
  });

  it('keep an order when several chapters are made at once', async () => {
    await Promise.all(
      Array.from({ length: 10 }, () =>
        apply({ type: 'chapter.create', id: randomUUID(), courseId: course, title: 'x' }),
      ),
    );
    const rows = await db.rows('select distinct order_key from chapters where course_id = $1', [course]);
    assert.equal(rows.length, 13);
  });

  it('move items within a chapter and to another, and not behind what isn’t there', async () => {
    const asset = await db.storeAsset(ada);
    const [x, y, z] = [await attach(a, 'x', asset), await attach(a, 'y', asset), await attach(a, 'z', asset)];
    const move = (id: string, chapterId: string, afterId: string | null): Row => ({
      type: 'item.move',
      id,
      chapterId,
      afterId,
    });
    await apply(move(z, a, x));
    assert.equal(await sketch(), 'A(x z y) B() C()');
    await apply(move(z, c, null));
    await apply(move(y, c, z));
    assert.equal(await sketch(), 'A(x) B() C(z y)');
    assert.equal(await refused(move(x, c, randomUUID())), 'not-found');
    assert.equal(await refused(move(x, a, z)), 'not-found');
    assert.equal(await refused(move(x, randomUUID(), null)), 'not-found');
    assert.equal(await sketch(), 'A(x) B() C(z y)');
  });

  it('keep the usage of assets with the chapters, under their names', async () => {
    const asset = await db.storeAsset(ada);
    const [one, two] = [await attach(a, 'x', asset), await attach(a, 'y', asset)];
    assert.deepEqual(await places(asset), ['Physics › A']);
    const refusal = await refusalOf(
      db.ask(user(ada), 'update media_files set deleted_at = now() where id = $1', [asset]),
    );
    assert.deepEqual(refusal.details['places'], ['Physics › A']);
    await apply({ type: 'item.remove', id: one });
    assert.deepEqual(await places(asset), ['Physics › A']);
    await apply({ type: 'item.move', id: two, chapterId: b, afterId: null });
    await apply({ type: 'chapter.rename', id: b, title: 'Bee' });
    await apply({ type: 'course.rename', id: course, title: 'Optics' });
    assert.deepEqual(await places(asset), ['Optics › Bee']);
    await apply({ type: 'chapter.remove', id: b });
    assert.deepEqual(await places(asset), []);
    await attach(c, 'x', asset);
    await db.owner.query('delete from media_usage');
    await db.call(user(ada), 'rebuild_usage');
    assert.deepEqual(await places(asset), ['Optics › C']);
    await apply({ type: 'course.remove', id: course });
    await apply({ type: 'course.remove', id: course });
    assert.deepEqual(await places(asset), []);
    assert.equal(await sketch(), '');
  });

  it('refuse changes of what isn’t there, and values that make no sense', async () => {
    const id = randomUUID();
    const title = 'x';
    const asset = await db.storeAsset(ada);
    const trashed = await db.storeAsset(ada);
    await db.ask(user(ada), 'update media_files set deleted_at = now() where id = $1', [trashed]);
    const foreign = await db.storeAsset(bea);
    for (const change of [
      { type: 'course.rename', id, title },
      { type: 'chapter.create', id, courseId: randomUUID(), title },
      { type: 'chapter.rename', id, title },
      { type: 'chapter.move', id, afterId: null },
      { type: 'item.rename', id, title },
      { type: 'item.move', id, chapterId: a, afterId: null },
      { type: 'item.attach', id, chapterId: randomUUID(), title, target: { kind: 'asset', assetId: asset } },
      ...[randomUUID(), trashed, foreign].map((assetId) => ({
        type: 'item.attach',
        id,
        chapterId: a,
        title,
        target: { kind: 'asset', assetId },
      })),
      { type: 'item.attach', id, chapterId: a, title, target: { kind: 'project', projectId: randomUUID() } },
    ]) {
      assert.equal(await refused(change), 'not-found', JSON.stringify(change));
    }
    for (const change of [
      { type: 'course.rename', id: course, title: ' ' },
      { type: 'course.rename', id: course, title: 'x'.repeat(256) },
      { type: 'course.rename', id: course },
      { type: 'course.burn', id: course },
      { type: 'course.rename', id: 'x', title },
      { type: 'chapter.move', id: a },
      { type: 'item.attach', id, chapterId: a, title, target: { kind: 'page' } },
      { type: 'item.attach', id, chapterId: a, title },
      {},
    ]) {
      assert.equal(await refused(change), 'invalid-input', JSON.stringify(change));
    }
    assert.equal(await sketch(), 'A() B() C()');
  });

  it('are nobody else’s to see or to change', async () => {
    const asset = await db.storeAsset(ada);
    const item = await attach(a, 'x', asset);
    const own = await db.storeAsset(bea);
    for (const change of [
      { type: 'course.rename', id: course, title: 'x' },
      { type: 'chapter.create', id: randomUUID(), courseId: course, title: 'x' },
      { type: 'chapter.move', id: a, afterId: null },
      { type: 'item.rename', id: item, title: 'y' },
      { type: 'item.attach', id: randomUUID(), chapterId: a, title: 'x', target: { kind: 'asset', assetId: own } },
    ]) {
      assert.equal(await refused(change, bea), 'not-found', JSON.stringify(change));
    }
    for (const change of [
      { type: 'course.remove', id: course },
      { type: 'chapter.remove', id: a },
      { type: 'item.remove', id: item },
    ]) {
      await apply(change, bea);
    }
    assert.equal(await sketch(), 'A(x) B() C()');
  });
});

describe('a list of projects', () => {
  let db: Database;
  const ada = randomUUID();
  before(async () => {
    db = await Database.open();
    for (const [title, description] of [
      ['Beta', 'light'],
      ['alpha', 'Ünder'],
      ['Lecture 10', ''],
      ['Lecture 9', ''],
    ]) {
      await db.call(user(ada), 'save_studio_project', {
        p_id: randomUUID(),
        p_base_rev: 0,
        p_save_id: randomUUID(),
        p_schema_version: 1,
        p_hash: 'x',
        p_state: {},
        p_kind: 'auto',
        p_title: title,
        p_description: description,
      });
    }
    await db.ask(user(ada), "update studio_projects set is_draft = false where title = 'Beta'");
    await db.ask(user(ada), "update studio_projects set deleted_at = now() where title = 'Lecture 9'");
  });
  after(() => db.close());

  interface Page {
    readonly items: readonly Row[];
    readonly next: unknown;
    readonly total: number;
  }
  const list = (args: Row = {}, userId = ada): Promise<Page> =>
    db.call(user(userId), 'list_projects', args) as Promise<Page>;
  const titles = async (args: Row = {}): Promise<readonly unknown[]> =>
    (await list(args)).items.map(({ title }) => title);

  it('is sorted, narrowed and searched, and holds no documents', async () => {
    assert.deepEqual(await titles(), ['Beta', 'Lecture 10', 'alpha']);
    assert.deepEqual(await titles({ p_sort: 'oldest' }), ['Beta', 'alpha', 'Lecture 10']);
    assert.deepEqual(await titles({ p_sort: 'title' }), ['alpha', 'Beta', 'Lecture 10']);
    assert.deepEqual(await titles({ p_draft: false }), ['Beta']);
    assert.deepEqual(await titles({ p_draft: true, p_sort: 'title' }), ['alpha', 'Lecture 10']);
    assert.deepEqual(await titles({ p_search: 'UNDER' }), ['alpha']);
    assert.deepEqual(await titles({ p_deleted: true }), ['Lecture 9']);
    assert.ok((await list()).items.every((item) => !('timeline_state' in item)));
    assert.deepEqual(await list({}, randomUUID()), { items: [], next: null, total: 0 });
  });

  it('is read page by page, and refuses what is no cursor', async () => {
    const first = await list({ p_sort: 'title', p_limit: 2 });
    assert.deepEqual([first.items.length, first.total], [2, 3]);
    const args = { p_sort: 'title', p_limit: 2, p_after: JSON.stringify(first.next) };
    const second = await list(args);
    assert.deepEqual([second.items.map(({ title }) => title), second.next, second.total], [['Lecture 10'], null, 3]);
    assert.equal((await refusalOf(list({ ...args, p_sort: 'recent' }))).hint, 'invalid-input');
    assert.equal((await refusalOf(list({ p_limit: 0 }))).hint, 'invalid-input');
    assert.equal((await refusalOf(list({ p_sort: 'x' }))).hint, 'invalid-input');
  });
});
