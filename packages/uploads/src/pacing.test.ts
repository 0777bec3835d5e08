import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError, LecternError } from '@lectern/ports';
import { createAttemptRunner, type Waiting } from './attempt-runner.js';
import { Rate } from './rate.js';
import { RequestLanes } from './request-lanes.js';
import { mostTries, mostTriesInAll, Retries } from './retry.js';
import { estimateRoom, snapshotLimit } from './snapshot.js';
import { watchForStall } from './stall-watchdog.js';
import { TestClock, TestNetwork } from './test-support/test-clock.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;
const isAborted = (error: unknown): boolean => isLecternError(error) && error.code === 'aborted';

describe('the pauses between tries', () => {
  const ceilings = (moved: boolean, count: number): (number | null)[] => {
    const retries = new Retries(() => 1);
    return Array.from({ length: count }, () => retries.failed(new LecternError('server'), moved));
  };

  it('double from one second, and end after six tries', () => {
    assert.deepEqual(ceilings(false, mostTries), [1000, 2000, 4000, 8000, 16_000, null]);
  });

  it('are anything up to that, by chance', () => {
    const retries = new Retries(() => 0.25);
    assert.deepEqual(
      [1, 2].map(() => retries.failed(new LecternError('timeout'), false)),
      [250, 500],
    );
  });

  it('begin anew when something moved, but not for ever', () => {
    const pauses = ceilings(true, mostTriesInAll);
    assert.ok(pauses.slice(0, -1).every((ms) => ms === 1000));
    assert.equal(pauses.at(-1), null);
  });

  it('are as long as the far side asks for, within reason', () => {
    const after = (retryAfterMs: number | string): number | null =>
      new Retries(() => 0.5).failed(new LecternError('rate-limited', { details: { retryAfterMs } }), false);
    assert.deepEqual([after(9000), after(-5), after('soon'), after(1e12)], [9000, 500, 500, 3_600_000]);
  });

  it('are none for what can’t pass by itself', () => {
    for (const code of ['forbidden', 'invalid-input', 'file-too-large', 'unknown', 'not-found'] as const)
      assert.equal(new Retries(() => 1).failed(new LecternError(code), true), null);
  });
});

describe('the lanes', () => {
  it('are so many for a file and so many in all, and small files go first', async () => {
    const lanes = new RequestLanes({ perFile: 2, inAll: 3 });
    const order: string[] = [];
    const releases: (() => void)[] = [];
    const take = (name: string, file: ReturnType<RequestLanes['forFile']>): void => {
      void file.take(never).then((release) => {
        order.push(name);
        releases.push(release);
      });
    };
    const [large, small] = [lanes.forFile(1000), lanes.forFile(10)];
    for (const name of ['large 1', 'large 2', 'large 3']) take(name, large);
    for (const name of ['small 1', 'small 2', 'small 3']) take(name, small);
    await turn();
    assert.deepEqual(order, ['large 1', 'large 2', 'small 1']);
    releases[0]?.();
    releases[0]?.();
    await turn();
    assert.deepEqual(order.slice(3), ['small 2'], 'a lane is given back once');
    releases[1]?.();
    await turn();
    assert.deepEqual(order.slice(4), ['large 3'], 'the small one has two already');
  });

  it('are one for a file whose requests got stuck twice', async () => {
    const file = new RequestLanes({ perFile: 3, inAll: 6 }).forFile(1);
    file.stalled();
    file.stalled();
    const release = await file.take(never);
    let taken = false;
    void file.take(never).then(() => (taken = true));
    await turn();
    assert.equal(taken, false);
    release();
    await turn();
    assert.equal(taken, true);
  });

  it('aren’t waited for by what was called off', async () => {
    const lanes = new RequestLanes({ perFile: 1, inAll: 1 });
    const release = await lanes.forFile(1).take(never);
    const controller = new AbortController();
    const waiting = lanes.forFile(1).take(controller.signal);
    const next = lanes.forFile(2).take(never);
    controller.abort();
    await assert.rejects(waiting, isAborted);
    await assert.rejects(lanes.forFile(1).take(controller.signal), isAborted);
    release();
    (await next)();
  });

  it('refuse numbers that make no sense', () => {
    assert.throws(() => new RequestLanes({ perFile: 0, inAll: 6 }), /perFile is 0/);
    assert.throws(() => new RequestLanes({ perFile: 3, inAll: 1.5 }), RangeError);
  });
});

describe('the watchdog', () => {
  it('barks once when nothing has moved for so long', () => {
    const clock = new TestClock();
    let barks = 0;
    const dog = watchForStall(clock, 30_000, () => barks++);
    clock.advance(29_999);
    dog.progressed();
    clock.advance(29_999);
    assert.equal(barks, 0);
    clock.advance(1);
    dog.progressed();
    clock.advance(100_000);
    assert.equal(barks, 1);
  });

  it('sleeps once it is stopped, and where nothing can get stuck', () => {
    const clock = new TestClock();
    let barks = 0;
    const dog = watchForStall(clock, 1000, () => barks++);
    dog.stop();
    dog.progressed();
    watchForStall(clock, Infinity, () => barks++);
    clock.advance(1e9);
    assert.equal(barks, 0);
  });
});

