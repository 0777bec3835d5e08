import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../foundation/style-map.js';
import {
  encodedSeconds,
  exportSentence,
  isExportMoving,
  type ExportJob,
  type ExportOutcome,
  type Messages,
} from '@lectern/core';
import { icon } from '../foundation/icon.js';

export interface ProgressView {
  readonly job: ExportJob;
  readonly jobs: readonly ExportJob[];
  readonly messages: Messages;
  /** Whether what is rendered outlives the page. */
  readonly isKept: boolean;
}

/** An export on its way, or standing still on it. */
export function exportProgress({ job, jobs, messages: m, isKept }: ProgressView): TemplateResult {
  const { progress } = job;
  const percent = m.format.percent(job.fraction);
  const line = exportSentence(job, jobs, m);
  const secondsLeft = job.status === 'rendering' ? (progress?.secondsLeft ?? null) : null;
  return html`<div class="running" data-status=${job.status}>
    <div class="percent" aria-hidden="true">${percent}</div>
    <div class="job truncate">${job.name}.${job.format.extension}</div>
    <div
      class="progress"
      role="progressbar"
      aria-label=${m.t('export.title')}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(job.fraction * 100)}
      aria-valuetext=${`${percent}, ${line}`}
    >
      <span style=${styleMap({ '--value': String(job.fraction) })}></span>
    </div>
    <div class="facts">
      <span class="frames">${line}</span>
      <span>
        ${secondsLeft === null ? nothing : m.t('export.timeLeft', { time: m.format.durationInWords(secondsLeft) })}
      </span>
    </div>
    <p class="hint">${hintOf(job, m, isKept)}</p>
    ${job.error ? html`<p class="hint">${m.error(job.error).advice}</p>` : nothing}
  </div>`;
}

function hintOf(job: ExportJob, m: Messages, isKept: boolean): string {
  if (job.rendered) return m.t('export.finishedText');
  if (!isExportMoving(job)) return m.t('export.keptText', { time: m.format.dateTime(job.startedAt) });
  const { writtenBytes = 0 } = job.progress ?? {};
  const written = writtenBytes > 0 ? ` ${m.t('export.written', { size: m.format.bytes(writtenBytes) })}.` : '';
  return `${m.t(isKept ? 'export.backgroundResumes' : 'export.background')}${written}`;
}

export interface OutcomeActions {
  readonly show: () => void;
  readonly attach: () => void;
  readonly download: () => void;
  readonly downloading: boolean;
  /** Null where no clip is named, or it isn't there any more. */
  readonly showClip: (() => void) | null;
  readonly saveFile: () => void;
}

/** A job that is over: the file and where to go with it, or what went wrong and what to do. */
export function exportOutcome(job: ExportJob, m: Messages, actions: OutcomeActions): TemplateResult {
  return job.status === 'done' ? doneView(job, m, actions) : failedView(job, m, actions);
}

function doneView({ name, outcome, replaces }: ExportJob, m: Messages, actions: OutcomeActions): TemplateResult {
  const updated = replaces !== null;
  return html`<div class="outcome" data-tone="success">
    ${icon('done')}
    <h3>${m.t(updated ? 'export.updated' : 'export.done')}</h3>
    <p>${m.t(updated ? 'export.updatedText' : 'export.doneText', { name })}</p>
    ${outcome && isTakenOver(outcome) ? html`<p class="encoded">${encodedLine()}</p>` : nothing}
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

  /** What an interrupted attempt had made was encoded for it, too: that is no news. */
  function isTakenOver({ frames }: ExportOutcome): boolean {
    return frames.copied > 0 || (updated && frames.reused > 0);
  }

  function encodedLine(): string {
    if (!outcome || outcome.frames.encoded === 0) return m.t('export.encodedNothing');
    const { format } = m;
    return m.t('export.encoded', {
      encoded: format.durationInWords(Math.max(1, encodedSeconds(outcome))),
      total: format.durationInWords(Math.max(1, outcome.durationSeconds)),
    });
  }
}

function failedView({ error, rendered }: ExportJob, m: Messages, actions: OutcomeActions): TemplateResult {
  const text = m.error(error);
  return html`<div class="outcome" data-tone="danger" role="alert">
    ${icon('error')}
    <h3>${text.title}</h3>
    <p>${text.advice}</p>
    <div class="ways">
      ${
        actions.showClip
          ? html`<button class="button" type="button" @click=${actions.showClip}>
              ${icon('film')}${m.t('export.showClip')}
            </button>`
          : nothing
      }
      ${
        rendered
          ? html`<button class="button" type="button" @click=${actions.saveFile}>
              ${icon('download')}${m.t('export.saveFile')}
            </button>`
          : nothing
      }
    </div>
  </div>`;
}
