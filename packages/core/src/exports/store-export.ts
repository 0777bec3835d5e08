import { isLecternError, LecternError, type UploadEngine, type UploadItem, type UploadRequest } from '@lectern/ports';

/** The file of an export, wherever it is: made here, or still to be made again from its parts. */
export interface FileToStore {
  /** The export's own id names the upload, too: whichever page stores it, it is stored once. */
  readonly id: string;
  readonly uploads: UploadEngine;
  /** What is uploaded; called only when its bytes are needed. */
  readonly request: () => Promise<UploadRequest>;
  /** Called with each change of the upload. */
  readonly onChange: (item: UploadItem) => void;
}

/** How it ended. `left`: this page stopped caring, and another one goes on with it. */
export type StoredExport =
  { readonly end: 'stored'; readonly assetId: string } | { readonly end: 'cancelled' } | { readonly end: 'left' };

/** Whether an upload has all that it needs to go on, so that the file needn't be made again. */
export function uploadHasBytes(uploads: UploadEngine, id: string): boolean {
  const item = uploadOf(uploads, id);
  return item !== null && item.status !== 'needs-file' && item.status !== 'cancelled';
}

export function uploadOf(uploads: UploadEngine, id: string): UploadItem | null {
  return uploads.items().find((item) => item.id === id) ?? null;
}

/**
 * Brings the file into the library: begins its upload, or goes on with the one that is there.
 *
 * @throws the upload's error when it failed
 */
export async function storeExport({ id, uploads, request, onChange }: FileToStore): Promise<StoredExport> {
  const add = async (): Promise<void> => {
    uploads.clear(id);
    const [item] = uploads.add([{ ...(await request()), id }]);
    if (!item) throw new LecternError('unknown', { message: 'the upload engine took no file' });
  };
  const present = uploadOf(uploads, id);
  if (!present || present.status === 'cancelled') await add();
  for (let provided = false; ; provided = true) {
    const end = await follow(uploads, id, onChange);
    if (end !== 'needs-file') return end;
    if (provided) throw new LecternError('source-missing');
    const { file } = await request();
    try {
      await uploads.provideFile(id, file);
    } catch (error) {
      // The parts that it was made of have changed: another file of the same.
      if (!isLecternError(error) || error.code !== 'invalid-input') throw error;
      uploads.cancel(id);
      await uploads.finished(id).catch(() => undefined);
      await add();
    }
  }
}

async function follow(
  uploads: UploadEngine,
  id: string,
  onChange: (item: UploadItem) => void,
): Promise<StoredExport | 'needs-file'> {
  let last: UploadItem | null = null;
  const look = (): void => {
    const item = uploadOf(uploads, id);
    if (item && item !== last) onChange(item);
    last = item ?? last;
  };
  const stop = uploads.subscribe(look);
  try {
    look();
    const { assetId } = await uploads.finished(id);
    return { end: 'stored', assetId };
  } catch (error) {
    look();
    const status = (last as UploadItem | null)?.status;
    if (status === 'needs-file') return 'needs-file';
    if (status === 'failed') throw error;
    return { end: status === 'cancelled' ? 'cancelled' : 'left' };
  } finally {
    stop();
  }
}
