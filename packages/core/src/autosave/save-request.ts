import type { SaveKind, SaveRequest } from '@lectern/ports';
import { frameToSeconds, type TimelineDocument } from '@lectern/timeline';
import { contentHash, contentHashNow } from './content-hash.js';
import { printDocument, type PrintedDocument } from './stored-document.js';

/** What a save says beside the document. */
export interface SaveFacts {
  readonly projectId: string;
  readonly baseRev: number;
  readonly saveId: string;
  readonly kind: SaveKind;
  readonly title?: string;
  readonly description?: string;
}

/** Ids of the assets that clips use, sorted: what is on the timeline, not what was once. */
export function usedAssetIds(document: TimelineDocument): readonly string[] {
  const used = new Set<string>();
  for (const { source } of document.clips.values())
    if (source.kind === 'asset' || source.kind === 'image') used.add(source.assetId);
  return [...used].sort();
}

/** A document as the request that saves it: its stored form, the hash of that, and what the back end keeps as columns. */
export async function saveRequestOf(document: TimelineDocument, facts: SaveFacts): Promise<SaveRequest> {
  // Printed before anything is awaited, so that it is the document of this moment.
  const printed = printDocument(document);
  return requestOf(document, printed, await contentHash(printed.text), facts);
}

/** The same without waiting; null for a document whose text is longer than that. */
export function smallSaveRequestOf(
  document: TimelineDocument,
  facts: SaveFacts,
  longestText: number,
): SaveRequest | null {
  const printed = printDocument(document);
  if (printed.text.length > longestText) return null;
  return requestOf(document, printed, contentHashNow(printed.text), facts);
}

function requestOf(
  document: TimelineDocument,
  { state, schemaVersion }: PrintedDocument,
  hash: string,
  facts: SaveFacts,
): SaveRequest {
  return {
    ...facts,
    hash,
    schemaVersion,
    state,
    totalFrames: document.totalFrames,
    durationSeconds: frameToSeconds(document.totalFrames, document.settings.frameRate),
    assetIds: usedAssetIds(document),
  };
}
