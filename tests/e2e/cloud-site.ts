/** The course site over a whole project, with devices that people sign in on and a network that can go away. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { type FaultPlan, type FaultProxy, startFaultProxy } from '@lectern/testing/local-backend';
import { demoUsers, startSupabaseDemo } from '../../scripts/demo-supabase.mjs';
import { launchBrowser } from '../browser.mjs';
import { fixturePath } from './demo.js';

type SupabaseDemo = Awaited<ReturnType<typeof startSupabaseDemo>>;

export class CloudSite {
  readonly demo: SupabaseDemo;
  readonly proxy: FaultProxy;
  readonly #browser: Browser;
  readonly #devices: Device[] = [];

  private constructor(demo: SupabaseDemo, proxy: FaultProxy, browser: Browser) {
    this.demo = demo;
    this.proxy = proxy;
    this.#browser = browser;
  }

  /** @param options.pages scripts and pages beside the demo's, by their pathnames */
  static async start(
    options: {
      readonly b2?: boolean;
      readonly pages?: (project: { readonly url: string; readonly key: string }) => Promise<Record<string, string>>;
    } = {},
  ): Promise<CloudSite> {
    let proxy: FaultProxy | undefined;
    const demo = await startSupabaseDemo({
      ...options,
      front: async (url) => {
        proxy = await startFaultProxy(url);
        return proxy.url;
      },
    });
    assert.ok(proxy);
    return new CloudSite(demo, proxy, await launchBrowser());
  }

  /** A browser of its own, with nothing in it. */
  async device(): Promise<Device> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 } });
    const device = new Device(this.demo.origin, context, await context.newPage());
    this.#devices.push(device);
    return device;
  }

  /** From now on nothing of the project answers, until it is `up` again. */
  down(): void {
    this.proxy.use(() => ({ kind: 'reset' }));
    this.proxy.resetAll();
  }

  up(plan?: FaultPlan): void {
    this.proxy.use(plan);
  }

  /** @throws when a page broke its policy or an error reached nobody, or when the backend was asked for too much */
  async stop(): Promise<void> {
    const problems = this.#devices.flatMap((device) => device.problems);
    await this.#browser.close();
    await this.proxy.stop();
    await this.demo.stop();
    assert.deepEqual(problems, []);
  }
}

export class Device {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Uncaught errors, violations of the policy, and errors on the console; answers of the network that aren't good are none. */
  readonly problems: string[] = [];
  readonly #origin: string;

  constructor(origin: string, context: BrowserContext, page: Page) {
    this.#origin = origin;
    this.context = context;
    this.page = page;
    void context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI}`);
      });
    });
    context.on('weberror', (error) => this.problems.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on('console', (message) => {
      const text = message.text();
      const network = /Failed to load resource|WebSocket connection to|ERR_|Refused to get unsafe header/.test(text);
      if (message.type() === 'error' && !network) this.problems.push(`console: ${text}`);
    });
  }

  async open(address = 'index.html'): Promise<void> {
    await this.page.goto(`${this.#origin}/${address}`);
  }

  /** Fills in the host's own form. */
  async signIn(name: 'Teacher' | 'Colleague'): Promise<void> {
    const user = demoUsers.find((each) => each.name === name);
    assert.ok(user);
    const form = this.page.locator('#sign-in');
    await form.getByLabel('Address').fill(user.email);
    await form.getByLabel('Password').fill(user.password);
    await form.getByRole('button', { name: 'Sign in' }).click();
    await this.page.locator('#signed-in', { hasText: name }).waitFor();
  }

  /** The page begins anew with it. */
  async signOut(): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.page.getByRole('button', { name: 'Sign out' }).click()]);
    await this.page.locator('#sign-in').waitFor();
  }

  /** What says that this browser stands in; there is one on each page. */
  banner(): Locator {
    return this.page.locator('.connection').first();
  }

  card(name: string): Locator {
    return this.page.locator('media-library [part~="item"]').filter({ hasText: name });
  }

  /** Fixtures by their names, other files by their paths. */
  async upload(...files: readonly string[]): Promise<void> {
    const input = this.page.locator('media-library input[type="file"]').first();
    for (const file of files) await input.setInputFiles(path.isAbsolute(file) ? file : fixturePath(file));
  }

  /** Opens the dialog of the banner, moves, and closes it. @returns what it says in the end */
  async moveUp(): Promise<string> {
    await this.banner()
      .getByRole('button', { name: /^Move my work/ })
      .click();
    const dialog = this.page.getByRole('dialog', { name: /^Move your work/ });
    await dialog.getByRole('button', { name: 'Move', exact: true }).click();
    const result = dialog.getByText(/(is|are) now in|couldn’t be moved/).first();
    await result.waitFor({ timeout: 30_000 });
    const text = (await result.textContent()) ?? '';
    await dialog
      .getByRole('button', { name: /Close|Done/ })
      .first()
      .click();
    return text.trim();
  }
}

/** A sound of so many seconds, as large as it sounds: 48 kHz, two channels, 16 bits. */
export function longSound(seconds: number): Buffer {
  const bytes = seconds * 192_000;
  const buffer = Buffer.alloc(44 + bytes);
  buffer.write('RIFF', 0);
  buffer.writeUInt32LE(36 + bytes, 4);
  buffer.write('WAVEfmt ', 8);
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(1, 20);
  buffer.writeUInt16LE(2, 22);
  buffer.writeUInt32LE(48_000, 24);
  buffer.writeUInt32LE(192_000, 28);
  buffer.writeUInt16LE(4, 32);
  buffer.writeUInt16LE(16, 34);
  buffer.write('data', 36);
  buffer.writeUInt32LE(bytes, 40);
  for (let at = 44; at < buffer.length; at += 4) buffer.writeInt16LE(((at * 7) % 4000) - 2000, at);
  return buffer;
}
