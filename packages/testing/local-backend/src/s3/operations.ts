/** What the S3 port offers: one entry for each operation, with what a key must be able to for it. */
import type { ServerResponse } from 'node:http';
import { NotOfferedError } from '../http/api-error.js';
import { header, readBody } from '../http/exchange.js';
import { partNumber } from './bucket.js';
import type { Bucket, Headings, ObjectVersion } from './bucket.js';
import type { ByteFiles, Piece } from './byte-files.js';
import { listObjects, listParts, listUploads, listVersions } from './listings.js';
import { S3Error, accessDenied, errorXml, invalidArgument } from './s3-error.js';
import { uriEncode } from './signature.js';
import type { ApplicationKey, Capability, Incoming } from './verify-request.js';
import { element, readPartList, xmlDocument } from './xml.js';

export interface Call extends Incoming {
  readonly response: ServerResponse;
  readonly bucketName: string;
  /** Empty for what is asked of the bucket. */
  readonly key: string;
  readonly bucket: Bucket;
  readonly files: ByteFiles;
  /** Hex, when the sender vouched for the body. */
  readonly payloadSha256: string | undefined;
  readonly application: ApplicationKey;
  /** Takes the next planned failure of a completion, if there is one. */
  readonly takeFailure: () => string | undefined;
}

interface Operation {
  /** Names of parameters that make the difference, all of them there. */
  readonly subresource: readonly string[];
  /** Names of others that it knows. */
  readonly parameters?: readonly string[];
  readonly needs: Capability | ((call: Call) => Capability);
  readonly answer: (call: Call) => Promise<void> | void;
}

