/** One value of a clip's property. */
export type PropertyValue = number | string | boolean | null;
/** The registry's property ids. Positions and sizes are fractions of the project's picture, so they survive a resize. */
export type PropertyKey =
  | 'positionX'
  | 'positionY'
  | 'scale'
  | 'rotation'
  | 'cropLeft'
  | 'cropTop'
  | 'cropRight'
  | 'cropBottom'
  | 'opacity'
  | 'fit'
  | 'fadeInFrames'
  | 'fadeOutFrames'
  | 'volume'
  | 'pan'
  | 'audioEnabled'
  | 'fontFamily'
  | 'fontSize'
  | 'fontWeight'
  | 'italic'
  | 'textColour'
  | 'textAlign'
  | 'lineHeight'
  | 'backgroundColour'
  | 'backgroundOpacity'
  | 'padding';
/** What the inspector, keyframes, the stored form and accessibility labels know of a property. */
export interface PropertyDefinition {
  readonly id: PropertyKey;
  readonly type: 'number' | 'integer' | 'boolean' | 'colour' | 'choice' | 'string';
  readonly default: PropertyValue;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly choices?: readonly string[];
  /** `fraction` 0…1 of the picture or of full, `decibel`, `degree`, `frame`, `pixel` of the project, or none. */
  readonly unit: 'fraction' | 'decibel' | 'degree' | 'frame' | 'pixel' | 'none';
  readonly animatable: boolean;
  /** For which sources the property means something. */
  readonly appliesTo: readonly ('video' | 'audio' | 'image' | 'text' | 'colour')[];
  readonly group: 'transform' | 'crop' | 'appearance' | 'sound' | 'text';
}
