import { LecternError, type SaveKind } from '@lectern/ports';
import { safeSeq, type AutosaveMachine } from './machine/machine.js';

interface SaveWaiter {
  readonly seq: number;
  /** Null when any save will do. */
  readonly kind: SaveKind | null;
  readonly resolve: () => void;
  readonly reject: (error: LecternError) => void;
}

/** Those who wait for a change to be kept, or to be saved. */
export class SaveWaiters {
  readonly #durable: Set<Omit<SaveWaiter, 'kind'>> = new Set();
  readonly #saved: Set<SaveWaiter> = new Set();

  /** Resolves once that change would outlive a crash; rejects when another tab took over and nothing had kept it. */
  durable(machine: AutosaveMachine, seq: number): Promise<void> {
    if (safeSeq(machine) >= seq) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#durable.add({ seq, resolve, reject });
    });
  }

  /** Resolves when the back end acknowledged that change; rejects when it says, or nobody says, that it won't now. */
  saved({ remote }: AutosaveMachine, seq: number, kind: SaveKind | null): Promise<void> {
    if (kind === null && remote.ackedSeq >= seq && remote.status === 'synced' && remote.baseRev > 0)
      return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#saved.add({ seq, kind, resolve, reject });
    });
  }

  /** The back end acknowledged everything up to a change. */
  acknowledge(seqTo: number, kind: SaveKind | null): void {
    for (const waiter of [...this.#saved]) {
      if (seqTo < waiter.seq || (waiter.kind !== null && waiter.kind !== kind)) continue;
      this.#saved.delete(waiter);
      waiter.resolve();
    }
  }

  /** After each step of the machine. */
  wake(machine: AutosaveMachine): void {
    const safe = safeSeq(machine);
    for (const waiter of [...this.#durable]) {
      if (waiter.seq > safe) continue;
      this.#durable.delete(waiter);
      waiter.resolve();
    }
    const { role, remote } = machine;
    // From now on the numbers are those of the tab that edits.
    if (role.status !== 'leader' && role.stranded === 0) this.#strand();
    if (role.status !== 'leader') {
      if (role.status === 'follower') this.reject(new LecternError('forbidden', { message: 'another tab edits' }));
      return;
    }
    const { status, reason } = remote;
    const isHopeful = status === 'synced' || status === 'dirty' || status === 'saving';
    if (isHopeful || reason === null) return;
    this.reject(new LecternError(reason.code, { details: reason.details, message: reason.message }));
  }

  #strand(): void {
    for (const waiter of this.#durable) waiter.reject(new LecternError('forbidden', { message: 'another tab edits' }));
    this.#durable.clear();
  }

  reject(error: LecternError): void {
    for (const waiter of [...this.#saved]) waiter.reject(error);
    this.#saved.clear();
  }
}
