import type { Effect } from './effect.js';
import type { TimerName } from './event.js';
import type { AutosaveConfig, AutosaveMachine } from './machine-state.js';

/** One step under way: the machine as it becomes, and what it leads to. The regions write into it. */
export class Transition {
  machine: AutosaveMachine;
  readonly effects: Effect[] = [];
  readonly config: AutosaveConfig;

  constructor(machine: AutosaveMachine, config: AutosaveConfig) {
    this.machine = machine;
    this.config = config;
  }

  get role(): AutosaveMachine['role'] {
    return this.machine.role;
  }
  get local(): AutosaveMachine['local'] {
    return this.machine.local;
  }
  get remote(): AutosaveMachine['remote'] {
    return this.machine.remote;
  }
  get leads(): boolean {
    return this.role.status === 'leader';
  }
  /** Whether there is something that the back end hasn't acknowledged. */
  get hasMore(): boolean {
    return this.local.seq > this.remote.ackedSeq;
  }

  setRole(role: Partial<AutosaveMachine['role']>): void {
    this.machine = { ...this.machine, role: { ...this.role, ...role } };
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
}

export const firstRetryMs = 1000;
const lastRetryMs = 30_000;

/** How long to wait after so many failures before: 1 s doubling to 30 s, in milliseconds. */
export function retryMs(failuresBefore: number): number {
  return Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failuresBefore, 5));
}
