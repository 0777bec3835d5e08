/**
 * A page with the upload engine and nothing else: what the tests of uploads drive. The address says where the project is
 * (`url`, `key`), who works there (`email`, `password`), and where the bytes go (`signer`; Supabase's own storage without
 * it).
 */
import { createB2Store } from '@lectern/adapter-b2';
import { createSupabaseBackend } from '@lectern/adapter-supabase';
import { isLecternError, type Backend, type ProbeResult, type UploadItem } from '@lectern/ports';
import { contentHash, createUploadEngine } from '@lectern/uploads';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { seededFile } from '../uploads-bytes.js';
import type { UploadFact } from './facts.js';

/** Where one request goes, and with what. */
export interface PlainRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface UploadingPage {
  /** Adds a file out of a seed; its id. */
  add(seed: number, size: number, name: string): string;
  items(): readonly UploadItem[];
  /** Everything that is written down of uploads, as text, and how many bytes are held for them. */
  written(): Promise<{ readonly rows: readonly string[]; readonly held: number; readonly heldBytes: number }>;
  /** Milliseconds for sending the same bytes by one plain request. */
  fetchPlainly(seed: number, size: number, request: PlainRequest): Promise<number>;
  /** Milliseconds for hashing a file as it is done while it is sent. */
  hash(seed: number, size: number): Promise<number>;
  /** Forgets what is over. */
  clear(): void;
}

declare global {
  interface Window {
    uploadingPage: UploadingPage;
  }
}

const parameters = new URLSearchParams(location.search);
const given = (name: string): string => parameters.get(name) ?? '';

function tell(fact: UploadFact): void {
  (window as { readonly tellFact?: (fact: string) => void }).tellFact?.(JSON.stringify(fact));
}

function wordsOf(error: unknown): string {
  if (isLecternError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const poster = new Blob([new Uint8Array(4000).fill(7)], { type: 'image/webp' });

/** Facts that no decoder has to find out. */
async function probe(): Promise<ProbeResult> {
  return {
    facts: {
      kind: 'video',
      container: 'mp4',
      mimeType: 'video/mp4',
      durationSeconds: 600,
      width: 1280,
      height: 720,
      rotation: 0,
      videoCodec: 'avc',
      audioCodec: 'aac',
      sampleRate: 48_000,
      channels: 2,
      averageFrameRate: 30,
      variableFrameRate: false,
      bitrate: 2_000_000,
      hasAlpha: false,
      decodable: true,
    },
    poster,
  };
}

function openBackend(client: SupabaseClient): Backend {
  const signerUrl = given('signer');
  if (signerUrl === '') return createSupabaseBackend({ client });
  return createSupabaseBackend({ client }, { store: (project) => createB2Store({ signerUrl, ...project }) });
}

/** All records of a database that is there; none when it isn't. */
function readAll(database: string, store: string): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database);
    opening.onerror = () => {
      reject(opening.error ?? new Error(database));
    };
    opening.onsuccess = () => {
      const { result } = opening;
      if (!result.objectStoreNames.contains(store)) {
        result.close();
        resolve([]);
        return;
      }
      const reading = result.transaction(store).objectStore(store).getAll() as IDBRequest<unknown[]>;
      reading.onsuccess = () => {
        result.close();
        resolve(reading.result);
      };
      reading.onerror = () => {
        reject(reading.error ?? new Error(store));
      };
    };
  });
}

async function signIn(client: SupabaseClient): Promise<void> {
  const { error } = await client.auth.signInWithPassword({ email: given('email'), password: given('password') });
  if (error) throw error;
}

async function start(): Promise<void> {
  const client = createClient(given('url'), given('key'), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  await signIn(client);
  const backend = openBackend(client);
  const engine = createUploadEngine({
    ...backend,
    probe,
    newId: () => crypto.randomUUID(),
    namespace: 'uploading-page',
  });
  const told = new Map<string, string>();
  engine.subscribe((items) => {
    for (const { id, assetId, status, error, elsewhere } of items) {
      const words = `${status} ${String(elsewhere)}`;
      if (told.get(id) === words) continue;
      told.set(id, words);
      tell({ type: 'status', at: Date.now(), id, assetId, status, error: error?.code ?? null, elsewhere });
    }
  });
  window.uploadingPage = {
    add: (seed, size, name) => {
      const [item] = engine.add([{ file: seededFile(seed, size, name), fileName: name }]);
      return item?.id ?? '';
    },
    items: () => engine.items(),
    written: async () => {
      const rows = await readAll('lectern-uploads', 'rows');
      const held = (await readAll('lectern-uploads', 'held')) as readonly { readonly file?: Blob }[];
      const heldBytes = held.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
      return { rows: rows.map((row) => JSON.stringify(row)), held: held.length, heldBytes };
    },
    fetchPlainly: async (seed, size, { url, method, headers }) => {
      // Without a type, so that no header is sent that wasn't signed.
      const file = seededFile(seed, size, 'plain').slice();
      const began = performance.now();
      const response = await fetch(url, { method, headers, body: file });
      if (!response.ok) throw new Error(`${response.status}`);
      await response.text();
      return performance.now() - began;
    },
    hash: async (seed, size) => {
      const file = seededFile(seed, size, 'hash');
      const began = performance.now();
      await contentHash(file);
      return performance.now() - began;
    },
    clear: () => {
      engine.clear();
    },
  };
  tell({ type: 'ready', at: Date.now() });
}

for (const type of ['error', 'unhandledrejection'] as const) {
  addEventListener(type, (event) => {
    const reason: unknown = event instanceof ErrorEvent ? event.error : event.reason;
    tell({ type: 'problem', at: Date.now(), error: wordsOf(reason) });
  });
}

start().catch((error: unknown) => {
  tell({ type: 'failed', at: Date.now(), error: wordsOf(error) });
});
