import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { TimelineDocument } from './document.js';
import { evaluate } from './evaluate.js';
import type { ColourLayer, FrameGraph, Layer, LayerGeometry, SoundSpan, TextLayer, VideoLayer } from './frame-graph.js';
import { getPropertyAt } from './keyframes.js';
import type { Keyframe, SettingsRecord, TimelineRecord, TrackRecord } from './records.js';
import { soundSpans } from './sound.js';
import { createAsset, createClip, createNewId, createProject, createTransition, ids } from './test-support/builders.js';
import type { ClipOptions } from './test-support/builders.js';
import { randomEdits, specFor } from './test-support/random-edits.js';
import { createState } from './state.js';
import { frameRates } from './time.js';

const layersAt = (document: TimelineDocument, frame: number): readonly Layer[] => evaluate(document, frame).layers;
const idsAt = (document: TimelineDocument, frame: number): string[] =>
  layersAt(document, frame).map((layer) => layer.clipId);
function only<L extends Layer>(document: TimelineDocument, frame: number, kind: L['kind']): L {
  const [layer, more] = layersAt(document, frame);
  assert.ok(layer && !more, `one layer at ${frame}`);
  assert.equal(layer.kind, kind);
  return layer as L;
}
const track = (id: string, changes: Partial<TrackRecord>): TrackRecord => {
  const found = createProject().tracks.find((each) => each.id === id);
  assert.ok(found);
  return { ...found, ...changes };
};
const near = (actual: number | undefined, expected: number, tolerance = 1e-12): void => {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${String(actual)} is not ${expected}`);
};
/** Linear between breakpoints, as a mixer reads it. */
function gainOf(span: SoundSpan | undefined, frame: number): number {
  assert.ok(span);
  const inside = frame - span.startFrame;
  const next = span.envelope.findIndex((point) => point.frame >= inside);
  const to = span.envelope[next];
  const from = span.envelope[Math.max(0, next - 1)];
  assert.ok(from && to, `a breakpoint on both sides of ${frame}`);
  if (to.frame === from.frame) return to.gain;
  return from.gain + ((to.gain - from.gain) * (inside - from.frame)) / (to.frame - from.frame);
}

describe('which pictures are in a frame', () => {
  const document = createProject([
    createClip('a', ids.main, 0, 100),
    createClip('b', ids.main, 100, 200),
    createClip('o', ids.second, 50, 150),
    createClip('t', ids.titles, 90, 110),
    createClip('s', ids.audio, 0, 300),
  ]);

  test('those of all tracks, from the bottom', () => {
    assert.deepEqual(idsAt(document, 0), ['a']);
    assert.deepEqual(idsAt(document, 60), ['a', 'o']);
    assert.deepEqual(idsAt(document, 99), ['a', 'o', 't']);
    assert.deepEqual(idsAt(document, 100), ['b', 'o', 't']);
    assert.deepEqual(idsAt(document, 110), ['b', 'o']);
    assert.deepEqual(idsAt(document, 149), ['b', 'o']);
    assert.deepEqual(idsAt(document, 150), ['b']);
  });

  test('none before, between and after clips', () => {
    for (const frame of [-1, 200, 299, 300, 10_000]) assert.deepEqual(idsAt(document, frame), []);
    assert.deepEqual(idsAt(createProject(), 0), []);
  });

  test('none of a hidden track, whose sound goes on', () => {
    const hidden = createProject([createClip('a', ids.main, 0, 100), track(ids.main, { hidden: true })]);
    assert.deepEqual(idsAt(hidden, 10), []);
    assert.deepEqual(
      evaluate(hidden, 10).sounds.map((sound) => sound.clipId),
      ['a'],
    );
  });

  test('none that is fully transparent', () => {
    assert.deepEqual(idsAt(createProject([createClip('a', ids.main, 0, 100, { props: { opacity: 0 } })]), 10), []);
  });

  test('never those of sound files, nor of videos on audio tracks', () => {
    const sound = createProject([createClip('s', ids.audio, 0, 100, { assetId: ids.file })]);
    assert.deepEqual(idsAt(sound, 10), []);
    assert.equal(evaluate(sound, 10).sounds.length, 1);
  });

  test('on the background and in the size of the project', () => {
    const { frame, width, height, background } = evaluate(
      createProject([], { width: 640, height: 360, background: '#123456' }),
      7,
    );
    assert.deepEqual(
      { frame, width, height, background },
      { frame: 7, width: 640, height: 360, background: '#123456' },
    );
  });

  test('the same whatever came before: evaluation is pure', () => {
    const again = createProject([...document.records()]);
    for (const frame of [99, 0, 150, 99]) assert.deepEqual(evaluate(document, frame), evaluate(again, frame));
  });
});

describe('the source time of a video', () => {
  const at = (frame: number, options: ClipOptions, start = 0, settings?: Partial<SettingsRecord>): number =>
    only<VideoLayer>(createProject([createClip('a', ids.main, start, start + 200, options)], settings), frame, 'video')
      .sourceSeconds;

  test('counts from the in-point', () => {
    assert.equal(at(0, {}), 0);
    assert.equal(at(15, { trim: 30 }), 1.5);
    assert.equal(at(115, { trim: 30 }, 100), 1.5);
  });

  test('is the exact quotient at NTSC rates, for hours', () => {
    const { fps2997, fps23976 } = frameRates;
    assert.equal(at(1, {}, 0, { frameRate: fps2997 }), 1001 / 30_000);
    assert.equal(at(100, {}, 0, { frameRate: fps23976 }), 100_100 / 24_000);
    const hours = createAsset({ durationSeconds: 5 * 3600 });
    const long = createProject([hours, createClip('a', ids.main, 0, 500_000, { trim: 7 })], { frameRate: fps2997 });
    assert.equal(only<VideoLayer>(long, 449_993, 'video').sourceSeconds, (450_000 * 1001) / 30_000);
  });

  test('follows the speed, exactly', () => {
    assert.equal(at(15, { trim: 30, speed: [2, 1] }), 2);
    assert.equal(at(15, { trim: 30, speed: [1, 3] }), 35 / 30);
    assert.equal(at(1, { speed: [3, 7] }, 0, { frameRate: frameRates.fps2997 }), (3 * 1001) / (7 * 30_000));
  });

  test('stays exact where the product of all terms is beyond what a number holds', () => {
    const days = createAsset({ durationSeconds: 10_000_000 });
    const document = createProject(
      [days, createClip('a', ids.main, 0, 10_000_000, { trim: 200_000_001, speed: [9999, 10_000] })],
      { frameRate: frameRates.fps5994 },
    );
    const exact = (200_000_001n * 10_000n + 9_999_999n * 9999n) * 1001n;
    const expected = Number(exact / (10_000n * 60_000n)) + Number(exact % (10_000n * 60_000n)) / 600_000_000;
    near(only<VideoLayer>(document, 9_999_999, 'video').sourceSeconds, expected, 1e-9);
  });

  test('grows by the same from frame to frame, and jumps at no cut through the same take', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(frameRates)), fc.integer({ min: 1, max: 199 }), (frameRate, cut) => {
        const whole = createState({
          document: createProject([createClip('a', ids.main, 0, 200, { trim: 11 })], { frameRate }),
        });
        const spec = specFor(whole, { name: 'clip.splitAll', numbers: [0, 0, 0, 0, cut, 0] }, createNewId());
        const split = spec ? whole.update(spec).state.document : whole.document;
        for (const frame of [0, cut - 1, cut, 199]) {
          assert.equal(
            (layersAt(split, frame)[0] as VideoLayer).sourceSeconds,
            (layersAt(whole.document, frame)[0] as VideoLayer).sourceSeconds,
          );
        }
      }),
      { numRuns: 40, seed: 3 },
    );
  });
});

describe('where a picture lies', () => {
  const full = { cropLeft: 0 } as const;
  const geometry = (
    props: ClipOptions['props'],
    size: { readonly width: number; readonly height: number } = { width: 1000, height: 1000 },
    settings: Partial<SettingsRecord> = {},
  ): LayerGeometry => {
    const picture = createAsset({ id: ids.picture, kind: 'image', durationSeconds: 0, audioCodec: null, ...size });
    const document = createProject(
      [picture, createClip('p', ids.main, 0, 10, { image: ids.picture, props: props ?? {} })],
      settings,
    );
    const [layer] = layersAt(document, 0);
    assert.ok(layer);
    return layer.geometry;
  };
  const whole = { sourceX: 0, sourceY: 0, sourceWidth: 1000, sourceHeight: 1000 };
  const centred = { centreX: 960, centreY: 540, rotation: 0 };

  test('contained: as large as goes in whole', () => {
    assert.deepEqual(geometry(full), { ...centred, width: 1080, height: 1080, ...whole });
    assert.deepEqual(geometry({}, { width: 4000, height: 1000 }), {
      ...centred,
      width: 1920,
      height: 480,
      ...whole,
      sourceWidth: 4000,
    });
  });

  test('covering: the project filled, the rest of the source off evenly', () => {
    assert.deepEqual(geometry({ fit: 'cover' }), {
      ...centred,
      width: 1920,
      height: 1080,
      sourceX: 0,
      sourceY: 218.75,
      sourceWidth: 1000,
      sourceHeight: 562.5,
    });
    assert.deepEqual(geometry({ fit: 'cover' }, { width: 4000, height: 1080 }), {
      ...centred,
      width: 1920,
      height: 1080,
      sourceX: 1040,
      sourceY: 0,
      sourceWidth: 1920,
      sourceHeight: 1080,
    });
  });

  test('filling: stretched; none: pixel for pixel', () => {
    assert.deepEqual(geometry({ fit: 'fill' }), { ...centred, width: 1920, height: 1080, ...whole });
    assert.deepEqual(geometry({ fit: 'none' }), { ...centred, width: 1000, height: 1000, ...whole });
  });

  test('cropped: the fractions come off the source, and what is left is fitted', () => {
    assert.deepEqual(geometry({ cropLeft: 0.25, cropRight: 0.25, cropTop: 0.5 }), {
      ...centred,
      width: 1080,
      height: 1080,
      sourceX: 250,
      sourceY: 500,
      sourceWidth: 500,
      sourceHeight: 500,
    });
    const covering = geometry({ cropTop: 0.2, fit: 'cover' });
    near(covering.sourceY, 200 + (800 - 562.5) / 2);
    near(covering.sourceHeight, 562.5);
  });

  test('cropped to nothing: not at all', () => {
    const document = createProject([createClip('a', ids.main, 0, 10, { props: { cropLeft: 0.6, cropRight: 0.4 } })]);
    assert.deepEqual(idsAt(document, 0), []);
  });

  test('scaled about its centre, moved by fractions of the project, turned clockwise', () => {
    const { centreX, centreY, width, height, rotation } = geometry({
      scale: 0.5,
      positionX: 0.25,
      positionY: -0.5,
      rotation: 30,
      fit: 'fill',
    });
    assert.deepEqual(
      { centreX, centreY, width, height, rotation },
      { centreX: 1440, centreY: 0, width: 960, height: 540, rotation: 30 },
    );
  });

  test('in the same place of a project of another size', () => {
    const props = { scale: 0.5, positionX: 0.25, positionY: 0.1, fit: 'cover' } as const;
    const large = geometry(props);
    const small = geometry(props, undefined, { width: 960, height: 540 });
    for (const key of ['centreX', 'centreY', 'width', 'height'] as const) near(small[key] * 2, large[key], 1e-9);
    assert.deepEqual([small.sourceX, small.sourceHeight], [large.sourceX, large.sourceHeight]);
  });

  test('in the size of the project when its file has none', () => {
    const { width, height, sourceWidth } = geometry({}, { width: 0, height: 0 });
    assert.deepEqual([width, height, sourceWidth], [1920, 1080, 1920]);
  });

  test('moved by key frames, by their easing', () => {
    const keyframes = {
      positionX: [
        { frame: 0, value: 0, easing: 'linear' },
        { frame: 10, value: 0.5, easing: 'linear' },
      ],
    } as const;
    const document = createProject([createClip('a', ids.main, 0, 20, { keyframes })]);
    assert.deepEqual(
      [0, 5, 10, 15].map((frame) => layersAt(document, frame)[0]?.geometry.centreX),
      [960, 1440, 1920, 1920],
    );
  });
});

describe('key frames', () => {
  const value = (
    frame: number,
    ...keyframes: readonly [frame: number, value: number, easing?: Keyframe['easing']][]
  ): number =>
    getPropertyAt(
      {
        props: { opacity: 0.9 },
        keyframes: { opacity: keyframes.map(([at, each, easing = 'linear']) => ({ frame: at, value: each, easing })) },
      },
      'opacity',
      frame,
    );

  test('hold the first value before, and the last after', () => {
    assert.equal(value(-5, [10, 0.2], [20, 0.6]), 0.2);
    assert.equal(value(99, [10, 0.2], [20, 0.6]), 0.6);
    assert.equal(value(5), 0.9, 'none: the plain value');
  });

  test('move by the easing of the one before', () => {
    near(value(15, [10, 0], [20, 1]), 0.5);
    assert.equal(value(19, [10, 0, 'hold'], [20, 1]), 0);
    near(value(15, [10, 0, 'ease-in'], [20, 1]), 0.125);
    near(value(15, [10, 0, 'ease-out'], [20, 1]), 0.875);
    near(value(15, [10, 0, 'ease-in-out'], [20, 1]), 0.5);
    near(value(12, [10, 0, 'ease-in-out'], [20, 1]), 4 * 0.2 ** 3);
  });

  test('never lead out of the range of the property', () => {
    assert.equal(value(10, [10, 7]), 1);
  });
});

describe('fades and opacity', () => {
  const opacities = (document: TimelineDocument, frames: readonly number[]): (number | undefined)[] =>
    frames.map((frame) => layersAt(document, frame)[0]?.opacity);

  test('fade in from nothing at the first frame, and out to nothing after the last', () => {
    const document = createProject([
      createClip('a', ids.main, 10, 30, { props: { fadeInFrames: 4, fadeOutFrames: 5 } }),
    ]);
    assert.deepEqual(opacities(document, [10, 11, 12, 13, 14, 20, 25]), [undefined, 0.25, 0.5, 0.75, 1, 1, 1]);
    near(opacities(document, [26])[0], 0.8);
    near(opacities(document, [29])[0], 0.2);
  });

  test('multiply the opacity', () => {
    assert.equal(
      opacities(
        createProject([createClip('a', ids.main, 0, 30, { props: { fadeInFrames: 4, opacity: 0.5 } })]),
        [2],
      )[0],
      0.25,
    );
  });

  test('multiply each other where they meet in a short clip, and are never longer than it', () => {
    const document = createProject([
      createClip('a', ids.main, 0, 10, { props: { fadeInFrames: 10, fadeOutFrames: 20 } }),
    ]);
    assert.deepEqual(opacities(document, [5]), [0.25]);
  });
});

describe('a crossfade', () => {
  const pair = (options: ClipOptions = {}, more: readonly TimelineRecord[] = []): TimelineDocument =>
    createProject([
      createClip('a', ids.main, 0, 100, { trim: 10 }),
      createClip('b', ids.main, 90, 200, { trim: 20, ...options }),
      createTransition('a', 'b', 10),
      ...more,
    ]);
  const seen = (document: TimelineDocument, frame: number): (string | number)[][] =>
    layersAt(document, frame).map((layer) => [layer.clipId, Number(layer.opacity.toFixed(3))]);

  test('lays the clip that comes over the one that goes, and lets it grow opaque', () => {
    assert.deepEqual(seen(pair(), 89), [['a', 1]]);
    assert.deepEqual(seen(pair(), 90), [['a', 1]]);
    assert.deepEqual(seen(pair(), 91), [
      ['a', 1],
      ['b', 0.1],
    ]);
    assert.deepEqual(seen(pair(), 95), [
      ['a', 1],
      ['b', 0.5],
    ]);
    assert.deepEqual(seen(pair(), 99), [
      ['a', 1],
      ['b', 0.9],
    ]);
    assert.deepEqual(seen(pair(), 100), [['b', 1]]);
  });

  test('fades the one that goes too where it will not be covered', () => {
    assert.deepEqual(seen(pair({ props: { scale: 0.5 } }), 95), [
      ['a', 0.5],
      ['b', 0.5],
    ]);
    assert.deepEqual(seen(pair({ props: { rotation: 5 } }), 95), [
      ['a', 0.5],
      ['b', 0.5],
    ]);
    assert.deepEqual(seen(pair({ image: ids.picture }), 98), [
      ['a', 0.2],
      ['b', 0.8],
    ]);
    assert.deepEqual(seen(pair({ props: { opacity: 0.8 } }), 95), [
      ['a', 0.5],
      ['b', 0.4],
    ]);
  });

  test('shows both at their own source time', () => {
    const [a, b] = layersAt(pair(), 95) as VideoLayer[];
    assert.deepEqual([a?.sourceSeconds, b?.sourceSeconds], [105 / 30, 25 / 30]);
  });

  test('has the sound of both with constant power', () => {
    const [a, b] = soundSpans(pair());
    for (let frame = 90; frame <= 100; frame += 1) near(gainOf(a, frame) ** 2 + gainOf(b, frame) ** 2, 1, 1e-12);
    near(gainOf(a, 95), Math.SQRT1_2);
    assert.deepEqual([gainOf(a, 90), gainOf(b, 100)], [1, 1]);
    near(gainOf(a, 100), 0);
    assert.equal(gainOf(b, 90), 0);
  });

  test('may lead into another one', () => {
    const document = createProject([
      createClip('a', ids.main, 0, 100),
      createClip('b', ids.main, 90, 110),
      createClip('c', ids.main, 100, 200),
      createTransition('a', 'b', 10),
      createTransition('b', 'c', 10),
    ]);
    assert.deepEqual(
      [95, 100, 105, 110].map((frame) => idsAt(document, frame)),
      [['a', 'b'], ['b'], ['b', 'c'], ['c']],
    );
  });
});

describe('titles and colours', () => {
  test('a title has its style in pixels of the project', () => {
    const props = {
      fontSize: 54,
      padding: 20,
      textColour: '#ff0000',
      textAlign: 'left',
      backgroundColour: '#000000',
    } as const;
    const layer = only<TextLayer>(
      createProject([createClip('t', ids.titles, 0, 10, { text: 'Hello', props })], { width: 1280, height: 720 }),
      0,
      'text',
    );
    assert.equal(layer.text, 'Hello');
    assert.deepEqual(layer.style, {
      fontFamily: 'sans-serif',
      fontSize: 36,
      fontWeight: 700,
      italic: false,
      colour: '#ff0000',
      align: 'left',
      lineHeight: 1.2,
      backgroundColour: '#000000',
      backgroundOpacity: 0.75,
      padding: (20 * 720) / 1080,
    });
  });

  test('a title is laid in a box of the whole picture about its position', () => {
    const { geometry } = only<TextLayer>(
      createProject([createClip('t', ids.titles, 0, 10, { props: { positionY: 0.25, rotation: 10, scale: 3 } })]),
      0,
      'text',
    );
    assert.deepEqual(geometry, {
      centreX: 960,
      centreY: 810,
      width: 1920,
      height: 1080,
      rotation: 10,
      sourceX: 0,
      sourceY: 0,
      sourceWidth: 1920,
      sourceHeight: 1080,
    });
  });

  test('a colour fills the picture, times its scale', () => {
    const layer = only<ColourLayer>(
      createProject([createClip('c', ids.main, 0, 10, { colour: '#00ff00', props: { scale: 0.5 } })]),
      0,
      'colour',
    );
    assert.deepEqual([layer.colour, layer.geometry.width, layer.geometry.height], ['#00ff00', 960, 540]);
  });
});

describe('what sounds', () => {
  const heard = (...records: TimelineRecord[]): string[] =>
    soundSpans(
      createProject([
        createClip('a', ids.main, 0, 100),
        createClip('s', ids.audio, 0, 100),
        createClip('m', ids.music, 50, 200),
        ...records,
      ]),
    ).map((span) => span.clipId);

  test('sound files, and videos with sound of their own', () => {
    assert.deepEqual(heard(), ['m', 's', 'a']);
    assert.deepEqual(
      heard(createClip('p', ids.second, 0, 10, { image: ids.picture }), createClip('t', ids.titles, 0, 10)),
      ['m', 's', 'a'],
    );
  });

  test('no video without a sound track, nor one whose sound is switched off or detached', () => {
    const silent = createAsset({ id: 'silent' as never, audioCodec: null });
    assert.deepEqual(heard(silent, createClip('o', ids.second, 0, 10, { assetId: silent.id })), ['m', 's', 'a']);
    assert.deepEqual(heard(createClip('a', ids.main, 0, 100, { props: { audioEnabled: false } })), ['m', 's']);
  });

  test('nothing of muted tracks; of solo ones alone while there are any', () => {
    assert.deepEqual(heard(track(ids.audio, { muted: true })), ['m', 'a']);
    assert.deepEqual(heard(track(ids.audio, { solo: true })), ['s']);
    assert.deepEqual(heard(track(ids.audio, { solo: true }), track(ids.main, { solo: true })), ['s', 'a']);
    assert.deepEqual(heard(track(ids.audio, { solo: true, muted: true })), []);
    assert.deepEqual(heard(track(ids.titles, { solo: true })), [], 'even of one without sound');
  });

  test('hidden and locked tracks as ever; solo says nothing about pictures', () => {
    assert.deepEqual(heard(track(ids.main, { hidden: true, locked: true })), ['m', 's', 'a']);
    const solo = createProject([createClip('a', ids.main, 0, 100), track(ids.audio, { solo: true })]);
    assert.deepEqual(idsAt(solo, 10), ['a']);
    const muted = createProject([createClip('a', ids.main, 0, 100), track(ids.main, { muted: true })]);
    assert.deepEqual([idsAt(muted, 10), evaluate(muted, 10).sounds], [['a'], []]);
  });
});

describe('a span of sound', () => {
  const span = (
    options: ClipOptions,
    range?: { readonly startFrame: number; readonly endFrame: number },
    settings?: Partial<SettingsRecord>,
  ): SoundSpan => {
    const [first, more] = soundSpans(createProject([createClip('s', ids.audio, 100, 200, options)], settings), range);
    assert.ok(first && !more);
    return first;
  };

  test('names the source time where it starts, its speed and its pan', () => {
    assert.deepEqual(span({ trim: 30, speed: [3, 2], props: { pan: -0.5 } }), {
      clipId: 's',
      trackId: ids.audio,
      assetId: ids.song,
      startFrame: 100,
      endFrame: 200,
      sourceStartSeconds: 1,
      speed: 1.5,
      keepPitch: true,
      pan: -0.5,
      envelope: [
        { frame: 0, gain: 1 },
        { frame: 100, gain: 1 },
      ],
    });
    assert.equal(
      span({ trim: 30 }, undefined, { frameRate: frameRates.fps2997 }).sourceStartSeconds,
      (30 * 1001) / 30_000,
    );
  });

  test('has its volume in decibels, and silence at the bottom of the range', () => {
    near(span({ props: { volume: -6 } }).envelope[0]?.gain, 10 ** (-6 / 20));
    near(span({ props: { volume: 12 } }).envelope[0]?.gain, 10 ** (12 / 20));
    assert.equal(span({ props: { volume: -60 } }).envelope[0]?.gain, 0);
  });

  test('fades along straight lines', () => {
    assert.deepEqual(span({ props: { fadeInFrames: 10, fadeOutFrames: 20 } }).envelope, [
      { frame: 0, gain: 0 },
      { frame: 10, gain: 1 },
      { frame: 80, gain: 1 },
      { frame: 100, gain: 0 },
    ]);
  });

  test('is exact at every frame where two fades multiply', () => {
    const { envelope } = span({ props: { fadeInFrames: 100, fadeOutFrames: 100 } });
    assert.equal(envelope.length, 101);
    near(envelope[50]?.gain, 0.25);
  });

  test('follows key frames of the volume, in decibels, exact at every frame', () => {
    const sound = span({
      keyframes: {
        volume: [
          { frame: 10, value: -20, easing: 'linear' },
          { frame: 20, value: 0, easing: 'linear' },
          { frame: 60, value: 0, easing: 'linear' },
        ],
      },
    });
    near(gainOf(sound, 100), 0.1);
    near(gainOf(sound, 115), 10 ** (-10 / 20));
    near(gainOf(sound, 120), 1);
    assert.deepEqual(
      sound.envelope.map((point) => point.frame),
      [0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 100],
    );
  });

  test('ramps over the frame before a jump, so that it never clicks', () => {
    const sound = span({
      keyframes: {
        volume: [
          { frame: 0, value: 0, easing: 'hold' },
          { frame: 50, value: -60, easing: 'hold' },
        ],
      },
    });
    assert.deepEqual(sound.envelope, [
      { frame: 0, gain: 1 },
      { frame: 49, gain: 1 },
      { frame: 50, gain: 0 },
      { frame: 100, gain: 0 },
    ]);
  });

  test('keeps the pitch at other speeds unless told not to', () => {
    assert.equal(span({ speed: [3, 2] }).keepPitch, true);
    assert.equal(span({ speed: [3, 2], props: { keepPitch: false } }).keepPitch, false);
  });

  test('is cut to a range, with the gain and the source time that it has there', () => {
    const cut = span({ trim: 30, props: { fadeInFrames: 40 } }, { startFrame: 110, endFrame: 150 });
    assert.deepEqual([cut.startFrame, cut.endFrame, cut.sourceStartSeconds], [110, 150, 40 / 30]);
    assert.deepEqual(cut.envelope, [
      { frame: 0, gain: 0.25 },
      { frame: 30, gain: 1 },
      { frame: 40, gain: 1 },
    ]);
    assert.deepEqual(
      soundSpans(createProject([createClip('s', ids.audio, 100, 200)]), { startFrame: 200, endFrame: 300 }),
      [],
    );
    assert.deepEqual(
      soundSpans(createProject([createClip('s', ids.audio, 100, 200)]), { startFrame: 50, endFrame: 100 }),
      [],
    );
  });

  test('is the same as what every frame of it evaluates to, after any sequence of edits', () => {
    fc.assert(
      fc.property(randomEdits, fc.array(fc.nat(700), { minLength: 5, maxLength: 20 }), (edits, frames) => {
        const clips = [
          createClip('a', ids.main, 0, 100, { trim: 10 }),
          createClip('b', ids.main, 85, 200, { trim: 20 }),
          createTransition('a', 'b', 15),
          createClip('s', ids.audio, 30, 260),
        ];
        let state = createState({ document: createProject(clips) });
        const newId = createNewId();
        for (const edit of edits) {
          const spec = specFor(state, edit, newId);
          if (spec) state = state.update(spec).state;
        }
        const { document } = state;
        const spans = soundSpans(document);
        for (const frame of frames) {
          const graph: FrameGraph = evaluate(document, frame);
          const sounding = spans.filter((each) => each.startFrame <= frame && frame < each.endFrame);
          assert.deepEqual(
            sounding.map((each) => each.clipId),
            graph.sounds.map((each) => each.clipId),
          );
          graph.sounds.forEach((sound, index) => {
            const each = sounding[index];
            assert.ok(each);
            near(gainOf(each, frame), sound.gain, 1e-9);
            near(gainOf(each, frame + 1), sound.gainEnd, 1e-9);
            const seconds =
              ((frame - each.startFrame) * document.settings.frameRate.den) / document.settings.frameRate.num;
            near(each.sourceStartSeconds + seconds * each.speed, sound.sourceSeconds, 1e-9);
          });
          for (const cut of soundSpans(document, { startFrame: frame, endFrame: frame + 1 })) {
            near(
              cut.envelope[0]?.gain,
              graph.sounds.find((sound) => sound.clipId === cut.clipId)?.gain ?? Number.NaN,
              1e-12,
            );
          }
        }
      }),
      { numRuns: 150, seed: 11 },
    );
  });
});
