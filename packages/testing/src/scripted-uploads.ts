import {
  LecternError,
  deserialiseError,
  type DuplicateDecision,
  type UploadEngine,
  type UploadItem,
  type UploadRequest,
} from '@lectern/ports';

/** An upload engine that sends nothing: a test says what happens, and it does what a person asks at once. */
export interface ScriptedUploads extends UploadEngine {
  /** What was asked of it, in order: `pause upload-1`. */
  readonly asked: readonly string[];
  /** What was handed to it, in order. */
  readonly requests: readonly UploadRequest[];
  /** Lets something happen to an upload. */
  set(id: string, change: Partial<UploadItem>): void;
  /** Lets a second of sending pass for all that is being sent. */
  pass(): void;
}

const mebibyte = 1024 * 1024;

/** An upload of 40 MB that is being sent, or what is said otherwise. */
export function createUploadItem(item: Partial<UploadItem> & { readonly id: string }): UploadItem {
  const sizeBytes = item.sizeBytes ?? 40 * mebibyte;
  return {
    fileName: `${item.id}.mp4`,
    sentBytes: 0,
    status: 'sending',
    assetId: `asset-of-${item.id}`,
    error: null,
    storedUndecodable: false,
    bytesPerSecond: null,
    secondsLeft: null,
    retryAt: null,
    elsewhere: false,
    duplicates: [],
    ...item,
    sizeBytes,
  };
}

export function createScriptedUploads(
  beginning: readonly (Partial<UploadItem> & { readonly id: string })[] = [],
): ScriptedUploads {
  let items: readonly UploadItem[] = beginning.map(createUploadItem);
  const asked: string[] = [];
  const requests: UploadRequest[] = [];
  const listeners = new Set<(items: readonly UploadItem[]) => void>();

  const put = (next: readonly UploadItem[]): void => {
    items = next;
    for (const listener of [...listeners]) listener(items);
  };
  const set = (id: string, change: Partial<UploadItem>): void => {
    put(items.map((item) => (item.id === id ? { ...item, ...change } : item)));
  };
  const ask = (what: string, id: string, change: Partial<UploadItem>): void => {
    asked.push(`${what} ${id}`);
    set(id, change);
  };
  const each = (statuses: readonly UploadItem['status'][], run: (id: string) => void): void => {
    for (const { id, status } of items) if (statuses.includes(status)) run(id);
  };
  const engine: ScriptedUploads = {
    asked,
    requests,
    set,
    pass() {
      put(
        items.map((item) => {
          if (item.status !== 'sending' || item.elsewhere || item.bytesPerSecond === null) return item;
          const sentBytes = Math.min(item.sizeBytes, item.sentBytes + item.bytesPerSecond);
          const left = (item.sizeBytes - sentBytes) / item.bytesPerSecond;
          return left === 0
            ? { ...item, sentBytes, status: 'done', bytesPerSecond: null, secondsLeft: null }
            : { ...item, sentBytes, secondsLeft: left };
        }),
      );
    },
    add(added) {
      requests.push(...added);
      const fresh = added.map((request, index) =>
        createUploadItem({
          id: `added-${String(items.length + index + 1)}`,
          fileName: request.fileName,
          sizeBytes: request.file.size,
          status: 'queued',
        }),
      );
      put([...items, ...fresh]);
      return fresh;
    },
    finished(id) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const item = items.find((candidate) => candidate.id === id);
          if (item?.status === 'done') resolve(item);
          else if (item?.status === 'failed')
            reject(item.error ? deserialiseError(item.error) : new LecternError('unknown'));
          else if (!item || item.status === 'cancelled') reject(new LecternError('aborted'));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      });
    },
    items: () => items,
    pause: (id) => {
      ask('pause', id, { status: 'paused', bytesPerSecond: null, secondsLeft: null });
    },
    resume: (id) => {
      ask('resume', id, { status: 'sending', error: null });
    },
    cancel: (id) => {
      ask('cancel', id, { status: 'cancelled' });
    },
    retry: (id) => {
      ask('retry', id, { status: 'queued', error: null, sentBytes: 0 });
    },
    pauseAll() {
      each(['queued', 'checking', 'snapshotting', 'reserving', 'sending'], (id) => {
        engine.pause(id);
      });
    },
    resumeAll() {
      each(['paused'], (id) => {
        engine.resume(id);
      });
    },
    retryAll() {
      each(['failed'], (id) => {
        engine.retry(id);
      });
    },
    decide(id, decision: DuplicateDecision) {
      const change: Partial<UploadItem> =
        decision.use === 'existing' ? { status: 'done', assetId: decision.assetId } : { status: 'queued' };
      ask(`decide ${decision.use}`, id, { ...change, duplicates: [] });
    },
    provideFile(id, file) {
      const item = items.find((candidate) => candidate.id === id);
      if (item?.sizeBytes !== file.size)
        return Promise.reject(
          new LecternError('invalid-input', { details: { path: 'file', expected: 'the same file' } }),
        );
      ask('provideFile', id, { status: 'sending', error: null });
      return Promise.resolve();
    },
    clear(id) {
      asked.push(`clear ${id ?? 'all'}`);
      const over: readonly string[] = ['done', 'failed', 'cancelled'];
      put(items.filter((item) => !over.includes(item.status) || (id !== undefined && item.id !== id)));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      listeners.clear();
    },
  };
  return engine;
}
