import type { LecternErrorCode, SaveAnswer, SerialisedError } from '@lectern/ports';
import {
  initialMachine,
  step,
  type AutosaveConfig,
  type AutosaveEvent,
  type AutosaveMachine,
  type Effect,
  type TimerName,
} from '../autosave/machine/machine.js';

export const config: AutosaveConfig = { debounceMs: 1500, deadlineMs: 30_000 };
export const error = (code: LecternErrorCode, details: SerialisedError['details'] = {}): SerialisedError => ({
  code,
  message: code,
  details,
});

type EventOf<Type extends AutosaveEvent['type']> = Extract<AutosaveEvent, { readonly type: Type }>;

/** Runs events one after the other; keeps the effects of the last one apart. */
export function run(
  events: readonly AutosaveEvent[],
  from: AutosaveMachine = initialMachine,
): { machine: AutosaveMachine; effects: readonly Effect[] } {
  let machine = from;
  let effects: readonly Effect[] = [];
  for (const event of events) ({ machine, effects } = step(machine, event, config));
  return { machine, effects };
}

/** Opens the project at revision 3, with ten changes that are all saved. */
export const opened: EventOf<'opened'> = {
  type: 'opened',
  baseRev: 3,
  baseHash: 'three',
  ackedSeq: 10,
  lastSeq: 10,
  unreachable: null,
  ownHashes: [],
  tooNew: false,
  volatile: false,
};
export const leading: readonly AutosaveEvent[] = [{ type: 'granted', epoch: 1 }, opened];
export const edited: EventOf<'edited'> = { type: 'edited', seq: 11 };
export const debounced: EventOf<'timer'> = { type: 'timer', name: 'debounce' };
export const prepared: EventOf<'prepared'> = {
  type: 'prepared',
  saveId: 's1',
  seqTo: 11,
  hash: 'eleven',
  keepalive: false,
};
export const written: EventOf<'outbox'> = { type: 'outbox', saveId: 's1', error: null };
export const answered = (answer: SaveAnswer): EventOf<'answered'> => ({ type: 'answered', saveId: 's1', answer });
export const failed = (code: LecternErrorCode, details: SerialisedError['details'] = {}): EventOf<'send-failed'> => ({
  type: 'send-failed',
  saveId: 's1',
  error: error(code, details),
  random: 0.5,
});
/** The eleventh change is on its way to the back end as `s1`. */
export const sending: readonly AutosaveEvent[] = [...leading, edited, debounced, prepared, written];
export const conflicted: EventOf<'answered'> = answered({
  outcome: 'conflict',
  headRev: 7,
  headAuthor: 'ana',
  headAt: '2026-03-02T09:00:00Z',
  headHash: 'theirs',
  keptAs: 1_000_001,
});
export const refused: EventOf<'merge-refused'> = {
  type: 'merge-refused',
  conflict: { headRev: 7, headAuthor: 'ana', headAt: '2026-03-02T09:00:00Z', headHash: 'theirs' },
};
export const types = (effects: readonly Effect[]): string[] => effects.map((effect) => effect.type);

/** The timers that effects start, with their milliseconds. */
export function started(effects: readonly Effect[]): Readonly<Partial<Record<TimerName, number>>> {
  return Object.fromEntries(
    effects.flatMap((effect) => (effect.type === 'start-timer' ? [[effect.name, effect.ms]] : [])),
  );
}

/** The timers that effects stop, in alphabetical order. */
export function stopped(effects: readonly Effect[]): readonly TimerName[] {
  return effects.flatMap((effect) => (effect.type === 'stop-timer' ? [effect.name] : [])).sort();
}
