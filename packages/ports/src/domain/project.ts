import * as z from 'zod';
import type { Json } from '../call-options.js';

/** A titled timeline document. The document itself is read with `ProjectsPort.open`. */
export interface ProjectSummary {
  readonly id: string;
  readonly ownerId: string;
  readonly title: string;
  readonly description: string;
  readonly isDraft: boolean;
  /** Revision of the head: 1 after the first save. */
  readonly rev: number;
  readonly contentHash: string;
  readonly totalFrames: number;
  readonly durationSeconds: number;
  /** Blob key of a small picture, or null. */
  readonly posterKey: string | null;
  readonly lastExportId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
}

export type SaveKind = 'auto' | 'manual' | 'conflict' | 'restore' | 'publish';

/** One saved state of a project. */
export interface ProjectRevision {
  readonly projectId: string;
  readonly rev: number;
  readonly parentRev: number;
  readonly saveId: string;
  readonly author: string;
  readonly kind: SaveKind;
  readonly contentHash: string;
  readonly createdAt: string;
}

/** `timeline_state` as it is stored: parse it with `parseTimeline` of `@lectern/timeline/schema` before use. */
export type StoredTimelineJson = Json;

export interface OpenedProject {
  readonly project: ProjectSummary;
  readonly schemaVersion: number;
  readonly state: StoredTimelineJson;
}

export interface SaveRequest {
  readonly projectId: string;
  /** The revision that the state was made from; 0 for a project that was never saved. */
  readonly baseRev: number;
  /** Unique for this attempt and the same for its repeats: a lost answer is harmless. */
  readonly saveId: string;
  /** SHA-256 of the canonical JSON of `state`, in hex. */
  readonly hash: string;
  readonly schemaVersion: number;
  readonly state: StoredTimelineJson;
  readonly kind: SaveKind;
  /** Used when the save creates the project. */
  readonly title?: string;
  readonly description?: string;
  readonly totalFrames: number;
  readonly durationSeconds: number;
  /** Assets on the timeline; the back end keeps their usage rows in the same transaction. */
  readonly assetIds: readonly string[];
}

/** What `save` answers. Only network trouble, a full disk and the like are thrown. */
export type SaveAnswer =
  | { readonly outcome: 'ok'; readonly rev: number }
  | {
      readonly outcome: 'conflict';
      readonly headRev: number;
      readonly headAuthor: string;
      readonly headAt: string;
      readonly headHash: string;
      /** The revision under which the incoming state was kept: a number that no head ever has. */
      readonly keptAs: number;
    }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'too-new' };

export interface ProjectDetails {
  readonly title?: string;
  readonly description?: string;
  readonly posterKey?: string | null;
  readonly lastExportId?: string | null;
  readonly isDraft?: boolean;
}

export interface ProjectQuery {
  readonly search?: string;
  readonly state?: 'draft' | 'published';
  readonly deleted?: boolean;
  readonly sort?: 'recent' | 'title' | 'oldest';
  readonly limit?: number;
  readonly cursor?: string | null;
}

const id: z.ZodString = z.string().min(1).max(128);
const title: z.ZodString = z.string().trim().min(1).max(255);
const description: z.ZodString = z.string().max(20_000);
const count: z.ZodNumber = z.number().int().min(0);

/** Checks everything of a save but the document itself, which only `@lectern/timeline/schema` understands. */
export const saveRequestSchema: z.ZodType<SaveRequest> = z
  .object({
    projectId: id,
    baseRev: count,
    saveId: id,
    hash: z.string().min(1).max(128),
    schemaVersion: count,
    state: z.custom((value) => typeof value === 'object' && value !== null, 'Expected a JSON object'),
    kind: z.enum(['auto', 'manual', 'conflict', 'restore', 'publish']),
    title: title.optional(),
    description: description.optional(),
    totalFrames: count,
    durationSeconds: z.number().min(0),
    assetIds: z.array(id),
  })
  .strict() as unknown as z.ZodType<SaveRequest>;

/** Checks what is said about a project. */
export const projectDetailsSchema: z.ZodType<ProjectDetails> = z
  .object({
    title: title.optional(),
    description: description.optional(),
    posterKey: z.string().min(1).max(512).nullable().optional(),
    lastExportId: id.nullable().optional(),
    isDraft: z.boolean().optional(),
  })
  .strict() as unknown as z.ZodType<ProjectDetails>;
