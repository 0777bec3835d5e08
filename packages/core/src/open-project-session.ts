import {
  LecternError,
  serialiseError,
  toLecternError,
  type Backend,
  type LecternErrorCode,
  type Preview,
  type ProjectSummary,
  type RenderEngine,
  type SaveRequest,
  type SerialisedError,
  type UploadEngine,
  type UploadItem,
} from '@lectern/ports';
import {
  createEmptyProject,
  endFrame,
  runCommand,
  type AssetRecord,
  type NewId,
  type TimelineDocument,
} from '@lectern/timeline';
import type { QueryClient } from '@tanstack/query-core';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Actions, NamedFile } from './actions/actions.js';
import { assetRecordOf } from './asset-record.js';
import type { Autosave } from './autosave/autosave.js';
import { AutosaveDriver } from './autosave/autosave-driver.js';
import { systemClock } from './autosave/clock.js';
import { saveAsNew } from './autosave/conflict-resolver.js';
import type { Journal } from './autosave/journal.js';
import type { Lifecycle } from './autosave/lifecycle.js';
import { openForEditing, type OpenedProjectParts, type OpeningMode } from './autosave/open-for-editing.js';
import type { ProjectLocks } from './autosave/project-lock.js';
import { createEditor } from './editor/create-editor.js';
import type { Editor } from './editor/editor.js';
import type { Messages } from './messages/messages.js';
import { ProjectPoster } from './project-poster.js';
import type {
  AddOptions,
  ProjectDetailsState,
  ProjectSession,
  StudioRequest,
  StudioRequestListener,
} from './project-session.js';
import { queryKeys } from './queries/query-keys.js';
import type { SessionState } from './store/session-state.js';
import { createProjectVersions, type ProjectVersions } from './versions/project-versions.js';

/** What of its session a project needs. */
export interface ProjectWorld {
  readonly backend: Backend;
  readonly uploads: UploadEngine;
  readonly render: RenderEngine;
  readonly queryClient: QueryClient;
  readonly store: StoreApi<SessionState>;
  readonly actions: Actions;
  readonly newId: NewId;
  readonly now: () => Date;
  readonly locks: ProjectLocks;
  readonly lifecycle: Lifecycle;
  readonly namespace: string;
  readonly journalOf: (userId: string) => Promise<Journal>;
  readonly messages: () => Messages;
  readonly debounceMs: number;
  readonly deadlineMs: number;
  readonly closeMs: number;
  readonly checked: boolean;
}

/** How a project ends: `leave` is true for the last of its holders, once nobody took it up again at once. */
export interface ProjectHolders {
  readonly leave: () => Promise<boolean>;
  readonly closed: () => void;
}

/** One name for one project of one user, whichever tab asks. */
export function projectLockName(namespace: string, userId: string, projectId: string): string {
  return `lectern:${namespace}:${userId}:${projectId}`;
}

/** Opens a project: the lock, what this browser kept, what the back end has, and what follows from them. */
export async function openProjectSession(
  world: ProjectWorld,
  projectId: string,
  which: OpeningMode,
  holders: ProjectHolders,
): Promise<ProjectSession> {
  const { backend, locks, namespace, newId } = world;
  const { userId } = await backend.identity.current();
  const lockName = projectLockName(namespace, userId, projectId);
  // While the project is being opened, another tab may take it.
  const lock: { isLost: boolean; tell: (() => void) | null } = { isLost: false, tell: null };
  const parts = await openForEditing(
    {
      projects: backend.projects,
      locks,
      lockName,
      clock: systemClock(world.now),
      journal: () => openUsersJournal(world, userId),
      empty: () => createEmptyProject(newId),
      newTitle: () => world.messages().t('projects.newTitle'),
      onLost: () => {
        lock.isLost = true;
        lock.tell?.();
      },
    },
    projectId,
    which,
  );
  const project = new OpenProject(world, projectId, userId, lockName, parts, holders);
  lock.tell = () => {
    project.lockLost();
  };
  if (lock.isLost) lock.tell();
  return project;
}

async function openUsersJournal(
  world: ProjectWorld,
  userId: string,
): Promise<{ readonly journal: Journal; readonly error: SerialisedError | null }> {
  const journal = await world.journalOf(userId);
  const denied: LecternErrorCode = 'storage-denied';
  return { journal, error: journal.kind === 'memory' ? serialiseError(new LecternError(denied)) : null };
}

