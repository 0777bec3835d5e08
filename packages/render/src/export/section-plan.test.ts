import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AssetId,
  type ClipId,
  type ClipRecord,
  type ClipSource,
  type MarkerId,
  type TimelineDocument,
  type TimelineRecord,
  type TrackId,
  createDocument,
} from '@lectern/timeline';
import type { CopyStretch } from './copy-stretches.js';
import { fingerprintOf, identifyBytes } from './fingerprint.js';
import { type Manifest, manifestTags, readManifest } from './manifest.js';
import { isWhole, readPart, trailerBytes, writePart } from './part-format.js';
import {
  type SoundSection,
  describePictures,
  describeSound,
  keyFramesOf,
  planPictureSections,
  planSoundSections,
  soundGrid,
} from './section-plan.js';
import { Stillness } from './watchdog.js';

function film(trimStartFrame: number): ClipSource {
  return { kind: 'asset', assetId: 'film' as AssetId, trimStartFrame, speed: { num: 1, den: 1 } };
}

function clip(
  id: string,
  trackId: string,
  startFrame: number,
  durationFrames: number,
  source: ClipSource,
  changes: Partial<Pick<ClipRecord, 'props' | 'keyframes' | 'name'>> = {},
): ClipRecord {
  const rest = { name: id, linkId: null, splitFrom: null, props: {}, keyframes: {}, ...changes };
  return {
    type: 'clip',
    id: id as ClipId,
    trackId: trackId as TrackId,
    startFrame,
    durationFrames,
    source,
    ...rest,
  };
}

