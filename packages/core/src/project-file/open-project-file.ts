import { LecternError } from '@lectern/ports';
import { assertTextSize, parseProjectFile } from './parse-project-file.js';
import { projectEntryName, type OpenedProjectFile, type ProjectFileMedia } from './project-file.js';
import { projectFileError } from './project-file-error.js';
import { openZip, type ZipEntry } from './zip-archive.js';

/**
 * Opens a project file of either form. Of the media only what the zip's directory says is looked at; `read` checks it.
 *
 * @throws as `parseProjectFile` and `openZip` do; `file-empty`; `corrupt` for media that the file lacks
 */
export async function openProjectFile(file: Blob): Promise<OpenedProjectFile> {
  if (file.size === 0) throw new LecternError('file-empty');
  const start = new Uint8Array(await file.slice(0, 64).arrayBuffer());
  if (isZip(start)) return openZippedProject(file);
  // Anything else that is large isn't read to find out that it is something else.
  if (!beginsLikeJson(start)) throw projectFileError('file-type-unknown');
  assertTextSize(file.size);
  const project = parseProjectFile(new Uint8Array(await file.arrayBuffer()));
  return { ...project, media: new Map() };
}

async function openZippedProject(file: Blob): Promise<OpenedProjectFile> {
  const entries = await openZip(file);
  const text = entries.get(projectEntryName);
  if (text === undefined) throw projectFileError('file-type-unknown');
  assertTextSize(text.sizeBytes);
  const { blob } = await text.read();
  const project = parseProjectFile(new Uint8Array(await blob.arrayBuffer()));
  const media = new Map<string, ProjectFileMedia>();
  for (const asset of project.assets.values()) {
    if (asset.media === null) continue;
    const entry = entries.get(asset.media);
    if (entry?.sizeBytes !== asset.sizeBytes) throw projectFileError('corrupt', { details: { entry: asset.media } });
    media.set(asset.id, mediaOf(entry, asset.contentHash));
  }
  return { ...project, media };
}

function mediaOf(entry: ZipEntry, contentHash: string | null): ProjectFileMedia {
  return {
    sizeBytes: entry.sizeBytes,
    async read(options) {
      const { blob, digest } = await entry.read(options);
      if (contentHash !== null && digest.contentHash !== contentHash)
        throw projectFileError('corrupt', { details: { entry: entry.name } });
      return { blob, contentHash: digest.contentHash };
    },
  };
}

function isZip(start: Uint8Array): boolean {
  const [p, k, three, four] = start;
  return p === 0x50 && k === 0x4b && ((three === 3 && four === 4) || (three === 5 && four === 6));
}

function beginsLikeJson(start: Uint8Array): boolean {
  const text = new TextDecoder().decode(start).trimStart();
  return text.startsWith('{');
}
