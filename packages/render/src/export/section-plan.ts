import {
  type AssetRecord,
  type ClipRecord,
  type FrameGraph,
  type FrameRate,
  type Layer,
  type SoundSpan,
  type TimelineDocument,
  endFrame as endOf,
  evaluate,
  markerFrames,
  soundSpans,
} from '@lectern/timeline';
import { frameToSample } from '../sound/mixer.js';
import type { CopyStretch } from './copy-stretches.js';
import { planRender } from './render-plan.js';

/** Frames of the document whose packets come from one place. Sections follow each other without a gap. */
export type PictureSection =
  | { readonly kind: 'encode'; readonly startFrame: number; readonly endFrame: number }
  | { readonly kind: 'copy'; readonly startFrame: number; readonly endFrame: number; readonly stretch: CopyStretch };

/** About so long is a section that is encoded: what an interruption costs, and what a change of one frame does. */
const sectionSeconds = 4;
/**
 * The grid of a source begins here. Sources have their key frames at even seconds, as a rule, where the picture changes a
 * little as a whole: a key frame on top of that takes twice the bytes, and those behind it go short.
 */
const gridStartSeconds = 1;
/** Cuts that are closer together than this are left out: each section begins with a key frame, which is large. */
const shortestSeconds = 1;
/** A key frame stands at least this often. */
export const keyFrameSeconds = 2;

/**
 * The sections of `[startFrame, endFrame)`: the stretches that can be copied, and what lies between cut into pieces.
 *
 * Cuts lie at the edges of clips and, in between, on a grid that is tied to the *source*: when a clip is trimmed, split
 * or moved, the pieces inside it stay the same pieces.
 */
export function planPictureSections(
  document: TimelineDocument,
  startFrame: number,
  endFrame: number,
  copies: readonly CopyStretch[] = [],
): readonly PictureSection[] {
  const showing = showingClips(document, startFrame, endFrame);
  const sections: PictureSection[] = [];
  const encode = (from: number, to: number): void => {
    const cuts = cutsBetween(document, showing, from, to);
    cuts.forEach((cut, index) => {
      sections.push({ kind: 'encode', startFrame: cut, endFrame: cuts[index + 1] ?? to });
    });
  };
  let at = startFrame;
  for (const stretch of copies) {
    if (stretch.startFrame > at) encode(at, stretch.startFrame);
    sections.push({ kind: 'copy', startFrame: stretch.startFrame, endFrame: stretch.endFrame, stretch });
    at = stretch.endFrame;
  }
  if (endFrame > at) encode(at, endFrame);
  return sections;
}

/** The clips that may be seen, by track from the bottom. */
function showingClips(document: TimelineDocument, startFrame: number, endFrame: number): readonly ClipRecord[] {
  return document.tracks
    .filter((track) => !track.hidden && track.kind !== 'audio' && track.kind !== 'caption')
    .flatMap((track) => [...document.clipsOf(track.id)])
    .filter((clip) => clip.startFrame < endFrame && endOf(clip) > startFrame);
}

/** The first frames of the pieces of `[from, to)`. */
function cutsBetween(document: TimelineDocument, showing: readonly ClipRecord[], from: number, to: number): number[] {
  const rate = framesPerSecond(document.settings.frameRate);
  const shortest = Math.max(1, Math.round(rate * shortestSeconds));
  const grid = Math.max(shortest, Math.round(rate * sectionSeconds));
  const edges = [...new Set(showing.flatMap((clip) => [clip.startFrame, endOf(clip)]))].sort((a, b) => a - b);
  const cuts = [from];
  const add = (frame: number): void => {
    if (frame - (cuts.at(-1) as number) >= shortest && to - frame >= shortest) cuts.push(frame);
  };
  const fill = (until: number): void => {
    const start = cuts.at(-1) as number;
    if (until - start <= grid) return;
    const anchor = anchorOf(showing, start, until) + Math.round(rate * gridStartSeconds);
    for (let frame = start + grid - modulo(start - anchor, grid); frame < until; frame += grid) {
      // The grid can wait: what is left over at an edge goes with its neighbour.
      if (frame - start >= grid / 2 && until - frame >= grid / 2) add(frame);
    }
  };
  for (const edge of edges) {
    if (edge <= from || edge >= to || edge - (cuts.at(-1) as number) < shortest || to - edge < shortest) continue;
    fill(edge);
    add(edge);
  }
  fill(to);
  return cuts;
}

