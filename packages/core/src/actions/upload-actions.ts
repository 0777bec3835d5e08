import {
  isLecternError,
  LecternError,
  serialiseError,
  type SerialisedError,
  type UploadItem,
  type UploadRequest,
} from '@lectern/ports';
import type { MessageKey } from '../messages/messages.js';
import { isUploadOver, uploadError, uploadStanding } from '../uploads/upload-facts.js';
import type { ActionContext } from './action-context.js';
import type { Actions, ImportOptions, NamedFile } from './actions.js';

type UploadActions = Pick<
  Actions,
  | 'importFiles'
  | 'pauseUpload'
  | 'resumeUpload'
  | 'cancelUpload'
  | 'retryUpload'
  | 'pauseAllUploads'
  | 'resumeAllUploads'
  | 'retryAllUploads'
  | 'cancelAllUploads'
  | 'decideDuplicate'
  | 'provideUploadFile'
  | 'clearUploads'
>;

function toRequest(file: File | NamedFile, options: ImportOptions): UploadRequest {
  const named: NamedFile = 'file' in file ? file : { file, fileName: file.name };
  // What somebody brings may be there already; what was recorded or rendered is new, whatever its bytes.
  const brought = (options.sourceType ?? 'upload') === 'upload' && options.replaceAssetId === undefined;
  return {
    onDuplicate: brought ? 'ask' : 'upload-anyway',
    ...options,
    file: named.file,
    fileName: named.fileName,
    ...(named.handle ? { handle: named.handle } : {}),
  };
}

export function uploadActions({ uploads }: Pick<ActionContext, 'uploads'>): UploadActions {
  const each = (run: () => void): Promise<void> => {
    run();
    return Promise.resolve();
  };
  return {
    importFiles(files, options = {}): Promise<readonly UploadItem[]> {
      if (options.replaceAssetId !== undefined && files.length !== 1)
        return Promise.reject(
          new LecternError('invalid-input', { details: { path: 'files', expected: 'one file to replace an asset' } }),
        );
      return Promise.resolve(uploads.add(files.map((file) => toRequest(file, options))));
    },
    pauseUpload: (id) =>
      each(() => {
        uploads.pause(id);
      }),
    resumeUpload: (id) =>
      each(() => {
        uploads.resume(id);
      }),
    cancelUpload: (id) =>
      each(() => {
        uploads.cancel(id);
      }),
    retryUpload: (id) =>
      each(() => {
        uploads.retry(id);
      }),
    pauseAllUploads: () =>
      each(() => {
        uploads.pauseAll();
      }),
    resumeAllUploads: () =>
      each(() => {
        uploads.resumeAll();
      }),
    retryAllUploads: () =>
      each(() => {
        uploads.retryAll();
      }),
    cancelAllUploads: () =>
      each(() => {
        for (const item of uploads.items()) if (!isUploadOver(item)) uploads.cancel(item.id);
      }),
    decideDuplicate: (id, decision) =>
      each(() => {
        uploads.decide(id, decision);
      }),
    async provideUploadFile(id, file) {
      const item = uploads.items().find((candidate) => candidate.id === id);
      try {
        await uploads.provideFile(id, file);
      } catch (cause) {
        if (!isLecternError(cause) || !item) throw cause;
        const { code, details } = uploadError(cause, item);
        throw new LecternError(code, { details, cause });
      }
    },
    clearUploads: (id) =>
      each(() => {
        uploads.clear(id);
      }),
  };
}

/** What is told of an upload that doesn't go on by itself. */
function newsOf(item: UploadItem): { readonly key: MessageKey; readonly error: SerialisedError | null } | null {
  if (item.status === 'failed')
    return { key: 'notice.importFailed', error: uploadError(item.error ?? serialiseError(null), item) };
  if (item.status === 'done')
    return item.storedUndecodable ? { key: 'notice.importUndecodable', error: item.error } : null;
  if (uploadStanding(item) !== 'attention') return null;
  if (item.status === 'duplicate') return { key: 'notice.uploadDuplicate', error: null };
  if (item.status === 'needs-file') return { key: 'notice.uploadNeedsFile', error: null };
  return { key: 'notice.uploadPaused', error: item.error && uploadError(item.error, item) };
}

/** Keeps the `uploads` slice, and tells of files that didn't come in or wait for somebody, once each. Returns the end. */
export function tellOfUploads({ store, uploads }: ActionContext, actions: Pick<Actions, 'notify'>): () => void {
  const told = new Map<string, MessageKey>();
  const take = (items: readonly UploadItem[]): void => {
    store.setState({ uploads: { items } });
    const present = new Set(items.map((item) => item.id));
    for (const id of told.keys()) if (!present.has(id)) told.delete(id);
    const exported = new Set(store.getState().exports.jobs.map(({ id }) => id));
    for (const item of items) {
      // An export tells of itself, how it is stored included.
      const news = exported.has(item.id) ? null : newsOf(item);
      if (news === null) {
        told.delete(item.id);
        continue;
      }
      if (told.get(item.id) === news.key) continue;
      told.set(item.id, news.key);
      const failed = item.status === 'failed';
      actions.notify({
        tone: failed ? 'error' : 'warning',
        message: { key: news.key, params: { name: item.fileName } },
        error: news.error,
        ...(failed ? { durationMs: 12_000 } : {}),
      });
    }
  };
  // What earlier pages left is there before anything changes.
  if (uploads.items().length > 0) take(uploads.items());
  return uploads.subscribe(take);
}
