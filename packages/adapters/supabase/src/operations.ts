import {
  type CallOptions,
  isLecternError,
  LecternError,
  type LecternErrorCode,
  type NewOperation,
  newOperationSchema,
  normaliseAssetName,
  type Operation,
  type OperationsPort,
  type OperationWork,
  parseInput,
  toLecternError,
  type Unsubscribe,
} from '@lectern/ports';
import { time } from './asset-rows.js';
import { answer, type SupabaseContext } from './context.js';
import { isUuid, notFound, plainDetails, requireUuid } from './errors.js';

export const operationColumns = 'id,owner_id,kind,args,status,total,done,failed,errors,created_at,updated_at';

export interface OperationRow {
  readonly id: string;
  readonly owner_id: string;
  readonly kind: OperationWork['kind'];
  readonly args: { readonly name?: string; readonly given?: string; readonly tags?: readonly string[] };
  readonly status: Operation['status'];
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly errors: readonly {
    readonly id: string;
    readonly code: LecternErrorCode;
    readonly details?: Readonly<Record<string, unknown>>;
  }[];
  readonly created_at: string;
  readonly updated_at: string;
}

/** The share of an operation that one call does: often enough to be seen, seldom enough to be quick. */
const stepsPerOperation = 20;
const smallestStep = 10;
const listed = 50;
const remembered = 200;
const longestPauseMs = 30_000;

/** Bulk work is done by the server, piece by piece, driven by a page; when that page goes, the next one takes over. */
export class SupabaseOperations implements OperationsPort {
  readonly #context: SupabaseContext;
  readonly #driven = new Map<string, AbortController>();
  /** How far each was when it was told of last. */
  readonly #furthest = new Map<string, number>();
  readonly #takeOverMs: number;
  #disposed = false;

  /** @param takeOverMs an operation that hasn't moved for so long is nobody's */
  constructor(context: SupabaseContext, takeOverMs: number) {
    this.#context = context;
    this.#takeOverMs = takeOverMs;
  }

  async start(operation: NewOperation, options?: CallOptions): Promise<Operation> {
    return answer(options, async () => {
      const given = parseInput(newOperationSchema, operation);
      requireUuid('id', given.id);
      given.assetIds.forEach((id, index) => {
        requireUuid(`assetIds.${String(index)}`, id);
      });
      const started = await this.#insert(given, options);
      this.#tell(started);
      this.#adopt(started, (signal) => this.#drive(started.id, started.total, signal));
      return started;
    });
  }

  async get(id: string, options?: CallOptions): Promise<Operation> {
    return answer(options, async () => {
      const operation = operationOf(await this.#row(id, options));
      this.#standBy(operation);
      return operation;
    });
  }

  async list(options?: CallOptions): Promise<readonly Operation[]> {
    return answer(options, async () => {
      const { data } = await this.#context.connection.rest(options, (client, { identity }) =>
        client
          .from('media_operations')
          .select(operationColumns)
          .eq('owner_id', identity.userId)
          .order('created_at', { ascending: false })
          .limit(listed),
      );
      const operations = (data as readonly OperationRow[]).map(operationOf);
      for (const operation of operations) this.#standBy(operation);
      return operations;
    });
  }

  async cancel(id: string, options?: CallOptions): Promise<Operation> {
    return answer(options, async () => {
      requireUuid('id', id);
      const { data } = await this.#context.connection.rest(options, (client, { identity }) =>
        client
          .from('media_operations')
          .update({ status: 'cancelled' })
          .eq('id', id)
          .eq('owner_id', identity.userId)
          .eq('status', 'running')
          .select(operationColumns),
      );
      const [cancelled] = data as readonly OperationRow[];
      this.#driven.get(id)?.abort();
      const row = cancelled ?? (await this.#row(id, options));
      if (row.status === 'running') {
        throw new LecternError('forbidden', { message: `Operation ${id} is somebody else’s`, details: { id } });
      }
      const operation = operationOf(row);
      if (cancelled) this.#tell(operation);
      return operation;
    });
  }

  subscribe(listener: (operation: Operation) => void): Unsubscribe {
    return this.#context.operationNotices.subscribe(listener);
  }

