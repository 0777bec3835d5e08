import { createLocalBackend, type LocalBackend } from '@lectern/adapter-local';
import { createSession, type LecternOptions, type LecternSession } from '@lectern/core';
import type {
  AssetsPort,
  Backend,
  ConnectionPort,
  CourseChange,
  NewAsset,
  OperationsPort,
  UploadEngine,
} from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import { printTimeline } from '@lectern/timeline/schema';
import { createUploadEngine, memoryUploadJournal } from '@lectern/uploads';
import { createNewAsset } from './builders.js';
import { createFakeRenderEngine, type FakeRenderOptions } from './fake-render-engine.js';
import { unreliable, type Faults } from './unreliable.js';

/** A project to start with. Its revision is 1. */
export interface TestProject {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly document: TimelineDocument;
  readonly published?: boolean;
}

export interface TestSessionOptions extends Faults {
  /** Assets to start with, with a coloured poster each where there is a canvas, or how many lectures to make up. */
  readonly assets?: number | readonly (Partial<NewAsset> & { readonly id: string })[];
  readonly projects?: readonly TestProject[];
  /** What happened to the courses so far. */
  readonly courses?: readonly CourseChange[];
  readonly render?: FakeRenderOptions;
  readonly maxBytes?: number;
  /** Says that nothing outlives the page, which is so, but in most tests it is beside the point. */
  readonly memoryOnly?: boolean;
  /** An upload engine of a test's own instead of the real one. */
  readonly uploads?: UploadEngine;
  /** A connection, so that the back end stands in for another one. */
  readonly connection?: ConnectionPort;
  /** Bulk work over the back end's assets as a test wants it. */
  readonly operations?: (assets: AssetsPort) => OperationsPort;
  readonly session?: Partial<Omit<LecternOptions, 'backend' | 'engines'>>;
}

export interface TestSession extends LecternSession {
  /** The back end without faults, to look behind the scenes. */
  readonly reliableBackend: Backend;
  /** Resolves once everything to start with is there; the session's own calls wait for it by themselves. */
  readonly seeded: Promise<void>;
  /** Changes what fails and hangs from now on. */
  setFaults(faults: Faults): void;
}

const topics = ['Limits', 'Derivatives', 'Integrals', 'Series', 'Vectors', 'Matrices', 'Eigenvalues', 'Probability'];

function madeUp(count: number): readonly (Partial<NewAsset> & { readonly id: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `asset-${String(index + 1)}`;
    const topic = topics[index % topics.length] ?? 'Lecture';
    const number = String(Math.floor(index / topics.length) + 1);
    if (index % 5 === 3)
      return { id, name: `${topic} ${number} sound.mp3`, kind: 'audio' as const, sizeBytes: 3_400_000 + index };
    if (index % 5 === 4)
      return { id, name: `${topic} ${number} slide.png`, kind: 'image' as const, sizeBytes: 240_000 + index };
    if (index % 5 === 2)
      return {
        id,
        name: `${topic} ${number} recording.webm`,
        sourceType: 'recording' as const,
        sizeBytes: 42_000_000 + index,
      };
    return { id, name: `${topic} ${number}.mp4`, sizeBytes: 87_000_000 + index, tags: index % 2 ? ['term 1'] : [] };
  });
}

