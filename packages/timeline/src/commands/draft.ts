import { type Change, ChangeBuilder, changeWithUpdates, dictionary } from '../change.js';
import type { TimelineDocument } from '../document.js';
import type { AnyId, ClipId, LinkId, MarkerId, NewId, TrackId, TransitionId } from '../ids.js';
import { jsonEquals } from '../json-equals.js';
import { compareClips, endFrame, placeInLane } from '../lane.js';
import type { ClipRecord, TimelineRecord, TrackRecord, TransitionRecord } from '../records.js';
import type { TransactionSpec } from '../state.js';
import { originOf, splitClip, withEnd, withStart } from './clip-edges.js';

type OtherRecord = Exclude<TimelineRecord, ClipRecord>;
type OtherId = Exclude<AnyId, ClipId>;

type Edit = [before: ClipRecord | null, now: ClipRecord | null];

/** Up to this many clips are put and taken one by one; more in one walk of the track. */
const fewClips = 32;

/**
 * A document being edited by one command. Keeps each touched track's clips sorted as edits are made, and puts what
 * follows from them in order at the end: transitions, links and attached markers.
 */
export class Draft {
  readonly document: TimelineDocument;
  readonly #newId: NewId;
  /** Copies of the lanes that were written to. */
  readonly #lanes = new Map<TrackId, ClipRecord[]>();
  /** What became of each touched clip. */
  readonly #edits: Record<string, Edit> = dictionary();
  /** The same, as a list. */
  readonly #editList: Edit[] = [];
  /** The tracks that any touched clip is on now. */
  readonly #touched = new Set<TrackId>();
  /** The touched clips that needn't differ from what they were; not those that were moved once with others. */
  readonly #unsure = new Set<ClipId>();
  readonly #others = new Map<AnyId, OtherRecord | null>();
  /** Those of `#others` that are transitions, which are asked for again and again. */
  readonly #transitions = new Map<TransitionId, TransitionRecord>();

  constructor(document: TimelineDocument, newId: NewId) {
    this.document = document;
    this.#newId = newId;
  }

  newClipId(): ClipId {
    return this.#newId() as ClipId;
  }

  newLinkId(): LinkId {
    return this.#newId() as LinkId;
  }

  newTrackId(): TrackId {
    return this.#newId() as TrackId;
  }

  newMarkerId(): MarkerId {
    return this.#newId() as MarkerId;
  }

  newTransitionId(): TransitionId {
    return this.#newId() as TransitionId;
  }

  clip(id: ClipId): ClipRecord | undefined {
    const edit = this.#edits[id];
    return edit ? (edit[1] ?? undefined) : this.document.clips.get(id);
  }

  track(id: TrackId): TrackRecord | undefined {
    const edited = this.#others.get(id);
    if (edited?.type === 'track') return edited;
    return edited === null ? undefined : this.document.track(id);
  }

  /** The tracks as they are now, bottom to top. */
  tracks(): readonly TrackRecord[] {
    const added: TrackRecord[] = [];
    for (const record of this.#others.values()) if (record?.type === 'track') added.push(record);
    if (added.length === 0 && !this.#others.size) return this.document.tracks;
    const kept = this.document.tracks.filter((track) => !this.#others.has(track.id));
    return [...kept, ...added].sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1));
  }

  isLocked(trackId: TrackId): boolean {
    return this.track(trackId)?.locked === true;
  }

  /** The clips of a track as they are now, by start. Don't keep it across edits. */
  lane(trackId: TrackId): readonly ClipRecord[] {
    return this.#lanes.get(trackId) ?? this.document.clipsOf(trackId);
  }

  /** Any record but a clip. */
  put(record: OtherRecord): void {
    this.#others.set(record.id, record);
    if (record.type === 'transition') this.#transitions.set(record.id, record);
  }

  /** Any record but a clip. */
  remove(id: OtherId): void {
    this.#others.set(id, null);
    this.#transitions.delete(id as TransitionId);
  }

  putClip(clip: ClipRecord): void {
    const before = this.clip(clip.id);
    if (before) this.#takeOut(before);
    const lane = this.#writableLane(clip.trackId);
    lane.splice(placeInLane(lane, clip), 0, clip);
    this.#record(clip.id, clip);
  }

  removeClip(id: ClipId): void {
    const before = this.clip(id);
    if (!before) return;
    this.#takeOut(before);
    this.#record(id, null);
  }

  /** Many at once, in one walk of each track that they are put on. None of them may be on a track now. */
  putClips(clips: readonly ClipRecord[]): void {
    if (clips.length <= fewClips) {
      for (const clip of clips) this.putClip(clip);
      return;
    }
    const touched = new Set<ClipRecord[]>();
    for (const clip of clips) {
      const lane = this.#writableLane(clip.trackId);
      lane.push(clip);
      touched.add(lane);
      this.#record(clip.id, clip);
    }
    for (const lane of touched) lane.sort(compareClips);
  }

  /** Many at once. */
  removeClips(ids: ReadonlySet<ClipId>): void {
    if (ids.size <= fewClips) {
      for (const id of ids) this.removeClip(id);
      return;
    }
    const trackIds = new Set<TrackId>();
    for (const id of ids) {
      const clip = this.clip(id);
      if (!clip) continue;
      trackIds.add(clip.trackId);
      this.#record(id, null);
    }
    for (const trackId of trackIds) {
      this.#lanes.set(
        trackId,
        this.lane(trackId).filter((clip) => !ids.has(clip.id)),
      );
    }
  }

