import type { LecternErrorCode, SaveAnswer, SaveKind, SerialisedError } from '@lectern/ports';
import type { ConflictChoice } from '../autosave.js';
import type { RemoteStatus } from '../autosave-state.js';
import type { AutosaveEvent, Head } from './event.js';
import type { PreparedSave, Save } from './machine-state.js';
import { firstRetryMs, retryMs, type Transition } from './transition.js';

/** The cloud's deadline while this browser keeps nothing. */
const degradedDeadlineMs = 5000;
const probeMs = 30_000;
const idleMs = 30_000;

type EventOf<Type extends AutosaveEvent['type']> = Extract<AutosaveEvent, { readonly type: Type }>;

export function becomeDirty(next: Transition): void {
  next.setRemote({ status: 'dirty', save: null, reason: null, conflict: null });
  if (!next.leads) return;
  next.start('debounce', next.config.debounceMs);
  next.start('deadline', deadlineMs(next));
}

export function dirtied(next: Transition): void {
  if (next.remote.status === 'synced') becomeDirty(next);
  else if (next.remote.status === 'dirty') next.start('debounce', next.config.debounceMs);
}

/** A deadline that has become nearer. */
export function hurry(next: Transition): void {
  if (next.remote.status === 'dirty') next.start('deadline', deadlineMs(next));
}

function deadlineMs(next: Transition): number {
  const ms = next.config.deadlineMs;
  return next.local.status === 'degraded' ? Math.min(degradedDeadlineMs, ms) : ms;
}

export function beginSave(
  next: Transition,
  kind: SaveKind,
  { baseRev = next.remote.baseRev, urgent = false }: { readonly baseRev?: number; readonly urgent?: boolean } = {},
): void {
  next.stop('debounce', 'deadline', 'retry');
  next.setRemote({
    status: 'saving',
    save: { saveId: null, kind, baseRev, seqTo: next.local.seq, hash: '', isSent: false },
    wanted: null,
    conflict: null,
    reason: null,
  });
  next.do({ type: 'prepare', kind, urgent });
}

/** Sends the waiting save again, or begins one. */
export function resume(next: Transition, keepalive = false): void {
  const { save, wanted } = next.remote;
  next.stop('retry');
  if (save !== null && isPrepared(save)) {
    next.setRemote({ status: 'saving', reason: null });
    send(next, save, keepalive);
  } else if (next.hasMore || save !== null || wanted !== null) {
    beginSave(next, stronger(wanted, save?.kind ?? 'auto'), save === null ? {} : { baseRev: save.baseRev });
  } else settle(next);
}

function isPrepared(save: Save): save is PreparedSave {
  return save.saveId !== null;
}

function acknowledge(next: Transition, rev: number, hash: string, seqTo: number, save: Save | null): void {
  next.setRemote({
    ackedSeq: seqTo,
    baseRev: rev,
    baseHash: hash,
    save: null,
    failures: 0,
    reason: null,
    conflict: null,
  });
  next.do({ type: 'acknowledge', saveId: save?.saveId ?? null, kind: save?.kind ?? null, rev, hash, seqTo });
  settle(next);
}

/** What comes after a save: the next one, or rest. */
function settle(next: Transition): void {
  const { wanted } = next.remote;
  if (wanted !== null) {
    beginSave(next, wanted);
    return;
  }
  if (next.hasMore) {
    becomeDirty(next);
    return;
  }
  next.setRemote({ status: 'synced', save: null, reason: null });
  if (next.local.status === 'durable') next.setLocal({ status: 'clean' });
  next.start('idle', idleMs);
}

export function timedOut(next: Transition, name: 'debounce' | 'deadline' | 'retry' | 'idle'): void {
  const { status } = next.remote;
  switch (name) {
    case 'debounce':
    case 'deadline':
      if (status === 'dirty') beginSave(next, 'auto');
      return;
    case 'retry':
      tryAgain(next);
      return;
    case 'idle':
      if (status === 'synced' && !next.hasMore) next.do({ type: 'clear-journal' });
      else next.do({ type: 'compact' });
      return;
  }
}

/** What waits for better times doesn't wait any longer. */
export function tryAgain(next: Transition): void {
  const { status } = next.remote;
  if (status === 'offline' || status === 'backoff') resume(next);
  else if (status === 'merging' && next.remote.failures > 0) merge(next);
}

