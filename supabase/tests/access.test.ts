import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { access, expectedOf, roleNames, type Scene, setScene, tryCommand } from './access.js';
import { Database } from './database.js';

describe('access', () => {
  let db: Database;
  let scene: Scene;

  before(async () => {
    db = await Database.open();
    scene = await setScene(db);
    await db.owner.query('begin');
  });
  after(async () => {
    await db.owner.query('rollback');
    await db.close();
  });

  it('is written down for every table and view', async () => {
    const tables = await db.rows(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('public', 'lectern') and c.relkind in ('r', 'v', 'm', 'p')`,
    );
    assert.deepEqual(
      tables.map(({ name }) => name).filter((name) => !(String(name) in access)),
      [],
    );
  });

  for (const [table, commands] of Object.entries(access)) {
    for (const [name, [, ...expected]] of Object.entries(commands)) {
      it(`${table}, ${name}: ${roleNames.map((role, n) => `${role} ${expected[n] ?? '?'}`).join(', ')}`, async () => {
        assert.equal(expected.length, roleNames.length);
        assert.deepEqual(await tryCommand(db.owner, scene, table, name), expected);
      });
    }
  }
});

/** Parts of a policy that can each be wrong alone. */
const atoms: readonly RegExp[] = [
  /\(owner_id = \( SELECT auth\.uid\(\) AS uid\)\)/g,
  /\(s\.owner_id = \( SELECT auth\.uid\(\) AS uid\)\)/g,
  /\(tenant_id = \( SELECT lectern\.\w+\(\) AS \w+\)\)/g,
  /\(purged_at IS NULL\)/g,
  /\(resource_type <> 'project'::text\)/g,
  /\(bucket_id = 'media'::text\)/g,
  /\([bs]\.object_name = objects\.name\)/g,
  /\(s\.store = 'supabase'::text\)/g,
  /\(s\.status = 'open'::text\)/g,
  /\(s\.expires_at > now\(\)\)/g,
  /\( SELECT lectern\.may_delete_object\(objects\.name\) AS may_delete_object\)/g,
];

describe('a policy that is broken on purpose', () => {
  let db: Database;
  let scene: Scene;

  before(async () => {
    db = await Database.open();
    scene = await setScene(db);
  });
  after(() => db.close());

  /** Breaks something, and says in which commands' cells that shows, the first few of them. */
  async function showsIn(table: string, statement: string, most = Infinity): Promise<readonly string[]> {
    const shows: string[] = [];
    await db.owner.query('begin');
    try {
      await db.owner.query(statement);
      for (const [name, expected] of Object.entries(expectedOf(table))) {
        const found = await tryCommand(db.owner, scene, table, name);
        if (JSON.stringify(found) !== JSON.stringify(expected) && shows.push(name) >= most) break;
      }
      return shows;
    } finally {
      await db.owner.query('rollback');
    }
  }

  it('shows nowhere while nothing is broken', async () => {
    for (const table of Object.keys(access)) assert.deepEqual(await showsIn(table, 'select'), [], table);
  });

  it('shows in a cell: dropped, true, another column, another tenant, and each part of it true or false', async () => {
    const policies = await db.rows(
      `select schemaname || '.' || tablename as table, policyname as name, qual, with_check as check from pg_policies
       where schemaname in ('public', 'storage') order by 1, 2`,
    );
    assert.ok(policies.length > 30);
    let tried = 0;
    const unseen: string[] = [];
    const attempt = async (table: string, what: string, statement: string): Promise<void> => {
      tried += 1;
      if ((await showsIn(table, statement, 1)).length === 0) unseen.push(`${table} ${what}: ${statement}`);
    };
    for (const policy of policies) {
      const [table, name] = [String(policy['table']), String(policy['name'])];
      await attempt(table, 'dropped', `drop policy ${name} on ${table}`);
      for (const [clause, column] of [
        ['using', 'qual'],
        ['with check', 'check'],
      ] as const) {
        const text = policy[column];
        if (typeof text !== 'string') continue;
        const put = (what: string, changed: string): Promise<void> =>
          attempt(table, what, `alter policy ${name} on ${table} ${clause} (${changed})`);
        await put('true', 'true');
        await put('false', 'false');
        if (text.includes('owner_id')) await put('wrong column', text.replace(/owner_id/g, 'tenant_id'));
        if (text.includes('administered_tenant'))
          await put('every colleague', text.replace('lectern.administered_tenant()', 'lectern.home_tenant()'));
        if (text.includes('home_tenant'))
          await put('wrong tenant', text.replace('lectern.home_tenant()', 'lectern.administered_tenant()'));
        let known = 0;
        for (const atom of atoms) {
          for (const { 0: part, index } of text.matchAll(atom)) {
            known += 1;
            for (const value of ['true', 'false']) {
              const changed = text.slice(0, index) + `(${value})` + text.slice(index + part.length);
              await put(`${part} is ${value}`, changed);
            }
          }
        }
        assert.ok(known > 0, `${name} has parts that can be broken: ${text}`);
      }
    }
    assert.deepEqual(unseen, []);
    assert.ok(tried > 200, `${String(tried)} were tried`);
  });

  it('shows in a cell when a view looks with its owner’s rights', async () => {
    // project_audio reads project_clips, which looks for itself.
    for (const view of ['project_clips', 'project_exports']) {
      const shows = await showsIn(`public.${view}`, `alter view public.${view} set (security_invoker = false)`);
      assert.deepEqual(shows, ['select'], view);
    }
  });

  it('shows in a cell when row security is off, or a right too much is granted', async () => {
    for (const table of Object.keys(access).filter((name) => name.startsWith('public.'))) {
      if (table.startsWith('public.project_')) continue;
      const off = await showsIn(table, `alter table ${table} disable row level security`);
      assert.ok(off.includes('select'), `${table} without row security`);
      assert.ok((await showsIn(table, `grant select on ${table} to anon`)).includes('select'), `${table} for anon`);
    }
    // Tables with columns that are the server's own.
    for (const name of [
      'media_files',
      'media_file_versions',
      'media_file_history',
      'media_blobs',
      'upload_sessions',
      'media_operations',
      'studio_projects',
      'studio_project_revisions',
    ]) {
      const table = `public.${name}`;
      assert.ok((await showsIn(table, `grant all on ${table} to authenticated`)).length > 0, `${table}, everything`);
    }
  });
});
