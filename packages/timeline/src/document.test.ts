import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  applyChange,
  diffDocuments,
  emptyChange,
  fitChange,
  invertChange,
  isEmptyChange,
  mapChange,
  mergeChanges,
  squashChanges,
} from './change.js';
import type { Change } from './change.js';
import { createDocument, createEmptyProject, defaultSettings, documentFromRecords } from './document.js';
import type { TimelineDocument } from './document.js';
import type { ClipId, LinkId, MarkerId } from './ids.js';
import { InvariantError, assertInvariants, checkInvariants } from './invariants.js';
import type { ViolationCode } from './invariants.js';
import type { ClipRecord, MarkerRecord, TimelineRecord } from './records.js';
import { repairDocument } from './repair.js';
import { createState, emptySelection } from './state.js';
import {
  clipIds,
  createClip,
  createEditing,
  createNewId,
  createProject,
  createTransition,
  ids,
  lane,
} from './test-support/builders.js';

const marker = (id: string, frame: number, clipId: string | null = null): MarkerRecord => ({
  type: 'marker',
  id: id as MarkerId,
  frame,
  name: id,
  colour: '#ff0000',
  clipId: clipId as ClipId | null,
});

describe('a document', () => {
  test('has clips of a track by start, markers by frame, tracks from the bottom', () => {
    const document = createProject([
      createClip('b', ids.main, 100, 200),
      createClip('a', ids.main, 0, 50),
      marker('later', 90),
      marker('sooner', 10),
    ]);
    assert.equal(lane(document, ids.main), 'a 0-50, b 100-200');
    assert.deepEqual(
      document.markers.map((each) => each.id),
      ['sooner', 'later'],
    );
    assert.deepEqual(
      document.tracks.map((track) => track.id),
      ['music', 'audio', 'main', 'second', 'titles'],
    );
    assert.equal(document.mainTrack?.id, ids.main);
    assert.equal(document.totalFrames, 200);
  });

  test('finds any record by its id', () => {
    const document = createProject([createClip('a', ids.main, 0, 50), marker('m', 3)]);
    for (const record of document.records()) assert.equal(document.get(record.id), record);
    assert.equal(document.get('nobody' as ClipId), undefined);
    assert.deepEqual(document.clipsOf('nobody' as never), []);
  });

  test('is made anew from its records in a worker', () => {
    const document = createProject([
      createClip('a', ids.main, 0, 50, { link: 'x' }),
      createClip('s', ids.audio, 0, 50, { link: 'x' }),
    ]);
    const copy = documentFromRecords(structuredClone([...document.records()]));
    assert.deepEqual([...copy.records()], [...document.records()]);
    assert.equal(copy.totalFrames, 50);
    assert.deepEqual([...copy.linkedClips('x' as LinkId)].sort(), ['a', 's']);
  });

  test('knows the transitions of a clip, and the end even when the last clip is not the longest', () => {
    const document = createProject([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 90, 200),
      createTransition('a', 'b', 10),
      createClip('m', ids.music, 0, 500),
    ]);
    assert.deepEqual(
      document.transitionsOf('a' as ClipId).map((each) => each.id),
      ['a>b'],
    );
    assert.deepEqual(document.transitionsOf('m' as ClipId), []);
    assert.equal(document.totalFrames, 500);
  });

  test('has defaults for settings that are left out', () => {
    assert.deepEqual(createDocument().settings, defaultSettings);
    assert.equal(createDocument({ settings: { width: 1280 } }).settings.width, 1280);
    assert.equal(createDocument().totalFrames, 0);
  });

  test('of an empty project has a main video track, titles above it and sound below', () => {
    const document = createEmptyProject(createNewId());
    assert.deepEqual(
      document.tracks.map(({ kind, name, main }) => [kind, name, main]),
      [
        ['audio', 'Audio 1', false],
        ['video', 'Video 1', true],
        ['text', 'Titles', false],
      ],
    );
    assert.deepEqual(checkInvariants(document), []);
  });

  test('takes ids that are names of Object.prototype', () => {
    const document = createProject([
      createClip('__proto__', ids.main, 0, 10),
      createClip('constructor', ids.main, 10, 20),
    ]);
    const state = createState({ document, checked: true });
    const { change, state: after } = state.update({ remove: clipIds('__proto__'), userEvent: 'test' });
    assert.deepEqual(Object.keys(change.removed), ['__proto__']);
    assert.equal(lane(after, ids.main), 'constructor 10-20');
    assert.equal(
      lane(applyChange(after.document, invertChange(change)), ids.main),
      '__proto__ 0-10, constructor 10-20',
    );
  });
});

