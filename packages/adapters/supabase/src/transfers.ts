import {
  type Attempt,
  type BlobStat,
  type CallOptions,
  isLecternError,
  LecternError,
  type NewAsset,
  normaliseAssetName,
  type RunAttempt,
  type SendOptions,
  toLecternError,
  type Transfer,
  type TransferRecord,
  type TransferRequest,
  type TransfersPort,
} from '@lectern/ports';
import { answer, type SupabaseContext } from './context.js';
import { requireBlobKey, throwIfAborted } from '@lectern/ports/adapter-kit';
import { requireUuid } from './errors.js';
import { ResumableUpload } from './resumable-upload.js';

/** Up to here a file goes in one request; larger ones can be gone on with. */
const wholeBytes = 1024 * 1024;
/** How often one call begins anew inside its reservation, when the store has lost what it had. */
const beginnings = 3;

export type SessionStatus = 'open' | 'done' | 'cancelled' | 'expired';

interface SessionRow {
  readonly id: string;
  readonly key: string;
  readonly object_name: string;
  readonly store: 'supabase' | 'b2';
  readonly size_bytes: number;
  readonly mime_type: string;
  readonly status: SessionStatus;
}

/** Uploads by TUS into a place that the schema has reserved. The server alone says when one is done. */
export class SupabaseTransfers implements TransfersPort {
  readonly resumable = true;
  readonly #context: SupabaseContext;

  constructor(context: SupabaseContext) {
    this.#context = context;
  }

  async reserve(request: TransferRequest, options?: CallOptions): Promise<Transfer> {
    return answer(options, async () => {
      await this.begin(request, options);
      const { id, key, sizeBytes, mimeType } = request;
      return { id, key, sizeBytes, mimeType, resume: null };
    });
  }

  /** Reserves, and says what became of that reservation already. */
  async begin(request: TransferRequest, options?: CallOptions): Promise<SessionStatus> {
    return answer(options, async () => {
      const { id, key, sizeBytes, mimeType, record } = request;
      requireUuid('id', id);
      requireBlobKey(key);
      const args = {
        p_id: id,
        p_key: key,
        p_size_bytes: sizeBytes,
        p_mime_type: mimeType,
        p_store: 'supabase',
        p_asset: record ? recordRow(record) : null,
      };
      const { status } = (await this.#context.connection.call('reserve_upload', args, options)) as SessionRow;
      return status;
    });
  }

  async send(transfer: Transfer, source: Blob, options: SendOptions = {}): Promise<BlobStat> {
    return answer(options, async () => {
      if (source.size !== transfer.sizeBytes) {
        throw new LecternError('invalid-input', {
          message: `The source has ${String(source.size)} bytes, and ${String(transfer.sizeBytes)} were reserved`,
          details: { path: 'source', expected: `${String(transfer.sizeBytes)} bytes` },
        });
      }
      const run = options.run ?? runOnce(options.signal);
      const session = await run((attempt) => this.#session(transfer.id, attempt));
      if (!isOver(session)) await this.#sendBytes(transfer, session, source, options, run);
      options.onProgress?.(source.size);
      return { key: session.key, sizeBytes: session.size_bytes, mimeType: session.mime_type };
    });
  }

  async cancel(transfer: Transfer, options?: CallOptions): Promise<void> {
    return answer(options, async () => {
      requireUuid('id', transfer.id);
      try {
        const { status } = (await this.#context.connection.call(
          'cancel_upload',
          { p_id: transfer.id },
          options,
        )) as SessionRow;
        if (status === 'done') return;
      } catch (error) {
        if (!isLecternError(error) || error.code !== 'not-found') throw error;
      }
      // What was sent is swept away by the store some day; asking it now is a courtesy.
      const url = transfer.resume;
      const path = url === null ? null : this.#pathOf(url);
      if (path === null) return;
      await this.#context.connection
        .storage(path, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }, options)
        .catch(() => undefined);
    });
  }

