import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Backend, LecternError } from '@lectern/ports';
import {
  assetsContract,
  blobsContract,
  type ContractSuite,
  coursesContract,
  identityContract,
  projectsContract,
  runContract,
} from '@lectern/ports/contracts';
import { createLocalBackend } from './local-backend.js';

type Port = 'assets' | 'blobs' | 'projects' | 'courses' | 'identity';
type Method = (...args: never[]) => Promise<unknown>;

/** A back end with one method replaced; the others stay as they are. */
function sabotage<P extends Port>(
  port: P,
  replace: (honest: Backend[P], backend: Backend) => Partial<Backend[P]>,
): Backend {
  const backend = createLocalBackend({ storage: 'memory' });
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

describe('the contract suites', () => {
  for (const [mistake, [suite, makeBackend]] of Object.entries(mistakes)) {
    it(`catch ${mistake}`, async () => {
      assert.notDeepEqual(await failuresOf(suite, makeBackend), []);
    });
  }
});
