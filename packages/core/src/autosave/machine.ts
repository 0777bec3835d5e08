import type { LecternErrorCode, SaveAnswer, SaveKind, SerialisedError } from '@lectern/ports';
import type { LocalStatus, RemoteStatus, RoleStatus, SaveConflict } from './autosave-state.js';

/**
 * Autosave as a pure machine of three regions. `step` takes an event and returns the next machine and what is to be done
 * (`Effect`, as data); nothing here waits, reads a clock or throws. A driver carries the effects out and reports back by
 * events, so a simulator can take the driver's place.
 *
 * Role: which tab edits. Local: are the changes in this browser's journal. Remote: are they at the back end.
 *
 * | remote | event | next | effects |
 * | --- | --- | --- | --- |
 * | synced | edited | dirty | debounce, deadline |
 * | dirty | timer, hide, save | saving | prepare → outbox → send |
 * | saving | answered ok | synced, or dirty when there is more | acknowledge |
 * | saving | failed: network, timeout, server, rate limit, unreadable | backoff | retry with the same save |
 * | saving | failed: offline | offline | probe |
 * | saving | failed: signed out | authLost | none until signed in as the same user |
 * | saving | answered conflict (of another content) | conflict | none; the journal goes on |
 * | conflict | choose keep-mine | saving | prepare on the head that was shown |
 * | conflict | choose take-theirs, keep-both | conflict, then synced | adopt, fork |
 * | saving | answered gone, failed: forbidden, not found | orphaned | none |
 * | saving | answered too new, failed: refused, full | blocked | none until *Save* |
 */
export interface AutosaveMachine {
  readonly role: { readonly status: RoleStatus; readonly epoch: number };
  readonly local: {
    readonly status: LocalStatus;
    /** The last change made. */
    readonly seq: number;
    /** The last change in the journal. */
    readonly durableSeq: number;
    /** The last change of the append under way; null while there is none. */
    readonly appendingTo: number | null;
    readonly failures: number;
    readonly reason: SerialisedError | null;
  };
  readonly remote: {
    readonly status: RemoteStatus;
    /** The last change that the back end acknowledged, and the revision and hash it is in. */
    readonly ackedSeq: number;
    readonly baseRev: number;
    readonly baseHash: string;
    /** The save under way or waiting to be tried again. At most one. */
    readonly save: Save | null;
    /** A save that somebody asked for while another was under way. */
    readonly wanted: SaveKind | null;
    readonly failures: number;
    readonly conflict: ShownConflict | null;
    /** Hashes of saves that may have arrived although nobody answered. */
    readonly ownHashes: readonly string[];
    readonly reason: SerialisedError | null;
  };
}

export interface Save {
  /** Null until it was prepared. Stays the same however often it is sent. */
  readonly saveId: string | null;
  readonly kind: SaveKind;
  readonly baseRev: number;
  readonly seqTo: number;
  readonly hash: string;
}

export interface ShownConflict extends SaveConflict {
  readonly headHash: string;
}

export type TimerName = 'append' | 'debounce' | 'deadline' | 'retry' | 'idle';

export type AutosaveEvent =
  | { readonly type: 'requested' }
  | { readonly type: 'granted'; readonly epoch: number }
  | { readonly type: 'denied' }
  | { readonly type: 'lost' }
  | {
      readonly type: 'opened';
      readonly baseRev: number;
      readonly baseHash: string;
      readonly ackedSeq: number;
      readonly lastSeq: number;
      /** Why the back end could not be asked; null when it was. */
      readonly unreachable: SerialisedError | null;
      /** Hashes of saves of an earlier page whose answers never came: a head with one of them is this user's own. */
      readonly ownHashes: readonly string[];
      /** True for a document of a newer version, which this one must not write. */
      readonly tooNew: boolean;
    }
  | { readonly type: 'edited'; readonly seq: number }
  | { readonly type: 'appended'; readonly toSeq: number; readonly compact: boolean }
  | { readonly type: 'append-failed'; readonly error: SerialisedError }
  | { readonly type: 'timer'; readonly name: TimerName }
  | { readonly type: 'save'; readonly kind: SaveKind }
  | { readonly type: 'prepared'; readonly saveId: string; readonly seqTo: number; readonly hash: string }
  | { readonly type: 'prepare-failed'; readonly error: SerialisedError }
  | { readonly type: 'outbox'; readonly saveId: string; readonly error: SerialisedError | null }
  | { readonly type: 'answered'; readonly saveId: string; readonly answer: SaveAnswer }
  | {
      readonly type: 'send-failed';
      readonly saveId: string;
      readonly error: SerialisedError;
      /** 0 ≤ random < 1, so that the machine needs no dice. */
      readonly random: number;
    }
  | { readonly type: 'choose'; readonly choice: 'keep-mine' | 'take-theirs' | 'keep-both' }
  | { readonly type: 'adopted'; readonly rev: number; readonly hash: string }
  | { readonly type: 'signed-out' }
  | { readonly type: 'signed-in' }
  | { readonly type: 'hide' | 'show' | 'online' | 'offline' };

