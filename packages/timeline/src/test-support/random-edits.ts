import * as fc from 'fast-check';
import { copyClips, runCommand } from '../commands/index.js';
import type { CommandArgs, CommandName } from '../commands/index.js';
import type { NewId } from '../ids.js';
import { propertyDefinitions } from '../properties.js';
import type { TimelineState, TransactionSpec } from '../state.js';
import { frameRates } from '../time.js';
import { createAsset, createPicture, createSong } from './builders.js';

/** One random edit: which command, and numbers that become its arguments in whatever state it meets. */
export interface RandomEdit {
  readonly name: CommandName;
  readonly numbers: readonly number[];
}

const names: readonly CommandName[] = [
  'track.add',
  'track.remove',
  'track.rename',
  'track.reorder',
  'track.set',
  'clip.add',
  'clip.add',
  'clip.add',
  'clip.addText',
  'clip.addColour',
  'clip.move',
  'clip.move',
  'clip.move',
  'clip.trim',
  'clip.trim',
  'clip.trim',
  'clip.slip',
  'clip.roll',
  'clip.slide',
  'clip.split',
  'clip.split',
  'clip.splitAll',
  'clip.delete',
  'clip.rippleDelete',
  'clip.rippleDelete',
  'clip.duplicate',
  'clip.closeGap',
  'clip.link',
  'clip.unlink',
  'clip.detachAudio',
  'clip.setProperty',
  'clip.setKeyframe',
  'clip.removeKeyframe',
  'clip.setText',
  'clip.rename',
  'clip.setSpeed',
  'clip.cut',
  'clip.paste',
  'transition.add',
  'transition.add',
  'transition.remove',
  'marker.add',
  'marker.update',
  'marker.remove',
  'range.setIn',
  'range.setOut',
  'range.clear',
  'settings.set',
  'settings.setFrameRate',
  'selection.set',
  'selection.all',
  'selection.none',
];

export const randomEdit: fc.Arbitrary<RandomEdit> = fc.record({
  name: fc.constantFrom(...names),
  numbers: fc.array(fc.nat(10_000), { minLength: 6, maxLength: 6 }),
});

export const randomEdits: fc.Arbitrary<RandomEdit[]> = fc.array(randomEdit, {
  minLength: 1,
  maxLength: 40,
  size: 'max',
});

const rates = [frameRates.fps24, frameRates.fps25, frameRates.fps2997, frameRates.fps30, frameRates.fps50];

