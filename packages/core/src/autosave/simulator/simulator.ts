import { step } from '../machine/machine.js';
import { Device } from './device.js';
import { Dice } from './dice.js';
import { startDocument } from './edits.js';
import type { Flaw } from './flaws.js';
import { Invariants, textOf } from './invariants.js';
import { fairWeather } from './network.js';
import { heal, restless } from './rest.js';
import { Server } from './server.js';
import { projectId, Tab } from './tab.js';
import { act, planActions, type Action, type Surroundings } from './user.js';
import { turn, World, type Violation } from './world.js';

export interface SimulationOptions {
  readonly flaw?: Flaw;
  /** Instead of what the seed plans. */
  readonly actions?: readonly Action[];
  readonly traced?: boolean;
}

export interface Simulated {
  readonly seed: number;
  readonly actions: readonly Action[];
  readonly violation: Violation | null;
  /** Empty when it wasn't traced. */
  readonly trace: readonly string[];
  readonly steps: number;
}

/** How long, after all faults have stopped, until everything rests; and for how long it then has to stay so. */
const restWithinMs = 150_000;
const staysMs = 35_000;
/** More than that within that time is going round in circles. */
const mostRestSteps = 6000;

/** Runs one seed. The same seed, flaw and actions lead to the same, always. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Simulated> {
  const { flaw, traced = false } = options;
  const dice = new Dice(seed);
  const planned = planActions(dice.fork());
  const actions = options.actions ?? planned;
  const run = new Run(dice.fork(), flaw, traced);
  await run.play(actions);
  const { world } = run;
  return { seed, actions, violation: world.violation, trace: world.trace ?? [], steps: world.steps };
}

class Run {
  readonly world: World;
  readonly #server: Server;
  readonly #invariants: Invariants;
  readonly #devices: readonly Device[];
  readonly #flaw: Flaw | undefined;
  readonly #dice: Dice;
  readonly #isNew: boolean;
  readonly #mostTabs: number;
  #tabs: Tab[] = [];
  #edits = 0;
  #opened = 0;

  constructor(dice: Dice, flaw: Flaw | undefined, traced: boolean) {
    this.#dice = dice;
    this.#flaw = flaw;
    const world = new World(dice.fork(), traced);
    this.world = world;
    this.#server = new Server(() => Date.UTC(2026, 0, 1) + world.now, flaw?.server);
    this.#invariants = new Invariants(world, this.#server);
    const count = dice.chance(0.5) ? 2 : 1;
    this.#mostTabs = 1 + dice.int(3);
    this.#isNew = dice.chance(0.4);
    this.#devices = Array.from({ length: count }, (_, index) => {
      const userId = index === 1 && dice.chance(0.3) ? 'ben' : 'ana';
      return new Device(`device ${index + 1}`, {
        world,
        dice: dice.fork(),
        server: this.#server,
        userId,
        observer: this.#invariants,
        ignoresEpochs: flaw?.ignoresEpochs === true,
        onJournal: (journal) => {
          this.#invariants.watch(journal);
        },
      });
    });
    this.#server.onNotice = (notice) => {
      for (const { network } of this.#devices) network.notify(notice);
    };
    if (!this.#isNew) this.#saveFirst();
  }

  async play(actions: readonly Action[]): Promise<void> {
    const { world } = this;
    const around = this.#around();
    this.#openTab(this.#dice.pick(this.#devices));
    await turn();
    for (const action of actions)
      world.after(action.at, () => {
        act(action, around);
      });
    await this.#runTo((actions.at(-1)?.at ?? 0) + 100);
    if (world.violation === null) await this.#rest(around);
    if (world.violation === null) await this.#openAgain();
  }

  async #runTo(until: number): Promise<boolean> {
    const { world } = this;
    while (world.violation === null && world.step(until)) {
      await turn();
      for (const tab of this.#tabs) {
        if (!tab.stirred) continue;
        tab.stirred = false;
        if (tab.alive) this.#invariants.checkWords(tab);
      }
    }
    return world.violation === null;
  }

  /** All faults stop: everything comes to rest, and stays so. */
  async #rest(around: Surroundings): Promise<void> {
    const { world } = this;
    const dice = this.#dice.fork();
    const stepsBefore = world.steps;
    const deadline = world.now + restWithinMs;
    heal(around, dice);
    let why: string | null = 'it has only just begun';
    while (why !== null && world.now < deadline) {
      if (!(await this.#runTo(world.now + 5000))) return;
      heal(around, dice);
      why = restless(around);
    }
    if (why !== null) {
      world.violate('8', `after ${restWithinMs / 1000} s, ${why}`);
      return;
    }
    if (!(await this.#runTo(world.now + staysMs))) return;
    why = restless(around);
    if (why !== null) world.violate('8', `it was at rest, and then ${why}`);
    const steps = world.steps - stepsBefore;
    if (steps > mostRestSteps) world.violate('8', `coming to rest took ${steps} steps`);
  }

  /** Everything crashes, and each user opens the project again on each device. */
  async #openAgain(): Promise<void> {
    const { world } = this;
    for (const tab of this.#tabs) if (tab.alive) tab.crash();
    const documents = [];
    for (const device of this.#devices) {
      for (const userId of [...device.journals.keys()]) {
        if (device.network.userId !== userId) device.network.signIn(userId);
        device.network.weather = fairWeather;
        const tab = this.#openTab(device);
        while (tab.stage === 'opening' && (await this.#runTo(world.now + 500)));
        documents.push(tab.document);
        tab.crash();
      }
    }
    this.#invariants.checkReopened(documents);
  }

  #around(): Surroundings {
    return {
      world: this.world,
      server: this.#server,
      devices: this.#devices,
      tabs: () => this.#tabs,
      openTab: (device) => {
        this.#openTab(device);
      },
      mostTabs: this.#mostTabs,
    };
  }

  #openTab(device: Device): Tab {
    this.#tabs = this.#tabs.filter(({ alive }) => alive);
    this.#opened += 1;
    const tab = new Tab(`tab ${this.#opened}`, {
      world: this.world,
      dice: this.#dice.fork(),
      device,
      observer: this.#invariants,
      rule: this.#flaw?.rule ?? step,
      nextEdit: () => (this.#edits += 1),
    });
    this.#tabs.push(tab);
    this.world.tell(tab.name, () => `opens on ${device.name}, where ${String(device.network.userId)} is signed in`);
    const isFirst = this.#opened === 1;
    void tab.open(this.#isNew ? (isFirst ? 'new' : 'either') : 'known');
    return tab;
  }

  /** A project that was there before. */
  #saveFirst(): void {
    const text = textOf(startDocument);
    this.#server.save(
      'ana',
      {
        projectId,
        baseRev: 0,
        saveId: 'first',
        hash: 'first',
        schemaVersion: (JSON.parse(text) as { schemaVersion: number }).schemaVersion,
        state: JSON.parse(text) as Record<string, never>,
        kind: 'manual',
        totalFrames: startDocument.totalFrames,
        durationSeconds: 1,
        assetIds: [],
      },
      null,
    );
  }
}
