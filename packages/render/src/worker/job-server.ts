import { LecternError, deserialiseError, serialiseError } from '@lectern/ports';
import { type Deferred, defer, throwIfAborted } from '../cancelling.js';
import {
  type FromWorker,
  type Helper,
  type JobInput,
  type JobItem,
  type JobName,
  type JobOutput,
  type ToWorker,
  itemsAhead,
} from './protocol.js';

/** What a job may do while it runs. */
export interface JobContext<N extends JobName> {
  readonly signal: AbortSignal;
  /** Hands an item out; waits while the reader is behind. */
  readonly give: (item: JobItem<N>, transfer?: readonly Transferable[]) => Promise<void>;
  /** Hands an item out at once: progress, of which only the newest counts. */
  readonly tell: (item: JobItem<N>) => void;
}

export interface JobResult<N extends JobName> {
  readonly output: JobOutput<N>;
  readonly transfer?: readonly Transferable[];
}

export type JobHandlers = {
  readonly [N in JobName]: (input: JobInput<N>, context: JobContext<N>) => Promise<JobResult<N>>;
};

/** What a worker's own global scope offers, as far as it is used here. */
export interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
}

interface RunningJob {
  readonly stop: AbortController;
  credit: number;
  wake: (() => void) | null;
}

/** The worker's end: runs jobs, hands out their items, asks the page for sources. */
export class JobServer {
  readonly #scope: WorkerScope;
  readonly #handlers: JobHandlers;
  readonly #running = new Map<number, RunningJob>();
  readonly #sources = new Map<number, Deferred<Blob>>();
  #nextRequest = 1;

  constructor(scope: WorkerScope, handlers: JobHandlers) {
    this.#scope = scope;
    this.#handlers = handlers;
  }

  post(message: FromWorker, transfer: readonly Transferable[] = []): void {
    this.#scope.postMessage(message, [...transfer]);
  }

  /** True when the message was one for jobs. */
  receive(message: ToWorker): boolean {
    switch (message.say) {
      case 'start':
        void this.#run(message.job, message.name, message.input);
        return true;
      case 'abort':
        this.#running.get(message.job)?.stop.abort();
        this.#running.get(message.job)?.wake?.();
        return true;
      case 'more': {
        const job = this.#running.get(message.job);
        if (job) {
          job.credit += message.count;
          job.wake?.();
        }
        return true;
      }
      case 'source': {
        const waiting = this.#sources.get(message.request);
        this.#sources.delete(message.request);
        if (message.blob) waiting?.resolve(message.blob);
        else waiting?.reject(message.error ? deserialiseError(message.error) : new LecternError('source-missing'));
        return true;
      }
      default:
        return false;
    }
  }

  /** Asks the page for the bytes of an asset. */
  requestSource(assetId: string): Promise<Blob> {
    const request = this.#nextRequest;
    this.#nextRequest += 1;
    const waiting = defer<Blob>();
    this.#sources.set(request, waiting);
    this.post({ say: 'needSource', request, assetId });
    return waiting.promise;
  }

  /** Asks the page for a helper, who is at the other end of the port. */
  requestHelper(helper: Helper): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.post({ say: 'needHelper', helper, port: port2 }, [port2]);
    return port1;
  }

  async #run(job: number, name: JobName, input: unknown): Promise<void> {
    const running: RunningJob = { stop: new AbortController(), credit: itemsAhead, wake: null };
    this.#running.set(job, running);
    const { signal } = running.stop;
    const context: JobContext<JobName> = {
      signal,
      give: async (item, transfer) => {
        while (running.credit <= 0) {
          throwIfAborted(signal);
          await new Promise<void>((resolve) => {
            running.wake = resolve;
          });
        }
        throwIfAborted(signal);
        running.credit -= 1;
        this.post({ say: 'item', job, item }, transfer);
      },
      tell: (item) => {
        this.post({ say: 'item', job, item });
      },
    };
    try {
      const handler = this.#handlers[name] as (
        input: unknown,
        context: JobContext<JobName>,
      ) => Promise<JobResult<JobName>>;
      const { output, transfer } = await handler(input, context);
      this.post({ say: 'done', job, output }, transfer);
    } catch (error) {
      this.post({ say: 'failed', job, error: serialiseError(error) });
    } finally {
      this.#running.delete(job);
    }
  }
}
