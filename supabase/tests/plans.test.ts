import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Database, type Row, user } from './database.js';

/** A hundred thousand assets of one owner and some of another: enough that a wrong plan would read them all. */
describe('plans over a large library', () => {
  let db: Database;
  const ada = randomUUID();
  const bea = randomUUID();

  before(async () => {
    db = await Database.open();
    // Rows of a library, without what is made with each: it is the plans that are asked about.
    await db.owner.query('alter table media_files disable trigger user');
    await db.owner.query(
      `insert into media_files (id, owner_id, tenant_id, name, kind, mime_type, size_bytes, source_type, tags, probe,
         current_version_id, fingerprint, created_at)
       select gen_random_uuid(), case when n % 10 = 0 then $2::uuid else $1::uuid end, $1::uuid,
         -- Names that begin alike stand together, at the end of the order by name.
         case when n % 50 = 1 then 'Zebra ' else 'Lecture ' end || n || ' ' || md5(n::text),
         case when n % 10000 = 5 then 'image' else 'video' end, 'video/mp4', n, 'upload',
         case when n % 1000 = 0 then array['Rare'] else array['common'] end,
         jsonb_build_object('durationSeconds', n % 3600), gen_random_uuid(), md5(n::text) || md5(n::text),
         now() - n * interval '1 second'
       from generate_series(1, 111111) n`,
      [ada, bea],
    );
    await db.owner.query('alter table media_files enable trigger user');
    await db.owner.query(
      `insert into lectern.media_totals (owner_id, kind, source_type, deleted, files, bytes)
       select owner_id, kind, source_type, false, count(*), sum(size_bytes) from media_files group by 1, 2, 3`,
    );
    await db.owner.query(
      `insert into media_usage (asset_id, resource_type, resource_id, label)
       select id, 'lesson', 'l' || row_number() over (), 'Lesson' from media_files limit 10000`,
    );
    await db.owner.query(
      `insert into media_blobs (owner_id, tenant_id, key, object_name, store, size_bytes, mime_type)
       select owner_id, tenant_id, 'assets/' || id || '/1', id::text, 'b2', 1, '' from media_files limit 10000`,
    );
    await db.owner.query('alter table media_file_versions disable trigger user');
    await db.owner.query(
      `insert into media_file_versions (asset_id, owner_id, tenant_id, number, blob_key, mime_type, size_bytes)
       select split_part(key, '/', 2)::uuid, owner_id, tenant_id, 1, key, '', 1 from media_blobs`,
    );
    await db.owner.query('alter table media_file_versions enable trigger user');
    await db.owner.query('analyze');
  });
  after(() => db.close());

  /** Every node of the plan that PostgreSQL makes for that user, as text. */
  async function plan(text: string, values: readonly unknown[] = []): Promise<string> {
    return db.transaction(user(ada), async (client) => {
      const { rows } = await client.query<Row>(`explain (costs off) ${text}`, [...values]);
      return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    });
  }

  /** The plan of a statement that a function of ours runs, with its owner's rights. */
  async function ownersPlan(text: string): Promise<string> {
    return (await db.rows(`explain (costs off) ${text}`)).map((row) => String(row['QUERY PLAN'])).join('\n');
  }

  const filter = (): string => `f.owner_id = '${ada}' and f.purged_at is null and f.deleted_at is null`;

  it('reads a page of each order from its index, in that order, first or later', async () => {
    for (const [column, value, index] of [
      ['created_at', 'now()', 'media_files_by_age_idx'],
      ['sort_name', `'lecture'`, 'media_files_by_name_idx'],
      ['size_bytes', '50000', 'media_files_by_size_idx'],
      ['duration_seconds', '1800', 'media_files_by_duration_idx'],
    ] as const) {
      for (const [direction, compare] of [
        ['asc', '>'],
        ['desc', '<'],
      ] as const) {
        for (const after of ['', ` and (f.${column}, f.id) ${compare} (${value}, '${randomUUID()}'::uuid)`]) {
          const text = await ownersPlan(
            `select f.* from media_files f where ${filter()}${after} order by f.${column} ${direction}, f.id ${direction} limit 61`,
          );
          assert.match(text, new RegExp(`Index Scan (Backward )?using ${index}`), text);
          assert.doesNotMatch(text, /Sort|Seq Scan/);
        }
      }
    }
  });

  it('finds a part of a name by trigrams, and a rare tag by its index', async () => {
    const search =
      await ownersPlan(`select f.* from media_files f where ${filter()} and f.search_text like '%c4ca4238a0b9%'
      order by f.created_at desc, f.id desc limit 61`);
    assert.match(search, /media_files_search_idx/);
    const tag = await ownersPlan(`select f.* from media_files f where ${filter()} and f.folded_tags @> '{rare}'
      order by f.created_at desc, f.id desc limit 61`);
    assert.match(tag, /media_files_tags_idx/);
  });

  it('can’t use those two indexes under row security, which is why pages are functions', async () => {
    const text = await plan(`select id from media_files f where owner_id = $1 and search_text like '%c4ca4238a0b9%'`, [
      ada,
    ]);
    assert.doesNotMatch(text, /media_files_search_idx/);
  });

  it('asks who the user is once, and uses the owner’s index when the adapter names the owner', async () => {
    const text = await plan(
      'select id from media_files where owner_id = $1 and deleted_at is null order by created_at desc, id desc limit 60',
      [ada],
    );
    assert.match(text, /InitPlan 1/);
    assert.match(text, /Index Scan Backward using media_files_by_age_idx/);
    assert.doesNotMatch(text, /Seq Scan on media_files/);
  });

  it('reads one asset, its usage, its versions and its history by key', async () => {
    const [row] = await db.rows('select id from media_files where owner_id = $1 limit 1', [ada]);
    for (const [text, index] of [
      ['select * from media_files where id = $1', 'media_files_pkey'],
      ['select * from media_usage where asset_id = $1', 'media_usage_pkey'],
      ['select * from media_file_versions where asset_id = $1', 'media_file_versions'],
      ['select * from media_file_history where asset_id = $1 order by id desc', 'media_file_history_asset_idx'],
    ] as const) {
      const found = await plan(text, [row?.['id']]);
      assert.match(found, new RegExp(index), found);
      assert.doesNotMatch(found, /Seq Scan/, text);
    }
  });

  interface Found {
    readonly total: number;
    readonly items: readonly Row[];
    readonly next: readonly unknown[] | null;
  }
  const list = (args: Row): Promise<Found> => db.call(user(ada), 'list_media', args) as Promise<Found>;

  it('answers with guesses above what it counts, and exactly below', async () => {
    const common = await list({ p_tags: ['common'], p_limit: 10 });
    assert.equal(common.items.length, 10);
    assert.ok(common.total > 50_000 && common.total < 150_000, String(common.total));
    assert.equal((await list({ p_search: 'lecture 99', p_limit: 10 })).total, await counted('lecture 99'));
    assert.equal((await list({ p_kinds: ['image'], p_limit: 5 })).total, 12, 'a kind that there are few of');
    assert.equal((await list({ p_kinds: ['video'] })).total, 99_988, 'a kind that nearly all are of');
    assert.equal((await list({ p_kinds: ['audio'] })).total, 0, 'a kind that none is of');
  });

  it('reads pages of what matches much, little, far down the order and nothing, each file once', async () => {
    for (const [args, condition] of [
      [{ p_search: 'zebra', p_sort: 'name' }, "search_text like '%zebra%'"],
      [{ p_search: 'zebra', p_sort: 'oldest' }, "search_text like '%zebra%'"],
      [{ p_search: 'zebra', p_tags: ['rare'] }, "search_text like '%zebra%' and folded_tags @> '{rare}'"],
      [{ p_search: '99' }, "search_text like '%99%'"],
      [{ p_search: 'e9' }, "search_text like '%e9%'"],
      [{ p_tags: ['rare'], p_sort: 'largest' }, "folded_tags @> '{rare}'"],
      [{ p_kinds: ['image'], p_sort: 'longest' }, "kind = 'image'"],
      [{ p_search: 'qqq' }, 'false'],
    ] as const) {
      const order = {
        name: 'sort_name, id',
        oldest: 'created_at, id',
        newest: 'created_at desc, id desc',
        largest: 'size_bytes desc, id desc',
        longest: 'duration_seconds desc, id desc',
      }[('p_sort' in args ? args.p_sort : 'newest') as 'name'];
      const wanted = await db.rows(
        `select id from media_files where owner_id = $1 and ${condition} order by ${order} limit 1300`,
        [ada],
      );
      const seen: unknown[] = [];
      let after: Found['next'] = null;
      do {
        const page: Found = await list({ ...args, p_limit: 500, p_after: after && JSON.stringify(after) });
        seen.push(...page.items.map(({ id }) => id));
        after = page.next;
      } while (after !== null && seen.length < 1300);
      assert.deepEqual(
        seen.slice(0, 1300),
        wanted.map(({ id }) => id),
        JSON.stringify(args),
      );
    }
  });

  it('finds likely duplicates by fingerprint', async () => {
    const text = await plan(
      'select * from media_files where owner_id = $1 and fingerprint = $2 and deleted_at is null order by created_at desc',
      [ada, 'f'.repeat(64)],
    );
    assert.match(text, /media_files_fingerprint_idx/);
  });

  it('reads the trash in the order of age from its index', async () => {
    const text = await ownersPlan(
      `select f.* from media_files f where f.owner_id = '${ada}' and f.deleted_at is not null and f.purged_at is null
       order by f.created_at desc, f.id desc limit 61`,
    );
    assert.match(text, /media_files_trash_by_age_idx/);
  });

  it('looks files of a report up by their ids, under row security', async () => {
    const text = await plan('select * from project_audio where project_id = $1', [randomUUID()]);
    assert.match(text, /Index Scan using media_files_pkey/);
    assert.doesNotMatch(text, /Seq Scan on media_files/);
  });

  async function counted(text: string): Promise<number> {
    const [row] = await db.rows(
      `select count(*)::int as n from media_files where owner_id = $1 and search_text like '%' || $2 || '%'`,
      [ada, text],
    );
    return Number(row?.['n']);
  }
});
