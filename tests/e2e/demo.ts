/** The demo in a real browser: the course site's pages, everything that they ask for, and everything that goes wrong. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { demoMounts, serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { launchWithProfile } from '../browser.mjs';
import { readMedia, readerMounts } from './read-media.js';
import type { ReadMedia, ReadOptions } from './read-media.js';

/** How to start. */
export interface DemoOptions {
  /** On every answer of the server, over the strict policy that it always sends. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** JavaScript that runs in every page before its own. */
  readonly initScript?: string;
  /** Bytes that the pages may store. */
  readonly quotaBytes?: number;
}

/** The full path of a committed fixture. */
export function fixturePath(name: string): string {
  return path.join(root, 'packages/testing/fixtures', name);
}

/** A browser with a profile of its own on the served demo. */
export class Demo {
  readonly origin: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Addresses that any page or worker asked for. */
  readonly requests: string[] = [];
  /** Uncaught errors, errors on the console, and violations of the page's policy. */
  readonly problems: string[] = [];
  readonly #close: () => Promise<void>;
  readonly #scratch: string;
  /** The quota holds as long as the connection that asked for it. */
  #connection: CDPSession | null = null;

  private constructor(
    origin: string,
    context: BrowserContext,
    page: Page,
    scratch: string,
    close: () => Promise<void>,
  ) {
    this.origin = origin;
    this.context = context;
    this.page = page;
    this.#scratch = scratch;
    this.#close = close;
  }

  /** Serves the demo and opens its browser on an empty page. */
  static async start({ headers, flags = [], initScript, quotaBytes }: DemoOptions = {}): Promise<Demo> {
    const server = await serve({ mounts: { ...demoMounts, ...readerMounts }, ...(headers ? { headers } : {}) });
    const scratch = await mkdtemp(path.join(tmpdir(), 'lectern-e2e-'));
    const context = await launchWithProfile(path.join(scratch, 'profile'), flags);
    const page = context.pages()[0] ?? (await context.newPage());
    const demo = new Demo(server.origin, context, page, scratch, async () => {
      await context.close();
      await server.close();
      await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI} ${event.sample}`);
      });
    });
    if (initScript !== undefined) await context.addInitScript({ content: initScript });
    if (quotaBytes !== undefined) await demo.setQuota(quotaBytes);
    context.on('request', (request) => demo.requests.push(request.url()));
    context.on('weberror', (error) => demo.problems.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on('console', (message) => {
      if (message.type() === 'error') demo.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    return demo;
  }

  /** Opens one of the demo's pages: `index.html`, `projects.html`, `studio.html?project=…`. */
  async open(address = 'index.html'): Promise<void> {
    await this.page.goto(`${this.origin}/${address}`);
  }

  /**
   * Gives the pages so many bytes to store, or the browser's own measure again. The browser remembers how much room there
   * was, and asks again only when something doesn't fit in that: less room has to be said before the first page opens.
   */
  async setQuota(bytes: number | null): Promise<void> {
    this.#connection ??= await this.context.newCDPSession(this.page);
    await this.#connection.send('Storage.overrideQuotaForOrigin', {
      origin: this.origin,
      ...(bytes === null ? {} : { quotaSize: bytes }),
    });
  }

  /** Chooses files in an element's file input, as its *Add media* button does. */
  async importFiles(names: readonly string[], element = 'media-library'): Promise<void> {
    await this.page.locator(`${element} input[type="file"]`).first().setInputFiles(names.map(fixturePath));
  }

  /** Drops files on an element, as from the desktop. */
  async dropFiles(names: readonly string[], element = 'media-library'): Promise<void> {
    const { readFile } = await import('node:fs/promises');
    const files = await Promise.all(
      names.map(async (name) => ({ name, base64: (await readFile(fixturePath(name))).toString('base64') })),
    );
    const transfer = await this.page.evaluateHandle((list) => {
      const data = new DataTransfer();
      for (const { name, base64 } of list) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      return data;
    }, files);
    for (const type of ['dragenter', 'dragover', 'drop']) {
      await this.page.locator(element).first().dispatchEvent(type, { dataTransfer: transfer });
    }
  }

  /** Runs what starts a download and keeps the file. @returns its path and its name */
  async download(start: () => Promise<void>): Promise<{ readonly file: string; readonly name: string }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), start()]);
    const file = path.join(this.#scratch, `${String(Date.now())}-${download.suggestedFilename()}`);
    await download.saveAs(file);
    return { file, name: download.suggestedFilename() };
  }

  /** Opens a media file again and reads its numbered pictures and tones. */
  read(file: string, options?: ReadOptions): Promise<ReadMedia> {
    return readMedia(this.context, this.origin, file, options);
  }

  /** Nothing went wrong in any page, and nothing left the page's own origin. */
  assertClean(): void {
    assert.deepEqual(this.problems, []);
    const foreign = this.requests.filter(
      (address) => !address.startsWith(`${this.origin}/`) && !/^(blob|data|about):/.test(address),
    );
    assert.deepEqual(foreign, []);
  }

  async stop(): Promise<void> {
    await this.#close();
  }
}
