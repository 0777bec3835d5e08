import { LecternError } from '@lectern/ports';
import { usableUntil } from './signed-address.js';
import type { SignedParts } from './signer.js';
import { withPatience } from './deadline.js';

/** The signer signs no more at once. */
const batchSize = 16;
const lifetimeMs = 15 * 60_000;

interface Batch {
  readonly parts: ReadonlySet<number>;
  readonly controller: AbortController;
  readonly answer: Promise<void>;
}

/** The signed addresses of one upload's parts: several are asked for at once, just before the first of them is needed. */
export class PartAddresses {
  readonly #sign: (parts: readonly number[], signal: AbortSignal) => Promise<SignedParts>;
  readonly #stallMs: number;
  readonly #known = new Map<number, { readonly url: string; readonly until: number }>();
  readonly #batches = new Set<Batch>();

  constructor(
    sign: (parts: readonly number[], signal: AbortSignal) => Promise<SignedParts>,
    options: { readonly stallMs: number },
  ) {
    this.#sign = sign;
    this.#stallMs = options.stallMs;
  }

  /** @param upcoming parts that will be needed after this one, in their order */
  async of(part: number, upcoming: readonly number[], signal: AbortSignal): Promise<string> {
    const url = this.#usable(part);
    if (url !== null) return url;
    const batch = [...this.#batches].find(({ parts }) => parts.has(part)) ?? this.#begin(part, upcoming);
    try {
      await withPatience({ signal, stallMs: this.#stallMs }, () => batch.answer);
    } catch (error) {
      // Whoever waited for it too long gives it up for all: they ask again.
      if (signal.aborted) batch.controller.abort();
      throw error;
    }
    const fresh = this.#known.get(part);
    if (fresh) return fresh.url;
    throw new LecternError('server', { message: `The signer gave no address for part ${part}` });
  }

  /** It was refused, or nobody knows why it failed. */
  forget(part: number): void {
    this.#known.delete(part);
  }

  #usable(part: number): string | null {
    const known = this.#known.get(part);
    return known && Date.now() < known.until ? known.url : null;
  }

  #begin(part: number, upcoming: readonly number[]): Batch {
    const underway = (candidate: number): boolean => [...this.#batches].some(({ parts }) => parts.has(candidate));
    const more = upcoming.filter((candidate) => this.#usable(candidate) === null && !underway(candidate));
    const parts = [part, ...more].slice(0, batchSize);
    const controller = new AbortController();
    const askedAt = Date.now();
    const batch: Batch = {
      parts: new Set(parts),
      controller,
      answer: this.#sign(parts, controller.signal)
        .then(({ urls, expiresAt }) => {
          const until = usableUntil(expiresAt, askedAt, lifetimeMs);
          for (const { part: number, url } of urls) this.#known.set(number, { url, until });
        })
        .catch((error: unknown) => {
          throw controller.signal.aborted ? new LecternError('timeout', { cause: error }) : error;
        })
        .finally(() => this.#batches.delete(batch)),
    };
    // Those who wait for it hear of its failure; nobody may be waiting any more.
    batch.answer.catch(() => undefined);
    this.#batches.add(batch);
    return batch;
  }
}
