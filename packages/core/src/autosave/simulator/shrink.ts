import { simulate, type Simulated, type SimulationOptions } from './simulator.js';
import type { Action } from './user.js';

/** How many runs finding a shorter one may take. */
const mostRuns = 400;

/**
 * The same failure with fewer actions: large parts are left out first, then smaller ones, as long as what is left
 * breaks the same rule. Returned with its trace.
 */
export async function shrink(failed: Simulated, options: SimulationOptions = {}): Promise<Simulated> {
  const { seed } = failed;
  const invariant = failed.violation?.invariant;
  let actions: readonly Action[] = failed.actions;
  let runs = 0;
  const stillFails = async (fewer: readonly Action[]): Promise<boolean> => {
    runs += 1;
    const { violation } = await simulate(seed, { ...options, actions: fewer });
    return violation?.invariant === invariant;
  };
  const { at = Infinity } = failed.violation ?? {};
  const before = actions.filter((action) => action.at <= at);
  if (await stillFails(before)) actions = before;
  for (let size = Math.ceil(actions.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < actions.length && runs < mostRuns;) {
      const fewer = [...actions.slice(0, start), ...actions.slice(start + size)];
      if (await stillFails(fewer)) actions = fewer;
      else start += size;
    }
  }
  return simulate(seed, { ...options, actions, traced: true });
}
