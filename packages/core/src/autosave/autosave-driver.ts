import {
  LecternError,
  serialiseError,
  toLecternError,
  type IdentityPort,
  type ProjectsPort,
  type SaveAnswer,
  type SaveKind,
  type SaveRequest,
  type SerialisedError,
} from '@lectern/ports';
import { diffDocuments, isEmptyChange, type Change, type NewId, type TimelineDocument } from '@lectern/timeline';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AutosaveState, Restorable } from './autosave-state.js';
import type { Autosave, ConflictChoice, ConflictDocuments } from './autosave.js';
import type { Journal, JournalEntry, JournalMeta, JournalWrite } from './journal.js';
import { sealEntry, sealSnapshot } from './journal-reader.js';
import type { Lifecycle } from './lifecycle.js';
import {
  initialMachine,
  step,
  type AutosaveEvent,
  type AutosaveMachine,
  type Effect,
  type Save,
  type TimerName,
} from './machine.js';
import { decideOpening, fetchHead, type Opening } from './opening.js';
import type { ProjectLock, ProjectLocks } from './project-lock.js';
import { saveRequestOf } from './save-request.js';
import { readDocument } from './stored-document.js';

/** The document under edit, as saving sees it. */
export interface SavedEditor {
  readonly document: TimelineDocument;
  /** True while a person is in the middle of something that a new document would tear away. */
  readonly busy: boolean;
  load(document: TimelineDocument): void;
  /** Replaces the document as a step that can be undone. */
  replace(change: Change, userEvent: string): void;
  setReadOnly(readOnly: boolean): void;
}

export interface AutosaveDriverOptions {
  readonly projectId: string;
  readonly userId: string;
  readonly projects: ProjectsPort;
  readonly identity: IdentityPort;
  readonly journal: Journal;
  readonly locks: ProjectLocks;
  readonly lockName: string;
  readonly lifecycle: Lifecycle;
  readonly newId: NewId;
  readonly now: () => Date;
  readonly random?: () => number;
  readonly debounceMs: number;
  readonly deadlineMs: number;
  /** How long closing waits for the back end. */
  readonly closeMs: number;
  /** Whether the back end forgets everything with the page. */
  readonly remoteVolatile: () => boolean;
  /** The document of a project that nobody has saved. */
  readonly empty: () => TimelineDocument;
  readonly title: () => { readonly title: string; readonly description: string };
  /** After each acknowledged save. */
  readonly onSaved: (rev: number, request: SaveRequest | null) => void;
  /** After *keep both*: the copy's id. */
  readonly onForked: (projectId: string, title: string) => void;
  /** The title of a copy. */
  readonly copyTitle: (title: string) => string;
  /** When the head of another tab or device was opened here. */
  readonly onFollowed: () => void;
}

/** Entries and bytes after which the journal is folded into a snapshot. */
const compactEntries = 200;
const compactBytes = 2_000_000;
const sendTimeoutMs = 15_000;
const yieldTimeoutMs = 3000;
const leadRetryMs = 5000;

interface Waiter {
  readonly seq: number;
  readonly kind: SaveKind | null;
  readonly resolve: () => void;
  readonly reject: (error: LecternError) => void;
}

/** What of a project exists before its editor does. */
export interface OpenedForEditing {
  readonly opening: Opening;
  readonly lock: ProjectLock | null;
  readonly epoch: number;
  /** The journal that took the project, and why the better one didn't; null when it did. */
  readonly journal: Journal;
  readonly journalError: SerialisedError | null;
}

