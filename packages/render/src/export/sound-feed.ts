import { type ExportedFrames, LecternError } from '@lectern/ports';
import type { EarlierExport } from './earlier-export.js';
import { spanOf } from './export-packets.js';
import type { ExportPlan, PlannedSound } from './export-plan.js';
import type { SpanQueue } from './file-assembly.js';
import type { SectionPackets } from './part-format.js';
import type { PartStore } from './part-store.js';
import type { SoundCrew } from './sound-crew.js';

/** What a section was promised to be isn't there: it is made the next time. */
function brokenPromise(what: string, details: Readonly<Record<string, boolean>>): LecternError {
  return new LecternError('render-failed', {
    message: `${what} has damaged sound`,
    details: { again: true, ...details },
  });
}

export interface SoundFeedOptions {
  readonly sound: NonNullable<ExportPlan['sound']>;
  readonly crew: SoundCrew;
  /** How many workers may encode at once. */
  readonly workers: number;
  readonly parts: PartStore;
  readonly earlier: EarlierExport | null;
  readonly queue: SpanQueue<AudioDecoderConfig>;
  /** Frames that a section stands for: 0 where there are pictures. */
  readonly framesOf: (section: PlannedSound) => number;
  readonly onSection: (frames: ExportedFrames, endSeconds: number) => void;
}

/** Hands the sound to the file, section by section: kept ones, those of an earlier export, and what is encoded now. */
export async function feedSound(options: SoundFeedOptions): Promise<void> {
  const { sound, crew, workers, parts, earlier, queue, framesOf, onSection } = options;
  const { grid, encoder, gain, sections } = sound;
  const known = parts.known;
  const isKept = ({ fingerprint }: PlannedSound): boolean => known.has(fingerprint);
  const isThere = (planned: PlannedSound): boolean =>
    isKept(planned) || (earlier?.hasSound(planned.fingerprint) ?? false);
  crew.encode(
    sections.map((planned) => !isThere(planned)),
    gain,
    workers,
  );
  const seconds = grid.packetSamples / grid.sampleRate;
  for (const planned of sections) {
    const { section, fingerprint } = planned;
    const frames = framesOf(planned);
    await queue.room();
    let packets: SectionPackets<AudioDecoderConfig> | null;
    if (isKept(planned)) {
      packets = await parts.read(fingerprint);
      if (!packets) throw brokenPromise('a part', {});
      onSection({ copied: 0, reused: frames, encoded: 0 }, section.endSample / grid.sampleRate);
    } else if (earlier?.hasSound(fingerprint)) {
      packets = await earlier.sound(fingerprint);
      if (!packets) throw brokenPromise('the earlier export', { withoutReuse: true });
      onSection({ copied: 0, reused: frames, encoded: 0 }, section.endSample / grid.sampleRate);
    } else {
      packets = await crew.section(section.index);
      parts.write(fingerprint, frames, packets);
      onSection({ copied: 0, reused: 0, encoded: frames }, section.endSample / grid.sampleRate);
    }
    const first = section.index * grid.packetsPerSection;
    queue.add(spanOf(packets, (place) => (first + place) * seconds + encoder.shift));
  }
  queue.end();
}
