import { type ExportedFrames, LecternError, toLecternError } from '@lectern/ports';
import { documentFromRecords } from '@lectern/timeline';
import type { MediaLibrary } from '../media/media-library.js';
import type { ExportEvent, ExportOutcome, Helper, PictureExportTask } from '../worker/protocol.js';
import { encoderConfiguration } from './copy-encoder.js';
import { JoinedTrack } from './copy-joints.js';
import { CopyError } from './copy-stretches.js';
import { EarlierExport } from './earlier-export.js';
import { type ExportPlan, type PlannedSound, manifestOf, planExport } from './export-plan.js';
import { ProgressTeller } from './export-progress.js';
import { FileAssembly } from './file-assembly.js';
import { type OutputFile, openOutputFile } from './output-file.js';
import { type PartStore, noParts, openPartStore } from './part-store.js';
import { PictureProduction } from './picture-production.js';
import { exportFolder, openFolder } from './private-files.js';
import { framesPerSecond } from './section-plan.js';
import { SoundCrew, SoundLink } from './sound-crew.js';
import { feedSound } from './sound-feed.js';

/** Workers that encode sound at once: each holds an encoder, and its sources open. */
const mostSoundWorkers = 4;

/** Makes the file of an export: pictures here, sound from the workers beside this one. */
export async function exportPictures(
  task: PictureExportTask,
  library: MediaLibrary,
  signal: AbortSignal,
  tell: (event: ExportEvent) => void,
  help: (helper: Helper) => MessagePort,
): Promise<ExportOutcome> {
  const folder = task.place && (await openFolder(exportFolder, task.place.folder));
  const file = await openOutputFile(folder, task.place?.fileName ?? '', task.format.mimeType);
  try {
    const parts = folder && task.place.keepParts ? await openPartStore(folder) : noParts;
    return await new ExportRun(task, library, file, parts, signal, tell, help).run();
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    library.close();
  }
}

class ExportRun {
  readonly #task: PictureExportTask;
  readonly #library: MediaLibrary;
  readonly #file: OutputFile;
  readonly #parts: PartStore;
  readonly #signal: AbortSignal;
  readonly #progress: ProgressTeller;
  readonly #help: (helper: Helper) => MessagePort;
  #failure: { readonly error: unknown } | null = null;

  constructor(
    task: PictureExportTask,
    library: MediaLibrary,
    file: OutputFile,
    parts: PartStore,
    signal: AbortSignal,
    tell: (event: ExportEvent) => void,
    help: (helper: Helper) => MessagePort,
  ) {
    this.#help = help;
    this.#task = task;
    this.#library = library;
    this.#file = file;
    this.#parts = parts;
    this.#signal = signal;
    this.#progress = new ProgressTeller(task.endFrame - task.startFrame, () => file.size, tell);
  }

