import type { AssetId, ClipId, TrackId } from './ids.js';

/** Where a layer lies: a rectangle in project pixels before rotation about its centre, and the part of the source in it. */
export interface LayerGeometry {
  /** Centre in project pixels, from the top left. */
  readonly centreX: number;
  readonly centreY: number;
  /** Size in project pixels after fit and scale. */
  readonly width: number;
  readonly height: number;
  /** Clockwise degrees. */
  readonly rotation: number;
  /** The visible part of the source in source pixels (display size), after crop and `cover`. */
  readonly sourceX: number;
  readonly sourceY: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

/** How a text layer is set. Sizes in project pixels. */
export interface TextStyle {
  readonly fontFamily: string;
  readonly fontSize: number;
  readonly fontWeight: number;
  readonly italic: boolean;
  readonly colour: string;
  readonly align: 'left' | 'centre' | 'right';
  readonly lineHeight: number;
  /** `#rrggbb` or null for none. */
  readonly backgroundColour: string | null;
  /** 0…1 */
  readonly backgroundOpacity: number;
  readonly padding: number;
}

interface LayerBase {
  readonly clipId: ClipId;
  readonly trackId: TrackId;
  /** 0…1, fades and transitions included. */
  readonly opacity: number;
  readonly geometry: LayerGeometry;
}

/** A picture of a video file at `sourceSeconds` from its first picture. */
export interface VideoLayer extends LayerBase {
  readonly kind: 'video';
  readonly assetId: AssetId;
  readonly sourceSeconds: number;
}
export interface ImageLayer extends LayerBase {
  readonly kind: 'image';
  readonly assetId: AssetId;
}
export interface TextLayer extends LayerBase {
  readonly kind: 'text';
  readonly text: string;
  readonly style: TextStyle;
}
export interface ColourLayer extends LayerBase {
  readonly kind: 'colour';
  readonly colour: string;
}
export type Layer = VideoLayer | ImageLayer | TextLayer | ColourLayer;

/** What sounds during a frame: `gain` is linear and holds at the frame's start, `gainEnd` at its end; pan −1…1. */
export interface SoundLayer {
  readonly clipId: ClipId;
  readonly trackId: TrackId;
  readonly assetId: AssetId;
  readonly sourceSeconds: number;
  /** Source seconds per timeline second. */
  readonly speed: number;
  readonly gain: number;
  readonly gainEnd: number;
  readonly pan: number;
}

/** All that is visible and audible in one frame of the timeline, bottom layer first. */
export interface FrameGraph {
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly layers: readonly Layer[];
  readonly sounds: readonly SoundLayer[];
}

/** A clip's sound over its whole stretch, for a block mixer. Frames of the timeline. */
export interface SoundSpan {
  readonly clipId: ClipId;
  readonly trackId: TrackId;
  readonly assetId: AssetId;
  readonly startFrame: number;
  readonly endFrame: number;
  /** Source seconds at `startFrame`. */
  readonly sourceStartSeconds: number;
  readonly speed: number;
  /** Whether a voice sounds as high as it is, however fast it goes. Says nothing at speed 1. */
  readonly keepPitch: boolean;
  readonly pan: number;
  /** Linear gain at breakpoints (frames from the span's start), linear in between: fades and keyframes included. */
  readonly envelope: readonly { readonly frame: number; readonly gain: number }[];
}
