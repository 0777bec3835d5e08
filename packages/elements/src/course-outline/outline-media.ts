import type { ReactiveControllerHost } from 'lit';
import type { Asset, ChapterItem, ProjectSummary } from '@lectern/ports';
import type { LecternSession } from '@lectern/core';
import { AssetBrowserElement } from '../asset-browser/asset-browser.js';
import { attempt } from '../collection/attempt.js';
import { titleFor } from '../media-library/library-commands.js';
import type { AttachRequestDetail } from '../media-library/media-library-events.js';
import type { OutlineChapter } from './outline-moves.js';

export interface OutlineMediaOptions {
  readonly session: () => LecternSession | null;
  readonly theme: () => AssetBrowserElement['theme'];
  /** Asks the page; false when it does it itself. */
  readonly request: (detail: AttachRequestDetail) => boolean;
  /** Called for each that is in the chapter. */
  readonly attached: (chapter: Pick<OutlineChapter, 'id' | 'courseId'>) => void;
}

/** Puts media into chapters: picked in the host's own picker or in ours, or dropped there. */
export class OutlineMedia {
  readonly #host: ReactiveControllerHost;
  readonly #options: OutlineMediaOptions;
  #picker: AssetBrowserElement | null = null;

  constructor(host: ReactiveControllerHost, options: OutlineMediaOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Our own picker, once it was needed; the host element puts it into its template. */
  get picker(): AssetBrowserElement | null {
    return this.#picker;
  }

  setSession(session: LecternSession | null): void {
    if (this.#picker) this.#picker.lectern = session;
  }

  async pickFor(chapter: OutlineChapter): Promise<void> {
    const session = this.#options.session();
    if (!session) return;
    const own = await attempt(session, session.actions.pickAssets({ multiple: true }));
    if (own === undefined) return;
    const assetIds = own ?? (await this.#pick(session));
    if (assetIds) await this.attach(chapter, assetIds);
  }

  async attach(chapter: OutlineChapter, assetIds: readonly string[]): Promise<void> {
    const session = this.#options.session();
    if (!session) return;
    for (const assetId of assetIds) {
      const target = { kind: 'asset', assetId } as const;
      const request: AttachRequestDetail = { target, title: await this.titleOf(target), chapterId: chapter.id };
      if (!this.#options.request(request)) continue;
      const done = await attempt(
        session,
        session.actions.addToChapter({ chapterId: chapter.id, target, title: request.title }).then(() => true),
      );
      if (done) this.#options.attached(chapter);
    }
  }

  /** What an asset or a project is called; empty when that can't be found out. */
  async titleOf(target: ChapterItem['target']): Promise<string> {
    const session = this.#options.session();
    if (!session) return '';
    const { queryClient, queries } = session;
    try {
      if (target.kind === 'asset')
        return titleFor(await queryClient.query<Asset>(queries.asset(target.assetId) as never));
      return (await queryClient.query<ProjectSummary>(queries.project(target.projectId) as never)).title;
    } catch {
      // The dialog asks for a title anyway, and attaching tells what is wrong with the thing itself.
      return '';
    }
  }

  /** Made by its class and not by a tag name: a page may define it under another. */
  async #pick(session: LecternSession): Promise<readonly string[] | null> {
    if (!this.#picker) {
      this.#picker = new AssetBrowserElement();
      this.#picker.mode = 'picker';
      this.#picker.lectern = session;
      this.#host.requestUpdate();
      await this.#host.updateComplete;
    }
    this.#picker.theme = this.#options.theme();
    return this.#picker.open();
  }
}
