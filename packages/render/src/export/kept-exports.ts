import type { ExportedFrames, ExportRequest, Json, UnfinishedExport } from '@lectern/ports';
import { type TimelineRecord, documentFromRecords } from '@lectern/timeline';
import { ifFree } from './browser-locks.js';
import { exportRange } from '../presets.js';
import { lookAtParts } from './part-store.js';
import { entriesOf, exportFolder, openFolder, removeEntry } from './private-files.js';

/** What is written down of a named export before it is begun: enough to go on with it in another page. */
export interface JobRecord {
  readonly version: 1;
  readonly startedAt: number;
  readonly request: Omit<ExportRequest, 'document'> & { readonly records: readonly TimelineRecord[] };
  readonly context: Json;
}

/** What is written down when the file is whole. */
export interface FinishedRecord {
  readonly version: 1;
  readonly fileName: string;
  readonly frames: ExportedFrames;
  /** The request that it was made for, as in the job record. */
  readonly request: string;
}

export const jobFile = 'job.json';
export const finishedFile = 'finished.json';
/** An export that nobody went on with for so long isn't kept any more. */
const longestKept = 14 * 24 * 3600 * 1000;

/** The lock of whoever works on an export, or still needs its file. */
export function lockOfExport(id: string): string {
  return `lectern-export:${id}`;
}

/** A name may come from a host: in the file system it is one folder, whatever is in it. */
export function folderOf(id: string): string {
  return id.replaceAll(/[^\w-]/g, (character) => `%${character.codePointAt(0)?.toString(16) ?? ''}`);
}

export async function readJson(folder: FileSystemDirectoryHandle, name: string): Promise<unknown> {
  try {
    return JSON.parse(await (await (await folder.getFileHandle(name)).getFile()).text());
  } catch {
    // Not there, or torn.
    return null;
  }
}

export async function readJob(folder: FileSystemDirectoryHandle): Promise<JobRecord | null> {
  const job = (await readJson(folder, jobFile)) as Partial<JobRecord> | null;
  return job?.version === 1 && typeof job.startedAt === 'number' && Array.isArray(job.request?.records)
    ? (job as JobRecord)
    : null;
}

export async function readFinished(folder: FileSystemDirectoryHandle): Promise<FinishedRecord | null> {
  const finished = (await readJson(folder, finishedFile)) as Partial<FinishedRecord> | null;
  return finished?.version === 1 && typeof finished.fileName === 'string' ? (finished as FinishedRecord) : null;
}

export function plainRequest({ document, ...rest }: ExportRequest): JobRecord['request'] {
  return { ...rest, records: [...document.records()] };
}

function requestOf({ records, ...rest }: JobRecord['request']): ExportRequest {
  return { ...rest, document: documentFromRecords(records) };
}

/** Folders of exports, with the names that they were given. */
async function foldersOfExports(): Promise<readonly (readonly [string, FileSystemDirectoryHandle])[]> {
  const root = await openFolder(exportFolder);
  if (!root) return [];
  return (await entriesOf(root)).flatMap(([name, handle]) =>
    handle.kind === 'directory' ? [[name, handle as FileSystemDirectoryHandle] as const] : [],
  );
}

function idOf(folder: string): string {
  return folder.replaceAll(/%([\da-f]+)/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}

/** The named exports that no page works on, oldest first. */
export async function listUnfinished(): Promise<readonly UnfinishedExport[]> {
  const found: UnfinishedExport[] = [];
  for (const [name, folder] of await foldersOfExports()) {
    await ifFree(lockOfExport(idOf(name)), async () => {
      const job = await readJob(folder);
      if (!job) return;
      try {
        const request = requestOf(job.request);
        const { startFrame, endFrame } = exportRange(request);
        const totalFrames = endFrame - startFrame;
        const frame = (await readFinished(folder)) ? totalFrames : (await lookAtParts(folder)).frames;
        found.push({
          id: idOf(name),
          startedAt: job.startedAt,
          request,
          context: job.context,
          frame: Math.min(frame, totalFrames),
          totalFrames,
        });
      } catch {
        // Written by a version whose records this one can't read: it is cleared away in time.
      }
    });
  }
  return found.sort((a, b) => a.startedAt - b.startedAt);
}

/** Removes a named export. Whoever works on it just now keeps it: abort that first. */
export async function discardKept(id: string): Promise<void> {
  const root = await openFolder(exportFolder);
  if (root) await removeEntry(root, folderOf(id));
}

/** Removes what pages that are gone have left: all that has no name, and what was left for very long. */
export async function clearAway(now: number): Promise<void> {
  const root = await openFolder(exportFolder);
  if (!root) return;
  for (const [name, handle] of await entriesOf(root)) {
    await ifFree(lockOfExport(idOf(name)), async () => {
      const job = handle.kind === 'directory' ? await readJob(handle as FileSystemDirectoryHandle) : null;
      if (job && now - job.startedAt < longestKept) return;
      await removeEntry(root, name);
    });
  }
}
