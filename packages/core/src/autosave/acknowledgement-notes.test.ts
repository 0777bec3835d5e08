import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LecternError } from '@lectern/ports';
import { withAcknowledgementNotes } from './acknowledgement-notes.js';
import { isUnsaved } from './journal-image.js';
import type { Journal } from './journal.js';
import { freshMeta } from './journal-writer.js';
import type { KeyValueStorage } from './local-storage-journal.js';
import { memoryJournal } from './memory-journal.js';

const details = freshMeta({ title: 'Limits', description: '' });

function storageInMemory(): KeyValueStorage & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/** A journal that can break, and what is noted beside it. */
function breakable(): {
  readonly journal: Journal;
  readonly storage: ReturnType<typeof storageInMemory>;
  readonly broken: { code: 'quota-exceeded' | 'conflict' | null };
} {
  const inner = memoryJournal();
  const storage = storageInMemory();
  const broken: { code: 'quota-exceeded' | 'conflict' | null } = { code: null };
  const failing: Journal = {
    ...inner,
    write: (...args) => (broken.code === null ? inner.write(...args) : Promise.reject(new LecternError(broken.code))),
  };
  return { journal: withAcknowledgementNotes(failing, storage, 'test'), storage, broken };
}

const acknowledged = { ackedSeq: 4, baseRev: 2, baseHash: 'four' };

describe('a journal that breaks while the back end takes everything', () => {
  it('doesn’t offer old changes as unsaved when it is well again', async () => {
    const { journal, storage, broken } = breakable();
    await journal.claim('p', details);
    await journal.write('p', 1, { meta: { lastSeq: 1 } });
    broken.code = 'quota-exceeded';
    await assert.rejects(journal.write('p', 1, { meta: acknowledged }), { code: 'quota-exceeded' });
    broken.code = null;
    const read = await journal.read('p');
    assert.ok(read && !isUnsaved(read.meta));
    const { meta } = await journal.claim('p', details);
    assert.deepEqual([meta.epoch, meta.ackedSeq, meta.baseRev, meta.baseHash], [2, 4, 2, 'four']);
    assert.equal(storage.values.size, 0, 'it is in the journal now');
    const again = await journal.read('p');
    assert.equal(again?.meta.ackedSeq, 4);
  });

  it('remembers over an opening in which it is still broken', async () => {
    const { journal, broken } = breakable();
    await journal.claim('p', details);
    await journal.write('p', 1, { meta: { lastSeq: 1 } });
    broken.code = 'quota-exceeded';
    await assert.rejects(journal.write('p', 1, { meta: acknowledged }));
    assert.equal((await journal.claim('p', details)).meta.ackedSeq, 4);
    broken.code = null;
    assert.equal((await journal.claim('p', details)).meta.ackedSeq, 4);
  });

  it('believes no note about another epoch’s changes, of a stale tab, or that somebody wrote on', async () => {
    const { journal, storage, broken } = breakable();
    await journal.claim('p', details);
    await journal.write('p', 1, { meta: { lastSeq: 9 } });
    broken.code = 'conflict';
    await assert.rejects(journal.write('p', 1, { meta: acknowledged }), { code: 'conflict' });
    assert.equal(storage.values.size, 0);
    broken.code = null;
    for (const note of ['{', '{}', '[]', '{"epoch":1}', JSON.stringify({ ...acknowledged, epoch: 7 })]) {
      storage.setItem('test/acknowledged/p', note);
      assert.equal((await journal.read('p'))?.meta.ackedSeq, 0, note);
    }
  });
});
