import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClipId, MarkerId } from '../ids.js';
import { getProperty } from '../properties.js';
import type { TimelineRecord, TrackRecord } from '../records.js';
import type { TimelineState } from '../state.js';
import {
  applies,
  clipIds,
  clipOf,
  createAsset,
  createClip,
  createEditing,
  createPicture,
  createProject,
  createSong,
  createTransition,
  edit,
  ids,
  lane,
} from '../test-support/builders.js';
import { frameRates } from '../time.js';
import { copyClips, runCommand } from './index.js';

const main = (state: TimelineState): string => lane(state, ids.main);
const locked = (id: string): TrackRecord => {
  const track = createProject().tracks.find((each) => each.id === id);
  assert.ok(track);
  return { ...track, locked: true };
};
const transitions = (state: TimelineState): string[] =>
  state.document.transitions.map((each) => `${each.fromClipId}>${each.toClipId} ${each.durationFrames}`);

describe('clip.add', () => {
  const row = [createClip('a', ids.main, 0, 100), createClip('b', ids.main, 100, 200)];

  test('appends a whole file to the main track and picks it', () => {
    const state = edit(createEditing(row), 'clip.add', { asset: createAsset(), mode: 'append' });
    assert.equal(main(state), 'a 0-100, b 100-200, n1 200-1200');
    assert.deepEqual(state.selection, { clipIds: ['n1'], trackId: ids.main });
  });

  test('inserts by cutting what is there and pushing the rest on, on every track', () => {
    const state = edit(createEditing([...row, createClip('t', ids.titles, 120, 150)]), 'clip.add', {
      asset: createPicture(),
      frame: 40,
      mode: 'insert',
    });
    assert.equal(main(state), 'a 0-40, n2 40-190, n1 190-250@40, b 250-350');
    assert.equal(lane(state, ids.titles), 't 270-300');
  });

  test('overwrites by cutting away what is there', () => {
    const state = edit(createEditing(row), 'clip.add', { asset: createPicture(), frame: 40, mode: 'overwrite' });
    assert.equal(main(state), 'a 0-40, n1 40-190, b 190-200@90');
  });

  test('leaves the left half, and makes a right half, where it overwrites the middle of a clip', () => {
    const state = edit(createEditing([createClip('a', ids.main, 0, 500)]), 'clip.add', {
      asset: createPicture(),
      frame: 100,
      mode: 'overwrite',
    });
    assert.equal(main(state), 'a 0-100, n2 100-250, n1 250-500@250');
  });

  test('gives a picture five seconds, and the clip the name of the asset', () => {
    const state = edit(createEditing(), 'clip.add', { asset: createPicture(), mode: 'append' });
    assert.equal(main(state), 'n1 0-150');
    assert.equal(clipOf(state, 'n1').name, 'slide.png');
    assert.equal(clipOf(state, 'n1').source.kind, 'image');
  });

  test('puts sound on the topmost audio track that is free there', () => {
    const song = createSong();
    const once = edit(createEditing([createClip('m', ids.audio, 0, 200)]), 'clip.add', {
      asset: song,
      frame: 250,
      mode: 'insert',
    });
    assert.equal(lane(once, ids.audio), 'm 0-200, n1 250-2250');
    const twice = edit(createEditing([createClip('m', ids.audio, 0, 200)]), 'clip.add', {
      asset: song,
      frame: 100,
      mode: 'insert',
    });
    assert.equal(lane(twice, ids.audio), 'm 0-200');
    assert.equal(lane(twice, ids.music), 'n1 100-2100');
  });

  test('makes an audio track where none is free', () => {
    const state = edit(
      createEditing([createClip('m', ids.audio, 0, 200), createClip('n', ids.music, 0, 200)]),
      'clip.add',
      { asset: createSong(), frame: 0, mode: 'overwrite' },
    );
    const track = state.document.tracks[0];
    assert.deepEqual([track?.kind, track?.name], ['audio', 'Audio 3']);
    assert.equal(lane(state, track?.id as never), 'n2 0-2000');
  });

  test('takes the sound of a video on an audio track, and nothing on a track of another kind', () => {
    const state = createEditing();
    assert.equal(
      lane(edit(state, 'clip.add', { asset: createAsset(), trackId: ids.audio, mode: 'append' }), ids.audio),
      'n1 0-1000',
    );
    assert.ok(!applies(state, 'clip.add', { asset: createAsset(), trackId: ids.titles, mode: 'append' }));
    assert.ok(!applies(state, 'clip.add', { asset: createSong(), trackId: ids.main, mode: 'append' }));
    assert.ok(!applies(state, 'clip.add', { asset: createPicture(), trackId: ids.audio, mode: 'append' }));
    assert.ok(
      !applies(state, 'clip.add', {
        asset: createAsset({ id: 'mute' as never, audioCodec: null }),
        trackId: ids.audio,
        mode: 'append',
      }),
    );
  });

  test('goes above a locked main track, and nowhere when the track named is locked', () => {
    const state = createEditing([locked(ids.main)]);
    assert.equal(lane(edit(state, 'clip.add', { asset: createAsset(), mode: 'append' }), ids.second), 'n1 0-1000');
    assert.ok(!applies(state, 'clip.add', { asset: createAsset(), trackId: ids.main, mode: 'append' }));
  });

  test('adds the asset once, and keeps the facts that the document has', () => {
    const asset = createAsset({ id: 'new' as never, durationSeconds: 2 });
    const once = edit(createEditing(), 'clip.add', { asset, mode: 'append' });
    const twice = edit(once, 'clip.add', { asset: { ...asset, durationSeconds: 9 }, mode: 'append' }, () => 'again');
    assert.equal(main(twice), 'n1 0-60, again 60-120');
    assert.equal(twice.document.assets.get('new' as never)?.durationSeconds, 2);
  });

  test('in the middle of a transition cuts both of its clips there', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 80, 180),
      createTransition('a', 'b', 20),
    ]);
    const after = edit(state, 'clip.add', { asset: createPicture(), frame: 90, mode: 'insert' });
    assert.equal(main(after), 'a 0-90, n1 90-240, b 240-330@10');
    assert.deepEqual(transitions(after), []);
  });

  test('refuses frames that are none', () => {
    assert.throws(
      () => applies(createEditing(), 'clip.add', { asset: createAsset(), frame: 1.5, mode: 'insert' }),
      RangeError,
    );
    assert.throws(
      () => applies(createEditing(), 'clip.add', { asset: createAsset(), frame: -1, mode: 'insert' }),
      /-1/,
    );
  });
});

