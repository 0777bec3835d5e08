import type { TimelineRecord } from './records.js';

/**
 * What differs between two documents, by record id: the one diff that history, journal, autosave, other tabs and merging
 * share. Plain JSON. A record is in one of the three parts at most.
 */
export interface Change {
  readonly added: Readonly<Record<string, TimelineRecord>>;
  readonly updated: Readonly<Record<string, readonly [from: TimelineRecord, to: TimelineRecord]>>;
  readonly removed: Readonly<Record<string, TimelineRecord>>;
}

/** Changes nothing. */
export const emptyChange: Change = Object.freeze({
  added: Object.freeze({}),
  updated: Object.freeze({}),
  removed: Object.freeze({}),
});

/** Whether a change changes nothing. */
export function isEmptyChange(change: Change): boolean {
  return updatesOf(change).length === 0 && isEmpty(change.added) && isEmpty(change.removed);
}

/** Lists of what changes update, where they are known: making one of a large object takes longer than all else. */
const updateLists = new WeakMap<Change, readonly UpdatedPair[]>();

type UpdatedPair = readonly [from: TimelineRecord, to: TimelineRecord];

/**
 * What a change updates, as a list.
 * @internal
 */
export function updatesOf(change: Change): readonly UpdatedPair[] {
  let list = updateLists.get(change);
  if (!list) {
    const { updated } = change;
    list = Object.keys(updated).map((id) => updated[id] as UpdatedPair);
    updateLists.set(change, list);
  }
  return list;
}

/**
 * A change whose list of updates is known.
 * @internal
 */
export function changeWithUpdates(change: Change, updates: readonly UpdatedPair[]): Change {
  updateLists.set(change, updates);
  return change;
}

function isEmpty(part: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(part).length === 0;
}
