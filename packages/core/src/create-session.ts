import { QueryClient } from '@tanstack/query-core';
import { isLecternError, LecternError, type UploadStatus } from '@lectern/ports';
import type { ActionContext } from './actions/action-context.js';
import type { Actions } from './actions/actions.js';
import { createActions } from './actions/create-actions.js';
import { tellOfUploads } from './actions/upload-actions.js';
import type { Journal } from './autosave/journal.js';
import { renewDatabaseLog } from './autosave/database-log.js';
import { pageLifecycle } from './autosave/lifecycle.js';
import { openJournal } from './autosave/open-journal.js';
import { memoryProjectLocks, webProjectLocks } from './autosave/project-lock.js';
import { loadLanguage, messagesFor } from './messages/messages.js';
import { ExportQueue } from './exports/export-queue.js';
import { isExportMoving } from './exports/export-facts.js';
import type { OpeningMode } from './autosave/open-for-editing.js';
import { openProjectSession, projectLockName, type ProjectWorld } from './open-project-session.js';
import type { ProjectSession } from './project-session.js';
import { followBackend } from './queries/backend-notices.js';
import { followConnection } from './queries/connection-watch.js';
import { watchOperations } from './queries/operation-watch.js';
import { createQueries } from './queries/queries.js';
import type { LecternOptions, LecternSession } from './session.js';
import { createSessionStore } from './store/session-state.js';

const mostRetries = 3;
/** A file that is in the library, or not on its way there. */
const atRest: ReadonlySet<UploadStatus> = new Set(['done', 'failed', 'cancelled']);
const defaultDebounceMs = 1500;
const defaultDeadlineMs = 30_000;
const defaultCloseMs = 3000;

