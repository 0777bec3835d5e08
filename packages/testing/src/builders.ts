import type { Asset, NewAsset, ProbeFacts } from '@lectern/ports';
import type { AssetId, AssetRecord, ClipId, ClipRecord, TimelineRecord, TrackId } from '@lectern/timeline';
import { createDocument, createEmptyProject, type TimelineDocument } from '@lectern/timeline';

/** Ids that count: `clip-1`, `clip-2` … */
export function countingIds(prefix = 'id'): () => string {
  let next = 0;
  return () => `${prefix}-${String((next += 1))}`;
}

/** Probe facts of a 10 s 1280 × 720 lecture with sound, or what is said otherwise. */
export function createProbeFacts(facts: Partial<ProbeFacts> = {}): ProbeFacts {
  const kind = facts.kind ?? 'video';
  const picture = kind !== 'audio';
  const sound = kind !== 'image';
  return {
    kind,
    container: kind === 'video' ? 'mp4' : kind === 'audio' ? 'mp3' : 'png',
    mimeType: kind === 'video' ? 'video/mp4' : kind === 'audio' ? 'audio/mpeg' : 'image/png',
    durationSeconds: kind === 'image' ? 0 : 10,
    width: picture ? 1280 : 0,
    height: picture ? 720 : 0,
    rotation: 0,
    videoCodec: kind === 'video' ? 'avc' : null,
    audioCodec: sound ? (kind === 'video' ? 'aac' : 'mp3') : null,
    sampleRate: sound ? 48_000 : 0,
    channels: sound ? 2 : 0,
    averageFrameRate: kind === 'video' ? 30 : 0,
    variableFrameRate: false,
    bitrate: 2_000_000,
    hasAlpha: false,
    decodable: true,
    ...facts,
  };
}

/** What a back end needs to make an asset; its blob key is `assets/<id>/1`. */
export function createNewAsset(asset: Partial<NewAsset> & { readonly id: string }): NewAsset {
  const probe = asset.probe === undefined ? createProbeFacts(asset.kind ? { kind: asset.kind } : {}) : asset.probe;
  return {
    name: `${asset.id}.mp4`,
    kind: probe?.kind ?? 'video',
    mimeType: probe?.mimeType ?? 'video/mp4',
    sizeBytes: 1_250_000,
    sourceType: 'upload',
    probe,
    posterKey: null,
    blobKey: `assets/${asset.id}/1`,
    ...asset,
  };
}

/** The asset as a back end would hand it out, without asking one. */
export function createAsset(asset: Partial<Asset> & { readonly id: string }): Asset {
  const { studioMetadata, tags, ...base } = createNewAsset(asset);
  return {
    ...base,
    studioMetadata: studioMetadata ?? {},
    tags: tags ?? [],
    ownerId: 'owner',
    status: 'active',
    currentVersionId: `${asset.id}-v1`,
    rev: 1,
    createdAt: '2026-03-02T09:00:00.000Z',
    updatedAt: '2026-03-02T09:00:00.000Z',
    deletedAt: null,
    verifiedSha256: null,
    ...asset,
    fingerprint: asset.fingerprint ?? null,
  };
}

/** A clip of 60 frames from frame 0 of `track-1`, from `asset-1`, or what is said otherwise. */
export function createClip(
  clip: Partial<Omit<ClipRecord, 'id' | 'trackId'>> & { readonly id: string; readonly trackId?: string },
): ClipRecord {
  const { id, trackId = 'track-1', ...rest } = clip;
  return {
    type: 'clip',
    name: id,
    startFrame: 0,
    durationFrames: 60,
    source: { kind: 'asset', assetId: 'asset-1' as AssetId, trimStartFrame: 0, speed: { num: 1, den: 1 } },
    linkId: null,
    splitFrom: null,
    props: {},
    keyframes: {},
    ...rest,
    id: id as ClipId,
    trackId: trackId as TrackId,
  };
}

/** The document's record of an asset: its probe facts. */
export function createAssetRecord(id: string, facts: Partial<AssetRecord> = {}): AssetRecord {
  const probe = createProbeFacts(facts.kind ? { kind: facts.kind } : {});
  return {
    type: 'asset',
    name: `${id}.mp4`,
    kind: probe.kind,
    durationSeconds: probe.durationSeconds,
    width: probe.width,
    height: probe.height,
    rotation: probe.rotation,
    videoCodec: probe.videoCodec,
    audioCodec: probe.audioCodec,
    sampleRate: probe.sampleRate,
    channels: probe.channels,
    averageFrameRate: probe.averageFrameRate,
    variableFrameRate: probe.variableFrameRate,
    ...facts,
    id: id as AssetId,
  };
}

/**
 * A small lecture: three cuts of `asset-1` on the main track, a title over the second, a song of `asset-2` below.
 * With `clips` as many one-second cuts as asked for instead.
 */
export function createProjectDocument(options: { readonly clips?: number } = {}): TimelineDocument {
  const empty = createEmptyProject(countingIds('track'));
  const trackOf = (kind: string): string => {
    const found = empty.tracks.find((track) => track.kind === kind);
    if (!found) throw new RangeError(`an empty project has no ${kind} track`);
    return found.id;
  };
  const video = trackOf('video');
  const records: TimelineRecord[] = [
    ...empty.records(),
    createAssetRecord('asset-1', { name: 'Lecture 1.mp4', durationSeconds: Math.max(60, options.clips ?? 0) }),
    createAssetRecord('asset-2', { name: 'Theme.mp3', kind: 'audio', durationSeconds: 30 }),
  ];
  const cut = (
    id: string,
    name: string,
    startFrame: number,
    durationFrames: number,
    trimStartFrame: number,
  ): ClipRecord =>
    createClip({
      id,
      name,
      trackId: video,
      startFrame,
      durationFrames,
      source: { kind: 'asset', assetId: 'asset-1' as AssetId, trimStartFrame, speed: { num: 1, den: 1 } },
    });
  if (options.clips !== undefined) {
    for (let index = 0; index < options.clips; index += 1)
      records.push(cut(`clip-${String(index + 1)}`, `Cut ${String(index + 1)}`, index * 30, 30, index * 30));
    return createDocument({ records });
  }
  records.push(
    cut('clip-1', 'Welcome', 0, 150, 0),
    cut('clip-2', 'The question', 150, 240, 300),
    cut('clip-3', 'Summary', 390, 180, 900),
    createClip({
      id: 'clip-4',
      name: 'Title',
      trackId: trackOf('text'),
      startFrame: 165,
      durationFrames: 90,
      source: { kind: 'text', text: 'What is a limit?' },
    }),
    createClip({
      id: 'clip-5',
      name: 'Theme',
      trackId: trackOf('audio'),
      startFrame: 0,
      durationFrames: 540,
      source: { kind: 'asset', assetId: 'asset-2' as AssetId, trimStartFrame: 0, speed: { num: 1, den: 1 } },
      props: { volume: -12, fadeInFrames: 30, fadeOutFrames: 60 },
    }),
  );
  return createDocument({ records });
}