/** Carries out what the machine says: timers, journal, back end, locks. One per open project. */
export class AutosaveDriver implements Autosave {
  readonly store: StoreApi<AutosaveState>;
  readonly #options: AutosaveDriverOptions;
  readonly #journal: Journal;
  readonly #timers: Map<TimerName, ReturnType<typeof setTimeout>> = new Map();
  readonly #payloads: Map<string, { readonly request: SaveRequest; readonly document: TimelineDocument }> = new Map();
  readonly #saveWaiters: Set<Waiter> = new Set();
  readonly #durableWaiters: Set<{ readonly seq: number; readonly resolve: () => void }> = new Set();
  readonly #stops: (() => void)[] = [];
  readonly #controller: AbortController = new AbortController();
  #machine: AutosaveMachine = initialMachine;
  #editor: SavedEditor | null = null;
  #lock: ProjectLock | null = null;
  /** Changes that aren't in the journal yet, oldest first. */
  #unwritten: JournalEntry[] = [];
  #lastAt = '';
  #journaled = false;
  #entriesSince = 0;
  #bytesSince = 0;
  #savedDocument: TimelineDocument | null = null;
  /** The save that is being acknowledged. */
  #acknowledged: SaveRequest | null = null;
  #savedAt: string | null = null;
  #retryAt: string | null = null;
  #restorable: Restorable | null = null;
  #openError: SerialisedError | null = null;
  #writing: Promise<unknown> = Promise.resolve();
  #following: Promise<void> | null = null;
  /** Taking the lead after another tab let go. */
  #leading: Promise<void> = Promise.resolve();
  /** The answer to a conflict that is being carried out. */
  #resolution: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: AutosaveDriverOptions, opened: OpenedForEditing) {
    this.#options = options;
    this.#journal = opened.journal;
    this.#openError = opened.journalError;
    this.#lock = opened.lock;
    this.store = createStore<AutosaveState>(() => this.#snapshot());
    this.#begin(opened.opening, opened.lock === null ? null : opened.epoch);
  }

