/** The page of the saving suite: each function measures one thing and says how long it took, in milliseconds. */
import { LecternError, type ProjectsPort, type StoredTimelineJson } from '@lectern/ports';
import { applyChange, type TimelineDocument } from '@lectern/timeline';
import { systemClock } from '../../packages/core/src/autosave/clock.js';
import { indexedDbJournal } from '../../packages/core/src/autosave/indexeddb-journal.js';
import type { Journal, JournalEntry } from '../../packages/core/src/autosave/journal.js';
import { sealEntry, sealSnapshot } from '../../packages/core/src/autosave/journal-reader.js';
import { decideOpening, fetchHead } from '../../packages/core/src/autosave/opening.js';
import { saveRequestOf } from '../../packages/core/src/autosave/save-request.js';
import { hashDocument, readDocument } from '../../packages/core/src/autosave/stored-document.js';
import { edits, lecture, seededIds, seededRandom } from './saving.project.js';

const projectId = 'lecture';
const headKey = 'head';
/** What is filled in and what is edited later draw from two, or their ids would be the same. */
const filling = seededRandom(20_260_301);
const random = seededRandom(7);
const newId = seededIds(random);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}

const initial = {
  baseRev: 1,
  baseHash: '',
  ackedSeq: 0,
  lastSeq: 0,
  lastAt: '2026-03-02T09:00:00.000Z',
  title: 'Limits',
  description: '',
};

/** What a server would answer with: the text of the head, parsed on arrival. */
async function headText(): Promise<string> {
  const answer = await (await caches.open('bench')).match(`/${headKey}`);
  if (!answer) throw new LecternError('not-found');
  return answer.text();
}

function projectsWith(text: string, contentHash: string): ProjectsPort {
  const port: Pick<ProjectsPort, 'open' | 'revisions'> = {
    open: () =>
      Promise.resolve({
        project: { id: projectId, rev: 1, contentHash } as Awaited<ReturnType<ProjectsPort['open']>>['project'],
        schemaVersion: 3,
        state: JSON.parse(text) as StoredTimelineJson,
      }),
    revisions: () => Promise.resolve([]),
  };
  return port as ProjectsPort;
}

const fail = (): never => {
  throw new Error('there is a head');
};

async function startDocument(): Promise<TimelineDocument> {
  return readDocument(await headText()).document;
}

async function appendAll(journal: Journal, epoch: number, entries: readonly JournalEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += 500) {
    const append = entries.slice(from, from + 500);
    await journal.write(projectId, epoch, { append, meta: { lastSeq: append.at(-1)?.seq ?? 0 } });
  }
}

const bench = {
  /** A head of `clips` clips and a journal of `count` changes over it. */
  async fill(clips: number, count: number): Promise<{ readonly storedBytes: number; readonly journalBytes: number }> {
    const document = lecture(clips, filling);
    const snapshot = sealSnapshot(0, document);
    await (await caches.open('bench')).put(`/${headKey}`, new Response(snapshot.body));
    const { changes } = edits(document, count, filling);
    const journal = await indexedDbJournal('bench-saving');
    const { meta } = await journal.claim(projectId, initial);
    const entries = changes.map((change, index) => sealEntry(index + 1, meta.epoch, change));
    await journal.write(projectId, meta.epoch, { snapshot, dropEntriesTo: Number.MAX_SAFE_INTEGER, meta: initial });
    await appendAll(journal, meta.epoch, entries);
    journal.close();
    return { storedBytes: snapshot.body.length, journalBytes: entries.reduce((sum, { body }) => sum + body.length, 0) };
  },

  /** One opening as the first thing that a page does: from the journal's database to a checked document. */
  async open(): Promise<{ readonly ms: number; readonly journalMs: number; readonly lastSeq: number }> {
    const text = await headText();
    const start = performance.now();
    const journal = await indexedDbJournal('bench-saving');
    const image = await journal.claim(projectId, initial);
    const journalMs = performance.now() - start;
    const projects = projectsWith(text, 'of the head');
    const { lastSeq } = await decideOpening(projects, await fetchHead(projects, projectId, systemClock()), image, fail);
    const ms = performance.now() - start;
    journal.close();
    return { ms, journalMs, lastSeq };
  },

  /** What any opening of the same bytes costs at least: reading and parsing them, once. */
  async parse(): Promise<number> {
    const text = await headText();
    const { ms } = await timed(async () => {
      const journal = await indexedDbJournal('bench-saving');
      const image = await journal.read(projectId);
      JSON.parse(text);
      JSON.parse(image?.snapshot?.body ?? '');
      for (const { body } of image?.entries ?? []) JSON.parse(body);
      journal.close();
    });
    return ms;
  },

  /** One change a transaction, into a journal that holds `held` already. */
  async append(held: number, count: number): Promise<number> {
    const document = await startDocument();
    const name = `bench-append-${crypto.randomUUID()}`;
    const journal = await indexedDbJournal(name);
    const { meta } = await journal.claim(projectId, initial);
    const { changes } = edits(document, held + count, random);
    const entries = changes.map((change, index) => sealEntry(index + 1, meta.epoch, change));
    await appendAll(journal, meta.epoch, entries.slice(0, held));
    const times: number[] = [];
    for (const entry of entries.slice(held, held + count)) {
      const { ms } = await timed(() =>
        journal.write(projectId, meta.epoch, { append: [entry], meta: { lastSeq: entry.seq } }),
      );
      times.push(ms);
    }
    journal.close();
    indexedDB.deleteDatabase(name);
    return median(times);
  },

  /** How long saving holds the page up, after an edit each time: the snapshot, the request, and the hash whole. */
  async save(count: number): Promise<{
    readonly firstSnapshotMs: number;
    readonly snapshotMs: number;
    readonly requestMs: number;
    readonly hashMs: number;
  }> {
    let document = await startDocument();
    const { changes } = edits(document, count, random);
    const snapshot: number[] = [];
    const request: number[] = [];
    const hash: number[] = [];
    for (const [index, change] of changes.entries()) {
      document = applyChange(document, change);
      let start = performance.now();
      sealSnapshot(index, document);
      snapshot.push(performance.now() - start);
      start = performance.now();
      // What it does before it first waits is what holds the page up.
      const made = saveRequestOf(document, { projectId, baseRev: 1, saveId: newId(), kind: 'auto' });
      request.push(performance.now() - start);
      await made;
      start = performance.now();
      await hashDocument(document);
      hash.push(performance.now() - start);
    }
    return {
      firstSnapshotMs: snapshot[0] ?? Number.NaN,
      snapshotMs: median(snapshot),
      requestMs: median(request),
      hashMs: median(hash),
    };
  },
};

export type SavingBench = typeof bench;
Object.assign(globalThis, { bench });
