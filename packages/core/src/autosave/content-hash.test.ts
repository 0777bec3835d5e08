import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, describe, it } from 'node:test';
import { contentHash, contentHashNow, sha256 } from './content-hash.js';
import { crc32, crc32OfBytes } from './crc32.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the content hash', () => {
  it('is SHA-256 of the text', async () => {
    assert.equal(await contentHash('Grüße 🎬'), createHash('sha256').update('Grüße 🎬').digest('hex'));
  });

  it('is the same where the page has no crypto.subtle, at every length around a block', () => {
    for (const length of [0, 1, 3, 55, 56, 63, 64, 65, 119, 128, 1000, 100_003]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256);
      assert.equal(hex(sha256(bytes)), createHash('sha256').update(bytes).digest('hex'), String(length));
    }
  });

  const real = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  afterEach(() => {
    if (real) Object.defineProperty(globalThis, 'crypto', real);
  });

  it('asks the page for long texts only, and is the same with and without it', async () => {
    const asked: string[] = [];
    const subtle = {
      digest(name: string, bytes: Uint8Array): Promise<ArrayBuffer> {
        asked.push(`${name} ${String(bytes.length)}`);
        return Promise.resolve(Uint8Array.from(createHash('sha256').update(bytes).digest()).buffer);
      },
    };
    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: { subtle } });
    for (const length of [0, 4096, 4097, 10_000]) {
      const text = 'ab'.repeat(length).slice(0, length);
      assert.equal(await contentHash(text), contentHashNow(text));
    }
    assert.deepEqual(asked, ['SHA-256 4097', 'SHA-256 10000']);
    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: {} });
    assert.equal(await contentHash('x'.repeat(5000)), contentHashNow('x'.repeat(5000)));
    assert.equal(asked.length, 2);
  });
});

describe('the checksum', () => {
  /** CRC-32 as ISO 3309 defines it, a bit at a time. */
  function bitwise(bytes: Uint8Array): number {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return ~crc >>> 0;
  }

  it('is CRC-32 of the UTF-8 bytes', () => {
    assert.equal(crc32('123456789'), 0xcbf43926);
    assert.equal(crc32(''), 0);
    assert.notEqual(crc32('ä'), crc32('a'));
  });

  it('is the same at every length, of short texts and of long ones', () => {
    for (const length of [1, 7, 8, 9, 15, 16, 17, 255, 16_383, 16_384, 16_385, 50_001]) {
      for (const letter of ['a', 'é', '語', '🎬']) {
        const text = letter.repeat(length);
        assert.equal(crc32(text), bitwise(new TextEncoder().encode(text)), `${letter} ${String(length)}`);
      }
    }
  });

  it('has every byte in it, and goes on from what came before', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 131 + (index >> 3)) % 256);
    assert.equal(crc32OfBytes(bytes), bitwise(bytes));
    assert.equal(crc32OfBytes(bytes, 500), bitwise(bytes.subarray(0, 500)));
    const first = crc32OfBytes(bytes.subarray(0, 333));
    assert.equal(crc32OfBytes(bytes.subarray(333), 667, first), bitwise(bytes));
  });
});
