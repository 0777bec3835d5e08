/** A whole compatible backend in this process, behind one port. For tests and demonstrations; no production server. */
import type { JWTPayload } from 'jose';
import pg from 'pg';
import { authRoutes } from './auth/auth-routes.js';
import { AuthService } from './auth/auth-service.js';
import { functionRoutes } from './functions/function-routes.js';
import type { FunctionHandler } from './functions/function-routes.js';
import { Gateway } from './http/gateway.js';
import { ProjectKeys } from './http/keys.js';
import { openTestDatabases } from './postgres/test-databases.js';
import type { TestDatabase, TestDatabaseOptions, TestDatabases } from './postgres/test-databases.js';
import { RealtimeHub } from './realtime/realtime-hub.js';
import { restRoutes } from './rest/rest-routes.js';
import { RestService } from './rest/rest-service.js';
import { S3Server } from './s3/s3-server.js';
import type { S3Backend } from './s3/s3-server.js';
import { ObjectFiles } from './storage/object-files.js';
import { ObjectRows } from './storage/object-rows.js';
import { ResumableUploads } from './storage/resumable-uploads.js';
import { storageRoutes } from './storage/storage-routes.js';

export interface LocalBackendOptions extends TestDatabaseOptions {
  /** Databases that somebody else opened and closes. Default: some of its own. */
  readonly databases?: TestDatabases;
  /** A port of 127.0.0.1. Default: any that is free. */
  readonly port?: number;
  /** The schemas that REST shows. Default: `public`. */
  readonly schemas?: readonly string[];
  /** No answer has more rows than this. Default: 1000, as on the platform. */
  readonly maxRows?: number;
  /** How long an access token lives, in seconds. Default: 3600. */
  readonly tokenLifetime?: number;
  /** How long a used refresh token may be used again, in seconds. Default: 10. */
  readonly reuseInterval?: number;
  /** No object is larger, in bytes, whatever its bucket says. Default: 5 GiB. */
  readonly sizeLimit?: number;
  /** How long an unfinished upload can be gone on with, in milliseconds. Default: a day, as on the platform. */
  readonly uploadLifetime?: number;
  /** What answers below `/functions/v1/<name>`. Default: nothing. */
  readonly functions?: Readonly<Record<string, FunctionHandler>>;
}

export interface LocalBackend {
  /** For `createClient(url, publishableKey)`. */
  readonly url: string;
  readonly publishableKey: string;
  /** For servers: passes row security. */
  readonly secretKey: string;
  readonly database: TestDatabase;
  /** Connections of a superuser, for preparing and looking. */
  readonly admin: pg.Pool;
  /** A bucket with Backblaze B2's habits, on a port of its own, and what is behind it. */
  readonly s3: S3Backend;
  /** Signs a token as the project would, with exactly these claims. */
  signToken(claims: JWTPayload): Promise<string>;
  /** The versions whose bytes storage has, finished or not: for finding orphans. */
  storedVersions(): Promise<readonly string[]>;
  /** What was asked for and isn't offered (501), and what broke (500), since the last call; each a line. */
  takeComplaints(): readonly string[];
  /** Cuts every WebSocket, as a network does that is gone. */
  dropConnections(): void;
  /**
   * Stops everything and removes the database.
   *
   * @throws Error with the complaints that nobody took: a test can't pass on what this server doesn't offer
   */
  stop(): Promise<void>;
}

/** Starts a backend: about two seconds with a PostgreSQL of its own, and 100 ms with databases that are open. */
export async function startLocalBackend(options: LocalBackendOptions = {}): Promise<LocalBackend> {
  const { port = 0, schemas = ['public'], maxRows = 1000, tokenLifetime = 3600, reuseInterval = 10 } = options;
  const { sizeLimit = 5 * 1024 ** 3, uploadLifetime = 24 * 60 * 60 * 1000 } = options;
  const [databases, keys] = await Promise.all([options.databases ?? openTestDatabases(options), ProjectKeys.create()]);
  const database = await databases.create();
  const admin = new pg.Pool({ connectionString: database.url, max: 5 });
  const pool = new pg.Pool({ connectionString: database.authenticatorUrl, max: 20 });
  // A connection that breaks while nobody uses it is replaced by the next one.
  for (const each of [admin, pool]) each.on('error', () => undefined);

  const rest = new RestService({ pool, admin, schemas, maxRows });
  const listener = new pg.Client({ connectionString: database.url });
  listener.on('error', () => undefined);
  listener.on('notification', () => rest.forgetCatalogue());
  await listener.connect();
  await listener.query('listen pgrst');

  function complain(line: string): void {
    gateway.complaints.push(line);
  }
  let url = '';
  const auth = new AuthService({ admin, keys, issuer: () => `${url}/auth/v1`, tokenLifetime, reuseInterval });
  const files = await ObjectFiles.create();
  const s3 = await S3Server.start(complain);
  const rows = new ObjectRows(pool, admin, files);
  const uploads = new ResumableUploads({ rows, files, sizeLimit, lifetime: uploadLifetime });
  const realtime = new RealtimeHub({ keys, pool, admin, url: database.url, complain });
  const gateway = new Gateway([
    realtime.routes(),
    functionRoutes(options.functions ?? {}),
    restRoutes(keys, rest),
    authRoutes(keys, auth),
    storageRoutes({ keys, rows, files, uploads, sizeLimit }),
  ]);
  url = await gateway.listen(port);

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await realtime.stop();
    await gateway.close();
    await s3.stop();
    await Promise.all([admin.end(), pool.end(), listener.end()]);
    await database.drop();
    await files.dispose();
    if (options.databases === undefined) await databases.stop();
    const complaints = gateway.complaints.splice(0);
    if (complaints.length > 0) throw new Error(`The local backend was asked for more:\n${complaints.join('\n')}`);
  }

  return {
    url,
    publishableKey: keys.publishableKey,
    secretKey: keys.secretKey,
    database,
    admin,
    s3: s3.backend,
    signToken: (claims) => keys.sign(claims),
    storedVersions: () => files.list(),
    takeComplaints: () => gateway.complaints.splice(0),
    dropConnections: () => realtime.dropConnections(),
    stop: () => (stopping ??= stop()),
  };
}
