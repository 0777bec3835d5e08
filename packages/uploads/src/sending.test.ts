import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LecternError, type ProbeResult } from '@lectern/ports';
import { sampleFacts } from '@lectern/ports/contracts';
import type { Fault, StoreCall, StoreRequest } from './test-support/scripted-store.js';
import { bytesOf, gate } from './test-support/gate.js';
import { UploadWorld, wav } from './test-support/upload-world.js';

let world: UploadWorld;
beforeEach(() => {
  world = new UploadWorld();
});
afterEach(() => {
  world.close();
});

/** Does that to the n-th request of a kind, counted from 1. */
function at(call: StoreCall, ...numbers: readonly number[]): (fault: Fault) => (request: StoreRequest) => Fault | null {
  let count = 0;
  return (fault) => (request) => {
    if (request.call !== call) return null;
    count += 1;
    return numbers.includes(count) ? fault : null;
  };
}

const always =
  (call: StoreCall, fault: Fault) =>
  (request: StoreRequest): Fault | null =>
    request.call === call ? fault : null;

describe('a file that is sent part by part', () => {
  it('comes in whole, its record last, and is then forgotten by the journal', async () => {
    const engine = world.openTab();
    const file = wav(95);
    const item = world.add(engine, { file });
    const done = await world.finish(engine, item.id);
    assert.deepEqual([done.status, done.sentBytes, done.assetId], ['done', 95, item.assetId]);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    const calls = world.store.requests.map(({ call }) => call);
    assert.equal(calls.at(-1), 'create');
    assert.deepEqual(
      calls.filter((call) => call !== 'part'),
      ['identity', 'reserve', 'ask', 'complete', 'create'],
    );
    await world.rest();
    assert.deepEqual((await world.journal.rows('test', 'teacher')).rows, []);
  });

  it('is written down before its first byte goes, without anything secret that an adapter may add', async () => {
    const engine = world.openTab();
    const rows: unknown[] = [];
    world.store.beforeAnswer = async ({ offset }) => {
      if (offset === 0) rows.push(...(await world.journal.rows('test', 'teacher')).rows);
    };
    const item = world.add(engine);
    await world.finish(engine, item.id);
    assert.equal(world.store.remembered.length, 1);
    assert.equal(rows.length, 1);
    const text = JSON.stringify(rows);
    assert.match(text, /"resume":"at-id-\d+"/);
    assert.doesNotMatch(text, /secret|token/);
  });

  it('takes three lanes at once, and six for all files together', async () => {
    const engine = world.openTab();
    world.store.beforeAnswer = () => new Promise((resolve) => setImmediate(resolve));
    const one = world.add(engine, { file: wav(200) });
    await world.finish(engine, one.id);
    assert.equal(world.store.mostInFlight, 3);
    const items = [1, 2, 3, 4].map((seed) => world.add(engine, { file: wav(300, seed) }));
    for (const { id } of items) await world.finish(engine, id);
    assert.equal(world.store.mostInFlight, 6);
  });

  it('tells how fast it goes and how long it takes, once that can be told', async () => {
    const engine = world.openTab();
    world.store.parallel = 1;
    world.store.beforeAnswer = ({ call }) => {
      if (call === 'part') world.clock.advance(500);
      return Promise.resolve();
    };
    const rates: (number | null)[] = [];
    const left: (number | null)[] = [];
    engine.subscribe(([item]) => {
      if (item?.status !== 'sending') return;
      rates.push(item.bytesPerSecond);
      left.push(item.secondsLeft);
    });
    const item = world.add(engine, { file: wav(200) });
    const done = await world.finish(engine, item.id);
    assert.equal(rates[0], null);
    assert.equal(Math.round(rates.at(-1) ?? 0), 20);
    assert.ok((left.at(-1) ?? Infinity) <= 9, String(left));
    assert.deepEqual([done.bytesPerSecond, done.secondsLeft], [null, null]);
  });

  it('is told of at most every 100 ms', async () => {
    const engine = world.openTab();
    const times: number[] = [];
    engine.subscribe(() => times.push(world.clock.ms));
    world.store.beforeAnswer = () => {
      world.clock.advance(7);
      return Promise.resolve();
    };
    const item = world.add(engine, { file: wav(2000) });
    await world.finish(engine, item.id);
    assert.ok(times.length > 3);
    times.slice(1).forEach((time, index) => {
      assert.ok(time - (times[index] ?? 0) >= 100, String(times));
    });
  });
});

