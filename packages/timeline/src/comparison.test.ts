import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareDocuments, isEmptyComparison } from './comparison.js';
import type { ClipDifferences, ComparedClip } from './clip-comparison.js';
import type { TimelineDocument } from './document.js';
import { createDocument, documentFromRecords } from './document.js';
import type { AssetId, CaptionTrackId, MarkerId } from './ids.js';
import type { CaptionTrackRecord, ClipRecord, MarkerRecord, TimelineRecord } from './records.js';
import {
  clipIds,
  createClip,
  createEditing,
  createProject,
  createTransition,
  edit,
  ids,
} from './test-support/builders.js';

const marker = (id: string, frame: number, name = id): MarkerRecord => ({
  type: 'marker',
  id: id as MarkerId,
  frame,
  name,
  colour: '#ff0000',
  clipId: null,
});

const captions = (label: string, words: string): CaptionTrackRecord => ({
  type: 'caption-track',
  id: 'english' as CaptionTrackId,
  assetId: ids.file,
  language: 'en',
  label,
  status: 'auto',
  cues: [{ startSeconds: 0, endSeconds: 1, text: words }],
});

const lesson = (): readonly ClipRecord[] => [
  createClip('welcome', ids.main, 0, 100),
  createClip('question', ids.main, 100, 300, { trim: 200 }),
  createClip('summary', ids.main, 300, 400, { trim: 600 }),
  createClip('heading', ids.titles, 20, 80, { text: 'What is a limit?\nPart 1' }),
];

/** Every list that isn't empty, as names. */
function told(clips: ClipDifferences): Record<string, readonly string[]> {
  const lists = Object.entries(clips) as [string, readonly ComparedClip[]][];
  return Object.fromEntries(
    lists.filter(([, list]) => list.length > 0).map(([name, list]) => [name, list.map((clip) => clip.name)]),
  );
}

function between(
  before: readonly TimelineRecord[],
  after: readonly TimelineRecord[],
): Record<string, readonly string[]> {
  return told(compareDocuments(createProject(before), createProject(after)).clips);
}

function replaced(records: readonly ClipRecord[], id: string, change: Partial<ClipRecord>): readonly ClipRecord[] {
  return records.map((clip) => (clip.id === id ? { ...clip, ...change } : clip));
}

