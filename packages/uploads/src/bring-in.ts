import {
  type Asset,
  type AssetsPort,
  type BlobsPort,
  type CallOptions,
  isLecternError,
  LecternError,
  type NewAsset,
  type NewAssetVersion,
  type RunAttempt,
  toLecternError,
  type Transfer,
  type TransferRecord,
  type TransfersPort,
  type UploadStatus,
} from '@lectern/ports';
import { assertGoing } from './aborting.js';
import type { UploadRow } from './upload-row.js';

/** Where bytes and records go. */
export interface Library {
  readonly assets: Pick<AssetsPort, 'create' | 'addVersion' | 'get' | 'versions' | 'update'>;
  readonly blobs: Pick<BlobsPort, 'put' | 'delete'>;
  readonly transfers: TransfersPort;
}

/** One upload on its way, as the steps see it. */
export interface BringIn {
  readonly library: Library;
  readonly source: Blob;
  readonly poster: Blob | null;
  readonly newId: () => string;
  readonly run: RunAttempt;
  readonly signal: AbortSignal;
  readonly row: () => UploadRow;
  /** Resolves once it is written down. */
  readonly save: (change: Partial<UploadRow>) => Promise<void>;
  readonly tell: (status: UploadStatus) => void;
  readonly onProgress: (storedBytes: number) => void;
  /** Remembers a call that may go on although nobody waits for it any more. */
  readonly watch: <T>(call: Promise<T>) => Promise<T>;
}

/**
 * Bytes, poster, record: in this order, so that what has a record is whole. Each step asks what is there already, so the
 * whole may be begun again at any time, in any page.
 */
export async function bringIn(upload: BringIn): Promise<void> {
  await sendBytes(upload);
  upload.tell('completing');
  const posterKey = await putPoster(upload);
  const asset = await makeRecord(upload, posterKey);
  upload.tell('verifying');
  const { file, blobKey, formerKeys } = upload.row();
  // Somebody may have replaced it meanwhile; what is there under our own key must be what was sent.
  if (asset?.blobKey === blobKey && asset.sizeBytes !== file.sizeBytes)
    throw wrongSize(file.sizeBytes, asset.sizeBytes);
  // An earlier reservation had become the asset after all: these bytes are nobody's.
  if (!asset || !formerKeys.includes(asset.blobKey)) return;
  await upload.run(({ signal }) => removeBytes(upload.library, blobKey, { signal })).catch(() => undefined);
}

async function sendBytes(upload: BringIn): Promise<void> {
  const { library, source, run, signal } = upload;
  for (let renewed = false; ; renewed = true) {
    try {
      const transfer = await reserve(upload);
      upload.tell('sending');
      const { sizeBytes } = await upload.watch(
        library.transfers.send(transfer, source, {
          signal,
          run,
          onProgress: (storedBytes) => {
            if (!signal.aborted) upload.onProgress(storedBytes);
          },
          remember: (changed) => upload.save({ transfer: changed }),
        }),
      );
      if (sizeBytes !== source.size) throw wrongSize(source.size, sizeBytes);
      return;
    } catch (error) {
      assertGoing(signal);
      const { code } = toLecternError(error);
      const forgotten = code === 'not-found' || code === 'already-exists';
      if (renewed || !forgotten) throw error;
      // A store forgets what is done, too.
      if (await run((attempt) => findMade(library, upload.row(), { signal: attempt.signal }))) return;
      await upload.save(newReservation(upload.row(), upload.newId));
    }
  }
}

async function reserve(upload: BringIn): Promise<Transfer> {
  const known = upload.row().transfer;
  if (known) return known;
  upload.tell('reserving');
  await upload.save({ asked: true });
  const { transferId: id, blobKey: key, file, asset } = upload.row();
  const request = { id, key, sizeBytes: file.sizeBytes, mimeType: asset.mimeType, record: recordOf(upload.row()) };
  const transfer = await upload.run(({ signal }) => upload.library.transfers.reserve(request, { signal }));
  await upload.save({ transfer });
  return transfer;
}

/** What is changed for a reservation of its own; a key is never used for other bytes. */
export function newReservation(
  { asset, blobKey, formerKeys }: UploadRow,
  newId: () => string,
): Pick<UploadRow, 'blobKey' | 'formerKeys' | 'transferId' | 'transfer' | 'asked' | 'spoilt' | 'sentBytes'> {
  return {
    blobKey: `assets/${asset.id}/${newId()}`,
    formerKeys: [...formerKeys, blobKey],
    transferId: newId(),
    transfer: null,
    asked: false,
    spoilt: false,
    sentBytes: 0,
  };
}

/** An asset without its picture is better than none. */
async function putPoster({ library, poster, row, run, signal }: BringIn): Promise<string | null> {
  if (!poster) return null;
  const key = posterKeyOf(row().blobKey);
  try {
    await run(async (attempt) => {
      try {
        await library.blobs.put(key, poster, { mimeType: poster.type, signal: attempt.signal });
      } catch (error) {
        // The try before had stored it.
        if (toLecternError(error).code !== 'already-exists') throw error;
      }
    });
    return key;
  } catch {
    assertGoing(signal);
    return null;
  }
}

