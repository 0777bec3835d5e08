import { LecternError, serialiseError, toLecternError } from '@lectern/ports';
import { diffDocuments, emptyHistory, isEmptyChange } from '@lectern/timeline';
import { pause } from './clock.js';
import type { DriverContext, SavedDocument } from './driver-context.js';
import type { Journal, JournalMeta } from './journal.js';
import { freshMeta } from './journal-writer.js';
import { retryMs } from './machine/transition.js';
import { decideOpening, fetchHead, type Head, type Opening } from './opening.js';
import type { ProjectLock } from './project-lock.js';
import type { TabChannel, TabMessage } from './tab-channel.js';

/** How long *Edit here* waits for the other tab to let go before it takes the lead all the same. */
const yieldTimeoutMs = 3000;
const leadRetryMs = 5000;
/** Catching up waits that long for more to catch up with. */
const catchUpMs = 250;

export interface RoleHooks {
  readonly journal: Journal;
  readonly saved: () => SavedDocument | null;
  /** Starts from an opening: with the epoch of a tab that edits, or null for one that watches. */
  readonly begin: (opening: Opening, epoch: number | null) => void;
  /** The back end acknowledged what the tab that edits sent. */
  readonly onAcknowledged: (rev: number, at: string, isAllOfIt: boolean) => void;
  /** A tab that watches has read that head; word of it may never have come here. */
  readonly onHead: (rev: number) => void;
}

/** Which tab edits, and what the others show: locks and messages, as the machine says. */
export class TabRole {
  readonly #context: DriverContext;
  readonly #hooks: RoleHooks;
  readonly #channel: TabChannel;
  #lock: ProjectLock | null;
  /** A place in the queue for the lock, to be called off. */
  #waiting: AbortController | null = null;
  /** Taking the lead. */
  #leading: Promise<void> = Promise.resolve();
  /** The last attempt at it failed. */
  #couldNotLead = false;
  /** The epoch of the tab that is followed. */
  #followedEpoch = 0;
  #catchingUp = false;
  /** Counts what was told while catching up, which that may not have seen. */
  #toldMeanwhile = 0;
  #stopCatchUp: (() => void) | null = null;
  #stopCatchUpRetry: (() => void) | null = null;
  #catchUpFailures = 0;

