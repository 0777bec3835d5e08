import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AssetId,
  type ClipId,
  type ClipRecord,
  type ClipSource,
  type TimelineDocument,
  type TimelineRecord,
  type TrackId,
  type TrackKind,
  createDocument,
} from '@lectern/timeline';
import { planRender } from './render-plan.js';

function track(id: string, kind: TrackKind, order: string): TimelineRecord {
  const flags = { locked: false, muted: false, solo: false, hidden: false };
  return { type: 'track', id: id as TrackId, kind, name: id, order, main: id === 'v', ...flags, height: 60 };
}

function clip(
  id: string,
  trackId: string,
  startFrame: number,
  durationFrames: number,
  source: ClipSource,
  props: ClipRecord['props'] = {},
): ClipRecord {
  return {
    type: 'clip',
    id: id as ClipId,
    trackId: trackId as TrackId,
    name: id,
    startFrame,
    durationFrames,
    source,
    linkId: null,
    splitFrom: null,
    props,
    keyframes: {},
  };
}

const video: ClipSource = { kind: 'asset', assetId: 'film' as AssetId, trimStartFrame: 30, speed: { num: 1, den: 1 } };

function timeline(...clips: readonly ClipRecord[]): TimelineDocument {
  const film: TimelineRecord = {
    type: 'asset',
    id: 'film' as AssetId,
    kind: 'video',
    name: 'film.mp4',
    durationSeconds: 60,
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
  return createDocument({
    settings: { width: 1280, height: 720 },
    records: [film, track('v', 'video', 'a0'), track('t', 'text', 'a1'), ...clips],
  });
}

const shape = (document: TimelineDocument): string[] =>
  planRender(document, 0, document.totalFrames).map(
    ({ kind, startFrame, endFrame }) => `${kind} ${String(startFrame)}–${String(endFrame)}`,
  );

test('a plan is cut where a clip begins or ends, without a gap', () => {
  const document = timeline(
    clip('a', 'v', 0, 60, video),
    clip('b', 'v', 60, 60, video),
    clip('title', 't', 80, 20, { kind: 'text', text: 'Hello' }),
  );
  assert.deepEqual(shape(document), ['pass 0–60', 'pass 60–80', 'compose 80–100', 'pass 100–120']);
});

test('what stands still is composed once', () => {
  assert.deepEqual(shape(timeline(clip('c', 'v', 0, 50, { kind: 'colour', colour: '#112233' }))), ['still 0–50']);
  assert.deepEqual(shape(timeline(clip('c', 'v', 10, 50, { kind: 'colour', colour: '#112233' }))), [
    'still 0–10',
    'still 10–60',
  ]);
});

test('a fade makes its own stretch, and neither end of it counts as still', () => {
  const faded = timeline(
    clip('c', 'v', 0, 60, { kind: 'colour', colour: '#112233' }, { fadeInFrames: 10, fadeOutFrames: 8 }),
  );
  assert.deepEqual(shape(faded), ['compose 0–10', 'still 10–52', 'compose 52–60']);
});

test('a picture that is scaled, turned or seen through is composed', () => {
  for (const props of [{ scale: 0.5 }, { rotation: 3 }, { opacity: 0.9 }, { cropLeft: 0.1 }, { positionX: 0.1 }]) {
    const [kind] = shape(timeline(clip('a', 'v', 0, 60, video, props)));
    assert.equal(kind, 'positionX' in props ? kind : 'compose 0–60');
  }
});

test('a segment names the media that it opens, and where they begin, also of a clip that fades in', () => {
  const document = timeline(clip('a', 'v', 20, 60, video, { fadeInFrames: 10 }));
  const [, first] = planRender(document, 0, 80);
  assert.deepEqual(first?.media, [{ clipId: 'a', assetId: 'film', kind: 'video', sourceSeconds: 31 / 30 }]);
});

test('a range cuts the plan', () => {
  const document = timeline(clip('a', 'v', 0, 60, video), clip('b', 'v', 60, 60, video));
  const plan = planRender(document, 30, 90);
  assert.deepEqual(
    plan.map(({ startFrame, endFrame }) => [startFrame, endFrame]),
    [
      [30, 60],
      [60, 90],
    ],
  );
  assert.equal(plan[0]?.media[0]?.sourceSeconds, 2);
});
