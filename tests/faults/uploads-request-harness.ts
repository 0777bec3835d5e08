/**
 * A session of somebody who uploads, looks, renames, saves, links, deletes, restores and tags, once to count its requests
 * and then again and again with one of them failing. Whatever was promised is there in the end, once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createB2Store } from '@lectern/adapter-b2';
import { createSupabaseBackend } from '@lectern/adapter-supabase';
import { messagesFor } from '@lectern/core';
import { isLecternError, toLecternError, type Backend, type LecternError } from '@lectern/ports';
import { sampleFacts, sampleSave } from '@lectern/ports/contracts';
import { atRequest, startFaultProxy, type Fault, type FaultProxy } from '@lectern/testing/local-backend';
import {
  createUploadEngine,
  memoryUploadChannels,
  memoryUploadJournal,
  memoryUploadLocks,
  type Clock,
} from '@lectern/uploads';
import WebSocket from 'ws';
import {
  type CloudUser,
  type LocalCloud,
  startLocalCloud,
} from '../../packages/adapters/b2/src/test-support/local-cloud.js';
import { seededBlocks, seededFile } from './uploads-bytes.js';
import type { UploadStore } from './uploads-site.js';

const fileBytes = 14_000_000;
const fileSeed = 11;
/** Requests that nothing is heard of are given up after so long. */
const patienceMs = 1200;
/** How often a step is tried again, as the core does it. */
const tries = 5;

const faults: Readonly<Record<string, Fault>> = {
  drop: { kind: 'drop' },
  delay: { kind: 'delay', milliseconds: 150 },
  reset: { kind: 'reset' },
  truncate: { kind: 'truncate-answer', bytes: 10 },
  'truncate-request': { kind: 'truncate-request', bytes: 1000 },
  'lose-answer': { kind: 'lose-answer' },
  '503': { kind: 'status', status: 503 },
  '429': { kind: 'status', status: 429, retryAfter: 1 },
};

export interface RequestSweepOptions {
  readonly store: UploadStore;
  /** Every request with each fault (1), or every n-th, another one for each fault. */
  readonly every: number;
  readonly log?: (line: string) => void;
}

export interface RequestSweepReport {
  /** Of one session in which nothing fails. */
  readonly requests: number;
  readonly sessions: number;
  /** Codes of errors that came up, with how often they did. */
  readonly surfaced: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** Thirty seconds are a bit more than one. */
const hastyClock: Clock = {
  now: () => new Date(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms / 25);
    return () => {
      clearTimeout(timer);
    };
  },
  random: Math.random,
};

export async function runRequestSweep({
  store,
  every,
  log = () => undefined,
}: RequestSweepOptions): Promise<RequestSweepReport> {
  const bucketAddress = { url: '' };
  let bucket: FaultProxy | undefined;
  const cloud = await startLocalCloud({
    signer: ({ s3: { endpoint, ...s3 } }) => ({
      store: {
        ...s3,
        get endpoint() {
          return bucketAddress.url || endpoint;
        },
      },
      patience: patienceMs,
    }),
  });
  const project = await startFaultProxy(cloud.backend.url);
  const problems: string[] = [];
  const surfaced: Record<string, number> = {};
  let sessions = 0;
  try {
    if (store === 'b2') {
      bucket = await startFaultProxy(cloud.backend.s3.endpoint);
      bucketAddress.url = bucket.url;
    }
    const lines = bucket ? [project, bucket] : [project];
    const run = async (where: string): Promise<void> => {
      sessions += 1;
      const session = new Session(cloud, project, store);
      for (const problem of await session.run()) problems.push(`${where}: ${problem}`);
      for (const error of session.surfaced) {
        surfaced[error.code] = (surfaced[error.code] ?? 0) + 1;
        problems.push(...wordless(error).map((problem) => `${where}: ${problem}`));
      }
      const complaints = cloud.backend.takeComplaints().filter((line) => !line.startsWith('500'));
      problems.push(...complaints.map((complaint) => `${where}: ${complaint}`));
    };
    for (const line of lines) line.use();
    await run('nothing fails');
    const counts = lines.map(({ seen }) => seen.length);
    log(`${store}: ${counts.join(' and ')} requests`);
    for (const [which, line] of lines.entries()) {
      for (const [index, [name, fault]] of Object.entries(faults).entries()) {
        const first = every === 1 ? 1 : 1 + ((index * 5 + which) % every);
        for (let n = first; n <= (counts[which] ?? 0); n += every) {
          for (const other of lines) other.use();
          line.use(atRequest(n, fault));
          const before = problems.length;
          await run(`${store}${which === 0 ? '' : ' (bucket)'}, ${name} at request ${n}`);
          for (const problem of problems.slice(before)) log(`  ${problem} — ${asked(line, n)}`);
        }
        log(`${store}${which === 0 ? '' : ' (bucket)'} ${name}: ${sessions} sessions, ${problems.length} problems`);
      }
    }
    return { requests: counts.reduce((sum, count) => sum + count, 0), sessions, surfaced, problems };
  } finally {
    await project.stop();
    await bucket?.stop();
    await cloud.stop().catch((error: unknown) => void problems.push(String(error)));
  }
}

