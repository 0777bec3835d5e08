import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { LecternError, ProjectRevision } from '@lectern/ports';
import { isEmptyComparison, type DocumentComparison, type TimelineDocument } from '@lectern/timeline';
import type { Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { errorView, stateView } from '../foundation/state-view.js';
import { comparisonList } from './comparison-lines.js';
import type { VersionPicture } from './version-picture.js';

/** A version that is being looked at. */
export type OpenedVersion =
  | { readonly status: 'opening'; readonly revision: ProjectRevision }
  | { readonly status: 'failed'; readonly revision: ProjectRevision; readonly error: LecternError }
  | {
      readonly status: 'open';
      readonly revision: ProjectRevision;
      readonly document: TimelineDocument;
      /** What restoring it would change. */
      readonly comparison: DocumentComparison;
    };

export interface VersionDetailView {
  readonly opened: OpenedVersion | null;
  readonly messages: Messages;
  readonly picture: VersionPicture;
  readonly frame: number;
  /** What it is and who made it. */
  readonly facts: (revision: ProjectRevision) => string;
  /** Why it can't be restored here, or null. */
  readonly notHere: string | null;
  readonly busy: 'restore' | 'copy' | null;
  readonly error: LecternError | null;
  readonly seek: (frame: number) => void;
  readonly retry: () => void;
  readonly back: () => void;
  readonly restore: () => void;
  readonly copy: () => void;
}

export function versionDetail(view: VersionDetailView): TemplateResult {
  const { opened, messages: m } = view;
  if (!opened)
    return html`<div class="detail">
      ${stateView({ icon: 'history', title: m.t('versions.choose'), text: m.t('versions.chooseText') })}
    </div>`;
  const { revision } = opened;
  const when = m.format.dateTime(revision.createdAt);
  return html`<section
    class="detail"
    aria-label=${m.t('versions.at', { when })}
    aria-busy=${opened.status === 'opening'}
  >
    <button class="button back" data-variant="plain" data-size="small" type="button" @click=${view.back}>
      ${icon('back')}${m.t('versions.back')}
    </button>
    <div class="scroll">
      ${opened.status === 'failed' ? failure(opened.error, view) : html`${picture(view, when)} ${facts(view, opened, when)}`}
    </div>
    ${opened.status === 'open' ? actions(view, opened) : nothing}
  </section>`;
}

function failure(error: LecternError, { messages: m, retry }: VersionDetailView): TemplateResult {
  if (error.code === 'not-found')
    return stateView({ icon: 'history', tone: 'danger', title: m.t('versions.gone'), text: m.t('versions.goneText') });
  return errorView(error, m, error.retryable ? retry : undefined);
}

function picture(view: VersionDetailView, when: string): TemplateResult {
  const { opened, messages: m, frame } = view;
  const { status } = view.picture;
  const document = opened?.status === 'open' ? opened.document : null;
  const total = document?.totalFrames ?? 0;
  const rate = document?.settings.frameRate ?? { num: 30, den: 1 };
  const time = m.format.duration((frame * rate.den) / rate.num);
  const empty = document !== null && total === 0;
  return html`<div class="picture" data-status=${document === null ? 'drawing' : empty ? 'none' : status}>
      <canvas
        width="320"
        height="180"
        role="img"
        aria-label=${m.t('versions.picture', { time, when })}
        ?hidden=${empty || status === 'failed'}
        ${ref(view.picture.use)}
      ></canvas>
      ${empty ? html`<p>${m.t('versions.nothingInIt')}</p>` : nothing}
      ${!empty && status === 'failed' ? html`<p>${m.t('versions.noPicture')}</p>` : nothing}
    </div>
    ${
      total > 1
        ? html`<div class="place">
            <input
              type="range"
              min="0"
              max=${total - 1}
              step="1"
              .value=${String(frame)}
              aria-label=${m.t('versions.place')}
              aria-valuetext=${time}
              @input=${(event: Event) => {
                view.seek(Number((event.target as HTMLInputElement).value));
              }}
            />
            <span class="timecode">${time}</span>
          </div>`
        : nothing
    }`;
}

function facts(view: VersionDetailView, opened: OpenedVersion, when: string): TemplateResult {
  const { messages: m } = view;
  const by = view.facts(opened.revision);
  if (opened.status !== 'open')
    return html`<h3>${when}</h3>
      <p class="hint">${by}</p>
      <div class="skeleton line"></div>
      <div class="skeleton line short"></div>`;
  const { document, comparison } = opened;
  const { num, den } = document.settings.frameRate;
  const same = isEmptyComparison(comparison);
  return html`<h3>${when}</h3>
    <p class="hint">${by}</p>
    <dl>
      <dt>${m.t('versions.length')}</dt>
      <dd>${m.format.duration((document.totalFrames * den) / num)}</dd>
      <dt>${m.t('versions.clips')}</dt>
      <dd>${m.format.number(document.clips.size)}</dd>
    </dl>
    ${
      same
        ? html`<p class="same">${icon('check')}${m.t('versions.same')}</p>`
        : html`<h4>${m.t('versions.wouldChange')}</h4>
            ${comparisonList(comparison, m)}`
    }`;
}

function actions(view: VersionDetailView, opened: OpenedVersion & { readonly status: 'open' }): TemplateResult {
  const { messages: m, busy, notHere } = view;
  const same = isEmptyComparison(opened.comparison);
  return html`<footer>
    ${
      view.error
        ? html`<p class="error-text" role="alert">${m.error(view.error).title}. ${m.error(view.error).advice}</p>`
        : html`<p class="hint">${notHere ?? (same ? nothing : m.t('versions.restoreHint'))}</p>`
    }
    <button class="button" type="button" ?disabled=${busy !== null} @click=${view.copy}>
      ${busy === 'copy' ? html`<span class="spinner"></span>` : icon('copy')}${m.t('versions.copy')}
    </button>
    <button
      class="button"
      data-variant="primary"
      type="button"
      ?disabled=${busy !== null || same || notHere !== null}
      @click=${view.restore}
    >
      ${busy === 'restore' ? html`<span class="spinner"></span>` : icon('restore')}${m.t('versions.restore')}
    </button>
  </footer>`;
}
