import {
  type BlobStat,
  type CallOptions,
  LecternError,
  type RunAttempt,
  type SendOptions,
  type Transfer,
  type TransferRequest,
  type TransfersPort,
} from '@lectern/ports';
import { requireBlobKey } from '@lectern/ports/adapter-kit';
import type { LocalBlobs } from './blobs.js';
import { answer, type LocalContext } from './context.js';

const atOnce: RunAttempt = (work) => work({ signal: new AbortController().signal, progressed: () => undefined });

/**
 * Bytes that never leave the browser: there is no way on which they could get lost, so a transfer is put whole, and one
 * that was cut off is put again. Nothing is written down for a reservation.
 */
export class LocalTransfers implements TransfersPort {
  readonly resumable = false;
  readonly #context: LocalContext;
  readonly #blobs: LocalBlobs;

  constructor(context: LocalContext, blobs: LocalBlobs) {
    this.#context = context;
    this.#blobs = blobs;
  }

  async reserve(request: TransferRequest, options?: CallOptions): Promise<Transfer> {
    return answer(this.#context, options, async () => {
      const { id, key, sizeBytes, mimeType } = request;
      check(id.length > 0 && id.length <= 128, 'id', '1 to 128 characters');
      requireBlobKey(key);
      check(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, 'sizeBytes', 'a whole number of bytes');
      check(mimeType.length <= 255, 'mimeType', 'at most 255 characters');
      await this.#blobs.whatBrought(id, key, options);
      return { id, key, sizeBytes, mimeType, resume: null };
    });
  }

  async send(transfer: Transfer, source: Blob, options: SendOptions = {}): Promise<BlobStat> {
    return answer(this.#context, options, async () => {
      const { id, key, sizeBytes, mimeType } = transfer;
      check(source.size === sizeBytes, 'source', `${String(sizeBytes)} bytes`);
      const stat = (await this.#blobs.whatBrought(id, key, options)) ?? (await this.#put(transfer, source, options));
      options.onProgress?.(stat.sizeBytes);
      return { key, sizeBytes: stat.sizeBytes, mimeType };
    });
  }

  async cancel(_transfer: Transfer, options?: CallOptions): Promise<void> {
    // What is called off leaves nothing behind, and what is done stays.
    await answer(this.#context, options, async () => undefined);
  }

  async #put(transfer: Transfer, source: Blob, options: SendOptions): Promise<BlobStat> {
    const { onProgress, remember, run = atOnce } = options;
    await remember?.(transfer);
    onProgress?.(0);
    return run(({ signal, progressed }) =>
      this.#blobs.bring(transfer.id, transfer, source, { signal: either(signal, options.signal) }).finally(progressed),
    );
  }
}

function check(holds: boolean, path: string, expected: string): void {
  if (!holds) throw new LecternError('invalid-input', { details: { path, expected }, message: `${path}: ${expected}` });
}

function either(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
