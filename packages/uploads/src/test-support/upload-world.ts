import assert from 'node:assert/strict';
import {
  isLecternError,
  type LecternErrorCode,
  type ProbeResult,
  type UploadEngine,
  type UploadItem,
  type UploadRequest,
  type UploadStatus,
} from '@lectern/ports';
import { sampleFacts } from '@lectern/ports/contracts';
import { memoryUploadChannels } from '../upload-channel.js';
import { createUploadEngine } from '../upload-engine.js';
import type { UploadEngineOptions } from '../upload-engine-options.js';
import { memoryUploadJournal } from '../upload-journal.js';
import { memoryUploadLocks } from '../upload-locks.js';
import { ScriptedStore } from './scripted-store.js';
import { TestClock, TestNetwork } from './test-clock.js';

/** A file that the checks take for sound; each seed has content of its own. */
export function wav(sizeBytes = 100, seed = 0): Blob {
  const bytes = new Uint8Array(sizeBytes).map((_, index) => (index * 31 + seed * 7) % 251);
  bytes.set(new TextEncoder().encode('RIFF\0\0\0\0WAVEfmt '));
  return new Blob([bytes]);
}

const audio: ProbeResult = { facts: sampleFacts({ kind: 'audio', videoCodec: null }), poster: null };

/** One browser with its tabs, a store, and time that goes only while somebody waits. */
export class UploadWorld {
  readonly store = new ScriptedStore();
  readonly clock = new TestClock();
  readonly network = new TestNetwork();
  readonly journal = memoryUploadJournal();
  readonly locks = memoryUploadLocks();
  readonly openChannel = memoryUploadChannels();
  readonly engines: UploadEngine[] = [];
  #next = 1;

  /** Another tab; or after `dispose` of the one before, the next page. */
  openTab(options: Partial<UploadEngineOptions> = {}): UploadEngine {
    const { store } = this;
    const engine = createUploadEngine({
      assets: store.assets,
      blobs: store.blobsPort,
      transfers: store.transfers,
      identity: store.identity,
      probe: () => Promise.resolve(audio),
      newId: () => `id-${String(this.#next++)}`,
      namespace: 'test',
      journal: this.journal,
      locks: this.locks,
      openChannel: this.openChannel,
      clock: this.clock,
      network: this.network,
      estimateRoom: () => Promise.resolve(null),
      ...options,
    });
    this.engines.push(engine);
    return engine;
  }

  close(): void {
    for (const engine of this.engines.splice(0)) engine.dispose();
  }

  /** Lets time go, timer by timer, until it is so; nothing really waits. */
  async until(holds: () => boolean, what = 'what was waited for'): Promise<void> {
    for (let turns = 0; turns < 4000; turns++) {
      if (holds()) return;
      await this.rest();
      if (holds()) return;
      if (!this.clock.step()) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.fail(`${what} didn't come; ${this.engines.map((engine) => JSON.stringify(engine.items())).join('\n')}`);
  }

  /** The same while the clock stands. */
  async untilNow(holds: () => boolean, what = 'what was waited for'): Promise<void> {
    for (let turns = 0; turns < 4000; turns++) {
      if (holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.fail(`${what} didn't come`);
  }

  /** Lets everything happen that needs no time. */
  async rest(): Promise<void> {
    let quiet = 0;
    for (let turns = 0; quiet < 4 && turns < 5000; turns++) {
      const before = this.#marks();
      await new Promise((resolve) => setImmediate(resolve));
      quiet = this.#marks() === before && this.store.reading === 0 ? quiet + 1 : 0;
    }
  }

  #marks(): string {
    const items = this.engines.map((engine) =>
      engine.items().map(({ status, sentBytes }) => `${status}${String(sentBytes)}`),
    );
    return JSON.stringify([this.store.requests.length, this.store.inFlight, items]);
  }

  async finish(engine: UploadEngine, id: string): Promise<UploadItem> {
    let end: UploadItem | Error | null = null;
    engine.finished(id).then(
      (item) => (end = item),
      (error: unknown) => (end = error as Error),
    );
    await this.until(() => end !== null, `the end of ${id}`);
    const result = end as unknown as UploadItem | Error;
    if (result instanceof Error) throw result;
    return result;
  }

  async codeOf(engine: UploadEngine, id: string): Promise<LecternErrorCode | 'none'> {
    try {
      await this.finish(engine, id);
      return 'none';
    } catch (error) {
      return isLecternError(error) ? error.code : assert.fail(String(error));
    }
  }

  async reaches(engine: UploadEngine, id: string, status: UploadStatus): Promise<UploadItem> {
    await this.until(() => this.find(engine, id)?.status === status, `${id} to be ${status}`);
    return this.item(engine, id);
  }

  find(engine: UploadEngine, id: string): UploadItem | undefined {
    return engine.items().find((item) => item.id === id);
  }

  item(engine: UploadEngine, id: string): UploadItem {
    return this.find(engine, id) ?? assert.fail(`there is no item ${id}`);
  }

  add(engine: UploadEngine, request: Partial<UploadRequest> = {}): UploadItem {
    const [item] = engine.add([{ file: wav(), fileName: 'talk.wav', ...request }]);
    return item ?? assert.fail('nothing was added');
  }

  /** The stored bytes of an asset. */
  stored(assetId: string): Uint8Array | undefined {
    return this.store.blobs.get(this.store.rows.get(assetId)?.blobKey ?? '');
  }
}
