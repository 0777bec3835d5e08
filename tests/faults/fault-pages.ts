/** Tabs of one browser on the page that saves, and what goes uncaught in them. */
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchWithProfile } from '../browser.mjs';
import { openContexts } from './clean-up.js';
import type { FaultSite, PageOptions } from './fault-site.js';
import type { PageState } from './page/editing-page.js';

const patienceMs = 30_000;

export class FaultPages {
  readonly site: FaultSite;
  /** Errors that nothing in a page caught. */
  readonly uncaught: string[] = [];
  readonly context: BrowserContext;

  private constructor(site: FaultSite, context: BrowserContext) {
    this.site = site;
    this.context = context;
    openContexts.add(context);
    context.on('weberror', (error) => {
      this.uncaught.push(wordsOf(error.error()));
    });
  }

  static async start(site: FaultSite): Promise<FaultPages> {
    const profile = await mkdtemp(path.join(site.scratch, 'profile-'));
    return new FaultPages(site, await launchWithProfile(profile));
  }

  /** A tab with the page in it, and no project yet. */
  async open(options: PageOptions = {}): Promise<Page> {
    // While a window is closing, Chromium may refuse to open a tab, or never answer.
    const page = await this.#newPage().catch(() => this.#newPage());
    await page.goto(this.site.address(options));
    await ready(page);
    return page;
  }

  async #newPage(): Promise<Page> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`Chromium opened no tab within ${patienceMs} ms.`));
      }, patienceMs);
    });
    try {
      return await Promise.race([this.context.newPage(), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    await this.context.close().catch(() => undefined);
    openContexts.delete(this.context);
  }
}

/** A stack, or what there is where a browser gives none. */
function wordsOf(error: Error): string {
  return error.stack !== undefined && error.stack !== '' ? error.stack : `${error.name}: ${error.message}`;
}

/** Waits for the page's own script. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as Partial<Window>).editingPage !== undefined, undefined, { polling: 20 });
}

/** Opens a project in a page. */
export function openProject(page: Page, projectId: string): Promise<PageState> {
  return page.evaluate((id) => window.editingPage.open(id), projectId);
}

/** Opens a project to edit it: a lock of a page that has just gone may still be on its way back. */
export async function openAsEditor(page: Page, projectId: string): Promise<PageState> {
  await openProject(page, projectId);
  return until(page, 'the right to edit', ({ autosave }) => autosave.role === 'leader');
}

export function stateOf(page: Page): Promise<PageState> {
  return page.evaluate(() => window.editingPage.state());
}

/** Makes an edit that has to be accepted, and waits until it would outlive a crash. */
export async function editDurably(page: Page, edit: number, characters = 0): Promise<void> {
  const accepted = await page.evaluate(
    async ([number, length]) => {
      const tried = window.editingPage.edit(number, length);
      return tried.accepted && (await window.editingPage.durable(tried.seq));
    },
    [edit, characters] as const,
  );
  assert.ok(accepted, `edit ${edit} is accepted and kept`);
}

/** Waits until a page's state is as it should be, and says what it was instead. */
export async function until(
  page: Page,
  what: string,
  condition: (state: PageState) => boolean,
  patience: number = patienceMs,
): Promise<PageState> {
  const end = Date.now() + patience;
  for (;;) {
    const state = await stateOf(page);
    if (condition(state)) return state;
    if (Date.now() > end) throw new Error(`Waited for ${what}; it is ${JSON.stringify(state)}`);
    await pause(25);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
