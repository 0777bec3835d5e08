import type { Asset, AssetKind, AssetSourceType } from '@lectern/ports';
import type { Messages, PlainMessageKey } from '@lectern/core';
import type { IconName } from '../foundation/icon.js';

/** The icon and the word of each kind of media. */
export const kindIcons: Readonly<Record<AssetKind, IconName>> = { video: 'video', audio: 'waveform', image: 'image' };
export const kindKeys: Readonly<Record<AssetKind, PlainMessageKey>> = {
  video: 'library.kindVideo',
  audio: 'library.kindAudio',
  image: 'library.kindImage',
};
export const sourceIcons: Readonly<Record<AssetSourceType, IconName>> = {
  upload: 'upload',
  recording: 'record',
  export: 'export',
};
export const sourceKeys: Readonly<Record<AssetSourceType, PlainMessageKey>> = {
  upload: 'library.sourceUpload',
  recording: 'library.sourceRecording',
  export: 'library.sourceExport',
};

/** `0:12`, or nothing for a picture. */
export function lengthOf(asset: Asset, messages: Messages): string {
  const seconds = asset.probe?.durationSeconds ?? 0;
  return asset.kind === 'image' || seconds <= 0 ? '' : messages.format.duration(seconds);
}

/** True when this browser can't decode it, so that it can be kept but not cut. */
export function isUndecodable(asset: Asset): boolean {
  return asset.probe?.decodable === false;
}

/** The project that an export or a recording was made from, or null. */
export function projectOf(asset: Asset): string | null {
  const id = asset.studioMetadata['project_id'];
  return typeof id === 'string' && id !== '' ? id : null;
}

const codecs: Readonly<Record<string, string>> = {
  avc: 'H.264',
  h264: 'H.264',
  mpeg1video: 'MPEG-1',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  dts: 'DTS',
  hevc: 'H.265',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  prores: 'ProRes',
  aac: 'AAC',
  opus: 'Opus',
  mp3: 'MP3',
  vorbis: 'Vorbis',
  flac: 'FLAC',
};

/** The codecs as people write them, or null when there is none. */
export function codecNames(...names: readonly (string | null)[]): string | null {
  const known = names.filter((name) => name !== null && name !== '') as string[];
  return known.length === 0 ? null : known.map((name) => codecs[name] ?? name.toUpperCase()).join(' · ');
}
