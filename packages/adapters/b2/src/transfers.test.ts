import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Attempt,
  isLecternError,
  type LecternError,
  type NewAsset,
  type RunAttempt,
  type Transfer,
  type TransferRequest,
} from '@lectern/ports';
import { createB2Store } from './b2-store.js';
import {
  brokenLine,
  MemoryCloud,
  refusal,
  SIGNER,
  storeRefusal,
  type SeenRequest,
} from './test-support/memory-cloud.js';

const id = '6f9f6a3c-30f0-4f35-9f0c-2f7a3b1f0001';
const bytes = (length: number): Blob =>
  new Blob([Uint8Array.from({ length }, (_, index) => (index * 31 + 7) & 255)], { type: 'video/mp4' });
const isPart = ({ what }: SeenRequest): boolean => what.startsWith('part');
const asks = (act: string) => (seen: SeenRequest) => `${seen.method} ${seen.what}`.endsWith(act);

function open(
  cloud: MemoryCloud,
  more: Partial<Parameters<typeof createB2Store>[0]> = {},
): ReturnType<typeof createB2Store>['transfers'] {
  const store = createB2Store({
    signerUrl: SIGNER,
    accessToken: async () => 'token 1',
    fetch: cloud.fetch,
    stallMs: 2000,
    ...more,
  });
  return store.transfers;
}

const requestFor = (source: Blob, more: Partial<TransferRequest> = {}): TransferRequest => ({
  id,
  key: 'assets/a/1',
  sizeBytes: source.size,
  mimeType: 'video/mp4',
  ...more,
});

async function refusalOf(work: Promise<unknown>): Promise<LecternError> {
  try {
    await work;
  } catch (error) {
    if (isLecternError(error)) return error;
    throw error;
  }
  return assert.fail('it went well');
}

/** Tries again at once whatever may be tried again, and counts. */
function eagerRun(tries = 6): {
  readonly run: RunAttempt;
  readonly attempts: () => number;
  readonly most: () => number;
} {
  let attempts = 0;
  let running = 0;
  let most = 0;
  const run: RunAttempt = async (work) => {
    for (let left = tries; ; left -= 1) {
      attempts += 1;
      running += 1;
      most = Math.max(most, running);
      const attempt: Attempt = { signal: new AbortController().signal, progressed: () => undefined };
      try {
        return await work(attempt);
      } catch (error) {
        if (!isLecternError(error) || !error.retryable || left === 1) throw error;
      } finally {
        running -= 1;
      }
    }
  };
  return { run, attempts: () => attempts, most: () => most };
}

async function stored(cloud: MemoryCloud, key = 'assets/a/1'): Promise<string> {
  const blob = cloud.blobs.get(key);
  return blob ? Buffer.from(await blob.arrayBuffer()).toString('hex') : 'nothing';
}
const hexOf = async (blob: Blob): Promise<string> => Buffer.from(await blob.arrayBuffer()).toString('hex');

