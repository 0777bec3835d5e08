/**
 * Builds everything: types and modules of all packages (`tsc -b`), the one-tag build with its workers, and the custom
 * elements manifest. What is up to date is skipped.
 *
 *   npm run build
 *   npm run build -- --force
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rollup } from 'rollup';
import { buildWorker } from '../packages/render/build-worker.mjs';
import oneTagBuild from '../rollup.config.mjs';
import { checkSelfContained } from './check-self-contained.mjs';
import { filesBelow, packages, root } from './workspace.mjs';

const cdn = path.join(root, 'packages/lectern/cdn');
const stampFile = path.join(cdn, '.stamp');
const manifest = 'packages/elements/custom-elements.json';
const workers = ['packages/render/dist/render.worker.js', 'packages/render/dist/ffmpeg.worker.js'];
const workerLicences = workers.map((file) => file.replace(/([^/]+)\.js$/, 'LICENCES-$1.txt'));

/** What the build is made from, as one number. */
function fingerprint() {
  const hash = createHash('sha256');
  const inputs = [
    ...packages().flatMap(({ folder }) => [
      ...filesBelow(`${folder}/src`, '.ts').filter((file) => !file.endsWith('.test.ts')),
      `${folder}/package.json`,
      `${folder}/tsconfig.json`,
    ]),
    ...[
      'packages/render/build-worker.mjs',
      'packages/render/aac-in-worker.mjs',
      'packages/render/ffmpeg-worker.entry.mjs',
      'package-lock.json',
      'tsconfig.base.json',
      'tsconfig.json',
      'rollup.config.mjs',
      'scripts/build.mjs',
    ],
    ...['scripts/check-self-contained.mjs', 'custom-elements-manifest.config.mjs'],
  ];
  for (const file of inputs) {
    const { mtimeMs, size } = statSync(path.join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function isUpToDate() {
  return (
    existsSync(stampFile) &&
    existsSync(path.join(root, manifest)) &&
    packages().every(({ folder }) => existsSync(path.join(root, folder, 'dist/index.js'))) &&
    readFileSync(stampFile, 'utf8') === fingerprint()
  );
}

/**
 * @param {string} what
 * @param {readonly string[]} args of node
 */
function run(what, args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${what} failed.`);
}

/** When a folder's newest script was written, in milliseconds. @param {string} folder @returns {number} */
function newestScript(folder) {
  let newest = 0;
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const inner = `${folder}/${entry.name}`;
    if (entry.isDirectory()) newest = Math.max(newest, newestScript(inner));
    else if (entry.name.endsWith('.js') && !entry.name.endsWith('.worker.js')) {
      newest = Math.max(newest, statSync(path.join(root, inner)).mtimeMs);
    }
  }
  return newest;
}

/** Modules and types of all packages, and the workers, each in a file of its own. */
export async function compile() {
  run('Compiling', ['node_modules/typescript/bin/tsc', '-b']);
  const newest = Math.max(...['timeline', 'ports', 'render'].map((name) => newestScript(`packages/${name}/dist`)));
  const outOfDate = workers.some((worker) => {
    const file = path.join(root, worker);
    return !existsSync(file) || statSync(file).mtimeMs < newest;
  });
  if (outOfDate) await buildWorker();
}

/** The custom elements manifest, from the elements' doc comments. */
export function writeManifest() {
  run('Writing the custom elements manifest', [
    'node_modules/@custom-elements-manifest/analyzer/cem.js',
    'analyze',
    '--config',
    'custom-elements-manifest.config.mjs',
    '--quiet',
  ]);
}

async function bundle() {
  mkdirSync(cdn, { recursive: true });
  const { output, ...input } = oneTagBuild;
  const build = await rollup(input);
  const { output: files } = await build.write(/** @type {import('rollup').OutputOptions} */ (output));
  await build.close();
  // Files are replaced in place and leftovers removed afterwards, so that a page that is open keeps working meanwhile.
  const written = new Set(['.stamp', ...files.map(({ fileName }) => fileName)]);
  for (const file of [...workers, ...workerLicences]) {
    const name = path.basename(file);
    copyFileSync(path.join(root, file), path.join(cdn, name));
    written.add(name);
  }
  for (const name of readdirSync(cdn)) if (!written.has(name)) rmSync(path.join(cdn, name), { recursive: true });
  const problems = checkSelfContained(cdn);
  if (problems.length > 0) throw new Error(`The one-tag build isn't self-contained:\n${problems.join('\n')}`);
}

/**
 * Builds what is out of date.
 *
 * @param {{force?: boolean, log?: (line: string) => void}} [options]
 */
export async function build({ force = false, log = () => undefined } = {}) {
  if (!force && isUpToDate()) {
    log('Everything is up to date.');
    return;
  }
  const stamp = fingerprint();
  log('Compiling the packages …');
  await compile();
  log('Bundling the one-tag build …');
  await bundle();
  log('Describing the elements …');
  writeManifest();
  writeFileSync(stampFile, stamp);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await build({ force: process.argv.includes('--force'), log: (line) => process.stdout.write(`${line}\n`) });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
