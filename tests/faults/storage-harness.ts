/** Lets calls of the browser's storage fail, one in each session, and looks for the session's edits afterwards. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { FaultPages, openAsEditor, until } from './fault-pages.js';
import type { FaultSite } from './fault-site.js';
import type { SessionReport, StorageFaults } from './page/storage-faults.js';

/** Which calls fail. */
export interface Failures {
  /** Saves to the project server instead of in the browser. */
  readonly remote: boolean;
  /** Part of the name of the databases. */
  readonly database: string;
  /** Whether all calls after the one fail too. */
  readonly forGood: boolean;
}

export interface SweepOptions {
  readonly site: FaultSite;
  readonly failures: Failures;
  /** The first call that fails, from 1. */
  readonly first?: number;
  /** Lets each so-and-so-manyth call fail. */
  readonly every?: number;
  readonly log?: (line: string) => void;
}

export interface SweepReport {
  /** How many calls a session makes in which none fails. */
  readonly calls: number;
  /** How many of them were made to fail. */
  readonly failed: number;
  readonly problems: readonly string[];
}

export const sweeps: Readonly<Record<'journal' | 'journalForGood' | 'store', Failures>> = {
  journal: { remote: true, database: 'lectern-journal', forGood: false },
  journalForGood: { remote: true, database: 'lectern-journal', forGood: true },
  store: { remote: false, database: 'lectern', forGood: false },
};

const edits = [1, 2, 3, 4];
/** How long a session waits until all is saved: a server takes everything, a browser's own store may be broken. */
const patienceMs = { remote: 15_000, here: 2000 };

export async function runSweep({
  site,
  failures,
  first = 1,
  every = 1,
  log = () => undefined,
}: SweepOptions): Promise<SweepReport> {
  const { remote, database, forGood } = failures;
  const options = { remote, debounce: 60, deadline: 500 };
  const pages = await FaultPages.start(site);
  const problems: string[] = [];
  try {
    const onlooker = await pages.open(options);
    const session = async (failing: number): Promise<number> => {
      const projectId = randomUUID();
      const page = await pages.open({ ...options, faulty: true });
      const report = await runSession(page, projectId, { database, failing, forGood }, remote);
      await page.close();
      const found = [...(await judge(onlooker, projectId, report, remote)), ...pages.uncaught.splice(0)];
      problems.push(...found.map((problem) => `call ${failing}: ${problem}`));
      for (const problem of found) log(`  call ${failing}: ${problem}`);
      return report.calls;
    };
    const calls = await session(0);
    let failed = 0;
    for (let failing = first; failing <= calls; failing += every) {
      await session(failing);
      failed += 1;
    }
    return { calls, failed, problems };
  } finally {
    await pages.stop();
  }
}

export function runSession(
  page: Page,
  projectId: string,
  faults: Partial<StorageFaults>,
  remote: boolean,
): Promise<SessionReport> {
  const patience = remote ? patienceMs.remote : patienceMs.here;
  return page.evaluate(([id, given, ms]) => window.scriptedSession(id, given, ms), [
    projectId,
    faults,
    patience,
  ] as const);
}

async function judge(
  onlooker: Page,
  projectId: string,
  { accepted, state, falseSaved }: SessionReport,
  remote: boolean,
): Promise<readonly string[]> {
  const problems: string[] = [];
  if (falseSaved) problems.push('called saved, and kept by nobody');
  if (remote && accepted.length < edits.length) problems.push(`accepted only the edits ${accepted.join(', ')}`);
  // What is kept nowhere but in the page is lost with it, and the page has said so.
  const promised = remote || !(state?.autosave.remoteVolatile ?? true) ? accepted : [];
  if (promised.length === 0) return problems;
  const opened = await openAsEditor(onlooker, projectId);
  const { autosave } = await until(onlooker, 'rest', ({ autosave: { remote: rest } }) =>
    ['synced', 'conflict'].includes(rest),
  );
  await onlooker.evaluate(() => window.editingPage.close());
  const [head] = await onlooker.evaluate((id) => window.editingPage.kept(id), projectId);
  const missing = promised.filter((edit) => head?.edits.includes(edit) !== true);
  if (missing.length > 0) problems.push(`the edits ${missing.join(', ')} are missing: ${JSON.stringify(state)}`);
  // There is one editor and nobody else: nothing can conflict with it.
  if (autosave.remote === 'conflict') problems.push('a conflict with oneself');
  const { restorable } = opened.autosave;
  if (remote && state?.autosave.remote === 'synced' && restorable !== null)
    problems.push(`offers ${restorable.changes} changes that are saved`);
  return problems;
}
