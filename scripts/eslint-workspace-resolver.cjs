/**
 * Tells eslint-plugin-boundaries which source file an import means: `@lectern/core` is packages/core/src/index.ts, and
 * `./x.js` is the `./x.ts` beside it. Everything else is somebody else's package.
 */
const { existsSync, readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

/** @returns {Map<string, string>} package name → its source folder */
function sourceFolders() {
  const candidates = [
    ...readdirSync(path.join(root, 'packages')).map((name) => path.join(root, 'packages', name)),
    ...readdirSync(path.join(root, 'packages/adapters')).map((name) => path.join(root, 'packages/adapters', name)),
  ];
  return new Map(
    candidates
      .filter((folder) => existsSync(path.join(folder, 'package.json')))
      .map((folder) => [
        JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).name,
        path.join(folder, 'src'),
      ]),
  );
}

const folders = sourceFolders();

/** @param {string} file without an ending, or with .js */
function sourceOf(file) {
  const stem = file.replace(/\.js$/, '');
  return [`${stem}.ts`, path.join(stem, 'index.ts'), file].find((candidate) => existsSync(candidate)) ?? `${stem}.ts`;
}

exports.interfaceVersion = 2;

/**
 * @param {string} source what is imported
 * @param {string} importer the file that imports it
 */
exports.resolve = (source, importer) => {
  if (source.startsWith('.')) return { found: true, path: sourceOf(path.resolve(path.dirname(importer), source)) };
  for (const [name, folder] of folders) {
    if (source === name) return { found: true, path: path.join(folder, 'index.ts') };
    if (source.startsWith(`${name}/`)) {
      return { found: true, path: sourceOf(path.join(folder, source.slice(name.length + 1))) };
    }
  }
  return { found: false };
};
