/** The memory of a browser: what all of its processes share out among them (PSS), as Linux counts it. */
import { readFileSync, readdirSync } from 'node:fs';

/** Whether this system tells. */
export function tellsMemory() {
  try {
    return readFileSync('/proc/self/smaps_rollup', 'utf8').includes('Pss:');
  } catch {
    return false;
  }
}

/** @param {string} profile the folder of the browser's profile @returns {readonly number[]} process ids */
function processesOf(profile) {
  /** @type {Map<number, number>} */
  const parents = new Map();
  /** @type {Set<number>} */
  const found = new Set();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      if (readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`--user-data-dir=${profile}`))
        found.add(Number(entry));
    } catch {
      // It has ended.
    }
  }
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [id, parent] of parents) if (found.has(parent)) found.add(id);
  }
  return [...found];
}

/** @param {string} profile @returns {number} MB */
export function memoryOf(profile) {
  let kilobytes = 0;
  for (const id of processesOf(profile)) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  }
  return kilobytes / 1024;
}

/**
 * The memory before a piece of work, and the most of it while it ran, in MB.
 *
 * @template T
 * @param {string} profile
 * @param {() => Promise<T>} work
 */
export async function peakMemory(profile, work) {
  const before = memoryOf(profile);
  let peak = before;
  const timer = globalThis.setInterval(() => {
    peak = Math.max(peak, memoryOf(profile));
  }, 500);
  try {
    const result = await work();
    return { result, before, peak: Math.max(peak, memoryOf(profile)) };
  } finally {
    globalThis.clearInterval(timer);
  }
}
