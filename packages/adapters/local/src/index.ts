export { createLocalBackend } from './local-backend.js';
export type { LocalBackend, LocalBackendOptions } from './local-backend.js';
export type { LocalStorageKind } from './open-store.js';
