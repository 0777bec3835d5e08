import { ChangeBuilder, changedIds, diffDocuments, isEmptyChange, type Change } from './change.js';
import { tryChange, type TimelineDocument } from './document.js';
import { checkInvariants } from './invariants.js';
import { jsonEquals } from './json-equals.js';

/**
 * The change that brings into `mine` what `theirs` has and `mine` lacks, where both were made from `base`; empty when that
 * is nothing. Null when a person has to choose: both changed a record and not to the same, or the two together aren't a
 * sound document (clips that would overlap, a clip whose track is gone).
 *
 * Facts about an asset that both learnt are no such choice: `mine` stays.
 */
export function mergeDocuments(
  base: TimelineDocument,
  mine: TimelineDocument,
  theirs: TimelineDocument,
): Change | null {
  const touchedByMe = new Set<string>(changedIds(diffDocuments(base, mine)));
  const builder = new ChangeBuilder();
  for (const id of changedIds(diffDocuments(base, theirs))) {
    const here = mine.get(id) ?? null;
    const there = theirs.get(id) ?? null;
    if (touchedByMe.has(id)) {
      if (same(here, there) || here?.type === 'asset') continue;
      return null;
    }
    builder.record(id, here, there);
  }
  const change = builder.finish();
  if (isEmptyChange(change)) return change;
  const merged = tryChange(mine, change);
  return merged !== null && checkInvariants(merged).length === 0 ? change : null;
}

type Stored = ReturnType<TimelineDocument['get']> | null;

function same(a: Stored, b: Stored): boolean {
  return a === b || (a !== null && b !== null && jsonEquals(a, b));
}