describe('comparing documents', () => {
  test('two of the same have nothing to tell, and neither has a document with itself', () => {
    const document = createProject(lesson());
    assert.equal(isEmptyComparison(compareDocuments(document, document)), true);
    assert.equal(isEmptyComparison(compareDocuments(document, documentFromRecords(document.records()))), true);
  });

  test('says which clips came and went, a title by its first line, a colour as what it is', () => {
    const red = createClip('', ids.second, 0, 30, { colour: '#ff0000' });
    const after = createProject([...lesson().slice(0, 3), { ...red, id: 'red' as ClipRecord['id'] }]);
    const { clips } = compareDocuments(createProject(lesson()), after);
    assert.deepEqual(told(clips), { added: [''], removed: ['What is a limit?'] });
    assert.equal(clips.added[0]?.kind, 'colour');
    assert.equal(clips.removed[0]?.kind, 'text');
  });

  test('calls a clip without a name after its file, and a title without words after its name', () => {
    const clips = compareDocuments(
      createProject(),
      createProject([
        createClip('still', ids.main, 0, 30, { image: ids.picture, name: '' }),
        createClip('noise', ids.audio, 40, 50, { name: '' }),
        createClip('blank', ids.titles, 60, 90, { text: '  \n', name: 'Title' }),
      ]),
    ).clips.added;
    assert.deepEqual(
      clips.map(({ kind, name }) => `${kind} ${name}`),
      ['image slide.png', 'audio song.mp3', 'text Title'],
    );
  });

  test('tells a move from a trim: a trim moves one edge, a move both', () => {
    const clips = lesson();
    assert.deepEqual(between(clips, replaced(clips, 'heading', { startFrame: 40 })), { moved: ['What is a limit?'] });
    assert.deepEqual(between(clips, replaced(clips, 'heading', { startFrame: 40, durationFrames: 40 })), {
      trimmed: ['What is a limit?'],
    });
    assert.deepEqual(between(clips, replaced(clips, 'summary', { durationFrames: 50 })), { trimmed: ['summary'] });
    assert.deepEqual(between(clips, replaced(clips, 'summary', { startFrame: 500, durationFrames: 50 })), {
      moved: ['summary'],
      trimmed: ['summary'],
    });
    assert.deepEqual(between(clips, replaced(clips, 'summary', { trackId: ids.second })), { moved: ['summary'] });
  });

  test('a slip is a trim', () => {
    const state = createEditing(lesson());
    const slipped = edit(state, 'clip.slip', { clipId: clipIds('question')[0]!, deltaFrames: 30 });
    assert.deepEqual(told(compareDocuments(state.document, slipped.document).clips), { trimmed: ['question'] });
  });

  test('words, colour, speed, looks and names are changes', () => {
    const clips = lesson();
    const source = { kind: 'text', text: 'Limits' } as const;
    assert.deepEqual(between(clips, replaced(clips, 'heading', { source })), { changed: ['Limits'] });
    assert.deepEqual(between(clips, replaced(clips, 'welcome', { name: 'Hello' })), { changed: ['Hello'] });
    assert.deepEqual(between(clips, replaced(clips, 'welcome', { props: { volume: -6 } })), { changed: ['welcome'] });
    const keyframes = { opacity: [{ frame: 0, value: 0, easing: 'linear' as const }] };
    assert.deepEqual(between(clips, replaced(clips, 'welcome', { keyframes })), { changed: ['welcome'] });
  });

  test('another speed is a change, however long the clip is then', () => {
    const state = createEditing(lesson());
    const faster = edit(state, 'clip.setSpeed', { clipId: clipIds('summary')[0]!, speed: { num: 2, den: 1 } });
    assert.deepEqual(told(compareDocuments(state.document, faster.document).clips), { changed: ['summary'] });
  });

  test('what was moved and changed is told as both', () => {
    const clips = lesson();
    const after = replaced(clips, 'heading', { startFrame: 400, props: { opacity: 0.5 } });
    assert.deepEqual(between(clips, after), { changed: ['What is a limit?'], moved: ['What is a limit?'] });
  });

  test('a clip that was cut is told once, not as a trim and a new clip', () => {
    const state = createEditing(lesson());
    const cut = edit(state, 'clip.split', { clipIds: clipIds('question'), frame: 150 });
    const twice = edit(cut, 'clip.split', { frame: 250, clipIds: [...cut.document.clips.keys()].slice(-1) });
    assert.deepEqual(told(compareDocuments(state.document, cut.document).clips), { split: ['question'] });
    assert.deepEqual(told(compareDocuments(state.document, twice.document).clips), { split: ['question'] });
  });

  test('a clip of which one piece is left was cut, not removed', () => {
    const state = createEditing(lesson());
    const cut = edit(state, 'clip.split', { clipIds: clipIds('summary'), frame: 350 });
    const left = edit(cut, 'clip.delete', { clipIds: clipIds('summary') });
    const { clips } = compareDocuments(state.document, left.document);
    const none = edit(left, 'clip.delete', { clipIds: [...left.document.clips.keys()].slice(-1) });
    assert.deepEqual(told(compareDocuments(state.document, none.document).clips), { removed: ['summary'] });
    assert.deepEqual(told(clips), { split: ['summary'] });
  });

  test('clips that were pushed along by an insertion are told apart from those that somebody moved', () => {
    const clips = lesson();
    const pushed = clips.map((clip) => ({ ...clip, startFrame: clip.startFrame + 60 }));
    const after = [createClip('intro', ids.main, 0, 60), ...pushed];
    assert.deepEqual(between(clips, after), {
      added: ['intro'],
      shifted: ['welcome', 'What is a limit?', 'question', 'summary'],
    });
    const moved = replaced(after.slice(1), 'summary', { startFrame: 900 });
    assert.deepEqual(between(clips, [createClip('intro', ids.main, 0, 60), ...moved])['moved'], ['summary']);
  });

  test('clips that changed places were moved', () => {
    const clips = lesson();
    const after = replaced(replaced(clips, 'welcome', { startFrame: 300 }), 'summary', { startFrame: 0 });
    assert.deepEqual(between(clips, after), { moved: ['summary', 'welcome'] });
  });

  test('lists by time and then from the top, however the records were kept', () => {
    const clips = [
      createClip('late', ids.main, 500, 600),
      createClip('low', ids.main, 0, 50),
      createClip('high', ids.second, 0, 50),
      createClip('words', ids.titles, 0, 50),
    ];
    const orders = [clips, [...clips].reverse()].map((records) => between([], records)['added']);
    assert.deepEqual(orders[0], ['words', 'high', 'low', 'late']);
    assert.deepEqual(orders[0], orders[1]);
  });

  test('tells of tracks, markers, captions, transitions and settings', () => {
    const before = createProject([...lesson(), marker('gone', 10), marker('renamed', 20), captions('English', 'helo')]);
    const after = createDocument({
      records: [
        ...createProject([
          ...lesson(),
          createTransition('welcome', 'question', 10),
          marker('new', 5),
          marker('renamed', 20, 'Exercise'),
          captions('English', 'hello'),
        ]).records(),
      ]
        .filter((record) => record.id !== ids.music)
        .map((record) => (record.id === ids.second ? { ...record, name: 'Slides' } : record) as TimelineRecord),
      settings: { width: 1080, height: 1920, inFrame: 10, outFrame: 20, background: '#ffffff' },
    });
    const { tracks, markers, captions: spoken, transitions, settings, clips } = compareDocuments(before, after);
    assert.deepEqual(told(clips), {});
    assert.deepEqual(
      [tracks.removed.map(({ name }) => name), tracks.changed.map(({ name }) => name)],
      [['Music'], ['Slides']],
    );
    assert.deepEqual(
      [markers.added, markers.removed, markers.changed].map((list) => list.map(({ name }) => name)),
      [['new'], ['gone'], ['Exercise']],
    );
    assert.deepEqual(spoken.changed, [{ id: 'english', label: 'English', language: 'en' }]);
    assert.deepEqual(transitions, { added: 1, removed: 0, changed: 0 });
    assert.deepEqual(settings, ['size', 'background', 'range']);
  });

  test('the height of a track is nobody’s news', () => {
    const before = createProject(lesson());
    const records = [...before.records()].map(
      (record) => (record.id === ids.main ? { ...record, height: 120 } : record) as TimelineRecord,
    );
    assert.equal(isEmptyComparison(compareDocuments(before, documentFromRecords(records))), true);
  });

  test('another frame rate is one setting, not a thousand moves', () => {
    const state = createEditing([
      ...lesson(),
      createClip('faded', ids.second, 33, 77, { props: { fadeInFrames: 7 } }),
      createClip('animated', ids.second, 90, 191, {
        keyframes: { opacity: [{ frame: 11, value: 0.5, easing: 'linear' }] },
      }),
      marker('place', 100),
      createClip('left', ids.second, 200, 261),
      createClip('right', ids.second, 250, 301, { trim: 100 }),
      createTransition('left', 'right', 11),
    ]);
    const slower = edit(state, 'settings.setFrameRate', { frameRate: { num: 25, den: 1 } });
    const comparison = compareDocuments(state.document, slower.document);
    assert.deepEqual([told(comparison.clips), comparison.settings], [{}, ['frameRate']]);
    assert.deepEqual([comparison.markers.changed, comparison.transitions.changed], [[], 0]);
  });

  test('reads the same thing back: what was added one way was removed the other', () => {
    const before = createProject(lesson());
    const after = createProject([
      ...lesson().slice(1),
      createClip('outro', ids.main, 400, 460, { assetId: 'x' as AssetId }),
    ]);
    const there = compareDocuments(before, after).clips;
    const back = compareDocuments(after, before).clips;
    assert.deepEqual([there.added, there.removed], [back.removed, back.added]);
  });

  test('ten thousand clips are compared without looking at each pair', () => {
    const clips = Array.from({ length: 10_000 }, (_, index) =>
      createClip(`c${String(index)}`, ids.main, index * 10, index * 10 + 10),
    );
    const before: TimelineDocument = createProject(clips);
    const after = createProject(clips.map((clip) => ({ ...clip, startFrame: clip.startFrame + 5 })));
    assert.equal(compareDocuments(before, after).clips.shifted.length, 10_000);
  });
});
