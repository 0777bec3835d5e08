import type {
  AssetKind,
  AssetSourceType,
  Chapter,
  ChapterItem,
  Course,
  ConnectionState,
  CourseChange,
  DuplicateDecision,
  ExportFormat,
  ExportPreset,
  FileHandle,
  Json,
  MoveReport,
  ProjectSummary,
  UploadItem,
} from '@lectern/ports';
import type { ProjectFileProgress } from '../project-file/project-file.js';
import type { ProjectSession } from '../project-session.js';
import type { Notice } from '../store/session-state.js';

/** A file with the name that it is to have in the library. */
export interface NamedFile {
  readonly file: Blob;
  readonly fileName: string;
  /** Lets an upload go on after a reload without a copy of the file. */
  readonly handle?: FileHandle;
}

export interface ImportOptions {
  /** `upload` when left out. */
  readonly sourceType?: AssetSourceType;
  readonly studioMetadata?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  /** Adds a version to this asset instead of making new ones; takes one file. */
  readonly replaceAssetId?: string;
  /** What happens to a file that is in the library already: people are asked about uploads, never about anything else. */
  readonly onDuplicate?: 'ask' | 'upload-anyway';
}

/** What a done thing hands back, so that it can be taken back. */
export interface Undoable {
  readonly undo: () => Promise<void>;
}

export interface ExportOptions {
  readonly preset: ExportPreset;
  readonly format: ExportFormat;
  /** What the asset is called, without the extension; the project's title when left out. */
  readonly name?: string;
  /** Frames; the whole timeline when left out. */
  readonly range?: { readonly startFrame: number; readonly endFrame: number };
  /** LUFS that the whole is brought to; left as mixed when left out. */
  readonly loudness?: number;
  /** An earlier export of the project: what is the same in it isn't encoded again. */
  readonly reuseAssetId?: string;
  /** Adds a version to this asset instead of making a new one: every link to it follows. */
  readonly replaceAssetId?: string;
}

export interface PickRequest {
  readonly kinds?: readonly AssetKind[];
  readonly multiple?: boolean;
}

export interface ProjectFileOptions {
  /** Puts the media of every clip into the file, too. */
  readonly media: boolean;
  readonly signal?: AbortSignal;
  /** At most one call per 100 ms; only media take time. */
  readonly onProgress?: (progress: ProjectFileProgress) => void;
}

export interface OpenProjectFileOptions {
  /** What errors call the file; its own name when left out. */
  readonly fileName?: string;
  readonly signal?: AbortSignal;
  /** At most one call per 100 ms; only media take time. */
  readonly onProgress?: (progress: ProjectFileProgress) => void;
}

/** A file to hand to a person. */
export interface ProjectFileDownload {
  readonly blob: Blob;
  readonly fileName: string;
}

/** What a notice is made of; the rest has defaults. */
export type NewNotice = Pick<Notice, 'message'> & Partial<Omit<Notice, 'id' | 'message'>>;

/**
 * Everything that a person can do outside a timeline. Each is optimistic where it can be, takes itself back when the
 * back end refuses, rejects with a `LecternError`, and can be replaced by the host (`LecternSession.replaceAction`).
 */
export interface Actions {
  /** Hands the files to the upload engine and returns at once; follow `store.uploads` or `uploads.finished(id)`. */
  importFiles(files: readonly (File | NamedFile)[], options?: ImportOptions): Promise<readonly UploadItem[]>;
  pauseUpload(id: string): Promise<void>;
  resumeUpload(id: string): Promise<void>;
  cancelUpload(id: string): Promise<void>;
  retryUpload(id: string): Promise<void>;
  pauseAllUploads(): Promise<void>;
  resumeAllUploads(): Promise<void>;
  /** Those that failed. */
  retryAllUploads(): Promise<void>;
  /** Those that aren't over. */
  cancelAllUploads(): Promise<void>;
  /** Says what to do with a file that is in the library already. */
  decideDuplicate(id: string, decision: DuplicateDecision): Promise<void>;
  /** Gives an upload its file again. @throws `invalid-input` when it is another file than the one that was begun */
  provideUploadFile(id: string, file: Blob): Promise<void>;
  /** Forgets one that is over, or all that are. */
  clearUploads(id?: string): Promise<void>;
  renameAsset(id: string, name: string): Promise<void>;
  tagAsset(id: string, tags: readonly string[]): Promise<void>;
  /** Adds tags. Many assets are the back end's own work: `queries.operations()` tells how far it is. A notice offers to undo. */
  tagAssets(ids: readonly string[], tags: readonly string[]): Promise<Undoable>;
  /**
   * Soft. Those in use stay, and `in-use` is thrown after the others went; of many, `details.operationId` names the
   * operation that lists them all. A notice offers to undo.
   */
  deleteAssets(ids: readonly string[]): Promise<Undoable>;
  restoreAssets(ids: readonly string[]): Promise<void>;
  /** Ends bulk work; what is done stays done. */
  cancelOperation(id: string): Promise<void>;
  /** Takes bulk work that has ended off the slice. */
  dismissOperation(id: string): Promise<void>;
  /** Takes one change of an asset's history back. */
  undoAssetChange(assetId: string, changeId: string): Promise<void>;
  /** Puts an older version's bytes in place again. */
  restoreAssetVersion(assetId: string, versionId: string): Promise<void>;
  /** The bytes of an asset's current version, with a file name that has an extension. */
  assetFile(id: string): Promise<NamedFile>;
  /**
   * Looks at an asset that this browser can't read: what converting it takes here stands in the `conversions` slice then.
   * One at a time.
   * @throws `conflict` while another one is converted; `undecodable`, `file-too-large`, `quota-exceeded`,
   * `converter-unavailable` and what the ports throw, which the slice shows too
   */
  prepareConversion(assetId: string): Promise<void>;
  /**
   * Converts what was looked at and resolves with the asset that the result is in: a new version of the same one, whose
   * original stays as the version before.
   */
  convertAsset(): Promise<string>;
  /** Ends it, whatever it does, and leaves nothing behind. */
  cancelConversion(): Promise<void>;
  /** Takes one that does nothing off the slice, and gives its memory back. */
  dismissConversion(): Promise<void>;
  /** Asks the host for assets. Null: the host has no picker of its own, so an element shows ours. */
  pickAssets(request: PickRequest): Promise<readonly string[] | null>;

