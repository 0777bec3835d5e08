import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClipId, MarkerId, TrackId } from '../ids.js';
import { markerFrames } from '../markers.js';
import type { TimelineState } from '../state.js';
import {
  applies,
  clipIds,
  clipOf,
  createClip,
  createEditing,
  createNewId,
  createTransition,
  edit,
  ids,
  lane,
} from '../test-support/builders.js';
import { frameRates } from '../time.js';
import { commands, isCommandName, runCommand } from './index.js';

const names = (state: TimelineState): string[] => state.document.tracks.map((track) => track.name);

describe('track commands', () => {
  test('add a video track above the others of its kind, sound at the bottom, titles on top', () => {
    const state = createEditing();
    assert.deepEqual(names(edit(state, 'track.add', { kind: 'video' })), [
      'Music',
      'Audio',
      'Main',
      'Second',
      'Video 3',
      'Titles',
    ]);
    assert.deepEqual(names(edit(state, 'track.add', { kind: 'audio' })), [
      'Audio 3',
      'Music',
      'Audio',
      'Main',
      'Second',
      'Titles',
    ]);
    assert.deepEqual(names(edit(state, 'track.add', { kind: 'text' })), [
      'Music',
      'Audio',
      'Main',
      'Second',
      'Titles',
      'Titles 2',
    ]);
    assert.deepEqual(names(edit(state, 'track.add', { kind: 'video', name: 'Camera', index: 0 })), [
      'Camera',
      'Music',
      'Audio',
      'Main',
      'Second',
      'Titles',
    ]);
  });

  test('make the first video track the main one, and no other', () => {
    const state = createEditing();
    const added = edit(state, 'track.add', { kind: 'video' });
    assert.equal(added.document.tracks.filter((track) => track.main).length, 1);
    const none = state.update({ remove: [ids.main, ids.second], userEvent: 'test' }).state;
    assert.equal(edit(none, 'track.add', { kind: 'video' }).document.mainTrack?.name, 'Video 1');
  });

  test('remove a track with all that is on it, but not the main one, nor a locked one', () => {
    const state = createEditing([
      createClip('o', ids.second, 0, 100),
      createClip('p', ids.second, 90, 200),
      createTransition('o', 'p', 10),
    ]);
    const after = edit(state, 'track.remove', { trackId: ids.second });
    assert.deepEqual([after.document.clips.size, after.document.transitions.length], [0, 0]);
    assert.ok(!applies(state, 'track.remove', { trackId: ids.main }));
    assert.ok(
      !applies(edit(state, 'track.set', { trackId: ids.second, locked: true }), 'track.remove', {
        trackId: ids.second,
      }),
    );
    assert.ok(!applies(state, 'track.remove', { trackId: 'gone' as TrackId }));
  });

  test('reorder a track to stand right above another, or at the bottom', () => {
    const state = createEditing();
    assert.deepEqual(names(edit(state, 'track.reorder', { trackId: ids.titles, afterId: ids.audio })), [
      'Music',
      'Audio',
      'Titles',
      'Main',
      'Second',
    ]);
    assert.deepEqual(names(edit(state, 'track.reorder', { trackId: ids.second, afterId: null })), [
      'Second',
      'Music',
      'Audio',
      'Main',
      'Titles',
    ]);
    assert.ok(!applies(state, 'track.reorder', { trackId: ids.main, afterId: ids.audio }), 'it is there already');
    assert.ok(!applies(state, 'track.reorder', { trackId: ids.main, afterId: ids.main }));
  });

  test('reorder even where two tracks have one order, as two tabs may leave them', () => {
    const state = createEditing();
    const same = state.update({
      put: state.document.tracks.map((track) => ({ ...track, order: 'a0' })),
      userEvent: 'test',
    }).state;
    const before = names(same);
    const after = names(
      edit(same, 'track.reorder', {
        trackId: same.document.tracks[4]?.id as TrackId,
        afterId: same.document.tracks[0]?.id as TrackId,
      }),
    );
    assert.deepEqual(after, [before[0], before[4], before[1], before[2], before[3]]);
  });

  test('rename, lock, mute, solo, hide and resize', () => {
    const state = createEditing();
    assert.ok(names(edit(state, 'track.rename', { trackId: ids.main, name: ' Camera ' })).includes('Camera'));
    assert.ok(!applies(state, 'track.rename', { trackId: ids.main, name: '' }));
    const set = edit(state, 'track.set', {
      trackId: ids.main,
      locked: true,
      muted: true,
      solo: true,
      hidden: true,
      height: 1000,
    });
    const { locked, muted, solo, hidden, height } = set.document.track(ids.main) ?? {};
    assert.deepEqual(
      { locked, muted, solo, hidden, height },
      { locked: true, muted: true, solo: true, hidden: true, height: 400 },
    );
    assert.ok(!applies(set, 'track.set', { trackId: ids.main, locked: true }), 'it is locked already');
    assert.throws(() => applies(state, 'track.set', { trackId: ids.main, locked: 1 as never }), TypeError);
  });
});

