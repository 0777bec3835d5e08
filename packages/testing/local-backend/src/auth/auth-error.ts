/** Refusals in the words of the platform's auth server. */
import { ApiError } from '../http/api-error.js';

/** Codes as auth-js lists them. */
export type AuthCode =
  | 'anonymous_provider_disabled'
  | 'bad_json'
  | 'bad_jwt'
  | 'email_exists'
  | 'invalid_credentials'
  | 'no_authorization'
  | 'not_admin'
  | 'refresh_token_already_used'
  | 'refresh_token_not_found'
  | 'same_password'
  | 'session_not_found'
  | 'unexpected_failure'
  | 'user_already_exists'
  | 'user_banned'
  | 'user_not_found'
  | 'validation_failed'
  | 'weak_password';

export class AuthError extends ApiError {
  /** Why a password is weak. */
  readonly reasons: readonly string[] | undefined;

  constructor(status: number, code: AuthCode, message: string, reasons?: readonly string[]) {
    super(status, code, message);
    this.name = 'AuthError';
    this.reasons = reasons;
  }
}
