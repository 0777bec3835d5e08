/**
 * The edit document at 10,000 clips: every command, undo and redo, evaluation, and the stored form. Each figure is the
 * median over edits at random places; each edit starts from the same document.
 */
import { performance } from 'node:perf_hooks';
import {
  beginGesture,
  copyClips,
  createDocument,
  createState,
  emptyHistory,
  evaluate,
  nextEditPoint,
  newTrack,
  pushHistory,
  redo,
  runCommand,
  snapFrame,
  snapTargets,
  soundSpans,
  undo,
} from '../../packages/timeline/dist/index.js';
import { parseTimeline, stringifyTimeline } from '../../packages/timeline/dist/schema/index.js';

const clipCount = 10_000;
const samples = 60;
const budget = 4;

/** A small seeded generator (mulberry32), so that runs compare. */
function seededRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function uuid(random) {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function videoAsset(id, durationSeconds) {
  return {
    type: 'asset',
    id,
    kind: 'video',
    name: 'lecture.mp4',
    durationSeconds,
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
}

/**
 * Four fifths of the clips on the main track, as a lecture cut from its transcript has them; the rest are titles, sound
 * linked to the picture, and a second picture.
 */
function largeDocument(random) {
  const newId = () => uuid(random);
  const asset = videoAsset(newId(), 3600);
  const tracks = [
    newTrack({ id: newId(), kind: 'audio', name: 'Audio 1', order: 'a0' }),
    newTrack({ id: newId(), kind: 'video', name: 'Video 1', order: 'a1', main: true }),
    newTrack({ id: newId(), kind: 'video', name: 'Video 2', order: 'a2' }),
    newTrack({ id: newId(), kind: 'text', name: 'Titles', order: 'a3' }),
  ];
  const [audio, main, second, titles] = tracks;
  const records = [asset, ...tracks];
  const clip = (track, startFrame, durationFrames, source, linkId = null) => ({
    type: 'clip',
    id: newId(),
    trackId: track.id,
    name: 'Clip',
    startFrame,
    durationFrames,
    source,
    linkId,
    splitFrom: null,
    props: {},
    keyframes: {},
  });
  const file = () => ({
    kind: 'asset',
    assetId: asset.id,
    trimStartFrame: 30 + Math.floor(random() * 100_000),
    speed: { num: 1, den: 1 },
  });
  let end = 0;
  for (let index = 0; index < clipCount * 0.8; index += 1) {
    const length = 30 + Math.floor(random() * 60);
    const side = index % 4 === 0 ? Math.floor(index / 4) % 3 : -1;
    const linkId = side === 0 ? newId() : null;
    const source = file();
    records.push(clip(main, end, length, source, linkId));
    if (side === 0) records.push(clip(audio, end, length, source, linkId));
    if (side === 1) records.push(clip(titles, end + 5, length - 10, { kind: 'text', text: 'Title' }));
    if (side === 2) records.push(clip(second, end + 5, length - 10, file()));
    end += length;
  }
  return { document: createDocument({ records }), tracks: { audio, main, second, titles }, asset };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median milliseconds of `work`, with what it works on made outside of the clock. */
function timed(count, prepare, work) {
  for (let index = 0; index < Math.min(5, count); index += 1) work(prepare());
  const times = [];
  for (let index = 0; index < count; index += 1) {
    const input = prepare();
    const start = performance.now();
    work(input);
    times.push(performance.now() - start);
  }
  return median(times);
}

const round = (value) => Number(value.toPrecision(4));

/** @returns {Promise<{suite: 'timeline', results: {name: string, value: number, unit: string}[]}>} */
export async function run() {
  const random = seededRandom(20_240_601);
  const newId = () => uuid(random);
  const { document, tracks, asset } = largeDocument(random);
  const state = createState({ document });
  const pick = (list) => list[Math.floor(random() * list.length)];
  const lane = (track) => document.clipsOf(track.id);
  const mainClip = () => pick(lane(tracks.main));
  const place = () => Math.floor(random() * document.totalFrames);
  const inside = (clip) => clip.startFrame + 1 + Math.floor(random() * (clip.durationFrames - 2));
  const someClips = (count) => {
    const clips = lane(tracks.main);
    const from = Math.floor(random() * (clips.length - count));
    return clips.slice(from, from + count).map((clip) => clip.id);
  };

  /** What each command is run with: at random places, mostly on the main track, where it moves most. */
  const cases = {
    'add-insert': () => [
      'clip.add',
      { asset: videoAsset(asset.id, 3600), trackId: tracks.main.id, frame: place(), mode: 'insert' },
    ],
    'add-append': () => ['clip.add', { asset: videoAsset(newId(), 60), mode: 'append' }],
    'add-text': () => ['clip.addText', { text: 'Title', frame: place() }],
    move: () => ['clip.move', { clipIds: [mainClip().id], deltaFrames: Math.floor(random() * 2000) - 1000 }],
    'move-insert': () => [
      'clip.move',
      { clipIds: [mainClip().id], deltaFrames: Math.floor(random() * 2000) - 1000, mode: 'insert' },
    ],
    'move-100-clips': () => ['clip.move', { clipIds: someClips(100), deltaFrames: 17, trackId: tracks.second.id }],
    trim: () => {
      const clip = mainClip();
      return ['clip.trim', { clipId: clip.id, edge: 'end', frame: inside(clip), ripple: false }];
    },
    'ripple-trim': () => {
      const clip = mainClip();
      return ['clip.trim', { clipId: clip.id, edge: 'end', frame: inside(clip), ripple: true }];
    },
    slip: () => ['clip.slip', { clipId: mainClip().id, deltaFrames: 12 }],
    split: () => {
      const clip = mainClip();
      return ['clip.split', { clipIds: [clip.id], frame: inside(clip) }];
    },
    'split-all': () => ['clip.splitAll', { frame: inside(mainClip()) }],
    delete: () => ['clip.delete', { clipIds: [mainClip().id] }],
    'ripple-delete': () => ['clip.rippleDelete', { clipIds: [mainClip().id] }],
    'ripple-delete-100-clips': () => ['clip.rippleDelete', { clipIds: someClips(100) }],
    duplicate: () => ['clip.duplicate', { clipIds: [mainClip().id] }],
    paste: () => ['clip.paste', { contents: copyClips(state, someClips(5)), frame: place() }],
    'detach-audio': () => ['clip.detachAudio', { clipId: mainClip().id }],
    link: () => ['clip.link', { clipIds: someClips(2) }],
    'set-property': () => ['clip.setProperty', { clipIds: [mainClip().id], key: 'opacity', value: random() }],
    'set-speed': () => ['clip.setSpeed', { clipId: mainClip().id, speed: { num: 3, den: 2 } }],
    'marker-add': () => ['marker.add', { frame: place() }],
    'track-set': () => ['track.set', { trackId: tracks.titles.id, muted: true }],
    'track-reorder': () => ['track.reorder', { trackId: tracks.titles.id, afterId: null }],
    'select-all': () => ['selection.all', {}],
  };

  const results = [];
  let worst = 0;
  for (const [label, prepare] of Object.entries(cases)) {
    const value = timed(
      samples,
      () => {
        for (;;) {
          const [name, args] = prepare();
          if (runCommand(state, name, args, { newId })) return [name, args];
        }
      },
      ([name, args]) => state.update(runCommand(state, name, args, { newId })),
    );
    results.push({ name: `${label}-10000-clips-median`, value: round(value), unit: 'ms' });
    worst = Math.max(worst, value);
  }

  const rippled = () => {
    const transaction = state.update(runCommand(state, 'clip.rippleDelete', { clipIds: [mainClip().id] }, { newId }));
    return { history: pushHistory(emptyHistory, transaction), state: transaction.state };
  };
  const undoTime = timed(samples, rippled, ({ history, state: after }) => after.update(undo(history, after).spec));
  const redoTime = timed(
    samples,
    () => {
      const { history, state: after } = rippled();
      const step = undo(history, after);
      return { history: step.history, state: after.update(step.spec).state };
    },
    ({ history, state: before }) => before.update(redo(history, before).spec),
  );
  results.push({ name: 'undo-ripple-delete-10000-clips-median', value: round(undoTime), unit: 'ms' });
  results.push({ name: 'redo-ripple-delete-10000-clips-median', value: round(redoTime), unit: 'ms' });
  worst = Math.max(worst, undoTime, redoTime);

  const dragged = timed(
    samples,
    () => ({ gesture: beginGesture(state, 'move', { newId }), clip: pick(lane(tracks.second)) }),
    ({ gesture, clip }) => gesture.preview({ clipIds: [clip.id], deltaFrames: 40 }),
  );
  results.push({ name: 'drag-preview-10000-clips-median', value: round(dragged), unit: 'ms' });

  // A thousand at a time: one alone is below what the clock can tell.
  const each = 1000;
  const frames = () => Array.from({ length: each }, place);
  const evaluated = timed(20, frames, (list) => {
    for (const frame of list) evaluate(document, frame);
  });
  const small = createDocument({
    records: [...document.records()].filter((record) => record.type !== 'clip' || record.startFrame < 3000),
  });
  const evaluatedSmall = timed(
    20,
    () => Array.from({ length: each }, () => Math.floor(random() * small.totalFrames)),
    (list) => {
      for (const frame of list) evaluate(small, frame);
    },
  );
  results.push({ name: 'evaluate-10000-clips', value: round((evaluated / each) * 1000), unit: 'µs' });
  results.push({ name: 'evaluate-per-second', value: Math.round((each / evaluated) * 1000), unit: '1/s' });
  results.push({ name: 'evaluate-60-clips-against-10000', value: round(evaluatedSmall / evaluated), unit: 'ratio' });
  results.push({
    name: 'sound-spans-10000-clips',
    value: round(
      timed(
        20,
        () => null,
        () => soundSpans(document),
      ),
    ),
    unit: 'ms',
  });
  results.push({
    name: 'next-edit-point-10000-clips',
    value: round((timed(20, frames, (list) => list.forEach((frame) => nextEditPoint(document, frame))) / each) * 1000),
    unit: 'µs',
  });
  results.push({
    name: 'snap-targets-10000-clips',
    value: round(
      timed(
        20,
        () => null,
        () => snapTargets(document),
      ),
    ),
    unit: 'ms',
  });
  const targets = snapTargets(document);
  results.push({
    name: 'snap-10000-clips',
    value: round(
      (timed(20, frames, (list) => list.forEach((frame) => snapFrame([frame, frame + 50], targets, 10))) / each) * 1000,
    ),
    unit: 'µs',
  });

  const text = stringifyTimeline(document);
  results.push({ name: 'print-10000-clips', value: round(timed(10, () => document, stringifyTimeline)), unit: 'ms' });
  results.push({ name: 'parse-10000-clips', value: round(timed(10, () => text, parseTimeline)), unit: 'ms' });
  results.push({ name: 'stored-bytes-per-clip', value: Math.round(text.length / clipCount), unit: 'bytes' });
  results.push({ name: 'commands-within-4ms', value: round(budget / worst), unit: 'ratio' });
  results.push({ name: 'undo-within-4ms', value: round(budget / Math.max(undoTime, redoTime)), unit: 'ratio' });
  return { suite: 'timeline', results };
}
