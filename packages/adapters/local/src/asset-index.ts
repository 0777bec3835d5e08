import {
  type AssetKind,
  type AssetQuery,
  type AssetSort,
  type AssetSourceType,
  LecternError,
  type LibraryCount,
} from '@lectern/ports';
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
import type { AssetRow, PurgedRow } from './records/tables.js';

/** What lists are made from: a few hundred bytes of each asset. Immutable, so that orders can hold it. */
interface Entry {
  readonly id: string;
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
/** With more than this, reading everything in slices is lighter than reading the news at once. */
const mostNews = 5000;
const keptAnswers = 4;
/** Fewer assets than this are read as quickly one by one. */
const worthADigest = 2000;
/** A digest is written anew when this share of the assets has changed since. */
const staleShare = 0.05;
const saveDelayMs = 1500;

function entryOf({ asset }: AssetRow): Entry {
  const tags = asset.tags.map(foldText);
  const projectId = asset.studioMetadata['project_id'];
  return {
    id: asset.id,
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
  #counts: readonly LibraryCount[] | null = null;
  #loading: Promise<void> | null = null;
  #digestSeq = 0;
  #saving = false;

  /** Reads everything, unless that was done. Several callers share one reading. */
  async load(records: RecordStore): Promise<void> {
    if (this.#epoch !== null) return;
    this.#loading ??= this.#loadAll(records).finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  /** Takes in what changed since. False: it is too much, or the store was filled anew; `load` must be called again. */
  async catchUp(view: ReadView): Promise<boolean> {
    const library = await view.get('meta', 'library');
    const known = library?.key === 'library' && library.epoch === this.#epoch;
    if (!known || library.seq - this.#seq > mostNews) {
      this.#epoch = null;
      return false;
    }
    if (library.seq > this.#seq) {
      const news = { index: 'bySeq', above: this.#seq };
      const [rows, purged] = await Promise.all([view.select('assets', news), view.select('purged', news)]);
      this.#takeIn(rows, purged, library.seq);
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

  /** A row for each kind, origin and place that has files, in that order. */
  counts(): readonly LibraryCount[] {
    if (this.#counts) return this.#counts;
    const counts = new Map<string, LibraryCount>();
    for (const { kind, sourceType, deleted, sizeBytes } of this.#entries.values()) {
      const key = `${kind} ${sourceType} ${deleted ? 'trash' : 'library'}`;
      const { files, bytes } = counts.get(key) ?? { files: 0, bytes: 0 };
      counts.set(key, { kind, sourceType, deleted, files: files + 1, bytes: bytes + sizeBytes });
    }
    this.#counts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
    return this.#counts;
  }

  /** Writes the digest in a while, if it has fallen behind and there is enough to read for one to matter. */
  saveSoon(records: RecordStore): void {
    const behind = this.#seq - this.#digestSeq;
    if (this.#saving || this.#entries.size < worthADigest || behind < this.#entries.size * staleShare) return;
    this.#saving = true;
    setTimeout(() => {
      // A digest that can't be written is one that isn't there: the next page reads every asset.
      this.#save(records)
        .catch(() => undefined)
        .finally(() => {
          this.#saving = false;
        });
    }, saveDelayMs);
  }

  async #save(records: RecordStore): Promise<void> {
    const [epoch, seq] = [this.#epoch, this.#seq];
    if (epoch === null) return;
    const entries = JSON.stringify([...this.#entries.values()]);
    await records.write(['digests'], (view) => view.put('digests', { key: 'assets', epoch, seq, entries }), {
      durability: 'relaxed',
    });
    this.#digestSeq = seq;
  }

  async #loadAll(records: RecordStore): Promise<void> {
    const { library, digest } = await records.read(['meta', 'digests'], async (view) => ({
      library: await view.get('meta', 'library'),
      digest: await view.get('digests', 'assets'),
    }));
    if (library?.key !== 'library') throw new LecternError('corrupt', { message: 'The change count is gone' });
    this.#sorted.clear();
    this.#answers.clear();
    this.#counts = null;
    if (digest?.epoch === library.epoch && library.seq - digest.seq <= mostNews) {
      this.#entries = new Map((JSON.parse(digest.entries) as Entry[]).map((entry) => [entry.id, entry]));
      this.#seq = digest.seq;
      this.#digestSeq = digest.seq;
    } else {
      this.#entries = await readEntries(records);
      this.#seq = library.seq;
      this.#digestSeq = 0;
    }
    this.#epoch = library.epoch;
  }

  #takeIn(rows: readonly AssetRow[], purged: readonly PurgedRow[], seq: number): void {
    // Two lists may have read at the same time; the older reading must not win.
    if (seq <= this.#seq) return;
    this.#answers.clear();
    this.#counts = null;
    if (rows.length + purged.length > fewNews) this.#sorted.clear();
    for (const row of rows) this.#replace(row.asset.id, entryOf(row));
    for (const { id } of purged) this.#replace(id, null);
    this.#seq = seq;
  }

  #replace(id: string, entry: Entry | null): void {
    const before = this.#entries.get(id);
    if (entry) this.#entries.set(id, entry);
    else this.#entries.delete(id);
    for (const [sort, sorted] of this.#sorted) {
      const compare = comparing(sort);
      const firstNotBefore = (place: Entry): number => firstAfter(sorted, (other) => compare(other, place) >= 0);
      if (before) sorted.splice(firstNotBefore(before), 1);
      if (entry) sorted.splice(firstNotBefore(entry), 0, entry);
    }
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

/** A transaction for each slice, so that writers needn't wait for all of it: what they change has a higher count. */
async function readEntries(records: RecordStore): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for (let last: string | null = null; ;) {
    const above: { readonly above?: string } = last === null ? {} : { above: last };
    const rows: readonly AssetRow[] = await records.read(['assets'], (view) =>
      view.select('assets', { ...above, limit: batchSize }),
    );
    for (const row of rows) entries.set(row.asset.id, entryOf(row));
    if (rows.length < batchSize) return entries;
    last = rows.at(-1)?.asset.id ?? null;
  }
}
