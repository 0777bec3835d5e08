/** The files that are measured with, on disk as they are in use: a page that holds them in memory measures that. */
const folder = 'bench-media';
const files = new Map<string, Promise<File>>();

export function load(name: string): Promise<File> {
  let file = files.get(name);
  if (!file) {
    file = fetchToDisk(name);
    files.set(name, file);
  }
  return file;
}

async function fetchToDisk(name: string): Promise<File> {
  const root = await navigator.storage.getDirectory();
  const media = await root.getDirectoryHandle(folder, { create: true });
  const handle = await media.getFileHandle(name, { create: true });
  const known = await handle.getFile();
  if (known.size > 0) return known;
  const { body } = await fetch(`/media/${name}`);
  if (!body) throw new Error(`${name} is missing`);
  await body.pipeTo(await handle.createWritable());
  return handle.getFile();
}

export const seconds = (since: number): number => (performance.now() - since) / 1000;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

let kept: Blob | null = null;

/** Keeps what was made, so that the bench can take it out of the browser. */
export function keep(blob: Blob): void {
  kept = blob;
}

/** Lets the browser download what was kept. */
export function download(): void {
  if (!kept) throw new Error('nothing was kept');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(kept);
  link.download = 'made';
  link.click();
}

export function forgetKept(): void {
  kept = null;
}