export type Effect =
  | { readonly type: 'start-timer'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'stop-timer'; readonly name: TimerName }
  /** Write the changes up to `toSeq` to the journal; `retry` says how often that failed. */
  | { readonly type: 'append'; readonly toSeq: number }
  /** Replace the entries by a snapshot. */
  | { readonly type: 'compact' }
  /** Empty the journal: all of it is acknowledged. */
  | { readonly type: 'clear-journal' }
  /** Take the document as it is now, hash it, and report `prepared`. */
  | { readonly type: 'prepare'; readonly kind: SaveKind }
  /** Write the outbox row durably, then report `outbox`. */
  | { readonly type: 'write-outbox'; readonly save: Save & { readonly saveId: string } }
  | { readonly type: 'send'; readonly save: Save & { readonly saveId: string } }
  /** In one transaction: the new base, and the outbox rows gone. `kind` null: nothing had to be sent. */
  | {
      readonly type: 'acknowledge';
      readonly saveId: string | null;
      readonly kind: SaveKind | null;
      readonly rev: number;
      readonly hash: string;
      readonly seqTo: number;
    }
  /** Open the head instead of what is here, then report `adopted`. */
  | { readonly type: 'adopt' }
  /** Save what is here as a new project; then as `adopt`. */
  | { readonly type: 'fork' };

export interface AutosaveConfig {
  readonly debounceMs: number;
  readonly deadlineMs: number;
}

/** How long a change waits for others before it is written to the journal; the promise is 50 ms. */
const appendMs = 40;
/** The cloud's deadline while this browser keeps nothing. */
const degradedDeadlineMs = 5000;
const probeMs = 30_000;
const idleMs = 30_000;
const firstRetryMs = 1000;
const lastRetryMs = 30_000;

export const initialMachine: AutosaveMachine = {
  role: { status: 'none', epoch: 0 },
  local: { status: 'clean', seq: 0, durableSeq: 0, appendingTo: null, failures: 0, reason: null },
  remote: {
    status: 'synced',
    ackedSeq: 0,
    baseRev: 0,
    baseHash: '',
    save: null,
    wanted: null,
    failures: 0,
    conflict: null,
    ownHashes: [],
    reason: null,
  },
};

/** Collects what one step leads to. */
class Step {
  machine: AutosaveMachine;
  readonly effects: Effect[] = [];
  readonly #config: AutosaveConfig;

  constructor(machine: AutosaveMachine, config: AutosaveConfig) {
    this.machine = machine;
    this.#config = config;
  }

  get local(): AutosaveMachine['local'] {
    return this.machine.local;
  }
  get remote(): AutosaveMachine['remote'] {
    return this.machine.remote;
  }
  get hasMore(): boolean {
    return this.local.seq > this.remote.ackedSeq;
  }

  setRole(role: AutosaveMachine['role']): void {
    this.machine = { ...this.machine, role };
  }
  setLocal(local: Partial<AutosaveMachine['local']>): void {
    this.machine = { ...this.machine, local: { ...this.local, ...local } };
  }
  setRemote(remote: Partial<AutosaveMachine['remote']>): void {
    this.machine = { ...this.machine, remote: { ...this.remote, ...remote } };
  }
  do(effect: Effect): void {
    this.effects.push(effect);
  }
  start(name: TimerName, ms: number): void {
    this.do({ type: 'start-timer', name, ms });
  }
  stop(...names: readonly TimerName[]): void {
    for (const name of names) this.do({ type: 'stop-timer', name });
  }

