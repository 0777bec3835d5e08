import type { CallOptions, Unsubscribe } from './call-options.js';
import type { NewOperation, Operation } from './domain/operation.js';

/** Bulk work on many assets. What fails is noted and stops nothing else. */
export interface OperationsPort {
  /** Begins; the same id again gives the one that is there. @throws `invalid-input`, `already-exists` for another one's id */
  start(operation: NewOperation, options?: CallOptions): Promise<Operation>;
  /** @throws `not-found` */
  get(id: string, options?: CallOptions): Promise<Operation>;
  /** Newest first, the last fifty. */
  list(options?: CallOptions): Promise<readonly Operation[]>;
  /** What is done stays done. Harmless when it has ended. @throws `not-found` */
  cancel(id: string, options?: CallOptions): Promise<Operation>;
  /** Told how far each operation is, those of other tabs and devices included. */
  subscribe(listener: (operation: Operation) => void): Unsubscribe;
}
