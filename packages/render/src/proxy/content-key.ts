/** So many places of a file are looked at, and so many bytes at each. */
const places = 16;
const placeBytes = 16_384;

/**
 * Names a file by its content: its size and what stands at its start, its end and places between, as a SHA-256 in hex.
 * Two different recordings differ in all of these; reading all of a lecture to tell would take longer than its first use.
 */
export async function contentKey(file: Blob): Promise<string> {
  const last = Math.max(0, file.size - placeBytes);
  const parts = Array.from({ length: places }, (_, n) => {
    const start = Math.floor((n * last) / (places - 1));
    return file.slice(start, start + placeBytes);
  });
  const bytes = await new Blob([`${String(file.size)}\n`, ...parts]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
