/** Databases for tests: the platform's base, the project's migrations and its seed, one copy for each who asks. */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from './start-postgres.js';

const PLATFORM = fileURLToPath(new URL('../../platform/', import.meta.url));

/** The repository's `supabase` folder: `migrations/` and `seed.sql`. */
export const SUPABASE_FOLDER: string = fileURLToPath(new URL('../../../../../supabase/', import.meta.url));

/** One database, made for whoever asked. */
export interface TestDatabase {
  readonly name: string;
  /** `postgresql://…` of a superuser. */
  readonly url: string;
  /** `postgresql://…` of `postgres`, who runs migrations: may create roles and tables, passes row security. */
  readonly ownerUrl: string;
  /** `postgresql://…` of `authenticator`, who may only become one of the roles of the API. */
  readonly authenticatorUrl: string;
  /** Closes every connection to it and removes it; twice is once. */
  drop(): Promise<void>;
}

/** A server, and a template on it that databases are copied from. */
export interface TestDatabases {
  /** A new database with base, migrations and seed, in about 50 ms. */
  create(): Promise<TestDatabase>;
  /** Removes the databases that are still there, and stops the server if it was started here. */
  stop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /**
   * The folder with `migrations/*.sql` and `seed.sql`; `null` leaves the database with the platform's base alone.
   * Default: the repository's own `supabase` folder.
   */
  readonly supabaseFolder?: string | null;
  /** Whether `seed.sql` is run, if there is one. Default: `false`. */
  readonly seed?: boolean;
}

interface Script {
  readonly name: string;
  readonly sql: string;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readMigrations(folder: string): Promise<readonly Script[]> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const odd = names.find((name) => !/^\d+_.+\.sql$/.test(name));
  if (odd !== undefined) throw new Error(`${odd} isn't called <version>_<name>.sql, so the platform would skip it.`);
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(path.join(folder, name), 'utf8') })));
}

/** Where in a script an error was: PostgreSQL counts characters. */
function lineOf(sql: string, position: string | undefined): string {
  if (position === undefined) return '';
  return `:${sql.slice(0, Number(position)).split('\n').length}`;
}

/** Runs a script in one transaction, as the platform does. */
async function runScript(client: pg.Client, { name, sql }: Script): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const more = [error.detail, error.hint, error.where].filter((text) => text !== undefined).join('\n');
    throw new Error(`${name}${lineOf(sql, error.position)}: ${error.code ?? ''} ${error.message}\n${more}`, {
      cause: error,
    });
  }
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function withUser(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}

/** What creating and copying on one server waits for, so that test files don't run into each other. */
const LOCK = 718_203_911;

async function locked<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  try {
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
  }
}

/** Settings of a database aren't copied with it. */
async function createDatabase(client: pg.Client, name: string, template: string): Promise<void> {
  const quoted = pg.escapeIdentifier(name);
  await client.query(`create database ${quoted} template ${pg.escapeIdentifier(template)} owner postgres`);
  await client.query(`alter database ${quoted} set search_path = "$user", public, extensions`);
}

/**
 * A PostgreSQL (see {@link startPostgres}) with a template made of the platform's base, the migrations in their order
 * and, when asked for, the seed.
 *
 * @throws Error naming the file, the line and PostgreSQL's code when a script fails
 */
export async function openTestDatabases(options: TestDatabaseOptions = {}): Promise<TestDatabases> {
  const { supabaseFolder = SUPABASE_FOLDER, seed = false } = options;
  const [roles, base, migrations, seedScript] = await Promise.all([
    readFile(path.join(PLATFORM, 'roles.sql'), 'utf8'),
    readFile(path.join(PLATFORM, 'base.sql'), 'utf8'),
    supabaseFolder === null ? [] : readMigrations(path.join(supabaseFolder, 'migrations')),
    supabaseFolder === null || !seed ? undefined : readIfThere(path.join(supabaseFolder, 'seed.sql')),
  ]);
  const server = await startPostgres();
  // The same for every process that uses this server, and nothing that another server could be entered with.
  const password = createHash('sha256').update(`lectern ${server.url}`).digest('hex');
  const passwords = ['authenticator', 'postgres'].filter((role) => role !== new URL(server.url).username);
  const ownerUrl = passwords.includes('postgres') ? withUser(server.url, 'postgres', password) : server.url;

  const admin = new pg.Client({ connectionString: server.url });
  const content = JSON.stringify([roles, base, migrations, seedScript]);
  const template = `lectern_${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  const made = new Set<string>();

  async function fill(name: string): Promise<void> {
    await withClient(withDatabase(server.url, name), async (client) => {
      await runScript(client, { name: 'platform/base.sql', sql: base });
    });
    await withClient(withDatabase(ownerUrl, name), async (client) => {
      await client.query(
        'create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)',
      );
      for (const script of migrations) {
        await runScript(client, script);
        const [, version, title] = /^(\d+)_(.+)\.sql$/.exec(script.name) ?? [];
        // A script may leave settings behind.
        await client.query('reset all');
        await client.query('insert into supabase_migrations.schema_migrations (version, name) values ($1, $2)', [
          version,
          title,
        ]);
      }
      if (seedScript !== undefined) await runScript(client, { name: 'seed.sql', sql: seedScript });
    });
  }

  async function prepare(): Promise<void> {
    await admin.connect();
    await locked(admin, async () => {
      await runScript(admin, { name: 'platform/roles.sql', sql: roles });
      for (const role of passwords) {
        await admin.query(`alter role ${pg.escapeIdentifier(role)} with login password ${pg.escapeLiteral(password)}`);
      }
      const { rowCount } = await admin.query('select from pg_database where datname = $1', [template]);
      if (rowCount !== 0) return;
      // Made under another name, so that a process that dies here leaves no half of a template.
      const making = `${template}_making`;
      const dropMaking = `drop database if exists ${pg.escapeIdentifier(making)} with (force)`;
      await admin.query(dropMaking);
      await createDatabase(admin, making, 'template0');
      try {
        await fill(making);
      } catch (error) {
        await admin.query(dropMaking);
        throw error;
      }
      await admin.query(`alter database ${pg.escapeIdentifier(making)} rename to ${pg.escapeIdentifier(template)}`);
    });
  }

  try {
    await prepare();
  } catch (error) {
    await admin.end().catch(() => undefined);
    await server.stop();
    throw error;
  }

  async function drop(name: string): Promise<void> {
    if (!made.delete(name)) return;
    await admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  }

  return {
    create: async () => {
      const name = `lectern_test_${randomUUID().replaceAll('-', '')}`;
      await locked(admin, () => createDatabase(admin, name, template));
      made.add(name);
      return {
        name,
        url: withDatabase(server.url, name),
        ownerUrl: withDatabase(ownerUrl, name),
        authenticatorUrl: withDatabase(withUser(server.url, 'authenticator', password), name),
        drop: () => drop(name),
      };
    },
    stop: async () => {
      for (const name of made) await drop(name);
      await admin.end();
      await server.stop();
    },
  };
}
