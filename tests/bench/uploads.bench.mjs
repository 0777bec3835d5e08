/**
 * Uploads in a real browser to the local backend: how fast the engine is beside one plain request of the same bytes to the
 * same server, whether memory grows with the file, and the hash alone.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../../scripts/workspace.mjs';

/** @type {import('./run.mjs').Suite['run']} */
export async function run() {
  // The backend and the page are TypeScript, which this process doesn't read.
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'tests/bench/uploads.measure.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`Measuring uploads ended with ${String(code)}.`);
  return JSON.parse(printed);
}