  /** Sends until the reservation is done, whatever becomes of single requests and their answers. */
  async #sendBytes(
    transfer: Transfer,
    session: SessionRow,
    source: Blob,
    options: SendOptions,
    run: RunAttempt,
  ): Promise<void> {
    let current = transfer;
    const remember = async (resume: string | null): Promise<void> => {
      if (resume === current.resume) return;
      current = { ...current, resume };
      await options.remember?.(current);
    };
    // An address of another project, or of nobody's: the token isn't for it.
    if (current.resume !== null && this.#pathOf(current.resume) === null) await remember(null);
    for (let begun = 0; begun < beginnings; begun += 1) {
      const upload =
        source.size <= wholeBytes ? null : this.#resumable(session, source, current.resume, options, remember);
      try {
        let outcome: 'more' | 'done' | 'lost' = 'more';
        while (outcome === 'more') {
          outcome = await run((attempt) => this.#sendPiece(session, source, upload, options, attempt));
        }
        if (outcome === 'done') return;
      } finally {
        upload?.stop();
      }
      // The store has lost it, or has bytes that it made nothing of: from the beginning, in the same place.
      await remember(null);
    }
    throw new LecternError('server', { message: 'The store doesn’t finish the upload' });
  }

  /** One request, and what the reservation says when that was the last or has failed. */
  async #sendPiece(
    session: SessionRow,
    source: Blob,
    upload: ResumableUpload | null,
    options: SendOptions,
    attempt: Attempt,
  ): Promise<'more' | 'done' | 'lost'> {
    throwIfAborted(attempt.signal);
    try {
      if (upload === null) await this.#sendWhole(session, source, options, attempt);
      else if ((await upload.next(attempt)) === 'more') return 'more';
    } catch (error) {
      const failure = toLecternError(error);
      throwIfAborted(attempt.signal);
      // The answer may have been lost, and not what it was about.
      const now = await this.#session(session.id, attempt).catch((problem: unknown) => {
        throw isLecternError(problem) && problem.code === 'not-found' ? problem : failure;
      });
      if (isOver(now)) return 'done';
      if (failure.code !== 'not-found') throw failure;
      return 'lost';
    }
    return isOver(await this.#session(session.id, attempt)) ? 'done' : 'lost';
  }

  async #sendWhole(session: SessionRow, source: Blob, options: SendOptions, attempt: Attempt): Promise<void> {
    options.onProgress?.(0);
    await this.#context.connection.storage(
      `object/media/${session.object_name}`,
      {
        method: 'POST',
        headers: {
          'content-type': session.mime_type || 'application/octet-stream',
          'cache-control': 'max-age=31536000',
          'x-upsert': 'false',
        },
        body: source,
      },
      { signal: attempt.signal, timeoutMs: options.run ? null : this.#context.connection.timeoutMs * 4 },
    );
    attempt.progressed();
  }

  #resumable(
    session: SessionRow,
    source: Blob,
    uploadUrl: string | null,
    options: SendOptions,
    remember: (url: string) => Promise<void>,
  ): ResumableUpload {
    return new ResumableUpload(this.#context.connection, {
      source,
      objectName: session.object_name,
      mimeType: session.mime_type || 'application/octet-stream',
      uploadUrl,
      remember,
      onProgress: (bytes) => {
        options.onProgress?.(bytes);
      },
    });
  }

  /** The reservation as the server has it now. @throws `not-found` */
  async #session(id: string, { signal }: Pick<Attempt, 'signal'>): Promise<SessionRow> {
    const { data } = await this.#context.connection.rest({ signal }, (client) =>
      client.from('upload_sessions').select('id,key,object_name,store,size_bytes,mime_type,status').eq('id', id),
    );
    const [row] = data as readonly SessionRow[];
    if (!row || row.status === 'cancelled' || row.status === 'expired' || row.store !== 'supabase') throw gone(id);
    return row;
  }

  /** The path of an upload's address below the storage server, or null for an address of anywhere else. */
  #pathOf(url: string): string | null {
    const storage = this.#context.connection.addresses()?.storage;
    return storage !== undefined && url.startsWith(`${storage}/upload/resumable/`)
      ? url.slice(storage.length + 1)
      : null;
  }
}

/** Sessions that were given up are never answered. */
const isOver = ({ status }: SessionRow): boolean => status !== 'open';

const gone = (id: string): LecternError =>
  new LecternError('not-found', { message: `Transfer ${id} is gone`, details: { what: 'transfer', id } });

const runOnce =
  (signal: AbortSignal | undefined): RunAttempt =>
  (work) =>
    work({ signal: signal ?? new AbortController().signal, progressed: () => undefined });

/** What the schema makes of the bytes, in its columns. */
function recordRow(record: TransferRecord): Readonly<Record<string, unknown>> {
  if (record.type === 'version') {
    const { probe, posterKey, fingerprint = null } = record.version;
    return { id: record.assetId, replace: true, probe, poster_key: posterKey, fingerprint };
  }
  return newRecordRow(record.asset);
}

/** What a new asset's columns are before its bytes are there. */
export function newRecordRow(
  asset: Omit<NewAsset, 'blobKey' | 'mimeType' | 'sizeBytes'>,
): Readonly<Record<string, unknown>> {
  return {
    id: asset.id,
    name: normaliseAssetName(asset.name),
    kind: asset.kind,
    source_type: asset.sourceType,
    studio_metadata: asset.studioMetadata ?? {},
    tags: asset.tags ?? [],
    probe: asset.probe,
    poster_key: asset.posterKey,
    fingerprint: asset.fingerprint ?? null,
  };
}
