/** A timeline of clips in a row, its pictures by number, and the stretches that the engine should copy. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TimelineDocument, type TimelineRecord, createDocument } from '@lectern/timeline';
import { type CopyStretch, findCopies } from '../../packages/render/src/export/copy-stretches.js';
import { MediaLibrary } from '../../packages/render/src/media/media-library.js';
import { type SourceName, frameRate, height, makeSource, recipes, width } from './sources.js';

/** A clip: `length` frames of a source from frame `trim` on. */
export interface Cut {
  readonly source: SourceName;
  readonly trim: number;
  readonly length: number;
}

export interface Project {
  readonly document: TimelineDocument;
  readonly records: readonly TimelineRecord[];
  /** Of each frame: `source:number`. */
  readonly expected: readonly string[];
  readonly copies: readonly CopyStretch[];
  /** Frames at which packets of another kind begin. */
  readonly joints: readonly number[];
}

/** Bits per second: far above what the sources have. */
export const bitrate = 2_000_000;

/**
 * @param folder where the sources are
 * @param titles stretches of frames with a title over them
 */
export async function createProject(
  folder: string,
  cuts: readonly Cut[],
  titles: readonly (readonly [number, number])[] = [],
): Promise<Project> {
  const flags = { locked: false, muted: false, solo: false, hidden: false, height: 60 };
  const records: unknown[] = [
    { type: 'track', id: 'pictures', kind: 'video', name: 'Pictures', order: 'a0', main: true, ...flags },
    { type: 'track', id: 'titles', kind: 'text', name: 'Titles', order: 'a1', main: false, ...flags },
  ];
  const clip = (id: string, trackId: string, startFrame: number, durationFrames: number, source: unknown): void => {
    const rest = { linkId: null, splitFrom: null, props: {}, keyframes: {} };
    records.push({ type: 'clip', id, trackId, name: id, startFrame, durationFrames, source, ...rest });
  };
  const expected: string[] = [];
  for (const name of new Set(cuts.map(({ source }) => source))) {
    const id = await makeSource(folder, name);
    const { frames, codec } = recipes[name];
    records.push({
      ...{
        type: 'asset',
        id,
        kind: 'video',
        name: id,
        durationSeconds: frames / frameRate,
        width,
        height,
        rotation: 0,
      },
      ...{ videoCodec: codec, audioCodec: null, sampleRate: 0, channels: 0 },
      ...{ averageFrameRate: frameRate, variableFrameRate: false },
    });
  }
  cuts.forEach(({ source, trim, length }, index) => {
    const { file, source: number, first } = recipes[source];
    const speed = { num: 1, den: 1 };
    clip(`clip ${String(index)}`, 'pictures', expected.length, length, {
      ...{ kind: 'asset', assetId: file, trimStartFrame: trim, speed },
    });
    for (let frame = 0; frame < length; frame += 1) expected.push(`${String(number)}:${String(first + trim + frame)}`);
  });
  titles.forEach(([from, to], index) => {
    clip(`title ${String(index)}`, 'titles', from, to - from, { kind: 'text', text: 'Joints' });
  });
  const all = records as readonly TimelineRecord[];
  const document = createDocument({ settings: { width, height }, records: all });
  const copies = await copiesOf(document, folder);
  const edges = copies.flatMap(({ startFrame, endFrame }) => [startFrame, endFrame]);
  const joints = [...new Set(edges)].filter((frame) => frame > 0 && frame < expected.length);
  return { document, records: [...document.records()], expected, copies, joints };
}

/** What the engine finds to be copied into MP4, or into WebM. */
export async function copiesOf(
  document: TimelineDocument,
  folder: string,
  codec: 'avc' | 'vp9' = 'avc',
): Promise<readonly CopyStretch[]> {
  const library = openLibrary(folder);
  const codecString = codec === 'avc' ? 'avc1.64001e' : 'vp09.00.21.08';
  const { settings, totalFrames } = document;
  const target = { codec, codecString, width, height, frameRate: settings.frameRate, bitrate };
  return findCopies(document, 0, totalFrames, target, library);
}

export function openLibrary(folder: string): MediaLibrary {
  return new MediaLibrary((id) => Promise.resolve(new Blob([readFileSync(path.join(folder, id))])));
}
