import {
  type Asset,
  type AssetVersion,
  type BlobStat,
  type Identity,
  type IdentityPort,
  LecternError,
  type NewAsset,
  type NewAssetVersion,
  type RunAttempt,
  type SendOptions,
  type Transfer,
  type TransferRequest,
  type TransfersPort,
} from '@lectern/ports';
import type { UploadEngineOptions } from '../upload-engine-options.js';

export type StoreCall =
  | 'identity'
  | 'reserve'
  | 'ask'
  | 'part'
  | 'complete'
  | 'cancel'
  | 'put'
  | 'delete'
  | 'create'
  | 'addVersion'
  | 'get'
  | 'versions'
  | 'update'
  | 'find';

export interface StoreRequest {
  readonly call: StoreCall;
  /** A transfer's or an asset's id, or a key. */
  readonly id: string;
  /** Of a part. */
  readonly offset?: number;
}

/**
 * What happens to a request: it gets lost on its way (`lost`), or its answer does (`unheard`), or nothing comes at all
 * (`stuck`); or the store refuses it with that error. A store may also have forgotten every transfer (`forget`).
 */
export type Fault = 'lost' | 'unheard' | 'stuck' | 'forget' | LecternError;

interface Session {
  readonly request: TransferRequest;
  readonly parts: Map<number, Uint8Array>;
  /** Parts whose arrival was told and heard. */
  readonly acknowledged: Set<number>;
  status: 'open' | 'done' | 'cancelled';
}

const once: RunAttempt = (work) => work({ signal: new AbortController().signal, progressed: () => undefined });

/** A library behind a network that does what a test says; it takes files part by part. */
export class ScriptedStore {
  readonly sessions = new Map<string, Session>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly rows = new Map<string, Asset>();
  readonly versions = new Map<string, AssetVersion[]>();
  readonly requests: StoreRequest[] = [];
  readonly remembered: Transfer[] = [];
  partBytes = 10;
  /** Parts on their way at once. */
  parallel = 3;
  resumable = true;
  /** Makes the record in the transaction that finds the bytes complete. */
  makesRecords = false;
  fault: (request: StoreRequest) => Fault | null = () => null;
  /** Called when a request has come in, before it is answered. */
  beforeAnswer: (request: StoreRequest) => Promise<void> = () => Promise.resolve();
  /** Requests that are on their way. */
  inFlight = 0;
  mostInFlight = 0;
  /** Bytes that came again although their arrival was told and heard. */
  bytesTwice = 0;
  /** Bytes of parts that came in, each time they did. */
  bytesReceived = 0;
  user: Identity | null = { userId: 'teacher', displayName: 'Teacher', isGuest: false };
  /** Reading a file takes real time, during which a clock mustn't be moved. */
  reading = 0;
  readonly #listeners = new Set<(identity: Identity | null) => void>();

  /** Signs somebody in, or out. */
  signIn(userId: string | null): void {
    this.user = userId === null ? null : { userId, displayName: userId, isGuest: false };
    for (const listener of [...this.#listeners]) listener(this.user);
  }

  countOf(call: StoreCall): number {
    return this.requests.filter((request) => request.call === call).length;
  }

  /** Keys of bytes that no record refers to. */
  get orphans(): readonly string[] {
    const used = new Set<string | null>();
    for (const { blobKey, posterKey } of this.rows.values()) used.add(blobKey).add(posterKey);
    for (const each of this.versions.values()) for (const { blobKey } of each) used.add(blobKey);
    return [...this.blobs.keys()].filter((key) => !used.has(key));
  }

  get openSessions(): number {
    return [...this.sessions.values()].filter(({ status }) => status === 'open').length;
  }

  readonly identity: IdentityPort = {
    current: (options) =>
      this.#request({ call: 'identity', id: '' }, options?.signal, () => {
        if (!this.user) throw new LecternError('unauthenticated');
        return this.user;
      }),
    subscribe: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };

