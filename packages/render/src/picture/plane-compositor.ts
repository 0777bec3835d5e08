import type { ColourLayer, FrameGraph, Layer, VideoLayer } from '@lectern/timeline';
import type { VideoSample } from 'mediabunny';
import {
  CanvasCompositor,
  type LayerPicture,
  type LayerPictures,
  type PictureSize,
  sourceRectangle,
} from './canvas-compositor.js';
import { type FrameCompositor, coversExactly, placeOf } from './frame-compositor.js';
import {
  type Overlay,
  type Planes,
  PlaneScaler,
  blendOverlay,
  createPlanes,
  fillPlanes,
  fillRectangle,
  overlayFromPixels,
  parseColour,
  rgbToYuv,
} from './planes.js';

/** BT.709 in limited range: what every picture of an export is in, so that nothing shifts where one clip meets another. */
export const exportColourSpace: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'bt709',
  matrix: 'bt709',
  fullRange: false,
};

const keptOverlays = 24;
/** Overlays begin on such a place, where the output's rows do too: then four of their pixels are blended at once. */
const overlayStep = 8;

/**
 * Composes frames in the decoders' own Y, U and V. Pictures of a video that stand upright are copied or scaled plane by
 * plane; everything else (titles, stills, turned pictures, pictures in other colour spaces) is drawn by the canvas
 * compositor onto a box just large enough, once per change, and blended in.
 */
export class PlaneCompositor implements FrameCompositor {
  readonly #canvas: CanvasCompositor = new CanvasCompositor();
  readonly #output: PictureSize;
  readonly #scale: number;
  readonly #target: Planes;
  readonly #scalers = new Map<string, PlaneScaler>();
  readonly #sources = new Map<string, { sample: VideoSample; planes: Planes }>();
  readonly #overlays = new Map<string, Overlay | null>();
  readonly #uncopyable = new Set<VideoSample['format']>();
  #scratch: OffscreenCanvasRenderingContext2D | null = null;

  /** @param scale output pixels per project pixel */
  constructor(output: PictureSize, scale: number) {
    this.#output = output;
    this.#scale = scale;
    this.#target = createPlanes(output.width, output.height);
  }

