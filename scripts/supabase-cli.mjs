/** The platform's own CLI, which comes with `npm ci`: nothing of it is downloaded or run in a container. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
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

/** The CLI's program, or null where npm has put none: it is asked for on the platforms that CI runs on. @returns {string | null} */
export function findSupabaseCli() {
  try {
    const manifest = require.resolve(`@supabase/cli-${process.platform}-${process.arch}/package.json`);
    const program = path.join(path.dirname(manifest), 'bin', 'supabase');
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
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
      const child = spawn(cli, [...args, '--workdir', root, '--agent', 'no'], {
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
