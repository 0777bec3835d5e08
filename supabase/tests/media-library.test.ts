import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Database, refusalOf, type Row, service, user } from './database.js';

interface Page {
  readonly items: readonly Row[];
  readonly next: readonly [unknown, string] | null;
  readonly total: number;
}

describe('the library', () => {
  let db: Database;
  let ada = randomUUID();

  before(async () => {
    db = await Database.open();
  });
  after(() => db.close());
  beforeEach(() => {
    ada = randomUUID();
  });

  const list = (args: Row = {}, userId = ada): Promise<Page> =>
    db.call(user(userId), 'list_media', args) as Promise<Page>;
  const names = async (args: Row = {}): Promise<readonly unknown[]> => (await list(args)).items.map(({ name }) => name);
  const file = async (id: string): Promise<Row> =>
    (await db.rows('select * from media_files where id = $1', [id]))[0] ?? {};
  const set = (
    id: string,
    assignment: string,
    values: readonly unknown[] = [],
    userId = ada,
  ): Promise<readonly Row[]> =>
    db.ask(user(userId), `update media_files set ${assignment} where id = $1 returning *`, [id, ...values]);
  const history = async (id: string): Promise<readonly Row[]> =>
    db.ask(user(ada), 'select * from media_file_history where asset_id = $1 order by id', [id]);
  const link = (id: string, place: string, label: string): Promise<unknown> =>
    db.insert(user(ada), 'media_usage', { asset_id: id, resource_type: 'lesson', resource_id: place, label });

  async function fillShelf(): Promise<void> {
    const rows: readonly [string, string, readonly string[], number, number][] = [
      ['Übung 10', 'video', ['Physics', 'week 1'], 500, 30],
      ['übung 2', 'video', ['physics'], 100, 300],
      ['Zebra', 'image', [], 900, 0],
      ['apple', 'audio', ['Week 1'], 300, 90],
      ['Banana', 'audio', ['chemistry'], 700, 60],
    ];
    for (const [name, kind, tags, size, seconds] of rows) {
      await db.storeAsset(ada, {
        name,
        kind,
        tags,
        size_bytes: size,
        source_type: kind === 'audio' ? 'recording' : 'upload',
        probe: JSON.stringify({ kind, durationSeconds: seconds }),
      });
    }
  }

  it('makes an asset with its first version, which is the current one', async () => {
    const id = await db.storeAsset(ada, { tags: ['a'] });
    const row = await file(id);
    assert.deepEqual([row['rev'], row['status'], row['owner_id'], row['tenant_id']], ['1', 'active', ada, ada]);
    const versions = await db.ask(user(ada), 'select * from media_file_versions where asset_id = $1', [id]);
    assert.deepEqual(
      versions.map((version) => [version['id'], version['number'], version['blob_key']]),
      [[row['current_version_id'], 1, row['blob_key']]],
    );
  });

  it('refuses an id that is taken, bytes that aren’t stored or are somebody else’s, and odd names and tags', async () => {
    const id = await db.storeAsset(ada);
    const code = async (fields: Row): Promise<string> => (await refusalOf(db.storeAsset(ada, fields))).code;
    assert.equal(await code({ id }), '23505');
    assert.equal(await code({ blob_key: 'assets/none/none' }), '23503');
    assert.equal(await code({ poster_key: 'assets/none/none' }), '23503');
    assert.equal(await code({ blob_key: await db.storeBlob(randomUUID(), randomUUID()) }), '23503');
    for (const name of ['', ' a', 'a\u202eb', 'a\nb', 'x'.repeat(256), 'x'.repeat(10_000)]) {
      assert.equal(await code({ name }), '23514', JSON.stringify(name.slice(0, 20)));
    }
    for (const tags of [[''], ['x'.repeat(65)], Array.from({ length: 65 }, (_, n) => String(n)), [null]]) {
      assert.equal(await code({ tags }), '23514', JSON.stringify(tags).slice(0, 20));
    }
    assert.equal(await code({ kind: 'smell' }), '23514');
    assert.equal(await code({ size_bytes: -1 }), '23514');
    assert.equal((await file(await db.storeAsset(ada, { name: '<b>"\' ünïcode 漢字 ../..' })))['status'], 'active');
  });

  it('sorts in five ways, and reads page by page, each asset once', async () => {
    await fillShelf();
    const orders: Row = {
      newest: ['Banana', 'apple', 'Zebra', 'übung 2', 'Übung 10'],
      oldest: ['Übung 10', 'übung 2', 'Zebra', 'apple', 'Banana'],
      largest: ['Zebra', 'Banana', 'Übung 10', 'apple', 'übung 2'],
      longest: ['übung 2', 'apple', 'Banana', 'Übung 10', 'Zebra'],
      name: ['apple', 'Banana', 'übung 2', 'Übung 10', 'Zebra'],
    };
    for (const [sort, expected] of Object.entries(orders)) {
      assert.deepEqual(await names({ p_sort: sort }), expected, sort);
      const seen: unknown[] = [];
      let after: Page['next'] = null;
      do {
        const page: Page = await list({ p_sort: sort, p_limit: 2, p_after: after && JSON.stringify(after) });
        assert.equal(page.total, 5, sort);
        seen.push(...page.items.map(({ name }) => name));
        after = page.next;
      } while (after !== null);
      assert.deepEqual(seen, expected, `${sort}, in pages`);
    }
  });

  it('goes on reading assets that are equal in what they are sorted by', async () => {
    for (let n = 0; n < 5; n++) await db.storeAsset(ada, { size_bytes: 7 });
    const ids = new Set<unknown>();
    for (let after: Page['next'] = null, n = 0; n < 5; n++) {
      const page: Page = await list({ p_sort: 'largest', p_limit: 1, p_after: after && JSON.stringify(after) });
      ids.add(page.items[0]?.['id']);
      after = page.next;
    }
    assert.equal(ids.size, 5);
  });

  it('finds by part of a name or a tag, in any case, with or without accents, taking every character as itself', async () => {
    await fillShelf();
    await db.storeAsset(ada, { name: '100% of_it \\ now' });
    for (const [search, found] of [
      ['BANAN', ['Banana']],
      ['ppl', ['apple']],
      ['ÜBUNG 2', ['übung 2']],
      ['ubung', ['Übung 10', 'übung 2']],
      [' week   1 ', ['Übung 10', 'apple']],
      ['0% of_it \\', ['100% of_it \\ now']],
      ['%', ['100% of_it \\ now']],
      ['a_a', []],
      ['', ['Übung 10', 'übung 2', 'Zebra', 'apple', 'Banana', '100% of_it \\ now']],
    ] as const) {
      assert.deepEqual(await names({ p_search: search, p_sort: 'oldest' }), found, search);
    }
  });

  it('narrows by kind, source, tags and project, counts what matches, and takes nothing for a statement', async () => {
    await fillShelf();
    const found = async (args: Row): Promise<readonly unknown[]> => {
      const { items, total } = await list({ p_sort: 'oldest', ...args });
      assert.equal(total, items.length);
      return items.map(({ name }) => name);
    };
    assert.deepEqual(await found({ p_kinds: ['audio', 'image'] }), ['Zebra', 'apple', 'Banana']);
    assert.deepEqual(await found({ p_source_types: ['recording'] }), ['apple', 'Banana']);
    assert.deepEqual(await found({ p_tags: ['PHYSICS'] }), ['Übung 10', 'übung 2']);
    assert.deepEqual(await found({ p_tags: ['physics', 'Week 1'] }), ['Übung 10']);
    assert.deepEqual(await found({ p_kinds: ['video'], p_source_types: ['recording'] }), []);
    assert.equal((await found({ p_kinds: [], p_tags: [] })).length, 5);
    const evil = `x' or true) -- $1 $5 %s`;
    for (const args of [{ p_search: evil }, { p_kinds: [evil] }, { p_tags: [evil] }, { p_project_id: evil }]) {
      assert.deepEqual(await found(args), []);
    }
    const project = randomUUID();
    await db.storeAsset(ada, { name: 'Made', studio_metadata: JSON.stringify({ project_id: project }) });
    const used = await db.storeAsset(ada, { name: 'Used' });
    await db.call(user(ada), 'save_studio_project', {
      p_id: project,
      p_base_rev: 0,
      p_save_id: randomUUID(),
      p_schema_version: 1,
      p_hash: 'x',
      p_state: {},
      p_kind: 'auto',
      p_asset_ids: [used],
    });
    assert.deepEqual(await found({ p_project_id: project }), ['Made', 'Used']);
  });

  it('refuses orders, limits and cursors that are none', async () => {
    await fillShelf();
    const { next } = await list({ p_sort: 'name', p_limit: 1 });
    for (const args of [
      { p_sort: 'nonsense' },
      { p_limit: 0 },
      { p_sort: 'largest', p_after: JSON.stringify(next) },
      { p_after: '{"a": 1}' },
      { p_after: '["2026-01-01", "no uuid"]' },
      { p_after: `["nonsense", "${randomUUID()}"]` },
    ]) {
      assert.equal((await refusalOf(list(args))).hint, 'invalid-input', JSON.stringify(args));
    }
  });

  it('lists nobody else’s files', async () => {
    await fillShelf();
    assert.deepEqual(await list({}, randomUUID()), { items: [], next: null, total: 0 });
    assert.equal((await refusalOf(db.call({ role: 'authenticated' }, 'list_media'))).hint, 'unauthenticated');
  });

  it('counts every change of a row, and one of two that change the same revision wins', async () => {
    const id = await db.storeAsset(ada);
    const [changed] = await set(id, 'name = $2', ['Other']);
    assert.deepEqual([changed?.['name'], changed?.['rev']], ['Other', '2']);
    assert.equal((await set(id, 'name = $2', ['Other']))[0]?.['rev'], '2', 'the same again');
    const attempt = (name: string): Promise<readonly Row[]> =>
      db.ask(user(ada), 'update media_files set name = $2 where id = $1 and rev = 2 returning rev', [id, name]);
    const outcomes = await Promise.all([attempt('Mine'), attempt('Theirs')]);
    assert.deepEqual(outcomes.map((rows) => rows.length).sort(), [0, 1]);
  });

  it('deletes softly and restores, by the server’s clock', async () => {
    const id = await db.storeAsset(ada);
    const [removed] = await set(id, "deleted_at = '2001-01-01'");
    assert.equal(removed?.['status'], 'deleted');
    assert.ok((removed['deleted_at'] as Date).getFullYear() > 2001);
    assert.deepEqual((await set(id, "deleted_at = '2001-01-01'"))[0], removed, 'twice');
    assert.deepEqual([await names(), await names({ p_deleted: true })], [[], ['Lecture.mp4']]);
    const [restored] = await set(id, 'deleted_at = null');
    assert.deepEqual([restored?.['status'], restored?.['deleted_at'], restored?.['rev']], ['active', null, '3']);
  });

  it('refuses to delete what is in use, naming the places, whoever asks', async () => {
    const id = await db.storeAsset(ada);
    await link(id, 'l1', 'Lesson 1');
    await link(id, 'l2', 'Wiki: light');
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => set(id, 'deleted_at = now()'),
      () => db.ask(service, "update media_files set deleted_at = now(), status = 'deleted' where id = $1", [id]),
      () => db.rows("update media_files set deleted_at = now(), status = 'deleted' where id = $1", [id]),
    ];
    for (const attempt of attempts) {
      const refusal = await refusalOf(attempt());
      assert.deepEqual(
        [refusal.code, refusal.hint, refusal.details],
        ['PT409', 'in-use', { id, places: ['Lesson 1', 'Wiki: light'] }],
      );
    }
    await db.ask(user(ada), 'delete from media_usage where asset_id = $1', [id]);
    assert.equal((await set(id, 'deleted_at = now()'))[0]?.['status'], 'deleted');
  });

  it('takes a place said twice for one, with the last label, and never moves one', async () => {
    const id = await db.storeAsset(ada);
    const say = (label: string): Promise<unknown> =>
      db.ask(
        user(ada),
        `insert into media_usage (asset_id, resource_type, resource_id, label) values ($1, 'lesson', 'l1', $2)
         on conflict (asset_id, resource_type, resource_id) do update set asset_id = excluded.asset_id,
           resource_type = excluded.resource_type, resource_id = excluded.resource_id, label = excluded.label`,
        [id, label],
      );
    await say('Lesson 1');
    await say('Lesson one');
    assert.deepEqual(
      (await db.ask(user(ada), 'select label from media_usage where asset_id = $1', [id])).map(({ label }) => label),
      ['Lesson one'],
    );
    assert.equal(
      (await refusalOf(db.ask(user(ada), "update media_usage set resource_id = 'l2'"))).hint,
      'invalid-input',
    );
    assert.equal((await refusalOf(link(randomUUID(), 'l1', 'x'))).hint, 'not-found');
    assert.equal((await refusalOf(link(await db.storeAsset(randomUUID()), 'l1', 'x'))).hint, 'not-found');
  });

  it('puts a new version in place, numbered in order also when several come at once', async () => {
    const id = await db.storeAsset(ada);
    const add = async (): Promise<unknown> =>
      db.insert(user(ada), 'media_file_versions', {
        asset_id: id,
        blob_key: await db.storeBlob(ada, id),
        mime_type: 'video/webm',
        size_bytes: 16,
        probe: JSON.stringify({ kind: 'audio', durationSeconds: 20 }),
      });
    await add();
    const row = await file(id);
    assert.deepEqual(
      [row['mime_type'], row['size_bytes'], row['kind'], row['duration_seconds'], row['rev']],
      ['video/webm', '16', 'audio', 20, '2'],
    );
    await Promise.all([add(), add(), add()]);
    const versions = await db.rows('select id, number from media_file_versions where asset_id = $1 order by number', [
      id,
    ]);
    assert.deepEqual(
      versions.map(({ number }) => number),
      [1, 2, 3, 4, 5],
    );
    assert.equal((await file(id))['current_version_id'], versions.at(-1)?.['id']);
  });

  it('writes history with what takes each change back, and takes it back', async () => {
    const id = await db.storeAsset(ada, { tags: ['a'] });
    const first = (await file(id))['current_version_id'];
    await set(id, 'name = $2, tags = $3', ['New', ['b', 'c']]);
    await link(id, 'l1', 'Lesson');
    await db.ask(user(ada), 'delete from media_usage where asset_id = $1', [id]);
    await db.insert(user(ada), 'media_file_versions', {
      asset_id: id,
      blob_key: await db.storeBlob(ada, id),
      mime_type: '',
      size_bytes: 1,
    });
    await set(id, 'deleted_at = now()');
    const entries = await history(id);
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['upload', 'rename', 'tag', 'link', 'unlink', 'replace', 'delete'],
    );
    assert.ok(entries.every(({ author }) => author === ada));
    assert.deepEqual(entries[1]?.['inverse'], { name: 'Lecture.mp4' });
    for (const entry of [...entries].reverse().slice(0, -1)) {
      await db.call(user(ada), 'undo_media_change', { p_history_id: entry['id'] });
    }
    const row = await file(id);
    assert.deepEqual([row['name'], row['tags'], row['deleted_at']], ['Lecture.mp4', ['a'], null]);
    const versions = await db.rows('select * from media_file_versions where asset_id = $1 order by number', [id]);
    assert.equal(versions.length, 3, 'restoring an old version adds one');
    assert.equal(versions[2]?.['blob_key'], versions.find((version) => version['id'] === first)?.['blob_key']);
    assert.equal(row['current_version_id'], versions[2]?.['id']);
    assert.deepEqual(await db.rows('select from media_usage where asset_id = $1', [id]), []);
    const undo = db.call(user(randomUUID()), 'undo_media_change', { p_history_id: entries[1]['id'] });
    assert.equal((await refusalOf(undo)).hint, 'not-found');
  });

  it('puts an old version in place again, with its facts, fingerprint and hash, and takes that back too', async () => {
    const [first, second] = ['1'.repeat(64), '2'.repeat(64)];
    const id = await db.storeAsset(ada, { fingerprint: first, probe: JSON.stringify({ kind: 'video', width: 640 }) });
    const [old] = await db.rows('select * from media_file_versions where asset_id = $1', [id]);
    const [blob] = await db.rows('select object_name from media_blobs where key = $1', [old?.['blob_key']]);
    await db.call(service, 'verify_blob', { p_object_name: blob?.['object_name'], p_sha256: 'a'.repeat(64) });
    const facts = async (): Promise<unknown> => {
      const row = await file(id);
      return [row['blob_key'], row['mime_type'], row['width'], row['fingerprint'], row['verified_sha256']];
    };
    const before = await facts();
    await db.insert(user(ada), 'media_file_versions', {
      asset_id: id,
      blob_key: await db.storeBlob(ada, id),
      mime_type: 'audio/wav',
      size_bytes: 7,
      fingerprint: second,
    });
    assert.deepEqual(((await facts()) as readonly unknown[]).slice(1), ['audio/wav', 0, second, null]);
    const restore = (userId: string): Promise<readonly Row[]> =>
      db.ask(
        user(userId),
        `insert into media_file_versions (asset_id, blob_key, mime_type, size_bytes, probe, poster_key, fingerprint)
         select asset_id, blob_key, mime_type, size_bytes, probe, poster_key, fingerprint from media_file_versions
         where id = $1 returning number`,
        [old?.['id']],
      );
    assert.deepEqual(await restore(randomUUID()), [], 'somebody else finds nothing to restore');
    assert.deepEqual(await restore(ada), [{ number: 3 }]);
    assert.deepEqual(await facts(), before);
    const [last] = await db.ask(user(ada), 'select id from media_file_history where asset_id = $1 order by id desc', [
      id,
    ]);
    await db.call(user(ada), 'undo_media_change', { p_history_id: last?.['id'] });
    assert.deepEqual(((await facts()) as readonly unknown[])[3], second);
    const numbers = await db.rows('select number from media_file_versions where asset_id = $1', [id]);
    assert.equal(numbers.length, 4);
  });

  it('keeps a poster and facts that come later with their version too', async () => {
    const id = await db.storeAsset(ada);
    const poster = await db.storeBlob(ada, id);
    await set(id, 'poster_key = $2, probe = $3', [poster, '{"kind": "video", "width": 1920}']);
    const [first] = await db.rows('select * from media_file_versions where asset_id = $1', [id]);
    assert.deepEqual([first?.['poster_key'], first?.['probe']], [poster, { kind: 'video', width: 1920 }]);
    await db.insert(user(ada), 'media_file_versions', {
      asset_id: id,
      blob_key: await db.storeBlob(ada, id),
      mime_type: '',
      size_bytes: 1,
    });
    assert.deepEqual([(await file(id))['poster_key'], (await file(id))['width']], [null, 0]);
    const replaced = (await history(id)).at(-1);
    assert.deepEqual(
      [replaced?.['action'], replaced?.['change']],
      ['replace', { version_id: (await file(id))['current_version_id'], number: 2 }],
    );
    await db.call(user(ada), 'undo_media_change', { p_history_id: replaced?.['id'] });
    assert.deepEqual([(await file(id))['poster_key'], (await file(id))['width']], [poster, 1920]);
    assert.equal((await db.rows('select * from media_file_versions where id = $1', [first?.['id']]))[0]?.['number'], 1);
  });

  it('doesn’t take back by hand what a project uses, and says so', async () => {
    const id = await db.storeAsset(ada);
    await db.call(user(ada), 'save_studio_project', {
      p_id: randomUUID(),
      p_base_rev: 0,
      p_save_id: randomUUID(),
      p_schema_version: 1,
      p_hash: 'x',
      p_state: {},
      p_kind: 'auto',
      p_asset_ids: [id],
    });
    const linked = (await history(id)).at(-1);
    assert.equal(linked?.['action'], 'link');
    const undo = (entry: Row | undefined): Promise<unknown> =>
      db.call(user(ada), 'undo_media_change', { p_history_id: entry?.['id'] });
    assert.equal((await refusalOf(undo(linked))).hint, 'forbidden');
    const refusal = await refusalOf(undo((await history(id))[0]));
    assert.deepEqual([refusal.hint, refusal.details['places']], ['in-use', ['Untitled']], 'nor its upload');
    await link(id, 'l1', 'Lesson');
    const lesson = (await history(id)).at(-1);
    await undo(lesson);
    await undo(lesson);
    assert.equal((await db.rows('select from media_usage where asset_id = $1', [id])).length, 1);
  });

  it('finds likely duplicates by fingerprint, one’s own and those in the library alone', async () => {
    const fingerprint = 'd'.repeat(64);
    const [kept, trashed] = [await db.storeAsset(ada, { fingerprint }), await db.storeAsset(ada, { fingerprint })];
    await db.storeAsset(randomUUID(), { fingerprint });
    await set(trashed, 'deleted_at = now()');
    const text = 'select id from media_files where owner_id = $1 and fingerprint = $2 and deleted_at is null';
    assert.deepEqual(await db.ask(user(ada), text, [ada, fingerprint]), [{ id: kept }]);
    assert.equal((await list({ p_limit: 1 })).items[0]?.['fingerprint'], fingerprint, 'pages tell it');
    for (const odd of ['D'.repeat(64), 'd'.repeat(63), '']) {
      assert.equal((await refusalOf(db.storeAsset(ada, { fingerprint: odd }))).code, '23514', odd);
    }
  });

  it('knows how much there is without counting, also after changes', async () => {
    await fillShelf();
    const [one] = (await list()).items;
    await set(String(one?.['id']), 'deleted_at = now()');
    const figures = await db.ask(user(ada), 'select * from media_overview()');
    assert.deepEqual(
      figures.map((row) => Object.values(row)),
      [
        ['audio', 'recording', false, '1', '300'],
        ['audio', 'recording', true, '1', '700'],
        ['image', 'upload', false, '1', '900'],
        ['video', 'upload', false, '2', '600'],
      ],
    );
    assert.equal((await list({ p_limit: 1 })).total, 4);
  });

  it('does bulk work in steps, notes what fails and why, and goes on where it stopped', async () => {
    const ids = [await db.storeAsset(ada), await db.storeAsset(ada), await db.storeAsset(randomUUID()), randomUUID()];
    await link(ids[1] ?? '', 'l1', 'Lesson 1');
    const start = async (kind: string, args: Row, assetIds: readonly string[]): Promise<string> => {
      const id = randomUUID();
      await db.insert(user(ada), 'media_operations', { id, kind, args: JSON.stringify(args), asset_ids: assetIds });
      return id;
    };
    const step = (id: string, limit: number, userId = ada): Promise<Row> =>
      db.call(user(userId), 'continue_media_operation', { p_id: id, p_limit: limit }) as Promise<Row>;
    const counts = ({ status, total, done, failed }: Row): unknown => [status, total, done, failed];
    const id = await start('delete', {}, ids);
    assert.deepEqual(counts(await step(id, 1)), ['running', 4, 1, 0]);
    assert.deepEqual(counts(await step(id, 2)), ['running', 4, 1, 2]);
    const end = await step(id, 100);
    assert.deepEqual(counts(end), ['done', 4, 1, 3]);
    assert.deepEqual(
      (end['errors'] as readonly Row[]).map((error) => [
        error['id'],
        error['code'],
        (error['details'] as Row)['places'],
      ]),
      [
        [ids[1], 'in-use', ['Lesson 1']],
        [ids[2], 'not-found', undefined],
        [ids[3], 'not-found', undefined],
      ],
    );
    assert.deepEqual(await step(id, 1), end, 'after its end');
    assert.equal((await refusalOf(step(id, 1, randomUUID()))).hint, 'not-found');

    const [a = '', b = ''] = ids;
    await step(await start('restore', {}, [a]), 9);
    await step(await start('rename', { name: 'Part {n}' }, [a, b]), 9);
    await step(await start('tag', { tags: ['New', 'new', 'x'] }, [a, b]), 9);
    await step(await start('tag', { tags: ['NEW'] }, [a]), 9);
    await step(await start('untag', { tags: ['X'] }, [a]), 9);
    assert.deepEqual([(await file(a))['name'], (await file(b))['name']], ['Part 1', 'Part 2']);
    assert.deepEqual((await file(a))['tags'], ['New']);
    assert.deepEqual([...((await file(b))['tags'] as string[])].sort(), ['New', 'x']);
    const stopped = await start('delete', {}, [a, b]);
    await db.ask(user(ada), "update media_operations set status = 'cancelled' where id = $1", [stopped]);
    assert.deepEqual(counts(await step(stopped, 9)), ['cancelled', 2, 0, 0]);
    assert.equal((await refusalOf(start('tag', {}, [a]))).hint, 'invalid-input');
  });

  it('purges what has been in the trash for 30 days and is used nowhere, looking again before', async () => {
    const [gone, fresh, used, restored] = [
      await db.storeAsset(ada, { fingerprint: 'e'.repeat(64) }),
      await db.storeAsset(ada),
      await db.storeAsset(ada),
      await db.storeAsset(ada),
    ];
    for (const id of [gone, fresh, used, restored]) await set(id, 'deleted_at = now()');
    await db.owner.query('alter table media_files disable trigger user');
    await db.rows("update media_files set deleted_at = now() - interval '31 days' where id = any ($1)", [
      [gone, used, restored],
    ]);
    await db.owner.query('alter table media_files enable trigger user');
    await link(used, 'l1', 'Lesson');
    const candidates = await db.ask(service, 'select id from purge_candidates() where owner_id = $1', [ada]);
    assert.deepEqual(new Set(candidates.map(({ id }) => id)), new Set([gone, restored]));
    await set(restored, 'deleted_at = null');
    const object = (
      await db.rows('select object_name from media_blobs where key = $1', [(await file(gone))['blob_key']])
    )[0];
    const purge = [[gone, fresh, used, restored]];
    assert.deepEqual(await db.ask(service, 'select purge_media($1) as id', purge), [{ id: gone }]);
    assert.deepEqual(await db.ask(service, 'select purge_media($1) as id', purge), [], 'again');
    assert.deepEqual(await db.ask(user(ada), 'select from media_files where id = $1', [gone]), []);
    assert.equal((await file(gone))['name'], 'Deleted');
    assert.equal((await file(gone))['fingerprint'], null);
    assert.deepEqual(await set(gone, 'deleted_at = null'), []);
    assert.equal((await list({ p_deleted: true })).total, 2);

    await db.rows("update media_blobs set created_at = now() - interval '2 days' where owner_id = $1", [ada]);
    const unclaimed = await db.ask(service, 'select object_name from unclaimed_blobs()');
    assert.deepEqual(unclaimed, [object]);
    const remove = (name: unknown): Promise<unknown> =>
      db.transaction(service, async (client) => {
        await client.query("set local storage.allow_delete_query = 'true'");
        return client.query('delete from storage.objects where name = $1', [name]);
      });
    await remove(object?.['object_name']);
    assert.deepEqual(await db.ask(service, 'select from unclaimed_blobs()'), []);
    const kept = await db.rows('select object_name from media_blobs where key = $1', [(await file(used))['blob_key']]);
    assert.equal((await refusalOf(remove(kept[0]?.['object_name']))).code, '23503', 'bytes that an asset refers to');
  });
});
