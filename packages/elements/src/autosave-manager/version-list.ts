import { html, nothing, type TemplateResult } from 'lit';
import type { ProjectRevision } from '@lectern/ports';
import type { Messages } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';

/** The versions of one day, newest first. */
export interface VersionDay {
  /** *Today*, *Yesterday*, or the date. */
  readonly name: string;
  readonly versions: readonly ProjectRevision[];
}

export interface VersionListView {
  readonly days: readonly VersionDay[];
  readonly messages: Messages;
  readonly headRev: number;
  readonly selectedRev: number | null;
  /** What it is and who made it. */
  readonly facts: (revision: ProjectRevision) => string;
  /** How many there are that aren't shown. */
  readonly hidden: number;
  readonly select: (rev: number) => void;
  readonly showOlder: () => void;
  readonly keydown: (event: KeyboardEvent) => void;
}

const icons: Readonly<Record<ProjectRevision['kind'], IconName>> = {
  auto: 'cloud',
  manual: 'save',
  publish: 'publish',
  restore: 'restore',
  conflict: 'copy',
};

/** Groups revisions by the reader's own days. */
export function versionDays(revisions: readonly ProjectRevision[], m: Messages, now: Date): readonly VersionDay[] {
  const days = new Map<string, ProjectRevision[]>();
  for (const revision of [...revisions].sort(newestFirst)) {
    const name = dayName(new Date(revision.createdAt), m, now);
    const day = days.get(name);
    if (day) day.push(revision);
    else days.set(name, [revision]);
  }
  return [...days].map(([name, versions]) => ({ name, versions }));
}

/** Numbers of conflict revisions aren't in order with those of heads, so time comes first. */
function newestFirst(a: ProjectRevision, b: ProjectRevision): number {
  return b.createdAt.localeCompare(a.createdAt) || b.rev - a.rev;
}

function dayName(date: Date, m: Messages, now: Date): string {
  if (date.toDateString() === now.toDateString()) return m.t('versions.today');
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  return date.toDateString() === yesterday.toDateString() ? m.t('versions.yesterday') : m.format.date(date);
}

export function versionList(view: VersionListView): TemplateResult {
  const { days, messages: m, hidden } = view;
  return html`<nav class="versions" aria-label=${m.t('versions.list')} @keydown=${view.keydown}>
    ${days.map(
      ({ name, versions }, index) =>
        html`<h3 id="day-${String(index)}">${name}</h3>
          <ul aria-labelledby="day-${String(index)}">
            ${versions.map((version) => html`<li>${row(version, view)}</li>`)}
          </ul>`,
    )}
    ${
      hidden > 0
        ? html`<button
            class="button older"
            data-size="small"
            data-variant="plain"
            type="button"
            @click=${view.showOlder}
          >
            ${m.t('versions.older')}
          </button>`
        : nothing
    }
  </nav>`;
}

function row(version: ProjectRevision, view: VersionListView): TemplateResult {
  const { messages: m } = view;
  const isHead = version.rev === view.headRev && version.kind !== 'conflict';
  return html`<button
    class="version"
    type="button"
    data-kind=${version.kind}
    data-rev=${version.rev}
    aria-current=${version.rev === view.selectedRev ? 'true' : nothing}
    @click=${() => {
      view.select(version.rev);
    }}
  >
    ${icon(icons[version.kind])}
    <span class="what">
      <span class="time">
        ${m.format.time(version.createdAt)}
        ${isHead ? html`<span class="badge" data-tone="accent">${m.t('versions.current')}</span>` : nothing}
      </span>
      <span class="hint truncate"> ${view.facts(version)} </span>
    </span>
  </button>`;
}
