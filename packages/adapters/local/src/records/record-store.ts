import type { TableName, Tables } from './tables.js';

export type KeyPart = string | number;
export type Key = KeyPart | readonly KeyPart[];

/** Which rows, in ascending order of the index (of the key when none is named). At most one of the bounds is given. */
export interface Selection {
  readonly index?: string;
  readonly equals?: Key;
  /** Those whose composed key begins with this. */
  readonly startsWith?: KeyPart;
  readonly above?: Key;
  readonly below?: Key;
  readonly limit?: number;
}

/**
 * A transaction's eyes. Between two of its calls only other calls of it may be awaited: IndexedDB commits as soon as
 * nothing is asked of it.
 */
export interface ReadView {
  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined>;
  select<T extends TableName>(table: T, selection?: Selection): Promise<readonly Tables[T][]>;
}

export interface WriteView extends ReadView {
  put<T extends TableName>(table: T, row: Tables[T]): Promise<void>;
  /** Many at once, without an answer for each. */
  putAll<T extends TableName>(table: T, rows: readonly Tables[T][]): Promise<void>;
  delete(table: TableName, key: Key): Promise<void>;
}

/** Tables with transactions: the one thing that differs between IndexedDB and memory. */
export interface RecordStore {
  read<R>(tables: readonly TableName[], work: (view: ReadView) => Promise<R>): Promise<R>;
  /**
   * All or nothing: what `work` throws undoes what it wrote. A fired signal undoes it as well, while it still can.
   * Two writes to one table never overlap.
   */
  write<R>(
    tables: readonly TableName[],
    work: (view: WriteView) => Promise<R>,
    options?: { readonly signal?: AbortSignal | undefined; readonly durability?: 'strict' | 'relaxed' },
  ): Promise<R>;
  close(): void;
}
