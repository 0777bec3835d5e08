/** What is there, in pages. */
import type { UnfinishedUpload } from './bucket.js';
import type { Call } from './operations.js';
import { invalidArgument } from './s3-error.js';
import { uriEncode } from './signature.js';
import { element, xmlDocument } from './xml.js';
import type { Markup } from './xml.js';

const MOST = 1000;

function limitOf({ query }: Call, name: string): number {
  const text = query.get(name);
  if (text === undefined) return MOST;
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(`Provided ${name} not an integer or within integer range`);
  return Math.min(Number(text), MOST);
}

/** How keys are written: as they are, or so that XML can hold all of them. */
function writer({ query }: Call): (key: string) => string {
  const encoding = query.get('encoding-type');
  if (encoding !== undefined && encoding !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request');
  return encoding === 'url' ? (key) => key.split('/').map(uriEncode).join('/') : (key) => key;
}

const isAfter = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

function document(name: string, { bucketName }: Call, ...content: readonly Markup[]): string {
  return xmlDocument(element(name, element('Bucket', bucketName), ...content));
}

/** ListObjectsV2. */
export function listObjects(call: Call): string {
  const { query, bucket, bucketName } = call;
  if (query.get('list-type') !== '2') throw invalidArgument('list-type must be 2');
  const [prefix, limit, write] = [query.get('prefix') ?? '', limitOf(call, 'max-keys'), writer(call)];
  const token = query.get('continuation-token');
  const after = token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const all = bucket.objects().filter(({ key }) => key.startsWith(prefix) && isAfter(key, after));
  const page = all.slice(0, limit);
  const next = all.length > page.length ? page.at(-1)?.key : undefined;
  return xmlDocument(
    element(
      'ListBucketResult',
      element('Name', bucketName),
      element('Prefix', write(prefix)),
      element('KeyCount', page.length),
      element('MaxKeys', limit),
      element('IsTruncated', next !== undefined),
      ...(next === undefined ? [] : [element('NextContinuationToken', Buffer.from(next).toString('base64url'))]),
      ...page.map(({ key, modified, eTag, sizeBytes }) =>
        element(
          'Contents',
          element('Key', write(key)),
          element('LastModified', time(modified)),
          element('ETag', eTag),
          element('Size', sizeBytes),
          element('StorageClass', 'STANDARD'),
        ),
      ),
    ),
  );
}

/** ListObjectVersions. */
export function listVersions(call: Call): string {
  const { query, bucket, bucketName } = call;
  const [prefix, limit, write] = [query.get('prefix') ?? '', limitOf(call, 'max-keys'), writer(call)];
  const [keyMarker, versionMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
  const all = bucket.versions().filter(({ key }) => key.startsWith(prefix));
  const marked = all.findIndex(({ key, versionId }) => key === keyMarker && versionId === versionMarker);
  const rest = marked < 0 ? all.filter(({ key }) => isAfter(key, keyMarker)) : all.slice(marked + 1);
  const page = rest.slice(0, limit);
  const next = rest.length > page.length ? page.at(-1) : undefined;
  const newest = new Set<string>();
  return xmlDocument(
    element(
      'ListVersionsResult',
      element('Name', bucketName),
      element('Prefix', write(prefix)),
      element('MaxKeys', limit),
      element('IsTruncated', next !== undefined),
      ...(next === undefined
        ? []
        : [element('NextKeyMarker', write(next.key)), element('NextVersionIdMarker', next.versionId)]),
      ...page.map(({ key, versionId, hides, modified, eTag, sizeBytes }) => {
        const isLatest = !newest.has(key) && all.find((version) => version.key === key)?.versionId === versionId;
        newest.add(key);
        return element(
          hides ? 'DeleteMarker' : 'Version',
          element('Key', write(key)),
          element('VersionId', versionId),
          element('IsLatest', isLatest),
          element('LastModified', time(modified)),
          ...(hides ? [] : [element('ETag', eTag), element('Size', sizeBytes), element('StorageClass', 'STANDARD')]),
        );
      }),
    ),
  );
}

/** ListMultipartUploads. */
export function listUploads(call: Call): string {
  const { query, bucket } = call;
  const [prefix, limit, write] = [query.get('prefix') ?? '', limitOf(call, 'max-uploads'), writer(call)];
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker')];
  const all = bucket.uploads().filter(({ key }) => key.startsWith(prefix));
  const marked = all.findIndex(({ key, uploadId }) => key === keyMarker && uploadId === idMarker);
  const rest = marked < 0 ? all.filter(({ key }) => isAfter(key, keyMarker)) : all.slice(marked + 1);
  const page = rest.slice(0, limit);
  const next: UnfinishedUpload | undefined = rest.length > page.length ? page.at(-1) : undefined;
  return document(
    'ListMultipartUploadsResult',
    call,
    element('Prefix', write(prefix)),
    element('MaxUploads', limit),
    element('IsTruncated', next !== undefined),
    ...(next === undefined
      ? []
      : [element('NextKeyMarker', write(next.key)), element('NextUploadIdMarker', next.uploadId)]),
    ...page.map(({ key, uploadId, initiated }) =>
      element(
        'Upload',
        element('Key', write(key)),
        element('UploadId', uploadId),
        element('StorageClass', 'STANDARD'),
        element('Initiated', time(initiated)),
      ),
    ),
  );
}

/** ListParts. */
export function listParts(call: Call): string {
  const { query, bucket, key } = call;
  const upload = bucket.upload(key, query.get('uploadId') ?? '');
  const limit = limitOf(call, 'max-parts');
  const marker = query.get('part-number-marker') ?? '0';
  if (!/^\d{1,9}$/.test(marker)) throw invalidArgument('Argument part-number-marker must be an integer');
  const all = [...upload.parts].sort(([a], [b]) => a - b).filter(([part]) => part > Number(marker));
  const page = all.slice(0, limit);
  const next = all.length > page.length ? page.at(-1)?.[0] : undefined;
  return document(
    'ListPartsResult',
    call,
    element('Key', key),
    element('UploadId', upload.uploadId),
    element('StorageClass', 'STANDARD'),
    element('PartNumberMarker', Number(marker)),
    ...(next === undefined ? [] : [element('NextPartNumberMarker', next)]),
    element('MaxParts', limit),
    element('IsTruncated', next !== undefined),
    ...page.map(([part, { piece, modified }]) =>
      element(
        'Part',
        element('PartNumber', part),
        element('LastModified', time(modified)),
        element('ETag', `"${piece.md5}"`),
        element('Size', piece.sizeBytes),
      ),
    ),
  );
}
