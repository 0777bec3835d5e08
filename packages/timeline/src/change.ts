import type { TimelineDocument } from './document.js';
import { tryChange } from './document.js';
import { type Change, changeWithUpdates, emptyChange, isEmptyChange, updatesOf } from './change-shape.js';
import { jsonEquals } from './json-equals.js';
import type { AnyId } from './ids.js';
import type { TimelineRecord } from './records.js';

export { type Change, changeWithUpdates, emptyChange, isEmptyChange, updatesOf } from './change-shape.js';

/** The ids of all records that a change touches. */
export function changedIds(change: Change): AnyId[] {
  return [...Object.keys(change.added), ...Object.keys(change.updated), ...Object.keys(change.removed)] as AnyId[];
}

/**
 * The document with a change made to it. Where the change doesn't fit what is there, it is fitted first (`fitChange`),
 * so this never throws and never leaves a half-made change.
 */
export function applyChange(document: TimelineDocument, change: Change): TimelineDocument {
  return tryChange(document, change) ?? tryChange(document, fitChange(document, change)) ?? document;
}

/** The change that takes the first one back. */
export function invertChange(change: Change): Change {
  const updated = dictionary<readonly [TimelineRecord, TimelineRecord]>();
  const updates = updatesOf(change).map(([from, to]) => (updated[from.id] = [to, from] as const));
  return changeWithUpdates({ added: change.removed, updated, removed: change.added }, updates);
}

/** One change that does what `first` and then `second` do. */
export function squashChanges(first: Change, second: Change): Change {
  const builder = new ChangeBuilder(first);
  for (const [id, record] of Object.entries(second.removed)) builder.record(id, record, null);
  for (const [id, record] of Object.entries(second.added)) builder.record(id, null, record);
  for (const [from, to] of updatesOf(second)) builder.record(from.id, from, to);
  return builder.finish();
}

/**
 * `change`, rebased to come after `over`, where both were made from the same document. Where both touch one record they
 * are merged field by field: a field that `change` changed wins, others stay as `over` left them. A record that `over`
 * removed stays removed, unless `change` adds it anew.
 */
export function mapChange(change: Change, over: Change): Change {
  if (!changesTouch(change, over)) return change;
  return rebase(change, (id, expected) => {
    if (Object.hasOwn(over.removed, id)) return null;
    return over.updated[id]?.[1] ?? over.added[id] ?? expected;
  });
}

/**
 * The part of a change that can be made to a document, with `from` and `removed` as they are there. The change itself,
 * when it fits exactly: what it updates and removes is there, what it adds isn't.
 */
export function fitChange(document: Pick<TimelineDocument, 'get'>, change: Change): Change {
  if (fits(document, change)) return change;
  return rebase(change, (id) => document.get(id as AnyId) ?? null);
}

/** Whether two changes touch a common record. Those that don't may be made in either order. */
export function changesTouch(a: Change, b: Change): boolean {
  const touchedByA = new Set<string>(changedIds(a));
  return touchedByA.size > 0 && changedIds(b).some((id) => touchedByA.has(id));
}

/**
 * One change that does what both do, made from the same document; null when they touch a common record and a choice is
 * needed (`mapChange` makes one).
 */
export function mergeChanges(a: Change, b: Change): Change | null {
  return changesTouch(a, b) ? null : squashChanges(a, b);
}

/** The change that makes `to` of `from`. */
export function diffDocuments(from: TimelineDocument, to: TimelineDocument): Change {
  const builder = new ChangeBuilder();
  for (const record of from.records()) {
    const counterpart = to.get(record.id);
    if (counterpart === undefined) builder.record(record.id, record, null);
    else if (counterpart !== record) builder.record(record.id, record, counterpart);
  }
  for (const record of to.records()) {
    if (from.get(record.id) === undefined) builder.record(record.id, null, record);
  }
  return builder.finish();
}

