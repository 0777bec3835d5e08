/**
 * Kills a browser at random moments while it edits and saves, starts it again on the same profile, and counts what is
 * missing. A part of the runs saves in the browser itself, a part to a server that is slow, away or forgetful, so that
 * there is work at the kill which only the journal has.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parseTimeline } from '@lectern/timeline/schema';
import type { FaultSite } from './fault-site.js';
import { chromiumBinary, KillableBrowser } from './killable-browser.js';
import type { EditingPace } from './page/editing-page.js';
import type { Fact } from './page/facts.js';
import type { NetworkWeather } from './project-server.js';
import { SeededRandom } from './seeded-random.js';

/** Edits younger than this at the kill may be lost, in milliseconds, on a machine whose storage answers at once. */
export const graceMs = 250;
/** How long back the answers of the machine's storage count. */
const canaryMs = 2000;
const openingMs = 20_000;
const triggerMs = 2500;
const killsPerProject = 6;

export interface KillReport {
  readonly kills: number;
  /**
   * Edits that are missing although they had been reported durable, or were older than 250 ms and what the machine took
   * longest for a small write of somebody else in the last two seconds.
   */
  readonly lost: number;
  /** Openings that failed or gave a document that isn't one: broken invariants, or edits missing between others. */
  readonly corrupted: number;
  /** Edits that a sentence called saved and the back end hasn't. */
  readonly falseSaved: number;
  /** Age of the oldest edit that is missing, less what the machine was late, in milliseconds. */
  readonly worstMs: number;
  /** The longest that the machine took for a small write of somebody else, in milliseconds. */
  readonly machineMs: number;
  readonly edits: number;
  /** Edits that the back end lacked after a kill and the journal gave back. */
  readonly restored: number;
  /**
   * Times that Chromium itself deleted its databases after a kill that came while a log with a torn record was being
   * renewed (docs/decisions/0009): no page can do anything about it, and what was there doesn't count.
   */
  readonly deletedByBrowser: number;
  /** What each failure was, and errors that no code of the page caught. */
  readonly problems: readonly string[];
}

export interface KillOptions {
  readonly site: FaultSite;
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
  /** Breaks a promise on purpose, to see that it is noticed: a journal that keeps nothing, a server that lies. */
  readonly broken?: 'journal' | 'server';
}

type Moment = 'loading' | 'editing' | 'just edited' | 'saving' | 'saved' | 'compacting' | 'closing';

interface Plan {
  readonly moment: Moment;
  /** Milliseconds after the moment. */
  readonly delay: number;
  readonly pace: Omit<EditingPace, 'seed' | 'first'>;
  readonly debounce: number;
  readonly deadline: number;
  /** While the project is opened, and while it is edited. */
  readonly opening: NetworkWeather;
  readonly weather: NetworkWeather;
}

interface Made {
  readonly at: number;
  durable: boolean;
  /** How old it was when the browser that made it was killed, less what the machine itself was late. */
  age: number | null;
}

const paces: readonly Plan['pace'][] = [
  { shortest: 1, longest: 30, burst: 3 },
  { shortest: 20, longest: 200, burst: 4 },
  { shortest: 100, longest: 700, burst: 12 },
];
const moments: readonly Moment[] = [
  ...(['loading', 'editing', 'editing', 'just edited', 'saving', 'saved', 'compacting', 'closing'] as const),
];

function planFor(random: SeededRandom): Plan {
  const moment = random.pick(moments);
  const delays: Readonly<Record<Moment, readonly [number, number]>> = {
    loading: [0, 500],
    editing: [0, 1500],
    'just edited': [0, 40],
    saving: [0, 30],
    saved: [0, 30],
    compacting: [0, 400],
    closing: [0, 60],
  };
  const delay = random.integer(...delays[moment]);
  const opening = random.pick<NetworkWeather>(['up', 'up', 'up', 'slow', 'down']);
  if (moment === 'saving' || moment === 'saved') {
    // A save begins in a pause of the editing, and not every weather lets one end.
    const pace = { shortest: 100, longest: 500, burst: 8 };
    const weather = random.pick<NetworkWeather>(['up', 'slow', 'forgetful', 'flaky']);
    return { moment, delay, pace, debounce: random.pick([30, 90]), deadline: 1000, opening, weather };
  }
  return {
    moment,
    delay,
    pace: moment === 'compacting' ? { shortest: 10, longest: 60, burst: 90 } : random.pick(paces),
    debounce: random.pick([60, 300, 1500]),
    deadline: random.pick([1000, 30_000]),
    opening,
    weather: random.pick(['up', 'slow', 'down', 'failing', 'forgetful', 'silent', 'flaky', 'flaky']),
  };
}