  /** Moves the clips of a track from an index on, one by one, without changing their order. */
  moveLane(trackId: TrackId, from: number, next: (clip: ClipRecord) => number): void {
    if (from >= this.lane(trackId).length) return;
    const lane = this.#writableLane(trackId);
    const isTouched = this.#touched.has(trackId);
    this.#touched.add(trackId);
    for (let index = from; index < lane.length; index += 1) {
      const clip = lane[index] as ClipRecord;
      const startFrame = next(clip);
      if (startFrame === clip.startFrame) continue;
      const moved = { ...clip, startFrame };
      lane[index] = moved;
      const edit = isTouched ? this.#edits[clip.id] : undefined;
      if (edit) {
        edit[1] = moved;
        if (edit[0]?.startFrame === startFrame) this.#unsure.add(clip.id);
      } else {
        this.#begin(clip.id, clip, moved);
      }
    }
  }

  /** Cuts a clip in two. A transition out of it leads out of the right half from then on. */
  split(clip: ClipRecord, frame: number): readonly [left: ClipRecord, right: ClipRecord] {
    const [left, right] = splitClip(clip, frame, this.newClipId());
    for (const transition of this.transitionsOf(clip.id)) {
      if (transition.fromClipId === clip.id) this.put({ ...transition, fromClipId: right.id });
    }
    this.putClip(left);
    this.putClip(right);
    return [left, right];
  }

