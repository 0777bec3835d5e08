import type { TimelineState, TransactionSpec } from '../state.js';
import {
  type ClipAddArgs,
  type ClipAddColourArgs,
  type ClipAddTextArgs,
  addClip,
  addColour,
  addText,
} from './clip-add.js';
import { type ClipCloseGapArgs, type ClipDeleteArgs, closeGap, deleteClips, rippleDelete } from './clip-delete.js';
import { type ClipDetachAudioArgs, type ClipLinkArgs, detachAudio, linkClips, unlinkClips } from './clip-link.js';
import { type ClipMoveArgs, moveClips } from './clip-move.js';
import {
  type ClipRemoveKeyframeArgs,
  type ClipRenameArgs,
  type ClipSetKeyframeArgs,
  type ClipSetPropertyArgs,
  type ClipSetSpeedArgs,
  type ClipSetTextArgs,
  removeKeyframe,
  renameClip,
  setKeyframe,
  setProperty,
  setSpeed,
  setText,
} from './clip-property.js';
import { type ClipSplitAllArgs, type ClipSplitArgs, splitAll, splitClips } from './clip-split.js';
import {
  type ClipRollArgs,
  type ClipSlideArgs,
  type ClipSlipArgs,
  type ClipTrimArgs,
  rollEdit,
  slideClip,
  slipClip,
  trimClip,
} from './clip-trim.js';
import { type ClipDuplicateArgs, type ClipPasteArgs, cutClips, duplicateClips, pasteClips } from './clipboard.js';
import type { Command, CommandContext } from './command.js';
import { type SettingsSetFrameRateArgs, setFrameRate } from './frame-rate.js';
import {
  type MarkerAddArgs,
  type MarkerRemoveArgs,
  type MarkerUpdateArgs,
  addMarker,
  removeMarker,
  updateMarker,
} from './marker.js';
import { type RangeFrameArgs, clearRangePoints, setIn, setOut } from './range.js';
import { type SelectionSetArgs, selectAll, selectNone, setSelection } from './selection.js';
import { type SettingsSetArgs, setSettings } from './settings.js';
import {
  type TrackAddArgs,
  type TrackRemoveArgs,
  type TrackRenameArgs,
  type TrackReorderArgs,
  type TrackSetArgs,
  addTrack,
  removeTrack,
  renameTrack,
  reorderTrack,
  setTrack,
} from './track.js';
import { type TransitionAddArgs, type TransitionRemoveArgs, addTransition, removeTransition } from './transition.js';

export type { Command, CommandContext } from './command.js';
export type * from './clip-add.js';
export type * from './clip-delete.js';
export type * from './clip-link.js';
export type * from './clip-move.js';
export type * from './clip-property.js';
export type * from './clip-split.js';
export type * from './clip-trim.js';
export type * from './frame-rate.js';
export type * from './marker.js';
export type * from './range.js';
export type * from './selection.js';
export type * from './settings.js';
export type * from './track.js';
export type * from './transition.js';
export { type ClipboardContents, type ClipDuplicateArgs, type ClipPasteArgs, copyClips } from './clipboard.js';
export { defaultMarkerColour } from './marker.js';
export { newClip } from './clip-add.js';
export { sameSelection } from './selection.js';

/** Takes no arguments: `{}`. */
export type NoArgs = Readonly<Record<string, never>>;

