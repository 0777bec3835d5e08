import type { Asset, AssetKind, AssetQuery, AssetSort, AssetSourceType } from '@lectern/ports';
import {
  comparePlaces,
  decodeCursor,
  encodeCursor,
  firstAfter,
  foldText,
  pageSize,
  type Place,
  sortableText,
} from './keyset.js';
import type { ReadView, RecordStore } from './records/record-store.js';
import type { AssetRow } from './records/tables.js';

/** What lists are made from: a few hundred bytes of each asset. Immutable, so that orders can hold it. */
interface Entry {
  readonly id: string;
  readonly seq: number;
  readonly deleted: boolean;
  readonly kind: AssetKind;
  readonly sourceType: AssetSourceType;
  readonly tags: readonly string[];
  /** Name and tags, folded, on lines of their own. */
  readonly haystack: string;
  readonly projectId: string | null;
  readonly createdAt: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly durationSeconds: number;
}

const orders: Readonly<
  Record<AssetSort, { readonly direction: 1 | -1; readonly of: (entry: Entry) => string | number }>
> = {
  newest: { direction: -1, of: (entry) => entry.createdAt },
  oldest: { direction: 1, of: (entry) => entry.createdAt },
  name: { direction: 1, of: (entry) => entry.name },
  largest: { direction: -1, of: (entry) => entry.sizeBytes },
  longest: { direction: -1, of: (entry) => entry.durationSeconds },
};

const batchSize = 4000;
/** With more news than this, sorting anew is faster than putting each into its place. */
const fewNews = 200;
const keptAnswers = 4;

function entryOf({ asset, seq }: AssetRow): Entry {
  const tags = asset.tags.map(foldText);
  const projectId = asset.studioMetadata['project_id'];
  return {
    id: asset.id,
    seq,
    deleted: asset.deletedAt !== null,
    kind: asset.kind,
    sourceType: asset.sourceType,
    tags,
    haystack: [foldText(asset.name), ...tags].join('\n'),
    projectId: typeof projectId === 'string' ? projectId : null,
    createdAt: Date.parse(asset.createdAt),
    name: sortableText(asset.name),
    sizeBytes: asset.sizeBytes,
    durationSeconds: asset.probe?.durationSeconds ?? 0,
  };
}

const placeOf = (sort: AssetSort, entry: Entry): Place => ({ value: orders[sort].of(entry), id: entry.id });

function comparing(sort: AssetSort): (a: Entry, b: Entry) => number {
  const { direction, of } = orders[sort];
  return (a, b) => {
    const [left, right] = [of(a), of(b)];
    if (left !== right) return left < right ? -direction : direction;
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  };
}

function matching(query: AssetQuery, usedInProject: ReadonlySet<string> | null): (entry: Entry) => boolean {
  const deleted = query.deleted === true;
  const search = foldText((query.search ?? '').trim().replace(/\s+/g, ' '));
  const kinds = query.kinds && query.kinds.length > 0 ? new Set(query.kinds) : null;
  const sourceTypes = query.sourceTypes && query.sourceTypes.length > 0 ? new Set(query.sourceTypes) : null;
  const tags = (query.tags ?? []).map(foldText);
  return (entry) =>
    entry.deleted === deleted &&
    (kinds === null || kinds.has(entry.kind)) &&
    (sourceTypes === null || sourceTypes.has(entry.sourceType)) &&
    (query.projectId === undefined || entry.projectId === query.projectId || usedInProject?.has(entry.id) === true) &&
    tags.every((tag) => entry.tags.includes(tag)) &&
    (search === '' || entry.haystack.includes(search));
}

export interface AssetIdPage {
  readonly ids: readonly string[];
  readonly nextCursor: string | null;
  readonly total: number;
}

/**
 * The library's order book: read once, in slices, and brought up to date by the assets' change count before each
 * answer. So a list sees what another tab has written, whether or not that tab's message has arrived.
 */
export class AssetIndex {
  #epoch: string | null = null;
  #seq = 0;
  #entries = new Map<string, Entry>();
  #sorted = new Map<AssetSort, Entry[]>();
  /** The last answers' matches in order, so that reading on page by page doesn't search again for each. */
  #answers = new Map<string, readonly Entry[]>();
  #loading: Promise<void> | null = null;