  /** The composed picture; it is valid until the next call. */
  async compose(graph: FrameGraph, pictures: LayerPictures): Promise<Planes> {
    const [first, ...others] = graph.layers;
    const under = first?.kind === 'video' ? pictures.get(first.clipId) : undefined;
    let rest: readonly Layer[] = graph.layers;
    if (
      first?.kind === 'video' &&
      under?.kind === 'video' &&
      coversExactly(first, under, this.#output, this.#scale) &&
      this.#isCopyable(under.sample) &&
      (await this.#copyPlanes(under.sample, this.#target))
    ) {
      rest = others;
    } else {
      fillPlanes(this.#target, rgbToYuv(...parseColour(graph.background)));
    }
    for (const layer of rest) await this.#addLayer(layer, pictures.get(layer.clipId));
    this.#forgetUnused(graph);
    return this.#target;
  }

  close(): void {
    this.#sources.clear();
    this.#overlays.clear();
  }

  #isCopyable(sample: VideoSample): boolean {
    return isPlain(sample) && !this.#uncopyable.has(sample.format);
  }

  /** False where the browser doesn't let the planes of such pictures out; then they are drawn, now and from now on. */
  async #copyPlanes(sample: VideoSample, planes: Planes): Promise<boolean> {
    try {
      await planesOfSample(sample, planes);
      return true;
    } catch (error) {
      // A picture that is gone can't be drawn either.
      if (error instanceof DOMException && error.name === 'InvalidStateError') throw error;
      this.#uncopyable.add(sample.format);
      return false;
    }
  }

  async #addLayer(layer: Layer, picture: LayerPicture | undefined): Promise<void> {
    if (layer.kind === 'colour' && layer.geometry.rotation % 360 === 0) {
      this.#addColour(layer);
      return;
    }
    if (layer.kind === 'video') {
      if (picture?.kind !== 'video') return;
      if (
        layer.geometry.rotation % 360 === 0 &&
        this.#isCopyable(picture.sample) &&
        picture.sample.rotation === 0 &&
        !picture.sample.flip &&
        (await this.#addVideo(layer, picture))
      ) {
        return;
      }
      const drawn = this.#drawOverlay(layer, picture);
      if (drawn) blendOverlay(this.#target, drawn, layer.opacity);
      return;
    }
    const overlay = this.#keptOverlay(layer, picture);
    if (overlay) blendOverlay(this.#target, overlay, layer.opacity);
  }

  #addColour(layer: ColourLayer): void {
    fillRectangle(this.#target, placeOf(layer, this.#scale), rgbToYuv(...parseColour(layer.colour)), layer.opacity);
  }

  async #addVideo(layer: VideoLayer, picture: LayerPicture & { kind: 'video' }): Promise<boolean> {
    const { sample } = picture;
    let source = this.#sources.get(layer.clipId);
    if (source?.sample !== sample) {
      const { width, height } = sample.visibleRect;
      const fits = source?.planes.width === width && source.planes.height === height;
      const planes = fits && source ? source.planes : createPlanes(width, height);
      if (!(await this.#copyPlanes(sample, planes))) return false;
      source = { sample, planes };
      this.#sources.set(layer.clipId, source);
    }
    let scaler = this.#scalers.get(layer.clipId);
    if (!scaler) {
      scaler = new PlaneScaler();
      this.#scalers.set(layer.clipId, scaler);
    }
    const shown = sourceRectangle(layer, picture);
    // From pixels as they are displayed to pixels as they are stored.
    const across = source.planes.width / sample.displayWidth;
    const down = source.planes.height / sample.displayHeight;
    const from = { x: shown.x * across, y: shown.y * down, width: shown.width * across, height: shown.height * down };
    scaler.draw(source.planes, from, this.#target, placeOf(layer, this.#scale), layer.opacity);
    return true;
  }

  /** What doesn't move is drawn once; its opacity isn't part of it, so a fade draws nothing anew. */
  #keptOverlay(layer: Layer, picture: LayerPicture | undefined): Overlay | null {
    const key = JSON.stringify({ ...layer, opacity: 1 });
    const known = this.#overlays.get(key);
    if (known !== undefined) return known;
    const overlay = this.#drawOverlay(layer, picture);
    this.#overlays.set(key, overlay);
    for (const oldest of this.#overlays.keys()) {
      if (this.#overlays.size <= keptOverlays) break;
      this.#overlays.delete(oldest);
    }
    return overlay;
  }

  #drawOverlay(layer: Layer, picture: LayerPicture | undefined): Overlay | null {
    const bounds = this.#canvas.bounds(layer, this.#scale, this.#output);
    if (!bounds) return null;
    const step = this.#output.width % overlayStep === 0 ? overlayStep : 2;
    const x = bounds.x - (bounds.x % step);
    const y = bounds.y & ~1;
    const width = Math.ceil((bounds.x + bounds.width - x) / step) * step;
    const height = (bounds.y + bounds.height - y + 1) & ~1;
    const context = this.#scratchOf(width, height);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(this.#scale, 0, 0, this.#scale, -x, -y);
    this.#canvas.drawLayer(context, layer, picture, this.#scale, 1);
    return overlayFromPixels(context.getImageData(0, 0, width, height).data, width, height, x, y);
  }

  #scratchOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
    const scratch = this.#scratch;
    if (scratch && scratch.canvas.width >= width && scratch.canvas.height >= height) return scratch;
    const canvas = new OffscreenCanvas(
      Math.max(width, scratch?.canvas.width ?? 0),
      Math.max(height, scratch?.canvas.height ?? 0),
    );
    // Its pixels are read each time, so it had better live where they can be.
    const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
    if (!context) throw new TypeError('this browser has no 2D canvas in workers');
    this.#scratch = context;
    return context;
  }

  #forgetUnused(graph: FrameGraph): void {
    if (this.#sources.size + this.#scalers.size <= graph.layers.length * 2) return;
    const used = new Set<string>(graph.layers.map((layer) => layer.clipId));
    for (const id of this.#sources.keys()) if (!used.has(id)) this.#sources.delete(id);
    for (const id of this.#scalers.keys()) if (!used.has(id)) this.#scalers.delete(id);
  }
}

/** Whether a decoded picture's planes can be used as they are: 4:2:0, eight bits, BT.709 in limited range, even size. */
export function isPlain(sample: VideoSample): boolean {
  const { format, colorSpace, visibleRect } = sample;
  return (
    (format === 'I420' || format === 'NV12') &&
    colorSpace.fullRange !== true &&
    (colorSpace.matrix === null || colorSpace.matrix === 'bt709') &&
    visibleRect.width % 2 === 0 &&
    visibleRect.height % 2 === 0 &&
    visibleRect.left % 2 === 0 &&
    visibleRect.top % 2 === 0
  );
}

/** Whether a decoded picture can go to the encoder untouched: its own colour tags are the export's. */
export function hasExportColours({ colorSpace }: VideoSample): boolean {
  return (
    colorSpace.primaries === 'bt709' &&
    colorSpace.transfer === 'bt709' &&
    colorSpace.matrix === 'bt709' &&
    colorSpace.fullRange === false
  );
}

let interleaved = new Uint8Array(0);

/** Copies a plain picture (see `isPlain`) into planes of its size. */
export async function planesOfSample(sample: VideoSample, planes: Planes): Promise<void> {
  const { width, height, data } = planes;
  const luma = width * height;
  const frame = sample.toVideoFrame();
  try {
    if (frame.format !== 'NV12') {
      await frame.copyTo(data, {
        layout: [
          { offset: 0, stride: width },
          { offset: luma, stride: width / 2 },
          { offset: luma + luma / 4, stride: width / 2 },
        ],
      });
      return;
    }
    if (interleaved.length < luma * 1.5) interleaved = new Uint8Array(luma * 1.5);
    await frame.copyTo(interleaved, {
      layout: [
        { offset: 0, stride: width },
        { offset: luma, stride: width },
      ],
    });
    data.set(interleaved.subarray(0, luma));
    const quarter = luma / 4;
    for (let n = 0; n < quarter; n += 1) {
      data[luma + n] = interleaved[luma + 2 * n] as number;
      data[luma + quarter + n] = interleaved[luma + 2 * n + 1] as number;
    }
  } finally {
    frame.close();
  }
}
