import type { FrameGraph, Layer } from '@lectern/timeline';
import type { VideoSample } from 'mediabunny';
import type { Rectangle } from './planes.js';
import { TextRasters } from './text-rasters.js';

type Context = OffscreenCanvasRenderingContext2D;

/** What a layer of media shows: a decoded picture of a video, or a still. */
export type LayerPicture =
  | { readonly kind: 'video'; readonly sample: VideoSample; readonly nominal: PictureSize }
  | { readonly kind: 'image'; readonly bitmap: ImageBitmap; readonly nominal: PictureSize };

/** The size that a layer's source rectangle is given in: the document's idea of the asset's size, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The pictures of a frame's media layers, by clip. A layer without one is left out. */
export type LayerPictures = ReadonlyMap<string, LayerPicture>;

/**
 * Draws a frame with the 2D canvas: the reference that other ways of composing are tested against, and what the preview
 * shows. It keeps nothing but drawn titles.
 */
export class CanvasCompositor {
  readonly texts: TextRasters = new TextRasters();

  /** Draws all of a frame. @param scale output pixels per project pixel */
  drawFrame(context: Context, graph: FrameGraph, pictures: LayerPictures, scale: number): void {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = graph.background;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    for (const layer of graph.layers) {
      context.setTransform(scale, 0, 0, scale, 0, 0);
      this.drawLayer(context, layer, pictures.get(layer.clipId), scale, layer.opacity);
    }
    context.globalAlpha = 1;
  }

  /** Draws one layer; the context's transform takes project pixels to its own. */
  drawLayer(context: Context, layer: Layer, picture: LayerPicture | undefined, scale: number, opacity: number): void {
    const { geometry } = layer;
    const { width, height } = geometry;
    context.save();
    context.globalAlpha = Math.max(0, Math.min(1, opacity));
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = 'medium';
    if (geometry.rotation % 360 === 0) {
      context.translate(geometry.centreX - width / 2, geometry.centreY - height / 2);
    } else {
      context.translate(geometry.centreX, geometry.centreY);
      context.rotate((geometry.rotation * Math.PI) / 180);
      context.translate(-width / 2, -height / 2);
    }
    switch (layer.kind) {
      case 'colour':
        context.fillStyle = layer.colour;
        context.fillRect(0, 0, width, height);
        break;
      case 'text': {
        const raster = this.texts.get(layer, scale);
        if (raster) context.drawImage(raster.canvas, raster.x, raster.y, raster.width, raster.height);
        break;
      }
      case 'video':
      case 'image':
        if (picture) drawPicture(context, picture, sourceRectangle(layer, picture), width, height);
        break;
    }
    context.restore();
  }

  /** The output pixels that a layer touches, cut to the output. Null when it touches none. */
  bounds(layer: Layer, scale: number, output: PictureSize): Rectangle | null {
    const { geometry } = layer;
    let left = -geometry.width / 2;
    let top = -geometry.height / 2;
    let right = geometry.width / 2;
    let bottom = geometry.height / 2;
    if (layer.kind === 'text') {
      const raster = this.texts.get(layer, scale);
      if (!raster) return null;
      left += raster.x;
      top += raster.y;
      right = left + raster.width;
      bottom = top + raster.height;
    }
    const angle = (geometry.rotation * Math.PI) / 180;
    const cosine = geometry.rotation % 360 === 0 ? 1 : Math.cos(angle);
    const sine = geometry.rotation % 360 === 0 ? 0 : Math.sin(angle);
    const corners = [
      [left, top],
      [right, top],
      [left, bottom],
      [right, bottom],
    ] as const;
    const xs = corners.map(([x, y]) => (geometry.centreX + x * cosine - y * sine) * scale);
    const ys = corners.map(([x, y]) => (geometry.centreY + x * sine + y * cosine) * scale);
    const fromX = Math.max(0, Math.floor(Math.min(...xs)));
    const fromY = Math.max(0, Math.floor(Math.min(...ys)));
    const toX = Math.min(output.width, Math.ceil(Math.max(...xs)));
    const toY = Math.min(output.height, Math.ceil(Math.max(...ys)));
    if (toX <= fromX || toY <= fromY) return null;
    return { x: fromX, y: fromY, width: toX - fromX, height: toY - fromY };
  }
}

/** The part of the decoded picture that a layer shows, in pixels of the decoded picture as it is displayed. */
export function sourceRectangle(layer: Layer, picture: LayerPicture): Rectangle {
  const real =
    picture.kind === 'video'
      ? { width: picture.sample.displayWidth, height: picture.sample.displayHeight }
      : picture.bitmap;
  const across = real.width / picture.nominal.width;
  const down = real.height / picture.nominal.height;
  const { sourceX, sourceY, sourceWidth, sourceHeight } = layer.geometry;
  return { x: sourceX * across, y: sourceY * down, width: sourceWidth * across, height: sourceHeight * down };
}

function drawPicture(context: Context, picture: LayerPicture, from: Rectangle, width: number, height: number): void {
  if (picture.kind === 'video') {
    picture.sample.draw(context, from.x, from.y, from.width, from.height, 0, 0, width, height);
  } else {
    context.drawImage(picture.bitmap, from.x, from.y, from.width, from.height, 0, 0, width, height);
  }
}
