import type { Backend } from '../backend.js';
import type { Asset } from '../domain/asset.js';
import type { NewOperation, Operation, OperationWork } from '../domain/operation.js';
import type { OperationsPort } from '../operations-port.js';
import type { ContractSuite } from './contract.js';
import { expectEqual, expectError, expectNotice, expectTrue, fail, firedSignal } from './expectations.js';
import { storeAsset } from './samples.js';

/** Long enough for a thousand assets over a slow network. */
const patienceMs = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The operation once it has ended. */
async function ended(operations: OperationsPort, id: string): Promise<Operation> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const operation = await operations.get(id);
    if (operation.status !== 'running') return operation;
    if (Date.now() > giveUpAt) {
      fail(`${String(operation.done + operation.failed)} of ${String(operation.total)} in ${String(patienceMs)} ms`);
    }
    await pause(25);
  }
}

async function workOff({ operations }: Backend, operation: NewOperation): Promise<Operation> {
  await operations.start(operation);
  return ended(operations, operation.id);
}

async function storeSeveral(
  backend: Backend,
  newId: () => string,
  count: number,
  fields: Parameters<typeof storeAsset>[2] = {},
): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, newId);
  await Promise.all(ids.map((id) => storeAsset(backend, id, fields)));
  return ids;
}

async function read<T>({ assets }: Backend, ids: readonly string[], of: (asset: Asset) => T): Promise<readonly T[]> {
  return (await assets.getMany(ids)).map(of);
}

const counts = ({ status, total, done, failed }: Operation): unknown => ({ status, total, done, failed });

/** A few assets, over and over: as much work as for many, and quickly made. */
const repeated = (ids: readonly string[], length: number): readonly string[] =>
  Array.from({ length }, (_, index) => ids[index % ids.length] ?? '');

