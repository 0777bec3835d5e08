import { LecternError } from '@lectern/ports';
import type { Key, KeyPart, ReadView, RecordStore, Selection, WriteView } from './record-store.js';
import { type KeyPath, type TableName, type Tables, tableNames, tableShapes } from './tables.js';

type Row = object;

function valueAt(row: Row, path: string): unknown {
  let value: unknown = row;
  for (const step of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
  return value;
}

/** The row's key, or undefined when a part of it is missing: such a row isn't in that index. */
function keyAt(row: Row, path: KeyPath): Key | undefined {
  const parts = (typeof path === 'string' ? [path] : path).map((step) => valueAt(row, step));
  if (!parts.every((part): part is KeyPart => typeof part === 'string' || typeof part === 'number')) return undefined;
  return typeof path === 'string' ? parts[0] : parts;
}

const encode = (key: Key): string => JSON.stringify(key);

function compareParts(a: KeyPart | undefined, b: KeyPart | undefined): number {
  if (a === b) return 0;
  // As in IndexedDB: a shorter key comes first, numbers come before strings.
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : 1;
}

function compareKeys(a: Key, b: Key): number {
  const [left, right] = [typeof a === 'object' ? a : [a], typeof b === 'object' ? b : [b]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareParts(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** What is handed out is the stored row itself, so nobody may be able to change it. */
function freezeDeeply(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value)) return;
  Object.freeze(value);
  for (const child of Object.values(value)) freezeDeeply(child);
}

function selectFrom(rows: ReadonlyMap<string, Row>, keyPath: KeyPath, path: KeyPath, selection: Selection): Row[] {
  const { equals, startsWith, above, below, limit } = selection;
  const found: { key: Key; row: Row }[] = [];
  for (const row of rows.values()) {
    const key = keyAt(row, path);
    if (key === undefined) continue;
    if (equals !== undefined && compareKeys(key, equals) !== 0) continue;
    if (startsWith !== undefined && (typeof key === 'object' ? key[0] : key) !== startsWith) continue;
    if (above !== undefined && compareKeys(key, above) <= 0) continue;
    if (below !== undefined && compareKeys(key, below) >= 0) continue;
    found.push({ key, row });
  }
  const own = (row: Row): Key => keyAt(row, keyPath) ?? '';
  found.sort((a, b) => compareKeys(a.key, b.key) || compareKeys(own(a.row), own(b.row)));
  return (limit === undefined ? found : found.slice(0, limit)).map(({ row }) => row);
}

/** The tables in memory: the same promises as IndexedDB's, gone with the page. */
export class MemoryRecordStore implements RecordStore {
  readonly #tables: ReadonlyMap<TableName, Map<string, Row>> = new Map(tableNames.map((name) => [name, new Map()]));
  #last: Promise<unknown> = Promise.resolve();

  async read<R>(_tables: readonly TableName[], work: (view: ReadView) => Promise<R>): Promise<R> {
    return this.#next(() => work(this.#view()));
  }

  async write<R>(
    _tables: readonly TableName[],
    work: (view: WriteView) => Promise<R>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<R> {
    return this.#next(async () => {
      const undo: (() => void)[] = [];
      const change = (table: TableName, key: string, row: Row | undefined): void => {
        const rows = this.#rows(table);
        const before = rows.get(key);
        undo.push(() => (before === undefined ? rows.delete(key) : rows.set(key, before)));
        if (row === undefined) rows.delete(key);
        else rows.set(key, row);
      };
      const view: WriteView = {
        ...this.#view(),
        async put(table, row) {
          const key = keyAt(row, tableShapes[table].keyPath);
          if (key === undefined) throw new TypeError(`A row of ${table} has no key`);
          const copy = structuredClone(row);
          freezeDeeply(copy);
          change(table, encode(key), copy);
        },
        async putAll(table, rows) {
          for (const row of rows) await view.put(table, row);
        },
        async delete(table, key) {
          change(table, encode(key), undefined);
        },
      };
      try {
        const result = await work(view);
        if (options.signal?.aborted === true) throw new LecternError('aborted');
        return result;
      } catch (error) {
        for (const step of undo.reverse()) step();
        throw error;
      }
    });
  }

  close(): void {
    for (const rows of this.#tables.values()) rows.clear();
  }

  /** One at a time, in the order asked for. */
  #next<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #rows(table: TableName): Map<string, Row> {
    const rows = this.#tables.get(table);
    if (!rows) throw new RangeError(`There is no table ${table}`);
    return rows;
  }

  #view(): ReadView {
    return {
      get: async <T extends TableName>(table: T, key: Key) =>
        this.#rows(table).get(encode(key)) as Tables[T] | undefined,
      select: async <T extends TableName>(table: T, selection: Selection = {}) => {
        const { keyPath, indexes } = tableShapes[table];
        const path = selection.index === undefined ? keyPath : indexes[selection.index];
        if (path === undefined) throw new RangeError(`Table ${table} has no index ${String(selection.index)}`);
        return selectFrom(this.#rows(table), keyPath, path, selection) as unknown as readonly Tables[T][];
      },
    };
  }
}
