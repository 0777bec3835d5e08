import { type ErrorDetails, LecternError, type LecternErrorCode, toLecternError } from '@lectern/ports';

/** What a failed request is known by. */
export interface Failure {
  /** HTTP's, or 0 when nobody answered. */
  readonly status: number;
  /** PostgreSQL's SQLSTATE, PostgREST's code, or the storage server's word. */
  readonly code?: string | undefined;
  readonly message: string;
  readonly details?: string | null | undefined;
  readonly hint?: string | null | undefined;
  /** What `Retry-After` said. Milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The token was refused, not the person: with a new one the same request may do. */
export class TokenRefused extends LecternError {
  constructor(failure: Failure) {
    super('unauthenticated', { message: failure.message, details: { status: failure.status } });
  }
}

/** What functions of the schema put into `hint`. */
const ownCodes: ReadonlySet<string> = new Set<LecternErrorCode>([
  'invalid-input',
  'unauthenticated',
  'forbidden',
  'not-found',
  'already-exists',
  'conflict',
  'in-use',
  'quota-exceeded',
  'rate-limited',
  'too-new',
  'corrupt',
  'file-empty',
  'file-too-large',
  'file-type-unsupported',
]);

const byState: Readonly<Record<string, LecternErrorCode>> = {
  '42501': 'forbidden',
  '23505': 'already-exists',
  '23502': 'invalid-input',
  '23503': 'invalid-input',
  '23514': 'invalid-input',
  '22001': 'invalid-input',
  '22003': 'invalid-input',
  '22007': 'invalid-input',
  '22008': 'invalid-input',
  '22021': 'invalid-input',
  '22023': 'invalid-input',
  '22P02': 'invalid-input',
  '22P05': 'invalid-input',
  '40001': 'server',
  '40P01': 'server',
  '53100': 'quota-exceeded',
  '57014': 'timeout',
  PGRST116: 'not-found',
};

/** The schema isn't what this adapter was made for: a 404 of a function says nothing of a record. */
const missingSchema = /^(?:PGRST(?:106|20\d)|42P01|42883|42703|3F000)$/;

/** Whether a new token may help. Anonymous callers are answered 401 for whatever they may not. */
function isTokenRefused({ status, code = '', hint }: Failure): boolean {
  return /^PGRST30[0-3]$/.test(code) || (status === 401 && !ownCodes.has(hint ?? ''));
}

function fromStatus(status: number): LecternErrorCode {
  if (status === 0) return 'offline';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 413) return 'file-too-large';
  if (status === 415) return 'file-type-unsupported';
  if (status === 423 || status === 425 || status >= 500) return 'server';
  if (status === 429) return 'rate-limited';
  return status === 400 || status === 406 || status === 422 ? 'invalid-input' : 'unknown';
}

/** A failure of PostgREST in our words. */
export function fromRest(failure: Failure): LecternError {
  const { status, code = '', message, hint } = failure;
  if (isTokenRefused(failure)) return new TokenRefused(failure);
  if (hint != null && ownCodes.has(hint)) {
    return new LecternError(hint as LecternErrorCode, { message, details: detailsOf(failure) });
  }
  if (missingSchema.test(code)) {
    return new LecternError('unknown', { message: `${message} (are all migrations applied?)`, details: { code } });
  }
  const word = byState[code] ?? fromStatus(status);
  return new LecternError(word, { message, details: { ...retryAfter(failure), ...placeOf(failure), status } });
}

/** A failure of the storage server: the real status is in the body, as `statusCode`, under an HTTP 400. */
export function fromStorage(failure: Failure, inner: number): LecternError {
  const { status, message } = failure;
  const real = Number.isInteger(inner) && inner >= 400 ? inner : status;
  // An expired or broken token is a 400 or a 403 there; only its words tell it from a policy's refusal.
  const ofToken = /"exp" claim|jwt|signature verification|invalid compact|no (?:suitable|applicable) key/i.test(
    message,
  );
  if (real === 401 || (ofToken && (real === 400 || real === 403))) return new TokenRefused(failure);
  const code = real === 409 ? 'already-exists' : fromStatus(real);
  return new LecternError(code, { message, details: { ...retryAfter(failure), status: real } });
}

/** Nobody answered: the line, the caller, or the clock. */
export function fromSilence(
  error: unknown,
  ended: { readonly aborted: boolean; readonly timedOut: boolean },
): LecternError {
  if (ended.aborted) return new LecternError('aborted', { cause: error });
  if (ended.timedOut) return new LecternError('timeout', { cause: error, message: 'Nobody answered in time' });
  const known = toLecternError(error, 'offline');
  return known.code === 'aborted' ? new LecternError('offline', { cause: error }) : known;
}

/** What `Retry-After` says, in milliseconds: seconds, or a date. */
export function retryAfterOf(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function retryAfter({ retryAfterMs }: Failure): ErrorDetails {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** Which field a constraint's name speaks of. */
function placeOf({ code, message, details }: Failure): ErrorDetails {
  if (code === '23503') {
    const path = message.includes('_blob_fkey')
      ? 'blobKey'
      : message.includes('_poster_fkey')
        ? 'posterKey'
        : undefined;
    return path === undefined ? {} : { path, expected: 'the key of a stored blob' };
  }
  if (code === '23514') {
    const [, column = ''] =
      /constraint "(?:media_files|media_file_versions|studio_projects)_(\w+?)_check"/.exec(message) ?? [];
    return { path: camel(column), expected: 'another value' };
  }
  if (code?.startsWith('22') === true) return { path: '', expected: details ?? 'another value' };
  return {};
}

function detailsOf({ details }: Failure): ErrorDetails {
  try {
    const parsed: unknown = JSON.parse(details ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return {};
    return plainDetails(parsed as Record<string, unknown>);
  } catch {
    return {};
  }
}

/** Values that a message may name; the path in the words of the ports. */
export function plainDetails(given: Readonly<Record<string, unknown>>): ErrorDetails {
  const plain: Record<string, string | number | boolean | readonly string[]> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === 'path' && typeof value === 'string') plain[name] = camel(value);
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') plain[name] = value;
    else if (Array.isArray(value)) plain[name] = value.map(String);
    else if (value != null) plain[name] = JSON.stringify(value);
  }
  return plain;
}

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const notFound = (what: string, id: string): LecternError =>
  new LecternError('not-found', { message: `There is no ${what} ${id}`, details: { what, id } });

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Ids of rows are UUIDs; anything else names none. */
export const isUuid = (id: string): boolean => uuid.test(id);

/** @throws `invalid-input` */
export function requireUuid(path: string, id: string): void {
  if (!isUuid(id)) {
    throw new LecternError('invalid-input', { message: `${path} is no UUID`, details: { path, expected: 'a UUID' } });
  }
}
