import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { placeCues } from './captions.js';
import { nextEditPoint, previousEditPoint } from './edit-points.js';
import type { ClipId, MarkerId } from './ids.js';
import { endFrame } from './lane.js';
import {
  clipBox,
  frameToX,
  hitTest,
  laneAt,
  laneLayouts,
  lanesHeight,
  nearestLane,
  rulerTicks,
  scrollTo,
  visibleClips,
  visibleRange,
  xToFrame,
  zoomAround,
  zoomToFit,
  zoomToRange,
} from './layout.js';
import type { TimelineView } from './layout.js';
import { getProperty, propertiesFor, propertyDefinitions } from './properties.js';
import type { CaptionTrackRecord, TimelineRecord, TrackRecord } from './records.js';
import { snapFrame, snapTargets } from './snapping.js';
import { clipIds, createClip, createProject, createTransition, ids } from './test-support/builders.js';
import { frameRates } from './time.js';

const document = createProject(
  [
    createClip('a', ids.main, 0, 100),
    createClip('b', ids.main, 90, 200),
    createTransition('a', 'b', 10),
    createClip('c', ids.main, 250, 300),
    createClip('t', ids.titles, 40, 120),
    { type: 'marker', id: 'm' as MarkerId, frame: 333, name: '', colour: '#ff0000', clipId: null },
    { type: 'marker', id: 'on c' as MarkerId, frame: 20, name: '', colour: '#ff0000', clipId: 'c' as ClipId },
  ],
  { inFrame: 15, outFrame: 280 },
);

describe('snapping', () => {
  test('offers the edges of clips, markers, the range, the playhead and the start', () => {
    const targets = snapTargets(document, { playhead: 77 });
    assert.deepEqual(
      targets.map(({ frame, kind }) => `${kind} ${frame}`),
      [
        'start 0',
        'clip-start 0',
        'in 15',
        'clip-start 40',
        'playhead 77',
        'clip-start 90',
        'clip-end 100',
        'clip-end 120',
        'clip-end 200',
        'clip-start 250',
        'marker 270',
        'out 280',
        'clip-end 300',
        'marker 333',
      ],
    );
  });

  test('never offers what is dragged, its markers, or what is hidden', () => {
    const titles = document.tracks.find((track) => track.id === ids.titles) as TrackRecord;
    const hidden = createProject([...document.records(), { ...titles, hidden: true }]);
    const found = snapTargets(hidden, { exclude: clipIds('c') }).map((target) => target.id);
    for (const id of ['c', 'on c', 't']) assert.ok(!found.includes(id as ClipId), id);
  });

  test('takes the nearest within the tolerance, to either side', () => {
    const targets = snapTargets(document);
    assert.equal(snapFrame(95, targets, 10)?.frame, 90);
    assert.equal(snapFrame(96, targets, 10)?.frame, 100);
    assert.equal(snapFrame(205, targets, 10)?.deltaFrames, -5);
    assert.equal(snapFrame(220, targets, 10), null);
    assert.equal(snapFrame(199.6, targets, 0.5)?.frame, 200);
  });

  test('takes whichever edge is nearer to something, and says which', () => {
    const snap = snapFrame([43, 121], snapTargets(document), 10);
    assert.deepEqual([snap?.frame, snap?.index, snap?.deltaFrames, snap?.target.kind], [120, 1, -1, 'clip-end']);
  });

  test('takes the nearest of all, compared one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 20 }), fc.nat(500), fc.nat(50), (frames, edge, tolerance) => {
        const targets = frames.sort((a, b) => a - b).map((frame) => ({ frame, kind: 'marker' as const, id: null }));
        const distances = frames.map((frame) => Math.abs(frame - edge));
        const least = Math.min(Infinity, ...distances);
        const snap = snapFrame(edge, targets, tolerance);
        assert.equal(snap === null ? Infinity : Math.abs(snap.deltaFrames), least <= tolerance ? least : Infinity);
      }),
    );
  });
});