describe('clip.addText and clip.addColour', () => {
  test('put a title on a free text track, with its first line as the name', () => {
    const state = edit(createEditing(), 'clip.addText', { text: ' Chapter one\nAnd more', frame: 30 });
    assert.equal(lane(state, ids.titles), 'n1 30-180');
    assert.equal(clipOf(state, 'n1').name, 'Chapter one');
  });

  test('make another text track where there is no room', () => {
    const state = edit(createEditing([createClip('t', ids.titles, 100, 200)]), 'clip.addText', {
      text: 'Hi',
      frame: 30,
    });
    const top = state.document.tracks.at(-1);
    assert.deepEqual([top?.kind, top?.name], ['text', 'Titles 2']);
  });

  test('push on what is in the way on a track that was named', () => {
    const state = edit(createEditing([createClip('t', ids.titles, 100, 200)]), 'clip.addText', {
      text: 'Hi',
      frame: 90,
      durationFrames: 30,
      trackId: ids.titles,
    });
    assert.equal(lane(state, ids.titles), 'n1 90-120, t 120-220');
  });

  test('put a colour on the main track where it is free, else above', () => {
    assert.equal(
      main(edit(createEditing(), 'clip.addColour', { colour: '#FFAA00', frame: 0, durationFrames: 10 })),
      'n1 0-10',
    );
    const state = edit(createEditing([createClip('a', ids.main, 0, 100)]), 'clip.addColour', {
      colour: '#FFAA00',
      frame: 0,
      durationFrames: 10,
    });
    assert.equal(lane(state, ids.second), 'n1 0-10');
    assert.deepEqual(clipOf(state, 'n1').source, { kind: 'colour', colour: '#ffaa00' });
  });

  test('refuse what is no colour, and a locked track', () => {
    assert.throws(() => applies(createEditing(), 'clip.addColour', { colour: 'red', frame: 0 }), TypeError);
    assert.ok(
      !applies(createEditing([locked(ids.titles)]), 'clip.addText', { text: 'Hi', frame: 0, trackId: ids.titles }),
    );
  });
});

describe('clip.move', () => {
  const row = [
    createClip('a', ids.main, 0, 100),
    createClip('b', ids.main, 100, 200),
    createClip('c', ids.main, 200, 300),
  ];

  test('leaves a gap and cuts what it lands on', () => {
    const state = edit(createEditing(row), 'clip.move', { clipIds: clipIds('a'), deltaFrames: 150 });
    assert.equal(main(state), 'b 100-150, a 150-250, c 250-300@50');
  });

  test('stops at the start of the timeline', () => {
    const state = edit(createEditing([createClip('a', ids.main, 30, 60)]), 'clip.move', {
      clipIds: clipIds('a'),
      deltaFrames: -100,
    });
    assert.equal(main(state), 'a 0-30');
    assert.ok(!applies(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: -5 }));
  });

  test('takes linked clips along in time, on their own tracks', () => {
    const state = edit(
      createEditing([
        createClip('a', ids.main, 0, 100, { link: 'x' }),
        createClip('s', ids.audio, 0, 100, { link: 'x' }),
      ]),
      'clip.move',
      {
        clipIds: clipIds('a'),
        deltaFrames: 50,
        trackId: ids.second,
      },
    );
    assert.equal(lane(state, ids.second), 'a 50-150');
    assert.equal(lane(state, ids.audio), 's 50-150');
  });

  test('moves several by the same, keeping their distance in tracks', () => {
    const state = edit(
      createEditing([createClip('s', ids.audio, 0, 50), createClip('m', ids.music, 100, 150)]),
      'clip.move',
      {
        clipIds: clipIds('s', 'm'),
        deltaFrames: 10,
        deltaTracks: 0,
      },
    );
    assert.equal(lane(state, ids.audio), 's 10-60');
    assert.equal(lane(state, ids.music), 'm 110-160');
    assert.ok(
      !applies(state, 'clip.move', { clipIds: clipIds('s', 'm'), deltaFrames: 10, deltaTracks: -1 }),
      'below the last',
    );
  });

  test('counts tracks among those of its sort', () => {
    const state = createEditing([createClip('a', ids.main, 0, 100)]);
    assert.equal(
      lane(edit(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: 0, deltaTracks: 1 }), ids.second),
      'a 0-100',
    );
    assert.ok(
      !applies(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: 0, deltaTracks: 2 }),
      'titles take no video',
    );
    assert.ok(
      !applies(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: 0, deltaTracks: -1 }),
      'below pictures is nothing',
    );
    assert.ok(!applies(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: 0, trackId: ids.audio }));
  });

  test('does not apply when two of the moved would meet', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100, { link: 'x' }),
      createClip('o', ids.second, 50, 150, { link: 'x' }),
    ]);
    assert.ok(!applies(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: 0, deltaTracks: 1 }));
  });

  test('does not apply to a clip on a locked track, to one, or with a linked one on one', () => {
    const clips = [
      createClip('a', ids.main, 0, 100, { link: 'x' }),
      createClip('s', ids.audio, 0, 100, { link: 'x' }),
      createClip('b', ids.main, 100, 200),
    ];
    assert.ok(
      !applies(createEditing([...clips, locked(ids.audio)]), 'clip.move', { clipIds: clipIds('a'), deltaFrames: 300 }),
    );
    assert.ok(
      !applies(createEditing([...clips, locked(ids.main)]), 'clip.move', { clipIds: clipIds('b'), deltaFrames: 300 }),
    );
    assert.ok(
      !applies(createEditing([...clips, locked(ids.second)]), 'clip.move', {
        clipIds: clipIds('b'),
        deltaFrames: 0,
        trackId: ids.second,
      }),
    );
  });

  test('keeps a transition between clips that move together, and drops it from one that leaves', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 90, 200),
      createTransition('a', 'b', 10),
    ]);
    assert.deepEqual(
      transitions(edit(state, 'clip.move', { clipIds: clipIds('a', 'b'), deltaFrames: 40, trackId: ids.second })),
      ['a>b 10'],
    );
    const apart = edit(state, 'clip.move', { clipIds: clipIds('b'), deltaFrames: 40 });
    assert.deepEqual(transitions(apart), []);
    assert.equal(main(apart), 'a 0-100, b 130-240');
  });

  test('inserts at the nearest cut and closes the gap behind it: reordering', () => {
    const state = createEditing(row);
    assert.equal(
      main(edit(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: 160, mode: 'insert' })),
      'b 0-100, a 100-200, c 200-300',
    );
    assert.equal(
      main(edit(state, 'clip.move', { clipIds: clipIds('c'), deltaFrames: -180, mode: 'insert' })),
      'c 0-100, a 100-200, b 200-300',
    );
    assert.equal(
      main(edit(state, 'clip.move', { clipIds: clipIds('a'), deltaFrames: 400, mode: 'insert' })),
      'b 0-100, c 100-200, a 300-400',
    );
    assert.ok(
      !applies(state, 'clip.move', { clipIds: clipIds('b'), deltaFrames: 20, mode: 'insert' }),
      'back where it was',
    );
  });

  test('that reorders takes titles and linked sound along', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 100, 200, { link: 'x' }),
      createClip('s', ids.audio, 100, 200, { link: 'x' }),
      createClip('t', ids.titles, 110, 150),
      createClip('u', ids.titles, 20, 60),
    ]);
    const after = edit(state, 'clip.move', { clipIds: clipIds('b'), deltaFrames: -100, mode: 'insert' });
    assert.equal(main(after), 'b 0-100, a 100-200');
    assert.equal(lane(after, ids.audio), 's 0-100');
    assert.equal(lane(after, ids.titles), 'u 120-160, t 200-240');
  });

  test('does not insert where a linked clip that starts earlier would lie before the timeline', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 100, 200, { link: 'x' }),
      createClip('s', ids.audio, 80, 200, { link: 'x' }),
    ]);
    assert.ok(!applies(state, 'clip.move', { clipIds: clipIds('b'), deltaFrames: -100, mode: 'insert' }));
    assert.ok(applies(state, 'clip.move', { clipIds: clipIds('b'), deltaFrames: -60 }));
  });

  test('inserts from another track without loss', () => {
    const state = createEditing([...row, createClip('o', ids.second, 50, 80)]);
    assert.equal(
      main(edit(state, 'clip.move', { clipIds: clipIds('o'), deltaFrames: 40, trackId: ids.main, mode: 'insert' })),
      'a 0-100, o 100-130, b 130-230, c 230-330',
    );
  });
});

