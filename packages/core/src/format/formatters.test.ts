import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFormatters } from './formatters.js';

const en = createFormatters('en-GB');
const es = createFormatters('es');

describe('formatters', () => {
  it('write a length as a clock', () => {
    assert.deepEqual(
      [0, 7, 59.6, 65, 3600, 3723.4].map((seconds) => en.duration(seconds)),
      ['0:00', '0:07', '1:00', '1:05', '1:00:00', '1:02:03'],
    );
    assert.equal(en.duration(-3), '0:00');
  });

  it('write a length in words, the two largest parts of it', () => {
    assert.equal(en.durationInWords(0), '0 secs');
    assert.equal(en.durationInWords(65), '1 min 5 secs');
    assert.equal(en.durationInWords(7265), '2 hrs 1 min');
  });

  it('write sizes as file managers do', () => {
    assert.deepEqual(
      [0, 999, 1500, 999_600, 12_345_678, 5e9].map((size) => en.bytes(size)),
      ['0 bytes', '999 bytes', '2 kB', '1 MB', '12.3 MB', '5 GB'],
    );
    assert.equal(es.bytes(12_345_678), '12,3 MB');
  });

  it('write speeds in the same units', () => {
    assert.deepEqual(
      [480, 12_400, 4_200_000].map((speed) => en.bytesPerSecond(speed)),
      ['480 byte/s', '12 kB/s', '4.2 MB/s'],
    );
    assert.equal(es.bytesPerSecond(4_200_000), '4,2 MB/s');
  });

  it('write a length that nobody knows exactly without pretending to', () => {
    assert.deepEqual(
      [0, 3, 41, 55, 56, 89, 91, 3580, 3840].map((seconds) => en.approximateDuration(seconds)),
      ['5 secs', '5 secs', '45 secs', '55 secs', '1 min', '1 min', '2 mins', '1 hr', '1 hr 4 mins'],
    );
  });

  it('write how long ago something was', () => {
    const now = new Date('2026-03-02T12:00:00Z');
    assert.equal(en.relative('2026-03-02T11:59:57Z', now), '3 seconds ago');
    assert.equal(en.relative('2026-03-02T11:30:00Z', now), '30 minutes ago');
    assert.equal(en.relative('2026-03-01T11:00:00Z', now), 'yesterday');
    assert.equal(es.relative('2026-03-01T11:00:00Z', now), 'ayer');
    assert.equal(en.relative('nonsense', now), '');
  });

  it('write timecode, percentages, lists and sizes of pictures', () => {
    assert.equal(en.timecode(90, { num: 30, den: 1 }), '00:00:03:00');
    assert.equal(en.percent(0.424), '42%');
    assert.equal(en.list(['a', 'b', 'c']), 'a, b and c');
    assert.equal(en.dimensions(1920, 1080), '1920 × 1080');
  });
});
