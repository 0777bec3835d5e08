/** PostgreSQL's errors as PostgREST answers them. */
import type pg from 'pg';
import { ApiError } from '../http/api-error.js';

/** PostgREST's table of statuses, by SQLSTATE. */
function statusOf(code: string, message: string, isAnonymous: boolean): number {
  switch (code) {
    case '23503':
    case '23505':
      return 409;
    case '25006':
      return 405;
    case '21000':
      return message.endsWith('requires a WHERE clause') ? 400 : 500;
    case '42883':
    case '42P01':
      return 404;
    case '42P17':
      return 500;
    case '42501':
      return isAnonymous ? 401 : 403;
    case 'P0001':
      return 400;
    case '53400':
      return 500;
    case '57P01':
      return 503;
    default:
  }
  if (/^PT[1-5]\d\d$/.test(code)) return Number(code.slice(2));
  switch (code.slice(0, 2)) {
    case '08':
    case '53':
      return 503;
    case '0L':
    case '0P':
    case '28':
      return 403;
    case '09':
    case '25':
    case '2D':
    case '38':
    case '39':
    case '3B':
    case '40':
    case '54':
    case '55':
    case '57':
    case '58':
    case 'F0':
    case 'HV':
    case 'P0':
    case 'XX':
      return 500;
    default:
      return 400;
  }
}

/** @param isAnonymous whether nobody was signed in: then a missing right asks for that */
export function fromDatabase(error: pg.DatabaseError, isAnonymous: boolean): ApiError {
  const code = error.code ?? 'XX000';
  const status = statusOf(code, error.message, isAnonymous);
  return new ApiError(status, code, error.message, error.detail ?? null, error.hint ?? null);
}