describe('clip.trim', () => {
  const row = [
    createClip('a', ids.main, 0, 100, { trim: 20 }),
    createClip('b', ids.main, 100, 200, { trim: 50 }),
    createClip('c', ids.main, 250, 300),
  ];

  test('moves an end without ripple, as far as the neighbour', () => {
    const state = createEditing(row);
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'b' as ClipId, edge: 'end', frame: 180, ripple: false })),
      'a 0-100@20, b 100-180@50, c 250-300',
    );
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'b' as ClipId, edge: 'end', frame: 900, ripple: false })),
      'a 0-100@20, b 100-250@50, c 250-300',
    );
  });

  test('moves a start without ripple, as far as the source and the neighbour', () => {
    const state = createEditing(row);
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'b' as ClipId, edge: 'start', frame: 130, ripple: false })),
      'a 0-100@20, b 130-200@80, c 250-300',
    );
    assert.ok(
      !applies(state, 'clip.trim', { clipId: 'b' as ClipId, edge: 'start', frame: 90, ripple: false }),
      'a is in the way',
    );
    assert.ok(
      !applies(state, 'clip.trim', { clipId: 'c' as ClipId, edge: 'start', frame: 240, ripple: false }),
      'the source begins there',
    );
  });

  test('leaves at least a frame', () => {
    const state = createEditing(row);
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'c' as ClipId, edge: 'end', frame: 0, ripple: false })),
      'a 0-100@20, b 100-200@50, c 250-251',
    );
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'c' as ClipId, edge: 'start', frame: 9999, ripple: false })),
      'a 0-100@20, b 100-200@50, c 299-300@49',
    );
  });

  test('goes no further than the source does', () => {
    const state = edit(createEditing([createClip('a', ids.main, 0, 100, { trim: 20 })]), 'clip.trim', {
      clipId: 'a' as ClipId,
      edge: 'end',
      frame: 5000,
    });
    assert.equal(main(state), 'a 0-980@20');
  });

  test('ripples on the main track unless told otherwise: the end', () => {
    const state = edit(createEditing([...row, createClip('t', ids.titles, 210, 240)]), 'clip.trim', {
      clipId: 'a' as ClipId,
      edge: 'end',
      frame: 70,
    });
    assert.equal(main(state), 'a 0-70@20, b 70-170@50, c 220-270');
    assert.equal(lane(state, ids.titles), 't 180-210');
  });

  test('ripples on the main track unless told otherwise: the start stays where it is', () => {
    const shorter = edit(createEditing(row), 'clip.trim', { clipId: 'b' as ClipId, edge: 'start', frame: 130 });
    assert.equal(main(shorter), 'a 0-100@20, b 100-170@80, c 220-270');
    const longer = edit(createEditing(row), 'clip.trim', { clipId: 'b' as ClipId, edge: 'start', frame: 60 });
    assert.equal(main(longer), 'a 0-100@20, b 100-240@10, c 290-340');
  });

  test('ripples another track alone, and only when told', () => {
    const state = createEditing([
      createClip('o', ids.second, 0, 50),
      createClip('p', ids.second, 60, 90),
      createClip('a', ids.main, 60, 90),
    ]);
    const after = edit(state, 'clip.trim', { clipId: 'o' as ClipId, edge: 'end', frame: 70, ripple: true });
    assert.equal(lane(after, ids.second), 'o 0-70, p 80-110');
    assert.equal(main(after), 'a 60-90');
    assert.equal(
      lane(edit(state, 'clip.trim', { clipId: 'o' as ClipId, edge: 'end', frame: 70 }), ids.second),
      'o 0-60, p 60-90',
    );
  });

  test('trims linked clips with the same edge alike, as far as both can go', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100, { trim: 20, link: 'x' }),
      createClip('s', ids.audio, 0, 100, { trim: 20, link: 'x', assetId: ids.file }),
      createClip('later', ids.audio, 110, 150),
      createClip('o', ids.second, 10, 90, { link: 'x' }),
    ]);
    const after = edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'end', frame: 200, ripple: false });
    assert.equal(main(after), 'a 0-110@20');
    assert.equal(lane(after, ids.audio), 's 0-110@20, later 110-150');
    assert.equal(lane(after, ids.second), 'o 10-90');
  });

  test('counts the source at the speed of the clip', () => {
    const state = createEditing([createClip('a', ids.main, 10, 100, { trim: 30, speed: [2, 1] })]);
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'start', frame: 20, ripple: false })),
      'a 20-100@50',
    );
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'start', frame: 0, ripple: false })),
      'a 0-100@10',
    );
    assert.equal(
      main(edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'end', frame: 9999, ripple: false })),
      'a 10-495@30',
    );
  });

  test('keeps key frames where they are on the timeline', () => {
    const clip = createClip('a', ids.second, 10, 100, {
      trim: 30,
      keyframes: { opacity: [{ frame: 20, value: 0.5, easing: 'linear' }] },
    });
    const state = edit(createEditing([clip]), 'clip.trim', { clipId: 'a' as ClipId, edge: 'start', frame: 35 });
    assert.equal(clipOf(state, 'a').keyframes.opacity?.[0]?.frame, -5);
  });

  test('at an edge in a transition changes how long that lasts', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 90, 200, { trim: 50 }),
      createTransition('a', 'b', 10),
    ]);
    assert.deepEqual(
      transitions(edit(state, 'clip.trim', { clipId: 'b' as ClipId, edge: 'start', frame: 94, ripple: false })),
      ['a>b 6'],
    );
    assert.deepEqual(
      transitions(edit(state, 'clip.trim', { clipId: 'b' as ClipId, edge: 'start', frame: 100, ripple: false })),
      [],
    );
    assert.deepEqual(
      transitions(edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'end', frame: 120, ripple: false })),
      ['a>b 30'],
    );
    const rippled = edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'end', frame: 80 });
    assert.equal(main(rippled), 'a 0-80, b 70-180@50');
    assert.deepEqual(transitions(rippled), ['a>b 10']);
  });

  test('does not apply on a locked track, or with a linked clip on one', () => {
    const clips = [createClip('a', ids.main, 0, 100, { link: 'x' }), createClip('s', ids.audio, 0, 100, { link: 'x' })];
    for (const track of [ids.main, ids.audio]) {
      assert.ok(
        !applies(createEditing([...clips, locked(track)]), 'clip.trim', {
          clipId: 'a' as ClipId,
          edge: 'end',
          frame: 50,
        }),
      );
    }
  });

  test('leaves a locked track where it is when the main track ripples', () => {
    const state = createEditing([...row, createClip('t', ids.titles, 210, 240), locked(ids.titles)]);
    assert.equal(
      lane(edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'end', frame: 70 }), ids.titles),
      't 210-240',
    );
  });
});

