import { createAssetRecord, createClip, createProjectDocument } from '@lectern/testing';
import {
  createDocument,
  type AssetId,
  type ClipRecord,
  type LinkId,
  type MarkerId,
  type TimelineDocument,
  type TimelineRecord,
} from '@lectern/timeline';

function fromAsset(assetId: string, trimStartFrame: number): ClipRecord['source'] {
  return { kind: 'asset', assetId: assetId as AssetId, trimStartFrame, speed: { num: 1, den: 1 } };
}

/** The asset whose file is away. */
export const missingAssetId = 'asset-gone';

/** A lecture with a bit of everything: cuts, pictures, a colour, titles, music, voice with its picture, markers, a range. */
export function lectureDocument(): TimelineDocument {
  const start = createProjectDocument();
  const trackOf = (kind: string): string => start.tracks.find((track) => track.kind === kind)?.id ?? '';
  const [video, audio, text] = [trackOf('video'), trackOf('audio'), trackOf('text')];
  const settings = start.settings;
  const records: TimelineRecord[] = [
    { ...settings, inFrame: 90, outFrame: 1500 },
    ...start.tracks,
    createAssetRecord('asset-1', { name: 'Limits 1.mp4', durationSeconds: 120 }),
    createAssetRecord('asset-3', { name: 'Integrals 1 recording.webm', durationSeconds: 60 }),
    createAssetRecord(missingAssetId, { name: 'Old intro.mov', durationSeconds: 20 }),
    createAssetRecord('asset-4', { name: 'Series 1 sound.mp3', kind: 'audio', durationSeconds: 60, videoCodec: null }),
    createAssetRecord('asset-5', { name: 'Vectors 1 slide.png', kind: 'image', durationSeconds: 0, audioCodec: null }),
    createClip({
      id: 'c1',
      name: 'Limits 1.mp4',
      trackId: video,
      startFrame: 0,
      durationFrames: 420,
      source: fromAsset('asset-1', 0),
      props: { fadeInFrames: 24 },
    }),
    createClip({
      id: 'c2',
      name: 'Vectors 1 slide.png',
      trackId: video,
      startFrame: 420,
      durationFrames: 180,
      source: { kind: 'image', assetId: 'asset-5' as AssetId },
    }),
    createClip({
      id: 'c3',
      name: 'Integrals 1 recording.webm',
      trackId: video,
      startFrame: 600,
      durationFrames: 520,
      source: fromAsset('asset-3', 120),
      linkId: 'take' as LinkId,
      props: { audioEnabled: false },
    }),
    createClip({
      id: 'c4',
      name: 'Break',
      trackId: video,
      startFrame: 1120,
      durationFrames: 120,
      source: { kind: 'colour', colour: '#1e3a5f' },
    }),
    createClip({
      id: 'c5',
      name: 'Old intro.mov',
      trackId: video,
      startFrame: 1240,
      durationFrames: 200,
      source: fromAsset(missingAssetId, 0),
    }),
    createClip({
      id: 'c6',
      name: 'Limits 1.mp4',
      trackId: video,
      startFrame: 1440,
      durationFrames: 360,
      source: fromAsset('asset-1', 900),
      props: { fadeOutFrames: 45 },
    }),
    createClip({
      id: 't1',
      name: 'What is a limit?',
      trackId: text,
      startFrame: 60,
      durationFrames: 150,
      source: { kind: 'text', text: 'What is a limit?' },
    }),
    createClip({
      id: 't2',
      name: 'Homework',
      trackId: text,
      startFrame: 1500,
      durationFrames: 200,
      source: { kind: 'text', text: 'Homework: exercises 4 to 9' },
    }),
    createClip({
      id: 'a1',
      name: 'Series 1 sound.mp3',
      trackId: audio,
      startFrame: 0,
      durationFrames: 560,
      source: fromAsset('asset-4', 0),
      props: { volume: -9, fadeInFrames: 60, fadeOutFrames: 120 },
    }),
    createClip({
      id: 'a2',
      name: 'Integrals 1 recording.webm',
      trackId: audio,
      startFrame: 600,
      durationFrames: 520,
      source: fromAsset('asset-3', 120),
      linkId: 'take' as LinkId,
    }),
    { type: 'marker', id: 'm1' as MarkerId, frame: 420, name: 'Slides begin', colour: '#f5a524', clipId: null },
    { type: 'marker', id: 'm2' as MarkerId, frame: 1120, name: 'Break', colour: '#17a673', clipId: null },
  ];
  return createDocument({ records });
}
