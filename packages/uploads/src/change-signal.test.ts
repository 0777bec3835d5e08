import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { ChangeSignal } from './change-signal.js';

describe('the signal of changes', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('tells the first change at once, then one in 100 ms, and the last one always', () => {
    const signal = new ChangeSignal(() => []);
    let told = 0;
    signal.subscribe(() => told++);
    for (let i = 0; i < 50; i++) signal.send();
    assert.equal(told, 1);
    mock.timers.tick(99);
    assert.equal(told, 1);
    mock.timers.tick(1);
    assert.equal(told, 2);
    signal.send();
    mock.timers.tick(100);
    assert.equal(told, 3);
    mock.timers.tick(1000);
    assert.equal(told, 3, 'nothing is told twice');
    signal.send();
    assert.equal(told, 4, 'after a pause, at once again');
  });

  it('tells nobody once it is closed', () => {
    const signal = new ChangeSignal(() => []);
    let told = 0;
    signal.subscribe(() => told++);
    signal.send();
    signal.send();
    signal.close();
    mock.timers.tick(1000);
    assert.equal(told, 1);
  });
});
