import { expect } from 'chai';
import {
  isLecternError,
  type ProbeResult,
  type UploadEngine,
  type UploadItem,
  type UploadRequest,
} from '@lectern/ports';
import { sampleFacts } from '@lectern/ports/contracts';
import { createUploadEngine, type UploadEngineOptions } from './index.js';
import { indexedDbUploadJournal, openUploadJournal } from './indexeddb-upload-journal.js';
import { bytesOf, type Gate, gate } from './test-support/gate.js';
import { sampleRow } from './test-support/sample-row.js';
import { ScriptedStore } from './test-support/scripted-store.js';
import { type HeldBytes, memoryUploadJournal, type UploadJournal } from './upload-journal.js';
import { webUploadLocks } from './upload-locks.js';
import type { UploadRow } from './upload-row.js';

function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a?.length === b.length && b.every((byte, index) => byte === a[index]);
}

/** Decodes pictures as a real probe does, and believes the rest. */
async function probe(file: Blob): Promise<ProbeResult> {
  if (!(await isPicture(file))) return { facts: sampleFacts(), poster: null };
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  bitmap.close();
  return { facts: sampleFacts({ kind: 'image', width, height, durationSeconds: 0 }), poster: null };
}

async function isPicture(file: Blob): Promise<boolean> {
  return new Uint8Array(await file.slice(0, 1).arrayBuffer())[0] === 0x89;
}

let store: ScriptedStore;
let namespace: string;
const engines: UploadEngine[] = [];

/** A tab of its own: its own connection to the journal, and locks and channels of the browser. */
function makeEngine(options: Partial<UploadEngineOptions> = {}): UploadEngine {
  const engine = createUploadEngine({
    newId: () => crypto.randomUUID(),
    probe,
    assets: store.assets,
    blobs: store.blobsPort,
    transfers: store.transfers,
    identity: store.identity,
    namespace,
    ...options,
  });
  engines.push(engine);
  return engine;
}

beforeEach(() => {
  store = new ScriptedStore();
  store.partBytes = 16 * 1024;
  namespace = `test-${crypto.randomUUID()}`;
});
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

function itemOf(engine: UploadEngine, id: string): UploadItem | undefined {
  return engine.items().find((item) => item.id === id);
}

function addOne(engine: UploadEngine, request: Partial<UploadRequest> & { readonly file: Blob }): UploadItem {
  const [item] = engine.add([{ fileName: 'talk.wav', ...request }]);
  if (!item) throw new Error('nothing was added');
  return item;
}

function wav(sizeBytes: number): Blob {
  const content = new Uint8Array(sizeBytes).map((_, index) => (index * 31) % 251);
  content.set(new TextEncoder().encode('RIFF....WAVEfmt '));
  return new Blob([content]);
}

/** Lets so many parts through, and no more until it is opened. */
function holdAfter(parts: number): Gate {
  const held = gate();
  store.beforeAnswer = ({ call }) =>
    call === 'part' && store.countOf('part') > parts ? held.passed : Promise.resolve();
  return held;
}

async function storedBytes(assetId: string): Promise<Uint8Array | undefined> {
  return store.blobs.get(store.rows.get(assetId)?.blobKey ?? '');
}

async function fixture(name: string): Promise<File> {
  const response = await fetch(`/fixtures/${name}`);
  return new File([await response.blob()], name, { type: response.headers.get('Content-Type') ?? '' });
}

describe('files in a browser', () => {
  it('come in together: good ones are stored whole, bad ones say why', async () => {
    const engine = makeEngine();
    const names = ['count-h264-30.mp4', 'slide.png', 'tone.mp3', 'text.mp4', 'empty.mp4', 'truncated.mp4', 'huge.png'];
    const files = await Promise.all(names.map(fixture));
    const items = engine.add(files.map((file) => ({ file, fileName: file.name })));
    const outcomes = await Promise.all(
      items.map(({ id }) =>
        engine.finished(id).then(
          ({ status }): string => status,
          (error: unknown) => (isLecternError(error) ? error.code : String(error)),
        ),
      ),
    );
    expect(outcomes).to.deep.equal([
      'done',
      'done',
      'done',
      'file-type-unknown',
      'file-empty',
      'file-truncated',
      'image-too-large',
    ]);
    for (const [index, item] of items.slice(0, 3).entries()) {
      const file = files[index] ?? new Blob();
      expect(same(await storedBytes(item.assetId), await bytesOf(file))).to.equal(true);
    }
    expect(store.rows.get(items[1]?.assetId ?? '')?.probe).to.include({ kind: 'image', width: 1280, height: 720 });
  });

  it('are asked for again when they were changed on the disk since they were chosen', async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(`upload-${crypto.randomUUID()}.wav`, { create: true });
    const write = async (text: string): Promise<void> => {
      const writable = await handle.createWritable();
      await writable.write(text);
      await writable.close();
    };
    await write('RIFF....WAVEfmt and some sound');
    const chosen = await handle.getFile();
    // Files remember when they were changed to the second or better; be sure to be later.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await write('RIFF....WAVEfmt and other sound, and more of it');
    // Without a copy there is only the file itself.
    store.resumable = false;
    const engine = makeEngine();
    const [item] = engine.add([{ file: chosen, fileName: chosen.name }]);
    const outcome = await engine.finished(item?.id ?? '').catch((error: unknown) => error);
    expect(isLecternError(outcome) && outcome.code).to.equal('source-missing');
    expect(engine.items()[0]?.status).to.equal('needs-file');
    await root.removeEntry(handle.name);
  });
});

