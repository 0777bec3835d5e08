import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentKey } from './content-key.js';

test('the same bytes have the same name, others another', async () => {
  const bytes = new Uint8Array(1_000_000).map((_, n) => n % 251);
  const name = await contentKey(new Blob([bytes]));
  assert.match(name, /^[0-9a-f]{64}$/);
  assert.equal(await contentKey(new Blob([bytes.slice(0, 400_000), bytes.slice(400_000)])), name);
  for (const at of [0, 999_999]) {
    const other = bytes.slice();
    other[at] = 255;
    assert.notEqual(await contentKey(new Blob([other])), name, `byte ${String(at)}`);
  }
  assert.notEqual(await contentKey(new Blob([bytes.slice(0, 999_999)])), name);
});

test('a file smaller than one place has a name too', async () => {
  assert.notEqual(await contentKey(new Blob(['a'])), await contentKey(new Blob(['b'])));
});
