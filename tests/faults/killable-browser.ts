/** The Chromium binary itself, in a process group of its own that can be killed as a whole. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { killGroup, runningGroups } from './clean-up.js';

const startTimeoutMs = 30_000;
const deathTimeoutMs = 10_000;

/**
 * The binary behind what `findChromium` gives: distributions put a shell script on the PATH, and killing that would
 * leave the browser alive.
 */
export function chromiumBinary(): string {
  const found = realpathSync(findChromium());
  if (!readFileSync(found).subarray(0, 2).equals(Buffer.from('#!'))) return found;
  const places = [
    path.join(path.dirname(found), 'chrome'),
    ...['/usr/lib', '/usr/lib64', '/opt'].flatMap((folder) =>
      ['chromium', 'chromium-browser'].flatMap((name) => [
        path.join(folder, name, 'chromium'),
        path.join(folder, name, 'chromium-browser'),
        path.join(folder, name, 'chrome'),
      ]),
    ),
    '/opt/google/chrome/chrome',
  ];
  const binary = places.find((file) => isElf(file));
  if (binary === undefined)
    throw new Error(`${found} is a script, and the browser it starts wasn't found. Name the binary in CHROME_PATH.`);
  return binary;
}

function isElf(file: string): boolean {
  try {
    return readFileSync(file).subarray(0, 4).equals(Buffer.from('\u007fELF', 'latin1'));
  } catch {
    return false;
  }
}

/** Processes of a group that are still running; those that only wait to be collected by their parent aren't. */
function alive(group: number): boolean {
  if (process.platform !== 'linux') {
    try {
      process.kill(-group, 0);
      return true;
    } catch {
      return false;
    }
  }
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(processGroup) === group && state !== 'Z' && state !== 'X';
    } catch {
      return false;
    }
  });
}

export class KillableBrowser {
  readonly page: Page;
  /** True once Chromium has said that it found its databases corrupt and deleted them. */
  hasDeletedDatabases = false;
  readonly #process: ChildProcess;
  readonly #browser: Browser;

  private constructor(child: ChildProcess, browser: Browser, page: Page) {
    this.#process = child;
    this.#browser = browser;
    this.page = page;
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes('recovering from a corrupted')) this.hasDeletedDatabases = true;
    });
  }

  /** Starts the browser on a profile, with one page. `listen` gets what pages pass to `window.tellFact`. */
  static async start(binary: string, profile: string, listen: (fact: string) => void): Promise<KillableBrowser> {
    const child = spawn(
      binary,
      [
        '--headless',
        '--remote-debugging-port=0',
        `--user-data-dir=${profile}`,
        ...chromiumFlags,
        // Their processes would leave the group.
        '--disable-breakpad',
        '--disable-gpu',
        '--password-store=basic',
        'about:blank',
      ],
      { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    if (child.pid !== undefined) runningGroups.add(child.pid);
    try {
      const browser = await chromium.connectOverCDP(await endpoint(child));
      const [context] = browser.contexts();
      const page = context?.pages()[0] ?? (await context?.newPage());
      if (context === undefined || page === undefined) throw new Error('The browser has no page.');
      const connection = await context.newCDPSession(page);
      connection.on('Runtime.bindingCalled', ({ name, payload }) => {
        if (name === 'tellFact') listen(payload);
      });
      await connection.send('Runtime.enable');
      await connection.send('Runtime.addBinding', { name: 'tellFact' });
      return new KillableBrowser(child, browser, page);
    } catch (error) {
      await killBrowser(child);
      throw error;
    }
  }

  /** Stops every process of the browser for a while, as a laptop does whose lid is closed. */
  async sleep(ms: number): Promise<void> {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('The browser has no process.');
    process.kill(-pid, 'SIGSTOP');
    try {
      await new Promise((resolve) => setTimeout(resolve, ms));
    } finally {
      process.kill(-pid, 'SIGCONT');
    }
  }

  /** Kills every process of the browser at once. Resolves when none is left, with the moment before. */
  async kill(): Promise<number> {
    const at = Date.now();
    const gone = new Promise<void>((resolve) => {
      if (!this.#browser.isConnected()) resolve();
      this.#browser.once('disconnected', () => {
        resolve();
      });
    });
    await killBrowser(this.#process);
    // What the page told before is here after that.
    await gone;
    return at;
  }
}

/** The address that the browser prints once it listens. */
function endpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => {
      reject(new Error(`The browser didn't start within ${startTimeoutMs} ms.\n${printed}`));
    }, startTimeoutMs);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The browser ended with ${code ?? 'a signal'}.\n${printed}`));
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
      const match = /DevTools listening on (ws:\S+)/.exec(printed);
      if (match?.[1] === undefined) return;
      clearTimeout(timer);
      resolve(match[1]);
    });
  });
}

async function killBrowser(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => {
      resolve();
    });
  });
  killGroup(pid);
  await ended;
  const deadline = Date.now() + deathTimeoutMs;
  while (alive(pid)) {
    if (Date.now() > deadline) throw new Error(`Processes of the browser outlived its killing (group ${pid}).`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  runningGroups.delete(pid);
}
