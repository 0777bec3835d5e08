/**
 * A page with the render engine and a lecture, and nothing else: what the tests of interrupted exports drive. The
 * lecture has stretches of every kind: untouched ones, a title over others, a still, two tracks of sound.
 */
import { isLecternError, type ExportProgress } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import {
  formatOf,
  from,
  readFrames,
  readSound,
  SampleProject,
  testPreset,
} from '../../../packages/render/src/test-support/sample-project.js';
import type { ExportContent, ExportEnd, ExportFact, UnfinishedFact } from './facts.js';

export interface ExportingPage {
  /** Exports the lecture from the beginning, under a name or under none. Resolves with the file's content. */
  begin(id?: string): Promise<ExportEnd>;
  /** Goes on with an unfinished export as the engine gives it back. */
  goOn(id: string): Promise<ExportEnd>;
  unfinished(): Promise<readonly UnfinishedFact[]>;
  /** Names of the files that exports have in the private file system. */
  filesLeft(): Promise<readonly string[]>;
}

declare global {
  interface Window {
    exportingPage: ExportingPage;
  }
}

/** Times that the lecture repeats itself. */
const rounds = Number(new URLSearchParams(location.search).get('rounds') ?? '3');
const roundFrames = 480;

function tell(fact: ExportFact): void {
  (window as { readonly tellFact?: (fact: string) => void }).tellFact?.(JSON.stringify(fact));
}

function wordsOf(error: unknown): string {
  if (isLecternError(error)) return `${error.code}: ${error.message} ${JSON.stringify(error.details)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const project = new SampleProject();

async function lecture(): Promise<TimelineDocument> {
  await project.open('count-h264-30.mp4', 'count-h264-25.mp4', 'count-vp9-30.webm', 'tone.wav');
  project.track('video', 'video');
  project.track('titles', 'text');
  project.track('sound', 'audio');
  for (let round = 0; round < rounds; round += 1) {
    const at = round * roundFrames;
    project.clip('video', at, 150, from('count-h264-30.mp4', 7 + round));
    project.clip('video', at + 150, 150, from('count-h264-25.mp4', round));
    project.clip('video', at + 300, 150, from('count-vp9-30.webm', 0), { fadeInFrames: 12 });
    project.clip('video', at + 450, 30, { kind: 'colour', colour: '#204060' });
    // Below the strip with the numbers.
    project.clip('titles', at + 200, 90, { kind: 'text', text: `Part ${round + 1}` }, { positionY: 0.2 });
    project.clip('sound', at + 60, 100, from('tone.wav', 5), { volume: -9 });
  }
  return project.document();
}

const opened = lecture();

function onProgress({ phase, frame, totalFrames }: ExportProgress): void {
  tell({ type: 'progress', phase, frame, totalFrames });
}

async function contentOf(file: Blob): Promise<ExportContent> {
  const frames = (await readFrames(file)).map(({ code }) => code && ([code.source, code.frame] as const));
  const sound = await readSound(file);
  const loudness: number[] = [];
  if (sound) {
    const length = Math.round(sound.sampleRate / 10);
    for (let start = 0; start + length <= sound.left.length; start += length) {
      const piece = sound.left.subarray(start, start + length);
      loudness.push(Math.sqrt(piece.reduce((sum, sample) => sum + sample * sample, 0) / length));
    }
  }
  return { frames, loudness };
}

async function unfinished(): Promise<readonly UnfinishedFact[]> {
  const all = await project.engine.unfinishedExports();
  return all.map(({ id, context, frame, totalFrames }) => ({ id, context, frame, totalFrames }));
}

async function run(exporting: ReturnType<typeof project.engine.export>): Promise<ExportEnd> {
  try {
    const result = await exporting;
    const content = await contentOf(result.file);
    await result.release();
    return { content, ...result.frames };
  } catch (error) {
    tell({ type: 'problem', error: wordsOf(error) });
    throw error;
  }
}

window.exportingPage = {
  begin: async (id) => {
    const document = await opened;
    const format = await formatOf(project.engine, 'mp4');
    const named = id === undefined ? {} : { id, context: { lecture: id } };
    return run(project.engine.export({ document, preset: testPreset, format }, { onProgress, ...named }));
  },
  goOn: async (id) => {
    await opened;
    const found = (await project.engine.unfinishedExports()).find((each) => each.id === id);
    if (!found) throw new RangeError(`there is no unfinished export ${id}`);
    return run(project.engine.export(found.request, { id, context: found.context, onProgress }));
  },
  unfinished,
  filesLeft: async () => {
    const names: string[] = [];
    const list = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of (
        folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }
      ).entries()) {
        if (handle.kind === 'directory') await list(handle as FileSystemDirectoryHandle, `${path}${name}/`);
        else names.push(`${path}${name}`);
      }
    };
    await list(await navigator.storage.getDirectory(), '');
    return names;
  },
};

opened.then(
  () => {
    tell({ type: 'ready' });
  },
  (error: unknown) => {
    tell({ type: 'problem', error: wordsOf(error) });
  },
);