describe('clip.slip, clip.roll and clip.slide', () => {
  const row = [
    createClip('a', ids.main, 0, 100, { trim: 20 }),
    createClip('b', ids.main, 100, 200, { trim: 50 }),
    createClip('c', ids.main, 200, 300, { trim: 30 }),
  ];

  test('slipping shows another part of the source in the same place, within the source', () => {
    const state = createEditing(row);
    assert.equal(
      main(edit(state, 'clip.slip', { clipId: 'b' as ClipId, deltaFrames: 10 })),
      'a 0-100@20, b 100-200@60, c 200-300@30',
    );
    assert.equal(
      main(edit(state, 'clip.slip', { clipId: 'b' as ClipId, deltaFrames: -500 })),
      'a 0-100@20, b 100-200, c 200-300@30',
    );
    assert.equal(
      main(edit(state, 'clip.slip', { clipId: 'b' as ClipId, deltaFrames: 5000 })),
      'a 0-100@20, b 100-200@900, c 200-300@30',
    );
    assert.ok(
      !applies(createEditing([createClip('t', ids.titles, 0, 10)]), 'clip.slip', {
        clipId: 't' as ClipId,
        deltaFrames: 5,
      }),
    );
  });

  test('slipping takes linked clips along, as far as all can go', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100, { trim: 20, link: 'x' }),
      createClip('s', ids.audio, 0, 100, { trim: 5, link: 'x', assetId: ids.file }),
    ]);
    const after = edit(state, 'clip.slip', { clipId: 'a' as ClipId, deltaFrames: -10 });
    assert.equal(main(after), 'a 0-100@15');
    assert.equal(lane(after, ids.audio), 's 0-100');
  });

  test('rolling moves the cut between two clips', () => {
    const state = createEditing(row);
    assert.equal(
      main(edit(state, 'clip.roll', { clipId: 'a' as ClipId, frame: 80 })),
      'a 0-80@20, b 80-200@30, c 200-300@30',
    );
    assert.equal(
      main(edit(state, 'clip.roll', { clipId: 'a' as ClipId, frame: 0 })),
      'a 0-50@20, b 50-200, c 200-300@30',
    );
    assert.ok(!applies(state, 'clip.roll', { clipId: 'c' as ClipId, frame: 250 }), 'nothing follows');
  });

  test('sliding moves a clip between its neighbours', () => {
    const state = createEditing(row);
    assert.equal(
      main(edit(state, 'clip.slide', { clipId: 'b' as ClipId, deltaFrames: 15 })),
      'a 0-115@20, b 115-215@50, c 215-300@45',
    );
    assert.equal(
      main(edit(state, 'clip.slide', { clipId: 'b' as ClipId, deltaFrames: -500 })),
      'a 0-70@20, b 70-170@50, c 170-300',
    );
    assert.ok(!applies(state, 'clip.slide', { clipId: 'a' as ClipId, deltaFrames: 5 }));
  });

  test('none of them applies on a locked track', () => {
    const state = createEditing([...row, locked(ids.main)]);
    assert.ok(!applies(state, 'clip.slip', { clipId: 'b' as ClipId, deltaFrames: 10 }));
    assert.ok(!applies(state, 'clip.roll', { clipId: 'a' as ClipId, frame: 80 }));
    assert.ok(!applies(state, 'clip.slide', { clipId: 'b' as ClipId, deltaFrames: 5 }));
  });
});

