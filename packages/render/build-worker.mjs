/**
 * Bundles the compiled worker (`dist/worker/render.worker.js`) with all that it needs into `dist/render.worker.js`: one
 * file that starts on any page, also with a strict Content Security Policy; and `dist/ffmpeg.worker.js` likewise, which
 * has the worker of `@ffmpeg/ffmpeg` in it (not the core: that is the host's). Run after `tsc -b packages/render`.
 *
 *   node packages/render/build-worker.mjs
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { transform } from 'esbuild';
import { rollup } from 'rollup';
import { aacInWorker } from './aac-in-worker.mjs';
import { alphaInWorker } from './alpha-in-worker.mjs';
import { keyFramesInWorker } from './key-frames-in-worker.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** @param {{minify?: boolean}} [options] */
export async function buildWorker({ minify = true } = {}) {
  await bundle(
    'dist/worker/render.worker.js',
    'render.worker',
    [aacInWorker(), alphaInWorker(), keyFramesInWorker()],
    minify,
  );
  await bundle('ffmpeg-worker.entry.mjs', 'ffmpeg.worker', [], minify);
}

/**
 * @param {string} input
 * @param {string} name of the file, without its extension
 * @param {readonly import('rollup').Plugin[]} plugins
 * @param {boolean} minify
 */
async function bundle(input, name, plugins, minify) {
  const build = await rollup({
    input: path.join(here, input),
    plugins: [nodeResolve({ browser: true, exportConditions: ['production'] }), ...plugins],
    onwarn(warning, warn) {
      const isForeign = warning.ids?.every((id) => id.includes('node_modules')) ?? false;
      if (['INVALID_ANNOTATION', 'THIS_IS_UNDEFINED'].includes(warning.code ?? '')) return;
      if (warning.code === 'CIRCULAR_DEPENDENCY' && isForeign) return;
      warn(warning);
    },
  });
  const { output } = await build.generate({ format: 'es', inlineDynamicImports: true, sourcemap: false });
  await build.close();
  const [chunk] = output;
  if (output.length !== 1 || chunk.imports.length > 0) throw new Error('The worker is no file of its own any more.');
  const { code } = minify
    ? await transform(chunk.code, { minify: true, format: 'esm', target: 'es2023', legalComments: 'none' })
    : chunk;
  writeFileSync(path.join(here, `dist/${name}.js`), code);
  writeFileSync(path.join(here, `dist/LICENCES-${name}.txt`), licences(Object.keys(chunk.modules)));
}

/** The licences of what is bundled: the minified code carries no comments. @param {readonly string[]} modules */
function licences(modules) {
  const folders = new Set();
  for (const id of modules) {
    const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id.replace(/^\0/, ''));
    if (match?.[1]) folders.add(match[1]);
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(path.join(folder, file), 'utf8').trim() : ''}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildWorker({ minify: !process.argv.includes('--no-minify') });
}
