import {
  isLecternError,
  LecternError,
  serialiseError,
  toLecternError,
  type ExportProgress,
  type ExportRequest,
  type ExportResult,
  type SerialisedError,
  type UnfinishedExport,
  type UploadItem,
  type UploadRequest,
} from '@lectern/ports';
import type { ActionContext } from '../actions/action-context.js';
import type { Actions, ExportOptions, NamedFile } from '../actions/actions.js';
import type { ProjectSession } from '../project-session.js';
import { queryKeys } from '../queries/query-keys.js';
import { uploadError, uploadFraction } from '../uploads/upload-facts.js';
import { isExportOver } from './export-facts.js';
import type { ExportJob } from './export-job.js';
import { printContext, readContext, type ExportContext } from './export-context.js';
import { HeldExports } from './held-exports.js';
import { storeExport, uploadHasBytes, uploadOf } from './store-export.js';

/** How much of the bar rendering gets: nearly all of it. */
const renderShare = 0.94;

function fractionOf(frame: number, totalFrames: number): number {
  return totalFrames > 0 ? (renderShare * frame) / totalFrames : 0;
}

/** One export as this page works on it. What is shown of it is its job in the slice. */
interface Entry {
  readonly id: string;
  readonly request: ExportRequest;
  readonly context: Omit<ExportContext, 'userId'>;
  /** Begun by an earlier page: it is gone on with only while its parts are there. */
  readonly adopted: boolean;
  /** Calls off what goes on here; null while nothing does. */
  control: AbortController | null;
  /** Settles when what was called off has come to its end. */
  ended: Promise<void>;
  /** Kept until its bytes are stored, so that nothing has to be rendered twice. */
  result: ExportResult | null;
  /** For whoever began it here. */
  readonly settle: { resolve(assetId: string): void; reject(error: LecternError): void } | null;
}

/**
 * The exports of this page, in the order in which they were begun. Each is handed to the render engine at once, which
 * writes it down and renders one at a time in the whole browser; what it has finished goes to the upload engine, while
 * the next is rendered. What a page couldn't finish is found again by the next one.
 */
export class ExportQueue {
  readonly #context: ActionContext;
  readonly #notify: Actions['notify'];
  readonly #entries: Map<string, Entry> = new Map();
  readonly #held: HeldExports = new HeldExports();
  readonly #stop: () => void;
  #finding: Promise<void> | null = null;
  #isDisposed = false;

