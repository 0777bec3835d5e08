import { LecternError, type SaveKind, type SerialisedError } from '@lectern/ports';
import { diffDocuments, isEmptyChange, type Change } from '@lectern/timeline';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AutosaveState, Merged, Restorable } from './autosave-state.js';
import type { Autosave, ConflictChoice, ConflictDocuments } from './autosave.js';
import { pause } from './clock.js';
import { ConflictResolver, openHead } from './conflict-resolver.js';
import type { AutosaveDriverOptions, DriverContext, SavedDocument, SavedEditor } from './driver-context.js';
import { JournalWriter } from './journal-writer.js';
import type { Journal, QuarantinedPart } from './journal.js';
import {
  initialMachine,
  step as machineStep,
  type AutosaveEvent,
  type AutosaveMachine,
  type Effect,
  type PreparedSave,
  type TimerName,
} from './machine/machine.js';
import type { Opening } from './opening.js';
import type { ProjectLock } from './project-lock.js';
import { RemoteSaver } from './remote-saver.js';
import { SaveWaiters } from './save-waiters.js';
import { TabRole } from './tab-role.js';

/** What of a project exists before its editor does. */
export interface OpenedForEditing {
  readonly opening: Opening;
  readonly lock: ProjectLock | null;
  readonly epoch: number;
  /** The journal that took the project, and why the better one didn't; null when it did. */
  readonly journal: Journal;
  readonly journalError: SerialisedError | null;
}

/** Carries out what the machine says, through the parts for journal, back end, conflicts and tabs. One per open project. */
export class AutosaveDriver implements Autosave {
  readonly store: StoreApi<AutosaveState>;
  readonly #options: AutosaveDriverOptions;
  readonly #journal: JournalWriter;
  readonly #saver: RemoteSaver;
  readonly #resolver: ConflictResolver;
  readonly #role: TabRole;
  readonly #waiters: SaveWaiters = new SaveWaiters();
  readonly #timers: Map<TimerName, () => void> = new Map();
  readonly #stops: (() => void)[] = [];
  #machine: AutosaveMachine = initialMachine;
  #editor: SavedEditor | null = null;
  /** What the back end has, as far as this tab knows it. */
  #saved: SavedDocument;
  #savedAt: string | null = null;
  #retryAt: string | null = null;
  #restorable: Restorable | null = null;
  #merged: Merged | null = null;
  #journalError: SerialisedError | null;
  /** The answer to a conflict that is being carried out. */
  #resolution: Promise<void> = Promise.resolve();
  #opening: Promise<void> | null = null;
  #closed = false;

