import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createState } from '../state.js';
import type { TimelineState } from '../state.js';
import type { MarkerId } from '../ids.js';
import { createClip, createNewId, createProject, createTransition, ids, lane } from '../test-support/builders.js';
import { randomEdits, specFor } from '../test-support/random-edits.js';
import { frameRates } from '../time.js';
import { TimelineParseError, fromOtio, stringifyTimeline, toOtio } from './index.js';

const time = (value: number, rate = 24): object => ({ OTIO_SCHEMA: 'RationalTime.1', rate, value });
const range = (start: number, duration: number, rate = 24): object => ({
  OTIO_SCHEMA: 'TimeRange.1',
  start_time: time(start, rate),
  duration: time(duration, rate),
});
const file = (
  url: string,
  start: number,
  duration: number,
  options: { readonly available?: object; readonly effects?: readonly object[] } = {},
): object => ({
  OTIO_SCHEMA: 'Clip.1',
  name: url,
  source_range: range(start, duration),
  effects: options.effects ?? [],
  media_reference: {
    OTIO_SCHEMA: 'ExternalReference.1',
    target_url: url,
    available_range: options.available ?? range(0, 500),
  },
});
const timeline = (...tracks: object[]): object => ({
  OTIO_SCHEMA: 'Timeline.1',
  name: 'Cut',
  tracks: { OTIO_SCHEMA: 'Stack.1', children: tracks },
});
const track = (kind: 'Video' | 'Audio', ...children: object[]): object => ({
  OTIO_SCHEMA: 'Track.1',
  name: `${kind} A`,
  kind,
  children,
});

