import type { AutosaveState, ProjectSession } from '@lectern/core';
import { createProjectDocument, createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import type { ClipId, TimelineDocument } from '@lectern/timeline';
import type { printTimeline } from '@lectern/timeline/schema';
import type { AutosaveManagerElement } from '../autosave-manager/autosave-manager.js';
import { AutosaveManagerHarness } from '../autosave-manager/autosave-manager.harness.js';
import '../define/autosave-manager.js';
import { mount, unmountAll } from '../foundation/harness.js';

/** An element that shows a project whose saving is real. */
export interface OpenedManager {
  readonly harness: AutosaveManagerHarness;
  readonly element: AutosaveManagerElement;
  readonly project: ProjectSession;
  readonly session: TestSession;
}

export interface OpenManagerOptions {
  readonly attributes?: Partial<AutosaveManagerElement>;
  readonly session?: TestSessionOptions;
  /** Before the element has the project. */
  readonly prepare?: (project: ProjectSession, session: TestSession) => Promise<void> | void;
  readonly width?: number;
}

const lecture = { id: 'lecture', title: 'Lecture', document: createProjectDocument() };
let sessions: TestSession[] = [];
let projects: ProjectSession[] = [];

export async function openManager(options: OpenManagerOptions = {}): Promise<OpenedManager> {
  const session = createTestSession({
    projects: [lecture],
    session: { autosave: { debounceMs: 40, deadlineMs: 400 } },
    ...options.session,
  });
  sessions.push(session);
  const project = await session.openProject('lecture');
  projects.push(project);
  await options.prepare?.(project, session);
  const element = Object.assign(document.createElement('autosave-manager'), {
    lectern: session,
    projectSession: project,
    ...options.attributes,
  });
  await mount(element, options.width ?? 600, 500);
  const harness = new AutosaveManagerHarness(element);
  await harness.settled();
  return { harness, element, project, session };
}

/** Closes everything that was opened. */
export async function closeManagers(): Promise<void> {
  unmountAll();
  await Promise.all(projects.map((project) => project.close()));
  await Promise.all(sessions.map((session) => session.dispose()));
  projects = [];
  sessions = [];
}

/** States that take two people or a broken disk to get into: shown from the facts alone. */
export async function showState({ harness, project }: OpenedManager, state: Partial<AutosaveState>): Promise<void> {
  // Saving is real, and would tell of itself over what is shown.
  await project.autosave.durable(project.autosave.lastSeq());
  project.autosave.store.setState({
    role: 'leader',
    journal: 'indexeddb',
    remoteVolatile: false,
    memoryOnly: false,
    neverSaved: false,
    ...state,
  });
  await harness.settled();
}

const first = 'clip-1' as ClipId;

/** Gives the first clip another name, by hand. */
export function rename(project: ProjectSession, name: string): void {
  project.editor.run('clip.rename', { clipId: first, name });
}

export function nameOf(document: TimelineDocument): string {
  return document.clips.get(first)?.name ?? '';
}

/** Somebody else saves the project with the first clip called so. Resolves with the revision of the head. */
export async function saveElsewhere({ session }: Pick<OpenedManager, 'session'>, name: string): Promise<number> {
  const { projects: port } = session.reliableBackend;
  const { project, state: stored } = await port.open('lecture');
  const { clips, ...rest } = stored as unknown as ReturnType<typeof printTimeline>;
  const state = { ...rest, clips: clips.map((clip) => (clip.id === first ? { ...clip, name } : clip)) };
  const answer = await port.save({
    projectId: 'lecture',
    baseRev: project.rev,
    saveId: crypto.randomUUID(),
    hash: crypto.randomUUID().replaceAll('-', '').padEnd(64, '0'),
    schemaVersion: rest.schemaVersion,
    state: state as never,
    kind: 'auto',
    totalFrames: project.totalFrames,
    durationSeconds: project.durationSeconds,
    assetIds: [],
  });
  if (answer.outcome !== 'ok') throw new Error(`saving elsewhere: ${answer.outcome}`);
  return answer.rev;
}

/** Files that were handed to the browser while `act` ran. */
export async function downloads(act: () => Promise<unknown>): Promise<readonly { name: string; text: string }[]> {
  const links: HTMLAnchorElement[] = [];
  const proto = HTMLAnchorElement.prototype;
  Object.defineProperty(proto, 'click', {
    configurable: true,
    value(this: HTMLAnchorElement) {
      links.push(this);
    },
  });
  try {
    await act();
    return await Promise.all(
      links.map(async ({ download, href }) => ({ name: download, text: await (await fetch(href)).text() })),
    );
  } finally {
    Reflect.deleteProperty(proto, 'click');
  }
}
