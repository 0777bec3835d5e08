import { step, type AutosaveMachine, type Effect } from '../machine/machine.js';
import type { ServerFlaws } from './server.js';

/** A rule that is broken on purpose, to see whether the simulator notices. */
export interface Flaw {
  readonly name: string;
  readonly ignoresEpochs?: boolean;
  readonly server?: ServerFlaws;
  readonly rule?: typeof step;
}

type Stepped = ReturnType<typeof step>;

/** The rule, with what it leads to changed. */
function changing(change: (stepped: Stepped, ...args: Parameters<typeof step>) => Stepped): typeof step {
  return (...args) => change(step(...args), ...args);
}

function withSave(machine: AutosaveMachine, save: Partial<AutosaveMachine['remote']['save']>): AutosaveMachine {
  const { remote } = machine;
  return remote.save === null ? machine : { ...machine, remote: { ...remote, save: { ...remote.save, ...save } } };
}

const sends = (effects: readonly Effect[]): boolean => effects.some(({ type }) => type === 'send');

/** What the simulator has to notice; see its test. */
export const flaws: readonly Flaw[] = [
  { name: 'the journal takes writes of epochs that are over', ignoresEpochs: true },
  {
    name: 'the outbox row is written after the save was sent',
    rule: changing((stepped, _machine, event) => {
      const written = stepped.effects.find((effect) => effect.type === 'write-outbox');
      if (event.type !== 'prepared' || written === undefined || sends(stepped.effects)) return stepped;
      const effects = stepped.effects.filter((effect) => effect !== written);
      return {
        machine: withSave(stepped.machine, { isSent: true }),
        effects: [...effects, { type: 'send', save: written.save, keepalive: false }, written],
      };
    }),
  },
  {
    name: 'the journal is dropped before the acknowledgement',
    rule: changing(({ machine, effects }) => ({
      machine,
      effects: sends(effects) ? [...effects, { type: 'clear-journal' }] : effects,
    })),
  },
  {
    name: 'a save counts as done when it is sent',
    rule: changing(({ machine, effects }) => {
      const { save } = machine.remote;
      if (!sends(effects) || save === null) return { machine, effects };
      return { machine: { ...machine, remote: { ...machine.remote, status: 'synced' } }, effects };
    }),
  },
  {
    name: 'a merge takes no notice of edits that touch',
    rule: (machine, event, config) =>
      event.type === 'merge-refused'
        ? step(machine, { type: 'merged', rev: event.conflict.headRev, hash: event.conflict.headHash }, config)
        : step(machine, event, config),
  },
  { name: 'the server takes a save of any revision', server: { noCompare: true } },
  {
    name: 'a save that is tried again gets a new id',
    rule: changing(({ machine, effects }, before) => {
      const isRetry = before.remote.save?.isSent === true && sends(effects);
      const { save } = machine.remote;
      if (!isRetry || save === null) return { machine, effects };
      return {
        machine: withSave(machine, { saveId: null, isSent: false }),
        effects: effects.map((effect) =>
          effect.type === 'send' ? { type: 'prepare', kind: save.kind, urgent: false } : effect,
        ),
      };
    }),
  },
  { name: 'the server takes a save on behalf of another user', server: { anyUser: true } },
];
