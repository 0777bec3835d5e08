export { startPostgres } from './postgres/start-postgres.js';
export type { PostgresServer } from './postgres/start-postgres.js';
export { openTestDatabases, SUPABASE_FOLDER } from './postgres/test-databases.js';
export type { TestDatabase, TestDatabaseOptions, TestDatabases } from './postgres/test-databases.js';
export { startLocalBackend } from './local-backend.js';
export type { LocalBackend, LocalBackendOptions } from './local-backend.js';
export { atRequest, bySeed, startFaultProxy } from './faults/fault-proxy.js';
export type { Fault, FaultPlan, FaultProxy, SeenRequest } from './faults/fault-proxy.js';
export type { FunctionHandler } from './functions/function-routes.js';
