import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LecternError, type Backend, type ProjectNotice, type ProjectsPort } from '@lectern/ports';
import { projectsContract, runContract } from '@lectern/ports/contracts';
import { build } from 'esbuild';
import { flaws } from './flaws.js';
import type { SeedsReport } from './run-seeds.js';
import { runSeeds } from './seeds.js';
import { Server } from './server.js';
import { simulate } from './simulator.js';

/** `LECTERN_SIMULATOR_SEEDS=200000 LECTERN_SIMULATOR_FROM=1000000` for a long run. */
const count = Number(process.env['LECTERN_SIMULATOR_SEEDS'] ?? 10_000);
const from = Number(process.env['LECTERN_SIMULATOR_FROM'] ?? 1);
const processes = 2;

/** Which invariant notices each flaw; another one may notice it first. */
const noticedBy: Readonly<Record<string, readonly string[]>> = {
  'the journal takes writes of epochs that are over': ['5'],
  'the outbox row is written after the save was sent': ['outbox first'],
  'the journal is dropped before the acknowledgement': ['7'],
  'a save counts as done when it is sent': ['6'],
  'a merge takes no notice of edits that touch': ['2'],
  'the server takes a save of any revision': ['2'],
  'a save that is tried again gets a new id': ['3'],
  'the server takes a save on behalf of another user': ['9'],
};
/** Within so many seeds, each flaw has to be noticed. */
const flawSeeds = 2000;

describe('the save protocol, simulated', () => {
  let folder = '';
  let program = '';

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lectern-simulator-'));
    program = path.join(folder, 'run-seeds.mjs');
    // As one file it runs a third faster than through the loader.
    await build({
      entryPoints: [fileURLToPath(new URL('run-seeds.ts', import.meta.url))],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const run = async (first: number, seeds: number): Promise<SeedsReport> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, '--json', '--from', String(first), '--count', String(seeds)],
      { maxBuffer: 2 ** 26 },
    );
    return JSON.parse(stdout) as SeedsReport;
  };

  it('holds for every seed that has failed before', async () => {
    const file = await readFile(new URL('seeds.json', import.meta.url), 'utf8');
    for (const { seed, found } of JSON.parse(file) as readonly { readonly seed: number; readonly found: string }[]) {
      const { violation, trace } = await simulate(seed, { traced: true });
      assert.equal(violation, null, `seed ${seed} (${found})\n${trace.join('\n')}`);
    }
  });

  it(`holds for ${count} seeds from ${from}`, async () => {
    const each = Math.ceil(count / processes);
    const reports = await Promise.all(Array.from({ length: processes }, (_, index) => run(from + index * each, each)));
    const failures = reports.flatMap((report) => report.failures);
    const told = failures.map(({ seed, invariant, message, trace }) =>
      [...trace, `seed ${seed}: invariant ${invariant}: ${message}`].join('\n'),
    );
    assert.equal(
      failures.length,
      0,
      `${failures.length} seeds failed; README.md says how to go on\n${told.join('\n\n')}`,
    );
    assert.ok(reports.every(({ steps }) => steps > each * 50));
  });

  it('goes the same way again for the same seed', async () => {
    const [one, two] = await Promise.all([simulate(7, { traced: true }), simulate(7, { traced: true })]);
    assert.ok(one.trace.length > 50);
    assert.deepEqual(one.trace, two.trace);
    assert.equal((await simulate(7)).steps, one.steps, 'whether anybody looks or not');
  });
});

describe('the simulator notices', () => {
  for (const flaw of flaws)
    it(`that ${flaw.name}`, async () => {
      const found = new Set<string>();
      const expected = noticedBy[flaw.name] ?? [];
      for (let seed = from; seed < from + flawSeeds && !expected.some((name) => found.has(name)); seed += 50) {
        const { failures } = await runSeeds(seed, 50, { flaw });
        for (const { violation } of failures) if (violation !== null) found.add(violation.invariant);
      }
      assert.ok(
        expected.some((name) => found.has(name)),
        `noticed by ${[...found].join() || 'nothing'}`,
      );
    });
});

describe('the simulated server', () => {
  /** What the simulator has no need of. */
  const left: readonly string[] = [
    'removes softly and restores',
    'lists by search, state and order, page by page',
    'keeps the usage of assets with the head',
  ];
  const suite = { ...projectsContract, cases: projectsContract.cases.filter(({ name }) => !left.includes(name)) };
  assert.equal(suite.cases.length, projectsContract.cases.length - left.length);
  runContract(suite, () => ({ backend: backendOf('ana') }), { it });

  it('answers nobody who isn’t signed in', () => {
    assert.throws(() => new Server(Date.now).save(null, {} as never, null), { code: 'unauthenticated' });
  });
});

/** The server as a back end of its own, for the suite that every back end passes. */
function backendOf(userId: string): Backend {
  const server = new Server(Date.now);
  const listeners = new Set<(notice: ProjectNotice) => void>();
  server.onNotice = (notice) => {
    for (const listener of listeners) listener(notice);
  };
  const ask = async <T>(signal: AbortSignal | undefined, work: () => T): Promise<T> => {
    if (signal?.aborted === true) throw new LecternError('aborted');
    return work();
  };
  const projects: ProjectsPort = {
    list: (_query, options) =>
      ask(options?.signal, () => {
        throw new LecternError('server');
      }),
    open: (id, options) => ask(options?.signal, () => server.open(id)),
    save: (request, options) =>
      ask(options?.signal, () => {
        const answer = server.save(userId, request, options?.asUserId ?? null);
        server.thin(request.projectId);
        return answer;
      }),
    describe: (id, details, options) => ask(options?.signal, () => server.describe(id, details)),
    remove: (id, options) => ask(options?.signal, () => void server.setRemoved(id, true)),
    restore: (id, options) => ask(options?.signal, () => server.setRemoved(id, false)),
    revisions: (id, options) => ask(options?.signal, () => server.revisions(id)),
    openRevision: (id, rev, options) => ask(options?.signal, () => server.openRevision(id, rev)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const identity = { userId, displayName: userId, isGuest: false };
  const dispose = (): Promise<void> => Promise.resolve();
  return {
    projects,
    identity: { current: () => Promise.resolve(identity), subscribe: () => () => undefined },
    dispose,
  } as unknown as Backend;
}
