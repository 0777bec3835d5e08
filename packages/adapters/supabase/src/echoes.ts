const kept = 500;

/**
 * A change made here is told here at once, and comes back over the socket a little later: the second telling would make
 * everybody read again for nothing. Either may be first. A key names one state of one row.
 */
export class Echoes {
  readonly #expected = new Set<string>();
  readonly #heard = new Set<string>();

  /** This state was told here. */
  expect(key: string): void {
    if (!this.#heard.delete(key)) add(this.#expected, key);
  }

  /** Whether this state, which the server tells of, was told here. */
  isEcho(key: string): boolean {
    if (this.#expected.delete(key)) return true;
    add(this.#heard, key);
    return false;
  }
}

function add(keys: Set<string>, key: string): void {
  keys.add(key);
  if (keys.size > kept) for (const oldest of keys) return void keys.delete(oldest);
}
