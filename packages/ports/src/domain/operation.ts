import * as z from 'zod';
import type { ErrorDetails, LecternErrorCode } from '../errors.js';

/** What is done to each asset. In a new name, `{n}` stands for the asset's place: 1, 2, 3 … */
export type OperationWork =
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'tag'; readonly tags: readonly string[] }
  | { readonly kind: 'untag'; readonly tags: readonly string[] }
  | { readonly kind: 'delete' }
  | { readonly kind: 'restore' };

export interface NewOperation {
  /** The caller's, a UUID. */
  readonly id: string;
  readonly work: OperationWork;
  /** 1 to 10,000, worked through in this order. */
  readonly assetIds: readonly string[];
}

/** One asset that the work failed for. */
export interface OperationError {
  readonly assetId: string;
  readonly code: LecternErrorCode;
  readonly details: ErrorDetails;
}

export interface Operation {
  readonly id: string;
  readonly work: OperationWork;
  readonly status: 'running' | 'done' | 'cancelled';
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly errors: readonly OperationError[];
  /** ISO 8601 */
  readonly createdAt: string;
  readonly updatedAt: string;
}

const tags = (): z.ZodType => z.array(z.string().min(1).max(64)).min(1).max(64);

/** Checks bulk work that is to begin. */
export const newOperationSchema: z.ZodType<NewOperation> = z
  .object({
    id: z.string().min(1).max(128),
    work: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('rename'), name: z.string().trim().min(1).max(1000) }).strict(),
      z.object({ kind: z.literal('tag'), tags: tags() }).strict(),
      z.object({ kind: z.literal('untag'), tags: tags() }).strict(),
      z.object({ kind: z.literal('delete') }).strict(),
      z.object({ kind: z.literal('restore') }).strict(),
    ]),
    assetIds: z.array(z.string().min(1).max(128)).min(1).max(10_000),
  })
  .strict() as unknown as z.ZodType<NewOperation>;
