/** Nothing of these tests outlives their process, however it ends: first the browsers go, then their profiles. */
import { rmSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';

/** Process groups of browsers. */
export const runningGroups: Set<number> = new Set();
export const openContexts: Set<BrowserContext> = new Set();
export const scratchFolders: Set<string> = new Set();

const closeTimeoutMs = 3000;
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function killGroups(): void {
  for (const group of runningGroups) killGroup(group);
}

process.once('exit', () => {
  killGroups();
  for (const folder of scratchFolders) {
    try {
      // A browser that was just killed may still be putting files there.
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch {
      // It is in the folder for temporary files.
    }
  }
});

async function end(code: number): Promise<void> {
  // A test runner that was ended first reads no more; telling it what fails now must not end this before its time.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  killGroups();
  const closing = Promise.allSettled([...openContexts].map((context) => context.close()));
  await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, closeTimeoutMs))]);
  process.exit(code);
}

for (const [name, code] of Object.entries(signals)) process.once(name, () => void end(code));
