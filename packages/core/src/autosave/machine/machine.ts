import type { SerialisedError } from '@lectern/ports';
import type { Effect } from './effect.js';
import type { AutosaveEvent, TimerName } from './event.js';
import { append, appended, appendFailed, changed, madeRoom, rowRefused } from './local-region.js';
import { initialMachine, type AutosaveConfig, type AutosaveMachine } from './machine-state.js';
import * as remote from './remote-region.js';
import * as role from './role-region.js';
import { Transition } from './transition.js';

export type { Effect } from './effect.js';
export type { AutosaveEvent, Head, TimerName } from './event.js';
export {
  initialMachine,
  safeSeq,
  type AutosaveConfig,
  type AutosaveMachine,
  type PreparedSave,
} from './machine-state.js';

/**
 * Autosave as a pure machine of three regions. `step` takes an event and returns the next machine and what is to be done
 * (`Effect`, as data); nothing here waits, reads a clock or throws. A driver carries the effects out and reports back by
 * events.
 *
 * Role: which tab edits.
 *
 * | role | event | next | effects |
 * | --- | --- | --- | --- |
 * | requesting | granted | leader | |
 * | requesting | denied | follower | wait for the turn, catch up, ping every 2 s |
 * | follower | heard | follower | 10 s of silence begin anew |
 * | follower | 10 s of silence | requesting | steal |
 * | leader | pinged | leader | beat |
 * | leader | yield asked | leader, yielding | append |
 * | leader, yielding | all is kept, or 1.5 s later | follower | release |
 * | leader | lost | follower | as denied; stranded when something wasn't kept |
 *
 * Local: are the changes in this browser's journal. `clean → pending → writing → durable`, and `degraded` with retries.
 *
 * Remote: are they at the back end.
 *
 * | remote | event | next | effects |
 * | --- | --- | --- | --- |
 * | synced | edited | dirty | debounce, deadline |
 * | dirty | timer, hide, save | saving | prepare → outbox → send |
 * | saving | answered ok | synced, or dirty when there is more | acknowledge |
 * | saving | failed: network, timeout, server, rate limit, unreadable | backoff | retry with the same save |
 * | saving | failed: offline | offline | probe |
 * | saving | failed: signed out | authLost | none until signed in as the same user |
 * | saving | answered conflict (of another content) | merging | merge; the journal goes on |
 * | merging | merged | saving | prepare on the head that was merged |
 * | merging | refused | conflict | none |
 * | conflict | choose keep-mine | saving | prepare on the head that was shown |
 * | conflict | choose take-theirs, keep-both | conflict, then synced | adopt, fork |
 * | saving | answered gone, failed: forbidden, not found | orphaned | none |
 * | saving | answered too new, failed: refused, full | blocked | none until *Save* |
 *
 * An event that means nothing now changes nothing.
 */
export function step(
  machine: AutosaveMachine,
  event: AutosaveEvent,
  config: AutosaveConfig,
): { readonly machine: AutosaveMachine; readonly effects: readonly Effect[] } {
  const next = new Transition(machine, config);
  take(next, event);
  role.giveWay(next, false);
  return { machine: next.machine, effects: next.effects };
}

function take(next: Transition, event: AutosaveEvent): void {
  switch (event.type) {
    case 'requested':
      role.requested(next);
      return;
    case 'granted':
      role.granted(next, event.epoch);
      return;
    case 'denied':
      role.watch(next);
      return;
    case 'lost':
      role.lost(next);
      return;
    case 'heard':
      role.heard(next);
      return;
    case 'pinged':
      role.pinged(next);
      return;
    case 'yield-asked':
      role.yieldAsked(next);
      return;
    case 'let-go':
      role.letGo(next);
      return;
    case 'opened':
      opened(next, event);
      return;
    case 'followed':
      if (next.role.status === 'follower' && next.role.stranded === 0) followed(next, event);
      return;
    case 'answered':
      if (next.leads) remote.answered(next, event.saveId, event.answer);
      else role.strandedAnswered(next, event.saveId, event.answer);
      return;
    case 'send-failed':
      if (next.leads) remote.sendFailed(next, event);
      else role.strandedFailed(next, event.saveId);
      return;
    case 'timer':
      timer(next, event.name);
      return;
    default:
      if (next.leads) lead(next, event);
  }
}

