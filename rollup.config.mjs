/**
 * The one-tag build in packages/lectern/cdn: `lectern.js`, its chunks, and every worker as a file of its own beside
 * them. All files lie in one folder, because `new URL('./x.worker.js', import.meta.url)` is relative to whichever chunk
 * it ends up in. scripts/build.mjs compiles first, runs this, and proves the result self-contained.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { transform } from 'esbuild';
import { parseAst } from 'rollup/parseAst';
import { packages, root } from './scripts/workspace.mjs';

const output = path.join(root, 'packages/lectern/cdn');

/** Every compiled worker: `*.worker.js` below a package's dist. @returns {string[]} */
function workerFiles() {
  /** @type {string[]} */
  const found = [];
  /** @param {string} directory */
  const walk = (directory) => {
    if (!existsSync(directory)) return;
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const full = path.join(directory, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (entry.name.endsWith('.worker.js')) found.push(full);
    }
  };
  for (const { folder, manifest } of packages()) if (!manifest.private) walk(path.join(root, folder, 'dist'));
  return found.sort();
}

/**
 * The AAC encoder starts its worker from a blob of text, which pages with a strict Content Security Policy forbid. The
 * text becomes a file beside the others.
 *
 * @returns {import('rollup').Plugin}
 */
function aacWorkerAsFile() {
  return {
    name: 'aac-worker-as-file',
    transform(code, id) {
      if (!id.includes(`${path.sep}@mediabunny${path.sep}aac-encoder${path.sep}`)) return null;
      for (const statement of /** @type {any} */ (parseAst(code)).body) {
        if (statement.type !== 'FunctionDeclaration' || statement.body.body.length !== 1) continue;
        const [only] = statement.body.body;
        const call = only.type === 'ReturnStatement' ? only.argument : null;
        if (call?.type !== 'CallExpression' || call.callee.name !== 'inlineWorker') continue;
        const [text] = call.arguments;
        const source = text.type === 'TemplateLiteral' ? text.quasis[0].value.cooked : text.value;
        this.emitFile({ type: 'asset', fileName: 'aac-encoder.worker.js', source });
        const worker = "Promise.resolve(new Worker(new URL('./aac-encoder.worker.js', import.meta.url)))";
        return { code: code.slice(0, call.start) + worker + code.slice(call.end), map: null };
      }
      return this.error('The AAC encoder no longer starts its worker as this build expects; look at its bundle again.');
    },
  };
}

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
 * @param {string} input
 * @param {{entry: string, chunks: string, licenceFile: string}} names
 * @returns {import('rollup').RollupOptions}
 */
function bundle(input, { entry, chunks, licenceFile }) {
  return {
    input,
    onwarn,
    plugins: [
      nodeResolve({ browser: true, exportConditions: ['production'] }),
      strictPages(),
      aacWorkerAsFile(),
      licences(licenceFile),
      minify(),
    ],
    output: {
      dir: output,
      format: 'es',
      entryFileNames: entry,
      chunkFileNames: chunks,
      sourcemap: true,
    },
  };
}

export default [
  bundle(path.join(root, 'packages/lectern/dist/cdn.js'), {
    entry: 'lectern.js',
    chunks: 'lectern-[name]-[hash].js',
    licenceFile: 'LICENCES-lectern.txt',
  }),
  ...workerFiles().map((file) => {
    const name = path.basename(file);
    const stem = name.replace(/\.worker\.js$/, '');
    return bundle(file, {
      entry: name,
      chunks: `${stem}-worker-[name]-[hash].js`,
      licenceFile: `LICENCES-${stem}.worker.txt`,
    });
  }),
];
