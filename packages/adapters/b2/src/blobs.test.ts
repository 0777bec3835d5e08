import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError, type LecternError } from '@lectern/ports';
import { createB2Store, type B2StoreOptions } from './b2-store.js';
import {
  brokenLine,
  MemoryCloud,
  refusal,
  SIGNER,
  storeRefusal,
  type SeenRequest,
} from './test-support/memory-cloud.js';

const bytes = (length: number, seed = 7): Blob =>
  new Blob([Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 255)], { type: 'image/png' });
const hexOf = async (blob: Blob | undefined): Promise<string> =>
  blob ? Buffer.from(await blob.arrayBuffer()).toString('hex') : 'nothing';
const asks = (act: string) => (seen: SeenRequest) => `${seen.method} ${seen.what}`.endsWith(act);
const isRead = ({ what }: SeenRequest): boolean => what.startsWith('read');

async function refusalOf(work: Promise<unknown>): Promise<LecternError> {
  try {
    await work;
  } catch (error) {
    if (isLecternError(error)) return error;
    throw error;
  }
  return assert.fail('it went well');
}

function open(cloud: MemoryCloud, more: Partial<B2StoreOptions> = {}): ReturnType<typeof createB2Store>['blobs'] {
  return createB2Store({
    signerUrl: SIGNER,
    accessToken: async () => 'token 1',
    fetch: cloud.fetch,
    stallMs: 2000,
    ...more,
  }).blobs;
}

/** The answer comes, and nobody hears of it. */
function loseAnswer(cloud: MemoryCloud, matching: (seen: SeenRequest) => boolean, times = 1): void {
  let left = times;
  cloud.interferences.push(async (seen, init) => {
    if (left === 0 || !matching(seen)) return undefined;
    left -= 1;
    const others = cloud.interferences.splice(0);
    await cloud.fetch(`${SIGNER}${seen.what}`, init);
    cloud.interferences.push(...others);
    throw brokenLine();
  });
}

describe('a blob that is put into B2', () => {
  it('is there, though every answer of the way is lost once', async () => {
    const cloud = new MemoryCloud();
    for (const act of ['POST /uploads', '/sign', '/complete']) loseAnswer(cloud, asks(act));
    await open(cloud).put('k', bytes(35));
    assert.equal(await hexOf(cloud.blobs.get('k')), await hexOf(bytes(35)));
    assert.equal(cloud.uploads.size, 1);
  });

  it('is there when nobody ever hears that it is complete, but that it can’t be given up any more', async () => {
    const cloud = new MemoryCloud();
    loseAnswer(cloud, asks('/complete'), 4);
    const stat = await open(cloud).put('k', bytes(35));
    assert.deepEqual(stat, { key: 'k', sizeBytes: 35, mimeType: 'image/png' });
  });

  it('is given up when it can’t be finished, and can be put again', async () => {
    const cloud = new MemoryCloud();
    const blobs = open(cloud);
    cloud.interferences.push((seen) => (seen.what === 'part 2' ? storeRefusal(400, 'InvalidRequest') : undefined));
    assert.equal((await refusalOf(blobs.put('k', bytes(35)))).code, 'invalid-input');
    assert.deepEqual(
      [...cloud.uploads.values()].map(({ status }) => status),
      ['cancelled'],
    );
    cloud.interferences.length = 0;
    await blobs.put('k', bytes(35));
    assert.equal(cloud.blobs.get('k')?.size, 35);
  });

  it('is out of the way of the next one, though it couldn’t be given up when it failed', async () => {
    const cloud = new MemoryCloud();
    const blobs = open(cloud);
    cloud.interferences.push((seen) => {
      if (asks('/complete')(seen)) return refusal(500, 'server', {}, { 'retry-after': '0' });
      if (seen.method === 'DELETE') throw brokenLine();
      return undefined;
    });
    assert.equal((await refusalOf(blobs.put('k', bytes(35)))).code, 'server');
    cloud.interferences.length = 0;
    await blobs.put('k', bytes(20, 9));
    assert.equal(await hexOf(cloud.blobs.get('k')), await hexOf(bytes(20, 9)));
  });

  it('goes on with one that died with its page, and is another one where somebody else’s has its name', async () => {
    const cloud = new MemoryCloud();
    const dead = open(cloud);
    cloud.interferences.push(({ what }) => (what.endsWith('/complete') ? new Promise(() => undefined) : undefined));
    void dead.put('k', bytes(35)).catch(() => undefined);
    while (!cloud.seen.some(asks('/complete'))) await new Promise((resolve) => setImmediate(resolve));
    cloud.interferences.length = 0;
    cloud.seen.length = 0;
    const stat = await open(cloud).put('k', bytes(35));
    assert.equal(stat.sizeBytes, 35);
    assert.ok(!cloud.seen.some(({ what }) => what.startsWith('part')), 'all parts were there');
    assert.equal((await refusalOf(open(cloud).put('k', bytes(35)))).code, 'already-exists');
    const [first] = cloud.uploads.values();
    assert.ok(first);
    cloud.blobs.clear();
    cloud.uploads.set(first.id, { ...first, status: 'cancelled' });
    await open(cloud).put('k', bytes(35));
    assert.equal(await hexOf(cloud.blobs.get('k')), await hexOf(bytes(35)));
  });

  it('doesn’t touch what others have under its key', async () => {
    const cloud = new MemoryCloud();
    const blobs = open(cloud);
    await blobs.put('k', bytes(35));
    assert.equal((await refusalOf(blobs.put('k', bytes(20)))).code, 'already-exists');
    assert.ok(!cloud.seen.some(({ method }) => method === 'DELETE'));
    assert.equal(cloud.blobs.get('k')?.size, 35);
  });

  it('says how far it is, never less than before', async () => {
    const cloud = new MemoryCloud();
    const told: number[] = [];
    cloud.interfere(
      ({ what }) => what === 'part 2',
      () => {
        throw brokenLine();
      },
    );
    await open(cloud).put('k', bytes(95).stream(), { mimeType: 'image/png', onProgress: (sent) => told.push(sent) });
    assert.equal(told.at(-1), 95);
    assert.deepEqual(
      told,
      [...told].sort((a, b) => a - b),
    );
  });
});

