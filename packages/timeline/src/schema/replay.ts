import * as z from 'zod/mini';
import { type Change, fitChange } from '../change.js';
import { type TimelineDocument, documentFromRecords, tryChange } from '../document.js';
import type { AnyId } from '../ids.js';
import { jsonEquals } from '../json-equals.js';
import type { TimelineRecord } from '../records.js';
import { limits, requireModest } from './limits.js';
import { fieldSchemas, recordSchema } from './record-schemas.js';
import { stringifyTimeline } from './stored-timeline.js';

/** What a list of changes leads to, as far as it can be trusted. */
export interface Replay {
  readonly document: TimelineDocument;
  /** How many of the changes are in `document`. What comes after them isn't a change, or leads to no document. */
  readonly count: number;
}

/**
 * Makes changes that come from a journal, one after the other, as `applyChange` does. The document is built once, at the
 * end, and only what was touched is checked against the schema; a fault costs one more walk, whatever its place.
 *
 * @param start a document that was parsed
 * @param changes JSON of an unknown origin; walked again when something is wrong with it. Ten thousand changes need not be
 * in memory at once, so what makes them on the way is better than a list
 */
export function replayChanges(start: TimelineDocument, changes: Iterable<unknown>): Replay {
  const replayed = new Records(start);
  const made = replayed.make(changes);
  const document = replayed.finish();
  if (document !== null) return { document, count: made };
  // Records that are none may heal, which one walk tells; the size of the whole only grows, so that halves find its limit.
  let best: Replay = { document: start, count: 0 };
  let high = new Records(start).countSound(changes);
  for (let middle = high; best.count < high; middle = Math.ceil((best.count + high) / 2)) {
    const prefix = new Records(start);
    prefix.make(changes, middle);
    const sound = prefix.finish();
    if (sound === null) high = middle - 1;
    else best = { document: sound, count: middle };
  }
  return best;
}

/** A document's records while changes are made to them: only what differs from the start is held. */
class Records {
  readonly #start: TimelineDocument;
  /** Null for what was removed. */
  readonly #touched = new Map<string, TimelineRecord | null>();

  constructor(start: TimelineDocument) {
    this.#start = start;
  }

  get(id: AnyId): TimelineRecord | undefined {
    const touched = this.#touched.get(id);
    return touched === undefined ? this.#start.get(id) : (touched ?? undefined);
  }

