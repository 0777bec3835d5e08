import { createLocalBackend } from '@lectern/adapter-local';
import { createSession, type LecternSession } from '@lectern/core';
import type { Backend } from '@lectern/ports';
import { LecternError } from '@lectern/ports';
import { createRenderEngine, type RenderFont } from '@lectern/render';
import { createUploadEngine } from '@lectern/uploads';

/** What a host may say; everything has a default that needs no server. */
export interface CreateLecternOptions {
  /** Where things are kept. `local` (this browser) when left out, or any back end that passes the contract suites. */
  readonly backend?: 'local' | Backend;
  /** The largest file that is imported and exported, in bytes: the host's own upload limit. */
  readonly maxBytes?: number;
  /** Where `render.worker.js` lies, if it isn't beside the library's own files. */
  readonly workerUrl?: URL | string;
  /** Fonts for titles beyond those of the browser: family and same-origin address. */
  readonly fonts?: readonly RenderFont[];
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
 * ```
 */
export function createLectern(options: CreateLecternOptions = {}): LecternSession {
  const backend = options.backend === undefined || options.backend === 'local' ? createLocalBackend() : options.backend;
  const render = createRenderEngine({
    resolveSource: async (assetId, { signal } = {}) => {
      const call = signal ? { signal } : {};
      const [asset] = await backend.assets.getMany([assetId], call);
      if (!asset) throw new LecternError('source-missing', { details: { asset: assetId } });
      return backend.blobs.get(asset.blobKey, call);
    },
    ...(options.workerUrl === undefined ? {} : { workerUrl: options.workerUrl }),
    ...(options.fonts === undefined ? {} : { fonts: options.fonts }),
  });
  const limit = options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes };
  const uploads = createUploadEngine({
    assets: backend.assets,
    blobs: backend.blobs,
    probe: (file, call) => render.probe(file, call),
    newId: () => crypto.randomUUID(),
    ...limit,
  });
  return createSession({
    backend,
    engines: { uploads, render },
    ...limit,
    ...(options.autosave === undefined ? {} : { autosave: options.autosave }),
    ...(options.locale === undefined ? {} : { locale: options.locale }),
  });
}
