import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { AwsV4Signer } from 'aws4fetch';
import { atRequest, startFaultProxy } from '../faults/fault-proxy.js';
import { startLocalBackend } from '../local-backend.js';
import type { LocalBackend } from '../local-backend.js';
import type { CorsRule } from './cors-rules.js';
import type { S3Backend } from './s3-server.js';

interface Asked {
  readonly method?: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** In the address; else in the head. */
  readonly presigned?: boolean;
  readonly expires?: number;
  readonly as?: 'writer' | 'deleter';
  readonly endpoint?: string;
  /** Other parts of the signature. */
  readonly region?: string;
  readonly secret?: string;
  readonly keyId?: string;
  readonly datetime?: string;
  readonly bucket?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly code: string | undefined;
}

const MIB = 1024 * 1024;
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const one = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
const all = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => match[1] ?? '');

describe('the S3 port, with the habits of B2', () => {
  let backend: LocalBackend;
  let s3: S3Backend;

  before(async () => {
    backend = await startLocalBackend({ supabaseFolder: null });
    s3 = backend.s3;
  });
  after(() => backend.stop());

  /** How far the port's clock was moved, in milliseconds. */
  let shift = 0;
  function moveClock(milliseconds: number): void {
    shift += milliseconds;
    s3.shiftClock(milliseconds);
  }
  const stamp = (milliseconds = 0) =>
    new Date(Date.now() + shift + milliseconds).toISOString().replace(/[-:]|\.\d+/g, '');

  /** A request that is signed, by aws4fetch. */
  async function signed(asked: Asked) {
    const { method = 'GET', key = '', query = {}, presigned = false, expires, as = 'writer' } = asked;
    const url = new URL(`${asked.endpoint ?? s3.endpoint}/${asked.bucket ?? s3.bucket}/`);
    url.pathname += key.split('/').map(encodeURIComponent).join('/');
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (presigned) url.searchParams.set('X-Amz-Expires', String(expires ?? 900));
    const [keyId, secret] = as === 'writer' ? [s3.keyId, s3.applicationKey] : [s3.deleteKeyId, s3.deleteApplicationKey];
    const signer = new AwsV4Signer({
      url: url.href,
      method,
      headers: asked.headers ?? {},
      accessKeyId: asked.keyId ?? keyId,
      secretAccessKey: asked.secret ?? secret,
      service: 's3',
      region: asked.region ?? s3.region,
      signQuery: presigned,
      allHeaders: true,
      datetime: asked.datetime ?? stamp(),
    });
    return signer.sign();
  }

  async function send(url: string | URL, init: RequestInit): Promise<Answer> {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, code: one(text, 'Code') };
  }

  async function ask(asked: Asked): Promise<Answer> {
    const { url, headers } = await signed(asked);
    // fetch writes the length itself.
    headers.delete('content-length');
    return send(url, { method: asked.method ?? 'GET', headers, body: asked.body ?? null });
  }

  async function begin(key: string, contentType = 'video/mp4'): Promise<string> {
    const { text } = await ask({
      method: 'POST',
      key,
      query: { uploads: '' },
      headers: { 'content-type': contentType },
    });
    return one(text, 'UploadId') ?? assert.fail(text);
  }

  async function sendPart(key: string, uploadId: string, part: number, body: Uint8Array<ArrayBuffer>): Promise<string> {
    const query = { partNumber: String(part), uploadId };
    const { headers, text } = await ask({ method: 'PUT', key, query, body });
    return headers.get('etag') ?? assert.fail(text);
  }

  const complete = (key: string, uploadId: string, parts: readonly (readonly [number, string])[]): Promise<Answer> =>
    ask({
      method: 'POST',
      key,
      query: { uploadId },
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts
        .map(([part, eTag]) => `<Part><PartNumber>${part}</PartNumber><ETag>${eTag}</ETag></Part>`)
        .join('')}</CompleteMultipartUpload>`,
    });

  /** Everything that was stored, away again. */
  async function empty(): Promise<void> {
    for (const { key, uploadId } of s3.openUploads()) {
      await ask({ method: 'DELETE', key, query: { uploadId }, as: 'deleter' });
    }
    const query = { versions: '', prefix: 'media/', 'encoding-type': 'url' };
    const { text } = await ask({ query, as: 'deleter' });
    const ids = all(text, 'VersionId');
    for (const [index, key] of all(text, 'Key').map(decodeURIComponent).entries()) {
      await ask({ method: 'DELETE', key, query: { versionId: ids[index] ?? '' }, as: 'deleter' });
    }
    assert.equal(await s3.storedPieces(), 0);
  }

  describe('objects', () => {
    const bytes = randomBytes(100_000);
    const key = 'media/a/ä (1)+!.mp4';

    before(async () => {
      const headers = { 'content-type': 'video/mp4', 'x-amz-meta-who': 'x', 'cache-control': 'no-store' };
      const put = await ask({ method: 'PUT', key, body: bytes, headers });
      assert.equal(put.status, 200);
      assert.equal(put.headers.get('etag'), `"${createHash('md5').update(bytes).digest('hex')}"`);
    });
    after(empty);

    it('are given back with what was said of them, whole and in ranges', async () => {
      const { url, headers } = await signed({ key });
      const response = await fetch(url, { headers });
      assert.equal(hash(new Uint8Array(await response.arrayBuffer())), hash(bytes));
      const said = ['content-type', 'x-amz-meta-who', 'cache-control', 'accept-ranges', 'content-length'];
      assert.deepEqual(
        said.map((name) => response.headers.get(name)),
        ['video/mp4', 'x', 'no-store', 'bytes', '100000'],
      );
      for (const [range, from, to] of [
        ['bytes=0-9', 0, 9],
        ['bytes=99990-', 99_990, 99_999],
        ['bytes=-5', 99_995, 99_999],
        ['bytes=99999-200000', 99_999, 99_999],
      ] as const) {
        const part = await fetch(url, { headers: { ...Object.fromEntries(headers), range } });
        assert.equal(part.status, 206, range);
        assert.equal(part.headers.get('content-range'), `bytes ${from}-${to}/100000`);
        assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, to + 1)), range);
      }
      const beyond = await fetch(url, { headers: { ...Object.fromEntries(headers), range: 'bytes=100000-' } });
      assert.equal(beyond.status, 416);
      assert.equal(beyond.headers.get('content-range'), 'bytes */100000');
      assert.equal(one(await beyond.text(), 'Code'), 'InvalidRange');
    });

    it('are told apart by their tags, so that a reader may go on', async () => {
      const { url, headers } = await signed({ key });
      const plain = Object.fromEntries(headers);
      const eTag = (await fetch(url, { method: 'GET', headers })).headers.get('etag') ?? '';
      const status = async (more: Record<string, string>) =>
        (await fetch(url, { headers: { ...plain, ...more }, cache: 'no-store' })).status;
      assert.equal(await status({ 'if-none-match': eTag }), 304);
      assert.equal(await status({ 'if-match': '"other"' }), 412);
      assert.equal(await status({ range: 'bytes=1-2', 'if-range': eTag }), 206);
      assert.equal(await status({ range: 'bytes=1-2', 'if-range': '"other"' }), 200);
    });

    it('are shown or saved as the address says', async () => {
      const query = {
        'response-content-disposition': `attachment; filename*=UTF-8''a%20b.mp4`,
        'response-content-type': 'text/plain; charset=utf-8',
      };
      for (const method of ['GET', 'HEAD']) {
        const { headers, status } = await ask({ key, method, query, presigned: true });
        assert.deepEqual(
          [status, headers.get('content-disposition'), headers.get('content-type'), headers.get('content-length')],
          [200, query['response-content-disposition'], 'text/plain; charset=utf-8', '100000'],
        );
      }
    });

    it('that aren’t there are not found, and HEAD has no body', async () => {
      assert.deepEqual(await ask({ key: 'media/none' }).then(({ status, code }) => [status, code]), [404, 'NoSuchKey']);
      const head = await ask({ key: 'media/none', method: 'HEAD' });
      assert.deepEqual([head.status, head.text], [404, '']);
      const version = await ask({ key, query: { versionId: 'x' } });
      assert.equal(version.code, 'NoSuchVersion');
    });

    it('are kept only when the bytes are those that were vouched for', async () => {
      const body = Buffer.from('body');
      const wrong = createHash('md5').update('other').digest('base64');
      const refused = [
        await ask({ method: 'PUT', key: 'media/x', body, headers: { 'x-amz-content-sha256': hash(bytes) } }),
        await ask({ method: 'PUT', key: 'media/x', body, headers: { 'content-md5': wrong } }),
      ];
      assert.deepEqual(
        refused.map(({ status, code }) => [status, code]),
        [
          [400, 'XAmzContentSHA256Mismatch'],
          [400, 'BadDigest'],
        ],
      );
      const right = { 'x-amz-content-sha256': hash(body) };
      assert.equal((await ask({ method: 'PUT', key: 'media/x', body, headers: right })).status, 200);
      const stored = await s3.storedObjects();
      assert.deepEqual(
        stored.map(({ key: name, sizeBytes, sha256, visible }) => [name, sizeBytes, sha256, visible]),
        [
          [key, 100_000, hash(bytes), true],
          ['media/x', 4, hash(body), true],
        ],
      );
      assert.equal(await s3.storedPieces(), 2);
    });

    it('need a length, and no part of a body that breaks off stays', async () => {
      const { url, headers } = await signed({ method: 'PUT', key: 'media/y' });
      const chunked = await fetch(url, {
        method: 'PUT',
        headers,
        body: new Blob(['abc']).stream(),
        duplex: 'half',
      } as RequestInit);
      assert.equal(chunked.status, 411);
      await new Promise<void>((resolve) => {
        const half = rawRequest(url, {
          method: 'PUT',
          headers: { ...Object.fromEntries(headers), 'content-length': '1000000' },
        });
        half.on('error', () => resolve());
        half.write(Buffer.alloc(500_000), () => half.destroy());
      });
      assert.ok((await s3.storedObjects()).every(({ key: name }) => name !== 'media/y'));
    });

    it('have versions: what is deleted without one is only hidden, and the right to delete one is another key’s', async () => {
      const name = 'media/versions';
      for (const body of ['one', 'two']) await ask({ method: 'PUT', key: name, body });
      const hidden = await ask({ method: 'DELETE', key: name });
      assert.deepEqual([hidden.status, hidden.headers.get('x-amz-delete-marker')], [204, 'true']);
      assert.equal((await ask({ key: name })).code, 'NoSuchKey');
      const ofName = (await s3.storedObjects()).filter(({ key: each }) => each === name);
      assert.deepEqual(
        ofName.map(({ visible, sizeBytes }) => [visible, sizeBytes]),
        [
          [false, 3],
          [false, 3],
        ],
      );
      const versionId = ofName[0]?.versionId ?? '';
      const query = { versionId };
      assert.equal((await ask({ key: name, query })).text, 'two');
      assert.equal((await ask({ method: 'DELETE', key: name, query })).code, 'AccessDenied');
      assert.equal((await ask({ method: 'DELETE', key: name, query, as: 'deleter' })).status, 204);
      const { text } = await ask({ query: { versions: '', prefix: name } });
      assert.deepEqual([all(text, 'IsLatest'), (text.match(/<DeleteMarker>/g) ?? []).length], [['true', 'false'], 1]);
      assert.equal((await ask({ method: 'DELETE', key: name, query, as: 'deleter' })).status, 204, 'twice is once');
    });

    it('are listed in pages', async () => {
      for (const name of ['a', 'b', 'c&<']) await ask({ method: 'PUT', key: `media/list/${name}`, body: name });
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const { text } = await ask({
          query: {
            'list-type': '2',
            prefix: 'media/list/',
            'max-keys': '2',
            ...(token === undefined ? {} : { 'continuation-token': token }),
          },
        });
        seen.push(...all(text, 'Key'));
        token = one(text, 'NextContinuationToken');
        assert.equal(one(text, 'IsTruncated'), String(token !== undefined));
      } while (token !== undefined);
      assert.deepEqual(seen, ['media/list/a', 'media/list/b', 'media/list/c&amp;&lt;']);
      const encoded = await ask({ query: { 'list-type': '2', prefix: 'media/list/c', 'encoding-type': 'url' } });
      assert.deepEqual(all(encoded.text, 'Key'), ['media/list/c%26%3C']);
      assert.deepEqual(all(encoded.text, 'Size'), ['3']);
      const first = await ask({ query: { versions: '', prefix: 'media/list/', 'max-keys': '1' } });
      const [keyMarker, idMarker] = [one(first.text, 'NextKeyMarker'), one(first.text, 'NextVersionIdMarker')];
      const rest = await ask({
        query: {
          versions: '',
          prefix: 'media/list/',
          'key-marker': keyMarker ?? '',
          'version-id-marker': idMarker ?? '',
        },
      });
      assert.equal(all(rest.text, 'Key').length, 2);
    });
  });

  describe('uploads in parts', () => {
    const key = 'media/parts/film.mp4';
    const parts = [randomBytes(5 * MIB), randomBytes(5_000_000), randomBytes(7)];
    after(empty);

    it('become an object of all parts in their order, on disk as they came', async () => {
      const uploadId = await begin(key);
      const eTags: string[] = [];
      for (const [index, body] of [...parts.entries()].reverse()) {
        eTags[index] = await sendPart(key, uploadId, index + 1, body);
      }
      assert.deepEqual(
        s3.openUploads().map((upload) => [upload.key, upload.parts.map(({ part, sizeBytes }) => [part, sizeBytes])]),
        [[key, parts.map((body, index) => [index + 1, body.length])]],
      );
      const done = await complete(
        key,
        uploadId,
        eTags.map((eTag, index) => [index + 1, eTag.replaceAll('"', '&quot;')]),
      );
      assert.equal(done.status, 200);
      assert.match(one(done.text, 'ETag') ?? '', /^&quot;[0-9a-f]{32}-3&quot;$/);
      assert.equal((await ask({ key, method: 'HEAD' })).headers.get('content-type'), 'video/mp4');
      const [stored] = await s3.storedObjects();
      assert.equal(stored?.sha256, hash(Buffer.concat(parts)));
      assert.deepEqual([s3.openUploads().length, await s3.storedPieces()], [0, 3]);
      // A range over the border of two parts.
      const { url, headers } = await signed({ key });
      headers.set('range', `bytes=${5 * MIB - 3}-${5 * MIB + 2}`);
      const border = Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
      assert.ok(border.equals(Buffer.concat(parts).subarray(5 * MIB - 3, 5 * MIB + 3)));
      assert.equal((await complete(key, uploadId, [[1, 'x']])).code, 'NoSuchUpload', 'finished once');
    });

    it('replace a part that is sent again, and tell which there are in pages', async () => {
      const uploadId = await begin(key);
      for (const part of [1, 2, 3, 10_000]) await sendPart(key, uploadId, part, Buffer.from(`part ${part}`));
      const pieces = await s3.storedPieces();
      await sendPart(key, uploadId, 2, Buffer.from('again'));
      assert.equal(await s3.storedPieces(), pieces);
      const first = await ask({ key, query: { uploadId, 'max-parts': '3' } });
      assert.deepEqual(
        [all(first.text, 'PartNumber'), all(first.text, 'Size'), one(first.text, 'NextPartNumberMarker')],
        [['1', '2', '3'], ['6', '5', '6'], '3'],
      );
      const second = await ask({ key, query: { uploadId, 'part-number-marker': '3' } });
      assert.deepEqual([all(second.text, 'PartNumber'), one(second.text, 'IsTruncated')], [['10000'], 'false']);
      await ask({ method: 'DELETE', key, query: { uploadId } });
      assert.equal((await ask({ key, query: { uploadId } })).code, 'NoSuchUpload');
      assert.deepEqual(s3.openUploads(), []);
    });

    it('refuse what isn’t a list of their parts', async () => {
      const uploadId = await begin(key);
      const [one_, two] = [
        await sendPart(key, uploadId, 1, parts[0] ?? new Uint8Array()),
        await sendPart(key, uploadId, 2, parts[2] ?? new Uint8Array()),
      ];
      const three = await sendPart(key, uploadId, 3, parts[2] ?? new Uint8Array());
      const code = async (list: readonly (readonly [number, string])[]) => (await complete(key, uploadId, list)).code;
      assert.equal(await code([[1, two]]), 'InvalidPart');
      assert.equal(await code([[4, one_]]), 'InvalidPart');
      assert.equal(
        await code([
          [2, two],
          [1, one_],
        ]),
        'InvalidPartOrder',
      );
      assert.equal(
        await code([
          [1, one_],
          [1, one_],
        ]),
        'InvalidPartOrder',
      );
      assert.equal(
        await code([
          [1, one_],
          [2, two],
          [3, three],
        ]),
        'EntityTooSmall',
      );
      for (const body of [
        '',
        '<CompleteMultipartUpload></CompleteMultipartUpload>',
        '{}',
        '<CompleteMultipartUpload><Part>',
      ]) {
        const answer = await ask({ method: 'POST', key, query: { uploadId }, body });
        assert.deepEqual([answer.status, answer.code], [400, 'MalformedXML'], body);
      }
      for (const partNumber of ['0', '10001', 'x', '-1', '1.5']) {
        const answer = await ask({ method: 'PUT', key, query: { partNumber, uploadId }, body: 'x' });
        assert.deepEqual([answer.status, answer.code], [400, 'InvalidArgument'], partNumber);
      }
      const nothing = await ask({ method: 'PUT', key, query: { partNumber: '4', uploadId }, body: '' });
      assert.equal(nothing.code, 'InvalidArgument', 'a part has a byte at least');
      const elsewhere = await ask({
        method: 'PUT',
        key: 'media/other',
        query: { partNumber: '1', uploadId },
        body: 'x',
      });
      assert.deepEqual([elsewhere.status, elsewhere.code], [404, 'NoSuchUpload']);
      // What was refused changed nothing, and a part that isn't named goes.
      assert.equal(
        await code([
          [1, one_],
          [3, three],
        ]),
        undefined,
      );
      await empty();
    });

    it('can be answered 200 with an error in it, and are still open then', async () => {
      const uploadId = await begin(key);
      const eTag = await sendPart(key, uploadId, 1, Buffer.from('x'));
      s3.failNextCompletion();
      const answer = await complete(key, uploadId, [[1, eTag]]);
      assert.deepEqual([answer.status, answer.code], [200, 'InternalError']);
      assert.equal(s3.openUploads().length, 1);
      assert.equal((await complete(key, uploadId, [[1, eTag]])).code, undefined);
    });

    it('are listed, and cancelled by the bucket’s rule when they are old', async () => {
      await begin('media/old');
      moveClock(8 * 86_400_000);
      try {
        await begin('media/new');
        const first = await ask({
          query: { uploads: '', prefix: 'media/', 'max-uploads': '1' },
        });
        assert.deepEqual([all(first.text, 'Key'), one(first.text, 'IsTruncated')], [['media/new'], 'true']);
        const rest = await ask({
          query: {
            uploads: '',
            prefix: 'media/',
            'key-marker': one(first.text, 'NextKeyMarker') ?? '',
            'upload-id-marker': one(first.text, 'NextUploadIdMarker') ?? '',
          },
        });
        assert.deepEqual(all(rest.text, 'Key'), ['media/old']);
        assert.equal(await s3.cancelUnfinishedUploads(7), 1);
        assert.deepEqual(
          s3.openUploads().map((upload) => upload.key),
          ['media/new'],
        );
      } finally {
        moveClock(-8 * 86_400_000);
      }
    });
  });

  describe('signatures', () => {
    const key = 'media/signed';
    before(() => ask({ method: 'PUT', key, body: '0123456789' }));
    after(empty);
    const code = async (asked: Asked) => {
      const { status, code: name } = await ask(asked);
      return [status, name];
    };

    it('are asked of everybody', async () => {
      const answer = await send(`${s3.endpoint}/${s3.bucket}/${key}`, {});
      assert.deepEqual([answer.status, answer.code], [403, 'AccessDenied']);
      const other = await send(`${s3.endpoint}/${s3.bucket}/${key}`, { headers: { authorization: 'Basic eDp5' } });
      assert.equal(other.code, 'InvalidRequest');
    });

    it('are those of a key, a region and a day', async () => {
      for (const presigned of [true, false]) {
        assert.deepEqual(await code({ key, presigned }), [200, undefined]);
        assert.deepEqual(await code({ key, presigned, secret: 'other' }), [403, 'SignatureDoesNotMatch']);
        assert.deepEqual(await code({ key, presigned, keyId: 'nobody' }), [403, 'InvalidAccessKeyId']);
        const scope = presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
        assert.deepEqual(await code({ key, presigned, region: 'us-east-1' }), [400, scope]);
      }
    });

    it('are good for a while', async () => {
      assert.deepEqual(await code({ key, presigned: true, expires: 60, datetime: stamp(-55_000) }), [200, undefined]);
      assert.deepEqual(await code({ key, presigned: true, expires: 60, datetime: stamp(-65_000) }), [
        403,
        'AccessDenied',
      ]);
      assert.deepEqual(await code({ key, presigned: true, datetime: stamp(20 * 60_000) }), [403, 'AccessDenied']);
      for (const minutes of [-16, 16]) {
        assert.deepEqual(await code({ key, datetime: stamp(minutes * 60_000) }), [403, 'RequestTimeTooSkewed']);
        assert.deepEqual(await code({ key, datetime: stamp((minutes * 60_000) / 2) }), [200, undefined]);
      }
      for (const expires of [0, 604_801]) {
        assert.deepEqual(await code({ key, presigned: true, expires }), [400, 'AuthorizationQueryParametersError']);
      }
    });

    it('are of one method, one address and one host', async () => {
      const { url } = await signed({ key, presigned: true });
      const changed = new URL(url);
      changed.searchParams.append('response-content-type', 'text/html');
      const elsewhere = new URL(url);
      elsewhere.pathname += 'x';
      const later = new URL(url);
      later.searchParams.set('X-Amz-Expires', '901');
      const alias = new URL(url);
      alias.hostname = 'localhost';
      for (const [address, method] of [
        [changed, 'GET'],
        [elsewhere, 'GET'],
        [later, 'GET'],
        [url, 'HEAD'],
        [url, 'DELETE'],
      ] as const) {
        assert.equal((await send(address, { method })).status, 403, `${method} ${address.href}`);
      }
      const moved = await new Promise<number | undefined>((resolve, reject) => {
        rawRequest(url, { headers: { host: 'elsewhere.example' } }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
      assert.equal(moved, 403);
      assert.equal((await send(url, {})).text, '0123456789');
    });

    it('hold a body to the length that was signed', async () => {
      const { url } = await signed({
        method: 'PUT',
        key: 'media/length',
        presigned: true,
        headers: { 'content-length': '5' },
      });
      assert.equal(url.searchParams.get('X-Amz-SignedHeaders'), 'content-length;host');
      for (const body of ['1234', '123456', '']) {
        const answer = await send(url, { method: 'PUT', body });
        assert.deepEqual([answer.status, answer.code], [403, 'SignatureDoesNotMatch'], body);
      }
      // All of a large body is heard before it is refused, and the connection stays good.
      assert.equal((await send(url, { method: 'PUT', body: new Uint8Array(20 * MIB) })).status, 403);
      assert.equal((await send(url, { method: 'PUT', body: '12345', headers: { 'content-type': 'a/b' } })).status, 200);
    });

    it('cover every header of Amazon’s, and nothing that breaks the address', async () => {
      const { url } = await signed({ key, presigned: true });
      const unsigned = await send(url, { headers: { 'x-amz-meta-more': 'x' } });
      assert.deepEqual([unsigned.status, unsigned.code], [403, 'AccessDenied']);
      const { headers } = await signed({ key });
      assert.equal((await send(url, { headers })).code, 'InvalidArgument', 'one signature, not two');
      assert.equal((await send(`${s3.endpoint}/${s3.bucket}/%zz`, { headers })).code, 'InvalidURI');
      assert.equal((await send(`${url.href}&X-Amz-Expires=1000`, {})).code, 'InvalidArgument');
    });

    it('may be broken in any way without breaking the server', async () => {
      const { headers, url } = await signed({ key });
      const good = headers.get('authorization') ?? '';
      for (const authorization of [
        'AWS4-HMAC-SHA256',
        'AWS4-HMAC-SHA256 x',
        good.replace(/Signature=.*/, 'Signature=zz'),
        good.replace(/SignedHeaders=[^,]*/, 'SignedHeaders=x-amz-date;host'),
        good.replace(/Credential=[^,]*/, 'Credential=a/b'),
        good.replace('host;', ''),
      ]) {
        const answer = await send(url, { headers: { ...Object.fromEntries(headers), authorization } });
        assert.ok([400, 403].includes(answer.status), `${authorization}: ${answer.status}`);
      }
      const { 'x-amz-content-sha256': _, ...without } = Object.fromEntries(headers);
      assert.equal((await send(url, { headers: without })).code, 'InvalidRequest');
      const { url: address } = await signed({ key, presigned: true });
      for (const name of [
        'X-Amz-Algorithm',
        'X-Amz-Date',
        'X-Amz-Credential',
        'X-Amz-Signature',
        'X-Amz-SignedHeaders',
      ]) {
        for (const value of ['', 'x']) {
          const broken = new URL(address);
          broken.searchParams.set(name, value);
          assert.ok([400, 403].includes((await send(broken, {})).status), `${name}=${value}`);
        }
      }
    });

    it('of keys that are bound to a prefix open nothing else', async () => {
      for (const asked of [
        { method: 'PUT', key: 'other/x', body: 'x' },
        { method: 'PUT', key: 'medi', body: 'x' },
        { method: 'POST', key: 'other/x', query: { uploads: '' } },
        { key: 'other/x' },
        { query: { 'list-type': '2' } },
        { query: { uploads: '', prefix: 'medi' } },
        { query: { versions: '', prefix: 'other/' } },
        { key, bucket: 'another-bucket' },
      ]) {
        assert.deepEqual(await code(asked), [403, 'AccessDenied'], JSON.stringify(asked));
      }
    });
  });

  describe('habits of B2', () => {
    after(empty);

    it('refuse checksums of Amazon’s, in the head and in the address', async () => {
      for (const name of ['x-amz-checksum-crc32', 'x-amz-sdk-checksum-algorithm', 'x-amz-checksum-mode']) {
        const answer = await ask({ method: 'PUT', key: 'media/x', body: 'x', headers: { [name]: 'CRC32' } });
        assert.deepEqual([answer.status, answer.code], [400, 'InvalidArgument'], name);
        assert.match(answer.text, new RegExp(`Unsupported header '${name}'|Unsupported header &apos;${name}&apos;`));
        const address = await ask({
          method: 'PUT',
          key: 'media/x',
          body: 'x',
          query: { [name]: 'x' },
          presigned: true,
        });
        assert.equal(address.code, 'InvalidArgument');
      }
    });

    it('are all that is offered: anything else is 501, and noted', async () => {
      const unknown: readonly Asked[] = [
        { method: 'PUT', key: 'media/x', body: 'x', headers: { 'x-amz-acl': 'public-read' } },
        { method: 'PUT', key: 'media/x', headers: { 'x-amz-copy-source': '/a/b' } },
        { method: 'GET', key: 'media/x', query: { acl: '' } },
        { method: 'GET', query: { location: '' } },
        { method: 'GET', query: { 'list-type': '2', delimiter: '/', prefix: 'media/' } },
        { method: 'POST', query: { delete: '' }, body: '<Delete/>' },
        {
          method: 'PUT',
          key: 'media/x',
          body: 'x',
          headers: { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
        },
        { method: 'HEAD' },
      ];
      for (const asked of unknown) assert.equal((await ask(asked)).status, 501, JSON.stringify(asked));
      const complaints = backend.takeComplaints();
      assert.equal(complaints.length, unknown.length, complaints.join('\n'));
      assert.ok(complaints.every((line) => line.startsWith('501 ')));
      assert.ok(complaints.every((line) => !line.includes('Signature')));
    });

    it('let pages ask by rules of the bucket’s own', async () => {
      const rule: CorsRule = {
        corsRuleName: 'lectern-pages',
        allowedOrigins: ['https://school.example'],
        allowedOperations: ['s3_put', 's3_get', 's3_head'],
        allowedHeaders: ['Range', 'content-type'],
        exposeHeaders: ['etag', 'content-range'],
        maxAgeSeconds: 600,
      };
      const preflight = (origin: string, method: string, headers = '') =>
        send(`${s3.endpoint}/${s3.bucket}/media/x?partNumber=1`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': method,
            ...(headers === '' ? {} : { 'access-control-request-headers': headers }),
          },
        });
      const page = 'https://school.example';
      assert.equal((await preflight(page, 'PUT')).status, 403, 'no page at the start');
      s3.setCorsRules([rule]);
      const allowed = await preflight(page, 'PUT', 'content-type, range');
      assert.deepEqual(
        ['origin', 'methods', 'headers'].map((name) => allowed.headers.get(`access-control-allow-${name}`)),
        [page, 'PUT', 'content-type, range'],
      );
      assert.equal(allowed.headers.get('access-control-max-age'), '600');
      for (const [origin, method, headers] of [
        ['https://school.example.evil', 'PUT', ''],
        ['http://school.example', 'PUT', ''],
        ['https://sub.school.example', 'PUT', ''],
        ['null', 'PUT', ''],
        [page, 'DELETE', ''],
        [page, 'POST', ''],
        [page, 'PUT', 'authorization'],
      ] as const) {
        const refused = await preflight(origin, method, headers);
        assert.deepEqual(
          [refused.status, refused.headers.get('access-control-allow-origin')],
          [403, null],
          `${origin} ${method} ${headers}`,
        );
      }
      const { url, headers } = await signed({ method: 'PUT', key: 'media/x' });
      const put = (origin: string) =>
        send(url, { method: 'PUT', body: 'x', headers: { ...Object.fromEntries(headers), origin } });
      assert.equal((await put(page)).headers.get('access-control-allow-origin'), page);
      assert.equal((await put(page)).headers.get('access-control-expose-headers'), 'etag, content-range');
      assert.equal((await put('https://else.example')).headers.get('access-control-allow-origin'), null);
      for (const wrong of [
        { allowedOrigins: ['*'] },
        { allowedOrigins: ['https://*.example'] },
        { allowedHeaders: ['*'] },
        { allowedOperations: [] },
        { allowedOperations: ['s3_list' as 's3_get'] },
        { corsRuleName: 'a b' },
        { maxAgeSeconds: 86_401 },
      ]) {
        assert.throws(() => s3.setCorsRules([{ ...rule, ...wrong }]), RangeError, JSON.stringify(wrong));
      }
    });
  });

  it('stands behind a fault proxy, whose address is signed', async () => {
    const proxy = await startFaultProxy(s3.endpoint);
    try {
      const key = 'media/faults';
      const asked = { method: 'PUT', key, body: 'bytes', endpoint: proxy.url, presigned: true } as const;
      proxy.use(atRequest(1, { kind: 'lose-answer' }));
      await assert.rejects(ask(asked));
      assert.equal((await ask({ key, endpoint: proxy.url })).text, 'bytes', 'done, and nobody was told');
      proxy.use(atRequest(1, { kind: 'truncate-request', bytes: 2 }));
      await assert.rejects(ask({ ...asked, key: 'media/cut' }));
      assert.equal((await ask({ key: 'media/cut' })).code, 'NoSuchKey');
      proxy.use(atRequest(1, { kind: 'status', status: 503, retryAfter: 3 }));
      assert.equal((await ask(asked)).status, 503);
      await empty();
    } finally {
      await proxy.stop();
    }
  });
});