describe('marker commands', () => {
  test('set, change and remove a marker', () => {
    let state = edit(createEditing(), 'marker.add', { frame: 40, name: 'Question' });
    assert.ok(!applies(state, 'marker.add', { frame: 40 }), 'there is one already');
    state = edit(state, 'marker.update', { markerId: 'n1' as MarkerId, frame: 50, colour: '#AABBCC' });
    assert.deepEqual(
      state.document.markers.map(({ frame, name, colour }) => [frame, name, colour]),
      [[50, 'Question', '#aabbcc']],
    );
    assert.equal(edit(state, 'marker.remove', { markerId: 'n1' as MarkerId }).document.markers.length, 0);
    assert.ok(!applies(state, 'marker.remove', { markerId: 'gone' as MarkerId }));
  });

  test('attach a marker to what a clip shows, so that it follows every cut', () => {
    const clips = [createClip('a', ids.main, 0, 100, { trim: 50 }), createClip('b', ids.main, 100, 200)];
    let state = edit(createEditing(clips), 'marker.add', { frame: 80, clipId: 'a' as ClipId });
    const place = (): number[] => markerFrames(state.document).map(({ frame }) => frame);
    assert.deepEqual(place(), [80]);
    state = edit(state, 'clip.trim', { clipId: 'a' as ClipId, edge: 'start', frame: 10 });
    assert.deepEqual(place(), [70]);
    state = edit(state, 'clip.split', { clipIds: clipIds('a'), frame: 30 }, createNewId('p'));
    state = edit(state, 'clip.rippleDelete', { clipIds: clipIds('a') });
    assert.deepEqual(place(), [40]);
    state = edit(state, 'clip.setSpeed', { clipId: 'p1' as ClipId, speed: { num: 2, den: 1 } });
    assert.deepEqual(place(), [20]);
    const cutAway = edit(state, 'clip.trim', { clipId: 'p1' as ClipId, edge: 'end', frame: 10 });
    assert.deepEqual(markerFrames(cutAway.document), []);
    assert.equal(cutAway.document.markers.length, 1, 'it comes back with its frame');
    assert.equal(
      edit(state, 'clip.delete', { clipIds: clipIds('p1') }).document.markers.length,
      0,
      'it goes with the last piece',
    );
  });
});

