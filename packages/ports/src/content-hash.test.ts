import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { contentHashOfStream, hashChunkBytes, isLecternError, normaliseAssetName } from './index.js';

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 131) & 255);

function streamOf(whole: Uint8Array, pieceBytes: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= whole.length) {
        controller.close();
        return;
      }
      controller.enqueue(whole.subarray(at, at + pieceBytes));
      at += pieceBytes;
    },
  });
}

/** The format in the plainest words. */
function expected(whole: Uint8Array): string {
  const root = createHash('sha256');
  for (let at = 0; at < whole.length; at += hashChunkBytes) {
    root.update(
      createHash('sha256')
        .update(whole.subarray(at, at + hashChunkBytes))
        .digest(),
    );
  }
  return root.digest('hex');
}

describe('the hash of a file’s content', () => {
  it('is that of the digests of its chunks, in whatever pieces the bytes come', async () => {
    for (const length of [0, 1, 1000, hashChunkBytes, hashChunkBytes + 1]) {
      const whole = bytes(length);
      for (const pieceBytes of [65_537, hashChunkBytes * 2]) {
        assert.equal(await contentHashOfStream(streamOf(whole, pieceBytes)), expected(whole), String(length));
      }
    }
  });

  it('says how far it is, and stops when it is called off', async () => {
    const told: number[] = [];
    const whole = bytes(hashChunkBytes + 5);
    await contentHashOfStream(streamOf(whole, 1_000_000), { onProgress: (hashed) => told.push(hashed) });
    assert.deepEqual(told, [hashChunkBytes, hashChunkBytes + 5]);
    await assert.rejects(
      contentHashOfStream(streamOf(bytes(300), 100), { signal: AbortSignal.abort() }),
      (error) => isLecternError(error) && error.code === 'aborted',
    );
  });
});

describe('a name that is cut off', () => {
  it('ends in no space', () => {
    assert.equal(normaliseAssetName(`${'x'.repeat(254)} y`), 'x'.repeat(254));
  });
});
