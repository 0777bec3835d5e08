import type { Messages } from '@lectern/core';
import { endFrame, type ClipId, type ClipRecord, type TimelineDocument, type Transaction } from '@lectern/timeline';
import { shortTimecode } from './timeline-geometry.js';
import { clipName } from './timeline-view.js';

/** What a transaction has done, in a sentence for those who can't see it; null when there is nothing to say. */
export function describeTransaction(transaction: Transaction, messages: Messages): string | null {
  if (transaction.remote) return null;
  const before = transaction.startState.document;
  const after = transaction.state.document;
  if (before === after) return describeSelection(transaction, messages);
  const { userEvent } = transaction;
  if (userEvent === 'undo') return messages.t('timeline.saidUndone');
  if (userEvent === 'redo') return messages.t('timeline.saidRedone');
  const [kind = ''] = userEvent.split('.');
  if (kind === 'track') return describeTrack(transaction, messages);
  if (kind === 'clip') return describeClips(transaction, messages);
  return describeRuler(transaction, messages);
}

/** `Clip 3`: its place on its track. */
function clipNumber(document: TimelineDocument, clip: ClipRecord, messages: Messages): string {
  return messages.t('timeline.saidClipAt', { position: document.clipsOf(clip.trackId).indexOf(clip) + 1 });
}

function describeSelection({ selectionBefore, selectionAfter, state }: Transaction, messages: Messages): string | null {
  const { clipIds } = selectionAfter;
  // One clip after another is said by the focus that moves to it.
  if (clipIds.length === 1 && selectionBefore.clipIds.length <= 1) return null;
  if (clipIds.length === 0)
    return selectionBefore.clipIds.length > 1 ? messages.t('timeline.saidNothingSelected') : null;
  const [first] = clipIds;
  const clip = first === undefined ? undefined : state.document.clips.get(first);
  return messages.text({
    key: 'timeline.saidSelected',
    params: { count: clipIds.length, name: clip ? clipName(clip, messages) : '' },
  });
}

interface ClipChanges {
  readonly added: readonly ClipRecord[];
  readonly removed: readonly ClipRecord[];
  readonly updated: readonly (readonly [from: ClipRecord, to: ClipRecord])[];
}

function clipChanges({ change }: Transaction): ClipChanges {
  const isClip = (record: { readonly type: string }): record is ClipRecord => record.type === 'clip';
  return {
    added: Object.values(change.added).filter(isClip),
    removed: Object.values(change.removed).filter(isClip),
    updated: Object.values(change.updated).flatMap(([from, to]) =>
      isClip(from) && isClip(to) ? ([[from, to]] as const) : [],
    ),
  };
}

function describeClips(transaction: Transaction, messages: Messages): string | null {
  const { userEvent, state } = transaction;
  const { document } = state;
  const { added, removed, updated } = clipChanges(transaction);
  const rate = document.settings.frameRate;
  const time = (frame: number): string => shortTimecode(frame, rate);
  switch (userEvent) {
    case 'clip.trim':
    case 'clip.roll': {
      const [pair] = picked(transaction, updated);
      if (!pair) return null;
      const [from, to] = pair;
      const frame = endFrame(from) === endFrame(to) ? to.startFrame : endFrame(to);
      return messages.t('timeline.saidTrimmed', { clip: clipNumber(document, to, messages), time: time(frame) });
    }
    case 'clip.move': {
      const moved = picked(transaction, updated);
      const [pair] = moved;
      if (!pair) return null;
      if (transaction.selectionAfter.clipIds.length > 1) {
        return messages.t('timeline.saidMovedMany', { count: transaction.selectionAfter.clipIds.length });
      }
      const [, clip] = pair;
      const track = document.track(clip.trackId)?.name ?? '';
      return messages.t('timeline.saidMoved', {
        clip: clipNumber(document, clip, messages),
        time: time(clip.startFrame),
        track,
      });
    }
    case 'clip.split':
    case 'clip.splitAll':
      return messages.t('timeline.saidSplit', { count: added.length, time: time(added[0]?.startFrame ?? 0) });
    case 'clip.link':
      return messages.t('timeline.saidLinked');
    case 'clip.unlink':
      return messages.t('timeline.saidUnlinked');
    case 'clip.rename':
    case 'clip.setText': {
      const [, clip] = updated[0] ?? [];
      return clip ? messages.t('timeline.saidRenamed', { name: clipName(clip, messages) }) : null;
    }
    case 'clip.setProperty':
      return describeFade(document, updated, messages);
    default:
  }
  const [first] = added;
  if (first) {
    return messages.text({
      key: 'timeline.saidAdded',
      params: { count: added.length, name: clipName(first, messages), time: time(first.startFrame) },
    });
  }
  const [gone] = removed;
  return gone
    ? messages.text({ key: 'timeline.saidDeleted', params: { count: removed.length, name: clipName(gone, messages) } })
    : null;
}

