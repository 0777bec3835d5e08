import { toLecternError, type IdentityPort, type LecternErrorCode, type ProjectsPort } from '@lectern/ports';
import {
  emptyHistory,
  type History,
  applyChange,
  invertChange,
  isEmptyChange,
  type Change,
  type TimelineDocument,
} from '@lectern/timeline';
import { AutosaveDriver } from '../autosave-driver.js';
import type { SavedEditor } from '../driver-context.js';
import type { LifecycleEvent } from '../lifecycle.js';
import {
  initialMachine,
  type step,
  type AutosaveEvent,
  type AutosaveMachine,
  type Effect,
} from '../machine/machine.js';
import { openForEditing, type OpeningMode } from '../open-for-editing.js';
import type { Device } from './device.js';
import type { Dice } from './dice.js';
import { editsOf, editsOfChange, numberedEdit, removal, startDocument } from './edits.js';
import { storyOf } from './story.js';
import type { Host, World } from './world.js';

export const projectId = 'project';

/** What a tab tells of itself to whoever checks the rules. */
export interface TabObserver {
  /** An edit would outlive a crash now, says the tab. */
  readonly onDurable: (tab: Tab, edit: number) => void;
  /** A person took edits back, or chose against them. */
  readonly onWaived: (edits: Iterable<number>) => void;
  readonly onStep: (tab: Tab, event: AutosaveEvent, effects: readonly Effect[], before: AutosaveMachine) => void;
  /** A save that a person asked for is done, says the tab; `edits` are those there were when they asked. */
  readonly onSaved: (tab: Tab, edits: ReadonlySet<number>) => void;
}

interface TabParts {
  readonly world: World;
  readonly dice: Dice;
  readonly device: Device;
  readonly observer: TabObserver;
  readonly rule: typeof step;
  readonly nextEdit: () => number;
}

/** A tab with the project open: the real driver, with all that is around it made of the simulated world. */
export class Tab implements Host, SavedEditor {
  readonly name: string;
  readonly device: Device;
  readonly held: (() => void)[] = [];
  alive = true;
  frozen = false;
  stage: 'opening' | 'open' | 'failed' | 'closing' | 'gone' = 'opening';
  /** Who was signed in when it was opened. */
  userId = '';
  /** Why it couldn't be opened. */
  failure: LecternErrorCode | null = null;
  driver: AutosaveDriver | null = null;
  machine: AutosaveMachine = initialMachine;
  /** Whether its state changed since somebody looked. */
  stirred = true;
  document: TimelineDocument = startDocument;
  readonly history: History = emptyHistory;
  busy = false;
  readOnly = true;
  /** Saves whose outbox row is written, or couldn't be. */
  readonly noted: Set<string> = new Set();
  readonly #parts: TabParts;
  readonly #lifecycle: Set<(event: LifecycleEvent) => void> = new Set();
  #tooNew = false;
  #lastOwn: { readonly change: Change; readonly after: TimelineDocument } | null = null;

  constructor(name: string, parts: TabParts) {
    this.name = name;
    this.device = parts.device;
    this.#parts = parts;
  }

  /** As `openProjectSession` does it. */
  async open(which: OpeningMode): Promise<void> {
    const { world, dice, device, rule } = this.#parts;
    const identity: IdentityPort = device.network.identityOf(this);
    const projects: ProjectsPort = device.network.projectsOf(this);
    try {
      const { userId } = await identity.current();
      this.userId = userId;
      const journal = device.journalOf(userId).of(this);
      const locks = device.locks.of(this);
      const lockName = `${userId}:${projectId}`;
      const lock: { onLost: (() => void) | null; isLost: boolean } = { onLost: null, isLost: false };
      const clock = world.clockOf(this, dice);
      const { opened } = await openForEditing(
        {
          projects,
          locks,
          lockName,
          clock,
          journal: () => Promise.resolve({ journal, error: null }),
          empty: () => startDocument,
          newTitle: () => 'Untitled',
          onLost: () => {
            lock.isLost = true;
            lock.onLost?.();
          },
        },
        projectId,
        which,
      );
      if (opened.opening.damaged) world.violate('readable journal', `${this.name} found its journal damaged`);
      this.document = opened.opening.document;
      this.#tooNew = opened.opening.readOnly;
      const driver = new AutosaveDriver(
        {
          projectId,
          userId,
          projects,
          identity,
          journal: opened.journal,
          locks,
          lockName,
          lifecycle: this.#pageLife(),
          clock,
          newId: () => world.newId(),
          debounceMs: 1500,
          deadlineMs: 30_000,
          closeMs: 2000,
          remoteVolatile: () => false,
          empty: () => startDocument,
          title: () => ({ title: 'Untitled', description: '' }),
          copyTitle: (title) => `${title} (copy)`,
          onSaved: () => undefined,
          onForked: () => undefined,
          onFollowed: () => undefined,
          step: (machine, event, config) => {
            const stepped = rule(machine, event, config);
            this.#stepped(event, stepped, machine);
            return stepped;
          },
        },
        opened,
      );
      lock.onLost = () => {
        driver.lockLost();
      };
      this.driver = driver;
      driver.store.subscribe(() => {
        this.stirred = true;
      });
      driver.attach(this);
      if (lock.isLost) lock.onLost();
      this.stage = 'open';
      world.tell(this.name, () => `opened as ${this.machine.role.status}, edits ${this.#listEdits()}`);
    } catch (error) {
      this.stage = 'failed';
      this.failure = toLecternError(error).code;
      world.tell(this.name, () => `couldn't open: ${String(error)}`);
    }
  }