function asked({ seen }: FaultProxy, n: number): string {
  const request = seen.find(({ number }) => number === n);
  return request ? `${request.method} ${request.path.split('?')[0] ?? ''}` : 'nothing';
}

/** Every error says what happened and what to do next. */
function wordless(error: LecternError): readonly string[] {
  const { title, advice } = messagesFor('en').error(error);
  return title === '' || advice === '' ? [`error ${error.code} has no words: ${title}, ${advice}`] : [];
}

class Session {
  readonly #cloud: LocalCloud;
  readonly #project: FaultProxy;
  readonly #store: UploadStore;
  readonly surfaced: LecternError[] = [];
  readonly #projectId: string = randomUUID();
  readonly #operationId: string = randomUUID();
  #assetId = '';

  constructor(cloud: LocalCloud, project: FaultProxy, store: UploadStore) {
    this.#cloud = cloud;
    this.#project = project;
    this.#store = store;
  }

  /** What went wrong. */
  async run(): Promise<readonly string[]> {
    const { backend: local } = this.#cloud;
    const user = await this.#cloud.newUser();
    // Being signed in is where this begins.
    const { data } = await user.client.auth.getSession();
    const token = data.session?.access_token ?? null;
    const backend = createSupabaseBackend(
      {
        url: this.#project.url,
        publishableKey: local.publishableKey,
        accessToken: async () => token,
        realtime: { transport: WebSocket as never },
      },
      {
        timeoutMs: patienceMs,
        ...(this.#store === 'b2'
          ? {
              store: (project) =>
                createB2Store({
                  signerUrl: `${this.#project.url}/functions/v1/b2-uploads`,
                  ...project,
                  stallMs: patienceMs,
                }),
            }
          : {}),
      },
    );
    try {
      await this.#work(backend);
    } catch (error) {
      const { code, message } = toLecternError(error);
      return [`it doesn't go on: ${code}, ${message}`];
    } finally {
      await backend.dispose();
    }
    return this.#judge(user);
  }

  async #work(backend: Backend): Promise<void> {
    const { assets, projects, operations } = backend;
    await this.#upload(backend);
    const id = this.#assetId;
    const page = await this.#step(() => assets.list({}));
    if (page.items.length !== 1) throw new Error(`the list has ${page.items.length} files`);
    await this.#step(() => assets.update(id, { name: 'Renamed.mp4' }));
    const save = sampleSave(this.#projectId);
    const saved = await this.#step(() => projects.save(save));
    if (saved.outcome !== 'ok') throw new Error(`the save was answered ${saved.outcome}`);
    const place = { assetId: id, resourceType: 'lesson', resourceId: 'lesson-1', label: 'Optics' };
    await this.#step(() => assets.link(place));
    await this.#step(() => assets.unlink(place));
    await this.#step(() => assets.remove(id));
    await this.#step(() => assets.restore(id));
    await this.#step(() => assets.link(place));
    const work = { kind: 'tag', tags: ['swept'] } as const;
    await this.#step(() => operations.start({ id: this.#operationId, work, assetIds: [id] }));
    for (;;) {
      const { status } = await this.#step(() => operations.get(this.#operationId));
      if (status !== 'running') return;
      await pause(20);
    }
  }