async function poster(index: number): Promise<Blob | null> {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const canvas = new OffscreenCanvas(320, 180);
  const context = canvas.getContext('2d');
  if (!context) return null;
  const hue = (index * 47) % 360;
  const gradient = context.createLinearGradient(0, 0, 320, 180);
  gradient.addColorStop(0, `hsl(${String(hue)} 38% 52%)`);
  gradient.addColorStop(1, `hsl(${String((hue + 60) % 360)} 46% 26%)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, 320, 180);
  context.fillStyle = 'rgb(255 255 255 / 85%)';
  context.fillRect(28, 34, 150, 12);
  context.fillRect(28, 58, 220, 7);
  context.fillRect(28, 74, 190, 7);
  context.beginPath();
  context.arc(262, 132, 26, 0, Math.PI * 2);
  context.fill();
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
}

async function fill(backend: Backend, options: TestSessionOptions): Promise<void> {
  const { assets = [] } = options;
  const wanted = typeof assets === 'number' ? madeUp(assets) : assets;
  let index = 0;
  for (const asset of wanted) {
    const record = createNewAsset(asset);
    index += 1;
    await backend.blobs.put(record.blobKey, new Blob([record.id], { type: record.mimeType }), {
      mimeType: record.mimeType,
    });
    const picture = record.kind === 'audio' ? null : await poster(index);
    const posterKey = picture ? `posters/${record.id}/1` : null;
    if (picture && posterKey) await backend.blobs.put(posterKey, picture, { mimeType: picture.type });
    await backend.assets.create({ ...record, posterKey: record.posterKey ?? posterKey });
  }
  for (const project of options.projects ?? []) {
    const state = printTimeline(project.document);
    const { frameRate } = project.document.settings;
    await backend.projects.save({
      projectId: project.id,
      baseRev: 0,
      saveId: `seed-${project.id}`,
      hash: project.id
        .padEnd(64, '0')
        .replace(/[^0-9a-f]/g, '0')
        .slice(0, 64),
      schemaVersion: state.schemaVersion,
      state: state as never,
      kind: project.published ? 'publish' : 'auto',
      title: project.title,
      description: project.description ?? '',
      totalFrames: project.document.totalFrames,
      durationSeconds: (project.document.totalFrames * frameRate.den) / frameRate.num,
      assetIds: [...project.document.assets.keys()],
    });
    if (project.published) await backend.projects.describe(project.id, { isDraft: false });
  }
  for (const change of options.courses ?? []) await backend.courses.apply(change);
}

/** The same back end, reporting its memory as storage that lasts. */
function withoutMention(backend: LocalBackend): LocalBackend {
  const { blobs } = backend;
  const lasting: Backend['blobs'] = {
    put: (...args) => blobs.put(...args),
    get: (...args) => blobs.get(...args),
    stat: (...args) => blobs.stat(...args),
    delete: (...args) => blobs.delete(...args),
    report: async (...args) => ({ ...(await blobs.report(...args)), kind: 'indexeddb' }),
  };
  return new Proxy(backend, {
    get(target, property): unknown {
      if (property === 'blobs') return lasting;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** The same back end with some ports of a test's own. */
function withPorts(backend: Backend, ports: Partial<Backend>): Backend {
  return new Proxy(backend, {
    get(target, property): unknown {
      if (property in ports) return Reflect.get(ports, property);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** A real session over the local back end in memory, with a render engine that draws coloured pictures. */
export function createTestSession(options: TestSessionOptions = {}): TestSession {
  const reliableBackend = createLocalBackend({
    storage: 'memory',
    databaseName: `test-${crypto.randomUUID()}`,
    requestPersistence: false,
  });
  let faults: Faults = options;
  const seeded = fill(reliableBackend, options);
  const backend = unreliable(
    withPorts(options.memoryOnly ? reliableBackend : withoutMention(reliableBackend), {
      ...(options.connection ? { connection: options.connection } : {}),
      ...(options.operations ? { operations: options.operations(reliableBackend.assets) } : {}),
    }),
    () => faults,
    seeded,
  );
  const namespace = options.session?.namespace ?? `test-${crypto.randomUUID()}`;
  const render = createFakeRenderEngine(options.render);
  const limit = options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes };
  const uploads =
    options.uploads ??
    createUploadEngine({
      assets: backend.assets,
      blobs: backend.blobs,
      transfers: backend.transfers,
      identity: backend.identity,
      probe: (file, call) => render.probe(file, call),
      newId: () => crypto.randomUUID(),
      namespace,
      journal: memoryUploadJournal(),
      ...limit,
    });
  const session = createSession({
    backend,
    engines: { uploads, render },
    namespace,
    checkInvariants: true,
    ...limit,
    ...options.session,
  });
  return Object.assign(session, {
    reliableBackend,
    seeded,
    setFaults: (next: Faults) => {
      faults = next;
    },
  });
}