describe('a request that fails', () => {
  it('is tried again, and nothing that has come in is sent twice', async () => {
    const engine = world.openTab();
    world.store.fault = at('part', 2, 5, 6)('lost');
    const file = wav(95);
    const item = world.add(engine, { file });
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.deepEqual([world.store.bytesTwice, world.store.bytesReceived], [0, 95]);
  });

  it('says meanwhile why it waits and until when, which is when the far side asked for at the earliest', async () => {
    const engine = world.openTab();
    world.store.fault = at('reserve', 1)(new LecternError('rate-limited', { details: { retryAfterMs: 20_000 } }));
    const item = world.add(engine);
    await world.until(() => world.item(engine, item.id).retryAt !== null);
    const { error, retryAt, status } = world.item(engine, item.id);
    assert.deepEqual([status, error?.code], ['reserving', 'rate-limited']);
    assert.equal(Date.parse(retryAt ?? ''), world.clock.ms + 20_000);
    const done = await world.finish(engine, item.id);
    assert.deepEqual([done.error, done.retryAt], [null, null]);
  });

  it('is tried at once when somebody says to go on', async () => {
    const engine = world.openTab();
    world.store.fault = at('reserve', 1)(new LecternError('rate-limited', { details: { retryAfterMs: 3_000_000 } }));
    const item = world.add(engine);
    await world.until(() => world.item(engine, item.id).retryAt !== null);
    const before = world.clock.ms;
    engine.resume(item.id);
    await world.finish(engine, item.id);
    assert.ok(world.clock.ms - before < 10_000);
  });

  it('is given up after six tries in which nothing moved; trying again goes on where it was', async () => {
    const engine = world.openTab();
    world.store.parallel = 1;
    const broken = always('part', 'lost');
    world.store.fault = (request) => (request.offset === 50 ? broken(request) : null);
    const file = wav(95);
    const item = world.add(engine, { file });
    assert.equal(await world.codeOf(engine, item.id), 'offline');
    assert.equal(world.store.requests.filter(({ offset }) => offset === 50).length, 6);
    assert.equal(world.item(engine, item.id).status, 'failed');
    world.store.fault = () => null;
    engine.retry(item.id);
    await world.finish(engine, item.id);
    assert.deepEqual([world.store.countOf('reserve'), world.store.bytesTwice], [1, 0]);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
  });

  it('waits for the network without counting its tries', async () => {
    const engine = world.openTab();
    world.network.online = false;
    world.store.fault = () => 'lost';
    const item = world.add(engine);
    const before = world.clock.ms;
    await world.until(() => world.clock.ms > before + 3_600_000);
    await world.until(() => world.item(engine, item.id).error !== null);
    const waiting = world.item(engine, item.id);
    assert.equal(waiting.error?.code, 'offline');
    assert.ok(Date.parse(waiting.retryAt ?? '') >= world.clock.ms, String(waiting.retryAt));
    world.store.fault = () => null;
    world.network.online = true;
    assert.equal((await world.finish(engine, item.id)).status, 'done');
  });

  it('that gets stuck is noticed after 30 s, and after two such there is one lane', async () => {
    const engine = world.openTab();
    world.clock.chance = 0;
    world.store.fault = at('part', 1, 2, 3)('stuck');
    let mostAfter = 0;
    world.store.beforeAnswer = async () => {
      if (world.store.countOf('part') > 3) mostAfter = Math.max(mostAfter, world.store.inFlight);
      await new Promise((resolve) => setImmediate(resolve));
    };
    const before = world.clock.ms;
    const item = world.add(engine, { file: wav(200) });
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.equal(world.clock.ms - before, 30_000);
    assert.deepEqual([mostAfter, world.store.bytesTwice], [1, 0]);
  });

  it('because nobody is signed in any more pauses it, until somebody is', async () => {
    const engine = world.openTab();
    world.store.fault = (request) =>
      world.store.user === null && request.call === 'part' ? new LecternError('unauthenticated') : null;
    world.store.beforeAnswer = ({ offset }) => {
      if (offset === 40 && world.store.countOf('part') < 7) world.store.signIn(null);
      return Promise.resolve();
    };
    const file = wav(95);
    const item = world.add(engine, { file });
    const paused = await world.reaches(engine, item.id, 'paused');
    assert.equal(paused.error?.code, 'unauthenticated');
    world.store.signIn('teacher');
    await world.finish(engine, item.id);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.deepEqual([world.store.bytesTwice, world.store.countOf('reserve')], [0, 1]);
  });

  it('because it is forbidden pauses it, and going on tries again', async () => {
    const engine = world.openTab();
    world.store.fault = at('reserve', 1)(new LecternError('forbidden'));
    const item = world.add(engine);
    const paused = await world.reaches(engine, item.id, 'paused');
    assert.equal(paused.error?.code, 'forbidden');
    engine.resume(item.id);
    assert.equal((await world.finish(engine, item.id)).status, 'done');
  });

  it('before anybody was ever signed in pauses it, too', async () => {
    world.store.user = null;
    const engine = world.openTab();
    const item = world.add(engine);
    const paused = await world.reaches(engine, item.id, 'paused');
    assert.equal(paused.error?.code, 'unauthenticated');
    world.store.signIn('teacher');
    assert.equal((await world.finish(engine, item.id)).status, 'done');
  });

  it('for good leaves nothing behind, and the others go on', async () => {
    const engine = world.openTab();
    const items = [1, 2, 3].map((seed) => world.add(engine, { file: wav(100, seed) }));
    const [, unlucky] = items;
    world.store.fault = ({ call, id }) =>
      call === 'create' && id === unlucky?.assetId ? new LecternError('quota-exceeded') : null;
    const codes = await Promise.all(items.map(({ id }) => world.codeOf(engine, id)));
    assert.deepEqual(codes, ['none', 'quota-exceeded', 'none']);
    assert.deepEqual([world.store.rows.size, world.store.orphans, world.store.openSessions], [2, [], 0]);
  });
});

