import type { TimelineDocument } from './document.js';
import type { ClipSource, TrackKind } from './records.js';

/**
 * Whether a track of a kind takes a source: pictures of any sort on video tracks, titles alone on text tracks, and on
 * audio tracks sound files and the sound of videos. Captions aren't clips, so their tracks take none.
 */
export function acceptsSource(kind: TrackKind, source: ClipSource, document: TimelineDocument): boolean {
  switch (kind) {
    case 'caption':
      return false;
    case 'text':
      return source.kind === 'text';
    case 'audio':
      return source.kind === 'asset' && document.assets.get(source.assetId)?.kind !== 'image';
    case 'video':
      return source.kind !== 'asset' || document.assets.get(source.assetId)?.kind !== 'audio';
  }
}

/** Whether a track shows or sounds: clips move between tracks of one sort only. */
export function trackSort(kind: TrackKind): 'picture' | 'sound' | 'caption' {
  if (kind === 'audio') return 'sound';
  return kind === 'caption' ? 'caption' : 'picture';
}
