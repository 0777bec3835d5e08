/** The project of the saving suite: a lecture of a given size, and edits of it as people make them. */
import {
  type AssetId,
  type AssetRecord,
  type Change,
  type ClipId,
  type ClipRecord,
  type CommandArgs,
  type CommandName,
  type LinkId,
  type TimelineDocument,
  type TimelineRecord,
  type TimelineState,
  type TrackId,
  createDocument,
  createState,
  newTrack,
  runCommand,
} from '@lectern/timeline';

/** A small seeded generator (mulberry32), so that runs compare. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function seededIds(random: () => number): () => string {
  return () => {
    const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
}

/** A lecture cut into `clips` pieces on the main track and two more, about 320 stored bytes for each. */
export function lecture(clips: number, random: () => number): TimelineDocument {
  const newId = seededIds(random);
  const asset: AssetRecord = {
    type: 'asset',
    id: newId() as AssetId,
    kind: 'video',
    name: 'lecture.mp4',
    durationSeconds: 7200,
    width: 1280,
    height: 720,
    rotation: 0,
    videoCodec: 'avc',
    audioCodec: 'aac',
    sampleRate: 48_000,
    channels: 2,
    averageFrameRate: 30,
    variableFrameRate: false,
  };
  const tracks = [
    newTrack({ id: newId() as TrackId, kind: 'audio', name: 'Audio 1', order: 'a0' }),
    newTrack({ id: newId() as TrackId, kind: 'video', name: 'Video 1', order: 'a1', main: true }),
    newTrack({ id: newId() as TrackId, kind: 'video', name: 'Video 2', order: 'a2' }),
  ] as const;
  const [audio, main, second] = tracks;
  const records: TimelineRecord[] = [asset, ...tracks];
  const add = (trackId: TrackId, startFrame: number, durationFrames: number, linkId: LinkId | null): void => {
    records.push({
      type: 'clip',
      id: newId() as ClipId,
      trackId,
      name: `Lecture, part ${String(records.length)}`,
      startFrame,
      durationFrames,
      source: {
        kind: 'asset',
        assetId: asset.id,
        trimStartFrame: 30 + Math.floor(random() * 100_000),
        speed: { num: 1, den: 1 },
      },
      linkId,
      splitFrom: null,
      props: {},
      keyframes: {},
    });
  };
  let end = 0;
  for (let index = 0; records.length < clips; index += 1) {
    const length = 30 + Math.floor(random() * 60);
    const linkId = index % 4 === 0 ? (newId() as LinkId) : null;
    add(main.id, end, length, linkId);
    if (linkId !== null) add(audio.id, end, length, linkId);
    if (index % 4 === 2) add(second.id, end + 5, length - 20, null);
    end += length;
  }
  return createDocument({ records });
}

/** Edits made one after the other, none of which moves the rest of a track; and the document that they lead to. */
export function edits(
  document: TimelineDocument,
  count: number,
  random: () => number,
): { readonly changes: readonly Change[]; readonly document: TimelineDocument } {
  const newId = seededIds(random);
  let state: TimelineState = createState({ document });
  const changes: Change[] = [];
  const all = [...document.clips.keys()];
  const second = document.tracks[2]?.id as TrackId;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const clip = (): ClipRecord => state.document.clips.get(pick(all)) ?? clip();
  const run = <N extends CommandName>(name: N, args: CommandArgs<N>): void => {
    const spec = runCommand(state, name, args, { newId });
    if (spec === null) return;
    const transaction = state.update(spec);
    ({ state } = transaction);
    changes.push(transaction.change);
  };
  while (changes.length < count) {
    const kind = random();
    const { id, startFrame, durationFrames } = clip();
    if (kind < 0.3) run('clip.rename', { clipId: id, name: `Part ${String(changes.length)}` });
    else if (kind < 0.6)
      run('clip.setProperty', { clipIds: [id], key: 'opacity', value: Math.round(random() * 100) / 100 });
    else if (kind < 0.75) {
      const frame = startFrame + Math.ceil(durationFrames * (0.8 + random() * 0.2));
      run('clip.trim', { clipId: id, edge: 'end', frame, ripple: false });
    } else if (kind < 0.85) run('clip.slip', { clipId: id, deltaFrames: Math.floor(random() * 20) - 10 });
    else if (kind < 0.93) {
      const lane = state.document.clipsOf(second);
      run('clip.move', { clipIds: [pick(lane).id], deltaFrames: Math.floor(random() * 9) - 4 });
    } else if (kind < 0.97) run('clip.split', { clipIds: [id], frame: startFrame + (durationFrames >> 1) });
    else run('marker.add', { frame: Math.floor(random() * state.document.totalFrames) });
  }
  return { changes, document: state.document };
}
