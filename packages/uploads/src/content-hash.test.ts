import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { describe, it } from 'node:test';
import { contentHashOfStream, hashChunkBytes, isLecternError } from '@lectern/ports';
import { contentHash } from './content-hash.js';
import { fingerprintOf } from './fingerprint.js';

const mebibyte = 1024 * 1024;

function sample(sizeBytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes);
  for (let i = 0; i < sizeBytes; i += 97) bytes[i] = (i * seed) % 251;
  return bytes;
}

/** The same by Node's own means. */
function expected(bytes: Uint8Array): string {
  const root = createHash('sha256');
  for (let at = 0; at < bytes.length; at += hashChunkBytes)
    root.update(
      createHash('sha256')
        .update(bytes.subarray(at, at + hashChunkBytes))
        .digest(),
    );
  return root.digest('hex');
}

function streamOf(bytes: Uint8Array, pieceBytes: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += pieceBytes)));
    },
  });
}

describe('the content hash', () => {
  it('is the SHA-256 over those of the 8 MiB chunks, for a file and for a stream in any pieces', async () => {
    for (const size of [0, 1, hashChunkBytes - 1, hashChunkBytes, hashChunkBytes + 1, 2 * hashChunkBytes + 5]) {
      const bytes = sample(size);
      assert.equal(await contentHash(new Blob([bytes])), expected(bytes), String(size));
      for (const piece of [64 * 1024 + 1, hashChunkBytes, 3 * hashChunkBytes])
        assert.equal(
          await contentHashOfStream(streamOf(bytes, piece)),
          expected(bytes),
          `${String(size)} by ${String(piece)}`,
        );
    }
  });

  it('says how far it is, and stops when it is called off', async () => {
    const file = new Blob([sample(2 * hashChunkBytes + 5)]);
    const told: number[] = [];
    await contentHash(file, { onProgress: (bytes) => told.push(bytes) });
    assert.deepEqual(told, [hashChunkBytes, 2 * hashChunkBytes, file.size]);
    const controller = new AbortController();
    const { signal } = controller;
    const stop = (): void => {
      controller.abort();
    };
    const isAborted = (error: unknown): boolean => isLecternError(error) && error.code === 'aborted';
    await assert.rejects(contentHash(file, { signal, onProgress: stop }), isAborted);
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (sink) => {
        sink.enqueue(new Uint8Array(1000));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    await assert.rejects(contentHashOfStream(endless, { signal }), isAborted);
    assert.equal(cancelled, true);
  });
});

describe('the fingerprint', () => {
  it('is the SHA-256 over the size, the first and the last MiB', async () => {
    for (const size of [0, 10, mebibyte, mebibyte + 1, 2 * mebibyte, 5 * mebibyte]) {
      const bytes = sample(size);
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(BigInt(size));
      const hash = createHash('sha256').update(length).update(bytes.subarray(0, mebibyte));
      if (size > mebibyte) hash.update(bytes.subarray(Math.max(mebibyte, size - mebibyte)));
      assert.equal(await fingerprintOf(new Blob([bytes])), hash.digest('hex'), String(size));
    }
  });

  it('differs by a byte at either end and by the size, and says nothing of the middle', async () => {
    const bytes = sample(4 * mebibyte);
    const changedAt = async (at: number): Promise<string | null> => {
      const other = bytes.slice();
      other[at] = (other[at] ?? 0) ^ 1;
      return fingerprintOf(new Blob([other]));
    };
    const own = await fingerprintOf(new Blob([bytes]));
    assert.match(String(own), /^[0-9a-f]{64}$/);
    assert.notEqual(await changedAt(0), own);
    assert.notEqual(await changedAt(bytes.length - 1), own);
    assert.equal(await changedAt(2 * mebibyte), own);
    assert.notEqual(await fingerprintOf(new Blob([bytes, new Uint8Array(1)])), own);
  });
});
