import type { ContainerFormat } from '@lectern/ports';
import type { FrameRate } from '@lectern/timeline';
import type { MetadataTags } from 'mediabunny';
import type { Fingerprint } from './fingerprint.js';

/**
 * What an exported file says about its own making, so that a later export of the project can take over what is the same:
 * the sections in order, each with its fingerprint and its length.
 */
export interface Manifest {
  readonly version: 1;
  readonly frameRate: FrameRate;
  /** Frames of each section; no fingerprint where the packets were copied from a source. */
  readonly pictures: readonly (readonly [fingerprint: Fingerprint | null, frames: number])[];
  readonly sound: ManifestSound | null;
}

export interface ManifestSound {
  readonly sampleRate: number;
  readonly packetSamples: number;
  readonly packetsPerSection: number;
  readonly sections: readonly Fingerprint[];
}

/** Its place among the tags of a file: an atom of the item list in MP4, a simple tag in WebM. */
const keys: Readonly<Record<ContainerFormat, string>> = { mp4: 'lctn', webm: 'LECTERN' };

export function manifestTags(container: ContainerFormat, manifest: Manifest): MetadataTags {
  return { comment: 'Made with Lectern', raw: { [keys[container]]: JSON.stringify(manifest) } };
}

/** The manifest among a file's tags; null when there is none that can be understood. */
export function readManifest({ raw }: MetadataTags): Manifest | null {
  const text = raw?.[keys.mp4] ?? raw?.[keys.webm];
  if (typeof text !== 'string') return null;
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> | null;
    const { version, frameRate, pictures, sound } = manifest ?? {};
    if (version !== 1 || !isRate(frameRate) || !Array.isArray(pictures) || sound === undefined) return null;
    if (!pictures.every(isPictureEntry) || !(sound === null || isSound(sound))) return null;
    return { version, frameRate, pictures, sound };
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isRate(value: unknown): value is FrameRate {
  const { num, den } = (value ?? {}) as Partial<FrameRate>;
  return isCount(num) && isCount(den);
}

function isPictureEntry(value: unknown): value is Manifest['pictures'][number] {
  if (!Array.isArray(value)) return false;
  const [fingerprint, frames] = value as unknown[];
  return (fingerprint === null || typeof fingerprint === 'string') && isCount(frames);
}

function isSound(value: unknown): value is ManifestSound {
  const { sampleRate, packetSamples, packetsPerSection, sections } = value as Partial<ManifestSound>;
  return (
    isCount(sampleRate) &&
    isCount(packetSamples) &&
    isCount(packetsPerSection) &&
    Array.isArray(sections) &&
    sections.every((each) => typeof each === 'string')
  );
}
