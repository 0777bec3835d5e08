import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { openTestDatabases } from './test-databases.js';
import type { TestDatabase, TestDatabases } from './test-databases.js';

async function query(url: string, ...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as pg.DatabaseError).code, expected, String(error));
    return true;
  };
}

describe('a database for tests', () => {
  let databases: TestDatabases;
  let database: TestDatabase;

  before(async () => {
    databases = await openTestDatabases({ supabaseFolder: null });
    database = await databases.create();
  });

  after(() => databases.stop());

  it('is PostgreSQL 17 with logical replication, and orders text as people do', async () => {
    const [row] = await query(
      database.url,
      `select current_setting('server_version_num')::int / 10000 as version, current_setting('wal_level') as wal,
        (select string_agg(word, ' ' order by word) from unnest(array['b', 'C', 'a', 'Ä']) as word) as words,
        lower('ÄÖ') as lower`,
    );
    assert.deepEqual(row, { version: 17, wal: 'logical', words: 'a Ä b C', lower: 'äö' });
  });

  it('tells policies who asks, from the claims of the request', async () => {
    const id = '7d3ff0cb-2b0e-4a9f-b28b-7d3ff0cb2b0e';
    const claims = JSON.stringify({ sub: id, role: 'authenticated', email: 'a@example.com' });
    const [row] = await query(
      database.authenticatorUrl,
      'set role authenticated',
      `select set_config('request.jwt.claims', '${claims}', false)`,
      `select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() ->> 'sub' as sub`,
    );
    assert.deepEqual(row, { uid: id, role: 'authenticated', email: 'a@example.com', sub: id });
    const [nobody] = await query(database.authenticatorUrl, 'set role anon', 'select auth.uid() as uid');
    assert.deepEqual(nobody, { uid: null });
  });

  it('lets the role of the API become no more than the roles of the API', async () => {
    await assert.rejects(query(database.authenticatorUrl, 'set role postgres'), code('42501'));
    await assert.rejects(query(database.authenticatorUrl, 'create table public.t ()'), code('42501'));
    await assert.rejects(
      query(database.authenticatorUrl, 'set role authenticated', 'select * from auth.users'),
      code('42501'),
    );
  });

  it('lets migrations write policies and triggers for objects, and change nothing else there', async () => {
    await query(
      database.ownerUrl,
      `create policy everybody on storage.objects for select to authenticated using (true)`,
      `create function public.noop() returns trigger language plpgsql as $$ begin return new; end $$`,
      `create trigger noop after insert on storage.objects for each row execute function public.noop()`,
    );
    await assert.rejects(query(database.ownerUrl, 'alter table storage.objects add column mine text'), code('42501'));
    await assert.rejects(query(database.ownerUrl, 'create table storage.mine ()'), code('42501'));
    await assert.rejects(query(database.ownerUrl, 'alter system set fsync = on'), code('42501'));
  });

  it('refuses to forget objects whose bytes stay', async () => {
    await assert.rejects(query(database.ownerUrl, 'delete from storage.objects'), code('42501'));
  });

  it('lets migrations publish tables and use trigrams', async () => {
    const rows = await query(
      database.ownerUrl,
      'create extension pg_trgm with schema extensions',
      'create table public.published (id int primary key, name text)',
      'create index on public.published using gin (name extensions.gin_trgm_ops)',
      'alter publication supabase_realtime add table public.published',
      'select tablename from pg_publication_tables',
    );
    assert.deepEqual(rows, [{ tablename: 'published' }]);
  });

  it('gives everybody a copy of their own', async () => {
    const other = await databases.create();
    await query(other.ownerUrl, 'create table public.only_here ()');
    const [row] = await query(database.url, `select to_regclass('public.only_here') as found`);
    assert.deepEqual(row, { found: null });
    await other.drop();
    await assert.rejects(query(other.url, 'select 1'), code('3D000'));
  });
});

describe('the migrations of a project', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lectern-migrations-'));
    await mkdir(path.join(folder, 'migrations'));
    await writeFile(path.join(folder, 'migrations/20260101000000_first.sql'), 'create table public.first (id int);');
    await writeFile(path.join(folder, 'migrations/20260102000000_second.sql'), 'insert into public.first values (1);');
    await writeFile(path.join(folder, 'seed.sql'), 'insert into public.first values (2);');
  });

  after(() => rm(folder, { recursive: true }));

  it('run in the order of their versions, and the seed after them', async () => {
    const databases = await openTestDatabases({ supabaseFolder: folder, seed: true });
    try {
      const { ownerUrl } = await databases.create();
      assert.deepEqual(await query(ownerUrl, 'select id from public.first order by id'), [{ id: 1 }, { id: 2 }]);
      assert.deepEqual(await query(ownerUrl, 'select version, name from supabase_migrations.schema_migrations'), [
        { version: '20260101000000', name: 'first' },
        { version: '20260102000000', name: 'second' },
      ]);
    } finally {
      await databases.stop();
    }
  });

  it('that fail say in which file and line', async () => {
    const broken = path.join(folder, 'migrations/20260103000000_broken.sql');
    await writeFile(broken, 'select 1;\n\nselect nothing_like_it;\n');
    await assert.rejects(openTestDatabases({ supabaseFolder: folder }), /20260103000000_broken\.sql:3: 42703/);
    await rm(broken);
  });

  it('that the platform would skip are refused', async () => {
    const odd = path.join(folder, 'migrations/no-version.sql');
    await writeFile(odd, '');
    await assert.rejects(openTestDatabases({ supabaseFolder: folder }), /no-version\.sql/);
    await rm(odd);
  });
});

describe('a process that is killed', { skip: process.env['TEST_DATABASE_URL'] !== undefined }, () => {
  it('takes its server and its data with it', async () => {
    const script = `
      import { startPostgres } from ${JSON.stringify(new URL('./start-postgres.ts', import.meta.url).href)};
      const { url } = await startPostgres();
      const { default: pg } = await import('pg');
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query('show data_directory');
      console.log(JSON.stringify({ port: new URL(url).port, data: rows[0].data_directory }));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { port, data } = JSON.parse(line.toString()) as { port: string; data: string };
    assert.ok(existsSync(data));
    child.kill('SIGKILL');
    // The keeper removes the data after the server has ended.
    const deadline = Date.now() + 10_000;
    while (existsSync(path.dirname(data)) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
    assert.equal(existsSync(path.dirname(data)), false);
    const socket = connect(Number(port), '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  });
});
