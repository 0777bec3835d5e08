import type { SerialisedError } from '@lectern/ports';
import type { ClipRecord } from '@lectern/timeline';
import type { ExportJob, ExportOutcome, ExportStatus } from './export-job.js';

/** What a person can do with an export as it is. `resume` goes on, also after a failure. */
export type ExportStep = 'pause' | 'resume' | 'cancel' | 'dismiss';

const moving: ReadonlySet<ExportStatus> = new Set(['waiting', 'preparing', 'rendering', 'finishing', 'storing']);
const working: ReadonlySet<ExportStatus> = new Set(['preparing', 'rendering', 'finishing']);

/** On its way by itself. */
export function isExportMoving(job: ExportJob): boolean {
  return moving.has(job.status);
}

/** Nothing more becomes of it. One that failed may still be gone on with. */
export function isExportOver(job: ExportJob): boolean {
  return job.status === 'done' || job.status === 'cancelled';
}

/** Its turn is taken by a page that isn't this one. */
export function waitsForOtherPage(job: ExportJob, jobs: readonly ExportJob[]): boolean {
  return job.status === 'waiting' && !jobs.some(({ status }) => working.has(status));
}

/** Those that come before it in this page. */
export function exportsBefore(job: ExportJob, jobs: readonly ExportJob[]): number {
  const ahead = jobs.slice(0, Math.max(0, jobs.indexOf(job)));
  return ahead.filter(({ status }) => status === 'waiting' || working.has(status)).length;
}

/** The main step first, what ends it last. */
export function exportSteps({ status }: ExportJob): readonly ExportStep[] {
  switch (status) {
    case 'done':
    case 'cancelled':
      return ['dismiss'];
    case 'paused':
    case 'interrupted':
    case 'failed':
      return ['resume', 'cancel'];
    default:
      return ['pause', 'cancel'];
  }
}

const order: readonly ExportStatus[] = [
  'rendering',
  'finishing',
  'preparing',
  'storing',
  'waiting',
  'failed',
  'interrupted',
  'paused',
  'done',
  'cancelled',
];

/** The one to show where there is room for one: what moves, then what needs somebody; of several the first. */
export function mainExport(jobs: readonly ExportJob[]): ExportJob | null {
  const ranked = [...jobs].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return ranked[0] ?? null;
}

/** Seconds of the timeline that were encoded for it; the rest was taken over as it was. */
export function encodedSeconds({ durationSeconds, frames }: ExportOutcome): number {
  const total = frames.copied + frames.reused + frames.encoded;
  return total > 0 ? (durationSeconds * frames.encoded) / total : durationSeconds;
}

/** The clip that an error names, by its id or its name; of several with that name, the one that covers the error's frame. */
export function clipOfError(error: SerialisedError | null, clips: Iterable<ClipRecord>): ClipRecord | null {
  const { clipId, clip: name, frame } = error?.details ?? {};
  const named = [...clips].filter((clip) => (clipId === undefined ? clip.name === name : clip.id === clipId));
  const covering = named.find(
    ({ startFrame, durationFrames }) =>
      typeof frame === 'number' && startFrame <= frame && frame < startFrame + durationFrames,
  );
  return covering ?? named[0] ?? null;
}
