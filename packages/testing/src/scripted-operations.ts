import {
  LecternError,
  type AssetsPort,
  type LecternErrorCode,
  type Operation,
  type OperationsPort,
} from '@lectern/ports';

/** Bulk work over any assets port that goes on when a test says so. */
export interface ScriptedOperations extends OperationsPort {
  /** Works through so many more assets of the newest operation; all that are left when left out. */
  advance(count?: number): Promise<void>;
}

export interface ScriptedOperationsOptions {
  /** Waits for `advance` instead of working at once. */
  readonly held?: boolean;
  /** Assets that the work fails for. */
  readonly fail?: Readonly<Record<string, LecternErrorCode>>;
}

export function createScriptedOperations(
  assets: AssetsPort,
  { held = false, fail = {} }: ScriptedOperationsOptions = {},
): ScriptedOperations {
  const all: { operation: Operation; readonly assetIds: readonly string[] }[] = [];
  const listeners = new Set<(operation: Operation) => void>();
  const entryOf = (id: string): (typeof all)[number] => {
    const entry = all.find(({ operation }) => operation.id === id);
    if (!entry) throw new LecternError('not-found');
    return entry;
  };
  const update = (entry: (typeof all)[number], change: Partial<Operation>): void => {
    entry.operation = { ...entry.operation, ...change, updatedAt: new Date().toISOString() };
    for (const listener of [...listeners]) listener(entry.operation);
  };
  const doOne = async ({ work }: Operation, id: string, place: number): Promise<void> => {
    const code = fail[id];
    if (code !== undefined) throw new LecternError(code);
    if (work.kind === 'delete') await assets.remove(id);
    else if (work.kind === 'restore') await assets.restore(id);
    else if (work.kind === 'rename') await assets.update(id, { name: work.name.replace('{n}', String(place + 1)) });
    else {
      const { tags } = await assets.get(id);
      const others = tags.filter((tag) => !work.tags.includes(tag));
      await assets.update(id, { tags: work.kind === 'tag' ? [...others, ...work.tags] : others });
    }
  };
  const work = async (entry: (typeof all)[number], count: number): Promise<void> => {
    for (let step = 0; step < count && entry.operation.status === 'running'; step += 1) {
      const { operation, assetIds } = entry;
      const at = operation.done + operation.failed;
      const assetId = assetIds[at];
      if (assetId === undefined) break;
      const last = at + 1 === assetIds.length ? { status: 'done' as const } : {};
      try {
        await doOne(operation, assetId, at);
        update(entry, { done: operation.done + 1, ...last });
      } catch (error) {
        const { code, details } = error as LecternError;
        const errors = [...operation.errors, { assetId, code, details }];
        update(entry, { failed: operation.failed + 1, errors, ...last });
      }
    }
  };
  return {
    start({ id, work: kind, assetIds }) {
      const now = new Date().toISOString();
      const entry = {
        assetIds,
        operation: {
          id,
          work: kind,
          status: 'running' as const,
          total: assetIds.length,
          done: 0,
          failed: 0,
          errors: [],
          createdAt: now,
          updatedAt: now,
        },
      };
      all.unshift(entry);
      update(entry, {});
      if (!held) void work(entry, Infinity);
      return Promise.resolve(entry.operation);
    },
    get: (id) => Promise.resolve(id).then((wanted) => entryOf(wanted).operation),
    list: () => Promise.resolve(all.map(({ operation }) => operation)),
    cancel: (id) =>
      Promise.resolve(id).then((wanted) => {
        const entry = entryOf(wanted);
        if (entry.operation.status === 'running') update(entry, { status: 'cancelled' });
        return entry.operation;
      }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async advance(count = Infinity) {
      const [newest] = all;
      if (newest) await work(newest, count);
    },
  };
}
