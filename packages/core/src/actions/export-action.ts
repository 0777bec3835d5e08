import type { ExportJob } from '../exports/export-job.js';
import type { ExportQueue } from '../exports/export-queue.js';
import { isExportOver, mainExport } from '../exports/export-facts.js';
import type { ActionContext } from './action-context.js';
import type { Actions } from './actions.js';

type ExportActions = Pick<
  Actions,
  | 'exportProject'
  | 'pauseExport'
  | 'resumeExport'
  | 'cancelExport'
  | 'dismissExport'
  | 'exportedFile'
  | 'findUnfinishedExports'
  | 'goOnWithExports'
>;

/** What can be done with exports; the queue does it. */
export function exportActions({ store }: Pick<ActionContext, 'store'>, queue: ExportQueue): ExportActions {
  const jobs = (): readonly ExportJob[] => store.getState().exports.jobs;
  return {
    exportProject: (project, options) => queue.begin(project, options),
    pauseExport(id) {
      queue.pause(id);
      return Promise.resolve();
    },
    resumeExport(id) {
      queue.resume(id);
      return Promise.resolve();
    },
    async cancelExport(id = mainExport(jobs().filter((job) => !isExportOver(job)))?.id) {
      if (id !== undefined) await queue.cancel(id);
    },
    dismissExport(id) {
      for (const job of jobs()) if (id === undefined ? isExportOver(job) : job.id === id) queue.dismiss(job.id);
      return Promise.resolve();
    },
    async exportedFile(id) {
      return queue.file(id);
    },
    findUnfinishedExports: () => queue.find(),
    goOnWithExports: (project) => queue.goOn(project),
  };
}