describe('edit points', () => {
  test('are the starts and ends of clips on any track', () => {
    const forwards: number[] = [];
    for (let at = nextEditPoint(document, 0); at !== null; at = nextEditPoint(document, at)) forwards.push(at);
    assert.deepEqual(forwards, [40, 90, 100, 120, 200, 250, 300]);
    const backwards: number[] = [];
    for (let at = previousEditPoint(document, 300); at !== null; at = previousEditPoint(document, at))
      backwards.push(at);
    assert.deepEqual(backwards, [250, 200, 120, 100, 90, 40, 0]);
  });

  test('are found from anywhere', () => {
    assert.deepEqual([nextEditPoint(document, 95), previousEditPoint(document, 95)], [100, 90]);
    assert.deepEqual([nextEditPoint(document, 9999), previousEditPoint(document, 9999)], [null, 300]);
    assert.deepEqual([nextEditPoint(createProject(), 0), previousEditPoint(createProject(), 0)], [null, null]);
  });
});

describe('the layout of the timeline', () => {
  const view: TimelineView = { pixelsPerFrame: 2, scrollFrame: 10, width: 400 };

  test('maps frames to pixels and back to the nearest frame', () => {
    assert.equal(frameToX(60, view), 100);
    assert.equal(xToFrame(100, view), 60);
    assert.equal(xToFrame(100.9, view), 60);
    assert.equal(xToFrame(-500, view), 0);
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.double({ min: 0.001, max: 64, noNaN: true }),
        (frame, pixelsPerFrame) =>
          xToFrame(frameToX(frame, { ...view, pixelsPerFrame }), { ...view, pixelsPerFrame }) === frame,
      ),
    );
  });

  test('tells which clips of a track a view shows', () => {
    assert.deepEqual(visibleRange(view), { startFrame: 10, endFrame: 210 });
    assert.deepEqual(
      visibleClips(document, ids.main, view).map((clip) => clip.id),
      ['a', 'b'],
    );
    assert.deepEqual(
      visibleClips(document, ids.main, { ...view, scrollFrame: 100 }).map((clip) => clip.id),
      ['b', 'c'],
    );
    assert.deepEqual(
      visibleClips(document, ids.main, { ...view, scrollFrame: 200, width: 90 }).map((clip) => clip.id),
      [],
    );
    assert.deepEqual(
      visibleClips(document, ids.main, { ...view, scrollFrame: 200, width: 90 }, 20).map((clip) => clip.id),
      ['b', 'c'],
    );
  });

  test('shows exactly the clips that touch the view', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 400, noNaN: true }),
        fc.integer({ min: 1, max: 300 }),
        (scrollFrame, width) => {
          const shown = visibleClips(document, ids.main, { pixelsPerFrame: 1, scrollFrame, width });
          const { startFrame, endFrame: end } = visibleRange({ pixelsPerFrame: 1, scrollFrame, width });
          assert.deepEqual(
            shown,
            document.clipsOf(ids.main).filter((clip) => clip.startFrame < end && endFrame(clip) > startFrame),
          );
        },
      ),
    );
  });

  test('zooms around a place, which stays where it is', () => {
    const closer = zoomAround(view, 8, 100);
    assert.equal(frameToX(60, closer), 100);
    assert.equal(zoomAround(view, 1000, 0).pixelsPerFrame, 64);
    assert.equal(zoomAround({ ...view, scrollFrame: 0 }, 1, 100).scrollFrame, 0);
  });

  test('zooms to fit all, or a range, with room at both sides', () => {
    const fit = zoomToFit(view, document, 50);
    assert.deepEqual([frameToX(0, { ...fit, scrollFrame: 0 }), fit.pixelsPerFrame], [0, 1]);
    const range = zoomToRange(view, { startFrame: 100, endFrame: 200 }, 50);
    assert.deepEqual([frameToX(100, range), frameToX(200, range)].map(Math.round), [50, 350]);
    assert.equal(zoomToFit(view, createProject()).pixelsPerFrame, 64);
  });

  test('scrolls no further than it takes to show a frame', () => {
    assert.equal(scrollTo(view, 100), view);
    assert.equal(frameToX(500, scrollTo(view, 500)), 352);
    assert.equal(
      frameToX(20, scrollTo({ ...view, scrollFrame: 100 }, 20)),
      40,
      'the start of the timeline is as far as it goes',
    );
  });

  test('has marks on round timecodes, far enough apart to be read', () => {
    for (const pixelsPerFrame of [0.001, 0.01, 0.1, 1, 3, 10, 64]) {
      for (const rate of [frameRates.fps2997, frameRates.fps24, frameRates.fps25]) {
        const ticks = rulerTicks({ pixelsPerFrame, scrollFrame: 0, width: 1000 }, rate);
        const labelled = ticks.filter((tick) => tick.label !== null);
        assert.ok(ticks.length <= 1000 / 6 + 2, `${ticks.length} marks at ${pixelsPerFrame}`);
        assert.ok(labelled.length > 0);
        labelled.slice(1).forEach((tick, index) => assert.ok(tick.x - (labelled[index]?.x ?? 0) >= 88 - 1e-9));
      }
    }
    const ticks = rulerTicks({ pixelsPerFrame: 3, scrollFrame: 25, width: 200 }, frameRates.fps30);
    assert.deepEqual(
      ticks.filter((tick) => tick.label).map(({ frame, x, label }) => [frame, x, label]),
      [
        [30, 15, '00:00:01:00'],
        [60, 105, '00:00:02:00'],
        [90, 195, '00:00:03:00'],
      ],
    );
  });

  test('has lanes from top to bottom, the topmost picture first', () => {
    const lanes = laneLayouts(document, 4);
    assert.deepEqual(
      lanes.map(({ track, y, height }) => [track.id, y, height]),
      [
        ['titles', 0, 40],
        ['second', 44, 72],
        ['main', 120, 72],
        ['audio', 196, 56],
        ['music', 256, 56],
      ],
    );
    assert.equal(lanesHeight(lanes), 312);
    assert.equal(laneAt(lanes, 119)?.track.id, undefined);
    assert.equal(laneAt(lanes, 120)?.track.id, ids.main);
    assert.equal(nearestLane(lanes, 119)?.track.id, ids.main);
    assert.equal(nearestLane(lanes, -50)?.track.id, ids.titles);
    assert.equal(nearestLane([], 0), null);
  });

  test('tells what is under a point', () => {
    const lanes = laneLayouts(document, 4);
    const at = (frame: number, y = 130): string => {
      const hit = hitTest(document, { x: frameToX(frame, view), y }, view, lanes);
      return 'clip' in hit ? `${hit.kind} ${hit.clip.id}` : hit.kind;
    };
    assert.deepEqual([at(50), at(95), at(150)], ['clip a', 'clip b', 'clip b']);
    assert.deepEqual([at(91), at(199), at(85)], ['clip-start b', 'clip-end b', 'clip a']);
    assert.deepEqual([at(220), at(50, 42), at(50, 999)], ['lane', 'none', 'none']);
  });

  test('leaves a third of a sliver of a clip to be picked up by', () => {
    const sliver = createProject([createClip('x', ids.main, 10, 13)]);
    const lanes = laneLayouts(sliver);
    const kinds = [10.5, 11.5, 12.5].map(
      (frame) => hitTest(sliver, { x: frameToX(frame, view), y: 130 }, view, lanes).kind,
    );
    assert.deepEqual(kinds, ['clip-start', 'clip', 'clip-end']);
  });

  test('draws a clip where hits find it', () => {
    const lanes = laneLayouts(document);
    const lane = lanes.find((each) => each.track.id === ids.main);
    const clip = document.clips.get('c' as ClipId);
    assert.ok(lane && clip);
    assert.deepEqual(clipBox(clip, lane, view), { x: 480, y: 120, width: 100, height: 72 });
  });
});

