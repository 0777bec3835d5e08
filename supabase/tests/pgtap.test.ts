/** The pgTAP files in `database/`, which `supabase test db` runs too: here on the tests' own PostgreSQL. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openTestDatabases, type TestDatabases } from '@lectern/testing/local-backend';
import pg from 'pg';

const folder = path.join(import.meta.dirname, 'database');

/** One file of a tar archive. */
function readTar(archive: Buffer, wanted: string): string {
  for (let at = 0; at + 512 <= archive.length;) {
    const field = (from: number, length: number): string =>
      archive.toString('utf8', at + from, at + from + length).replace(/\0[^]*$/, '');
    const size = Number.parseInt(field(124, 12), 8) || 0;
    if (field(0, 100) === wanted) return archive.toString('utf8', at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`There is no ${wanted} in the archive`);
}

/** pgTAP is SQL alone; npm has it for a PostgreSQL that is compiled for browsers. */
async function readPgTap(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite-pgtap');
  const archive = await readFile(path.join(path.dirname(entry), 'pgtap.tar.gz'));
  return readTar(gunzipSync(archive), 'share/postgresql/extension/pgtap.sql');
}

interface Result {
  readonly passed: boolean;
  readonly name: string;
  /** What pgTAP says of it. */
  readonly comment: string;
}

/** What a file printed, as results; one more, which failed, where it said how many there would be and was wrong. */
function readTap(lines: readonly string[]): readonly Result[] {
  const results: Result[] = [];
  let planned = -1;
  for (const line of lines) {
    const [, not, name] = /^(not )?ok \d+(?: - (.*))?$/.exec(line) ?? [];
    if (/^(not )?ok /.test(line)) results.push({ passed: not === undefined, name: name ?? '', comment: '' });
    else if (/^1\.\.\d+/.test(line)) planned = Number(line.slice(3));
    else if (line.startsWith('#')) {
      const last = results.pop();
      if (last) results.push({ ...last, comment: `${last.comment}${line}\n` });
    }
  }
  if (planned !== results.length) {
    const comment = `${String(planned)} were planned, ${String(results.length)} were run`;
    results.push({ passed: false, name: 'the plan', comment });
  }
  return results;
}

describe('the pgTAP files', () => {
  let server: TestDatabases;
  let client: pg.Client;
  let names: readonly string[] = [];

  before(async () => {
    server = await openTestDatabases();
    client = new pg.Client({ connectionString: (await server.create()).ownerUrl });
    await client.connect();
    await client.query(`set search_path = extensions; ${await readPgTap()}; reset search_path`);
    names = (await readdir(folder)).filter((name) => name.endsWith('.test.sql')).sort();
  });
  after(async () => {
    await client.end();
    await server.stop();
  });

  /** Runs a file, after something was broken in its own transaction, which it takes back. */
  async function run(name: string, broken = ''): Promise<readonly Result[]> {
    const text = (await readFile(path.join(folder, name), 'utf8')).replace(/^begin;$/m, `begin;\n${broken};`);
    try {
      // As many results as statements, and no type for that.
      const answer: unknown = await client.query({ text, rowMode: 'array' });
      const rows = (Array.isArray(answer) ? answer : [answer]).flatMap((result: pg.QueryArrayResult) => result.rows);
      return readTap(rows.flatMap((row: readonly unknown[]) => (typeof row[0] === 'string' ? row[0] : '').split('\n')));
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  }

  it('are there, and say how many tests each has', async () => {
    assert.ok(names.length >= 6, names.join(', '));
    for (const name of names) {
      assert.match(await readFile(path.join(folder, name), 'utf8'), /^begin;\nselect plan\(\d+\);[^]*\nrollback;\n$/m);
    }
  });

  it('pass', async (context) => {
    for (const name of names) {
      await context.test(name, async (file) => {
        for (const [index, result] of (await run(name)).entries()) {
          await file.test(`${String(index + 1)} ${result.name}`, () => {
            assert.ok(result.passed, `${result.name}\n${result.comment}`);
          });
        }
      });
    }
  });

  it('fail when what they ask about is broken on purpose', async (context) => {
    for (const [name, failing, broken] of breakages) {
      await context.test(`${name}: ${broken}`, async () => {
        const failed = (await run(name, broken)).filter(({ passed }) => !passed);
        assert.ok(
          failed.some((result) => failing.test(result.name)),
          `failed: ${failed.map((result) => result.name).join(', ')}`,
        );
      });
    }
  });

  it('fail when they run fewer tests than they planned', () => {
    assert.deepEqual(
      readTap(['1..3', 'ok 1 - a', 'not ok 2 - b', '# why']).map(({ passed, name }) => [passed, name]),
      [
        [true, 'a'],
        [false, 'b'],
        [false, 'the plan'],
      ],
    );
  });
});

/** A file, which of its tests fail, and the statement that makes them. */
const breakages: readonly (readonly [string, RegExp, string])[] = [
  ['01_tables.test.sql', /columns of media_files/, 'alter table public.media_files add column secret text'],
  ['01_tables.test.sql', /fingerprint/, 'drop index public.media_files_fingerprint_idx'],
  ['02_policies.test.sql', /row security/, 'alter table public.media_files disable row level security'],
  ['02_policies.test.sql', /policies of voices/, 'drop policy voices_delete on public.voices'],
  [
    '02_policies.test.sql',
    /for select/,
    'drop policy scenes_select on public.scenes; create policy scenes_select on public.scenes for all to authenticated using (true)',
  ],
  ['02_policies.test.sql', /to authenticated/, 'alter policy courses_select on public.courses to public'],
  ['02_policies.test.sql', /anonymous/, 'grant select on public.media_usage to anon'],
  ['03_functions.test.sql', /search path/, 'alter function public.reserve_upload reset search_path'],
  ['03_functions.test.sql', /list_media/, 'alter function public.list_media security invoker'],
  ['03_functions.test.sql', /complete_upload/, 'grant execute on function public.complete_upload to authenticated'],
  ['03_functions.test.sql', /lectern/, 'grant usage on schema lectern to anon'],
  ['04_library.test.sql', /is used/, 'drop trigger guard_media_file on public.media_files'],
  ['04_library.test.sql', /history/, 'drop trigger write_media_history on public.media_files'],
  ['04_library.test.sql', /somebody else/, 'alter policy media_files_select on public.media_files using (true)'],
  ['05_saving.test.sql', /conflict/, 'alter table public.studio_projects alter column conflict_count set default 5'],
  ['05_saving.test.sql', /usage/, 'drop trigger keep_project_usage_of_new on public.studio_projects'],
  ['06_uploads.test.sql', /short/, 'drop trigger lectern_finish_stored_object on storage.objects'],
  [
    '06_uploads.test.sql',
    /where nothing was reserved/,
    'drop policy lectern_media_insert on storage.objects; create policy lectern_media_insert on storage.objects for insert to authenticated with check (true)',
  ],
];