/** The page may be about to go: what can go with it, goes. */
export function hidden(next: Transition): void {
  const { status } = next.remote;
  if (status === 'dirty') beginSave(next, 'auto', { urgent: true });
  else if (status === 'offline' || status === 'backoff') resume(next, true);
}

export function saveAsked(next: Transition, kind: SaveKind): void {
  const { status, save, baseRev, reason, wanted } = next.remote;
  switch (status) {
    case 'synced':
      if (kind === 'auto' || (kind === 'manual' && baseRev > 0)) return;
      beginSave(next, kind);
      return;
    case 'blocked':
      if (reason?.code !== 'too-new') beginSave(next, kind);
      return;
    case 'dirty':
    case 'orphaned':
      beginSave(next, kind);
      return;
    case 'saving':
      next.setRemote({ wanted: stronger(wanted, kind) });
      return;
    case 'merging':
      next.setRemote({ wanted: stronger(wanted, kind) });
      tryAgain(next);
      return;
    case 'backoff':
    case 'offline':
    case 'authLost':
      if (save?.kind !== kind) next.setRemote({ wanted: stronger(wanted, kind) });
      resume(next);
      return;
    case 'conflict':
      return;
  }
}

const strength: Readonly<Record<SaveKind, number>> = { auto: 0, conflict: 0, manual: 1, restore: 2, publish: 3 };

function stronger(a: SaveKind | null, b: SaveKind): SaveKind {
  return a !== null && strength[a] > strength[b] ? a : b;
}

export function prepared(next: Transition, event: EventOf<'prepared'>): void {
  const { save: current, baseHash, baseRev } = next.remote;
  if (next.remote.status !== 'saving' || current?.saveId !== null) return;
  const { saveId, seqTo, hash, keepalive } = event;
  const nothingNew = hash === baseHash && current.baseRev === baseRev && baseRev > 0;
  if (nothingNew && (current.kind === 'auto' || current.kind === 'manual')) {
    acknowledge(next, baseRev, baseHash, seqTo, null);
    return;
  }
  const save: PreparedSave = { ...current, saveId, seqTo, hash };
  next.setRemote({ save });
  next.do({ type: 'write-outbox', save });
  // Nobody can wait for the row in a page that goes. Both are begun in one breath; should only the request arrive, the
  // next opening finds its very content at the head.
  if (keepalive) send(next, save, true);
}

function send(next: Transition, save: PreparedSave, keepalive: boolean): void {
  next.setRemote({ save: { ...save, isSent: true } });
  next.do({ type: 'send', save, keepalive });
}

export function prepareFailed(next: Transition, reason: SerialisedError): void {
  if (next.remote.status === 'saving') next.setRemote({ status: 'blocked', save: null, reason });
}

/** The save that a row was written for, or couldn't be; null when another one is under way by now. */
export function notedSave(next: Transition, saveId: string): PreparedSave | null {
  const { status, save } = next.remote;
  return status === 'saving' && save?.saveId === saveId && isPrepared(save) ? save : null;
}

/** Without a journal the back end is the only safe place: it is sent whether the row was written or not. */
export function noted(next: Transition, save: PreparedSave): void {
  if (!save.isSent) send(next, save, false);
}

export function answered(next: Transition, saveId: string, answer: SaveAnswer): void {
  const { save } = next.remote;
  if (save?.saveId !== saveId) return;
  switch (answer.outcome) {
    case 'ok':
      acknowledge(next, answer.rev, save.hash, save.seqTo, save);
      return;
    case 'conflict':
      conflicted(next, save, answer);
      return;
    case 'gone':
      end(next, 'orphaned', { code: 'not-found', message: 'gone', details: {} });
      return;
    case 'too-new':
      end(next, 'blocked', { code: 'too-new', message: 'too new', details: {} });
      return;
  }
}

function conflicted(next: Transition, save: Save, answer: Extract<SaveAnswer, { readonly outcome: 'conflict' }>): void {
  const { headRev, headAuthor, headAt, headHash, keptAs } = answer;
  if (headHash === save.hash) {
    acknowledge(next, headRev, headHash, save.seqTo, save);
    return;
  }
  if (next.remote.ownHashes.includes(headHash)) {
    // The head is an earlier save of our own whose answer was lost: go on from there.
    next.setRemote({ baseRev: headRev, baseHash: headHash, ownHashes: [] });
    beginSave(next, save.kind);
    return;
  }
  next.setRemote({
    wanted: stronger(next.remote.wanted, save.kind),
    failures: 0,
    conflict: { headRev, headAuthor, headAt, headHash, keptAs, keptSeq: save.seqTo },
  });
  merge(next);
}

