import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureCache } from './picture-cache.js';

function cache(budget = 100): {
  kept: PictureCache<string>;
  closed: string[];
  put: (picture: string, start: number, file?: string) => void;
} {
  const closed: string[] = [];
  const kept = new PictureCache<string>(budget, (picture) => closed.push(picture));
  return {
    kept,
    closed,
    put: (picture, start, file = 'film') => {
      kept.put(file, { picture, start, end: start + 1, pixels: 10 });
    },
  };
}

test('a picture is found from its start to that of the next', () => {
  const { kept, put } = cache();
  put('b', 2);
  put('a', 1);
  assert.equal(kept.at('film', 1)?.picture, 'a');
  assert.equal(kept.at('film', 1.99)?.picture, 'a');
  assert.equal(kept.at('film', 2)?.picture, 'b');
  assert.equal(kept.at('film', 3), null);
  assert.equal(kept.at('film', 0.5), null);
  assert.equal(kept.at('other', 1), null);
  assert.equal(kept.has('film', 2), true);
  assert.equal(kept.nearest('film', 2.9)?.picture, 'b');
  assert.equal(kept.nearest('film', 0)?.picture, 'a');
});

test('within the budget all stays; over it, what was used longest ago goes and is closed', () => {
  const { kept, closed, put } = cache(30);
  for (const [n, name] of ['a', 'b', 'c'].entries()) put(name, n);
  kept.at('film', 0);
  put('d', 3);
  assert.deepEqual(closed, ['b']);
  assert.equal(kept.at('film', 0.5)?.picture, 'a');
  assert.equal(kept.pixels, 30);
});

test('a picture that comes again replaces the first one', () => {
  const { kept, closed, put } = cache();
  put('a', 1);
  put('again', 1);
  assert.deepEqual(closed, ['a']);
  assert.equal(kept.at('film', 1)?.picture, 'again');
  assert.equal(kept.pixels, 10);
});

test('files that are gone from the document are forgotten', () => {
  const { kept, closed, put } = cache();
  put('a', 1);
  put('b', 1, 'other');
  kept.keepOnly(new Set(['other']));
  assert.deepEqual(closed, ['a']);
  assert.equal(kept.at('other', 1)?.picture, 'b');
  kept.clear();
  assert.equal(kept.pixels, 0);
});
