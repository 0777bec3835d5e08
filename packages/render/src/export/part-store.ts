import { LecternError } from '@lectern/ports';
import type { Fingerprint } from './fingerprint.js';
import { type SectionPackets, isWhole, readPart, trailerBytes, writePart } from './part-format.js';
import type { SpanConfig } from './packet-span.js';
import { entriesOf, openForWriting, removeEntry } from './private-files.js';

/** Where the sections of an export are kept until the file is whole. */
export interface PartStore {
  /** Those that are there, to be read with `read`. */
  readonly known: ReadonlySet<Fingerprint>;
  /** Null when it isn't there, or isn't whole: then it is removed. */
  read<Config extends SpanConfig>(fingerprint: Fingerprint): Promise<SectionPackets<Config> | null>;
  /**
   * Begins to write; returns at once. Sections are written one after the other.
   *
   * @param frames how many frames of the export they stand for; 0 for sound beside pictures
   */
  write(fingerprint: Fingerprint, frames: number, section: SectionPackets): void;
  /** Resolves when all is written. @throws LecternError `quota-exceeded`, which is also thrown by the next `check` */
  settled(): Promise<void>;
  check(): void;
}

const suffix = '.part';

/** A part's name tells how many frames are in it, so that nobody has to read it to know. */
function nameOf(fingerprint: Fingerprint, frames: number): string {
  return `${fingerprint}.${String(frames)}${suffix}`;
}

interface PartName {
  readonly fingerprint: Fingerprint;
  readonly frames: number;
}

function parseName(name: string): PartName | null {
  const match = /^([\w-]+)\.(\d+)\.part$/.exec(name);
  return match?.[1] === undefined ? null : { fingerprint: match[1], frames: Number(match[2]) };
}

/** Nothing is kept: what is encoded goes into the file and nowhere else. */
export const noParts: PartStore = {
  known: new Set(),
  read: () => Promise.resolve(null),
  write: () => undefined,
  settled: () => Promise.resolve(),
  check: () => undefined,
};

/** The parts in a folder of the private file system; torn ones are removed. */
export async function openPartStore(folder: FileSystemDirectoryHandle): Promise<PartStore> {
  const names = new Map<Fingerprint, string>();
  const looks = (await entriesOf(folder)).map(async ([name, handle]) => {
    const part = parseName(name);
    if (!part) return;
    if (await wholeSize(handle)) names.set(part.fingerprint, name);
    else await removeEntry(folder, name);
  });
  await Promise.all(looks);
  return new FolderParts(folder, names);
}

/** The bytes of a part; 0 when it is torn. Reads no more than its end. */
async function wholeSize(handle: FileSystemHandle): Promise<number> {
  try {
    const file = await (handle as FileSystemFileHandle).getFile();
    const trailer = await file.slice(Math.max(0, file.size - trailerBytes)).arrayBuffer();
    return isWhole(new Uint8Array(trailer), file.size) ? file.size : 0;
  } catch {
    return 0;
  }
}

class FolderParts implements PartStore {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #names: Map<Fingerprint, string>;
  readonly #written = new Set<Fingerprint>();
  #writing: Promise<void> = Promise.resolve();
  #failure: LecternError | null = null;

  constructor(folder: FileSystemDirectoryHandle, names: Map<Fingerprint, string>) {
    this.#folder = folder;
    this.#names = names;
  }

  get known(): ReadonlySet<Fingerprint> {
    return new Set(this.#names.keys());
  }

  async read<Config extends SpanConfig>(fingerprint: Fingerprint): Promise<SectionPackets<Config> | null> {
    if (this.#written.has(fingerprint)) await this.#writing;
    const name = this.#names.get(fingerprint);
    if (name === undefined) return null;
    try {
      const file = await (await this.#folder.getFileHandle(name)).getFile();
      const part = readPart(new Uint8Array(await file.arrayBuffer()));
      if (part) return part as SectionPackets<Config>;
    } catch {
      // It can't be read: then it is made again.
    }
    this.#names.delete(fingerprint);
    this.#written.delete(fingerprint);
    await removeEntry(this.#folder, name);
    return null;
  }

  write(fingerprint: Fingerprint, frames: number, section: SectionPackets): void {
    // The same pictures may come twice in an export.
    if (this.#names.has(fingerprint) || this.#failure) return;
    const name = nameOf(fingerprint, frames);
    this.#names.set(fingerprint, name);
    this.#written.add(fingerprint);
    const bytes = writePart(section);
    this.#writing = this.#writing.then(async () => {
      if (this.#failure) return;
      try {
        await writeWhole(this.#folder, name, bytes);
      } catch (cause) {
        this.#failure = new LecternError('quota-exceeded', { cause });
      }
    });
  }

  async settled(): Promise<void> {
    await this.#writing;
    this.check();
  }

  check(): void {
    if (this.#failure) throw this.#failure;
  }
}

async function writeWhole(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const file = await openForWriting(folder, name);
  try {
    file.truncate(0);
    // A full disk may also just write less.
    if (file.write(bytes, { at: 0 }) < bytes.byteLength) throw new RangeError('not all of it was written');
  } finally {
    file.close();
  }
}

/** What is kept in the folder of an export, as far as its parts are whole. */
export interface KeptParts {
  readonly frames: number;
  readonly bytes: number;
}

/** Looks at the end of each part, and reads none. */
export async function lookAtParts(folder: FileSystemDirectoryHandle): Promise<KeptParts> {
  const looks = (await entriesOf(folder)).map(async ([name, handle]): Promise<KeptParts> => {
    const part = parseName(name);
    const bytes = part ? await wholeSize(handle) : 0;
    return { frames: part && bytes > 0 ? part.frames : 0, bytes };
  });
  const kept = await Promise.all(looks);
  return {
    frames: kept.reduce((sum, { frames }) => sum + frames, 0),
    bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
