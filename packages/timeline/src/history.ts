import {
  type Change,
  ChangeBuilder,
  fitChange,
  invertChange,
  isEmptyChange,
  squashChanges,
  updatesOf,
} from './change.js';
import { sameSelection } from './commands/selection.js';
import type { TimelineRecord } from './records.js';
import type { Selection, TimelineState, Transaction, TransactionSpec } from './state.js';

/** One step that can be taken back, or done again. */
export interface HistoryEntry {
  readonly change: Change;
  /** Null when the step didn't move the selection: then undoing leaves it alone too. */
  readonly selectionBefore: Selection | null;
  readonly selectionAfter: Selection | null;
  readonly userEvent: string;
  /** Steps with one key that follow each other are one. */
  readonly mergeKey: string | null;
}

/** What can be undone and redone. A plain value, JSON throughout. */
export interface History {
  /** The latest last. */
  readonly done: readonly HistoryEntry[];
  /** The next to redo last. */
  readonly undone: readonly HistoryEntry[];
  /** Most entries kept. */
  readonly limit: number;
}

export const emptyHistory: History = Object.freeze({ done: Object.freeze([]), undone: Object.freeze([]), limit: 500 });

export interface PushOptions {
  /** Joins this step with the one before, if that has the same key: typing a name, nudging by keys. */
  readonly mergeKey?: string;
}

/**
 * The history after a transaction. What isn't to be in it (`addToHistory: false`, `remote`, a mere selection) leaves it as
 * it is. Facts about assets are never undone: undoing an import removes the clip and keeps the asset.
 */
export function pushHistory(history: History, transaction: Transaction, { mergeKey }: PushOptions = {}): History {
  if (!transaction.addToHistory || transaction.remote) return history;
  const change = withoutAssets(transaction.change);
  if (isEmptyChange(change)) return history;
  const moved = !sameSelection(transaction.selectionBefore, transaction.selectionAfter);
  const entry: HistoryEntry = {
    change,
    selectionBefore: moved ? transaction.selectionBefore : null,
    selectionAfter: moved ? transaction.selectionAfter : null,
    userEvent: transaction.userEvent,
    mergeKey: mergeKey ?? null,
  };
  const last = history.done.at(-1);
  if (last && mergeKey !== undefined && last.mergeKey === mergeKey && history.undone.length === 0) {
    const merged = mergeEntries(last, entry);
    const done = history.done.slice(0, -1);
    return { ...history, done: isEmptyChange(merged.change) ? done : [...done, merged] };
  }
  return { ...history, done: [...history.done, entry].slice(-history.limit), undone: [] };
}

/** A step back or forth: the history after it, and the edit to make. */
export interface HistoryStep {
  readonly history: History;
  readonly spec: TransactionSpec;
}

/**
 * Takes the last step back; null when there is none. Where others changed the same records since, only the fields that
 * the step changed go back. Steps that have come to nothing that way are passed over.
 */
export function undo(history: History, state: TimelineState): HistoryStep | null {
  return step(history, state, 'undo');
}

/** Does the last undone step again. */
export function redo(history: History, state: TimelineState): HistoryStep | null {
  return step(history, state, 'redo');
}

function step(history: History, state: TimelineState, direction: 'undo' | 'redo'): HistoryStep | null {
  const done = [...history.done];
  const undone = [...history.undone];
  const [from, to] = direction === 'undo' ? [done, undone] : [undone, done];
  for (let entry = from.pop(); entry; entry = from.pop()) {
    const wanted = direction === 'undo' ? invertChange(entry.change) : entry.change;
    const change = fitChange(state.document, wanted);
    if (isEmptyChange(change)) continue;
    // What fitted exactly keeps its entry; else the way back is from what was really done.
    const made = change === wanted ? entry.change : direction === 'undo' ? invertChange(change) : change;
    // A step that comes back as it was is the same object: whoever keeps histories need not keep it twice.
    to.push(made === entry.change && entry.mergeKey === null ? entry : { ...entry, change: made, mergeKey: null });
    const selection = direction === 'undo' ? entry.selectionBefore : entry.selectionAfter;
    return {
      history: { ...history, done, undone },
      spec: { change, ...(selection && { selection }), userEvent: direction, addToHistory: false },
    };
  }
  return null;
}

function mergeEntries(first: HistoryEntry, second: HistoryEntry): HistoryEntry {
  return {
    ...first,
    change: squashChanges(first.change, second.change),
    selectionBefore: first.selectionBefore ?? second.selectionBefore,
    selectionAfter: second.selectionAfter ?? first.selectionAfter,
  };
}

function withoutAssets(change: Change): Change {
  const isAsset = (record: TimelineRecord): boolean => record.type === 'asset';
  const added = Object.values(change.added);
  const removed = Object.values(change.removed);
  const updates = updatesOf(change);
  if (!added.some(isAsset) && !removed.some(isAsset) && !updates.some(([, to]) => isAsset(to))) return change;
  const builder = new ChangeBuilder();
  for (const record of added) if (!isAsset(record)) builder.record(record.id, null, record);
  for (const record of removed) if (!isAsset(record)) builder.record(record.id, record, null);
  for (const [from, to] of updates) if (!isAsset(to)) builder.record(to.id, from, to);
  return builder.finish();
}