/** No object, and no part, is larger than this when it is sent in one go, in bytes. */
const LARGEST_PIECE = 5 * 1024 ** 3;
/** Kept with the bytes and given back with them. */
const KEPT = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
/** Parameters of a reader that replace what is kept. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'response-content-type': 'content-type',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-cache-control': 'cache-control',
  'response-expires': 'expires',
};

function sendXml(response: ServerResponse, xml: string, headers: Readonly<Record<string, string>> = {}): void {
  const body = Buffer.from(xml);
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length, ...headers });
  response.end(body);
}

function headingsOf({ request }: Call): Headings {
  const others = Object.entries(request.headers).filter(
    ([name]) => KEPT.includes(name) || name.startsWith('x-amz-meta-'),
  );
  return {
    contentType: header(request, 'content-type') ?? 'application/octet-stream',
    others: Object.fromEntries(others.map(([name, value]) => [name, String(value)])),
  };
}

/** Writes a request's body down, and refuses one that isn't what was announced. */
async function receive({ request, files, payloadSha256 }: Call): Promise<Piece> {
  const announced = header(request, 'content-length');
  if (announced === undefined) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  if (Number(announced) > LARGEST_PIECE) {
    throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  }
  const piece = await files.write(request);
  const refuse = async (code: string, message: string): Promise<never> => {
    await files.remove([piece]);
    throw new S3Error(400, code, message);
  };
  if (piece.sizeBytes !== Number(announced)) {
    await refuse(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  }
  if (payloadSha256 !== undefined && payloadSha256 !== piece.sha256) {
    await refuse(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const md5 = header(request, 'content-md5');
  if (md5 !== undefined && md5 !== Buffer.from(piece.md5, 'hex').toString('base64')) {
    await refuse('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  return piece;
}

async function putObject(call: Call): Promise<void> {
  const headings = headingsOf(call);
  const version = call.bucket.put(call.key, await receive(call), headings);
  call.response.writeHead(200, { etag: version.eTag, 'x-amz-version-id': version.versionId, 'content-length': 0 });
  call.response.end();
}

/** The bytes that a `Range` asks for; `undefined` for all of them. @throws S3Error `InvalidRange` */
function rangeOf(text: string | undefined, size: number): { readonly start: number; readonly end: number } | undefined {
  if (text === undefined) return undefined;
  if (text.includes(',')) throw new NotOfferedError('several ranges at once');
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(text.trim()) ?? [];
  // What isn't understood is passed over, as HTTP says.
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size || (first === '' && Number(last) === 0)) {
    const headers = { 'content-range': `bytes */${size}` };
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', headers);
  }
  return { start, end };
}

/** What a condition in the head says of a version: 304, 412, or nothing. */
function conditionOf({ request }: Call, { eTag, modified }: ObjectVersion): 304 | 412 | undefined {
  const names = (list: string): boolean =>
    list.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === eTag);
  const seconds = Math.floor(modified / 1000) * 1000;
  const [match, noneMatch] = [header(request, 'if-match'), header(request, 'if-none-match')];
  const [since, unless] = [header(request, 'if-modified-since'), header(request, 'if-unmodified-since')];
  if (match !== undefined && !names(match)) return 412;
  if (match === undefined && unless !== undefined && seconds > Date.parse(unless)) return 412;
  if (noneMatch !== undefined) return names(noneMatch) ? 304 : undefined;
  return since !== undefined && seconds <= Date.parse(since) ? 304 : undefined;
}

function getObject(call: Call): void {
  const { request, response, query, bucket, files, key, method } = call;
  const version = bucket.find(key, query.get('versionId'));
  const modified = new Date(version.modified).toUTCString();
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    etag: version.eTag,
    'last-modified': modified,
    'x-amz-version-id': version.versionId,
    'content-type': version.headings.contentType,
    ...version.headings.others,
  };
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = query.get(parameter);
    if (value !== undefined) headers[name] = value;
  }
  const condition = conditionOf(call, version);
  if (condition === 412) {
    throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  if (condition === 304) {
    response.writeHead(304, { etag: version.eTag, 'last-modified': modified }).end();
    return;
  }
  const ifRange = header(request, 'if-range');
  const isSame = ifRange === undefined || ifRange === version.eTag || ifRange === modified;
  const range = isSame ? rangeOf(header(request, 'range'), version.sizeBytes) : undefined;
  const { start, end } = range ?? { start: 0, end: version.sizeBytes - 1 };
  headers['content-length'] = String(end - start + 1);
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end}/${version.sizeBytes}`;
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (method === 'HEAD' || version.sizeBytes === 0) {
    response.end();
    return;
  }
  const bytes = files.read(version.pieces, start, end);
  bytes.on('error', (error) => response.destroy(error));
  response.on('close', () => bytes.destroy());
  bytes.pipe(response);
}

async function deleteObject({ response, query, bucket, key }: Call): Promise<void> {
  const versionId = query.get('versionId');
  const gone = versionId === undefined ? bucket.hide(key) : await bucket.removeVersion(key, versionId);
  response.writeHead(204, {
    ...(gone?.hides === true ? { 'x-amz-delete-marker': 'true' } : {}),
    ...(gone === undefined ? {} : { 'x-amz-version-id': gone.versionId }),
  });
  response.end();
}

function createUpload(call: Call): void {
  const upload = call.bucket.begin(call.key, headingsOf(call));
  sendXml(
    call.response,
    xmlDocument(
      element(
        'InitiateMultipartUploadResult',
        element('Bucket', call.bucketName),
        element('Key', call.key),
        element('UploadId', upload.uploadId),
      ),
    ),
  );
}

async function uploadPart(call: Call): Promise<void> {
  const [part, uploadId] = [partNumber(call.query.get('partNumber')), call.query.get('uploadId') ?? ''];
  call.bucket.upload(call.key, uploadId);
  // B2's parts have a byte at least.
  if (header(call.request, 'content-length') === '0') throw invalidArgument('A part may not be empty');
  const piece = await receive(call);
  await call.bucket.addPart(call.key, uploadId, part, piece);
  call.response.writeHead(200, { etag: `"${piece.md5}"`, 'content-length': 0 });
  call.response.end();
}

async function completeUpload(call: Call): Promise<void> {
  const { request, response, query, bucket, bucketName, key } = call;
  const uploadId = query.get('uploadId') ?? '';
  bucket.upload(key, uploadId);
  const list = readPartList((await readBody(request, 4 * 1024 * 1024)).toString('utf8'));
  if (list === undefined) {
    const message = 'The XML you provided was not well-formed or did not validate against our published schema';
    throw new S3Error(400, 'MalformedXML', message);
  }
  const failure = call.takeFailure();
  if (failure !== undefined) {
    sendXml(response, errorXml(failure, 'We encountered an internal error. Please try again.'));
    return;
  }
  const version = await bucket.complete(key, uploadId, list);
  const location = `http://${header(request, 'host') ?? ''}/${bucketName}/${key.split('/').map(uriEncode).join('/')}`;
  sendXml(
    response,
    xmlDocument(
      element(
        'CompleteMultipartUploadResult',
        element('Location', location),
        element('Bucket', bucketName),
        element('Key', key),
        element('ETag', version.eTag),
      ),
    ),
    { 'x-amz-version-id': version.versionId },
  );
}

async function abortUpload({ response, query, bucket, key }: Call): Promise<void> {
  await bucket.abort(key, query.get('uploadId') ?? '');
  response.writeHead(204).end();
}

const listing =
  (list: (call: Call) => string): Operation['answer'] =>
  (call) =>
    sendXml(call.response, list(call));

const reading: Omit<Operation, 'answer'> = {
  subresource: [],
  parameters: ['versionId', ...Object.keys(OVERRIDES)],
  needs: 'readFiles',
};

/** By method; what comes first wins. */
const ofObjects: Readonly<Record<string, readonly Operation[]>> = {
  GET: [
    {
      subresource: ['uploadId'],
      parameters: ['max-parts', 'part-number-marker'],
      needs: 'writeFiles',
      answer: listing(listParts),
    },
    { ...reading, answer: getObject },
  ],
  HEAD: [{ ...reading, answer: getObject }],
  PUT: [
    { subresource: ['partNumber', 'uploadId'], needs: 'writeFiles', answer: uploadPart },
    { subresource: [], needs: 'writeFiles', answer: putObject },
  ],
  POST: [
    { subresource: ['uploads'], needs: 'writeFiles', answer: createUpload },
    { subresource: ['uploadId'], needs: 'writeFiles', answer: completeUpload },
  ],
  DELETE: [
    { subresource: ['uploadId'], needs: 'writeFiles', answer: abortUpload },
    {
      subresource: [],
      parameters: ['versionId'],
      needs: ({ query }) => (query.has('versionId') ? 'deleteFiles' : 'writeFiles'),
      answer: deleteObject,
    },
  ],
};

const ofBucket: Readonly<Record<string, readonly Operation[]>> = {
  GET: [
    {
      subresource: ['list-type'],
      parameters: ['prefix', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'],
      needs: 'listFiles',
      answer: listing(listObjects),
    },
    {
      subresource: ['versions'],
      parameters: ['prefix', 'max-keys', 'key-marker', 'version-id-marker', 'encoding-type'],
      needs: 'listFiles',
      answer: listing(listVersions),
    },
    {
      subresource: ['uploads'],
      parameters: ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker', 'encoding-type'],
      needs: 'listFiles',
      answer: listing(listUploads),
    },
  ],
};

/** Says which operation a request is of, and does it if its key may. @throws S3Error, NotOfferedError */
export async function perform(call: Call): Promise<void> {
  const { method, query, key, application } = call;
  const candidates = (key === '' ? ofBucket : ofObjects)[method] ?? [];
  const operation = candidates.find(({ subresource }) => subresource.every((name) => query.has(name)));
  const known = new Set(['x-id', ...(operation?.subresource ?? []), ...(operation?.parameters ?? [])]);
  const other = [...query.keys()].find((name) => !known.has(name));
  if (operation === undefined || other !== undefined) {
    throw new NotOfferedError(
      `${method} of ${key === '' ? 'a bucket' : 'an object'}${other === undefined ? '' : ` with "${other}"`}`,
    );
  }
  const needed = typeof operation.needs === 'function' ? operation.needs(call) : operation.needs;
  const name = key === '' ? (query.get('prefix') ?? '') : key;
  if (!application.capabilities.includes(needed) || !name.startsWith(application.namePrefix)) {
    throw accessDenied('not entitled');
  }
  await operation.answer(call);
}
