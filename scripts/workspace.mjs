/** Where things are in this repository, and what packages it has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} file relative to the root @returns {any} */
export function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

/**
 * The packages, in the order of the root package.json.
 *
 * @returns {readonly {name: string, folder: string, shortName: string, manifest: any}[]} `folder` is relative to the
 *   root (`packages/adapters/local`), `shortName` is the folder below packages/ (`adapters/local`)
 */
export function packages() {
  /** @type {string[]} */
  const patterns = readJson('package.json').workspaces;
  const folders = patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    if (!existsSync(path.join(root, parent))) return [];
    return readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}`);
  });
  return folders
    .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = readJson(`${folder}/package.json`);
      return { name: manifest.name, folder, shortName: folder.replace(/^packages\//, ''), manifest };
    });
}

/**
 * Files below a folder, by the end of their names, sorted.
 *
 * @param {string} folder relative to the root
 * @param {string | readonly string[]} endings such as `.browser.test.ts`
 * @returns {string[]} paths relative to the root, with forward slashes
 */
export function filesBelow(folder, endings) {
  const wanted = typeof endings === 'string' ? [endings] : endings;
  const start = path.join(root, folder);
  if (!existsSync(start)) return [];
  /** @type {string[]} */
  const found = [];
  /** @param {string} directory */
  const walk = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
      const full = path.join(directory, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (wanted.some((ending) => entry.name.endsWith(ending))) {
        found.push(path.relative(root, full).split(path.sep).join('/'));
      }
    }
  };
  walk(start);
  return found.sort();
}