describe('a store that forgets', () => {
  it('a transfer gets another one, from the bytes that are still held', async () => {
    const engine = world.openTab();
    world.store.fault = at('part', 5)('forget');
    const file = wav(95);
    const item = world.add(engine, { file });
    await world.finish(engine, item.id);
    assert.equal(world.store.countOf('reserve'), 2);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.deepEqual(world.store.orphans, []);
  });

  it('every transfer is given up on after the second', async () => {
    const engine = world.openTab();
    world.store.fault = always('complete', 'forget');
    const item = world.add(engine);
    assert.equal(await world.codeOf(engine, item.id), 'not-found');
    assert.equal(world.store.countOf('reserve'), 2);
  });

  it('a transfer that is done already has the record to prove it', async () => {
    const engine = world.openTab();
    world.store.makesRecords = true;
    world.store.fault = (request) => {
      if (request.call === 'complete' && world.store.countOf('complete') === 1) return 'unheard';
      return request.call === 'complete' ? 'forget' : null;
    };
    const item = world.add(engine);
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.deepEqual([world.store.countOf('reserve'), world.store.rows.size, world.store.orphans], [1, 1, []]);
  });
});

describe('the record', () => {
  const withPoster: ProbeResult = {
    facts: sampleFacts({ kind: 'audio', videoCodec: null }),
    poster: new Blob(['picture'], { type: 'image/webp' }),
  };

  it('that the store made with the last byte gets its poster afterwards', async () => {
    const engine = world.openTab({ probe: () => Promise.resolve(withPoster) });
    world.store.makesRecords = true;
    const item = world.add(engine);
    await world.finish(engine, item.id);
    const row = world.store.rows.get(item.assetId);
    assert.equal(row?.posterKey, `${String(row?.blobKey)}-poster`);
    assert.deepEqual([world.store.countOf('create'), world.store.countOf('update'), world.store.orphans], [1, 1, []]);
  });

  for (const makesRecords of [false, true]) {
    it(`of a version is made once, ${makesRecords ? 'by the store' : 'though the answer was lost'}`, async () => {
      const engine = world.openTab();
      const first = world.add(engine);
      await world.finish(engine, first.id);
      world.store.makesRecords = makesRecords;
      world.store.fault = at('addVersion', 1)('unheard');
      const file = wav(80, 2);
      const item = world.add(engine, { file, replaceAssetId: first.assetId });
      await world.finish(engine, item.id);
      assert.equal(world.store.versions.get(first.assetId)?.length, 2);
      assert.deepEqual(world.stored(first.assetId), await bytesOf(file));
    });
  }

  it('whose answer was lost is made once', async () => {
    const engine = world.openTab();
    world.store.fault = at('create', 1)('unheard');
    const item = world.add(engine);
    await world.finish(engine, item.id);
    assert.deepEqual([world.store.rows.size, world.store.orphans], [1, []]);
  });

  it('comes in without its poster when that can’t be stored', async () => {
    const engine = world.openTab({ probe: () => Promise.resolve(withPoster) });
    world.store.fault = always('put', new LecternError('quota-exceeded'));
    const item = world.add(engine);
    await world.finish(engine, item.id);
    assert.equal(world.store.rows.get(item.assetId)?.posterKey, null);
  });
});

