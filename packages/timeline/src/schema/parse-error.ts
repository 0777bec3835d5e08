/** Why a stored timeline can't be opened. `too-new`: it comes from a later version, and means more than this one knows. */
export type TimelineParseErrorCode = 'invalid' | 'too-new' | 'too-large' | 'too-deep';

/** One thing that isn't as it must be. */
export interface ParseIssue {
  /** Such as `clips[12].source.trimStartFrame`; empty for the whole. */
  readonly path: string;
  /** What should have been there, such as `int` or `at most 200000 items`. */
  readonly expected: string;
}

/** Shared by every copy of this package on a page, where `instanceof` isn't. */
const brand: symbol = Symbol.for('lectern.timeline-parse-error');

/** Thrown by `parseTimeline` and `parseChange`. Says where, and what was expected there. */
export class TimelineParseError extends Error {
  readonly code: TimelineParseErrorCode;
  /** The first twenty at most. */
  readonly issues: readonly ParseIssue[];
  /** Of the stored form, where it could be read. */
  readonly schemaVersion: number | null;

  constructor(code: TimelineParseErrorCode, issues: readonly ParseIssue[], schemaVersion: number | null = null) {
    super(
      issues.map(({ path, expected }) => `${path === '' ? 'the timeline' : path}: expected ${expected}`).join('; '),
    );
    this.name = 'TimelineParseError';
    this.code = code;
    this.issues = issues;
    this.schemaVersion = schemaVersion;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether an error is a `TimelineParseError`, even of another copy of this package on the page. */
export function isTimelineParseError(error: unknown): error is TimelineParseError {
  return typeof error === 'object' && error !== null && brand in error;
}