  /** Something happens to its page. */
  emit(event: LifecycleEvent): void {
    this.#parts.world.hand(this, () => {
      for (const listener of [...this.#lifecycle]) listener(event);
    });
  }

  /** Nothing of it ever runs again. */
  crash(): void {
    this.alive = false;
    this.stage = 'gone';
    this.device.crashed(this);
    this.#parts.world.tell(this.name, 'is gone');
  }

  wake(): void {
    this.frozen = false;
    // In order, and each with what it leads to before the next one.
    this.held.splice(0).forEach((run, index) => {
      this.#parts.world.deliver(this, index / 1000, run);
    });
  }

  async close(): Promise<void> {
    this.stage = 'closing';
    this.readOnly = true;
    await this.driver?.close();
    this.crash();
  }

  get epoch(): number {
    return this.machine.role.epoch;
  }

  get canEdit(): boolean {
    return this.stage === 'open' && !this.frozen && !this.readOnly;
  }

  edit(dice: Dice): void {
    const number = this.#parts.nextEdit();
    this.#make(numberedEdit(this.document, number, dice), `edit #${number}`);
    const { driver } = this;
    if (driver === null) return;
    driver.durable(driver.lastSeq()).then(
      () => {
        this.#parts.observer.onDurable(this, number);
      },
      () => undefined,
    );
  }

  remove(dice: Dice): void {
    const taken = removal(this.document, dice);
    if (taken === null) return;
    this.#parts.observer.onWaived(taken.edits);
    this.#make(taken.change, `removes ${[...taken.edits].join()}`);
  }

  undo(): void {
    if (this.#lastOwn?.after !== this.document) return;
    const { change } = this.#lastOwn;
    this.#parts.observer.onWaived(editsOfChange(change).gained);
    this.#make(invertChange(change), 'undoes its last edit');
    this.#lastOwn = null;
  }

  save(kind: 'manual' | 'publish'): void {
    const edits = editsOf(this.document);
    this.driver?.saveNow(kind).then(
      () => {
        this.#parts.observer.onSaved(this, edits);
      },
      () => undefined,
    );
  }

  load(document: TimelineDocument): void {
    this.document = document;
    this.#lastOwn = null;
    this.#parts.world.tell(this.name, () => `loads ${this.#listEdits()}`);
  }

  apply(change: Change): void {
    this.document = applyChange(this.document, change);
    this.#parts.world.tell(this.name, () => `follows to ${this.#listEdits()}`);
  }

  replace(change: Change, userEvent: string): void {
    const before = editsOf(this.document);
    if (userEvent === 'project.restore') {
      const after = editsOf(applyChange(this.document, change));
      this.#parts.observer.onWaived([...before].filter((edit) => !after.has(edit)));
    }
    this.#make(change, userEvent);
  }

  setReadOnly(readOnly: boolean): void {
    this.readOnly = readOnly || this.#tooNew;
  }

  #make(change: Change, what: string): void {
    const { driver } = this;
    if (driver === null || isEmptyChange(change)) return;
    const before = driver.lastSeq();
    this.document = applyChange(this.document, change);
    this.#lastOwn = { change, after: this.document };
    driver.record(change);
    this.#parts.world.tell(this.name, () => `${what} (${driver.lastSeq()}), edits ${this.#listEdits()}`);
    if (driver.lastSeq() === before) this.#parts.world.violate('1', `${this.name} took ${what} and recorded nothing`);
  }

  #pageLife(): { readonly online: boolean; subscribe: (listener: (event: LifecycleEvent) => void) => () => void } {
    const { network } = this.device;
    return {
      get online() {
        return !network.weather.offline;
      },
      subscribe: (listener) => {
        this.#lifecycle.add(listener);
        return () => this.#lifecycle.delete(listener);
      },
    };
  }

  #stepped(event: AutosaveEvent, stepped: ReturnType<typeof step>, before: AutosaveMachine): void {
    const { world, observer } = this.#parts;
    const { machine, effects } = stepped;
    this.machine = machine;
    if (event.type === 'outbox') this.noted.add(event.saveId);
    if (machine !== before || effects.length > 0) world.tell(this.name, () => storyOf(event, stepped));
    observer.onStep(this, event, effects, before);
  }

  #listEdits(): string {
    return `[${[...editsOf(this.document)].sort((a, b) => a - b).join(' ')}]`;
  }
}
