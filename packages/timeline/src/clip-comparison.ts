import type { Differences } from './comparison.js';
import type { TimelineDocument } from './document.js';
import type { FrameScale } from './frame-scale.js';
import type { AnyId, ClipId } from './ids.js';
import { jsonEquals } from './json-equals.js';
import { endFrame } from './lane.js';
import type { PropertySubject } from './properties.js';
import type { ClipRecord, ClipSource, Keyframe, TimelineRecord } from './records.js';

/** A clip in a summary. */
export interface ComparedClip {
  readonly id: ClipId;
  readonly kind: PropertySubject;
  /** A title's first line, otherwise the clip's name; empty when it has none. */
  readonly name: string;
}

/**
 * What happened to clips. One that was moved and changed is in both lists; the pieces that a clip was cut into are
 * neither added nor trimmed, the clip is `split`.
 */
export interface ClipDifferences extends Differences<ComparedClip> {
  /** To another place or track. */
  readonly moved: readonly ComparedClip[];
  /** Other in- or out-points. */
  readonly trimmed: readonly ComparedClip[];
  readonly split: readonly ComparedClip[];
  /** Kept their track and order, and came along with their neighbours when something before them grew or went. */
  readonly shifted: readonly ComparedClip[];
}

/** Puts records into the order in which a person finds them. */
export type RecordSorter = <R extends TimelineRecord>(records: readonly R[]) => readonly R[];

/** What differs between two documents, as it was found. */
export interface FoundDifferences {
  readonly added: readonly TimelineRecord[];
  readonly removed: readonly TimelineRecord[];
  readonly updated: readonly (readonly [TimelineRecord, TimelineRecord])[];
  readonly sort: RecordSorter;
  readonly frames: FrameScale;
}

/** What happened to clips, out of everything that differs. */
export function compareClips(
  before: TimelineDocument,
  after: TimelineDocument,
  { added, removed, updated, sort, frames }: FoundDifferences,
): ClipDifferences {
  const pairs = updated.filter((pair): pair is readonly [ClipRecord, ClipRecord] => pair[1].type === 'clip');
  const { cut, fresh, whole } = cutClips(before, after, added);
  const cutFrom = new Set(cut.map((clip) => originOf(clip)));
  const shifted = shiftedClips(pairs, before, after, frames);
  const which = (test: (from: ClipRecord, to: ClipRecord) => boolean): readonly ClipRecord[] =>
    pairs.filter(([from, to]) => test(from, to)).map(([, to]) => to);
  const all = (clips: readonly ClipRecord[], document: TimelineDocument): readonly ComparedClip[] =>
    sort(clips).map((clip) => comparedClip(clip, document));
  return {
    added: all(fresh, after),
    removed: all(
      removed.filter((record) => record.type === 'clip' && !whole.has(originOf(record))) as readonly ClipRecord[],
      before,
    ),
    changed: all(
      which((from, to) => wasChanged(from, to, frames)),
      after,
    ),
    moved: all(
      which((from, to) => wasMoved(from, to, frames) && !shifted.has(to.id)),
      after,
    ),
    trimmed: all(
      which((from, to) => wasTrimmed(from, to, frames) && !cutFrom.has(originOf(to))),
      after,
    ),
    split: all(cut, after),
    shifted: all(
      which((_from, to) => shifted.has(to.id)),
      after,
    ),
  };
}

function originOf(clip: ClipRecord): ClipId {
  return clip.splitFrom ?? clip.id;
}

/**
 * What was cut into pieces: the clip itself, or the first piece that is left of it, by where it came from. A piece of
 * what was there before is no new clip, and a clip of which pieces are left wasn't removed (`whole`).
 */
function cutClips(
  before: TimelineDocument,
  after: TimelineDocument,
  added: readonly TimelineRecord[],
): { readonly cut: readonly ClipRecord[]; readonly fresh: readonly ClipRecord[]; readonly whole: ReadonlySet<AnyId> } {
  const piecesBefore = new Map<ClipId, number>();
  for (const clip of before.clips.values())
    piecesBefore.set(originOf(clip), (piecesBefore.get(originOf(clip)) ?? 0) + 1);
  const fresh: ClipRecord[] = [];
  const origins = new Set<ClipId>();
  for (const record of added) {
    if (record.type !== 'clip') continue;
    if (record.splitFrom !== null && piecesBefore.has(record.splitFrom)) origins.add(record.splitFrom);
    else fresh.push(record);
  }
  const cut = new Map<ClipId, ClipRecord>();
  if (origins.size > 0) {
    for (const clip of after.clips.values()) {
      const origin = originOf(clip);
      const first = cut.get(origin);
      if (origins.has(origin) && (!first || clip.startFrame < first.startFrame)) cut.set(origin, clip);
    }
  }
  const whole = new Set<AnyId>([...origins].filter((origin) => piecesBefore.get(origin) === 1));
  return { cut: [...cut.values()], fresh, whole };
}