describe('after a reload of a real page', () => {
  it('a file goes on from its snapshot, though the original was deleted', async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(`upload-${crypto.randomUUID()}.wav`, { create: true });
    const writable = await handle.createWritable();
    const content = await bytesOf(wav(200_000));
    await writable.write(content as Uint8Array<ArrayBuffer>);
    await writable.close();
    const held = holdAfter(5);
    const first = makeEngine();
    const item = addOne(first, { file: await handle.getFile() });
    await until(() => store.countOf('part') > 5);
    first.dispose();
    held.open();
    await root.removeEntry(handle.name);
    const next = makeEngine();
    await until(() => itemOf(next, item.id) !== undefined);
    await next.finished(item.id);
    expect(same(await storedBytes(item.assetId), content)).to.equal(true);
    expect([store.countOf('reserve'), store.bytesTwice]).to.deep.equal([1, 0]);
  });

  it('a file of the private file system isn’t copied, and is read where it lies', async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(`upload-${crypto.randomUUID()}.wav`, { create: true });
    const writable = await handle.createWritable();
    await writable.write(wav(200_000));
    await writable.close();
    const held = holdAfter(5);
    const first = makeEngine();
    const item = addOne(first, { file: await handle.getFile(), handle });
    await until(() => store.countOf('part') > 5);
    const journal = await openUploadJournal('lectern-uploads');
    const bytes = await journal.held(item.id);
    expect([(await journal.get(item.id))?.held, bytes?.file]).to.deep.equal(['handle', undefined]);
    journal.close();
    first.dispose();
    held.open();
    const next = makeEngine();
    await until(() => itemOf(next, item.id) !== undefined);
    await next.finished(item.id);
    expect(same(await storedBytes(item.assetId), await bytesOf(wav(200_000)))).to.equal(true);
    await root.removeEntry(handle.name);
  });

  it('nothing is left in the journal of what is done or cancelled', async () => {
    const engine = makeEngine();
    const done = addOne(engine, { file: wav(50_000) });
    await engine.finished(done.id);
    const held = holdAfter(store.countOf('part') + 1);
    const cancelled = addOne(engine, { file: wav(60_000) });
    await until(() => itemOf(engine, cancelled.id)?.status === 'sending');
    engine.cancel(cancelled.id);
    held.open();
    await engine.finished(cancelled.id).catch(() => undefined);
    const journal = await openUploadJournal('lectern-uploads');
    await until(async () => (await journal.rows(namespace, 'teacher')).rows.length === 0);
    expect([await journal.held(done.id), await journal.held(cancelled.id)]).to.deep.equal([null, null]);
    journal.close();
  });
});

describe('two tabs of a real browser', () => {
  it('never send the same file; when one dies the other goes on', async () => {
    const held = holdAfter(5);
    const [one, other] = [makeEngine(), makeEngine()];
    const content = wav(200_000);
    const item = addOne(one, { file: content });
    await until(() => (itemOf(other, item.id)?.sentBytes ?? 0) > 0);
    expect([itemOf(one, item.id)?.elsewhere, itemOf(other, item.id)?.elsewhere]).to.deep.equal([false, true]);
    one.dispose();
    held.open();
    const done = await other.finished(item.id);
    expect([done.status, done.elsewhere]).to.deep.equal(['done', false]);
    expect(same(await storedBytes(item.assetId), await bytesOf(content))).to.equal(true);
    expect([store.countOf('reserve'), store.bytesTwice]).to.deep.equal([1, 0]);
  });

  it('pass on what people ask for, and clear away together', async () => {
    const held = holdAfter(5);
    const [one, other] = [makeEngine(), makeEngine()];
    const item = addOne(one, { file: wav(200_000) });
    await until(() => itemOf(other, item.id)?.status === 'sending');
    other.pause(item.id);
    await until(() => itemOf(one, item.id)?.status === 'paused' && itemOf(other, item.id)?.status === 'paused');
    held.open();
    other.resume(item.id);
    await other.finished(item.id);
    one.clear();
    await until(() => other.items().length === 0);
  });
});