describe('clip.split and clip.splitAll', () => {
  const clips = [
    createClip('a', ids.main, 0, 100, { trim: 20, link: 'x' }),
    createClip('s', ids.audio, 0, 100, { trim: 20, link: 'x' }),
    createClip('t', ids.titles, 10, 60),
  ];

  test('cut a clip and what it is linked to; the halves stay linked among themselves', () => {
    const state = edit(createEditing(clips), 'clip.split', { clipIds: clipIds('a'), frame: 40 });
    assert.equal(main(state), 'a 0-40@20, n1 40-100@60');
    assert.equal(lane(state, ids.audio), 's 0-40@20, n2 40-100@60');
    assert.equal(clipOf(state, 'a').linkId, clipOf(state, 's').linkId);
    assert.equal(clipOf(state, 'n1').linkId, clipOf(state, 'n2').linkId);
    assert.notEqual(clipOf(state, 'n1').linkId, clipOf(state, 'a').linkId);
    assert.equal(clipOf(state, 'n1').splitFrom, 'a');
  });

  test('without ids cut what is selected, else the main track, else the topmost', () => {
    const titles = edit(createEditing(clips, ['t']), 'clip.split', { frame: 40 });
    assert.equal(lane(titles, ids.titles), 't 10-40, n1 40-60');
    assert.equal(main(titles), 'a 0-100@20');
    const nothingSelected = edit(createEditing(clips), 'clip.split', { frame: 40 });
    assert.equal(lane(nothingSelected, ids.titles), 't 10-60');
    assert.equal(main(nothingSelected), 'a 0-40@20, n1 40-100@60');
    const noMain = edit(
      createEditing([createClip('o', ids.second, 0, 50), createClip('t', ids.titles, 0, 50)]),
      'clip.split',
      { frame: 10 },
    );
    assert.equal(lane(noMain, ids.titles), 't 0-10, n1 10-50');
    assert.equal(lane(noMain, ids.second), 'o 0-50');
  });

  test('go on with the right half of what was selected', () => {
    assert.deepEqual(edit(createEditing(clips, ['t']), 'clip.split', { frame: 40 }).selection.clipIds, ['n1']);
    assert.deepEqual(edit(createEditing(clips), 'clip.split', { frame: 40 }).selection.clipIds, []);
  });

  test('do not apply at an edge, in a gap, in a transition, or on a locked track', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 90, 200),
      createTransition('a', 'b', 10),
      createClip('t', ids.titles, 300, 400),
      locked(ids.titles),
    ]);
    for (const frame of [0, 90, 95, 99, 200, 250, 350])
      assert.ok(!applies(state, 'clip.split', { frame }), String(frame));
    assert.ok(applies(state, 'clip.split', { frame: 89 }));
  });

  test('give the fade in to the left half and the fade out to the right', () => {
    const state = edit(
      createEditing([createClip('a', ids.main, 0, 100, { props: { fadeInFrames: 5, fadeOutFrames: 7 } })]),
      'clip.split',
      { frame: 40 },
    );
    assert.deepEqual(clipOf(state, 'a').props, { fadeInFrames: 5 });
    assert.deepEqual(clipOf(state, 'n1').props, { fadeOutFrames: 7 });
  });

  test('hand a transition out of the clip to the right half', () => {
    const state = edit(
      createEditing([
        createClip('a', ids.main, 0, 100),
        createClip('b', ids.main, 90, 200),
        createTransition('a', 'b', 10),
      ]),
      'clip.split',
      { frame: 40 },
    );
    assert.deepEqual(transitions(state), ['n1>b 10']);
  });

  test('cut a fast clip so that no frame of its source is lost', () => {
    const state = edit(createEditing([createClip('a', ids.main, 0, 100, { speed: [3, 2] })]), 'clip.split', {
      frame: 33,
    });
    assert.equal(main(state), 'a 0-33, n1 33-100@49');
  });

  test('name the clip that all pieces come from', () => {
    const once = edit(createEditing([createClip('a', ids.main, 0, 100)]), 'clip.split', { frame: 40 });
    const twice = edit(once, 'clip.split', { frame: 70 }, () => 'third');
    assert.equal(clipOf(twice, 'third').splitFrom, 'a');
  });

  test('all cuts every unlocked track', () => {
    const state = edit(
      createEditing([...clips, createClip('m', ids.music, 0, 80), locked(ids.music)]),
      'clip.splitAll',
      { frame: 40 },
    );
    assert.equal(lane(state, ids.music), 'm 0-80');
    assert.equal(state.document.clips.size, 4 + 3);
  });
});

describe('clip.delete, clip.rippleDelete and clip.closeGap', () => {
  const row = [
    createClip('a', ids.main, 0, 100),
    createClip('b', ids.main, 100, 200),
    createClip('c', ids.main, 200, 300),
  ];

  test('deleting leaves a gap, takes linked clips along and picks nothing', () => {
    const state = edit(
      createEditing(
        [
          ...row.slice(0, 1),
          createClip('x', ids.main, 100, 150, { link: 'l' }),
          createClip('s', ids.audio, 100, 150, { link: 'l' }),
        ],
        ['x'],
      ),
      'clip.delete',
      {},
    );
    assert.equal(main(state), 'a 0-100');
    assert.equal(lane(state, ids.audio), '');
    assert.deepEqual(state.selection.clipIds, []);
  });

  test('deleting leaves out what is locked, and unties what is left', () => {
    const clips = [createClip('a', ids.main, 0, 100, { link: 'l' }), createClip('s', ids.audio, 0, 100, { link: 'l' })];
    const state = edit(createEditing([...clips, locked(ids.audio)]), 'clip.delete', { clipIds: clipIds('a', 's') });
    assert.equal(lane(state, ids.audio), 's 0-100');
    assert.equal(clipOf(state, 's').linkId, 'l', 'a lock forbids to touch it');
    assert.equal(clipOf(edit(state, 'track.set', { trackId: ids.audio, locked: false }), 's').linkId, null);
    assert.ok(!applies(state, 'clip.delete', { clipIds: clipIds('s') }));
    assert.ok(!applies(createEditing(row), 'clip.delete', {}));
  });

  test('unlinks the last of a link that is left', () => {
    const three = [
      createClip('a', ids.main, 0, 100, { link: 'l' }),
      createClip('o', ids.second, 0, 100, { link: 'l' }),
    ];
    const state = edit(createEditing(three), 'clip.add', {
      asset: createPicture(),
      trackId: ids.second,
      frame: 0,
      mode: 'overwrite',
    });
    assert.equal(clipOf(state, 'a').linkId, null);
  });

  test('ripple deleting closes the gap on all tracks', () => {
    const state = edit(
      createEditing([...row, createClip('t', ids.titles, 220, 260), createClip('m', ids.music, 50, 400)]),
      'clip.rippleDelete',
      { clipIds: clipIds('b') },
    );
    assert.equal(main(state), 'a 0-100, c 100-200');
    assert.equal(lane(state, ids.titles), 't 120-160');
    assert.equal(lane(state, ids.music), 'm 50-400');
  });

  test('ripple deleting several closes each gap in one go', () => {
    const state = edit(
      createEditing([...row, createClip('d', ids.main, 320, 400), createClip('t', ids.titles, 330, 350)]),
      'clip.rippleDelete',
      { clipIds: clipIds('a', 'c') },
    );
    assert.equal(main(state), 'b 0-100, d 120-200');
    assert.equal(lane(state, ids.titles), 't 130-150');
  });

  test('ripple deleting moves titles from the gap to where it was, and overlaps none of them', () => {
    const state = edit(
      createEditing([
        ...row,
        createClip('t', ids.titles, 90, 130),
        createClip('u', ids.titles, 140, 160),
        createClip('v', ids.titles, 230, 260),
      ]),
      'clip.rippleDelete',
      { clipIds: clipIds('b') },
    );
    assert.equal(lane(state, ids.titles), 't 90-130, u 130-150, v 150-180');
  });

  test('ripple deleting off the main track closes that track alone', () => {
    const state = edit(
      createEditing([...row, createClip('t', ids.titles, 0, 50), createClip('u', ids.titles, 60, 90)]),
      'clip.rippleDelete',
      { clipIds: clipIds('t') },
    );
    assert.equal(lane(state, ids.titles), 'u 10-40');
    assert.equal(main(state), 'a 0-100, b 100-200, c 200-300');
  });

  test('ripple deleting takes away only what no other clip fades into', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 90, 200),
      createClip('c', ids.main, 190, 300),
      createTransition('a', 'b', 10),
      createTransition('b', 'c', 10),
    ]);
    const after = edit(state, 'clip.rippleDelete', { clipIds: clipIds('b') });
    assert.equal(main(after), 'a 0-100, c 100-210');
    assert.deepEqual(transitions(after), []);
  });

  test('ripple deleting moves markers and cues of the timeline along', () => {
    const marks: TimelineRecord[] = [20, 150, 250].map((frame) => ({
      type: 'marker',
      id: `m${frame}` as MarkerId,
      frame,
      name: '',
      colour: '#ff0000',
      clipId: null,
    }));
    const captions: TimelineRecord = {
      type: 'caption-track',
      id: 'cues' as never,
      assetId: null,
      language: 'en',
      label: 'English',
      status: 'auto',
      cues: [
        { startSeconds: 1, endSeconds: 2, text: 'before' },
        { startSeconds: 4, endSeconds: 5, text: 'in it' },
        { startSeconds: 7, endSeconds: 8.5, text: 'after' },
      ],
    };
    const state = edit(createEditing([...row, ...marks, captions]), 'clip.rippleDelete', { clipIds: clipIds('b') });
    assert.deepEqual(
      state.document.markers.map((marker) => marker.frame),
      [20, 100, 150],
    );
    const cues = state.document.captionTracks[0]?.cues ?? [];
    assert.deepEqual(
      cues.map((cue) => cue.text),
      ['before', 'after'],
    );
    assert.ok(Math.abs((cues[1]?.startSeconds ?? 0) - (7 - 100 / 30)) < 1e-9);
  });

  test('closing a gap pulls what follows', () => {
    const state = createEditing([
      createClip('a', ids.main, 20, 100),
      createClip('b', ids.main, 150, 200),
      createClip('t', ids.titles, 160, 170),
    ]);
    const after = edit(state, 'clip.closeGap', { trackId: ids.main, frame: 120 });
    assert.equal(main(after), 'a 20-100, b 100-150');
    assert.equal(lane(after, ids.titles), 't 110-120');
    assert.equal(main(edit(state, 'clip.closeGap', { trackId: ids.main, frame: 0 })), 'a 0-80, b 130-180');
    assert.ok(!applies(state, 'clip.closeGap', { trackId: ids.main, frame: 50 }), 'in a clip');
    assert.ok(!applies(state, 'clip.closeGap', { trackId: ids.main, frame: 300 }), 'after the last');
    assert.ok(
      !applies(createEditing([createClip('a', ids.main, 20, 100), locked(ids.main)]), 'clip.closeGap', {
        trackId: ids.main,
        frame: 0,
      }),
    );
  });
});