/** Null when there is nothing to look at. */
async function makeRecord(upload: BringIn, posterKey: string | null): Promise<Asset | null> {
  const { library, run, signal } = upload;
  const row = upload.row();
  let mayBeThere = row.asset.replaces;
  return run(async (attempt) => {
    assertGoing(signal);
    // A version that is added twice would be there twice; an asset says so itself.
    const made = mayBeThere ? await findMade(library, row, { signal: attempt.signal }) : null;
    if (made) return refine(library, row, made, posterKey, attempt.signal);
    mayBeThere = true;
    try {
      return await create(library, row, posterKey, attempt.signal);
    } catch (error) {
      if (toLecternError(error).code !== 'already-exists') throw error;
      const found = await findMade(library, row, { signal: attempt.signal });
      if (!found) throw error;
      return refine(library, row, found, posterKey, attempt.signal);
    }
  });
}

function create({ assets }: Library, row: UploadRow, posterKey: string | null, signal: AbortSignal): Promise<Asset> {
  const record = recordOf(row, posterKey);
  if (record.type === 'version') return assets.addVersion(record.assetId, record.version, { signal });
  return assets.create(record.asset, { signal });
}

/** The store made the record with the last byte; what it couldn't know is added. Failing costs the poster alone. */
async function refine(
  { assets }: Library,
  { asset: { probe }, blobKey }: UploadRow,
  made: Asset,
  posterKey: string | null,
  signal: AbortSignal,
): Promise<Asset> {
  const poster = posterKey !== null && made.posterKey !== posterKey ? { posterKey } : {};
  const facts = probe !== null && made.probe === null ? { probe } : {};
  const patch = { ...poster, ...facts };
  if (made.blobKey !== blobKey || Object.keys(patch).length === 0) return made;
  try {
    return await assets.update(made.id, patch, { signal });
  } catch (error) {
    const { retryable, code } = toLecternError(error);
    if (retryable || code === 'aborted') throw error;
    return made;
  }
}

/** The asset, when the bytes of this upload are it, or one of its versions. @throws when nobody can say */
export async function findMade(
  { assets }: Pick<Library, 'assets'>,
  row: UploadRow,
  options: CallOptions = {},
): Promise<Asset | null> {
  const keys = [row.blobKey, ...row.formerKeys];
  const asset = await orNull(assets.get(row.asset.id, options));
  if (!asset || keys.includes(asset.blobKey)) return asset;
  const versions = (await orNull(assets.versions(row.asset.id, options))) ?? [];
  return versions.some(({ blobKey }) => keys.includes(blobKey)) ? asset : null;
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isLecternError(error) && error.code === 'not-found') return null;
    throw error;
  }
}

/**
 * Takes away what an upload that was given up has left: the reservation, what was sent, the poster. `made` when it had
 * become an asset in the meantime: then everything stays. @throws when the back end can't say or can't do it now
 */
export async function sweep(library: Library, row: UploadRow, run: RunAttempt): Promise<'removed' | 'made'> {
  const { transferId: id, blobKey: key, file, asset } = row;
  const transfer = row.transfer ?? { id, key, sizeBytes: file.sizeBytes, mimeType: asset.mimeType, resume: null };
  // First, so that nothing can become an asset once it has been looked for.
  await run(async ({ signal }) => {
    await orNull(library.transfers.cancel(transfer, { signal }));
  });
  if (await run(({ signal }) => findMade(library, row, { signal }))) return 'made';
  await run(({ signal }) => removeBytes(library, key, { signal }));
  return 'removed';
}

async function removeBytes({ blobs }: Pick<Library, 'blobs'>, blobKey: string, options: CallOptions): Promise<void> {
  await blobs.delete(posterKeyOf(blobKey), options);
  await blobs.delete(blobKey, options);
}

const posterKeyOf = (blobKey: string): string => `${blobKey}-poster`;

function recordOf(row: UploadRow, posterKey: string | null = null): TransferRecord {
  const { asset, blobKey, file } = row;
  const version: NewAssetVersion = {
    blobKey,
    mimeType: asset.mimeType,
    sizeBytes: file.sizeBytes,
    probe: asset.probe,
    posterKey,
    ...(file.fingerprint === null ? {} : { fingerprint: file.fingerprint }),
  };
  if (asset.replaces) return { type: 'version', assetId: asset.id, version };
  const { id, kind, sourceType, studioMetadata, tags } = asset;
  const made: NewAsset = { ...version, id, name: file.name, kind, sourceType, studioMetadata, tags };
  return { type: 'asset', asset: made };
}

function wrongSize(expected: number, found: number): LecternError {
  return new LecternError('server', {
    message: `The store has ${String(found)} bytes of ${String(expected)}`,
    details: { expected, found },
  });
}