describe('the browser’s locks', () => {
  it('go to one, and to the next when they are given back', async () => {
    const locks = webUploadLocks();
    if (!locks) throw new Error('This browser has no locks');
    const name = crypto.randomUUID();
    const lock = await locks.tryAcquire(name);
    expect(await locks.tryAcquire(name)).to.equal(null);
    const controller = new AbortController();
    const given = locks.acquire(name, controller.signal);
    const waiting = locks.acquire(name, new AbortController().signal);
    controller.abort();
    const error: unknown = await given.catch((reason: unknown) => reason);
    expect(isLecternError(error) && error.code).to.equal('aborted');
    lock?.release();
    (await waiting).release();
  });
});

const journals: readonly [string, (name: string) => Promise<UploadJournal>][] = [
  ['in IndexedDB', indexedDbUploadJournal],
  ['in memory', () => Promise.resolve(memoryUploadJournal())],
];
for (const [where, open] of journals) {
  describe(`the journal ${where}`, () => {
    let journal: UploadJournal;
    let name: string;
    beforeEach(async () => {
      name = `uploads-${crypto.randomUUID()}`;
      journal = await open(name);
    });
    afterEach(() => {
      journal.close();
      if (journal.kind === 'indexeddb') indexedDB.deleteDatabase(name);
    });

    it('gives back what was written, and each user and back end only their own, in order', async () => {
      const late = sampleRow({ id: 'b', createdAt: '2026-01-02T00:00:00.000Z' });
      const early = sampleRow({ id: 'a', createdAt: '2026-01-01T00:00:00.000Z' });
      for (const row of [late, early, sampleRow({ id: 'c', userId: 'guest' }), sampleRow({ id: 'd', namespace: 'x' })])
        await journal.put(row);
      expect(await journal.rows('test', 'teacher')).to.deep.equal({ rows: [early, late], broken: [] });
      expect(await journal.get('b')).to.deep.equal(late);
      await journal.put({ ...late, status: 'paused' });
      expect((await journal.get('b'))?.status).to.equal('paused');
    });

    it('keeps bytes beside a row until both are removed', async () => {
      const bytes: HeldBytes = { file: wav(1000), poster: new Blob(['picture'], { type: 'image/webp' }) };
      await journal.put(sampleRow(), bytes);
      await journal.put(sampleRow({ status: 'paused' }));
      const held = await journal.held('upload-1');
      expect(same(await bytesOf(held?.file ?? new Blob()), await bytesOf(wav(1000)))).to.equal(true);
      expect([held?.poster?.type, await held?.poster?.text()]).to.deep.equal(['image/webp', 'picture']);
      await journal.delete('upload-1');
      await journal.delete('upload-1');
      expect([await journal.get('upload-1'), await journal.held('upload-1')]).to.deep.equal([null, null]);
    });

    it('tells damaged rows apart, and never shows newer ones', async () => {
      const damaged = { ...sampleRow({ id: 'damaged' }), asset: null } as unknown as UploadRow;
      const newer = { ...sampleRow({ id: 'newer' }), schema: 2 } as unknown as UploadRow;
      for (const row of [damaged, newer, sampleRow()]) await journal.put(row);
      const { rows, broken } = await journal.rows('test', 'teacher');
      expect(rows.map(({ id }) => id)).to.deep.equal(['upload-1']);
      expect(broken).to.deep.equal([{ id: 'damaged', fileName: 'talk.wav', sizeBytes: 100 }]);
      expect([await journal.get('damaged'), await journal.get('newer')]).to.deep.equal([null, null]);
    });
  });
}

describe('the journal of a browser', () => {
  it('writes row and bytes in one go: what can’t be stored leaves no half', async () => {
    const name = `uploads-${crypto.randomUUID()}`;
    const journal = await indexedDbUploadJournal(name);
    const handle = { getFile: () => Promise.resolve(new Blob()) };
    const failure: unknown = await journal.put(sampleRow(), { handle }).catch((error: unknown) => error);
    expect(isLecternError(failure)).to.equal(true);
    expect(await journal.get('upload-1')).to.equal(null);
    journal.close();
    indexedDB.deleteDatabase(name);
  });

  it('is memory where the browser denies it one', async () => {
    const original = Object.getOwnPropertyDescriptor(IDBFactory.prototype, 'open');
    if (!original) throw new Error('There is nothing to deny');
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    try {
      expect((await openUploadJournal('denied')).kind).to.equal('memory');
    } finally {
      Object.defineProperty(IDBFactory.prototype, 'open', original);
    }
  });

  it('makes way for a newer version in another tab, and connects again', async () => {
    const name = `uploads-${crypto.randomUUID()}`;
    const journal = await indexedDbUploadJournal(name);
    await journal.put(sampleRow());
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open(name, 2);
      opening.addEventListener('success', () => {
        opening.result.close();
        resolve();
      });
      opening.addEventListener('error', () => reject(new Error('it was in the way')));
    });
    const error: unknown = await journal.get('upload-1').catch((reason: unknown) => reason);
    expect(isLecternError(error) && error.code).to.equal('storage-denied');
    journal.close();
    indexedDB.deleteDatabase(name);
  });
});