  constructor(options: AutosaveDriverOptions, opened: OpenedForEditing) {
    this.#options = options;
    this.#journalError = opened.journalError;
    this.#saved = { rev: 0, document: opened.opening.savedDocument };
    const context = this.#context();
    this.#journal = new JournalWriter(context, opened.journal);
    this.#saver = new RemoteSaver(context);
    this.#resolver = new ConflictResolver(context, this.#saver, {
      saved: () => this.#saved,
      adopt: (saved) => {
        this.#replaceDocument(saved);
      },
      onMerged: (merged) => {
        this.#merged = merged;
      },
    });
    this.#role = new TabRole(
      context,
      {
        journal: opened.journal,
        saved: () => this.#saved,
        begin: (opening, epoch) => {
          this.#begin(opening, epoch);
        },
        onAcknowledged: (rev, at, isAllOfIt) => {
          this.#savedAt = at;
          if (isAllOfIt && this.#editor !== null) this.#saved = { rev, document: this.#editor.document };
          this.#options.onFollowed();
          this.#publishState();
        },
        onHead: (rev) => {
          // Asked every two seconds; an answer may take longer.
          if (this.#opening === null && this.#mayFollow(rev)) void this.#follow(rev);
        },
      },
      opened.lock,
    );
    this.store = createStore<AutosaveState>(() => this.#snapshot());
    this.#begin(opened.opening, opened.lock === null ? null : opened.epoch);
  }

  /** Joins it with its editor; nothing is saved before. */
  attach(editor: SavedEditor): void {
    this.#editor = editor;
    const { lifecycle, projects, identity, projectId, userId } = this.#options;
    this.#stops.push(
      lifecycle.subscribe((event) => {
        this.#take({ type: event });
      }),
      projects.subscribe((notice) => {
        if (notice.projectId === projectId) void this.#follow(notice.rev);
      }),
      identity.subscribe((current) => {
        this.#take({ type: current?.userId === userId ? 'signed-in' : 'signed-out' });
      }),
    );
    this.#showRole();
    if (this.#machine.role.status !== 'leader') this.#take({ type: 'denied' });
  }

  /** Tells of a change that was made on the timeline. */
  record(change: Change): void {
    if (this.#machine.role.status !== 'leader' || isEmptyChange(change)) return;
    const seq = this.#machine.local.seq + 1;
    this.#journal.record(seq, change);
    this.#take({ type: 'edited', seq });
  }

  saveNow(kind: Exclude<SaveKind, 'auto' | 'conflict'> = 'manual'): Promise<void> {
    const { role, remote, local } = this.#machine;
    if (role.status !== 'leader')
      return Promise.reject(new LecternError('forbidden', { message: 'this tab is read-only' }));
    if (remote.status === 'conflict') return Promise.reject(new LecternError('conflict'));
    if (kind === 'manual' && remote.status === 'synced' && remote.baseRev > 0) return Promise.resolve();
    const outcome = this.#waiters.saved(this.#machine, local.seq, kind === 'manual' ? null : kind);
    this.#take({ type: 'save', kind });
    return outcome;
  }

  lastSeq(): number {
    return this.#machine.local.seq;
  }

  durable(seq: number): Promise<void> {
    return this.#waiters.durable(this.#machine, seq);
  }

  restore(): void {
    this.#restorable = null;
    this.#publishState();
  }

  discardRestore(): void {
    const editor = this.#editor;
    if (this.#restorable === null || editor === null) return;
    // What was found becomes a revision first, so that it stays reachable after this browser forgot it.
    if (this.#machine.remote.status === 'dirty') this.#take({ type: 'save', kind: 'auto' });
    this.#restorable = null;
    editor.replace(diffDocuments(editor.document, this.#saved.document), 'project.restore');
    this.#publishState();
  }

  openConflict(): Promise<ConflictDocuments> {
    return this.#resolver.documents();
  }

  async resolve(choice: ConflictChoice): Promise<void> {
    if (this.#machine.remote.status !== 'conflict')
      throw new LecternError('conflict', { message: 'there is no conflict' });
    this.#take({ type: 'choose', choice });
    if (choice === 'keep-mine') await this.#waiters.saved(this.#machine, this.#machine.local.seq, null);
    else await this.#resolution;
  }

  editHere(): Promise<void> {
    return this.#role.editHere();
  }

  letGo(): void {
    this.#take({ type: 'let-go' });
  }

  dismissMerged(): void {
    this.#merged = null;
    this.#publishState();
  }

  quarantined(): Promise<readonly QuarantinedPart[]> {
    return this.#journal.journal.quarantined(this.#options.projectId);
  }

  dropQuarantined(): Promise<void> {
    return this.#journal.journal.dropQuarantined(this.#options.projectId);
  }

  /** The lock was taken away. */
  lockLost(): void {
    this.#role.lockLost();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#take({ type: 'hide' });
    const { role, local, remote } = this.#machine;
    const underWay = remote.status === 'saving' || remote.status === 'dirty' || remote.status === 'merging';
    const isLeader = role.status === 'leader';
    if (isLeader) {
      await Promise.race([
        Promise.allSettled([
          this.durable(local.seq),
          underWay ? this.#waiters.saved(this.#machine, local.seq, null) : null,
        ]),
        pause(this.#options.clock, this.#options.closeMs),
      ]);
    }
    this.#closed = true;
    if (isLeader && this.#machine.remote.status === 'synced' && this.#machine.role.status === 'leader')
      await this.#journal.clear();
    await this.#journal.settled();
    this.#journal.dispose();
    this.#saver.dispose();
    for (const stop of this.#stops.splice(0)) stop();
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    await this.#role.dispose();
    this.#waiters.reject(new LecternError('aborted'));
  }

  #context(): DriverContext {
    const read = { machine: () => this.#machine, editor: () => this.#editor, closed: () => this.#closed };
    return {
      options: this.#options,
      get machine() {
        return read.machine();
      },
      get editor() {
        return read.editor();
      },
      get closed() {
        return read.closed();
      },
      take: (event) => {
        this.#take(event);
      },
      tell: (message) => {
        this.#role.tell(message);
      },
    };
  }

  #begin(opening: Opening, epoch: number | null): void {
    this.#saved = { rev: opening.savedRev, document: opening.savedDocument };
    this.#restorable = epoch === null ? null : opening.restorable;
    this.#journal.begin(opening);
    const { baseRev, baseHash, ackedSeq, lastSeq, unreachable, ownHashes, readOnly, write } = opening;
    if (epoch !== null) this.#take({ type: 'granted', epoch });
    else if (this.#machine.role.status === 'none') this.#take({ type: 'requested' });
    this.#take({
      type: 'opened',
      baseRev,
      baseHash,
      ackedSeq,
      lastSeq,
      unreachable,
      ownHashes,
      tooNew: readOnly,
      volatile: this.#journal.journal.kind === 'memory',
    });
    if (epoch !== null && write !== null) this.#journal.write(write).catch(() => undefined);
  }

  #take(event: AutosaveEvent): void {
    if (this.#closed) return;
    const { debounceMs, deadlineMs, step = machineStep } = this.#options;
    const before = this.#machine;
    const { machine, effects } = step(before, event, { debounceMs, deadlineMs });
    this.#machine = machine;
    // Before the effects: whoever hears of a document that is taken away has to be read-only by then.
    if (before.role !== machine.role) this.#showRole();
    for (const effect of effects) this.#run(effect);
    this.#waiters.wake(this.#machine);
    this.#publishState();
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case 'start-timer':
        this.#startTimer(effect.name, effect.ms);
        return;
      case 'stop-timer':
        this.#stopTimer(effect.name);
        return;
      case 'ping':
        this.#role.ping();
        return;
      case 'beat':
        this.#role.beat();
        return;
      case 'wait-turn':
        void this.#role.waitForTurn();
        return;
      case 'steal':
        this.#role.steal().catch(() => {
          if (this.#machine.role.status === 'requesting') this.#take({ type: 'denied' });
        });
        return;
      case 'release':
        void this.#role.release();
        return;
      case 'catch-up':
        this.#role.catchUp();
        return;
      case 'append':
        void this.#journal.append(effect.toSeq);
        return;
      case 'compact':
        this.#journal.compact();
        return;
      case 'clear-journal':
        void this.#journal.clear();
        return;
      case 'make-room':
        void this.#makeRoom();
        return;
      case 'prepare':
        void this.#saver.prepare(effect.kind, effect.urgent);
        return;
      case 'write-outbox':
        void this.#writeOutbox(effect.save);
        return;
      case 'send':
        void this.#saver.send(effect);
        return;
      case 'acknowledge':
        this.#acknowledge(effect);
        return;
      case 'merge':
        void this.#resolver.merge();
        return;
      case 'adopt':
        this.#resolution = this.#resolver.adopt();
        this.#resolution.catch(() => undefined);
        return;
      case 'fork':
        this.#resolution = this.#resolver.fork();
        this.#resolution.catch(() => undefined);
        return;
    }
  }

  #startTimer(name: TimerName, ms: number): void {
    this.#stopTimer(name);
    const { clock } = this.#options;
    if (name === 'retry') this.#retryAt = new Date(clock.now().getTime() + ms).toISOString();
    const stop = clock.after(ms, () => {
      this.#timers.delete(name);
      if (name === 'retry') this.#retryAt = null;
      this.#take({ type: 'timer', name });
    });
    this.#timers.set(name, stop);
  }

  #stopTimer(name: TimerName): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
    if (name === 'retry') this.#retryAt = null;
  }

  async #makeRoom(): Promise<void> {
    try {
      if (await this.#journal.journal.evict()) this.#take({ type: 'made-room' });
    } catch {
      // Then it stays full; the append is tried again in a while.
    }
  }

  async #writeOutbox(save: PreparedSave): Promise<void> {
    const error = await this.#journal.putOutbox(save);
    this.#take({ type: 'outbox', saveId: save.saveId, error });
  }

  #acknowledge(effect: Extract<Effect, { readonly type: 'acknowledge' }>): void {
    const { saveId, kind, rev, hash, seqTo } = effect;
    const request = this.#saver.requestOf(saveId);
    this.#saved = this.#saver.takeSaved(saveId, rev) ?? { ...this.#saved, rev };
    if (saveId !== null) this.#savedAt = this.#options.clock.now().toISOString();
    this.#journal.acknowledge(effect);
    const { epoch } = this.#machine.role;
    const at = this.#savedAt ?? '';
    this.#role.tell({ type: 'acknowledged', epoch, seq: seqTo, rev, hash, at });
    this.#waiters.acknowledge(seqTo, kind);
    this.#options.onSaved(rev, request);
  }

  /** Somebody else's document takes the place of this one. */
  #replaceDocument(saved: SavedDocument): void {
    this.#saved = saved;
    this.#journal.uproot();
    this.#editor?.load(saved.document);
    this.#role.tell({ type: 'replaced', epoch: this.#machine.role.epoch });
  }

  /** The head moved. Where all is saved, it is opened here; a tab that watches catches up. */
  async #follow(rev: number): Promise<void> {
    if (this.#machine.role.status !== 'leader') {
      if (rev > this.#machine.remote.baseRev) this.#role.catchUp();
      return;
    }
    await this.#opening;
    if (!this.#mayFollow(rev)) return;
    this.#opening = this.#openNewHead();
    await this.#opening;
    this.#opening = null;
  }

  async #openNewHead(): Promise<void> {
    const { projects, projectId, clock, onFollowed } = this.#options;
    try {
      const theirs = await openHead(projects, projectId, clock);
      const editor = this.#editor;
      if (editor === null || !this.#mayFollow(theirs.rev)) return;
      this.#saved = theirs;
      this.#journal.uproot();
      editor.apply(diffDocuments(editor.document, theirs.document));
      this.#role.tell({ type: 'replaced', epoch: this.#machine.role.epoch });
      this.#take({ type: 'adopted', rev: theirs.rev, hash: theirs.head.headHash });
      onFollowed();
    } catch {
      // The next notice, or the next save, tells again.
    }
  }

  #mayFollow(rev: number): boolean {
    const { role, remote } = this.#machine;
    if (this.#closed || rev <= remote.baseRev || this.#editor?.busy !== false) return false;
    return role.status === 'leader' && remote.status === 'synced';
  }

  #showRole(): void {
    const { status, yielding } = this.#machine.role;
    this.#editor?.setReadOnly(status !== 'leader' || yielding);
  }

  #publishState(): void {
    this.store.setState(this.#snapshot(), true);
  }

  #snapshot(): AutosaveState {
    const { role, local, remote } = this.#machine;
    const { kind } = this.#journal.journal;
    const { conflict } = remote;
    return {
      role: role.status,
      local: local.status,
      remote: remote.status,
      pendingChanges: Math.max(0, local.seq - remote.ackedSeq),
      savedAt: this.#savedAt,
      restorable: this.#restorable,
      conflict:
        conflict === null || remote.status !== 'conflict'
          ? null
          : {
              headRev: conflict.headRev,
              headAuthor: conflict.headAuthor,
              headAt: conflict.headAt,
              keptAs: conflict.keptAs,
            },
      reason: reasonOf(this.#machine) ?? (kind === 'memory' ? this.#journalError : null),
      retryAt: this.#retryAt,
      journal: kind,
      memoryOnly: kind === 'memory',
      stranded: role.stranded,
      merged: this.#merged,
      remoteVolatile: this.#options.remoteVolatile(),
      neverSaved: remote.baseRev === 0,
    };
  }
}

/** What a person should know first: that this browser keeps nothing, where the back end may be back any moment. */
function reasonOf({ local, remote }: AutosaveMachine): SerialisedError | null {
  const isWaiting = remote.status === 'offline' || remote.status === 'backoff' || remote.status === 'authLost';
  return isWaiting && local.status === 'degraded' ? (local.reason ?? remote.reason) : (remote.reason ?? local.reason);
}
