import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecoderPool, type Need } from './decoder-pool.js';

function pool(limit = 2): {
  decoders: DecoderPool<string>;
  closed: string[];
  opened: string[];
  use: (key: string, need?: Need) => Promise<string | null>;
  wait: (milliseconds: number) => void;
} {
  const closed: string[] = [];
  const opened: string[] = [];
  let now = 0;
  const decoders = new DecoderPool<string>({
    limit,
    idleMilliseconds: 10_000,
    now: () => now,
    close: (decoder) => {
      closed.push(decoder);
      return Promise.resolve();
    },
  });
  return {
    decoders,
    closed,
    opened,
    use: (key, need = 'shown') => {
      now += 1;
      return decoders.use(key, need, () => {
        opened.push(key);
        return Promise.resolve(key);
      });
    },
    wait: (milliseconds) => {
      now += milliseconds;
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('a clip keeps its decoder', async () => {
  const { use, opened } = pool();
  assert.equal(await use('a'), 'a');
  assert.equal(await use('a'), 'a');
  assert.deepEqual(opened, ['a']);
});

test('who is needed least makes room, and among equals who was used longest ago', async () => {
  const { decoders, use, closed } = pool(3);
  await use('shown');
  await use('spare', 'spare');
  await use('next', 'next');
  await use('more');
  await settled();
  assert.deepEqual(closed, ['spare']);
  await use('still more');
  await settled();
  assert.deepEqual(closed, ['spare', 'next']);
  decoders.demote(new Set(['still more']));
  await use('after the cut', 'next');
  await settled();
  assert.deepEqual(closed, ['spare', 'next', 'shown']);
});

test('a clip that is only warmed never takes the decoder of one that shows; one that shows is never refused', async () => {
  const { decoders, use, closed } = pool(2);
  await use('a');
  await use('b');
  assert.equal(await use('c', 'next'), null);
  assert.equal(await use('c', 'spare'), null);
  assert.equal(await use('c'), 'c');
  await settled();
  assert.deepEqual(closed, []);
  assert.equal(decoders.size, 3);
});

test('who isn’t used for ten seconds is let go of', async () => {
  const { decoders, use, closed, wait } = pool(4);
  await use('a');
  wait(6_000);
  await use('b');
  wait(6_000);
  decoders.releaseIdle();
  await settled();
  assert.deepEqual(closed, ['a']);
  assert.equal(decoders.has('b'), true);
});

test('one that couldn’t be opened is opened anew the next time', async () => {
  const { decoders } = pool();
  await assert.rejects(decoders.use('a', 'shown', () => Promise.reject(new Error('reclaimed'))));
  await settled();
  assert.equal(decoders.has('a'), false);
  assert.equal(await decoders.use('a', 'shown', () => Promise.resolve('again')), 'again');
});

test('all are let go of at once, also those that are still being opened', async () => {
  const { decoders, closed, use } = pool(4);
  await use('a');
  let ready: (decoder: string) => void = () => undefined;
  const opening = decoders.use('b', 'next', () => new Promise((resolve) => (ready = resolve)));
  const releasing = decoders.releaseAll();
  ready('b');
  await Promise.all([opening, releasing]);
  assert.deepEqual(closed.sort(), ['a', 'b']);
  assert.equal(decoders.size, 0);
});
