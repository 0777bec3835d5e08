import { pageStorage } from '../autosave/local-storage-journal.js';

const storageKey = 'lectern.exports.held';

/**
 * Exports that somebody paused, or that failed: they don't go on by themselves when the page comes back. In this browser,
 * or in this page alone where the browser denies storage.
 */
export class HeldExports {
  readonly #here: Set<string> = new Set();

  has(id: string): boolean {
    return this.#here.has(id) || this.#read().includes(id);
  }

  set(id: string, held: boolean): void {
    if (held) this.#here.add(id);
    else this.#here.delete(id);
    const others = this.#read().filter((other) => other !== id);
    if (!held && others.length === this.#read().length) return;
    try {
      const storage = pageStorage();
      if (held) others.push(id);
      if (others.length > 0) storage?.setItem(storageKey, JSON.stringify(others));
      else storage?.removeItem(storageKey);
    } catch {
      // No room: then it holds for this page.
    }
  }

  #read(): readonly string[] {
    try {
      const value: unknown = JSON.parse(pageStorage()?.getItem(storageKey) ?? '[]');
      return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
    } catch {
      return [];
    }
  }
}
