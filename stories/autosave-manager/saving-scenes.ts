import type { AutosaveManagerElement } from '@lectern/elements';
import type { AutosaveState, ProjectSession } from '@lectern/core';
import { LecternError, type ProjectRevision, type SaveKind } from '@lectern/ports';
import type { TestSession } from '@lectern/testing';
import {
  createState,
  runCommand,
  type ClipId,
  type CommandArgs,
  type CommandName,
  type TimelineDocument,
} from '@lectern/timeline';
import { studioSession } from '../video-studio/lecture.js';

/** A moment of saving, as it would be after the facts in it. */
export interface Scene {
  readonly state?: Partial<AutosaveState>;
  /** Prepares the project before the element has it. */
  readonly prepare?: (project: ProjectSession, session: TestSession) => Promise<void> | void;
  /** What a person does then. */
  readonly then?: (element: AutosaveManagerElement) => unknown;
}

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** Puts a manager that stays in that moment into a box. */
export function sceneElement(scene: Scene, attributes: Partial<AutosaveManagerElement> = {}): HTMLElement {
  const session = studioSession();
  const element = document.createElement('autosave-manager');
  Object.assign(element, { lectern: session, ...attributes });
  const box = document.createElement('div');
  box.style.minBlockSize = '560px';
  box.style.textAlign = 'end';
  box.append(element);
  void session.openProject('lecture').then(async (project) => {
    await scene.prepare?.(project, session);
    project.autosave.store.setState({
      role: 'leader',
      local: 'clean',
      remote: 'synced',
      neverSaved: false,
      journal: 'indexeddb',
      memoryOnly: false,
      remoteVolatile: false,
      ...scene.state,
    });
    element.projectSession = project;
    await element.updateComplete;
    scene.then?.(element);
    box.dataset['ready'] = '';
  });
  return box;
}

type Run = <Name extends CommandName>(name: Name, args: CommandArgs<Name>) => void;

function edited(document: TimelineDocument, edit: (run: Run) => void): TimelineDocument {
  let state = createState({ document });
  let next = 0;
  edit((name, args) => {
    const spec = runCommand(state, name, args, { newId: () => `edit-${String((next += 1))}` });
    if (spec) state = state.update(spec).state;
  });
  return state.document;
}

const clipNamed = (document: TimelineDocument, name: string): ClipId => {
  for (const clip of document.clips.values())
    if (clip.name === name || (clip.source.kind === 'text' && clip.source.text === name)) return clip.id;
  throw new RangeError(`no clip is called ${name}`);
};

function mine(document: TimelineDocument): TimelineDocument {
  return edited(document, (run) => {
    run('clip.addText', { text: 'Homework', frame: 600, durationFrames: 90 });
    run('clip.addText', { text: 'Questions?', frame: 760, durationFrames: 90 });
    run('clip.setText', { clipId: clipNamed(document, 'Limits and continuity'), text: 'Limits' });
    run('marker.add', { frame: 300, name: 'Exercise 2' });
  });
}

function theirs(document: TimelineDocument): TimelineDocument {
  return edited(document, (run) => {
    run('clip.delete', { clipIds: [clipNamed(document, 'Vectors 1 slide.png')] });
    run('clip.rename', { clipId: clipNamed(document, 'Limits and continuity'), name: 'Opening title' });
    const [lowest] = document.tracks;
    if (lowest) run('track.rename', { trackId: lowest.id, name: 'Music' });
  });
}

const conflict: NonNullable<AutosaveState['conflict']> = {
  headRev: 5,
  headAuthor: 'A colleague',
  headAt: minutesAgo(2),
  keptAs: 6,
};

function inConflict(open: () => Promise<unknown>): Scene {
  return {
    state: { remote: 'conflict', local: 'durable', pendingChanges: 4, conflict },
    prepare: (project) => {
      Object.assign(project.autosave, { openConflict: open });
    },
  };
}

/** Revisions over some days, without saving them one by one. */
function revisions(rows: readonly (readonly [SaveKind, number, string?])[]): NonNullable<Scene['prepare']> {
  return (_project, session) => {
    const list: ProjectRevision[] = rows.map(([kind, minutes, author = ''], index) => ({
      projectId: 'lecture',
      rev: kind === 'conflict' ? 1000 + index : rows.length - index,
      parentRev: 0,
      saveId: `save-${String(index)}`,
      author,
      kind,
      contentHash: '',
      createdAt: minutesAgo(minutes),
    }));
    const { projects } = session.reliableBackend;
    const open = projects.open.bind(projects);
    Object.assign(projects, {
      revisions: () => Promise.resolve(list),
      openRevision: (id: string, rev: number) => (rev === 2 ? Promise.reject(new LecternError('corrupt')) : open(id)),
    });
  };
}

const day = 24 * 60;
const someVersions = revisions([
  ['auto', 1],
  ['manual', 34],
  ['conflict', 52],
  ['auto', 55, 'A colleague'],
  ['publish', day + 20],
  ['auto', day + 45],
  ['restore', 4 * day],
  ['auto', 4 * day + 3, 'A colleague'],
  ['auto', 4 * day + 12],
]);

