import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configureLectern, defaultSession, registerBackend, sessionFor, subscribeDefaultSession } from './registry.js';
import type { LecternSession } from './session.js';

const session = (name: string): LecternSession => ({ name }) as unknown as LecternSession;

describe('the registry', () => {
  it('makes the page’s default when the first element asks for it, once', () => {
    let made = 0;
    configureLectern(() => {
      made += 1;
      return session('default');
    });
    assert.equal(made, 0);
    assert.equal(defaultSession(), defaultSession());
    assert.equal(made, 1);
  });

  it('tells elements that came before it', () => {
    const seen: unknown[] = [];
    const stop = subscribeDefaultSession(() => seen.push(defaultSession()));
    const mine = session('mine');
    configureLectern(mine);
    stop();
    configureLectern(session('later'));
    assert.deepEqual(seen, [mine]);
  });

  it('gives one session for a named back end, and says which names there are', () => {
    registerBackend('demo', () => session('demo'));
    assert.equal(sessionFor('demo'), sessionFor('demo'));
    assert.throws(() => sessionFor('nobody'), /"nobody".*demo/);
    const before = sessionFor('demo');
    registerBackend('demo', () => session('demo 2'));
    assert.notEqual(sessionFor('demo'), before);
  });

  it('gives one session for the same settings, which the maker gets as they stand in the page', () => {
    const seen: string[] = [];
    registerBackend('set', (settings) => {
      seen.push(settings);
      return session(settings);
    });
    assert.equal(sessionFor('set', '{"a":1}'), sessionFor('set', '{"a":1}'));
    assert.notEqual(sessionFor('set'), sessionFor('set', '{"a":1}'));
    assert.deepEqual(seen, ['{"a":1}', '']);
  });
});
