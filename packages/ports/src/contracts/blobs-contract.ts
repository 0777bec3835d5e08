import type { ContractSuite } from './contract.js';
import { expectEqual, expectError, expectTrue, firedSignal } from './expectations.js';

const bytes = (length: number, seed = 1): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 255);

function streamOf(
  chunks: readonly Uint8Array[],
  endsBy: 'closing' | 'failing' | 'hanging' = 'closing',
): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      const chunk = chunks[next++];
      if (chunk) controller.enqueue(chunk);
      else if (endsBy === 'closing') controller.close();
      else if (endsBy === 'failing') controller.error(new Error('The source broke off'));
      else await new Promise(() => undefined);
    },
  });
}

async function expectBytes(blob: Blob, expected: Uint8Array, what: string): Promise<void> {
  const got = new Uint8Array(await blob.arrayBuffer());
  expectEqual(got.length, expected.length, `${what}: length`);
  const different = expected.findIndex((byte, index) => got[index] !== byte);
  expectEqual(different, -1, `${what}: first byte that differs`);
}

/** What every store of bytes promises. */
export const blobsContract: ContractSuite = {
  name: 'blobs',
  cases: [
    {
      name: 'gives back the bytes and the type of a blob',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        const stat = await blobs.put(key, new Blob([bytes(5000)], { type: 'image/png' }));
        expectEqual(stat, { key, sizeBytes: 5000, mimeType: 'image/png' }, 'answer of put');
        expectEqual(await blobs.stat(key), stat, 'stat');
        const blob = await blobs.get(key);
        expectEqual(blob.type, 'image/png', 'type of the blob');
        await expectBytes(blob, bytes(5000), 'bytes');
      },
    },
    {
      name: 'gives back the bytes of a stream under the type that it is told',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        const stat = await blobs.put(key, streamOf([bytes(70_000), bytes(3, 9)]), { mimeType: 'audio/wav' });
        expectEqual(stat, { key, sizeBytes: 70_003, mimeType: 'audio/wav' }, 'answer of put');
        const blob = await blobs.get(key);
        expectEqual(blob.type, 'audio/wav', 'type of the blob');
        await expectBytes(blob, new Uint8Array([...bytes(70_000), ...bytes(3, 9)]), 'bytes');
      },
    },
    {
      name: 'gives back stretches of a blob',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        await blobs.put(key, new Blob([bytes(5000)]));
        const blob = await blobs.get(key);
        await expectBytes(blob.slice(1000, 1100), bytes(5000).slice(1000, 1100), 'bytes 1000 to 1100');
      },
    },
    {
      name: 'prefers the type that it is told to the blob’s own',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        await blobs.put(key, new Blob(['x'], { type: 'text/plain' }), { mimeType: 'video/mp4' });
        expectEqual((await blobs.stat(key))?.mimeType, 'video/mp4', 'type');
        expectEqual((await blobs.get(key)).type, 'video/mp4', 'type of the blob');
      },
    },
    {
      name: 'says how far it is, and the whole size in the end',
      async run({ backend: { blobs }, newId }) {
        const told: number[] = [];
        await blobs.put(`contract/${newId()}/1`, streamOf([bytes(1000), bytes(1000)]), {
          onProgress: (sentBytes) => told.push(sentBytes),
        });
        expectEqual(told.at(-1), 2000, 'last progress');
        expectEqual(
          told,
          [...told].sort((a, b) => a - b),
          'progress never goes back',
        );
      },
    },
    {
      name: 'refuses other bytes under a key that is taken, and keeps the first',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        await blobs.put(key, new Blob(['first']));
        await expectError('already-exists', blobs.put(key, new Blob(['second'])), 'second put of a blob');
        await expectError('already-exists', blobs.put(key, streamOf([bytes(10)])), 'second put of a stream');
        expectEqual(await (await blobs.get(key)).text(), 'first', 'bytes');
      },
    },
    {
      name: 'lets one of two puts at the same time win',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        const outcomes = await Promise.allSettled([
          blobs.put(key, streamOf([bytes(10, 1)])),
          blobs.put(key, streamOf([bytes(20, 2)])),
        ]);
        const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.sizeBytes] : []));
        expectEqual(won.length, 1, 'how many succeeded');
        expectEqual((await blobs.get(key)).size, won[0], 'whose bytes are there');
      },
    },
    {
      name: 'refuses keys that are not ASCII or leave their folder',
      async run({ backend: { blobs } }) {
        for (const key of ['', '/', 'a//b', '../a', 'a/../b', 'a/.', 'vidéo/1', 'a\nb', 'a\\b', 'x'.repeat(600)]) {
          await expectError('invalid-input', blobs.put(key, new Blob(['x'])), `key ${JSON.stringify(key)}`);
        }
      },
    },
    {
      name: 'knows nothing of a key that nothing was put under',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        expectEqual(await blobs.stat(key), null, 'stat');
        await expectError('not-found', blobs.get(key), 'get');
      },
    },
    {
      name: 'deletes, and deletes again without harm',
      async run({ backend: { blobs }, newId }) {
        const [blobKey, streamKey] = [`contract/${newId()}/1`, `contract/${newId()}/2`];
        await blobs.put(blobKey, new Blob(['x']));
        await blobs.put(streamKey, streamOf([bytes(10)]));
        for (const key of [blobKey, streamKey]) {
          await blobs.delete(key);
          await blobs.delete(key);
          expectEqual(await blobs.stat(key), null, 'stat');
          await expectError('not-found', blobs.get(key), 'get');
        }
      },
    },
    {
      name: 'stores nothing of a stream that breaks off',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        const put = blobs.put(key, streamOf([bytes(1000)], 'failing'));
        const outcome = await put.then(
          () => 'stored',
          () => 'refused',
        );
        expectEqual(outcome, 'refused', 'outcome of the put');
        expectEqual(await blobs.stat(key), null, 'stat');
      },
    },
    {
      name: 'stores nothing of a stream that is called off',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        const controller = new AbortController();
        const put = blobs.put(key, streamOf([bytes(1000)], 'hanging'), { signal: controller.signal });
        setTimeout(() => {
          controller.abort();
        }, 20);
        await expectError('aborted', put, 'put');
        expectEqual(await blobs.stat(key), null, 'stat');
        await blobs.put(key, new Blob(['again']));
      },
    },
    {
      name: 'does nothing for a signal that has fired',
      async run({ backend: { blobs }, newId }) {
        const key = `contract/${newId()}/1`;
        const signal = firedSignal();
        await expectError('aborted', blobs.put(key, new Blob(['x']), { signal }), 'put');
        await expectError('aborted', blobs.get(key, { signal }), 'get');
        await expectError('aborted', blobs.stat(key, { signal }), 'stat');
        await expectError('aborted', blobs.delete(key, { signal }), 'delete');
        await expectError('aborted', blobs.report({ signal }), 'report');
        expectEqual(await blobs.stat(key), null, 'stat');
      },
    },
    {
      name: 'reports how much room there is',
      async run({ backend: { blobs } }) {
        const report = await blobs.report();
        expectTrue(
          ['opfs', 'indexeddb', 'memory', 'remote'].includes(report.kind),
          `kind ${report.kind} is one of four`,
        );
        expectTrue(report.usedBytes >= 0, 'used bytes are not negative');
        expectTrue(report.quotaBytes === null || report.quotaBytes > 0, 'the quota is null or above zero');
        expectEqual(typeof report.persistent, 'boolean', 'type of persistent');
      },
    },
    {
      name: 'says that the disk is full, and stores nothing of what didn’t fit',
      needs: ['fillUp'],
      async run({ backend: { blobs }, newId, fillUp }) {
        const [blobKey, streamKey] = [`contract/${newId()}/1`, `contract/${newId()}/2`];
        const makeRoom = await fillUp();
        try {
          const large = bytes(1024 * 1024);
          const parts = [large, large, large, large];
          await expectError('quota-exceeded', blobs.put(blobKey, new Blob(parts)), 'put of a blob');
          await expectError('quota-exceeded', blobs.put(streamKey, streamOf(parts)), 'put of a stream');
        } finally {
          await makeRoom();
        }
        for (const key of [blobKey, streamKey]) {
          expectEqual(await blobs.stat(key), null, 'stat');
          await blobs.put(key, new Blob(['now it fits']));
        }
      },
    },
    {
      name: 'shows another page what was stored and deleted',
      needs: ['openPeer'],
      async run({ backend: { blobs }, newId, openPeer }) {
        const key = `contract/${newId()}/1`;
        await blobs.put(key, streamOf([bytes(100)]));
        const peer = await openPeer();
        await expectBytes(await peer.blobs.get(key), bytes(100), 'bytes');
        await peer.blobs.delete(key);
        expectEqual(await blobs.stat(key), null, 'stat');
      },
    },
  ],
};
