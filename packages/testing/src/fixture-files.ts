/** What is in packages/testing/fixtures, for tests that check against it. Browser tests fetch them from `/fixtures/`. */

/** Names of the counting sources. */
export type CountingFixtureName =
  | 'count-h264-30.mp4'
  | 'count-h264-25.mp4'
  | 'count-h264-2997.mov'
  | 'count-vp9-30.webm'
  | 'count-720p.mp4'
  | 'count-vfr.mp4'
  | 'count-rotated.mp4'
  | 'count-silent.mp4';

/** Names of counting sources that Chromium can't decode; all are source 15, 320 × 180. */
export type OddFixtureName =
  'odd-mpeg2.mpg' | 'odd-asp.avi' | 'odd-windows-media.wmv' | 'odd-prores.mov' | 'odd-ac3.mkv' | 'odd-hevc.mp4';

/** Names of the files that are sound only. */
export type ToneFixtureName = 'tone.mp3' | 'tone.wav' | 'tone.m4a' | 'tone.aac';

/** A source whose pictures carry their numbers and whose seconds have their tones. */
export interface CountingFixture {
  readonly name: string;
  /** The source number in its frame code and tones. */
  readonly source: number;
  /** As shown, rotation applied, pixels. */
  readonly width: number;
  readonly height: number;
  /** Pictures. */
  readonly frames: number;
  readonly frameRate: { readonly num: number; readonly den: number };
  readonly durationSeconds: number;
  readonly videoCodec: 'avc' | 'vp9';
  readonly audioCodec: 'aac' | 'opus' | null;
}

/** Sound whose seconds have their tones. */
export interface ToneFixture {
  readonly name: string;
  readonly source: number;
  readonly durationSeconds: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Seconds between the container's start and the first sample of the source, where the container can't say. */
  readonly delaySeconds: number;
}

const at30 = { num: 30, den: 1 };

/** Video with sound (`count-silent.mp4` has none), all with B-frames where the codec has them. */
export const countingFixtures: Readonly<Record<CountingFixtureName, CountingFixture>> = {
  'count-h264-30.mp4': {
    name: 'count-h264-30.mp4',
    source: 1,
    width: 640,
    height: 360,
    frames: 180,
    frameRate: at30,
    durationSeconds: 6,
    videoCodec: 'avc',
    audioCodec: 'aac',
  },
  'count-h264-25.mp4': {
    name: 'count-h264-25.mp4',
    source: 2,
    width: 640,
    height: 360,
    frames: 150,
    frameRate: { num: 25, den: 1 },
    durationSeconds: 6,
    videoCodec: 'avc',
    audioCodec: 'aac',
  },
  'count-h264-2997.mov': {
    name: 'count-h264-2997.mov',
    source: 3,
    width: 640,
    height: 360,
    frames: 120,
    frameRate: { num: 30_000, den: 1001 },
    durationSeconds: 4.004,
    videoCodec: 'avc',
    audioCodec: 'aac',
  },
  'count-vp9-30.webm': {
    name: 'count-vp9-30.webm',
    source: 4,
    width: 640,
    height: 360,
    frames: 150,
    frameRate: at30,
    durationSeconds: 5,
    videoCodec: 'vp9',
    audioCodec: 'opus',
  },
  'count-720p.mp4': {
    name: 'count-720p.mp4',
    source: 5,
    width: 1280,
    height: 720,
    frames: 150,
    frameRate: at30,
    durationSeconds: 5,
    videoCodec: 'avc',
    audioCodec: 'aac',
  },
  'count-vfr.mp4': {
    name: 'count-vfr.mp4',
    source: 6,
    width: 640,
    height: 360,
    frames: 75,
    frameRate: at30,
    durationSeconds: 5,
    videoCodec: 'avc',
    audioCodec: 'aac',
  },
  'count-rotated.mp4': {
    name: 'count-rotated.mp4',
    source: 7,
    width: 640,
    height: 360,
    frames: 90,
    frameRate: at30,
    durationSeconds: 3,
    videoCodec: 'avc',
    audioCodec: 'aac',
  },
  'count-silent.mp4': {
    name: 'count-silent.mp4',
    source: 8,
    width: 320,
    height: 180,
    frames: 90,
    frameRate: at30,
    durationSeconds: 3,
    videoCodec: 'avc',
    audioCodec: null,
  },
};

/** What a conversion is tried with. */
export interface OddFixture {
  readonly name: OddFixtureName;
  /** Pictures. */
  readonly frames: number;
  /** When a picture is shown, in seconds from the first. */
  readonly timeOf: (frame: number) => number;
  readonly durationSeconds: number;
}

function odd(name: OddFixtureName, frames: number, num: number, den = 1): OddFixture {
  const timeOf = (frame: number): number => (frame * den) / num;
  return { name, frames, timeOf, durationSeconds: timeOf(frames) };
}

/** MPEG-2 and AC-3 in a program stream, MPEG-4 ASP and MP3 in AVI, Windows Media of variable rate, and so on. */
export const oddFixtures: Readonly<Record<OddFixtureName, OddFixture>> = {
  'odd-mpeg2.mpg': odd('odd-mpeg2.mpg', 100, 25),
  'odd-asp.avi': odd('odd-asp.avi', 120, 30_000, 1001),
  'odd-windows-media.wmv': { name: 'odd-windows-media.wmv', frames: 75, timeOf: variableRateTime, durationSeconds: 5 },
  'odd-prores.mov': odd('odd-prores.mov', 48, 24),
  'odd-ac3.mkv': odd('odd-ac3.mkv', 120, 30),
  'odd-hevc.mp4': odd('odd-hevc.mp4', 90, 30),
};

/** Sound only. */
export const toneFixtures: Readonly<Record<ToneFixtureName, ToneFixture>> = {
  'tone.mp3': { name: 'tone.mp3', source: 10, durationSeconds: 4, sampleRate: 44_100, delaySeconds: 0 },
  'tone.wav': { name: 'tone.wav', source: 11, durationSeconds: 4, sampleRate: 22_050, delaySeconds: 0 },
  'tone.m4a': { name: 'tone.m4a', source: 12, durationSeconds: 4, sampleRate: 48_000, delaySeconds: 0 },
  'tone.aac': { name: 'tone.aac', source: 13, durationSeconds: 4, sampleRate: 44_100, delaySeconds: 1024 / 44_100 },
};

/**
 * When a picture of `count-vfr.mp4` is shown, in seconds: the pictures stay for 1, 2 and 3 thirtieths of a second in
 * turn.
 */
export function variableRateTime(frame: number): number {
  return (Math.floor(frame / 3) * 6 + ([0, 1, 3][frame % 3] ?? 0)) / 30;
}
