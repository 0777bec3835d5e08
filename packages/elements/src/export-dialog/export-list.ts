import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import {
  exportSentence,
  exportSteps,
  isExportMoving,
  type ExportJob,
  type ExportStep,
  type Messages,
} from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { styleMap } from '../foundation/style-map.js';

export interface ExportListView {
  readonly messages: Messages;
  /** All of the page. */
  readonly jobs: readonly ExportJob[];
  /** The one that is shown large. */
  readonly main: ExportJob;
  readonly choose: (job: ExportJob) => void;
  readonly step: (job: ExportJob, step: ExportStep) => void;
}

const stepIcons: Readonly<Record<ExportStep, IconName>> = {
  pause: 'pause',
  resume: 'play',
  cancel: 'delete',
  dismiss: 'close',
};
const stepWords = {
  pause: 'export.pauseOf',
  resume: 'export.resumeOf',
  cancel: 'export.discardOf',
  dismiss: 'export.dismissOf',
} as const;

/** The exports beside the one that is shown large, each in a line with what can be done with it. */
export function exportList(view: ExportListView): TemplateResult | typeof nothing {
  const { jobs, main, messages: m } = view;
  const others = jobs.filter((job) => job !== main);
  if (others.length === 0) return nothing;
  return html`<section class="others" aria-labelledby="others-title">
    <h3 class="label" id="others-title">${m.t('export.others')}</h3>
    <ul>
      ${repeat(
        others,
        ({ id }) => id,
        (job) => row(job, view),
      )}
    </ul>
  </section>`;
}

function row(job: ExportJob, { choose, jobs, messages: m, step }: ExportListView): TemplateResult {
  const { name } = job;
  return html`<li class="other" data-status=${job.status}>
    <button
      class="button line"
      data-variant="plain"
      type="button"
      @click=${() => {
        choose(job);
      }}
    >
      <span class="truncate">${name}.${job.format.extension}</span>
      <span class="hint truncate">${exportSentence(job, jobs, m)}</span>
    </button>
    <span class="percentage">${job.status === 'done' ? icon('done') : m.format.percent(job.fraction)}</span>
    ${exportSteps(job).map((each) => {
      const label = m.t(stepWords[each], { name });
      return html`<button
        class="icon-button"
        data-size="small"
        type="button"
        aria-label=${label}
        title=${label}
        @click=${() => {
          step(job, each);
        }}
      >
        ${icon(stepIcons[each])}
      </button>`;
    })}
    ${
      isExportMoving(job) && job.fraction > 0
        ? html`<span class="progress" aria-hidden="true"
            ><span style=${styleMap({ '--value': String(job.fraction) })}></span
          ></span>`
        : nothing
    }
  </li>`;
}
