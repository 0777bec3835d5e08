import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { LecternError, toLecternError, type Asset, type AssetUsage, type ProjectSummary } from '@lectern/ports';
import { canConvert, type LecternSession, type Messages } from '@lectern/core';
import type { InlineEditController } from '../collection/inline-edit-controller.js';
import { ObjectUrlController } from '../collection/object-url-controller.js';
import { poster } from '../collection/poster.js';
import { icon, type IconName } from '../foundation/icon.js';
import { QueryController } from '../foundation/query-controller.js';
import { errorView } from '../foundation/state-view.js';
import { AssetHistory } from './asset-history.js';
import type { LibraryCommands } from './library-commands.js';
import { codecNames, isUndecodable, kindIcons, kindKeys, projectOf, sourceKeys } from './asset-words.js';

export interface AssetDetailsOptions {
  readonly session: () => LecternSession | null;
  /** The name is edited in place; the same field as on the cards. */
  readonly edit: InlineEditController;
  readonly close: () => void;
  readonly commands: LibraryCommands;
  /** Asks whether a file that can't be read here is to be converted. */
  readonly convert: (assetId: string) => void;
}

const usageIcons: Readonly<Record<string, IconName>> = {
  project: 'film',
  chapter: 'chapter',
  lesson: 'chapter',
  course: 'course',
};

