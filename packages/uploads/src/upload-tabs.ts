import type { UploadItem } from '@lectern/ports';
import type { UploadChannel, UploadCommand, UploadMessage } from './upload-channel.js';
import { Upload } from './upload.js';
import { serialiseError, LecternError } from '@lectern/ports';
import type { BrokenRow } from './upload-journal.js';
import type { UploadLock } from './upload-locks.js';
import type { UploadRow } from './upload-row.js';
import type { UploadStorage } from './upload-storage.js';

/** What the tabs need of the engine. */
export interface TabsHost {
  readonly uploads: ReadonlyMap<string, Upload>;
  /** Shows an upload that an earlier page or another tab began. */
  show(upload: Upload): void;
  /** It is this tab's turn: the row says where it stands. */
  drive(upload: Upload, row: UploadRow): void;
  /** The bytes of an upload that was cancelled are still to be taken away. */
  clearAway(upload: Upload): void;
  /** Another tab told of it. */
  update(upload: Upload, item: UploadItem): void;
  /** It is in the library or nowhere, and its row has gone. */
  vanished(upload: Upload): void;
  remove(upload: Upload): void;
  command(id: string, command: UploadCommand): void;
}

/**
 * The uploads of one user in all tabs. Each tab asks for the lock of each upload; whoever has it sends it, and the others
 * show what they are told. When a tab dies, the browser gives its locks to the next.
 */
export class UploadTabs {
  readonly #host: TabsHost;
  readonly #storage: UploadStorage;
  readonly #namespace: string;
  readonly #userId: string;
  readonly #channel: UploadChannel;
  readonly #told = new Map<string, UploadItem>();
  readonly #ending = new AbortController();

  constructor(host: TabsHost, storage: UploadStorage, namespace: string, userId: string) {
    this.#host = host;
    this.#storage = storage;
    this.#namespace = namespace;
    this.#userId = userId;
    this.#channel = storage.openChannel(`lectern-uploads:${namespace}:${userId}`);
    this.#channel.subscribe((message) => {
      void this.#hear(message);
    });
  }

  /** Takes up what earlier pages and other tabs have begun. */
  async takeUp(): Promise<void> {
    const { rows, broken } = await this.#storage.journal.rows(this.#namespace, this.#userId);
    if (this.#isClosed()) return;
    for (const row of broken) this.#showBroken(row);
    for (const row of rows) await this.#adopt(row);
    this.#channel.post({ type: 'ask' });
  }

  /** The right to send an upload that begins here. @throws `aborted` */
  async lock(id: string, signal: AbortSignal): Promise<UploadLock> {
    const name = this.#lockName(id);
    // One that begins again may find its old lock on its way back.
    return (await this.#storage.locks.tryAcquire(name)) ?? this.#storage.locks.acquire(name, signal);
  }

  /** Tells the other tabs of what is sent here, where it has changed. */
  tell(uploads: Iterable<Upload>): void {
    for (const { id, item, lock } of uploads) {
      if (!lock || this.#told.get(id) === item) continue;
      this.#told.set(id, item);
      this.#channel.post({ type: 'item', item });
    }
  }

  tellGone(id: string): void {
    this.#told.delete(id);
    this.#channel.post({ type: 'gone', id });
  }

  ask(id: string, command: UploadCommand): void {
    this.#channel.post({ type: 'command', id, command });
  }

  close(): void {
    this.#ending.abort();
    this.#channel.close();
  }

  #isClosed(): boolean {
    return this.#ending.signal.aborted;
  }

  #lockName(id: string): string {
    return `lectern-upload:${this.#namespace}:${id}`;
  }

  async #adopt(row: UploadRow): Promise<void> {
    const { journal, locks } = this.#storage;
    if (this.#isClosed() || this.#host.uploads.has(row.id)) return;
    const lock = await locks.tryAcquire(this.#lockName(row.id));
    if (this.#isClosed() || this.#host.uploads.has(row.id) || (!lock && row.status === 'cancelling')) {
      lock?.release();
      return;
    }
    const upload = Upload.ofRow(row, journal, lock === null);
    // What somebody cancelled isn't shown again; there is only something left to do about it.
    if (row.status !== 'cancelling') this.#host.show(upload);
    if (lock) await this.#enter(upload, lock);
    else this.#queue(upload);
  }

  #queue(upload: Upload): void {
    const controller = new AbortController();
    upload.queueing = controller;
    this.#storage.locks.acquire(this.#lockName(upload.id), controller.signal).then(
      (lock) => this.#enter(upload, lock),
      // Called off, or the browser refuses: then it stays with the others.
      () => undefined,
    );
  }

  /** The journal tells how far the tab before has come. */
  async #enter(upload: Upload, lock: UploadLock): Promise<void> {
    const row = await this.#storage.journal.get(upload.id).catch(() => null);
    if (this.#isClosed() || upload.queueing?.signal.aborted === true) {
      lock.release();
      return;
    }
    upload.queueing = null;
    if (!row) {
      lock.release();
      if (!upload.isOver) this.#host.vanished(upload);
      return;
    }
    upload.lock = lock;
    upload.row = row;
    if (row.status === 'cancelling') this.#host.clearAway(upload);
    else this.#host.drive(upload, row);
  }

  #showBroken({ id, fileName, sizeBytes }: BrokenRow): void {
    if (this.#host.uploads.has(id)) return;
    const error = serialiseError(new LecternError('corrupt', { message: `What was noted of ${fileName} is damaged` }));
    const upload = new Upload(
      {
        id,
        fileName,
        sizeBytes,
        sentBytes: 0,
        status: 'failed',
        assetId: id,
        error,
        storedUndecodable: false,
        bytesPerSecond: null,
        secondsLeft: null,
        retryAt: null,
        elsewhere: false,
        duplicates: [],
      },
      this.#userId,
      null,
    );
    upload.keepIn(this.#storage.journal);
    this.#host.show(upload);
  }

  async #hear(message: UploadMessage): Promise<void> {
    if (this.#isClosed()) return;
    switch (message.type) {
      case 'ask':
        this.#told.clear();
        this.tell(this.#host.uploads.values());
        return;
      case 'command': {
        const upload = this.#host.uploads.get(message.id);
        if (upload && !upload.item.elsewhere) this.#host.command(message.id, message.command);
        return;
      }
      case 'gone': {
        const upload = this.#host.uploads.get(message.id);
        if (upload?.item.elsewhere === true) this.#host.remove(upload);
        return;
      }
      case 'item': {
        const { item } = message;
        if (!this.#host.uploads.has(item.id)) {
          const row = await this.#storage.journal.get(item.id).catch(() => null);
          if (row?.namespace !== this.#namespace || row.userId !== this.#userId) return;
          await this.#adopt(row);
        }
        const upload = this.#host.uploads.get(item.id);
        if (upload?.item.elsewhere !== true) return;
        this.#host.update(upload, { ...item, elsewhere: true });
        // Somebody tries again what was over: there is something to wait for once more.
        if (!upload.isOver && !upload.queueing) this.#queue(upload);
        return;
      }
    }
  }
}