function merge(next: Transition): void {
  next.stop('retry');
  next.setRemote({ status: 'merging', save: null, reason: null });
  next.do({ type: 'merge' });
}

export function merged(next: Transition, rev: number, hash: string): void {
  if (next.remote.status !== 'merging') return;
  next.setRemote({ baseRev: rev, baseHash: hash, failures: 0 });
  beginSave(next, next.remote.wanted ?? 'auto');
}

export function mergeRefused(next: Transition, head: Head): void {
  const { status, conflict } = next.remote;
  if (status !== 'merging' || conflict === null) return;
  const reason = { code: 'conflict', message: `the head is at ${String(head.headRev)}`, details: {} } as const;
  next.setRemote({ status: 'conflict', wanted: null, failures: 0, conflict: { ...conflict, ...head }, reason });
}

export function mergeFailed(next: Transition, error: SerialisedError, random: number): void {
  const { status, conflict } = next.remote;
  if (status !== 'merging' || conflict === null) return;
  const ending = endings[error.code];
  // What can't be read can't be merged: a person decides. What a newer version made isn't for this one to decide about.
  if (ending === 'blocked' && error.code !== 'too-new') mergeRefused(next, conflict);
  else if (ending !== undefined) end(next, ending, error);
  else retryLater(next, 'merging', error, random);
}

function end(next: Transition, status: RemoteStatus, reason: SerialisedError): void {
  next.stop('debounce', 'deadline', 'retry');
  next.setRemote({ status, reason, save: null, wanted: null, conflict: null });
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

export function sendFailed(next: Transition, { saveId, error, random }: EventOf<'send-failed'>): void {
  const { save } = next.remote;
  if (save?.saveId !== saveId || next.remote.status !== 'saving') return;
  const ending = endings[error.code];
  // A save that waits for its user stays what it is; another one that has ended is made anew when it is asked for.
  if (ending === 'authLost') next.setRemote({ status: ending, reason: error });
  else if (ending !== undefined) end(next, ending, error);
  else if (error.code === 'offline') {
    next.setRemote({ status: 'offline', reason: error });
    probe(next);
  } else retryLater(next, 'backoff', error, random);
}

export function probe(next: Transition): void {
  next.start('retry', probeMs);
}

function retryLater(next: Transition, status: 'backoff' | 'merging', reason: SerialisedError, random: number): void {
  const failures = next.remote.failures + 1;
  const told = reason.details['retryAfterMs'];
  const waitMs = typeof told === 'number' ? told : firstRetryMs + random * (retryMs(failures) - firstRetryMs);
  next.setRemote({ status, failures, reason });
  next.start('retry', waitMs);
}

export function keptAside(next: Transition, keptSeq: number): void {
  const { conflict } = next.remote;
  if (conflict !== null) next.setRemote({ conflict: { ...conflict, keptSeq } });
}

export function chosen(next: Transition, choice: ConflictChoice): void {
  const { status, conflict } = next.remote;
  if (status !== 'conflict' || conflict === null) return;
  switch (choice) {
    case 'keep-mine':
      beginSave(next, 'manual', { baseRev: conflict.headRev });
      return;
    case 'take-theirs':
      next.do({ type: 'adopt' });
      return;
    case 'keep-both':
      next.do({ type: 'fork' });
      return;
  }
}

export function adopted(next: Transition, rev: number, hash: string): void {
  next.stop('debounce', 'deadline', 'retry');
  next.setRemote({ wanted: null });
  // Nothing of the document before has to be written any more, and nobody will tell of a write of it under way.
  const durableSeq = Math.max(next.local.durableSeq, next.local.seq);
  next.setLocal({ status: 'clean', durableSeq, appendingTo: null, failures: 0, reason: null });
  acknowledge(next, rev, hash, next.local.seq, null);
}

export function signedOut(next: Transition): void {
  // A save under way gets its answer, which says the same if it is so.
  const { status } = next.remote;
  if (status !== 'dirty' && status !== 'backoff' && status !== 'offline') return;
  next.stop('debounce', 'deadline', 'retry');
  next.setRemote({ status: 'authLost', reason: { code: 'unauthenticated', message: 'signed out', details: {} } });
}

export function signedIn(next: Transition): void {
  if (next.remote.status === 'authLost') resume(next);
}
