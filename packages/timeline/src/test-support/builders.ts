import { createDocument, newTrack } from '../document.js';
import type { TimelineDocument } from '../document.js';
import { newClip, runCommand } from '../commands/index.js';
import type { CommandArgs, CommandName } from '../commands/index.js';
import type { AssetId, ClipId, LinkId, NewId, TrackId, TransitionId } from '../ids.js';
import { endFrame } from '../lane.js';
import type {
  AssetRecord,
  ClipRecord,
  SettingsRecord,
  TimelineRecord,
  TrackRecord,
  TransitionRecord,
} from '../records.js';
import { createState } from '../state.js';
import type { TimelineState } from '../state.js';

/** Counts: `n1`, `n2` … */
export function createNewId(prefix = 'n'): NewId {
  let count = 0;
  return () => `${prefix}${(count += 1)}`;
}

export const ids = {
  audio: 'audio' as TrackId,
  music: 'music' as TrackId,
  main: 'main' as TrackId,
  second: 'second' as TrackId,
  titles: 'titles' as TrackId,
  file: 'file' as AssetId,
  song: 'song' as AssetId,
  picture: 'picture' as AssetId,
};

/** 1000 frames of video with sound at 30 fps, 1280 × 720. */
export function createAsset(asset: Partial<AssetRecord> = {}): AssetRecord {
  return {
    type: 'asset',
    id: ids.file,
    kind: 'video',
    name: 'lecture.mp4',
    durationSeconds: 1000 / 30,
    width: 1280,
    height: 720,
    rotation: 0,
    videoCodec: 'avc',
    audioCodec: 'aac',
    sampleRate: 48_000,
    channels: 2,
    averageFrameRate: 30,
    variableFrameRate: false,
    ...asset,
  };
}

/** 2000 frames of sound at 30 fps. */
export function createSong(asset: Partial<AssetRecord> = {}): AssetRecord {
  return createAsset({
    id: ids.song,
    kind: 'audio',
    name: 'song.mp3',
    durationSeconds: 2000 / 30,
    width: 0,
    height: 0,
    videoCodec: null,
    averageFrameRate: 0,
    ...asset,
  });
}

export function createPicture(asset: Partial<AssetRecord> = {}): AssetRecord {
  return createAsset({
    id: ids.picture,
    kind: 'image',
    name: 'slide.png',
    durationSeconds: 0,
    width: 1000,
    height: 1000,
    videoCodec: 'png',
    audioCodec: null,
    sampleRate: 0,
    channels: 0,
    averageFrameRate: 0,
    ...asset,
  });
}

/** From the bottom: music, audio, main video, second video, titles. */
export function createTracks(): TrackRecord[] {
  return [
    newTrack({ id: ids.music, kind: 'audio', name: 'Music', order: 'a0' }),
    newTrack({ id: ids.audio, kind: 'audio', name: 'Audio', order: 'a1' }),
    newTrack({ id: ids.main, kind: 'video', name: 'Main', order: 'a2', main: true }),
    newTrack({ id: ids.second, kind: 'video', name: 'Second', order: 'a3' }),
    newTrack({ id: ids.titles, kind: 'text', name: 'Titles', order: 'a4' }),
  ];
}

export interface ClipOptions extends Partial<Omit<ClipRecord, 'id' | 'trackId' | 'type'>> {
  readonly trim?: number;
  readonly speed?: readonly [num: number, den: number];
  readonly assetId?: AssetId;
  readonly text?: string;
  readonly colour?: string;
  readonly image?: AssetId;
  readonly link?: string;
}

/** A clip on a track over `[startFrame, end)`, of the video unless something else is said. */
export function createClip(
  id: string,
  trackId: TrackId,
  startFrame: number,
  end: number,
  options: ClipOptions = {},
): ClipRecord {
  const { trim = 0, speed: [num, den] = [1, 1], assetId, text, colour, image, link, ...rest } = options;
  const sound = trackId === ids.audio || trackId === ids.music;
  let source: ClipRecord['source'] = {
    kind: 'asset',
    assetId: assetId ?? (sound ? ids.song : ids.file),
    trimStartFrame: trim,
    speed: { num, den },
  };
  if (text !== undefined || (trackId === ids.titles && !colour)) source = { kind: 'text', text: text ?? id };
  if (colour !== undefined) source = { kind: 'colour', colour };
  if (image !== undefined) source = { kind: 'image', assetId: image };
  return newClip({
    id: id as ClipId,
    trackId,
    name: id,
    startFrame,
    durationFrames: end - startFrame,
    source,
    ...(link !== undefined && { linkId: link as LinkId }),
    ...rest,
  });
}

export function createTransition(from: string, to: string, durationFrames: number): TransitionRecord {
  return {
    type: 'transition',
    id: `${from}>${to}` as TransitionId,
    fromClipId: from as ClipId,
    toClipId: to as ClipId,
    kind: 'crossfade',
    durationFrames,
  };
}

/** A document of the five tracks and the three assets, and what is given. */
export function createProject(
  records: readonly TimelineRecord[] = [],
  settings?: Partial<SettingsRecord>,
): TimelineDocument {
  const all = [createAsset(), createSong(), createPicture(), ...createTracks(), ...records];
  return createDocument({ records: all, ...(settings && { settings }) });
}

/** A checked state over a project. */
export function createEditing(
  records: readonly TimelineRecord[] = [],
  selected: readonly string[] = [],
): TimelineState {
  return createState({
    document: createProject(records),
    selection: { clipIds: selected as readonly ClipId[], trackId: null },
    checked: true,
  });
}

/** Runs a command that must apply. */
export function edit<N extends CommandName>(
  state: TimelineState,
  name: N,
  args: CommandArgs<N>,
  newId: NewId = createNewId(),
): TimelineState {
  const spec = runCommand(state, name, args, { newId });
  if (!spec) throw new Error(`${name} doesn't apply`);
  return state.update(spec).state;
}

/** Whether a command applies. */
export function applies<N extends CommandName>(state: TimelineState, name: N, args: CommandArgs<N>): boolean {
  return runCommand(state, name, args, { newId: createNewId() }) !== null;
}

/** A track's clips as `id start-end`, with the in-point behind `@` where it isn't 0. */
export function lane(state: TimelineState | TimelineDocument, trackId: TrackId): string {
  const document = 'document' in state ? state.document : state;
  return document
    .clipsOf(trackId)
    .map((clip) => {
      const trim =
        clip.source.kind === 'asset' && clip.source.trimStartFrame > 0 ? `@${clip.source.trimStartFrame}` : '';
      return `${clip.id} ${clip.startFrame}-${endFrame(clip)}${trim}`;
    })
    .join(', ');
}

/** A clip that must be there. */
export function clipOf(state: TimelineState, id: string): ClipRecord {
  const clip = state.document.clips.get(id as ClipId);
  if (!clip) throw new Error(`no clip ${id}`);
  return clip;
}

/** Ids for arguments. */
export function clipIds(...names: string[]): ClipId[] {
  return names as ClipId[];
}
