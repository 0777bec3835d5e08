/**
 * A page that edits one project at a time and tells what it does: what the tests of saving drive. The address says how:
 * `project` opens one at once, `inspect` reads the back end before that, `remote` is the address of a project server
 * (without it the back end is the browser's own), `debounce` and `deadline` are in milliseconds; with `faulty` the
 * browser's storage can be made to fail.
 */
import { createLocalBackend } from '@lectern/adapter-local';
import {
  autosaveSentence,
  autosaveStatement,
  type AutosaveState,
  type ConflictChoice,
  type LecternSession,
  type ProjectSession,
} from '@lectern/core';
import { isLecternError, type Backend, type OpenedProject, type ProjectRevision } from '@lectern/ports';
import { checkInvariants, runCommand, type TimelineDocument } from '@lectern/timeline';
import { parseTimeline } from '@lectern/timeline/schema';
import { createLectern } from 'lectern';
import { SeededRandom } from '../seeded-random.js';
import type { Fact } from './facts.js';
import { remoteProjects } from './remote-projects.js';
import { countStorageCalls } from './storage-faults.js';

/** An edit that was tried; `seq` is what `durable` takes. */
export interface TriedEdit {
  readonly accepted: boolean;
  readonly seq: number;
  readonly at: number;
}

/** How the page edits by itself: one edit or `burst` of them, then a pause of `shortest` to `longest` milliseconds. */
export interface EditingPace {
  readonly seed: number;
  /** Number of the first edit. */
  readonly first: number;
  readonly shortest: number;
  readonly longest: number;
  readonly burst: number;
}

/** What a page shows of its project. */
export interface PageState {
  readonly edits: readonly number[];
  readonly violations: readonly string[];
  readonly readOnly: boolean;
  readonly sentence: string;
  readonly saved: boolean;
  readonly autosave: AutosaveState;
  /** Keys of the messages that are being shown. */
  readonly notices: readonly string[];
}

/** What a back end keeps of a project: its head, an older revision, or a copy that was made of it. */
export interface KeptVersion {
  readonly rev: number;
  readonly kind: ProjectRevision['kind'] | 'head' | 'copy';
  readonly edits: readonly number[];
}

export interface EditingPage {
  /** @throws why the project can't be opened */
  open(projectId: string): Promise<PageState>;
  state(): PageState;
  /** Puts `edit <number>` into the document, with so much text besides. */
  edit(edit: number, characters?: number): TriedEdit;
  editByItself(pace: EditingPace): void;
  /** Resolves once that change would outlive a crash; with false when another tab took over and nothing kept it. */
  durable(seq: number): Promise<boolean>;
  /** False when the page says that it can't be saved now. */
  save(): Promise<boolean>;
  /** False when it couldn't be. */
  editHere(): Promise<boolean>;
  /** Answers a conflict; false when that failed. */
  resolve(choice: ConflictChoice): Promise<boolean>;
  close(): Promise<void>;
  /** How many parts of the journal couldn't be read and were set aside. */
  quarantined(): Promise<number>;
  /** Everything that the back end keeps of a project, the head first. */
  kept(projectId: string): Promise<readonly KeptVersion[]>;
}

declare global {
  interface Window {
    editingPage: EditingPage;
    /** Set by whoever drives the page. */
    tellFact?: (fact: string) => void;
  }
}

const parameters = new URLSearchParams(location.search);

function tell(fact: Fact): void {
  window.tellFact?.(JSON.stringify(fact));
}