describe('a blob that is read from B2', () => {
  async function storing(
    size: number,
    more: Partial<B2StoreOptions> = {},
  ): Promise<{
    readonly cloud: MemoryCloud;
    readonly blobs: ReturnType<typeof open>;
  }> {
    const cloud = new MemoryCloud();
    const blobs = open(cloud, more);
    await blobs.put('k', bytes(size));
    cloud.seen.length = 0;
    return { cloud, blobs };
  }

  it('has its bytes and its type, and is asked for once', async () => {
    const { cloud, blobs } = await storing(35);
    const [first, second] = await Promise.all([blobs.get('k'), blobs.get('k')]);
    assert.equal(await hexOf(first), await hexOf(bytes(35)));
    assert.equal(first.type, 'image/png');
    assert.equal(await hexOf(second), await hexOf(first));
    await blobs.get('k');
    assert.deepEqual(cloud.asked(), ['GET /blobs/url?key=k&expires=900', 'GET read k']);
  });

  it('is asked for again when it was let go of to make room', async () => {
    const { cloud, blobs } = await storing(35, { cacheBytes: 60 });
    await blobs.put('other', bytes(30));
    cloud.seen.length = 0;
    for (const key of ['k', 'k', 'other', 'k', 'k']) await blobs.get(key);
    assert.deepEqual(
      cloud.seen.filter(isRead).map(({ what }) => what),
      ['read k', 'read other', 'read k'],
    );
    assert.equal(cloud.seen.length - 3, 2, 'but its address is still known');
  });

  it('goes on where the line broke', async () => {
    const { cloud, blobs } = await storing(3000);
    const all = new Uint8Array(await bytes(3000).arrayBuffer());
    const ranges: (string | null)[] = [];
    let reads = 0;
    cloud.interferences.push((seen, init) => {
      if (!isRead(seen)) return undefined;
      const range = new Headers(init.headers).get('range');
      ranges.push(range);
      reads += 1;
      if (reads === 3) return undefined;
      const from = range === null ? 0 : Number(/\d+/.exec(range)?.[0]);
      let sent = false;
      const body = new ReadableStream({
        pull(controller) {
          if (sent) controller.error(brokenLine());
          else controller.enqueue(all.slice(from, from + 1000));
          sent = true;
        },
      });
      return new Response(body, { status: range === null ? 200 : 206 });
    });
    const blob = await blobs.get('k');
    assert.equal(await hexOf(blob), await hexOf(bytes(3000)));
    assert.deepEqual(ranges, [null, 'bytes=1000-', 'bytes=2000-']);
  });

  it('begins again where a stretch can’t be had', async () => {
    const { cloud, blobs } = await storing(3000);
    const all = new Uint8Array(await bytes(3000).arrayBuffer());
    let reads = 0;
    cloud.interferences.push((seen) => {
      if (!isRead(seen)) return undefined;
      reads += 1;
      // A line that ends early and says nothing of it; then somebody who doesn't know of stretches.
      return new Response(reads === 1 ? all.slice(0, 700) : all);
    });
    assert.equal(await hexOf(await blobs.get('k')), await hexOf(bytes(3000)));
  });

  it('has a new address made when the old one is refused, once', async () => {
    const { cloud, blobs } = await storing(35);
    cloud.interfere(isRead, () => storeRefusal(403, 'AccessDenied'));
    assert.equal((await blobs.get('k')).size, 35);
    assert.equal(cloud.signed, 6, 'four parts and two readings');
    const { cloud: other, blobs: refused } = await storing(35);
    other.interferences.push((seen) => (isRead(seen) ? storeRefusal(403, 'AccessDenied') : undefined));
    assert.equal((await refusalOf(refused.get('k'))).code, 'forbidden');
  });

  it('is corrupt when there is more of it than the records say', async () => {
    const { cloud, blobs } = await storing(35);
    cloud.interferences.push((seen) => (isRead(seen) ? new Response(bytes(36)) : undefined));
    assert.equal((await refusalOf(blobs.get('k'))).code, 'corrupt');
  });

  it('fails in the end when nothing comes', async () => {
    const { cloud, blobs } = await storing(35);
    cloud.interferences.push((seen) =>
      isRead(seen) ? storeRefusal(503, 'SlowDown', { 'retry-after': '0' }) : undefined,
    );
    assert.equal((await refusalOf(blobs.get('k'))).code, 'rate-limited');
    assert.equal(cloud.seen.filter(isRead).length, 4);
  });

  it('is called off when nobody waits for it any more, and not before', async () => {
    const { cloud, blobs } = await storing(35);
    let calledOff = 0;
    cloud.interferences.push((seen, init) => {
      if (!isRead(seen)) return undefined;
      return new Promise((_, reject) => {
        init.signal?.addEventListener('abort', () => {
          calledOff += 1;
          reject(new DOMException('', 'AbortError'));
        });
      });
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) => refusalOf(blobs.get('k', { signal })));
    while (!cloud.seen.some(isRead)) await new Promise((resolve) => setImmediate(resolve));
    first.abort();
    assert.equal((await waiting[0])?.code, 'aborted');
    assert.equal(calledOff, 0);
    second.abort();
    assert.equal((await waiting[1])?.code, 'aborted');
    assert.equal(calledOff, 1);
    cloud.interferences.length = 0;
    assert.equal((await blobs.get('k')).size, 35);
  });

  it('is gone once it was deleted here', async () => {
    const { blobs } = await storing(35);
    await blobs.get('k');
    await blobs.delete('k');
    await blobs.delete('k');
    assert.equal((await refusalOf(blobs.get('k'))).code, 'not-found');
    assert.equal(await blobs.stat('k'), null);
  });

  it('comes empty without asking the store', async () => {
    const cloud = new MemoryCloud();
    const blobs = open(cloud);
    await blobs.put('empty', new Blob([], { type: 'text/plain' }));
    const blob = await blobs.get('empty');
    assert.deepEqual([blob.size, blob.type], [0, 'text/plain']);
    assert.ok(!cloud.seen.some(isRead));
  });
});

