import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { contentHash, sha256 } from './content-hash.js';
import { crc32 } from './crc32.js';

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
});

describe('the checksum', () => {
  it('is CRC-32 of the UTF-8 bytes', () => {
    assert.equal(crc32('123456789'), 0xcbf43926);
    assert.equal(crc32(''), 0);
    assert.notEqual(crc32('ä'), crc32('a'));
  });
});