const quiet: Omit<Plan, 'weather'> = {
  moment: 'editing',
  delay: 1000,
  pace: { shortest: 20, longest: 200, burst: 2 },
  debounce: 100,
  deadline: 300,
  opening: 'up',
};
const brokenPlans: Readonly<Record<'journal' | 'server', Plan>> = {
  journal: { ...quiet, weather: 'down' },
  server: { ...quiet, moment: 'saved', weather: 'lying' },
};

/** In the page: the journal's entries go nowhere, and every write says that it went well. */
function keepNoEntries(): void {
  // Called with `apply` below.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
    return this.name === 'wal' ? (this.count() as IDBRequest<IDBValidKey>) : put.apply(this, args);
  };
}

/** One project through several lives of its browser. */
class Casualty {
  readonly projectId: string = randomUUID();
  readonly remote: boolean;
  readonly made: Map<number, Made> = new Map();
  /** Edits that are known to be gone, and were told. */
  readonly gone: Set<number> = new Set();
  /** Edits that the journal gave back. */
  readonly restored: Set<number> = new Set();
  /** The highest edit that was called saved. */
  savedUpTo = 0;
  opened: Extract<Fact, { readonly type: 'opened' }> | null = null;
  backend: Extract<Fact, { readonly type: 'backend' }> | null = null;
  failed: string | null = null;
  conflict = false;
  canaries: Extract<Fact, { readonly type: 'canary' }>[] = [];

  constructor(remote: boolean) {
    this.remote = remote;
  }

  get nextEdit(): number {
    return Math.max(0, ...this.made.keys()) + 1;
  }
}

class Run {
  readonly #options: KillOptions;
  readonly #random: SeededRandom;
  readonly #binary: string = chromiumBinary();
  readonly #profile: string;
  readonly #problems: string[] = [];
  #casualty: Casualty;
  #heard: (fact: Fact) => void = () => undefined;
  #kills = 0;
  #lost = 0;
  #corrupted = 0;
  #falseSaved = 0;
  #worstMs = 0;
  #edits = 0;
  #restored = 0;
  #deletedByBrowser = 0;
  #machineMs = 0;
  /** Whether the page before this one had opened its project: until then, its log may not have been renewed. */
  #formerHadOpened = true;

  constructor(options: KillOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#profile = path.join(options.site.scratch, `profile-${randomUUID()}`);
    this.#casualty = new Casualty(false);
  }