class OpenProject implements ProjectSession {
  readonly projectId: string;
  readonly editor: Editor;
  readonly autosave: Autosave;
  readonly versions: ProjectVersions;
  readonly details: StoreApi<ProjectDetailsState>;
  readonly #world: ProjectWorld;
  readonly #driver: AutosaveDriver;
  readonly #holders: ProjectHolders;
  readonly #requests: Set<StudioRequestListener> = new Set();
  readonly #poster: ProjectPoster;
  readonly #stops: (() => void)[] = [];
  #preview: Preview | null = null;
  #followingPreview = false;
  readonly #userId: string;
  #tooNew: boolean;
  #closing: Promise<void> | null = null;
  #ending = false;

  constructor(
    world: ProjectWorld,
    projectId: string,
    userId: string,
    lockName: string,
    { opened, head, journaled }: OpenedProjectParts,
    holders: ProjectHolders,
  ) {
    const { backend, newId, now } = world;
    const { opening } = opened;
    this.#world = world;
    this.#holders = holders;
    this.projectId = projectId;
    this.#userId = userId;
    this.#tooNew = opening.readOnly;
    const summary = head.found ? head.opened.project : null;
    this.#poster = new ProjectPoster(backend, projectId, newId, summary?.posterKey ?? null);
    this.details = createStore<ProjectDetailsState>(() => ({
      title: summary?.title ?? journaled?.title ?? '',
      description: summary?.description ?? journaled?.description ?? '',
      isDraft: summary?.isDraft ?? true,
      rev: summary?.rev ?? 0,
      lastExportId: summary?.lastExportId ?? null,
    }));
    this.editor = createEditor({
      document: opening.document,
      history: opening.history,
      newId,
      readOnly: opening.readOnly || opened.lock === null,
      checked: world.checked,
    });
    this.#driver = new AutosaveDriver(
      {
        projectId,
        userId,
        projects: backend.projects,
        identity: backend.identity,
        journal: opened.journal,
        locks: world.locks,
        lockName,
        lifecycle: world.lifecycle,
        newId,
        clock: systemClock(now),
        debounceMs: world.debounceMs,
        deadlineMs: world.deadlineMs,
        closeMs: world.closeMs,
        remoteVolatile: () => world.store.getState().storage.memoryOnly,
        empty: () => createEmptyProject(newId),
        title: () => {
          const { title, description } = this.details.getState();
          return { title, description };
        },
        onSaved: (rev, request) => {
          this.details.setState({ rev });
          if (request?.title !== undefined) void this.#describeWhatChanged(request);
          if (this.#preview !== null) this.#poster.refresh(this.#preview, this.editor.document, now().getTime());
        },
        onForked: (_copyId, title) => {
          world.actions.notify({ tone: 'success', message: { key: 'autosave.copied', params: { title } } });
        },
        copyTitle: (title) => world.messages().t('autosave.copyTitle', { title }),
        onFollowed: () => {
          void this.#readDetails();
        },
      },
      opened,
    );
    this.autosave = this.#driver;
    const { autosave, editor } = this;
    this.versions = createProjectVersions({
      projectId,
      projects: backend.projects,
      editor,
      autosave,
      copy: (document, title) => this.#saveCopy(document, title),
    });
    this.#driver.attach({
      get document() {
        return editor.document;
      },
      get history() {
        return editor.history;
      },
      get busy() {
        return editor.store.getState().gesture !== 'none';
      },
      load: (document, history) => {
        editor.load(document, history);
      },
      apply: (change) => {
        editor.dispatch({ change, userEvent: 'project.follow', remote: true });
      },
      replace: (change, userEvent) => {
        editor.dispatch({ change, userEvent });
      },
      setReadOnly: (readOnly) => {
        editor.setReadOnly(readOnly || this.#tooNew || this.#ending);
      },
    });
    this.#stops.push(
      editor.subscribeTransactions((transaction) => {
        if (!transaction.remote) this.#driver.record(transaction.change);
      }),
    );
    if (opening.damaged) {
      world.actions.notify({ tone: 'warning', message: { key: 'autosave.quarantined' }, durationMs: null });
    }
  }

  get isNew(): boolean {
    return this.details.getState().rev === 0;
  }

  get exportable(): boolean {
    return this.editor.document.totalFrames > 0;
  }

  get hasView(): boolean {
    return this.#requests.size > 0;
  }

  get preview(): Preview {
    this.#preview ??= this.#createPreview();
    return this.#preview;
  }

  lockLost(): void {
    this.#driver.lockLost();
  }

  async setDetails(details: { readonly title?: string; readonly description?: string }): Promise<void> {
    const before = this.details.getState();
    const title = details.title?.trim();
    if (title === '') throw new LecternError('invalid-input', { details: { path: 'title', expected: 'a title' } });
    const change = {
      ...(title === undefined ? {} : { title }),
      ...(details.description === undefined ? {} : { description: details.description }),
    };
    this.details.setState(change);
    if (this.isNew) return; // The first save takes them along.
    try {
      await this.#world.backend.projects.describe(this.projectId, change);
      this.#projectsChanged();
    } catch (error) {
      const now = this.details.getState();
      // What was changed again in the meantime stays.
      this.details.setState({
        ...(now.title === title ? { title: before.title } : {}),
        ...(now.description === details.description ? { description: before.description } : {}),
      });
      throw toLecternError(error);
    }
  }

  async publish(): Promise<void> {
    await this.#driver.saveNow('publish');
    await this.#describe({ isDraft: false });
    const { title } = this.details.getState();
    this.#world.actions.notify({ tone: 'success', message: { key: 'autosave.publishedNotice', params: { title } } });
  }

  async unpublish(): Promise<void> {
    if (!this.isNew) await this.#describe({ isDraft: true });
  }

  async saveAsCopy(title?: string): Promise<ProjectSummary> {
    const copy = await this.#saveCopy(this.editor.document, title);
    // What was stranded here is kept there.
    this.#driver.letGo();
    return copy;
  }

  async #saveCopy(document: TimelineDocument, title: string | undefined): Promise<ProjectSummary> {
    const { backend, messages, newId } = this.#world;
    const details = this.details.getState();
    const projectId = newId();
    const copy = {
      projectId,
      saveId: newId(),
      document,
      title: title ?? messages().t('autosave.copyTitle', { title: details.title }),
      description: details.description,
    };
    await saveAsNew(backend.projects, copy, this.#userId);
    this.#projectsChanged();
    return (await backend.projects.open(projectId)).project;
  }

  async addAssets(assetIds: readonly string[], options: AddOptions = {}): Promise<void> {
    const { actions, backend } = this.#world;
    const assets = await backend.assets.getMany(assetIds);
    const records: AssetRecord[] = [];
    const refusals: LecternError[] = [];
    for (const asset of assets) {
      try {
        records.push(assetRecordOf(asset));
      } catch (error) {
        refusals.push(toLecternError(error));
      }
    }
    const missing = new Set(assetIds).size - assets.length;
    if (missing > 0) refusals.push(new LecternError('source-missing'));
    if (records.length > 0 && !this.#add(records, options))
      throw new LecternError('forbidden', { message: 'nothing could be added there' });
    if (records.length === 0 && refusals[0] !== undefined) throw refusals[0];
    if (missing > 0)
      actions.notify({ tone: 'warning', message: { key: 'notice.assetsMissing', params: { count: missing } } });
    for (const error of refusals) {
      const name = error.details['fileName'] ?? error.details['asset'];
      if (typeof name !== 'string') continue;
      actions.notify({
        tone: 'warning',
        message: { key: 'notice.assetNotUsable', params: { name } },
        error: serialiseError(error),
      });
    }
  }

  async addFiles(files: readonly (File | NamedFile)[], options: AddOptions = {}): Promise<readonly UploadItem[]> {
    const { actions, uploads } = this.#world;
    const items = await actions.importFiles(files);
    let frame = options.frame;
    // In the order in which they were given, whichever is stored first.
    for (const item of items) {
      try {
        const done = await uploads.finished(item.id);
        if (done.storedUndecodable) continue;
        const before = this.editor.document;
        await this.addAssets([done.assetId], frame === undefined ? options : { ...options, frame });
        if (frame !== undefined) frame = endOfNew(before, this.editor.document, frame);
      } catch {
        // The upload's own notice tells why; the others go on.
      }
    }
    return items;
  }

  request(request: StudioRequest): boolean {
    for (const listener of [...this.#requests].reverse()) if (listener(request) !== false) return true;
    return false;
  }

  onRequest(listener: StudioRequestListener): () => void {
    this.#requests.add(listener);
    return () => this.#requests.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closing === null && !(await this.#holders.leave())) return;
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    // What would be edited from now on, nothing would keep.
    this.#ending = true;
    this.editor.setReadOnly(true);
    // Whoever opens it from now on gets a new one, once this one has let go of the lock.
    try {
      await this.#driver.close();
      await this.#poster.settled();
    } finally {
      this.#holders.closed();
      for (const stop of this.#stops.splice(0)) stop();
      this.#preview?.dispose();
      this.#preview = null;
      this.#requests.clear();
    }
  }

  #createPreview(): Preview {
    const { editor } = this;
    const preview = this.#world.render.createPreview();
    preview.setDocument(editor.store.getState().state.document);
    preview.seek(editor.store.getState().playheadFrame);
    let wasPlaying = false;
    this.#stops.push(
      editor.subscribeDocument((document) => {
        preview.setDocument(document);
      }),
      editor.store.subscribe((state, previous) => {
        if (state.playheadFrame === previous.playheadFrame || this.#followingPreview) return;
        preview.seek(state.playheadFrame);
      }),
      preview.subscribe(({ status, frame }) => {
        if (status === 'playing') {
          this.#followingPreview = true;
          editor.seek(frame);
          this.#followingPreview = false;
        } else if (wasPlaying) {
          editor.setShuttleRate(0);
          this.#followingPreview = true;
          editor.seek(frame);
          this.#followingPreview = false;
        }
        wasPlaying = status === 'playing';
      }),
    );
    return preview;
  }

  #add(records: readonly AssetRecord[], options: AddOptions): boolean {
    const { editor } = this;
    if (editor.store.getState().readOnly) return false;
    let { frame } = options;
    const mode = options.mode ?? (frame === undefined ? 'append' : 'insert');
    if (mode !== 'append') frame ??= editor.store.getState().playheadFrame;
    const { trackId } = options;
    return editor.transact('clip.add', (apply) => {
      let before = editor.document;
      for (const asset of records) {
        const args = {
          asset,
          mode,
          ...(trackId === undefined ? {} : { trackId }),
          ...(frame === undefined || mode === 'append' ? {} : { frame }),
        };
        const state = apply(runCommand(apply(null), 'clip.add', args, { newId: this.#world.newId }));
        if (frame !== undefined) frame = endOfNew(before, state.document, frame);
        before = state.document;
      }
    });
  }

  /** A title that was changed while the first save was on its way. */
  async #describeWhatChanged(sent: Pick<SaveRequest, 'title' | 'description'>): Promise<void> {
    const { title, description } = this.details.getState();
    if (title === sent.title && description === sent.description) return;
    try {
      await this.#world.backend.projects.describe(this.projectId, { title, description });
    } catch (error) {
      this.#world.actions.notify({
        tone: 'warning',
        message: { key: 'notice.actionFailed' },
        error: serialiseError(error),
      });
    }
  }

  async #describe(details: { readonly isDraft: boolean }): Promise<void> {
    await this.#world.backend.projects.describe(this.projectId, details);
    this.details.setState(details);
    this.#projectsChanged();
  }

  async #readDetails(): Promise<void> {
    try {
      const { project } = await this.#world.backend.projects.open(this.projectId);
      const { title, description, isDraft, rev, lastExportId } = project;
      this.details.setState({ title, description, isDraft, rev, lastExportId });
    } catch {
      // The next notice tells again.
    }
  }

  #projectsChanged(): void {
    const { queryClient } = this.#world;
    void queryClient.invalidateQueries({ queryKey: queryKeys.projectLists() });
    void queryClient.invalidateQueries({ queryKey: queryKeys.project(this.projectId) });
  }
}

/** Where the next of several clips goes: after the end of the one that was just put in. */
function endOfNew(before: TimelineDocument, after: TimelineDocument, fallback: number): number {
  let end = fallback;
  for (const [id, clip] of after.clips) {
    if (!before.clips.has(id) && clip.startFrame === fallback) end = Math.max(end, endFrame(clip));
  }
  return end;
}