function timeline(...records: readonly TimelineRecord[]): TimelineDocument {
  const flags = { main: false, locked: false, muted: false, solo: false, hidden: false, height: 60 };
  const tracks = (['video', 'text'] as const).map((kind, index): TimelineRecord => ({
    type: 'track',
    id: kind as string as TrackId,
    kind,
    name: kind,
    order: `a${String(index)}`,
    ...flags,
  }));
  const asset: TimelineRecord = {
    type: 'asset',
    id: 'film' as AssetId,
    kind: 'video',
    name: 'film.mp4',
    durationSeconds: 600,
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
  return createDocument({ settings: { width: 1280, height: 720 }, records: [asset, ...tracks, ...records] });
}

const title = (text: string): ClipSource => ({ kind: 'text', text });
const look = {
  codec: 'avc1.64001f',
  width: 1280,
  height: 720,
  bitrate: 3_000_000,
  frameRate: { num: 30, den: 1 },
  engine: 1,
  fonts: ['Inter'],
};
const identityOf = (assetId: string): string => `bytes of ${assetId}`;

const edges = (document: TimelineDocument, copies: readonly CopyStretch[] = []): string[] =>
  planPictureSections(document, 0, document.totalFrames, copies).map(
    ({ kind, startFrame, endFrame }) => `${kind} ${String(startFrame)}–${String(endFrame)}`,
  );

async function fingerprints(document: TimelineDocument): Promise<string[]> {
  const sections = planPictureSections(document, 0, document.totalFrames);
  return Promise.all(sections.map((each) => fingerprintOf(describePictures(document, each, look, identityOf))));
}

test('pictures are cut at the edges of clips and on a grid of four seconds from the source’s first one on, without a gap', () => {
  const document = timeline(
    clip('a', 'video', 0, 300, film(0)),
    clip('b', 'video', 300, 90, film(1000)),
    clip('t', 'text', 320, 10, title('Short')),
  );
  assert.deepEqual(edges(document), ['encode 0–150', 'encode 150–300', 'encode 300–330', 'encode 330–390']);
});

test('what is copied is a section of its own, and what lies between is cut', () => {
  const document = timeline(clip('a', 'video', 0, 400, film(0)));
  const copy = { startFrame: 60, endFrame: 350 } as CopyStretch;
  assert.deepEqual(edges(document, [copy]), ['encode 0–60', 'copy 60–350', 'encode 350–400']);
});

test('sections stay the same when a clip is split, trimmed or moved: all but those at the cut', async () => {
  const before = await fingerprints(timeline(clip('a', 'video', 0, 3000, film(0))));
  const cut = timeline(clip('a', 'video', 0, 1000, film(0)), clip('b', 'video', 1000, 1640, film(1360)));
  const after = await fingerprints(cut);
  const known = new Set(before);
  assert.equal(before.length, 25);
  assert.equal(after.filter((each) => !known.has(each)).length, 2);
  const moved = await fingerprints(
    timeline(clip('t', 'text', 0, 77, title('Before')), clip('a', 'video', 77, 3000, film(0), { name: 'Other' })),
  );
  assert.equal(moved.filter((each) => !known.has(each)).length, 1);
});

test('a section is another one when anything in it looks different', async () => {
  const of = async (...records: readonly TimelineRecord[]): Promise<string> =>
    (await fingerprints(timeline(...records)))[0] ?? '';
  const plain = await of(clip('a', 'video', 0, 100, film(0)));
  assert.equal(await of(clip('z', 'video', 0, 100, film(0), { name: 'Called something else' })), plain);
  const fades = { opacity: [0, 60].map((frame) => ({ frame, value: frame / 60, easing: 'linear' as const })) };
  const others = [
    await of(clip('a', 'video', 0, 100, film(1))),
    await of(clip('a', 'video', 0, 100, film(0), { props: { scale: 0.5 } })),
    await of(clip('a', 'video', 0, 100, film(0), { props: { fadeOutFrames: 3 } })),
    await of(clip('a', 'video', 0, 100, film(0), { keyframes: fades })),
    await of(clip('a', 'video', 0, 100, film(0)), clip('t', 'text', 10, 5, title('Hello'))),
    await of(clip('a', 'video', 0, 100, film(0)), clip('t', 'text', 10, 5, title('Hallo'))),
    await of(clip('a', 'video', 0, 100, { kind: 'colour', colour: '#123456' })),
    await fingerprintOf(
      describePictures(
        timeline(clip('a', 'video', 0, 100, film(0))),
        { startFrame: 0, endFrame: 100 },
        look,
        () => 'other bytes',
      ),
    ),
  ];
  assert.equal(new Set([plain, ...others]).size, others.length + 1);
});

test('a key frame stands every two seconds and where a chapter begins', () => {
  const marker: TimelineRecord = {
    type: 'marker',
    id: 'm' as MarkerId,
    frame: 131,
    name: 'Chapter',
    colour: '#ffffff',
    clipId: null,
  };
  const document = timeline(clip('a', 'video', 0, 300, film(0)), marker);
  assert.deepEqual([...keyFramesOf(document, { startFrame: 120, endFrame: 240 })], [0, 60, 11]);
});

test('sound is cut on whole packets, and only the end is shorter', () => {
  const document = timeline(clip('a', 'video', 0, 400, film(0)));
  const grid = soundGrid(document, 0, 400, 'aac');
  const sections = planSoundSections(grid);
  assert.deepEqual(
    sections.map(({ startSample, isLast }) => [startSample % 1024, isLast]),
    [
      [0, false],
      [0, false],
      [0, true],
    ],
  );
  assert.equal(sections.at(-1)?.endSample, grid.samples);
  assert.equal(grid.samples, 640_000);
});

test('sound changes where something else is heard, a little before it and after it, and nowhere else', () => {
  const range = { startFrame: 0, endFrame: 1500 };
  const louder = { props: { volume: -6 } };
  const before = timeline(clip('a', 'video', 0, 700, film(0)), clip('b', 'video', 700, 800, film(900)));
  const after = timeline(clip('a', 'video', 0, 700, film(0)), clip('b', 'video', 700, 800, film(900), louder));
  const grid = soundGrid(before, 0, 1500, 'aac');
  const sound = { codec: 'aac', encoder: 'extension', bitrate: 128_000, gain: 1, engine: 1 };
  const describe = (document: TimelineDocument, section: SoundSection): string =>
    JSON.stringify(describeSound(document, range, grid, section, sound, identityOf));
  const same = planSoundSections(grid).map((section) => describe(before, section) === describe(after, section));
  assert.deepEqual(
    same,
    same.map((_, index) => index < 4),
  );
  assert.equal(same.length, 11);
});

const part = {
  config: { codec: 'avc1.64001f', codedWidth: 640, codedHeight: 360, description: new Uint8Array([1, 2, 250]) },
  packets: [
    { at: 0, key: true, data: new Uint8Array([1, 2, 3, 4, 5]) },
    { at: 1, key: false, data: new Uint8Array([]) },
    { at: 2, key: false, data: new Uint8Array([9]) },
  ],
};

test('a part is read as it was written, wherever its bytes lie', () => {
  const bytes = writePart(part);
  const shifted = new Uint8Array(bytes.byteLength + 3);
  shifted.set(bytes, 3);
  for (const each of [bytes, shifted.subarray(3)]) {
    const read = readPart(each);
    assert.deepEqual(read?.config, part.config);
    assert.deepEqual(
      read.packets.map(({ at, key, data }) => ({ at, key, data: [...data] })),
      part.packets.map(({ at, key, data }) => ({ at, key, data: [...data] })),
    );
  }
  assert.ok(isWhole(bytes.subarray(-trailerBytes), bytes.byteLength));
});

test('a part that is torn anywhere, or has one wrong bit, is none', () => {
  const bytes = writePart(part);
  for (let length = 0; length < bytes.byteLength; length += 1) {
    assert.equal(readPart(bytes.slice(0, length)), null, `torn after ${String(length)}`);
  }
  for (let at = 0; at < bytes.byteLength; at += 1) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 16;
    assert.equal(readPart(damaged), null, `a wrong bit in ${String(at)}`);
  }
});