/** Puts a back end and the engines together into what elements work with. */
export function createSession(options: LecternOptions): LecternSession {
  const { backend, engines } = options;
  const { uploads, render } = engines;
  const newId = options.newId ?? ((): string => crypto.randomUUID());
  const now = options.now ?? ((): Date => new Date());
  const store = createSessionStore();
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        // What changes is told by the back end's notices; an embedded one answers without a network.
        staleTime: 60_000,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (failures, error) => isLecternError(error) && error.retryable && failures < mostRetries,
      },
      mutations: { networkMode: 'always' },
    },
  });
  queryClient.mount();
  // As early as there is anything of this library on the page, since whatever is written before stands behind a torn record.
  void renewDatabaseLog();

  const namespace = options.namespace ?? backend.name;
  const locks = options.locks ?? webProjectLocks() ?? memoryProjectLocks();
  const lifecycle = options.lifecycle ?? pageLifecycle();
  const journals = new Map<string, Promise<Journal>>();
  const journalOf = (userId: string): Promise<Journal> => {
    const known =
      journals.get(userId) ??
      (options.journal ? Promise.resolve(options.journal) : openJournal(`lectern-journal/${namespace}/${userId}`));
    journals.set(userId, known);
    return known;
  };

  interface Open {
    readonly session: Promise<ProjectSession>;
    resolved: ProjectSession | null;
    holders: number;
  }
  const open = new Map<string, Open>();
  /** Projects that are letting go of their lock. */
  const closing = new Map<string, Promise<void>>();
  const endings = new Map<string, () => void>();

  const operations = watchOperations(backend, queryClient, store);
  const context: ActionContext = {
    backend,
    uploads,
    render,
    queryClient,
    store,
    operations,
    newId,
    now,
    namespace,
    openedProject: (projectId) => open.get(projectId)?.resolved ?? null,
  };
  const exports = new ExportQueue(context, (notice) => actions.notify(notice));
  const originals = createActions(context, exports);
  let locale = options.locale ?? 'en';
  void loadLanguage(locale);
  const replaced: Partial<Actions> = { ...options.actions?.(originals) };
  const actions = actionsOver(originals, replaced);

  // Fails quietly: it is asked again with the next project, and by whoever wants to export.
  const findExports = (): void => {
    void actions.findUnfinishedExports().catch(() => undefined);
  };

  const stops = [
    followBackend(backend, queryClient),
    followConnection(backend, queryClient, store),
    tellOfUploads(context, actions),
    operations.stop,
    // A tab that went while this one was in the background has left what it was exporting.
    lifecycle.subscribe((event) => {
      if (event === 'show') findExports();
    }),
    () => {
      exports.dispose();
    },
  ];
  findExports();
  const world: ProjectWorld = {
    backend,
    uploads,
    render,
    queryClient,
    store,
    actions,
    newId,
    now,
    locks,
    lifecycle,
    namespace,
    journalOf,
    messages: () => messagesFor(locale),
    debounceMs: options.autosave?.debounceMs ?? defaultDebounceMs,
    deadlineMs: options.autosave?.deadlineMs ?? defaultDeadlineMs,
    closeMs: options.autosave?.closeMs ?? defaultCloseMs,
    checked: options.checkInvariants ?? false,
  };

  // Fails quietly: the library's own queries show why a back end can't be reached.
  const watchStorage = backend.blobs.report().then(
    (report) => {
      if (report.kind === 'memory') store.setState({ storage: { memoryOnly: true } });
    },
    () => undefined,
  );

  /** Whether no tab has a project open. */
  const isIdle = async (projectId: string, userId: string): Promise<boolean> => {
    if (open.has(projectId) || closing.has(projectId)) return false;
    return !(await locks.isHeld(projectLockName(namespace, userId, projectId)));
  };

  const openEntry = async (id: string, mode: OpeningMode, own: () => Open): Promise<ProjectSession> => {
    await closing.get(id);
    return openProjectSession(world, id, mode, {
      async leave() {
        const entry = own();
        entry.holders -= 1;
        if (entry.holders > 0) return false;
        // An element that is moved lets go and asks again in the same breath; the project stays open for it.
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (entry.holders > 0 || open.get(id) !== entry) return false;
        open.delete(id);
        const { promise, resolve } = withResolvers();
        closing.set(id, promise);
        endings.set(id, resolve);
        return true;
      },
      closed() {
        closing.delete(id);
        endings.get(id)?.();
        endings.delete(id);
      },
    });
  };

  let disposed: Promise<void> | null = null;
  const dispose = async (): Promise<void> => {
    await Promise.all(
      [...open.values()].map(async (entry) => {
        entry.holders = 1;
        await (await entry.session.catch(() => null))?.close();
      }),
    );
    await Promise.all(closing.values());
    for (const stop of stops) stop();
    queryClient.unmount();
    // What is still being fetched would otherwise come back into an emptied cache.
    await queryClient.cancelQueries();
    queryClient.clear();
    await watchStorage;
    for (const journal of journals.values()) (await journal).close();
    uploads.dispose();
    render.dispose();
    await backend.dispose();
  };

  return {
    backend,
    uploads,
    render,
    queryClient,
    queries: createQueries(backend),
    actions,
    store,
    newId,
    now,
    maxBytes: options.maxBytes ?? null,
    get messages() {
      return messagesFor(locale);
    },
    setLocale(next) {
      locale = next;
      void loadLanguage(next);
    },
    async openProject(projectId, { create = false } = {}) {
      if (disposed !== null) throw new LecternError('aborted', { message: 'the session was disposed of' });
      const id = projectId ?? newId();
      const known = open.get(id);
      if (known !== undefined) {
        known.holders += 1;
        return known.session;
      }
      const mode: OpeningMode = projectId === null ? 'new' : create ? 'either' : 'known';
      const entry: Open = { holders: 1, resolved: null, session: openEntry(id, mode, () => entry) };
      open.set(id, entry);
      try {
        entry.resolved = await entry.session;
        return entry.resolved;
      } catch (error) {
        open.delete(id);
        throw error;
      }
    },
    async unsavedProjects() {
      const { userId } = await backend.identity.current();
      const metas = await (await journalOf(userId)).unsaved();
      const idle = await Promise.all(metas.map((meta) => isIdle(meta.projectId, userId)));
      return metas
        .filter((_meta, index) => idle[index])
        .map(({ projectId, title, lastSeq, ackedSeq, lastAt }) => ({
          projectId,
          title,
          changes: lastSeq - ackedSeq,
          at: lastAt,
        }))
        .sort((a, b) => (a.at < b.at ? 1 : -1));
    },
    async inProgress() {
      const { userId } = await backend.identity.current();
      const unsaved = await (await journalOf(userId)).unsaved();
      const titles = [...open.entries()].map(
        ([id, { resolved }]) =>
          resolved?.details.getState().title ?? unsaved.find(({ projectId }) => projectId === id)?.title ?? id,
      );
      const others = unsaved.filter(({ projectId }) => !open.has(projectId)).map(({ title }) => title);
      const files = uploads.items().filter(({ status }) => !atRest.has(status));
      // What is stored already counts as an upload.
      const exported = store.getState().exports.jobs.filter((job) => isExportMoving(job) && !job.rendered);
      const { current } = store.getState().conversions;
      const converted = current?.status === 'converting' ? [current] : [];
      return [
        ...titles,
        ...others,
        ...files.map(({ fileName }) => fileName),
        ...[...exported, ...converted].map(({ name }) => name),
      ];
    },
    async saveOpenProjects() {
      const changed = [...open.values()]
        .flatMap(({ resolved }) => resolved ?? [])
        .filter(({ autosave }) => autosave.store.getState().pendingChanges > 0);
      await Promise.allSettled(changed.map(({ autosave }) => autosave.saveNow()));
    },
    replaceAction(name, replace) {
      const former = replaced[name];
      const mine = replace(former ?? originals[name]);
      replaced[name] = mine;
      return () => {
        if (replaced[name] !== mine) return;
        replaced[name] = former ?? originals[name];
      };
    },
    dispose() {
      disposed ??= dispose();
      return disposed;
    },
  };
}

/** `Promise.withResolvers`, which Node 20 doesn't have. */
function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** The actions as they are now: a host may replace each at any time, and elements may keep the object. */
function actionsOver(originals: Actions, replaced: Partial<Actions>): Actions {
  const actions: Partial<Record<keyof Actions, unknown>> = {};
  for (const name of Object.keys(originals) as (keyof Actions)[]) {
    actions[name] = (...args: readonly unknown[]): unknown =>
      ((replaced[name] ?? originals[name]) as (...all: readonly unknown[]) => unknown)(...args);
  }
  return actions as Actions;
}