  /** Makes an empty, saved draft. */
  createProject(details: { readonly title: string; readonly description?: string }): Promise<ProjectSummary>;
  renameProject(id: string, title: string, description?: string): Promise<void>;
  duplicateProject(id: string, title: string): Promise<ProjectSummary>;
  /** Soft. A notice offers to undo. */
  deleteProject(id: string): Promise<Undoable>;
  restoreProject(id: string): Promise<void>;
  /** Saves it as a published revision; an open project is saved as it stands. */
  publishProject(id: string): Promise<void>;
  unpublishProject(id: string): Promise<void>;

  /**
   * The project as a file: `.lectern.json` without its media, `.lectern` (a zip) with them. An open project is written
   * as it stands, unsaved edits included; without media that works when the back end can't be reached, too. Media that
   * are gone are left out and named in a notice.
   * @throws `not-found`, `aborted`, and what the ports throw
   */
  projectFile(project: string | ProjectSession, options: ProjectFileOptions): Promise<ProjectFileDownload>;
  /**
   * Makes a new draft of a project file. Media that this library has, by id or by their bytes, are linked again; others
   * are imported first, and the project is made last. What is missing is named in a notice, and so is what was imported
   * when it fails after that.
   * @throws `file-type-unknown`, `file-truncated`, `file-type-unsupported`, `file-too-large`, `invalid-input`,
   * `too-new`, `corrupt` for a file that is refused: then nothing was written; `aborted`, and what the ports throw
   */
  openProjectFile(file: Blob, options?: OpenProjectFileOptions): Promise<ProjectSummary>;

  /**
   * Renders, stores the file as an asset of source `export`, and resolves with the asset's id. It is one of several, in the
   * order of asking, and is rendered when its turn comes; how far it is stands in the `exports` slice. What its page
   * doesn't finish is gone on with by a later one.
   */
  exportProject(project: ProjectSession, options: ExportOptions): Promise<string>;
  /** What is made of it stays. */
  pauseExport(id: string): Promise<void>;
  /** Goes on with one that was paused or interrupted, or that failed. */
  resumeExport(id: string): Promise<void>;
  /** Ends it and removes what was made of it; the one that moves when left out. */
  cancelExport(id?: string): Promise<void>;
  /** Takes one that is over off the slice, or all that are. One that failed is given up with it. */
  dismissExport(id?: string): Promise<void>;
  /** The finished file of an export that couldn't be stored. @throws `not-found` */
  exportedFile(id: string): Promise<NamedFile>;
  /** Looks for exports that other pages of this browser left unfinished: they appear as interrupted. */
  findUnfinishedExports(): Promise<void>;
  /** Goes on with those of a project, unless another page edits it, or somebody paused them. */
  goOnWithExports(project: ProjectSession): Promise<void>;

  createCourse(title: string): Promise<Course>;
  createChapter(courseId: string, title: string): Promise<Chapter>;
  addToChapter(request: {
    readonly chapterId: string;
    readonly target: ChapterItem['target'];
    readonly title: string;
  }): Promise<void>;
  /** Any change of a course, shown at once. */
  courseChange(change: CourseChange): Promise<void>;

  /** Tries to reach the back end that this browser stands in for. */
  retryConnection(): Promise<ConnectionState>;
  /** Copies the work of this browser up; how far it is stands in the `connection` slice. @throws `conflict` while it runs */
  moveWorkUp(): Promise<MoveReport>;
  /** Stops moving: what was moved stays moved, the rest stays here. */
  stopMovingWork(): Promise<void>;
  /** Takes a move that is over off the slice. */
  dismissMove(): Promise<void>;

  setViewMode(viewMode: 'grid' | 'list'): void;
  selectAssets(ids: readonly string[]): void;
  /** Returns the notice's id. */
  notify(notice: NewNotice): string;
  dismissNotice(id: string): void;
}
