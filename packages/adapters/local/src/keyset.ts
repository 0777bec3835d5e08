import { LecternError } from '@lectern/ports';

/** A place in a sorted list: the sort's value and the id that breaks ties. */
export interface Place {
  readonly value: string | number;
  readonly id: string;
}

/** Ascending by value, or descending; ids break ties, ascending either way. */
export const comparePlaces =
  (direction: 1 | -1) =>
  (a: Place, b: Place): number => {
    if (a.value !== b.value) return a.value < b.value ? -direction : direction;
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  };

/** A cursor says after which place to go on, and in which order: places of two orders can't be compared. */
export function encodeCursor(sort: string, { value, id }: Place): string {
  return encodeURIComponent(JSON.stringify([sort, value, id]));
}

/** @throws `invalid-input` for what isn't a cursor of that order */
export function decodeCursor(sort: string, cursor: string): Place {
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(cursor));
    if (Array.isArray(parsed)) {
      const [sortThen, value, id] = parsed as unknown[];
      const known = typeof value === 'string' || typeof value === 'number';
      if (sortThen === sort && known && typeof id === 'string') return { value, id };
    }
  } catch {
    // Told below, like every other cursor that isn't ours.
  }
  throw new LecternError('invalid-input', {
    details: { path: 'cursor', expected: `a cursor of a list sorted by ${sort}` },
  });
}

/** Index of the first item that comes after the place. */
export function firstAfter<T>(items: readonly T[], isAfter: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @throws `invalid-input` below 1; above the most, it is the most */
export function pageSize(limit: number | undefined, byDefault: number, most: number): number {
  if (limit === undefined) return byDefault;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new LecternError('invalid-input', { details: { path: 'limit', expected: 'a whole number of at least 1' } });
  }
  return Math.min(limit, most);
}

/** Text as it is compared in searches: without case, without accents. */
export function foldText(text: string): string {
  // eslint-disable-next-line no-control-regex -- asks whether it is ASCII
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

/** Text as it is sorted: "Lecture 2" comes before "Lecture 10". */
export function sortableText(text: string): string {
  return foldText(text).replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}
