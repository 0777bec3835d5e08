import type { AssetId, TrackId } from '../ids.js';
import { isColour } from '../properties.js';
import type { AssetRecord, ClipRecord, ClipSource, TrackKind, TrackRecord } from '../records.js';
import { assetFrames } from '../source-time.js';
import { type FrameRate, one, secondsToFrame } from '../time.js';
import { acceptsSource } from '../track-kinds.js';
import { type Command, requireFrame, requireInteger, requireText } from './command.js';
import { Draft } from './draft.js';
import { addTrack, clearRange, freeTrack, isFree, laneEnd, makeRoom } from './place.js';
import { openGap } from './ripple.js';

/** How long a picture, title or colour lasts when nothing else is said. */
const stillSeconds = 5;

export interface ClipAddArgs {
  readonly asset: AssetRecord;
  /** Picked by what the asset is when left out: pictures go to the main track, sound to a free audio track. */
  readonly trackId?: TrackId;
  /** The end of the track when left out. */
  readonly frame?: number;
  /** `insert` pushes what comes later on, `overwrite` cuts what is there, `append` puts it after the last clip. */
  readonly mode: 'insert' | 'overwrite' | 'append';
}

/**
 * Adds a clip of the whole asset, and the asset to the document. A picture lasts five seconds; the sound of a video
 * plays with its clip. Without a `trackId`, sound goes to the topmost audio track that is free there, or to a new one,
 * and a picture to the main track, or above it when that one is locked. Null for a locked track, or one of another kind.
 */
export const addClip: Command<ClipAddArgs> = (state, { asset, trackId, frame, mode }, { newId }) => {
  if (frame !== undefined) requireFrame('frame', frame);
  if (!['insert', 'overwrite', 'append'].includes(mode))
    throw new TypeError(`no mode is called ${JSON.stringify(mode)}`);
  const draft = new Draft(state.document, newId);
  const known = state.document.assets.get(asset.id) ?? asset;
  if (known === asset) draft.put(asset);
  const { frameRate } = state.document.settings;
  const durationFrames = known.kind === 'image' ? stillFrames(frameRate) : assetFrames(known, frameRate);
  const at = mode === 'append' ? undefined : frame;
  const track = trackId === undefined ? trackFor(draft, known, at, durationFrames) : draft.track(trackId);
  const source = sourceOf(known);
  if (!track || track.locked || !takes(track.kind, known)) return null;
  const startFrame = at ?? laneEnd(draft, track.id);
  if (mode === 'insert') openGap(draft, track, startFrame, durationFrames);
  else clearRange(draft, track.id, startFrame, startFrame + durationFrames);
  const clip = newClip({
    id: draft.newClipId(),
    trackId: track.id,
    name: known.name,
    startFrame,
    durationFrames,
    source,
  });
  draft.putClip(clip);
  return draft.finish('clip.add', { selection: { clipIds: [clip.id], trackId: track.id } });
};

function takes(kind: TrackKind, asset: AssetRecord): boolean {
  if (kind === 'video') return asset.kind !== 'audio';
  return kind === 'audio' && asset.kind !== 'image' && asset.audioCodec !== null;
}

function sourceOf(asset: AssetRecord): ClipSource {
  if (asset.kind === 'image') return { kind: 'image', assetId: asset.id };
  return { kind: 'asset', assetId: asset.id, trimStartFrame: 0, speed: one };
}

function trackFor(draft: Draft, asset: AssetRecord, frame: number | undefined, durationFrames: number): TrackRecord {
  if (asset.kind === 'audio') {
    if (frame !== undefined) return freeTrack(draft, 'audio', frame, frame + durationFrames);
    return draft.tracks().findLast((track) => track.kind === 'audio' && !track.locked) ?? addTrack(draft, 'audio');
  }
  const videos = draft.tracks().filter((track) => track.kind === 'video' && !track.locked);
  return videos.find((track) => track.main) ?? videos[0] ?? addTrack(draft, 'video');
}

