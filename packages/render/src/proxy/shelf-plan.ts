/** A proxy as its shelf knows it. Sizes in bytes, times in milliseconds since the epoch. */
export interface ShelfEntry {
  /** The source's content, see `contentKey`. */
  readonly key: string;
  readonly usedAt: number;
  /** The finished proxy's size; null while it is in pieces. */
  readonly sizeBytes: number | null;
  /** Sizes of the pieces that are there, by their number. */
  readonly pieces: Readonly<Record<string, number>>;
}

/** Pieces that nobody has gone on with for so long are given up. */
const staleMilliseconds = 7 * 24 * 60 * 60 * 1000;

export function entryBytes({ sizeBytes, pieces }: ShelfEntry): number {
  return (sizeBytes ?? 0) + Object.values(pieces).reduce((sum, size) => sum + size, 0);
}

/**
 * What has to go: pieces that nobody went on with, and then what was used longest ago, until the rest fits into the
 * budget.
 *
 * @param keep what is being made, which stays in any case
 */
export function evictions(
  entries: readonly ShelfEntry[],
  budgetBytes: number,
  now: number,
  keep: string | null,
): readonly string[] {
  const gone = new Set<string>();
  for (const { key, sizeBytes, usedAt } of entries) {
    if (key !== keep && sizeBytes === null && now - usedAt > staleMilliseconds) gone.add(key);
  }
  const rest = entries.filter(({ key }) => !gone.has(key)).sort((a, b) => a.usedAt - b.usedAt);
  let total = rest.reduce((sum, entry) => sum + entryBytes(entry), 0);
  for (const entry of rest) {
    if (total <= budgetBytes) break;
    if (entry.key === keep) continue;
    gone.add(entry.key);
    total -= entryBytes(entry);
  }
  return [...gone];
}

/** The shelf's own list, read from what may be anything: entries that make no sense are left out. */
export function readEntries(text: string): readonly ShelfEntry[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is ShelfEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { key, usedAt, sizeBytes, pieces } = value as Partial<Record<keyof ShelfEntry, unknown>>;
  return (
    typeof key === 'string' &&
    /^[0-9a-f]{16,}$/.test(key) &&
    typeof usedAt === 'number' &&
    (sizeBytes === null || typeof sizeBytes === 'number') &&
    typeof pieces === 'object' &&
    pieces !== null &&
    Object.values(pieces).every((size) => typeof size === 'number')
  );
}
