import type { TimelineDocument } from './document.js';
import type { AnyId, ClipId, LinkId, TransitionId } from './ids.js';
import { endFrame } from './lane.js';
import { coerceProperty, isColour, isPropertyKey, propertyDefinition } from './properties.js';
import type { ClipRecord, Keyframe, TrackRecord, TransitionRecord } from './records.js';
import { longestDuration } from './source-time.js';
import type { Rational } from './time.js';
import { acceptsSource } from './track-kinds.js';

export type ViolationCode =
  | 'settings'
  | 'not-an-integer'
  | 'out-of-range'
  | 'missing-track'
  | 'missing-asset'
  | 'wrong-track-kind'
  | 'overlap'
  | 'source-range'
  | 'transition'
  | 'link'
  | 'property'
  | 'main-track'
  | 'total-frames'
  | 'index';

/** One way in which a document isn't what it must be. */
export interface Violation {
  readonly code: ViolationCode;
  /** With the numbers. */
  readonly message: string;
  readonly ids: readonly AnyId[];
}

/** Thrown by `assertInvariants`; a bug in whoever made the change. */
export class InvariantError extends Error {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(violations.map(({ code, message }) => `${code}: ${message}`).join('\n'));
    this.name = 'InvariantError';
    this.violations = violations;
  }
}

/**
 * What must hold after every edit, and doesn't:
 *
 * - frames are integers, starts from 0, durations from 1, speeds and rates positive fractions, sizes even;
 * - each clip lies on a track that is there and takes its kind, and its asset is there;
 * - every frame of a clip starts inside its source;
 * - clips of one track don't overlap, except the two that a transition names, by exactly its duration; a clip is never
 *   shorter than the transitions into and out of it together, so that no more than two clips show at once;
 * - a link ties two clips or more (its last one may be left alone on a locked track, which nothing may touch);
 * - properties are in the registry's ranges; there is one main track at most, a video track;
 * - `totalFrames` and the other indices are what the records say.
 */
export function checkInvariants(document: TimelineDocument): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (code: ViolationCode, message: string, ...ids: AnyId[]): void => {
    violations.push({ code, message, ids });
  };
  checkSettings(document, report);
  checkTracks(document, report);
  for (const clip of document.clips.values()) checkClip(clip, document, report);
  const joints = new Set<TransitionId>();
  for (const track of document.tracks) checkLane(track, document, joints, report);
  for (const transition of document.transitions) {
    if (!joints.has(transition.id)) report('transition', `joins no two clips that follow each other`, transition.id);
  }
  checkLinks(document, report);
  for (const marker of document.markers) {
    checkFrame(report, 'frame', marker.frame, 0, marker.id);
  }
  let end = 0;
  for (const clip of document.clips.values()) end = Math.max(end, endFrame(clip));
  if (document.totalFrames !== end)
    report('total-frames', `totalFrames is ${document.totalFrames}, the last clip ends at ${end}`);
  return violations;
}

/** @throws InvariantError when `checkInvariants` finds anything */
export function assertInvariants(document: TimelineDocument): void {
  const violations = checkInvariants(document);
  if (violations.length > 0) throw new InvariantError(violations);
}

type Report = (code: ViolationCode, message: string, ...ids: AnyId[]) => void;

function checkSettings({ settings }: TimelineDocument, report: Report): void {
  const { frameRate, width, height, sampleRate, background, inFrame, outFrame } = settings;
  if (!isPositive(frameRate)) report('settings', `frame rate ${frameRate.num}/${frameRate.den}`, 'settings');
  for (const size of [width, height]) {
    if (!Number.isSafeInteger(size) || size < 2 || size % 2 !== 0)
      report('settings', `picture of ${width} × ${height}`, 'settings');
  }
  if (!Number.isSafeInteger(sampleRate) || sampleRate <= 0) report('settings', `sample rate ${sampleRate}`, 'settings');
  if (!isColour(background)) report('settings', `background ${JSON.stringify(background)}`, 'settings');
  for (const frame of [inFrame, outFrame]) {
    if (frame !== null) checkFrame(report, 'in or out', frame, 0, 'settings');
  }
  if (inFrame !== null && outFrame !== null && inFrame >= outFrame) {
    report('settings', `the range ${inFrame} to ${outFrame} is empty`, 'settings');
  }
}

function checkTracks({ tracks }: TimelineDocument, report: Report): void {
  const main = tracks.filter((track) => track.main);
  if (main.length > 1) report('main-track', `${main.length} tracks are the main one`, ...main.map((track) => track.id));
  for (const track of main)
    if (track.kind !== 'video') report('main-track', `the main track is of kind ${track.kind}`, track.id);
}