  async run(): Promise<KillReport> {
    const { kills, broken, log = () => undefined } = this.#options;
    for (let kill = 0; kill < kills; kill += 1) {
      if (kill % killsPerProject === 0) {
        if (kill > 0) await this.#endOfCasualty();
        this.#casualty = new Casualty(broken !== undefined || Math.floor(kill / killsPerProject) % 2 === 1);
      }
      const plan = broken === undefined ? planFor(this.#random) : brokenPlans[broken];
      const before = this.#problems.length;
      await this.#live(plan);
      this.#kills += 1;
      const where = this.#casualty.remote ? `server ${plan.weather}` : 'in the browser';
      log(`  ${kill + 1}/${kills} ${plan.moment} +${plan.delay} ms, ${where}, ${this.#casualty.made.size} edits`);
      for (const problem of this.#problems.slice(before)) log(`    ${problem}`);
    }
    await this.#endOfCasualty();
    return {
      kills: this.#kills,
      lost: this.#lost,
      corrupted: this.#corrupted,
      falseSaved: this.#falseSaved,
      worstMs: this.#worstMs,
      machineMs: this.#machineMs,
      edits: this.#edits,
      restored: this.#restored,
      deletedByBrowser: this.#deletedByBrowser,
      problems: this.#problems,
    };
  }

  /** From a start of the browser to its kill. */
  async #live(plan: Plan): Promise<void> {
    const { moment, delay, pace } = plan;
    const first = this.#casualty.nextEdit;
    const browser = await this.#start(plan);
    try {
      if (moment === 'loading') {
        void browser.page.goto(this.#address(plan)).catch(() => undefined);
        await pause(delay);
        return;
      }
      await this.#openAndJudge(browser, plan);
      if (this.#casualty.opened === null) return;
      this.#options.site.server.weather = plan.weather;
      const reached = this.#until(moment);
      await browser.page.evaluate(
        (given) => {
          window.editingPage.editByItself(given);
        },
        { ...pace, first, seed: this.#random.integer(1, 1_000_000) },
      );
      await reached;
      if (moment === 'closing') {
        await pause(this.#random.integer(100, 900));
        void browser.page.evaluate(() => void window.editingPage.close()).catch(() => undefined);
      }
      await pause(delay);
    } finally {
      const killedAt = await browser.kill();
      this.#formerHadOpened = this.#casualty.opened !== null;
      const late = this.#casualty.canaries.filter(({ at }) => at > killedAt - canaryMs).map(({ ms }) => ms);
      const lateMs = Math.max(0, ...late);
      this.#machineMs = Math.max(this.#machineMs, lateMs);
      for (const made of this.#casualty.made.values()) made.age ??= Math.max(0, killedAt - made.at - lateMs);
    }
  }

  /** Starts the browser once more, only to look. */
  async #endOfCasualty(): Promise<void> {
    const plan: Plan = { ...planFor(this.#random), opening: 'up' };
    const browser = await this.#start(plan);
    try {
      await this.#openAndJudge(browser, plan);
    } finally {
      await browser.kill();
    }
    this.#restored += this.#casualty.restored.size;
  }

  async #start(plan: Plan): Promise<KillableBrowser> {
    const casualty = this.#casualty;
    casualty.opened = null;
    casualty.backend = null;
    casualty.failed = null;
    casualty.canaries = [];
    this.#options.site.server.weather = plan.opening;
    const browser = await KillableBrowser.start(this.#binary, this.#profile, (text) => {
      const fact = JSON.parse(text) as Fact;
      this.#note(casualty, fact);
      this.#heard(fact);
    });
    if (this.#options.broken === 'journal') await browser.page.addInitScript(keepNoEntries);
    return browser;
  }

  #address(plan: Plan): string {
    const { projectId, remote } = this.#casualty;
    const { debounce, deadline } = plan;
    return this.#options.site.address({ project: projectId, inspect: !remote, remote, debounce, deadline });
  }

  #note(casualty: Casualty, fact: Fact): void {
    switch (fact.type) {
      case 'backend':
        casualty.backend = fact;
        return;
      case 'opened':
        casualty.opened = fact;
        return;
      case 'failed':
        casualty.failed = fact.error;
        return;
      case 'edit':
        casualty.made.set(fact.edit, { at: fact.at, durable: false, age: null });
        this.#edits += 1;
        return;
      case 'durable': {
        const made = casualty.made.get(fact.edit);
        if (made) made.durable = true;
        return;
      }
      case 'sentence':
        if (fact.saved) casualty.savedUpTo = Math.max(casualty.savedUpTo, fact.upTo);
        // There is one editor and nobody else: nothing can conflict with it.
        if (fact.remote === 'conflict' && !casualty.conflict) {
          casualty.conflict = true;
          this.#problems.push(`a conflict with nobody: ${fact.sentence}`);
        }
        return;
      case 'canary':
        casualty.canaries.push(fact);
        return;
      case 'problem':
        this.#problems.push(`uncaught in the page: ${fact.error}`);
    }
  }

  /** Resolves at the first fact that says that it is the moment; after some seconds in any case. */
  async #until(moment: Moment): Promise<void> {
    let count = 0;
    const wanted = moment === 'just edited' ? this.#random.integer(1, 20) : moment === 'compacting' ? 210 : 1;
    const isIt = (fact: Fact): boolean => {
      if (moment === 'just edited' || moment === 'compacting') return fact.type === 'edit' && (count += 1) >= wanted;
      if (moment === 'saving') return fact.type === 'sentence' && fact.remote === 'saving';
      if (moment === 'saved') return fact.type === 'sentence' && fact.saved;
      return fact.type === 'edit';
    };
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, triggerMs);
      this.#heard = (fact) => {
        if (!isIt(fact)) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#heard = () => undefined;
  }

  async #openAndJudge(browser: KillableBrowser, plan: Plan): Promise<void> {
    const casualty = this.#casualty;
    const told = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, openingMs);
      this.#heard = (fact) => {
        if (fact.type !== 'opened' && fact.type !== 'failed') return;
        clearTimeout(timer);
        resolve();
      };
    });
    // What the server has is asked before the journal can send it more.
    const saved = casualty.remote ? await this.#savedAtServer() : null;
    await browser.page.goto(this.#address(plan));
    await told;
    this.#heard = () => undefined;
    if (browser.hasDeletedDatabases && !this.#formerHadOpened) {
      this.#deletedByBrowser += 1;
      for (const edit of casualty.made.keys()) casualty.gone.add(edit);
    }
    this.#judge(saved ?? casualty.backend?.edits ?? null, casualty.remote && plan.opening === 'down');
  }

  async #savedAtServer(): Promise<readonly number[]> {
    const head = await this.#options.site.server.head(this.#casualty.projectId);
    if (head === null) return [];
    const { document } = parseTimeline(head.state);
    const texts = [
      ...document.markers.map(({ name }) => name),
      ...[...document.clips.values()].map(({ source }) => (source.kind === 'text' ? source.text : '')),
    ];
    return texts.flatMap((text) => /^edit (\d+)/.exec(text)?.[1] ?? []).map(Number);
  }

  #judge(savedEdits: readonly number[] | null, isServerDown: boolean): void {
    const { opened, failed, made, gone, restored, savedUpTo } = this.#casualty;
    const say = (problem: string): void => {
      this.#problems.push(problem);
    };
    if (savedEdits !== null) {
      const saved = new Set(savedEdits);
      const missing = [...made.keys()].filter((edit) => edit <= savedUpTo && !gone.has(edit) && !saved.has(edit));
      if (missing.length > 0) say(`called saved and not at the back end: edits ${missing.join(', ')}`);
      this.#falseSaved += missing.length;
      for (const edit of opened?.edits ?? []) if (!saved.has(edit)) restored.add(edit);
    }
    if (opened === null) {
      // Without the server, there is nothing to open but what this browser alone has.
      const saved = new Set(savedEdits ?? []);
      const isOnlyHere = [...made].some(([edit, { durable }]) => durable && !gone.has(edit) && !saved.has(edit));
      if (!isOnlyHere && isServerDown && failed?.startsWith('offline')) return;
      this.#corrupted += 1;
      say(`the project doesn't open: ${failed ?? 'no answer'}`);
      return;
    }
    for (const edit of opened.edits) {
      // Made in the last breath, so that nobody heard of it; or heard of, and kept: then no later kill may take it.
      const known = made.get(edit);
      if (known === undefined) made.set(edit, { at: 0, durable: true, age: 0 });
      else known.durable = true;
    }
    const present = new Set(opened.edits);
    const missing = [...made.keys()].filter((edit) => !present.has(edit) && !gone.has(edit));
    let lost = 0;
    for (const edit of missing) {
      gone.add(edit);
      const { durable = false, age } = made.get(edit) ?? {};
      if (age == null) throw new Error(`edit ${edit} was judged before its browser was killed`);
      this.#worstMs = Math.max(this.#worstMs, age);
      if (age <= graceMs && !durable) continue;
      lost += 1;
      say(`lost: edit ${edit}, ${age} ms old${durable ? ', reported durable' : ''}`);
    }
    this.#lost += lost;
    const firstMissing = Math.min(...missing);
    const gap = opened.edits.some((edit) => edit > firstMissing);
    if (gap || opened.violations.length > 0 || opened.readOnly) {
      this.#corrupted += 1;
      if (gap) say(`edit ${firstMissing} is missing and a later one is there`);
      for (const violation of opened.violations) say(`broken: ${violation}`);
      if (opened.readOnly) say(`opened read-only: ${opened.sentence}`);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function runKills(options: KillOptions): Promise<KillReport> {
  return new Run(options).run();
}
