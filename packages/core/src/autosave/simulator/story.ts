import type { AutosaveEvent, step } from '../machine/machine.js';

/** One step of the machine, as a line of a trace. */
export function storyOf(event: AutosaveEvent, { machine, effects }: ReturnType<typeof step>): string {
  const { type, ...rest } = event;
  const { role, local, remote } = machine;
  const done = effects.map((effect) => ('name' in effect ? `${effect.type} ${effect.name}` : effect.type));
  const details = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
  return `${type}${details} → ${role.status}(${role.epoch}) ${local.status} ${remote.status} ${local.durableSeq}/${local.seq} acked ${remote.ackedSeq}@${remote.baseRev}${done.length === 0 ? '' : `: ${done.join(', ')}`}`;
}
