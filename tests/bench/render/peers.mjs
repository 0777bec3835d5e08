/**
 * Installs the engines that are run beside ours into `tests/bench/.peers`, which is in no repository, and bundles a page
 * for each. What can't be had is told with the reason.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const folder = path.join(import.meta.dirname, '../.peers');
const modules = path.join(folder, 'node_modules');
const manifest = readFileSync(path.join(import.meta.dirname, 'peers/manifest.json'), 'utf8');

/**
 * What each licence says of running it here. All of them are run, none is a part of Lectern.
 *
 * @type {readonly {name: string, package: string, licence: string}[]}
 */
export const peers = [
  {
    name: 'diffusion-studio',
    package: '@diffusionstudio/core',
    licence: 'MPL-2.0; free to run, with a watermark unless a key is bought',
  },
  {
    name: 'remotion',
    package: '@remotion/web-renderer',
    licence:
      'Remotion License: free for individuals, organisations that are not for profit, companies of up to three people, and to evaluate it; others need a company licence',
  },
  { name: 'webav', package: '@webav/av-cliper', licence: 'MIT' },
];

/** @param {string} name */
export function versionOf(name) {
  return /** @type {string} */ (JSON.parse(manifest).dependencies[name]);
}

/** Installs them unless they are there. @param {(line: string) => void} log @returns {string | null} why not */
export function installPeers(log) {
  const wanted = /** @type {Record<string, string>} */ (JSON.parse(manifest).dependencies);
  const isThere = Object.entries(wanted).every(([name, version]) => {
    const file = path.join(modules, name, 'package.json');
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version;
  });
  if (isThere) return null;
  log('  installing peers …');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), manifest);
  const { status, stderr, error } = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'],
    { encoding: 'utf8', cwd: folder, shell: process.platform === 'win32' },
  );
  if (status === 0) return null;
  return `npm could not install it: ${(error?.message ?? stderr).trim().split('\n').slice(-3).join(' ')}`;
}

/** The folder of a file that came with a peer. @param {string} name */
export function peerFiles(name) {
  return path.join(modules, name);
}

/** Bundles a peer's page. @param {string} name @param {string} into */
export async function buildPeer(name, into) {
  // Beside their modules, so that these are found before the project's own.
  const sources = path.join(folder, 'pages/peers');
  mkdirSync(sources, { recursive: true });
  for (const file of ['peer.mjs', `${name}.mjs`]) {
    copyFileSync(path.join(import.meta.dirname, 'peers', file), path.join(sources, file));
  }
  copyFileSync(path.join(import.meta.dirname, 'timeline-a.mjs'), path.join(folder, 'pages/timeline-a.mjs'));
  await build({
    entryPoints: [path.join(sources, `${name}.mjs`)],
    outfile: path.join(into, `${name}.js`),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  writeFileSync(
    path.join(into, `${name}.html`),
    `<!doctype html><body><script type="module" src="${name}.js"></script>`,
  );
}
