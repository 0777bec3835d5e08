import { LecternError, type ErrorDetails, type LecternErrorCode } from '@lectern/ports';

/**
 * An error about a project file. The messages have words of their own for these: a project file isn't told to be
 * converted to MP4.
 *
 * | code | means |
 * | --- | --- |
 * | `file-type-unknown` | it isn't a project file |
 * | `file-truncated` | its end is missing |
 * | `corrupt` | what is in it isn't what was put in: `entry` |
 * | `file-type-unsupported` | it is packed in a way that isn't safe to open: `entry` |
 * | `file-too-large` | the project's text is larger than `limit` |
 * | `invalid-input` | the project makes no sense: `path`, `expected` |
 * | `too-new` | a later version wrote it |
 */
export function projectFileError(
  code: LecternErrorCode,
  options: { readonly details?: ErrorDetails; readonly message?: string; readonly cause?: unknown } = {},
): LecternError {
  return new LecternError(code, { ...options, details: { about: 'projectFile', ...options.details } });
}
