import type { Messages } from '../messages/messages.js';
import { exportsBefore, waitsForOtherPage } from './export-facts.js';
import type { ExportJob } from './export-job.js';

/** Where an export stands, in words: what is done, or what it waits for. `jobs` are all of the page. */
export function exportSentence(job: ExportJob, jobs: readonly ExportJob[], m: Messages): string {
  const { error, progress, stalled, status } = job;
  switch (status) {
    case 'waiting': {
      if (waitsForOtherPage(job, jobs)) return m.t('export.waitingElsewhere');
      const count = exportsBefore(job, jobs);
      return count > 0 ? m.t('export.waitingAfter', { count }) : m.t('export.waiting');
    }
    case 'rendering':
      return progress && progress.totalFrames > 0
        ? m.t('export.rendering', { frame: progress.frame, total: progress.totalFrames })
        : m.t('export.preparing');
    case 'storing':
      return m.t(stalled ? 'export.stalled' : 'export.storing');
    case 'paused':
      return error ? m.error(error).title : m.t('export.paused');
    case 'failed':
      return error ? m.error(error).title : m.t('export.failed');
    case 'done':
      return m.t(job.replaces === null ? 'export.done' : 'export.updated');
    default:
      return m.t(`export.${status}`);
  }
}

/** The same in a word or two, for where there is little room: how far it is while it moves, else its state. */
export function exportInShort(job: ExportJob, m: Messages): string {
  const { fraction, status } = job;
  if (status === 'paused' || status === 'interrupted') return m.t(`export.${status}`);
  if (status === 'failed') return m.t('export.stoppedShort');
  if (status === 'done') return m.t('export.doneShort');
  return m.format.percent(fraction);
}
