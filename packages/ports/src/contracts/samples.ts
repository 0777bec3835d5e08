import type { Backend } from '../backend.js';
import type { CourseChange } from '../domain/course.js';
import type { Asset, NewAsset, ProbeFacts } from '../domain/asset.js';
import type { SaveRequest } from '../domain/project.js';

/** Facts of a ten-second video. */
export function sampleFacts(facts: Partial<ProbeFacts> = {}): ProbeFacts {
  return {
    kind: 'video',
    container: 'mp4',
    mimeType: 'video/mp4',
    durationSeconds: 10,
    width: 1280,
    height: 720,
    rotation: 0,
    videoCodec: 'avc',
    audioCodec: 'aac',
    sampleRate: 48_000,
    channels: 2,
    averageFrameRate: 30,
    variableFrameRate: false,
    bitrate: 1_000_000,
    hasAlpha: false,
    decodable: true,
    ...facts,
  };
}

/** Stores a few bytes and makes an asset of them. */
export async function storeAsset(
  { assets, blobs }: Pick<Backend, 'assets' | 'blobs'>,
  id: string,
  fields: Partial<NewAsset> = {},
): Promise<Asset> {
  const blobKey = `assets/${id}/${crypto.randomUUID()}`;
  await blobs.put(blobKey, new Blob(['lecture'], { type: 'video/mp4' }));
  return assets.create({
    id,
    name: 'Lecture.mp4',
    kind: 'video',
    mimeType: 'video/mp4',
    sizeBytes: 7,
    sourceType: 'upload',
    probe: sampleFacts(),
    posterKey: null,
    blobKey,
    ...fields,
  });
}

export function sampleSave(projectId: string, fields: Partial<SaveRequest> = {}): SaveRequest {
  return {
    projectId,
    baseRev: 0,
    saveId: crypto.randomUUID(),
    hash: 'a'.repeat(64),
    schemaVersion: 1,
    state: { schemaVersion: 1, records: [] },
    kind: 'auto',
    title: 'Optics',
    totalFrames: 300,
    durationSeconds: 10,
    assetIds: [],
    ...fields,
  };
}

/** Applies changes one after the other. */
export async function applyAll({ courses }: Pick<Backend, 'courses'>, changes: readonly CourseChange[]): Promise<void> {
  for (const change of changes) await courses.apply(change);
}
