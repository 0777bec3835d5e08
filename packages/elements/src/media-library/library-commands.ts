import { isLecternError, type Asset, type AssetChange, type AssetVersion } from '@lectern/ports';
import type { LecternSession } from '@lectern/core';
import { attempt } from '../collection/attempt.js';
import { saveFile } from '../collection/object-url-controller.js';
import type { AssetsDetail, AttachRequestDetail, ProjectOpenDetail } from './media-library-events.js';

export interface LibraryCommandOptions {
  readonly session: () => LecternSession | null;
  /** Says something to the page; false when it prevents the default. */
  readonly emit: (type: `lectern-${string}`, detail: object) => boolean;
  /** Called with what is about to leave the list. */
  readonly leaving: (assetIds: readonly string[]) => void;
  readonly renamed: (name: string) => void;
  /** Asks for a place in a course. */
  readonly askWhere: (request: AttachRequestDetail) => void;
}

/** What can be done with assets: the page is asked where it may want a say, the core's action does it. */
export class LibraryCommands {
  readonly #options: LibraryCommandOptions;

  constructor(options: LibraryCommandOptions) {
    this.#options = options;
  }

  readonly openInStudio = (assetIds: readonly string[]): void => {
    this.#options.emit('lectern-open-in-studio-request', { assetIds } satisfies AssetsDetail);
  };

  readonly openProject = (projectId: string): void => {
    this.#options.emit('lectern-project-open', { projectId } satisfies ProjectOpenDetail);
  };

  readonly addToCourse = (asset: Asset): void => {
    const request: AttachRequestDetail = {
      target: { kind: 'asset', assetId: asset.id },
      title: titleFor(asset),
      chapterId: null,
    };
    if (this.#options.emit('lectern-attach-request', request)) this.#options.askWhere(request);
  };

  readonly rename = (id: string, name: string): void => {
    this.#try(async (session) => {
      await session.actions.renameAsset(id, name);
      this.#options.renamed(name);
    });
  };

  readonly tag = (asset: Asset, tags: readonly string[]): void => {
    this.#try((session) => session.actions.tagAsset(asset.id, tags));
  };

  readonly tagAll = (ids: readonly string[], tags: readonly string[]): void => {
    this.#try((session) => session.actions.tagAssets(ids, tags));
  };

  readonly undoChange = (assetId: string, { id }: AssetChange): void => {
    this.#try((session) => session.actions.undoAssetChange(assetId, id));
  };

  readonly restoreVersion = (assetId: string, { id }: AssetVersion): void => {
    this.#try((session) => session.actions.restoreAssetVersion(assetId, id));
  };

  readonly download = (asset: Asset): void => {
    this.#try(async (session) => {
      const { file, fileName } = await session.actions.assetFile(asset.id);
      saveFile(file, fileName);
    });
  };

  readonly remove = (ids: readonly string[]): void => {
    const assetIds = [...ids];
    if (assetIds.length === 0) return;
    if (!this.#options.emit('lectern-asset-delete-request', { assetIds } satisfies AssetsDetail)) return;
    this.#options.leaving(assetIds);
    this.#try((session) => session.actions.deleteAssets(assetIds));
  };

  readonly restore = (ids: readonly string[]): void => {
    const assetIds = [...ids];
    this.#options.leaving(assetIds);
    this.#try((session) => session.actions.restoreAssets(assetIds));
  };

  #try(run: (session: LecternSession) => Promise<unknown>): void {
    const session = this.#options.session();
    if (!session) return;
    const listed = run(session).catch((error: unknown) => {
      // The list of bulk work names each failure.
      if (!isLecternError(error) || error.details['operationId'] === undefined) throw error;
    });
    void attempt(session, listed);
  }
}

/** An asset's name as a title: without the extension. */
export function titleFor(asset: Asset): string {
  return asset.name.replace(/\.[a-z0-9]{2,4}$/i, '');
}