/** What bulk work promises. */
export const operationsContract: ContractSuite = {
  name: 'operations',
  cases: [
    {
      name: 'renames with numbers, in the order asked for, also where one before has failed',
      async run({ backend, newId }) {
        const [a = '', b = '', c = ''] = await storeSeveral(backend, newId, 3);
        const missing = newId();
        const work: OperationWork = { kind: 'rename', name: '{n}. Lecture  {n}' };
        const operation = await workOff(backend, { id: newId(), work, assetIds: [c, a, missing, b] });
        expectEqual(counts(operation), { status: 'done', total: 4, done: 3, failed: 1 }, 'counts');
        expectEqual(operation.work, work, 'work');
        expectEqual(
          operation.errors.map(({ assetId, code }) => [assetId, code]),
          [[missing, 'not-found']],
          'errors',
        );
        expectEqual(
          await read(backend, [c, a, b], ({ name }) => name),
          ['1. Lecture 1', '2. Lecture 2', '4. Lecture 4'],
          'names',
        );
        expectTrue(Date.parse(operation.updatedAt) >= Date.parse(operation.createdAt), 'times are times, in order');
      },
    },
    {
      name: 'adds tags that aren’t there in any case, and takes tags away in any case',
      async run({ backend, newId }) {
        const ids = [
          ...(await storeSeveral(backend, newId, 1, { tags: ['physics', 'Week 1'] })),
          ...(await storeSeveral(backend, newId, 1)),
        ];
        const tagsOf = async (): Promise<readonly (readonly string[])[]> =>
          read(backend, ids, ({ tags }) => [...tags].sort());
        const work = (kind: 'tag' | 'untag', tags: readonly string[]): Promise<Operation> =>
          workOff(backend, { id: newId(), work: { kind, tags }, assetIds: ids });
        expectEqual((await work('tag', ['Physics', 'Term 2', 'term 2'])).done, 2, 'how many were tagged');
        const [first = [], second = []] = await tagsOf();
        expectEqual(
          [first.length, first.includes('physics'), first.includes('Week 1')],
          [3, true, true],
          'what was there',
        );
        expectEqual(
          second.map((tag) => tag.toLowerCase()),
          ['physics', 'term 2'],
          'what was added, each once',
        );
        expectEqual((await work('untag', ['PHYSICS', 'TERM 2', 'nobody’s'])).done, 2, 'how many were untagged');
        expectEqual(await tagsOf(), [['Week 1'], []], 'what is left');
      },
    },
    {
      name: 'deletes what it can, and names the places of what is in use',
      async run({ backend, newId }) {
        const { assets } = backend;
        const [free = '', used = '', last = ''] = await storeSeveral(backend, newId, 3);
        await assets.link({ assetId: used, resourceType: 'lesson', resourceId: 'lesson 1', label: 'Lesson 1' });
        await assets.link({ assetId: used, resourceType: 'wiki', resourceId: 'light', label: 'Wiki: light' });
        const operation = await workOff(backend, {
          id: newId(),
          work: { kind: 'delete' },
          assetIds: [free, used, last],
        });
        expectEqual(counts(operation), { status: 'done', total: 3, done: 2, failed: 1 }, 'counts');
        const [error] = operation.errors;
        expectEqual([error?.assetId, error?.code], [used, 'in-use'], 'error');
        const places = error?.details['places'];
        expectEqual(
          Array.isArray(places) ? [...(places as string[])].sort() : places,
          ['Lesson 1', 'Wiki: light'],
          'places',
        );
        expectEqual(
          await read(backend, [free, used, last], ({ status }) => status),
          ['deleted', 'active', 'deleted'],
          'what became of them',
        );
      },
    },
    {
      name: 'restores, and minds nothing that is as it should be',
      async run({ backend, newId }) {
        const [gone = '', present = ''] = await storeSeveral(backend, newId, 2);
        await backend.assets.remove(gone);
        const restoring = await workOff(backend, {
          id: newId(),
          work: { kind: 'restore' },
          assetIds: [gone, present],
        });
        expectEqual(counts(restoring), { status: 'done', total: 2, done: 2, failed: 0 }, 'counts of restoring');
        expectEqual(await read(backend, [gone, present], ({ deletedAt }) => deletedAt), [null, null], 'deletedAt');
        const deleting = await workOff(backend, { id: newId(), work: { kind: 'delete' }, assetIds: [gone, gone] });
        expectEqual(counts(deleting), { status: 'done', total: 2, done: 2, failed: 0 }, 'counts of deleting twice');
      },
    },
    {
      name: 'notes what an asset can’t take, and goes on with the others',
      async run({ backend, newId }) {
        const [full = ''] = await storeSeveral(backend, newId, 1, {
          tags: Array.from({ length: 64 }, (_, index) => `tag ${String(index)}`),
        });
        const [other = ''] = await storeSeveral(backend, newId, 1);
        const operation = await workOff(backend, {
          id: newId(),
          work: { kind: 'tag', tags: ['one more'] },
          assetIds: [full, other],
        });
        expectEqual(counts(operation), { status: 'done', total: 2, done: 1, failed: 1 }, 'counts');
        expectEqual(
          operation.errors.map(({ assetId, code }) => [assetId, code]),
          [[full, 'invalid-input']],
          'errors',
        );
        expectEqual(await read(backend, [full, other], ({ tags }) => tags.length), [64, 1], 'tags');
      },
    },
    {
      name: 'begins once with one id, whatever is asked for under it again',
      async run({ backend, newId }) {
        const [id = ''] = await storeSeveral(backend, newId, 1);
        const operation: NewOperation = {
          id: newId(),
          work: { kind: 'rename', name: 'No. {n}' },
          assetIds: [id, id],
        };
        const begun = await Promise.all([backend.operations.start(operation), backend.operations.start(operation)]);
        expectEqual(
          begun.map(({ id: begunId }) => begunId),
          [operation.id, operation.id],
          'ids',
        );
        const done = await ended(backend.operations, operation.id);
        const again = await backend.operations.start({ ...operation, work: { kind: 'delete' } });
        expectEqual(again, done, 'what is given again');
        // Whatever else was begun by mistake has its turn before this has ended.
        await workOff(backend, { id: newId(), work: { kind: 'tag', tags: ['x'] }, assetIds: [id] });
        expectEqual(await read(backend, [id], ({ name, status }) => [name, status]), [['No. 2', 'active']], 'asset');
        const actions = (await backend.assets.history(id)).map(({ action }) => action);
        expectEqual(actions, ['tag', 'rename', 'rename', 'upload'], 'history');
      },
    },
    {
      name: 'works through a thousand, those that aren’t there included, and keeps their order',
      async run({ backend, newId }) {
        const ids = await storeSeveral(backend, newId, 10);
        const missing = Array.from({ length: 200 }, newId);
        const assetIds = [...missing.slice(0, 100), ...repeated(ids, 800), ...missing.slice(100)];
        const operation = await workOff(backend, { id: newId(), work: { kind: 'rename', name: 'No. {n}' }, assetIds });
        expectEqual(counts(operation), { status: 'done', total: 1000, done: 800, failed: 200 }, 'counts');
        expectEqual(
          operation.errors.map(({ assetId }) => assetId),
          missing,
          'errors in order',
        );
        expectEqual(
          await read(backend, ids, ({ name }) => name),
          ids.map((_, index) => `No. ${String(891 + index)}`),
          'names, of the last place of each',
        );
        const [change] = await backend.assets.history(ids[9] ?? '');
        expectEqual(change?.change, { name: 'No. 900' }, 'newest change');
      },
    },
    {
      name: 'keeps the last two hundred changes of an asset',
      async run({ backend, newId }) {
        const [id = ''] = await storeSeveral(backend, newId, 1);
        await workOff(backend, {
          id: newId(),
          work: { kind: 'rename', name: 'No. {n}' },
          assetIds: repeated([id], 230),
        });
        const names = (await backend.assets.history(id)).map(({ change }) => change['name']);
        expectEqual(
          names,
          Array.from({ length: 200 }, (_, index) => `No. ${String(230 - index)}`),
          'names in the history',
        );
      },
    },
    {
      name: 'can be taken back asset by asset',
      async run({ backend, newId }) {
        const [id = ''] = await storeSeveral(backend, newId, 1, { tags: ['a'] });
        await workOff(backend, { id: newId(), work: { kind: 'tag', tags: ['b'] }, assetIds: [id] });
        const [change] = await backend.assets.history(id);
        expectEqual(change?.action, 'tag', 'newest change');
        await backend.assets.undo(change?.id ?? '');
        expectEqual(await read(backend, [id], ({ tags }) => tags), [['a']], 'tags');
      },
    },
    {
      name: 'stops when it is cancelled; what is done stays done, and counted',
      async run({ backend, newId }) {
        const { operations, assets } = backend;
        const ids = await storeSeveral(backend, newId, 10);
        const id = newId();
        await operations.start({ id, work: { kind: 'rename', name: 'No. {n}' }, assetIds: repeated(ids, 1900) });
        const cancelled = await operations.cancel(id);
        expectTrue(cancelled.status !== 'running', 'it has ended');
        // Whoever was at work has had time to stop.
        await pause(300);
        const stopped = await operations.get(id);
        await pause(300);
        expectEqual(await operations.get(id), stopped, 'later');
        expectEqual(stopped.status, cancelled.status, 'status');
        const histories = await Promise.all(ids.map((assetId) => assets.history(assetId)));
        const renamed = histories.flat().filter(({ action }) => action === 'rename').length;
        expectEqual(stopped.done, renamed, 'what is counted as done is what was done');
        expectEqual(await operations.cancel(id), stopped, 'cancelling again');
      },
    },
    {
      name: 'lets what has ended be cancelled without harm',
      async run({ backend, newId }) {
        const [id = ''] = await storeSeveral(backend, newId, 1);
        const done = await workOff(backend, { id: newId(), work: { kind: 'tag', tags: ['x'] }, assetIds: [id] });
        expectEqual(await backend.operations.cancel(done.id), done, 'answer');
        expectEqual(await backend.operations.get(done.id), done, 'get');
      },
    },
    {
      name: 'doesn’t find what isn’t there',
      async run({ backend: { operations }, newId }) {
        await expectError('not-found', operations.get(newId()), 'get');
        await expectError('not-found', operations.cancel(newId()), 'cancel');
      },
    },
    {
      name: 'refuses work that makes no sense, and begins nothing',
      async run({ backend: { operations }, newId }) {
        const assetIds = [newId()];
        const refusals: readonly Partial<NewOperation>[] = [
          { assetIds: [] },
          { assetIds: Array.from({ length: 10_001 }, () => assetIds[0] ?? '') },
          { assetIds: [''] },
          { work: { kind: 'rename', name: ' ' } },
          { work: { kind: 'tag', tags: [] } },
          { work: { kind: 'untag', tags: [''] } },
          { work: { kind: 'tag', tags: ['x'.repeat(65)] } },
          { work: { kind: 'burn' } as never },
          { work: { kind: 'delete', name: 'x' } as never },
        ];
        for (const fields of refusals) {
          const id = newId();
          const starting = operations.start({ id, work: { kind: 'delete' }, assetIds, ...fields });
          await expectError('invalid-input', starting, JSON.stringify(fields).slice(0, 80));
          await expectError('not-found', operations.get(id), 'get');
        }
      },
    },
    {
      name: 'lists the newest first, and fifty at most',
      async run({ backend: { operations }, newId }) {
        const assetIds = [newId()];
        const begin = async (): Promise<string> => {
          const id = newId();
          await operations.start({ id, work: { kind: 'delete' }, assetIds });
          return id;
        };
        await Promise.all(Array.from({ length: 49 }, begin));
        const own: string[] = [];
        for (let i = 0; i < 3; i++) {
          own.unshift(await begin());
          // So that "newest" has an order.
          await pause(3);
        }
        const found = await operations.list();
        expectTrue(found.length <= 50, `${String(found.length)} are at most fifty`);
        expectEqual(
          found.map(({ id }) => id).filter((id) => own.includes(id)),
          own,
          'own ones',
        );
        const times = found.map(({ createdAt }) => Date.parse(createdAt));
        expectEqual(
          times,
          [...times].sort((a, b) => b - a),
          'times, newest first',
        );
      },
    },
    {
      name: 'tells how far it is, until one has heard enough',
      async run({ backend, newId }) {
        const { operations } = backend;
        const ids = await storeSeveral(backend, newId, 5);
        const id = newId();
        const told: Operation[] = [];
        await expectNotice<Operation>(
          (listener) => operations.subscribe(listener),
          () => operations.start({ id, work: { kind: 'rename', name: 'No. {n}' }, assetIds: repeated(ids, 400) }),
          (operation) => {
            if (operation.id === id) told.push(operation);
            return operation.id === id && operation.status === 'done';
          },
          'the end',
        );
        expectEqual(
          counts(told.at(-1) ?? fail('nothing was told')),
          { status: 'done', total: 400, done: 400, failed: 0 },
          'last notice',
        );
        const steps = told.map(({ done }) => done);
        expectEqual(
          steps,
          [...steps].sort((a, b) => a - b),
          'it never goes back',
        );
        let heard = 0;
        const stop = operations.subscribe((operation) => {
          if (operation.id === second) heard++;
        });
        stop();
        stop();
        const second = newId();
        await workOff(backend, { id: second, work: { kind: 'delete' }, assetIds: ids });
        await pause(150);
        expectEqual(heard, 0, 'notices after the end');
      },
    },
    {
      name: 'tells the library of what it changes',
      async run({ backend, newId }) {
        const [id = ''] = await storeSeveral(backend, newId, 1);
        await expectNotice<{ readonly ids: readonly string[] }>(
          (listener) => backend.assets.subscribe(listener),
          () => backend.operations.start({ id: newId(), work: { kind: 'delete' }, assetIds: [id] }),
          ({ ids }) => ids.length === 0 || ids.includes(id),
          'the change of an asset',
        );
      },
    },
    {
      name: 'does nothing for a signal that has fired',
      async run({ backend, newId }) {
        const { operations } = backend;
        const [assetId = ''] = await storeSeveral(backend, newId, 1);
        const signal = firedSignal();
        const operation: NewOperation = { id: newId(), work: { kind: 'delete' }, assetIds: [assetId] };
        await expectError('aborted', operations.start(operation, { signal }), 'start');
        await expectError('aborted', operations.get(operation.id, { signal }), 'get');
        await expectError('aborted', operations.list({ signal }), 'list');
        await expectError('aborted', operations.cancel(operation.id, { signal }), 'cancel');
        await expectError('not-found', operations.get(operation.id), 'the operation');
        expectEqual(await read(backend, [assetId], ({ status }) => status), ['active'], 'asset');
      },
    },
    {
      name: 'is seen, heard and cancelled from another page',
      needs: ['openPeer'],
      async run({ backend, newId, openPeer }) {
        const ids = await storeSeveral(backend, newId, 5);
        const peer = await openPeer();
        const [first, second] = [newId(), newId()];
        await expectNotice<Operation>(
          (listener) => peer.operations.subscribe(listener),
          () => backend.operations.start({ id: first, work: { kind: 'tag', tags: ['x'] }, assetIds: ids }),
          ({ id, status, done }) => id === first && status === 'done' && done === 5,
          'the other page',
        );
        expectEqual(await peer.operations.get(first), await backend.operations.get(first), 'get');
        await backend.operations.start({
          ...{ id: second, assetIds: repeated(ids, 1000) },
          work: { kind: 'rename', name: 'No. {n}' },
        });
        expectTrue((await peer.operations.cancel(second)).status !== 'running', 'it has ended');
        expectTrue((await backend.operations.get(second)).status !== 'running', 'it has ended in the first page');
      },
    },
    {
      name: 'is gone on with by another page when the one that began it is gone',
      needs: ['openPeer'],
      async run({ backend, newId, openPeer }) {
        const ids = await storeSeveral(backend, newId, 10);
        const id = newId();
        const gone = await openPeer();
        await gone.operations.start({ id, work: { kind: 'rename', name: 'No. {n}' }, assetIds: repeated(ids, 600) });
        await gone.dispose();
        const operation = await ended(backend.operations, id);
        expectEqual(counts(operation), { status: 'done', total: 600, done: 600, failed: 0 }, 'counts');
        expectEqual(
          await read(backend, ids, ({ name }) => name),
          ids.map((_, index) => `No. ${String(591 + index)}`),
          'names',
        );
        const renamed = (await backend.assets.history(ids[0] ?? '')).filter(({ action }) => action === 'rename');
        expectEqual(renamed.length, 60, 'how often each was renamed');
      },
    },
    {
      name: 'is nobody else’s, and nor is its id',
      needs: ['openOther'],
      async run({ backend, newId, openOther }) {
        const [assetId = ''] = await storeSeveral(backend, newId, 1);
        const operation: NewOperation = { id: newId(), work: { kind: 'tag', tags: ['x'] }, assetIds: [assetId] };
        await workOff(backend, operation);
        const other = await openOther();
        await expectError('not-found', other.operations.get(operation.id), 'get');
        await expectError('not-found', other.operations.cancel(operation.id), 'cancel');
        await expectError('already-exists', other.operations.start(operation), 'start');
        expectEqual(
          (await other.operations.list()).filter(({ id }) => id === operation.id),
          [],
          'list',
        );
        const theirs = await workOff(other, { id: newId(), work: { kind: 'delete' }, assetIds: [assetId] });
        expectEqual([theirs.failed, theirs.errors[0]?.code], [1, 'not-found'], 'work on what is another’s');
        expectEqual(await read(backend, [assetId], ({ status }) => status), ['active'], 'asset');
      },
    },
  ],
};