function checkClip(clip: ClipRecord, document: TimelineDocument, report: Report): void {
  const { id, source } = clip;
  checkFrame(report, 'startFrame', clip.startFrame, 0, id);
  checkFrame(report, 'durationFrames', clip.durationFrames, 1, id);
  const track = document.track(clip.trackId);
  if (!track) report('missing-track', `clip ${id} is on track ${clip.trackId}, which isn't there`, id);
  if (source.kind === 'asset' || source.kind === 'image') {
    const asset = document.assets.get(source.assetId);
    if (!asset) report('missing-asset', `clip ${id} shows asset ${source.assetId}, which isn't there`, id);
    else if ((asset.kind === 'image') !== (source.kind === 'image'))
      report('missing-asset', `clip ${id} shows ${asset.kind} as ${source.kind}`, id);
  }
  if (track && !acceptsSource(track.kind, source, document)) {
    report('wrong-track-kind', `clip ${id} of kind ${source.kind} is on a track of kind ${track.kind}`, id);
  }
  if (source.kind === 'asset') {
    checkFrame(report, 'trimStartFrame', source.trimStartFrame, 0, id);
    if (!isPositive(source.speed))
      report('out-of-range', `clip ${id} has speed ${source.speed.num}/${source.speed.den}`, id);
    else {
      const longest = longestDuration(source, document);
      if (longest !== null && clip.durationFrames > longest) {
        report('source-range', `clip ${id} lasts ${clip.durationFrames} frames, its source ${longest}`, id);
      }
    }
  }
  for (const [key, value] of Object.entries(clip.props)) {
    if (isPropertyKey(key) && coerceProperty(propertyDefinition(key), value) !== value) {
      report('property', `clip ${id} has ${key} ${JSON.stringify(value)}`, id);
    }
  }
  for (const [key, keyframes] of Object.entries(clip.keyframes)) checkKeyframes(clip.id, key, keyframes, report);
}

function checkKeyframes(id: ClipId, key: string, keyframes: readonly Keyframe[], report: Report): void {
  if (!isPropertyKey(key)) return;
  if (!propertyDefinition(key).animatable)
    report('property', `clip ${id} animates ${key}, which can't be animated`, id);
  let before = -Infinity;
  for (const { frame, value } of keyframes) {
    if (!Number.isSafeInteger(frame) || frame <= before)
      report('property', `clip ${id}: key frames of ${key} out of order at ${frame}`, id);
    if (coerceProperty(propertyDefinition(key), value) !== value)
      report('property', `clip ${id}: key frame of ${key} is ${JSON.stringify(value)}`, id);
    before = frame;
  }
}

function checkLane(track: TrackRecord, document: TimelineDocument, joints: Set<TransitionId>, report: Report): void {
  const clips = document.clipsOf(track.id);
  let before: ClipRecord | undefined;
  let into = 0;
  for (const clip of clips) {
    if (document.clips.get(clip.id) !== clip || clip.trackId !== track.id)
      report('index', `clip ${clip.id} is out of date on track ${track.id}`, clip.id);
    let joint: TransitionRecord | undefined;
    if (before) {
      if (before.startFrame > clip.startFrame)
        report('index', `track ${track.id} isn't sorted at clip ${clip.id}`, clip.id);
      joint = transitionBetween(before, clip, document);
      const overlap = endFrame(before) - clip.startFrame;
      if (joint) {
        joints.add(joint.id);
        checkFrame(report, 'durationFrames', joint.durationFrames, 1, joint.id);
        if (overlap !== joint.durationFrames)
          report(
            'transition',
            `transition ${joint.id} lasts ${joint.durationFrames} frames, its clips overlap by ${overlap}`,
            joint.id,
          );
        if (into + joint.durationFrames > before.durationFrames)
          report('transition', `clip ${before.id} is shorter than its transitions`, before.id, joint.id);
      } else if (overlap > 0) {
        report(
          'overlap',
          `clips ${before.id} and ${clip.id} overlap by ${overlap} frames on track ${track.id}`,
          before.id,
          clip.id,
        );
      }
    }
    into = joint?.durationFrames ?? 0;
    if (into > clip.durationFrames) report('transition', `clip ${clip.id} is shorter than its transition`, clip.id);
    before = clip;
  }
}

/** The transition from one clip into the other. */
export function transitionBetween(
  from: ClipRecord,
  to: ClipRecord,
  document: TimelineDocument,
): TransitionRecord | undefined {
  return document
    .transitionsOf(from.id)
    .find((transition) => transition.fromClipId === from.id && transition.toClipId === to.id);
}

function checkLinks(document: TimelineDocument, report: Report): void {
  const members = new Map<LinkId, ClipRecord[]>();
  for (const clip of document.clips.values()) {
    if (clip.linkId === null) continue;
    const list = members.get(clip.linkId);
    if (list) list.push(clip);
    else members.set(clip.linkId, [clip]);
  }
  for (const [linkId, clips] of members) {
    const [only] = clips;
    if (clips.length === 1 && only && document.track(only.trackId)?.locked !== true)
      report('link', `link ${linkId} holds clip ${only.id} alone`, only.id);
    const indexed = document.linkedClips(linkId);
    if (indexed.length !== clips.length || clips.some((clip) => !indexed.includes(clip.id)))
      report('index', `the index of link ${linkId} is out of date`);
  }
}

function checkFrame(report: Report, name: string, value: number, least: number, id: AnyId): void {
  if (!Number.isSafeInteger(value)) report('not-an-integer', `${name} of ${id} is ${value}`, id);
  else if (value < least) report('out-of-range', `${name} of ${id} is ${value}, less than ${least}`, id);
}

function isPositive({ num, den }: Rational): boolean {
  return Number.isSafeInteger(num) && Number.isSafeInteger(den) && num > 0 && den > 0;
}