  becomeDirty(debounceMs: number = this.#config.debounceMs): void {
    this.setRemote({ status: 'dirty', save: null, reason: null, conflict: null });
    this.start('debounce', debounceMs);
    this.start('deadline', this.#deadline());
  }

  debounce(): void {
    this.start('debounce', this.#config.debounceMs);
  }

  hurry(): void {
    if (this.remote.status === 'dirty') this.start('deadline', this.#deadline());
  }

  #deadline(): number {
    const { deadlineMs } = this.#config;
    return this.local.status === 'degraded' ? Math.min(degradedDeadlineMs, deadlineMs) : deadlineMs;
  }

  append(): void {
    const { seq, durableSeq, appendingTo } = this.local;
    if (appendingTo !== null || seq <= durableSeq) return;
    this.stop('append');
    this.setLocal({ appendingTo: seq, status: this.local.status === 'degraded' ? 'degraded' : 'writing' });
    this.do({ type: 'append', toSeq: seq });
  }

  beginSave(kind: SaveKind, baseRev: number = this.remote.baseRev): void {
    this.stop('debounce', 'deadline', 'retry');
    this.setRemote({
      status: 'saving',
      save: { saveId: null, kind, baseRev, seqTo: this.local.seq, hash: '' },
      wanted: null,
      conflict: null,
      reason: null,
    });
    this.do({ type: 'prepare', kind });
  }

  /** Sends the waiting save again, or begins one. */
  resume(): void {
    const { save } = this.remote;
    const saveId = save?.saveId ?? null;
    this.stop('retry');
    if (save === null || saveId === null) {
      if (this.hasMore || save !== null) this.beginSave(save?.kind ?? 'auto', save?.baseRev);
      else this.settle();
      return;
    }
    this.setRemote({ status: 'saving', reason: null });
    this.do({ type: 'send', save: { ...save, saveId } });
  }

  acknowledge(rev: number, hash: string, seqTo: number, saveId: string | null, kind: SaveKind | null): void {
    this.setRemote({
      ackedSeq: seqTo,
      baseRev: rev,
      baseHash: hash,
      save: null,
      failures: 0,
      reason: null,
      conflict: null,
    });
    this.do({ type: 'acknowledge', saveId, kind, rev, hash, seqTo });
    this.settle();
  }

  /** What comes after a save: the next one, or rest. */
  settle(): void {
    const { wanted } = this.remote;
    if (wanted !== null) {
      this.beginSave(wanted);
      return;
    }
    if (this.hasMore) {
      this.becomeDirty();
      return;
    }
    this.setRemote({ status: 'synced', save: null, reason: null });
    if (this.local.status !== 'degraded') this.setLocal({ status: 'clean' });
    this.start('idle', idleMs);
  }
}

/** The next machine and what is to be done. An event that means nothing now changes nothing. */
export function step(
  machine: AutosaveMachine,
  event: AutosaveEvent,
  config: AutosaveConfig,
): { readonly machine: AutosaveMachine; readonly effects: readonly Effect[] } {
  const next = new Step(machine, config);
  take(next, event);
  return { machine: next.machine, effects: next.effects };
}

function take(next: Step, event: AutosaveEvent): void {
  switch (event.type) {
    case 'requested':
      next.setRole({ ...next.machine.role, status: 'requesting' });
      return;
    case 'granted':
      next.setRole({ status: 'leader', epoch: event.epoch });
      return;
    case 'denied':
    case 'lost':
      next.setRole({ ...next.machine.role, status: 'follower' });
      next.stop('append', 'debounce', 'deadline', 'retry', 'idle');
      next.setRemote({ save: null, wanted: null });
      return;
    case 'opened':
      opened(next, event);
      return;
    case 'edited':
      if (next.machine.role.status === 'leader') edited(next, event.seq);
      return;
    case 'appended':
      appended(next, event);
      return;
    case 'append-failed':
      appendFailed(next, event.error);
      return;
    case 'timer':
      timer(next, event.name);
      return;
    case 'save':
      if (next.machine.role.status === 'leader') save(next, event.kind);
      return;
    case 'prepared':
      prepared(next, event);
      return;
    case 'prepare-failed':
      if (next.remote.status === 'saving') next.setRemote({ status: 'blocked', save: null, reason: event.error });
      return;
    case 'outbox':
      outbox(next, event);
      return;
    case 'answered':
      if (next.remote.save?.saveId === event.saveId) answered(next, next.remote.save, event.answer);
      return;
    case 'send-failed':
      if (next.remote.save?.saveId === event.saveId) sendFailed(next, event.error, event.random);
      return;
    case 'choose':
      choose(next, event.choice);
      return;
    case 'adopted':
      next.stop('debounce', 'deadline', 'retry');
      next.setRemote({ wanted: null });
      next.setLocal({ durableSeq: Math.max(next.local.durableSeq, next.local.seq) });
      next.acknowledge(event.rev, event.hash, next.local.seq, null, null);
      return;
    case 'signed-out':
      // A save under way gets its answer, which says the same if it is so.
      if (next.remote.status !== 'dirty' && next.remote.status !== 'backoff' && next.remote.status !== 'offline')
        return;
      next.stop('debounce', 'deadline', 'retry');
      next.setRemote({ status: 'authLost', reason: { code: 'unauthenticated', message: 'signed out', details: {} } });
      return;
    case 'signed-in':
      if (next.remote.status === 'authLost') next.resume();
      return;
    case 'hide':
      next.append();
      if (next.remote.status === 'dirty') next.beginSave('auto');
      return;
    case 'show':
    case 'online':
      if (next.remote.status === 'offline' || next.remote.status === 'backoff') next.resume();
      return;
    case 'offline':
      // Whether a back end can be reached is what its answers say; an embedded one needs no network.
      return;
  }
}

function opened(next: Step, event: Extract<AutosaveEvent, { readonly type: 'opened' }>): void {
  const { baseRev, baseHash, ackedSeq, lastSeq, unreachable, ownHashes, tooNew } = event;
  next.stop('append', 'debounce', 'deadline', 'retry', 'idle');
  next.setLocal({
    status: lastSeq > ackedSeq ? 'durable' : 'clean',
    seq: lastSeq,
    durableSeq: lastSeq,
    appendingTo: null,
    failures: 0,
    reason: null,
  });
  next.setRemote({ ...initialMachine.remote, ackedSeq, baseRev, baseHash, ownHashes });
  if (tooNew) {
    next.setRemote({ status: 'blocked', reason: { code: 'too-new', message: 'made by a newer version', details: {} } });
  } else if (unreachable !== null) {
    next.setRemote({ status: 'offline', reason: unreachable });
    next.start('retry', probeMs);
  } else if (lastSeq > ackedSeq) next.becomeDirty();
}

function edited(next: Step, seq: number): void {
  const { status } = next.local;
  next.setLocal({ seq });
  next.stop('idle');
  if (status === 'clean' || status === 'durable') {
    next.setLocal({ status: 'pending' });
    next.start('append', appendMs);
  }
  if (next.remote.status === 'synced') next.becomeDirty();
  else if (next.remote.status === 'dirty') next.debounce();
}

function appended(next: Step, event: Extract<AutosaveEvent, { readonly type: 'appended' }>): void {
  next.setLocal({
    durableSeq: Math.max(next.local.durableSeq, event.toSeq),
    appendingTo: null,
    failures: 0,
    reason: null,
  });
  if (next.local.seq > next.local.durableSeq) {
    next.setLocal({ status: 'writing' });
    next.append();
    return;
  }
  next.setLocal({ status: next.hasMore ? 'durable' : 'clean' });
  if (event.compact) next.do({ type: 'compact' });
}

function appendFailed(next: Step, error: SerialisedError): void {
  if (error.code === 'conflict') {
    // The epoch is over: another tab edits now. Nothing is lost that this tab could still write.
    take(next, { type: 'lost' });
    next.setLocal({ appendingTo: null });
    return;
  }
  const failures = next.local.failures + 1;
  next.setLocal({ status: 'degraded', reason: error, appendingTo: null, failures });
  next.start('append', Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 5)));
  next.hurry();
}

