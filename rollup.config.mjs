/**
 * The one-tag build in packages/lectern/cdn: `lectern.js` and its chunks. They and the workers, which
 * scripts/build.mjs puts beside them, lie in one folder: `new URL('./x.worker.js', import.meta.url)` is relative to
 * whichever chunk it ends up in.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { transform } from 'esbuild';
import { root } from './scripts/workspace.mjs';

/**
 * Two things in other people's packages that a strict page can't have: zod asks whether code may be made from text by
 * trying it, which is reported as a violation, and the query library looks for Node's `process`.
 *
 * @returns {import('rollup').Plugin}
 */
function strictPages() {
  return {
    name: 'strict-pages',
    transform(code, id) {
      let changed = code.replaceAll('process.env.NODE_ENV', '"production"');
      if (/zod[\\/]v4[\\/]core[\\/]util\.js$/.test(id)) {
        const probe = /const F = Function;\s*new F\(""\);\s*return true;/;
        if (!probe.test(changed)) this.error('zod no longer looks for eval as this build expects; look at it again.');
        changed = changed.replace(probe, 'return false;');
      }
      return changed === code ? null : { code: changed, map: null };
    },
  };
}

/**
 * The library of resumable uploads brings a reader of addresses for old browsers, as a CommonJS module. `URL` does what it
 * is used for: `new URL(link, origin).toString()`.
 *
 * @returns {import('rollup').Plugin}
 */
function platformUrls() {
  return {
    name: 'platform-urls',
    resolveId: (source) => (source === 'url-parse' ? '\0platform-url' : null),
    load: (id) => (id === '\0platform-url' ? 'export default globalThis.URL;' : null),
  };
}

/** @returns {import('rollup').Plugin} */
function minify() {
  return {
    name: 'minify',
    async renderChunk(code) {
      const result = await transform(code, {
        minify: true,
        format: 'esm',
        target: 'es2023',
        legalComments: 'none',
        sourcemap: true,
      });
      return { code: result.code, map: result.map };
    },
  };
}

/**
 * Collects the licences of what is bundled into one file: the minified code carries no comments.
 *
 * @param {string} fileName
 * @returns {import('rollup').Plugin}
 */
function licences(fileName) {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const folders = new Set();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const id of Object.keys(chunk.modules)) {
          const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id.replace(/^\0/, ''));
          if (match?.[1]) folders.add(match[1]);
        }
      }
      const texts = [...folders].sort().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
        const text = file ? readFileSync(path.join(folder, file), 'utf8').trim() : '';
        return `${name} ${version} (${license})\n\n${text}\n`;
      });
      this.emitFile({ type: 'asset', fileName, source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

/** @type {import('rollup').RollupOptions['onwarn']} */
const onwarn = (warning, warn) => {
  // Comments of other people's packages.
  if (warning.code === 'INVALID_ANNOTATION') return;
  // Third-party code compiled with helpers that look at the outer `this`.
  if (warning.code === 'THIS_IS_UNDEFINED') return;
  if (warning.code === 'CIRCULAR_DEPENDENCY' && warning.ids?.every((id) => id.includes('node_modules'))) return;
  warn(warning);
};

/**
 * What a chunk is called after: the package that it begins with, since every package begins with an index.
 *
 * @param {import('rollup').PreRenderedChunk} chunk
 */
function chunkName({ name, facadeModuleId }) {
  const [, adapter] = /[\\/]packages[\\/]adapters[\\/]([^\\/]+)[\\/]/.exec(facadeModuleId ?? '') ?? [];
  const [, installed] = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?([^\\/]+)[\\/]/.exec(facadeModuleId ?? '') ?? [];
  return `lectern-${adapter ?? installed ?? name}-[hash].js`;
}

/** @type {import('rollup').RollupOptions} */
const oneTagBuild = {
  input: path.join(root, 'packages/lectern/dist/cdn.js'),
  // What is loaded later uses what is there already, and the tag stays one file.
  preserveEntrySignatures: 'allow-extension',
  onwarn,
  plugins: [
    platformUrls(),
    nodeResolve({ browser: true, exportConditions: ['production'] }),
    strictPages(),
    licences('LICENCES-lectern.txt'),
    minify(),
  ],
  output: {
    dir: path.join(root, 'packages/lectern/cdn'),
    format: 'es',
    entryFileNames: 'lectern.js',
    chunkFileNames: chunkName,
    sourcemap: true,
  },
};

export default oneTagBuild;
