import {
  endFrame,
  formatTimecode,
  type ClipRecord,
  type FrameRate,
  type TimelineDocument,
  type TrackRecord,
} from '@lectern/timeline';

/** The room before frame 0, so that its handle and its label aren't cut off. CSS pixels. */
export const leadPixels = 16;
/** Rows are never lower: two targets of 24 px must fit one over the other with their gaps. */
export const lowestRow = 32;
/** What is narrower than this is drawn as a part of a run and not as a clip of its own. */
export const narrowestClip = 5;

/** A track as it lies in the view, topmost picture first. */
export interface Row {
  readonly track: TrackRecord;
  readonly clips: readonly ClipRecord[];
  /** From the top, 0 is the first row. */
  readonly index: number;
  readonly y: number;
  readonly height: number;
}

/** A stretch of the lanes in CSS pixels from the lanes' left edge. */
export interface PixelWindow {
  readonly from: number;
  readonly to: number;
}

/** Clips too narrow to be told apart, drawn as one block. */
export interface ClipRun {
  readonly fromFrame: number;
  readonly toFrame: number;
  readonly count: number;
}

export function layoutRows(document: TimelineDocument): readonly Row[] {
  let y = 0;
  return [...document.tracks].reverse().map((track, index) => {
    const height = Math.max(lowestRow, track.height);
    const row: Row = { track, clips: document.clipsOf(track.id), index, y, height };
    y += height;
    return row;
  });
}

/** How many clips of a track start before a frame, by bisection. */
function startingBefore(clips: readonly ClipRecord[], frame: number): number {
  let low = 0;
  let high = clips.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((clips[middle] as ClipRecord).startFrame < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The clips of a track that touch a stretch of time. */
export function clipsBetween(clips: readonly ClipRecord[], fromFrame: number, toFrame: number): readonly ClipRecord[] {
  // No more than two clips ever overlap, so two back is far enough.
  return clips
    .slice(Math.max(0, startingBefore(clips, fromFrame) - 2), startingBefore(clips, toFrame))
    .filter((clip) => endFrame(clip) > fromFrame);
}

/** The row at a height of the lanes; the first or the last outside of them. */
export function rowAt(rows: readonly Row[], y: number): Row | undefined {
  return rows.find((row) => y < row.y + row.height) ?? rows.at(-1);
}

/** Where a frame begins, in CSS pixels from the lanes' left edge. */
export function frameToX(frame: number, zoom: number): number {
  return leadPixels + frame * zoom;
}

/** The frame at a place, fractional. */
export function xToFrame(x: number, zoom: number): number {
  return (x - leadPixels) / zoom;
}

/** A clip and its place in the order of its track. */
export interface PlacedClip {
  readonly clip: ClipRecord;
  readonly index: number;
}

export interface VisibleClips {
  readonly clips: readonly PlacedClip[];
  readonly runs: readonly ClipRun[];
}

/** The clips of a row that reach into a window: those wide enough to be seen, and runs of those that aren't. */
export function visibleClips(clips: readonly ClipRecord[], window: PixelWindow, zoom: number): VisibleClips {
  const fromFrame = xToFrame(window.from, zoom);
  const toFrame = xToFrame(window.to, zoom);
  let index = Math.max(0, startingBefore(clips, fromFrame) - 2);
  const wide: PlacedClip[] = [];
  const runs: { fromFrame: number; toFrame: number; count: number }[] = [];
  const gap = 2 / zoom;
  while (index < clips.length) {
    const clip = clips[index] as ClipRecord;
    if (clip.startFrame > toFrame) break;
    if (endFrame(clip) >= fromFrame) {
      if (clip.durationFrames * zoom >= narrowestClip) {
        wide.push({ clip, index });
      } else {
        const run = runs.at(-1);
        const before = wide.at(-1)?.clip;
        const follows = run && clip.startFrame - run.toFrame <= gap && (!before || endFrame(before) <= run.fromFrame);
        if (follows) {
          run.toFrame = Math.max(run.toFrame, endFrame(clip));
          run.count += 1;
        } else {
          runs.push({ fromFrame: clip.startFrame, toFrame: endFrame(clip), count: 1 });
        }
      }
    }
    index += 1;
  }
  return { clips: wide, runs };
}

/** The clip whose body is at a fractional frame, or the nearest one within `slack` frames. */
export function clipAtFrame(clips: readonly ClipRecord[], frame: number, slack = 0): ClipRecord | null {
  const index = startingBefore(clips, frame + 1e-9) - 1;
  const before = clips[index];
  if (before && frame < endFrame(before)) return before;
  const after = clips[index + 1];
  const toBefore = before ? frame - endFrame(before) : Infinity;
  const toAfter = after ? after.startFrame - frame : Infinity;
  if (Math.min(toBefore, toAfter) > slack) return null;
  return (toBefore <= toAfter ? before : after) ?? null;
}

/** `12:05:10` as `m:ss:ff`, with hours where there are some: short enough for labels and for saying. */
export function shortTimecode(frame: number, rate: FrameRate): string {
  return formatTimecode(frame, rate)
    .replace(/^00:/, '')
    .replace(/^0(\d)/, '$1');
}
