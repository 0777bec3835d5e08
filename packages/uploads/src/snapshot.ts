import { type FileHandle, LecternError } from '@lectern/ports';
import { fingerprintOf } from './fingerprint.js';
import type { UploadRow } from './upload-row.js';

/** Room in this browser, in bytes; a field is missing where nobody knows. */
export interface RoomEstimate {
  readonly quota?: number;
  readonly usage?: number;
}

const largestSnapshotBytes = 4 * 1024 ** 3;
const shareOfFreeRoom = 0.4;

/** The browser's word on room, which can't be trusted for the last gigabyte; null where it gives none. */
export async function estimateRoom(): Promise<RoomEstimate | null> {
  const { navigator } = globalThis as { readonly navigator?: { readonly storage?: StorageManager } };
  return (await navigator?.storage?.estimate().catch(() => null)) ?? null;
}

/** The largest file that is copied into the browser's storage, in bytes. */
export function snapshotLimit(room: RoomEstimate | null): number {
  if (room?.quota === undefined) return largestSnapshotBytes;
  const free = Math.max(0, room.quota - (room.usage ?? 0));
  return Math.min(largestSnapshotBytes, Math.floor(free * shareOfFreeRoom));
}

/** Whether a handle is of the private file system: such a file stays where it is and needs neither copy nor permission. */
export async function isPrivateFile(handle: FileHandle): Promise<boolean> {
  const { navigator } = globalThis as { readonly navigator?: { readonly storage?: StorageManager } };
  try {
    const root = await navigator?.storage?.getDirectory();
    return root !== undefined && (await root.resolve(handle as FileSystemFileHandle)) !== null;
  } catch {
    return false;
  }
}

interface PermissionHandle extends FileHandle {
  queryPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>;
}

/**
 * The file behind a handle. A page that comes later may have to ask for permission, which a browser allows only while
 * somebody presses something (`ask`).
 *
 * @throws `source-missing` when it has gone or may not be read
 */
export async function readHandle(handle: PermissionHandle, fileName: string, ask: boolean): Promise<Blob> {
  try {
    const state = await handle.queryPermission?.({ mode: 'read' });
    if (state === 'prompt' && ask) await handle.requestPermission?.({ mode: 'read' });
    return await handle.getFile();
  } catch (cause) {
    throw missingSource(fileName, cause);
  }
}

/** Whether this is the file that the row was begun with, as far as that can be told without reading all of it. */
export async function isSameFile(file: Blob, begun: UploadRow['file']): Promise<boolean> {
  if (file.size !== begun.sizeBytes) return false;
  return begun.fingerprint === null || (await fingerprintOf(file)) === begun.fingerprint;
}

/** When a file was last changed, in milliseconds; null for bytes that never were a file. */
export function lastModifiedOf(file: Blob): number | null {
  const { lastModified } = file as { readonly lastModified?: unknown };
  return typeof lastModified === 'number' ? lastModified : null;
}

export function missingSource(fileName: string, cause?: unknown): LecternError {
  return new LecternError('source-missing', {
    message: `The file ${fileName} can't be read any more`,
    details: { asset: fileName },
    ...(cause === undefined ? {} : { cause }),
  });
}
