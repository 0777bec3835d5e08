/** The one place where the signer's words and the store's become errors of ours. */
import { type ErrorDetails, isLecternError, LecternError, type LecternErrorCode, toLecternError } from '@lectern/ports';

const signersCodes: ReadonlySet<string> = new Set<LecternErrorCode>([
  'already-exists',
  'conflict',
  'file-too-large',
  'file-type-unsupported',
  'forbidden',
  'in-use',
  'invalid-input',
  'not-found',
  'quota-exceeded',
  'rate-limited',
  'server',
  'timeout',
  'unauthenticated',
]);

/** Codes of the S3 interface, as B2 answers them; what isn't here goes by its status. */
const storesCodes: Readonly<Record<string, LecternErrorCode>> = {
  NoSuchUpload: 'not-found',
  NoSuchKey: 'not-found',
  AccessDenied: 'forbidden',
  ExpiredToken: 'forbidden',
  RequestTimeTooSkewed: 'forbidden',
  SignatureDoesNotMatch: 'forbidden',
  // Both are a 400, and both are the line's doing.
  RequestTimeout: 'timeout',
  IncompleteBody: 'offline',
  InternalError: 'server',
  ServiceUnavailable: 'server',
  SlowDown: 'rate-limited',
};

function codeOfStatus(status: number): LecternErrorCode {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 408:
    case 504:
      return 'timeout';
    case 409:
    case 423:
    case 425:
      return 'server';
    case 413:
      return 'file-too-large';
    case 415:
      return 'file-type-unsupported';
    case 429:
      return 'rate-limited';
    default:
      return status >= 500 ? 'server' : 'invalid-input';
  }
}

/** `Retry-After` in milliseconds, given in seconds or as a date; null when there is none. */
function retryAfterMs(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function withRetryAfter(details: ErrorDetails, header: string | null): ErrorDetails {
  const ms = retryAfterMs(header);
  return ms === null ? details : { ...details, retryAfterMs: ms };
}

/** Of what was said, what a message may name. */
function plainDetails(value: unknown): ErrorDetails {
  const details: Record<string, ErrorDetails[string]> = {};
  if (typeof value !== 'object' || value === null) return details;
  for (const [name, detail] of Object.entries(value) as [string, unknown][]) {
    if (Array.isArray(detail)) details[name] = detail.map(String);
    else if (typeof detail === 'string' || typeof detail === 'number' || typeof detail === 'boolean')
      details[name] = detail;
  }
  return details;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the signer says with a status that isn't 2xx. */
export async function refusalOfSigner(response: Response): Promise<LecternError> {
  const body = parseJson(await response.text()) as { code?: unknown; message?: unknown; details?: unknown } | null;
  const retryAfter = response.headers.get('retry-after');
  if (typeof body?.code === 'string' && signersCodes.has(body.code)) {
    return new LecternError(body.code as LecternErrorCode, {
      message: typeof body.message === 'string' ? body.message : body.code,
      details: withRetryAfter(plainDetails(body.details), retryAfter),
    });
  }
  // A 404 that isn't the signer's own says nothing of what was asked for: it is the signer that isn't there.
  const code = response.status === 404 ? 'server' : codeOfStatus(response.status);
  return new LecternError(code, {
    message: `The signer's place answered ${response.status}`,
    details: withRetryAfter({ status: response.status }, retryAfter),
  });
}

/** What the store says with a status that isn't 2xx: XML, or nothing. */
export function refusalOfStore(status: number, body: string, retryAfter: string | null): LecternError {
  const said = /<Code>\s*([A-Za-z]{1,64})\s*<\/Code>/.exec(body)?.[1] ?? '';
  const known = Object.hasOwn(storesCodes, said) ? storesCodes[said] : undefined;
  const code = known ?? (status === 404 ? 'not-found' : codeOfStatus(status));
  return new LecternError(code, {
    message: `The store answered ${status} ${said}`.trimEnd(),
    details: withRetryAfter({ status, ...(said === '' ? {} : { said }) }, retryAfter),
  });
}

/** What `fetch` or the reading of a body threw: a line that broke, unless it is something else that is known. */
export function failureOfLine(error: unknown): LecternError {
  if (isLecternError(error)) return error;
  const translated = toLecternError(error, 'offline');
  // A body that is no JSON came over a line that works.
  return error instanceof SyntaxError
    ? new LecternError('server', { cause: error, message: error.message })
    : translated;
}