  /** The server told of it. A row that was too large to be told whole is read. */
  async heard(row: Partial<OperationRow> & { readonly id: string }): Promise<void> {
    try {
      const operation = operationOf(isWhole(row) ? row : await this.#row(row.id, undefined));
      this.#tell(operation);
      this.#standBy(operation);
    } catch {
      // The next telling is as good.
    }
  }

  /** What is driven here is heard of twice, and late over the socket: nobody is told what is older than they know. */
  #tell(operation: Operation): void {
    const { id, status, done, failed } = operation;
    const progress = done + failed + (status === 'running' ? 0 : 1);
    if (progress <= (this.#furthest.get(id) ?? -1)) return;
    this.#furthest.delete(id);
    this.#furthest.set(id, progress);
    for (const oldest of this.#furthest.keys()) {
      if (this.#furthest.size <= remembered) break;
      this.#furthest.delete(oldest);
    }
    this.#context.operationNotices.send(operation);
  }

  /** Goes on with an operation that was seen to run, once whoever drives it has stopped. */
  #standBy(operation: Operation): void {
    this.#adopt(operation, async (signal) => {
      while (!signal.aborted && (await this.#moves(operation.id, signal)));
      await this.#drive(operation.id, operation.total, signal);
    });
  }

  /** Of several pages of a browser one works at an operation, and the others wait behind its lock. */
  #adopt({ id, status }: Operation, work: (signal: AbortSignal) => Promise<void>): void {
    if (status !== 'running' || this.#disposed || this.#driven.has(id)) return;
    const controller = new AbortController();
    this.#driven.set(id, controller);
    void whileHolding(`lectern-operation-${id}`, controller.signal, () => work(controller.signal))
      // What ends the driving ends no operation: it is gone on with by whoever sees it next.
      .catch(() => undefined)
      .finally(() => this.#driven.delete(id));
  }

  dispose(): void {
    this.#disposed = true;
    for (const controller of this.#driven.values()) controller.abort();
  }

  async #drive(id: string, total: number, signal: AbortSignal): Promise<void> {
    const step = Math.max(smallestStep, Math.ceil(total / stepsPerOperation));
    let pauseMs = 1000;
    while (!signal.aborted) {
      try {
        await this.#context.connection.call('continue_media_operation', { p_id: id, p_limit: step }, { signal });
        const operation = operationOf(await this.#row(id, { signal }));
        this.#tell(operation);
        this.#context.assetNotices.send({ type: 'assets-changed', ids: [] });
        if (operation.status !== 'running') return;
        pauseMs = 1000;
      } catch (error) {
        const { retryable } = toLecternError(error);
        if (!retryable) throw error;
        await pause(pauseMs, signal);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  /** Whether somebody else is at it: another device, which no lock here knows of. */
  async #moves(id: string, signal: AbortSignal): Promise<boolean> {
    const before = await this.#row(id, { signal });
    await pause(this.#takeOverMs, signal);
    const after = await this.#row(id, { signal });
    return after.status === 'running' && after.updated_at !== before.updated_at;
  }

  async #insert({ id, work, assetIds }: NewOperation, options: CallOptions | undefined): Promise<Operation> {
    const { kind } = work;
    const args = argumentsOf(work);
    try {
      const { data } = await this.#context.connection.rest(options, (client) =>
        client.from('media_operations').insert({ id, kind, args, asset_ids: assetIds }).select(operationColumns),
      );
      const [row] = data as readonly OperationRow[];
      if (row) return operationOf(row);
    } catch (error) {
      if (!isLecternError(error) || error.code !== 'already-exists') throw error;
      const { identity } = await this.#context.connection.session(options);
      const row = await this.#row(id, options).catch(() => null);
      if (row?.owner_id !== identity.userId) throw error;
      return operationOf(row);
    }
    return operationOf(await this.#row(id, options));
  }

  async #row(id: string, options: CallOptions | undefined): Promise<OperationRow> {
    if (!isUuid(id)) throw notFound('operation', id);
    const { data } = await this.#context.connection.rest(options, (client) =>
      client.from('media_operations').select(operationColumns).eq('id', id),
    );
    const [row] = data as readonly OperationRow[];
    if (!row) throw notFound('operation', id);
    return row;
  }
}

function isWhole(row: Partial<OperationRow>): row is OperationRow {
  return row.args !== undefined && row.errors !== undefined && row.kind !== undefined && row.status !== undefined;
}

export function operationOf(row: OperationRow): Operation {
  return {
    id: row.id,
    work: workOf(row),
    status: row.status,
    total: row.total,
    done: row.done,
    failed: row.failed,
    errors: row.errors.map(({ id, code, details = {} }) => ({ assetId: id, code, details: plainDetails(details) })),
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
  };
}

/** A name is stored as it will be shown, since the server numbers it and does nothing else; what was given is kept. */
function argumentsOf(work: OperationWork): OperationRow['args'] {
  switch (work.kind) {
    case 'rename': {
      const name = normaliseAssetName(work.name);
      return name === work.name ? { name } : { name, given: work.name };
    }
    case 'tag':
    case 'untag':
      return { tags: work.tags };
    default:
      return {};
  }
}

function workOf({ kind, args }: OperationRow): OperationWork {
  switch (kind) {
    case 'rename':
      return { kind, name: args.given ?? args.name ?? '' };
    case 'tag':
    case 'untag':
      return { kind, tags: args.tags ?? [] };
    default:
      return { kind };
  }
}

/** Without locks (outside a browser, or in a frame without an origin) the server's own lock on the row has to do. */
async function whileHolding(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const usable = typeof navigator !== 'undefined' && 'locks' in navigator && globalThis.origin !== 'null';
  if (!usable) return work();
  await navigator.locks.request(name, { signal }, work);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
