/**
 * Runs seeds, and prints each that fails with what is left of it after shrinking:
 *
 *   node --import tsx packages/core/src/autosave/simulator/run-seeds.ts --from 1 --count 1000
 *   node --import tsx packages/core/src/autosave/simulator/run-seeds.ts --seed 17 [--whole] [--flaw 2]
 */
import { parseArgs } from 'node:util';
import { flaws } from './flaws.js';
import { runSeeds } from './seeds.js';
import { shrink } from './shrink.js';
import { simulate, type Simulated, type SimulationOptions } from './simulator.js';

/** What `--json` prints, on one line. */
export interface SeedsReport {
  readonly failures: readonly {
    readonly seed: number;
    readonly invariant: string;
    readonly message: string;
    /** Shrunk; empty for all but the first few. */
    readonly trace: readonly string[];
  }[];
  readonly steps: number;
}

/** Shrinking takes a while. */
const mostShrunk = 3;

function reported(failed: Simulated, trace: readonly string[]): SeedsReport['failures'][number] {
  const { invariant = '', message = '' } = failed.violation ?? {};
  return { seed: failed.seed, invariant, message, trace };
}

async function reportSeeds(from: number, count: number, options: SimulationOptions): Promise<SeedsReport> {
  const { failures, steps } = await runSeeds(from, count, options);
  const shrunk = await Promise.all(failures.slice(0, mostShrunk).map((failed) => shrink(failed, options)));
  return {
    failures: failures.map((failed, index) => reported(failed, shrunk[index]?.trace ?? [])),
    steps,
  };
}

async function reportSeed(seed: number, options: SimulationOptions, whole: boolean): Promise<readonly string[]> {
  const simulated = await simulate(seed, { ...options, traced: true });
  const { violation, trace } = simulated;
  if (violation === null) return [...(whole ? trace : []), `seed ${seed}: every invariant holds`];
  const shown = whole ? simulated : await shrink(simulated, options);
  return [...shown.trace, `seed ${seed}: invariant ${violation.invariant}: ${violation.message}`];
}

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    flaw: { type: 'string' },
    whole: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
// Errors are thrown by the thousand here, and nobody reads where.
Error.stackTraceLimit = 0;
const flaw = values.flaw === undefined ? undefined : flaws[Number(values.flaw)];
const options: SimulationOptions = flaw === undefined ? {} : { flaw };

if (values.seed === undefined) {
  const began = performance.now();
  const report = await reportSeeds(Number(values.from), Number(values.count), options);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const lines = values.json
    ? [JSON.stringify(report)]
    : [
        ...report.failures.flatMap(({ seed, invariant, message, trace }) => [
          ...trace,
          `seed ${seed}: invariant ${invariant}: ${message}`,
        ]),
        `${values.count} seeds, ${report.failures.length} failed, ${report.steps} events, ${seconds} s`,
      ];
  process.stdout.write(`${lines.join('\n')}\n`);
} else {
  const lines = await reportSeed(Number(values.seed), options, values.whole);
  process.stdout.write(`${lines.join('\n')}\n`);
}