it('how much is stored is what the host says', async () => {
  const cloud = new MemoryCloud();
  assert.deepEqual(await open(cloud).report(), { kind: 'remote', usedBytes: 0, quotaBytes: null, persistent: true });
  const told = open(cloud, { usage: async () => ({ usedBytes: 5, quotaBytes: 10 }) });
  assert.deepEqual(await told.report(), { kind: 'remote', usedBytes: 5, quotaBytes: 10, persistent: true });
});

describe('a blob that somebody has read', () => {
  const tokenOf = (sub: string, issued: number): string =>
    `e30.${Buffer.from(JSON.stringify({ sub, iat: issued })).toString('base64url')}.s`;

  it('is asked for again when another user is signed in, and not when the token is renewed', async () => {
    const cloud = new MemoryCloud();
    const [first, renewed, other] = [tokenOf('one', 1), tokenOf('one', 2), tokenOf('two', 3)];
    for (const each of [first, renewed, other]) cloud.tokens.add(each);
    let token: string | null = first;
    const blobs = open(cloud, { accessToken: async () => token });
    await blobs.put('k', bytes(35));
    const reads = async (): Promise<number> => {
      await blobs.get('k');
      return cloud.seen.filter(isRead).length;
    };
    assert.equal(await reads(), 1);
    token = renewed;
    assert.equal(await reads(), 1);
    token = other;
    assert.equal(await reads(), 2);
    token = null;
    assert.equal((await refusalOf(blobs.get('k'))).code, 'unauthenticated');
  });
});