  constructor(context: DriverContext, hooks: RoleHooks, lock: ProjectLock | null) {
    this.#context = context;
    this.#hooks = hooks;
    this.#lock = lock;
    const { locks, lockName } = context.options;
    this.#channel = locks.channel(lockName);
    this.#channel.subscribe((message) => {
      if (!context.closed) this.#hear(message);
    });
  }

  tell(message: TabMessage): void {
    this.#channel.post(message);
  }

  ping(): void {
    this.#channel.post({ type: 'ping', rev: this.#context.machine.remote.baseRev });
  }

  beat(): void {
    const { role, local } = this.#context.machine;
    this.#channel.post({ type: 'beat', epoch: role.epoch, seq: local.durableSeq });
  }

  async release(): Promise<void> {
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }

  async dispose(): Promise<void> {
    this.#callOffWaiting();
    this.#stopCatchUp?.();
    this.#stopCatchUpRetry?.();
    this.#channel.close();
    await this.release();
  }

  /** The lock was taken away. */
  lockLost(): void {
    this.#lock = null;
    this.#context.take({ type: 'lost' });
  }

  /** Queues for the lock, and leads once it is this tab's turn. */
  async waitForTurn(): Promise<void> {
    if (this.#waiting !== null) return;
    const waiting = new AbortController();
    this.#waiting = waiting;
    const { locks, lockName, clock } = this.#context.options;
    try {
      // A tab whose epoch is over may hold the lock still.
      await this.release();
      // Tabs that can't lead would hand the lock to and fro without end.
      if (this.#couldNotLead) await pause(clock, leadRetryMs);
      if (this.#waiting !== waiting) return;
      const lock = await locks.acquire(lockName, this.#onLost, waiting.signal);
      if (this.#waiting !== waiting || !this.#isFollowing()) await lock.release();
      else await this.#lead(lock);
    } catch {
      // Called off, or the project couldn't be read: then it is asked for again below.
    }
    if (this.#waiting === waiting) this.#waiting = null;
    if (this.#hasLock() || !this.#isFollowing()) return;
    await pause(clock, leadRetryMs);
    if (!this.#hasLock() && this.#isFollowing()) await this.waitForTurn();
  }

  /** Asks the tab that edits to let go, and takes the lead from it when it doesn't. @throws LecternError */
  async editHere(): Promise<void> {
    const { role } = this.#context.machine;
    if (role.status === 'leader') return;
    if (role.stranded > 0)
      throw new LecternError('forbidden', { message: 'changes that nothing has kept are on show here' });
    this.#channel.post({ type: 'yield' });
    const { clock } = this.#context.options;
    for (let waited = 0; waited < yieldTimeoutMs && !this.#hasLock(); waited += 50) await pause(clock, 50);
    if (!this.#hasLock()) await this.steal();
    await this.#leading;
  }

  /** Takes the lock from whoever has it: a frozen tab, usually. Its epoch ends, so it writes nothing when it wakes. */
  async steal(): Promise<void> {
    const { locks, lockName } = this.#context.options;
    const lock = await locks.steal(lockName, this.#onLost);
    if (this.#context.closed) await lock.release();
    else await this.#lead(lock);
  }

  /** Shows what the tab that edits has: the journal over the head. */
  catchUp(): void {
    this.#stopCatchUp ??= this.#context.options.clock.after(catchUpMs, () => {
      this.#stopCatchUp = null;
      void this.#catchUpNow();
    });
  }

  readonly #onLost = (): void => {
    this.lockLost();
  };

  #hasLock(): boolean {
    return this.#lock !== null || this.#context.closed;
  }

  #isFollowing(): boolean {
    const { role } = this.#context.machine;
    return !this.#context.closed && role.status === 'follower' && role.stranded === 0;
  }

  #callOffWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.abort();
  }

  #lead(lock: ProjectLock): Promise<void> {
    this.#lock = lock;
    this.#callOffWaiting();
    this.#leading = this.#takeLead(lock);
    this.#leading.catch(() => undefined);
    return this.#leading;
  }

  async #takeLead(lock: ProjectLock): Promise<void> {
    const { options, take } = this.#context;
    const { projects, projectId, title, empty } = options;
    take({ type: 'requested' });
    try {
      const head = await fetchHead(projects, projectId, this.#context.options.clock);
      const image = await this.#hooks.journal.claim(projectId, freshMeta(title()));
      const opening =
        this.#openingAsShown(head, image.meta) ??
        (await decideOpening(projects, head, image, empty, () =>
          fetchHead(projects, projectId, this.#context.options.clock),
        ));
      if (this.#lock !== lock) throw new Error('the lock was taken away');
      this.#couldNotLead = false;
      this.#begin(opening, image.meta.epoch);
    } catch (error) {
      this.#couldNotLead = true;
      if (this.#lock === lock) await this.release();
      take({ type: 'denied' });
      throw toLecternError(error);
    }
  }

  /**
   * Without a head to read and with nothing unsaved, what is on show here is as good as the head: the back end is out of
   * reach, or it has never seen the project, or it was removed there, which the next save tells.
   */
  #openingAsShown(head: Head, meta: Pick<JournalMeta, 'baseRev' | 'lastSeq' | 'ackedSeq'>): Opening | null {
    const saved = this.#hooks.saved();
    if (head.found || saved === null || meta.lastSeq > meta.ackedSeq) return null;
    if (head.unreachable !== null && (saved.rev === 0 || saved.rev < meta.baseRev)) return null;
    const { remote } = this.#context.machine;
    return {
      document: saved.document,
      history: emptyHistory,
      savedDocument: saved.document,
      savedRev: saved.rev,
      // What a newer version made stays for looking at.
      readOnly: remote.reason?.code === 'too-new',
      baseRev: saved.rev,
      baseHash: remote.baseRev === saved.rev ? remote.baseHash : '',
      ackedSeq: meta.ackedSeq,
      lastSeq: meta.lastSeq,
      lastAt: '',
      journaled: false,
      restorable: null,
      damaged: false,
      unreachable: head.unreachable === null ? null : serialiseError(head.unreachable),
      ownHashes: [],
      write: null,
    };
  }

  #begin(opening: Opening, epoch: number | null): void {
    const { editor } = this.#context;
    const change = editor === null ? null : diffDocuments(editor.document, opening.document);
    const isShown = change !== null && isEmptyChange(change);
    if (editor !== null && change !== null && !isShown) editor.apply(change);
    // Who takes the lead can undo what the one before could.
    if (editor !== null && epoch !== null && opening.history !== emptyHistory)
      editor.load(editor.document, opening.history);
    // What was on show here already is no surprise to anybody.
    this.#hooks.begin(isShown ? { ...opening, restorable: null } : opening, epoch);
  }

  async #catchUpNow(): Promise<void> {
    if (!this.#isFollowing()) return;
    if (this.#catchingUp) {
      this.#toldMeanwhile += 1;
      return;
    }
    this.#catchingUp = true;
    const told = this.#toldMeanwhile;
    this.#stopCatchUpRetry?.();
    this.#stopCatchUpRetry = null;
    const { projects, projectId, empty } = this.#context.options;
    try {
      const [head, image] = await Promise.all([
        fetchHead(projects, projectId, this.#context.options.clock),
        this.#hooks.journal.read(projectId),
      ]);
      const opening = await decideOpening(projects, head, image, empty, () =>
        fetchHead(projects, projectId, this.#context.options.clock),
      );
      if (!this.#isFollowing()) return;
      this.#followedEpoch = image?.meta.epoch ?? 0;
      this.#catchUpFailures = 0;
      this.#begin(opening, null);
    } catch {
      // Whatever is told in the meantime begins it sooner.
      if (this.#isFollowing()) this.#retryCatchUp();
    } finally {
      this.#catchingUp = false;
      if (this.#toldMeanwhile !== told && this.#isFollowing()) this.catchUp();
    }
  }

  #retryCatchUp(): void {
    const ms = retryMs(this.#catchUpFailures);
    this.#catchUpFailures += 1;
    this.#stopCatchUpRetry = this.#context.options.clock.after(ms, () => {
      this.#stopCatchUpRetry = null;
      void this.#catchUpNow();
    });
  }

  #hear(message: TabMessage): void {
    const { take } = this.#context;
    switch (message.type) {
      case 'ping':
        take({ type: 'pinged' });
        if (message.rev !== undefined) this.#hooks.onHead(message.rev);
        return;
      case 'yield':
        take({ type: 'yield-asked' });
        return;
      case 'beat':
      case 'changed':
      case 'acknowledged':
      case 'replaced':
        if (!this.#isFollowing()) return;
        take({ type: 'heard' });
        this.#followMessage(message);
    }
  }

  #followMessage(message: Extract<TabMessage, { readonly epoch: number }>): void {
    const { editor, machine, take } = this.#context;
    // A journal of this page alone says nothing about another one's.
    if (editor === null || this.#hooks.journal.kind === 'memory') return;
    const { ackedSeq, baseRev, baseHash } = machine.remote;
    const { seq } = machine.local;
    if (message.epoch !== this.#followedEpoch || message.type === 'replaced') {
      this.catchUp();
      return;
    }
    switch (message.type) {
      case 'beat':
        if (message.seq > seq) this.catchUp();
        return;
      case 'changed':
        if (message.seq <= seq) return;
        if (message.seq > seq + 1 || this.#catchingUp) {
          this.catchUp();
          return;
        }
        editor.apply(message.change);
        take({ type: 'followed', seq: message.seq, ackedSeq, baseRev, baseHash });
        return;
      case 'acknowledged':
        if (message.rev <= baseRev) return;
        take({ type: 'followed', seq, ackedSeq: message.seq, baseRev: message.rev, baseHash: message.hash });
        this.#hooks.onAcknowledged(message.rev, message.at, message.seq === seq);
        // What is being read may be older than what was just told.
        if (message.seq > seq || this.#catchingUp) this.catchUp();
        return;
    }
  }
}