describe('clip.duplicate, clip.cut and clip.paste', () => {
  const row = [
    createClip('a', ids.main, 0, 100, { link: 'l', props: { opacity: 0.5 } }),
    createClip('s', ids.audio, 0, 100, { link: 'l' }),
    createClip('b', ids.main, 100, 200),
  ];

  test('duplicating puts a linked copy right after and pushes the rest on', () => {
    const state = edit(createEditing(row), 'clip.duplicate', { clipIds: clipIds('a') });
    assert.match(main(state), /^a 0-100, n\d 100-200, b 200-300$/);
    const copies = state.selection.clipIds.map((id) => clipOf(state, id));
    assert.equal(copies.length, 2);
    assert.ok(
      copies[0]?.linkId && copies[0].linkId === copies[1]?.linkId && copies[0].linkId !== clipOf(state, 'a').linkId,
    );
    assert.deepEqual(copies.find((copy) => copy.trackId === ids.main)?.props, { opacity: 0.5 });
  });

  test('duplicating off the main track pushes only what is in the way', () => {
    const state = edit(
      createEditing(
        [
          createClip('t', ids.titles, 0, 50),
          createClip('u', ids.titles, 70, 90),
          createClip('v', ids.titles, 200, 210),
        ],
        ['t'],
      ),
      'clip.duplicate',
      {},
    );
    assert.match(lane(state, ids.titles), /^t 0-50, n\d 50-100, u 100-120, v 200-210$/);
  });

  test('copies are plain JSON, start at 0 and bring their assets along', () => {
    const contents = copyClips(createEditing(row), clipIds('b'));
    assert.ok(contents);
    assert.deepEqual(JSON.parse(JSON.stringify(contents)), contents);
    assert.deepEqual([contents.clips[0]?.startFrame, contents.durationFrames, contents.assets.length], [0, 100, 1]);
    assert.equal(copyClips(createEditing(row), []), null);
  });

  test('pasting inserts on the main track, cutting what is there', () => {
    const state = createEditing(row);
    const contents = copyClips(state, clipIds('b'));
    assert.ok(contents);
    const after = edit(state, 'clip.paste', { contents, frame: 40 });
    assert.match(main(after), /^a 0-40, n\d 40-140, n\d 140-200@40, b 200-300$/);
    assert.match(lane(after, ids.audio), /^s 0-40, n\d 140-200@40$/, 'the linked sound is cut along');
  });

  test('pasting on a track that was named keeps the distance in tracks', () => {
    const state = createEditing([createClip('s', ids.audio, 0, 50), createClip('m', ids.music, 20, 60)]);
    const contents = copyClips(state, clipIds('m', 's'));
    assert.ok(contents);
    const after = edit(state, 'clip.paste', { contents, frame: 100, trackId: ids.audio });
    assert.match(lane(after, ids.audio), /^s 0-50, n\d 100-150$/);
    assert.match(lane(after, ids.music), /^m 20-60, n\d 120-160$/);
  });

  test('pasting into another project brings assets, finds tracks, and converts frames', () => {
    const contents = copyClips(createEditing(row), clipIds('a'));
    assert.ok(contents);
    const other = edit(createEditing(), 'settings.setFrameRate', { frameRate: frameRates.fps60 });
    const empty = other.update({
      remove: [...other.document.assets.keys(), ids.audio, ids.music],
      userEvent: 'test',
    }).state;
    const after = edit(empty, 'clip.paste', { contents, frame: 60 });
    assert.match(main(after), /^n\d 60-260$/);
    assert.equal(after.document.assets.size, 2);
    assert.equal(after.document.tracks.filter((track) => track.kind === 'audio').length, 1);
  });

  test('pasting keeps transitions among what was copied', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 90, 200),
      createTransition('a', 'b', 10),
    ]);
    const contents = copyClips(state, clipIds('a', 'b'));
    assert.ok(contents);
    assert.equal(transitions(edit(state, 'clip.paste', { contents, frame: 300 })).length, 2);
    assert.equal(copyClips(state, clipIds('a'))?.transitions.length, 0);
  });

  test('cutting removes what was copied', () => {
    const state = createEditing(row, ['b']);
    const spec = runCommand(state, 'clip.cut', {}, { newId: () => 'n' });
    assert.equal(spec?.userEvent, 'clip.cut');
    assert.ok(!applies(createEditing(row), 'clip.cut', {}));
  });
});

