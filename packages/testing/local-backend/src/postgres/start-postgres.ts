/** A real PostgreSQL of one's own, for as long as this process lives. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRoot, nativeFolder, UNPRIVILEGED_ID } from './native-folder.js';

/** A running server. */
export interface PostgresServer {
  /** `postgresql://…` of a superuser, to the database `postgres`. */
  readonly url: string;
  /** Stops it and removes its data; twice is once. A server that somebody else started is left alone. */
  stop(): Promise<void>;
}

/** The superuser, as the platform calls it. `postgres` is an ordinary role that may create roles and databases. */
const SUPERUSER = 'supabase_admin';

const READY = 'database system is ready to accept connections';

/** What nobody's data depends on may be lost in a power cut. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'logical',
  max_wal_senders: '20',
  max_replication_slots: '20',
  max_connections: '200',
  shared_buffers: '128MB',
  autovacuum_naptime: '10s',
  lc_messages: 'C',
  timezone: 'UTC',
  log_timezone: 'UTC',
  listen_addresses: '127.0.0.1',
};

/**
 * Runs the server and ends it, and removes its data, as soon as standard input ends: the parent's end of that pipe is
 * closed by the system however the parent dies. $1 is the folder to remove, the rest is the command.
 */
const KEEPER = `
exec 3<&0
data=$1; shift
"$@" 3<&- </dev/null &
server=$!
( cat <&3 >/dev/null 2>&1; kill -QUIT $server 2>/dev/null ) >/dev/null 2>&1 &
watcher=$!
wait $server
code=$?
kill $watcher 2>/dev/null
rm -rf "$data"
exit $code
`;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Under root, PostgreSQL runs as the user that owns nothing. */
function identity(): { uid?: number; gid?: number } {
  return isRoot() ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
}

/** Runs a program to its end. */
function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...identity() });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(program)} failed with ${String(code)}:\n${output}`));
    });
  });
}

/** Waits until the server says that it is ready. Rejects with what it wrote when it ends instead. */
function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      if (output.includes(READY)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${String(code)} at its start:\n${output}`)));
  });
}

async function launch(native: string, folder: string, port: number): Promise<ChildProcess> {
  const settings = { ...SETTINGS, port: String(port), unix_socket_directories: path.join(folder, 'socket') };
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      KEEPER,
      'keeper',
      folder,
      path.join(native, 'bin/postgres'),
      '-D',
      path.join(folder, 'data'),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // A group of its own: Ctrl-C reaches us, and our end ends it.
    { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], detached: true, ...identity() },
  );
  await untilReady(child);
  // Nothing of it keeps this process alive.
  child.unref();
  for (const pipe of [child.stdin, child.stderr]) if (pipe instanceof Socket) pipe.unref();
  return child;
}

async function startOwn(): Promise<PostgresServer> {
  const native = await nativeFolder();
  const password = randomBytes(16).toString('hex');
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-data-'));
  try {
    const passwordFile = path.join(folder, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    await mkdir(path.join(folder, 'socket'), { mode: 0o700 });
    if (isRoot()) {
      for (const owned of [folder, passwordFile, path.join(folder, 'socket')]) {
        await chown(owned, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
      }
    }
    const ctype = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
    await run(
      path.join(native, 'bin/initdb'),
      [
        ...['-D', path.join(folder, 'data'), '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
        ...['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en-US', '--no-locale', `--lc-ctype=${ctype}`],
        ...['--no-sync', '--no-instructions'],
      ],
      folder,
    );
    const port = await freePort();
    const running = await launch(native, folder, port);
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    return {
      url: `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
      stop: async () => {
        if (running.exitCode !== null || running.signalCode !== null) return;
        running.ref();
        running.stdin?.end();
        await ended;
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Starts a PostgreSQL 17 on a free port of 127.0.0.1, with data of its own that go with it, in about half a second. It
 * ends with this process, even when that is killed. When `TEST_DATABASE_URL` is set, that server is used instead; its
 * user has to be a superuser.
 *
 * @throws Error when it doesn't start; the message has what it wrote
 */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: () => Promise.resolve() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOwn();
    } catch (error) {
      // Somebody else may take the free port before we do.
      if (attempt === 3 || !String(error).includes('Address already in use')) throw error;
    }
  }
}
