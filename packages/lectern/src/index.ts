export { createLectern } from './create-lectern.js';
export type { CreateLecternOptions } from './create-lectern.js';
export type { B2Address, SupabaseAddress, SupabaseSetting } from './cloud-backend.js';
export { configureLectern, defaultSession, registerBackend } from '@lectern/core';
export type { LecternSession, ProjectSession } from '@lectern/core';
export type { Backend } from '@lectern/ports';
export { LecternError, isLecternError } from '@lectern/ports';
