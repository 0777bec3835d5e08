import type { ClipId, LinkId, TrackId } from '../ids.js';
import { endFrame } from '../lane.js';
import { type PropertyKey, getProperty } from '../properties.js';
import type { ClipRecord } from '../records.js';
import type { Command } from './command.js';
import { Draft } from './draft.js';
import { isLocked, pickedClips, unlocked, withLinked } from './picking.js';
import { freeTrack } from './place.js';

export interface ClipLinkArgs {
  readonly clipIds: readonly ClipId[];
}

/** Ties clips together, so that they move, trim and go as one. Links that they had are gone. Skips locked tracks. */
export const linkClips: Command<ClipLinkArgs> = (state, { clipIds }, { newId }) => {
  const clips = unlocked(pickedClips(state, clipIds), state.document);
  if (clips.length < 2) return null;
  const [first] = clips;
  const group = first && first.linkId !== null ? state.document.linkedClips(first.linkId) : [];
  if (group.length === clips.length && clips.every((clip) => clip.linkId === first?.linkId)) return null;
  const draft = new Draft(state.document, newId);
  const linkId = draft.newLinkId();
  for (const clip of clips) draft.putClip({ ...clip, linkId });
  return draft.finish('clip.link');
};

/** Unties clips and everything that they are linked to. Skips locked tracks. */
export const unlinkClips: Command<ClipLinkArgs> = (state, { clipIds }, { newId }) => {
  const clips = unlocked(withLinked(pickedClips(state, clipIds), state.document), state.document);
  const draft = new Draft(state.document, newId);
  for (const clip of clips) if (clip.linkId !== null) draft.putClip({ ...clip, linkId: null });
  return draft.finish('clip.unlink');
};

export interface ClipDetachAudioArgs {
  readonly clipId: ClipId;
}

/**
 * Gives a video's sound a clip of its own, on the topmost free audio track or a new one, linked to the picture: unlink
 * them to move them apart. Volume, pan and fades go along. Null without sound, when it is detached already, or locked.
 */
export const detachAudio: Command<ClipDetachAudioArgs> = (state, { clipId }, { newId }) => {
  const { document } = state;
  const clip = document.clips.get(clipId);
  if (clip?.source.kind !== 'asset' || isLocked(clip, document)) return null;
  const asset = document.assets.get(clip.source.assetId);
  if (asset?.kind !== 'video' || asset.audioCodec === null) return null;
  if (document.track(clip.trackId)?.kind !== 'video' || !getProperty(clip, 'audioEnabled')) return null;
  const draft = new Draft(document, newId);
  const track = freeTrack(draft, 'audio', clip.startFrame, endFrame(clip));
  const linkId = clip.linkId ?? draft.newLinkId();
  const sound = soundOf(clip, draft.newClipId(), track.id, linkId);
  draft.putClip(sound);
  draft.putClip({ ...clip, linkId, props: { ...clip.props, audioEnabled: false } });
  return draft.finish('clip.detachAudio');
};

const soundProperties: readonly PropertyKey[] = ['volume', 'pan', 'keepPitch', 'fadeInFrames', 'fadeOutFrames'];

function soundOf(clip: ClipRecord, id: ClipId, trackId: TrackId, linkId: LinkId): ClipRecord {
  const props: Partial<Record<PropertyKey, ClipRecord['props'][PropertyKey]>> = {};
  for (const key of soundProperties) if (Object.hasOwn(clip.props, key)) props[key] = clip.props[key];
  const volume = Object.hasOwn(clip.keyframes, 'volume') ? clip.keyframes.volume : undefined;
  return {
    ...clip,
    id,
    trackId,
    linkId,
    splitFrom: null,
    props: props as ClipRecord['props'],
    keyframes: volume ? { volume } : {},
  };
}
