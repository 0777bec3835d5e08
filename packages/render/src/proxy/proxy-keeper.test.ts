import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LecternError } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import { ProxyKeeper, type ProxyWorld } from './proxy-keeper.js';

interface Call {
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  readonly finish: (output: unknown) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A page whose clock, visibility and worker are moved by hand. */
function page(): {
  keeper: ProxyKeeper;
  calls: Call[];
  told: () => number;
  viewer: ReturnType<ProxyKeeper['view']>;
  quiet: () => Promise<void>;
  see: (visible: boolean) => void;
  otherTab: (busy: boolean) => void;
} {
  const calls: Call[] = [];
  const timers = new Set<() => void>();
  let visible = true;
  let busyElsewhere = false;
  let told = 0;
  let look: () => void = () => undefined;
  const world: ProxyWorld = {
    budgetBytes: 1e9,
    startWorker: () =>
      ({
        hasFailed: false,
        terminate: () => undefined,
        run: (name: string, _input: unknown, { signal }: { signal?: AbortSignal } = {}) =>
          new Promise((resolve, reject) => {
            signal?.addEventListener('abort', () => {
              reject(new LecternError('aborted'));
            });
            calls.push({
              name,
              signal,
              finish: (output) => {
                resolve(output);
                return settled();
              },
              fail: (error) => {
                reject(error);
                return settled();
              },
            });
          }),
      }) as unknown as ReturnType<ProxyWorld['startWorker']>,
    isVisible: () => visible,
    onVisibility: (listener) => {
      look = listener;
      return () => undefined;
    },
    idle: () => Promise.resolve(),
    exclusively: async (act) => {
      if (!busyElsewhere) await act();
      return !busyElsewhere;
    },
    after: (_milliseconds, act) => {
      timers.add(act);
      return () => timers.delete(act);
    },
  };
  const keeper = new ProxyKeeper(world);
  const viewer = keeper.view({
    changed: () => {
      told += 1;
    },
  });
  return {
    keeper,
    calls,
    viewer,
    told: () => told,
    quiet: async () => {
      const due = [...timers];
      timers.clear();
      for (const act of due) act();
      await settled();
      await settled();
    },
    see: (seen) => {
      visible = seen;
      look();
    },
    otherTab: (busy) => {
      busyElsewhere = busy;
    },
  };
}

const document = {
  clips: new Map([['clip', { source: { kind: 'asset', assetId: 'film' } }]]),
  assets: new Map([['film', { videoCodec: 'avc' }]]),
} as unknown as TimelineDocument;

const names = (calls: readonly Call[]): string[] => calls.map(({ name }) => name);

test('a heavy source is looked at when it is quiet, and its proxy made piece by piece', async () => {
  const { calls, viewer, quiet, told } = page();
  viewer.setDocument(document);
  assert.deepEqual(names(calls), []);
  await quiet();
  assert.deepEqual(names(calls), ['lookForProxy']);
  await calls[0]?.finish({ standing: 'wanted' });
  assert.deepEqual([...viewer.making], ['film']);
  assert.deepEqual(names(calls), ['lookForProxy', 'makeProxyPiece']);
  await calls[1]?.finish(null);
  await calls[2]?.finish(new Blob(['proxy']));
  assert.equal(viewer.ready.get('film')?.size, 5);
  assert.deepEqual([...viewer.making], []);
  assert.equal(calls.length, 3);
  assert.equal(told(), 2);
});

test('whoever plays, exports, looks around or leaves stops it, and it goes on when it is quiet again', async () => {
  const { keeper, calls, viewer, quiet, see } = page();
  viewer.setDocument(document);
  await quiet();
  await calls[0]?.finish({ standing: 'wanted' });
  let letGo: () => void = () => undefined;
  const interruptions: readonly (readonly [() => void, () => void])[] = [
    [
      () => {
        viewer.setPlaying(true);
      },
      () => {
        viewer.setPlaying(false);
      },
    ],
    [
      () => {
        letGo = keeper.hold();
      },
      () => {
        letGo();
      },
    ],
    [
      () => {
        see(false);
      },
      () => {
        see(true);
      },
    ],
  ];
  for (const [begin, end] of interruptions) {
    const running = calls.at(-1);
    begin();
    await settled();
    assert.equal(running?.signal?.aborted, true);
    const { length } = calls;
    await quiet();
    assert.equal(calls.length, length, 'nothing while it lasts');
    end();
    await quiet();
    assert.equal(calls.length, length + 1);
  }
  const running = calls.at(-1);
  viewer.touch();
  assert.equal(running?.signal?.aborted, true);
  await settled();
  await quiet();
  assert.equal(calls.at(-1)?.signal?.aborted, false);
});

test('while another tab makes one it waits', async () => {
  const { calls, viewer, quiet, otherTab } = page();
  otherTab(true);
  viewer.setDocument(document);
  await quiet();
  await calls[0]?.finish({ standing: 'wanted' });
  await quiet();
  assert.deepEqual(names(calls), ['lookForProxy']);
  otherTab(false);
  await quiet();
  assert.deepEqual(names(calls), ['lookForProxy', 'makeProxyPiece']);
});

test('a source that needs none, can’t be read or doesn’t fit is left alone', async () => {
  for (const end of [
    (call: Call | undefined) => call?.finish({ standing: 'none' }),
    (call: Call | undefined) => call?.fail(new LecternError('source-missing')),
  ]) {
    const { calls, viewer, quiet } = page();
    viewer.setDocument(document);
    await quiet();
    await end(calls[0]);
    await quiet();
    viewer.setDocument(document);
    await quiet();
    assert.deepEqual(names(calls), ['lookForProxy']);
    assert.equal(viewer.ready.size, 0);
  }
  const { calls, viewer, quiet } = page();
  viewer.setDocument(document);
  await quiet();
  await calls[0]?.finish({ standing: 'wanted' });
  await calls[1]?.fail(new LecternError('quota-exceeded'));
  await quiet();
  assert.equal(calls.length, 2);
});
