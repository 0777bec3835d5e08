import type { AssetKind, ChapterItem } from '@lectern/ports';

/** Assets, by id. */
export interface AssetsDetail {
  readonly assetIds: readonly string[];
}

/** One asset was opened: its details are shown, unless a host does something else. */
export interface AssetOpenDetail {
  readonly assetId: string;
  readonly name: string;
  readonly kind: AssetKind;
}

/**
 * Somebody wants something in a course. With `chapterId` null the place is still to be chosen, and unless prevented
 * the *Add to course* dialog asks for it; with a chapter, unless prevented, it is put there.
 */
export interface AttachRequestDetail {
  readonly target: ChapterItem['target'];
  readonly title: string;
  readonly chapterId: string | null;
}

/** A project is to be opened; opening it is the host's affair. */
export interface ProjectOpenDetail {
  readonly projectId: string;
}

declare global {
  interface HTMLElementEventMap {
    'lectern-asset-select': CustomEvent<AssetsDetail>;
    'lectern-asset-open': CustomEvent<AssetOpenDetail>;
    'lectern-asset-delete-request': CustomEvent<AssetsDetail>;
    'lectern-assets-imported': CustomEvent<AssetsDetail>;
    'lectern-open-in-studio-request': CustomEvent<AssetsDetail>;
    'lectern-attach-request': CustomEvent<AttachRequestDetail>;
    'lectern-project-open': CustomEvent<ProjectOpenDetail>;
  }
}