describe('captions on the timeline', () => {
  const cues: CaptionTrackRecord = {
    type: 'caption-track',
    id: 'cues' as never,
    assetId: ids.file,
    language: 'en',
    label: 'English',
    status: 'auto',
    cues: [
      { startSeconds: 1, endSeconds: 2, text: 'one' },
      { startSeconds: 4, endSeconds: 6, text: 'two' },
      { startSeconds: 10, endSeconds: 11, text: 'three' },
    ],
  };
  const placed = (...clips: TimelineRecord[]): (string | number)[][] =>
    placeCues(createProject(clips), cues).map((cue) => [
      cue.text,
      Number(cue.startSeconds.toFixed(6)),
      Number(cue.endSeconds.toFixed(6)),
    ]);

  test('follow the cuts of their source', () => {
    assert.deepEqual(placed(createClip('a', ids.main, 0, 90), createClip('b', ids.main, 90, 240, { trim: 270 })), [
      ['one', 1, 2],
      ['three', 4, 5],
    ]);
  });

  test('are cut where a clip is cut, and follow its speed', () => {
    assert.deepEqual(placed(createClip('a', ids.main, 30, 60, { trim: 150 })), [['two', 1, 2]]);
    assert.deepEqual(placed(createClip('a', ids.main, 0, 90, { speed: [2, 1] })), [
      ['one', 0.5, 1],
      ['two', 2, 3],
    ]);
  });

  test('come once for a picture and its detached sound', () => {
    assert.deepEqual(
      placed(createClip('a', ids.main, 0, 90), createClip('s', ids.audio, 0, 90, { assetId: ids.file })),
      [['one', 1, 2]],
    );
  });

  test('stay where they are when they belong to the timeline', () => {
    assert.equal(placeCues(createProject(), { ...cues, assetId: null }).length, 3);
  });
});

