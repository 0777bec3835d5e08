/** The page that the tests of saving drive, built and served, with a project server beside it. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { contentSecurityPolicy, serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { scratchFolders } from './clean-up.js';
import { ProjectServer } from './project-server.js';
import { SeededRandom } from './seeded-random.js';

/** How a page saves. */
export interface PageOptions {
  readonly project?: string;
  /** Reads the back end before it opens the project. */
  readonly inspect?: boolean;
  /** Saves to the project server instead of in the browser. */
  readonly remote?: boolean;
  /** Lets storage be made to fail. */
  readonly faulty?: boolean;
  /** Milliseconds. */
  readonly debounce?: number;
  readonly deadline?: number;
}

export class FaultSite {
  readonly origin: string;
  readonly server: ProjectServer;
  /** A folder for profiles; it goes with the site. */
  readonly scratch: string;
  readonly #stop: () => Promise<void>;

  private constructor(origin: string, server: ProjectServer, scratch: string, stop: () => Promise<void>) {
    this.origin = origin;
    this.server = server;
    this.scratch = scratch;
    this.#stop = stop;
  }

  static async start(seed = 1): Promise<FaultSite> {
    const scratch = await mkdtemp(path.join(tmpdir(), 'lectern-faults-'));
    scratchFolders.add(scratch);
    const pages = path.join(scratch, 'site');
    await build({
      entryPoints: {
        page: path.join(root, 'tests/faults/page/editing-page.ts'),
        canary: path.join(root, 'tests/faults/page/canary.worker.ts'),
      },
      outdir: pages,
      bundle: true,
      format: 'esm',
      target: 'es2022',
      sourcemap: 'inline',
      logLevel: 'error',
    });
    await copyFile(path.join(root, 'tests/faults/page/index.html'), path.join(pages, 'index.html'));
    const server = await ProjectServer.start(new SeededRandom(seed));
    const site = await serve({
      mounts: { '/': pages },
      headers: {
        'Content-Security-Policy': contentSecurityPolicy.replace(
          "connect-src 'self'",
          `connect-src 'self' ${server.address}`,
        ),
      },
    });
    return new FaultSite(site.origin, server, scratch, async () => {
      await Promise.all([site.close(), server.stop()]);
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
      scratchFolders.delete(scratch);
    });
  }

  /** The page's address. */
  address({ project, inspect = false, remote = false, faulty = false, debounce, deadline }: PageOptions = {}): string {
    const query = new URLSearchParams();
    if (project !== undefined) query.set('project', project);
    if (inspect) query.set('inspect', '');
    if (remote) query.set('remote', this.server.address);
    if (faulty) query.set('faulty', '');
    if (debounce !== undefined) query.set('debounce', String(debounce));
    if (deadline !== undefined) query.set('deadline', String(deadline));
    return `${this.origin}/?${query.toString()}`;
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}