describe('a transaction', () => {
  test('leaves the state that it starts from as it was', () => {
    const state = createEditing([createClip('a', ids.main, 0, 50)]);
    const before = [...state.document.records()];
    state.update({ put: [createClip('b', ids.main, 50, 60)], remove: clipIds('a'), userEvent: 'test' });
    assert.deepEqual([...state.document.records()], before);
  });

  test('records what really changed, and nothing else', () => {
    const a = createClip('a', ids.main, 0, 50);
    const state = createEditing([a, createClip('b', ids.main, 50, 60)]);
    const same = { ...a, props: {} };
    const { change } = state.update({
      put: [same, createClip('c', ids.main, 70, 80)],
      remove: clipIds('b', 'gone'),
      userEvent: 'test',
    });
    assert.deepEqual(
      [Object.keys(change.added), Object.keys(change.updated), Object.keys(change.removed)],
      [['c'], [], ['b']],
    );
  });

  test('drops what is gone from the selection', () => {
    const state = createEditing([createClip('a', ids.main, 0, 50), createClip('b', ids.main, 50, 60)], ['a', 'b']);
    const { selectionBefore, selectionAfter } = state.update({ remove: clipIds('a'), userEvent: 'test' });
    assert.deepEqual(selectionBefore.clipIds, ['a', 'b']);
    assert.deepEqual(selectionAfter.clipIds, ['b']);
  });

  test('enters the history unless it says otherwise or comes from elsewhere', () => {
    const state = createEditing();
    assert.equal(state.update({ userEvent: 'test' }).addToHistory, true);
    assert.equal(state.update({ userEvent: 'test', addToHistory: false }).addToHistory, false);
    assert.deepEqual(
      (({ addToHistory, remote }) => ({ addToHistory, remote }))(state.update({ userEvent: 'test', remote: true })),
      { addToHistory: false, remote: true },
    );
  });

  test('keeps the settings: they cannot be removed', () => {
    const { state, change } = createEditing().update({ remove: ['settings'], userEvent: 'test' });
    assert.ok(isEmptyChange(change));
    assert.ok(state.document.settings);
  });

  test('of a checked state throws when it breaks an invariant, with the numbers', () => {
    const state = createEditing([createClip('a', ids.main, 0, 50)]);
    assert.throws(
      () => state.update({ put: [createClip('b', ids.main, 40, 60)], userEvent: 'test' }),
      (error: unknown) => error instanceof InvariantError && error.message.includes('overlap by 10 frames'),
    );
  });
});

