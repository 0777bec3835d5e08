import type { Backend } from '@lectern/ports';
import type { ClipId, TimelineDocument } from '@lectern/timeline';
import { createProjectDocument } from '../../../testing/src/builders.js';
import {
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '../../../testing/src/create-test-session.js';
import { createFakeRenderEngine } from '../../../testing/src/fake-render-engine.js';
import type { AutosaveState } from '../autosave/autosave-state.js';
import { autosaveSentence } from '../autosave/autosave-sentence.js';
import type { Journal } from '../autosave/journal.js';
import type { Lifecycle, LifecycleEvent } from '../autosave/lifecycle.js';
import { memoryJournal } from '../autosave/memory-journal.js';
import { memoryProjectLocks, type ProjectLocks } from '../autosave/project-lock.js';
import { createSession } from '../create-session.js';
import { messagesFor } from '../messages/messages.js';
import type { ProjectSession } from '../project-session.js';
import type { LecternOptions, LecternSession } from '../session.js';

const sessions: LecternSession[] = [];

/** A journal in memory that passes for one on disk: it outlives the sessions of a test. */
export function diskJournal(): Journal {
  return { ...memoryJournal(), kind: 'indexeddb' };
}

export interface World extends TestSession {
  readonly journal: Journal;
  /** Another tab over the same back end, journal and locks. */
  tab(options?: Partial<LecternOptions>): LecternSession;
}

export function begin(options: TestSessionOptions = {}): World {
  const journal = options.session?.journal ?? diskJournal();
  const locks = memoryProjectLocks();
  const shared = {
    journal,
    locks,
    namespace: 'test',
    checkInvariants: true,
    autosave: { debounceMs: 5, deadlineMs: 50, closeMs: 40 },
    ...options.session,
  };
  const first = createTestSession({
    projects: [{ id: 'lecture', title: 'Limits', document: createProjectDocument() }],
    ...options,
    session: shared,
  });
  sessions.push(first);
  const world = Object.assign(first, {
    journal,
    tab(more: Partial<LecternOptions> = {}): LecternSession {
      const render = createFakeRenderEngine();
      const backend: Backend = { ...portsOf(first.reliableBackend), dispose: () => Promise.resolve() };
      const session = createSession({ backend, engines: { uploads: first.uploads, render }, ...shared, ...more });
      sessions.push(session);
      return session;
    },
  });
  return world;
}

export function portsOf(backend: Backend): Omit<Backend, 'dispose'> {
  const { name, assets, blobs, transfers, operations, projects, courses, identity } = backend;
  return { name, assets, blobs, transfers, operations, projects, courses, identity };
}

/** Ends all sessions that a test began; for `afterEach`. */
export async function endSessions(): Promise<void> {
  await Promise.all(sessions.splice(0).map((session) => session.dispose()));
}

export async function until(check: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const clip = (id: string): ClipId => id as ClipId;
export const rename = (project: ProjectSession, name: string): boolean =>
  project.editor.run('clip.rename', { clipId: clip('clip-1'), name });
export const nameOf = (document: TimelineDocument): string | undefined => document.clips.get(clip('clip-1'))?.name;
export const state = (project: ProjectSession): AutosaveState => project.autosave.store.getState();
export const settled = (project: ProjectSession): Promise<void> =>
  until(() => state(project).remote === 'synced' && state(project).pendingChanges === 0, 'a save');
export const savedName = async (world: World, id = 'lecture'): Promise<unknown> => {
  const { state: stored } = await world.reliableBackend.projects.open(id);
  const { clips } = stored as unknown as { readonly clips: readonly { readonly id: string; readonly name: string }[] };
  return clips.find((each) => each.id === 'clip-1')?.name;
};
export const sentence = (project: ProjectSession): string => autosaveSentence(state(project), messagesFor('en'));

/** Locks of a tab that, once it has lost the lead, never gets it again: it is as good as dead. */
export function lastLocks(): ProjectLocks {
  return { ...memoryProjectLocks(), acquire: () => new Promise(() => undefined) };
}

/** Leaves without saying goodbye, as a killed tab does: nothing is closed, and its lock is free. */
export function abandoned(options: TestSessionOptions = {}): {
  readonly world: World;
  readonly crash: () => LecternSession;
} {
  const world = begin({ ...options, session: { locks: lastLocks(), ...options.session } });
  return { world, crash: () => world.tab({ locks: lastLocks() }) };
}

export function bound<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get(target, property): unknown {
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value;
    },
    ownKeys: (target) =>
      Reflect.ownKeys(Object.getPrototypeOf(target) as object).filter((key) => key !== 'constructor'),
    getOwnPropertyDescriptor: (target, key) => ({
      configurable: true,
      enumerable: true,
      value: (Reflect.get(target, key, target) as (...all: unknown[]) => unknown).bind(target),
    }),
  });
}

export function fakeLifecycle(): Lifecycle & { tell(event: LifecycleEvent): void } {
  const listeners = new Set<(event: LifecycleEvent) => void>();
  return {
    online: true,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(event) {
      for (const listener of [...listeners]) listener(event);
    },
  };
}
