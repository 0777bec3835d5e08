import { LecternError, type SourceResolver, deserialiseError, serialiseError, toLecternError } from '@lectern/ports';
import { throwIfAborted } from '../cancelling.js';
import {
  type FromWorker,
  type Helper,
  type JobInput,
  type JobItem,
  type JobName,
  type JobOutput,
  type PreviewOrder,
  type StageReport,
  type ToWorker,
  type WorkerFont,
  itemsAhead,
} from './protocol.js';

/** What connects a worker with the helpers that it asks for. */
export type HelperServices = Readonly<Partial<Record<Helper, (port: MessagePort) => void>>>;

export interface WorkerClientOptions {
  readonly start: () => Worker;
  readonly resolveSource: SourceResolver;
  readonly fonts: readonly WorkerFont[];
  /** Connects the worker with a helper; only an export asks for one. */
  readonly serve?: HelperServices;
}

export interface JobOptions<N extends JobName> {
  readonly signal?: AbortSignal | undefined;
  readonly transfer?: readonly Transferable[];
  readonly onItem?: (item: JobItem<N>) => void;
}

interface PendingJob {
  readonly resolve: (output: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly onItem: ((item: unknown) => void) | undefined;
}

/** The page's end of one worker. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #resolveSource: SourceResolver;
  readonly #serve: HelperServices;
  readonly #jobs = new Map<number, PendingJob>();
  readonly #stages = new Map<number, (report: StageReport) => void>();
  readonly #closing = new AbortController();
  #nextJob = 1;
  #failure: LecternError | null = null;
  #onFailure: ((error: LecternError) => void) | null = null;

  constructor({ start, resolveSource, fonts, serve = {} }: WorkerClientOptions) {
    this.#resolveSource = resolveSource;
    this.#serve = serve;
    this.#worker = start();
    this.#worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
      this.#receive(event.data);
    });
    const fail = (event: Event): void => {
      const message =
        event instanceof ErrorEvent && event.message !== '' ? event.message : 'the worker could not start';
      this.#fail(new LecternError('render-failed', { message }));
    };
    this.#worker.addEventListener('error', fail);
    this.#worker.addEventListener('messageerror', fail);
    this.#post({ say: 'setUp', fonts });
  }

  /** Jobs that run. */
  get load(): number {
    return this.#jobs.size;
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  run<N extends JobName>(name: N, input: JobInput<N>, options: JobOptions<N> = {}): Promise<JobOutput<N>> {
    const { signal, transfer = [], onItem } = options;
    return new Promise<JobOutput<N>>((resolve, reject) => {
      throwIfAborted(signal);
      if (this.#failure) throw this.#failure;
      const job = this.#nextJob;
      this.#nextJob += 1;
      const abort = (): void => {
        this.#post({ say: 'abort', job });
        this.#jobs.delete(job);
        reject(new LecternError('aborted', { cause: signal?.reason }));
      };
      const settle = (): void => {
        this.#jobs.delete(job);
        signal?.removeEventListener('abort', abort);
      };
      this.#jobs.set(job, {
        resolve: (output) => {
          settle();
          resolve(output as JobOutput<N>);
        },
        reject: (reason) => {
          settle();
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was caught is passed on
          reject(reason);
        },
        onItem:
          onItem &&
          ((item) => {
            onItem(item as JobItem<N>);
            this.#post({ say: 'more', job, count: 1 });
          }),
      });
      signal?.addEventListener('abort', abort, { once: true });
      this.#post({ say: 'start', job, name, input }, transfer);
    });
  }

