/**
 * What went wrong, in a word that code can switch on. What a person reads is made from it by the messages in the core.
 *
 * | code | means | retryable |
 * | --- | --- | --- |
 * | `aborted` | the caller's signal fired | no |
 * | `not-found` | no such record, revision or blob | no |
 * | `already-exists` | a record with this id is there | no |
 * | `conflict` | the record changed since it was read | no |
 * | `in-use` | it cannot be deleted: `details.places` names where it is used | no |
 * | `invalid-input` | a value is refused: `details.path`, `details.expected` | no |
 * | `unauthenticated` · `forbidden` | no session · the session may not | no |
 * | `offline` · `timeout` · `rate-limited` · `server` | the far side did not answer as it should; `details.retryAfterMs` when it said when to come back | yes |
 * | `quota-exceeded` | the disk or the account is full: `details.neededBytes` and `details.freeBytes` where they are known | no |
 * | `storage-denied` | the browser gives this page no storage | no |
 * | `corrupt` · `too-new` | a stored record cannot be read · comes from a newer version | no |
 * | `file-empty` · `file-type-unknown` · `file-type-unsupported` · `file-truncated` · `file-too-large` | an import was refused | no |
 * | `image-too-large` | more pixels than can be decoded safely: `details.width`, `details.height`, `details.limit` | no |
 * | `undecodable` | the browser has no decoder for `details.codec` | no |
 * | `converter-unavailable` | what converts files can't be loaded from where the host says: `details.url` | no |
 * | `encoder-unavailable` | the browser can encode no format that was asked for | no |
 * | `source-missing` | a clip's media is gone: `details.clip` names it (`details.clipId`), `details.asset` | no |
 * | `render-failed` | decoding or encoding stopped: `details.clip` names the clip (`details.clipId`), `details.frame` the place | yes |
 * | `unknown` | anything else; see `cause` | no |
 */
export type LecternErrorCode =
  | 'aborted'
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'in-use'
  | 'invalid-input'
  | 'unauthenticated'
  | 'forbidden'
  | 'offline'
  | 'timeout'
  | 'rate-limited'
  | 'server'
  | 'quota-exceeded'
  | 'storage-denied'
  | 'corrupt'
  | 'too-new'
  | 'file-empty'
  | 'file-type-unknown'
  | 'file-type-unsupported'
  | 'file-truncated'
  | 'file-too-large'
  | 'image-too-large'
  | 'undecodable'
  | 'converter-unavailable'
  | 'encoder-unavailable'
  | 'source-missing'
  | 'render-failed'
  | 'unknown';

/** Plain values that a message may name. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

const brand: unique symbol = Symbol.for('lectern.error') as never;
const retryableCodes: ReadonlySet<LecternErrorCode> = new Set([
  'offline',
  'timeout',
  'rate-limited',
  'server',
  'render-failed',
]);

export interface LecternErrorOptions {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
  /** Text for developers; never shown to users. */
  readonly message?: string;
}

/** The one error class. Adapters translate foreign errors into it at their border. */
export class LecternError extends Error {
  override readonly name: string = 'LecternError';
  readonly code: LecternErrorCode;
  readonly details: ErrorDetails;

  constructor(code: LecternErrorCode, options: LecternErrorOptions = {}) {
    super(options.message ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether the same call may succeed later without anybody doing anything. */
  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }
}

/** True for a `LecternError` of any copy of this package on the page, which `instanceof` is not. */
export function isLecternError(value: unknown): value is LecternError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** The value itself when it is ours, `aborted` for an AbortError, `quota-exceeded` for the browser's, else `unknown`. */
export function toLecternError(value: unknown, fallback: LecternErrorCode = 'unknown'): LecternError {
  if (isLecternError(value)) return value;
  const name = value instanceof Error ? value.name : '';
  if (name === 'AbortError') return new LecternError('aborted', { cause: value });
  if (name === 'QuotaExceededError') return new LecternError('quota-exceeded', { cause: value });
  return new LecternError(fallback, { cause: value, message: value instanceof Error ? value.message : String(value) });
}

/** A plain form for `postMessage`: an error's own fields don't survive a structured clone. */
export interface SerialisedError {
  readonly code: LecternErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export function serialiseError(value: unknown): SerialisedError {
  const error = toLecternError(value);
  return { code: error.code, message: error.message, details: error.details };
}

export function deserialiseError(value: SerialisedError): LecternError {
  return new LecternError(value.code, { message: value.message, details: value.details });
}
