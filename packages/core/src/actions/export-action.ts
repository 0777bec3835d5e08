import { LecternError, serialiseError, toLecternError, type ExportProgress } from '@lectern/ports';
import { queryKeys } from '../queries/query-keys.js';
import type { ExportJob, ExportStatus } from '../store/session-state.js';
import type { ActionContext } from './action-context.js';
import type { ProjectSession } from '../project-session.js';
import type { Actions } from './actions.js';

type ExportActions = Pick<Actions, 'exportProject' | 'cancelExport' | 'dismissExport'>;

const running: ReadonlySet<ExportStatus> = new Set(['preparing', 'rendering', 'finishing', 'storing']);
/** How much of the bar each phase gets: rendering is nearly all of it. */
const renderShare = 0.94;

function fractionOf(progress: ExportProgress): number {
  if (progress.phase === 'finishing') return renderShare;
  if (progress.phase === 'preparing' || progress.totalFrames === 0) return 0;
  return (renderShare * progress.frame) / progress.totalFrames;
}

export function exportActions(context: ActionContext, actions: Pick<Actions, 'notify'>): ExportActions {
  const { backend, newId, queryClient, render, store, uploads } = context;
  let abort: AbortController | null = null;

  const update = (id: string, change: Partial<ExportJob>): void => {
    store.setState(({ exports: { current } }) => {
      if (current?.id !== id) return {};
      const fraction = Math.max(current.fraction, change.fraction ?? 0);
      return { exports: { current: { ...current, ...change, fraction } } };
    });
  };

  /** Lets the project know its last export. The file is stored by now: what fails here is no failure of the export. */
  const link = async (project: ProjectSession, assetId: string): Promise<void> => {
    try {
      if (project.isNew) await project.autosave.saveNow();
      await backend.projects.describe(project.projectId, { lastExportId: assetId });
      project.details.setState({ lastExportId: assetId });
    } catch {
      // The asset names its project all the same (`studioMetadata.project_id`).
    }
  };

  const storeFile = async (job: ExportJob, file: Blob, signal: AbortSignal): Promise<string> => {
    update(job.id, { status: 'storing', fraction: renderShare });
    const [item] = uploads.add([
      {
        file,
        fileName: `${job.name}.${job.format.extension}`,
        sourceType: 'export',
        onDuplicate: 'upload-anyway',
        studioMetadata: { project_id: job.projectId, preset: job.preset.id },
        tags: [],
      },
    ]);
    if (!item) throw new LecternError('unknown', { message: 'the upload engine took no file' });
    update(job.id, { assetId: item.assetId });
    const stop = uploads.subscribe((items) => {
      const now = items.find((candidate) => candidate.id === item.id);
      if (now && now.sizeBytes > 0)
        update(job.id, { fraction: renderShare + (1 - renderShare) * (now.sentBytes / now.sizeBytes) });
    });
    const cancel = (): void => uploads.cancel(item.id);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const { assetId } = await uploads.finished(item.id);
      uploads.clear(item.id);
      return assetId;
    } finally {
      signal.removeEventListener('abort', cancel);
      stop();
    }
  };

  return {
    async exportProject(project, { preset, format, name, range }) {
      const { current } = store.getState().exports;
      if (current && running.has(current.status))
        throw new LecternError('conflict', { details: { name: current.name }, message: 'an export is running' });
      const controller = new AbortController();
      abort = controller;
      const { signal } = controller;
      const job: ExportJob = {
        id: newId(),
        projectId: project.projectId,
        name: name === undefined || name.trim() === '' ? project.details.getState().title : name.trim(),
        preset,
        format,
        status: 'preparing',
        progress: null,
        fraction: 0,
        assetId: null,
        error: null,
      };
      store.setState({ exports: { current: job } });
      try {
        const result = await render.export(
          { document: project.editor.document, preset, format, ...(range ? { range } : {}) },
          {
            signal,
            onProgress: (progress) => {
              update(job.id, { progress, status: progress.phase, fraction: fractionOf(progress) });
            },
          },
        );
        let assetId: string;
        try {
          assetId = await storeFile(job, result.file, signal);
        } finally {
          // The bytes are stored or the attempt failed: the temporary file is of no more use either way.
          await result.release();
        }
        await link(project, assetId);
        void queryClient.invalidateQueries({ queryKey: queryKeys.assetLists() });
        update(job.id, { status: 'done', fraction: 1, assetId });
        actions.notify({ tone: 'success', message: { key: 'notice.exportDone', params: { name: job.name } } });
        return assetId;
      } catch (cause) {
        const error = signal.aborted ? new LecternError('aborted') : toLecternError(cause, 'render-failed');
        if (error.code === 'aborted') update(job.id, { status: 'cancelled' });
        else {
          update(job.id, { status: 'failed', error: serialiseError(error) });
          actions.notify({
            tone: 'error',
            message: { key: 'notice.exportFailed', params: { name: job.name } },
            error: serialiseError(error),
          });
        }
        throw error;
      } finally {
        if (abort === controller) abort = null;
      }
    },

    cancelExport() {
      abort?.abort();
      return Promise.resolve();
    },

    dismissExport() {
      const { current } = store.getState().exports;
      if (current && !running.has(current.status)) store.setState({ exports: { current: null } });
      return Promise.resolve();
    },
  };
}
