/** Makes the files that are measured with, by ffmpeg, into a folder where they stay until the recipe changes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chirpSound } from './chirps.js';
import { type PictureSeries, countingPictures } from './counting-picture.js';
import { ffmpeg } from './ffmpeg.js';

/** What goes into a file. */
export interface Ingredients {
  readonly pictures?: Partial<PictureSeries> & {
    /** Pictures per second, as ffmpeg writes it; the time that a picture gets when no filter changes it. */
    readonly rate: string;
    readonly count: number;
  };
  readonly sound?: {
    readonly sampleRate: number;
    readonly seconds: number;
    /** 1 when left out. Every channel but the one for effects has the same. */
    readonly channels?: number;
    /** Seconds from one sweep to the next. */
    readonly interval?: number;
  };
  /** Filters of the pictures, before they are brought to the colours asked for. */
  readonly filter?: string;
  /** `bt709` when left out; `none` leaves it to `filter` and `args`. */
  readonly colours?: Colours;
  /** Everything after the inputs but the file. */
  readonly args: readonly string[];
  /** Options of the input of sound. */
  readonly soundInput?: readonly string[];
}

export type Colours = 'bt709' | 'bt601' | 'bt709-full' | 'bt601-full' | 'untagged-601' | 'untagged-709' | 'none';

const matrixOf = { bt709: 'bt709', bt601: 'smpte170m' } as const;

function colourArguments(colours: Colours, alpha: boolean): { filter: string | null; args: readonly string[] } {
  if (colours === 'none') return { filter: null, args: [] };
  const matrix = colours.includes('709') ? 'bt709' : 'bt601';
  const full = colours.endsWith('-full');
  const range = full ? 'pc' : 'tv';
  const format = alpha ? 'yuva420p' : full ? 'yuvj420p' : 'yuv420p';
  const scale = `scale=in_range=pc:out_color_matrix=${matrix}:out_range=${range}:flags=accurate_rnd+full_chroma_int`;
  const filter = `${scale},format=${format}`;
  // The filter leaves its own tags on the pictures; an untagged file needs them taken off.
  if (colours.startsWith('untagged')) {
    const off = 'setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown';
    return { filter: `${filter},${off}`, args: ['-colorspace', 'unknown'] };
  }
  const tags = matrixOf[matrix];
  return {
    filter,
    args: ['-colorspace', tags, '-color_primaries', tags, '-color_trc', tags, '-color_range', range],
  };
}

/** The usual size of the sources. */
export const sourceSize: { readonly width: number; readonly height: number } = { width: 384, height: 216 };

/** What a recipe makes its file with. */
export class SourceKit {
  readonly #folder: string;
  #files = 0;

  /** @param folder for what is needed on the way */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A name for a file on the way. */
  scratch(name: string): string {
    this.#files += 1;
    return path.join(this.#folder, `${String(this.#files)}-${name}`);
  }

  /** Encodes pictures and sound into a file. */
  async encode(file: string, ingredients: Ingredients): Promise<void> {
    const { pictures, sound, args, filter, colours = 'bt709' } = ingredients;
    const inputs: string[] = [];
    const outputs: string[] = [];
    let series: PictureSeries | null = null;
    if (pictures) {
      series = { ...sourceSize, source: 1, ...pictures };
      const { width, height, alpha = false } = series;
      inputs.push('-f', 'rawvideo', '-pix_fmt', alpha ? 'rgba' : 'rgb24', '-s', `${String(width)}x${String(height)}`);
      inputs.push('-r', pictures.rate, '-i', 'pipe:0');
      const colour = colourArguments(colours, alpha);
      const filters = [filter, colour.filter].filter((each) => each !== undefined && each !== null);
      if (filters.length > 0) outputs.push('-vf', filters.join(','));
      outputs.push(...colour.args);
    }
    if (sound) {
      inputs.push(...(ingredients.soundInput ?? []), '-i', this.wave(sound));
    }
    await ffmpeg(
      [...inputs, ...outputs, ...args, '-threads', '2', '-fflags', '+bitexact', file],
      series ? countingPictures(series) : undefined,
    );
  }

  /** A WAV file of sweeps. */
  wave({ sampleRate, seconds, channels = 1, interval }: NonNullable<Ingredients['sound']>): string {
    const mono = chirpSound(seconds, sampleRate, interval);
    const header = Buffer.alloc(68);
    const bytes = mono.length * channels * 2;
    header.write('RIFF', 0, 'latin1');
    header.writeUInt32LE(60 + bytes, 4);
    header.write('WAVEfmt ', 8, 'latin1');
    header.writeUInt32LE(40, 16);
    // WAVE_FORMAT_EXTENSIBLE, which tells which speakers the channels are for.
    header.writeUInt16LE(0xfffe, 20);
    header.writeUInt16LE(channels, 22);
    header.writeUInt32LE(sampleRate, 24);
    header.writeUInt32LE(sampleRate * channels * 2, 28);
    header.writeUInt16LE(channels * 2, 32);
    header.writeUInt16LE(16, 34);
    header.writeUInt16LE(22, 36);
    header.writeUInt16LE(16, 38);
    header.writeUInt32LE(channels === 1 ? 0x4 : channels === 2 ? 0x3 : 0x3f, 40);
    Buffer.from('0100000000001000800000aa00389b71', 'hex').copy(header, 44);
    header.write('data', 60, 'latin1');
    header.writeUInt32LE(bytes, 64);
    const data = Buffer.alloc(bytes);
    for (let n = 0; n < mono.length; n += 1) {
      const value = Math.round((mono[n] ?? 0) * 32_767);
      for (let channel = 0; channel < channels; channel += 1) {
        // The fourth of six is for effects.
        if (channels < 6 || channel !== 3) data.writeInt16LE(value, (n * channels + channel) * 2);
      }
    }
    const file = this.scratch('sound.wav');
    writeFileSync(file, Buffer.concat([header, data]));
    return file;
  }

  /** Runs ffmpeg on files. */
  async run(...args: readonly string[]): Promise<void> {
    await ffmpeg(args);
  }
}

/** Makes a file, or finds it made by the same recipe. */
export async function makeSource(folder: string, name: string, recipe: Recipe): Promise<string> {
  const version = recipeVersion(recipe);
  const file = path.join(folder, name);
  const stamp = `${file}.recipe`;
  if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return file;
  const scratch = path.join(folder, `making-${String(process.pid)}-${name}`);
  mkdirSync(scratch, { recursive: true });
  try {
    const made = path.join(scratch, name);
    await recipe(new SourceKit(scratch), made);
    renameSync(made, file);
    writeFileSync(stamp, version);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
}

/** How a file is made. */
export type Recipe = (kit: SourceKit, file: string) => Promise<void>;

/** Changes when a recipe, or the code that all of them share, does. */
function recipeVersion(recipe: Recipe): string {
  const hash = createHash('sha256').update(recipe.toString());
  for (const name of ['make-source.ts', 'counting-picture.ts', 'chirps.ts', 'sources.ts', 'containers.ts']) {
    hash.update(readFileSync(path.join(import.meta.dirname, name)));
  }
  return hash.digest('hex');
}