describe('clip.link, clip.unlink and clip.detachAudio', () => {
  test('tie clips, and untie the whole group', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100),
      createClip('s', ids.audio, 0, 100),
      createClip('t', ids.titles, 0, 100),
    ]);
    const tied = edit(state, 'clip.link', { clipIds: clipIds('a', 's', 't') });
    assert.deepEqual([...tied.document.linkedClips(clipOf(tied, 'a').linkId as never)].sort(), ['a', 's', 't']);
    assert.ok(!applies(tied, 'clip.link', { clipIds: clipIds('a', 's', 't') }), 'they are already');
    const untied = edit(tied, 'clip.unlink', { clipIds: clipIds('s') });
    assert.deepEqual(
      [...untied.document.clips.values()].map((clip) => clip.linkId),
      [null, null, null],
    );
    assert.ok(!applies(untied, 'clip.unlink', { clipIds: clipIds('s') }));
    assert.ok(!applies(state, 'clip.link', { clipIds: clipIds('a') }));
  });

  test('taking clips out of a link unties one that is left alone', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100, { link: 'x' }),
      createClip('s', ids.audio, 0, 100, { link: 'x' }),
      createClip('t', ids.titles, 0, 100),
    ]);
    const after = edit(state, 'clip.link', { clipIds: clipIds('s', 't') });
    assert.equal(clipOf(after, 'a').linkId, null);
  });

  test('detaching gives the sound a linked clip of its own and silences the picture', () => {
    const clip = createClip('a', ids.main, 10, 100, {
      trim: 7,
      speed: [2, 1],
      props: { volume: -6, opacity: 0.5, fadeInFrames: 4 },
    });
    const state = edit(createEditing([clip]), 'clip.detachAudio', { clipId: 'a' as ClipId });
    assert.match(lane(state, ids.audio), /^n\d 10-100@7$/);
    const sound = state.document.clipsOf(ids.audio)[0];
    assert.deepEqual(sound?.props, { volume: -6, fadeInFrames: 4 });
    assert.deepEqual(sound.source, clip.source);
    assert.equal(getProperty(clipOf(state, 'a'), 'audioEnabled'), false);
    assert.equal(sound.linkId, clipOf(state, 'a').linkId);
    assert.ok(!applies(state, 'clip.detachAudio', { clipId: 'a' as ClipId }), 'once is enough');
  });

  test('there is nothing to detach from silent files, pictures and sound', () => {
    const silent = createAsset({ id: 'silent' as never, audioCodec: null });
    const state = createEditing([
      silent,
      createClip('a', ids.main, 0, 10, { assetId: silent.id }),
      createClip('p', ids.main, 10, 20, { image: ids.picture }),
      createClip('s', ids.audio, 0, 10),
    ]);
    for (const clipId of clipIds('a', 'p', 's')) assert.ok(!applies(state, 'clip.detachAudio', { clipId }), clipId);
    assert.ok(
      !applies(createEditing([createClip('a', ids.main, 0, 10), locked(ids.main)]), 'clip.detachAudio', {
        clipId: 'a' as ClipId,
      }),
    );
  });
});

