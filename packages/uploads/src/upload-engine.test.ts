import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  type Asset,
  type AssetVersion,
  type BlobStat,
  isLecternError,
  LecternError,
  type LecternErrorCode,
  type NewAsset,
  type NewAssetVersion,
  type ProbeResult,
  type RunAttempt,
  type TransfersPort,
  type UploadEngine,
  type UploadItem,
  type UploadStatus,
} from '@lectern/ports';
import { sampleFacts } from '@lectern/ports/contracts';
import { type Clock, systemClock } from './clock.js';
import { createUploadEngine } from './upload-engine.js';
import type { UploadEngineOptions } from './upload-engine-options.js';

/** A WAV header is all that the checks ask for. */
function wav(sizeBytes = 100): Blob {
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(new TextEncoder().encode('RIFF\0\0\0\0WAVEfmt '));
  return new Blob([bytes]);
}

const audio: ProbeResult = { facts: sampleFacts({ kind: 'audio', videoCodec: null }), poster: null };

interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    passed,
    open: () => {
      open();
    },
  };
}

function abortable(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new LecternError('aborted'));
    });
    work.then(resolve, reject);
  });
}

/** A library in memory whose every step can be held up or made to fail. */
class FakeLibrary {
  readonly bytes = new Map<string, Blob>();
  readonly rows = new Map<string, NewAsset>();
  readonly versions = new Map<string, NewAssetVersion[]>();
  /** Called before each put; a rejection fails it. */
  beforePut: (key: string, signal: AbortSignal | undefined) => Promise<void> = async () => undefined;
  /** Called before and after a record is made. */
  beforeRecord: (signal: AbortSignal | undefined) => Promise<void> = async () => undefined;
  afterRecord: () => Promise<void> = async () => undefined;
  beforeGet: () => Promise<void> = async () => undefined;
  readonly puts: string[] = [];

  readonly blobs: UploadEngineOptions['blobs'] = {
    put: async (key, data, options): Promise<BlobStat> => {
      this.puts.push(key);
      await this.beforePut(key, options?.signal);
      assert.ok(data instanceof Blob);
      options?.onProgress?.(data.size / 2);
      this.bytes.set(key, data);
      options?.onProgress?.(data.size);
      return { key, sizeBytes: data.size, mimeType: options?.mimeType ?? '' };
    },
    delete: async (key) => {
      this.bytes.delete(key);
    },
  };

  /** As in a browser's own storage: whole or not at all. */
  readonly transfers: TransfersPort = {
    resumable: false,
    reserve: async ({ id, key, sizeBytes, mimeType }) => ({ id, key, sizeBytes, mimeType, resume: null }),
    send: async ({ key, mimeType }, source, options) => {
      const stored = this.bytes.get(key);
      if (stored) return { key, sizeBytes: stored.size, mimeType };
      const run: RunAttempt =
        options?.run ?? ((work) => work({ signal: new AbortController().signal, progressed: () => undefined }));
      return run(({ signal }) =>
        this.blobs.put(key, source, {
          mimeType,
          signal,
          ...(options?.onProgress && { onProgress: options.onProgress }),
        }),
      );
    },
    cancel: async () => undefined,
  };

  readonly assets: UploadEngineOptions['assets'] = {
    create: async (asset, options) => {
      await this.beforeRecord(options?.signal);
      if (this.rows.has(asset.id)) throw new LecternError('already-exists');
      if (!this.bytes.has(asset.blobKey)) throw new LecternError('invalid-input');
      this.rows.set(asset.id, asset);
      await this.afterRecord();
      return { ...asset } as unknown as Asset;
    },
    addVersion: async (id, version, options) => {
      await this.beforeRecord(options?.signal);
      this.versions.set(id, [...(this.versions.get(id) ?? []), version]);
      await this.afterRecord();
      return {} as Asset & AssetVersion;
    },
    get: async (id) => {
      await this.beforeGet();
      const row = this.rows.get(id);
      if (!row) throw new LecternError('not-found');
      const blobKey = this.versions.get(id)?.at(-1)?.blobKey ?? row.blobKey;
      return { ...row, blobKey } as unknown as Asset;
    },
    versions: async (id) => (this.versions.get(id) ?? []) as unknown as AssetVersion[],
    update: async (id, patch) => {
      const row = this.rows.get(id) ?? assert.fail(`there is no asset ${id}`);
      this.rows.set(id, { ...row, ...patch });
      return { ...row, ...patch } as unknown as Asset;
    },
    findByFingerprint: async () => [],
  };

