/** Who sent a request to the S3 port, by its signature. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { NotOfferedError } from '../http/api-error.js';
import { header } from '../http/exchange.js';
import { S3Error, accessDenied, invalidArgument } from './s3-error.js';
import { canonicalRequest, signatureOf, timeOf } from './signature.js';

/** What an application key may do, in B2's words. */
export type Capability = 'readFiles' | 'writeFiles' | 'listFiles' | 'deleteFiles';

export interface ApplicationKey {
  readonly keyId: string;
  readonly applicationKey: string;
  readonly capabilities: readonly Capability[];
  /** Only keys of objects that begin with this. */
  readonly namePrefix: string;
}

export interface Incoming {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Decoded; without those of the signature. */
  readonly query: ReadonlyMap<string, string>;
}

export interface Verified {
  readonly key: ApplicationKey;
  /** Hex, when the sender vouched for the body. */
  readonly payloadSha256: string | undefined;
}

/** How far clocks may differ, in milliseconds. */
const CLOCK_SKEW = 15 * 60 * 1000;
/** A signed address lives for a week at most, in seconds. */
const LONGEST_LIFE = 7 * 24 * 60 * 60;
const ALGORITHM = 'AWS4-HMAC-SHA256';

interface Claim {
  readonly keyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly end: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly dateTime: string;
  readonly payloadHash: string;
}

function claimOf(
  { credential, signedHeaders, signature }: Readonly<Record<'credential' | 'signedHeaders' | 'signature', string>>,
  more: { readonly dateTime: string; readonly payloadHash: string },
  malformed: (message: string) => S3Error,
): Claim {
  const [keyId = '', date = '', region = '', service = '', end = '', ...rest] = credential.split('/');
  if (end === '' || rest.length > 0) throw malformed('The Credential is mal-formed; expecting five parts.');
  if (!/^[0-9a-f]{64}$/.test(signature)) throw malformed('The Signature is mal-formed.');
  if (!/^[a-z0-9-]+(;[a-z0-9-]+)*$/.test(signedHeaders)) throw malformed('The SignedHeaders are mal-formed.');
  const names = signedHeaders.split(';');
  if (names.some((name, index) => index > 0 && name <= (names[index - 1] ?? ''))) {
    throw malformed('The SignedHeaders must be sorted, each once.');
  }
  return { keyId, date, region, service, end, signedHeaders: names, signature, ...more };
}

function fromQuery(signing: ReadonlyMap<string, string>, now: number): Claim {
  const malformed = (message: string): S3Error => new S3Error(400, 'AuthorizationQueryParametersError', message);
  const value = (name: string): string => {
    const found = signing.get(name);
    if (found === undefined || found === '') {
      throw malformed(
        'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, ' +
          'X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      );
    }
    return found;
  };
  if (value('X-Amz-Algorithm') !== ALGORITHM) throw malformed(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  const dateTime = value('X-Amz-Date');
  const from = timeOf(dateTime);
  if (Number.isNaN(from)) throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const life = value('X-Amz-Expires');
  if (!/^\d{1,7}$/.test(life) || Number(life) < 1 || Number(life) > LONGEST_LIFE) {
    throw malformed('X-Amz-Expires must be a number of seconds, 1 to 604800');
  }
  if (from > now + CLOCK_SKEW) throw accessDenied('Request is not valid yet');
  if (now > from + Number(life) * 1000) throw accessDenied('Request has expired');
  return claimOf(
    {
      credential: value('X-Amz-Credential'),
      signedHeaders: value('X-Amz-SignedHeaders'),
      signature: value('X-Amz-Signature'),
    },
    { dateTime, payloadHash: 'UNSIGNED-PAYLOAD' },
    malformed,
  );
}

function fromHeader(request: IncomingMessage, authorization: string, now: number): Claim {
  const malformed = (message: string): S3Error => new S3Error(400, 'AuthorizationHeaderMalformed', message);
  const [algorithm, ...words] = authorization.split(' ');
  if (algorithm !== ALGORITHM) {
    throw new S3Error(
      400,
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Use ${ALGORITHM}.`,
    );
  }
  const fields = new Map(
    words
      .join(' ')
      .split(',')
      .map((field) => {
        const at = field.indexOf('=');
        return [field.slice(0, at).trim(), field.slice(at + 1).trim()] as const;
      }),
  );
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(
    (name) => fields.get(name) ?? '',
  ) as [string, string, string];
  const dateTime = header(request, 'x-amz-date') ?? '';
  const at = timeOf(dateTime);
  if (Number.isNaN(at)) throw accessDenied('AWS authentication requires a valid Date or x-amz-date header');
  if (Math.abs(now - at) > CLOCK_SKEW) {
    const message = "The difference between the request time and the server's time is too large.";
    throw new S3Error(403, 'RequestTimeTooSkewed', message);
  }
  const payloadHash = header(request, 'x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  if (payloadHash.startsWith('STREAMING-')) throw new NotOfferedError('bodies that are signed chunk by chunk');
  if (payloadHash !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(payloadHash)) {
    throw invalidArgument('x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.');
  }
  return claimOf({ credential, signedHeaders, signature }, { dateTime, payloadHash }, malformed);
}

/**
 * Checks a request's signature, in its address or in its head.
 *
 * @param signing the parameters of the address that belong to a signature
 * @param now in milliseconds
 * @throws S3Error for every other request
 */
export function verifyRequest(
  incoming: Incoming,
  signing: ReadonlyMap<string, string>,
  keys: readonly ApplicationKey[],
  region: string,
  now: number,
): Verified {
  const { request, method, rawPath, rawQuery } = incoming;
  const authorization = header(request, 'authorization');
  if (authorization !== undefined && signing.size > 0) {
    throw invalidArgument(
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified',
    );
  }
  if (authorization === undefined && signing.size === 0)
    throw accessDenied('Access Denied: the request is not signed.');
  const claim = authorization === undefined ? fromQuery(signing, now) : fromHeader(request, authorization, now);
  const isWellFormed = claim.service === 's3' && claim.end === 'aws4_request' && claim.region === region;
  if (!isWellFormed || claim.date !== claim.dateTime.slice(0, 8)) {
    const code = authorization === undefined ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
    throw new S3Error(
      400,
      code,
      `The Credential's scope must be <date>/${region}/s3/aws4_request, with the request's date.`,
    );
  }
  const key = keys.find(({ keyId }) => keyId === claim.keyId);
  if (key === undefined) {
    throw new S3Error(403, 'InvalidAccessKeyId', 'Malformed Access Key Id');
  }
  const unsigned = Object.keys(request.headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0 || !claim.signedHeaders.includes('host')) {
    throw accessDenied(
      `There were headers present in the request which were not signed: ${unsigned.join(', ') || 'host'}`,
    );
  }
  const headers = new Map<string, string>();
  for (const name of claim.signedHeaders) {
    const value = header(request, name);
    if (value !== undefined) headers.set(name, value);
  }
  const { signedHeaders, payloadHash } = claim;
  const canonical = canonicalRequest({ method, rawPath, rawQuery, headers, signedHeaders, payloadHash });
  const expected = signatureOf(key.applicationKey, claim.dateTime, claim, canonical);
  if (!timingSafeEqual(expected, Buffer.from(claim.signature, 'hex'))) {
    throw new S3Error(403, 'SignatureDoesNotMatch', 'Signature validation failed');
  }
  return { key, payloadSha256: payloadHash === 'UNSIGNED-PAYLOAD' ? undefined : payloadHash };
}