/** Gathers what happens to records, one by one, into one change. What comes back to where it was drops out. */
export class ChangeBuilder {
  readonly #added: Record<string, TimelineRecord> = dictionary();
  readonly #updated: Record<string, readonly [TimelineRecord, TimelineRecord]> = dictionary();
  readonly #removed: Record<string, TimelineRecord> = dictionary();

  constructor(base: Change = emptyChange) {
    Object.assign(this.#added, base.added);
    Object.assign(this.#updated, base.updated);
    Object.assign(this.#removed, base.removed);
  }

  /** A record goes from one value to another; null is absence. */
  record(id: string, from: TimelineRecord | null, to: TimelineRecord | null): void {
    const original = this.#original(id, from);
    if (to === null) {
      if (original !== null) this.#removed[id] = original;
    } else if (original === null) {
      this.#added[id] = to;
    } else if (original !== to && !jsonEquals(original, to)) {
      this.#updated[id] = [original, to];
    }
  }

  isEmpty(): boolean {
    return isEmptyChange(this.finish());
  }

  finish(): Change {
    return { added: this.#added, updated: this.#updated, removed: this.#removed };
  }

  /** What the record was before everything gathered so far, which is then forgotten. */
  #original(id: string, from: TimelineRecord | null): TimelineRecord | null {
    const pair = this.#updated[id];
    if (pair) {
      Reflect.deleteProperty(this.#updated, id);
      return pair[0];
    }
    if (this.#added[id]) {
      Reflect.deleteProperty(this.#added, id);
      return null;
    }
    const removed = this.#removed[id];
    if (removed) {
      Reflect.deleteProperty(this.#removed, id);
      return removed;
    }
    return from;
  }
}

/** The same change against what `current` says is there (null for nothing). */
function rebase(
  change: Change,
  current: (id: string, expected: TimelineRecord | null) => TimelineRecord | null,
): Change {
  const builder = new ChangeBuilder();
  for (const [id, record] of Object.entries(change.added)) builder.record(id, current(id, null), record);
  for (const [id, record] of Object.entries(change.removed)) {
    const there = current(id, record);
    if (there) builder.record(id, there, null);
  }
  for (const [from, to] of updatesOf(change)) {
    const there = current(from.id, from);
    if (there) builder.record(from.id, there, there === from ? to : mergeFields(from, to, there));
  }
  return builder.finish();
}

/** `there`, with every field that differs between `from` and `to` as it is in `to`. */
function mergeFields(from: TimelineRecord, to: TimelineRecord, there: TimelineRecord): TimelineRecord {
  return mergeObjects(asFields(from), asFields(to), asFields(there)) as unknown as TimelineRecord;
}

type Fields = Readonly<Record<string, unknown>>;

function mergeObjects(from: Fields, to: Fields, there: Fields): Fields {
  const merged: Record<string, unknown> = { ...there };
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const before = own(from, key);
    const after = own(to, key);
    if (key === '__proto__' || jsonEquals(before, after)) continue;
    const current = own(there, key);
    // Properties are set one at a time, so they merge one at a time; a source or a list of cues is one value.
    if (key === 'props' || key === 'keyframes')
      merged[key] = mergeObjects(asFields(before), asFields(after), asFields(current));
    else if (after === undefined) Reflect.deleteProperty(merged, key);
    else merged[key] = after;
  }
  return merged;
}

function fits(document: Pick<TimelineDocument, 'get'>, change: Change): boolean {
  for (const [from] of updatesOf(change)) if (!isThere(document, from)) return false;
  for (const record of Object.values(change.removed)) if (!isThere(document, record)) return false;
  return Object.values(change.added).every((record) => document.get(record.id) === undefined);
}

function isThere(document: Pick<TimelineDocument, 'get'>, record: TimelineRecord): boolean {
  const there = document.get(record.id);
  return there !== undefined && (there === record || jsonEquals(there, record));
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/**
 * An object for ids as keys: `__proto__` is a key like any other in it.
 * @internal
 */
export function dictionary<V>(): Record<string, V> {
  return Object.create(null) as Record<string, V>;
}
