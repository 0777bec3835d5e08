/** Everything around the signer, for its tests: a project on a real PostgreSQL, a bucket, people, and bad lines. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startFaultProxy, startLocalBackend } from '@lectern/testing/local-backend';
import type { FaultProxy, LocalBackend } from '@lectern/testing/local-backend';
import { cleanUp } from '../../functions/b2-cleanup/cleanup.ts';
import type { CleanupReport } from '../../functions/b2-cleanup/cleanup.ts';
import { configFromEnvironment } from '../../functions/b2-uploads/environment.ts';
import { createB2UploadsHandler } from '../../functions/b2-uploads/handler.ts';

export const MIB = 1024 * 1024;
/** Of every part but the last, for all but the largest files. */
export const PART = 8 * MIB;
export const PAGE = 'https://school.example';

export type Environment = Readonly<Record<string, string>>;

/** The signer, running somewhere. */
export interface Signer {
  /** @param path below the function */
  ask(path: string, init: RequestInit): Promise<Response>;
  /** Lines that it logged. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** @param patience how long it waits for store and project, in milliseconds */
export async function startInNode(environment: Environment, patience?: number): Promise<Signer> {
  const log: string[] = [];
  const config = configFromEnvironment((name) => environment[name]);
  const handler = createB2UploadsHandler({
    ...config,
    ...(patience === undefined ? {} : { patience }),
    log: (line) => log.push(line),
  });
  return {
    // The platform leaves the function's name in the path, and nothing above it.
    ask: (path, init) => handler(new Request(`http://functions.internal/b2-uploads${path}`, init)),
    log,
    stop: async () => undefined,
  };
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const deno = `${root}node_modules/@deno/linux-x64-glibc/deno`;
/** The packages that the import maps name, at those versions, are in the repository's own node_modules. */
const FROM_REPOSITORY = ['--cached-only', '--node-modules-dir=manual'];
const QUIET = { DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
/** Deno comes from npm as an optional dependency. */
export const hasDeno: boolean = existsSync(deno);

/** @returns what Deno says of the functions' types; empty when it has nothing to say */
export function checkTypesInDeno(names: readonly string[]): string {
  const files = names.map((name) => `${root}supabase/functions/${name}/index.ts`);
  const { status, stdout, stderr } = spawnSync(deno, ['check', '--quiet', ...FROM_REPOSITORY, ...files], {
    encoding: 'utf8',
    env: { ...process.env, ...QUIET },
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

export const startInDeno = (environment: Environment): Promise<Signer> =>
  startFunctionInDeno('b2-uploads', environment);

/** @param name of a function of the project */
export async function startFunctionInDeno(name: string, environment: Environment): Promise<Signer> {
  const log: string[] = [];
  const child = spawn(
    deno,
    [
      'run',
      '--no-prompt',
      ...FROM_REPOSITORY,
      '--allow-env',
      '--allow-net=127.0.0.1',
      `${root}supabase/functions/${name}/index.ts`,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment,
        DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0',
        ...QUIET,
      },
    },
  );
  let said = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        log.push(...text.split('\n').filter((line) => line !== ''));
        const address = /Listening on (http:\/\/\S+?)\/?\s/.exec(said)?.[1];
        if (address !== undefined) resolve(address);
      });
    }
    child.once('error', reject);
    void ended.then(() => reject(new Error(`Deno ended:\n${said}`)));
  });
  return {
    ask: (path, init) => fetch(`${url}/${name}${path}`, init),
    log,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Somebody who has signed in. */
export interface Person {
  readonly id: string;
  readonly token: string;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly bytes: Buffer<ArrayBuffer>;
  readonly mimeType: string;
}

interface SignedPart {
  readonly part: number;
  readonly url: string;
  readonly sizeBytes: number;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export class SignerLab {
  readonly backend: LocalBackend;
  /** In front of the bucket, for the signer and the browser alike. */
  readonly store: FaultProxy;
  /** In front of the project. */
  readonly project: FaultProxy;
  readonly environment: Environment;
  readonly signer: Signer;

  private constructor(
    backend: LocalBackend,
    store: FaultProxy,
    project: FaultProxy,
    environment: Environment,
    signer: Signer,
  ) {
    this.backend = backend;
    this.store = store;
    this.project = project;
    this.environment = environment;
    this.signer = signer;
  }

  static async open(start: (environment: Environment) => Promise<Signer>, more: Environment = {}): Promise<SignerLab> {
    const backend = await startLocalBackend();
    const [store, project] = [await startFaultProxy(backend.s3.endpoint), await startFaultProxy(backend.url)];
    const { region, bucket, keyId, applicationKey, deleteKeyId, deleteApplicationKey } = backend.s3;
    const environment: Environment = {
      SUPABASE_URL: project.url,
      SUPABASE_ANON_KEY: backend.publishableKey,
      SUPABASE_SERVICE_ROLE_KEY: backend.secretKey,
      B2_ENDPOINT: store.url,
      B2_REGION: region,
      B2_BUCKET: bucket,
      B2_KEY_ID: keyId,
      B2_APPLICATION_KEY: applicationKey,
      LECTERN_ALLOWED_ORIGINS: PAGE,
      LECTERN_MAX_BYTES: String(20 * 1024 ** 3),
      ...more,
    };
    const lab = new SignerLab(backend, store, project, environment, await start(environment));
    lab.#deleteKey = { keyId: deleteKeyId, applicationKey: deleteApplicationKey };
    return lab;
  }

  #deleteKey = { keyId: '', applicationKey: '' };

  async close(): Promise<void> {
    await this.signer.stop();
    await this.store.stop();
    await this.project.stop();
    await this.backend.stop();
  }

  /** @param claims other than a user's own */
  async person(claims: Readonly<Record<string, unknown>> = {}): Promise<Person> {
    const id = randomUUID();
    const token = await this.backend.signToken({
      sub: id,
      role: 'authenticated',
      aud: 'authenticated',
      iss: `${this.project.url}/auth/v1`,
      exp: Math.floor(Date.now() / 1000) + 3600,
      ...claims,
    });
    return { id, token };
  }

  async ask(
    who: Person | null,
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await this.signer.ask(path, {
      method,
      headers: { ...(who === null ? {} : { authorization: `Bearer ${who.token}` }), ...headers },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const { status } = response;
    return { status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
  }

  newUpload(size: number, fields: Partial<Upload> = {}): Upload {
    const key = `assets/${randomUUID()}/${randomUUID()}`;
    return { id: randomUUID(), key, bytes: Buffer.from(randomBytes(size)), mimeType: 'video/mp4', ...fields };
  }

  reserve(who: Person, { id, key, bytes, mimeType }: Upload, more: object = {}): Promise<Answer> {
    return this.ask(who, 'POST', '/uploads', { id, key, sizeBytes: bytes.length, mimeType, ...more });
  }

  async sign(who: Person, id: string, parts: readonly number[]): Promise<readonly SignedPart[]> {
    const { status, body } = await this.ask(who, 'POST', `/uploads/${id}/sign`, { parts });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body['urls'] as readonly SignedPart[];
  }

  /** What the browser does with an address. @returns the status */
  async put(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const response = await fetch(url, { method: 'PUT', body: bytes });
    await response.arrayBuffer();
    return response.status;
  }

  async sendParts(who: Person, { id, bytes }: Upload, parts: readonly number[]): Promise<void> {
    for (const { part, url, sizeBytes } of await this.sign(who, id, parts)) {
      const from = (part - 1) * PART;
      const status = await this.put(url, bytes.subarray(from, from + sizeBytes));
      if (status !== 200) throw new Error(`Part ${part} was answered ${status}`);
    }
  }

  complete(who: Person, { id }: Upload): Promise<Answer> {
    return this.ask(who, 'POST', `/uploads/${id}/complete`);
  }

  /** A whole upload. */
  async upload(who: Person, upload: Upload, record?: object): Promise<Answer> {
    await this.reserve(who, upload, record === undefined ? {} : { record });
    const count = Math.ceil(upload.bytes.length / PART);
    if (count > 0)
      await this.sendParts(
        who,
        upload,
        Array.from({ length: count }, (_, index) => index + 1),
      );
    return this.complete(who, upload);
  }

  cleanUp(fields: Partial<Parameters<typeof cleanUp>[0]> = {}): Promise<CleanupReport> {
    const { backend } = this;
    const { endpoint, region, bucket } = backend.s3;
    return cleanUp({
      project: { url: backend.url, publishableKey: backend.publishableKey, secretKey: backend.secretKey },
      store: { endpoint, region, bucket, ...this.#deleteKey },
      ...fields,
    });
  }

  /** Rows, past row security. */
  async rows(text: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.backend.admin.query<Record<string, unknown>>(text, [...values])).rows;
  }

  async objectNames(): Promise<readonly string[]> {
    return (await this.backend.s3.storedObjects()).map(({ key }) => key);
  }
}
