/** The local backend with the signer in front of its bucket: what a project with B2 is, in one process. */
import { randomUUID } from 'node:crypto';
import { startLocalBackend, type LocalBackend, type LocalBackendOptions } from '@lectern/testing/local-backend';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';
import { createB2UploadsHandler, type B2UploadsConfig } from '../../../../../supabase/functions/b2-uploads/handler.js';

export interface LocalCloudOptions extends Omit<LocalBackendOptions, 'functions'> {
  /** Pages that may ask the signer and the bucket; any at all when left out, which is none. */
  readonly origins?: readonly string[];
  /** Settings of the signer's other than usual. */
  readonly signer?: (backend: LocalBackend) => Partial<B2UploadsConfig>;
}

/** Of any database's types. */
export type CloudClient = ReturnType<typeof createClient>;

export interface CloudUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Signed in. */
  readonly client: CloudClient;
}

export interface LocalCloud {
  readonly backend: LocalBackend;
  readonly signerUrl: string;
  /** Lines that the signer wrote about itself. */
  readonly signerLog: readonly string[];
  /** Somebody new, with a tenant of their own. */
  newUser(): Promise<CloudUser>;
  /** A client that nobody is signed in with. */
  newClient(url?: string): CloudClient;
  /** From now on there is no room for this user; the returned function makes room again. */
  fillUp(userId: string): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

export async function startLocalCloud({
  origins = [],
  signer,
  ...options
}: LocalCloudOptions = {}): Promise<LocalCloud> {
  const signing: { handler?: (request: Request) => Promise<Response> } = {};
  const backend = await startLocalBackend({
    ...options,
    functions: {
      'b2-uploads': (request) => signing.handler?.(request) ?? new Response(null, { status: 503 }),
    },
  });
  const { s3, url, publishableKey, secretKey, admin } = backend;
  const signerLog: string[] = [];
  signing.handler = createB2UploadsHandler({
    project: { url, publishableKey, secretKey },
    store: {
      endpoint: s3.endpoint,
      region: s3.region,
      bucket: s3.bucket,
      namePrefix: s3.namePrefix,
      keyId: s3.keyId,
      applicationKey: s3.applicationKey,
    },
    allowedOrigins: origins,
    log: (line) => void signerLog.push(line),
    ...signer?.(backend),
  });
  if (origins.length > 0) {
    s3.setCorsRules([
      {
        corsRuleName: 'lectern-pages',
        allowedOrigins: origins,
        allowedOperations: ['s3_get', 's3_head', 's3_put'],
        allowedHeaders: ['content-type', 'range'],
        exposeHeaders: ['content-range'],
        maxAgeSeconds: 600,
      },
    ]);
  }

  const newClient = (at: string = url): CloudClient =>
    createClient(at, publishableKey, {
      auth: { autoRefreshToken: false, persistSession: false },
      realtime: { transport: WebSocket as never },
    });

  return {
    backend,
    signerUrl: `${url}/functions/v1/b2-uploads`,
    signerLog,
    newClient,
    newUser: async () => {
      const client = newClient();
      const [email, password] = [`${randomUUID()}@school.example`, randomUUID()];
      const { data, error } = await client.auth.signUp({ email, password });
      if (error) throw error;
      if (!data.user) throw new Error('Nobody was signed up');
      return { id: data.user.id, email, password, client };
    },
    fillUp: async (userId) => {
      // A user without a membership is a tenant.
      await admin.query('insert into lectern.tenant_limits (tenant_id, media_bytes, project_bytes) values ($1, 0, 0)', [
        userId,
      ]);
      return async () => {
        await admin.query('delete from lectern.tenant_limits where tenant_id = $1', [userId]);
      };
    },
    stop: () => backend.stop(),
  };
}
