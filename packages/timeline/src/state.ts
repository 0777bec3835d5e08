import { type Change, ChangeBuilder, emptyChange, fitChange, isEmptyChange } from './change.js';
import { type TimelineDocument, createDocument, tryChange } from './document.js';
import type { AnyId, ClipId, TrackId } from './ids.js';
import { assertInvariants } from './invariants.js';
import type { TimelineRecord } from './records.js';

/** What a person has picked: a property of the session, never of the document. */
export interface Selection {
  readonly clipIds: readonly ClipId[];
  readonly trackId: TrackId | null;
}

/** Nothing picked. */
export const emptySelection: Selection = Object.freeze({ clipIds: Object.freeze([]), trackId: null });

/** A document and what is picked in it, at one moment. Never changes: `update` makes the next one. */
export interface TimelineState {
  readonly document: TimelineDocument;
  readonly selection: Selection;
  /** The transaction that an edit makes; this state stays as it is. */
  update(spec: TransactionSpec): Transaction;
}

/** What an edit should do; `put` and `remove` come after `change`, and `remove` last. */
export interface TransactionSpec {
  /** Records to add or replace, by id. */
  readonly put?: readonly TimelineRecord[];
  readonly remove?: readonly AnyId[];
  readonly change?: Change;
  /** As it was when left out. Clips and tracks that aren't there any more drop out in either case. */
  readonly selection?: Selection;
  /** What the person did, dotted: `clip.trim`, `track.add`, `undo`. Labels the entry in the history. */
  readonly userEvent: string;
  /** True when left out. */
  readonly addToHistory?: boolean;
  /** Whether it came from another tab or the server; such an edit never enters the history. */
  readonly remote?: boolean;
}

/** One edit, made. */
export interface Transaction {
  readonly startState: TimelineState;
  readonly state: TimelineState;
  /** What really changed, which is what inverting needs. */
  readonly change: Change;
  readonly selectionBefore: Selection;
  readonly selectionAfter: Selection;
  readonly userEvent: string;
  readonly addToHistory: boolean;
  readonly remote: boolean;
}

export interface CreateStateOptions {
  readonly document?: TimelineDocument;
  readonly selection?: Selection;
  /** Throws when a transaction breaks an invariant. For tests and development: it walks the whole document each time. */
  readonly checked?: boolean;
}

/** The first state of a session. */
export function createState(options: CreateStateOptions = {}): TimelineState {
  const document = options.document ?? createDocument();
  const selection = presentSelection(options.selection ?? emptySelection, document);
  return new State(document, selection, options.checked === true);
}

class State implements TimelineState {
  readonly document: TimelineDocument;
  readonly selection: Selection;
  readonly #checked: boolean;

  constructor(document: TimelineDocument, selection: Selection, checked: boolean) {
    this.document = document;
    this.selection = selection;
    this.#checked = checked;
  }

  update(spec: TransactionSpec): Transaction {
    const { change, document } = applySpec(this.document, spec);
    if (this.#checked) assertInvariants(document);
    // What was picked stays there as long as nothing leaves.
    const mayBeGone = spec.selection !== undefined || Object.keys(change.removed).length > 0;
    const selection = mayBeGone ? presentSelection(spec.selection ?? this.selection, document) : this.selection;
    return {
      startState: this,
      state: new State(document, selection, this.#checked),
      change,
      selectionBefore: this.selection,
      selectionAfter: selection,
      userEvent: spec.userEvent,
      addToHistory: spec.addToHistory !== false && spec.remote !== true,
      remote: spec.remote === true,
    };
  }
}

/** The document that an edit makes, and what really changed. */
function applySpec(
  document: TimelineDocument,
  { change, put = [], remove = [] }: TransactionSpec,
): Pick<Transaction, 'change'> & { document: TimelineDocument } {
  if (put.length > 0 || remove.length > 0) {
    const builder = new ChangeBuilder(change && fitChange(document, change));
    for (const record of put) builder.record(record.id, document.get(record.id) ?? null, record);
    for (const id of remove) if (id !== 'settings') builder.record(id, document.get(id) ?? null, null);
    return make(document, builder.finish());
  }
  if (!change || isEmptyChange(change)) return { document, change: emptyChange };
  const made = tryChange(document, change);
  return made ? { document: made, change } : make(document, fitChange(document, change));
}

function make(
  document: TimelineDocument,
  change: Change,
): Pick<Transaction, 'change'> & { document: TimelineDocument } {
  if (isEmptyChange(change)) return { document, change: emptyChange };
  const made = tryChange(document, change);
  if (!made)
    throw new TypeError('a change must not use an id for two records, nor put one under an id that is not its own');
  return { document: made, change };
}

/** The selection without what isn't in the document; the same object when all of it is. */
function presentSelection(selection: Selection, document: TimelineDocument): Selection {
  const clipIds = selection.clipIds.filter((id) => document.clips.has(id));
  const trackId = selection.trackId !== null && document.track(selection.trackId) ? selection.trackId : null;
  if (clipIds.length === selection.clipIds.length && trackId === selection.trackId) return selection;
  return { clipIds, trackId };
}