  /** How many were made before the first that isn't a change. */
  make(changes: Iterable<unknown>, most = Infinity): number {
    let count = 0;
    for (const change of changes) {
      if (count === most || !this.#tryMake(change)) break;
      count += 1;
    }
    return count;
  }

  /** The most changes after which every record is one. */
  countSound(changes: Iterable<unknown>): number {
    const unsound = new Set<string>();
    let made = 0;
    let count = 0;
    for (const change of changes) {
      if (!this.#tryMake(change)) break;
      made += 1;
      for (const id of idsOf(change as Change)) {
        const record = this.#touched.get(id);
        if (record && checked(record, this.#start.get(id as AnyId)) === null) unsound.add(id);
        else unsound.delete(id);
      }
      if (unsound.size === 0) count = made;
    }
    return count;
  }

  /** Null when it isn't one that could be stored and read again. */
  finish(): TimelineDocument | null {
    const added: Record<string, TimelineRecord> = {};
    const updated: Record<string, readonly [TimelineRecord, TimelineRecord]> = {};
    const removed: Record<string, TimelineRecord> = {};
    for (const [id, touched] of this.#touched) {
      const before = this.#start.get(id as AnyId);
      const key = `id ${id}`;
      if (touched === null) {
        if (before) removed[key] = before;
        continue;
      }
      const record = checked(touched, before);
      if (record === null) return null;
      if (before) updated[key] = [before, record];
      else added[key] = record;
    }
    const document =
      tryChange(this.#start, { added, updated, removed }) ??
      documentFromRecords([
        ...[...this.#start.records()].filter(({ id }) => !this.#touched.has(id)),
        ...Object.values(updated).map(([, to]) => to),
        ...Object.values(added),
      ]);
    return isModest(document) ? document : null;
  }

  #tryMake(json: unknown): boolean {
    if (!isChange(json)) return false;
    try {
      if (this.#fits(json)) this.#put(json);
      else {
        const fitted = fitChange(this, json);
        // What doesn't fit in any way is passed over, as `applyChange` does.
        if (this.#fits(fitted)) this.#put(fitted);
      }
      return true;
    } catch (error) {
      // Values so deep that comparing them runs out of stack.
      if (error instanceof RangeError || error instanceof TypeError) return false;
      throw error;
    }
  }

  #fits({ added, updated, removed }: Change): boolean {
    for (const record of Object.values(removed)) {
      if (record.type === 'settings' || !isSame(this.get(record.id), record)) return false;
    }
    for (const [from, to] of Object.values(updated)) {
      if (from.type !== to.type || from.id !== to.id || !isSame(this.get(from.id), from)) return false;
    }
    return Object.values(added).every((record) => this.get(record.id) === undefined);
  }

  #put({ added, updated, removed }: Change): void {
    for (const { id } of Object.values(removed)) this.#touched.set(id, null);
    for (const [, to] of Object.values(updated)) this.#touched.set(to.id, to);
    for (const record of Object.values(added)) this.#touched.set(record.id, record);
  }
}

/** The record as the schema has it, with defaults filled in; null when it isn't one. */
const checks = new WeakMap<TimelineRecord, TimelineRecord | null>();

function checked(record: TimelineRecord, before: TimelineRecord | undefined): TimelineRecord | null {
  let answer = checks.get(record);
  if (answer === undefined) {
    answer = before?.type === record.type ? checkAgainst(record, before) : check(record);
    checks.set(record, answer);
  }
  return answer;
}

// In the stored form records lie two levels deep.
const recordLevels = limits.depth - 2;

function check(record: TimelineRecord): TimelineRecord | null {
  try {
    requireModest(record, recordLevels);
    const result = z.safeParse(recordSchema, record);
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

/** The same, where a sound record is known that it was made from: only fields that differ need checking. */
function checkAgainst(record: TimelineRecord, sound: TimelineRecord): TimelineRecord | null {
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  const known = sound as unknown as Readonly<Record<string, unknown>>;
  const schemas = fieldSchemas[record.type];
  const result: Record<string, unknown> = {};
  try {
    for (const key of Object.keys(fields)) {
      if (key === '__proto__') return check(record);
      const value = fields[key];
      const same = Object.hasOwn(known, key) && jsonEquals(known[key], value);
      const schema = same ? undefined : own(schemas, key);
      if (!same) requireModest(value, recordLevels - 1);
      const parsed = schema && z.safeParse(schema, value);
      if (parsed?.success === false) return null;
      result[key] = same ? known[key] : parsed ? parsed.data : value;
    }
    for (const [key, schema] of Object.entries(schemas)) {
      if (Object.hasOwn(fields, key)) continue;
      const parsed = z.safeParse(schema, undefined);
      if (!parsed.success) return null;
      result[key] = parsed.data;
    }
  } catch {
    return null;
  }
  return result as unknown as TimelineRecord;
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isModest(document: TimelineDocument): boolean {
  const { tracks, clips, transitions, markers, captionTracks, assets } = document;
  if (
    tracks.length > limits.tracks ||
    clips.size > limits.clips ||
    transitions.length > limits.transitions ||
    markers.length > limits.markers ||
    captionTracks.length > limits.captionTracks ||
    assets.size > limits.assets
  )
    return false;
  const { length } = stringifyTimeline(document);
  if (length > limits.characters) return false;
  // A value takes two characters at least, so that few have to be counted.
  if (length <= 2 * limits.values) return true;
  try {
    requireModest([...document.records()]);
    return true;
  } catch {
    return false;
  }
}

function isSame(there: TimelineRecord | undefined, expected: TimelineRecord): boolean {
  return there !== undefined && (there === expected || jsonEquals(there, expected));
}

function* idsOf({ added, updated, removed }: Change): Generator<string, undefined, unknown> {
  for (const { id } of Object.values(removed)) yield id;
  for (const [, { id }] of Object.values(updated)) yield id;
  for (const { id } of Object.values(added)) yield id;
}

function isChange(json: unknown): json is Change {
  if (!isObject(json)) return false;
  const { added, updated, removed } = json;
  return (
    isObject(added) &&
    isObject(updated) &&
    isObject(removed) &&
    Object.values(added).every(isRecord) &&
    Object.values(removed).every(isRecord) &&
    Object.values(updated).every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isRecord))
  );
}

function isRecord(json: unknown): boolean {
  return isObject(json) && typeof json['id'] === 'string' && typeof json['type'] === 'string';
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
