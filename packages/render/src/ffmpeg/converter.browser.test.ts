import type { ConversionProgress, ConvertedFile, LecternError, RenderEngine } from '@lectern/ports';
import { isLecternError } from '@lectern/ports';
import { executeServerCommand } from '@web/test-runner-commands';
import { expect } from 'chai';
import { type OddFixture, oddFixtures } from '../../../testing/src/fixture-files.js';
import { findBeeps, readTone } from '../../../testing/src/tone-code.js';
import { createRenderEngine } from '../render-engine.js';
import { fixture, readFrames, readSound } from '../test-support/sample-project.js';
import { conversionFolder } from './converted-bytes.js';
import type { FfmpegOptions } from './media-converter.js';

const coreUrl = '/node_modules/@ffmpeg/core/dist/esm/ffmpeg-core.js';
const workerUrl = new URL('../../dist/render.worker.js', import.meta.url);

/** Workers that run ffmpeg, or its core on the way: what holds its memory. */
const running = new Set<Worker>();
const OwnWorker = globalThis.Worker;

class CountedWorker extends OwnWorker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    if (String(url).includes('ffmpeg')) running.add(this);
  }
  override terminate(): void {
    running.delete(this);
    super.terminate();
  }
}

async function filesLeft(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(conversionFolder, { create: true });
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

async function failureOf(promise: Promise<unknown>): Promise<LecternError> {
  const reason: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!isLecternError(reason)) throw new Error(`expected an error of ours, not ${String(reason)}`);
  return reason;
}

