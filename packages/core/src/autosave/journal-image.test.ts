import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyWrite, emptyImage } from './journal-image.js';
import type { JournalEntry } from './journal.js';
import { freshMeta } from './journal-writer.js';

describe('a write to a journal', () => {
  it('replaces the entries that it brings again, since a page that goes does not wait to hear of the first time', () => {
    const entry = (seq: number): JournalEntry => ({ seq, epoch: 0, body: '{}', crc: 0 });
    const empty = emptyImage('p', freshMeta({ title: 'Waves', description: '' }));
    const once = applyWrite(empty, 0, { append: [entry(1), entry(2)] });
    const again = applyWrite(once, 0, { append: [entry(2), entry(3)] });
    assert.deepEqual(
      again.entries.map(({ seq }) => seq),
      [1, 2, 3],
    );
  });
});
