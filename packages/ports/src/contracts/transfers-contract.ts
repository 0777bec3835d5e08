import { isLecternError, LecternError } from '../errors.js';
import type { Backend } from '../backend.js';
import { type NewAsset, type NewAssetVersion, normaliseAssetName } from '../domain/asset.js';
import type { RunAttempt, SendOptions, Transfer, TransferRequest, TransfersPort } from '../transfers-port.js';
import type { ContractSuite } from './contract.js';
import { expectEqual, expectError, expectTrue, fail, firedSignal } from './expectations.js';
import { expectBytes, sampleBytes } from './sample-bytes.js';
import { sampleFacts, storeAsset } from './samples.js';

const mebibyte = 1024 * 1024;
/** More than a store that goes on sends in the few requests that a case lets through. */
const longBytes = ({ resumable }: TransfersPort): number => (resumable ? 30 : 1) * mebibyte;

function requestFor(newId: () => string, sizeBytes: number, fields: Partial<TransferRequest> = {}): TransferRequest {
  return { id: newId(), key: `assets/${newId()}/${newId()}`, sizeBytes, mimeType: 'video/mp4', ...fields };
}

const mp4 = (bytes: Uint8Array<ArrayBuffer>): Blob => new Blob([bytes], { type: 'video/mp4' });

/** Without where the store goes on, which is its own business. */
const plain = ({ id, key, sizeBytes, mimeType }: TransferRequest | Transfer): unknown => ({
  ...{ id, key, sizeBytes, mimeType },
});

/** A file that knows how much of it was taken, part by part. */
class WatchedFile extends Blob {
  takenBytes = 0;

  override slice(start?: number, end?: number, contentType?: string): Blob {
    const part = super.slice(start, end, contentType);
    this.takenBytes += part.size;
    return part;
  }
}

interface CallingOff extends SendOptions {
  readonly run: RunAttempt;
  readonly signal: AbortSignal;
}

/** One lane that lets a few requests through, one after the other, and then calls the transfer off. */
function callOffAfter(requests: number): CallingOff {
  const controller = new AbortController();
  const { signal } = controller;
  let left = requests;
  let lane: Promise<unknown> = Promise.resolve();
  const run: RunAttempt = (work) => {
    const mine = lane.then(() => {
      if (left-- <= 0) controller.abort();
      if (signal.aborted) throw new LecternError('aborted');
      return work({ signal, progressed: () => undefined });
    });
    lane = mine.catch(() => undefined);
    return mine;
  };
  return { run, signal };
}

/** Sends a long file until it is called off, and gives back what was to be remembered then. */
async function sendHalf(backend: Backend, transfer: Transfer, source: Blob): Promise<Transfer> {
  let remembered = transfer;
  const sending = backend.transfers.send(transfer, source, {
    ...callOffAfter(4),
    remember: async (now) => {
      remembered = now;
    },
  });
  if (backend.transfers.resumable) {
    await expectError('aborted', sending, 'a transfer that is called off');
    expectEqual(await backend.blobs.stat(transfer.key), null, 'stat of half a blob');
    await expectError('not-found', backend.blobs.get(transfer.key), 'get of half a blob');
  } else {
    await sending;
  }
  return remembered;
}

/** What goes on reads what the store lacks, and not everything again. */
async function sendRest(
  { transfers, blobs }: Backend,
  transfer: Transfer,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const file = new WatchedFile([bytes], { type: 'video/mp4' });
  const told: number[] = [];
  const stat = await transfers.send(transfer, file, { onProgress: (storedBytes) => told.push(storedBytes) });
  expectEqual(stat, { key: transfer.key, sizeBytes: bytes.length, mimeType: 'video/mp4' }, 'answer of send');
  expectEqual(told.at(-1), bytes.length, 'last progress');
  expectTrue(
    file.takenBytes < bytes.length,
    `what the store had already isn’t sent again: ${String(file.takenBytes)} of ${String(bytes.length)} bytes were read`,
  );
  await expectBytes(await blobs.get(transfer.key), bytes, 'bytes');
}

