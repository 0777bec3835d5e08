import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError, type LecternError } from '@lectern/ports';
import { createB2Store, type B2StoreOptions } from './b2-store.js';
import { brokenLine, MemoryCloud, refusal, SIGNER } from './test-support/memory-cloud.js';

async function refusalOf(work: Promise<unknown>): Promise<LecternError> {
  try {
    await work;
  } catch (error) {
    if (isLecternError(error)) return error;
    throw error;
  }
  return assert.fail('it went well');
}

const storeOn = (cloud: MemoryCloud, more: Partial<B2StoreOptions> = {}): ReturnType<typeof createB2Store> =>
  createB2Store({ signerUrl: `${SIGNER}/`, accessToken: async () => 'token 1', fetch: cloud.fetch, ...more });

describe('who asks the signer', () => {
  it('shows its token, and asks for another one once when it is refused', async () => {
    const cloud = new MemoryCloud();
    cloud.tokens.clear();
    cloud.tokens.add('token 2');
    let token = 'token 1';
    let refreshed = 0;
    const { blobs } = storeOn(cloud, {
      accessToken: async () => token,
      refresh: async () => {
        refreshed += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        token = 'token 2';
      },
    });
    assert.deepEqual(await Promise.all([blobs.stat('a'), blobs.stat('b'), blobs.stat('c')]), [null, null, null]);
    assert.equal(refreshed, 1, 'one new token does for all');
    assert.deepEqual(
      cloud.seen.map((seen) => seen.token),
      ['token 1', 'token 1', 'token 1', 'token 2', 'token 2', 'token 2'],
    );
  });

  it('is unauthenticated when the new token is refused too', async () => {
    const cloud = new MemoryCloud();
    cloud.tokens.clear();
    let refreshed = 0;
    const { blobs } = storeOn(cloud, { refresh: async () => void (refreshed += 1) });
    assert.equal((await refusalOf(blobs.stat('a'))).code, 'unauthenticated');
    assert.deepEqual([refreshed, cloud.seen.length], [1, 2]);
  });

  it('takes a token that was renewed elsewhere', async () => {
    const cloud = new MemoryCloud();
    const tokens = ['old', 'token 1'];
    const { blobs } = storeOn(cloud, { accessToken: async () => tokens.shift() ?? 'token 1' });
    assert.equal(await blobs.stat('a'), null);
    const { blobs: stuck } = storeOn(cloud, { accessToken: async () => 'old' });
    cloud.seen.length = 0;
    assert.equal((await refusalOf(stuck.stat('a'))).code, 'unauthenticated');
    assert.equal(cloud.seen.length, 1, 'the same token isn’t shown twice');
  });

  it('asks nothing while nobody is signed in', async () => {
    const cloud = new MemoryCloud();
    const { blobs } = storeOn(cloud, { accessToken: async () => null });
    assert.equal((await refusalOf(blobs.stat('a'))).code, 'unauthenticated');
    assert.deepEqual(cloud.seen, []);
  });

  it('is offline when the token can’t be had because the line broke', async () => {
    const { blobs } = storeOn(new MemoryCloud(), { accessToken: () => Promise.reject(brokenLine()) });
    assert.equal((await refusalOf(blobs.stat('a'))).code, 'offline');
  });
});

describe('what the signer refuses', () => {
  const answers: readonly (readonly [what: string, answer: () => Response, code: string, details: object])[] = [
    [
      'in its own words',
      () => refusal(413, 'quota-exceeded', { limit: 5, used: 4, places: ['x'], odd: { a: 1 } }),
      'quota-exceeded',
      { limit: 5, used: 4, places: ['x'] },
    ],
    ['with a pause', () => refusal(503, 'server', {}, { 'retry-after': '2' }), 'server', { retryAfterMs: 2000 }],
    ['with a code that nobody knows', () => refusal(403, 'teapot'), 'forbidden', { status: 403 }],
    ['as a gateway in front of it', () => new Response('<html>', { status: 502 }), 'server', { status: 502 }],
    [
      'too many at once',
      () => new Response('', { status: 429, headers: { 'retry-after': '1' } }),
      'rate-limited',
      { status: 429, retryAfterMs: 1000 },
    ],
    ['because there is none', () => Response.json({ code: 'NOT_FOUND' }, { status: 404 }), 'server', { status: 404 }],
    ['too late', () => new Response('', { status: 504 }), 'timeout', { status: 504 }],
  ];
  for (const [what, answer, code, details] of answers) {
    it(`${what} is ${code}`, async () => {
      const cloud = new MemoryCloud();
      cloud.interferences.push(() => answer());
      const error = await refusalOf(storeOn(cloud).blobs.stat('a'));
      assert.deepEqual([error.code, error.details], [code, details]);
    });
  }

  it('a date to come back at is a pause too', async () => {
    const cloud = new MemoryCloud();
    const date = new Date(Date.now() + 60_000).toUTCString();
    cloud.interferences.push(() => refusal(503, 'server', {}, { 'retry-after': date }));
    const ms = Number((await refusalOf(storeOn(cloud).blobs.stat('a'))).details['retryAfterMs']);
    assert.ok(ms > 50_000 && ms <= 60_000, `${ms} ms`);
  });

  it('an answer that is no JSON is the server’s fault, a line that breaks is the line’s', async () => {
    const cloud = new MemoryCloud();
    cloud.interferences.push(() => new Response('{"half":'));
    assert.equal((await refusalOf(storeOn(cloud).blobs.stat('a'))).code, 'server');
    cloud.interferences[0] = () => {
      throw brokenLine();
    };
    assert.equal((await refusalOf(storeOn(cloud).blobs.stat('a'))).code, 'offline');
  });

  it('silence is a timeout', async () => {
    const cloud = new MemoryCloud();
    cloud.interferences.push(() => new Promise(() => undefined));
    const { blobs } = storeOn(cloud, { stallMs: 20 });
    assert.equal((await refusalOf(blobs.stat('a'))).code, 'timeout');
  });

  it('a caller who waits no more hears `aborted` at once', async () => {
    const cloud = new MemoryCloud();
    cloud.interferences.push(() => new Promise(() => undefined));
    const controller = new AbortController();
    const asked = refusalOf(storeOn(cloud).blobs.stat('a', { signal: controller.signal }));
    controller.abort();
    assert.equal((await asked).code, 'aborted');
  });
});

it('an address that is none is a mistake of the host’s', () => {
  assert.throws(() => createB2Store({ signerUrl: 'signer', accessToken: async () => null }), TypeError);
  assert.throws(() => createB2Store({ signerUrl: 'javascript:0', accessToken: async () => null }), TypeError);
});
