import { createLocalBackend } from '@lectern/adapter-local';
import { createConnectedBackend, createSession, messagesFor, type LecternSession } from '@lectern/core';
import type { Backend } from '@lectern/ports';
import { LecternError } from '@lectern/ports';
import { createRenderEngine, type FfmpegOptions, type RenderFont } from '@lectern/render';
import { createUploadEngine } from '@lectern/uploads';
import { cloudBackend, type B2Address, type SupabaseSetting } from './cloud-backend.js';

/** What a host may say; everything has a default that needs no server. */
export interface CreateLecternOptions {
  /** Where things are kept. `local` (this browser) when left out, or any back end that passes the contract suites. */
  readonly backend?: 'local' | Backend;
  /**
   * Keeps everything in this Supabase project: the page's own client, or the project's address. Where nobody can work
   * there (`null`, not reachable at the start, nobody signed in), this browser stands in and says so; its work moves up
   * when somebody asks for it. Not together with `backend`.
   */
  readonly supabase?: SupabaseSetting;
  /** Keeps the bytes in Backblaze B2 and only the records in Supabase. */
  readonly b2?: B2Address;
  /** What people call the place where their work is kept: *the school's server*. */
  readonly placeName?: string;
  /** The largest file that is imported and exported, in bytes: the host's own upload limit. */
  readonly maxBytes?: number;
  /** Where `render.worker.js` lies, if it isn't beside the library's own files. */
  readonly workerUrl?: URL | string;
  /** Fonts for titles beyond those of the browser: family and same-origin address. */
  readonly fonts?: readonly RenderFont[];
  /**
   * Where the page keeps ffmpeg: `ffmpeg-core.js` of the ES module build of `@ffmpeg/core`, and `ffmpeg-core.wasm` beside
   * it unless `wasmUrl` says otherwise. With it, people can convert files that their browser can't read. It is loaded
   * when somebody does. It is under the GPL and no part of Lectern: whoever serves it sees to its licence.
   */
  readonly ffmpeg?: FfmpegOptions;
  /** Defaults: save 1.5 s after the last change, at the latest 30 s after the first unsaved one. */
  readonly autosave?: { readonly debounceMs?: number; readonly deadlineMs?: number };
  /** BCP 47 for what is said outside an element; elements follow the page's `lang`. */
  readonly locale?: string;
}

/**
 * Puts the parts together: a back end, the upload and render engines, and the session over them.
 *
 * ```js
 * configureLectern(createLectern({ maxBytes: 500_000_000 }));
 * configureLectern(createLectern({ supabase: client, b2: { signerUrl } }));
 * ```
 *
 * @throws TypeError for `backend` and `supabase` together, for `b2` without `supabase`, and for a secret key
 */
export function createLectern(options: CreateLecternOptions = {}): LecternSession {
  const backend = backendOf(options, () => session);
  const render = createRenderEngine({
    resolveSource: async (assetId, { signal } = {}) => {
      const call = signal ? { signal } : {};
      const [asset] = await backend.assets.getMany([assetId], call);
      if (!asset) throw new LecternError('source-missing', { details: { asset: assetId } });
      return backend.blobs.get(asset.blobKey, call);
    },
    ...(options.workerUrl === undefined ? {} : { workerUrl: options.workerUrl }),
    ...(options.fonts === undefined ? {} : { fonts: options.fonts }),
    ...(options.ffmpeg === undefined ? {} : { ffmpeg: { ...largestResult(options), ...options.ffmpeg } }),
  });
  const limit = options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes };
  const uploads = createUploadEngine({
    assets: backend.assets,
    blobs: backend.blobs,
    transfers: backend.transfers,
    identity: backend.identity,
    namespace: backend.name,
    probe: (file, call) => render.probe(file, call),
    newId: () => crypto.randomUUID(),
    ...limit,
  });
  const session = createSession({
    backend,
    engines: { uploads, render },
    ...limit,
    ...(options.autosave === undefined ? {} : { autosave: options.autosave }),
    ...(options.locale === undefined ? {} : { locale: options.locale }),
  });
  return session;
}

/** What is converted has to get into the library again. */
function largestResult({ maxBytes }: CreateLecternOptions): { readonly maxResultBytes?: number } {
  return maxBytes === undefined ? {} : { maxResultBytes: maxBytes };
}

function backendOf(options: CreateLecternOptions, session: () => LecternSession): Backend {
  const { backend = 'local', supabase, b2, placeName, locale = 'en' } = options;
  if (supabase === undefined) {
    if (b2) throw new TypeError('`b2` keeps bytes alone: name the `supabase` project that keeps the records.');
    return backend === 'local' ? createLocalBackend() : backend;
  }
  if (options.backend !== undefined) throw new TypeError('Give `backend` or `supabase`, not both.');
  return createConnectedBackend({
    ...cloudBackend(supabase, b2),
    label: placeName ?? null,
    local: createLocalBackend(),
    // Asked only when something moves, long after the session is there.
    inUse: () => session().inProgress(),
    saveOpen: () => session().saveOpenProjects(),
    copyTitle: (title) => messagesFor(locale).t('projects.copyTitle', { title }),
  });
}
