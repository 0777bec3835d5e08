import type { FileHandle } from '@lectern/ports';
import type { NamedFile } from '@lectern/core';

/** A file that a person brings, with a handle to it where the browser gives one: its upload can go on after a reload. */
export interface BroughtFile extends NamedFile {
  readonly file: File;
}

export function broughtFile(file: File, handle?: FileHandle): BroughtFile {
  return { file, fileName: file.name, ...(handle ? { handle } : {}) };
}

/** A handle as Chromium gives it; TypeScript's own types don't have all of it. */
interface EntryHandle extends FileHandle {
  readonly kind: 'file' | 'directory';
  readonly name: string;
  getFile(): Promise<File>;
  values(): AsyncIterable<EntryHandle>;
}

/** The files of a drop, those in folders too. What was dropped has to be taken before anything is awaited. */
export async function filesOf(transfer: DataTransfer): Promise<readonly BroughtFile[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const dropped = items.map((item) => ({
    file: item.getAsFile(),
    entry: item.webkitGetAsEntry(),
    handle: handleOf(item),
  }));
  const found = await Promise.all(
    dropped.map(async ({ file, entry, handle: promised }) => {
      const handle = await promised;
      if (handle?.kind === 'directory') return filesInFolder(handle);
      if (entry?.isDirectory === true) return filesBelow(entry);
      return file ? [broughtFile(file, handle ?? undefined)] : [];
    }),
  );
  return found.flat();
}

/** What a page may refuse, it refuses in many ways: the file alone will do then. */
async function handleOf(item: DataTransferItem): Promise<EntryHandle | null> {
  const { getAsFileSystemHandle: read } = item as { getAsFileSystemHandle?: () => Promise<EntryHandle | null> };
  try {
    return (await read?.call(item)) ?? null;
  } catch {
    return null;
  }
}

async function filesInFolder(folder: EntryHandle): Promise<readonly BroughtFile[]> {
  const files: BroughtFile[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind === 'directory') files.push(...(await filesInFolder(handle)));
    else if (!isHidden(handle.name)) {
      const file = await handle.getFile().catch(() => null);
      if (file) files.push(broughtFile(file, handle));
    }
  }
  return files;
}

async function filesBelow(entry: FileSystemEntry): Promise<readonly BroughtFile[]> {
  if (entry.isFile) {
    return new Promise((resolve) => {
      (entry as FileSystemFileEntry).file(
        (file) => {
          resolve(isHidden(file.name) ? [] : [broughtFile(file)]);
        },
        () => {
          resolve([]);
        },
      );
    });
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<readonly FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => {
        resolve([]);
      });
    });
    if (batch.length === 0) break;
    all.push(...batch);
  }
  return (await Promise.all(all.map(filesBelow))).flat();
}

/** What a system puts into folders for itself. */
function isHidden(name: string): boolean {
  return name.startsWith('.');
}

/** Whether a file passes the `accept` of a file input: media types, `video/*` and `.ext`, separated by commas. */
export function isAccepted(file: File, accept: string | null): boolean {
  const patterns = patternsOf(accept);
  if (patterns.length === 0) return true;
  const name = file.name.toLowerCase();
  const type = file.type.toLowerCase();
  return patterns.some((pattern) => {
    if (pattern.startsWith('.')) return name.endsWith(pattern);
    if (pattern.endsWith('/*')) return type.startsWith(pattern.slice(0, -1));
    return type === pattern;
  });
}

function patternsOf(accept: string | null): readonly string[] {
  return (accept ?? '')
    .split(',')
    .map((pattern) => pattern.trim().toLowerCase())
    .filter((pattern) => pattern !== '');
}

interface PickerOptions {
  readonly multiple: boolean;
  readonly types?: readonly { readonly accept: Readonly<Record<string, readonly string[]>> }[];
}
type Picker = (options: PickerOptions) => Promise<readonly EntryHandle[]>;

/**
 * Asks for files in the system's dialog by the way that gives handles. Null where this page hasn't that way, so that a
 * file input has to ask; no files when it was closed without a choice.
 */
export async function pickFiles(accept: string): Promise<readonly BroughtFile[] | null> {
  const { showOpenFilePicker: pick } = globalThis as { showOpenFilePicker?: Picker };
  // It knows media types with extensions, so what names extensions alone stays with the input.
  const patterns = patternsOf(accept);
  if (pick === undefined || patterns.some((pattern) => !/^\w+\/[\w.+*-]+$/.test(pattern))) return null;
  try {
    const handles = await pick.call(globalThis, {
      multiple: true,
      types: [{ accept: Object.fromEntries(patterns.map((pattern) => [pattern, []])) }],
    });
    return await Promise.all(handles.map(async (handle) => broughtFile(await handle.getFile(), handle)));
  } catch (error) {
    // A frame of another origin may not ask this way.
    return error instanceof DOMException && error.name === 'AbortError' ? [] : null;
  }
}
