/** The documents that are measured with, and the engine that they are given to. */
import type { ExportPreset, ProbeFacts, RenderEngine } from '@lectern/ports';
import { createRenderEngine } from '@lectern/render';
import {
  type AssetId,
  type AssetRecord,
  type ClipId,
  type ClipRecord,
  type ClipSource,
  type TimelineDocument,
  type TimelineRecord,
  type TrackId,
  type TrackKind,
  type TrackRecord,
  createDocument,
} from '@lectern/timeline';
import { load } from './sources.js';
import {
  audioBitrate,
  clipSeconds,
  cuts,
  frameRate,
  height,
  music,
  musicVolume,
  title,
  videoBitrate,
  width,
} from './timeline-a.mjs';

const options = { resolveSource: async (id: string) => load(id), workerUrl: '/render/render.worker.js' };
/** Makes no proxies: nothing else goes on while something is measured. */
export const engine: RenderEngine = createRenderEngine({ ...options, proxyBudgetBytes: 0 });
/** Encodes every picture: what a full export is. */
export const encodingEngine: RenderEngine = createRenderEngine({
  ...options,
  proxyBudgetBytes: 0,
  copyPackets: false,
});
export const preset: ExportPreset = { id: 'lms-720p', height, videoBitrate, audioBitrate };

const facts = new Map<string, ProbeFacts>();

export async function assetRecord(name: string): Promise<AssetRecord> {
  const known = facts.get(name) ?? (await engine.probe(await load(name))).facts;
  facts.set(name, known);
  const { kind, durationSeconds, rotation, videoCodec, audioCodec, sampleRate, channels } = known;
  return {
    type: 'asset',
    id: name as AssetId,
    name,
    kind,
    durationSeconds,
    width: known.width,
    height: known.height,
    rotation,
    videoCodec,
    audioCodec,
    sampleRate,
    channels,
    averageFrameRate: known.averageFrameRate,
    variableFrameRate: known.variableFrameRate,
  };
}

export function track(id: string, kind: TrackKind, order: string, main = kind === 'video'): TrackRecord {
  const flags = { locked: false, muted: false, solo: false, hidden: false };
  return { type: 'track', id: id as TrackId, kind, name: id, order, main, ...flags, height: 60 };
}

let clips = 0;
export function clip(
  trackId: string,
  startFrame: number,
  durationFrames: number,
  source: ClipSource,
  props: ClipRecord['props'] = {},
): ClipRecord {
  clips += 1;
  return {
    type: 'clip',
    id: `clip-${String(clips)}` as ClipId,
    trackId: trackId as TrackId,
    name: `Clip ${String(clips)}`,
    startFrame,
    durationFrames,
    source,
    linkId: null,
    splitFrom: null,
    props,
    keyframes: {},
  };
}

export const fromAsset = (name: string, trimStartFrame = 0): ClipSource => ({
  kind: 'asset',
  assetId: name as AssetId,
  trimStartFrame,
  speed: { num: 1, den: 1 },
});

export interface Variant {
  /** The title over the second clip, over everything, or nowhere. */
  readonly title: 'second' | 'all' | 'none';
  /** How long a title stands over its clip. */
  readonly titleSeconds: number;
  /** The second sound track. */
  readonly music: boolean;
  /** The sound of the clips themselves. */
  readonly speech: boolean;
  /** A second video in a corner, all along. */
  readonly pictureInPicture: boolean;
  /** The minute is repeated so often. */
  readonly minutes: number;
}

/** Timeline A as it is described. */
export const variantA: Variant = {
  title: 'second',
  titleSeconds: clipSeconds,
  music: true,
  speech: true,
  pictureInPicture: false,
  minutes: 1,
};

const titleStyle = { backgroundColour: '#000000', backgroundOpacity: 0.5 };

/** Timeline A, or with something more or less. */
export async function timelineA(variant: Partial<Variant> = {}): Promise<TimelineDocument> {
  const all = { ...variantA, ...variant };
  const { title: titled, titleSeconds, music: withMusic, speech, pictureInPicture, minutes } = all;
  const records: TimelineRecord[] = [
    { ...track('v', 'video', 'a0'), muted: !speech },
    { ...track('p', 'video', 'a1', false), muted: true },
    track('t', 'text', 'a2'),
    track('s', 'audio', 'a3'),
  ];
  for (const name of [...cuts.map(([cut]) => cut), music]) records.push(await assetRecord(name));
  const length = clipSeconds * frameRate;
  for (let minute = 0; minute < minutes; minute += 1) {
    const start = minute * cuts.length * length;
    cuts.forEach(([name, trim], index) => {
      const at = start + index * length;
      records.push(clip('v', at, length, fromAsset(name, trim)));
      const [other] = cuts[(index + 1) % cuts.length] as (typeof cuts)[number];
      const corner = { scale: 0.3, positionX: 0.3, positionY: 0.3 };
      if (pictureInPicture) records.push(clip('p', at, length, fromAsset(other, 10), corner));
      if (titled === 'all' || (titled === 'second' && index === 1)) {
        records.push(clip('t', at, titleSeconds * frameRate, { kind: 'text', text: title }, titleStyle));
      }
    });
    const fades = { volume: musicVolume, fadeInFrames: frameRate, fadeOutFrames: frameRate };
    if (withMusic) records.push(clip('s', start, cuts.length * length, fromAsset(music), fades));
  }
  return createDocument({ settings: { width, height }, records });
}
