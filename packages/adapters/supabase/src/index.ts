export { createSupabaseBackend } from './supabase-backend.js';
export type { ProjectAccess, SupabaseBackendOptions } from './supabase-backend.js';
export type { AccessToken, SupabaseClient, SupabaseSource } from './connection.js';
