/** Refusals in the words of the platform's storage server: HTTP 400 with the real status in the body. */
import pg from 'pg';
import { ApiError } from '../http/api-error.js';

export class StorageError extends ApiError {
  /** What the body calls `statusCode`. */
  readonly innerStatus: number;
  /** What the body calls `error`. */
  readonly title: string;

  constructor(innerStatus: number, title: string, message: string) {
    super(innerStatus >= 500 ? 500 : 400, title, message);
    this.name = 'StorageError';
    this.innerStatus = innerStatus;
    this.title = title;
  }
}

export function objectNotFound(): StorageError {
  return new StorageError(404, 'not_found', 'Object not found');
}

export function bucketNotFound(): StorageError {
  return new StorageError(404, 'Bucket not found', 'Bucket not found');
}

export function tooLarge(): StorageError {
  return new StorageError(413, 'Payload too large', 'The object exceeded the maximum allowed size');
}

/** PostgreSQL's refusals of a row operation. */
export function fromRow(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  switch (error.code) {
    case '42501':
      return new StorageError(403, 'Unauthorized', error.message);
    case '23505':
      return new StorageError(409, 'Duplicate', 'The resource already exists');
    case '23503':
      return new StorageError(404, 'Bucket not found', 'The related resource does not exist');
    default:
      // A trigger or a policy of the project's own.
      return new StorageError(500, `DatabaseError`, `${error.code ?? ''} ${error.message}`.trim());
  }
}
