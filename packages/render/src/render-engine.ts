import { LecternError } from '@lectern/ports';
import type { RenderEngine, SourceResolver } from '@lectern/ports';
import { estimateExport, exportPresets } from './presets.js';

/** What the engine needs from its host. */
export interface RenderEngineOptions {
  /** Finds the bytes of an asset by its id. */
  readonly resolveSource: SourceResolver;
  /** Where `render.worker.js` lies, if it isn't beside this package's own files. */
  readonly workerUrl?: URL | string;
  /** Text fonts that the worker must load as well: family and the address of the file, same origin. */
  readonly fonts?: readonly RenderFont[];
  /** Pixels that the preview may keep decoded; 96 million when left out (about 46 pictures of 1080p). */
  readonly previewPixelBudget?: number;
}

/** A font for titles. A worker knows none of the page's own `@font-face` rules. */
export interface RenderFont {
  readonly family: string;
  readonly url: URL | string;
  /** As in CSS: `400`, `700`, `100 900`. */
  readonly weight?: string;
  readonly style?: 'normal' | 'italic';
}

/** Makes the engine: workers start with the first call that needs them. */
export function createRenderEngine(options: RenderEngineOptions): RenderEngine {
  void options;
  const missing = (): never => {
    throw new LecternError('unknown', { message: 'not ready' });
  };
  return {
    presets: exportPresets,
    probe: missing,
    filmstrip: missing,
    peaks: missing,
    createPreview: missing,
    capabilities: missing,
    estimate: estimateExport,
    export: missing,
    dispose: () => undefined,
  };
}