  /** The transitions that name a clip, as they are now. */
  transitionsOf(clipId: ClipId): TransitionRecord[] {
    const found = this.document.transitionsOf(clipId).filter((transition) => !this.#others.has(transition.id));
    for (const transition of this.#transitions.values()) {
      if (transition.fromClipId === clipId || transition.toClipId === clipId) found.push(transition);
    }
    return found;
  }

  /** Frames of the transition into a clip. */
  overlapInto(clip: ClipRecord): number {
    if (this.#transitions.size === 0 && this.document.transitions.length === 0) return 0;
    return this.overlaps(clip).into;
  }

  /** Frames of the transitions into and out of a clip; only those whose other clip is there still. */
  overlaps(clip: ClipRecord): { readonly into: number; readonly outOf: number } {
    let into = 0;
    let outOf = 0;
    for (const { fromClipId, toClipId, durationFrames } of this.transitionsOf(clip.id)) {
      const isInto = toClipId === clip.id;
      if (this.clip(isInto ? fromClipId : toClipId)?.trackId !== clip.trackId) continue;
      if (isInto) into = durationFrames;
      else outOf = durationFrames;
    }
    return { into, outOf };
  }

  /** The shortest that a clip may be: longer than its transitions. */
  shortest(clip: ClipRecord): number {
    const { into, outOf } = this.overlaps(clip);
    return Math.max(into + outOf, into > 0 || outOf > 0 ? Math.max(into, outOf) + 1 : 1);
  }

  /** Makes a hard cut in the middle of a transition. */
  dissolve(transition: TransitionRecord): void {
    this.remove(transition.id);
    const from = this.clip(transition.fromClipId);
    const to = this.clip(transition.toClipId);
    if (!from || !to || endFrame(from) <= to.startFrame) return;
    const cut = to.startFrame + Math.floor((endFrame(from) - to.startFrame) / 2);
    this.putClip(withEnd(from, cut));
    this.putClip(withStart(to, cut));
  }

  /** Everything together, or null when it comes to nothing. */
  finish(userEvent: string, extra: Pick<TransactionSpec, 'selection'> = {}): TransactionSpec | null {
    this.#settleTransitions();
    this.#settleLinks();
    this.#settleMarkers();
    const change = this.#change();
    if (change === null && extra.selection === undefined) return null;
    return { ...(change && { change }), ...extra, userEvent };
  }

  #change(): Change | null {
    const others = new ChangeBuilder();
    for (const [id, record] of this.#others) others.record(id, this.document.get(id) ?? null, record);
    const { added, updated, removed } = others.finish();
    // The edits are the updates, but for those that add or remove a clip, or come to nothing.
    const notUpdates = new Set<Edit>();
    for (const id of this.#unsure) {
      const edit = this.#edits[id];
      if (!edit) continue;
      const [before, now] = edit;
      if (before && now && !jsonEquals(before, now)) continue;
      Reflect.deleteProperty(this.#edits, id);
      notUpdates.add(edit);
      if (!before && now) (added as Record<string, TimelineRecord>)[id] = now;
      if (before && !now) (removed as Record<string, TimelineRecord>)[id] = before;
    }
    const edits = notUpdates.size > 0 ? this.#editList.filter((edit) => !notUpdates.has(edit)) : this.#editList;
    const updates = [...(edits as [ClipRecord, ClipRecord][]), ...Object.values(updated)];
    if (updates.length === 0 && Object.keys(added).length === 0 && Object.keys(removed).length === 0) return null;
    const all = Object.assign(this.#edits as Record<string, readonly [TimelineRecord, TimelineRecord]>, updated);
    return changeWithUpdates({ added, updated: all, removed }, updates);
  }

  /**
   * A transition lasts as long as its two clips overlap, whatever an edit did to them. One whose clips don't overlap any
   * more, or overlap more than they can, is gone; what then overlaps without it is cut off the earlier clip.
   */
  #settleTransitions(): void {
    if (this.document.transitions.length === 0 && this.#transitions.size === 0) return;
    const pending = new Set<TransitionId>(this.#transitions.keys());
    for (const id of Object.keys(this.#edits))
      for (const { id: touched } of this.transitionsOf(id as ClipId)) pending.add(touched);
    for (const id of pending) {
      const record = this.#transitions.get(id) ?? (this.#others.has(id) ? undefined : this.document.get(id));
      if (record?.type !== 'transition') continue;
      const from = this.clip(record.fromClipId);
      const to = this.clip(record.toClipId);
      const overlap = from && from.trackId === to?.trackId ? endFrame(from) - to.startFrame : 0;
      if (from && to && this.#canOverlap(from, to, overlap)) {
        if (overlap !== record.durationFrames) this.put({ ...record, durationFrames: overlap });
        continue;
      }
      this.remove(id);
      if (!from || !to || overlap <= 0) continue;
      if (to.startFrame > from.startFrame) this.putClip(withEnd(from, to.startFrame));
      else this.removeClip(from.id);
      for (const touched of this.transitionsOf(from.id)) pending.add(touched.id);
    }
  }

  #canOverlap(from: ClipRecord, to: ClipRecord, overlap: number): boolean {
    if (overlap <= 0 || from.startFrame >= to.startFrame || endFrame(from) >= endFrame(to)) return false;
    const { into } = this.overlaps(from);
    const { outOf } = this.overlaps(to);
    return into + overlap <= from.durationFrames && outOf + overlap <= to.durationFrames;
  }

  /** A link that ties nothing any more is taken off the clip that is left, unless a lock forbids to touch it. */
  #settleLinks(): void {
    const loosened = new Set<LinkId>();
    const tied = new Map<LinkId, ClipId[]>();
    for (const id of this.#unsure) {
      const before = this.#edits[id]?.[0]?.linkId ?? null;
      const after = this.#edits[id]?.[1]?.linkId ?? null;
      if (before === after) continue;
      if (before !== null) loosened.add(before);
      if (after === null) continue;
      loosened.add(after);
      const list = tied.get(after);
      if (list) list.push(id);
      else tied.set(after, [id]);
    }
    for (const linkId of loosened) {
      const members = new Set([...this.document.linkedClips(linkId), ...(tied.get(linkId) ?? [])]);
      const left = [...members].map((id) => this.clip(id)).filter((clip) => clip?.linkId === linkId);
      const [only] = left;
      if (left.length === 1 && only && !this.isLocked(only.trackId)) this.putClip({ ...only, linkId: null });
    }
  }

  /** A marker goes when the last piece of the clip that it is attached to does. */
  #settleMarkers(): void {
    const attached = this.document.markers.filter((marker) => marker.clipId !== null && !this.#others.has(marker.id));
    if (attached.length === 0) return;
    const gone = new Set<ClipId>();
    for (const id of this.#unsure) {
      const [before, now] = this.#edits[id] ?? [null, null];
      if (before && !now) gone.add(originOf(before));
    }
    if (gone.size === 0) return;
    const kept = new Set<ClipId>();
    for (const clip of this.document.clips.values()) if (this.clip(clip.id)) kept.add(originOf(clip));
    for (const id of this.#unsure) {
      const clip = this.clip(id);
      if (clip) kept.add(originOf(clip));
    }
    for (const marker of attached) {
      if (marker.clipId !== null && gone.has(marker.clipId) && !kept.has(marker.clipId)) this.remove(marker.id);
    }
  }

  #record(id: ClipId, now: ClipRecord | null): void {
    const edit = this.#edits[id];
    if (edit) edit[1] = now;
    else this.#begin(id, this.document.clips.get(id) ?? null, now);
    this.#unsure.add(id);
    if (now) this.#touched.add(now.trackId);
  }

  #begin(id: ClipId, before: ClipRecord | null, now: ClipRecord | null): void {
    const edit: Edit = [before, now];
    this.#edits[id] = edit;
    this.#editList.push(edit);
  }

  #takeOut(clip: ClipRecord): void {
    const lane = this.#writableLane(clip.trackId);
    lane.splice(placeInLane(lane, clip), 1);
  }

  #writableLane(trackId: TrackId): ClipRecord[] {
    let lane = this.#lanes.get(trackId);
    if (!lane) {
      lane = this.document.clipsOf(trackId).slice();
      this.#lanes.set(trackId, lane);
    }
    return lane;
  }
}
