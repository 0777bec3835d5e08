import type { Preview, ProjectSummary, UploadItem } from '@lectern/ports';
import type { TrackId } from '@lectern/timeline';
import type { StoreApi } from 'zustand/vanilla';
import type { NamedFile } from './actions/actions.js';
import type { Autosave } from './autosave/autosave.js';
import type { Editor } from './editor/editor.js';
import type { ProjectVersions } from './versions/project-versions.js';

/** What is said about a project beside its document. */
export interface ProjectDetailsState {
  readonly title: string;
  readonly description: string;
  readonly isDraft: boolean;
  /** Revision of the saved head; 0 until the first save. */
  readonly rev: number;
  readonly lastExportId: string | null;
}

export interface AddOptions {
  readonly trackId?: TrackId;
  /** Timeline frame; with it `mode` is `insert`, without it `append`, unless said otherwise. */
  readonly frame?: number;
  readonly mode?: 'insert' | 'overwrite' | 'append';
}

/** What a command asks of the element that shows the project. */
export type StudioRequest = 'full-screen' | 'help' | 'import' | 'export' | 'open-project' | 'inspector' | 'escape';

/** Returns false to leave the request to the next listener; anything else says that it was taken. */
export type StudioRequestListener = (request: StudioRequest) => unknown;

/** One open project. Elements that open the same id share it. */
export interface ProjectSession {
  readonly projectId: string;
  /** True until the first save. */
  readonly isNew: boolean;
  readonly editor: Editor;
  readonly autosave: Autosave;
  /** What was saved before, to look at, to go back to and to copy. */
  readonly versions: ProjectVersions;
  /** Made when first asked for, and disposed of with the project. */
  readonly preview: Preview;
  readonly details: StoreApi<ProjectDetailsState>;
  /** Shown at once, taken back when the back end refuses. @throws `invalid-input` and what the port throws */
  setDetails(details: { readonly title?: string; readonly description?: string }): Promise<void>;
  publish(): Promise<void>;
  unpublish(): Promise<void>;
  /** Saves the state as a new project of its own. */
  saveAsCopy(title?: string): Promise<ProjectSummary>;
  /**
   * Puts assets on the timeline, in order, as one step of the history. Those that can't be used are told in a notice.
   * @throws `source-missing`, `undecodable` when none can
   */
  addAssets(assetIds: readonly string[], options?: AddOptions): Promise<void>;
  /** Imports files and puts each on the timeline as soon as it is stored. */
  addFiles(files: readonly (File | NamedFile)[], options?: AddOptions): Promise<readonly UploadItem[]>;
  /** True when there is something to render. */
  readonly exportable: boolean;
  /** Asks the element that shows the project for something; false when none listens. */
  request(request: StudioRequest): boolean;
  /** The last to listen is asked first. Returns the end of the subscription. */
  onRequest(listener: StudioRequestListener): () => void;
  /** Whether anything listens to requests. */
  readonly hasView: boolean;
  /** Lets go; the last of those who opened it saves what is pending and frees everything. */
  close(): Promise<void>;
}
