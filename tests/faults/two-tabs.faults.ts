/** Two tabs on one project, in every order that a seed gives: what an editor took is never silently overwritten. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { Page } from 'playwright-core';
import { FaultPages, openProject, openAsEditor, pause, stateOf, until } from './fault-pages.js';
import { FaultSite } from './fault-site.js';
import { anySeed, SeededRandom } from './seeded-random.js';

const interleavings = 100;

let site: FaultSite;
let pages: FaultPages;
before(async () => {
  site = await FaultSite.start();
  pages = await FaultPages.start(site);
});
after(async () => {
  await pages.stop();
  await site.stop();
});

class Tab {
  readonly page: Page;
  readonly #projectId: string;
  readonly #name: string;
  readonly #steps: string[];
  #isOpen = false;
  /** Edits that an editor took; each may still be on its way to the journal. */
  readonly taken: { readonly edit: number; readonly kept: Promise<boolean> }[] = [];

  constructor(page: Page, projectId: string, name: string, steps: string[]) {
    this.page = page;
    this.#projectId = projectId;
    this.#name = name;
    this.#steps = steps;
  }

  async open(): Promise<void> {
    this.#note('open');
    await openProject(this.page, this.#projectId);
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#note('close');
    this.#isOpen = false;
    await this.page.evaluate(() => window.editingPage.close());
  }

  async step(random: SeededRandom, nextEdit: () => number): Promise<void> {
    if (!this.#isOpen) return this.open();
    const { autosave } = await stateOf(this.page);
    if (autosave.remote === 'conflict') {
      const choice = random.pick(['keep-mine', 'keep-both'] as const);
      this.#note(choice);
      await this.page.evaluate((answer) => window.editingPage.resolve(answer), choice);
      return;
    }
    switch (random.pick(['edit', 'edit', 'edit', 'edit', 'save', 'edit here', 'edit here', 'close'] as const)) {
      case 'edit':
        return this.#edit(nextEdit());
      case 'save':
        this.#note('save');
        // Somebody presses the button and goes on.
        await this.page.evaluate(() => void window.editingPage.save());
        return;
      case 'edit here':
        this.#note('edit here');
        await this.page.evaluate(() => window.editingPage.editHere());
        return;
      case 'close':
        return this.close();
    }
  }

  async #edit(edit: number): Promise<void> {
    const { accepted, seq } = await this.page.evaluate((number) => window.editingPage.edit(number), edit);
    this.#note(`edit ${edit}${accepted ? '' : ' refused'}`);
    if (!accepted) return;
    const kept = this.page.evaluate((number) => window.editingPage.durable(number), seq);
    this.taken.push({ edit, kept });
  }

  #note(step: string): void {
    this.#steps.push(`${this.#name} ${step}`);
  }
}

async function interleave(seed: number, tabPages: readonly [Page, Page]): Promise<void> {
  const random = new SeededRandom(seed);
  const projectId = randomUUID();
  const steps: string[] = [];
  const tabs = [new Tab(tabPages[0], projectId, 'A', steps), new Tab(tabPages[1], projectId, 'B', steps)] as const;
  let edits = 0;
  const nextEdit = (): number => (edits += 1);
  await tabs[0].open();
  for (let step = random.integer(8, 16); step > 0; step -= 1) {
    // Sometimes both at once.
    if (random.chance(0.25)) await Promise.all(tabs.map((tab) => tab.step(random, nextEdit)));
    else await random.pick(tabs).step(random, nextEdit);
    if (random.chance(0.3)) await pause(random.integer(1, 80));
  }
  const taken = await Promise.all(
    tabs.flatMap((tab) => tab.taken).map(async ({ edit, kept }) => ({ edit, kept: await kept })),
  );
  await Promise.all(tabs.map((tab) => tab.close()));
  if (taken.length === 0) return;

  // Whoever comes next gets what was only in the journal, and saves it.
  await openAsEditor(tabPages[0], projectId);
  const [page] = tabPages;
  const conflicted = steps.some((step) => step.includes('keep-'));
  for (let answers = 0; answers < 3; answers += 1) {
    const { autosave } = await until(
      page,
      'rest',
      ({ autosave: { remote } }) => remote === 'synced' || remote === 'conflict',
    );
    if (autosave.remote === 'synced') break;
    await page.evaluate(() => window.editingPage.resolve('keep-mine'));
  }
  await page.evaluate(() => window.editingPage.close());
  const versions = await page.evaluate((id) => window.editingPage.kept(id), projectId);
  const kept = new Set(versions.flatMap((version) => version.edits));
  const head = new Set(versions[0]?.edits);
  const missing = taken.filter((edit) => edit.kept && !kept.has(edit.edit)).map(({ edit }) => edit);
  const story = `seed ${seed}: ${steps.join(' · ')}`;
  assert.deepEqual(missing, [], `edits that nobody has any more, ${story}`);
  if (conflicted) return;
  const overwritten = taken.filter((edit) => edit.kept && !head.has(edit.edit)).map(({ edit }) => edit);
  assert.deepEqual(overwritten, [], `edits that the head lacks although nobody was asked, ${story}`);
}

it(`keeps every edit of two tabs that edit, save, take over and close in ${interleavings} orders`, async () => {
  const first = Number(process.env['LECTERN_FAULTS_SEED'] ?? anySeed());
  for (const remote of [false, true]) {
    const options = { remote, debounce: 60, deadline: 400 };
    const tabPages = [await pages.open(options), await pages.open(options)] as const;
    for (let run = 0; run < interleavings / 2; run += 1) {
      const seed = first + (remote ? interleavings / 2 : 0) + run;
      await interleave(seed, tabPages);
    }
    await Promise.all(tabPages.map((page) => page.close()));
  }
  assert.deepEqual(pages.uncaught, []);
});
