import { projectFileLimits } from './project-file.js';
import { projectFileError } from './project-file-error.js';

/** Names that mean something else to JavaScript than to JSON; no field of ours is called so. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Level {
  readonly value: object;
  readonly keys: readonly string[];
  next: number;
}

/**
 * Checks parsed JSON of an unknown origin before anything walks it: how deep it goes, and that no key of it reaches for
 * a prototype. Without recursion.
 *
 * @throws `invalid-input` with the path
 */
export function assertPlainJson(json: unknown): void {
  const open: Level[] = [];
  const enter = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    open.push({ value, keys: Object.keys(value), next: 0 });
    if (open.length > projectFileLimits.depth)
      throw projectFileError('invalid-input', {
        details: { path: pathOf(open.slice(0, 6)), expected: `at most ${String(projectFileLimits.depth)} levels` },
      });
  };
  enter(json);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const key = level.keys[level.next];
    if (key === undefined) {
      open.pop();
      continue;
    }
    level.next += 1;
    if (!Array.isArray(level.value) && forbidden.has(key))
      throw projectFileError('invalid-input', { details: { path: pathOf(open), expected: `no field ${key}` } });
    enter((level.value as Readonly<Record<string, unknown>>)[key]);
  }
}

/** Such as `document.clips[12].props`, of the keys that led here. */
function pathOf(levels: readonly Level[]): string {
  let path = '';
  for (const { value, keys, next } of levels) {
    const key = keys[next - 1];
    if (key === undefined) break;
    path += Array.isArray(value) ? `[${key}]` : `${path === '' ? '' : '.'}${key}`;
  }
  return path;
}
