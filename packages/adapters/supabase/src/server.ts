/**
 * The service side, for a host's own back end (Node, Deno), with the secret key. It passes row security: nothing of it
 * belongs into a browser.
 */
export { createServiceLibrary } from './server/service-library.js';
export type {
  MediaToPut,
  PurgeOptions,
  PurgeReport,
  ServiceLibrary,
  ServiceLibraryOptions,
  VerifyOptions,
  VerifyReport,
} from './server/service-library.js';
export { generateClip } from './server/generate-clip.js';
export type { ClipOrder } from './server/generate-clip.js';