/** Every command by name, with its arguments, which are plain JSON. */
export interface CommandArguments {
  'track.add': TrackAddArgs;
  'track.remove': TrackRemoveArgs;
  'track.rename': TrackRenameArgs;
  'track.reorder': TrackReorderArgs;
  'track.set': TrackSetArgs;
  'clip.add': ClipAddArgs;
  'clip.addText': ClipAddTextArgs;
  'clip.addColour': ClipAddColourArgs;
  'clip.move': ClipMoveArgs;
  'clip.trim': ClipTrimArgs;
  'clip.slip': ClipSlipArgs;
  'clip.roll': ClipRollArgs;
  'clip.slide': ClipSlideArgs;
  'clip.split': ClipSplitArgs;
  'clip.splitAll': ClipSplitAllArgs;
  'clip.delete': ClipDeleteArgs;
  'clip.rippleDelete': ClipDeleteArgs;
  'clip.duplicate': ClipDuplicateArgs;
  'clip.closeGap': ClipCloseGapArgs;
  'clip.link': ClipLinkArgs;
  'clip.unlink': ClipLinkArgs;
  'clip.detachAudio': ClipDetachAudioArgs;
  'clip.setProperty': ClipSetPropertyArgs;
  'clip.setKeyframe': ClipSetKeyframeArgs;
  'clip.removeKeyframe': ClipRemoveKeyframeArgs;
  'clip.setText': ClipSetTextArgs;
  'clip.rename': ClipRenameArgs;
  'clip.setSpeed': ClipSetSpeedArgs;
  'clip.cut': ClipDeleteArgs;
  'clip.paste': ClipPasteArgs;
  'transition.add': TransitionAddArgs;
  'transition.remove': TransitionRemoveArgs;
  'marker.add': MarkerAddArgs;
  'marker.update': MarkerUpdateArgs;
  'marker.remove': MarkerRemoveArgs;
  'range.setIn': RangeFrameArgs;
  'range.setOut': RangeFrameArgs;
  'range.clear': NoArgs;
  'settings.set': SettingsSetArgs;
  'settings.setFrameRate': SettingsSetFrameRateArgs;
  'selection.set': SelectionSetArgs;
  'selection.all': NoArgs;
  'selection.none': NoArgs;
}

export type CommandName = keyof CommandArguments;
/** The arguments of the command `N`. */
export type CommandArgs<N extends CommandName> = CommandArguments[N];

/**
 * The registry of commands: what the inspector, the keyboard, menus, tests and a host's own buttons call. On locked
 * tracks no command changes a clip, except `settings.setFrameRate`: those about one clip or about clips that hang
 * together (move, trim, slip, speed …) return null, those about a set (delete, split, properties …) leave such clips out.
 */
export const commands: { readonly [N in CommandName]: Command<CommandArguments[N]> } = {
  'track.add': addTrack,
  'track.remove': removeTrack,
  'track.rename': renameTrack,
  'track.reorder': reorderTrack,
  'track.set': setTrack,
  'clip.add': addClip,
  'clip.addText': addText,
  'clip.addColour': addColour,
  'clip.move': moveClips,
  'clip.trim': trimClip,
  'clip.slip': slipClip,
  'clip.roll': rollEdit,
  'clip.slide': slideClip,
  'clip.split': splitClips,
  'clip.splitAll': splitAll,
  'clip.delete': deleteClips,
  'clip.rippleDelete': rippleDelete,
  'clip.duplicate': duplicateClips,
  'clip.closeGap': closeGap,
  'clip.link': linkClips,
  'clip.unlink': unlinkClips,
  'clip.detachAudio': detachAudio,
  'clip.setProperty': setProperty,
  'clip.setKeyframe': setKeyframe,
  'clip.removeKeyframe': removeKeyframe,
  'clip.setText': setText,
  'clip.rename': renameClip,
  'clip.setSpeed': setSpeed,
  'clip.cut': cutClips,
  'clip.paste': pasteClips,
  'transition.add': addTransition,
  'transition.remove': removeTransition,
  'marker.add': addMarker,
  'marker.update': updateMarker,
  'marker.remove': removeMarker,
  'range.setIn': setIn,
  'range.setOut': setOut,
  'range.clear': clearRangePoints,
  'settings.set': setSettings,
  'settings.setFrameRate': setFrameRate,
  'selection.set': setSelection,
  'selection.all': selectAll,
  'selection.none': selectNone,
};

/** Whether a string names a command: for names that come from outside. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/**
 * Runs a command by name. Null when it doesn't apply; else pass what it returns to `state.update`.
 *
 * @throws TypeError for an unknown name; TypeError or RangeError for arguments that make no sense
 */
export function runCommand<N extends CommandName>(
  state: TimelineState,
  name: N,
  args: CommandArgs<N>,
  context: CommandContext,
): TransactionSpec | null {
  if (!isCommandName(name)) throw new TypeError(`no command is called ${JSON.stringify(name)}`);
  return commands[name](state, args, context);
}
