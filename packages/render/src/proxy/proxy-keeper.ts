import { LecternError } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import type { WorkerClient } from '../worker/worker-client.js';

const lockName = 'lectern-proxy';
/** Nobody has touched anything for this long before work begins. */
const quietMilliseconds = 3_000;
/** Another tab makes one: it is asked again after this long. */
const otherTabMilliseconds = 15_000;
/** A worker with nothing to do is ended. */
const idleMilliseconds = 20_000;

/** What a preview hears of proxies. */
export interface ProxyViewing {
  readonly changed: () => void;
}

/** A preview's part in the proxies: says what it shows and when it is busy, and sees what there is. */
export interface ProxyViewer {
  /** The proxies by asset. */
  readonly ready: ReadonlyMap<string, Blob>;
  /** Assets whose proxies are being made, or are next. */
  readonly making: ReadonlySet<string>;
  setDocument(document: TimelineDocument): void;
  /** Somebody plays: nothing else may take the processor. */
  setPlaying(playing: boolean): void;
  /** Somebody looks around. */
  touch(): void;
  dispose(): void;
}

/** What the keeper needs of the engine and the page; tests have their own. */
export interface ProxyWorld {
  readonly startWorker: () => Pick<WorkerClient, 'run' | 'terminate' | 'hasFailed'>;
  readonly budgetBytes: number;
  /** Whether the page is seen. */
  readonly isVisible: () => boolean;
  readonly onVisibility: (listener: () => void) => () => void;
  /** Resolves when the page has nothing else to do. */
  readonly idle: () => Promise<void>;
  /** Runs `act` while no other tab does the same; false when one does. */
  readonly exclusively: (act: () => Promise<void>) => Promise<boolean>;
  readonly after: (milliseconds: number, act: () => void) => () => void;
}

interface Viewer {
  readonly viewing: ProxyViewing;
  assets: ReadonlySet<string>;
  playing: boolean;
}

type Standing = 'unknown' | 'wanted' | 'settled';

/**
 * Has proxies made of heavy sources while nobody needs the processor: not while something plays, exports or is dragged,
 * not while the page is hidden, and one at a time over all tabs. What interrupts it costs the piece at hand only.
 */
export class ProxyKeeper {
  readonly #world: ProxyWorld;
  readonly #viewers = new Set<Viewer>();
  readonly #ready = new Map<string, Blob>();
  readonly #standing = new Map<string, Standing>();
  #making: ReadonlySet<string> = new Set();
  #exports = 0;
  #worker: ReturnType<ProxyWorld['startWorker']> | null = null;
  #current: AbortController | null = null;
  #running = false;
  #cancelWait: (() => void) | null = null;
  #cancelIdle: (() => void) | null = null;
  readonly #stopWatching: () => void;
  #disposed = false;

