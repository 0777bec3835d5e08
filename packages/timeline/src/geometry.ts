import type { LayerGeometry } from './frame-graph.js';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The properties that place a picture, at one moment. Units as in the registry. */
export interface Placement {
  readonly positionX: number;
  readonly positionY: number;
  readonly scale: number;
  readonly rotation: number;
  readonly cropLeft: number;
  readonly cropTop: number;
  readonly cropRight: number;
  readonly cropBottom: number;
  readonly fit: 'contain' | 'cover' | 'fill' | 'none';
}

/**
 * Where a picture lies in the project. The crop takes its fractions off the source; what is left is fitted:
 *
 * - `contain`: as large as goes in whole;
 * - `cover`: as small as leaves nothing free; what juts out is taken off the source, evenly on both sides;
 * - `fill`: stretched to the project's size;
 * - `none`: a source pixel is a project pixel.
 *
 * `scale` is about the centre. Null when the crop leaves nothing.
 */
export function placePicture(source: PictureSize, project: PictureSize, placement: Placement): LayerGeometry | null {
  let sourceX = source.width * placement.cropLeft;
  let sourceY = source.height * placement.cropTop;
  let sourceWidth = source.width * (1 - placement.cropLeft - placement.cropRight);
  let sourceHeight = source.height * (1 - placement.cropTop - placement.cropBottom);
  if (!(sourceWidth > 0 && sourceHeight > 0 && placement.scale > 0)) return null;

  let { width, height } = project;
  switch (placement.fit) {
    case 'contain': {
      const ratio = Math.min(project.width / sourceWidth, project.height / sourceHeight);
      width = sourceWidth * ratio;
      height = sourceHeight * ratio;
      break;
    }
    case 'cover': {
      const ratio = Math.max(project.width / sourceWidth, project.height / sourceHeight);
      const visibleWidth = Math.min(sourceWidth, project.width / ratio);
      const visibleHeight = Math.min(sourceHeight, project.height / ratio);
      sourceX += (sourceWidth - visibleWidth) / 2;
      sourceY += (sourceHeight - visibleHeight) / 2;
      sourceWidth = visibleWidth;
      sourceHeight = visibleHeight;
      break;
    }
    case 'none':
      width = sourceWidth;
      height = sourceHeight;
      break;
    case 'fill':
      break;
  }
  return {
    ...centre(project, placement),
    width: width * placement.scale,
    height: height * placement.scale,
    rotation: placement.rotation,
    sourceX,
    sourceY,
    sourceWidth,
    sourceHeight,
  };
}

/** A box of the project's own size: what titles are laid in, and what a colour fills at scale 1. */
export function placeBox(
  project: PictureSize,
  placement: Pick<Placement, 'positionX' | 'positionY' | 'rotation' | 'scale'>,
): LayerGeometry {
  return {
    ...centre(project, placement),
    width: project.width * placement.scale,
    height: project.height * placement.scale,
    rotation: placement.rotation,
    sourceX: 0,
    sourceY: 0,
    sourceWidth: project.width,
    sourceHeight: project.height,
  };
}

/** Whether `over` hides all of `under`, as far as rectangles without rotation tell. */
export function covers(over: LayerGeometry, under: LayerGeometry): boolean {
  if (over.rotation % 360 !== 0 || under.rotation % 360 !== 0) return false;
  // A hundredth of a pixel: fitted sizes are quotients.
  const slack = 0.01;
  return (
    Math.abs(over.centreX - under.centreX) + under.width / 2 <= over.width / 2 + slack &&
    Math.abs(over.centreY - under.centreY) + under.height / 2 <= over.height / 2 + slack
  );
}

function centre(
  project: PictureSize,
  { positionX, positionY }: Pick<Placement, 'positionX' | 'positionY'>,
): Pick<LayerGeometry, 'centreX' | 'centreY'> {
  return { centreX: project.width * (0.5 + positionX), centreY: project.height * (0.5 + positionY) };
}
