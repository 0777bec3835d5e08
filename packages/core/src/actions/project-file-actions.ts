import {
  isLecternError,
  LecternError,
  normaliseAssetName,
  toLecternError,
  type Asset,
  type ProjectSummary,
} from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import { printTimeline, schemaVersion, type StoredTimeline } from '@lectern/timeline/schema';
import { usedAssetIds } from '../autosave/save-request.js';
import { readDocument } from '../autosave/stored-document.js';
import type { ProjectSession } from '../project-session.js';
import { findSameMedia } from '../project-file/find-media.js';
import { makeProjectFile, makeProjectFileWithMedia, type ProjectToWrite } from '../project-file/make-project-file.js';
import { openProjectFile } from '../project-file/open-project-file.js';
import type { OpenedProjectFile, ProjectFileAsset, ProjectFileProgress } from '../project-file/project-file.js';
import { relinkAssets } from '../project-file/relink-assets.js';
import type { ActionContext } from './action-context.js';
import type { Actions, ProjectFileDownload, ProjectFileOptions } from './actions.js';
import { saveNewProject } from './project-actions.js';

type ProjectFileActions = Pick<Actions, 'projectFile' | 'openProjectFile'>;

/** How long an open project's file waits for what the library knows: it is asked for when the back end is gone, too. */
const factsTimeoutMs = 3000;
const progressEveryMs = 100;
/** How long what is cancelled may take to put its things away. */
const settlingMs = 500;
/** How many names a notice says. */
const namedAtMost = 5;

export function projectFileActions(
  context: ActionContext,
  actions: Pick<Actions, 'notify' | 'restoreAssets'>,
): ProjectFileActions {
  const { backend, openedProject } = context;

  /** The document of an open project as it stands; of another, the saved head. */
  const read = async (
    project: string | ProjectSession,
    signal: AbortSignal,
  ): Promise<Omit<ProjectToWrite, 'assets'>> => {
    const open = typeof project === 'string' ? openedProject(project) : project;
    if (open === null) {
      const { project: summary, state } = await backend.projects.open(project as string, { signal });
      const { document, readOnly } = readDocument(state);
      // What a later version wrote is passed on as it is: to print it would lose what this one doesn't know.
      const stored = readOnly ? (state as unknown as StoredTimeline) : printTimeline(document);
      return { title: summary.title, description: summary.description, document, stored };
    }
    const { title, description } = open.details.getState();
    const { document } = open.editor;
    return { title, description, document, stored: (await newerHead(open)) ?? printTimeline(document) };
  };

  /** The head of a project that is only looked at because a later version wrote it. */
  const newerHead = async (open: ProjectSession): Promise<StoredTimeline | null> => {
    if (!open.editor.store.getState().readOnly || open.autosave.store.getState().stranded > 0) return null;
    const head = await within(factsTimeoutMs, (signal) => backend.projects.open(open.projectId, { signal }));
    return head !== null && head.schemaVersion > schemaVersion ? (head.state as unknown as StoredTimeline) : null;
  };

  const assetsOf = async (document: TimelineDocument, signal: AbortSignal): Promise<ReadonlyMap<string, Asset>> => {
    const found = await backend.assets.getMany([...document.assets.keys()], { signal });
    return new Map(found.map((asset) => [asset.id, asset]));
  };

  /** The media on the timeline, and the names of what isn't there any more. */
  const mediaOf = async (
    { document, assets }: ProjectToWrite,
    signal: AbortSignal,
  ): Promise<{ readonly media: ReadonlyMap<string, Blob>; readonly missing: readonly string[] }> => {
    const media = new Map<string, Blob>();
    const missing: string[] = [];
    for (const id of usedAssetIds(document)) {
      const asset = assets.get(id);
      const data = asset && (await backend.blobs.get(asset.blobKey, { signal }).catch(unlessNotFound));
      if (data) media.set(id, data);
      else missing.push(nameOf(document, id));
    }
    return { media, missing };
  };

  const make = async (
    project: string | ProjectSession,
    { media: withMedia, onProgress }: ProjectFileOptions,
    signal: AbortSignal,
  ): Promise<ProjectFileDownload> => {
    const facts = await read(project, signal);
    if (!withMedia) {
      const assets = await within(factsTimeoutMs, (limit) => assetsOf(facts.document, limit));
      return makeProjectFile({ ...facts, assets: assets ?? new Map<string, Asset>() });
    }
    const toWrite = { ...facts, assets: await assetsOf(facts.document, signal) };
    const { media, missing } = await mediaOf(toWrite, signal);
    const total = [...media.values()].reduce((sum, { size }) => sum + size, 0);
    const onBytes = progressOf('packing', total, onProgress);
    const file = await makeProjectFileWithMedia(toWrite, media, { signal, onBytes });
    if (missing.length > 0 && !signal.aborted)
      actions.notify({
        tone: 'warning',
        message: { key: 'projectFile.leftOut', params: { names: named(missing), count: missing.length } },
        durationMs: null,
      });
    return file;
  };

  return {
    async projectFile(project, options) {
      const signal = options.signal ?? new AbortController().signal;
      return untilAborted(signal, make(project, options, signal));
    },

    async openProjectFile(file, { fileName, signal = new AbortController().signal, onProgress } = {}) {
      try {
        const opened = await openProjectFile(file);
        return await untilAborted(signal, bringIn(context, actions, opened, { signal, onProgress }));
      } catch (error) {
        throw aboutFile(error, fileName ?? (file instanceof File ? file.name : undefined));
      }
    },
  };
}