  /** Joins it with its editor; nothing is saved before. */
  attach(editor: SavedEditor): void {
    this.#editor = editor;
    const { lifecycle, projects, identity, locks, lockName, userId } = this.#options;
    this.#stops.push(
      lifecycle.subscribe((event) => {
        this.#take({ type: event });
      }),
      projects.subscribe((notice) => {
        if (notice.projectId === this.#options.projectId) void this.#follow(notice.rev);
      }),
      identity.subscribe((current) => {
        this.#take({ type: current?.userId === userId ? 'signed-in' : 'signed-out' });
      }),
      locks.onYieldRequest(lockName, () => {
        void this.#yield();
      }),
    );
    this.#showRole();
    if (this.#machine.role.status === 'follower') void this.#waitForTurn();
  }

  /** Tells of a change that was made on the timeline. */
  record(change: Change): void {
    if (this.#machine.role.status !== 'leader' || isEmptyChange(change)) return;
    const seq = this.#machine.local.seq + 1;
    this.#lastAt = this.#options.now().toISOString();
    this.#unwritten.push(sealEntry(seq, this.#machine.role.epoch, change));
    this.#take({ type: 'edited', seq });
  }

  async saveNow(kind: Exclude<SaveKind, 'auto' | 'conflict'> = 'manual'): Promise<void> {
    await this.#save(kind);
  }

  async openConflict(): Promise<ConflictDocuments> {
    const editor = this.#editor;
    if (editor === null || this.#machine.remote.status !== 'conflict') throw new LecternError('conflict');
    const { document: theirs } = await this.#readHead();
    return { base: this.#savedDocument, mine: editor.document, theirs };
  }

  letGo(): void {
    this.#publishState();
  }

  dismissMerged(): void {
    this.#publishState();
  }

  lastSeq(): number {
    return this.#machine.local.seq;
  }

  durable(seq: number): Promise<void> {
    if (this.#isDurable(seq)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#durableWaiters.add({ seq, resolve });
    });
  }

  restore(): void {
    this.#restorable = null;
    this.#publishState();
  }

  discardRestore(): void {
    const saved = this.#savedDocument;
    const editor = this.#editor;
    if (this.#restorable === null || saved === null || editor === null) return;
    // What was found becomes a revision first, so that it stays reachable after this browser forgot it.
    if (this.#machine.remote.status === 'dirty') this.#take({ type: 'save', kind: 'auto' });
    this.#restorable = null;
    editor.replace(diffDocuments(editor.document, saved), 'project.restore');
    this.#publishState();
  }

  async resolve(choice: ConflictChoice): Promise<void> {
    if (this.#machine.remote.status !== 'conflict')
      throw new LecternError('conflict', { message: 'there is no conflict' });
    if (choice === 'keep-mine') {
      this.#take({ type: 'choose', choice });
      await this.#settled(this.#machine.local.seq, null);
      return;
    }
    this.#take({ type: 'choose', choice });
    await this.#resolution;
  }

  async editHere(): Promise<void> {
    if (this.#machine.role.status === 'leader') return;
    const { locks, lockName } = this.#options;
    locks.askToYield(lockName);
    const deadline = Date.now() + yieldTimeoutMs;
    while (this.#lock === null && Date.now() < deadline && !this.#closed) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (this.#lock !== null || this.#closed) {
      await this.#leading;
      return;
    }
    // Whoever has it doesn't answer: a frozen tab. Its epoch ends, so it writes nothing when it wakes.
    const lock = await locks.steal(lockName, () => {
      this.#onLockLost();
    });
    await this.#lead(lock);
  }

  /** The lock was taken away. */
  lockLost(): void {
    this.#onLockLost();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#take({ type: 'hide' });
    const { seq } = this.#machine.local;
    const { status } = this.#machine.remote;
    const underWay = status === 'saving' || status === 'dirty';
    if (this.#machine.role.status === 'leader') {
      await Promise.race([
        Promise.allSettled([this.durable(seq), underWay ? this.#settled(seq, null) : null]),
        new Promise((resolve) => {
          const timer = setTimeout(resolve, this.#options.closeMs);
          this.#controller.signal.addEventListener('abort', () => {
            clearTimeout(timer);
          });
        }),
      ]);
    }
    this.#closed = true;
    if (this.#machine.remote.status === 'synced' && this.#machine.role.status === 'leader') await this.#clearJournal();
    await this.#writing;
    this.#controller.abort();
    for (const stop of this.#stops.splice(0)) stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
    for (const waiter of [...this.#saveWaiters]) waiter.reject(new LecternError('aborted'));
    this.#saveWaiters.clear();
  }

  #begin(opening: Opening, epoch: number | null): void {
    this.#savedDocument = opening.savedDocument;
    this.#restorable = epoch === null ? null : opening.restorable;
    this.#journaled = opening.journaled;
    this.#lastAt = opening.lastAt;
    this.#unwritten = [];
    this.#entriesSince = 0;
    this.#bytesSince = 0;
    const { baseRev, baseHash, ackedSeq, lastSeq, unreachable, ownHashes, readOnly, write } = opening;
    this.#take(epoch === null ? { type: 'denied' } : { type: 'granted', epoch });
    this.#take({
      type: 'opened',
      baseRev,
      baseHash,
      ackedSeq,
      lastSeq: epoch === null ? ackedSeq : lastSeq,
      unreachable,
      ownHashes,
      tooNew: readOnly,
    });
    if (epoch !== null && write !== null) this.#queueWrite(write).catch(() => undefined);
  }

  #take(event: AutosaveEvent): void {
    if (this.#closed) return;
    const { debounceMs, deadlineMs } = this.#options;
    const before = this.#machine;
    const { machine, effects } = step(before, event, { debounceMs, deadlineMs });
    this.#machine = machine;
    for (const effect of effects) this.#run(effect);
    if (before.role.status !== this.#machine.role.status) this.#showRole();
    this.#wakeWaiters();
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
      case 'append':
        void this.#append(effect.toSeq);
        return;
      case 'compact':
        this.#compact();
        return;
      case 'clear-journal':
        void this.#clearJournal();
        return;
      case 'prepare':
        void this.#prepare(effect.kind);
        return;
      case 'write-outbox':
        void this.#writeOutbox(effect.save);
        return;
      case 'send':
        void this.#send(effect.save);
        return;
      case 'acknowledge':
        this.#acknowledge(effect);
        return;
      case 'adopt':
        this.#resolution = this.#adopt();
        this.#resolution.catch(() => undefined);
        return;
      case 'fork':
        this.#resolution = this.#fork();
        this.#resolution.catch(() => undefined);
        return;
    }
  }

  #startTimer(name: TimerName, ms: number): void {
    this.#stopTimer(name);
    if (name === 'retry') this.#retryAt = new Date(this.#options.now().getTime() + ms).toISOString();
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      if (name === 'retry') this.#retryAt = null;
      this.#take({ type: 'timer', name });
    }, ms);
    this.#timers.set(name, timer);
  }

  #stopTimer(name: TimerName): void {
    const timer = this.#timers.get(name);
    if (timer !== undefined) clearTimeout(timer);
    this.#timers.delete(name);
    if (name === 'retry') this.#retryAt = null;
  }

  // Journal

  #queueWrite(write: JournalWrite): Promise<void> {
    const { epoch } = this.#machine.role;
    // A page that hides must hand its write over at once, so nothing waits for a former write here: the journal's own
    // transactions run in the order in which they were made.
    const written = this.#journal.write(this.#options.projectId, epoch, write);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #meta(): Partial<Omit<JournalMeta, 'projectId' | 'epoch'>> {
    const { ackedSeq, baseRev, baseHash } = this.#machine.remote;
    return { ackedSeq, baseRev, baseHash, lastAt: this.#lastAt, ...this.#options.title() };
  }

  async #append(toSeq: number): Promise<void> {
    const entries = this.#unwritten.filter((entry) => entry.seq <= toSeq);
    const first = !this.#journaled;
    try {
      const editor = this.#editor;
      if (editor === null) return;
      this.#journaled = true;
      await this.#queueWrite({
        ...(first ? { snapshot: sealSnapshot(toSeq, editor.document), dropEntriesTo: toSeq } : { append: entries }),
        meta: { ...this.#meta(), lastSeq: toSeq },
      });
      this.#unwritten = this.#unwritten.filter((entry) => entry.seq > toSeq);
      if (!first) {
        this.#entriesSince += entries.length;
        for (const entry of entries) this.#bytesSince += entry.body.length;
      }
      this.#openError = null;
      this.#take({
        type: 'appended',
        toSeq,
        compact: this.#entriesSince >= compactEntries || this.#bytesSince >= compactBytes,
      });
    } catch (error) {
      if (first) this.#journaled = false;
      this.#take({ type: 'append-failed', error: await this.#claimAgain(error) });
    }
  }

  /** Where the journal was emptied under this tab (site data cleared), it is begun anew; another tab's is respected. */
  async #claimAgain(thrown: unknown): Promise<SerialisedError> {
    const error = serialiseError(thrown);
    if (error.code !== 'conflict' || error.details['missing'] !== true || this.#lock === null) return error;
    try {
      const { projectId, title } = this.#options;
      const { meta } = await this.#journal.claim(projectId, { ...freshMeta(title()), ...this.#meta() });
      this.#journaled = false;
      this.#take({ type: 'granted', epoch: meta.epoch });
      return { code: 'storage-denied', message: 'the journal was emptied', details: {} };
    } catch (failure) {
      return serialiseError(failure);
    }
  }

  #compact(): void {
    const { seq, durableSeq, appendingTo } = this.#machine.local;
    const editor = this.#editor;
    if (editor === null || !this.#journaled || seq !== durableSeq || appendingTo !== null || this.#entriesSince === 0)
      return;
    this.#entriesSince = 0;
    this.#bytesSince = 0;
    this.#queueWrite({
      snapshot: sealSnapshot(seq, editor.document),
      dropEntriesTo: seq,
      meta: { ...this.#meta(), lastSeq: seq },
      strict: true,
    }).catch(() => {
      // The entries are all still there; the next round tries again.
      this.#entriesSince = compactEntries;
    });
  }