/** What every store promises of bytes that are sent to it piece by piece. */
export const transfersContract: ContractSuite = {
  name: 'transfers',
  cases: [
    {
      name: 'stores the bytes under their key and type, and says how far it is',
      async run({ backend: { transfers, blobs }, newId }) {
        const bytes = sampleBytes(100_000);
        const request = requestFor(newId, bytes.length);
        const transfer = await transfers.reserve(request);
        expectEqual(plain(transfer), plain(request), 'answer of reserve');
        expectEqual(await blobs.stat(request.key), null, 'stat before');
        const told: number[] = [];
        // The type is the one that was reserved, whatever the file says of itself.
        const source = new Blob([bytes], { type: 'text/plain' });
        const stat = await transfers.send(transfer, source, { onProgress: (storedBytes) => told.push(storedBytes) });
        expectEqual(stat, { key: request.key, sizeBytes: 100_000, mimeType: 'video/mp4' }, 'answer of send');
        expectEqual(await blobs.stat(request.key), stat, 'stat');
        expectEqual(told.at(-1), 100_000, 'last progress');
        expectTrue(
          told.every((storedBytes) => storedBytes >= 0 && storedBytes <= 100_000),
          `progress ${told.join(', ')} stays within the size`,
        );
        const blob = await blobs.get(request.key);
        expectEqual(blob.type, 'video/mp4', 'type of the blob');
        await expectBytes(blob, bytes, 'bytes');
      },
    },
    {
      name: 'stores nothing at all as well as one byte more than a whole number of parts',
      async run({ backend: { transfers, blobs }, newId }) {
        for (const sizeBytes of [0, 1, 6 * mebibyte + 1]) {
          const bytes = sampleBytes(sizeBytes, 3);
          const request = requestFor(newId, sizeBytes);
          const told: number[] = [];
          const stat = await transfers.send(await transfers.reserve(request), mp4(bytes), {
            onProgress: (storedBytes) => told.push(storedBytes),
          });
          expectEqual(stat.sizeBytes, sizeBytes, 'size');
          expectEqual(told.at(-1), sizeBytes, 'last progress');
          await expectBytes(await blobs.get(request.key), bytes, `${String(sizeBytes)} bytes`);
        }
      },
    },
    {
      name: 'gives the same transfer for the same request',
      async run({ backend: { transfers, blobs }, newId }) {
        const bytes = sampleBytes(1000);
        const request = requestFor(newId, bytes.length);
        const first = await transfers.reserve(request);
        const second = await transfers.reserve(request);
        expectEqual(plain(second), plain(first), 'second answer');
        expectEqual(JSON.parse(JSON.stringify(first)), first, 'plain data');
        await transfers.send(second, mp4(bytes));
        expectEqual((await transfers.send(first, mp4(bytes))).sizeBytes, 1000, 'what the first one finds');
        await expectBytes(await blobs.get(request.key), bytes, 'bytes');
      },
    },
    {
      name: 'refuses to reserve what makes no sense',
      async run({ backend: { transfers }, newId }) {
        const refusals: readonly Partial<TransferRequest>[] = [
          { id: '' },
          { sizeBytes: -1 },
          { sizeBytes: 0.5 },
          { mimeType: 'x'.repeat(256) },
          ...['', 'a//b', '../a', 'a/../b', 'vidéo/1', 'a\nb', 'x'.repeat(600)].map((key) => ({ key })),
        ];
        for (const fields of refusals) {
          const reserving = transfers.reserve(requestFor(newId, 10, fields));
          await expectError('invalid-input', reserving, JSON.stringify(fields).slice(0, 80));
        }
      },
    },
    {
      name: 'refuses a key under which something else is stored, and keeps that',
      async run({ backend: { transfers, blobs }, newId }) {
        const request = requestFor(newId, 6);
        await blobs.put(request.key, new Blob(['first']));
        await expectError('already-exists', transfers.reserve(request), 'reserve');
        expectEqual(await (await blobs.get(request.key)).text(), 'first', 'bytes');
        const sent = requestFor(newId, 6);
        await transfers.send(await transfers.reserve(sent), new Blob(['second']));
        await expectError('already-exists', transfers.reserve({ ...sent, id: newId() }), 'reserve after a transfer');
        await expectError('already-exists', blobs.put(sent.key, new Blob(['third'])), 'put after a transfer');
        expectEqual(await (await blobs.get(sent.key)).text(), 'second', 'bytes of the transfer');
      },
    },
    {
      name: 'lets one win when something else is put under a key that was reserved',
      async run({ backend: { transfers, blobs }, newId }) {
        const request = requestFor(newId, 8);
        const transfer = await transfers.reserve(request);
        const put = await blobs.put(request.key, new Blob(['put'])).then(
          () => true,
          (error: unknown) => {
            expectTrue(
              isLecternError(error) && error.code === 'already-exists',
              `put is refused as taken: ${String(error)}`,
            );
            return false;
          },
        );
        const sending = transfers.send(transfer, new Blob(['transfer']));
        if (put) await expectError('already-exists', sending, 'send');
        else await sending;
        expectEqual(await (await blobs.get(request.key)).text(), put ? 'put' : 'transfer', 'bytes');
      },
    },
    {
      name: 'refuses a file of another size than was reserved, and takes the right one after it',
      async run({ backend: { transfers, blobs }, newId }) {
        const request = requestFor(newId, 1000);
        const transfer = await transfers.reserve(request);
        for (const length of [999, 1001, 0]) {
          await expectError(
            'invalid-input',
            transfers.send(transfer, mp4(sampleBytes(length))),
            `${String(length)} bytes`,
          );
        }
        expectEqual(await blobs.stat(request.key), null, 'stat');
        await transfers.send(transfer, mp4(sampleBytes(1000)));
        await expectBytes(await blobs.get(request.key), sampleBytes(1000), 'bytes');
      },
    },
    {
      name: 'keeps what is done, whatever is asked for again',
      async run({ backend: { transfers, blobs }, newId }) {
        const bytes = sampleBytes(5000);
        const request = requestFor(newId, bytes.length);
        const transfer = await transfers.reserve(request);
        const stat = await transfers.send(transfer, mp4(bytes));
        expectEqual(await transfers.send(transfer, mp4(bytes)), stat, 'sending again');
        expectEqual(plain(await transfers.reserve(request)), plain(request), 'reserving again');
        await transfers.cancel(transfer);
        await transfers.cancel(transfer);
        expectEqual(await blobs.stat(request.key), stat, 'stat after cancelling');
        const told: number[] = [];
        const again = await transfers.send(transfer, mp4(bytes), {
          onProgress: (storedBytes) => told.push(storedBytes),
        });
        expectEqual([again, told.at(-1)], [stat, bytes.length], 'sending after cancelling');
        await expectBytes(await blobs.get(request.key), bytes, 'bytes');
      },
    },
    {
      name: 'gives up what was reserved, and the key is free for another',
      async run({ backend: { transfers, blobs }, newId }) {
        const bytes = sampleBytes(2000);
        const request = requestFor(newId, bytes.length);
        const transfer = await transfers.reserve(request);
        await transfers.cancel(transfer);
        await transfers.cancel(transfer);
        if (transfers.resumable) await expectError('not-found', transfers.send(transfer, mp4(bytes)), 'send');
        expectEqual(await blobs.stat(request.key), null, 'stat');
        const other = await transfers.reserve({ ...request, id: newId() });
        await transfers.send(other, mp4(bytes));
        await expectBytes(await blobs.get(request.key), bytes, 'bytes of the other');
        await transfers.cancel(transfer);
        expectEqual((await blobs.stat(request.key))?.sizeBytes, 2000, 'stat after cancelling the first once more');
      },
    },
    {
      name: 'gives up what was sent by half',
      async run({ backend, newId }) {
        const { transfers, blobs } = backend;
        if (!transfers.resumable) return;
        const file = mp4(sampleBytes(longBytes(transfers)));
        const request = requestFor(newId, file.size);
        const remembered = await sendHalf(backend, await transfers.reserve(request), file);
        await transfers.cancel(remembered);
        await transfers.cancel(remembered);
        await expectError('not-found', transfers.send(remembered, file), 'send');
        expectEqual(await blobs.stat(request.key), null, 'stat');
        const small = await transfers.reserve({ ...request, id: newId(), sizeBytes: 10 });
        await transfers.send(small, mp4(sampleBytes(10)));
        await expectBytes(await blobs.get(request.key), sampleBytes(10), 'bytes of another transfer');
      },
    },
    {
      name: 'goes on after it was called off, and sends what is missing',
      async run({ backend, newId }) {
        const bytes = sampleBytes(longBytes(backend.transfers), 7);
        const transfer = await backend.transfers.reserve(requestFor(newId, bytes.length));
        await sendRest(backend, await sendHalf(backend, transfer, mp4(bytes)), bytes);
      },
    },
    {
      name: 'sends nothing that isn’t run in the lane that it was given',
      async run({ backend: { transfers, blobs }, newId }) {
        const bytes = sampleBytes(5000);
        const request = requestFor(newId, bytes.length);
        const transfer = await transfers.reserve(request);
        let asked = 0;
        const closed: RunAttempt = () => {
          asked++;
          return Promise.reject(new LecternError('offline'));
        };
        await expectError('offline', transfers.send(transfer, mp4(bytes), { run: closed }), 'a closed lane');
        expectTrue(asked > 0, 'the lane was asked for');
        const off: RunAttempt = (work) => work({ signal: firedSignal(), progressed: () => undefined });
        await expectError('aborted', transfers.send(transfer, mp4(bytes), { run: off }), 'a try that is called off');
        expectEqual(await blobs.stat(request.key), null, 'stat');
        await transfers.send(transfer, mp4(bytes), {
          run: (work) => work({ signal: new AbortController().signal, progressed: () => undefined }),
        });
        await expectBytes(await blobs.get(request.key), bytes, 'bytes');
      },
    },
    {
      name: 'waits until it is remembered before the first byte, and gives nothing secret to remember',
      async run({ backend: { transfers }, newId }) {
        const bytes = sampleBytes(7 * mebibyte);
        const transfer = await transfers.reserve(requestFor(newId, bytes.length));
        const written: Transfer[] = [];
        let early = 0;
        await transfers.send(transfer, mp4(bytes), {
          async remember(now) {
            await new Promise((resolve) => setTimeout(resolve, 30));
            written.push(now);
          },
          onProgress(storedBytes) {
            if (storedBytes > 0 && written.length === 0) early++;
          },
        });
        if (transfers.resumable) {
          expectEqual(early, 0, 'progress before it was remembered');
          expectTrue(typeof written.at(-1)?.resume === 'string', 'it is remembered where the store goes on');
        }
        for (const now of [transfer, ...written]) {
          expectEqual(plain(now), plain(transfer), 'what is remembered');
          const text = JSON.stringify(now);
          expectEqual(JSON.parse(text), now, 'plain data');
          // The beginning of every token that is signed, and the usual names of secrets in addresses.
          expectTrue(!/eyJ|token=|signature|credential|secret/i.test(text), 'nothing secret is in it');
        }
      },
    },
    {
      name: 'doesn’t fail for want of somebody who remembers: a repeated request finds what was sent',
      async run({ backend, newId }) {
        const { transfers, blobs } = backend;
        const bytes = sampleBytes(longBytes(transfers), 5);
        const request = requestFor(newId, bytes.length);
        await sendHalf(backend, await transfers.reserve(request), mp4(bytes));
        const stat = await transfers.send(await transfers.reserve(request), mp4(bytes));
        expectEqual(stat.sizeBytes, bytes.length, 'size');
        await expectBytes(await blobs.get(request.key), bytes, 'bytes');
      },
    },
    {
      name: 'says of a transfer that it knows no more that there is none',
      async run({ backend: { transfers }, newId }) {
        const unknown: Transfer = { ...requestFor(newId, 10), resume: null };
        const sending = transfers.send(unknown, mp4(sampleBytes(10)));
        if (transfers.resumable) await expectError('not-found', sending, 'send');
        else expectEqual((await sending).sizeBytes, 10, 'size, where there is nothing to know');
      },
    },
    {
      name: 'makes one asset, itself or by its caller, however often it is sent',
      async run({ backend, newId }) {
        const { transfers, assets } = backend;
        const bytes = sampleBytes(3000);
        const assetId = newId();
        const request = requestFor(newId, bytes.length, { key: `assets/${assetId}/${newId()}` });
        const asset: NewAsset = {
          id: assetId,
          name: ' Week\u00a01\tof  term ',
          kind: 'video',
          mimeType: 'video/mp4',
          sizeBytes: bytes.length,
          sourceType: 'recording',
          studioMetadata: { project_id: newId() },
          tags: ['Physics'],
          probe: sampleFacts(),
          posterKey: null,
          blobKey: request.key,
          fingerprint: 'a1'.repeat(32),
        };
        const transfer = await transfers.reserve({ ...request, record: { type: 'asset', asset } });
        await expectError('not-found', assets.get(assetId), 'an asset before its bytes');
        await transfers.send(transfer, mp4(bytes));
        const [byStore] = await assets.getMany([assetId]);
        if (byStore) await expectError('already-exists', assets.create(asset), 'making it again');
        else await assets.create(asset);
        await transfers.send(transfer, mp4(bytes));
        const made = await assets.get(assetId);
        expectEqual(
          [made.name, made.kind, made.sourceType, made.tags, made.sizeBytes, made.mimeType, made.blobKey],
          [normaliseAssetName(asset.name), 'video', 'recording', ['Physics'], 3000, 'video/mp4', request.key],
          'asset',
        );
        expectEqual(
          [made.studioMetadata, made.probe, made.fingerprint, made.status],
          [asset.studioMetadata, sampleFacts(), asset.fingerprint, 'active'],
          'facts',
        );
        expectEqual(
          (await assets.versions(assetId)).map(({ number }) => number),
          [1],
          'versions',
        );
        expectEqual(
          (await assets.history(assetId)).map(({ action }) => action),
          ['upload'],
          'history',
        );
      },
    },
    {
      name: 'makes one version, itself or by its caller, however often it is sent',
      async run({ backend, newId }) {
        const { transfers, assets } = backend;
        const assetId = newId();
        await storeAsset(backend, assetId);
        const bytes = sampleBytes(4000);
        const request = requestFor(newId, bytes.length, { key: `assets/${assetId}/${newId()}` });
        const version: NewAssetVersion = {
          blobKey: request.key,
          mimeType: 'video/mp4',
          sizeBytes: bytes.length,
          probe: sampleFacts({ durationSeconds: 20 }),
          posterKey: null,
          fingerprint: 'b2'.repeat(32),
        };
        const transfer = await transfers.reserve({ ...request, record: { type: 'version', assetId, version } });
        expectEqual((await assets.versions(assetId)).length, 1, 'versions before its bytes');
        await transfers.send(transfer, mp4(bytes));
        if ((await assets.get(assetId)).blobKey !== request.key) await assets.addVersion(assetId, version);
        await transfers.send(transfer, mp4(bytes));
        const replaced = await assets.get(assetId);
        expectEqual(
          [replaced.blobKey, replaced.sizeBytes, replaced.fingerprint, replaced.probe?.durationSeconds],
          [request.key, 4000, version.fingerprint, 20],
          'asset',
        );
        expectEqual(
          (await assets.versions(assetId)).map(({ number }) => number),
          [2, 1],
          'versions',
        );
      },
    },
    {
      name: 'does nothing for a signal that has fired',
      async run({ backend: { transfers, blobs }, newId }) {
        const signal = firedSignal();
        const request = requestFor(newId, 10);
        await expectError('aborted', transfers.reserve(request, { signal }), 'reserve');
        const transfer = await transfers.reserve(request);
        await expectError('aborted', transfers.send(transfer, mp4(sampleBytes(10)), { signal }), 'send');
        await expectError('aborted', transfers.cancel(transfer, { signal }), 'cancel');
        expectEqual(await blobs.stat(request.key), null, 'stat');
        expectEqual((await transfers.send(transfer, mp4(sampleBytes(10)))).sizeBytes, 10, 'what still can be sent');
      },
    },
    {
      name: 'goes on in another page',
      needs: ['openPeer'],
      async run({ backend, newId, openPeer }) {
        const bytes = sampleBytes(longBytes(backend.transfers), 9);
        const request = requestFor(newId, bytes.length);
        const remembered = await sendHalf(backend, await backend.transfers.reserve(request), mp4(bytes));
        const peer = await openPeer();
        // As it is written down and read again.
        const read = JSON.parse(JSON.stringify(remembered)) as Transfer;
        expectEqual(plain(await peer.transfers.reserve(request)), plain(request), 'reserving it there');
        await sendRest(peer, read, bytes);
        expectEqual((await backend.blobs.stat(request.key))?.sizeBytes, bytes.length, 'stat in the first page');
      },
    },
    {
      name: 'says that there is no room, and stores nothing of what doesn’t fit',
      needs: ['fillUp'],
      async run({ backend: { transfers, blobs }, newId, fillUp }) {
        const bytes = sampleBytes(4 * mebibyte);
        const request = requestFor(newId, bytes.length);
        const makeRoom = await fillUp();
        try {
          const sending = transfers.reserve(request).then((transfer) => transfers.send(transfer, mp4(bytes)));
          await expectError('quota-exceeded', sending, 'reserving and sending');
        } finally {
          await makeRoom();
        }
        expectEqual(await blobs.stat(request.key), null, 'stat');
        await transfers.send(await transfers.reserve(request), mp4(bytes));
        await expectBytes(await blobs.get(request.key), bytes, 'bytes, once there is room');
      },
    },
    {
      name: 'goes on after the connection broke',
      needs: ['interruptTransfers'],
      async run({ backend, newId, interruptTransfers }) {
        const { transfers, blobs } = backend;
        const bytes = sampleBytes(longBytes(transfers), 11);
        const request = requestFor(newId, bytes.length);
        let remembered = await sendHalf(backend, await transfers.reserve(request), mp4(bytes));
        const mend = await interruptTransfers();
        try {
          const error: unknown = await transfers
            .send(remembered, mp4(bytes), {
              remember: async (now) => {
                remembered = now;
              },
            })
            .catch((reason: unknown) => reason);
          if (!isLecternError(error)) fail(`expected an error of ours, got ${String(error)}`);
          expectTrue(error.retryable, `the error ${error.code} may be over later`);
        } finally {
          await mend();
        }
        expectEqual(await blobs.stat(request.key), null, 'stat');
        await sendRest(backend, remembered, bytes);
      },
    },
  ],
};
