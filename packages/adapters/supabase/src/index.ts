export { createSupabaseBackend } from './supabase-backend.js';
export type { ProjectAccess, SupabaseBackendOptions } from './supabase-backend.js';
export type { AccessToken, SupabaseSource } from './connection.js';
export type { SupabaseClient } from './requests.js';