describe('a run of one request', () => {
  function setUp() {
    const clock = new TestClock();
    const network = new TestNetwork();
    const controller = new AbortController();
    const told: (Waiting | null)[] = [];
    const runner = createAttemptRunner({
      lanes: new RequestLanes({ perFile: 2, inAll: 2 }).forFile(1),
      clock,
      network,
      signal: controller.signal,
      stallMs: 30_000,
      onWaiting: (waiting) => told.push(waiting),
    });
    return { clock, network, controller, told, runner };
  }

  it('leaves a try that doesn’t listen, when it is stuck and when all is called off', async () => {
    const { clock, controller, runner } = setUp();
    let tries = 0;
    const result = runner.run(() => (++tries === 1 ? new Promise<string>(() => undefined) : Promise.resolve('there')));
    await turn();
    clock.advance(30_000);
    await turn();
    clock.advance(1000);
    assert.equal(await result, 'there');
    const deaf = runner.run(() => new Promise(() => undefined));
    await turn();
    controller.abort();
    await assert.rejects(deaf, isAborted);
  });

  it('tells of the earliest of several waits, and of none at the end', async () => {
    const { clock, told, runner } = setUp();
    const fail = (retryAfterMs: number): (() => Promise<void>) => {
      let tries = 0;
      return () =>
        ++tries === 1
          ? Promise.reject(new LecternError('rate-limited', { details: { retryAfterMs } }))
          : Promise.resolve();
    };
    const all = Promise.all([runner.run(fail(20_000)), runner.run(fail(5000))]);
    await turn();
    assert.equal(told.at(-1)?.retryAt.getTime(), clock.ms + 5000);
    clock.advance(5000);
    await turn();
    assert.equal(told.at(-1)?.retryAt.getTime(), clock.ms + 15_000);
    runner.wake();
    await all;
    assert.equal(told.at(-1), null);
  });

  it('ends its waiting when all is called off', async () => {
    const { controller, runner, clock } = setUp();
    const waiting = runner.run(() => Promise.reject(new LecternError('server')));
    await turn();
    controller.abort();
    await assert.rejects(waiting, isAborted);
    assert.equal(clock.untilNext, null, 'no timer is left');
  });

  it('tries now and then without a network, since browsers have been wrong about that', async () => {
    const { network, runner, clock } = setUp();
    network.online = false;
    let tries = 0;
    const result = runner.run(() =>
      ++tries < 20 ? Promise.reject(new LecternError('offline')) : Promise.resolve(tries),
    );
    for (let i = 0; i < 19; i++) {
      await turn();
      clock.advance(30_000);
    }
    assert.equal(await result, 20);
  });
});

describe('the rate', () => {
  it('can be told after a second, and follows what happens', () => {
    const rate = new Rate();
    rate.add(0, 0);
    rate.add(500, 500);
    assert.deepEqual([rate.bytesPerSecond, rate.secondsLeft(1000)], [null, null]);
    rate.add(1000, 1000);
    assert.deepEqual([rate.bytesPerSecond, rate.secondsLeft(5000)], [1000, 5]);
    for (let ms = 2000; ms <= 20_000; ms += 1000) rate.add(ms, ms * 3);
    assert.equal(Math.round((rate.bytesPerSecond ?? 0) / 100), 30);
  });

  it('is smooth: one burst doesn’t double it', () => {
    const rate = new Rate();
    for (let ms = 0; ms <= 5000; ms += 500) rate.add(ms, ms);
    rate.add(5500, 6500);
    assert.ok((rate.bytesPerSecond ?? 0) < 1500, String(rate.bytesPerSecond));
  });

  it('begins anew when the store turns out to have fewer bytes, and after a pause', () => {
    const rate = new Rate();
    for (let ms = 0; ms <= 2000; ms += 500) rate.add(ms, ms);
    rate.add(2500, 100);
    assert.equal(rate.bytesPerSecond, null);
    rate.add(4000, 1600);
    assert.equal(rate.bytesPerSecond, 1000);
    rate.reset();
    assert.equal(rate.bytesPerSecond, null);
  });

  it('says nothing of the end while nothing moves', () => {
    const rate = new Rate();
    rate.add(0, 10);
    rate.add(2000, 10);
    assert.deepEqual([rate.bytesPerSecond, rate.secondsLeft(10)], [0, null]);
  });
});

describe('the room for snapshots', () => {
  const gibibyte = 1024 ** 3;

  it('is two fifths of what is free, and 4 GiB at most', () => {
    assert.equal(snapshotLimit({ quota: 10 * gibibyte, usage: 5 * gibibyte }), 2 * gibibyte);
    assert.equal(snapshotLimit({ quota: 100 * gibibyte, usage: 0 }), 4 * gibibyte);
    assert.equal(snapshotLimit({ quota: 10, usage: 20 }), 0);
    assert.equal(snapshotLimit({ quota: 10 * gibibyte }), 4 * gibibyte);
  });

  it('is tried out where nobody can say', async () => {
    assert.equal(snapshotLimit(await estimateRoom()), 4 * gibibyte);
  });
});
