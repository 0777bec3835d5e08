/**
 * Makes the files in packages/testing/fixtures, which are committed: tests don't need ffmpeg.
 *
 *   npm run fixtures                 all of them
 *   npm run fixtures -- lecture.mp4  only those whose names are given
 *
 * Needs ffmpeg with libx264, libvpx, libmp3lame, libopus and libx265; uses espeak-ng for speech when it is there. Every
 * picture of a counting source carries its number, every second its own tone; see packages/testing/src/frame-code.ts
 * and tone-code.ts, which this script draws and plays from.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { tsImport } from 'tsx/esm/api';
import { glyphOf } from './fixture-font.mjs';
import { aptInstall, canAptInstall } from './find-chromium.mjs';
import { root } from './workspace.mjs';

const { encodeFrameCode, flashRegion, frameCodeCells, frameCodeHeight } = await tsImport(
  '../packages/testing/src/frame-code.ts',
  import.meta.url,
);
const { beepAmplitude, beepDuration, beepFrequency, toneAmplitude, toneFrequency } = await tsImport(
  '../packages/testing/src/tone-code.ts',
  import.meta.url,
);
const { variableRateTime } = await tsImport('../packages/testing/src/fixture-files.ts', import.meta.url);

const folder = path.join(root, 'packages/testing/fixtures');
const scratch = mkdtempSync(path.join(tmpdir(), 'lectern-fixtures-'));

/** @param {string} command */
function has(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

function requireFfmpeg() {
  if (has('ffmpeg')) return;
  if (canAptInstall() && aptInstall(['ffmpeg'])) return;
  throw new Error(
    'ffmpeg is needed to make fixtures. Install it (Debian: apt-get install ffmpeg, macOS: brew install ffmpeg).',
  );
}

// ---------------------------------------------------------------------------------------------------------- pictures

/** An RGB picture to draw on. */
class Canvas {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.data = Buffer.alloc(width * height * 3);
  }

  /**
   * @param {number} left fractions of the picture
   * @param {number} top
   * @param {number} width
   * @param {number} height
   * @param {readonly number[]} colour red, green, blue, 0…255
   */
  box(left, top, width, height, colour) {
    const x0 = Math.round(left * this.width);
    const x1 = Math.round((left + width) * this.width);
    const y0 = Math.round(top * this.height);
    const y1 = Math.round((top + height) * this.height);
    const pixel = Buffer.from(colour);
    if (x1 <= x0) return;
    const row = Buffer.alloc((x1 - x0) * 3, pixel);
    for (let y = y0; y < y1; y += 1) row.copy(this.data, (y * this.width + x0) * 3);
  }

  /** Text in a 5 × 7 dot font. @param {string} text @param {number} left @param {number} top @param {number} height @param {readonly number[]} colour */
  text(text, left, top, height, colour) {
    const dotHeight = height / 7;
    const dotWidth = (dotHeight * this.height) / this.width;
    [...text.toUpperCase()].forEach((character, position) => {
      const columns = glyphOf(character);
      columns.forEach((column, x) => {
        for (let y = 0; y < 7; y += 1) {
          if ((column >> y) & 1) {
            this.box(left + (position * 6 + x) * dotWidth, top + y * dotHeight, dotWidth, dotHeight, colour);
          }
        }
      });
    });
  }

  /** @param {number} source @param {number} frame */
  code(source, frame) {
    encodeFrameCode({ source, frame }).forEach((/** @type {boolean} */ white, /** @type {number} */ cell) => {
      this.box(cell / frameCodeCells, 0, 1 / frameCodeCells, frameCodeHeight, white ? [255, 255, 255] : [0, 0, 0]);
    });
  }
}

const palette = [
  [32, 64, 112],
  [28, 92, 76],
  [104, 52, 40],
  [84, 44, 104],
  [96, 84, 24],
  [24, 88, 104],
  [112, 40, 72],
  [60, 60, 68],
];

/**
 * A counting picture: code, number in words, a bar that moves, a box that flashes with the beep.
 *
 * @param {Canvas} canvas
 * @param {{source: number, frame: number, seconds: number}} facts
 */
