/**
 * Opens a media file again, in a page of its own, and says what is in it: every picture's frame code and time, and the
 * tones and beeps of its sound. Run by tests/e2e/read-media.ts.
 */
import {
  ALL_FORMATS,
  AudioSampleSink,
  BlobSource,
  Input,
  VideoSampleSink,
} from '/reader/mediabunny/mediabunny.min.mjs';
import { readFlash, readFrameCode } from '/reader/codes/frame-code.js';
import { findBeeps, readTones } from '/reader/codes/tone-code.js';

/** Mean red, green and blue of a part of the pixels, given in fractions. */
function meanColour({ data, width, height }, region) {
  const sum = [0, 0, 0];
  let count = 0;
  const right = Math.round((region.left + region.width) * width);
  const bottom = Math.round((region.top + region.height) * height);
  for (let y = Math.round(region.top * height); y < bottom; y += 1) {
    for (let x = Math.round(region.left * width); x < right; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) sum[channel] += data[(y * width + x) * 4 + channel];
      count += 1;
    }
  }
  return sum.map((value) => value / Math.max(1, count));
}

async function readPictures(track, { picture, regions }) {
  const width = 480;
  const height = Math.round((width * (await track.getDisplayHeight())) / (await track.getDisplayWidth()));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const pictures = [];
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.draw(context, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    pictures.push({
      timestamp: sample.timestamp,
      duration: sample.duration,
      code: readFrameCode(pixels, picture),
      flash: readFlash(pixels, picture),
      colours: regions.map((region) => meanColour(pixels, region)),
    });
    sample.close();
  }
  return pictures;
}

/** All sound as one channel, from the time 0 on. */
async function readSamples(track) {
  const sampleRate = await track.getSampleRate();
  const pieces = [];
  let length = 0;
  for await (const sample of new AudioSampleSink(track).samples()) {
    const mono = new Float32Array(sample.numberOfFrames);
    const plane = new Float32Array(sample.numberOfFrames);
    for (let channel = 0; channel < sample.numberOfChannels; channel += 1) {
      sample.copyTo(plane, { planeIndex: channel, format: 'f32-planar' });
      for (let index = 0; index < mono.length; index += 1) mono[index] += plane[index] / sample.numberOfChannels;
    }
    const start = Math.round(sample.timestamp * sampleRate);
    pieces.push({ start, mono });
    length = Math.max(length, start + mono.length);
    sample.close();
  }
  const samples = new Float32Array(length);
  for (const { start, mono } of pieces) samples.set(mono.subarray(Math.max(0, -start)), Math.max(0, start));
  return { samples, sampleRate };
}

function describeSound({ samples, sampleRate }, windowSeconds) {
  const windows = [];
  const length = Math.round(windowSeconds * sampleRate);
  for (let start = 0; start + length <= samples.length; start += length) {
    const piece = samples.subarray(start, start + length);
    windows.push({
      start: start / sampleRate,
      tones: readTones(piece, sampleRate).slice(0, 6),
      peak: piece.reduce((loudest, value) => Math.max(loudest, Math.abs(value)), 0),
    });
  }
  return { windows, beeps: findBeeps(samples, sampleRate) };
}

/**
 * @param {Blob} file
 * @param {{picture: object | undefined, regions: object[], windowSeconds: number}} options
 */
export async function read(file, { picture, regions, windowSeconds }) {
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(file) });
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  const sound = audio ? await readSamples(audio) : null;
  return {
    mimeType: await input.getMimeType(),
    size: file.size,
    durationSeconds: await input.computeDuration(),
    video: video && {
      codec: await video.getCodec(),
      width: await video.getDisplayWidth(),
      height: await video.getDisplayHeight(),
      pictures: await readPictures(video, { picture, regions }),
    },
    audio: audio && {
      codec: await audio.getCodec(),
      sampleRate: sound.sampleRate,
      channels: await audio.getNumberOfChannels(),
      durationSeconds: sound.samples.length / sound.sampleRate,
      ...describeSound(sound, windowSeconds),
    },
  };
}

globalThis.readMedia = read;
