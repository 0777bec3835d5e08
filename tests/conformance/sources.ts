/**
 * The sources of the suite. To add one: what it is, and how ffmpeg makes it. What its pictures and sounds are and when
 * is read from the file itself by ffmpeg; `shows` says what it is meant to be, so that a recipe that makes something
 * else is noticed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type FrameRate, frameRates } from '../../packages/timeline/src/index.js';
import { accessUnits, annexBMatroska, id3Tag, withITunesGaps } from './containers.js';
import { type ColourField, opaqueFields, transparentFields } from './counting-picture.js';
import { type Recipe, sourceSize } from './make-source.js';

/** A file to measure with. */
export interface Source {
  /** Its file's name. */
  readonly name: string;
  /** In a few words. */
  readonly about: string;
  readonly make: Recipe;
  /** Rates of the projects that it is cut in; the first is the one that `npm test` takes. */
  readonly rates: readonly FrameRate[];
  /** What the recipe is meant to make. */
  readonly shows: {
    /** Numbers of the first picture that is presented and of the last. */
    readonly pictures?: readonly [number, number];
    /** Seconds from the first picture (the start, without pictures) to where the recipe's sound starts; 0 if left out. */
    readonly soundAt?: number;
    /** ffmpeg is wrong about where the sound is: what the recipe says counts. */
    readonly heard?: 'by-recipe';
  };
  /** The size of its project; the usual size of sources when left out. */
  readonly project?: { readonly width: number; readonly height: number };
  /** Fields whose colours are known. */
  readonly fields?: readonly ColourField[];
  /** Seconds from one sweep to the next, when it isn't the usual. */
  readonly interval?: number;
  /** What not every browser decodes; where it doesn’t, the source is skipped and that is said. */
  readonly mayBeMissing?: string;
  /**
   * So long that only every so many-th frame is looked at, and sound at a lower rate; only with `--all`. It is exported
   * once, whole.
   */
  readonly sparse?: number;
  /** Played in the preview too, and not only sent to frames, by `npm test`. */
  readonly plays?: boolean;
}

const { fps24, fps25, fps2997, fps30, fps60 } = frameRates;

const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-g', '48', '-bf', '2', '-sc_threshold', '0'];
const aac = ['-c:a', 'aac', '-b:a', '96k'];
const opus = ['-c:a', 'libopus', '-b:a', '96k'];
/** ffmpeg's Matroska muxer writes Opus earlier than it is by its priming, when there are pictures beside it. */
const opusAt = -312 / 48_000;
const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '2M', '-crf', '8', '-g', '60'];
const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '0', '-crf', '24', '-g', '60'];
const av1 = ['-c:v', 'libsvtav1', '-preset', '10', '-crf', '30', '-g', '48'];

const mono48 = (seconds: number): { sampleRate: number; seconds: number } => ({ sampleRate: 48_000, seconds });
const stereo44 = (seconds: number): { sampleRate: number; seconds: number; channels: number } => ({
  sampleRate: 44_100,
  seconds,
  channels: 2,
});

/** A picture that stands still for seconds, and pictures that come as they like, as a recorder of screens writes them. */
const holds = "settb=1/90000,setpts='(N+if(gte(N,20),45,0)+if(gte(N,50),33,0)+if(eq(mod(N,3),1),0.4,0))/30/TB'";
/** Times in whole milliseconds that tremble, some pictures missing: what a recorder in a browser writes. */
const trembles = "settb=1/1000,setpts='round((N+floor(N/7))*1000/30+5*sin(N*2.1))/1000/TB'";