function failing(code: ConstructorParameters<typeof LecternError>[0]): NonNullable<AutosaveState['reason']> {
  return { code, message: '', details: {} };
}

const details = (element: AutosaveManagerElement): void => {
  element.showDetails();
};
const press =
  (selector: string) =>
  async (element: AutosaveManagerElement): Promise<void> => {
    for (let tries = 0; tries < 100; tries += 1) {
      await element.updateComplete;
      const found = element.shadowRoot?.querySelector<HTMLElement>(selector);
      if (found) {
        found.click();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

/** Every state that saving has. */
export const scenes = {
  untouched: { state: { neverSaved: true } },
  saved: { state: { savedAt: minutesAgo(0.05) }, then: details },
  saving: { state: { remote: 'saving', pendingChanges: 3 } },
  offline: {
    state: { remote: 'offline', local: 'durable', pendingChanges: 12, reason: failing('offline') },
    then: details,
  },
  waiting: {
    state: {
      remote: 'backoff',
      local: 'durable',
      pendingChanges: 3,
      retryAt: new Date(Date.now() + 20_000).toISOString(),
      reason: failing('server'),
    },
    then: details,
  },
  signedOut: {
    state: { remote: 'authLost', local: 'durable', pendingChanges: 5, reason: failing('unauthenticated') },
    then: details,
  },
  fullDisk: {
    state: { remote: 'dirty', local: 'degraded', pendingChanges: 2, reason: failing('quota-exceeded') },
    then: details,
  },
  refused: {
    state: { remote: 'blocked', local: 'durable', pendingChanges: 12, reason: failing('file-too-large') },
    then: details,
  },
  newer: { state: { remote: 'blocked', reason: failing('too-new') }, then: details },
  orphaned: {
    state: { remote: 'orphaned', local: 'durable', pendingChanges: 3, reason: failing('not-found') },
    then: details,
  },
  smallStore: {
    state: { remote: 'offline', local: 'durable', pendingChanges: 3, journal: 'local-storage' },
    then: details,
  },
  memoryOnly: { state: { journal: 'memory', memoryOnly: true, remoteVolatile: true }, then: details },
  restored: {
    state: { remote: 'dirty', local: 'durable', pendingChanges: 7, restorable: { changes: 7, at: minutesAgo(60) } },
    prepare: (project) => {
      const { document } = project.editor;
      Object.assign(project.versions, { open: () => Promise.resolve(document) });
      project.editor.load(mine(document));
    },
  },
  follower: { state: { role: 'follower' }, then: details },
  stranded: { state: { role: 'follower', stranded: 3, pendingChanges: 3 }, then: details },
  merged: { state: { savedAt: minutesAgo(0.1), merged: { author: 'A colleague', changes: 3, at: minutesAgo(1) } } },
  conflict: {
    ...inConflict(() => Promise.reject(new LecternError('offline'))),
    prepare: (project) => {
      const base = project.editor.document;
      Object.assign(project.autosave, {
        openConflict: () => Promise.resolve({ base, mine: mine(base), theirs: theirs(base) }),
      });
    },
  },
  conflictWithoutBase: {
    ...inConflict(() => Promise.reject(new LecternError('offline'))),
    prepare: (project) => {
      const base = project.editor.document;
      Object.assign(project.autosave, {
        openConflict: () => Promise.resolve({ base: null, mine: mine(base), theirs: theirs(base) }),
      });
    },
  },
  conflictFailing: inConflict(() => Promise.reject(new LecternError('offline'))),
  conflictPutOff: {
    ...inConflict(() => new Promise(() => undefined)),
    then: async (element: AutosaveManagerElement) => {
      await element.updateComplete;
      element.shadowRoot?.querySelector('dialog')?.close();
      element.showDetails();
    },
  },
  history: {
    prepare: async (project, session) => {
      await someVersions(project, session);
      project.editor.load(mine(project.editor.document));
    },
    then: (element: AutosaveManagerElement) => {
      element.showHistory();
      void press('.version[data-kind="publish"]')(element);
    },
  },
  historyList: {
    prepare: someVersions,
    then: (element: AutosaveManagerElement) => {
      element.showHistory();
    },
  },
  historyEmpty: {
    prepare: revisions([]),
    state: { neverSaved: true },
    then: (element: AutosaveManagerElement) => {
      element.showHistory();
    },
  },
  historyLoading: {
    prepare: (_project, session) => {
      session.setFaults({ hang: ['projects.revisions'] });
    },
    then: (element: AutosaveManagerElement) => {
      element.showHistory();
    },
  },
  historyFailing: {
    prepare: (_project, session) => {
      session.setFaults({ fail: { 'projects.revisions': 'forbidden' } });
    },
    then: (element: AutosaveManagerElement) => {
      element.showHistory();
    },
  },
  historyUnreadable: {
    prepare: someVersions,
    then: (element: AutosaveManagerElement) => {
      element.showHistory();
      void press('.version[data-rev="2"]')(element);
    },
  },
  copy: {
    state: { savedAt: minutesAgo(0.1) },
    then: async (element: AutosaveManagerElement) => {
      element.showDetails();
      await press('.item:has(.icon-copy), .items li:nth-child(2) .item')(element);
    },
  },
} satisfies Record<string, Scene>;