  constructor(context: ActionContext, notify: Actions['notify']) {
    this.#context = context;
    this.#notify = notify;
    // An upload that an earlier page left may turn up after the export that it belongs to.
    this.#stop = context.uploads.subscribe(() => {
      this.#followUploads();
    });
  }

  /** Resolves with the asset's id once it is stored. @throws what stopped it, `aborted` when it was cancelled */
  begin(project: ProjectSession, options: ExportOptions): Promise<string> {
    const { newId, namespace, now } = this.#context;
    const { preset, format, range, loudness, reuseAssetId, replaceAssetId } = options;
    const id = newId();
    const given = options.name?.trim() ?? '';
    const name = given === '' ? project.details.getState().title : given;
    const replaces = replaceAssetId ?? null;
    const request: ExportRequest = {
      document: project.editor.document,
      preset,
      format,
      ...(range ? { range } : {}),
      ...(loudness === undefined ? {} : { loudness }),
      ...(reuseAssetId === undefined ? {} : { reuseAssetId }),
    };
    return new Promise((resolve, reject) => {
      const { projectId } = project;
      const entry: Entry = {
        id,
        request,
        context: { namespace, projectId, name, replaces },
        adopted: false,
        control: null,
        ended: Promise.resolve(),
        result: null,
        settle: { resolve, reject },
      };
      this.#add(entry, { startedAt: now().toISOString(), status: 'waiting', fraction: 0 });
      this.#go(entry);
    });
  }

  pause(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry?.control) return;
    this.#held.set(id, true);
    if (uploadHasBytes(this.#context.uploads, id)) {
      this.#context.uploads.pause(id);
      return;
    }
    this.#callOff(entry);
    this.#update(id, { status: 'paused', stalled: false });
  }

  /** Goes on with what was paused, interrupted or failed. */
  resume(id: string): void {
    const entry = this.#entries.get(id);
    const job = this.#job(id);
    if (!entry || !job || isExportOver(job)) return;
    this.#held.set(id, false);
    const { uploads } = this.#context;
    const upload = uploadOf(uploads, id);
    if (upload?.status === 'paused') uploads.resume(id);
    else if (upload?.status === 'failed') uploads.retry(id);
    if (!entry.control) this.#go(entry);
  }

  /** Ends it and removes what is kept of it. What is stored by then stays. */
  async cancel(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    const job = this.#job(id);
    if (!entry || !job || isExportOver(job)) return;
    const { uploads } = this.#context;
    if (entry.control && uploadHasBytes(uploads, id)) {
      // Whether that is in time turns out: the bytes may all be there.
      uploads.cancel(id);
      await entry.ended;
      return;
    }
    const wasHere = entry.control !== null || entry.settle !== null;
    this.#callOff(entry);
    this.#update(id, { status: 'cancelled', stalled: false });
    await this.#discard(entry);
    if (!wasHere) this.dismiss(id);
  }

  /** Takes one that is over out of the list; one that failed is given up with it. */
  dismiss(id: string): void {
    const job = this.#job(id);
    if (!job) return;
    if (job.status === 'failed') {
      void this.cancel(id).then(() => {
        this.dismiss(id);
      });
      return;
    }
    if (!isExportOver(job)) return;
    this.#entries.delete(id);
    this.#context.store.setState(({ exports: { jobs } }) => ({
      exports: { jobs: jobs.filter((one) => one.id !== id) },
    }));
  }

  /** The finished file of an export that isn't stored yet. @throws `not-found` */
  file(id: string): NamedFile {
    const entry = this.#entries.get(id);
    if (!entry?.result) throw new LecternError('not-found', { details: { what: 'export', id } });
    return { file: entry.result.file, fileName: fileNameOf(entry) };
  }

  /** Looks for exports that other pages left, and forgets those that others have taken up. */
  find(): Promise<void> {
    this.#finding ??= this.#find().finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  /** Goes on with what was interrupted of a project, unless another page edits it: that one goes on with it. */
  async goOn(project: ProjectSession): Promise<void> {
    await this.find();
    if (this.#isDisposed || project.editor.store.getState().readOnly) return;
    for (const { id, name, projectId, status } of this.#jobs) {
      if (projectId !== project.projectId || status !== 'interrupted') continue;
      this.#notify({ message: { key: 'notice.exportGoesOn', params: { name } } });
      this.resume(id);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stop();
  }

  get #jobs(): readonly ExportJob[] {
    return this.#context.store.getState().exports.jobs;
  }

  #job(id: string): ExportJob | null {
    return this.#jobs.find((job) => job.id === id) ?? null;
  }

  #add(entry: Entry, state: Pick<ExportJob, 'startedAt' | 'status' | 'fraction'>): void {
    const { id, context, request } = entry;
    const { projectId, name, replaces } = context;
    const job: ExportJob = {
      id,
      projectId,
      name,
      replaces,
      preset: request.preset,
      format: request.format,
      ...state,
      rendered: false,
      progress: null,
      stalled: false,
      assetId: null,
      outcome: null,
      error: null,
    };
    this.#entries.set(id, entry);
    this.#context.store.setState(({ exports: { jobs } }) => ({ exports: { jobs: [...jobs, job] } }));
  }

  #update(id: string, change: Partial<ExportJob>): void {
    this.#context.store.setState(({ exports: { jobs } }) => ({
      exports: {
        jobs: jobs.map((job) =>
          job.id === id ? { ...job, ...change, fraction: Math.max(job.fraction, change.fraction ?? 0) } : job,
        ),
      },
    }));
  }

  #callOff(entry: Entry): void {
    const { control } = entry;
    entry.control = null;
    control?.abort();
  }

  #go(entry: Entry): void {
    const control = new AbortController();
    const before = entry.ended;
    entry.control = control;
    this.#update(entry.id, {
      error: null,
      stalled: false,
      ...(entry.result || uploadHasBytes(this.#context.uploads, entry.id)
        ? { status: 'storing', rendered: true, fraction: renderShare }
        : { status: 'waiting' }),
    });
    entry.ended = before.then(() => this.#work(entry, control));
  }

  async #work(entry: Entry, control: AbortController): Promise<void> {
    const { id } = entry;
    const isCalledOff = (): boolean => entry.control !== control;
    try {
      if (isCalledOff()) return;
      const assetId = await this.#findMade(entry);
      if (assetId !== null) {
        await this.#stored(entry, assetId);
        return;
      }
      if (!uploadHasBytes(this.#context.uploads, id)) await this.#render(entry, control);
      // Paused when it was just finished: the file is kept.
      if (isCalledOff()) return;
      const end = await this.#store(entry, control);
      if (end.end === 'stored') await this.#stored(entry, end.assetId);
      else if (end.end === 'cancelled') {
        this.#update(id, { status: 'cancelled', stalled: false });
        await this.#discard(entry);
      } else this.#left(entry);
    } catch (cause) {
      if (!isCalledOff()) this.#failed(entry, cause);
    } finally {
      if (!isCalledOff()) entry.control = null;
    }
  }

  /**
   * What an earlier page begun may be in the library by now, although it didn't come to say so.
   *
   * @throws `not-found` when nothing is left of it
   */
  async #findMade({ id, adopted, result, context: { replaces } }: Entry): Promise<string | null> {
    const { backend, render, uploads } = this.#context;
    if (!adopted || result || uploadOf(uploads, id)) return null;
    if (replaces === null) {
      const [asset] = await backend.assets.getMany([id]).catch(() => []);
      if (asset) return asset.id;
    }
    const left = await render.unfinishedExports();
    if (!left.some((one) => one.id === id)) throw new LecternError('not-found', { details: { about: 'export' } });
    return null;
  }

  async #render(entry: Entry, control: AbortController): Promise<ExportResult> {
    if (entry.result) return entry.result;
    const { backend, render } = this.#context;
    const { id, request } = entry;
    const { signal } = control;
    const identity = await backend.identity.current({ signal }).catch(() => null);
    const context = printContext({ ...entry.context, userId: identity?.userId ?? null });
    const onProgress = (progress: ExportProgress): void => {
      if (entry.control !== control) return;
      const { phase, frame, totalFrames } = progress;
      const fraction = phase === 'finishing' ? renderShare : phase === 'rendering' ? fractionOf(frame, totalFrames) : 0;
      this.#update(id, { progress, status: phase, fraction });
    };
    entry.result = await render.export(request, { id, context, signal, onProgress });
    const { durationSeconds, file, frames } = entry.result;
    this.#update(id, { rendered: true, outcome: { durationSeconds, frames, sizeBytes: file.size } });
    return entry.result;
  }

  async #store(entry: Entry, control: AbortController): ReturnType<typeof storeExport> {
    const { uploads } = this.#context;
    const { id, context } = entry;
    this.#update(id, { status: 'storing', rendered: true, fraction: renderShare });
    const request = async (replaces: string | null): Promise<UploadRequest> => {
      const { file, handle } = await this.#render(entry, control);
      // Somebody called it off just now: nothing of it is to be begun.
      if (entry.control !== control) throw new LecternError('aborted');
      this.#update(id, { status: 'storing', rendered: true, fraction: renderShare });
      return {
        file,
        ...(handle ? { handle } : {}),
        fileName: fileNameOf(entry),
        sourceType: 'export',
        onDuplicate: 'upload-anyway',
        studioMetadata: metadataOf(entry),
        tags: [],
        ...(replaces === null ? {} : { replaceAssetId: replaces }),
      };
    };
    const onChange = (item: UploadItem): void => {
      this.#showUpload(item);
    };
    try {
      return await storeExport({ id, uploads, onChange, request: () => request(context.replaces) });
    } catch (error) {
      // What it was to replace has been deleted for good: as a file of its own it isn't lost.
      if (context.replaces === null || !isLecternError(error) || error.code !== 'not-found') throw error;
      uploads.clear(id);
      this.#update(id, { replaces: null });
      return storeExport({ id, uploads, onChange, request: () => request(null) });
    }
  }

  #showUpload(item: UploadItem): void {
    const { assetId, error, id, retryAt, status } = item;
    const paused = status === 'paused';
    if (paused !== (this.#job(id)?.status === 'paused')) this.#held.set(id, paused);
    this.#update(id, {
      assetId,
      status: paused ? 'paused' : 'storing',
      stalled: retryAt !== null,
      error: paused && error ? uploadError(error, item) : null,
      fraction: renderShare + (1 - renderShare) * 0.99 * uploadFraction(item),
    });
  }

  async #stored(entry: Entry, assetId: string): Promise<void> {
    const { queryClient, render, uploads } = this.#context;
    const { id, context, result } = entry;
    uploads.clear(id);
    // The bytes are stored: from now on nothing of it is needed here.
    await (result ? result.release() : render.discardExport(id)).catch(() => undefined);
    entry.result = null;
    this.#held.set(id, false);
    await this.#link(entry, assetId);
    void queryClient.invalidateQueries({ queryKey: queryKeys.assetLists() });
    void queryClient.invalidateQueries({ queryKey: queryKeys.assetAll(assetId) });
    this.#update(id, { status: 'done', fraction: 1, assetId, stalled: false, error: null });
    const updated = this.#job(id)?.replaces !== null;
    this.#notify({
      tone: 'success',
      message: { key: updated ? 'notice.exportUpdated' : 'notice.exportDone', params: { name: context.name } },
    });
    entry.settle?.resolve(assetId);
  }

  /** Lets the project know its last export. The file is stored by now: what fails here is no failure of the export. */
  async #link(entry: Entry, assetId: string): Promise<void> {
    const { backend, openedProject } = this.#context;
    const { projectId } = entry.context;
    const project = openedProject(projectId);
    try {
      if (project?.isNew) await project.autosave.saveNow();
      await backend.projects.describe(projectId, { lastExportId: assetId });
      project?.details.setState({ lastExportId: assetId });
    } catch {
      // The asset names its project all the same (`studioMetadata.project_id`).
    }
    if (this.#job(entry.id)?.replaces === null) return;
    try {
      const { studioMetadata } = await backend.assets.get(assetId);
      await backend.assets.update(assetId, { studioMetadata: { ...studioMetadata, ...metadataOf(entry) } });
    } catch {
      // It is only how it was made.
    }
  }

  #failed(entry: Entry, cause: unknown): void {
    const { id, context } = entry;
    const error = toLecternError(cause, 'render-failed');
    // The engine was disposed of, and the page with it.
    if (error.code === 'aborted' || this.#isDisposed) {
      this.#left(entry);
      return;
    }
    // Another page has stored or discarded it meanwhile.
    if (entry.adopted && error.code === 'not-found' && error.details['about'] === 'export') {
      this.#forget(id);
      return;
    }
    const told = this.#errorOf(entry, error);
    this.#held.set(id, true);
    this.#update(id, { status: 'failed', stalled: false, error: told });
    this.#notify({
      tone: 'error',
      message: { key: 'notice.exportFailed', params: { name: context.name } },
      error: told,
    });
    entry.settle?.reject(error);
  }

  /** With what messages say it best by: as one of rendering, or of storing. */
  #errorOf(entry: Entry, error: LecternError): SerialisedError {
    const told = serialiseError(error);
    const upload = uploadOf(this.#context.uploads, entry.id);
    if (upload) return uploadError(told, upload);
    return { ...told, details: { ...told.details, about: 'export' } };
  }

  #left(entry: Entry): void {
    this.#update(entry.id, { status: 'interrupted', stalled: false });
    entry.settle?.reject(new LecternError('aborted'));
  }

  async #discard(entry: Entry): Promise<void> {
    const { render, uploads } = this.#context;
    const { id } = entry;
    entry.settle?.reject(new LecternError('aborted'));
    // What it was doing lets go of its parts first.
    if (!entry.control) await entry.ended;
    uploads.clear(id);
    await (entry.result ? entry.result.release() : render.discardExport(id)).catch(() => undefined);
    entry.result = null;
    this.#held.set(id, false);
  }

  #forget(id: string): void {
    this.#entries.delete(id);
    this.#context.store.setState(({ exports: { jobs } }) => ({
      exports: { jobs: jobs.filter((job) => job.id !== id) },
    }));
  }

  async #find(): Promise<void> {
    const { backend, namespace, render } = this.#context;
    let left = await render.unfinishedExports();
    if (left.length > 0) {
      const { userId } = await backend.identity.current();
      left = left.filter(({ context }) => {
        const read = readContext(context);
        return read?.namespace === namespace && (read.userId === null || read.userId === userId);
      });
    }
    if (this.#isDisposed) return;
    for (const { id, status } of this.#jobs) {
      const entry = this.#entries.get(id);
      const rests =
        entry?.adopted === true && entry.control === null && (status === 'paused' || status === 'interrupted');
      if (rests && !left.some((one) => one.id === id)) this.#forget(id);
    }
    for (const unfinished of left) this.#adopt(unfinished);
    this.#followUploads();
  }

  #adopt({ id, context, frame, request, startedAt, totalFrames }: UnfinishedExport): void {
    const read = readContext(context);
    if (!read || this.#entries.has(id)) return;
    const entry: Entry = {
      id,
      request,
      context: read,
      adopted: true,
      control: null,
      ended: Promise.resolve(),
      result: null,
      settle: null,
    };
    this.#add(entry, {
      startedAt: new Date(startedAt).toISOString(),
      status: this.#held.has(id) ? 'paused' : 'interrupted',
      fraction: fractionOf(frame, totalFrames),
    });
  }

  /** An upload goes on by itself in the next page: its export is shown with it, and nothing is rendered. */
  #followUploads(): void {
    for (const { id, status } of this.#jobs) {
      const entry = this.#entries.get(id);
      if (!entry?.adopted || entry.control !== null || (status !== 'interrupted' && status !== 'paused')) continue;
      if (uploadHasBytes(this.#context.uploads, id)) this.#go(entry);
    }
  }
}

function fileNameOf({ context, request, result }: Entry): string {
  return `${context.name}.${(result ?? request).format.extension}`;
}

function metadataOf({ context, request }: Entry): Readonly<Record<string, string | number>> {
  const { loudness, preset } = request;
  return { project_id: context.projectId, preset: preset.id, ...(loudness === undefined ? {} : { loudness }) };
}
