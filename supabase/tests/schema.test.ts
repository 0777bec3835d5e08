import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Database, type Row } from './database.js';

describe('the schema', () => {
  let db: Database;
  before(async () => {
    db = await Database.open();
  });
  after(() => db.close());

  const list = async (text: string): Promise<readonly string[]> =>
    (await db.rows(text)).map((row: Row) => Object.values(row).join(' '));

  it('has row security on every table, the unexposed ones too', async () => {
    assert.deepEqual(
      await list(`select oid::regclass::text from pg_class where relkind in ('r', 'p') and not relrowsecurity
        and relnamespace in ('public'::regnamespace, 'lectern'::regnamespace)`),
      [],
    );
  });

  it('has views that look with the reader’s own rights', async () => {
    assert.deepEqual(
      await list(`select oid::regclass::text from pg_class where relkind in ('v', 'm')
        and relnamespace in ('public'::regnamespace, 'lectern'::regnamespace)
        and not coalesce(reloptions @> '{security_invoker=true}', false)`),
      [],
    );
  });

  it('has an index that begins with it for every column that a policy compares with a user or a tenant', async () => {
    const missing = await list(`
      select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relkind = 'r' and a.attname in ('owner_id', 'tenant_id') and not a.attisdropped
        and exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
          and coalesce(p.qual, '') || coalesce(p.with_check, '') like '%' || a.attname || '%')
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum)`);
    assert.deepEqual(missing, []);
  });

  it('has an index that begins with the first column of every foreign key', async () => {
    const missing = await list(`
      select c.conrelid::regclass, c.conname from pg_constraint c
      where c.contype = 'f' and c.connamespace in ('public'::regnamespace, 'lectern'::regnamespace)
        and not exists (select from pg_index i where i.indrelid = c.conrelid
          and (select array_agg(k order by k) from unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) k)
            = (select array_agg(k order by k) from unnest(c.conkey) k))`);
    assert.deepEqual(missing, []);
  });

  it('has policies for signed-in users alone, one for each command', async () => {
    assert.deepEqual(
      await list(`select tablename, policyname from pg_policies where schemaname in ('public', 'storage')
        and (cmd = 'ALL' or roles <> '{authenticated}' or permissive <> 'PERMISSIVE')`),
      [],
    );
    assert.deepEqual(
      await list(
        `select tablename, cmd from pg_policies where schemaname = 'public' group by 1, 2 having count(*) > 1`,
      ),
      [],
    );
  });

  it('asks who the user is once for each statement, never for each row', async () => {
    const bare = await list(`select tablename, policyname from pg_policies
      where schemaname = 'public' and regexp_replace(coalesce(qual, '') || coalesce(with_check, ''),
        '\\( SELECT (auth|lectern)\\.[a-z_]+\\(\\) AS [a-z_]+\\)', '', 'g') ~ '(auth|lectern)\\.'`);
    assert.deepEqual(bare, []);
  });

  it('has functions that take no names from the search path', async () => {
    assert.deepEqual(
      await list(`select oid::regprocedure from pg_proc
        where pronamespace in ('public'::regnamespace, 'lectern'::regnamespace)
          and not coalesce(proconfig @> array['search_path=""'], false) and prosqlbody is null`),
      [],
    );
  });

  it('gives anonymous visitors nothing at all', async () => {
    assert.deepEqual(
      await list(`select 'table ' || c.oid::regclass from pg_class c
        where c.relnamespace in ('public'::regnamespace, 'lectern'::regnamespace) and c.relkind in ('r', 'v', 'S')
          and case when c.relkind = 'S' then has_sequence_privilege('anon', c.oid, 'usage, select, update')
            else has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate, references, trigger')
              or has_any_column_privilege('anon', c.oid, 'select, insert, update, references') end
        union all
        select 'function ' || p.oid::regprocedure from pg_proc p
        where p.pronamespace in ('public'::regnamespace, 'lectern'::regnamespace)
          and has_function_privilege('anon', p.oid, 'execute')`),
      [],
    );
    assert.deepEqual(await list(`select has_schema_privilege('anon', 'lectern', 'usage')`), ['false']);
  });

  it('lets signed-in users call these functions, and no others', async () => {
    const callable = (role: string): Promise<readonly string[]> =>
      list(`select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace
        and has_function_privilege('${role}', p.oid, 'execute') order by 1`);
    assert.deepEqual(await callable('authenticated'), [
      'apply_course_change',
      'cancel_upload',
      'continue_media_operation',
      'discard_blob',
      'list_media',
      'list_projects',
      'media_overview',
      'rebuild_usage',
      'reserve_upload',
      'save_studio_project',
      'storage_report',
      'undo_media_change',
    ]);
    const served = await callable('service_role');
    for (const name of [
      'complete_upload',
      'forget_blobs',
      'keep_house',
      'note_multipart',
      'purge_candidates',
      'purge_media',
      'unclaimed_blobs',
      'verify_blob',
    ]) {
      assert.ok(served.includes(name), name);
    }
  });

  it('lets signed-in users call what these need of the unexposed schema, and nothing that writes but for saving', async () => {
    assert.deepEqual(
      await list(`select p.proname from pg_proc p where p.pronamespace = 'lectern'::regnamespace
        and has_function_privilege('authenticated', p.oid, 'execute') and p.provolatile = 'v' order by 1`),
      ['fail', 'no_such', 'note_progress', 'order_after', 'write_save'],
    );
  });

  it('publishes what other devices hear of, and refuses to delete from it, whoever asks', async () => {
    const published = await list(
      `select tablename from pg_publication_tables where pubname = 'supabase_realtime' order by 1`,
    );
    assert.deepEqual(published, [
      'chapter_items',
      'chapters',
      'courses',
      'media_files',
      'media_operations',
      'studio_projects',
    ]);
    for (const table of published) {
      await assert.rejects(db.owner.query(`delete from public.${table}`), { code: '42501' }, table);
    }
  });

  it('makes the fractional keys that the browser’s own store makes', async () => {
    const { generateKeyBetween } = await import('fractional-indexing');
    let seed = 20_261_121;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const pairs: (readonly [string | null, string | null, string])[] = [];
    for (let round = 0; round < 6; round++) {
      const keys: string[] = [];
      for (let n = 0; n < 120; n++) {
        // At one end, at the other, always at one place, and anywhere.
        const at = [keys.length, 0, Math.min(1, keys.length), random(keys.length + 1)][round % 4] ?? 0;
        const [before, after] = [keys[at - 1] ?? null, keys[at] ?? null];
        const key = generateKeyBetween(before, after);
        pairs.push([before, after, key]);
        keys.splice(at, 0, key);
      }
    }
    const ends = ['Zz', 'a0', 'Zzz', 'b00', 'zzzzzzzzzzzzzzzzzzzzzzzzzzz', 'A00000000000000000000000001', 'Z0', 'az'];
    for (const key of ends) {
      pairs.push([null, key, generateKeyBetween(null, key)], [key, null, generateKeyBetween(key, null)]);
    }
    const rows = await db.rows(
      `select lectern.order_between(p ->> 0, p ->> 1) as key from jsonb_array_elements($1::jsonb) with ordinality q (p, n)
       order by n`,
      [JSON.stringify(pairs)],
    );
    assert.deepEqual(
      rows.map(({ key }) => key),
      pairs.map(([, , key]) => key),
    );
    await assert.rejects(db.rows("select lectern.order_between('a1', 'a1')"));
  });
});
