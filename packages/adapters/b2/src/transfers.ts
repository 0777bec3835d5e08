import {
  type BlobStat,
  type CallOptions,
  type Json,
  isLecternError,
  LecternError,
  normaliseAssetName,
  type SendOptions,
  type Transfer,
  type TransferRecord,
  type TransferRequest,
  type TransfersPort,
} from '@lectern/ports';
import { requireBlobKey, throwIfAborted } from '@lectern/ports/adapter-kit';
import { Sending } from './sending.js';
import type { ReservedUpload, Signer } from './signer.js';

export interface B2TransfersOptions {
  readonly signer: Signer;
  readonly fetch: typeof fetch;
  readonly stallMs: number;
}

/** Multipart uploads by parts that the signer signs one by one. All that has to be remembered is the upload's id. */
export class B2Transfers implements TransfersPort {
  readonly resumable = true;
  readonly #options: B2TransfersOptions;

  constructor(options: B2TransfersOptions) {
    this.#options = options;
  }

  async reserve(request: TransferRequest, options?: CallOptions): Promise<Transfer> {
    const { id, key, sizeBytes, mimeType } = request;
    requireBlobKey(key);
    await this.begin(request, options);
    return { id, key, sizeBytes, mimeType, resume: null };
  }

  /** Reserves, and says what is known of it already. */
  begin({ id, key, sizeBytes, mimeType, record }: TransferRequest, options?: CallOptions): Promise<ReservedUpload> {
    const body = { id, key, sizeBytes, mimeType, ...(record ? { record: rowOf(record) } : {}) };
    return this.#options.signer.reserve(body, options);
  }

  async send(transfer: Transfer, source: Blob, options: SendOptions = {}): Promise<BlobStat> {
    throwIfAborted(options.signal);
    if (source.size !== transfer.sizeBytes) {
      throw new LecternError('invalid-input', {
        details: { path: 'source.size', expected: `${transfer.sizeBytes} bytes`, found: source.size },
      });
    }
    return new Sending(transfer, source, { ...options, ...this.#options }).send();
  }

  async cancel(transfer: Transfer, options?: CallOptions): Promise<void> {
    try {
      await this.#options.signer.cancel(transfer.id, options);
    } catch (error) {
      if (!isLecternError(error) || error.code !== 'not-found') throw error;
    }
  }
}

/** Columns of `media_files`, as `reserve_upload` reads them. */
function rowOf(record: TransferRecord): Json {
  const { probe, posterKey, fingerprint } = record.type === 'asset' ? record.asset : record.version;
  const facts = {
    ...(probe === null ? {} : { probe: { ...probe } }),
    ...(posterKey === null ? {} : { poster_key: posterKey }),
    ...(fingerprint == null ? {} : { fingerprint }),
  };
  if (record.type === 'version') return { id: record.assetId, replace: true, ...facts };
  const { id, name, kind, sourceType, studioMetadata = {}, tags = [] } = record.asset;
  return {
    id,
    name: normaliseAssetName(name),
    kind,
    source_type: sourceType,
    studio_metadata: studioMetadata,
    tags,
    ...facts,
  };
}