type LeaderEvent = Exclude<
  AutosaveEvent,
  {
    readonly type:
      | 'requested'
      | 'granted'
      | 'denied'
      | 'lost'
      | 'heard'
      | 'pinged'
      | 'yield-asked'
      | 'let-go'
      | 'opened'
      | 'followed'
      | 'answered'
      | 'send-failed'
      | 'timer';
  }
>;

/** What only the tab that edits has to do with. */
function lead(next: Transition, event: LeaderEvent): void {
  switch (event.type) {
    case 'edited':
      changed(next, event.seq);
      remote.dirtied(next);
      return;
    case 'appended':
      appended(next, event.toSeq, event.compact);
      return;
    case 'append-failed':
      if (isOver(event.error)) role.lost(next);
      else {
        appendFailed(next, event.error);
        remote.hurry(next);
      }
      return;
    case 'made-room':
      madeRoom(next);
      return;
    case 'save':
      remote.saveAsked(next, event.kind);
      return;
    case 'prepared':
      remote.prepared(next, event);
      return;
    case 'prepare-failed':
      remote.prepareFailed(next, event.error);
      return;
    case 'outbox':
      outbox(next, event.saveId, event.error);
      return;
    case 'merged':
      remote.merged(next, event.rev, event.hash);
      return;
    case 'merge-refused':
      remote.mergeRefused(next, event.conflict);
      return;
    case 'merge-failed':
      remote.mergeFailed(next, event.error, event.random);
      return;
    case 'kept-aside':
      remote.keptAside(next, event.seq);
      return;
    case 'choose':
      remote.chosen(next, event.choice);
      return;
    case 'adopted':
      remote.adopted(next, event.rev, event.hash);
      return;
    case 'signed-out':
      remote.signedOut(next);
      return;
    case 'signed-in':
      remote.signedIn(next);
      return;
    case 'hide':
      append(next, true);
      remote.hidden(next);
      return;
    case 'show':
    case 'online':
      remote.tryAgain(next);
      return;
    case 'offline':
      // Whether a back end can be reached is what its answers say; an embedded one needs no network.
      return;
  }
}

/** The journal says that another tab edits now. */
function isOver(error: SerialisedError): boolean {
  return error.code === 'conflict';
}

function outbox(next: Transition, saveId: string, error: SerialisedError | null): void {
  const save = remote.notedSave(next, saveId);
  if (save === null) return;
  if (error !== null && isOver(error)) {
    role.lost(next);
    return;
  }
  if (error !== null) rowRefused(next, error);
  remote.noted(next, save);
}

function opened(next: Transition, event: Extract<AutosaveEvent, { readonly type: 'opened' }>): void {
  const { baseRev, baseHash, ackedSeq, lastSeq, unreachable, ownHashes, tooNew, volatile } = event;
  // A change that never got into the journal may have been acknowledged all the same: its number isn't given again.
  const seq = Math.max(lastSeq, ackedSeq);
  next.stop('append', 'debounce', 'deadline', 'retry', 'idle');
  next.setLocal({
    status: lastSeq > ackedSeq ? 'durable' : 'clean',
    seq,
    durableSeq: seq,
    appendingTo: null,
    failures: 0,
    reason: null,
    volatile,
  });
  next.setRemote({ ...initialMachine.remote, ackedSeq, baseRev, baseHash, ownHashes });
  if (tooNew) {
    next.setRemote({ status: 'blocked', reason: { code: 'too-new', message: 'made by a newer version', details: {} } });
  } else if (unreachable !== null) {
    next.setRemote({ status: 'offline', reason: unreachable });
    if (next.leads) remote.probe(next);
  } else if (lastSeq > ackedSeq) remote.becomeDirty(next);
}

function followed(next: Transition, event: Extract<AutosaveEvent, { readonly type: 'followed' }>): void {
  const { seq, ackedSeq, baseRev, baseHash } = event;
  const isSaved = ackedSeq >= seq;
  next.setLocal({ seq, durableSeq: seq, status: isSaved ? 'clean' : 'durable', reason: null });
  next.setRemote({ status: isSaved ? 'synced' : 'dirty', ackedSeq, baseRev, baseHash, reason: null });
}

function timer(next: Transition, name: TimerName): void {
  switch (name) {
    case 'ping':
      role.ping(next);
      return;
    case 'silence':
      role.silence(next);
      return;
    case 'yield':
      role.giveWay(next, true);
      return;
    case 'append':
      if (next.leads) append(next);
      return;
    case 'debounce':
    case 'deadline':
    case 'retry':
    case 'idle':
      if (next.leads) remote.timedOut(next, name);
      return;
  }
}
