import { contentHashNow } from '../autosave/content-hash.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(id: string): boolean {
  return uuid.test(id);
}

/**
 * The UUID that always comes of the same words (version 8 of RFC 9562, over SHA-256): whoever repeats a step under it does
 * it once.
 */
export function stableId(...words: readonly string[]): string {
  const hex = contentHashNow(JSON.stringify(words));
  const variant = '89ab'.charAt(parseInt(hex.charAt(16), 16) & 3);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