function drawCountingPicture(canvas, { source, frame, seconds }) {
  canvas.box(0, 0, 1, 1, palette[(source + Math.floor(seconds)) % palette.length] ?? [0, 0, 0]);
  canvas.code(source, frame);
  const { left, top, width, height } = flashRegion;
  const flashes = seconds % 1 < 1 / 15 - 1e-6;
  canvas.box(left, top, width, height, flashes ? [255, 255, 255] : [24, 24, 24]);
  canvas.text(`SOURCE ${source}`, 0.05, 0.2, 0.09, [235, 235, 235]);
  canvas.text(`FRAME ${String(frame).padStart(4, '0')}`, 0.05, 0.75, 0.09, [235, 235, 235]);
  canvas.box(0.05 + 0.86 * (seconds % 1), 0.9, 0.04, 0.05, [255, 196, 0]);
}

/** @param {Canvas} canvas @param {number} index which of the slides */
function drawSlide(canvas, index) {
  const slide = slides[index];
  if (!slide) throw new RangeError(`There are ${slides.length} slides, no number ${index}.`);
  const { title, lines, accent } = slide;
  canvas.box(0, 0, 1, 1, [247, 246, 242]);
  canvas.box(0, frameCodeHeight, 0.02, 1 - frameCodeHeight, accent);
  canvas.text(title, 0.07, 0.22, 0.1, [30, 34, 44]);
  canvas.box(0.07, 0.36, 0.2, 0.01, accent);
  lines.forEach((line, index) => {
    canvas.box(0.07, 0.455 + index * 0.13, 0.014, 0.025, accent);
    canvas.text(line, 0.1, 0.44 + index * 0.13, 0.055, [60, 66, 80]);
  });
}

// ------------------------------------------------------------------------------------------------------------- sound

/** @param {number} source @param {number} seconds @param {number} sampleRate @returns {Float32Array} */
function countingSound(source, seconds, sampleRate) {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  for (let index = 0; index < samples.length; index += 1) {
    const time = index / sampleRate;
    const second = Math.floor(time);
    const within = time - second;
    let value = toneAmplitude * Math.sin(2 * Math.PI * toneFrequency({ source, second }) * within);
    if (within < beepDuration) value += beepAmplitude * Math.sin(2 * Math.PI * beepFrequency * within);
    samples[index] = value;
  }
  return samples;
}

/**
 * Writes 16-bit WAV, the same in each channel: ffmpeg would make it quieter on the way from one channel to two.
 *
 * @param {string} file
 * @param {Float32Array} samples
 * @param {number} sampleRate
 * @param {number} channels
 */
function writeWav(file, samples, sampleRate, channels) {
  const frameBytes = channels * 2;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length * frameBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * frameBytes, 28);
  header.writeUInt16LE(frameBytes, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length * frameBytes, 40);
  const body = Buffer.alloc(samples.length * frameBytes);
  samples.forEach((value, index) => {
    const level = Math.round(Math.max(-1, Math.min(1, value)) * 32767);
    for (let channel = 0; channel < channels; channel += 1) body.writeInt16LE(level, index * frameBytes + channel * 2);
  });
  writeFileSync(file, Buffer.concat([header, body]));
}

/**
 * A WAV file in the scratch folder.
 *
 * @param {number} source
 * @param {number} seconds
 * @param {number} sampleRate
 * @param {number} [channels]
 */
function soundFile(source, seconds, sampleRate, channels = 1) {
  const file = path.join(scratch, `${source}-${seconds}-${sampleRate}-${channels}.wav`);
  writeWav(file, countingSound(source, seconds, sampleRate), sampleRate, channels);
  return file;
}

/** Speech for the lecture, or the source's tones where there is no speech synthesiser. @param {string} text @param {number} source @param {number} seconds */
function speechFile(text, source, seconds) {
  const file = path.join(scratch, 'speech.wav');
  if (has('espeak-ng')) {
    const { status } = spawnSync('espeak-ng', ['-v', 'en', '-s', '150', '-w', file, text]);
    if (status === 0) return file;
  }
  process.stderr.write('espeak-ng is missing: the lecture gets tones instead of a voice.\n');
  return soundFile(source, seconds, 22_050);
}

