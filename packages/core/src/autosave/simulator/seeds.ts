import { simulate, type Simulated, type SimulationOptions } from './simulator.js';

/** Worlds that run side by side: turns of the event loop are dear, and they share them. */
const sideBySide = 16;

export interface SeedsRun {
  readonly failures: readonly Simulated[];
  readonly steps: number;
}

/** Runs so many seeds. */
export async function runSeeds(from: number, count: number, options: SimulationOptions = {}): Promise<SeedsRun> {
  const failures: Simulated[] = [];
  let steps = 0;
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < from + count) {
      const seed = next;
      next += 1;
      const simulated = await simulate(seed, options);
      steps += simulated.steps;
      if (simulated.violation !== null) failures.push(simulated);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  return { failures: failures.sort((a, b) => a.seed - b.seed), steps };
}
