import { frameToSeconds } from '@lectern/timeline';
import { EncodedPacketSink, type InputAudioTrack, type InputVideoTrack } from 'mediabunny';
import type { TimedMedia } from '../media/media-file.js';
import type { MediaLibrary } from '../media/media-library.js';
import { separateConfiguration } from './copy-joints.js';
import type { Fingerprint } from './fingerprint.js';
import { type Manifest, readManifest } from './manifest.js';
import type { SectionPacket, SectionPackets } from './part-format.js';

interface Place {
  /** Of the first packet: frames for pictures, packets for sound. */
  readonly start: number;
  /** Infinite for the last section of sound, which has what is left. */
  readonly count: number;
}

/** An exported file whose packets may be taken over, found by the fingerprints in it. */
export class EarlierExport {
  readonly #media: TimedMedia;
  readonly #manifest: Manifest;
  readonly #pictures = new Map<Fingerprint, Place>();
  readonly #sound = new Map<Fingerprint, Place>();
  readonly #frames: number;

  private constructor(media: TimedMedia, manifest: Manifest) {
    this.#media = media;
    this.#manifest = manifest;
    let frame = 0;
    for (const [fingerprint, frames] of manifest.pictures) {
      if (fingerprint !== null) this.#pictures.set(fingerprint, { start: frame, count: frames });
      frame += frames;
    }
    this.#frames = frame;
    const { sections, packetsPerSection } = manifest.sound ?? { sections: [], packetsPerSection: 0 };
    sections.forEach((fingerprint, index) => {
      const count = index === sections.length - 1 ? Infinity : packetsPerSection;
      this.#sound.set(fingerprint, { start: index * packetsPerSection, count });
    });
  }

  /** Null when there is no such file, or it says nothing of its making: then everything is made anew. */
  static async open(assetId: string, library: MediaLibrary): Promise<EarlierExport | null> {
    try {
      const media = await library.timed(assetId);
      const manifest = readManifest(await media.input.getMetadataTags());
      return manifest && new EarlierExport(media, manifest);
    } catch {
      return null;
    }
  }

  hasPictures(fingerprint: Fingerprint): boolean {
    return this.#pictures.has(fingerprint);
  }

  hasSound(fingerprint: Fingerprint): boolean {
    return this.#sound.has(fingerprint);
  }

  /** Bytes per frame, on average. */
  get bytesPerFrame(): number {
    return this.#media.blob.size / Math.max(1, this.#frames);
  }

  /** What its encoded pictures are decoded with; null when none of them can be taken over. */
  async pictureConfig(): Promise<VideoDecoderConfig | null> {
    const [fingerprint] = this.#pictures.keys();
    const section = fingerprint === undefined ? null : await this.pictures(fingerprint);
    return section?.config ?? null;
  }

  /** The packets of a section; null when the file doesn't have them as it says. */
  async pictures(fingerprint: Fingerprint): Promise<SectionPackets<VideoDecoderConfig> | null> {
    const place = this.#pictures.get(fingerprint);
    const { video } = this.#media;
    if (!place || !video) return null;
    try {
      return await readPictures(video, place, this.#manifest);
    } catch {
      return null;
    }
  }

  async sound(fingerprint: Fingerprint): Promise<SectionPackets<AudioDecoderConfig> | null> {
    const place = this.#sound.get(fingerprint);
    const { audio } = this.#media;
    if (!place || !audio) return null;
    try {
      return await readSound(audio, place, this.#manifest);
    } catch {
      return null;
    }
  }
}

async function readPictures(
  track: InputVideoTrack,
  { start, count }: Place,
  { frameRate }: Manifest,
): Promise<SectionPackets<VideoDecoderConfig> | null> {
  const trackConfig = await track.getDecoderConfig();
  if (!trackConfig) return null;
  let config: VideoDecoderConfig | null = null;
  const sink = new EncodedPacketSink(track);
  const half = frameToSeconds(1, frameRate) / 2;
  const first = await sink.getKeyPacket(frameToSeconds(start, frameRate) + half);
  if (!first) return null;
  const packets: SectionPacket[] = [];
  for await (const packet of sink.packets(first)) {
    const at = Math.round((packet.timestamp * frameRate.num) / frameRate.den) - start;
    // The section is the file's, frame by frame, or it isn't used at all.
    if (at !== packets.length || (at === 0 && packet.type !== 'key')) return null;
    const plain = packet.type === 'key' ? separateConfiguration(packet.data, trackConfig) : null;
    config ??= plain?.config ?? trackConfig;
    packets.push({ at, key: packet.type === 'key', data: (plain?.data ?? packet.data) as Uint8Array<ArrayBuffer> });
    if (packets.length === count) return { config, packets };
  }
  return null;
}

async function readSound(
  track: InputAudioTrack,
  { start, count }: Place,
  { sound }: Manifest,
): Promise<SectionPackets<AudioDecoderConfig> | null> {
  const config = await track.getDecoderConfig();
  if (!config || !sound) return null;
  const sink = new EncodedPacketSink(track);
  const seconds = sound.packetSamples / sound.sampleRate;
  const origin = (await sink.getFirstPacket({ metadataOnly: true }))?.timestamp ?? 0;
  const first = await sink.getPacket(origin + (start + 0.5) * seconds);
  if (!first) return null;
  const packets: SectionPacket[] = [];
  for await (const packet of sink.packets(first)) {
    const at = Math.round((packet.timestamp - origin) / seconds) - start;
    if (at !== packets.length) return null;
    packets.push({ at, key: true, data: packet.data as Uint8Array<ArrayBuffer> });
    if (packets.length === count) break;
  }
  return packets.length === count || count === Infinity ? { config, packets } : null;
}
