import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BlobCache } from './blob-cache.js';
import { BlobGatherer } from './blob-gatherer.js';

const blob = (length: number): Blob => new Blob([new Uint8Array(length)]);

describe('downloaded files at hand', () => {
  it('are the latest ones, within their room', () => {
    const cache = new BlobCache(10);
    for (const [key, length] of [
      ['a', 4],
      ['b', 4],
    ] as const) {
      cache.set(key, blob(length));
    }
    assert.ok(cache.get('a'));
    cache.set('c', blob(4));
    assert.deepEqual([cache.get('a')?.size, cache.get('b'), cache.get('c')?.size], [4, undefined, 4]);
    cache.set('large', blob(11));
    assert.deepEqual([cache.get('large'), cache.get('a')?.size], [undefined, 4]);
    cache.set('a', blob(6));
    assert.deepEqual([cache.get('a')?.size, cache.get('c')?.size], [6, 4]);
    cache.delete('c');
    cache.set('d', blob(4));
    assert.ok(cache.get('a') && cache.get('d'));
    cache.clear();
    assert.equal(cache.get('a'), undefined);
  });
});

describe('what comes in in pieces', () => {
  it('is one blob of a type, and can begin anew', async () => {
    const gathered = new BlobGatherer();
    gathered.add(Uint8Array.of(9, 9));
    gathered.reset();
    const large = new Uint8Array(9 * 1024 * 1024).fill(7);
    gathered.add(Uint8Array.of(1));
    gathered.add(large);
    gathered.add(Uint8Array.of(2));
    assert.equal(gathered.size, large.length + 2);
    const whole = gathered.finish('video/mp4');
    const bytes = new Uint8Array(await whole.arrayBuffer());
    assert.deepEqual(
      [whole.type, bytes.length, bytes[0], bytes[5000], bytes.at(-1)],
      ['video/mp4', large.length + 2, 1, 7, 2],
    );
  });
});
