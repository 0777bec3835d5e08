import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadLanguage, messagesFor } from '../messages/messages.js';
import { autosaveSentence } from './autosave-sentence.js';
import type { AutosaveState, LocalStatus, RemoteStatus, RoleStatus } from './autosave-state.js';

await loadLanguage('es');

const roles: readonly RoleStatus[] = ['none', 'requesting', 'leader', 'follower'];
const locals: readonly LocalStatus[] = ['clean', 'pending', 'writing', 'durable', 'degraded'];
const remotes: readonly RemoteStatus[] = [
  'synced',
  'dirty',
  'saving',
  'merging',
  'backoff',
  'offline',
  'authLost',
  'conflict',
  'orphaned',
  'blocked',
];
const base: AutosaveState = {
  role: 'leader',
  local: 'clean',
  remote: 'synced',
  pendingChanges: 0,
  savedAt: '2026-03-02T12:00:00Z',
  restorable: null,
  conflict: null,
  reason: { code: 'quota-exceeded', message: '', details: {} },
  retryAt: null,
  journal: 'indexeddb',
  memoryOnly: false,
  stranded: 0,
  merged: null,
  remoteVolatile: false,
  neverSaved: false,
};
const en = messagesFor('en');
const say = (state: Partial<AutosaveState>): string => autosaveSentence({ ...base, ...state }, en);

function* everyState(): Generator<AutosaveState> {
  for (const role of roles)
    for (const local of locals)
      for (const remote of remotes)
        for (const memoryOnly of [false, true])
          for (const remoteVolatile of [false, true])
            for (const neverSaved of [false, true])
              yield { ...base, role, local, remote, memoryOnly, remoteVolatile, neverSaved, pendingChanges: 3 };
}

describe('the sentence about saving', () => {
  it('says “Saved” of nothing but what the back end has and keeps', () => {
    let said = 0;
    for (const state of everyState()) {
      if (autosaveSentence(state, en) !== 'Saved') continue;
      said += 1;
      assert.equal(state.role, 'leader');
      assert.equal(state.remote, 'synced');
      assert.ok(!state.remoteVolatile && !state.neverSaved);
    }
    assert.ok(said > 0);
  });

  it('says “on this device” and “kept here” of nothing but what is on disk', () => {
    for (const state of everyState()) {
      if (!/device|kept here/.test(autosaveSentence(state, en))) continue;
      assert.equal(state.memoryOnly, false);
      assert.notEqual(state.local, 'degraded');
    }
  });

  it('leaves no placeholder open, in any state and language', () => {
    for (const state of everyState()) {
      for (const locale of ['en', 'es']) assert.doesNotMatch(autosaveSentence(state, messagesFor(locale)), /[{}]/);
    }
  });

  it('has the words that were promised', () => {
    assert.equal(say({ remote: 'saving' }), 'Saving…');
    assert.equal(say({ remote: 'dirty', local: 'durable' }), 'Saved on this device');
    assert.equal(say({}), 'Saved');
    assert.equal(autosaveSentence(base, en, new Date('2026-03-02T12:00:03Z')), 'Saved 3 seconds ago');
    assert.equal(say({ remote: 'offline', local: 'durable', pendingChanges: 12 }), 'Offline: 12 changes kept here');
    assert.equal(say({ remote: 'conflict' }), 'Someone else saved: choose');
    assert.equal(say({ remote: 'blocked' }), 'Not saved: there is no room left');
    assert.equal(say({ remote: 'dirty', local: 'degraded' }), 'Not saved: the disk is full');
    assert.equal(say({ remote: 'orphaned' }), 'Not saved: this project is gone');
    assert.equal(
      say({ remote: 'orphaned', reason: { code: 'forbidden', message: '', details: {} } }),
      'Not saved: you have no access any more',
    );
    assert.equal(
      say({ remote: 'blocked', reason: { code: 'file-too-large', message: '', details: {} } }),
      'Not saved: the project is too large',
    );
  });

  it('says first of all that changes are nowhere but in a tab that may no longer save them', () => {
    for (const state of everyState()) {
      if (state.role === 'none' || state.role === 'requesting') continue;
      assert.equal(autosaveSentence({ ...state, stranded: 2 }, en), '2 changes saved nowhere: choose');
    }
  });

  it('doesn’t call saved what only a store has that a crash may lose', () => {
    assert.equal(say({ remote: 'dirty', local: 'durable', journal: 'local-storage' }), 'Saving…');
  });
});
