export { createLocalBackend } from './local-backend.js';
export type { LocalBackend, LocalBackendOptions, LocalStorageKind } from './local-backend.js';