  readonly transfers: TransfersPort = (() => {
    const store = this as ScriptedStore;
    return {
      get resumable() {
        return store.resumable;
      },
      reserve: (request, options) =>
        store.#request({ call: 'reserve', id: request.id }, options?.signal, () => store.#reserve(request)),
      send: (transfer, source, options = {}) => store.#send(transfer, source, options),
      cancel: (transfer, options) =>
        store.#request({ call: 'cancel', id: transfer.id }, options?.signal, () => {
          const session = store.sessions.get(transfer.id);
          if (session?.status === 'open') session.status = 'cancelled';
        }),
    };
  })();

  readonly blobsPort: UploadEngineOptions['blobs'] = {
    put: async (key, data, options): Promise<BlobStat> => {
      if (!(data instanceof Blob)) throw new TypeError('A blob was expected');
      const bytes = await this.#read(data);
      return this.#request({ call: 'put', id: key }, options?.signal, () => {
        if (this.blobs.has(key)) throw new LecternError('already-exists');
        this.blobs.set(key, bytes);
        return { key, sizeBytes: bytes.length, mimeType: options?.mimeType ?? '' };
      });
    },
    delete: (key, options) =>
      this.#request({ call: 'delete', id: key }, options?.signal, () => {
        this.blobs.delete(key);
      }),
  };

  readonly assets: UploadEngineOptions['assets'] = {
    create: (asset, options) =>
      this.#request({ call: 'create', id: asset.id }, options?.signal, () => {
        if (this.rows.has(asset.id)) throw new LecternError('already-exists');
        return this.#create(asset);
      }),
    addVersion: (id, version, options) =>
      this.#request({ call: 'addVersion', id }, options?.signal, () => this.#addVersion(id, version)),
    get: (id, options) => this.#request({ call: 'get', id }, options?.signal, () => this.#row(id)),
    versions: (id, options) =>
      this.#request({ call: 'versions', id }, options?.signal, () => this.versions.get(this.#row(id).id) ?? []),
    update: (id, patch, options) =>
      this.#request({ call: 'update', id }, options?.signal, () => {
        const row = { ...this.#row(id), ...patch };
        this.rows.set(id, row);
        return row;
      }),
    findByFingerprint: (fingerprint, options) =>
      this.#request({ call: 'find', id: fingerprint }, options?.signal, () =>
        [...this.rows.values()].filter((row) => row.fingerprint === fingerprint && row.deletedAt === null),
      ),
  };

  #reserve(request: TransferRequest): Transfer {
    const { id, key, sizeBytes, mimeType } = request;
    if (!this.sessions.has(id)) {
      if (this.blobs.has(key)) throw new LecternError('already-exists');
      this.sessions.set(id, { request, parts: new Map(), acknowledged: new Set(), status: 'open' });
    }
    return { id, key, sizeBytes, mimeType, resume: null };
  }

  #session(id: string): Session {
    const session = this.sessions.get(id);
    if (!session || session.status === 'cancelled') throw new LecternError('not-found');
    return session;
  }

  async #send(transfer: Transfer, source: Blob, options: SendOptions): Promise<BlobStat> {
    const { run = once, onProgress, remember } = options;
    const { id, key, mimeType } = transfer;
    if (source.size !== transfer.sizeBytes) throw new LecternError('invalid-input');
    const had = await run(({ signal }) =>
      this.#request({ call: 'ask', id }, signal, () => {
        const session = this.#session(id);
        return session.status === 'done' ? null : new Set(session.parts.keys());
      }),
    );
    const stat = { key, sizeBytes: source.size, mimeType };
    if (had === null) {
      onProgress?.(source.size);
      return stat;
    }
    // An adapter may know more than is good to write down.
    const known = { ...transfer, resume: `at-${id}`, token: 'secret' };
    this.remembered.push(known);
    await remember?.(known);
    let stored = [...had].reduce((sum, offset) => sum + this.#partSize(offset, source.size), 0);
    onProgress?.(stored);
    const missing: number[] = [];
    for (let offset = 0; offset < source.size; offset += this.partBytes) if (!had.has(offset)) missing.push(offset);
    const sendNext = async (): Promise<void> => {
      for (let offset = missing.shift(); offset !== undefined; offset = missing.shift()) {
        const at = offset;
        await run(async ({ signal, progressed }) => {
          await this.#sendPart(id, at, source, signal);
          progressed();
        });
        stored += this.#partSize(offset, source.size);
        onProgress?.(stored);
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: this.parallel }, sendNext));
    for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
    await run(({ signal }) =>
      this.#request({ call: 'complete', id }, signal, () => {
        this.#complete(id);
      }),
    );
    return stat;
  }

  async #sendPart(id: string, offset: number, source: Blob, signal: AbortSignal): Promise<void> {
    const bytes = await this.#read(source.slice(offset, offset + this.partBytes));
    await this.#request({ call: 'part', id, offset }, signal, () => {
      const session = this.#session(id);
      if (session.acknowledged.has(offset)) this.bytesTwice += bytes.length;
      this.bytesReceived += bytes.length;
      session.parts.set(offset, bytes);
    });
    this.sessions.get(id)?.acknowledged.add(offset);
  }

  #partSize(offset: number, size: number): number {
    return Math.min(this.partBytes, size - offset);
  }

  #complete(id: string): void {
    const session = this.#session(id);
    if (session.status === 'done') return;
    const { key, sizeBytes, record } = session.request;
    const bytes = new Uint8Array(sizeBytes);
    let total = 0;
    for (const [offset, part] of session.parts) {
      bytes.set(part, offset);
      total += part.length;
    }
    if (total !== sizeBytes)
      throw new LecternError('invalid-input', { message: `${String(total)} of ${String(sizeBytes)}` });
    this.blobs.set(key, bytes);
    session.status = 'done';
    if (!this.makesRecords || !record) return;
    if (record.type === 'version') this.#addVersion(record.assetId, record.version);
    else if (!this.rows.has(record.asset.id)) this.#create(record.asset);
  }

  #create(asset: NewAsset): Asset {
    if (this.blobs.get(asset.blobKey)?.length !== asset.sizeBytes) throw new LecternError('invalid-input');
    const row = {
      ...asset,
      ownerId: 'teacher',
      status: 'active',
      studioMetadata: {},
      tags: [],
      currentVersionId: `${asset.id}-1`,
      fingerprint: asset.fingerprint ?? null,
      verifiedSha256: null,
      rev: 1,
      createdAt: '',
      updatedAt: '',
      deletedAt: null,
    } satisfies Asset;
    this.rows.set(asset.id, row);
    this.versions.set(asset.id, [versionOf(row, asset, 1)]);
    return row;
  }

  #addVersion(id: string, version: NewAssetVersion): Asset {
    const row = this.#row(id);
    if (this.blobs.get(version.blobKey)?.length !== version.sizeBytes) throw new LecternError('invalid-input');
    const versions = this.versions.get(id) ?? [];
    this.versions.set(id, [versionOf(row, version, versions.length + 1), ...versions]);
    const changed = { ...row, ...version, fingerprint: version.fingerprint ?? null };
    this.rows.set(id, changed);
    return changed;
  }

  #row(id: string): Asset {
    const row = this.rows.get(id);
    if (!row) throw new LecternError('not-found');
    return row;
  }

  async #read(blob: Blob): Promise<Uint8Array> {
    this.reading += 1;
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } finally {
      this.reading -= 1;
    }
  }

  async #request<T>(request: StoreRequest, signal: AbortSignal | undefined, act: () => T): Promise<T> {
    if (signal?.aborted === true) throw new LecternError('aborted');
    this.requests.push(request);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      await this.beforeAnswer(request);
      const fault = this.fault(request);
      if (fault === 'stuck') await untilFired(signal);
      if (fault === 'lost') throw new LecternError('offline');
      if (fault === 'forget') this.sessions.clear();
      else if (fault && typeof fault !== 'string') throw fault;
      const answer = act();
      if (fault === 'unheard') throw new LecternError('timeout');
      return answer;
    } finally {
      this.inFlight -= 1;
    }
  }
}

function untilFired(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(new LecternError('aborted'));
    };
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
  });
}

function versionOf(row: Asset, { blobKey, mimeType, sizeBytes, probe }: NewAssetVersion, number: number): AssetVersion {
  return {
    id: `${row.id}-${String(number)}`,
    assetId: row.id,
    number,
    blobKey,
    mimeType,
    sizeBytes,
    probe,
    createdAt: '',
  };
}
