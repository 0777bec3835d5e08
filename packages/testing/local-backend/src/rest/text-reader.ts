/** Reads a small language from left to right. */
import { ApiError } from '../http/api-error.js';

/** A position in a text, and what may come next there. Every refusal is PostgREST's `PGRST100`. */
export class TextReader {
  readonly text: string;
  position = 0;
  readonly #what: string;

  /** @param what for messages: `select`, `order`, `or` */
  constructor(text: string, what: string) {
    this.text = text;
    this.#what = what;
  }

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The next character, or an empty string. */
  get next(): string {
    return this.text.charAt(this.position);
  }

  /** Whether a text comes next. */
  sees(wanted: string): boolean {
    return this.text.startsWith(wanted, this.position);
  }

  /** Takes a text if it comes next. */
  takes(wanted: string): boolean {
    if (!this.sees(wanted)) return false;
    this.position += wanted.length;
    return true;
  }

  expect(wanted: string): void {
    if (!this.takes(wanted)) this.refuse(`expected "${wanted}"`);
  }

  /** Takes what a sticky expression matches here, or nothing. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  /** Takes a name: in double quotes, or up to what separates names. */
  name(): string {
    if (this.next === '"') return this.quoted();
    return this.take(NAME) ?? this.refuse('expected a name');
  }

  /** Takes a text in double quotes; a backslash stands before a quote or a backslash. */
  quoted(): string {
    this.expect('"');
    let value = '';
    while (!this.takes('"')) {
      if (this.isAtEnd) this.refuse('expected a closing quote');
      if (this.next === '\\') this.position += 1;
      value += this.next;
      this.position += 1;
    }
    return value;
  }

  refuse(problem: string): never {
    throw new ApiError(
      400,
      'PGRST100',
      `"failed to parse ${this.#what} (${this.text})" (line 1, column ${this.position + 1})`,
      problem,
    );
  }
}

/** A name without quotes: letters, digits, `_`, `$`, a dash that is no arrow, and spaces inside. */
const NAME = /[\p{L}\p{N}_$](?:[\p{L}\p{N}_$ ]|-(?!>))*/uy;