describe('a change', () => {
  const a = createClip('a', ids.main, 0, 50);
  const longer = { ...a, durationFrames: 60 };
  const renamed = { ...a, name: 'Renamed' };
  const base = createProject([a]);
  const update = (from: ClipRecord, to: ClipRecord): Change => ({ added: {}, updated: { a: [from, to] }, removed: {} });

  test('that adds and one that removes come to nothing together', () => {
    const b = createClip('b', ids.main, 60, 70);
    const added: Change = { ...emptyChange, added: { b } };
    assert.ok(isEmptyChange(squashChanges(added, invertChange(added))));
  });

  test('that updates twice is one update from the first to the last', () => {
    const squashed = squashChanges(update(a, longer), update(longer, renamed));
    assert.deepEqual({ ...squashed.updated }, { a: [a, renamed] });
  });

  test('of other fields of the same record merges with one that came before it', () => {
    const mapped = mapChange(update(a, renamed), update(a, longer));
    assert.deepEqual({ ...mapped.updated }, { a: [longer, { ...longer, name: 'Renamed' }] });
  });

  test('of the same field wins over one that came before it', () => {
    const shorter = { ...a, durationFrames: 20 };
    const mapped = mapChange(update(a, shorter), update(a, longer));
    assert.deepEqual({ ...mapped.updated }, { a: [longer, shorter] });
  });

  test('of one property keeps a change of another', () => {
    const faded = { ...a, props: { opacity: 0.5 } };
    const turned = { ...a, props: { rotation: 90 } };
    const mapped = mapChange(update(a, turned), update(a, faded));
    assert.deepEqual(mapped.updated['a']?.[1], { ...a, props: { opacity: 0.5, rotation: 90 } });
    const cleared = mapChange(update(faded, a), update(faded, { ...a, props: { opacity: 0.5, rotation: 90 } }));
    assert.deepEqual(cleared.updated['a']?.[1], turned);
  });

  test('of a record that is gone does nothing, and one that removes what was changed removes it', () => {
    const removal: Change = { ...emptyChange, removed: { a } };
    assert.ok(isEmptyChange(mapChange(update(a, longer), removal)));
    assert.deepEqual({ ...mapChange(removal, update(a, longer)).removed }, { a: longer });
    assert.ok(isEmptyChange(mapChange(removal, removal)));
  });

  test('that fits is applied as it is, one that does not is fitted', () => {
    const fitting = update(a, longer);
    assert.equal(fitChange(base, fitting), fitting);
    const moved = applyChange(base, update(a, { ...a, startFrame: 7 }));
    assert.equal(lane(applyChange(moved, update(a, longer)), ids.main), 'a 7-67');
    assert.equal(applyChange(createProject(), update(a, longer)).clips.size, 0);
  });

  test('merges with one that touches other records, and with no other', () => {
    const b: Change = { ...emptyChange, added: { b: createClip('b', ids.main, 60, 70) } };
    assert.equal(mergeChanges(update(a, longer), update(a, renamed)), null);
    assert.deepEqual(Object.keys(mergeChanges(update(a, longer), b)?.added ?? {}), ['b']);
  });

  test('is plain JSON', () => {
    const change = squashChanges(update(a, longer), {
      ...emptyChange,
      added: { b: createClip('b', ids.main, 60, 70) },
    });
    const copy = JSON.parse(JSON.stringify(change)) as Change;
    assert.deepEqual([...applyChange(base, copy).records()], [...applyChange(base, change).records()]);
    assert.deepEqual(
      [...applyChange(base, structuredClone(change)).records()],
      [...applyChange(base, change).records()],
    );
  });

  test('between two documents makes one of the other', () => {
    const other = createProject([longer, createClip('b', ids.main, 60, 70), marker('m', 3)]);
    const change = diffDocuments(base, other);
    assert.deepEqual([...applyChange(base, change).records()], [...other.records()]);
    assert.ok(
      isEmptyChange(diffDocuments(base, createProject([{ ...a }]))),
      'equal records are the same, whichever object they are',
    );
  });
});