// ------------------------------------------------------------------------------------------------------------ ffmpeg

/**
 * @param {readonly string[]} args
 * @param {((write: (chunk: Buffer) => Promise<void>) => Promise<void>)} [feed] writes raw pictures to its input
 */
async function ffmpeg(args, feed) {
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
    stdio: [feed ? 'pipe' : 'ignore', 'inherit', 'inherit'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const { stdin } = child;
  if (feed && stdin) {
    stdin.on('error', () => undefined);
    await feed(
      (chunk) =>
        new Promise((resolve) => {
          if (stdin.write(chunk)) resolve();
          else stdin.once('drain', () => resolve());
        }),
    );
    stdin.end();
  }
  const code = await closed;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ffmpeg ${args.join(' ')}`);
}

const bitexact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];
const toBt709 = 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p';
const bt709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];
const h264 = ['-c:v', 'libx264', '-preset', 'slow', '-crf', '27', '-bf', '3', '-threads', '1', ...bt709];

/**
 * @typedef {object} Video
 * @property {number} source
 * @property {number} frames
 * @property {string} rate as ffmpeg writes it
 * @property {number} [width]
 * @property {number} [height]
 * @property {readonly string[]} encode
 * @property {{sampleRate: number, channels: number, encode: readonly string[]} | null} sound
 * @property {string} [filter] before the change to YUV
 * @property {((frame: number) => number)} [timeOf] seconds, when it isn't frame ÷ rate
 */

/** @param {string} file @param {Video} video */
async function countingVideo(file, { source, frames, rate, width = 640, height = 360, encode, sound, filter, timeOf }) {
  const [numerator = 30, denominator = 1] = rate.split('/').map(Number);
  const seconds = timeOf ? timeOf(frames) : (frames * denominator) / numerator;
  const inputs = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', rate, '-i', 'pipe:0'];
  const soundArgs = sound
    ? [
        '-i',
        soundFile(source, seconds, sound.sampleRate, sound.channels),
        '-map',
        '0:v',
        '-map',
        '1:a',
        ...sound.encode,
      ]
    : [];
  const canvas = new Canvas(width, height);
  await ffmpeg(
    [
      ...inputs,
      ...soundArgs.slice(0, 2),
      '-vf',
      [filter, toBt709].filter(Boolean).join(','),
      ...soundArgs.slice(2),
      ...encode,
      ...bitexact,
      file,
    ],
    async (write) => {
      for (let frame = 0; frame < frames; frame += 1) {
        drawCountingPicture(canvas, {
          source,
          frame,
          seconds: timeOf ? timeOf(frame) : (frame * denominator) / numerator,
        });
        await write(Buffer.from(canvas.data));
      }
    },
  );
}

/** @param {string} file @param {Canvas} canvas @param {readonly string[]} encode */
async function picture(file, canvas, encode) {
  await ffmpeg(
    ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${canvas.width}x${canvas.height}`, '-i', 'pipe:0', '-frames:v', '1']
      .concat(encode)
      .concat(bitexact, file),
    (write) => write(canvas.data),
  );
}

/** @param {string} name @param {Buffer} body */
function pngChunk(name, body) {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length, 0);
  head.write(name, 4, 'latin1');
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])), 0);
  return Buffer.concat([head, body, tail]);
}

