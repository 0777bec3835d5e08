import {
  frameToSeconds,
  secondsToFrame,
  type FrameRate,
  type PropertyDefinition,
  type PropertyKey,
} from '@lectern/timeline';

/** How a number of the registry is shown and typed: fractions as percents, fades as seconds. */
export interface NumberDisplay {
  /** Range and step of the slider, in what is shown; null where a slider makes no sense. */
  readonly slider: { readonly min: number; readonly max: number; readonly step: number } | null;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Stands after the number. */
  readonly suffix: '%' | 'dB' | '°' | 'px' | 's' | '';
  toShown(value: number): number;
  toValue(shown: number): number;
}

/** The stretch in which people work; the registry's own ranges are far wider. */
const usual: Readonly<Partial<Record<PropertyKey, readonly [min: number, max: number]>>> = {
  positionX: [-1, 1],
  positionY: [-1, 1],
  scale: [0.1, 3],
  rotation: [-180, 180],
  fontSize: [12, 240],
  lineHeight: [0.8, 2.4],
  padding: [0, 120],
};

const percents: ReadonlySet<PropertyDefinition['unit']> = new Set(['fraction']);

/** @param longestFade frames that a fade of the chosen clips can have */
export function numberDisplay(definition: PropertyDefinition, rate: FrameRate, longestFade: number): NumberDisplay {
  const { min = 0, max = 100, step = 1, unit, id } = definition;
  if (unit === 'frame') {
    const longest = Math.max(1, longestFade);
    return {
      slider: { min: 0, max: round(frameToSeconds(Math.min(longest, secondsToFrame(10, rate)), rate)), step: 0.1 },
      min: 0,
      max: round(frameToSeconds(longest, rate)),
      step: round(frameToSeconds(1, rate)),
      suffix: 's',
      toShown: (value) => round(frameToSeconds(value, rate)),
      toValue: (shown) => Math.min(longest, Math.max(0, secondsToFrame(shown, rate))),
    };
  }
  const factor = percents.has(unit) ? 100 : 1;
  const [from, to] = usual[id] ?? [min, max];
  return {
    slider: { min: round(from * factor), max: round(to * factor), step: round(step * factor) },
    min: round(min * factor),
    max: round(max * factor),
    step: round(step * factor),
    suffix: factor === 100 ? '%' : unit === 'decibel' ? 'dB' : unit === 'degree' ? '°' : unit === 'pixel' ? 'px' : '',
    toShown: (value) => round(value * factor),
    toValue: (shown) => shown / factor,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
