import { WorkerClient, type WorkerClientOptions } from './worker-client.js';

/** Workers for short jobs: started when they are needed, ended after a while without any. */
export class WorkerPool {
  readonly #options: WorkerClientOptions;
  readonly #size: number;
  readonly #idleMilliseconds: number;
  #clients: WorkerClient[] = [];
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WorkerClientOptions, size: number, idleMilliseconds = 20_000) {
    this.#options = options;
    this.#size = size;
    this.#idleMilliseconds = idleMilliseconds;
  }

  /** The worker with the least to do. */
  take(): WorkerClient {
    this.#clients = this.#clients.filter((client) => !client.hasFailed);
    let least = this.#clients[0];
    for (const client of this.#clients) if (least && client.load < least.load) least = client;
    if (!least || (least.load > 0 && this.#clients.length < this.#size)) {
      least = new WorkerClient(this.#options);
      this.#clients.push(least);
    }
    this.#watch();
    return least;
  }

  #watch(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      const idle = this.#clients.filter((client) => client.load === 0);
      this.#clients = this.#clients.filter((client) => client.load > 0);
      for (const client of idle) client.terminate();
      if (this.#clients.length > 0) this.#watch();
    }, this.#idleMilliseconds);
  }

  /** Tells every worker that an asset's bytes have changed. */
  forget(assetIds: readonly string[]): void {
    for (const client of this.#clients) client.forget(assetIds);
  }

  dispose(): void {
    clearTimeout(this.#idleTimer);
    for (const client of this.#clients) client.terminate();
    this.#clients = [];
  }
}
