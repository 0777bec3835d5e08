import type { FrameGraph, Layer } from '@lectern/timeline';
import type { LayerPicture, LayerPictures } from '../picture/canvas-compositor.js';
import { type PlaneCompositor, exportColourSpace, hasExportColours, isPlain } from '../picture/plane-compositor.js';

/** Turns a frame's graph into the picture for the encoder, in the cheapest way that is exact. */
export class FrameMaker {
  readonly #compositor: PlaneCompositor;
  readonly #width: number;
  readonly #height: number;
  /** What the composed planes show, to compose nothing twice. */
  #composed: { readonly layers: readonly Layer[]; readonly samples: readonly unknown[] } | null = null;
  #planes: Uint8Array<ArrayBuffer> | null = null;

  constructor(compositor: PlaneCompositor, width: number, height: number) {
    this.#compositor = compositor;
    this.#width = width;
    this.#height = height;
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
      this.#planes = (await this.#compositor.compose(graph, pictures)).data;
      this.#composed = { layers: graph.layers, samples };
    }
    return new VideoFrame(this.#planes, {
      format: 'I420',
      codedWidth: this.#width,
      codedHeight: this.#height,
      colorSpace: exportColourSpace,
      ...timing,
    });
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
    if (!this.#compositor.coversExactly(only, picture)) return null;
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
