import { LecternError } from '@lectern/ports';
import { throwIfAborted } from '../cancelling.js';
import type { Calls, FromFfmpeg } from './ffmpeg-protocol.js';

/** Where the host keeps ffmpeg's core: `ffmpeg-core.js` of the ES module build of `@ffmpeg/core`, and its WebAssembly. */
export interface FfmpegCore {
  readonly coreUrl: URL | string;
  /** Beside the script, with the same name, when left out. */
  readonly wasmUrl?: URL | string;
}

export interface FfmpegHost extends FfmpegCore {
  readonly startWorker: () => Worker;
}

/** Lines of ffmpeg's own words that an error keeps. */
const keptLines = 24;

interface PendingCall {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: LecternError) => void;
}

/**
 * ffmpeg in a worker of its own. It does one thing at a time and can't be asked to stop: `end` ends the worker and gives
 * all of its memory back.
 */
export class FfmpegProcess {
  readonly #worker: Worker;
  readonly #calls = new Map<number, PendingCall>();
  readonly #lines: string[] = [];
  #nextCall = 1;
  #failure: LecternError | null = null;
  /** Hears how far the running command is: seconds of what it has written. */
  onProgress: ((seconds: number) => void) | null = null;

  private constructor(worker: Worker, url: string) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<FromFfmpeg>) => {
      this.#receive(data);
    });
    const fail = (event: Event): void => {
      const message = event instanceof ErrorEvent && event.message !== '' ? event.message : 'its worker can’t start';
      this.#fail(new LecternError('converter-unavailable', { message, details: { url } }));
    };
    worker.addEventListener('error', fail);
    worker.addEventListener('messageerror', fail);
  }

  /** Loads the core. @throws `converter-unavailable`, `aborted` */
  static async start({ coreUrl, wasmUrl, startWorker }: FfmpegHost, signal?: AbortSignal): Promise<FfmpegProcess> {
    throwIfAborted(signal);
    const base = globalThis.location.href;
    const core = new URL(coreUrl, base).href;
    const wasm = wasmUrl === undefined ? core.replace(/\.js(?=$|[?#])/, '.wasm') : new URL(wasmUrl, base).href;
    const made = new FfmpegProcess(startWorker(), core);
    const abort = (): void => {
      made.end();
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await made.call('LOAD', { coreURL: core, wasmURL: wasm });
      return made;
    } catch (error) {
      made.end();
      throwIfAborted(signal);
      const message = error instanceof Error ? error.message : String(error);
      throw new LecternError('converter-unavailable', { message, cause: error, details: { url: core } });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** What it said last, for developers. */
  get lastWords(): string {
    return this.#lines.join('\n');
  }

  /** @throws `aborted` once it was ended, `render-failed` when ffmpeg itself has died */
  call<Type extends keyof Calls>(
    type: Type,
    data: Calls[Type]['input'],
    transfer: readonly Transferable[] = [],
  ): Promise<Calls[Type]['output']> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const id = this.#nextCall;
      this.#nextCall += 1;
      this.#calls.set(id, { resolve: resolve as (output: unknown) => void, reject });
      this.#worker.postMessage({ id, type, data }, [...transfer]);
    });
  }

  /** Runs a command. @returns its exit code; 1 when it took longer than `timeout` milliseconds */
  async run(args: readonly string[], timeout?: number): Promise<number> {
    this.#lines.length = 0;
    return this.call('EXEC', timeout === undefined ? { args } : { args, timeout });
  }

  end(reason: LecternError = new LecternError('aborted')): void {
    this.#fail(reason);
    this.#worker.terminate();
  }

  #fail(error: LecternError): void {
    this.#failure ??= error;
    for (const call of this.#calls.values()) call.reject(this.#failure);
    this.#calls.clear();
  }

  #receive(message: FromFfmpeg): void {
    switch (message.type) {
      case 'LOG':
        this.#lines.push(message.data.message);
        if (this.#lines.length > keptLines) this.#lines.shift();
        break;
      case 'PROGRESS':
        this.onProgress?.(message.data.time / 1e6);
        break;
      case 'ERROR':
        this.#take(message.id)?.reject(new LecternError('render-failed', { message: message.data }));
        break;
      default:
        this.#take(message.id)?.resolve(message.data);
    }
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call;
  }
}
