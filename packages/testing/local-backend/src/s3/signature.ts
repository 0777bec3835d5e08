/**
 * Signature Version 4, from the side that checks it. Written from AWS' description ("Authenticating Requests", Amazon S3
 * API Reference) and held against the examples in it.
 */
import { createHash, createHmac } from 'node:crypto';

/** A request as it is signed. */
export interface SignedRequest {
  readonly method: string;
  /** As it came, before the `?`. */
  readonly rawPath: string;
  /** As it came, after the `?`. */
  readonly rawQuery: string;
  /** Values of the signed headers by lower-case name; what didn't come is absent. */
  readonly headers: ReadonlyMap<string, string>;
  /** Lower-case names, sorted. */
  readonly signedHeaders: readonly string[];
  /** `x-amz-content-sha256`, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

/** Where and when a signature is good: `<date>/<region>/<service>/aws4_request`. */
export interface Scope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Percent-encoding as AWS wants it: everything but the unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The names and values of a query, decoded. @throws URIError for broken percent-encoding */
export function parseQuery(rawQuery: string): readonly (readonly [string, string])[] {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [name, value].map((each) => decodeURIComponent(each.replaceAll('+', ' '))) as [string, string];
    });
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** @throws URIError for broken percent-encoding */
export function canonicalRequest(request: SignedRequest): string {
  const { method, rawPath, rawQuery, headers, signedHeaders, payloadHash } = request;
  const path = rawPath
    .split('/')
    .map((step) => uriEncode(decodeURIComponent(step)))
    .join('/');
  const query = parseQuery(rawQuery)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map((pair) => pair.map(uriEncode) as [string, string])
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map((pair) => pair.join('='))
    .join('&');
  const lines = signedHeaders.map((name) => `${name}:${(headers.get(name) ?? '').trim().replace(/\s+/g, ' ')}\n`);
  return [method, path, query, lines.join(''), signedHeaders.join(';'), payloadHash].join('\n');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/** @param dateTime `YYYYMMDDTHHMMSSZ` @returns 32 bytes */
export function signatureOf(secret: string, dateTime: string, scope: Scope, canonical: string): Buffer {
  const { date, region, service } = scope;
  const text = [
    'AWS4-HMAC-SHA256',
    dateTime,
    `${date}/${region}/${service}/aws4_request`,
    createHash('sha256').update(canonical, 'utf8').digest('hex'),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text);
}

/** The time of `YYYYMMDDTHHMMSSZ` in milliseconds; NaN for anything else. */
export function timeOf(dateTime: string): number {
  const [, year, month, day, hours, minutes, seconds] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(dateTime) ?? [];
  if (year === undefined) return NaN;
  return Date.parse(`${year}-${month ?? ''}-${day ?? ''}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}Z`);
}
