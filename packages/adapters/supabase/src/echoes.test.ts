import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Echoes } from './echoes.js';

describe('a change that was told here', () => {
  it('is passed over once when it comes back, whichever is first', () => {
    const echoes = new Echoes();
    echoes.expect('a 1');
    assert.deepEqual([echoes.isEcho('a 1'), echoes.isEcho('a 1')], [true, false]);
    assert.equal(echoes.isEcho('b 1'), false);
    echoes.expect('b 1');
    assert.equal(echoes.isEcho('b 1'), false);
  });
});
