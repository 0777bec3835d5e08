/**
 * Writes down the types of the database: what `supabase gen types typescript` says of everything in
 * `supabase/migrations`, on a database made for it.
 *
 *   npm run types:database
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openTestDatabases } from '@lectern/testing/local-backend';
import prettier from 'prettier';
import { runSupabaseCli } from './supabase-cli.mjs';
import { root } from './workspace.mjs';

/** Where they are written: an example for hosts, and the adapter's own copy, since a package brings all it needs. */
export const databaseTypesFiles = ['supabase/database.types.ts', 'packages/adapters/supabase/src/database.types.ts'];

const heading = '// Generated: npm run types:database\n';

/** What has to be in those files. @returns {Promise<string>} */
export async function generateDatabaseTypes() {
  const server = await openTestDatabases();
  try {
    const { ownerUrl } = await server.create();
    const answer = await runSupabaseCli(['gen', 'types', 'typescript', '--schema', 'public', `--remote=${ownerUrl}`]);
    if (answer.code !== 0) throw new Error(`There are no types of the database.\n${answer.stderr}`);
    const [file = ''] = databaseTypesFiles;
    const style = await prettier.resolveConfig(path.join(root, file));
    return await prettier.format(heading + answer.stdout, { ...style, parser: 'typescript' });
  } finally {
    await server.stop();
  }
}

/** Those of the files that are there, with what is in them. @returns {Promise<ReadonlyMap<string, string>>} */
export async function readDatabaseTypes() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const file of databaseTypesFiles) {
    const text = await readFile(path.join(root, file), 'utf8').catch(() => null);
    if (text !== null) found.set(file, text);
  }
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const text = await generateDatabaseTypes();
  const [first = '', ...copies] = databaseTypesFiles;
  const there = await readDatabaseTypes();
  for (const file of [first, ...copies.filter((copy) => there.has(copy))]) {
    await writeFile(path.join(root, file), text);
    process.stdout.write(`${file}\n`);
  }
}