  /** Keys that no record refers to. */
  get orphans(): readonly string[] {
    const used = [...this.rows.values(), ...[...this.versions.values()].flat()].flatMap(({ blobKey, posterKey }) => [
      blobKey,
      posterKey,
    ]);
    return [...this.bytes.keys()].filter((key) => !used.includes(key));
  }
}

interface Bench {
  readonly library: FakeLibrary;
  readonly engine: UploadEngine;
}

const engines: UploadEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

/** Tries again at once. */
const clock: Clock = { ...systemClock, random: () => 0 };

function setUp(options: Partial<UploadEngineOptions> = {}): Bench {
  const library = new FakeLibrary();
  let next = 1;
  const engine = createUploadEngine({
    assets: library.assets,
    blobs: library.blobs,
    transfers: library.transfers,
    identity: {
      current: async () => ({ userId: 'teacher', displayName: 'Teacher', isGuest: false }),
      subscribe: () => () => undefined,
    },
    probe: async () => audio,
    newId: () => `id-${String(next++)}`,
    namespace: 'test',
    clock,
    ...options,
  });
  engines.push(engine);
  return { library, engine };
}

function addOne(engine: UploadEngine, file: Blob = wav(), fileName = 'talk.wav'): UploadItem {
  const [item] = engine.add([{ file, fileName }]);
  return item ?? assert.fail('nothing was added');
}

function itemOf(engine: UploadEngine, id: string): UploadItem {
  return engine.items().find((item) => item.id === id) ?? assert.fail(`there is no item ${id}`);
}

async function codeOf(work: Promise<unknown>): Promise<LecternErrorCode | 'none'> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return isLecternError(error) ? error.code : assert.fail(`a foreign error: ${String(error)}`);
  }
}

async function reaches(engine: UploadEngine, id: string, status: UploadStatus): Promise<void> {
  while (itemOf(engine, id).status !== status) await new Promise((resolve) => setImmediate(resolve));
}

