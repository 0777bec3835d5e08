import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsV4Signer } from 'aws4fetch';
import { canonicalRequest, parseQuery, signatureOf, timeOf, uriEncode } from './signature.js';
import type { SignedRequest } from './signature.js';

/** The examples of "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference. */
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const AT = '20130524T000000Z';
const SCOPE = { date: '20130524', region: 'us-east-1', service: 's3' };
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function example(fields: Partial<SignedRequest> & { readonly more?: Readonly<Record<string, string>> }): SignedRequest {
  const { more = {}, ...others } = fields;
  const headers = new Map(
    Object.entries({ host: 'examplebucket.s3.amazonaws.com', ...more }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return {
    method: 'GET',
    rawPath: '/',
    rawQuery: '',
    headers,
    signedHeaders: [...headers.keys()],
    payloadHash: NOTHING,
    ...others,
  };
}

const sign = (request: SignedRequest): string =>
  signatureOf(SECRET, AT, SCOPE, canonicalRequest(request)).toString('hex');

describe('signatures, as AWS computes them in its own examples', () => {
  it('of reading an object, with a range', () => {
    const more = { range: 'bytes=0-9', 'x-amz-content-sha256': NOTHING, 'x-amz-date': AT };
    assert.equal(
      sign(example({ rawPath: '/test.txt', more })),
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  it('of putting an object whose name has to be encoded', () => {
    const payloadHash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
    const more = {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-content-sha256': payloadHash,
      'x-amz-date': AT,
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    };
    assert.equal(
      sign(example({ method: 'PUT', rawPath: '/test$file.text', payloadHash, more })),
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    );
  });

  it('of a parameter without a value, and of several', () => {
    const more = { 'x-amz-content-sha256': NOTHING, 'x-amz-date': AT };
    assert.equal(
      sign(example({ rawQuery: 'lifecycle', more })),
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
    assert.equal(
      sign(example({ rawQuery: 'prefix=J&max-keys=2', more })),
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
  });

  it('of an address that is signed', () => {
    const rawQuery =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=whatever';
    assert.equal(
      sign(example({ rawPath: '/test.txt', rawQuery, payloadHash: 'UNSIGNED-PAYLOAD' })),
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });
});

describe('the text that is signed', () => {
  it('has the lines of AWS’ own example', () => {
    const more = { range: 'bytes=0-9', 'x-amz-content-sha256': NOTHING, 'x-amz-date': AT };
    assert.equal(
      canonicalRequest(example({ rawPath: '/test.txt', more })),
      [
        'GET',
        '/test.txt',
        '',
        'host:examplebucket.s3.amazonaws.com',
        'range:bytes=0-9',
        `x-amz-content-sha256:${NOTHING}`,
        `x-amz-date:${AT}`,
        '',
        'host;range;x-amz-content-sha256;x-amz-date',
        NOTHING,
      ].join('\n'),
    );
  });

  it('is the same as that of aws4fetch, whatever the names are', async () => {
    const odd = ["a b'c(d)e!*~_.-", 'ü/漢/🎬', '%2F&=?#', 'x'.repeat(300)];
    for (const name of odd) {
      const url = new URL(`http://127.0.0.1:9000/bucket/${name.split('/').map(uriEncode).join('/')}`);
      url.searchParams.set('response-content-disposition', `attachment; filename*=UTF-8''${uriEncode(name)} x`);
      url.searchParams.set('uploads', '');
      const signer = new AwsV4Signer({
        url: url.href,
        method: 'PUT',
        headers: { 'content-length': '12', 'x-amz-meta-x': '  two   words ' },
        accessKeyId: 'key',
        secretAccessKey: SECRET,
        service: 's3',
        region: 'r',
        datetime: AT,
        signQuery: true,
        allHeaders: true,
      });
      const theirs = await signer.canonicalString();
      const ours = canonicalRequest({
        method: 'PUT',
        rawPath: signer.url.pathname,
        rawQuery: signer.url.search.slice(1),
        headers: new Map([
          ['host', '127.0.0.1:9000'],
          ['content-length', '12'],
          ['x-amz-meta-x', 'two   words'],
        ]),
        signedHeaders: ['content-length', 'host', 'x-amz-meta-x'],
        payloadHash: 'UNSIGNED-PAYLOAD',
      });
      assert.equal(ours, theirs, name);
      const { url: signed } = await signer.sign();
      assert.equal(
        signatureOf(SECRET, AT, { ...SCOPE, region: 'r' }, ours).toString('hex'),
        signed.searchParams.get('X-Amz-Signature'),
      );
    }
  });

  it('is made from queries and times as they come', () => {
    assert.deepEqual(parseQuery('b=2&a&c=%20+x&'), [
      ['b', '2'],
      ['a', ''],
      ['c', '  x'],
    ]);
    assert.throws(() => parseQuery('a=%zz'), URIError);
    assert.equal(timeOf(AT), Date.UTC(2013, 4, 24));
    assert.ok(['2013-05-24T00:00:00Z', '', '20131324T000000Z'].every((text) => Number.isNaN(timeOf(text))));
  });
});