  constructor(world: ProxyWorld) {
    this.#world = world;
    this.#stopWatching = world.onVisibility(() => {
      this.#reconsider();
    });
  }

  view(viewing: ProxyViewing): ProxyViewer {
    const viewer: Viewer = { viewing, assets: new Set(), playing: false };
    this.#viewers.add(viewer);
    const making = (): ReadonlySet<string> => this.#making;
    return {
      ready: this.#ready,
      get making() {
        return making();
      },
      setDocument: (document) => {
        viewer.assets = heavyCandidates(document);
        for (const id of viewer.assets) if (!this.#standing.has(id)) this.#standing.set(id, 'unknown');
        this.#reconsider();
      },
      setPlaying: (playing) => {
        viewer.playing = playing;
        this.#reconsider();
      },
      touch: () => {
        this.#reconsider();
      },
      dispose: () => {
        this.#viewers.delete(viewer);
        this.#reconsider();
      },
    };
  }

  /** An export runs: it has the processor to itself until the returned function is called. */
  hold(): () => void {
    this.#exports += 1;
    this.#reconsider();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#exports -= 1;
      this.#reconsider();
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopWatching();
    this.#cancelWait?.();
    this.#cancelIdle?.();
    this.#current?.abort();
    this.#worker?.terminate();
    this.#worker = null;
  }

  #mayWork(): boolean {
    if (this.#disposed || this.#exports > 0 || !this.#world.isVisible()) return false;
    return [...this.#viewers].every(({ playing }) => !playing);
  }

  /** Whatever has happened: what runs is stopped, and gone on with once it is quiet. */
  #reconsider(): void {
    this.#current?.abort();
    this.#wait(quietMilliseconds);
  }

  #wait(milliseconds: number): void {
    this.#cancelWait?.();
    this.#cancelWait = null;
    if (!this.#mayWork() || this.#next() === null) return;
    this.#cancelWait = this.#world.after(milliseconds, () => {
      this.#cancelWait = null;
      void this.#work();
    });
  }

  /** Whether somebody has done something in the meantime: then it begins again when it is quiet. */
  #isWaiting(): boolean {
    return this.#cancelWait !== null;
  }

  /** The next asset that something is to be done about: what shows is looked at before anything is made. */
  #next(): string | null {
    const shown = [...this.#viewers].flatMap(({ assets }) => [...assets]);
    return (
      shown.find((id) => this.#standing.get(id) === 'unknown') ??
      shown.find((id) => this.#standing.get(id) === 'wanted') ??
      null
    );
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let pause = quietMilliseconds;
    try {
      for (let id = this.#next(); id !== null && this.#mayWork(); id = this.#next()) {
        await this.#world.idle();
        if (!this.#mayWork() || this.#isWaiting()) break;
        const step = await this.#step(id);
        if (step === 'elsewhere') pause = otherTabMilliseconds;
        if (step !== 'done') break;
      }
    } finally {
      this.#running = false;
      // Somebody may have begun to wait in the meantime, for a shorter while.
      if (!this.#isWaiting()) this.#wait(pause);
      this.#endWorkerLater();
    }
  }

  async #step(assetId: string): Promise<'done' | 'elsewhere' | 'interrupted'> {
    const current = new AbortController();
    this.#current = current;
    const { signal } = current;
    const { budgetBytes } = this.#world;
    try {
      if (this.#standing.get(assetId) === 'unknown') {
        const found = await this.#client().run('lookForProxy', { assetId, budgetBytes }, { signal });
        this.#standing.set(assetId, found.standing === 'wanted' ? 'wanted' : 'settled');
        if (found.standing === 'ready') this.#ready.set(assetId, found.file);
        if (found.standing !== 'none') this.#tell();
        return 'done';
      }
      const isMine = await this.#world.exclusively(async () => {
        const file = await this.#client().run('makeProxyPiece', { assetId, budgetBytes }, { signal });
        if (!file) return;
        this.#standing.set(assetId, 'settled');
        this.#ready.set(assetId, file);
        this.#tell();
      });
      return isMine ? 'done' : 'elsewhere';
    } catch (error) {
      if (signal.aborted) return 'interrupted';
      // A source that can't be read, a disk that is full: it is shown as it is. The next page tries again.
      this.#standing.set(assetId, 'settled');
      if (error instanceof LecternError && error.code === 'quota-exceeded') this.#giveUp();
      this.#tell();
      return 'done';
    } finally {
      if (this.#current === current) this.#current = null;
    }
  }

  /** There is no room for proxies in this browser. */
  #giveUp(): void {
    for (const [id, standing] of this.#standing) if (standing === 'wanted') this.#standing.set(id, 'settled');
  }

  #tell(): void {
    this.#making = new Set([...this.#standing].filter(([, standing]) => standing === 'wanted').map(([id]) => id));
    for (const { viewing } of [...this.#viewers]) viewing.changed();
  }

  #client(): ReturnType<ProxyWorld['startWorker']> {
    this.#cancelIdle?.();
    this.#cancelIdle = null;
    if (!this.#worker || this.#worker.hasFailed) this.#worker = this.#world.startWorker();
    return this.#worker;
  }

  #endWorkerLater(): void {
    if (!this.#worker) return;
    this.#cancelIdle?.();
    this.#cancelIdle = this.#world.after(idleMilliseconds, () => {
      if (this.#running) return;
      this.#worker?.terminate();
      this.#worker = null;
    });
  }
}

/** Assets with pictures over time that a clip shows. */
function heavyCandidates(document: TimelineDocument): ReadonlySet<string> {
  const candidates = new Set<string>();
  for (const { source } of document.clips.values()) {
    if (source.kind !== 'asset') continue;
    if (document.assets.get(source.assetId)?.videoCodec != null) candidates.add(source.assetId);
  }
  return candidates;
}

/** The page that a keeper works in. */
export function proxyWorld(startWorker: ProxyWorld['startWorker'], budgetBytes: number): ProxyWorld {
  return {
    startWorker,
    budgetBytes,
    isVisible: () => document.visibilityState !== 'hidden',
    onVisibility: (listener) => {
      document.addEventListener('visibilitychange', listener);
      return () => {
        document.removeEventListener('visibilitychange', listener);
      };
    },
    idle: () =>
      new Promise((resolve) => {
        // Safari has none.
        const page = globalThis as { requestIdleCallback?: typeof requestIdleCallback };
        if (page.requestIdleCallback)
          page.requestIdleCallback(() => {
            resolve();
          });
        else setTimeout(resolve, 200);
      }),
    exclusively: async (act) => {
      const { locks } = navigator as { readonly locks?: LockManager };
      if (!locks) {
        await act();
        return true;
      }
      return locks.request(lockName, { ifAvailable: true }, async (lock) => {
        if (lock) await act();
        return lock !== null;
      });
    },
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
