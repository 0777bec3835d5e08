import { LecternError, type Asset } from '@lectern/ports';
import type { AssetId, AssetRecord } from '@lectern/timeline';

/**
 * The probe facts of an asset as a timeline keeps them.
 *
 * @throws `source-missing` for a deleted one, `undecodable` for one that this browser can't cut
 */
export function assetRecordOf(asset: Asset): AssetRecord {
  const { probe } = asset;
  if (asset.deletedAt !== null) throw new LecternError('source-missing', { details: { asset: asset.name } });
  if (!probe?.decodable) {
    const codec = probe?.videoCodec ?? probe?.audioCodec ?? null;
    throw new LecternError('undecodable', { details: { fileName: asset.name, ...(codec === null ? {} : { codec }) } });
  }
  return {
    type: 'asset',
    id: asset.id as AssetId,
    kind: probe.kind,
    name: asset.name,
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
  };
}