/** What an edit is in a state: its arguments, JSON throughout. */
export function argumentsFor(state: TimelineState, { name, numbers }: RandomEdit): CommandArgs<CommandName> {
  const { document } = state;
  const at = (index: number): number => numbers[index % numbers.length] ?? 0;
  const pick = <T>(list: readonly T[], index: number): T | undefined => list[at(index) % Math.max(1, list.length)];
  const clips = document.tracks.flatMap((track) => document.clipsOf(track.id));
  const clipId = pick(clips, 0)?.id ?? ('none' as never);
  const several = clips.filter((_, index) => (index + at(0)) % 5 === at(1) % 5).map((clip) => clip.id);
  const track = pick(document.tracks, 2);
  const trackId = track?.id ?? ('none' as never);
  // Mostly near clips: at an edge of one, or somewhere in it.
  const near = pick(clips, 3);
  const frame = near ? near.startFrame + (at(4) % (near.durationFrames + 1)) : at(4) % 500;
  const delta = (at(5) % 240) - 120;
  const odd = at(1) % 2 === 1;
  const definition = pick(propertyDefinitions, 1) as (typeof propertyDefinitions)[number];
  const value = propertyValue(definition, at(2));
  switch (name) {
    case 'track.add':
      return {
        kind: pick(['video', 'audio', 'text', 'caption'] as const, 0) ?? 'video',
        ...(odd && { index: at(2) % 8 }),
      };
    case 'track.remove':
      return { trackId };
    case 'track.rename':
      return { trackId, name: `Track ${at(0)}` };
    case 'track.reorder':
      return { trackId, afterId: odd ? (pick(document.tracks, 0)?.id ?? null) : null };
    case 'track.set':
      return {
        trackId,
        ...[{ locked: at(0) % 3 === 0 }, { muted: odd }, { solo: odd }, { hidden: odd }, { locked: false }][at(1) % 5],
      };
    case 'clip.add':
      return {
        asset: [
          createAsset({ durationSeconds: 4 }),
          createSong({ durationSeconds: 7.31 }),
          createPicture(),
          createAsset({ id: 'second-file' as never, durationSeconds: 2.7 }),
        ][at(0) % 4] as ReturnType<typeof createAsset>,
        mode: pick(['insert', 'overwrite', 'append'] as const, 1) ?? 'append',
        ...(at(2) % 3 > 0 && { frame }),
        ...(at(5) % 3 === 0 && { trackId }),
      };
    case 'clip.addText':
      return {
        text: `Text ${at(0)}`,
        frame,
        ...(odd && { trackId }),
        ...(at(5) % 2 === 0 && { durationFrames: 1 + (at(5) % 90) }),
      };
    case 'clip.addColour':
      return { colour: '#aabbcc', frame, ...(odd && { trackId }), durationFrames: 1 + (at(5) % 90) };
    case 'clip.move':
      return {
        clipIds: at(3) % 3 === 0 ? several : [clipId],
        deltaFrames: delta,
        ...[{}, { trackId }, { deltaTracks: (at(2) % 3) - 1 }][at(4) % 3],
        ...(odd && { mode: 'insert' as const }),
      };
    case 'clip.trim':
      return {
        clipId,
        edge: odd ? 'start' : 'end',
        frame: Math.max(0, frame + (delta >> 2)),
        ...[{}, { ripple: true }, { ripple: false }][at(2) % 3],
      };
    case 'clip.slip':
    case 'clip.slide':
      return { clipId, deltaFrames: delta };
    case 'clip.roll':
      return { clipId, frame };
    case 'clip.split':
      return { frame, ...(odd && { clipIds: [clipId] }) };
    case 'clip.splitAll':
    case 'range.setIn':
    case 'range.setOut':
      return { frame };
    case 'clip.delete':
    case 'clip.rippleDelete':
    case 'clip.duplicate':
    case 'clip.cut':
      return odd ? {} : { clipIds: at(3) % 3 === 0 ? several.slice(0, 4) : [clipId] };
    case 'clip.closeGap':
      return { trackId, frame: at(4) % Math.max(1, document.totalFrames) };
    case 'clip.link':
    case 'clip.unlink':
      return { clipIds: several };
    case 'clip.detachAudio':
      return { clipId };
    case 'clip.setProperty':
      return { clipIds: several, key: definition.id, value };
    case 'clip.setKeyframe':
      return {
        clipId,
        key: definition.id,
        frame: at(3) % 4,
        value,
        easing: pick(['linear', 'hold', 'ease-in', 'ease-out', 'ease-in-out'] as const, 4) ?? 'linear',
      };
    case 'clip.removeKeyframe':
      return { clipId, key: definition.id, frame: at(3) % 4 };
    case 'clip.setText':
      return { clipId, text: `New ${at(1)}` };
    case 'clip.rename':
      return { clipId, name: `Clip ${at(1)}` };
    case 'clip.setSpeed':
      return {
        clipId,
        speed: { num: 1 + (at(1) % 4), den: 1 + (at(2) % 4) },
        ...(at(3) % 2 === 0 && { ripple: at(4) % 2 === 0 }),
      };
    case 'clip.paste':
      return { contents: copyClips(state, several.slice(0, 5)) ?? emptyContents, frame, ...(odd && { trackId }) };
    case 'transition.add':
      return { clipId, durationFrames: 1 + (at(1) % 30) };
    case 'transition.remove':
      return { transitionId: pick(document.transitions, 0)?.id ?? ('none' as never) };
    case 'marker.add':
      return { frame, name: 'Marker', ...(odd && near && { clipId: near.id }) };
    case 'marker.update':
      return { markerId: pick(document.markers, 0)?.id ?? ('none' as never), frame };
    case 'marker.remove':
      return { markerId: pick(document.markers, 0)?.id ?? ('none' as never) };
    case 'settings.set':
      return { width: 16 + 2 * (at(0) % 1000), background: odd ? '#112233' : '#000000' };
    case 'settings.setFrameRate':
      return { frameRate: pick(rates, 0) ?? frameRates.fps30 };
    case 'selection.set':
      return { clipIds: several };
    case 'range.clear':
    case 'selection.all':
    case 'selection.none':
      return {};
  }
}

const emptyContents = {
  clips: [],
  transitions: [],
  assets: [],
  tracks: [],
  frameRate: frameRates.fps30,
  durationFrames: 0,
};

/** The edit's spec in a state; the arguments go through JSON, as a host's would. */
export function specFor(state: TimelineState, edit: RandomEdit, newId: NewId): TransactionSpec | null {
  const args = JSON.parse(JSON.stringify(argumentsFor(state, edit))) as CommandArgs<CommandName>;
  return runCommand(state, edit.name, args, { newId });
}

function propertyValue(definition: (typeof propertyDefinitions)[number], number: number): number | string | boolean {
  switch (definition.type) {
    case 'number':
    case 'integer': {
      const { min = 0, max = 1 } = definition;
      return min + ((number % 101) / 100) * (Math.min(max, 200) - min);
    }
    case 'boolean':
      return number % 2 === 0;
    case 'colour':
      return '#a0b0c0';
    case 'choice':
      return definition.choices?.[number % definition.choices.length] ?? '';
    case 'string':
      return 'serif';
  }
}
