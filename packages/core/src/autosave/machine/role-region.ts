import type { SaveAnswer } from '@lectern/ports';
import { append } from './local-region.js';
import { safeSeq } from './machine-state.js';
import type { Transition } from './transition.js';

/** How often a tab that watches asks after the one that edits. */
const pingMs = 2000;
/** After that long without a word, the one that edits is taken for frozen. */
const silenceMs = 10_000;
/** How long a tab that was asked for the lead tries to keep its last changes. */
const yieldMs = 1500;

export function requested(next: Transition): void {
  next.stop('ping', 'silence');
  next.setRole({ status: 'requesting', yielding: false, stranded: 0 });
}

export function granted(next: Transition, epoch: number): void {
  next.stop('ping', 'silence');
  next.setRole({ status: 'leader', epoch, yielding: false, stranded: 0 });
}

/** Another tab edits: watch it. */
export function watch(next: Transition): void {
  next.setRole({ status: 'follower', yielding: false, stranded: 0 });
  next.do({ type: 'wait-turn' });
  next.do({ type: 'catch-up' });
  next.start('silence', silenceMs);
  ping(next);
}

/**
 * The lead is gone. What nothing has kept stays on show here until a person has decided about it; a save of it that is
 * on its way may still arrive.
 */
export function lost(next: Transition): void {
  if (!next.leads) return;
  const { status, save } = next.remote;
  const stranded = Math.max(0, next.local.seq - safeSeq(next.machine));
  next.stop('append', 'debounce', 'deadline', 'retry', 'idle', 'yield');
  next.setLocal({ appendingTo: null });
  next.setRemote({ save: status === 'saving' && stranded > 0 ? save : null, wanted: null });
  next.setRole({ status: 'follower', yielding: false, stranded });
  if (stranded === 0) watch(next);
}

/** What became of stranded changes: nobody needs this tab's any more. */
export function letGo(next: Transition): void {
  if (next.role.stranded === 0) return;
  next.setRemote({ save: null });
  watch(next);
}

/** What became of a stranded save: it may have arrived after all. */
export function strandedAnswered(next: Transition, saveId: string, answer: SaveAnswer): void {
  const { save, ackedSeq } = next.remote;
  if (save?.saveId !== saveId || answer.outcome !== 'ok') return;
  const { seq } = next.local;
  const { seqTo } = save;
  next.setRemote({ ackedSeq: Math.max(ackedSeq, seqTo), save: null });
  if (seqTo >= seq) watch(next);
  else next.setRole({ stranded: Math.min(next.role.stranded, seq - seqTo) });
}

export function strandedFailed(next: Transition, saveId: string): void {
  if (next.remote.save?.saveId === saveId) next.setRemote({ save: null });
}

export function heard(next: Transition): void {
  if (isWatching(next)) next.start('silence', silenceMs);
}

export function pinged(next: Transition): void {
  if (next.leads) next.do({ type: 'beat' });
}

export function ping(next: Transition): void {
  if (!isWatching(next)) return;
  next.do({ type: 'ping' });
  next.start('ping', pingMs);
}

export function silence(next: Transition): void {
  if (!isWatching(next)) return;
  requested(next);
  next.do({ type: 'steal' });
}

export function yieldAsked(next: Transition): void {
  if (!next.leads || next.role.yielding) return;
  next.setRole({ yielding: true });
  next.start('yield', yieldMs);
  append(next, true);
}

/** Gives the lead away, once all is kept or waiting longer is no use. */
export function giveWay(next: Transition, isLate: boolean): void {
  if (!next.leads || !next.role.yielding) return;
  if (!isLate && safeSeq(next.machine) < next.local.seq) return;
  next.do({ type: 'release' });
  lost(next);
}

function isWatching(next: Transition): boolean {
  return next.role.status === 'follower' && next.role.stranded === 0;
}