test('bytes are told apart by their length and by what is in them', async () => {
  const big = new Uint8Array(3_000_000).fill(7);
  const identity = await identifyBytes(new Blob([big]));
  assert.equal(await identifyBytes(new Blob([big])), identity);
  assert.notEqual(await identifyBytes(new Blob([big, 'x'])), identity);
  big[big.length - 1] = 8;
  assert.notEqual(await identifyBytes(new Blob([big])), identity);
  assert.match(identity, /^[\w-]{22}$/);
});

test('a manifest is read from the tags of a file, and anything else is none', () => {
  const manifest: Manifest = {
    version: 1,
    frameRate: { num: 30_000, den: 1001 },
    pictures: [
      ['abc', 120],
      [null, 500],
    ],
    sound: { sampleRate: 48_000, packetSamples: 1024, packetsPerSection: 234, sections: ['d', 'e'] },
  };
  for (const container of ['mp4', 'webm'] as const) {
    assert.deepEqual(readManifest(manifestTags(container, manifest)), manifest);
  }
  const broken = ['', '{', 'null', '[]', '{"version":2}', JSON.stringify({ ...manifest, pictures: [['a', 0]] })];
  for (const text of broken) assert.equal(readManifest({ raw: { lctn: text } }), null);
  assert.equal(readManifest({ comment: 'Made with something else' }), null);
});

test('time that the machine has slept doesn’t count as standing still', () => {
  const stillness = new Stillness(0);
  for (let now = 1000; now <= 5000; now += 1000) stillness.look(now);
  assert.equal(stillness.look(6000), 6000);
  // Eight hours with the lid closed.
  assert.equal(stillness.look(6000 + 8 * 3_600_000), 8000);
  stillness.moved();
  assert.equal(stillness.look(6000 + 8 * 3_600_000 + 500), 500);
});