export interface ClipAddTextArgs {
  readonly text: string;
  /** The topmost text track that is free there when left out, or a new one. */
  readonly trackId?: TrackId;
  readonly frame: number;
  /** Five seconds when left out. */
  readonly durationFrames?: number;
}

/** Adds a title. On a track that was named, what is in its way moves on. */
export const addText: Command<ClipAddTextArgs> = (state, { text, trackId, frame, durationFrames }, { newId }) => {
  const source = { kind: 'text', text: requireText('text', text, longestText) } as const;
  return addStill(
    new Draft(state.document, newId),
    source,
    'text',
    titleName(text),
    trackId,
    frame,
    durationFrames,
    'clip.addText',
  );
};

export interface ClipAddColourArgs {
  /** `#rrggbb` */
  readonly colour: string;
  readonly frame: number;
  /** The main track when it is free there and this is left out; else a video track above. */
  readonly trackId?: TrackId;
  /** Five seconds when left out. */
  readonly durationFrames?: number;
}

/** Adds a field of one colour. On a track that was named, what is in its way moves on. */
export const addColour: Command<ClipAddColourArgs> = (state, { colour, trackId, frame, durationFrames }, { newId }) => {
  if (!isColour(colour)) throw new TypeError(`a colour is #rrggbb, got ${JSON.stringify(colour)}`);
  const source = { kind: 'colour', colour: colour.toLowerCase() } as const;
  return addStill(
    new Draft(state.document, newId),
    source,
    'video',
    source.colour,
    trackId,
    frame,
    durationFrames,
    'clip.addColour',
  );
};

/** The longest text of a title, in UTF-16 units. */
export const longestText = 10_000;

/** What a title's clip is called: its first line. */
export function titleName(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 80) || 'Title';
}

function addStill(
  draft: Draft,
  source: ClipSource,
  kind: 'text' | 'video',
  name: string,
  trackId: TrackId | undefined,
  frame: number,
  durationFrames: number | undefined,
  userEvent: string,
): ReturnType<Draft['finish']> {
  const length =
    durationFrames === undefined
      ? stillFrames(draft.document.settings.frameRate)
      : requireInteger('durationFrames', durationFrames, 1);
  const startFrame = requireFrame('frame', frame);
  const track = trackId === undefined ? stillTrack(draft, kind, startFrame, startFrame + length) : draft.track(trackId);
  if (!track || track.locked || !acceptsSource(track.kind, source, draft.document)) return null;
  makeRoom(draft, track.id, startFrame, startFrame + length);
  const clip = newClip({
    id: draft.newClipId(),
    trackId: track.id,
    name,
    startFrame,
    durationFrames: length,
    source,
  });
  draft.putClip(clip);
  return draft.finish(userEvent, { selection: { clipIds: [clip.id], trackId: track.id } });
}

function stillTrack(draft: Draft, kind: 'text' | 'video', startFrame: number, end: number): TrackRecord {
  const main = draft.document.mainTrack;
  if (kind === 'video' && main && !main.locked && isFree(draft, main.id, startFrame, end)) return main;
  return freeTrack(draft, kind, startFrame, end);
}

function stillFrames(rate: FrameRate): number {
  return Math.max(1, secondsToFrame(stillSeconds, rate));
}

/** A clip with everything that isn't given at its default. */
export function newClip(
  clip: Pick<ClipRecord, 'id' | 'trackId' | 'name' | 'startFrame' | 'durationFrames' | 'source'> & Partial<ClipRecord>,
): ClipRecord {
  return { type: 'clip', linkId: null, splitFrom: null, props: {}, keyframes: {}, ...clip };
}

/** The asset that a clip shows or sounds; null for titles and colours. */
export function assetOf(clip: ClipRecord): AssetId | null {
  return clip.source.kind === 'asset' || clip.source.kind === 'image' ? clip.source.assetId : null;
}