  /** Reads everything, unless that was done. Several callers share one reading. */
  async load(records: RecordStore): Promise<void> {
    if (this.#epoch !== null) return;
    this.#loading ??= this.#loadAll(records).finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  /** Takes in what changed since. False: the store was filled anew, and `load` must be called again. */
  async catchUp(view: ReadView): Promise<boolean> {
    const library = await view.get('meta', 'library');
    if (library?.key !== 'library' || library.epoch !== this.#epoch || library.seq < this.#seq) {
      this.#epoch = null;
      return false;
    }
    if (library.seq > this.#seq) {
      this.#takeIn(await view.select('assets', { index: 'bySeq', above: this.#seq }), library.seq);
    }
    return true;
  }

  page(query: AssetQuery, usedInProject: ReadonlySet<string> | null): AssetIdPage {
    const sort = query.sort ?? 'newest';
    const limit = pageSize(query.limit, 60, 500);
    const after = query.cursor ? decodeCursor(sort, query.cursor) : null;
    const found = this.#matches(sort, query, usedInProject);
    const compare = comparePlaces(orders[sort].direction);
    const start = after === null ? 0 : firstAfter(found, (entry) => compare(placeOf(sort, entry), after) > 0);
    const slice = found.slice(start, start + limit);
    const last = slice.at(-1);
    return {
      ids: slice.map(({ id }) => id),
      nextCursor: last && start + limit < found.length ? encodeCursor(sort, placeOf(sort, last)) : null,
      total: found.length,
    };
  }

  async #loadAll(records: RecordStore): Promise<void> {
    const library = await records.read(['meta'], (view) => view.get('meta', 'library'));
    const entries = new Map<string, Entry>();
    // A transaction for each slice, so that writers needn't wait for all of it: what they change has a higher count.
    for (let last: string | null = null; ;) {
      const above: { readonly above?: string } = last === null ? {} : { above: last };
      const rows: readonly AssetRow[] = await records.read(['assets'], (view) =>
        view.select('assets', { ...above, limit: batchSize }),
      );
      for (const row of rows) entries.set(row.asset.id, entryOf(row));
      if (rows.length < batchSize) break;
      last = rows.at(-1)?.asset.id ?? null;
    }
    this.#entries = entries;
    this.#sorted.clear();
    this.#answers.clear();
    this.#seq = library?.key === 'library' ? library.seq : 0;
    this.#epoch = library?.key === 'library' ? library.epoch : null;
  }

  #takeIn(rows: readonly AssetRow[], seq: number): void {
    this.#answers.clear();
    if (rows.length > fewNews) this.#sorted.clear();
    for (const row of rows) {
      const before = this.#entries.get(row.asset.id);
      // Two lists may have read at the same time; the older reading must not win.
      if (before && before.seq >= row.seq) continue;
      const entry = entryOf(row);
      this.#entries.set(entry.id, entry);
      for (const [sort, sorted] of this.#sorted) {
        const compare = comparing(sort);
        if (before)
          sorted.splice(
            firstAfter(sorted, (other) => compare(other, before) >= 0),
            1,
          );
        sorted.splice(
          firstAfter(sorted, (other) => compare(other, entry) > 0),
          0,
          entry,
        );
      }
    }
    this.#seq = Math.max(this.#seq, seq);
  }

  #matches(sort: AssetSort, query: AssetQuery, usedInProject: ReadonlySet<string> | null): readonly Entry[] {
    const { limit: _limit, cursor: _cursor, ...asked } = query;
    const key = JSON.stringify([sort, asked]);
    const known = this.#answers.get(key);
    if (known) return known;
    const found = this.#inOrder(sort).filter(matching(query, usedInProject));
    // Usage is none of the assets' changes, so an answer made from it can't be kept.
    if (query.projectId === undefined) {
      this.#answers.set(key, found);
      const [oldest] = this.#answers.keys();
      if (this.#answers.size > keptAnswers && oldest !== undefined) this.#answers.delete(oldest);
    }
    return found;
  }

  #inOrder(sort: AssetSort): readonly Entry[] {
    let sorted = this.#sorted.get(sort);
    if (!sorted) {
      sorted = [...this.#entries.values()].sort(comparing(sort));
      this.#sorted.set(sort, sorted);
    }
    return sorted;
  }
}
