/** What every asynchronous call of a port takes. A fired signal rejects with `aborted`. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Ends a subscription; calling it twice is harmless. */
export type Unsubscribe = () => void;

/** A page of a list, read by key and never by offset. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it on to read the next page; null at the end. */
  readonly nextCursor: string | null;
  /** How many match in all. */
  readonly total: number;
}

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
