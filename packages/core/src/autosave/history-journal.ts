import { type History, type HistoryEntry, emptyHistory } from '@lectern/timeline';
import { schemaVersion } from '@lectern/timeline/schema';
import { crc32 } from './crc32.js';
import type { HistoryIndex, HistoryWrite, JournalImage, KeptHistory, KeptStep } from './journal.js';

/** How much of a history is kept: steps, and characters of their JSON. */
export interface HistoryLimits {
  readonly steps: number;
  readonly characters: number;
}

export const historyLimits: HistoryLimits = { steps: 200, characters: 2_000_000 };

/** Steps never change, so each is sealed once and keeps its id. */
const sealed = new WeakMap<HistoryEntry, KeptStep>();
let lastId = 0;

/**
 * What is to be written, in the transaction that makes `seq` the last change, so that `after` can be read again.
 *
 * @param before what the journal is known to have: the history of the opening, then that of each write that succeeded.
 * When it is empty, whatever the journal has is replaced
 * @param hash the document's content hash, when the back end has just acknowledged it
 */
export function historyWrite(
  before: History,
  after: History,
  seq: number,
  hash = '',
  limits: HistoryLimits = historyLimits,
): HistoryWrite {
  const kept = bounded(after, limits);
  const there = bounded(before, limits);
  const known = new Set([...there.done, ...there.undone].map(({ id }) => id));
  const steps = [...kept.done, ...kept.undone];
  const wanted = new Set(steps.map(({ id }) => id));
  const ids = (list: readonly KeptStep[]): readonly number[] => list.map(({ id }) => id);
  return {
    index: steps.length === 0 ? null : { done: ids(kept.done), undone: ids(kept.undone), seq, hash, schemaVersion },
    put: steps.filter(({ id }) => !known.has(id)),
    drop: known.size === 0 ? 'all' : [...known].filter((id) => !wanted.has(id)),
  };
}

/**
 * The history that belongs to a document: the journal's, if it was written for that very one, else an empty one. It is
 * also empty when a step is missing or damaged.
 *
 * @param at `seq` is the change that the journal's own entries led to, null when the document isn't theirs; `hash` is the
 * content hash of a document that came from the back end, else empty
 */
export function readHistory(
  image: JournalImage | null,
  at: { readonly seq: number | null; readonly hash: string },
): History {
  const kept = image?.history ?? null;
  if (kept === null || !belongs(kept.index, at)) return emptyHistory;
  try {
    const steps = new Map(kept.steps.map((step) => [step.id, step]));
    const open = (ids: readonly number[]): readonly HistoryEntry[] => ids.map((id) => openStep(steps.get(id)));
    const { done, undone } = kept.index;
    return { ...emptyHistory, done: open(done), undone: open(undone) };
  } catch {
    return emptyHistory;
  }
}

/** Steps that no index names any more, left by a write that failed half-known; they can be dropped. */
export function strayStepsOf({ index, steps }: KeptHistory): readonly number[] {
  const named = new Set([...index.done, ...index.undone]);
  return steps.map(({ id }) => id).filter((id) => !named.has(id));
}

function belongs(index: HistoryIndex, at: { readonly seq: number | null; readonly hash: string }): boolean {
  if (index.schemaVersion !== schemaVersion) return false;
  return (at.seq !== null && index.seq === at.seq) || (at.hash !== '' && index.hash === at.hash);
}

/** @throws when it isn't what was written */
function openStep(step: KeptStep | undefined): HistoryEntry {
  if (!step) throw new RangeError('a step is missing');
  if (crc32(step.body) !== step.crc) throw new RangeError(`step ${String(step.id)} is damaged`);
  // What is typed from now on is a step of its own.
  const entry: HistoryEntry = { ...(JSON.parse(step.body) as HistoryEntry), mergeKey: null };
  sealed.set(entry, { id: step.id, body: step.body, crc: step.crc });
  lastId = Math.max(lastId, step.id);
  return entry;
}

function seal(entry: HistoryEntry): KeptStep {
  let step = sealed.get(entry);
  if (!step) {
    const body = JSON.stringify(entry);
    lastId += 1;
    step = { id: lastId, body, crc: crc32(body) };
    sealed.set(entry, step);
  }
  return step;
}

/** The steps nearest to the present, without a gap; what can be undone goes before what can be done again. */
function bounded(
  { done, undone }: History,
  limits: HistoryLimits,
): { readonly done: readonly KeptStep[]; readonly undone: readonly KeptStep[] } {
  let { steps, characters } = limits;
  const nearest = (entries: readonly HistoryEntry[]): readonly KeptStep[] => {
    const kept: KeptStep[] = [];
    for (const entry of entries.toReversed()) {
      const step = steps > 0 ? seal(entry) : null;
      if (step === null || step.body.length > characters) break;
      steps -= 1;
      characters -= step.body.length;
      kept.push(step);
    }
    return kept.reverse();
  };
  return { done: nearest(done), undone: nearest(undone) };
}
