import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Backend, LecternError, type TransferRecord } from '@lectern/ports';
import {
  assetsContract,
  blobsContract,
  type ContractSuite,
  coursesContract,
  identityContract,
  operationsContract,
  projectsContract,
  runContract,
  transfersContract,
} from '@lectern/ports/contracts';
import { createLocalBackend } from './local-backend.js';

type Port = Exclude<keyof Backend, 'name' | 'connection' | 'dispose'>;
type Method = (...args: never[]) => Promise<unknown>;

/** A back end with one method replaced; the others stay as they are. */
function sabotage<P extends Port>(
  port: P,
  replace: (honest: Backend[P], backend: Backend) => Partial<Backend[P]>,
): Backend {
  const backend: Backend = createLocalBackend({ storage: 'memory' });
  const honest = backend[port];
  const replaced = replace(honest, backend);
  const broken = new Proxy(honest, {
    get(target, key) {
      const value: unknown = Reflect.get(replaced, key) ?? Reflect.get(target, key);
      return typeof value === 'function' ? (value as Method).bind(target) : value;
    },
  });
  return { ...backend, [port]: broken };
}

async function failuresOf(suite: ContractSuite, makeBackend: () => Backend): Promise<readonly string[]> {
  const failures: string[] = [];
  const running: Promise<void>[] = [];
  runContract(suite, () => ({ backend: makeBackend() }), {
    it: (name, run) =>
      running.push(
        run().catch(() => {
          failures.push(name);
        }),
      ),
  });
  await Promise.all(running);
  return failures;
}

