/** The uploading page, built and served, with a project of the local backend behind metered lines. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LocalBackend } from '@lectern/testing/local-backend';
import { build } from 'esbuild';
import { policyWith, serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import {
  type CloudUser,
  type LocalCloud,
  startLocalCloud,
} from '../../packages/adapters/b2/src/test-support/local-cloud.js';
import type { StoreConfig } from '../../supabase/functions/_shared/object-store.js';
import { scratchFolders } from './clean-up.js';
import { MeteredProxy } from './uploads-proxy.js';

export const uploadStores = ['supabase', 'b2'] as const;
export type UploadStore = (typeof uploadStores)[number];

export class UploadSite {
  readonly origin: string;
  readonly cloud: LocalCloud;
  /** Before the project, and before the bucket. */
  readonly lines: Readonly<Record<UploadStore, MeteredProxy>>;
  /** A folder for profiles; it goes with the site. */
  readonly scratch: string;
  readonly #close: () => Promise<void>;

  private constructor(fields: {
    readonly origin: string;
    readonly cloud: LocalCloud;
    readonly lines: UploadSite['lines'];
    readonly scratch: string;
    readonly close: () => Promise<void>;
  }) {
    this.origin = fields.origin;
    this.cloud = fields.cloud;
    this.lines = fields.lines;
    this.scratch = fields.scratch;
    this.#close = fields.close;
  }

  static async start(): Promise<UploadSite> {
    const scratch = await mkdtemp(path.join(tmpdir(), 'lectern-uploads-'));
    scratchFolders.add(scratch);
    const pages = path.join(scratch, 'site');
    await build({
      entryPoints: [path.join(root, 'tests/faults/uploads-page/uploading-page.ts')],
      outdir: pages,
      entryNames: 'page',
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      sourcemap: 'inline',
      logLevel: 'error',
    });
    await copyFile(path.join(root, 'tests/faults/uploads-page/index.html'), path.join(pages, 'index.html'));
    const lines = { supabase: await MeteredProxy.start(), b2: await MeteredProxy.start() };
    const servers = Object.values(lines).map(({ url }) => url);
    const site = await serve({ mounts: { '/': pages }, headers: { 'Content-Security-Policy': policyWith(servers) } });
    const cloud = await startLocalCloud({
      origins: [site.origin],
      signer: ({ s3 }) => {
        lines.b2.target = s3.endpoint;
        return { store: storeOf(s3, lines.b2.url) };
      },
    });
    lines.supabase.target = cloud.backend.url;
    return new UploadSite({
      origin: site.origin,
      cloud,
      lines,
      scratch,
      close: async () => {
        await site.close();
        await Promise.all(Object.values(lines).map((line) => line.stop()));
        await cloud.stop();
        await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
        scratchFolders.delete(scratch);
      },
    });
  }

  /** The page's address for somebody. */
  address({ email, password }: Pick<CloudUser, 'email' | 'password'>, store: UploadStore): string {
    const { url } = this.lines.supabase;
    const key = this.cloud.backend.publishableKey;
    const query = new URLSearchParams({ url, key, email, password });
    if (store === 'b2') query.set('signer', `${url}/functions/v1/b2-uploads`);
    return `${this.origin}/?${query.toString()}`;
  }

  async stop(): Promise<void> {
    await this.#close();
  }
}

function storeOf(s3: LocalBackend['s3'], endpoint: string): StoreConfig {
  const { region, bucket, namePrefix, keyId, applicationKey } = s3;
  return { endpoint, region, bucket, namePrefix, keyId, applicationKey };
}