/** The frame of the timeline that the grid of a stretch is counted from: where the source of its picture begins. */
function anchorOf(showing: readonly ClipRecord[], from: number, to: number): number {
  const whole = showing.filter((clip) => clip.startFrame <= from && endOf(clip) >= to);
  const video = whole.find(({ source }) => source.kind === 'asset' && source.speed.num === source.speed.den);
  if (video?.source.kind === 'asset') return video.startFrame - video.source.trimStartFrame;
  return whole[0]?.startFrame ?? from;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

export function framesPerSecond({ num, den }: FrameRate): number {
  return num / den;
}

/**
 * The frames of a section that are key frames, counted from its start: the first, one every two seconds, and one where a
 * chapter begins.
 */
export function keyFramesOf(
  document: TimelineDocument,
  { startFrame, endFrame }: { readonly startFrame: number; readonly endFrame: number },
): ReadonlySet<number> {
  const interval = Math.max(1, Math.round(framesPerSecond(document.settings.frameRate) * keyFrameSeconds));
  const frames = new Set<number>();
  for (let frame = 0; frame < endFrame - startFrame; frame += interval) frames.add(frame);
  for (const { frame } of markerFrames(document)) {
    if (frame >= startFrame && frame < endFrame) frames.add(frame - startFrame);
  }
  return frames;
}

/** What the packets of all sections of an export have in common. */
export interface PictureLook {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly bitrate: number;
  readonly frameRate: FrameRate;
  readonly engine: number;
  /** The fonts that titles may use, as the worker has them. */
  readonly fonts: readonly string[];
}

/** Tells the bytes of an asset from others. */
export type IdentityOf = (assetId: string) => string;

/** The media that the pictures of a stretch are made from. */
export function mediaOfPictures(
  document: TimelineDocument,
  startFrame: number,
  endFrame: number,
): readonly { readonly assetId: string; readonly clipId: string }[] {
  return planRender(document, startFrame, endFrame).flatMap(({ media }) =>
    media.map(({ assetId, clipId }) => ({ assetId, clipId })),
  );
}

/**
 * All that determines the packets of a section, as plain values, and nothing else: not where on the timeline it stands,
 * nor what its clips are called. Where nothing but the source's own time moves, the first frame stands for all.
 */
export function describePictures(
  document: TimelineDocument,
  { startFrame, endFrame }: { readonly startFrame: number; readonly endFrame: number },
  look: PictureLook,
  identityOf: IdentityOf,
): unknown {
  const { fonts, ...common } = look;
  const kinds = new Set<Layer['kind']>();
  const stretches = planRender(document, startFrame, endFrame).map((segment) => {
    const describe = (frame: number): unknown => describeFrame(document, evaluate(document, frame), identityOf);
    const last = segment.endFrame - 1;
    const second = Math.min(segment.startFrame + 1, last);
    const graphs = [segment.startFrame, second, last].map((frame) => evaluate(document, frame));
    for (const { layers } of graphs) for (const { kind } of layers) kinds.add(kind);
    const frames = segment.endFrame - segment.startFrame;
    if (isSteady(document, graphs)) return { frames, from: describe(segment.startFrame) };
    return { each: Array.from({ length: frames }, (_, index) => describe(segment.startFrame + index)) };
  });
  const keys = [...keyFramesOf(document, { startFrame, endFrame })].sort((a, b) => a - b);
  return { ...common, ...(kinds.has('text') ? { fonts } : {}), keys, stretches };
}

/** Whether nothing changes from frame to frame but the time in the sources. */
function isSteady(document: TimelineDocument, graphs: readonly FrameGraph[]): boolean {
  const [first, ...others] = graphs;
  if (!first) return true;
  for (const { clipId } of first.layers) {
    const clip = document.clips.get(clipId);
    if (clip && Object.values(clip.keyframes).some((list) => list.length > 1)) return false;
  }
  const still = JSON.stringify(first.layers.map(withoutTime));
  return others.every(({ layers }) => JSON.stringify(layers.map(withoutTime)) === still);
}

function withoutTime(layer: Layer): Layer {
  return layer.kind === 'video' ? { ...layer, sourceSeconds: 0 } : layer;
}

function describeFrame(document: TimelineDocument, graph: FrameGraph, identityOf: IdentityOf): unknown {
  const layers = graph.layers.map(({ clipId, trackId: _, ...layer }) => {
    if (layer.kind !== 'video' && layer.kind !== 'image') return layer;
    const { assetId, ...shown } = layer;
    const source = document.clips.get(clipId)?.source;
    return {
      ...shown,
      source: identityOf(assetId),
      size: sizeOf(document.assets.get(assetId)),
      speed: source?.kind === 'asset' ? [source.speed.num, source.speed.den] : null,
    };
  });
  return [graph.width, graph.height, graph.background, layers];
}

function sizeOf(asset: AssetRecord | undefined): readonly number[] {
  return [asset?.width ?? 0, asset?.height ?? 0];
}

/** How sound is cut: whole packets of the codec, about five seconds of them, counted from the export's start. */
export interface SoundGrid {
  readonly sampleRate: number;
  readonly packetSamples: number;
  readonly packetsPerSection: number;
  /** Samples of the export. */
  readonly samples: number;
  /** Sample of the timeline that is 0 in the export. */
  readonly firstSample: number;
}

const soundSectionSeconds = 5;

/** Samples in a packet: AAC always has 1024, browsers make Opus of 20 ms. */
export function soundGrid(
  document: TimelineDocument,
  startFrame: number,
  endFrame: number,
  codec: 'aac' | 'opus',
): SoundGrid {
  const { sampleRate, frameRate } = document.settings;
  const packetSamples = codec === 'aac' ? 1024 : Math.round(sampleRate / 50);
  const firstSample = frameToSample(startFrame, frameRate, sampleRate);
  return {
    sampleRate,
    packetSamples,
    packetsPerSection: Math.max(1, Math.round((soundSectionSeconds * sampleRate) / packetSamples)),
    samples: frameToSample(endFrame, frameRate, sampleRate) - firstSample,
    firstSample,
  };
}

/** A stretch of sound. Samples of the export; the last section ends with the export and has the packets that are left. */
export interface SoundSection {
  readonly index: number;
  readonly startSample: number;
  /** Exclusive. */
  readonly endSample: number;
  readonly isLast: boolean;
}

export function planSoundSections({ samples, packetSamples, packetsPerSection }: SoundGrid): readonly SoundSection[] {
  const length = packetSamples * packetsPerSection;
  const count = Math.max(1, Math.ceil(samples / length));
  return Array.from({ length: count }, (_, index) => ({
    index,
    startSample: index * length,
    endSample: Math.min(samples, (index + 1) * length),
    isLast: index === count - 1,
  }));
}

/**
 * Seconds of sound before a section that have a say in it: the limiter lets go for a while after a peak, and the encoder
 * is started a little earlier.
 */
export const soundLeadSeconds = 0.75;
/** Seconds after it: what the encoder and the limiter look ahead. */
export const soundTailSeconds = 0.5;

/** What the packets of all sections of sound have in common. */
export interface SoundLook {
  readonly codec: string;
  readonly encoder: string;
  readonly bitrate: number;
  /** Linear gain of the whole mix. */
  readonly gain: number;
  readonly engine: number;
}

/** All that determines the packets of a section of sound, as plain values: see `describePictures`. */
export function describeSound(
  document: TimelineDocument,
  range: { readonly startFrame: number; readonly endFrame: number },
  grid: SoundGrid,
  { startSample, endSample, isLast }: SoundSection,
  look: SoundLook,
  identityOf: IdentityOf,
): unknown {
  const { frameRate } = document.settings;
  const { sampleRate, firstSample, packetSamples } = grid;
  const frameAt = (sample: number): number =>
    Math.floor(((firstSample + sample) / sampleRate) * framesPerSecond(frameRate));
  const first = Math.max(range.startFrame, frameAt(startSample - soundLeadSeconds * sampleRate) - 1);
  const last = Math.min(range.endFrame, frameAt(endSample + soundTailSeconds * sampleRate) + 2);
  const spans = last > first ? soundSpans(document, { startFrame: first, endFrame: last }) : [];
  const origin = frameToSample(first, frameRate, sampleRate) - firstSample;
  return {
    ...look,
    sampleRate,
    packetSamples,
    frameRate,
    // Frames fall on samples unevenly, so where the window lies between two of them counts as well.
    lead: startSample - origin,
    length: endSample - startSample,
    isFirst: startSample === 0,
    isLast,
    spans: spans.map((span) => describeSpan(span, first, identityOf)),
  };
}

function describeSpan(span: SoundSpan, origin: number, identityOf: IdentityOf): unknown {
  const { clipId: _, trackId: __, assetId, startFrame, endFrame, ...rest } = span;
  return { ...rest, source: identityOf(assetId), startFrame: startFrame - origin, endFrame: endFrame - origin };
}
