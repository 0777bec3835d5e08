import type { SerialisedError } from '@lectern/ports';
import { firstRetryMs, retryMs, type Transition } from './transition.js';

/** A change waits for those of the same turn, and no longer; what comes while it is written is written together next. */
const appendMs = 0;

export function changed(next: Transition, seq: number): void {
  const { status } = next.local;
  next.setLocal({ seq });
  next.stop('idle');
  if (status !== 'clean' && status !== 'durable') return;
  next.setLocal({ status: 'pending' });
  next.start('append', appendMs);
}

/** Writes what isn't in the journal. `now` doesn't wait for a write under way: the page may be about to go. */
export function append(next: Transition, now = false): void {
  const { seq, durableSeq, appendingTo, status } = next.local;
  if (seq <= durableSeq && status === 'degraded') recovered(next);
  if (seq <= durableSeq || appendingTo === seq || (appendingTo !== null && !now)) return;
  next.stop('append');
  next.setLocal({ appendingTo: seq, status: status === 'degraded' ? 'degraded' : 'writing' });
  next.do({ type: 'append', toSeq: seq });
}

export function appended(next: Transition, toSeq: number, compact: boolean): void {
  const { appendingTo } = next.local;
  next.setLocal({
    durableSeq: Math.max(next.local.durableSeq, toSeq),
    appendingTo: appendingTo !== null && appendingTo > toSeq ? appendingTo : null,
    failures: 0,
    reason: null,
  });
  if (next.local.seq > next.local.durableSeq) {
    next.setLocal({ status: 'writing' });
    append(next);
    return;
  }
  next.setLocal({ status: next.hasMore ? 'durable' : 'clean' });
  if (compact) next.do({ type: 'compact' });
}

export function appendFailed(next: Transition, error: SerialisedError): void {
  const failures = next.local.failures + 1;
  degrade(next, error);
  next.setLocal({ appendingTo: null, failures });
  next.start('append', retryMs(failures - 1));
  if (error.code === 'quota-exceeded') next.do({ type: 'make-room' });
}

/** An outbox row that couldn't be written tells as much about the journal as an append, and is asked after as an append. */
export function rowRefused(next: Transition, reason: SerialisedError): void {
  degrade(next, reason);
  next.start('append', firstRetryMs);
}

/** This browser keeps nothing for now. */
function degrade(next: Transition, reason: SerialisedError): void {
  next.setLocal({ status: 'degraded', reason });
}

/** All of it is in the journal; whether it takes more is seen with the next change. */
function recovered(next: Transition): void {
  next.setLocal({ status: next.hasMore ? 'durable' : 'clean', failures: 0, reason: null });
}

export function madeRoom(next: Transition): void {
  if (next.local.status === 'degraded') append(next);
}