  async run(): Promise<ExportOutcome> {
    const { sound, reuseAssetId } = this.#task;
    const { onBeat } = this.#progress;
    const crew = sound && new SoundCrew(new SoundLink(sound, onBeat), () => new SoundLink(this.#help('sound'), onBeat));
    this.#progress.start();
    try {
      const plan = await planExport(this.#task, this.#library, crew && (await crew.setting), this.#signal);
      const earlier = reuseAssetId === null ? null : await EarlierExport.open(reuseAssetId, this.#library);
      return await this.#make(plan, crew, earlier);
    } catch (error) {
      throw toLecternError(error, 'render-failed');
    } finally {
      this.#progress.stop();
      crew?.close();
    }
  }

  async #make(plan: ExportPlan, crew: SoundCrew | null, earlier: EarlierExport | null): Promise<ExportOutcome> {
    const { format, startFrame, endFrame } = this.#task;
    const total = endFrame - startFrame;
    if (!plan.pictures && !plan.sound) throw new LecternError('encoder-unavailable');
    const assembly = new FileAssembly({
      format,
      file: this.#file,
      frameRate: plan.document.settings.frameRate,
      picturePackets: plan.pictures && total,
      soundPackets: plan.sound && Math.ceil(plan.sound.grid.samples / plan.sound.grid.packetSamples) + 64,
      joints: await this.#joints(plan, earlier),
      manifest: manifestOf(plan),
    });
    this.#progress.expect(this.#framesToEncode(plan, earlier));
    const started = performance.now();
    const production = this.#production(plan, crew, earlier, assembly);
    const soundFrames = { copied: 0, reused: 0, encoded: 0 };
    const feeding = this.#feeding(plan, crew, earlier, assembly, soundFrames);
    const makingPictures = production?.run().then(() => {
      crew?.demand(Infinity);
      this.#progress.finishing();
    });
    if (!production) crew?.demand(Infinity);
    const work = [assembly.run(), feeding, makingPictures ?? Promise.resolve()];
    try {
      await Promise.all(work);
      this.#progress.finishing();
      await this.#parts.settled();
    } catch (error) {
      this.#failure ??= { error };
      assembly.pictures?.fail(error);
      assembly.sound?.fail(error);
      crew?.fail(error);
      await Promise.allSettled(work);
      // What is whole stays for the next attempt.
      await this.#parts.settled().catch(() => undefined);
      throw error instanceof CopyError ? notCopied(error) : error;
    }
    const frames: ExportedFrames = production?.frames ?? soundFrames;
    return { blob: await this.#file.finish(), frames, encodingSeconds: (performance.now() - started) / 1000 };
  }

  #production(
    { document, pictures }: ExportPlan,
    crew: SoundCrew | null,
    earlier: EarlierExport | null,
    assembly: FileAssembly,
  ): PictureProduction | null {
    if (!pictures || !assembly.pictures) return null;
    const seconds = 1 / framesPerSecond(document.settings.frameRate);
    return new PictureProduction({
      task: this.#task,
      document,
      pictures,
      library: this.#library,
      parts: this.#parts,
      earlier,
      ffmpeg: () => this.#help('ffmpeg'),
      queue: assembly.pictures,
      signal: this.#signal,
      onClip: this.#progress.onClip,
      onFrame: (frame, encoded) => {
        crew?.demand(frame * seconds);
        this.#progress.advance(frame, encoded);
      },
      check: () => {
        if (this.#failure) throw this.#failure.error;
        this.#parts.check();
        crew?.check();
      },
    });
  }

  async #feeding(
    plan: ExportPlan,
    crew: SoundCrew | null,
    earlier: EarlierExport | null,
    assembly: FileAssembly,
    sum: { -readonly [K in keyof ExportedFrames]: number },
  ): Promise<void> {
    const { sound, document } = plan;
    if (!crew) return;
    if (!sound || !assembly.sound) {
      crew.encode([], 1, 1);
      return;
    }
    const total = this.#task.endFrame - this.#task.startFrame;
    const frameAt = (sample: number): number =>
      sample >= sound.grid.samples
        ? total
        : Math.floor((sample / sound.grid.sampleRate) * framesPerSecond(document.settings.frameRate));
    const framesOf = ({ section }: PlannedSound): number =>
      plan.pictures ? 0 : frameAt(section.endSample) - frameAt(section.startSample);
    await feedSound({
      sound,
      crew,
      workers: this.#soundWorkers(plan, earlier),
      parts: this.#parts,
      earlier,
      queue: assembly.sound,
      framesOf,
      onSection: ({ reused, encoded }, endSeconds) => {
        if (plan.pictures) return;
        sum.reused += reused;
        sum.encoded += encoded;
        // A file of sound alone: its sections tell how far it is.
        this.#progress.advance(frameAt(Math.round(endSeconds * sound.grid.sampleRate)), sum.encoded);
      },
    });
  }

  /** While pictures are encoded there is no core to spare; where most of them are there already, the sound takes longest. */
  #soundWorkers(plan: ExportPlan, earlier: EarlierExport | null): number {
    const total = this.#task.endFrame - this.#task.startFrame;
    if (plan.pictures && this.#framesToEncode(plan, earlier) > total / 2) return 1;
    return Math.max(1, Math.min(mostSoundWorkers, navigator.hardwareConcurrency));
  }

  /** One track of copies, kept sections, those of an earlier export, and what this encoder makes. */
  async #joints({ pictures }: ExportPlan, earlier: EarlierExport | null): Promise<JoinedTrack> {
    const sections = pictures?.sections ?? [];
    const { known } = this.#parts;
    const kept = sections.find(({ fingerprint }) => fingerprint !== null && known.has(fingerprint))?.fingerprint;
    const part = typeof kept === 'string' ? await this.#parts.read<VideoDecoderConfig>(kept) : null;
    const isTakenOver = sections.some(({ fingerprint }) => fingerprint !== null && earlier?.hasPictures(fingerprint));
    // Whatever encoded before encodes now, as a rule; where it doesn't, the track is complete all the same.
    const encoded = part?.config ?? (isTakenOver ? await earlier?.pictureConfig() : null) ?? null;
    const copied = (pictures?.copies ?? []).map(({ config }) => config);
    const encodes = sections.some(({ fingerprint }) => fingerprint !== null);
    const encoding =
      pictures && encodes && !encoded && copied.length > 0 ? await this.#configuration(pictures) : encoded;
    return new JoinedTrack(encoding ? [...copied, encoding] : copied);
  }

  /** What will be encoded is decoded with this. */
  async #configuration({
    codec,
    width,
    height,
  }: NonNullable<ExportPlan['pictures']>): Promise<VideoDecoderConfig | null> {
    const { preset, acceleration, records } = this.#task;
    const { frameRate } = documentFromRecords(records).settings;
    const rate = framesPerSecond(frameRate);
    const options = { codec, width, height, bitrate: preset.videoBitrate, frameRate: rate, acceleration };
    return encoderConfiguration(options).catch(() => null);
  }

  #framesToEncode({ pictures }: ExportPlan, earlier: EarlierExport | null): number {
    const total = this.#task.endFrame - this.#task.startFrame;
    if (!pictures) return total;
    const { known } = this.#parts;
    return pictures.sections
      .filter(({ fingerprint }) => fingerprint !== null)
      .filter(({ fingerprint }) => !known.has(fingerprint ?? '') && !earlier?.hasPictures(fingerprint ?? ''))
      .reduce((sum, { section }) => sum + section.endFrame - section.startFrame, 0);
  }
}

/** A source isn't what its index says: it is encoded, and then the decoder tells what can be shown of it. */
function notCopied(error: CopyError): LecternError {
  const asset = error.details['asset'] ?? '';
  return new LecternError('render-failed', { message: error.message, cause: error, details: { notCopied: asset } });
}