  /** A job's items as they come. Leaving the loop ends the job. `discard` takes what nobody will. */
  async *items<N extends JobName>(
    name: N,
    input: JobInput<N>,
    signal: AbortSignal | undefined,
    discard: (item: JobItem<N>) => void = () => undefined,
  ): AsyncGenerator<JobItem<N>, void> {
    throwIfAborted(signal);
    const stopping = new AbortController();
    const stop = (): void => {
      stopping.abort(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
    const waiting: JobItem<N>[] = [];
    let wake: () => void = () => undefined;
    const outcome: { ended: boolean; error: Error | null } = { ended: false, error: null };
    let job = 0;
    const finished = new Promise<void>((resolve) => {
      job = this.#startPulled(name, input, {
        resolve: () => {
          outcome.ended = true;
          resolve();
          wake();
        },
        reject: (error) => {
          outcome.ended = true;
          outcome.error = toLecternError(error);
          resolve();
          wake();
        },
        onItem: (item) => {
          waiting.push(item as JobItem<N>);
          wake();
        },
      });
    });
    stopping.signal.addEventListener(
      'abort',
      () => {
        this.#post({ say: 'abort', job });
        this.#jobs.get(job)?.reject(new LecternError('aborted', { cause: signal?.reason }));
      },
      { once: true },
    );
    let taken = 0;
    try {
      for (;;) {
        throwIfAborted(signal);
        const item = waiting.shift();
        if (item !== undefined) {
          yield item;
          taken += 1;
          if (taken % (itemsAhead / 2) === 0) this.#post({ say: 'more', job, count: itemsAhead / 2 });
          continue;
        }
        if (outcome.error) throw outcome.error;
        if (outcome.ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      if (!outcome.ended) stopping.abort();
      await finished;
      waiting.forEach(discard);
    }
  }

  #startPulled(name: JobName, input: unknown, pending: PendingJob): number {
    const job = this.#nextJob;
    this.#nextJob += 1;
    const done =
      <T>(then: (value: T) => void) =>
      (value: T): void => {
        this.#jobs.delete(job);
        then(value);
      };
    this.#jobs.set(job, { ...pending, resolve: done(pending.resolve), reject: done(pending.reject) });
    if (this.#failure) this.#jobs.get(job)?.reject(this.#failure);
    else this.#post({ say: 'start', job, name, input });
    return job;
  }

  /** Orders for a preview's stage in this worker. */
  order(previewId: number, order: PreviewOrder, transfer: readonly Transferable[] = []): void {
    if (!this.#failure) this.#post({ say: 'preview', previewId, order }, transfer);
  }

  /** Hears what a preview's stage reports. */
  onStage(previewId: number, listener: ((report: StageReport) => void) | null): void {
    if (listener) this.#stages.set(previewId, listener);
    else this.#stages.delete(previewId);
  }

  /** Hears once when the worker has died. */
  onFailure(listener: (error: LecternError) => void): void {
    this.#onFailure = listener;
  }

  /** Lets the worker open these anew the next time: their bytes have changed. */
  forget(assetIds: readonly string[]): void {
    this.#post({ say: 'forget', assetIds });
  }

  terminate(reason: LecternError = new LecternError('aborted')): void {
    this.#fail(reason);
    this.#closing.abort();
    this.#worker.terminate();
  }

  #fail(error: LecternError): void {
    if (!this.#failure) {
      this.#failure = error;
      this.#onFailure?.(error);
    }
    for (const job of [...this.#jobs.values()]) job.reject(this.#failure);
    this.#jobs.clear();
  }

  #post(message: ToWorker, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, [...transfer]);
  }

  #receive(message: FromWorker): void {
    switch (message.say) {
      case 'ready':
        break;
      case 'done':
        this.#jobs.get(message.job)?.resolve(message.output);
        break;
      case 'failed':
        this.#jobs.get(message.job)?.reject(deserialiseError(message.error));
        break;
      case 'item':
        this.#jobs.get(message.job)?.onItem?.(message.item);
        break;
      case 'needSource':
        void this.#giveSource(message.request, message.assetId);
        break;
      case 'needHelper':
        this.#serve[message.helper]?.(message.port);
        break;
      case 'stage':
        this.#stages.get(message.previewId)?.(message.report);
        break;
    }
  }

  async #giveSource(request: number, assetId: string): Promise<void> {
    try {
      const blob = await this.#resolveSource(assetId, { signal: this.#closing.signal });
      this.#post({ say: 'source', request, blob, error: null });
    } catch (error) {
      this.#post({ say: 'source', request, blob: null, error: serialiseError(error) });
    }
  }
}
