import {
  type AssetNotice,
  type CallOptions,
  type LecternError,
  type NewOperation,
  newOperationSchema,
  type Operation,
  type OperationError,
  type OperationsPort,
  type OperationWork,
  parseInput,
  toLecternError,
  type Unsubscribe,
} from '@lectern/ports';
import { type AssetEdit, changeAsset, changeTables, patchEdit, removeEdit, restoreEdit } from './asset-changes.js';
import type { Scribe } from './asset-history.js';
import { answer, type LocalContext, notFound, scribeOf } from './context.js';
import { foldText } from './keyset.js';
import { whenFree } from './locks.js';
import type { Notices } from './notices.js';
import type { OpenStore } from './open-store.js';
import type { WriteView } from './records/record-store.js';
import type { OperationRow } from './records/tables.js';

/** Assets in one transaction: few enough for others to get in between, and for a quick end when it is cancelled. */
const chunkSize = 50;
const listed = 50;
/** Ended ones that are older are forgotten. */
const kept = 200;
/** At most one notice of an operation in this time, but for its last one. */
const noticeEveryMs = 100;

interface Step {
  readonly operation: Operation;
  readonly changedIds: readonly string[];
}

/**
 * Bulk work as rows: each chunk of assets is changed in one transaction with the count of how far the work is, so it is
 * gone on with at the right place by whichever page is there. Whoever works holds a Web Lock; who asks for an operation
 * that is running queues up behind it, and takes over when that page is gone.
 */
export class LocalOperations implements OperationsPort {
  readonly #context: LocalContext;
  readonly #notices: Notices<Operation>;
  readonly #assetNotices: Notices<AssetNotice>;
  readonly #lockName: string;
  /** Those that this page works on, or would go on with. */
  readonly #inHand = new Set<string>();
  readonly #end = new AbortController();

  constructor(
    context: LocalContext,
    options: {
      readonly notices: Notices<Operation>;
      readonly assetNotices: Notices<AssetNotice>;
      readonly lockName: string;
    },
  ) {
    this.#context = context;
    this.#notices = options.notices;
    this.#assetNotices = options.assetNotices;
    this.#lockName = options.lockName;
  }