/** @param {number} width @param {number} height @param {number} bitDepth @param {number} colourType @param {Buffer} rows */
function png(width, height, bitDepth, colourType, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colourType, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows, { level: 9 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A round badge on nothing, for overlays. @param {number} size */
function badge(size) {
  const rows = Buffer.alloc((size * 4 + 1) * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const distance = Math.hypot(x + 0.5 - size / 2, y + 0.5 - size / 2);
      const alpha = Math.max(0, Math.min(1, size * 0.48 - distance));
      const inner = distance < size * 0.3;
      rows.set(inner ? [255, 255, 255, 255 * alpha] : [0, 120, 215, 255 * alpha], y * (size * 4 + 1) + 1 + x * 4);
    }
  }
  return png(size, size, 8, 6, rows);
}

// ---------------------------------------------------------------------------------------------------------- the list

const aac = (/** @type {number} */ sampleRate, channels = 2) => ({
  sampleRate,
  channels,
  encode: ['-c:a', 'aac', '-b:a', '64k'],
});

/** `variableRateTime`, in ffmpeg's words. */
const variableRateFilter = "setpts='(floor(N/3)*6+if(eq(mod(N,3),1),1,if(eq(mod(N,3),2),3,0))+0.01)/30/TB'";

/** What no browser decodes, for conversions. */
const odd = { source: 15, width: 320, height: 180 };

const slides = [
  {
    title: 'WHY WATER RISES',
    lines: ['A TUBE IN A GLASS', 'THE NARROWER, THE HIGHER', 'WHAT PULLS IT UP?'],
    accent: [0, 105, 180],
  },
  {
    title: 'SURFACE TENSION',
    lines: ['MOLECULES ATTRACT', 'THE EDGE CLIMBS GLASS', 'WEIGHT PULLS BACK'],
    accent: [190, 80, 20],
  },
  {
    title: 'JURIN: H = 2S / RGR',
    lines: ['HALF THE RADIUS', 'TWICE THE HEIGHT', 'MEASURE IT YOURSELF'],
    accent: [20, 130, 90],
  },
];
const lectureText =
  'Put a thin glass tube into water, and the water climbs. The narrower the tube, the higher it climbs. ' +
  'Surface tension pulls at the edge, until the weight of the column holds it back. ' +
  'Half the radius gives twice the height. Measure it yourself.';

/** @type {Record<string, (file: string) => Promise<void> | void>} */
const makers = {
  'count-h264-30.mp4': (file) =>
    countingVideo(file, {
      source: 1,
      frames: 180,
      rate: '30',
      encode: [...h264, '-g', '60', '-movflags', '+faststart'],
      sound: aac(48_000),
    }),
  'count-h264-25.mp4': (file) =>
    countingVideo(file, { source: 2, frames: 150, rate: '25', encode: [...h264, '-g', '250'], sound: aac(44_100, 1) }),
  'count-h264-2997.mov': (file) =>
    countingVideo(file, {
      source: 3,
      frames: 120,
      rate: '30000/1001',
      encode: [...h264, '-g', '60'],
      sound: aac(48_000),
    }),
  'count-vp9-30.webm': (file) =>
    countingVideo(file, {
      source: 4,
      frames: 150,
      rate: '30',
      encode: [
        '-c:v',
        'libvpx-vp9',
        '-crf',
        '36',
        '-b:v',
        '0',
        '-g',
        '60',
        '-cpu-used',
        '2',
        '-threads',
        '1',
        ...bt709,
      ],
      sound: { sampleRate: 48_000, channels: 2, encode: ['-c:a', 'libopus', '-b:a', '48k'] },
    }),
  'count-720p.mp4': (file) =>
    countingVideo(file, {
      source: 5,
      frames: 150,
      rate: '30',
      width: 1280,
      height: 720,
      encode: [...h264, '-g', '60', '-movflags', '+faststart'],
      sound: aac(48_000),
    }),
  'count-vfr.mp4': (file) =>
    countingVideo(file, {
      source: 6,
      frames: 75,
      rate: '30',
      encode: [...h264, '-g', '30', '-vsync', 'vfr', '-video_track_timescale', '30000'],
      filter: variableRateFilter,
      timeOf: variableRateTime,
      sound: aac(48_000),
    }),
  'count-rotated.mp4': async (file) => {
    const upright = path.join(scratch, 'sideways.mp4');
    await countingVideo(upright, {
      source: 7,
      frames: 90,
      rate: '30',
      encode: [...h264, '-g', '30'],
      // Stored on its side; the container says to turn it back.
      filter: 'transpose=2',
      sound: aac(48_000),
    });
    await ffmpeg(['-i', upright, '-c', 'copy', '-metadata:s:v:0', 'rotate=270', '-fflags', '+bitexact', file]);
  },
  'count-silent.mp4': (file) =>
    countingVideo(file, {
      source: 8,
      frames: 90,
      rate: '30',
      width: 320,
      height: 180,
      encode: [...h264, '-g', '15', '-movflags', '+faststart'],
      sound: null,
    }),
  'lecture.mp4': async (file) => {
    const frames = 160;
    const canvas = new Canvas(640, 360);
    await ffmpeg(
      ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', '640x360', '-r', '10', '-i', 'pipe:0']
        .concat(['-i', speechFile(lectureText, 9, frames / 10), '-af', 'apad', '-t', String(frames / 10)])
        .concat(['-vf', toBt709, ...h264, '-g', '50', '-movflags', '+faststart'])
        .concat(['-c:a', 'aac', '-b:a', '48k', '-ar', '44100', '-ac', '1', ...bitexact, file]),
      async (write) => {
        for (let frame = 0; frame < frames; frame += 1) {
          drawSlide(canvas, Math.min(2, Math.floor(frame / 54)));
          canvas.code(9, frame);
          canvas.box(0.02, 0.97, (0.98 * frame) / frames, 0.03, [170, 176, 190]);
          await write(Buffer.from(canvas.data));
        }
      },
    );
  },
  'tone.mp3': (file) =>
    ffmpeg(['-i', soundFile(10, 4, 44_100), '-c:a', 'libmp3lame', '-b:a', '64k', ...bitexact, file]),
  'tone.wav': (file) => writeWav(file, countingSound(11, 4, 22_050), 22_050, 1),
  'tone.m4a': (file) => ffmpeg(['-i', soundFile(12, 4, 48_000, 2), '-c:a', 'aac', '-b:a', '64k', ...bitexact, file]),
  'tone.aac': (file) =>
    ffmpeg(['-i', soundFile(13, 4, 44_100), '-c:a', 'aac', '-b:a', '64k', '-f', 'adts', ...bitexact, file]),
  'slide.png': async (file) => {
    const canvas = new Canvas(1280, 720);
    drawSlide(canvas, 0);
    canvas.code(14, 1);
    await picture(file, canvas, []);
  },
  'slide.jpg': async (file) => {
    const canvas = new Canvas(1280, 720);
    drawSlide(canvas, 2);
    canvas.code(14, 2);
    await picture(file, canvas, ['-pix_fmt', 'yuvj420p', '-q:v', '4']);
  },
  'badge.png': (file) => writeFileSync(file, badge(160)),

  'odd-mpeg2.mpg': (file) =>
    countingVideo(file, {
      ...odd,
      frames: 100,
      rate: '25',
      encode: ['-c:v', 'mpeg2video', '-q:v', '5', '-bf', '2', '-g', '15', '-threads', '1', '-f', 'vob'],
      sound: { sampleRate: 48_000, channels: 2, encode: ['-c:a', 'ac3', '-b:a', '96k'] },
    }),
  'odd-asp.avi': (file) =>
    countingVideo(file, {
      ...odd,
      frames: 120,
      rate: '30000/1001',
      encode: ['-c:v', 'mpeg4', '-vtag', 'XVID', '-q:v', '4', '-bf', '2', '-g', '60', '-threads', '1'],
      sound: { sampleRate: 44_100, channels: 2, encode: ['-c:a', 'libmp3lame', '-b:a', '96k'] },
    }),
  'odd-windows-media.wmv': (file) =>
    countingVideo(file, {
      ...odd,
      frames: 75,
      rate: '30',
      encode: ['-c:v', 'wmv2', '-q:v', '4', '-g', '30', '-threads', '1', '-vsync', 'vfr'],
      filter: variableRateFilter,
      timeOf: variableRateTime,
      sound: { sampleRate: 44_100, channels: 2, encode: ['-c:a', 'wmav2', '-b:a', '96k'] },
    }),
  'odd-prores.mov': (file) =>
    countingVideo(file, {
      ...odd,
      frames: 48,
      rate: '24',
      encode: ['-c:v', 'prores_ks', '-profile:v', '0', '-threads', '1', '-pix_fmt', 'yuv422p10le'],
      sound: { sampleRate: 48_000, channels: 2, encode: ['-c:a', 'pcm_s16le'] },
    }),
  'odd-ac3.mkv': (file) =>
    countingVideo(file, {
      ...odd,
      frames: 120,
      rate: '30',
      encode: [...h264, '-g', '60'],
      sound: { sampleRate: 48_000, channels: 2, encode: ['-c:a', 'ac3', '-b:a', '96k'] },
    }),
  'odd-hevc.mp4': (file) =>
    countingVideo(file, {
      ...odd,
      frames: 90,
      rate: '30',
      encode: ['-c:v', 'libx265', '-crf', '28', '-tag:v', 'hvc1', '-x265-params', 'log-level=none:pools=1'],
      sound: aac(48_000),
    }),
  'odd-windows-media.wma': async (file) => {
    const sound = soundFile(odd.source, 3, 44_100, 2);
    await ffmpeg(['-i', sound, '-c:a', 'wmav2', '-b:a', '96k', ...bitexact, '-f', 'asf', file]);
  },
  'undecodable-mpeg4.mp4': (file) =>
    countingVideo(file, {
      source: 15,
      frames: 30,
      rate: '15',
      width: 320,
      height: 180,
      encode: ['-c:v', 'mpeg4', '-q:v', '8', '-threads', '1'],
      sound: null,
    }),
  'undecodable-prores.mov': (file) =>
    countingVideo(file, {
      source: 15,
      frames: 6,
      rate: '30',
      width: 320,
      height: 180,
      encode: ['-c:v', 'prores_ks', '-profile:v', '0', '-threads', '1', '-pix_fmt', 'yuv422p10le'],
      sound: null,
    }),
  'undecodable-wmv.mp4': async (file) => {
    // Windows Media in an ASF file that someone renamed.
    const asf = path.join(scratch, 'clip.asf');
    await countingVideo(asf, {
      source: 15,
      frames: 30,
      rate: '15',
      width: 320,
      height: 180,
      encode: ['-c:v', 'wmv2', '-q:v', '8', '-threads', '1'],
      sound: null,
    });
    writeFileSync(file, readFileSync(asf));
  },
  'hevc.mp4': (file) =>
    countingVideo(file, {
      source: 15,
      frames: 30,
      rate: '30',
      width: 320,
      height: 180,
      encode: ['-c:v', 'libx265', '-crf', '30', '-tag:v', 'hvc1', '-x265-params', 'log-level=none:pools=1'],
      sound: null,
    }),
  'truncated.mp4': async (file) => {
    const whole = await fixture('count-h264-30.mp4');
    writeFileSync(file, whole.subarray(0, Math.round(whole.length * 0.6)));
  },
  'truncated-without-index.mp4': async (file) => {
    const whole = await fixture('count-h264-25.mp4');
    writeFileSync(file, whole.subarray(0, Math.round(whole.length * 0.6)));
  },
  'text.mp4': (file) => writeFileSync(file, 'Notes of the third lecture\n\nThis is text that somebody named .mp4.\n'),
  'empty.mp4': (file) => writeFileSync(file, ''),
  'huge.png': (file) => writeFileSync(file, png(10_000, 10_000, 1, 0, Buffer.alloc(10_000 * 1251))),
};

/** The bytes of another fixture, made first if need be. @param {string} name @returns {Promise<Buffer>} */
async function fixture(name) {
  const file = path.join(folder, name);
  try {
    return readFileSync(file);
  } catch {
    await makers[name]?.(file);
    return readFileSync(file);
  }
}

requireFfmpeg();
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in makers)) throw new Error(`There is no fixture "${name}". There are: ${Object.keys(makers).join(', ')}`);
}
let total = 0;
try {
  for (const [name, make] of Object.entries(makers)) {
    const file = path.join(folder, name);
    if (wanted.length === 0 || wanted.includes(name)) {
      await make(file);
      process.stdout.write(`${name} ${Math.ceil(statSync(file).size / 1024)} KiB\n`);
    }
    total += statSync(file).size;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.stdout.write(`${(total / 1024 / 1024).toFixed(2)} MiB in all\n`);