describe('clip.setProperty, key frames, text, name and speed', () => {
  test('set a property of all clips that it means something for', () => {
    const state = edit(
      createEditing([
        createClip('a', ids.main, 0, 10),
        createClip('s', ids.audio, 0, 10),
        createClip('t', ids.titles, 0, 10),
      ]),
      'clip.setProperty',
      {
        clipIds: clipIds('a', 's', 't'),
        key: 'volume',
        value: -6,
      },
    );
    assert.deepEqual(
      ['a', 's', 't'].map((id) => clipOf(state, id).props),
      [{ volume: -6 }, { volume: -6 }, {}],
    );
  });

  test('clamp numbers, refuse other types and unknown keys', () => {
    const state = createEditing([createClip('a', ids.main, 0, 10)]);
    const set = (key: string, value: unknown): unknown =>
      clipOf(
        edit(state, 'clip.setProperty', { clipIds: clipIds('a'), key: key as 'opacity', value: value as number }),
        'a',
      ).props;
    assert.deepEqual(set('opacity', -3), { opacity: 0 });
    assert.deepEqual(set('scale', 1000), { scale: 20 });
    assert.deepEqual(set('fit', 'cover'), { fit: 'cover' });
    for (const [key, value] of [
      ['opacity', '1'],
      ['opacity', Number.NaN],
      ['fit', 'stretch'],
      ['audioEnabled', 1],
      ['nothing', 1],
      ['__proto__', 1],
    ] as const) {
      assert.throws(() => set(key, value), TypeError, `${key} ${String(value)}`);
    }
  });

  test('store nothing for a default, so that setting it back leaves no trace', () => {
    const state = createEditing([createClip('a', ids.main, 0, 10, { props: { opacity: 0.5 } })]);
    assert.deepEqual(
      clipOf(edit(state, 'clip.setProperty', { clipIds: clipIds('a'), key: 'opacity', value: 1 }), 'a').props,
      {},
    );
    assert.ok(
      !applies(createEditing([createClip('a', ids.main, 0, 10)]), 'clip.setProperty', {
        clipIds: clipIds('a'),
        key: 'opacity',
        value: 1,
      }),
    );
  });

  test('never crop a picture away, nor fade for longer than the clip lasts', () => {
    const state = createEditing([createClip('a', ids.main, 0, 10, { props: { cropLeft: 0.6 } })]);
    assert.equal(
      getProperty(
        clipOf(edit(state, 'clip.setProperty', { clipIds: clipIds('a'), key: 'cropRight', value: 1 }), 'a'),
        'cropRight',
      ),
      1 - 0.05 - 0.6,
    );
    assert.equal(
      getProperty(
        clipOf(edit(state, 'clip.setProperty', { clipIds: clipIds('a'), key: 'fadeInFrames', value: 99 }), 'a'),
        'fadeInFrames',
      ),
      10,
    );
  });

  test('leave out clips on locked tracks', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 10),
      createClip('o', ids.second, 0, 10),
      locked(ids.main),
    ]);
    const after = edit(state, 'clip.setProperty', { clipIds: clipIds('a', 'o'), key: 'opacity', value: 0.5 });
    assert.deepEqual(
      ['a', 'o'].map((id) => clipOf(after, id).props),
      [{}, { opacity: 0.5 }],
    );
  });

  test('set, replace and remove key frames, in order', () => {
    const at = (frame: number, value: number) => ({ clipId: 'a' as ClipId, key: 'opacity' as const, frame, value });
    let state = createEditing([createClip('a', ids.main, 0, 100)]);
    for (const [frame, value] of [
      [50, 1],
      [10, 0],
      [50, 0.5],
    ] as const)
      state = edit(state, 'clip.setKeyframe', at(frame, value));
    assert.deepEqual(
      clipOf(state, 'a').keyframes.opacity?.map(({ frame, value }) => [frame, value]),
      [
        [10, 0],
        [50, 0.5],
      ],
    );
    state = edit(state, 'clip.removeKeyframe', { clipId: 'a' as ClipId, key: 'opacity', frame: 10 });
    state = edit(state, 'clip.removeKeyframe', { clipId: 'a' as ClipId, key: 'opacity', frame: 50 });
    assert.deepEqual(clipOf(state, 'a').keyframes, {});
    assert.ok(
      !applies(state, 'clip.setKeyframe', { clipId: 'a' as ClipId, key: 'fit', frame: 0, value: 'cover' }),
      'fit is not animated',
    );
  });

  test('set the text of a title; the name follows as long as it was the text', () => {
    const state = createEditing([
      createClip('t', ids.titles, 0, 10, { text: 'Old', name: 'Old' }),
      createClip('u', ids.titles, 20, 30, { text: 'Old', name: 'Mine' }),
    ]);
    assert.equal(clipOf(edit(state, 'clip.setText', { clipId: 't' as ClipId, text: 'New' }), 't').name, 'New');
    assert.equal(clipOf(edit(state, 'clip.setText', { clipId: 'u' as ClipId, text: 'New' }), 'u').name, 'Mine');
    assert.ok(
      !applies(createEditing([createClip('a', ids.main, 0, 10)]), 'clip.setText', { clipId: 'a' as ClipId, text: 'x' }),
    );
  });

  test('name a clip, but not with nothing', () => {
    const state = createEditing([createClip('a', ids.main, 0, 10)]);
    assert.equal(clipOf(edit(state, 'clip.rename', { clipId: 'a' as ClipId, name: ' Intro ' }), 'a').name, 'Intro');
    assert.ok(!applies(state, 'clip.rename', { clipId: 'a' as ClipId, name: '  ' }));
  });

  test('speed up the same part of the source, and pull the rest up on the main track', () => {
    const state = createEditing([
      createClip('a', ids.main, 0, 100, { trim: 20 }),
      createClip('b', ids.main, 100, 200),
      createClip('t', ids.titles, 150, 160),
    ]);
    const after = edit(state, 'clip.setSpeed', { clipId: 'a' as ClipId, speed: { num: 4, den: 2 } });
    assert.equal(main(after), 'a 0-50@20, b 50-150');
    assert.equal(lane(after, ids.titles), 't 100-110');
    assert.deepEqual(clipOf(after, 'a').source, {
      kind: 'asset',
      assetId: ids.file,
      trimStartFrame: 20,
      speed: { num: 2, den: 1 },
    });
    const slow = edit(state, 'clip.setSpeed', { clipId: 'a' as ClipId, speed: { num: 1, den: 2 } });
    assert.equal(main(slow), 'a 0-200@20, b 200-300');
  });

  test('slow down as far as the next clip where nothing ripples', () => {
    const state = createEditing([createClip('o', ids.second, 0, 100), createClip('p', ids.second, 130, 200)]);
    assert.equal(
      lane(edit(state, 'clip.setSpeed', { clipId: 'o' as ClipId, speed: { num: 1, den: 2 } }), ids.second),
      'o 0-130, p 130-200',
    );
    assert.equal(
      lane(
        edit(state, 'clip.setSpeed', { clipId: 'o' as ClipId, speed: { num: 1, den: 2 }, ripple: true }),
        ids.second,
      ),
      'o 0-200, p 230-300',
    );
  });

  test('change the speed of linked files alike, and of nothing on a locked track', () => {
    const clips = [
      createClip('a', ids.main, 0, 100, { link: 'x' }),
      createClip('s', ids.audio, 0, 100, { link: 'x', assetId: ids.file }),
    ];
    const state = edit(createEditing(clips), 'clip.setSpeed', { clipId: 'a' as ClipId, speed: { num: 2, den: 1 } });
    assert.equal(lane(state, ids.audio), 's 0-50');
    assert.ok(
      !applies(createEditing([...clips, locked(ids.audio)]), 'clip.setSpeed', {
        clipId: 'a' as ClipId,
        speed: { num: 2, den: 1 },
      }),
    );
    assert.throws(
      () => applies(createEditing(clips), 'clip.setSpeed', { clipId: 'a' as ClipId, speed: { num: 0, den: 1 } }),
      /0\/1/,
    );
    assert.throws(
      () => applies(createEditing(clips), 'clip.setSpeed', { clipId: 'a' as ClipId, speed: { num: 500, den: 1 } }),
      RangeError,
    );
  });
});

describe('transition.add and transition.remove', () => {
  const touching = [createClip('a', ids.main, 0, 100, { trim: 20 }), createClip('b', ids.main, 100, 200, { trim: 50 })];

  test('let two clips grow over their cut, half each', () => {
    const state = edit(createEditing(touching), 'transition.add', { clipId: 'a' as ClipId, durationFrames: 20 });
    assert.equal(main(state), 'a 0-110@20, b 90-200@40');
    assert.deepEqual(transitions(state), ['a>b 20']);
  });

  test('take from the other where one has nothing left, and last shorter where both have little', () => {
    const noHead = [createClip('a', ids.main, 0, 100), createClip('b', ids.main, 100, 200)];
    assert.equal(
      main(edit(createEditing(noHead), 'transition.add', { clipId: 'a' as ClipId, durationFrames: 20 })),
      'a 0-120, b 100-200',
    );
    const little = [createClip('a', ids.main, 0, 100, { trim: 897 }), createClip('b', ids.main, 100, 200, { trim: 4 })];
    const state = edit(createEditing(little), 'transition.add', { clipId: 'a' as ClipId, durationFrames: 20 });
    assert.equal(main(state), 'a 0-103@897, b 96-200');
    assert.deepEqual(transitions(state), ['a>b 7']);
    const none = [createClip('a', ids.main, 0, 100, { trim: 900 }), createClip('b', ids.main, 100, 200)];
    assert.ok(!applies(createEditing(none), 'transition.add', { clipId: 'a' as ClipId, durationFrames: 20 }));
  });

  test('need clips that touch', () => {
    assert.ok(
      !applies(
        createEditing([createClip('a', ids.main, 0, 100), createClip('b', ids.main, 101, 200)]),
        'transition.add',
        { clipId: 'a' as ClipId, durationFrames: 5 },
      ),
    );
    assert.ok(
      !applies(createEditing([...touching, locked(ids.main)]), 'transition.add', {
        clipId: 'a' as ClipId,
        durationFrames: 5,
      }),
    );
  });

  test('removing makes a hard cut in the middle', () => {
    const state = edit(createEditing(touching), 'transition.add', { clipId: 'a' as ClipId, durationFrames: 20 });
    const [transition] = state.document.transitions;
    assert.ok(transition);
    const after = edit(state, 'transition.remove', { transitionId: transition.id });
    assert.equal(main(after), 'a 0-100@20, b 100-200@50');
    assert.ok(!applies(after, 'transition.remove', { transitionId: transition.id }));
  });
});
