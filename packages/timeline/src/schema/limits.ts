import { TimelineParseError } from './parse-error.js';

/** How much a stored timeline may hold. Far above real projects, far below what hangs a page. */
export const limits: {
  readonly characters: number;
  readonly values: number;
  readonly depth: number;
  readonly tracks: number;
  readonly clips: number;
  readonly transitions: number;
  readonly markers: number;
  readonly captionTracks: number;
  readonly cues: number;
  readonly assets: number;
  readonly keyframes: number;
  readonly id: number;
  readonly name: number;
  readonly text: number;
} = {
  characters: 64 * 1024 * 1024,
  values: 8_000_000,
  depth: 64,
  tracks: 1000,
  clips: 200_000,
  transitions: 200_000,
  markers: 100_000,
  captionTracks: 200,
  cues: 100_000,
  assets: 50_000,
  keyframes: 20_000,
  id: 200,
  name: 2000,
  text: 20_000,
};

/**
 * JSON of an unknown origin, made safe to walk: text is measured before it is parsed, and what it holds is counted, one
 * level after the other, without recursion. Cycles (which JSON has none of) end as too deep.
 *
 * @throws TimelineParseError `too-large`, `too-deep`, or `invalid` for text that isn't JSON
 */
export function readJson(input: unknown): unknown {
  if (typeof input !== 'string') {
    requireModest(input);
    return input;
  }
  if (input.length > limits.characters) {
    throw new TimelineParseError('too-large', [{ path: '', expected: `at most ${limits.characters} characters` }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch {
    throw new TimelineParseError('invalid', [{ path: '', expected: 'JSON' }]);
  }
  requireModest(value);
  return value;
}

/** @throws TimelineParseError `too-large` or `too-deep` */
export function requireModest(value: unknown, levels: number = limits.depth): void {
  let level: object[] = isObject(value) ? [value] : [];
  let values = 1;
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > levels) {
      throw new TimelineParseError('too-deep', [{ path: '', expected: `at most ${levels} levels` }]);
    }
    const next: object[] = [];
    for (const parent of level) {
      const children: readonly unknown[] = Array.isArray(parent) ? parent : Object.values(parent);
      values += children.length;
      if (values > limits.values) {
        throw new TimelineParseError('too-large', [{ path: '', expected: `at most ${limits.values} values` }]);
      }
      for (const child of children) if (isObject(child)) next.push(child);
    }
    level = next;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
