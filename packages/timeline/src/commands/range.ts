import { type Command, requireFrame } from './command.js';
import { Draft } from './draft.js';

export interface RangeFrameArgs {
  readonly frame: number;
}

/** Sets the first frame of the range. An out point that isn't after it is cleared. */
export const setIn: Command<RangeFrameArgs> = (state, { frame }, { newId }) => {
  const inFrame = requireFrame('frame', frame);
  const { settings } = state.document;
  const draft = new Draft(state.document, newId);
  draft.put({
    ...settings,
    inFrame,
    outFrame: settings.outFrame !== null && settings.outFrame <= inFrame ? null : settings.outFrame,
  });
  return draft.finish('range.setIn');
};

/** Sets the frame after the range's last. An in point that isn't before it is cleared; null for frame 0. */
export const setOut: Command<RangeFrameArgs> = (state, { frame }, { newId }) => {
  const outFrame = requireFrame('frame', frame);
  if (outFrame === 0) return null;
  const { settings } = state.document;
  const draft = new Draft(state.document, newId);
  draft.put({
    ...settings,
    outFrame,
    inFrame: settings.inFrame !== null && settings.inFrame >= outFrame ? null : settings.inFrame,
  });
  return draft.finish('range.setOut');
};

/** Clears the range. */
export const clearRangePoints: Command<Readonly<Record<string, never>>> = (state, _, { newId }) => {
  const draft = new Draft(state.document, newId);
  draft.put({ ...state.document.settings, inFrame: null, outFrame: null });
  return draft.finish('range.clear');
};
