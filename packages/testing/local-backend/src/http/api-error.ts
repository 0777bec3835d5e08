/** What a request is refused with. */

/** An error as PostgREST writes it. `code` is PostgREST's (`PGRST…`) or PostgreSQL's (five characters). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;

  constructor(
    status: number,
    code: string,
    message: string,
    details: string | null = null,
    hint: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = details;
    this.hint = hint;
  }
}

/** The code of everything that the platform can do and this server can't. */
export const NOT_OFFERED = 'LOCAL501';

/** What the platform may well know, and this server doesn't: never guessed at, always said. */
export class NotOfferedError extends ApiError {
  constructor(what: string) {
    super(501, NOT_OFFERED, `The local backend doesn't offer ${what}.`, null, 'See the list in its README.');
    this.name = 'NotOfferedError';
  }
}