describe('range and settings commands', () => {
  test('set a range, and clear the end that would make it empty', () => {
    const range = ({ document: { settings } }: TimelineState): unknown => [settings.inFrame, settings.outFrame];
    const state = edit(edit(createEditing(), 'range.setIn', { frame: 20 }), 'range.setOut', { frame: 80 });
    assert.deepEqual(range(state), [20, 80]);
    assert.deepEqual(range(edit(state, 'range.setIn', { frame: 80 })), [80, null]);
    assert.deepEqual(range(edit(state, 'range.setOut', { frame: 20 })), [null, 20]);
    assert.deepEqual(range(edit(state, 'range.clear', {})), [null, null]);
    assert.ok(!applies(createEditing(), 'range.clear', {}));
    assert.ok(!applies(createEditing(), 'range.setOut', { frame: 0 }));
  });

  test('set the size and the background, within reason', () => {
    const { width, height, background } = edit(createEditing(), 'settings.set', {
      width: 1280,
      height: 720,
      background: '#FFFFFF',
    }).document.settings;
    assert.deepEqual([width, height, background], [1280, 720, '#ffffff']);
    assert.throws(() => applies(createEditing(), 'settings.set', { width: 1281 }), /1281/);
    assert.throws(() => applies(createEditing(), 'settings.set', { background: 'white' }), TypeError);
    assert.ok(!applies(createEditing(), 'settings.set', {}));
  });

  test('change the frame rate: starts down, lengths to the nearest, what touched still touches', () => {
    const clips = [
      createClip('a', ids.main, 0, 7),
      createClip('b', ids.main, 7, 14, { trim: 3 }),
      createClip('c', ids.main, 20, 25),
      createClip('t', ids.titles, 29, 31),
    ];
    const state = edit(createEditing(clips), 'settings.setFrameRate', { frameRate: frameRates.fps24 });
    assert.equal(lane(state, ids.main), 'a 0-5, b 5-11@2, c 16-20');
    assert.equal(lane(state, ids.titles), 't 23-25');
    const back = edit(createEditing(clips), 'settings.setFrameRate', { frameRate: frameRates.fps60 });
    assert.equal(lane(back, ids.main), 'a 0-14, b 14-28@6, c 40-50');
    assert.ok(!applies(createEditing(), 'settings.setFrameRate', { frameRate: { num: 60, den: 2 } }), 'the same rate');
  });

  test('change the frame rate with clips shorter than a new frame: each keeps one', () => {
    const flicker = Array.from({ length: 10 }, (_, index) => createClip(`f${index}`, ids.main, index, index + 1));
    const state = edit(createEditing(flicker), 'settings.setFrameRate', { frameRate: { num: 10, den: 1 } });
    assert.equal(state.document.totalFrames, 10);
    assert.ok([...state.document.clips.values()].every((clip) => clip.durationFrames === 1));
  });

  test('change the frame rate of fades, key frames, markers, range and transitions too', () => {
    const clip = createClip('a', ids.main, 0, 100, {
      props: { fadeInFrames: 10 },
      keyframes: { opacity: [{ frame: 30, value: 1, easing: 'linear' }] },
    });
    let state = createEditing([clip, createClip('b', ids.main, 80, 200), createTransition('a', 'b', 20)]);
    state = edit(edit(edit(state, 'range.setIn', { frame: 15 }), 'range.setOut', { frame: 60 }), 'marker.add', {
      frame: 45,
    });
    const after = edit(state, 'settings.setFrameRate', { frameRate: frameRates.fps60 });
    assert.deepEqual(
      [clipOf(after, 'a').props, clipOf(after, 'a').keyframes.opacity?.[0]?.frame],
      [{ fadeInFrames: 20 }, 60],
    );
    assert.deepEqual(
      [after.document.settings.inFrame, after.document.settings.outFrame, after.document.markers[0]?.frame],
      [30, 120, 90],
    );
    assert.equal(after.document.transitions[0]?.durationFrames, 40);
    assert.equal(lane(after, ids.main), 'a 0-200, b 160-400');
  });
});

describe('selection commands', () => {
  const clips = [
    createClip('a', ids.main, 0, 10),
    createClip('b', ids.main, 10, 20),
    createClip('t', ids.titles, 0, 10),
  ];

  test('pick clips that are there, once each', () => {
    const { selection } = edit(createEditing(clips), 'selection.set', { clipIds: clipIds('b', 'gone', 'b') });
    assert.deepEqual(selection, { clipIds: ['b'], trackId: ids.main });
    assert.ok(!applies(createEditing(), 'selection.none', {}));
  });

  test('pick all but what is locked', () => {
    const state = edit(createEditing(clips), 'track.set', { trackId: ids.titles, locked: true });
    assert.deepEqual(edit(state, 'selection.all', {}).selection.clipIds, ['a', 'b']);
    assert.deepEqual(edit(edit(state, 'selection.all', {}), 'selection.none', {}).selection.clipIds, []);
  });

  test('never enter the history', () => {
    assert.equal(runCommand(createEditing(clips), 'selection.all', {}, { newId: createNewId() })?.addToHistory, false);
  });
});

describe('the registry of commands', () => {
  test('tells names from other strings', () => {
    assert.ok(isCommandName('clip.split'));
    for (const name of ['clip.explode', 'toString', '__proto__']) assert.ok(!isCommandName(name));
  });

  test('refuses unknown names', () => {
    assert.throws(
      () => runCommand(createEditing(), 'clip.explode' as 'clip.cut', {}, { newId: createNewId() }),
      /clip\.explode/,
    );
  });

  test('has commands that never change the state that they are given', () => {
    const state = createEditing([createClip('a', ids.main, 0, 100)]);
    const before = JSON.stringify([...state.document.records()]);
    for (const name of Object.keys(commands)) {
      try {
        runCommand(
          state,
          name as 'clip.split',
          { clipId: 'a', clipIds: ['a'], trackId: ids.main, frame: 50, deltaFrames: 5, kind: 'video' } as never,
          { newId: createNewId() },
        );
      } catch (error) {
        assert.ok(error instanceof TypeError || error instanceof RangeError, `${name}: ${String(error)}`);
      }
    }
    assert.equal(JSON.stringify([...state.document.records()]), before);
  });
});
