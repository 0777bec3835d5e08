/** The platform's own CLI, which comes with `npm ci`: nothing of it is downloaded or run in a container. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './workspace.mjs';

/**
 * @typedef {object} CliAnswer
 * @property {number | null} code
 * @property {string} stdout
 * @property {string} stderr
 */

const require = createRequire(import.meta.url);

/** What to run with Node, or null where npm has put no CLI for this machine. @returns {string | null} */
export function findSupabaseCli() {
  let manifest;
  try {
    manifest = require.resolve('supabase/package.json');
  } catch {
    return null;
  }
  /** @type {{bin: {supabase: string}, optionalDependencies: Record<string, string>}} */
  const { bin, optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const binaries = Object.keys(optionalDependencies).filter((name) =>
    name.startsWith(`@supabase/cli-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`),
  );
  const installed = binaries.some((name) => existsSync(path.join(path.dirname(manifest), '..', name)));
  return installed ? path.resolve(path.dirname(manifest), bin.supabase) : null;
}

/**
 * Runs it in this repository. It asks nothing, tells nobody, and leaves nothing in anybody's home.
 *
 * @param {readonly string[]} args
 * @returns {Promise<CliAnswer>}
 * @throws {Error} when there is none for this machine
 */
export async function runSupabaseCli(args) {
  const cli = findSupabaseCli();
  if (cli === null) throw new Error(`There is no Supabase CLI for ${process.platform}-${process.arch}: run "npm ci".`);
  const home = await mkdtemp(path.join(tmpdir(), 'lectern-cli-'));
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [cli, ...args, '--workdir', root, '--agent', 'no'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          HOME: home,
          SUPABASE_HOME: home,
          SUPABASE_TELEMETRY_DISABLED: '1',
          SUPABASE_NO_UPDATE_NOTIFIER: '1',
          SUPABASE_NO_KEYRING: '1',
          DO_NOT_TRACK: '1',
          NO_COLOR: '1',
          // Databases of tests are on this machine, and have no certificate.
          PGSSLMODE: 'disable',
        },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stderr += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
