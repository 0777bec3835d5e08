import { isColour } from '../properties.js';
import { type Command, requireInteger } from './command.js';
import { Draft } from './draft.js';

export interface SettingsSetArgs {
  /** Even, 16 to 8192 pixels. */
  readonly width?: number;
  readonly height?: number;
  /** `#rrggbb` */
  readonly background?: string;
}

/** Sets the size and the background of the picture. Clips keep their places, which are fractions of it. */
export const setSettings: Command<SettingsSetArgs> = (state, { width, height, background }, { newId }) => {
  const { settings } = state.document;
  const draft = new Draft(state.document, newId);
  draft.put({
    ...settings,
    width: width === undefined ? settings.width : requireSize('width', width),
    height: height === undefined ? settings.height : requireSize('height', height),
    background: background === undefined ? settings.background : requireColour(background),
  });
  return draft.finish('settings.set');
};

function requireSize(name: string, value: number): number {
  requireInteger(name, value, 0);
  if (value % 2 !== 0 || value < 16 || value > 8192)
    throw new RangeError(`${name} must be even and from 16 to 8192, got ${value}`);
  return value;
}

function requireColour(value: string): string {
  if (!isColour(value)) throw new TypeError(`a colour is #rrggbb, got ${JSON.stringify(value)}`);
  return value.toLowerCase();
}