interface Import {
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: ProjectFileProgress) => void) | undefined;
}

/** Where the assets of a project file are in this library. */
interface Placement {
  /** New ids by old ones. */
  readonly ids: Map<string, string>;
  /** In the trash, to be taken out of it. */
  readonly trashed: string[];
  readonly missing: string[];
  readonly toImport: ProjectFileAsset[];
}

/** Makes a project of an opened file: its media first, the project last, so that nothing half-done is left. */
async function bringIn(
  context: ActionContext,
  actions: Pick<Actions, 'notify' | 'restoreAssets'>,
  opened: OpenedProjectFile,
  { signal, onProgress }: Import,
): Promise<ProjectSummary> {
  const placement = await place(context, opened, signal);
  const imported: string[] = [];
  try {
    await importMedia(context, opened, placement, imported, { signal, onProgress });
    signal.throwIfAborted();
    const document = relinkAssets(opened.document, placement.ids);
    if (placement.trashed.length > 0) await actions.restoreAssets(placement.trashed);
    signal.throwIfAborted();
    const title = normaliseAssetName(opened.title);
    const project = await saveNewProject(context, document, { title, description: opened.description });
    tellOfOpened(actions, title, opened, placement);
    return project;
  } catch (error) {
    if (imported.length > 0)
      actions.notify({
        tone: 'info',
        message: { key: 'projectFile.mediaKept', params: { names: named(imported), count: imported.length } },
        durationMs: null,
      });
    throw error;
  }
}

async function place(
  { backend, newId }: ActionContext,
  opened: OpenedProjectFile,
  signal: AbortSignal,
): Promise<Placement> {
  const { document, media } = opened;
  const used = usedAssetIds(document);
  const here = new Map((await backend.assets.getMany(used, { signal })).map((asset) => [asset.id, asset]));
  const placement: Placement = { ids: new Map(), trashed: [], missing: [], toImport: [] };
  for (const id of used) {
    const described = opened.assets.get(id);
    const own = media.get(id);
    const known = here.get(id);
    const kind = document.assets.get(id as never)?.kind;
    const same = known?.kind === kind && (own === undefined || known?.sizeBytes === own.sizeBytes);
    if (known !== undefined && same) {
      if (known.deletedAt === null) continue;
      if (own === undefined) placement.missing.push(known.name);
      else placement.trashed.push(id);
    } else if (own !== undefined && described !== undefined) placement.toImport.push(described);
    else {
      placement.missing.push(described?.name ?? nameOf(document, id));
      // Something else has that id here.
      if (known !== undefined) placement.ids.set(id, newId());
    }
  }
  return placement;
}

