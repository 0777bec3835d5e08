import type { AssetKind } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import type { StoredTimeline } from '@lectern/timeline/schema';

/** What `format` says in every project file. */
export const projectFileFormat = 'lectern-project';
/** The version that this writes; it reads no later one. */
export const projectFileVersion = 1;
/** Where the project's own text is in a file with media. */
export const projectEntryName = 'project.json';

/** How much a project file may hold. Far above real projects, far below what hangs a page. */
export const projectFileLimits: {
  /** Bytes of the JSON; what is larger isn't even read. */
  readonly textBytes: number;
  /** Levels of the JSON, the file's own included. */
  readonly depth: number;
  /** Files in the zip. */
  readonly entries: number;
  /** Bytes of the zip's directory, and of anything else of it that is held in memory. */
  readonly directoryBytes: number;
  /** How many times its packed size a packed media file may be. */
  readonly inflation: number;
} = {
  textBytes: 32 * 1024 * 1024,
  depth: 66,
  entries: 20_000,
  directoryBytes: 16 * 1024 * 1024,
  inflation: 100,
};

/** What a file says of an asset, to name it, and to find it again in another library. */
export interface ProjectFileAsset {
  readonly id: string;
  readonly name: string;
  readonly kind: AssetKind;
  /** Null where nobody could say when the file was written. */
  readonly mimeType: string | null;
  readonly sizeBytes: number | null;
  /** Of its bytes: SHA-256 of the SHA-256 of each 4 MiB, in hex; null for a file without the media. */
  readonly contentHash: string | null;
  /** Name of its entry in the zip; null when its media isn't in the file. */
  readonly media: string | null;
}

/** The JSON of a project file, in the order of its keys. */
export interface ProjectFileJson {
  readonly format: typeof projectFileFormat;
  readonly formatVersion: number;
  readonly title: string;
  readonly description: string;
  /** As `printTimeline` gives it. */
  readonly document: StoredTimeline;
  /** Every asset that the document knows, in its order. */
  readonly assets: readonly ProjectFileAsset[];
}

/** A project file's JSON, read and checked. */
export interface ReadProject {
  readonly title: string;
  readonly description: string;
  readonly document: TimelineDocument;
  /** True when the document didn't hold together, and was set right. */
  readonly repaired: boolean;
  readonly assets: ReadonlyMap<string, ProjectFileAsset>;
}

/** The bytes of an asset in a project file. */
export interface ProjectFileMedia {
  readonly sizeBytes: number;
  /** The bytes as they were put in, once they are known to be whole. @throws `corrupt`, `aborted` */
  read(options: {
    readonly signal?: AbortSignal | undefined;
    readonly onBytes?: (bytes: number) => void;
  }): Promise<{ readonly blob: Blob; readonly contentHash: string }>;
}

/** A project file, opened. */
export interface OpenedProjectFile extends ReadProject {
  /** By asset id. */
  readonly media: ReadonlyMap<string, ProjectFileMedia>;
}

/** How far the work on a project file is, in bytes of media. */
export interface ProjectFileProgress {
  /** `packing` reads what is put into a file, `checking` what is in one; `importing` stores it. */
  readonly phase: 'packing' | 'checking' | 'importing';
  readonly doneBytes: number;
  readonly totalBytes: number;
}
