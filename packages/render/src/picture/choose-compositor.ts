import type { FrameGraph, VideoLayer } from '@lectern/timeline';
import { VideoSample } from 'mediabunny';
import type { LayerPictures, PictureSize } from './canvas-compositor.js';
import type { FrameCompositor } from './frame-compositor.js';
import { PlaneCompositor, exportColourSpace } from './plane-compositor.js';
import { createPlanes } from './planes.js';
import { WebGlCompositor, suitsWebGl } from './webgl-compositor.js';

/** Whether drawing is done by a program and not by a graphics processor. */
export function drawsInSoftware(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl');
  if (!gl) return true;
  const facts = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(facts ? facts.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

/** By size: measured once per worker. */
const fasterWithWebGl = new Map<string, Promise<boolean>>();
const measuredFrames = 6;

/**
 * The way of composing that is the fastest here: in planes, unless there is a graphics processor and it has shown that it
 * is faster at that size.
 *
 * @param scale output pixels per project pixel
 */
export async function chooseCompositor(output: PictureSize, scale: number): Promise<FrameCompositor> {
  const planes = (): FrameCompositor => new PlaneCompositor(output, scale);
  if (!suitsWebGl(output) || drawsInSoftware()) return planes();
  const key = `${String(output.width)} × ${String(output.height)}`;
  const measured = fasterWithWebGl.get(key) ?? isFasterWithWebGl(output);
  fasterWithWebGl.set(key, measured);
  if (!(await measured)) return planes();
  try {
    return new WithSubstitute(new WebGlCompositor(output, scale), planes);
  } catch {
    return planes();
  }
}

/** Goes on in planes when the graphics processor is taken away. */
class WithSubstitute implements FrameCompositor {
  #used: FrameCompositor;
  #substitute: (() => FrameCompositor) | null;

  constructor(first: FrameCompositor, substitute: () => FrameCompositor) {
    this.#used = first;
    this.#substitute = substitute;
  }

  async compose(...frame: Parameters<FrameCompositor['compose']>): ReturnType<FrameCompositor['compose']> {
    try {
      return await this.#used.compose(...frame);
    } catch (error) {
      const substitute = this.#substitute;
      if (!substitute) throw error;
      this.#substitute = null;
      this.#used.close();
      this.#used = substitute();
      return this.#used.compose(...frame);
    }
  }

  close(): void {
    this.#used.close();
  }
}

/** Composes a picture in a picture both ways, a few times. What fails isn't faster. */
async function isFasterWithWebGl(output: PictureSize): Promise<boolean> {
  try {
    const webGl = new WebGlCompositor(output, 1);
    const times: number[] = [];
    for (const compositor of [webGl, new PlaneCompositor(output, 1)]) {
      // The first frame of each sets things up.
      await composeOnce(compositor, output, 0);
      const start = performance.now();
      for (let n = 1; n <= measuredFrames; n += 1) await composeOnce(compositor, output, n);
      times.push(performance.now() - start);
      compositor.close();
    }
    const [onProcessor = Infinity, inPlanes = 0] = times;
    return onProcessor < inPlanes;
  } catch {
    return false;
  }
}

async function composeOnce(compositor: FrameCompositor, output: PictureSize, timestamp: number): Promise<void> {
  const { width, height } = output;
  const sample = new VideoSample(
    new VideoFrame(createPlanes(width, height).data, {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      colorSpace: exportColourSpace,
      timestamp,
    }),
  );
  const layer = (clipId: string, part: number): VideoLayer =>
    ({
      kind: 'video',
      clipId,
      trackId: clipId,
      assetId: clipId,
      opacity: 1,
      sourceSeconds: 0,
      geometry: {
        centreX: width / 2,
        centreY: height / 2,
        width: width * part,
        height: height * part,
        rotation: 0,
        sourceX: 0,
        sourceY: 0,
        sourceWidth: width,
        sourceHeight: height,
      },
    }) as VideoLayer;
  const layers = [layer('under', 1), layer('over', 0.3)];
  const graph: FrameGraph = { frame: 0, width, height, background: '#000000', layers, sounds: [] };
  const picture = { kind: 'video', sample, nominal: output } as const;
  const pictures: LayerPictures = new Map([
    ['under', picture],
    ['over', picture],
  ]);
  try {
    await compositor.compose(graph, pictures);
  } finally {
    sample.close();
  }
}
