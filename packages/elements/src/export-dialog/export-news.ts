import { isExportMoving, type ExportJob, type Messages } from '@lectern/core';

export interface NewsListener {
  readonly say: (text: string) => void;
  readonly completed: (job: ExportJob) => void;
  readonly stopped: (job: ExportJob) => void;
}

/** Says where exports are, once each: quarters of the way, and how they end. */
export class ExportNews {
  readonly #listener: NewsListener;
  readonly #told: Map<string, { readonly status: ExportJob['status']; readonly quarter: number }> = new Map();
  readonly #expected: Set<string> = new Set();

  constructor(listener: NewsListener) {
    this.#listener = listener;
  }

  /** Of one that begins here, everything is told, however short it is. */
  expect(id: string | undefined): void {
    if (id !== undefined) this.#expected.add(id);
  }

  tell(jobs: readonly ExportJob[], m: Messages): void {
    for (const id of this.#told.keys()) if (!jobs.some((job) => job.id === id)) this.#told.delete(id);
    for (const job of jobs) {
      const last = this.#told.get(job.id);
      const quarter = Math.floor(job.fraction * 4);
      this.#told.set(job.id, { status: job.status, quarter });
      // Where it stands when it is first seen is no news.
      if (!last && !this.#expected.delete(job.id)) continue;
      if (job.status !== last?.status) this.#tellStatus(job, m);
      else if (isExportMoving(job) && quarter > last.quarter)
        this.#listener.say(m.t('export.percent', { percent: m.format.percent(job.fraction) }));
    }
  }

  #tellStatus(job: ExportJob, m: Messages): void {
    const { say, completed, stopped } = this.#listener;
    switch (job.status) {
      case 'done':
        say(m.t(job.replaces === null ? 'export.done' : 'export.updated'));
        completed(job);
        return;
      case 'failed':
        say(m.t('export.failed'));
        stopped(job);
        return;
      case 'cancelled':
        say(m.t('export.cancelled'));
        stopped(job);
        return;
      case 'paused':
        say(m.t('export.paused'));
        return;
      default:
    }
  }
}