/** The changes of what is picked, or all when none of it changed. */
function picked({ selectionAfter }: Transaction, updated: ClipChanges['updated']): ClipChanges['updated'] {
  const ids = new Set<ClipId>(selectionAfter.clipIds);
  const found = updated.filter(([, to]) => ids.has(to.id));
  return found.length > 0 ? found : updated;
}

function describeFade(document: TimelineDocument, updated: ClipChanges['updated'], messages: Messages): string | null {
  for (const [from, to] of updated) {
    for (const key of ['fadeInFrames', 'fadeOutFrames'] as const) {
      if (from.props[key] === to.props[key]) continue;
      return messages.t('timeline.saidFade', {
        clip: clipNumber(document, to, messages),
        time: shortTimecode(Number(to.props[key] ?? 0), document.settings.frameRate),
      });
    }
  }
  return null;
}

function describeTrack({ userEvent, change, state }: Transaction, messages: Messages): string | null {
  const tracks = [...state.document.tracks].reverse();
  const added = Object.values(change.added).find(({ type }) => type === 'track');
  const removed = Object.values(change.removed).find(({ type }) => type === 'track');
  if (added?.type === 'track') return messages.t('timeline.saidTrackAdded', { name: added.name });
  if (removed?.type === 'track') return messages.t('timeline.saidTrackRemoved', { name: removed.name });
  const [from, to] = Object.values(change.updated).find(([record]) => record.type === 'track') ?? [];
  if (from?.type !== 'track' || to?.type !== 'track') return null;
  if (userEvent === 'track.rename') return messages.t('timeline.saidRenamed', { name: to.name });
  if (userEvent === 'track.reorder') {
    const position = tracks.findIndex(({ id }) => id === to.id) + 1;
    return messages.t('timeline.saidTrackMoved', { name: to.name, position, count: tracks.length });
  }
  const { name } = to;
  if (from.locked !== to.locked)
    return messages.t(to.locked ? 'timeline.saidLocked' : 'timeline.saidUnlocked', { name });
  if (from.muted !== to.muted) return messages.t(to.muted ? 'timeline.saidMuted' : 'timeline.saidUnmuted', { name });
  if (from.solo !== to.solo) return messages.t(to.solo ? 'timeline.saidSolo' : 'timeline.saidUnsolo', { name });
  if (from.hidden !== to.hidden) return messages.t(to.hidden ? 'timeline.saidHidden' : 'timeline.saidShown', { name });
  return null;
}

function describeRuler({ userEvent, change, state }: Transaction, messages: Messages): string | null {
  const { settings } = state.document;
  const time = (frame: number | null): string => shortTimecode(frame ?? 0, settings.frameRate);
  const added = Object.values(change.added).find(({ type }) => type === 'marker');
  switch (userEvent) {
    case 'marker.add':
      return added?.type === 'marker' ? messages.t('timeline.saidMarkerAdded', { time: time(added.frame) }) : null;
    case 'marker.remove':
      return messages.t('timeline.saidMarkerRemoved');
    case 'range.setIn':
      return messages.t('timeline.saidRangeIn', { time: time(settings.inFrame) });
    case 'range.setOut':
      return messages.t('timeline.saidRangeOut', { time: time(settings.outFrame) });
    case 'range.clear':
      return messages.t('timeline.saidRangeCleared');
    default:
      return null;
  }
}