  async #clearJournal(): Promise<void> {
    if (!this.#journaled) return;
    const { seq } = this.#machine.local;
    this.#journaled = false;
    this.#entriesSince = 0;
    this.#bytesSince = 0;
    try {
      await this.#queueWrite({ snapshot: null, dropEntriesTo: seq, meta: { ...this.#meta(), lastSeq: seq } });
    } catch {
      // What stays is acknowledged; the next opening forgets it.
    }
  }

  #isDurable(seq: number): boolean {
    const { local, remote } = this.#machine;
    if (remote.ackedSeq >= seq) return true;
    return this.#journal.kind !== 'memory' && local.durableSeq >= seq;
  }

  // Back end

  async #prepare(kind: SaveKind): Promise<void> {
    try {
      const editor = this.#editor;
      const { save } = this.#machine.remote;
      if (editor === null || save === null) throw new LecternError('aborted');
      const { newId, projectId, title } = this.#options;
      const { document } = editor;
      const { baseRev } = save;
      const seqTo = this.#machine.local.seq;
      const saveId = newId();
      // Printed before anything is awaited, so that it is the document of `seqTo`.
      const request = await saveRequestOf(document, {
        projectId,
        baseRev,
        saveId,
        kind,
        ...(baseRev === 0 ? title() : {}),
      });
      this.#payloads.set(saveId, { request, document });
      this.#take({ type: 'prepared', saveId, seqTo, hash: request.hash });
      if (this.#machine.remote.save?.saveId !== saveId) this.#payloads.delete(saveId);
    } catch (error) {
      this.#take({ type: 'prepare-failed', error: serialiseError(error) });
    }
  }

  async #writeOutbox(save: Save & { readonly saveId: string }): Promise<void> {
    const { saveId, baseRev, seqTo, hash } = save;
    let error: SerialisedError | null = null;
    if (this.#journal.kind !== 'memory') {
      try {
        await this.#queueWrite({ putOutbox: { saveId, baseRev, seqTo, hash } });
      } catch (thrown) {
        error = serialiseError(thrown);
      }
    }
    this.#take({ type: 'outbox', saveId, error });
  }

  async #send(save: Save & { readonly saveId: string }): Promise<void> {
    const { userId, projects, identity, random = Math.random } = this.#options;
    const payload = this.#payloads.get(save.saveId);
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort();
    }, sendTimeoutMs);
    this.#controller.signal.addEventListener(
      'abort',
      () => {
        timeout.abort();
      },
      { signal: timeout.signal },
    );
    const late = new Promise<never>((_resolve, reject) => {
      timeout.signal.addEventListener('abort', () => {
        reject(new LecternError('timeout'));
      });
    });
    late.catch(() => undefined);
    try {
      if (payload === undefined) throw new LecternError('aborted');
      const { signal } = timeout;
      const answer = await Promise.race([
        identity.current({ signal }).then((current) => {
          // One user's work never goes with another's token.
          if (current.userId !== userId) throw new LecternError('unauthenticated');
          return projects.save(payload.request, { signal });
        }),
        late,
      ]);
      this.#answered(save, answer, payload.document);
    } catch (error) {
      const failure =
        timeout.signal.aborted && !this.#closed ? new LecternError('timeout', { cause: error }) : toLecternError(error);
      this.#take({ type: 'send-failed', saveId: save.saveId, error: serialiseError(failure), random: random() });
      if (this.#machine.remote.save?.saveId !== save.saveId) this.#payloads.delete(save.saveId);
    } finally {
      clearTimeout(timer);
      timeout.abort();
    }
  }

  #answered(save: Save & { readonly saveId: string }, answer: SaveAnswer, document: TimelineDocument): void {
    if (answer.outcome === 'ok') {
      this.#savedDocument = document;
      this.#acknowledged = this.#payloads.get(save.saveId)?.request ?? null;
    }
    this.#payloads.delete(save.saveId);
    this.#take({ type: 'answered', saveId: save.saveId, answer });
  }

  #acknowledge(effect: Extract<Effect, { readonly type: 'acknowledge' }>): void {
    const { saveId, kind, rev, hash, seqTo } = effect;
    if (saveId !== null) this.#savedAt = this.#options.now().toISOString();
    if (this.#machine.role.status === 'leader') {
      this.#queueWrite({
        meta: { baseRev: rev, baseHash: hash, ackedSeq: seqTo },
        ...(saveId === null ? {} : { dropOutbox: [saveId] }),
        // A document from elsewhere took the place of what was journaled.
        ...(this.#journaled ? {} : { snapshot: null, dropEntriesTo: seqTo }),
      }).catch((error: unknown) => {
        // The journal then offers what the back end has; opening finds that out by the hash.
        if (toLecternError(error).code === 'conflict') this.#take({ type: 'lost' });
      });
    }
    for (const waiter of [...this.#saveWaiters]) {
      if (seqTo < waiter.seq || (waiter.kind !== null && waiter.kind !== kind)) continue;
      this.#saveWaiters.delete(waiter);
      waiter.resolve();
    }
    this.#options.onSaved(rev, this.#acknowledged);
    this.#acknowledged = null;
  }

  async #adopt(): Promise<void> {
    const { opened, document } = await this.#readHead();
    if (this.#machine.remote.status !== 'conflict') return;
    this.#takeDocument(document);
    this.#take({ type: 'adopted', rev: opened.project.rev, hash: opened.project.contentHash });
  }

  async #fork(): Promise<void> {
    const { newId, projects, title, copyTitle, onForked } = this.#options;
    const editor = this.#editor;
    if (editor === null) return;
    const mine = title();
    const projectId = newId();
    const name = copyTitle(mine.title);
    await saveAsNew(projects, {
      projectId,
      saveId: newId(),
      document: editor.document,
      title: name,
      description: mine.description,
    });
    onForked(projectId, name);
    await this.#adopt();
  }

  /** @throws LecternError */
  async #readHead(): Promise<{
    readonly opened: Awaited<ReturnType<ProjectsPort['open']>>;
    readonly document: TimelineDocument;
  }> {
    const opened = await this.#options.projects.open(this.#options.projectId);
    return { opened, document: readDocument(opened.state).document };
  }

  #takeDocument(document: TimelineDocument): void {
    this.#savedDocument = document;
    this.#unwritten = [];
    // What the journal builds on is another document now.
    this.#journaled = false;
    this.#editor?.load(document);
  }

  /** Opens a newer head where nothing here would be lost: in a follower, or where all is saved. */
  async #follow(rev: number): Promise<void> {
    await this.#following;
    if (!this.#mayFollow(rev)) return;
    this.#following = (async () => {
      try {
        const { opened, document } = await this.#readHead();
        if (!this.#mayFollow(opened.project.rev)) return;
        this.#takeDocument(document);
        this.#take({ type: 'adopted', rev: opened.project.rev, hash: opened.project.contentHash });
        this.#options.onFollowed();
      } catch {
        // The next notice, or the next save, tells again.
      }
    })();
    await this.#following;
    this.#following = null;
  }

  #mayFollow(rev: number): boolean {
    const { role, remote } = this.#machine;
    if (this.#closed || rev <= remote.baseRev || this.#editor?.busy !== false) return false;
    return role.status === 'follower' || (role.status === 'leader' && remote.status === 'synced');
  }

  // Roles

  async #waitForTurn(): Promise<void> {
    const { locks, lockName } = this.#options;
    try {
      const { signal } = this.#controller;
      const onLost = (): void => {
        this.#onLockLost();
      };
      const lock = await locks.acquire(lockName, onLost, signal);
      if (this.#closed || this.#lock !== null) await lock.release();
      else await this.#lead(lock);
    } catch {
      // Closed meanwhile, or the project couldn't be read: then it is asked for again below.
    }
    if (this.#closed || this.#lock !== null) return;
    const again = setTimeout(() => void this.#waitForTurn(), leadRetryMs);
    this.#stops.push(() => {
      clearTimeout(again);
    });
  }

  #lead(lock: ProjectLock): Promise<void> {
    this.#lock = lock;
    this.#leading = this.#takeLead(lock);
    this.#leading.catch(() => undefined);
    return this.#leading;
  }

  async #takeLead(lock: ProjectLock): Promise<void> {
    const { projects, projectId, empty } = this.#options;
    this.#take({ type: 'requested' });
    try {
      const head = await fetchHead(projects, projectId);
      const image = await this.#journal.claim(projectId, freshMeta(this.#options.title()));
      const opening = await decideOpening(projects, head, image, empty);
      this.#editor?.load(opening.document);
      this.#begin(opening, image.meta.epoch);
    } catch (error) {
      this.#lock = null;
      await lock.release();
      this.#take({ type: 'denied' });
      throw toLecternError(error);
    }
  }

  #onLockLost(): void {
    this.#lock = null;
    this.#take({ type: 'lost' });
    if (!this.#closed) void this.#waitForTurn();
  }

  /** Another tab wants to edit: keep what is here, then let go. */
  async #yield(): Promise<void> {
    if (this.#machine.role.status !== 'leader' || this.#lock === null) return;
    this.#editor?.setReadOnly(true);
    this.#take({ type: 'hide' });
    const { seq } = this.#machine.local;
    await Promise.race([
      this.#journal.kind === 'memory' ? this.#settled(seq, null).catch(() => undefined) : this.durable(seq),
      new Promise((resolve) => setTimeout(resolve, yieldTimeoutMs / 2)),
    ]);
    const lock = this.#lock;
    this.#lock = null;
    this.#take({ type: 'lost' });
    await lock.release();
    if (!this.#closed) void this.#waitForTurn();
  }

  #showRole(): void {
    this.#editor?.setReadOnly(this.#machine.role.status !== 'leader');
  }

  // Waiting and telling

  #save(kind: SaveKind): Promise<void> {
    if (this.#machine.role.status !== 'leader')
      return Promise.reject(new LecternError('forbidden', { message: 'this tab is read-only' }));
    if (this.#machine.remote.status === 'conflict') return Promise.reject(new LecternError('conflict'));
    const { remote, local } = this.#machine;
    if (kind === 'manual' && remote.status === 'synced' && remote.baseRev > 0) return Promise.resolve();
    const outcome = this.#settled(local.seq, kind === 'manual' ? null : kind);
    this.#take({ type: 'save', kind });
    return outcome;
  }

  /** Resolves when the back end acknowledged that change; rejects when it says, or nobody says, that it won't now. */
  #settled(seq: number, kind: SaveKind | null): Promise<void> {
    const { remote } = this.#machine;
    if (kind === null && remote.ackedSeq >= seq && remote.status === 'synced' && remote.baseRev > 0)
      return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#saveWaiters.add({ seq, kind, resolve, reject });
    });
  }

  #wakeWaiters(): void {
    for (const waiter of [...this.#durableWaiters]) {
      if (!this.#isDurable(waiter.seq)) continue;
      this.#durableWaiters.delete(waiter);
      waiter.resolve();
    }
    const { status, reason } = this.#machine.remote;
    if (status === 'synced' || status === 'dirty' || status === 'saving') return;
    if (reason !== null)
      this.#rejectSaves(new LecternError(reason.code, { details: reason.details, message: reason.message }));
  }

  #rejectSaves(error: LecternError): void {
    for (const waiter of [...this.#saveWaiters]) waiter.reject(error);
    this.#saveWaiters.clear();
  }

  #publishState(): void {
    this.store.setState(this.#snapshot(), true);
  }

  #snapshot(): AutosaveState {
    const { role, local, remote } = this.#machine;
    const conflict = remote.conflict;
    return {
      role: role.status,
      local: local.status,
      remote: remote.status,
      pendingChanges: Math.max(0, local.seq - remote.ackedSeq),
      savedAt: this.#savedAt,
      restorable: this.#restorable,
      conflict:
        conflict === null
          ? null
          : {
              headRev: conflict.headRev,
              headAuthor: conflict.headAuthor,
              headAt: conflict.headAt,
              keptAs: conflict.keptAs,
            },
      reason: remote.reason ?? local.reason ?? (this.#journal.kind === 'memory' ? this.#openError : null),
      retryAt: this.#retryAt,
      journal: this.#journal.kind,
      memoryOnly: this.#journal.kind === 'memory',
      stranded: 0,
      merged: null,
      remoteVolatile: this.#options.remoteVolatile(),
      neverSaved: remote.baseRev === 0,
    };
  }
}

/** Meta of a journal that a project enters. */
export function freshMeta(details: {
  readonly title: string;
  readonly description: string;
}): Omit<JournalMeta, 'projectId' | 'epoch'> {
  return { baseRev: 0, baseHash: '', ackedSeq: 0, lastSeq: 0, lastAt: '', ...details };
}

/** Saves a document as the first revision of a new project. @throws `conflict` when the id is taken, and what the port throws */
export async function saveAsNew(
  projects: ProjectsPort,
  project: {
    readonly projectId: string;
    readonly saveId: string;
    readonly document: TimelineDocument;
    readonly title: string;
    readonly description: string;
  },
): Promise<number> {
  const { document, projectId, saveId, title, description } = project;
  const answer = await projects.save(
    await saveRequestOf(document, { projectId, saveId, baseRev: 0, kind: 'manual', title, description }),
  );
  if (answer.outcome !== 'ok') throw new LecternError(answer.outcome === 'conflict' ? 'conflict' : 'server');
  return answer.rev;
}
