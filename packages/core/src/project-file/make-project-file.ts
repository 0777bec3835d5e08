import type { Asset } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import type { StoredTimeline } from '@lectern/timeline/schema';
import { crc32OfBytes } from '../autosave/crc32.js';
import { fileNameOf, mediaNameOf } from './file-names.js';
import { digestOf, type DigestOptions } from './media-digest.js';
import { printProjectFile } from './print-project-file.js';
import {
  projectEntryName,
  projectFileFormat,
  projectFileVersion,
  type ProjectFileAsset,
  type ProjectFileJson,
} from './project-file.js';
import { zipOf, type ZipPart } from './zip-writer.js';

/** What is to be put into a file. */
export interface ProjectToWrite {
  readonly title: string;
  readonly description: string;
  readonly document: TimelineDocument;
  /** The document as it is stored. */
  readonly stored: StoredTimeline;
  /** What the library knows of the document's assets, by id; what it lacks is told from the document. */
  readonly assets: ReadonlyMap<string, Asset>;
}

export interface MadeProjectFile {
  readonly blob: Blob;
  readonly fileName: string;
}

/** A project as one readable JSON file, without its media. */
export function makeProjectFile(project: ProjectToWrite): MadeProjectFile {
  const blob = new Blob([printProjectFile(jsonOf(project, new Map()))], { type: 'application/json' });
  return { blob, fileName: `${fileNameOf(project.title, 'project')}.lectern.json` };
}

/**
 * A project with its media, as a zip of files that are stored as they are. Each is read once, for its checksums; the
 * file itself is made of the blobs given, so that neither memory nor disk is needed for it until it is saved.
 */
export async function makeProjectFileWithMedia(
  project: ProjectToWrite,
  media: ReadonlyMap<string, Blob>,
  options: DigestOptions = {},
): Promise<MadeProjectFile> {
  const packed = new Map<string, PackedMedia>();
  for (const [id, data] of media) {
    const { crc32, contentHash, sizeBytes } = await digestOf(data, options);
    const name = project.assets.get(id)?.name ?? id;
    packed.set(id, {
      part: { name: `media/${String(packed.size + 1)}-${mediaNameOf(name)}`, data, crc32 },
      contentHash,
      sizeBytes,
    });
  }
  const text = new TextEncoder().encode(printProjectFile(jsonOf(project, packed)));
  const parts: readonly ZipPart[] = [
    { name: projectEntryName, data: new Blob([text]), crc32: crc32OfBytes(text) },
    ...[...packed.values()].map(({ part }) => part),
  ];
  return { blob: zipOf(parts, 'application/zip'), fileName: `${fileNameOf(project.title, 'project')}.lectern` };
}

interface PackedMedia {
  readonly part: ZipPart;
  readonly contentHash: string;
  readonly sizeBytes: number;
}

function jsonOf(project: ProjectToWrite, media: ReadonlyMap<string, PackedMedia>): ProjectFileJson {
  const { title, description, document, stored } = project;
  // In the order in which the document is stored.
  const records = [...document.records()].filter((record) => record.type === 'asset');
  const assets = records.map((record): ProjectFileAsset => {
    const asset = project.assets.get(record.id);
    const packed = media.get(record.id);
    return {
      id: record.id,
      name: asset?.name ?? record.name,
      kind: record.kind,
      mimeType: asset?.mimeType ?? null,
      sizeBytes: packed?.sizeBytes ?? asset?.sizeBytes ?? null,
      contentHash: packed?.contentHash ?? null,
      media: packed?.part.name ?? null,
    };
  });
  return { format: projectFileFormat, formatVersion: projectFileVersion, title, description, document: stored, assets };
}
