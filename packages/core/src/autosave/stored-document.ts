import { LecternError, type StoredTimelineJson } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import { parseTimeline, printTimeline, stringifyTimeline, TimelineParseError } from '@lectern/timeline/schema';
import { contentHash } from './content-hash.js';

/** A document in its stored form, with the text that its hash is made of. */
export interface PrintedDocument {
  readonly state: StoredTimelineJson;
  readonly schemaVersion: number;
  /** Canonical JSON: the same document gives the same text. */
  readonly text: string;
}

export function printDocument(document: TimelineDocument): PrintedDocument {
  const stored = printTimeline(document);
  return {
    state: stored as unknown as StoredTimelineJson,
    schemaVersion: stored.schemaVersion,
    text: stringifyTimeline(document),
  };
}

/** SHA-256 of the canonical JSON, in hex. */
export function hashDocument(document: TimelineDocument): Promise<string> {
  return contentHash(stringifyTimeline(document));
}

/** @throws `corrupt` for what isn't a timeline, with the path and what was expected there */
export function readDocument(stored: unknown): { readonly document: TimelineDocument; readonly readOnly: boolean } {
  try {
    return parseTimeline(stored);
  } catch (error) {
    if (error instanceof TimelineParseError) {
      const code = error.code === 'too-new' ? 'too-new' : 'corrupt';
      throw new LecternError(code, { cause: error, message: error.message });
    }
    throw error;
  }
}
