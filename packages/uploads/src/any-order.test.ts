import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LecternError, type UploadEngine, type UploadStatus } from '@lectern/ports';
import fc from 'fast-check';
import type { Fault, ScriptedStore } from './test-support/scripted-store.js';
import { bytesOf, gate } from './test-support/gate.js';
import { UploadWorld, wav } from './test-support/upload-world.js';

/** What may happen at a request: to the request itself, or to the page around it. */
type Event = Fault | 'fine' | 'reload' | 'second-tab' | 'sign-out' | 'pause' | 'go-on' | 'cancel' | 'lose-network';

const events = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Event>('fine') },
  { weight: 8, arbitrary: fc.constantFrom<Event>('lost', 'unheard', 'stuck') },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('server', 'timeout', 'rate-limited', 'forbidden', 'quota-exceeded', 'unknown')
      .map((code): Event => new LecternError(code as 'server')),
  },
  { weight: 1, arbitrary: fc.constantFrom<Event>('forget', 'cancel', 'sign-out', 'lose-network') },
  { weight: 2, arbitrary: fc.constantFrom<Event>('reload', 'second-tab', 'pause', 'go-on') },
);

const restingStatuses: ReadonlySet<UploadStatus> = new Set(['done', 'failed', 'paused', 'needs-file', 'cancelled']);
const sizes = [60, 95, 130];

/** Uploads three files while the script happens, request by request; then everything is well again. */
async function play(script: readonly Event[], makesRecords: boolean): Promise<ScriptedStore> {
  const world = new UploadWorld();
  world.store.makesRecords = makesRecords;
  const tabs: UploadEngine[] = [world.openTab()];
  const held = gate();
  world.store.beforeAnswer = ({ call }) => (call === 'ask' ? held.passed : Promise.resolve());
  let next = 0;
  const assets = new Map<string, number>();
  const files = sizes.map((size, index) => wav(size, index));
  const items = files.map((file) => world.add(tabs[0] as UploadEngine, { file }));
  items.forEach(({ assetId }, index) => assets.set(assetId, index));
  const [first] = items;
  assert.ok(first);

  // A file that isn't held yet is lost with its page; what counts is what happens from there on.
  await world.untilNow(() => tabs[0]?.items().every(({ status }) => status === 'sending') === true, 'all to be held');
  held.open();
  world.store.fault = () => {
    const event = script[next++] ?? 'fine';
    if (typeof event !== 'string' || event === 'lost' || event === 'unheard' || event === 'stuck') return event;
    if (event === 'forget') return event;
    // What happens to the page happens beside the request.
    queueMicrotask(() => {
      const tab = tabs.at(-1);
      if (event === 'reload' || event === 'second-tab') {
        if (event === 'reload') for (const each of tabs.splice(0)) each.dispose();
        tabs.push(world.openTab());
      } else if (event === 'sign-out') world.store.signIn(null);
      else if (event === 'lose-network') world.network.online = false;
      else if (event === 'pause') tab?.pause(first.id);
      else if (event === 'go-on') tab?.resumeAll();
      else if (event === 'cancel') tab?.cancel(first.id);
    });
    return null;
  };
  const resting = (): boolean =>
    tabs.every((tab) => tab.items().every(({ status }) => restingStatuses.has(status))) && world.store.inFlight === 0;
  // Faults end, networks come back, people sign in again.
  await world.until(() => resting() || next >= script.length, 'the script');
  world.store.fault = () => null;
  world.network.online = true;
  world.store.signIn('teacher');
  for (const tab of tabs) tab.resumeAll();
  await world.until(resting, 'rest');
  // Whoever failed is tried again, once everything is well.
  for (const tab of tabs) tab.retryAll();
  await world.until(resting, 'rest after trying again');
  await world.rest();

  for (const [id, { blobKey, sizeBytes }] of world.store.rows) {
    const bytes = world.store.blobs.get(blobKey);
    assert.equal(bytes?.length, sizeBytes, 'a record has whole bytes');
    assert.deepEqual(bytes, await bytesOf(files[assets.get(id) ?? -1] ?? new Blob()), 'a record has its own bytes');
  }
  for (const tab of tabs) {
    for (const { id, status, assetId } of tab.items()) {
      if (status === 'done') assert.ok(world.store.rows.has(assetId), `${id} is done and there is no record of it`);
      if (status === 'cancelled') assert.ok(!world.store.rows.has(assetId), `${id} was cancelled and is there`);
    }
  }
  for (const versions of world.store.versions.values()) assert.equal(versions.length, 1, 'nothing is recorded twice');
  const { rows } = await world.journal.rows('test', 'teacher');
  const known = new Set(rows.flatMap(({ blobKey, formerKeys }) => [blobKey, ...formerKeys]));
  assert.deepEqual(
    world.store.orphans.filter((key) => !known.has(key.replace(/-poster$/, ''))),
    [],
    'nothing is orphaned that nobody knows of',
  );
  world.close();
  return world.store;
}

describe('any order of faults', () => {
  it('ends, with whole records and nothing sent again that the store had acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(events, { minLength: 0, maxLength: 60 }),
        fc.boolean(),
        async (script, makesRecords) => {
          assert.equal((await play(script, makesRecords)).bytesTwice, 0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('wastes no more than what was on its way', async () => {
    const onlyRequests = fc.oneof(
      { weight: 3, arbitrary: fc.constant<Event>('fine') },
      { weight: 1, arbitrary: fc.constantFrom<Event>('lost', 'unheard', 'stuck', 'reload') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(onlyRequests, { maxLength: 60 }), async (script) => {
        const store = await play(script, false);
        const disturbances = script.filter((event) => event !== 'fine').length;
        const whole = sizes.reduce((sum, size) => sum + size, 0);
        // Each disturbance may cost what the lanes held at that moment, and nothing else.
        const lanes = 6;
        assert.ok(
          store.bytesReceived <= whole + disturbances * lanes * store.partBytes,
          `${String(store.bytesReceived)} bytes for ${String(whole)}, ${String(disturbances)} disturbances`,
        );
        assert.equal(store.rows.size, 3);
      }),
      { numRuns: 60 },
    );
  });
});
