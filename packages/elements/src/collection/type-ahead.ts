const forgetAfterMs = 700;

/** Letters typed in a row pick the next thing whose name begins with them; one letter again and again walks on. */
export class TypeAhead {
  #typed = '';
  #last = 0;

  /**
   * @param nameAt the name at an index; null where it isn't known yet
   * @returns the index to go to, or null when the key was no letter or nothing begins so
   */
  find(event: KeyboardEvent, from: number, count: number, nameAt: (index: number) => string | null): number | null {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return null;
    const now = event.timeStamp;
    if (now - this.#last > forgetAfterMs) this.#typed = '';
    // A space alone is a command of the list; inside a word it is a letter.
    if (event.key === ' ' && this.#typed === '') return null;
    this.#last = now;
    const letter = event.key.toLocaleLowerCase();
    const again = this.#typed === letter;
    if (!again) this.#typed += letter;
    const start = again || this.#typed.length === 1 ? from + 1 : from;
    for (let step = 0; step < count; step += 1) {
      const index = (start + step) % count;
      if (nameAt(index)?.toLocaleLowerCase().startsWith(this.#typed)) return index;
    }
    return null;
  }

  /** Whether a word is being typed, so that a space belongs to it. */
  isTyping(event: KeyboardEvent): boolean {
    return this.#typed !== '' && event.timeStamp - this.#last <= forgetAfterMs;
  }
}