/** Everything is checked before anything is stored. Fills `imported` with the names of what was. */
async function importMedia(
  { backend, uploads }: ActionContext,
  { media }: OpenedProjectFile,
  { ids, toImport }: Placement,
  imported: string[],
  { signal, onProgress }: Import,
): Promise<void> {
  if (toImport.length === 0) return;
  const total = toImport.reduce((sum, { id }) => sum + (media.get(id)?.sizeBytes ?? 0), 0);
  const onBytes = progressOf('checking', total, onProgress);
  const checked: { readonly asset: ProjectFileAsset; readonly blob: Blob; readonly contentHash: string }[] = [];
  for (const asset of toImport) {
    const read = await media.get(asset.id)?.read({ signal, onBytes });
    if (read !== undefined) checked.push({ asset, ...read });
  }
  const toStore: (typeof checked)[number][] = [];
  for (const entry of checked) {
    const same = await findSameMedia(backend, entry.asset, entry.contentHash, { signal });
    if (same === null) toStore.push(entry);
    else ids.set(entry.asset.id, same.id);
  }
  signal.throwIfAborted();
  if (toStore.length === 0) return;

  const items = uploads.add(
    toStore.map(({ asset, blob }) => ({
      file: asset.mimeType === null ? blob : blob.slice(0, blob.size, asset.mimeType),
      fileName: asset.name,
      onDuplicate: 'upload-anyway',
    })),
  );
  const cancel = (): void => {
    for (const { id } of items) uploads.cancel(id);
  };
  const mine = new Set(items.map(({ id }) => id));
  const report = progressOf(
    'importing',
    toStore.reduce((sum, { blob }) => sum + blob.size, 0),
    onProgress,
    'absolute',
  );
  const stop = uploads.subscribe((all) => {
    report(all.reduce((sum, item) => sum + (mine.has(item.id) ? item.sentBytes : 0), 0));
  });
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    const ends = await Promise.allSettled(
      items.map(async ({ id }, index) => {
        try {
          const { assetId, fileName } = await uploads.finished(id);
          imported.push(fileName);
          const from = toStore[index]?.asset.id;
          if (from !== undefined) ids.set(from, assetId);
        } catch (error) {
          // One that can't be stored ends it for all.
          cancel();
          throw error;
        }
      }),
    );
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [toLecternError(end.reason)] : []));
    const failure = failures.find(({ code }) => code !== 'aborted') ?? failures[0];
    if (failure !== undefined) throw failure;
  } finally {
    signal.removeEventListener('abort', cancel);
    stop();
    for (const { id } of items) uploads.clear(id);
  }
}

function tellOfOpened(
  actions: Pick<Actions, 'notify'>,
  title: string,
  { repaired }: OpenedProjectFile,
  { missing }: Placement,
): void {
  if (repaired)
    actions.notify({ tone: 'warning', message: { key: 'projectFile.repaired', params: { title } }, durationMs: null });
  if (missing.length > 0)
    actions.notify({
      tone: 'warning',
      message: { key: 'projectFile.missing', params: { title, names: named(missing), count: missing.length } },
      durationMs: null,
    });
  else actions.notify({ tone: 'success', message: { key: 'projectFile.opened', params: { title } } });
}

/** Says now and then how far it is. */
function progressOf(
  phase: ProjectFileProgress['phase'],
  totalBytes: number,
  onProgress: ((progress: ProjectFileProgress) => void) | undefined,
  count: 'steps' | 'absolute' = 'steps',
): (bytes: number) => void {
  let doneBytes = 0;
  let lastAt = 0;
  onProgress?.({ phase, doneBytes, totalBytes });
  return (bytes) => {
    doneBytes = count === 'steps' ? doneBytes + bytes : bytes;
    const at = performance.now();
    if (onProgress === undefined || (at - lastAt < progressEveryMs && doneBytes < totalBytes)) return;
    lastAt = at;
    onProgress({ phase, doneBytes, totalBytes });
  };
}

/**
 * What the work gives, or `aborted` when the signal fired: a moment later at the latest, though a port may not listen to
 * it. The work itself looks at the signal before it writes anything.
 */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;
  const given = new Promise<never>((_resolve, reject) => {
    stop = () => {
      timer = setTimeout(() => {
        reject(new LecternError('aborted'));
      }, settlingMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, given]);
  } catch (error) {
    throw signal.aborted ? new LecternError('aborted', { cause: error }) : toLecternError(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** What comes in time; null when it fails or doesn't. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function nameOf(document: TimelineDocument, assetId: string): string {
  return document.assets.get(assetId as never)?.name ?? assetId;
}

function named(names: readonly string[]): string {
  const sorted = [...names].sort((a, b) => a.localeCompare(b));
  const some = sorted.slice(0, namedAtMost).join(', ');
  return names.length > namedAtMost ? `${some}, …` : some;
}

function unlessNotFound(error: unknown): null {
  if (isLecternError(error) && error.code === 'not-found') return null;
  throw error;
}

/** The same error with the name of the file that it is about, for the words that a person reads. */
function aboutFile(error: unknown, fileName: string | undefined): LecternError {
  const { code, details, message } = toLecternError(error);
  return new LecternError(code, {
    message,
    cause: error,
    details: fileName === undefined || 'fileName' in details ? details : { ...details, fileName },
  });
}
