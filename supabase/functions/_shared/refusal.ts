/** What a request is refused with: a code of `LecternError`, and the HTTP status that goes with it. */

export type RefusalCode =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'in-use'
  | 'invalid-input'
  | 'unauthenticated'
  | 'forbidden'
  | 'timeout'
  | 'rate-limited'
  | 'server'
  | 'quota-exceeded'
  | 'file-type-unsupported'
  | 'file-too-large';

export type RefusalDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

const STATUSES: Readonly<Record<RefusalCode, number>> = {
  'invalid-input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'already-exists': 409,
  conflict: 409,
  'in-use': 409,
  'quota-exceeded': 413,
  'file-too-large': 413,
  'file-type-unsupported': 415,
  'rate-limited': 429,
  server: 503,
  timeout: 503,
};

export interface RefusalOptions {
  readonly details?: RefusalDetails;
  /** For the log; whoever asked never sees it. */
  readonly cause?: unknown;
  /** In seconds. */
  readonly retryAfter?: number;
  /** When it isn't the code's own. */
  readonly status?: number;
}

export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly details: RefusalDetails;
  readonly retryAfter: number | undefined;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.status = options.status ?? STATUSES[code];
    this.details = options.details ?? {};
    this.retryAfter = options.retryAfter;
  }

  toResponse(): Response {
    const { code, message, details, status, retryAfter } = this;
    return Response.json(
      { code, message, details },
      { status, headers: retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) } },
    );
  }
}

export function isRefusalCode(text: unknown): text is RefusalCode {
  return typeof text === 'string' && Object.hasOwn(STATUSES, text);
}

export const invalidInput = (path: string, expected: string, message = `${path}: ${expected}`): Refusal =>
  new Refusal('invalid-input', message, { details: { path, expected } });

/** How long whoever asked is to wait, in seconds, if the far side said so in a number. */
export function retryAfterOf(response: Response): number | undefined {
  const text = response.headers.get('retry-after') ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}
