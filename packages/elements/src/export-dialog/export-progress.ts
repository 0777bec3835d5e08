import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../foundation/style-map.js';
import { deserialiseError } from '@lectern/ports';
import type { ExportJob, Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';

export const runningStatuses: ReadonlySet<ExportJob['status']> = new Set([
  'preparing',
  'rendering',
  'finishing',
  'storing',
]);

export function isRunning(job: ExportJob | null): boolean {
  return job !== null && runningStatuses.has(job.status);
}

/** What is being done just now, in words. */
export function progressLine(job: ExportJob, m: Messages): string {
  switch (job.status) {
    case 'rendering':
      return job.progress && job.progress.totalFrames > 0
        ? m.t('export.rendering', { frame: job.progress.frame, total: job.progress.totalFrames })
        : m.t('export.preparing');
    case 'finishing':
      return m.t('export.finishing');
    case 'storing':
      return m.t('export.storing');
    default:
      return m.t('export.preparing');
  }
}

/** A job on its way. */
export function exportProgress(job: ExportJob, m: Messages): TemplateResult {
  const { progress } = job;
  const percent = m.format.percent(job.fraction);
  return html`<div class="running">
    <div class="percent" aria-hidden="true">${percent}</div>
    <div class="job truncate">${job.name}.${job.format.extension}</div>
    <div
      class="progress"
      role="progressbar"
      aria-label=${m.t('export.title')}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(job.fraction * 100)}
      aria-valuetext=${`${percent}, ${progressLine(job, m)}`}
    >
      <span style=${styleMap({ '--value': String(job.fraction) })}></span>
    </div>
    <div class="facts">
      <span class="frames">${progressLine(job, m)}</span>
      <span>
        ${
          progress?.secondsLeft === null || progress === null || job.status !== 'rendering'
            ? nothing
            : m.t('export.timeLeft', { time: m.format.durationInWords(progress.secondsLeft) })
        }
      </span>
    </div>
    <p class="hint">
      ${m.t('export.background')}${
        progress && progress.writtenBytes > 0
          ? html` ${m.t('export.written', { size: m.format.bytes(progress.writtenBytes) })}.`
          : nothing
      }
    </p>
  </div>`;
}

export interface DoneActions {
  readonly show: () => void;
  readonly attach: () => void;
  readonly download: () => void;
  readonly downloading: boolean;
}

/** A job that is over: the file and where to go with it, or what went wrong and what to do. */
export function exportOutcome(job: ExportJob, m: Messages, actions: DoneActions): TemplateResult {
  if (job.status === 'done')
    return html`<div class="outcome" data-tone="success">
      ${icon('done')}
      <h3>${m.t('export.done')}</h3>
      <p>${m.t('export.doneText', { name: job.name })}</p>
      <div class="ways">
        <button class="button" data-variant="primary" type="button" @click=${actions.attach}>
          ${icon('course')}${m.t('export.attach')}
        </button>
        <button class="button" type="button" @click=${actions.show}>${icon('library')}${m.t('export.show')}</button>
        <button class="button" type="button" ?disabled=${actions.downloading} @click=${actions.download}>
          ${actions.downloading ? html`<span class="spinner"></span>` : icon('download')}${m.t('export.download')}
        </button>
      </div>
    </div>`;
  const cancelled = job.status === 'cancelled';
  const text =
    cancelled || !job.error
      ? { title: m.t('export.cancelled'), advice: m.t('export.cancelledText') }
      : m.error(deserialiseError(job.error));
  return html`<div class="outcome" data-tone=${cancelled ? 'plain' : 'danger'} role=${cancelled ? nothing : 'alert'}>
    ${icon(cancelled ? 'info' : 'error')}
    <h3>${text.title}</h3>
    <p>${text.advice}</p>
  </div>`;
}