  async start(operation: NewOperation, options?: CallOptions): Promise<Operation> {
    return answer(this.#context, options, async (store) => {
      const given = parseInput(newOperationSchema, operation);
      const at = this.#context.now().toISOString();
      const begun = await store.records.write(['operations', 'meta'], (view) => begin(view, given, at), {
        signal: options?.signal,
      });
      this.#goOn(store, begun);
      return begun;
    });
  }

  async get(id: string, options?: CallOptions): Promise<Operation> {
    return answer(this.#context, options, async (store) => {
      const row = await store.records.read(['operations'], (view) => view.get('operations', id));
      if (!row) throw notFound('operation', id);
      this.#goOn(store, row.operation);
      return row.operation;
    });
  }

  async list(options?: CallOptions): Promise<readonly Operation[]> {
    return answer(this.#context, options, async (store) => {
      const rows = await store.records.read(['operations'], (view) => view.select('operations', { index: 'byOrder' }));
      const operations = rows.map(({ operation }) => operation).reverse();
      for (const operation of operations) this.#goOn(store, operation);
      return operations.slice(0, listed);
    });
  }

  async cancel(id: string, options?: CallOptions): Promise<Operation> {
    return answer(this.#context, options, async ({ records }) => {
      const at = this.#context.now().toISOString();
      const { operation, changed } = await records.write(
        ['operations'],
        async (view) => {
          const row = await view.get('operations', id);
          if (!row) throw notFound('operation', id);
          if (row.operation.status !== 'running') return { operation: row.operation, changed: false };
          const cancelled: Operation = { ...row.operation, status: 'cancelled', updatedAt: at };
          await view.put('operations', { ...row, operation: cancelled, assetIds: [] });
          return { operation: cancelled, changed: true };
        },
        { signal: options?.signal },
      );
      if (changed) this.#notices.send(operation);
      return operation;
    });
  }

  subscribe(listener: (operation: Operation) => void): Unsubscribe {
    return this.#notices.subscribe(listener);
  }

  /** Stops after the chunk that is being written. */
  dispose(): void {
    this.#end.abort();
  }

  #goOn(store: OpenStore, { id, status }: Operation): void {
    if (status !== 'running' || this.#inHand.has(id) || this.#end.signal.aborted) return;
    this.#inHand.add(id);
    whenFree(`${this.#lockName}:${id}`, this.#end.signal, () => this.#work(store, id))
      // Nobody waits for it. What stopped it may be over when somebody asks again.
      .catch(() => undefined)
      .finally(() => {
        this.#inHand.delete(id);
      });
  }

  async #work({ kind, records, guest }: OpenStore, id: string): Promise<void> {
    let toldAt = -Infinity;
    let step: Step | null;
    do {
      // A store in memory never waits for anything, and would let nobody else have a turn.
      if (kind === 'memory') await new Promise((resolve) => setTimeout(resolve));
      if (this.#end.signal.aborted) return;
      const scribe = scribeOf(this.#context, guest);
      step = await records.write([...changeTables, 'operations'], (view) => workOn(view, id, scribe));
      if (!step) return;
      if (step.changedIds.length > 0) this.#assetNotices.send({ type: 'assets-changed', ids: step.changedIds });
      const now = performance.now();
      if (step.operation.status === 'running' && now - toldAt < noticeEveryMs) continue;
      toldAt = now;
      this.#notices.send(step.operation);
    } while (step.operation.status === 'running');
  }
}

/** The operation with that id, which may be there already. */
async function begin(view: WriteView, { id, work, assetIds }: NewOperation, at: string): Promise<Operation> {
  const known = await view.get('operations', id);
  if (known) return known.operation;
  const counter = await view.get('meta', 'operations');
  const order = (counter?.key === 'operations' ? counter.count : 0) + 1;
  const operation: Operation = {
    ...{ id, work, status: 'running', total: assetIds.length, done: 0, failed: 0, errors: [] },
    createdAt: at,
    updatedAt: at,
  };
  await view.put('meta', { key: 'operations', count: order });
  await view.put('operations', { operation, order, assetIds });
  for (const row of await view.select('operations', { index: 'byOrder', below: order - kept, limit: 10 })) {
    if (row.operation.status !== 'running') await view.delete('operations', row.operation.id);
  }
  return operation;
}

/** The next chunk, or null when there is nothing to do any more. */
async function workOn(view: WriteView, id: string, scribe: Scribe): Promise<Step | null> {
  const row = await view.get('operations', id);
  if (row?.operation.status !== 'running') return null;
  const { operation, assetIds } = row;
  const from = operation.done + operation.failed;
  const errors: OperationError[] = [];
  const changedIds: string[] = [];
  const chunk = assetIds.slice(from, from + chunkSize);
  for (const [index, assetId] of chunk.entries()) {
    try {
      const edit = editFor(operation.work, from + index + 1);
      const { changed } = await changeAsset(view, assetId, edit, scribe);
      if (changed) changedIds.push(assetId);
    } catch (error) {
      errors.push(errorOf(assetId, error));
    }
  }
  const next: OperationRow = nextRow(row, chunk.length, errors, scribe.at);
  await view.put('operations', next);
  return { operation: next.operation, changedIds };
}

function nextRow(row: OperationRow, worked: number, errors: readonly OperationError[], at: string): OperationRow {
  const { operation } = row;
  const done = operation.done + worked - errors.length;
  const failed = operation.failed + errors.length;
  const isOver = done + failed >= operation.total;
  return {
    ...row,
    operation: {
      ...operation,
      ...{ done, failed, updatedAt: at, status: isOver ? 'done' : 'running' },
      errors: [...operation.errors, ...errors],
    },
    assetIds: isOver ? [] : row.assetIds,
  };
}

/** What this asset's own state refuses. @throws everything else, which is the whole chunk's and undoes it */
function errorOf(assetId: string, error: unknown): OperationError {
  const { code, details }: LecternError = toLecternError(error);
  if (code !== 'not-found' && code !== 'in-use' && code !== 'invalid-input') throw error;
  return { assetId, code, details };
}

/** `place` is the asset's among all of the operation: 1, 2, 3 … */
function editFor(work: OperationWork, place: number): AssetEdit {
  switch (work.kind) {
    case 'rename':
      return patchEdit({ name: work.name.replaceAll('{n}', String(place)) });
    case 'tag':
      return (row, view, scribe) => patchEdit({ tags: withTags(row.asset.tags, work.tags) })(row, view, scribe);
    case 'untag':
      return (row, view, scribe) => {
        const gone = new Set(work.tags.map(foldText));
        return patchEdit({ tags: row.asset.tags.filter((tag) => !gone.has(foldText(tag))) })(row, view, scribe);
      };
    case 'delete':
      return removeEdit;
    case 'restore':
      return restoreEdit;
  }
}

/** Those that aren't there yet are added at the end, each once, whatever their case. */
function withTags(before: readonly string[], added: readonly string[]): readonly string[] {
  const known = new Set(before.map(foldText));
  return [...before, ...added.filter((tag) => !known.has(foldText(tag)) && known.add(foldText(tag)))];
}
