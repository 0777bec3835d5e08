import type { FileHandle } from '@lectern/ports';
import { readUploadRow, type UploadRow } from './upload-row.js';

/** The bytes of an upload, or the way to them, for a page that comes later. */
export interface HeldBytes {
  readonly file?: Blob;
  readonly handle?: FileHandle;
  readonly poster?: Blob;
}

/** A row that can't be read, with what can be told of it. */
export interface BrokenRow {
  readonly id: string;
  readonly fileName: string;
  readonly sizeBytes: number;
}

/** Where uploads are written down, one row each. Rows of a newer schema are left alone, and never shown. */
export interface UploadJournal {
  /** Whether another page finds it again. */
  readonly kind: 'indexeddb' | 'memory';
  /** In the order in which they were begun. */
  rows(
    namespace: string,
    userId: string,
  ): Promise<{ readonly rows: readonly UploadRow[]; readonly broken: readonly BrokenRow[] }>;
  /** Null when there is none that can be read. */
  get(id: string): Promise<UploadRow | null>;
  /**
   * Writes the row and, when given, its bytes, in one go.
   *
   * @throws `quota-exceeded`, `storage-denied`
   */
  put(row: UploadRow, held?: HeldBytes): Promise<void>;
  held(id: string): Promise<HeldBytes | null>;
  /** Removes the row and its bytes. */
  delete(id: string): Promise<void>;
  close(): void;
}

/** A journal that lives as long as this object. */
export function memoryUploadJournal(): UploadJournal {
  const rows = new Map<string, unknown>();
  const bytes = new Map<string, HeldBytes>();
  return {
    kind: 'memory',
    rows: (namespace, userId) =>
      Promise.resolve(sortRows([...rows.values()].filter((row) => isOf(row, namespace, userId)))),
    get(id) {
      const row = readUploadRow(rows.get(id));
      return Promise.resolve(typeof row === 'string' ? null : row);
    },
    put(row, held) {
      rows.set(row.id, structuredClone(row));
      if (held) bytes.set(row.id, held);
      return Promise.resolve();
    },
    held: (id) => Promise.resolve(bytes.get(id) ?? null),
    delete(id) {
      rows.delete(id);
      bytes.delete(id);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}

function isOf(row: unknown, namespace: string, userId: string): boolean {
  const { namespace: itsNamespace, userId: itsUserId } = row as Partial<UploadRow>;
  return itsNamespace === namespace && itsUserId === userId;
}

/** @internal Parts what can be read from what can't, and leaves out what is newer. */
export function sortRows(values: readonly unknown[]): {
  readonly rows: readonly UploadRow[];
  readonly broken: readonly BrokenRow[];
} {
  const rows: UploadRow[] = [];
  const broken: BrokenRow[] = [];
  for (const value of values) {
    const row = readUploadRow(value);
    if (row === 'newer') continue;
    if (row === 'corrupt') broken.push(...brokenRow(value));
    else rows.push(row);
  }
  rows.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));
  return { rows, broken };
}

function brokenRow(value: unknown): BrokenRow[] {
  const { id, file } = value as { readonly id?: unknown; readonly file?: unknown };
  if (typeof id !== 'string') return [];
  const { name, sizeBytes } = (file ?? {}) as { readonly name?: unknown; readonly sizeBytes?: unknown };
  return [
    {
      id,
      fileName: typeof name === 'string' ? name : id,
      sizeBytes: typeof sizeBytes === 'number' && sizeBytes >= 0 ? sizeBytes : 0,
    },
  ];
}
