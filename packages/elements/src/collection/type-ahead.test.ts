import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TypeAhead } from './type-ahead.js';

const names = ['Sound', 'Slide', 'Series', 'Intro', 'Über uns'];

function key(key: string, timeStamp: number, init: Partial<KeyboardEvent> = {}): KeyboardEvent {
  return { key, timeStamp, ctrlKey: false, metaKey: false, altKey: false, ...init } as KeyboardEvent;
}

function find(typeAhead: TypeAhead, event: KeyboardEvent, from: number): number | null {
  return typeAhead.find(event, from, names.length, (index) => names[index] ?? null);
}

describe('typing letters', () => {
  it('goes to the next name that begins so, and around the end', () => {
    assert.equal(find(new TypeAhead(), key('i', 1), 0), 3);
    assert.equal(find(new TypeAhead(), key('s', 1), 3), 0);
  });

  it('walks on with the same letter again and again', () => {
    const typeAhead = new TypeAhead();
    assert.equal(find(typeAhead, key('s', 1), 3), 0);
    assert.equal(find(typeAhead, key('s', 100), 0), 1);
    assert.equal(find(typeAhead, key('s', 200), 1), 2);
  });

  it('spells a name as long as the typing goes on', () => {
    const typeAhead = new TypeAhead();
    find(typeAhead, key('s', 1), 4);
    assert.equal(find(typeAhead, key('e', 300), 0), 2);
    assert.equal(find(typeAhead, key('i', 2000), 2), 3, 'after a pause it begins anew');
  });

  it('minds neither case nor accents of the language', () => {
    assert.equal(find(new TypeAhead(), key('Ü', 1), 0), 4);
  });

  it('leaves shortcuts and other keys alone', () => {
    assert.equal(find(new TypeAhead(), key('s', 1, { ctrlKey: true }), 0), null);
    assert.equal(find(new TypeAhead(), key('Enter', 1), 0), null);
    assert.equal(find(new TypeAhead(), key(' ', 1), 0), null);
  });
});