describe('converting', () => {
  let engine: RenderEngine;
  const engineWith = (ffmpeg: Partial<FfmpegOptions> = {}): RenderEngine => {
    engine.dispose();
    engine = createRenderEngine({
      workerUrl,
      resolveSource: () => Promise.reject(new TypeError('no assets here')),
      ffmpeg: { coreUrl, ...ffmpeg },
    });
    return engine;
  };
  const prepare = (file: Blob, signal?: AbortSignal): ReturnType<NonNullable<RenderEngine['converter']>['prepare']> => {
    const { converter } = engine;
    if (!converter) throw new TypeError('the engine has no converter');
    return converter.prepare(file, signal ? { signal } : {});
  };
  const convert = async (file: Blob): Promise<ConvertedFile> => (await prepare(file)).convert();

  before(() => {
    globalThis.Worker = CountedWorker;
  });
  after(() => {
    globalThis.Worker = OwnWorker;
  });
  beforeEach(() => {
    engine = createRenderEngine({
      workerUrl,
      resolveSource: () => Promise.reject(new TypeError('no assets here')),
      ffmpeg: { coreUrl },
    });
  });
  afterEach(async () => {
    engine.dispose();
    expect(running.size, 'workers of ffmpeg that are left').to.equal(0);
    expect(await filesLeft()).to.deep.equal([]);
  });

  for (const { name, frames, timeOf, durationSeconds } of Object.values<OddFixture>(oddFixtures)) {
    it(`gives every picture of ${name} its time, and the sound its place beside them`, async () => {
      const source = await fixture(name);
      const prepared = await prepare(source);
      expect(prepared.forecast.durationSeconds).to.be.closeTo(durationSeconds, 0.2);
      expect(prepared.forecast.seconds).to.be.greaterThan(0);
      expect(prepared.forecast.sizeBytes).to.be.greaterThan(1000);
      const converted = await prepared.convert();
      expect([converted.kind, converted.mimeType, converted.extension]).to.deep.equal(['video', 'video/mp4', 'mp4']);
      expect(running.size, 'workers while the result is stored').to.equal(0);

      const { facts } = await engine.probe(converted.file);
      expect([facts.decodable, facts.videoCodec, facts.audioCodec]).to.deep.equal([true, 'avc', 'aac']);
      expect([facts.width, facts.height]).to.deep.equal([320, 180]);
      const seen = await readFrames(converted.file);
      expect(seen.map(({ code }) => code?.frame)).to.deep.equal(Array.from({ length: frames }, (_, frame) => frame));
      const first = seen[0]?.timestamp ?? 0;
      // Windows Media and Matroska count in milliseconds.
      seen.forEach(({ timestamp }, frame) => {
        expect(timestamp - first, `picture ${String(frame)}`).to.be.closeTo(timeOf(frame), 0.0021);
      });
      const sound = await readSound(converted.file);
      if (!sound) throw new Error('the sound is gone');
      const seconds = Math.floor(durationSeconds);
      const beeps = findBeeps(sound.left, sound.sampleRate);
      for (let second = 1; second < seconds; second += 1) {
        const nearest = Math.min(...beeps.map((beep) => Math.abs(beep - first - second)));
        expect(nearest, `beep of second ${String(second)}`).to.be.lessThan(0.034);
        const from = Math.round((first + second + 0.2) * sound.sampleRate);
        const piece = sound.left.subarray(from, from + Math.round(0.6 * sound.sampleRate));
        expect(readTone(piece, sound.sampleRate)?.second, `tone of second ${String(second)}`).to.equal(second);
      }
      await converted.release();
    }).timeout(120_000);
  }

  it('passes pictures on that this browser decodes, and says so before', async () => {
    const prepared = await prepare(await fixture('odd-ac3.mkv'));
    const { keepsPictures, videoCodec, audioCodec } = prepared.forecast;
    expect([keepsPictures, videoCodec, audioCodec]).to.deep.equal([true, 'h264', 'ac3']);
    prepared.dispose();
    const anew = await prepare(await fixture('odd-asp.avi'));
    expect(anew.forecast.keepsPictures).to.equal(false);
    anew.dispose();
  }).timeout(60_000);

  it('makes sound of a file that holds sound alone', async () => {
    const converted = await convert(await fixture('odd-windows-media.wma'));
    expect([converted.kind, converted.mimeType, converted.extension]).to.deep.equal(['audio', 'audio/mp4', 'm4a']);
    const { facts } = await engine.probe(converted.file);
    expect([facts.kind, facts.decodable]).to.deep.equal(['audio', true]);
    const sound = await readSound(converted.file);
    expect(sound && readTone(sound.left.subarray(53_000, 79_000), sound.sampleRate)?.second).to.equal(1);
    await converted.release();
  }).timeout(60_000);

  it('tells how far it is', async () => {
    const prepared = await prepare(await fixture('odd-mpeg2.mpg'));
    const told: ConversionProgress[] = [];
    const converted = await prepared.convert({ onProgress: (progress) => told.push(progress) });
    expect(told.length).to.be.greaterThan(0);
    expect(told.map(({ fraction }) => fraction)).to.deep.equal(
      told.map(({ fraction }) => fraction).sort((a, b) => a - b),
    );
    expect(told.at(-1)?.fraction).to.be.closeTo(1, 0.05);
    await converted.release();
  }).timeout(60_000);

  it('leaves nothing behind when it is cancelled in the middle', async () => {
    const source = await fixture('odd-mpeg2.mpg');
    // The same pictures over and over: long enough that there is a middle.
    const prepared = await prepare(new Blob(Array.from({ length: 60 }, () => source)));
    const stop = new AbortController();
    const converting = prepared.convert({
      signal: stop.signal,
      onProgress: () => {
        stop.abort();
      },
    });
    expect((await failureOf(converting)).code).to.equal('aborted');
    expect(running.size).to.equal(0);
    expect(await filesLeft()).to.deep.equal([]);
  }).timeout(60_000);

  it('ends with the engine', async () => {
    const prepared = await prepare(await fixture('odd-mpeg2.mpg'));
    const converting = prepared.convert();
    engine.dispose();
    expect((await failureOf(converting)).code).to.equal('aborted');
  }).timeout(60_000);

  it('can be called off while it loads', async () => {
    const stop = new AbortController();
    const preparing = prepare(await fixture('odd-asp.avi'), stop.signal);
    stop.abort();
    expect((await failureOf(preparing)).code).to.equal('aborted');
  });

  it('clears away what a page left that is gone', async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(conversionFolder, { create: true });
    await folder.getFileHandle('of-a-page-that-is-gone.mp4', { create: true });
    const converted = await convert(await fixture('odd-prores.mov'));
    expect(await filesLeft()).to.have.length(1);
    await converted.release();
  }).timeout(60_000);

  it('works under a strict policy with Trusted Types', async () => {
    const frame = document.createElement('iframe');
    const told = new Promise<unknown>((resolve) => {
      addEventListener('message', (event: MessageEvent<unknown>) => {
        if (event.source === frame.contentWindow) resolve(event.data);
      });
    });
    frame.src = new URL('../test-support/strict-page.html', import.meta.url).href;
    document.body.append(frame);
    try {
      expect(await told).to.deep.equal({ outcome: 'video/mp4', violations: [] });
    } finally {
      frame.remove();
    }
  }).timeout(120_000);

  it('refuses what is too large before it loads anything', async () => {
    const piece = new Blob([new Uint8Array(32 * 1024 * 1024)]);
    const fiveGiB = new Blob(Array.from({ length: 160 }, () => piece));
    const error = await failureOf(prepare(fiveGiB));
    expect(error.code).to.equal('file-too-large');
    expect(error.details).to.deep.equal({ sizeBytes: fiveGiB.size, limit: 4 * 1024 ** 3 });
    expect(running.size).to.equal(0);
  });

  it('refuses what would come out larger than the host takes', async () => {
    engineWith({ maxResultBytes: 10_000 });
    const error = await failureOf(prepare(await fixture('odd-asp.avi')));
    expect([error.code, error.details['limit']]).to.deep.equal(['file-too-large', 10_000]);
  }).timeout(60_000);

  it('refuses when this browser says that it has no room for the result', async () => {
    const { storage } = navigator;
    // Chromium tells pages of 10 GiB, whatever there is.
    storage.estimate = () => Promise.resolve({ quota: 1_020_000, usage: 1_000_000 });
    try {
      const error = await failureOf(prepare(await fixture('odd-mpeg2.mpg')));
      expect([error.code, error.details['free']]).to.deep.equal(['quota-exceeded', 20_000]);
    } finally {
      Reflect.deleteProperty(storage, 'estimate');
    }
  }).timeout(60_000);

  it('says that the disk is full when it fills up in the middle', async () => {
    const prepared = await prepare(await fixture('odd-mpeg2.mpg'));
    const { usage = 0 } = await navigator.storage.estimate();
    await executeServerCommand('set-quota', { quotaSize: usage + 20_000 });
    try {
      expect((await failureOf(prepared.convert())).code).to.equal('quota-exceeded');
    } finally {
      await executeServerCommand('set-quota', {});
    }
  }).timeout(60_000);

  it('says that ffmpeg can’t read a file either', async () => {
    const noise = new Uint8Array(50_000).map((_, index) => (index * 2_654_435_761) >>> 24);
    expect((await failureOf(prepare(new Blob([noise])))).code).to.equal('undecodable');
  }).timeout(60_000);

  const wrong: readonly (readonly [string, FfmpegOptions])[] = [
    ['isn’t there', { coreUrl: '/nowhere/ffmpeg-core.js' }],
    ['is another script', { coreUrl: '/packages/testing/src/tone-code.ts' }],
    ['is the build for classic scripts', { coreUrl: '/node_modules/@ffmpeg/core/dist/umd/ffmpeg-core.js' }],
    ['lacks its WebAssembly', { coreUrl, wasmUrl: '/nowhere/ffmpeg-core.wasm' }],
    ['can’t be reached', { coreUrl: 'http://127.0.0.1:9/ffmpeg-core.js' }],
  ];
  for (const [what, options] of wrong) {
    it(`says where it looked when the core ${what}`, async () => {
      engineWith(options);
      const error = await failureOf(prepare(await fixture('odd-asp.avi')));
      expect(error.code).to.equal('converter-unavailable');
      expect(error.details['url']).to.equal(new URL(options.coreUrl, location.href).href);
    }).timeout(30_000);
  }
});
