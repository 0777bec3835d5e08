import type { SaveKind, SaveRequest, StoredTimelineJson } from '@lectern/ports';
import { frameToSeconds, type TimelineDocument } from '@lectern/timeline';
import { printTimeline } from '@lectern/timeline/schema';
import { contentHash } from './content-hash.js';

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
  const state = printTimeline(document);
  return {
    ...facts,
    hash: await contentHash(JSON.stringify(state)),
    schemaVersion: state.schemaVersion,
    state: state as unknown as StoredTimelineJson,
    totalFrames: document.totalFrames,
    durationSeconds: frameToSeconds(document.totalFrames, document.settings.frameRate),
    assetIds: usedAssetIds(document),
  };
}