function timer(next: Step, name: TimerName): void {
  const { status } = next.remote;
  switch (name) {
    case 'append':
      next.append();
      return;
    case 'debounce':
    case 'deadline':
      if (status === 'dirty') next.beginSave('auto');
      return;
    case 'retry':
      if (status === 'backoff' || status === 'offline') next.resume();
      return;
    case 'idle':
      if (status === 'synced' && !next.hasMore) next.do({ type: 'clear-journal' });
      else next.do({ type: 'compact' });
      return;
  }
}

function save(next: Step, kind: SaveKind): void {
  switch (next.remote.status) {
    case 'synced':
      if (kind === 'auto' || (kind === 'manual' && next.remote.baseRev > 0)) return;
      next.beginSave(kind);
      return;
    case 'blocked':
      if (next.remote.reason?.code !== 'too-new') next.beginSave(kind);
      return;
    case 'dirty':
    case 'orphaned':
      next.beginSave(kind);
      return;
    case 'saving':
      next.setRemote({ wanted: stronger(next.remote.wanted, kind) });
      return;
    case 'backoff':
    case 'offline':
    case 'authLost':
      if (next.remote.save?.kind !== kind) next.setRemote({ wanted: stronger(next.remote.wanted, kind) });
      next.resume();
      return;
    case 'conflict':
      return;
  }
}

function stronger(a: SaveKind | null, b: SaveKind): SaveKind {
  return a === 'publish' || (a === 'manual' && b === 'auto') ? a : b;
}

