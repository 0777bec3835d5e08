import { serialiseError, toLecternError, type SerialisedError } from '@lectern/ports';
import { emptyHistory, type Change, type History } from '@lectern/timeline';
import { within } from './clock.js';
import type { DriverContext } from './driver-context.js';
import { historyWrite } from './history-journal.js';
import type { Journal, JournalEntry, JournalMeta, JournalWrite } from './journal.js';
import { sealEntry, sealSnapshot } from './journal-reader.js';
import type { Effect, PreparedSave } from './machine/machine.js';
import { retryMs } from './machine/transition.js';
import type { Opening } from './opening.js';

/** Entries and bytes after which the journal is folded into a snapshot. */
const compactEntries = 200;
const compactBytes = 2_000_000;
const appendTimeoutMs = 5000;

/** A change on its way to the journal. */
interface Unwritten {
  readonly entry: JournalEntry;
  readonly change: Change;
}

/** Meta of a journal that a project enters. */
export function freshMeta(details: {
  readonly title: string;
  readonly description: string;
}): Omit<JournalMeta, 'projectId' | 'epoch'> {
  return { baseRev: 0, baseHash: '', ackedSeq: 0, lastSeq: 0, lastAt: '', ...details };
}

/** Keeps one project's changes in the journal, as the machine says. */
export class JournalWriter {
  readonly journal: Journal;
  readonly #context: DriverContext;
  /** Changes that aren't known to be in the journal, oldest first. */
  #unwritten: Unwritten[] = [];
  /** When the last change was made. */
  #lastAt = '';
  /** What can be undone, as far as the journal is known to have it. */
  #history: History = emptyHistory;
  /** Whether the journal has a snapshot that its entries build on. */
  #root: 'none' | 'writing' | 'written' = 'none';
  /** Snapshots that are on their way. */
  #rootWrites = 0;
  /** Calls off another attempt at a write that lets go of a former document. */
  #stopRetry: (() => void) | null = null;
  /** Counts the documents that the journal was begun for: a late answer about another one says nothing. */
  #generation = 0;
  #entriesSince = 0;
  #bytesSince = 0;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(context: DriverContext, journal: Journal) {
    this.#context = context;
    this.journal = journal;
  }

  /** Starts from what an opening found. */
  begin({ journaled, lastAt, history }: Opening): void {
    this.uproot();
    this.#history = history;
    this.#root = journaled ? 'written' : 'none';
    this.#lastAt = lastAt;
    this.#entriesSince = 0;
    this.#bytesSince = 0;
  }

  /** The document is another one now: what the journal holds doesn't lead to it. */
  uproot(): void {
    this.#unwritten = [];
    this.#root = 'none';
    this.#rootWrites = 0;
    this.#generation += 1;
    this.dispose();
  }

  /** Nothing is tried again any more. */
  dispose(): void {
    this.#stopRetry?.();
    this.#stopRetry = null;
  }

  /** Takes a change in; the machine says when it is written. */
  record(seq: number, change: Change): void {
    this.#lastAt = this.#context.options.clock.now().toISOString();
    this.#unwritten.push({ entry: sealEntry(seq, this.#context.machine.role.epoch, change), change });
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  write(write: JournalWrite): Promise<void> {
    const { options, machine } = this.#context;
    // A page that hides must hand its write over at once, so nothing waits for a former write here: the journal's own
    // transactions run in the order in which they were made.
    const written = this.journal.write(options.projectId, machine.role.epoch, write);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Writes what isn't known to be written, up to `toSeq`, which is the last change made. */
  async append(toSeq: number): Promise<void> {
    const { editor, take, tell } = this.#context;
    const { epoch } = this.#context.machine.role;
    const pending = this.#unwritten.filter(({ entry }) => entry.seq <= toSeq);
    const { ackedSeq, baseHash } = this.#context.machine.remote;
    const isRoot = this.#root !== 'written';
    const generation = this.#generation;
    try {
      if (editor === null) return;
      if (isRoot) {
        this.#root = 'writing';
        this.#rootWrites += 1;
      }
      const { history } = editor;
      const write: JournalWrite = {
        ...(isRoot
          ? { snapshot: sealSnapshot(toSeq, editor.document), dropEntriesTo: toSeq }
          : { append: pending.map(({ entry }) => entry) }),
        meta: { ...this.#meta(), lastSeq: toSeq },
        history: historyWrite(this.#history, history, toSeq, toSeq === ackedSeq ? baseHash : ''),
      };
      // A database that answers nothing keeps nothing, as far as anybody can tell.
      await within(this.#context.options.clock, appendTimeoutMs, () => this.write(write));
      this.#history = history;
    } catch (error) {
      if (isRoot && generation === this.#generation) {
        this.#rootWrites -= 1;
        // Another snapshot may be on its way, which an acknowledgement mustn't take away then.
        if (this.#rootWrites === 0 && this.#root === 'writing') this.#root = 'none';
      }
      take({ type: 'append-failed', error: await this.#claimAgain(error) });
      return;
    }
    // Another document may have come in the meantime: this was about the one before.
    if (generation !== this.#generation) return;
    if (isRoot) {
      this.#rootWrites -= 1;
      this.#root = 'written';
    }
    const written = this.#unwritten.filter(({ entry }) => entry.seq <= toSeq);
    this.#unwritten = this.#unwritten.filter(({ entry }) => entry.seq > toSeq);
    if (!isRoot) {
      this.#entriesSince += written.length;
      for (const { entry } of written) this.#bytesSince += entry.body.length;
    }
    for (const { entry, change } of written) tell({ type: 'changed', epoch, seq: entry.seq, change });
    const compact = this.#entriesSince >= compactEntries || this.#bytesSince >= compactBytes;
    take({ type: 'appended', toSeq, compact });
  }

  compact(): void {
    const { seq, durableSeq, appendingTo } = this.#context.machine.local;
    const { editor } = this.#context;
    if (
      editor === null ||
      this.#root !== 'written' ||
      seq !== durableSeq ||
      appendingTo !== null ||
      this.#entriesSince === 0
    )
      return;
    this.#entriesSince = 0;
    this.#bytesSince = 0;
    this.write({
      snapshot: sealSnapshot(seq, editor.document),
      dropEntriesTo: seq,
      meta: { ...this.#meta(), lastSeq: seq },
      strict: true,
    }).catch(() => {
      // The entries are all still there; the next round tries again.
      this.#entriesSince = compactEntries;
    });
  }

  /** Forgets everything; only called when all of it is acknowledged. */
  async clear(): Promise<void> {
    if (this.#root !== 'written') return;
    const { seq } = this.#context.machine.local;
    this.uproot();
    this.#entriesSince = 0;
    this.#bytesSince = 0;
    try {
      await this.write({ snapshot: null, dropEntriesTo: seq, meta: { ...this.#meta(), lastSeq: seq } });
    } catch {
      // What stays is acknowledged; the next opening forgets it.
    }
  }

  /** @returns why the row couldn't be written; null when it was, or when it would be of no use */
  async putOutbox({ saveId, baseRev, seqTo, hash }: PreparedSave): Promise<SerialisedError | null> {
    if (this.journal.kind === 'memory') return null;
    try {
      await this.write({ putOutbox: { saveId, baseRev, seqTo, hash } });
      return null;
    } catch (error) {
      return serialiseError(error);
    }
  }

  acknowledge(effect: Extract<Effect, { readonly type: 'acknowledge' }>, failures = 0): void {
    const { saveId, rev, hash, seqTo } = effect;
    const { editor, machine, tell } = this.#context;
    const isUprooted = this.#root === 'none';
    // Steps made since belong to another document.
    const history = machine.local.seq === seqTo ? (editor?.history ?? null) : null;
    this.write({
      meta: { baseRev: rev, baseHash: hash, ackedSeq: seqTo },
      ...(history === null ? {} : { history: historyWrite(this.#history, history, seqTo, hash) }),
      ...(saveId === null ? {} : { dropOutbox: [saveId] }),
      // A document from elsewhere took the place of what was journaled.
      ...(isUprooted ? { snapshot: null, dropEntriesTo: seqTo } : {}),
    }).then(
      () => {
        if (history !== null) this.#history = history;
        // Who watches may have read what was journaled until now.
        if (isUprooted) tell({ type: 'replaced', epoch: machine.role.epoch });
      },
      (error: unknown) => {
        if (toLecternError(error).code === 'conflict') this.#context.take({ type: 'lost' });
        // The journal then offers what the back end has; opening finds that out by the hash. Nothing finds out about a
        // document that a person chose against.
        else if (isUprooted && this.#root === 'none') this.#acknowledgeLater(effect, failures + 1);
      },
    );
  }

  #acknowledgeLater(effect: Extract<Effect, { readonly type: 'acknowledge' }>, failures: number): void {
    const isOld = (): boolean => {
      const { machine, closed } = this.#context;
      const { ackedSeq, baseRev } = machine.remote;
      const isLeader = machine.role.status === 'leader' && !closed;
      return !isLeader || this.#root !== 'none' || ackedSeq !== effect.seqTo || baseRev !== effect.rev;
    };
    if (isOld()) return;
    this.#stopRetry?.();
    const ms = retryMs(failures - 1);
    this.#stopRetry = this.#context.options.clock.after(ms, () => {
      if (!isOld()) this.acknowledge(effect, failures);
    });
  }

  #meta(): Partial<Omit<JournalMeta, 'projectId' | 'epoch'>> {
    const { ackedSeq, baseRev, baseHash } = this.#context.machine.remote;
    return { ackedSeq, baseRev, baseHash, lastAt: this.#lastAt, ...this.#context.options.title() };
  }

  /** Where the journal was emptied under this tab (site data cleared), it is begun anew; another tab's is respected. */
  async #claimAgain(thrown: unknown): Promise<SerialisedError> {
    const error = serialiseError(thrown);
    const { options, machine, take } = this.#context;
    if (error.code !== 'conflict' || error.details['missing'] !== true || machine.role.status !== 'leader')
      return error;
    try {
      const { projectId, title } = options;
      const { meta } = await this.journal.claim(projectId, { ...freshMeta(title()), ...this.#meta() });
      this.#root = 'none';
      this.#history = emptyHistory;
      take({ type: 'granted', epoch: meta.epoch });
      return { code: 'storage-denied', message: 'the journal was emptied', details: {} };
    } catch (failure) {
      return serialiseError(failure);
    }
  }
}