function wordsOf(error: unknown): string {
  if (isLecternError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Tells how fast the machine writes while the page edits. */
function watchStorage(): void {
  const canary = new Worker('canary.js', { type: 'module' });
  canary.onmessage = ({ data }: MessageEvent<{ readonly at: number; readonly ms: number }>) => {
    tell({ type: 'canary', ...data });
  };
}

/** Numbers of the edits in a document, ascending. */
function editsIn(document: TimelineDocument): number[] {
  const numbers = new Set<number>();
  const read = (text: string): void => {
    const match = /^edit (\d+)/.exec(text);
    if (match) numbers.add(Number(match[1]));
  };
  for (const marker of document.markers) read(marker.name);
  for (const clip of document.clips.values()) if (clip.source.kind === 'text') read(clip.source.text);
  return [...numbers].sort((a, b) => a - b);
}

function makeBackend(): Backend {
  const local = createLocalBackend();
  const address = parameters.get('remote');
  return address === null ? local : { ...local, name: 'remote', projects: remoteProjects(address) };
}

class Page implements EditingPage {
  readonly #lectern: LecternSession;
  #project: ProjectSession | null = null;
  #lastEdit = 0;
  #sentence = '';
  #stop: () => void = () => undefined;

  constructor(lectern: LecternSession) {
    this.#lectern = lectern;
  }

  async open(projectId: string): Promise<PageState> {
    const project = await this.#lectern.openProject(projectId, { create: true });
    this.#project = project;
    this.#sentence = '';
    // Copies take their title from it, so that they can be found.
    if (project.isNew) await project.setDetails({ title: projectId });
    const state = this.state();
    this.#lastEdit = state.edits.at(-1) ?? 0;
    tell({
      type: 'opened',
      at: Date.now(),
      edits: state.edits,
      violations: state.violations,
      readOnly: state.readOnly,
      restorable: state.autosave.restorable?.changes ?? 0,
      sentence: state.sentence,
    });
    this.#stop = project.autosave.store.subscribe((next) => {
      this.#show(next);
    });
    this.#show(project.autosave.store.getState());
    return state;
  }

  state(): PageState {
    const { editor, autosave } = this.#opened();
    const state = autosave.store.getState();
    return {
      edits: editsIn(editor.document),
      violations: checkInvariants(editor.document).map(({ code, message }) => `${code}: ${message}`),
      readOnly: editor.store.getState().readOnly,
      sentence: autosaveSentence(state, this.#lectern.messages),
      saved: autosaveStatement(state).message.key === 'autosave.saved',
      autosave: state,
      notices: this.#lectern.store.getState().notices.items.map((notice) => notice.message.key),
    };
  }

  edit(edit: number, characters = 0): TriedEdit {
    const { editor, autosave } = this.#opened();
    const at = Date.now();
    const words = `edit ${edit}`;
    const before = this.#lastEdit;
    // The sentence may change while the edit is being made.
    this.#lastEdit = Math.max(before, edit);
    const accepted =
      characters > 0
        ? editor.run('clip.addText', { text: words.padEnd(characters, ' .'), frame: edit * 10, durationFrames: 10 })
        : edit % 4 === 0
          ? editor.transact('clip.addText', (apply) => {
              const context = { newId: this.#lectern.newId };
              const state = apply(null);
              const place = { frame: edit * 10, durationFrames: 10 };
              const next = apply(runCommand(state, 'clip.addText', { text: words, ...place }, context));
              apply(runCommand(next, 'marker.add', { frame: edit, name: words }, context));
            })
          : editor.run('marker.add', { frame: edit, name: words });
    if (!accepted) {
      this.#lastEdit = before;
      return { accepted, seq: 0, at };
    }
    tell({ type: 'edit', at, edit });
    const seq = autosave.lastSeq();
    autosave.durable(seq).then(
      () => {
        tell({ type: 'durable', at: Date.now(), edit });
      },
      // Another tab took over before it was kept, and this one says so.
      () => undefined,
    );
    return { accepted, seq, at };
  }

  editByItself({ seed, first, shortest, longest, burst }: EditingPace): void {
    watchStorage();
    const random = new SeededRandom(seed);
    let next = first;
    const go = (): void => {
      if (this.#project === null) return;
      const count = random.chance(0.2) ? burst : 1;
      for (let made = 0; made < count; made += 1) {
        if (this.edit(next).accepted) next += 1;
      }
      setTimeout(go, random.integer(shortest, longest));
    };
    go();
  }

  durable(seq: number): Promise<boolean> {
    return succeeds(this.#opened().autosave.durable(seq));
  }

  save(): Promise<boolean> {
    return succeeds(this.#opened().autosave.saveNow());
  }

  editHere(): Promise<boolean> {
    return succeeds(this.#opened().autosave.editHere());
  }

  resolve(choice: ConflictChoice): Promise<boolean> {
    return succeeds(this.#opened().autosave.resolve(choice));
  }

  async close(): Promise<void> {
    const project = this.#opened();
    await project.close();
    this.#stop();
    this.#project = null;
  }

  async quarantined(): Promise<number> {
    return (await this.#opened().autosave.quarantined()).length;
  }

  async kept(projectId: string): Promise<readonly KeptVersion[]> {
    const { projects } = this.#lectern.backend;
    const read = (opened: OpenedProject, kind: KeptVersion['kind']): KeptVersion => ({
      rev: opened.project.rev,
      kind,
      edits: editsIn(parseTimeline(opened.state).document),
    });
    const versions = [read(await projects.open(projectId), 'head')];
    for (const { rev, kind } of await projects.revisions(projectId)) {
      versions.push({ ...read(await projects.openRevision(projectId, rev), kind), rev });
    }
    const copies = await projects.list({ search: projectId });
    for (const { id } of copies.items) if (id !== projectId) versions.push(read(await projects.open(id), 'copy'));
    return versions;
  }

  #opened(): ProjectSession {
    if (this.#project === null) throw new Error('no project is open');
    return this.#project;
  }

  /** Shows the sentence, and tells of it when it is another one. */
  #show(state: AutosaveState): void {
    const sentence = autosaveSentence(state, this.#lectern.messages);
    const saved = autosaveStatement(state).message.key === 'autosave.saved';
    const shown = `${sentence} ${saved ? this.#lastEdit : ''}`;
    if (shown === this.#sentence) return;
    this.#sentence = shown;
    const output = document.querySelector('output');
    if (output) output.textContent = sentence;
    tell({ type: 'sentence', at: Date.now(), sentence, saved, remote: state.remote, upTo: this.#lastEdit });
  }
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isLecternError(error)) return false;
    throw error;
  }
}

/** What the back end has, without a journal that could fill it in. */
async function inspect(projectId: string): Promise<void> {
  const backend = makeBackend();
  let opened: OpenedProject | null = null;
  try {
    opened = await backend.projects.open(projectId);
  } catch (error) {
    if (!isLecternError(error) || error.code !== 'not-found') throw error;
  }
  tell({
    type: 'backend',
    at: Date.now(),
    edits: opened === null ? [] : editsIn(parseTimeline(opened.state).document),
    rev: opened?.project.rev ?? 0,
  });
  await backend.dispose();
}

async function start(): Promise<void> {
  const projectId = parameters.get('project');
  if (projectId !== null && parameters.has('inspect')) await inspect(projectId);
  const lectern = createLectern({
    backend: makeBackend(),
    autosave: {
      debounceMs: Number(parameters.get('debounce') ?? 1500),
      deadlineMs: Number(parameters.get('deadline') ?? 30_000),
    },
  });
  const page = new Page(lectern);
  window.editingPage = page;
  if (projectId !== null) await page.open(projectId);
}

for (const type of ['error', 'unhandledrejection'] as const) {
  addEventListener(type, (event) => {
    const reason: unknown = event instanceof ErrorEvent ? event.error : event.reason;
    tell({ type: 'problem', at: Date.now(), error: wordsOf(reason) });
  });
}

if (parameters.has('faulty')) countStorageCalls();
start().catch((error: unknown) => {
  tell({ type: 'failed', at: Date.now(), error: wordsOf(error) });
});
