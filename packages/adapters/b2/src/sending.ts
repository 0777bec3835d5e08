/** Sends what is missing of one upload, until the store itself says that all is there. */
import {
  type Attempt,
  type BlobStat,
  isLecternError,
  LecternError,
  type RunAttempt,
  type SendOptions,
  type Transfer,
} from '@lectern/ports';
import { throwIfAborted } from '@lectern/ports/adapter-kit';
import { PartAddresses } from './part-addresses.js';
import { SentBytes } from './sent-bytes.js';
import type { KnownUpload, Signer } from './signer.js';
import { putPart } from './store-requests.js';

/** So many parts are offered to `run` at once; how many of them are really sent is for it to say. */
const offeredParts = 6;
/** Without a `run` there are no lanes but these. */
const ownLanes = 3;
/** A store that has lost parts so often is asked no more. */
const rounds = 6;

export interface SendingOptions extends SendOptions {
  readonly signer: Signer;
  readonly fetch: typeof fetch;
  readonly stallMs: number;
}

export class Sending {
  readonly #transfer: Transfer;
  readonly #source: Blob;
  readonly #options: SendingOptions;
  readonly #run: RunAttempt;
  readonly #bytes: SentBytes;
  #remembered = false;

  constructor(transfer: Transfer, source: Blob, options: SendingOptions) {
    this.#transfer = transfer;
    this.#source = source;
    this.#options = options;
    this.#run = options.run ?? runOnce(options.signal);
    this.#bytes = new SentBytes(options.onProgress);
  }

  async send(): Promise<BlobStat> {
    const { id, sizeBytes } = this.#transfer;
    const { signer, signal } = this.#options;
    for (let round = 0; round < rounds; round += 1) {
      throwIfAborted(signal);
      const truth = await this.#run((attempt) => signer.upload(id, { signal: attempt.signal }));
      if (truth.status === 'done') {
        this.#bytes.begin(sizeBytes);
        return this.#stat();
      }
      if (truth.status !== 'open') throw this.#unknown();
      if (truth.partCount !== partCountOf(sizeBytes, truth.partSize)) {
        throw new LecternError('invalid-input', {
          details: { path: 'sizeBytes', expected: `${truth.partCount} parts of ${truth.partSize} bytes` },
        });
      }
      const missing = this.#begin(truth);
      if ((await this.#sendParts(truth, missing)) && (await this.#complete())) return this.#stat();
    }
    throw new LecternError('server', { message: `The store lost parts of ${id} again and again` });
  }

  #stat(): BlobStat {
    const { key, sizeBytes, mimeType } = this.#transfer;
    return { key, sizeBytes, mimeType };
  }

  #unknown(): LecternError {
    return new LecternError('not-found', { details: { what: 'upload', id: this.#transfer.id } });
  }

  /** Takes the store's word for what is there. Returns what isn't. */
  #begin(truth: KnownUpload): readonly number[] {
    const stored = new Map(truth.parts.map(({ part, sizeBytes }) => [part, sizeBytes]));
    const missing: number[] = [];
    let storedBytes = 0;
    for (let part = 1; part <= truth.partCount; part += 1) {
      const size = Math.min(truth.partSize, this.#transfer.sizeBytes - (part - 1) * truth.partSize);
      if (stored.get(part) === size) storedBytes += size;
      else missing.push(part);
    }
    this.#bytes.begin(storedBytes);
    return missing;
  }

  #slice({ partSize }: KnownUpload, part: number): Blob {
    return this.#source.slice((part - 1) * partSize, part * partSize);
  }

  /** Sends parts. False when the store turned out not to know the upload any more: there may be a new one. */
  async #sendParts(truth: KnownUpload, missing: readonly number[]): Promise<boolean> {
    if (missing.length === 0) return true;
    const { signal, signer, stallMs, remember } = this.#options;
    const { id } = this.#transfer;
    if (!this.#remembered) await remember?.({ ...this.#transfer, resume: id });
    this.#remembered = true;
    const addresses = new PartAddresses((parts, calledOff) => signer.signParts(id, parts, { signal: calledOff }), {
      stallMs,
    });
    const calledOff = new AbortController();
    const callOff = (): void => {
      calledOff.abort();
    };
    signal?.addEventListener('abort', callOff, { once: true });
    let next = 0;
    const lane = async (): Promise<void> => {
      for (;;) {
        throwIfAborted(signal);
        const index = next++;
        const part = missing[index];
        if (part === undefined || calledOff.signal.aborted) return;
        const body = this.#slice(truth, part);
        const upcoming = (): readonly number[] => missing.slice(Math.max(index + 1, next), next + 16);
        await this.#run((attempt) =>
          this.#sendPart({ part, body, upcoming, addresses, attempt, calledOff: calledOff.signal }),
        );
      }
    };
    const failures: unknown[] = [];
    const lanes = this.#options.run ? offeredParts : ownLanes;
    await Promise.all(
      Array.from({ length: Math.min(lanes, missing.length) }, () =>
        lane().catch((error: unknown) => {
          // The first one says why; the others were called off because of it.
          failures.push(error);
          calledOff.abort();
        }),
      ),
    );
    signal?.removeEventListener('abort', callOff);
    throwIfAborted(signal);
    if (failures.length === 0) return true;
    const [failure] = failures;
    // The next asking tells whether it was given up, is done already, or was begun anew.
    if (isLecternError(failure) && (failure.code === 'not-found' || failure.code === 'conflict')) return false;
    throw failure;
  }

  async #sendPart(request: {
    readonly part: number;
    readonly body: Blob;
    readonly upcoming: () => readonly number[];
    readonly addresses: PartAddresses;
    readonly attempt: Attempt;
    readonly calledOff: AbortSignal;
  }): Promise<void> {
    const { part, body, addresses, attempt } = request;
    const signal = AbortSignal.any([attempt.signal, request.calledOff]);
    throwIfAborted(signal);
    for (let fresh = false; ; fresh = true) {
      const url = await addresses.of(part, request.upcoming(), signal);
      try {
        await putPart({
          url,
          body,
          signal,
          fetch: this.#options.fetch,
          onMoved: (sentBytes) => {
            attempt.progressed();
            this.#bytes.moved(part, sentBytes);
          },
        });
        this.#bytes.arrived(part, body.size);
        return;
      } catch (error) {
        this.#bytes.failed(part);
        // Where the store's answer may not be read, an address that has expired looks like a line that broke.
        addresses.forget(part);
        if (fresh || !isLecternError(error) || error.code !== 'forbidden') throw error;
      }
    }
  }

  /** False when the store lacks parts after all. */
  async #complete(): Promise<boolean> {
    const { signer } = this.#options;
    try {
      await this.#run((attempt) => signer.complete(this.#transfer.id, { signal: attempt.signal }));
      return true;
    } catch (error) {
      if (!isLecternError(error) || error.code !== 'conflict') throw error;
      if (error.details['parts'] === undefined) throw this.#unknown();
      return false;
    }
  }
}

function partCountOf(sizeBytes: number, partSize: number): number {
  return sizeBytes === 0 ? 0 : Math.ceil(sizeBytes / partSize);
}

/** A try of one's own: nobody watches it, and nobody tries again. */
function runOnce(signal: AbortSignal | undefined): RunAttempt {
  return (work) => work({ signal: signal ?? new AbortController().signal, progressed: () => undefined });
}