describe('invariants', () => {
  const found = (
    records: readonly TimelineRecord[],
    settings?: Parameters<typeof createProject>[1],
  ): ViolationCode[] => [
    ...new Set(checkInvariants(createProject(records, settings)).map((violation) => violation.code)),
  ];
  const clip = createClip('a', ids.main, 0, 50);
  const cases: readonly (readonly [string, ViolationCode, readonly TimelineRecord[]])[] = [
    ['a start that is no integer', 'not-an-integer', [{ ...clip, startFrame: 1.5 }]],
    ['a start before the timeline', 'out-of-range', [{ ...clip, startFrame: -1 }]],
    ['a clip without length', 'out-of-range', [{ ...clip, durationFrames: 0 }]],
    ['a speed of zero', 'out-of-range', [createClip('a', ids.main, 0, 50, { speed: [0, 1] })]],
    ['a clip on no track', 'missing-track', [{ ...clip, trackId: 'gone' as never }]],
    ['a clip of no asset', 'missing-asset', [createClip('a', ids.main, 0, 50, { assetId: 'gone' as never })]],
    ['a video shown as a still', 'missing-asset', [createClip('a', ids.main, 0, 50, { image: ids.file })]],
    ['sound on a video track', 'wrong-track-kind', [createClip('a', ids.main, 0, 50, { assetId: ids.song })]],
    ['a colour on a text track', 'wrong-track-kind', [createClip('a', ids.titles, 0, 50, { colour: '#ffffff' })]],
    ['clips that overlap', 'overlap', [clip, createClip('b', ids.main, 49, 60)]],
    ['a clip beyond its source', 'source-range', [createClip('a', ids.main, 0, 50, { trim: 951 })]],
    ['a fast clip beyond its source', 'source-range', [createClip('a', ids.main, 0, 501, { speed: [2, 1] })]],
    [
      'a transition between clips that are apart',
      'transition',
      [clip, createClip('b', ids.main, 60, 80), createTransition('a', 'b', 5)],
    ],
    [
      'a transition of another length than the overlap',
      'transition',
      [clip, createClip('b', ids.main, 40, 80), createTransition('a', 'b', 5)],
    ],
    ['a transition of clips that are gone', 'transition', [createTransition('x', 'y', 5)]],
    [
      'a clip shorter than its transitions',
      'transition',
      [
        clip,
        createClip('b', ids.main, 40, 56),
        createClip('c', ids.main, 48, 90),
        createTransition('a', 'b', 10),
        createTransition('b', 'c', 8),
      ],
    ],
    ['a link of one', 'link', [createClip('a', ids.main, 0, 50, { link: 'x' })]],
    ['a property out of range', 'property', [{ ...clip, props: { opacity: 2 } }]],
    [
      'key frames out of order',
      'property',
      [
        {
          ...clip,
          keyframes: {
            opacity: [
              { frame: 5, value: 1, easing: 'linear' },
              { frame: 5, value: 0, easing: 'linear' },
            ],
          },
        },
      ],
    ],
    [
      'key frames of what cannot be animated',
      'property',
      [{ ...clip, keyframes: { fit: [{ frame: 5, value: 'cover', easing: 'hold' }] } }],
    ],
    [
      'two main tracks',
      'main-track',
      [{ ...(createProject().tracks[3] as never as TimelineRecord), main: true } as TimelineRecord],
    ],
  ];
  for (const [name, code, records] of cases) {
    test(`find ${name}`, () => {
      assert.ok(found(records).includes(code), found(records).join());
    });
  }

  test('find settings that make no sense', () => {
    for (const settings of [
      { width: 1281 },
      { height: 0 },
      { background: 'red' },
      { inFrame: 5, outFrame: 5 },
      { frameRate: { num: 0, den: 1 } },
    ]) {
      assert.deepEqual(found([], settings), ['settings'], JSON.stringify(settings));
    }
  });

  test('allow what is allowed', () => {
    const fine = [
      createClip('a', ids.main, 0, 50),
      createClip('b', ids.main, 40, 90),
      createTransition('a', 'b', 10),
      createClip('whole', ids.second, 0, 1000),
      createClip('fast', ids.second, 1000, 1500, { speed: [2, 1] }),
      createClip('last', ids.second, 1500, 1501, { trim: 999, speed: [4, 1] }),
      createClip('of a video', ids.audio, 0, 50, { assetId: ids.file }),
    ];
    assert.deepEqual(checkInvariants(createProject(fine)), []);
    assert.doesNotThrow(() => assertInvariants(createProject(fine)));
  });

  test('allow a link of one on a locked track, where nothing may be touched', () => {
    const locked = createProject().tracks.map((track) => ({ ...track, locked: true }));
    assert.deepEqual(found([...locked, createClip('a', ids.main, 0, 50, { link: 'x' })]), []);
  });

  for (const [name, , records] of cases) {
    test(`hold after repairing ${name}`, () => {
      repaired(createProject(records));
    });
  }

  test('hold after repairing a merge that left clips over each other', () => {
    const document = repaired(
      createProject([
        createClip('a', ids.main, 0, 100),
        createClip('b', ids.main, 50, 70),
        createClip('c', ids.main, 60, 120),
        createClip('d', ids.main, 60, 130),
        createTransition('c', 'd', 60),
      ]),
    );
    assert.equal(lane(document, ids.main), 'a 0-50, b 50-60, d 60-130');
  });

  test('that hold need no repair', () => {
    assert.equal(repairDocument(createProject([clip])), null);
  });

  function repaired(document: TimelineDocument): TimelineDocument {
    const spec = repairDocument(document);
    assert.ok(spec);
    return createState({ document, selection: emptySelection, checked: true }).update(spec).state.document;
  }
});