/** Each is a mistake that an adapter could well make. */
const mistakes: Readonly<Record<string, readonly [suite: ContractSuite, makeBackend: () => Backend]>> = {
  'a save that overwrites a newer head': [
    projectsContract,
    () =>
      sabotage('projects', (honest) => ({
        save: async (request) => {
          const head = await honest.open(request.projectId).catch(() => null);
          return honest.save({ ...request, baseRev: head?.project.rev ?? request.baseRev });
        },
      })),
  ],
  'a save that forgets what it was answered': [
    projectsContract,
    () =>
      sabotage('projects', (honest) => ({
        save: (request) => honest.save({ ...request, saveId: crypto.randomUUID() }),
      })),
  ],
  'a conflict that loses what came in': [
    projectsContract,
    () =>
      sabotage('projects', (honest) => ({
        openRevision: async (id, rev, options) => {
          if (rev < 0) throw new LecternError('not-found');
          return honest.openRevision(id, rev, options);
        },
      })),
  ],
  'a save that takes a state of an older schema': [
    projectsContract,
    () => sabotage('projects', (honest) => ({ save: (request) => honest.save({ ...request, schemaVersion: 9 }) })),
  ],
  'a save that keeps no usage': [
    projectsContract,
    () => sabotage('projects', (honest) => ({ save: (request) => honest.save({ ...request, assetIds: [] }) })),
  ],
  'a project that publishes itself': [
    projectsContract,
    () =>
      sabotage('projects', (honest) => ({
        open: async (id, options) => {
          const opened = await honest.open(id, options);
          return { ...opened, project: { ...opened.project, isDraft: false } };
        },
      })),
  ],
  'a put that says nothing of a key that is taken': [
    blobsContract,
    () =>
      sabotage('blobs', (honest) => ({
        put: async (key, data, options) => {
          await honest.delete(key).catch(() => undefined);
          return honest.put(key, data, options);
        },
      })),
  ],
  'a put that keeps the half of a stream': [
    blobsContract,
    () =>
      sabotage('blobs', (honest) => ({
        put: (key, data, options) =>
          honest.put(key, data, options).catch(async (error: unknown) => {
            if (!(data instanceof Blob) && !(error instanceof LecternError && error.code === 'already-exists')) {
              await honest.put(key, new Blob(['half'])).catch(() => undefined);
            }
            throw error;
          }),
      })),
  ],
  'a get that forgets the type': [
    blobsContract,
    () => sabotage('blobs', (honest) => ({ get: async (key, options) => (await honest.get(key, options)).slice() })),
  ],
  'a list that pages by number': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        list: async (query, options) => {
          const { cursor, limit = 60, ...rest } = query;
          const start = Number(cursor ?? 0);
          const { items, total } = await honest.list({ ...rest, limit: 500 }, options);
          const next = start + limit < total ? String(start + limit) : null;
          return { items: items.slice(start, start + limit), total, nextCursor: next };
        },
      })),
  ],
  'a list that shows what was deleted': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        list: async (query, options) => {
          const [present, gone] = await Promise.all([
            honest.list(query, options),
            honest.list({ ...query, cursor: null, deleted: true }, options),
          ]);
          return { ...present, items: [...present.items, ...gone.items] };
        },
      })),
  ],
  'a search that minds capitals': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        list: async (query, options) => {
          const page = await honest.list(query, options);
          const items = page.items.filter(({ name, tags }) =>
            [name, ...tags].some((text) => text.includes(query.search ?? '')),
          );
          return { ...page, items };
        },
      })),
  ],
  'a removal that minds no usage': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        remove: async (id, options) => {
          for (const usage of await honest.usage(id)) await honest.unlink(usage);
          return honest.remove(id, options);
        },
      })),
  ],
  'an update that minds no revision': [
    assetsContract,
    () => sabotage('assets', (honest) => ({ update: (id, patch) => honest.update(id, patch) })),
  ],
  'a port that doesn’t listen to its signal': [
    assetsContract,
    () => sabotage('assets', (honest) => ({ link: (usage) => honest.link(usage) })),
  ],
  'a subscription that never tells': [
    assetsContract,
    () => sabotage('assets', () => ({ subscribe: () => () => undefined })),
  ],
  'an error that isn’t ours': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        get: (id, options) =>
          honest.get(id, options).catch(() => {
            throw new Error('404');
          }),
      })),
  ],
  'a history that forgets who and when': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        history: async (id, options) =>
          (await honest.history(id, options)).map((change) => ({ ...change, author: null })),
      })),
  ],
  'a history that begins with the oldest': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        history: async (id, options) => (await honest.history(id, options)).toReversed(),
      })),
  ],
  'a history that keeps what is refused': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        remove: async (id, options) => {
          await honest.update(id, { name: `${(await honest.get(id)).name} (deleted)` });
          return honest.remove(id, options);
        },
      })),
  ],
  'a history without the places where projects use a file': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        history: async (id, options) =>
          (await honest.history(id, options)).filter(({ change }) => change['resource_type'] !== 'project'),
      })),
  ],
  'a history of what changes nothing': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        link: async (usage, options) => {
          await honest.unlink(usage);
          await honest.link(usage, options);
        },
      })),
  ],
  'an undo that takes everything since then back': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        undo: async (changeId, options) => {
          for (const { items } of [await honest.list({ limit: 500 })]) {
            for (const { id } of items) {
              const history = await honest.history(id);
              const at = history.findIndex((change) => change.id === changeId);
              for (const change of history.slice(0, at)) await honest.undo(change.id);
            }
          }
          await honest.undo(changeId, options);
        },
      })),
  ],
  'an undo that minds no usage': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        undo: (changeId, options) => honest.undo(changeId, options).catch(() => undefined),
      })),
  ],
  'an undo that leaves the place linked': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        undo: async (changeId, options) => {
          const before = await Promise.all((await honest.list({ limit: 500 })).items.map(({ id }) => honest.usage(id)));
          await honest.undo(changeId, options);
          for (const usage of before.flat()) await honest.link(usage);
        },
      })),
  ],
  'an older version that comes back without its poster': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        restoreVersion: async (id, versionId, options) => {
          await honest.restoreVersion(id, versionId, options);
          return honest.update(id, { posterKey: null });
        },
      })),
  ],
  'an older version that doesn’t become a new one': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        versions: async (id, options) => {
          const versions = await honest.versions(id, options);
          return versions.filter(
            ({ blobKey }, index) => index === versions.findIndex((other) => other.blobKey === blobKey),
          );
        },
      })),
  ],
  'fingerprints found in the trash': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        findByFingerprint: async (fingerprint, options) => {
          const trash = (await honest.list({ deleted: true, limit: 500 })).items;
          const found = await honest.findByFingerprint(fingerprint, options);
          return [...found, ...trash.filter((asset) => asset.fingerprint === fingerprint)];
        },
      })),
  ],
  'fingerprints of versions that are in place no more': [
    assetsContract,
    () => {
      const ever = new Map<string, Set<string>>();
      return sabotage('assets', (honest) => ({
        create: async (asset, options) => {
          const made = await honest.create(asset, options);
          if (made.fingerprint) ever.set(made.fingerprint, new Set([...(ever.get(made.fingerprint) ?? []), made.id]));
          return made;
        },
        findByFingerprint: async (fingerprint, options) => {
          const found = await honest.findByFingerprint(fingerprint, options);
          const others = [...(ever.get(fingerprint) ?? [])].filter((id) => !found.some((asset) => asset.id === id));
          return [...found, ...(await honest.getMany(others)).filter(({ deletedAt }) => deletedAt === null)];
        },
      }));
    },
  ],
  'figures that count the trash into the library': [
    assetsContract,
    () =>
      sabotage('assets', (honest) => ({
        overview: async (options) => (await honest.overview(options)).map((count) => ({ ...count, deleted: false })),
      })),
  ],
  'figures that never change': [
    assetsContract,
    () => {
      let first: Promise<Awaited<ReturnType<Backend['assets']['overview']>>> | undefined;
      return sabotage('assets', (honest) => ({ overview: (options) => (first ??= honest.overview(options)) }));
    },
  ],
  'a transfer that takes a file of any size': [
    transfersContract,
    () =>
      sabotage('transfers', (honest) => ({
        send: (transfer, source, options) => honest.send({ ...transfer, sizeBytes: source.size }, source, options),
      })),
  ],
  'a transfer that forgets its type': [
    transfersContract,
    () =>
      sabotage('transfers', (honest) => ({
        send: (transfer, source, options) => honest.send({ ...transfer, mimeType: source.type }, source, options),
      })),
  ],
  'a transfer that says nothing of how far it is': [
    transfersContract,
    () =>
      sabotage('transfers', (honest) => ({
        send: (transfer, source, { onProgress: _unheard, ...options } = {}) => honest.send(transfer, source, options),
      })),
  ],
  'a transfer beside its lane': [
    transfersContract,
    () =>
      sabotage('transfers', (honest) => ({
        send: (transfer, source, { run: _lane, ...options } = {}) => honest.send(transfer, source, options),
      })),
  ],
  'a transfer that doesn’t listen to its lane': [
    transfersContract,
    () =>
      sabotage('transfers', (honest) => ({
        send: (transfer, source, { run, ...options } = {}) =>
          honest.send(transfer, source, {
            ...options,
            ...(run && {
              run: (work) => run(({ progressed }) => work({ signal: new AbortController().signal, progressed })),
            }),
          }),
      })),
  ],
  'a transfer that writes over what is there': [
    transfersContract,
    () =>
      sabotage('transfers', (honest, { blobs }) => ({
        reserve: async (request, options) => {
          await honest.reserve(request, options).catch(async (error: unknown) => {
            if (error instanceof LecternError && error.code !== 'already-exists') throw error;
            await blobs.delete(request.key);
          });
          return honest.reserve(request, options);
        },
      })),
  ],
  'a reservation of anything': [
    transfersContract,
    () =>
      sabotage('transfers', () => ({
        reserve: async ({ id, key, sizeBytes, mimeType }) => ({ id, key, sizeBytes, mimeType, resume: null }),
      })),
  ],
  'a transfer that is cancelled although it is done': [
    transfersContract,
    () =>
      sabotage('transfers', (_honest, { blobs }) => ({
        cancel: (transfer, options) => blobs.delete(transfer.key, options),
      })),
  ],
  'a transfer that can’t be sent twice': [
    transfersContract,
    () =>
      sabotage('transfers', (honest, { blobs }) => ({
        send: async (transfer, source, options) => {
          if (await blobs.stat(transfer.key)) throw new LecternError('conflict');
          return honest.send(transfer, source, options);
        },
      })),
  ],
  'a transfer that makes its asset each time': [
    transfersContract,
    () => {
      const records = new Map<string, Extract<TransferRecord, { readonly type: 'version' }>>();
      return sabotage('transfers', (honest, { assets }) => ({
        reserve: async (request, options) => {
          if (request.record?.type === 'version') records.set(request.id, request.record);
          return honest.reserve(request, options);
        },
        send: async (transfer, source, options) => {
          const stat = await honest.send(transfer, source, options);
          const record = records.get(transfer.id);
          if (record) await assets.addVersion(record.assetId, record.version);
          return stat;
        },
      }));
    },
  ],
  'a transfer that promises to go on and begins anew': [
    transfersContract,
    () => sabotage('transfers', () => ({ resumable: true })),
  ],
  'a store that takes half a file for a whole one': [
    transfersContract,
    () =>
      sabotage('transfers', (honest, { blobs }) => ({
        resumable: true,
        send: async (transfer, source, options) => {
          if (options?.run) await blobs.put(transfer.key, source.slice(0, source.size / 2)).catch(() => undefined);
          if (options?.run) throw new LecternError('aborted');
          return honest.send(transfer, source, options);
        },
      })),
  ],
  'secrets to remember': [
    transfersContract,
    () =>
      sabotage('transfers', (honest) => ({
        reserve: async (request, options) => ({
          ...(await honest.reserve(request, options)),
          resume: 'https://store.example/upload?token=abc',
        }),
      })),
  ],
  'bulk work that stops at the first failure': [
    operationsContract,
    () =>
      sabotage('operations', (honest, { assets }) => ({
        start: async (operation, options) => {
          const known = new Set((await assets.getMany(operation.assetIds)).map(({ id }) => id));
          const first = operation.assetIds.findIndex((id) => !known.has(id));
          const assetIds = first === -1 ? operation.assetIds : operation.assetIds.slice(0, first + 1);
          return honest.start({ ...operation, assetIds }, options);
        },
      })),
  ],
  'bulk work in an order of its own': [
    operationsContract,
    () =>
      sabotage('operations', (honest) => ({
        start: (operation, options) =>
          honest.start({ ...operation, assetIds: operation.assetIds.toReversed() }, options),
      })),
  ],
  'bulk work that is done twice under one id': [
    operationsContract,
    () => {
      const begun = new Set<string>();
      return sabotage('operations', (honest) => ({
        start: async (operation, options) => {
          if (begun.has(operation.id)) await honest.start({ ...operation, id: crypto.randomUUID() });
          begun.add(operation.id);
          return honest.start(operation, options);
        },
      }));
    },
  ],
  'bulk work that can’t be cancelled': [
    operationsContract,
    () =>
      sabotage('operations', (honest) => ({
        cancel: async (id, options) => ({ ...(await honest.get(id, options)), status: 'cancelled' }),
      })),
  ],
  'bulk work that goes on after it was cancelled': [
    operationsContract,
    () =>
      sabotage('operations', (honest, { assets }) => ({
        cancel: async (id, options) => {
          const cancelled = await honest.cancel(id, options);
          const { items } = await assets.list({ limit: 500 });
          for (const asset of items) await assets.update(asset.id, { name: `${asset.name} late` });
          return cancelled;
        },
      })),
  ],
  'errors without places': [
    operationsContract,
    () =>
      sabotage('operations', (honest) => ({
        get: async (id, options) => {
          const operation = await honest.get(id, options);
          return { ...operation, errors: operation.errors.map((error) => ({ ...error, details: {} })) };
        },
      })),
  ],
  'a count that is all that was asked for': [
    operationsContract,
    () =>
      sabotage('operations', (honest) => ({
        get: async (id, options) => {
          const operation = await honest.get(id, options);
          return { ...operation, done: operation.total };
        },
      })),
  ],
  'a list of operations that begins with the oldest': [
    operationsContract,
    () => sabotage('operations', (honest) => ({ list: async (options) => (await honest.list(options)).toReversed() })),
  ],
  'a list of every operation there ever was': [
    operationsContract,
    () => {
      const begun: string[] = [];
      return sabotage('operations', (honest) => ({
        start: async (operation, options) => {
          const started = await honest.start(operation, options);
          if (!begun.includes(operation.id)) begun.unshift(operation.id);
          return started;
        },
        list: async (options) => {
          await honest.list(options);
          return Promise.all(begun.map((id) => honest.get(id)));
        },
      }));
    },
  ],
  'operations that nobody is told of': [
    operationsContract,
    () => sabotage('operations', () => ({ subscribe: () => () => undefined })),
  ],
  'a listener of operations that is told for ever': [
    operationsContract,
    () =>
      sabotage('operations', (honest) => ({
        subscribe: (listener) => {
          honest.subscribe(listener);
          return () => undefined;
        },
      })),
  ],
  'bulk work that takes anything': [
    operationsContract,
    () =>
      sabotage('operations', (honest) => ({
        start: (operation, options) =>
          honest.start(
            { ...operation, assetIds: operation.assetIds.length === 0 ? ['nobody'] : operation.assetIds },
            options,
          ),
      })),
  ],
  'chapters that forget their usage': [
    coursesContract,
    () =>
      sabotage('courses', (honest, { assets }) => ({
        apply: async (change, options) => {
          await honest.apply(change, options);
          if (change.type !== 'item.attach' || change.target.kind !== 'asset') return;
          for (const usage of await assets.usage(change.target.assetId)) await assets.unlink(usage);
        },
      })),
  ],
  'a move that always goes to the end': [
    coursesContract,
    () =>
      sabotage('courses', (honest) => ({
        apply: async (change, options) => {
          if (change.type !== 'chapter.move' || change.afterId !== null) return honest.apply(change, options);
        },
      })),
  ],
  'a guest who is another one each time': [
    identityContract,
    () =>
      sabotage('identity', (honest) => ({
        current: async (options) => ({ ...(await honest.current(options)), userId: crypto.randomUUID() }),
      })),
  ],
};

// Most of the time goes into waiting for notices that never come.
describe('the contract suites', { concurrency: 4 }, () => {
  for (const [mistake, [suite, makeBackend]] of Object.entries(mistakes)) {
    it(`catch ${mistake}`, async () => {
      assert.notDeepEqual(await failuresOf(suite, makeBackend), []);
    });
  }
});