describe('a project that leaves for another editor', () => {
  const document = createProject([
    createClip('a', ids.main, 10, 100, { trim: 50, link: 'take', props: { opacity: 0.5 } }),
    createClip('b', ids.main, 90, 200, { trim: 40, speed: [3, 2] }),
    createTransition('a', 'b', 10),
    createClip('s', ids.audio, 10, 100, { trim: 50, link: 'take', assetId: ids.file, props: { keepPitch: false } }),
    createClip('t', ids.titles, 30, 60, { text: 'Hello' }),
    createClip('c', ids.second, 20, 40, { colour: '#112233' }),
    createClip('p', ids.second, 40, 80, { image: ids.picture }),
    { type: 'marker', id: 'm' as MarkerId, frame: 33, name: 'Here', colour: '#00ff00', clipId: null },
  ]);

  test('comes back as it was, byte for byte', () => {
    const text = JSON.stringify(toOtio(document, { name: 'Lecture' }));
    const { document: back, name, warnings } = fromOtio(text, createNewId());
    assert.equal(stringifyTimeline(back), stringifyTimeline(document));
    assert.equal(name, 'Lecture');
    assert.deepEqual(warnings, []);
  });

  test('comes back as it was after any sequence of edits', () => {
    fc.assert(
      fc.property(randomEdits, (edits) => {
        let state: TimelineState = createState({ document });
        const newId = createNewId();
        for (const edit of edits) {
          const spec = specFor(state, edit, newId);
          if (spec) state = state.update(spec).state;
        }
        const { document: back, warnings } = fromOtio(toOtio(state.document), createNewId('fresh'));
        assert.deepEqual(warnings, []);
        assert.equal(stringifyTimeline(back), stringifyTimeline(state.document));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test('says in words of OTIO what OTIO has words for', () => {
    const otio = JSON.parse(JSON.stringify(toOtio(document))) as {
      tracks: { children: { kind: string; children: Record<string, never>[] }[] };
    };
    const [, , main] = otio.tracks.children;
    assert.ok(main);
    assert.deepEqual(
      otio.tracks.children.map((each) => each.kind),
      ['Audio', 'Audio', 'Video', 'Video', 'Video'],
    );
    assert.deepEqual(
      main.children.map((child) => child['OTIO_SCHEMA']),
      ['Gap.1', 'Clip.2', 'Transition.1', 'Clip.2'],
    );
    // They meet in the middle of the transition, five frames on either side.
    assert.deepEqual(main.children[1]?.['source_range'], {
      OTIO_SCHEMA: 'TimeRange.1',
      start_time: time(50, 30),
      duration: time(85, 30),
    });
    assert.deepEqual(main.children[3]?.['source_range'], {
      OTIO_SCHEMA: 'TimeRange.1',
      start_time: time(47.5, 30),
      duration: time(105, 30),
    });
    assert.deepEqual(main.children[2]?.['in_offset'], time(5, 30));
    const [warp] = main.children[3]['effects'] as unknown as { time_scalar: number }[];
    assert.equal(warp?.time_scalar, 1.5);
  });

  test('takes over what the other editor has changed', () => {
    const otio = JSON.parse(
      JSON.stringify(toOtio(createProject([createClip('a', ids.main, 0, 100, { props: { opacity: 0.5 } })]))),
    ) as never;
    const clips = (otio as { tracks: { children: { children: { source_range: object; name: string }[] }[] } }).tracks
      .children[2]?.children;
    const [clip] = clips ?? [];
    assert.ok(clip && clips);
    // A razor at frame 40, the pieces swapped.
    clips.splice(
      0,
      1,
      { ...clip, source_range: range(40, 60, 30), name: 'end' },
      { ...clip, source_range: range(0, 40, 30), name: 'start' },
    );
    const { document: back, warnings } = fromOtio(otio, createNewId());
    assert.equal(lane(back, ids.main), 'a 0-60@40, n1 60-100');
    assert.deepEqual(warnings, []);
    const piece = back.clipsOf(ids.main)[1];
    assert.deepEqual([piece?.name, piece?.splitFrom, piece?.props], ['start', 'a', { opacity: 0.5 }]);
  });
});

describe("another editor's file", () => {
  test('becomes tracks and clips, and assets to be probed', () => {
    const { document, name, warnings } = fromOtio(
      timeline(
        track(
          'Video',
          file('clips/one.mov', 12, 48),
          { OTIO_SCHEMA: 'Gap.1', source_range: range(0, 24) },
          file('clips/one.mov', 100, 24),
        ),
        track('Audio', file('voice.wav', 0, 96)),
      ),
      createNewId(),
    );
    assert.equal(name, 'Cut');
    assert.deepEqual(document.settings.frameRate, { num: 24, den: 1 });
    const [video, audio] = document.tracks;
    assert.deepEqual([video?.kind, video?.main, audio?.kind], ['video', true, 'audio']);
    assert.deepEqual(
      document.clipsOf(video?.id as never).map((clip) => [clip.startFrame, clip.durationFrames]),
      [
        [0, 48],
        [72, 24],
      ],
    );
    assert.deepEqual([...document.assets.values()].map((asset) => [asset.name, asset.kind]).sort(), [
      ['one.mov', 'video'],
      ['voice.wav', 'audio'],
    ]);
    assert.equal(warnings.length, 2);
  });

  test('keeps NTSC rates exact, counts from the timecode of the file, and reads speed and dissolves', () => {
    const ntsc = 30_000 / 1001;
    const available = range(108_000, 900, ntsc);
    const clip = (start: number, frames: number, effects: readonly object[] = []): object => ({
      ...file('tape.mov', 0, 1, { available, effects }),
      source_range: range(108_000 + start, frames, ntsc),
    });
    const { document } = fromOtio(
      timeline(
        track(
          'Video',
          clip(10, 100),
          {
            OTIO_SCHEMA: 'Transition.1',
            transition_type: 'SMPTE_Dissolve',
            in_offset: time(5, ntsc),
            out_offset: time(7, ntsc),
          },
          clip(300, 60, [{ OTIO_SCHEMA: 'LinearTimeWarp.1', time_scalar: 0.5 }]),
        ),
      ),
      createNewId(),
    );
    assert.deepEqual(document.settings.frameRate, frameRates.fps2997);
    const [from, to] = document.clipsOf(document.tracks[0]?.id as never);
    assert.deepEqual([from?.startFrame, from?.durationFrames, to?.startFrame, to?.durationFrames], [0, 107, 95, 65]);
    assert.deepEqual(to?.source, {
      kind: 'asset',
      assetId: to?.source.kind === 'asset' ? to.source.assetId : '',
      trimStartFrame: 298,
      speed: { num: 1, den: 2 },
    });
    assert.equal(document.transitions[0]?.durationFrames, 12);
  });

  test('is taken as far as it goes, and says what was left out', () => {
    const { document, warnings } = fromOtio(
      timeline(
        { OTIO_SCHEMA: 'Stack.1', children: [] },
        track('Video', { OTIO_SCHEMA: 'Stack.1', name: 'nested', source_range: range(0, 24) }, file('a.mp4', 0, 24)),
      ),
      createNewId(),
    );
    assert.equal(document.tracks.length, 1);
    assert.equal(document.clips.size, 1);
    assert.equal(document.clipsOf(document.tracks[0]?.id as never)[0]?.startFrame, 24);
    assert.equal(warnings.filter((warning) => warning.includes('left out')).length, 2);
  });

  test('that is none is refused', () => {
    for (const bad of ['{', '[]', '{}', '{"OTIO_SCHEMA":"Clip.1"}', 7]) {
      assert.throws(() => fromOtio(bad, createNewId()), TimelineParseError);
    }
  });

  test('that lies about our metadata is refused by the schema', () => {
    const otio = JSON.parse(JSON.stringify(toOtio(createProject([createClip('a', ids.main, 0, 100)])))) as {
      tracks: { children: { children: { metadata: { lectern: { props: unknown } } }[] }[] };
    };
    const clip = otio.tracks.children[2]?.children[0];
    assert.ok(clip);
    clip.metadata.lectern.props = { opacity: { evil: true } };
    assert.throws(() => fromOtio(otio, createNewId()), /clips\[0\]\.props\.opacity/);
  });
});