describe('a file on its way into the library', () => {
  it('is checked, sent, and recorded last', async () => {
    const { library, engine } = setUp();
    const seen: UploadStatus[] = [];
    library.beforePut = async () => void seen.push(itemOf(engine, item.id).status);
    library.beforeRecord = async () => {
      seen.push(itemOf(engine, item.id).status);
      assert.equal(library.bytes.size, 1, 'the bytes are there before the record');
    };
    const item = addOne(engine, wav(200), ' A\u0000 talk.wav ');
    assert.deepEqual(
      [item.fileName, item.sizeBytes, item.sentBytes, item.error, item.storedUndecodable],
      ['A talk.wav', 200, 0, null, false],
    );
    const done = await engine.finished(item.id);
    assert.deepEqual(seen, ['sending', 'completing']);
    assert.deepEqual([done.status, done.sentBytes, done.error], ['done', 200, null]);
    const row = library.rows.get(item.assetId);
    assert.deepEqual(
      [row?.name, row?.kind, row?.mimeType, row?.sizeBytes, row?.sourceType, row?.posterKey],
      ['A talk.wav', 'audio', 'audio/wav', 200, 'upload', null],
    );
    assert.deepEqual(row?.probe, audio.facts);
  });

  it('is stored under an ASCII key made from ids, whatever its name', async () => {
    const { library, engine } = setUp();
    const item = addOne(engine, wav(), '../Über uns/видео.wav');
    await engine.finished(item.id);
    assert.match(library.rows.get(item.assetId)?.blobKey ?? '', new RegExp(`^assets/${item.assetId}/id-\\d+$`));
  });

  it('brings its source, its metadata and its tags along', async () => {
    const { library, engine } = setUp();
    const studioMetadata = { project_id: 'p1', preset: 'lms-720p' };
    const [item] = engine.add([{ file: wav(), fileName: 'x', sourceType: 'export', studioMetadata, tags: ['week 1'] }]);
    await engine.finished(item?.id ?? '');
    const row = library.rows.get(item?.assetId ?? '');
    assert.deepEqual([row?.sourceType, row?.studioMetadata, row?.tags], ['export', studioMetadata, ['week 1']]);
  });

  it('has its poster stored beside it', async () => {
    const poster = new Blob(['picture'], { type: 'image/webp' });
    const { library, engine } = setUp({ probe: async () => ({ ...audio, poster }) });
    const item = addOne(engine);
    await engine.finished(item.id);
    const { posterKey, blobKey } = library.rows.get(item.assetId) ?? {};
    assert.equal(posterKey, `${String(blobKey)}-poster`);
    assert.equal(library.bytes.get(posterKey), poster);
  });

  it('comes in without its poster when that can’t be stored', async () => {
    const { library, engine } = setUp({ probe: async () => ({ ...audio, poster: new Blob(['picture']) }) });
    library.beforePut = async (key) => {
      if (key.endsWith('-poster')) throw new LecternError('quota-exceeded');
    };
    const item = addOne(engine);
    assert.equal((await engine.finished(item.id)).status, 'done');
    assert.equal(library.rows.get(item.assetId)?.posterKey, null);
  });

  it('is taken for sound when the probe finds no picture in a video container', async () => {
    const { library, engine } = setUp();
    const ebml = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84, 0x77, 0x65, 0x62, 0x6d]);
    const item = addOne(engine, new Blob([ebml]), 'voice.webm');
    await engine.finished(item.id);
    const row = library.rows.get(item.assetId);
    assert.deepEqual([row?.kind, row?.mimeType], ['audio', 'audio/webm']);
  });
});

describe('what this browser can’t decode', () => {
  it('is stored and marked when the probe says so', async () => {
    const facts = sampleFacts({ videoCodec: 'hevc', decodable: false });
    const { library, engine } = setUp({ probe: async () => ({ facts, poster: null }) });
    const item = addOne(engine);
    const done = await engine.finished(item.id);
    assert.deepEqual(
      [done.status, done.storedUndecodable, done.error?.code, done.error?.details],
      ['done', true, 'undecodable', { codec: 'hevc' }],
    );
    assert.equal(library.rows.get(item.assetId)?.probe?.decodable, false);
    assert.equal(library.bytes.size, 1);
  });

  for (const [code, codec] of [
    ['undecodable', 'prores'],
    ['file-type-unknown', 'wav'],
    ['file-type-unsupported', 'wav'],
  ] as const) {
    it(`is stored and marked when the probe fails with ${code}`, async () => {
      const probe = async (): Promise<ProbeResult> => {
        throw new LecternError(code, code === 'undecodable' ? { details: { codec } } : {});
      };
      const { library, engine } = setUp({ probe });
      const item = addOne(engine);
      const done = await engine.finished(item.id);
      assert.deepEqual([done.storedUndecodable, done.error?.details], [true, { codec }]);
      assert.equal(library.rows.get(item.assetId)?.probe, null);
    });
  }
});