describe('pausing', () => {
  it('stops what is sent, and going on sends what is missing', async () => {
    const engine = world.openTab();
    const held = gate();
    world.store.beforeAnswer = ({ offset }) => (offset === 50 ? held.passed : Promise.resolve());
    const file = wav(95);
    const item = world.add(engine, { file });
    await world.until(() => world.store.countOf('part') >= 8);
    engine.pause(item.id);
    assert.equal(world.item(engine, item.id).status, 'paused');
    held.open();
    await world.rest();
    const sent = world.store.countOf('part');
    await world.rest();
    assert.equal(world.store.countOf('part'), sent, 'nothing goes while it is paused');
    engine.resume(item.id);
    await world.finish(engine, item.id);
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.equal(world.store.countOf('reserve'), 1);
  });

  it('all and going on with all leaves out what is over', async () => {
    const engine = world.openTab({ files: 1 });
    const held = gate();
    world.store.beforeAnswer = ({ call }) => (call === 'part' ? held.passed : Promise.resolve());
    const bad = world.add(engine, { file: new Blob([]) });
    const items = [1, 2, 3].map((seed) => world.add(engine, { file: wav(100, seed) }));
    await world.until(() => world.store.countOf('part') > 0);
    engine.pauseAll();
    await world.rest();
    assert.deepEqual(
      engine.items().map(({ status }) => status),
      ['failed', 'paused', 'paused', 'paused'],
    );
    held.open();
    engine.resumeAll();
    for (const { id } of items) await world.finish(engine, id);
    engine.retryAll();
    assert.equal(await world.codeOf(engine, bad.id), 'file-empty');
  });

  it('while a file is checked has it checked again', async () => {
    const held = gate();
    let probes = 0;
    const engine = world.openTab({
      probe: async () => {
        probes += 1;
        if (probes === 1) await held.passed;
        return { facts: sampleFacts({ kind: 'audio', videoCodec: null }), poster: null };
      },
    });
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'checking');
    engine.pause(item.id);
    engine.resume(item.id);
    held.open();
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.equal(world.store.rows.size, 1);
  });
});

describe('cancelling', () => {
  it('gives the reservation up and removes what was sent', async () => {
    const engine = world.openTab();
    const held = gate();
    world.store.beforeAnswer = ({ offset }) => (offset === 50 ? held.passed : Promise.resolve());
    const item = world.add(engine);
    await world.until(() => world.store.countOf('part') >= 6);
    engine.cancel(item.id);
    assert.equal(world.item(engine, item.id).status, 'cancelled');
    held.open();
    assert.equal(await world.codeOf(engine, item.id), 'aborted');
    assert.deepEqual([world.store.openSessions, world.store.orphans, world.store.rows.size], [0, [], 0]);
    assert.deepEqual((await world.journal.rows('test', 'teacher')).rows, []);
  });

  it('what was asked for and not answered gives that up as well', async () => {
    const engine = world.openTab();
    world.store.fault = always('reserve', 'unheard');
    const item = world.add(engine);
    await world.until(() => world.store.countOf('reserve') > 0);
    engine.cancel(item.id);
    assert.equal(await world.codeOf(engine, item.id), 'aborted');
    assert.equal(world.store.openSessions, 0);
  });

  it('too late tells that it is there', async () => {
    const engine = world.openTab();
    world.store.makesRecords = true;
    const held = gate();
    world.store.beforeAnswer = ({ call }) => (call === 'create' ? held.passed : Promise.resolve());
    const item = world.add(engine);
    await world.reaches(engine, item.id, 'completing');
    engine.cancel(item.id);
    held.open();
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.deepEqual([world.store.rows.size, world.store.orphans], [1, []]);
  });

  it('while the last part goes is told as it turns out', async () => {
    const engine = world.openTab();
    world.store.makesRecords = true;
    const held = gate();
    world.store.beforeAnswer = ({ call }) => (call === 'complete' ? held.passed : Promise.resolve());
    const item = world.add(engine);
    await world.until(() => world.store.countOf('complete') === 1);
    engine.cancel(item.id);
    held.open();
    // The request was on its way already: the store made the record.
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.equal(world.item(engine, item.id).status, 'done');
    assert.deepEqual(world.store.orphans, []);
  });

  it('and trying again sends it anew, under another key', async () => {
    const engine = world.openTab();
    const held = gate();
    world.store.beforeAnswer = ({ offset }) => (offset === 50 ? held.passed : Promise.resolve());
    const file = wav(95);
    const item = world.add(engine, { file });
    await world.until(() => world.store.countOf('part') >= 6);
    engine.cancel(item.id);
    engine.retry(item.id);
    held.open();
    assert.equal((await world.finish(engine, item.id)).status, 'done');
    assert.deepEqual(world.stored(item.assetId), await bytesOf(file));
    assert.deepEqual([world.store.orphans, world.store.openSessions], [[], 0]);
  });

  it('a file that failed, by clearing it, takes away what it had sent', async () => {
    const engine = world.openTab();
    world.store.fault = always('complete', 'lost');
    const item = world.add(engine);
    assert.equal(await world.codeOf(engine, item.id), 'offline');
    assert.equal(world.store.openSessions, 1);
    engine.clear(item.id);
    await world.until(() => world.store.openSessions === 0);
    await world.rest();
    assert.deepEqual([engine.items(), (await world.journal.rows('test', 'teacher')).rows], [[], []]);
  });
});
