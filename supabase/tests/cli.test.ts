import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openTestDatabases, SUPABASE_FOLDER, type TestDatabases } from '@lectern/testing/local-backend';
import { createClient } from '@supabase/supabase-js';
import pg from 'pg';
import ws from 'ws';
import { generateDatabaseTypes, readDatabaseTypes } from '../../scripts/database-types.mjs';
import { findSupabaseCli, runSupabaseCli } from '../../scripts/supabase-cli.mjs';
import type { Database } from '../database.types.js';
import { describeCatalogue } from './catalogue.js';

const skip = findSupabaseCli() === null ? 'npm has put no Supabase CLI for this machine here' : false;

describe('the official CLI', { skip }, () => {
  let bare: TestDatabases;
  let migrated: TestDatabases;

  before(async () => {
    bare = await openTestDatabases({ supabaseFolder: null });
    migrated = await openTestDatabases();
  });
  after(async () => {
    await bare.stop();
    await migrated.stop();
  });

  async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  const catalogueOf = (url: string): Promise<readonly string[]> => withClient(url, describeCatalogue);
  const recorded = (url: string): Promise<readonly string[]> =>
    withClient(url, async (client) => {
      const { rows } = await client.query<{ file: string }>(
        "select version || '_' || name || '.sql' as file from supabase_migrations.schema_migrations order by version",
      );
      return rows.map(({ file }) => file);
    });

  it('pushes every migration to a new project, without a container, and does nothing the second time', async () => {
    const { ownerUrl } = await bare.create();
    // Both ways of naming the database: with the third version of the CLI, the first is on its way out.
    const push = (target: readonly string[]): ReturnType<typeof runSupabaseCli> =>
      runSupabaseCli(['db', 'push', ...target, '--yes']);
    const first = await push(['--db-url', ownerUrl]);
    assert.equal(first.code, 0, first.stderr);
    const names = (await readdir(path.join(SUPABASE_FOLDER, 'migrations'))).sort();
    assert.deepEqual(await recorded(ownerUrl), names);
    assert.doesNotMatch(first.stderr, /Skipping/);
    const pushed = await catalogueOf(ownerUrl);
    assert.deepEqual(pushed, await catalogueOf((await migrated.create()).ownerUrl), 'as tests run them');

    const second = await push([`--remote=${ownerUrl}`]);
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout + second.stderr, /up to date/);
    assert.deepEqual([await recorded(ownerUrl), await catalogueOf(ownerUrl)], [names, pushed]);
  });

  it('pushes what is new to a project that has the ones before', async () => {
    const { ownerUrl } = await migrated.create();
    const last = (await recorded(ownerUrl)).at(-1) ?? '';
    await withClient(ownerUrl, async (client) => {
      await client.query(await readFile(path.join(SUPABASE_FOLDER, 'down', last), 'utf8'));
    });
    const version = last.split('_')[0] ?? '';
    const repaired = await runSupabaseCli([
      ...['migration', 'repair', version, '--status', 'reverted'],
      ...[`--remote=${ownerUrl}`, '--yes'],
    ]);
    assert.equal(repaired.code, 0, repaired.stderr);
    assert.ok(!(await recorded(ownerUrl)).includes(last));
    const answer = await runSupabaseCli(['db', 'push', `--remote=${ownerUrl}`, '--yes']);
    assert.equal(answer.code, 0, answer.stderr);
    assert.match(answer.stderr, new RegExp(`Applying migration ${last}`));
    assert.equal((answer.stderr.match(/Applying migration/g) ?? []).length, 1);
    assert.ok((await recorded(ownerUrl)).includes(last));
  });

  it('leaves nothing of a migration that fails', async () => {
    const { ownerUrl } = await bare.create();
    // A table that is in the way of the third one.
    await withClient(ownerUrl, (client) => client.query('create table public.media_usage ()'));
    const answer = await runSupabaseCli(['db', 'push', '--db-url', ownerUrl, '--yes']);
    assert.notEqual(answer.code, 0);
    assert.equal((await recorded(ownerUrl)).length, 2);
    const tables = await withClient(ownerUrl, (client) =>
      client.query("select from pg_class where relname in ('media_files', 'media_file_versions')"),
    );
    assert.equal(tables.rowCount, 0);
  });

  it('generates the types that are written down', async () => {
    const text = await generateDatabaseTypes();
    const files = await readDatabaseTypes();
    assert.ok(files.has('supabase/database.types.ts'));
    for (const [file, found] of files) {
      assert.equal(found, text, `${file} is out of date: run "npm run types:database"`);
    }
  });

  it('generates types that the client takes', async () => {
    const client = createClient<Database>('http://127.0.0.1:9', 'nobody answers', {
      auth: { persistSession: false, autoRefreshToken: false },
      // Node 20 has none of its own.
      realtime: { transport: ws as unknown as typeof WebSocket },
      global: { fetch: () => Promise.resolve(Response.json([])) },
    });
    const rows = await client.from('media_files').select('id, name, tags, usage:media_usage(label)').eq('rev', 1);
    const names: readonly (readonly [string, readonly string[], readonly { label: string }[]])[] | undefined =
      rows.data?.map(({ name, tags, usage }) => [name, tags, usage]);
    assert.deepEqual(names, []);
    const figures = await client.rpc('media_overview');
    const files: number | undefined = figures.data?.[0]?.files;
    assert.equal(files, undefined);
    // @ts-expect-error -- there is no such column, and the compiler knows
    await client.from('media_files').update({ colour: 'red' }).eq('id', '');
  });
});
