import { LecternError, toLecternError } from '@lectern/ports';
import { applyWrite, checkEpoch, emptyImage, evicted, isUnsaved } from '../journal-image.js';
import type { Journal, JournalImage, JournalWrite } from '../journal.js';
import type { Dice } from './dice.js';
import type { Host, World } from './world.js';

/** What is wrong with a browser's storage. */
export type StorageTrouble = 'none' | 'full' | 'closed' | 'aborting' | 'slow';

/** A write that was committed, for whoever checks the rules. */
export interface Committed {
  readonly before: JournalImage;
  readonly after: JournalImage;
  readonly epoch: number;
  readonly write: JournalWrite;
  readonly host: Host;
}

interface Pending {
  readonly host: Host;
  isOff: boolean;
}

/**
 * The journal of one user on one device, which all their tabs share. Transactions happen one after the other, each at
 * once, some time after it was asked for; the answer takes some time more, and a tab may be gone by then.
 */
export class DeviceJournal {
  readonly images: Map<string, JournalImage> = new Map();
  trouble: StorageTrouble = 'none';
  onCommit: (committed: Committed) => void = () => undefined;
  /** A broken journal: it takes the writes of tabs whose epoch is over. */
  readonly #ignoresEpochs: boolean;
  readonly #world: World;
  readonly #dice: Dice;
  readonly #pending: Set<Pending> = new Set();
  #busyUntil = 0;

  constructor(world: World, dice: Dice, ignoresEpochs: boolean) {
    this.#world = world;
    this.#dice = dice;
    this.#ignoresEpochs = ignoresEpochs;
  }

  /** As one tab has it. */
  of(host: Host): Journal {
    return {
      kind: 'indexeddb',
      read: (projectId) => this.#transact(host, false, () => this.images.get(projectId) ?? null),
      claim: (projectId, initial) =>
        this.#transact(host, false, () => {
          const image = this.images.get(projectId) ?? emptyImage(projectId, initial);
          const claimed = { ...image, meta: { ...image.meta, epoch: image.meta.epoch + 1 } };
          this.images.set(projectId, claimed);
          this.#world.tell(host.name, () => `claimed epoch ${claimed.meta.epoch}`);
          return claimed;
        }),
      write: (projectId, epoch, write) =>
        this.#transact(host, grows(write), () => {
          this.#write(host, projectId, epoch, write);
        }),
      unsaved: () =>
        this.#transact(host, false, () => [...this.images.values()].map(({ meta }) => meta).filter(isUnsaved)),
      evict: () =>
        this.#transact(host, false, () => {
          for (const image of this.images.values()) {
            const smaller = evicted(image);
            if (smaller === null) continue;
            this.images.set(image.meta.projectId, smaller);
            this.#world.tell(host.name, 'journal: gave up what is acknowledged, for room');
            if (this.trouble === 'full') this.trouble = 'none';
            return true;
          }
          return false;
        }),
      quarantined: () => Promise.resolve([]),
      dropQuarantined: () => Promise.resolve(),
      close: () => undefined,
    };
  }

  /** A tab is gone. What it had asked for may happen yet, in order, up to somewhere. */
  crashed(host: Host): void {
    let happens = true;
    for (const pending of this.#pending) {
      if (pending.host !== host) continue;
      happens &&= this.#dice.chance(0.6);
      pending.isOff = !happens;
    }
  }

  #write(host: Host, projectId: string, epoch: number, write: JournalWrite): void {
    const before = this.images.get(projectId);
    if (before === undefined || !this.#ignoresEpochs) checkEpoch(before?.meta, epoch);
    if (before === undefined) return;
    const after = applyWrite(before, this.#ignoresEpochs ? before.meta.epoch : epoch, write);
    this.images.set(projectId, after);
    this.#world.tell(host.name, () => `journal: ${describe(write, epoch)}`);
    this.onCommit({ before, after, epoch, write, host });
  }

  #transact<T>(host: Host, growing: boolean, run: () => T): Promise<T> {
    const world = this.#world;
    const dice = this.#dice;
    return new Promise((resolve, reject) => {
      const pending: Pending = { host, isOff: false };
      this.#pending.add(pending);
      const isSlow = this.trouble === 'slow' || dice.chance(0.02);
      this.#busyUntil = Math.max(this.#busyUntil, world.now) + dice.ms(1, isSlow ? 900 : 15);
      world.after(this.#busyUntil - world.now, () => {
        this.#pending.delete(pending);
        if (pending.isOff) return;
        const failure = this.#failure(growing);
        if (failure !== null) {
          world.tell(host.name, () => `journal: failed, ${failure.code}`);
          world.deliver(host, dice.ms(0, 10), () => {
            reject(failure);
          });
          return;
        }
        try {
          const result = run();
          world.deliver(host, dice.ms(0, isSlow ? 300 : 10), () => {
            resolve(result);
          });
        } catch (error) {
          world.deliver(host, dice.ms(0, 10), () => {
            reject(toLecternError(error));
          });
        }
      });
    });
  }

  #failure(growing: boolean): LecternError | null {
    switch (this.trouble) {
      case 'full':
        return growing ? new LecternError('quota-exceeded') : null;
      case 'closed':
        return new LecternError('storage-denied');
      case 'aborting':
        return this.#dice.chance(0.4) ? new LecternError(this.#dice.chance(0.5) ? 'aborted' : 'unknown') : null;
      case 'none':
      case 'slow':
        return null;
    }
  }
}

function grows({ append, snapshot, putOutbox }: JournalWrite): boolean {
  return (append?.length ?? 0) > 0 || (snapshot ?? null) !== null || putOutbox !== undefined;
}

function describe(
  { append, snapshot, putOutbox, dropOutbox, dropEntriesTo, meta }: JournalWrite,
  epoch: number,
): string {
  const parts = [
    append === undefined || append.length === 0 ? '' : `append ${append.map(({ seq }) => seq).join(',')}`,
    snapshot === undefined ? '' : snapshot === null ? 'no snapshot' : `snapshot ${snapshot.seq}`,
    dropEntriesTo === undefined ? '' : `drop to ${dropEntriesTo}`,
    putOutbox === undefined ? '' : `outbox + ${putOutbox.saveId} (to ${putOutbox.seqTo} on ${putOutbox.baseRev})`,
    dropOutbox === undefined || dropOutbox.length === 0 ? '' : `outbox - ${dropOutbox.join(',')}`,
    meta?.ackedSeq === undefined ? '' : `acked ${meta.ackedSeq} at rev ${meta.baseRev ?? '?'}`,
    meta?.lastSeq === undefined ? '' : `last ${meta.lastSeq}`,
  ];
  return `epoch ${epoch}: ${parts.filter((part) => part !== '').join(', ')}`;
}
