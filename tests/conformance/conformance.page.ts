/** The page of the suite: the engine as any host has it, and what it shows and makes, for Node to judge. */
import type { ExportFormat, ExportPreset, ExportResult, Preview, ProbeFacts } from '@lectern/ports';
import { createRenderEngine } from '@lectern/render';
import { type TimelineDocument, type TimelineRecord, documentFromRecords } from '@lectern/timeline';
import { type PictureRegion, readFrameCode } from '../../packages/testing/src/frame-code.js';

/** Where the numbered picture lies in a frame of the project. */
export interface FramePlace {
  readonly frame: number;
  /** Null where no numbered picture is shown. */
  readonly region: PictureRegion | null;
}

/** What a picture on the surface says, while it plays. */
export interface PlayedPicture {
  /** Frames that the preview said it showed, before and after the surface was read. */
  readonly shownFrames: readonly [number, number];
  readonly code: number | null;
}

const files = new Map<string, Blob>();
const engine = createRenderEngine({
  resolveSource: (id) => loadSource(id),
  workerUrl: '/engine/render.worker.js',
});

async function loadSource(name: string): Promise<Blob> {
  let blob = files.get(name);
  if (!blob) {
    const answer = await fetch(`/sources/${encodeURIComponent(name)}`);
    if (!answer.ok) throw new Error(`${name}: ${String(answer.status)}`);
    blob = await answer.blob();
    files.set(name, blob);
  }
  return blob;
}

async function probe(name: string): Promise<ProbeFacts> {
  return (await engine.probe(await loadSource(name))).facts;
}

function pixelsOf(bitmap: ImageBitmap): ImageData {
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser has no 2D canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

/** The number in a picture of any size; −1 where there is none. */
function codeOf(pixels: ImageData, region: PictureRegion | null): number {
  return (region && readFrameCode(pixels, region)?.frame) ?? -1;
}

const bytesOf = (text: Uint8ClampedArray | Uint8Array): string => {
  let characters = '';
  for (let at = 0; at < text.length; at += 0x8000) {
    characters += String.fromCharCode(...text.subarray(at, at + 0x8000));
  }
  return btoa(characters);
};

let preview: Preview | null = null;
let canvas: HTMLCanvasElement | null = null;

/** Opens the document in a preview with a surface of the project's size. */
async function openPreview(records: readonly TimelineRecord[]): Promise<void> {
  closePreview();
  const timeline = documentFromRecords(records);
  const { width, height } = timeline.settings;
  canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  document.body.append(canvas);
  preview = engine.createPreview();
  preview.attach(canvas.transferControlToOffscreen());
  preview.resize(width, height);
  preview.setDocument(timeline);
  await settled(({ status }) => status === 'paused');
}

function closePreview(): void {
  preview?.dispose();
  canvas?.remove();
  preview = null;
  canvas = null;
}

type State = ReturnType<Preview['state']>;

function settled(wanted: (state: State) => boolean): Promise<void> {
  const open = preview;
  if (!open) throw new Error('no preview is open');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`the preview stays ${JSON.stringify(open.state())}`));
    }, 30_000);
    const look = (state: State): void => {
      if (!wanted(state)) return;
      clearTimeout(timer);
      stop();
      resolve();
    };
    const stop = open.subscribe(look);
    look(open.state());
  });
}

/** The numbers in captured frames, −1 where there is none. */
async function capture(places: readonly FramePlace[]): Promise<number[]> {
  if (!preview) throw new Error('no preview is open');
  const codes: number[] = [];
  for (const { frame, region } of places) codes.push(codeOf(pixelsOf(await preview.capture(frame)), region));
  return codes;
}

/** A captured frame's pixels, RGBA in base64. */
async function capturePixels(frame: number): Promise<string> {
  if (!preview) throw new Error('no preview is open');
  return bytesOf(pixelsOf(await preview.capture(frame)).data);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function surfacePixels(): Promise<ImageData> {
  if (!canvas) throw new Error('no preview is open');
  return pixelsOf(await createImageBitmap(canvas));
}

/**
 * Sends the preview to frames and reads the surface once it has come to rest there.
 *
 * @param expected the numbers that should show: a surface is given a moment to get from the worker to the page
 */
async function seek(places: readonly FramePlace[], expected: readonly number[]): Promise<number[]> {
  const codes: number[] = [];
  for (const [index, { frame, region }] of places.entries()) {
    // Seeks that follow each other at once are a pointer being dragged, which may show what is near.
    await pause(170);
    preview?.seek(frame);
    await settled((state) => state.shownFrame === frame);
    let code = -2;
    for (let tries = 0; tries < 40 && code !== expected[index]; tries += 1) {
      code = codeOf(await surfacePixels(), region);
      if (code !== expected[index]) await pause(25);
    }
    codes.push(code);
  }
  return codes;
}

/** Plays from a frame on and reads the surface as often as the page is drawn. */
async function play(from: number, to: number, region: PictureRegion): Promise<PlayedPicture[]> {
  const open = preview;
  if (!open) throw new Error('no preview is open');
  open.seek(from);
  await settled((state) => state.shownFrame === from);
  await open.play();
  const seen: PlayedPicture[] = [];
  while (open.state().status === 'playing' && open.state().frame < to) {
    await new Promise(requestAnimationFrame);
    const before = open.state().shownFrame;
    const pixels = await surfacePixels();
    const code = readFrameCode(pixels, region)?.frame ?? null;
    seen.push({ shownFrames: [before, open.state().shownFrame], code });
  }
  open.pause();
  return seen;
}

let exported: ExportResult | null = null;

/** How an export is asked for. */
export interface ExportOrder {
  readonly records: readonly TimelineRecord[];
  readonly preset: ExportPreset;
  readonly container: ExportFormat['container'];
  readonly range: { readonly startFrame: number; readonly endFrame: number } | null;
}

/** Exports and keeps the file for `read`. */
async function exportFile(
  order: ExportOrder,
): Promise<{ size: number; extension: string; frames: ExportResult['frames']; seconds: number }> {
  await exported?.release();
  exported = null;
  const timeline: TimelineDocument = documentFromRecords(order.records);
  const { width, height } = timeline.settings;
  const { formats } = await engine.capabilities(width, height);
  const format = formats.find(({ container }) => container === order.container);
  if (!format) throw new Error(`this browser makes no ${order.container}`);
  const start = performance.now();
  exported = await engine.export({
    document: timeline,
    preset: order.preset,
    format: order.preset.height === 0 ? { ...format, videoCodec: null } : format,
    ...(order.range ? { range: order.range } : {}),
  });
  const { file, frames } = exported;
  return { size: file.size, extension: format.extension, frames, seconds: (performance.now() - start) / 1000 };
}

/** A piece of the exported file, in base64. */
async function read(offset: number, length: number): Promise<string> {
  if (!exported) throw new Error('nothing was exported');
  return bytesOf(new Uint8Array(await exported.file.slice(offset, offset + length).arrayBuffer()));
}

/** Lets go of what a source needed. */
async function close(name: string): Promise<void> {
  closePreview();
  files.delete(name);
  await exported?.release();
  exported = null;
}

const conformance = {
  probe,
  openPreview,
  capture,
  capturePixels,
  seek,
  play,
  exportFile,
  read,
  close,
};
/** What Node can ask of the page. */
export type ConformancePage = typeof conformance;
(globalThis as { conformance?: ConformancePage }).conformance = conformance;