describe('a file that can’t come in', () => {
  it('fails with its reason, and the others in the batch go on', async () => {
    const { library, engine } = setUp({ maxBytes: 1000 });
    const items = engine.add([
      { file: new Blob([]), fileName: 'empty.mp4' },
      { file: new Blob(['some words']), fileName: 'text.mp4' },
      { file: wav(5000), fileName: 'large.wav' },
      { file: wav(), fileName: 'fine.wav' },
      { file: new Blob(['%PDF-1.4']), fileName: 'slides.pdf' },
      { file: wav(), fileName: 'fine too.wav' },
    ]);
    const outcomes = await Promise.all(items.map(({ id }) => codeOf(engine.finished(id))));
    assert.deepEqual(outcomes, [
      'file-empty',
      'file-type-unknown',
      'file-too-large',
      'none',
      'file-type-unsupported',
      'none',
    ]);
    assert.equal(library.rows.size, 2);
    assert.equal(library.puts.length, 2, 'nothing of the others was sent');
    const [empty] = engine.items();
    assert.deepEqual([empty?.status, empty?.error?.code], ['failed', 'file-empty']);
  });

  it('fails with what the probe says of it', async () => {
    const { library, engine } = setUp({
      probe: async () => {
        throw new LecternError('file-truncated');
      },
    });
    assert.equal(await codeOf(engine.finished(addOne(engine).id)), 'file-truncated');
    assert.equal(library.puts.length, 0);
  });

  it('leaves nothing behind on a full disk', async () => {
    const { library, engine } = setUp();
    library.beforePut = async (key) => {
      library.bytes.set(key, new Blob(['half']));
      throw new LecternError('quota-exceeded');
    };
    assert.equal(await codeOf(engine.finished(addOne(engine).id)), 'quota-exceeded');
    assert.deepEqual([library.bytes.size, library.rows.size], [0, 0]);
  });

  it('leaves nothing behind when its record is refused', async () => {
    const { library, engine } = setUp({ probe: async () => ({ ...audio, poster: new Blob(['picture']) }) });
    library.beforeRecord = async () => {
      throw new LecternError('invalid-input');
    };
    assert.equal(await codeOf(engine.finished(addOne(engine).id)), 'invalid-input');
    assert.equal(library.puts.length, 2);
    assert.equal(library.bytes.size, 0);
  });

  it('translates an error that isn’t ours', async () => {
    const { engine } = setUp({
      probe: async () => {
        throw new TypeError('a bug');
      },
    });
    const item = addOne(engine);
    assert.equal(await codeOf(engine.finished(item.id)), 'unknown');
    assert.equal(itemOf(engine, item.id).error?.message, 'a bug');
  });
});

describe('a record whose answer is lost', () => {
  it('counts as made when it is there', async () => {
    const { library, engine } = setUp();
    library.afterRecord = async () => {
      throw new LecternError('timeout');
    };
    assert.equal((await engine.finished(addOne(engine).id)).status, 'done');
    assert.deepEqual(library.orphans, []);
  });

  it('is asked for again with the bytes that are there when it is not', async () => {
    const { library, engine } = setUp();
    library.beforeRecord = async () => {
      throw new LecternError('timeout');
    };
    const item = addOne(engine);
    assert.equal(await codeOf(engine.finished(item.id)), 'timeout');
    library.beforeRecord = async () => undefined;
    engine.retry(item.id);
    assert.equal((await engine.finished(item.id)).status, 'done');
    assert.deepEqual([library.puts.length, library.orphans], [1, []]);
  });

  it('is made with new bytes when it was refused before', async () => {
    const { library, engine } = setUp();
    library.beforeRecord = async () => {
      throw new LecternError('quota-exceeded');
    };
    const item = addOne(engine);
    assert.equal(await codeOf(engine.finished(item.id)), 'quota-exceeded');
    assert.equal(library.bytes.size, 0);
    library.beforeRecord = async () => undefined;
    engine.retry(item.id);
    assert.equal((await engine.finished(item.id)).status, 'done');
    assert.equal(library.puts.length, 2);
    assert.notEqual(library.puts[0], library.puts[1], 'a key is never used for other bytes');
  });

  it('keeps its bytes while nobody can say, and takes them up when it was made after all', async () => {
    const { library, engine } = setUp();
    const lost = async (): Promise<void> => {
      throw new LecternError('offline');
    };
    library.afterRecord = lost;
    library.beforeGet = lost;
    const item = addOne(engine);
    assert.equal(await codeOf(engine.finished(item.id)), 'offline');
    assert.equal(library.bytes.size, 1, 'the record may refer to them');
    library.afterRecord = async () => undefined;
    library.beforeGet = async () => undefined;
    engine.retry(item.id);
    assert.equal((await engine.finished(item.id)).status, 'done');
    assert.deepEqual([library.rows.size, library.bytes.size, library.orphans], [1, 1, []]);
  });
});