  async #upload(backend: Backend): Promise<void> {
    const engine = createUploadEngine({
      ...backend,
      probe: async () => ({
        facts: sampleFacts(),
        poster: new Blob([new Uint8Array(3000).fill(9)], { type: 'image/webp' }),
      }),
      newId: () => randomUUID(),
      namespace: 'sweep',
      journal: memoryUploadJournal(),
      locks: memoryUploadLocks(),
      openChannel: memoryUploadChannels(),
      clock: hastyClock,
    });
    try {
      const file = seededFile(fileSeed, fileBytes, 'Lecture.mp4');
      const [item] = engine.add([{ file, fileName: file.name }]);
      this.#assetId = item?.assetId ?? '';
      for (let left = tries; ; left -= 1) {
        try {
          await engine.finished(item?.id ?? '');
          return;
        } catch (error) {
          this.#note(error);
          if (left === 0) throw error;
          engine.retry(item?.id ?? '');
        }
      }
    } finally {
      engine.dispose();
    }
  }

  /** One call, and again while its error says that it may go well later. */
  async #step<T>(work: () => Promise<T>): Promise<T> {
    for (let left = tries; ; left -= 1) {
      try {
        return await work();
      } catch (error) {
        this.#note(error);
        if (!isLecternError(error) || !error.retryable || left === 0) throw error;
        await pause(30);
      }
    }
  }

  #note(error: unknown): void {
    if (!isLecternError(error)) throw error;
    this.surfaced.push(error);
  }

  async #judge(user: CloudUser): Promise<readonly string[]> {
    const { admin, s3 } = this.#cloud.backend;
    const problems: string[] = [];
    const expect = (what: string, found: unknown, wanted: unknown): void => {
      const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
      if (a !== b) problems.push(`${what}: ${a} instead of ${b}`);
    };
    const rows = async (text: string): Promise<readonly Record<string, unknown>[]> =>
      (await admin.query<Record<string, unknown>>(text, [user.id])).rows;
    const files = await rows(
      `select f.id, f.name, f.tags, f.status, f.size_bytes::int as size, f.poster_key is not null as poster, b.object_name
       from public.media_files f left join public.media_blobs b on b.owner_id = f.owner_id and b.key = f.blob_key
       where f.owner_id = $1`,
    );
    const [{ object_name: objectName, ...file } = { object_name: '' }] = files;
    expect('files', files.length, 1);
    expect('the file', file, {
      id: this.#assetId,
      name: 'Renamed.mp4',
      tags: ['swept'],
      status: 'active',
      size: fileBytes,
      poster: true,
    });
    const history = await rows(
      'select action, count(*)::int as times from public.media_file_history where owner_id = $1 group by 1 order by 1',
    );
    const times = Object.fromEntries(history.map(({ action, times: count }) => [action, count]));
    expect('its history', times, { delete: 1, link: 2, rename: 1, restore: 1, tag: 1, unlink: 1, upload: 1 });
    expect('its versions', await rows('select number from public.media_file_versions where owner_id = $1'), [
      { number: 1 },
    ]);
    expect(
      'its places',
      await rows(
        `select u.resource_id from public.media_usage u join public.media_files f on f.id = u.asset_id
         where f.owner_id = $1`,
      ),
      [{ resource_id: 'lesson-1' }],
    );
    const blobs = await rows('select key from public.media_blobs where owner_id = $1');
    expect('blobs', blobs.length, 2);
    const projects = await rows('select rev::int from public.studio_projects where owner_id = $1');
    expect('projects', projects, [{ rev: 1 }]);
    const done = await rows(
      'select total::int, done::int, failed::int, status from public.media_operations where owner_id = $1',
    );
    expect('bulk work', done, [{ total: 1, done: 1, failed: 0, status: 'done' }]);

    const hash = createHash('sha256');
    for (const block of seededBlocks(fileSeed, fileBytes)) hash.update(block);
    const name = String(objectName);
    const wanted = hash.digest('hex');
    if (this.#store === 'b2') {
      const object = (await s3.storedObjects()).find(({ key }) => key.endsWith(name));
      expect('its bytes', object?.sha256, wanted);
    } else {
      const { data, error } = await user.client.storage.from('media').download(name);
      if (error) problems.push(`its bytes: ${error.message}`);
      else {
        const bytes = new Uint8Array(await data.arrayBuffer());
        expect('its bytes', createHash('sha256').update(bytes).digest('hex'), wanted);
      }
    }
    return problems;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
