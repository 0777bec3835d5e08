import { LecternError, type Operation, type OperationWork } from '@lectern/ports';
import { queryKeys } from '../queries/query-keys.js';
import type { ActionContext } from './action-context.js';

/** More than these are the back end's own work, with progress and in one request. */
export const handful = 8;
/** What one operation takes. */
const mostIds = 10_000;

/** What became of work on several assets. */
export interface BulkOutcome {
  /** Those that it was done to, in order. */
  readonly doneIds: readonly string[];
  /** The first failure; with `details.operationId` where a list of all of them is shown. */
  readonly refusal: LecternError | null;
}

/** Lets the back end do something to many assets, and waits for the end. What was done before a cancel stays done. */
export async function runInBulk(
  { backend, newId, operations, queryClient }: ActionContext,
  work: OperationWork,
  ids: readonly string[],
): Promise<BulkOutcome> {
  const doneIds: string[] = [];
  let refusal: LecternError | null = null;
  for (let from = 0; from < ids.length; from += mostIds) {
    const assetIds = ids.slice(from, from + mostIds);
    const operation = await operations.ended(await backend.operations.start({ id: newId(), work, assetIds }));
    doneIds.push(...doneOf(operation, assetIds));
    const [first] = operation.errors;
    if (first !== undefined)
      refusal ??= new LecternError(first.code, { details: { ...first.details, operationId: operation.id } });
    if (operation.status === 'cancelled') break;
  }
  for (const queryKey of [queryKeys.assetsOne(), queryKeys.overview(), queryKeys.storage()])
    void queryClient.invalidateQueries({ queryKey });
  return { doneIds, refusal };
}

/** Assets are worked through in order, so a cancelled operation was done to the first ones. */
function doneOf({ done, failed, errors }: Operation, assetIds: readonly string[]): readonly string[] {
  const failedIds = new Set(errors.map(({ assetId }) => assetId));
  return assetIds.slice(0, done + failed).filter((id) => !failedIds.has(id));
}