describe('the registry of properties', () => {
  test('has a default in range for each', () => {
    for (const definition of propertyDefinitions) {
      const { id, min, max, choices, nullable } = definition;
      const value = definition.default;
      if (typeof value === 'number') assert.ok(value >= (min ?? -Infinity) && value <= (max ?? Infinity), id);
      if (choices) assert.ok(choices.includes(value as string), id);
      if (value === null) assert.equal(nullable, true, id);
      assert.equal(getProperty({ props: {} }, id), value);
    }
  });

  test('reads a stored value that is out of range as the nearest, and one of another type as the default', () => {
    assert.equal(getProperty({ props: { opacity: 7 } }, 'opacity'), 1);
    assert.equal(getProperty({ props: { opacity: 'much' } }, 'opacity'), 1);
    assert.equal(getProperty({ props: { fit: 'stretch' } }, 'fit'), 'contain');
    assert.equal(getProperty({ props: { backgroundColour: null } }, 'backgroundColour'), null);
    assert.equal(getProperty({ props: { textColour: null } }, 'textColour'), '#ffffff');
  });

  test('asks about the pitch where the speed is another', () => {
    for (const [speed, asked] of [
      [[1, 1], false],
      [[5, 4], true],
    ] as const) {
      const project = createProject([createClip('s', ids.audio, 0, 10, { speed })]);
      const clip = project.clips.get('s' as ClipId);
      assert.ok(clip);
      assert.equal(
        propertiesFor(clip, project).some(({ id }) => id === 'keepPitch'),
        asked,
      );
    }
  });

  test('tells what means something for a clip', () => {
    const groups = (id: string, ...clips: TimelineRecord[]): string[] => {
      const project = createProject(clips);
      const clip = project.clips.get(id as ClipId);
      assert.ok(clip);
      return [...new Set(propertiesFor(clip, project).map((definition) => definition.group))];
    };
    assert.deepEqual(groups('a', createClip('a', ids.main, 0, 10)), ['transform', 'crop', 'appearance', 'sound']);
    assert.deepEqual(groups('s', createClip('s', ids.audio, 0, 10)), ['appearance', 'sound']);
    assert.deepEqual(groups('v', createClip('v', ids.audio, 0, 10, { assetId: ids.file })), ['appearance', 'sound']);
    assert.deepEqual(groups('t', createClip('t', ids.titles, 0, 10)), ['transform', 'appearance', 'text']);
    assert.deepEqual(groups('p', createClip('p', ids.main, 0, 10, { image: ids.picture })), [
      'transform',
      'crop',
      'appearance',
    ]);
  });
});
