import {
  ChangeBuilder,
  createDocument,
  type Change,
  type ClipId,
  type ClipRecord,
  type MarkerId,
  type MarkerRecord,
  type TimelineDocument,
  type TimelineRecord,
  type TrackId,
} from '@lectern/timeline';
import type { Dice } from './dice.js';

/*
 * Edits leave their numbers in names (`#17`), and a later edit of the same record adds its own: which edits a document
 * contains can be read from its text.
 */

const mark = /#(\d+)/gu;

/** The numbers of the edits in a text. */
export function editsIn(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const match of text.matchAll(mark)) found.add(Number(match[1]));
  return found;
}

const documentEdits = new WeakMap<TimelineDocument, ReadonlySet<number>>();

/** The numbers of the edits in a document. */
export function editsOf(document: TimelineDocument): ReadonlySet<number> {
  let found = documentEdits.get(document);
  if (found === undefined) {
    let names = '';
    for (const clip of document.clips.values()) names += clip.name;
    for (const marker of document.markers) names += marker.name;
    found = editsIn(names);
    documentEdits.set(document, found);
  }
  return found;
}

const trackId = 'titles' as TrackId;
const clipIds = ['a', 'b'] as readonly string[] as readonly ClipId[];

function title(id: ClipId, startFrame: number): ClipRecord {
  return {
    type: 'clip',
    id,
    trackId,
    name: '',
    startFrame,
    durationFrames: 10,
    source: { kind: 'text', text: id },
    linkId: null,
    splitFrom: null,
    props: {},
    keyframes: {},
  };
}

/** What a new project holds: two titles on one track. */
export const startDocument: TimelineDocument = createDocument({
  records: [
    {
      type: 'track',
      id: trackId,
      kind: 'text',
      name: '',
      order: 'a0',
      main: false,
      locked: false,
      muted: false,
      solo: false,
      hidden: false,
      height: 40,
    },
    ...clipIds.map((id, index) => title(id, index * 20)),
  ],
});

/** How many marks a document can hold without growing too long. */
const mostMarkers = 8;

/** An edit of its own number: a name that grows, or a new marker, which touches nothing of anybody's. */
export function numberedEdit(document: TimelineDocument, number: number, dice: Dice): Change {
  const tag = `#${number}`;
  if (dice.chance(0.35) && document.markers.length < mostMarkers) {
    const marker: MarkerRecord = {
      type: 'marker',
      id: `m${number}` as MarkerId,
      frame: number,
      name: tag,
      colour: '#f5a524',
      clipId: null,
    };
    return changeOf(null, marker);
  }
  const id = dice.pick(clipIds);
  const clip = document.clips.get(id);
  if (clip === undefined) throw new RangeError(`The clip ${id} is gone`);
  return changeOf(clip, { ...clip, name: clip.name + tag });
}

/** Takes a marker away, and says which edits go with it; null when there is none. */
export function removal(
  document: TimelineDocument,
  dice: Dice,
): { readonly change: Change; readonly edits: ReadonlySet<number> } | null {
  if (document.markers.length === 0) return null;
  const marker = dice.pick(document.markers);
  return { change: changeOf(marker, null), edits: editsIn(marker.name) };
}

function changeOf(from: TimelineRecord | null, to: TimelineRecord | null): Change {
  const builder = new ChangeBuilder();
  builder.record((from ?? to)?.id ?? '', from, to);
  return builder.finish();
}

/** The edits that a change brings, and those that it takes away. */
export function editsOfChange({ added, updated, removed }: Change): {
  readonly gained: ReadonlySet<number>;
  readonly lost: ReadonlySet<number>;
} {
  const before = editsIn(
    JSON.stringify(removed) +
      Object.values(updated)
        .map(([from]) => nameOf(from))
        .join(''),
  );
  const after = editsIn(
    JSON.stringify(added) +
      Object.values(updated)
        .map(([, to]) => nameOf(to))
        .join(''),
  );
  return { gained: after, lost: new Set([...before].filter((edit) => !after.has(edit))) };
}

function nameOf(record: TimelineRecord): string {
  return 'name' in record ? record.name : '';
}
