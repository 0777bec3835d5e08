/** A browser with the suite's page in it, and Node's side of what it is asked. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { open, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { launchWithProfile } from '../browser.mjs';
import type { ConformancePage, ExportOrder } from './conformance.page.js';

const pieceBytes = 4 * 1024 * 1024;

/** The engine in a page of its own. */
export class EnginePage {
  readonly #folder: string;
  readonly #server: Awaited<ReturnType<typeof serve>>;
  readonly #context: BrowserContext;
  readonly #page: Page;

  private constructor(folder: string, server: Awaited<ReturnType<typeof serve>>, context: BrowserContext, page: Page) {
    this.#folder = folder;
    this.#server = server;
    this.#context = context;
    this.#page = page;
  }

  /**
   * @param sources the folder that the page gets its sources from
   * @param media a folder whose files are the sources `media/<name>`
   */
  static async open(sources: string, log: (line: string) => void, media?: string): Promise<EnginePage> {
    const folder = await mkdtemp(path.join(tmpdir(), 'lectern-conformance-'));
    const engine = path.join(folder, 'engine');
    mkdirSync(engine);
    // A copy: what is built while this runs is another engine.
    copyFileSync(path.join(root, 'packages/render/dist/render.worker.js'), path.join(engine, 'render.worker.js'));
    const pages = path.join(folder, 'pages');
    await build({
      entryPoints: [path.join(root, 'tests/conformance/conformance.page.ts')],
      outfile: path.join(pages, 'page.js'),
      bundle: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
    });
    writeFileSync(
      path.join(pages, 'index.html'),
      '<!doctype html><title>Conformance</title><script type="module" src="/page.js"></script>',
    );
    const own = media === undefined ? {} : { '/sources/media/': path.resolve(media) };
    const server = await serve({ mounts: { '/': pages, '/engine/': engine, '/sources/': sources, ...own } });
    const context = await launchWithProfile(path.join(folder, 'profile'));
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      log(`  in the page: ${error.message}`);
    });
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => 'conformance' in globalThis);
    return new EnginePage(folder, server, context, page);
  }

  /** Calls a function of the page. */
  async call<Name extends keyof ConformancePage>(
    name: Name,
    ...given: Parameters<ConformancePage[Name]>
  ): Promise<Awaited<ReturnType<ConformancePage[Name]>>> {
    const answer: unknown = await this.#page.evaluate(
      ([which, args]) => {
        const { conformance } = globalThis as unknown as {
          conformance: Record<string, (...each: readonly unknown[]) => unknown>;
        };
        return conformance[which]?.(...args);
      },
      [name, given] as const,
    );
    return answer as Awaited<ReturnType<ConformancePage[Name]>>;
  }

  /** Exports into a file; its extension is added. */
  async export(
    order: ExportOrder,
    file: string,
  ): Promise<{ file: string; frames: { copied: number; reused: number; encoded: number }; seconds: number }> {
    const { size, extension, frames, seconds } = await this.call('exportFile', order);
    const whole = `${file}.${extension.replace(/^\./, '')}`;
    const handle = await open(whole, 'w');
    try {
      for (let offset = 0; offset < size; offset += pieceBytes) {
        await handle.write(Buffer.from(await this.call('read', offset, pieceBytes), 'base64'));
      }
    } finally {
      await handle.close();
    }
    return { file: whole, frames, seconds };
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
