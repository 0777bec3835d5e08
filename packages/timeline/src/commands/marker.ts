import { isColour } from '../properties.js';
import type { ClipId, MarkerId } from '../ids.js';
import { endFrame } from '../lane.js';
import type { MarkerRecord } from '../records.js';
import { sourceFrameAt } from '../source-time.js';
import { originOf } from './clip-edges.js';
import { type Command, requireFrame, requireText } from './command.js';
import { Draft } from './draft.js';

/** The colour of a marker that was given none. */
export const defaultMarkerColour = '#f5a524';

export interface MarkerAddArgs {
  /** A frame of the timeline. */
  readonly frame: number;
  readonly name?: string;
  /** `#rrggbb` */
  readonly colour?: string;
  /** Attaches the marker to what this clip shows there, so that it follows every cut. */
  readonly clipId?: ClipId;
}

/** Sets a marker. Null where one with the same anchor is already, or where the clip isn't. */
export const addMarker: Command<MarkerAddArgs> = (
  state,
  { frame, name = '', colour = defaultMarkerColour, clipId },
  { newId },
) => {
  const at = requireFrame('frame', frame);
  const { document } = state;
  const clip = clipId === undefined ? null : document.clips.get(clipId);
  if (clip === undefined || (clip && (at < clip.startFrame || at >= endFrame(clip)))) return null;
  const draft = new Draft(document, newId);
  const marker: MarkerRecord = {
    type: 'marker',
    id: draft.newMarkerId(),
    frame: clip ? sourceFrameAt(clip, at) : at,
    name: requireText('name', name, 200),
    colour: requireColour(colour),
    clipId: clip && originOf(clip),
  };
  if (document.markers.some((other) => other.frame === marker.frame && other.clipId === marker.clipId)) return null;
  draft.put(marker);
  return draft.finish('marker.add');
};

export interface MarkerUpdateArgs {
  readonly markerId: MarkerId;
  /** As the record counts it: in the source, for a marker attached to a clip. */
  readonly frame?: number;
  readonly name?: string;
  readonly colour?: string;
}

/** Moves, names or colours a marker. */
export const updateMarker: Command<MarkerUpdateArgs> = (state, { markerId, frame, name, colour }, { newId }) => {
  const marker = state.document.markers.find((each) => each.id === markerId);
  if (!marker) return null;
  const draft = new Draft(state.document, newId);
  draft.put({
    ...marker,
    ...(frame !== undefined && { frame: requireFrame('frame', frame) }),
    ...(name !== undefined && { name: requireText('name', name, 200) }),
    ...(colour !== undefined && { colour: requireColour(colour) }),
  });
  return draft.finish('marker.update');
};

export interface MarkerRemoveArgs {
  readonly markerId: MarkerId;
}

/** Removes a marker. */
export const removeMarker: Command<MarkerRemoveArgs> = (state, { markerId }, { newId }) => {
  if (!state.document.markers.some((marker) => marker.id === markerId)) return null;
  const draft = new Draft(state.document, newId);
  draft.remove(markerId);
  return draft.finish('marker.remove');
};

function requireColour(colour: string): string {
  if (!isColour(colour)) throw new TypeError(`a colour is #rrggbb, got ${JSON.stringify(colour)}`);
  return colour.toLowerCase();
}
