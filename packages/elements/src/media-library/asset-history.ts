import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Asset, AssetAction, AssetChange, AssetVersion } from '@lectern/ports';
import type { LecternSession, Messages } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { QueryController } from '../foundation/query-controller.js';

export interface AssetHistoryOptions {
  readonly session: () => LecternSession | null;
  readonly assetId: () => string | null;
  readonly undo: (assetId: string, change: AssetChange) => void;
  readonly restoreVersion: (assetId: string, version: AssetVersion) => void;
}

const icons: Readonly<Record<AssetAction, IconName>> = {
  upload: 'upload',
  rename: 'edit',
  tag: 'tag',
  delete: 'delete',
  restore: 'restore',
  link: 'link',
  unlink: 'unlink',
  replace: 'refresh',
};
/** Where an asset is used is the affair of what uses it. */
const undoable: ReadonlySet<AssetAction> = new Set<AssetAction>(['rename', 'tag', 'delete', 'restore', 'replace']);

/** What was done to an asset, with a way to take it back, and its versions. Read when somebody opens it. */
export class AssetHistory implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: AssetHistoryOptions;
  readonly #changes: QueryController<readonly AssetChange[]>;
  readonly #versions: QueryController<readonly AssetVersion[]>;
  #open = false;

  constructor(host: ReactiveControllerHost, options: AssetHistoryOptions) {
    this.#host = host;
    this.#options = options;
    const query = <T>(read: (session: LecternSession, id: string) => unknown): QueryController<T> =>
      new QueryController<T>(host, () => {
        const session = options.session();
        const id = options.assetId();
        return session && id !== null && this.#open
          ? { client: session.queryClient, options: read(session, id) as never }
          : null;
      });
    this.#changes = query((session, id) => session.queries.assetHistory(id));
    this.#versions = query((session, id) => session.queries.assetVersions(id));
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#open = false;
  }

  render(asset: Asset, messages: Messages): TemplateResult {
    return html`<details
      class="history"
      ?open=${this.#open}
      @toggle=${(event: Event) => {
        this.#open = (event.target as HTMLDetailsElement).open;
        this.#host.requestUpdate();
      }}
    >
      <summary class="label">${messages.t('library.history')}</summary>
      ${this.#open ? html`${this.#renderVersions(asset, messages)} ${this.#renderChanges(asset, messages)}` : nothing}
    </details>`;
  }

  #renderVersions(asset: Asset, messages: Messages): TemplateResult | typeof nothing {
    const versions = this.#versions.result?.data ?? [];
    if (versions.length < 2) return nothing;
    return html`<ul aria-label=${messages.t('library.versions')}>
      ${versions.map((version) => {
        const current = version.id === asset.currentVersionId;
        const label = messages.t('library.restoreVersion', { number: version.number });
        return html`<li>
          ${icon('history')}
          <span class="what">
            ${messages.t(current ? 'library.currentVersion' : 'library.version', { number: version.number })}
            <span class="hint"
              >${messages.format.bytes(version.sizeBytes)} · ${messages.format.dateTime(version.createdAt)}</span
            >
          </span>
          ${current || asset.deletedAt !== null ? nothing : button('restore', label, () => this.#options.restoreVersion(asset.id, version))}
        </li>`;
      })}
    </ul>`;
  }

  #renderChanges(asset: Asset, messages: Messages): TemplateResult {
    const { data, isError } = this.#changes.result ?? { data: undefined, isError: false };
    if (isError) return html`<p class="error-text">${messages.t('library.historyFailed')}</p>`;
    if (!data) return html`<div class="skeleton line"></div>`;
    if (data.length === 0) return html`<p class="hint">${messages.t('library.historyEmpty')}</p>`;
    return html`<ol aria-label=${messages.t('library.history')}>
      ${data.map((change) => {
        const words = wordsOf(change, messages);
        const label = messages.t('library.undoChange', { change: words });
        return html`<li>
          ${icon(icons[change.action])}
          <span class="what"
            ><span dir="auto">${words}</span
            ><span class="hint">${messages.format.dateTime(change.createdAt)}</span></span
          >
          ${undoable.has(change.action) ? button('undo', label, () => this.#options.undo(asset.id, change)) : nothing}
        </li>`;
      })}
    </ol>`;
  }
}

function button(name: IconName, label: string, run: () => void): TemplateResult {
  return html`<button class="icon-button" data-size="small" aria-label=${label} title=${label} @click=${run}>
    ${icon(name)}
  </button>`;
}

/** One change in words; what a back end left out is left out here. */
function wordsOf({ action, change }: AssetChange, messages: Messages): string {
  const text = (key: string): string => {
    const value = change[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  switch (action) {
    case 'upload':
      return messages.t('library.changeUpload');
    case 'rename':
      return messages.t('library.changeRename', { name: text('name') });
    case 'tag': {
      const tags = Array.isArray(change['tags']) ? change['tags'].filter((tag) => typeof tag === 'string') : [];
      return tags.length === 0
        ? messages.t('library.changeNoTags')
        : messages.t('library.changeTag', { tags: messages.format.list(tags) });
    }
    case 'delete':
      return messages.t('library.changeDelete');
    case 'restore':
      return messages.t('library.changeRestore');
    case 'link':
      return messages.t('library.changeLink', { place: text('label') });
    case 'unlink':
      return messages.t('library.changeUnlink', { place: text('label') });
    case 'replace':
      return messages.t('library.changeReplace', { number: text('number') });
  }
}