/**
 * Clips that came along: those that kept their track and their neighbours, and went as far as one of them. What moved as
 * far elsewhere (a title over them, their sound) came along with them.
 */
function shiftedClips(
  pairs: readonly (readonly [ClipRecord, ClipRecord])[],
  before: TimelineDocument,
  after: TimelineDocument,
  frames: FrameScale,
): ReadonlySet<ClipId> {
  const distances = new Map<ClipId, number>();
  for (const [from, to] of pairs)
    if (from.trackId === to.trackId && wasMoved(from, to, frames)) distances.set(to.id, frames.distance(from, to));
  const together = new Set<number>();
  const inOrder = new Set<ClipId>();
  for (const { id } of after.tracks) {
    const stayed = (clip: ClipRecord): boolean =>
      after.clips.get(clip.id)?.trackId === id && before.clips.get(clip.id)?.trackId === id;
    const earlier = before.clipsOf(id).filter(stayed);
    const later = after.clipsOf(id).filter(stayed);
    for (const [index, clip] of later.entries()) {
      if (earlier[index]?.id !== clip.id) continue;
      inOrder.add(clip.id);
      const distance = distances.get(clip.id);
      const next = later[index + 1];
      if (distance !== undefined && next && distances.get(next.id) === distance) together.add(distance);
    }
  }
  const shifted = [...distances].filter(([id, distance]) => together.has(distance) && inOrder.has(id));
  return new Set(shifted.map(([id]) => id));
}

function wasTrimmed(from: ClipRecord, to: ClipRecord, frames: FrameScale): boolean {
  if (!frames.same(from.durationFrames, to.durationFrames)) return !hasOtherSpeed(from.source, to.source);
  return !frames.same(inPoint(from.source), inPoint(to.source));
}

/** A trim moves one edge; what moves both, moves. */
function wasMoved(from: ClipRecord, to: ClipRecord, frames: FrameScale): boolean {
  if (from.trackId !== to.trackId) return true;
  if (frames.same(from.startFrame, to.startFrame)) return false;
  return !wasTrimmed(from, to, frames) || !frames.same(endFrame(from), endFrame(to));
}

function wasChanged(from: ClipRecord, to: ClipRecord, frames: FrameScale): boolean {
  return (
    from.name !== to.name ||
    from.linkId !== to.linkId ||
    !jsonEquals({ ...from.source, trimStartFrame: 0 }, { ...to.source, trimStartFrame: 0 }) ||
    !sameProps(from, to, frames) ||
    !sameKeyframes(from.keyframes, to.keyframes, frames)
  );
}

function hasOtherSpeed(from: ClipSource, to: ClipSource): boolean {
  return from.kind === 'asset' && to.kind === 'asset' && !jsonEquals(from.speed, to.speed);
}

function inPoint(source: ClipSource): number {
  return source.kind === 'asset' ? source.trimStartFrame : 0;
}

function sameProps(from: ClipRecord, to: ClipRecord, frames: FrameScale): boolean {
  const fades = ['fadeInFrames', 'fadeOutFrames'] as const;
  const without = fades.map((key) => [key, 0] as const);
  return (
    jsonEquals({ ...from.props, ...Object.fromEntries(without) }, { ...to.props, ...Object.fromEntries(without) }) &&
    fades.every((key) => frames.same(Number(from.props[key] ?? 0), Number(to.props[key] ?? 0)))
  );
}

type Keyframes = ClipRecord['keyframes'];

function sameKeyframes(from: Keyframes, to: Keyframes, frames: FrameScale): boolean {
  const sameList = (a: readonly Keyframe[], b: readonly Keyframe[]): boolean =>
    a.length === b.length &&
    a.every((keyframe, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        frames.same(keyframe.frame, other.frame) &&
        jsonEquals({ ...keyframe, frame: 0 }, { ...other, frame: 0 })
      );
    });
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]) as ReadonlySet<keyof Keyframes>;
  return [...keys].every((key) => sameList(from[key] ?? [], to[key] ?? []));
}

function comparedClip({ id, name, source }: ClipRecord, document: TimelineDocument): ComparedClip {
  if (source.kind === 'text') {
    const line = source.text.trim().split('\n')[0]?.trim() ?? '';
    return { id, kind: 'text', name: line === '' ? name : line };
  }
  const asset = 'assetId' in source ? document.assets.get(source.assetId) : undefined;
  return {
    id,
    kind: source.kind === 'asset' ? (asset?.kind ?? 'video') : source.kind,
    name: name || (asset?.name ?? ''),
  };
}