/** Everything about one asset: it plays, its facts, its tags, where it is used and what can be done with it. */
export class AssetDetailsController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: AssetDetailsOptions;
  readonly #asset: QueryController<Asset>;
  readonly #usage: QueryController<readonly AssetUsage[]>;
  readonly #project: QueryController<ProjectSummary>;
  readonly #media: ObjectUrlController;
  readonly #history: AssetHistory;
  #assetId: string | null = null;

  constructor(host: ReactiveControllerHost, options: AssetDetailsOptions) {
    this.#host = host;
    this.#options = options;
    const query = <T>(read: (session: LecternSession) => unknown): QueryController<T> =>
      new QueryController<T>(host, () => {
        const session = options.session();
        const found = session ? read(session) : null;
        return session && found ? { client: session.queryClient, options: found as never } : null;
      });
    this.#asset = query((session) => (this.#assetId === null ? null : session.queries.asset(this.#assetId)));
    this.#usage = query((session) => (this.#assetId === null ? null : session.queries.assetUsage(this.#assetId)));
    this.#project = query((session) => {
      const id = this.asset ? projectOf(this.asset) : null;
      return id === null ? null : session.queries.project(id);
    });
    this.#media = new ObjectUrlController(host);
    this.#history = new AssetHistory(host, {
      session: options.session,
      assetId: () => this.#assetId,
      undo: options.commands.undoChange,
      restoreVersion: options.commands.restoreVersion,
    });
    host.addController(this);
  }

  get assetId(): string | null {
    return this.#assetId;
  }

  get asset(): Asset | null {
    const asset = this.#asset.result?.data ?? null;
    return asset?.id === this.#assetId ? asset : null;
  }

  show(assetId: string | null): void {
    if (assetId === this.#assetId) return;
    this.#assetId = assetId;
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    const { asset } = this;
    const session = this.#options.session();
    const playable = session && asset && !isUndecodable(asset) ? asset : null;
    this.#media.show(playable ? `${playable.id} ${playable.currentVersionId}` : null, async () => {
      if (!session || !playable) throw new LecternError('not-found');
      return (await session.actions.assetFile(playable.id)).file;
    });
  }

  render(messages: Messages): TemplateResult | typeof nothing {
    if (this.#assetId === null) return nothing;
    const { asset } = this;
    const failure = this.#asset.result?.error;
    return html`<aside
      class="details"
      part="details"
      aria-label=${messages.t('library.details')}
      @keydown=${this.#onKey}
    >
      <header>
        <h3>${messages.t('library.details')}</h3>
        <button
          class="icon-button close-details"
          aria-label=${messages.t('library.hideDetails')}
          @click=${this.#options.close}
        >
          ${icon('close')}
        </button>
      </header>
      ${
        asset
          ? this.#renderAsset(asset, messages)
          : failure
            ? errorView(toLecternError(failure), messages, () => void this.#asset.result?.refetch())
            : html`<div class="player skeleton"></div>`
      }
    </aside>`;
  }

  #renderAsset(asset: Asset, messages: Messages): TemplateResult {
    const { edit, commands } = this.#options;
    const deleted = asset.deletedAt !== null;
    const button = (name: IconName, label: string, run: (asset: Asset) => void): TemplateResult =>
      html`<button
        class="icon-button"
        aria-label=${label}
        title=${label}
        @click=${() => {
          run(asset);
        }}
      >
        ${icon(name)}
      </button>`;
    return html`<div class="details-body">
      ${this.#renderPlayer(asset, messages)}
      <div class="title-line">
        ${
          edit.editing === `details:${asset.id}`
            ? edit.render(asset.name, messages.t('library.rename', { name: asset.name }))
            : html`<h4 dir="auto">${asset.name}</h4>
                ${
                  deleted
                    ? nothing
                    : html`<button
                        class="icon-button"
                        data-size="small"
                        aria-label=${messages.t('library.rename', { name: asset.name })}
                        @click=${() => {
                          edit.begin(`details:${asset.id}`);
                        }}
                      >
                        ${icon('edit')}
                      </button>`
                }`
        }
      </div>
      <div class="actions">
        ${
          deleted
            ? html`<button
                class="button wide"
                data-variant="primary"
                @click=${() => {
                  commands.restore([asset.id]);
                }}
              >
                ${icon('restore')}${messages.t('common.restore')}
              </button>`
            : html`<button
                class="button wide"
                data-variant="primary"
                ?disabled=${isUndecodable(asset)}
                @click=${() => {
                  commands.openInStudio([asset.id]);
                }}
              >
                ${icon('scissors')}${messages.t('library.openIn')}
              </button>`
        }
        ${button('download', messages.t('library.download'), commands.download)}
        ${
          deleted
            ? nothing
            : html`${button('delete', messages.t('library.delete', { name: asset.name }), ({ id }) => {
                  commands.remove([id]);
                })}
                <button
                  class="button course"
                  @click=${() => {
                    commands.addToCourse(asset);
                  }}
                >
                  ${icon('course')}${messages.t('library.addToChapter')}
                </button>`
        }
      </div>
      ${this.#renderFacts(asset, messages)} ${deleted ? nothing : this.#renderTags(asset, messages)}
      ${this.#renderUsage(messages)} ${this.#history.render(asset, messages)}
    </div>`;
  }

  #renderPlayer(asset: Asset, messages: Messages): TemplateResult {
    const { url, error } = this.#media;
    const session = this.#options.session();
    const fail = (): void => {
      this.#media.fail(new LecternError('undecodable', { details: { name: asset.name } }));
    };
    if (isUndecodable(asset) || error) {
      const told = messages.error(
        error ??
          new LecternError('undecodable', {
            details: {
              name: asset.name,
              codec: codecNames(asset.probe?.videoCodec ?? null, asset.probe?.audioCodec ?? null) ?? '',
            },
          }),
      );
      return html`<div class="player none">
        ${icon('warning')}
        <p><strong>${told.title}</strong></p>
        <p class="hint">${told.advice}</p>
        ${
          session && canConvert(asset, session.render)
            ? html`<button
                class="button convert-asset"
                @click=${() => {
                  this.#options.convert(asset.id);
                }}
              >
                ${messages.t('conversion.convert')}
              </button>`
            : nothing
        }
      </div>`;
    }
    if (url === null) {
      return html`<div class="player thumb" data-kind=${asset.kind}>
        ${icon(kindIcons[asset.kind])}<canvas aria-hidden="true" ${poster(session, asset.posterKey)}></canvas>
      </div>`;
    }
    if (asset.kind === 'image')
      return html`<div class="player"><img src=${url} alt=${asset.name} @error=${fail} /></div>`;
    if (asset.kind === 'audio') {
      return html`<div class="player sound thumb" data-kind="audio">
        ${icon('waveform')}<audio
          controls
          preload="metadata"
          src=${url}
          aria-label=${asset.name}
          @error=${fail}
        ></audio>
      </div>`;
    }
    return html`<div class="player">
      <video controls playsinline preload="metadata" src=${url} aria-label=${asset.name} @error=${fail}></video>
    </div>`;
  }

  #renderFacts(asset: Asset, messages: Messages): TemplateResult {
    const { format } = messages;
    const { probe } = asset;
    const facts: readonly (readonly [string, unknown])[] = [
      [messages.t('library.filterKind'), messages.t(kindKeys[asset.kind])],
      [
        messages.t('common.duration'),
        asset.kind === 'image' || !probe ? null : format.durationInWords(probe.durationSeconds),
      ],
      [
        messages.t('library.dimensions'),
        probe && probe.width > 0 ? format.dimensions(probe.width, probe.height) : null,
      ],
      [
        messages.t('library.frameRate'),
        probe && probe.averageFrameRate > 0
          ? messages.t('library.framesPerSecond', { rate: format.number(probe.averageFrameRate) })
          : null,
      ],
      [messages.t('library.codec'), probe ? codecNames(probe.videoCodec, probe.audioCodec) : null],
      [messages.t('common.size'), format.bytes(asset.sizeBytes)],
      [messages.t('library.source'), messages.t(sourceKeys[asset.sourceType])],
      [messages.t('library.created'), format.dateTime(asset.createdAt)],
      [messages.t('library.fromProject'), this.#renderProjectLink(asset, messages)],
    ];
    return html`<dl class="facts">
      ${facts.map(([name, value]) =>
        value === null
          ? nothing
          : html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
      )}
    </dl>`;
  }

  #renderProjectLink(asset: Asset, messages: Messages): TemplateResult | null {
    const id = projectOf(asset);
    if (id === null) return null;
    const title = this.#project.result?.data?.title;
    return html`<button
      class="link"
      @click=${() => {
        this.#options.commands.openProject(id);
      }}
    >
      ${title ?? messages.t('common.open')}
    </button>`;
  }

  #renderTags(asset: Asset, messages: Messages): TemplateResult {
    const add = (input: HTMLInputElement): void => {
      const wanted = input.value
        .split(',')
        .map((tag) => tag.trim().slice(0, 64))
        .filter((tag) => tag !== '');
      input.value = '';
      const known = new Set(asset.tags.map((tag) => tag.toLocaleLowerCase()));
      const fresh = wanted.filter((tag) => !known.has(tag.toLocaleLowerCase()));
      if (fresh.length > 0) this.#options.commands.tag(asset, [...asset.tags, ...new Set(fresh)]);
    };
    return html`<section class="tags">
      <h4 class="label">${messages.t('library.tags')}</h4>
      <div class="tag-list">
        ${asset.tags.map(
          (tag) =>
            html`<span class="badge tag"
              ><span class="truncate" dir="auto">${tag}</span
              ><button
                aria-label=${messages.t('library.removeTag', { tag })}
                @click=${() => {
                  this.#options.commands.tag(
                    asset,
                    asset.tags.filter((other) => other !== tag),
                  );
                }}
              >
                ${icon('close')}
              </button></span
            >`,
        )}
        <input
          class="input"
          data-size="small"
          maxlength="64"
          placeholder=${messages.t('library.addTag')}
          aria-label=${messages.t('library.addTag')}
          @keydown=${(event: KeyboardEvent) => {
            if ((event.key !== 'Enter' && event.key !== ',') || event.isComposing) return;
            event.preventDefault();
            add(event.target as HTMLInputElement);
          }}
          @change=${(event: Event) => {
            add(event.target as HTMLInputElement);
          }}
        />
      </div>
    </section>`;
  }

  #renderUsage(messages: Messages): TemplateResult {
    const places = this.#usage.result?.data;
    return html`<section class="usage">
      <h4 class="label">${messages.t('library.usage')}</h4>
      ${
        !places
          ? html`<div class="skeleton line"></div>`
          : places.length === 0
            ? html`<p class="hint">${messages.t('library.notUsed')}</p>`
            : html`<ul>
                ${places.map(
                  (place) =>
                    html`<li>
                      ${icon(usageIcons[place.resourceType] ?? 'link')}
                      ${
                        place.resourceType === 'project'
                          ? html`<button
                              class="link truncate"
                              dir="auto"
                              @click=${() => {
                                this.#options.commands.openProject(place.resourceId);
                              }}
                            >
                              ${place.label}
                            </button>`
                          : html`<span class="truncate" dir="auto">${place.label}</span>`
                      }
                    </li>`,
                )}
              </ul>`
      }
    </section>`;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    this.#options.close();
  };
}
