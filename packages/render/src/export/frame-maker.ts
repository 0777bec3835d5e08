import type { FrameGraph, Layer } from '@lectern/timeline';
import type { LayerPicture, LayerPictures, PictureSize } from '../picture/canvas-compositor.js';
import { chooseCompositor } from '../picture/choose-compositor.js';
import { type FrameCompositor, coversExactly } from '../picture/frame-compositor.js';
import { exportColourSpace, hasExportColours, isPlain } from '../picture/plane-compositor.js';

/** Turns a frame's graph into the picture for the encoder, in the cheapest way that is exact. */
export class FrameMaker {
  readonly #output: PictureSize;
  readonly #scale: number;
  /** Chosen when the first frame has to be composed: many an export has none. */
  #compositor: Promise<FrameCompositor> | null = null;
  /** What the composed planes show, to compose nothing twice. */
  #composed: { readonly layers: readonly Layer[]; readonly samples: readonly unknown[] } | null = null;
  #planes: Uint8Array<ArrayBuffer> | null = null;

  /** @param scale output pixels per project pixel */
  constructor(output: PictureSize, scale: number) {
    this.#output = output;
    this.#scale = scale;
  }

  async make(
    graph: FrameGraph,
    pictures: LayerPictures,
    timing: { readonly timestamp: number; readonly duration: number },
  ): Promise<VideoFrame> {
    const passed = this.#pass(graph, pictures, timing);
    if (passed) return passed;
    const samples = graph.layers.map((layer) => pictureIdentity(pictures.get(layer.clipId)));
    if (!this.#planes || !this.#composed || !isSame(this.#composed, graph.layers, samples)) {
      this.#compositor ??= chooseCompositor(this.#output, this.#scale);
      this.#planes = (await (await this.#compositor).compose(graph, pictures)).data;
      this.#composed = { layers: graph.layers, samples };
    }
    return new VideoFrame(this.#planes, {
      format: 'I420',
      codedWidth: this.#output.width,
      codedHeight: this.#output.height,
      colorSpace: exportColourSpace,
      ...timing,
    });
  }

  async close(): Promise<void> {
    (await this.#compositor?.catch(() => null))?.close();
  }

  /** The decoded picture itself, when it is the frame. */
  #pass(
    graph: FrameGraph,
    pictures: LayerPictures,
    timing: { readonly timestamp: number; readonly duration: number },
  ): VideoFrame | null {
    const [only, ...others] = graph.layers;
    if (only?.kind !== 'video' || others.length > 0) return null;
    const picture = pictures.get(only.clipId);
    if (picture?.kind !== 'video' || !isPlain(picture.sample) || !hasExportColours(picture.sample)) return null;
    if (!coversExactly(only, picture, this.#output, this.#scale)) return null;
    const decoded = picture.sample.toVideoFrame();
    try {
      return new VideoFrame(decoded, timing);
    } finally {
      decoded.close();
    }
  }
}

function pictureIdentity(picture: LayerPicture | undefined): unknown {
  return picture?.kind === 'video' ? picture.sample : picture?.bitmap;
}

/** Whether two frames look the same: the same layers of the same pictures, whatever the time. */
function isSame(
  composed: { readonly layers: readonly Layer[]; readonly samples: readonly unknown[] },
  layers: readonly Layer[],
  samples: readonly unknown[],
): boolean {
  if (composed.layers.length !== layers.length) return false;
  if (composed.samples.some((sample, index) => sample !== samples[index])) return false;
  return JSON.stringify(composed.layers.map(withoutTime)) === JSON.stringify(layers.map(withoutTime));
}

function withoutTime(layer: Layer): Layer {
  return layer.kind === 'video' ? { ...layer, sourceSeconds: 0 } : layer;
}
