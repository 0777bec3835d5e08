import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureCache } from './picture-cache.js';

function cache(budget = 100): {
  kept: PictureCache<string>;
  closed: string[];
  put: (picture: string, start: number, file?: string) => boolean;
} {
  const closed: string[] = [];
  const kept = new PictureCache<string>(budget, (picture) => closed.push(picture));
  return {
    kept,
    closed,
    put: (picture, start, file = 'film') => kept.put(file, { picture, start, end: start + 1, pixels: 10 }),
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

test('two thirds of what is kept lie ahead of where somebody looks, mirrored when they go back', () => {
  for (const direction of [1, -1] as const) {
    const { kept, put } = cache(90);
    kept.focusOn([{ file: 'film', time: 50, direction }]);
    for (let n = 0; n < 100; n += 1) put(String(n), n);
    const here = Array.from({ length: 100 }, (_, n) => n).filter((n) => kept.has('film', n));
    const ahead = here.filter((n) => (n - 50) * direction > 0).length;
    assert.equal(here.length, 9);
    assert.ok(kept.has('film', 50));
    assert.ok(ahead >= 5 && ahead <= 6, `${String(ahead)} of 9 ahead`);
  }
});

test('a picture farther away than all that fills the budget is not taken', () => {
  const { kept, closed, put } = cache(20);
  kept.focusOn([{ file: 'film', time: 10, direction: 1 }]);
  assert.equal(put('here', 10), true);
  assert.equal(put('next', 11), true);
  assert.equal(put('far', 40), false);
  assert.deepEqual(closed, ['far']);
  kept.focusOn([{ file: 'film', time: 40, direction: 1 }]);
  assert.equal(put('far again', 40), true);
  assert.deepEqual(closed, ['far', 'here']);
});

test('what nobody looks at goes before all else', () => {
  const { kept, closed, put } = cache(30);
  put('old', 0, 'other');
  kept.focusOn([{ file: 'film', time: 0, direction: 1 }]);
  put('a', 0);
  put('b', 900);
  put('c', 1);
  assert.deepEqual(closed, ['old']);
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