describe('the lanes', () => {
  it('work on so many files at once and no more, small ones first', async () => {
    const { library, engine } = setUp({ files: 2 });
    const started: number[] = [];
    const gates = new Map<number, Gate>();
    library.beforePut = async (key) => {
      const size = engine.items().find(({ assetId }) => key.includes(`/${assetId}/`))?.sizeBytes ?? 0;
      started.push(size);
      const held = gate();
      gates.set(size, held);
      await held.passed;
    };
    const items = engine.add(
      [500, 400, 300, 100, 200].map((size) => ({ file: wav(size), fileName: `${String(size)}.wav` })),
    );
    const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
    await settle();
    assert.deepEqual([...started].sort(), [100, 200]);
    gates.get(200)?.open();
    await settle();
    assert.deepEqual(started.slice(2), [300]);
    for (const size of [100, 300, 400, 500]) {
      gates.get(size)?.open();
      await settle();
    }
    await Promise.all(items.map(({ id }) => engine.finished(id)));
    assert.deepEqual(started.slice(2), [300, 400, 500]);
  });

  it('refuse a number that isn’t one', () => {
    assert.throws(() => setUp({ files: 0 }), RangeError);
  });
});

describe('cancelling', () => {
  it('takes a file out of the queue', async () => {
    const { library, engine } = setUp({ files: 1 });
    const held = gate();
    library.beforePut = () => held.passed;
    const [first, second] = engine.add([
      { file: wav(60), fileName: 'a' },
      { file: wav(500), fileName: 'b' },
    ]);
    assert.ok(first && second);
    engine.cancel(second.id);
    assert.equal(itemOf(engine, second.id).status, 'cancelled');
    assert.equal(await codeOf(engine.finished(second.id)), 'aborted');
    held.open();
  });

  it('stops what is being sent, and takes away what was stored', async () => {
    const { library, engine } = setUp({ probe: async () => ({ ...audio, poster: new Blob(['picture']) }) });
    library.beforePut = async (key, signal) => {
      if (key.endsWith('-poster')) await abortable(signal, new Promise(() => undefined));
    };
    const item = addOne(engine);
    while (library.puts.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(library.bytes.size, 1);
    engine.cancel(item.id);
    assert.equal(await codeOf(engine.finished(item.id)), 'aborted');
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([library.bytes.size, library.rows.size], [0, 0]);
  });

  it('frees the lane of a port that doesn’t listen, and takes away what it stores in the end', async () => {
    const { library, engine } = setUp({ files: 1 });
    const held = gate();
    library.beforePut = () => held.passed;
    const deaf = addOne(engine);
    await reaches(engine, deaf.id, 'sending');
    engine.cancel(deaf.id);
    library.beforePut = async () => undefined;
    const next = addOne(engine);
    assert.equal((await engine.finished(next.id)).status, 'done');
    held.open();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(library.orphans, []);
    assert.equal(library.rows.size, 1);
    assert.equal(itemOf(engine, deaf.id).status, 'cancelled');
  });

  it('comes too late once the record is made', async () => {
    const { library, engine } = setUp();
    const held = gate();
    library.afterRecord = () => held.passed;
    const item = addOne(engine);
    await reaches(engine, item.id, 'completing');
    engine.cancel(item.id);
    held.open();
    assert.equal((await engine.finished(item.id)).status, 'done');
    assert.deepEqual(library.orphans, []);
  });

  it('is in time while the record is only asked for', async () => {
    const { library, engine } = setUp();
    library.beforeRecord = (signal) => abortable(signal, new Promise(() => undefined));
    const item = addOne(engine);
    await reaches(engine, item.id, 'completing');
    engine.cancel(item.id);
    assert.equal(await codeOf(engine.finished(item.id)), 'aborted');
    assert.deepEqual([library.bytes.size, library.rows.size], [0, 0]);
  });

  it('does nothing to what is done', async () => {
    const { library, engine } = setUp();
    const item = addOne(engine);
    await engine.finished(item.id);
    engine.cancel(item.id);
    assert.equal(itemOf(engine, item.id).status, 'done');
    assert.equal(library.rows.size, 1);
  });
});

describe('trying again', () => {
  it('brings in what failed before', async () => {
    const { library, engine } = setUp();
    library.beforePut = async () => {
      throw new LecternError('offline');
    };
    const item = addOne(engine);
    assert.equal(await codeOf(engine.finished(item.id)), 'offline');
    library.beforePut = async () => undefined;
    engine.retry(item.id);
    assert.equal(itemOf(engine, item.id).error, null);
    assert.equal((await engine.finished(item.id)).status, 'done');
    assert.deepEqual(library.orphans, []);
  });

  it('brings in what was cancelled, also while its lane is still busy', async () => {
    const { library, engine } = setUp({ files: 1 });
    const held = gate();
    library.beforePut = () => held.passed;
    const item = addOne(engine);
    await reaches(engine, item.id, 'sending');
    engine.cancel(item.id);
    engine.retry(item.id);
    held.open();
    assert.equal((await engine.finished(item.id)).status, 'done');
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([library.rows.size, library.orphans], [1, []]);
  });

  it('asks for the file when it can’t be read any more, and goes on when it can', async () => {
    const { engine } = setUp();
    const file = wav();
    file.slice = () => {
      throw new DOMException('The file was moved', 'NotReadableError');
    };
    const item = addOne(engine, file);
    assert.equal(await codeOf(engine.finished(item.id)), 'source-missing');
    assert.equal(itemOf(engine, item.id).status, 'needs-file');
    Reflect.deleteProperty(file, 'slice');
    engine.retry(item.id);
    assert.equal((await engine.finished(item.id)).status, 'done');
  });
});

describe('replacing a file', () => {
  const existing: NewAsset = {
    id: 'asset-1',
    name: 'Talk',
    kind: 'audio',
    mimeType: 'audio/mpeg',
    sizeBytes: 1,
    sourceType: 'upload',
    probe: null,
    posterKey: null,
    blobKey: 'assets/asset-1/1',
  };

  it('adds a version to the asset and makes no new one', async () => {
    const { library, engine } = setUp();
    library.rows.set(existing.id, existing);
    const [item] = engine.add([{ file: wav(), fileName: 'better.wav', replaceAssetId: existing.id }]);
    assert.equal(item?.assetId, existing.id);
    await engine.finished(item.id);
    assert.equal(library.rows.size, 1);
    const [version] = library.versions.get(existing.id) ?? [];
    assert.deepEqual([version?.mimeType, version?.sizeBytes, version?.probe], ['audio/wav', 100, audio.facts]);
  });

  it('refuses an asset that isn’t there, before anything is sent', async () => {
    const { library, engine } = setUp();
    const [item] = engine.add([{ file: wav(), fileName: 'x', replaceAssetId: 'nothing' }]);
    assert.equal(await codeOf(engine.finished(item?.id ?? '')), 'not-found');
    assert.equal(library.puts.length, 0);
  });

  it('refuses a file of another kind, which would break every timeline that it is on', async () => {
    const { library, engine } = setUp();
    library.rows.set(existing.id, { ...existing, kind: 'video' });
    const [item] = engine.add([{ file: wav(), fileName: 'x', replaceAssetId: existing.id }]);
    assert.equal(await codeOf(engine.finished(item?.id ?? '')), 'file-type-unsupported');
    assert.equal(library.puts.length, 0);
  });
});

describe('a name for an upload', () => {
  const id = '6f2f2c0e-6f0e-4a9e-9d57-0d6f0a3f9d11';

  it('is the asset’s, too', async () => {
    const { library, engine } = setUp();
    const [item] = engine.add([{ id, file: wav(), fileName: 'talk.wav' }]);
    assert.deepEqual([item?.id, item?.assetId], [id, id]);
    await engine.finished(id);
    assert.deepEqual([...library.rows.keys()], [id]);
  });

  it('leaves an asset that is replaced its own', async () => {
    const { library, engine } = setUp();
    const { id: talk } = addOne(engine);
    await engine.finished(talk);
    const [made] = library.rows.keys();
    const [item] = engine.add([{ id, file: wav(), fileName: 'talk.wav', replaceAssetId: made ?? '' }]);
    assert.deepEqual([item?.id, item?.assetId], [id, made]);
    await engine.finished(id);
    assert.equal(library.rows.size, 1);
  });

  it('that is under way already gives the upload back and begins no other', async () => {
    const { library, engine } = setUp();
    const request = { id, file: wav(), fileName: 'talk.wav' };
    engine.add([request]);
    const [again] = engine.add([request]);
    assert.equal(again?.id, id);
    assert.equal(engine.items().length, 1);
    await engine.finished(id);
    assert.equal(library.rows.size, 1);
  });
});

describe('what is told', () => {
  it('comes at once, and in the end is as it is', async () => {
    const { engine } = setUp();
    const told: (readonly UploadItem[])[] = [];
    engine.subscribe((items) => told.push(items));
    const item = addOne(engine);
    assert.deepEqual(
      told.map((items) => items.map(({ status }) => status)),
      [['queued']],
    );
    await engine.finished(item.id);
    while (told.at(-1)?.[0]?.status !== 'done') await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(told.at(-1), engine.items());
  });

  it('stays the same array until something changes', async () => {
    const { engine } = setUp();
    const item = addOne(engine);
    await engine.finished(item.id);
    const items = engine.items();
    assert.equal(engine.items(), items);
    addOne(engine);
    assert.notEqual(engine.items(), items);
  });

  it('ends for a listener that has heard enough, and for all when the engine goes', async () => {
    const { library, engine } = setUp();
    let heard = 0;
    const stop = engine.subscribe(() => heard++);
    stop();
    stop();
    library.beforePut = (_key, signal) => abortable(signal, new Promise(() => undefined));
    const item = addOne(engine);
    await reaches(engine, item.id, 'sending');
    engine.dispose();
    engine.dispose();
    assert.equal(heard, 0);
    assert.equal(await codeOf(engine.finished(item.id)), 'aborted');
    assert.throws(() => engine.add([]), TypeError);
  });

  it('is forgotten when it is cleared, one or all that are over', async () => {
    const { library, engine } = setUp({ files: 3 });
    const [done, failed, going] = engine.add([
      { file: wav(), fileName: 'a' },
      { file: new Blob([]), fileName: 'b' },
      { file: wav(), fileName: 'c' },
    ]);
    assert.ok(done && failed && going);
    const held = gate();
    library.beforePut = (key) => (key.includes(going.assetId) ? held.passed : Promise.resolve());
    await engine.finished(done.id);
    await codeOf(engine.finished(failed.id));
    engine.clear(failed.id);
    engine.clear(going.id);
    assert.deepEqual(
      engine.items().map(({ id }) => id),
      [done.id, going.id],
    );
    engine.clear();
    assert.deepEqual(
      engine.items().map(({ id }) => id),
      [going.id],
    );
    held.open();
    await engine.finished(going.id);
  });

  it('of an item that isn’t there is that it isn’t there', async () => {
    const { engine } = setUp();
    assert.equal(await codeOf(engine.finished('nobody')), 'not-found');
    engine.cancel('nobody');
    engine.retry('nobody');
    engine.clear('nobody');
  });
});
