import { type ClipRecord, type FrameGraph, type TimelineDocument, endFrame, evaluate } from '@lectern/timeline';

/**
 * How a stretch of frames is made:
 *
 * - `pass`: one video alone, as large as the project, without a change: its decoded pictures are the frames;
 * - `still`: nothing in it moves, so it is composed once;
 * - `compose`: everything else.
 *
 * It says what is expected. Whether a decoded picture really passes untouched is seen on the picture itself.
 */
export type SegmentKind = 'pass' | 'still' | 'compose';

export interface RenderSegment {
  readonly kind: SegmentKind;
  readonly startFrame: number;
  /** Exclusive. */
  readonly endFrame: number;
  /** The media that has to be open for it, and where in the source it begins. */
  readonly media: readonly SegmentMedia[];
}

export interface SegmentMedia {
  readonly clipId: string;
  readonly assetId: string;
  readonly kind: 'video' | 'image';
  /** Of the segment's first frame; 0 for a still. */
  readonly sourceSeconds: number;
}

/** The segments of `[startFrame, endFrame)`, in order, without a gap. */
export function planRender(document: TimelineDocument, startFrame: number, endFrame: number): readonly RenderSegment[] {
  const edges = [...pictureEdges(document, startFrame, endFrame)].sort((a, b) => a - b);
  const segments: RenderSegment[] = [];
  edges.forEach((from, index) => {
    const to = edges[index + 1];
    if (to === undefined) return;
    const graph = evaluate(document, from);
    // A fade-in shows nothing in its first frame, but its clip is wanted.
    const second = from + 1 < to ? evaluate(document, from + 1) : graph;
    segments.push({
      kind: classify(document, graph, second),
      startFrame: from,
      endFrame: to,
      media: mediaOf(graph, second),
    });
  });
  return segments;
}

function pictureEdges(document: TimelineDocument, startFrame: number, lastFrame: number): Set<number> {
  const edges = new Set([startFrame, lastFrame]);
  const add = (frame: number): void => {
    if (frame > startFrame && frame < lastFrame) edges.add(frame);
  };
  const showing = new Set(
    document.tracks.filter((track) => !track.hidden && track.kind !== 'audio').map(({ id }) => id),
  );
  for (const clip of document.clips.values()) {
    if (!showing.has(clip.trackId)) continue;
    add(clip.startFrame);
    add(endFrame(clip));
    // A fade ends where the clip is whole, and the rest of it may pass untouched.
    add(clip.startFrame + numberOf(clip, 'fadeInFrames'));
    add(endFrame(clip) - numberOf(clip, 'fadeOutFrames'));
  }
  return edges;
}

function numberOf(clip: ClipRecord, key: 'fadeInFrames' | 'fadeOutFrames'): number {
  const value = clip.props[key];
  return typeof value === 'number' ? Math.min(value, clip.durationFrames) : 0;
}

function classify(document: TimelineDocument, first: FrameGraph, second: FrameGraph): SegmentKind {
  const { layers, width, height } = first;
  if (second.layers.length !== layers.length) return 'compose';
  const clips = layers.map((layer) => document.clips.get(layer.clipId));
  const animated = clips.some((clip) => clip && Object.values(clip.keyframes).some((list) => list.length > 1));
  // A fade-out is whole in its first frame; the second tells.
  const fading = [...layers, ...second.layers].some((layer) => layer.opacity < 1);
  if (!animated && !fading && layers.every((layer) => layer.kind !== 'video')) return 'still';
  const [only, ...others] = layers;
  if (only?.kind !== 'video' || others.length > 0 || animated || fading) return 'compose';
  const { geometry } = only;
  const whole =
    geometry.rotation % 360 === 0 &&
    Math.abs(geometry.width - width) < 0.01 &&
    Math.abs(geometry.height - height) < 0.01 &&
    geometry.sourceX === 0 &&
    geometry.sourceY === 0;
  return whole ? 'pass' : 'compose';
}

function mediaOf(...graphs: readonly FrameGraph[]): readonly SegmentMedia[] {
  const media = new Map<string, SegmentMedia>();
  for (const { layers } of graphs) {
    for (const layer of layers) {
      if ((layer.kind !== 'video' && layer.kind !== 'image') || media.has(layer.clipId)) continue;
      const sourceSeconds = layer.kind === 'video' ? layer.sourceSeconds : 0;
      media.set(layer.clipId, { clipId: layer.clipId, assetId: layer.assetId, kind: layer.kind, sourceSeconds });
    }
  }
  return [...media.values()];
}
