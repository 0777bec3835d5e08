import type { FrameGraph, Layer, VideoLayer } from '@lectern/timeline';
import { type LayerPicture, type LayerPictures, type PictureSize, sourceRectangle } from './canvas-compositor.js';
import type { Planes, Rectangle } from './planes.js';

/**
 * A way of composing frames for an export. Whichever is used, the picture is the same within the rounding of eight bits:
 * the 2D canvas is the reference.
 */
export interface FrameCompositor {
  /** The composed picture in BT.709, limited range; it is valid until the next call. */
  compose(graph: FrameGraph, pictures: LayerPictures): Promise<Planes>;
  close(): void;
}

// Fitted sizes are quotients: a hundredth of a pixel is no difference.
const slack = 0.01;

/**
 * Whether a layer is one whole picture, as large as the output, upright and opaque: then the decoded picture is the
 * frame.
 *
 * @param scale output pixels per project pixel
 */
export function coversExactly(layer: VideoLayer, picture: LayerPicture, output: PictureSize, scale: number): boolean {
  if (picture.kind !== 'video' || layer.opacity !== 1 || layer.geometry.rotation % 360 !== 0) return false;
  const { sample } = picture;
  if (sample.rotation !== 0 || sample.flip) return false;
  const { width, height } = output;
  if (sample.visibleRect.width !== width || sample.visibleRect.height !== height) return false;
  const to = placeOf(layer, scale);
  const from = sourceRectangle(layer, picture);
  return (
    isNear(to.x, 0) &&
    isNear(to.y, 0) &&
    isNear(to.width, width) &&
    isNear(to.height, height) &&
    isNear(from.x, 0) &&
    isNear(from.y, 0) &&
    isNear(from.width, sample.displayWidth) &&
    isNear(from.height, sample.displayHeight)
  );
}

/** Where a layer that isn't turned lies in the output, in pixels. */
export function placeOf({ geometry }: Layer, scale: number): Rectangle {
  return {
    x: (geometry.centreX - geometry.width / 2) * scale,
    y: (geometry.centreY - geometry.height / 2) * scale,
    width: geometry.width * scale,
    height: geometry.height * scale,
  };
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= slack;
}