describe('a transfer to B2', () => {
  it('is reserved with what its bytes become, in the words of the tables', async () => {
    const cloud = new MemoryCloud();
    const asset: NewAsset = {
      id: 'a',
      name: 'Lesson',
      kind: 'video',
      mimeType: 'video/mp4',
      sizeBytes: 5,
      sourceType: 'recording',
      studioMetadata: { project_id: 'p' },
      tags: ['x'],
      probe: null,
      posterKey: null,
      blobKey: 'assets/a/1',
      fingerprint: 'f',
    };
    const transfer = await open(cloud).reserve(requestFor(bytes(5), { record: { type: 'asset', asset } }));
    assert.deepEqual(transfer, { id, key: 'assets/a/1', sizeBytes: 5, mimeType: 'video/mp4', resume: null });
    assert.deepEqual(cloud.uploads.get(id)?.record, {
      id: 'a',
      name: 'Lesson',
      kind: 'video',
      source_type: 'recording',
      studio_metadata: { project_id: 'p' },
      tags: ['x'],
      fingerprint: 'f',
    });
    const version = { blobKey: 'k', mimeType: '', sizeBytes: 5, probe: null, posterKey: 'p' };
    const other = '6f9f6a3c-30f0-4f35-9f0c-2f7a3b1f0002';
    await open(cloud).reserve(
      requestFor(bytes(5), { id: other, key: 'b', record: { type: 'version', assetId: 'a', version } }),
    );
    assert.deepEqual(cloud.uploads.get(other)?.record, { id: 'a', replace: true, poster_key: 'p' });
  });

  it('sends all parts, and says how far it is', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(95);
    const transfer = await transfers.reserve(requestFor(source));
    const told: number[] = [];
    const remembered: Transfer[] = [];
    const stat = await transfers.send(transfer, source, {
      onProgress: (storedBytes) => told.push(storedBytes),
      remember: async (known) => {
        assert.ok(!cloud.seen.some(isPart), 'before the first byte');
        remembered.push(known);
      },
    });
    assert.deepEqual(stat, { key: 'assets/a/1', sizeBytes: 95, mimeType: 'video/mp4' });
    assert.equal(await stored(cloud), await hexOf(source));
    assert.deepEqual([told[0], told.at(-1)], [0, 95]);
    assert.deepEqual(remembered, [{ ...transfer, resume: id }]);
    assert.equal(cloud.seen.filter(isPart).length, 10);
  });

  it('sends only what the store lacks', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(95);
    const transfer = await transfers.reserve(requestFor(source));
    const parts = cloud.uploads.get(id)?.parts;
    parts?.set(2, source.slice(10, 20));
    parts?.set(3, source.slice(20, 25));
    const told: number[] = [];
    await transfers.send(transfer, source, { onProgress: (storedBytes) => told.push(storedBytes) });
    assert.equal(await stored(cloud), await hexOf(source));
    const sent = cloud.seen.filter(isPart).map(({ what }) => what);
    assert.ok(!sent.includes('part 2'));
    assert.ok(sent.includes('part 3'), 'a part of another size is sent again');
    assert.equal(told[0], 10);
  });

  it('sends nothing of what is done already', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(30);
    const transfer = await transfers.reserve(requestFor(source));
    await transfers.send(transfer, source);
    cloud.seen.length = 0;
    const told: number[] = [];
    assert.equal((await transfers.send(transfer, source, { onProgress: (n) => told.push(n) })).sizeBytes, 30);
    assert.deepEqual(cloud.asked(), ['GET /uploads/*']);
    assert.deepEqual(told, [30]);
  });

  it('completes an empty file without sending anything', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const transfer = await transfers.reserve(requestFor(bytes(0)));
    await transfers.send(transfer, bytes(0));
    assert.deepEqual(cloud.asked(), ['POST /uploads', 'GET /uploads/*', 'POST /uploads/*/complete']);
    assert.equal(cloud.blobs.get('assets/a/1')?.size, 0);
  });

  it('has addresses signed 16 at a time, as they are needed', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(400);
    const transfer = await transfers.reserve(requestFor(source));
    await transfers.send(transfer, source, { run: eagerRun().run });
    const batches = cloud.seen.filter(asks('/sign')).map(({ body }) => (body as { parts: number[] }).parts);
    assert.deepEqual(
      batches.flat(),
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    assert.ok(batches.every((parts) => parts.length <= 16));
    const secondBatch = cloud.seen.findIndex((seen) => asks('/sign')(seen) && seen.body === batches[1]);
    assert.ok(secondBatch === -1 || cloud.seen.slice(0, secondBatch).some(isPart));
  });

  it('lets `run` have every request, and no more than six at once', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(400);
    const transfer = await transfers.reserve(requestFor(source));
    const { run, attempts, most } = eagerRun();
    await transfers.send(transfer, source, { run });
    assert.equal(attempts(), 42, 'the truth, 40 parts, the completion');
    assert.ok(most() <= 6, `${most()} at once`);
  });

  it('has an address signed again that was refused, and gives up when the new one is refused too', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(30);
    const transfer = await transfers.reserve(requestFor(source));
    cloud.interfere(
      ({ what }) => what === 'part 2',
      () => storeRefusal(403, 'AccessDenied'),
    );
    await transfers.send(transfer, source);
    assert.equal(await stored(cloud), await hexOf(source));
    const another = await transfers.reserve(requestFor(source, { id: id.replace('0001', '0002'), key: 'b' }));
    cloud.interferences.push((seen) => (isPart(seen) ? storeRefusal(403, 'SignatureDoesNotMatch') : undefined));
    const { run } = eagerRun();
    assert.equal((await refusalOf(transfers.send(another, source, { run }))).code, 'forbidden');
  });

  it('has addresses signed again that ended while they waited', async () => {
    const cloud = new MemoryCloud();
    cloud.addressLifetimeMs = 1;
    const transfers = open(cloud);
    const source = bytes(120);
    const transfer = await transfers.reserve(requestFor(source));
    cloud.interferences.push(async (seen) => {
      if (isPart(seen)) await new Promise((resolve) => setTimeout(resolve, 5));
      return undefined;
    });
    await transfers.send(transfer, source, { run: eagerRun(50).run });
    assert.equal(await stored(cloud), await hexOf(source));
    assert.ok(cloud.signed > 12);
  });

  it('sends a part again after the line broke, and the progress goes back', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(50);
    const transfer = await transfers.reserve(requestFor(source));
    cloud.interfere(
      ({ what }) => what === 'part 3',
      () => {
        throw brokenLine();
      },
      () => refusal(503, 'server'),
    );
    await transfers.send(transfer, source, { run: eagerRun().run });
    assert.equal(await stored(cloud), await hexOf(source));
  });

  it('fails with the first part that fails for good, once, and calls the others off', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(400);
    const transfer = await transfers.reserve(requestFor(source));
    cloud.interferences.push((seen) =>
      seen.what === 'part 5' ? storeRefusal(503, 'ServiceUnavailable', { 'retry-after': '7' }) : undefined,
    );
    const { code, details, retryable } = await refusalOf(transfers.send(transfer, source));
    assert.deepEqual([code, retryable, details['retryAfterMs']], ['server', true, 7000]);
    const sent = cloud.seen.filter(isPart).length;
    assert.ok(sent < 12, `${sent} parts were sent`);
    cloud.interferences.length = 0;
    await transfers.send(transfer, source);
    assert.equal(await stored(cloud), await hexOf(source), 'and the next time it goes on');
  });

  it('begins anew when the store has given the upload up meanwhile', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(100);
    const transfer = await transfers.reserve(requestFor(source));
    const told: number[] = [];
    cloud.interfere(
      ({ what }) => what === 'part 8',
      () => {
        const upload = cloud.uploads.get(id);
        if (upload) {
          upload.generation += 1;
          upload.parts = new Map();
        }
        return undefined;
      },
    );
    await transfers.send(transfer, source, { onProgress: (storedBytes) => told.push(storedBytes) });
    assert.equal(await stored(cloud), await hexOf(source));
    assert.ok(
      told.some((value, index) => index > 0 && value < (told[index - 1] ?? 0)),
      'the progress went back',
    );
  });

  it('sends what the completion says is missing', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(50);
    const transfer = await transfers.reserve(requestFor(source));
    cloud.interfere(asks('/complete'), () => {
      cloud.uploads.get(id)?.parts.delete(2);
      return undefined;
    });
    await transfers.send(transfer, source);
    assert.equal(await stored(cloud), await hexOf(source));
    assert.equal(cloud.seen.filter(asks('/complete')).length, 2);
  });

  it('asks again for a completion whose answer was lost', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(50);
    const transfer = await transfers.reserve(requestFor(source));
    let lost = false;
    const { run } = eagerRun();
    cloud.interferences.push(async (seen, init) => {
      if (lost || !asks('/complete')(seen)) return undefined;
      lost = true;
      await cloud.fetch(`${SIGNER}${seen.what}`, init);
      throw brokenLine();
    });
    await transfers.send(transfer, source, { run });
    assert.equal(await stored(cloud), await hexOf(source));
  });

  it('is not found when nobody knows it, or it was given up', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(50);
    const transfer = await transfers.reserve(requestFor(source));
    const strange = { ...transfer, id: id.replace('0001', '0003') };
    assert.equal((await refusalOf(transfers.send(strange, source))).code, 'not-found');
    await transfers.cancel(transfer);
    await transfers.cancel(transfer);
    await transfers.cancel(strange);
    assert.equal((await refusalOf(transfers.send(transfer, source))).code, 'not-found');
    assert.ok(!cloud.seen.some(isPart));
  });

  it('is not found when it is given up while it is sent', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(400);
    const transfer = await transfers.reserve(requestFor(source));
    cloud.interfere(
      ({ what }) => what === 'part 8',
      async () => {
        await transfers.cancel(transfer);
        return undefined;
      },
    );
    assert.equal((await refusalOf(transfers.send(transfer, source))).code, 'not-found');
  });

  it('refuses a source of another size before anything is asked', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const transfer = await transfers.reserve(requestFor(bytes(50)));
    cloud.seen.length = 0;
    const { code, details } = await refusalOf(transfers.send(transfer, bytes(49)));
    assert.deepEqual([code, details['found']], ['invalid-input', 49]);
    assert.deepEqual(cloud.seen, []);
  });

  it('stops when it is called off, and keeps what was sent', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(400);
    const transfer = await transfers.reserve(requestFor(source));
    const controller = new AbortController();
    cloud.interfere(
      ({ what }) => what === 'part 8',
      (_, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener('abort', () => {
            reject(new DOMException('', 'AbortError'));
          });
          controller.abort();
        }),
    );
    const failure = await refusalOf(transfers.send(transfer, source, { signal: controller.signal }));
    assert.equal(failure.code, 'aborted');
    assert.equal(cloud.uploads.get(id)?.status, 'open');
    assert.ok((cloud.uploads.get(id)?.parts.size ?? 0) >= 5);
    const other = await refusalOf(transfers.send(transfer, source, { signal: controller.signal }));
    assert.equal(other.code, 'aborted');
  });

  it('asks for a file’s bytes that can’t be read any more only once', async () => {
    const cloud = new MemoryCloud();
    const transfers = open(cloud);
    const source = bytes(30);
    const transfer = await transfers.reserve(requestFor(source));
    const gone = Object.assign(source, {
      slice: () => ({
        size: 10,
        slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('It has gone', 'NotReadableError')) }),
      }),
    });
    cloud.interferences.push((seen) => {
      if (isPart(seen)) throw brokenLine();
      return undefined;
    });
    const failure = await refusalOf(transfers.send(transfer, gone, { run: eagerRun().run }));
    assert.deepEqual([failure.code, failure.retryable], ['unknown', false]);
  });
});