function prepared(next: Step, event: Extract<AutosaveEvent, { readonly type: 'prepared' }>): void {
  const { save: current, baseHash, baseRev } = next.remote;
  if (next.remote.status !== 'saving' || current?.saveId !== null) return;
  const { saveId, seqTo, hash } = event;
  const nothingNew = hash === baseHash && current.baseRev === baseRev && baseRev > 0;
  if (nothingNew && current.kind !== 'publish') {
    next.acknowledge(baseRev, baseHash, seqTo, null, null);
    return;
  }
  const ready = { ...current, saveId, seqTo, hash };
  next.setRemote({ save: ready });
  next.do({ type: 'write-outbox', save: ready });
}

function outbox(next: Step, event: Extract<AutosaveEvent, { readonly type: 'outbox' }>): void {
  const { save: current } = next.remote;
  if (next.remote.status !== 'saving' || current?.saveId !== event.saveId) return;
  if (event.error !== null) {
    if (event.error.code === 'conflict') {
      take(next, { type: 'lost' });
      return;
    }
    // Without a journal the back end is the only safe place: send all the same.
    next.setLocal({ status: 'degraded', reason: event.error });
  }
  next.do({ type: 'send', save: { ...current, saveId: event.saveId } });
}

function answered(next: Step, current: Save, answer: SaveAnswer): void {
  switch (answer.outcome) {
    case 'ok':
      next.acknowledge(answer.rev, current.hash, current.seqTo, current.saveId, current.kind);
      return;
    case 'conflict':
      if (answer.headHash === current.hash) {
        next.acknowledge(answer.headRev, answer.headHash, current.seqTo, current.saveId, current.kind);
        return;
      }
      if (next.remote.ownHashes.includes(answer.headHash)) {
        // The head is an earlier save of our own whose answer was lost: go on from there.
        next.setRemote({ baseRev: answer.headRev, baseHash: answer.headHash, ownHashes: [] });
        next.beginSave(current.kind);
        return;
      }
      next.setRemote({
        status: 'conflict',
        save: null,
        wanted: null,
        conflict: {
          headRev: answer.headRev,
          headAuthor: answer.headAuthor,
          headAt: answer.headAt,
          headHash: answer.headHash,
          keptAs: answer.keptAs,
        },
        reason: { code: 'conflict', message: `the head is at ${String(answer.headRev)}`, details: {} },
      });
      return;
    case 'gone':
      next.setRemote({
        status: 'orphaned',
        save: null,
        wanted: null,
        reason: { code: 'not-found', message: 'gone', details: {} },
      });
      return;
    case 'too-new':
      next.setRemote({
        status: 'blocked',
        save: null,
        wanted: null,
        reason: { code: 'too-new', message: 'too new', details: {} },
      });
      return;
  }
}

const endings: Readonly<Partial<Record<LecternErrorCode, RemoteStatus>>> = {
  unauthenticated: 'authLost',
  forbidden: 'orphaned',
  'not-found': 'orphaned',
  'invalid-input': 'blocked',
  'already-exists': 'blocked',
  'quota-exceeded': 'blocked',
  'storage-denied': 'blocked',
  'file-too-large': 'blocked',
  'too-new': 'blocked',
  corrupt: 'blocked',
};

function sendFailed(next: Step, error: SerialisedError, random: number): void {
  const ending = endings[error.code];
  if (ending !== undefined) {
    // An ended save is made anew when it is asked for; one that waits for its user stays what it is.
    next.setRemote({ status: ending, reason: error, wanted: null, ...(ending === 'authLost' ? {} : { save: null }) });
    return;
  }
  if (error.code === 'offline') {
    next.setRemote({ status: 'offline', reason: error });
    next.start('retry', probeMs);
    return;
  }
  const failures = next.remote.failures + 1;
  const ceiling = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures, 6));
  const told = error.details['retryAfterSeconds'];
  const waitMs = typeof told === 'number' ? told * 1000 : firstRetryMs + random * (ceiling - firstRetryMs);
  next.setRemote({ status: 'backoff', failures, reason: error });
  next.start('retry', waitMs);
}

function choose(next: Step, choice: Extract<AutosaveEvent, { readonly type: 'choose' }>['choice']): void {
  const { status, conflict } = next.remote;
  if (status !== 'conflict' || conflict === null) return;
  switch (choice) {
    case 'keep-mine':
      next.beginSave('manual', conflict.headRev);
      return;
    case 'take-theirs':
      next.do({ type: 'adopt' });
      return;
    case 'keep-both':
      next.do({ type: 'fork' });
      return;
  }
}
