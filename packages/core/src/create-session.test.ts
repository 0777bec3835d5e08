import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { LecternError, type Asset, type Page } from '@lectern/ports';
import { InfiniteQueryObserver, type InfiniteData } from '@tanstack/query-core';
import { createNewAsset } from '../../testing/src/builders.js';
import { createTestSession, type TestSession, type TestSessionOptions } from '../../testing/src/create-test-session.js';
import { optimisticEdit, optimistically } from './actions/optimistic.js';
import { queryKeys } from './queries/query-keys.js';

let session: TestSession;
async function begin(options: TestSessionOptions = {}): Promise<TestSession> {
  session = createTestSession({ assets: 3, ...options });
  await session.seeded;
  return session;
}
afterEach(() => session.dispose());

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
async function until(check: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited for ${what}`);
    await sleep(5);
  }
}

interface Watched {
  readonly names: () => readonly string[];
  readonly fetches: () => number;
}

async function watch(): Promise<Watched> {
  const options = session.queries.assets();
  let fetches = 0;
  const inner = options.queryFn as (context: unknown) => Promise<Page<Asset>>;
  const counted = {
    ...options,
    queryFn: (context: unknown) => {
      fetches += 1;
      return inner(context);
    },
  };
  const observer = new InfiniteQueryObserver(session.queryClient, counted);
  observer.subscribe(() => undefined);
  await until(() => observer.getCurrentResult().isSuccess, 'the list');
  const data = (): InfiniteData<Page<Asset>> | undefined => observer.getCurrentResult().data;
  return {
    names: () => data()?.pages.flatMap((page) => page.items.map((asset) => asset.name)) ?? [],
    fetches: () => fetches,
  };
}

describe('a session', () => {
  it('reads a list again at most every tenth of a second, however much the back end reports', async () => {
    await begin();
    const list = await watch();
    await sleep(150);
    const before = list.fetches();
    const began = Date.now();
    for (let index = 0; index < 40; index += 1) {
      const asset = createNewAsset({ id: `burst-${String(index)}` });
      await session.reliableBackend.blobs.put(asset.blobKey, new Blob(['x']));
      await session.reliableBackend.assets.create(asset);
      await sleep(5);
    }
    await until(() => list.names().length === 43, 'all of them');
    const batches = Math.ceil((Date.now() - began) / 100) + 1;
    assert.ok(
      list.fetches() - before <= batches,
      `${String(list.fetches() - before)} reads in ${String(batches)} batches`,
    );
  });

  it('lets a host do an action its own way, for those who hold the actions already, and puts it back', async () => {
    await begin();
    const { actions } = session;
    const picked: unknown[] = [];
    const restore = session.replaceAction('pickAssets', (original) => async (request) => {
      picked.push(request);
      return (await original(request)) ?? ['asset-2'];
    });
    assert.deepEqual(await actions.pickAssets({ multiple: true }), ['asset-2']);
    assert.deepEqual(picked, [{ multiple: true }]);
    restore();
    assert.equal(await actions.pickAssets({}), null);
  });

  it('takes replaced actions from the start', async () => {
    await begin({ session: { actions: () => ({ pickAssets: () => Promise.resolve(['mine']) }) } });
    assert.deepEqual(await session.actions.pickAssets({}), ['mine']);
  });

  it('says when nothing outlives the page', async () => {
    await begin({ memoryOnly: true });
    await until(() => session.store.getState().storage.memoryOnly, 'the report');
  });

  it('opens nothing any more once it is disposed of', async () => {
    await begin();
    await session.dispose();
    await assert.rejects(session.openProject(null));
  });
});

describe('guesses', () => {
  const rename = (id: string, name: string): ReturnType<typeof optimisticEdit> =>
    optimisticEdit(queryKeys.assetLists(), (data: InfiniteData<Page<Asset>>) => ({
      ...data,
      pages: data.pages.map((page) => ({
        ...page,
        items: page.items.map((asset) => (asset.id === id ? { ...asset, name } : asset)),
      })),
    }));

  it('that fail go alone: another one under way stays', async () => {
    await begin();
    const list = await watch();
    let refuse: (error: unknown) => void = () => undefined;
    let accept: () => void = () => undefined;
    const first = optimistically(session.queryClient, [rename('asset-1', 'Refused')], () => {
      return new Promise<void>((_resolve, reject) => (refuse = reject));
    });
    const second = optimistically(session.queryClient, [rename('asset-2', 'Accepted')], () => {
      return new Promise<void>((resolve) => (accept = resolve));
    });
    await until(() => list.names().includes('Refused') && list.names().includes('Accepted'), 'both guesses');
    refuse(new LecternError('forbidden'));
    await assert.rejects(first);
    assert.ok(!list.names().includes('Refused'));
    assert.ok(list.names().includes('Accepted'));
    accept();
    await second;
  });

  it('outlast a list that is read again before the answer', async () => {
    await begin();
    const list = await watch();
    let accept: () => void = () => undefined;
    const work = optimistically(session.queryClient, [rename('asset-1', 'Soon')], () => {
      return new Promise<void>((resolve) => (accept = resolve));
    });
    await until(() => list.names().includes('Soon'), 'the guess');
    const before = list.fetches();
    await session.queryClient.refetchQueries({ queryKey: queryKeys.assetLists() });
    assert.ok(list.fetches() > before);
    assert.ok(list.names().includes('Soon'));
    accept();
    await work;
    await until(() => !list.names().includes('Soon'), 'the truth, which nobody changed');
  });
});