export const sources: readonly Source[] = [
  {
    name: 'h264-30.mp4',
    about: 'H.264 30, B-frames, AAC 48 kHz mono',
    rates: [fps30, fps25, fps60, fps2997],
    shows: { pictures: [0, 119] },
    fields: opaqueFields,
    plays: true,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: mono48(4),
        args: [...h264, ...aac, '-movflags', '+faststart'],
      }),
  },
  {
    name: 'h264-2997.mov',
    about: 'MOV, 30000/1001, AAC 44.1 kHz stereo',
    rates: [fps30, fps2997],
    shows: { pictures: [0, 119] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30000/1001', count: 120 },
        sound: stereo44(4.004),
        args: [...h264, ...aac],
      }),
  },
  {
    name: 'h264-25.mp4',
    about: 'H.264 25',
    rates: [fps30, fps25, fps24],
    shows: { pictures: [0, 99] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, { pictures: { rate: '25', count: 100 }, sound: mono48(4), args: [...h264, ...aac] }),
  },
  {
    name: 'vfr-recorder.webm',
    about: 'VP8, times of a browser’s recorder, no length, no index',
    rates: [fps30, fps25],
    shows: { pictures: [0, 104], soundAt: opusAt },
    fields: opaqueFields,
    plays: true,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 105 },
        filter: trembles,
        colours: 'bt601',
        sound: mono48(4),
        args: ['-fps_mode', 'vfr', '-enc_time_base:v', '1/1000', ...vp8, ...opus, '-f', 'webm', '-live', '1'],
      }),
  },
  {
    name: 'h264-24.mp4',
    about: 'H.264 24, key frames far apart',
    rates: [fps30, fps24],
    shows: { pictures: [0, 143] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '24', count: 144 },
        sound: mono48(6),
        args: [...h264, '-g', '600', ...aac],
      }),
  },
  {
    name: 'h264-60.mp4',
    about: 'H.264 60',
    rates: [fps30, fps60],
    shows: { pictures: [0, 179] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, { pictures: { rate: '60', count: 180 }, sound: mono48(3), args: [...h264, ...aac] }),
  },
  {
    name: 'open-gop.mp4',
    about: 'open GOPs, B-pyramid',
    rates: [fps30, fps25],
    shows: { pictures: [0, 119] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: mono48(4),
        args: [...h264, '-g', '24', '-bf', '4', '-x264-params', 'open-gop=1:b-pyramid=normal:ref=4', ...aac],
      }),
  },
  {
    name: 'vfr-holds.mp4',
    about: 'variable rate: pictures that stand for seconds',
    rates: [fps30, fps60],
    shows: { pictures: [0, 79] },
    fields: opaqueFields,
    plays: true,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 80 },
        filter: holds,
        sound: mono48(5.2),
        args: ['-fps_mode', 'vfr', '-enc_time_base:v', '1/90000', ...h264, ...aac],
      }),
  },
  {
    name: 'edit-trim.mp4',
    about: 'edit list that cuts the start off, between key frames',
    rates: [fps30, fps25],
    shows: { pictures: [21, 119], soundAt: -0.7 },
    fields: opaqueFields,
    make: async (kit, file) => {
      const whole = kit.scratch('whole.mp4');
      await kit.encode(whole, { pictures: { rate: '30', count: 120 }, sound: mono48(4), args: [...h264, ...aac] });
      await kit.run('-ss', '0.7', '-i', whole, '-c', 'copy', '-fflags', '+bitexact', file);
    },
  },
  {
    name: 'edit-sound-late.mp4',
    about: 'edit list: the sound begins 0.3 s after the pictures',
    rates: [fps30],
    shows: { pictures: [0, 119], soundAt: 0.3 },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: mono48(3.6),
        soundInput: ['-itsoffset', '0.3'],
        args: [...h264, ...aac],
      }),
  },
  {
    name: 'edit-pictures-late.mp4',
    about: 'edit list: the pictures begin 0.3 s after the sound',
    rates: [fps30],
    shows: { pictures: [0, 104], soundAt: -0.3 },
    fields: opaqueFields,
    make: async (kit, file) => {
      const [pictures, sound] = [kit.scratch('pictures.mp4'), kit.scratch('sound.m4a')];
      await kit.encode(pictures, { pictures: { rate: '30', count: 105 }, args: h264 });
      await kit.encode(sound, { sound: mono48(4), args: aac });
      await kit.run('-itsoffset', '0.3', '-i', pictures, '-i', sound, '-c', 'copy', '-fflags', '+bitexact', file);
    },
  },
  {
    name: 'ts-start.mkv',
    about: 'MKV that starts at 1.4 s, Opus',
    rates: [fps30, fps2997],
    shows: { pictures: [0, 119], soundAt: opusAt },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: mono48(4),
        args: [...h264, ...opus, '-output_ts_offset', '1.4'],
      }),
  },
  {
    name: 'ts-start.mp4',
    about: 'MP4 that starts at 1.4 s',
    rates: [fps30],
    shows: { pictures: [0, 119] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: mono48(4),
        args: [...h264, ...aac, '-output_ts_offset', '1.4'],
      }),
  },
  {
    name: 'broadcast.ts',
    about: 'MPEG-TS',
    rates: [fps25],
    shows: { pictures: [0, 99] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '25', count: 100 },
        sound: mono48(4),
        args: [...h264, ...aac, '-f', 'mpegts'],
      }),
  },
  ...([90, 180, 270] as const).map((turn): Source => ({
    name: `rotated-${String(turn)}.mp4`,
    about: `stored turned by ${String(turn)}°`,
    rates: [fps30],
    shows: { pictures: [0, 59] },
    fields: opaqueFields,
    make: async (kit, file) => {
      const stored = kit.scratch('stored.mp4');
      const filter = turn === 90 ? 'transpose=1' : turn === 180 ? 'hflip,vflip' : 'transpose=2';
      await kit.encode(stored, {
        pictures: { rate: '30', count: 60 },
        filter,
        sound: mono48(2),
        args: [...h264, ...aac],
      });
      await kit.run(
        '-i',
        stored,
        '-c',
        'copy',
        '-metadata:s:v:0',
        `rotate=${String(turn)}`,
        '-fflags',
        '+bitexact',
        file,
      );
    },
  })),
  {
    name: 'wide-pixels.mp4',
    about: 'pixels of 4:3',
    rates: [fps30],
    shows: { pictures: [0, 59] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60, width: 288 },
        filter: 'setsar=4/3',
        sound: mono48(2),
        args: [...h264, ...aac],
      }),
  },
  {
    name: 'tall-pixels.webm',
    about: 'pixels of 3:4, VP9',
    rates: [fps30],
    shows: { pictures: [0, 59], soundAt: opusAt },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60, width: 384, height: 162 },
        filter: 'setsar=3/4',
        sound: mono48(2),
        args: [...vp9, ...opus],
      }),
  },
  {
    name: 'odd-size.webm',
    about: '383 × 215, VP9',
    rates: [fps30],
    shows: { pictures: [0, 59], soundAt: opusAt },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60, width: 383, height: 215 },
        sound: mono48(2),
        args: [...vp9, ...opus],
      }),
  },
  {
    name: 'odd-size.mp4',
    about: '390 × 218, not a multiple of 16',
    rates: [fps30],
    shows: { pictures: [0, 59] },
    fields: opaqueFields,
    project: { width: 390, height: 218 },
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60, width: 390, height: 218 },
        sound: mono48(2),
        args: [...h264, ...aac],
      }),
  },
  ...(['vp8', 'vp9'] as const).map((codec): Source => ({
    name: `alpha-${codec}.webm`,
    about: `${codec.toUpperCase()} with alpha`,
    rates: [fps30],
    shows: { pictures: [0, 59], soundAt: opusAt },
    fields: transparentFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60, alpha: true },
        sound: mono48(2),
        colours: codec === 'vp8' ? 'bt601' : 'bt709',
        args: [...(codec === 'vp8' ? [...vp8, '-auto-alt-ref', '0'] : [...vp9, '-auto-alt-ref', '0']), ...opus],
      }),
  })),
  {
    name: 'vp8.webm',
    about: 'VP8, Vorbis',
    rates: [fps30],
    // The first packet, which gives nothing, has a time of its own.
    shows: { pictures: [0, 119], soundAt: 128 / 44_100 },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: stereo44(4),
        args: [...vp8, '-c:a', 'libvorbis', '-b:a', '96k'],
      }),
  },
  {
    name: 'vp9.webm',
    about: 'VP9 with hidden pictures, Opus stereo',
    rates: [fps30, fps2997],
    shows: { pictures: [0, 119], soundAt: opusAt },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: { ...mono48(4), channels: 2 },
        args: ['-c:v', 'libvpx-vp9', '-b:v', '0', '-crf', '24', '-cpu-used', '5', '-lag-in-frames', '16', ...opus],
      }),
  },
  {
    name: 'av1.mp4',
    about: 'AV1',
    rates: [fps30, fps25],
    shows: { pictures: [0, 119] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, { pictures: { rate: '30', count: 120 }, sound: mono48(4), args: [...av1, ...aac] }),
  },
  {
    name: 'hevc.mp4',
    about: 'HEVC',
    mayBeMissing: 'HEVC',
    rates: [fps30],
    shows: { pictures: [0, 59] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60 },
        sound: mono48(2),
        args: [
          '-c:v',
          'libx265',
          '-preset',
          'ultrafast',
          '-crf',
          '20',
          '-tag:v',
          'hvc1',
          '-x265-params',
          'log-level=none',
          ...aac,
        ],
      }),
  },
  {
    name: 'fragmented.mp4',
    about: 'fragmented MP4, fragments shorter than a GOP',
    rates: [fps30, fps2997],
    shows: { pictures: [0, 119] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 120 },
        sound: mono48(4),
        args: [
          ...h264,
          '-g',
          '90',
          ...aac,
          '-movflags',
          '+empty_moov+default_base_moof+delay_moov',
          '-frag_duration',
          '500000',
        ],
      }),
  },
  {
    name: 'annex-b.mkv',
    about: 'MKV with Annex B, no index, no length, no sound',
    rates: [fps30],
    shows: { pictures: [0, 59] },
    fields: opaqueFields,
    make: async (kit, file) => {
      const raw = kit.scratch('raw.h264');
      await kit.encode(raw, {
        pictures: { rate: '30', count: 60 },
        args: [...h264, '-bf', '0', '-g', '20', '-bsf:v', 'h264_metadata=aud=insert', '-f', 'h264'],
      });
      const units = accessUnits(readFileSync(raw)).map((data, index) => ({
        data,
        time: Math.round((index * 1000) / 30),
        key: index % 20 === 0,
      }));
      writeFileSync(file, annexBMatroska(units, sourceSize.width, sourceSize.height));
    },
  },
  ...(
    [
      ['bt601', 'BT.601'],
      ['bt709-full', 'BT.709, full range'],
      ['bt601-full', 'BT.601, full range'],
      ['untagged-601', 'no tags, small: taken for BT.601'],
    ] as const
  ).map(([colours, about]): Source => ({
    name: `${colours}.mp4`,
    about,
    rates: [fps30],
    shows: { pictures: [0, 44] },
    fields: opaqueFields,
    make: (kit, file) =>
      kit.encode(file, { pictures: { rate: '30', count: 45 }, colours, sound: mono48(1.5), args: [...h264, ...aac] }),
  })),
  {
    name: 'untagged-709.mp4',
    about: 'no tags, 720 lines: taken for BT.709',
    rates: [fps30],
    shows: { pictures: [0, 29] },
    fields: opaqueFields,
    project: { width: 1280, height: 720 },
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 30, width: 1280, height: 720 },
        colours: 'untagged-709',
        sound: mono48(1),
        args: [...h264, ...aac],
      }),
  },
  ...(
    [
      ['aac-edit.m4a', 'AAC, priming in the edit list', aac],
      ['opus.ogg', 'Opus, pre-skip', opus],
      ['flac.flac', 'FLAC', ['-c:a', 'flac']],
      ['vorbis.ogg', 'Vorbis', ['-c:a', 'libvorbis', '-b:a', '96k']],
      ['lame.mp3', 'MP3 with gaps told by its first frame', ['-c:a', 'libmp3lame', '-b:a', '96k']],
      ['adts.aac', 'AAC without a container', [...aac, '-f', 'adts']],
      ['pcm.wav', 'PCM', ['-c:a', 'pcm_s16le']],
    ] as const
  ).map(([name, about, args]): Source => ({
    name,
    about,
    rates: [fps30, fps25],
    shows: name === 'adts.aac' ? { soundAt: 1024 / 44_100 } : {},
    make: (kit, file) =>
      kit.encode(file, {
        sound: name === 'opus.ogg' ? { ...mono48(4), channels: 2 } : stereo44(4),
        args,
      }),
  })),
  {
    name: 'itunes.m4a',
    about: 'AAC, priming told by iTunSMPB alone',
    rates: [fps30],
    shows: {},
    make: async (kit, file) => {
      const plain = kit.scratch('plain.m4a');
      await kit.encode(plain, { sound: stereo44(4), args: [...aac, '-use_editlist', '0'] });
      const padding = 1024 - ((1024 + 4 * 44_100) % 1024);
      writeFileSync(file, withITunesGaps(readFileSync(plain), 1024, padding, 4 * 44_100));
    },
  },
  {
    name: 'id3-junk.mp3',
    about: 'MP3 behind a large ID3 tag and junk',
    rates: [fps30],
    // With junk before its first frame, ffmpeg no longer finds what that tells of gaps.
    shows: { heard: 'by-recipe' },
    make: async (kit, file) => {
      const plain = kit.scratch('plain.mp3');
      await kit.encode(plain, {
        sound: stereo44(4),
        args: ['-c:a', 'libmp3lame', '-b:a', '96k', '-id3v2_version', '0'],
      });
      const junk = Buffer.alloc(700, 'not a frame ');
      writeFileSync(file, Buffer.concat([id3Tag(90_000), junk, readFileSync(plain)]));
    },
  },
  {
    name: 'untold.mp3',
    about: 'MP3 that doesn’t tell its gaps',
    rates: [fps30],
    shows: { soundAt: 1105 / 44_100 },
    make: (kit, file) =>
      kit.encode(file, {
        sound: stereo44(4),
        args: ['-c:a', 'libmp3lame', '-b:a', '96k', '-write_xing', '0', '-id3v2_version', '0'],
      }),
  },
  {
    name: 'surround.mp4',
    about: 'AAC 5.1',
    rates: [fps30],
    shows: { pictures: [0, 59] },
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60 },
        sound: { ...mono48(2), channels: 6 },
        args: [...h264, '-c:a', 'aac', '-b:a', '256k'],
      }),
  },
  {
    name: 'surround.webm',
    about: 'Opus 5.1',
    rates: [fps30],
    shows: { pictures: [0, 59], soundAt: opusAt },
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '30', count: 60 },
        sound: { ...mono48(2), channels: 6 },
        args: [...vp9, '-c:a', 'libopus', '-b:a', '256k'],
      }),
  },
  {
    name: 'hour.mp4',
    about: 'an hour, a picture a second, AAC 44.1 kHz',
    rates: [fps2997],
    shows: { pictures: [0, 3599] },
    sparse: 199,
    interval: 10,
    project: { width: 192, height: 108 },
    make: (kit, file) =>
      kit.encode(file, {
        pictures: { rate: '1', count: 3600, width: 192, height: 108 },
        sound: { sampleRate: 44_100, seconds: 3600, interval: 10 },
        args: [...h264, '-g', '10', '-c:a', 'aac', '-b:a', '48k'],
      }),
  },
];
