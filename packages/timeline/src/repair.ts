import { withEnd } from './commands/clip-edges.js';
import { Draft } from './commands/draft.js';
import { neighboursOf } from './commands/place.js';
import type { TimelineDocument } from './document.js';
import type { LinkId, TransitionId } from './ids.js';
import { checkInvariants, transitionBetween } from './invariants.js';
import { endFrame } from './lane.js';
import { coerceProperty, isPropertyKey, propertyDefinition } from './properties.js';
import type { ClipRecord } from './records.js';
import { assetFrames, longestDuration } from './source-time.js';
import type { TransactionSpec } from './state.js';
import { acceptsSource } from './track-kinds.js';

/**
 * The edit that makes a document whole again, null when it is whole: for what a merge of two people's edits, or a file
 * from elsewhere, leaves behind. Takes away as little as it can: a clip without a track or an asset, what a clip overlaps
 * of the one before, what reaches beyond the source, transitions and links that tie nothing, values out of range.
 */
export function repairDocument(document: TimelineDocument): TransactionSpec | null {
  if (checkInvariants(document).length === 0) return null;
  const draft = new Draft(document, () => {
    throw new Error('repairing makes no records');
  });
  const mains = document.tracks.filter((track) => track.main);
  const main = mains.find((track) => track.kind === 'video');
  for (const track of mains) if (track !== main) draft.put({ ...track, main: false });

  for (const clip of document.clips.values()) {
    const whole = repairClip(clip, document);
    if (!whole) draft.removeClip(clip.id);
    else if (whole !== clip) draft.putClip(whole);
  }
  for (const track of document.tracks) repairLane(draft, [...draft.lane(track.id)]);
  repairTransitions(draft);
  repairLinks(draft);
  for (const marker of document.markers) {
    const frame = wholeFrame(marker.frame, 0);
    if (frame !== marker.frame) draft.put({ ...marker, frame });
  }
  repairSettings(draft);
  return draft.finish('repair');
}

function repairClip(clip: ClipRecord, document: TimelineDocument): ClipRecord | null {
  const track = document.track(clip.trackId);
  const { source } = clip;
  if (!track || !acceptsSource(track.kind, source, document)) return null;
  if (source.kind === 'asset' || source.kind === 'image') {
    const asset = document.assets.get(source.assetId);
    if (!asset || (asset.kind === 'image') !== (source.kind === 'image')) return null;
  }
  let whole = clip;
  const startFrame = wholeFrame(clip.startFrame, 0);
  let durationFrames = wholeFrame(clip.durationFrames, 1);
  if (source.kind === 'asset') {
    const asset = document.assets.get(source.assetId);
    const last = asset ? assetFrames(asset, document.settings.frameRate) - 1 : 0;
    const trimStartFrame = Math.min(wholeFrame(source.trimStartFrame, 0), last);
    const { num, den } = source.speed;
    const speed = [num, den].every((term) => Number.isSafeInteger(term) && term > 0)
      ? source.speed
      : { num: 1, den: 1 };
    if (trimStartFrame !== source.trimStartFrame || speed !== source.speed)
      whole = { ...whole, source: { ...source, trimStartFrame, speed } };
    durationFrames = Math.min(durationFrames, longestDuration(whole.source, document) ?? Infinity);
  }
  if (startFrame !== clip.startFrame || durationFrames !== clip.durationFrames)
    whole = { ...whole, startFrame, durationFrames };
  return repairProperties(whole);
}

function repairProperties(clip: ClipRecord): ClipRecord {
  const props = Object.entries(clip.props).flatMap(([key, value]): [string, unknown][] => {
    if (!isPropertyKey(key)) return [[key, value]];
    const inRange = coerceProperty(propertyDefinition(key), value);
    return inRange === undefined ? [] : [[key, inRange]];
  });
  const keyframes = Object.entries(clip.keyframes).flatMap(([key, list]): [string, unknown][] => {
    if (!isPropertyKey(key)) return [[key, list]];
    const definition = propertyDefinition(key);
    const kept = new Map<number, (typeof list)[number]>();
    for (const keyframe of list) {
      const value = coerceProperty(definition, keyframe.value);
      const frame = wholeFrame(keyframe.frame, -Number.MAX_SAFE_INTEGER);
      if (value !== undefined) kept.set(frame, { ...keyframe, frame, value });
    }
    return definition.animatable && kept.size > 0 ? [[key, [...kept.values()].sort((a, b) => a.frame - b.frame)]] : [];
  });
  return {
    ...clip,
    props: Object.fromEntries(props),
    keyframes: Object.fromEntries(keyframes),
  };
}

/** Cuts each clip off where the next one begins, unless a transition ties them; the settling sees to those. */
function repairLane(draft: Draft, lane: readonly ClipRecord[]): void {
  let before: ClipRecord | undefined;
  for (const clip of lane) {
    if (before && endFrame(before) > clip.startFrame && !transitionBetween(before, clip, draft.document)) {
      if (before.startFrame === clip.startFrame) draft.removeClip(before.id);
      else draft.putClip(withEnd(before, clip.startFrame));
    }
    before = clip;
  }
}

/** Of several transitions into or out of one clip the first stays; the settling takes those that tie nothing. */
function repairTransitions(draft: Draft): void {
  const into = new Set<string>();
  const outOf = new Set<string>();
  const extra: TransitionId[] = [];
  for (const transition of draft.document.transitions) {
    const from = draft.clip(transition.fromClipId);
    const to = draft.clip(transition.toClipId);
    const follows = from && from.trackId === to?.trackId && neighboursOf(draft, from).after?.id === to.id;
    if (!follows || into.has(to.id) || outOf.has(from.id)) {
      extra.push(transition.id);
      continue;
    }
    into.add(to.id);
    outOf.add(from.id);
    draft.put({ ...transition, durationFrames: Math.max(1, endFrame(from) - to.startFrame) });
  }
  for (const id of extra) draft.remove(id);
}

function repairLinks(draft: Draft): void {
  const members = new Map<LinkId, ClipRecord[]>();
  for (const { id } of draft.document.clips.values()) {
    const clip = draft.clip(id);
    const linkId = clip?.linkId ?? null;
    if (!clip || linkId === null) continue;
    const list = members.get(linkId);
    if (list) list.push(clip);
    else members.set(linkId, [clip]);
  }
  for (const list of members.values()) {
    const [only] = list;
    if (list.length === 1 && only && !draft.isLocked(only.trackId)) draft.putClip({ ...only, linkId: null });
  }
}

function repairSettings(draft: Draft): void {
  const { settings } = draft.document;
  const inFrame = settings.inFrame === null ? null : wholeFrame(settings.inFrame, 0);
  let outFrame = settings.outFrame === null ? null : wholeFrame(settings.outFrame, 1);
  if (inFrame !== null && outFrame !== null && outFrame <= inFrame) outFrame = null;
  const even = (size: number): number => Math.max(2, Math.round(size / 2) * 2);
  draft.put({ ...settings, inFrame, outFrame, width: even(settings.width), height: even(settings.height) });
}

function wholeFrame(frame: number, least: number): number {
  return Number.isFinite(frame) ? Math.max(least, Math.round(frame)) : Math.max(0, least);
}
