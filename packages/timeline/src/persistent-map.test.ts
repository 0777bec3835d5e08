import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PersistentMap } from './persistent-map.js';

interface Value {
  readonly n: number;
}
type Step = readonly ['set' | 'delete', key: number, value: number];

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom('set' as const, 'delete' as const), fc.nat(300), fc.nat());

function sorted(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('PersistentMap', () => {
  test('holds what a Map would, and every earlier version stays as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 60 }), { maxLength: 12 }), (batches) => {
        const model = new Map<string, Value>();
        let map = PersistentMap.from<string, Value>([]);
        const versions: [PersistentMap<string, Value>, [string, Value][]][] = [];
        for (const batch of batches) {
          const editor = map.edit();
          for (const [kind, key, n] of batch) {
            const name = `k${key}`;
            const before = model.get(name);
            if (kind === 'set') {
              assert.equal(editor.set(name, { n }), before);
              model.set(name, { n });
              // The same object on both sides, so that the comparison above can be strict.
              const put = editor.get(name);
              if (put) model.set(name, put);
            } else {
              assert.equal(editor.delete(name), before);
              model.delete(name);
            }
          }
          map = editor.finish();
          versions.push([map, sorted(model)]);
        }
        for (const [version, content] of versions) {
          assert.deepEqual(sorted(version), content);
          assert.equal(version.size, content.length);
          for (const [key, value] of content) assert.equal(version.get(key), value);
          assert.deepEqual(
            [...version.keys()].sort(),
            content.map(([key]) => key),
          );
          assert.equal([...version.values()].length, content.length);
        }
      }),
    );
  });

  test('lets two branches of one map grow apart', () => {
    const base = PersistentMap.from<string, Value>([['a', { n: 1 }]]);
    const left = base.edit();
    left.set('b', { n: 2 });
    const right = base.edit();
    right.set('c', { n: 3 });
    right.delete('a');
    assert.deepEqual(sorted(left.finish()), [
      ['a', { n: 1 }],
      ['b', { n: 2 }],
    ]);
    assert.deepEqual(sorted(right.finish()), [['c', { n: 3 }]]);
    assert.deepEqual(sorted(base), [['a', { n: 1 }]]);
  });

  test('does not grow for ever when keys come and go', () => {
    let map = PersistentMap.from<string, Value>([['stays', { n: 0 }]]);
    for (let n = 0; n < 5000; n += 1) {
      const editor = map.edit();
      editor.set(`k${n}`, { n });
      editor.delete(`k${n - 1}`);
      map = editor.finish();
    }
    assert.deepEqual(sorted(map), [
      ['k4999', { n: 4999 }],
      ['stays', { n: 0 }],
    ]);
  });

  test('takes any key', () => {
    const map = PersistentMap.from<string, Value>([
      ['__proto__', { n: 1 }],
      ['', { n: 2 }],
      ['constructor', { n: 3 }],
    ]);
    assert.equal(map.get('__proto__')?.n, 1);
    assert.equal(map.get('')?.n, 2);
    assert.equal(map.has('toString'), false);
  });
});
