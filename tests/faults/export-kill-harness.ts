/**
 * Kills a browser again and again while it exports, starts it on the same profile, and goes on with what the engine says
 * is unfinished. In the end the file has the very frames and the sound of one that nobody interrupted.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { scratchFolders } from './clean-up.js';
import type { ExportContent, ExportEnd, ExportFact } from './export-page/facts.js';
import { chromiumBinary, KillableBrowser } from './killable-browser.js';
import { SeededRandom } from './seeded-random.js';

const killsPerExport = 5;
const patienceMs = 120_000;
/** Two encodings of the same sound differ by so little. */
const loudnessTolerance = 0.02;

/** The exporting page, built and served. */
export class ExportSite {
  readonly origin: string;
  readonly scratch: string;
  readonly #close: () => Promise<void>;

  private constructor(origin: string, scratch: string, close: () => Promise<void>) {
    this.origin = origin;
    this.scratch = scratch;
    this.#close = close;
  }

  static async start(): Promise<ExportSite> {
    const scratch = await mkdtemp(path.join(tmpdir(), 'lectern-exports-'));
    scratchFolders.add(scratch);
    const pages = path.join(scratch, 'site');
    await build({
      entryPoints: [path.join(root, 'tests/faults/export-page/exporting-page.ts')],
      // The page looks for the worker two folders above its own script, where the package has it.
      outfile: path.join(pages, 'page/page.js'),
      bundle: true,
      format: 'esm',
      target: 'es2022',
      sourcemap: 'inline',
      logLevel: 'error',
    });
    await copyFile(path.join(root, 'tests/faults/export-page/index.html'), path.join(pages, 'index.html'));
    const site = await serve({
      mounts: { '/': pages, '/dist/': 'packages/render/dist', '/fixtures/': 'packages/testing/fixtures' },
    });
    return new ExportSite(site.origin, scratch, async () => {
      await site.close();
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
      scratchFolders.delete(scratch);
    });
  }

  async stop(): Promise<void> {
    await this.#close();
  }
}

export interface ExportKillOptions {
  readonly site: ExportSite;
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface ExportKillReport {
  readonly kills: number;
  readonly exports: number;
  /** Frames of the files that show another picture than those of an export that nobody interrupted, or that are missing. */
  readonly wrongFrames: number;
  /** Pieces of sound that are louder or softer than there. */
  readonly wrongSound: number;
  /** Frames that were on disk before a kill and not after it. */
  readonly lostFrames: number;
  /** Frames that were taken over after a kill. */
  readonly reused: number;
  /** Exports that never ended, and files that were left over. */
  readonly broken: number;
  readonly problems: readonly string[];
}

export async function runExportKills(options: ExportKillOptions): Promise<ExportKillReport> {
  const run = new Run(options);
  await run.reference();
  for (let left = options.kills; left > 0; left -= killsPerExport) await run.export(Math.min(left, killsPerExport));
  return run.report();
}

/** The machine falls asleep in the middle of an export, for so many milliseconds. */
export async function runExportSleep(options: Omit<ExportKillOptions, 'kills'>, ms: number): Promise<ExportKillReport> {
  const run = new Run({ ...options, kills: 0 });
  await run.reference();
  await run.sleep(ms);
  return run.report();
}

class Run {
  readonly #options: ExportKillOptions;
  readonly #random: SeededRandom;
  readonly #binary: string = chromiumBinary();
  readonly #problems: string[] = [];
  #expected: ExportContent | null = null;
  #heard: (fact: ExportFact) => void = () => undefined;
  #kills = 0;
  #exports = 0;
  #wrongFrames = 0;
  #wrongSound = 0;
  #lostFrames = 0;
  #reused = 0;
  #broken = 0;

  constructor(options: ExportKillOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  report(): ExportKillReport {
    return {
      kills: this.#kills,
      exports: this.#exports,
      wrongFrames: this.#wrongFrames,
      wrongSound: this.#wrongSound,
      lostFrames: this.#lostFrames,
      reused: this.#reused,
      broken: this.#broken,
      problems: this.#problems,
    };
  }

  /** What nobody interrupts. */
  async reference(): Promise<void> {
    const browser = await this.#open(path.join(this.#options.site.scratch, 'reference'));
    try {
      const { content } = await browser.page.evaluate(() => window.exportingPage.begin());
      this.#expected = content;
    } finally {
      await browser.kill();
    }
  }

  async sleep(ms: number): Promise<void> {
    this.#exports += 1;
    const browser = await this.#open(path.join(this.#options.site.scratch, `sleeping-${randomUUID()}`));
    try {
      const middle = 0.3 + 0.4 * this.#random.next();
      const reached = this.#until((fact) => fact.type === 'progress' && fact.frame >= middle * fact.totalFrames);
      const exporting = this.#begin(browser, randomUUID());
      exporting.catch(() => undefined);
      await Promise.race([reached, exporting]);
      await browser.sleep(ms);
      this.#compare((await exporting).content);
    } catch (error) {
      this.#broken += 1;
      this.#problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      await browser.kill();
    }
  }

  async export(kills: number): Promise<void> {
    const { site, log = () => undefined } = this.#options;
    const profile = path.join(site.scratch, `profile-${randomUUID()}`);
    const id = randomUUID();
    this.#exports += 1;
    try {
      let onDisk = -1;
      for (let kill = 0; kill < kills; kill += 1) {
        const share = (kill + 0.15 + 0.8 * this.#random.next()) / kills;
        onDisk = await this.#live(profile, id, share, onDisk);
        this.#kills += 1;
        log(`  ${kill + 1}/${kills} at ${Math.round(share * 100)} %, ${Math.max(0, onDisk)} frames were on disk`);
      }
      await this.#finish(profile, id, onDisk);
    } catch (error) {
      this.#broken += 1;
      this.#problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  /** From a start of the browser to its kill. Frames that were on disk at the start; −1 before there was an export. */
  async #live(profile: string, id: string, share: number, before: number): Promise<number> {
    const browser = await this.#open(profile);
    try {
      const onDisk = await this.#onDisk(browser, id, before);
      const reached = this.#until(
        (fact) => fact.type === 'problem' || (fact.type === 'progress' && fact.frame >= share * fact.totalFrames),
      );
      // It ends with the browser.
      const exporting = onDisk < 0 ? this.#begin(browser, id) : this.#goOn(browser, id);
      exporting.catch(() => undefined);
      await reached;
      await new Promise((resolve) => setTimeout(resolve, this.#random.integer(0, 300)));
      return onDisk;
    } finally {
      await browser.kill();
    }
  }

  async #finish(profile: string, id: string, before: number): Promise<void> {
    const browser = await this.#open(profile);
    try {
      const onDisk = await this.#onDisk(browser, id, before);
      const { content, reused } = onDisk < 0 ? await this.#begin(browser, id) : await this.#goOn(browser, id);
      this.#reused += reused;
      if (onDisk > 0 && reused === 0) this.#problems.push(`${onDisk} frames were on disk and none was taken over`);
      this.#compare(content);
      const left = await browser.page.evaluate(async () => [
        ...(await window.exportingPage.filesLeft()),
        ...(await window.exportingPage.unfinished()).map(({ id: each }) => each),
      ]);
      if (left.length > 0) {
        this.#broken += 1;
        this.#problems.push(`left over: ${left.join(', ')}`);
      }
    } finally {
      await browser.kill();
    }
  }

  #begin(browser: KillableBrowser, id: string): Promise<ExportEnd> {
    return browser.page.evaluate((name) => window.exportingPage.begin(name), id);
  }

  #goOn(browser: KillableBrowser, id: string): Promise<ExportEnd> {
    return browser.page.evaluate((name) => window.exportingPage.goOn(name), id);
  }

  /** Frames of the export that the engine has; −1 when it knows of none, as after a kill right at the start. */
  async #onDisk(browser: KillableBrowser, id: string, before: number): Promise<number> {
    const unfinished = await browser.page.evaluate(() => window.exportingPage.unfinished());
    const [found, ...others] = unfinished;
    if (others.length > 0 || (found && (found.id !== id || JSON.stringify(found.context) !== `{"lecture":"${id}"}`))) {
      this.#problems.push(`unfinished are ${JSON.stringify(unfinished)}`);
    }
    const frames = found?.frame ?? -1;
    if (frames < before) {
      this.#lostFrames += before - frames;
      this.#problems.push(`${before} frames were on disk, then ${frames}`);
    }
    return frames;
  }

  #compare(content: ExportContent): void {
    const expected = this.#expected ?? { frames: [], loudness: [] };
    const count = Math.max(expected.frames.length, content.frames.length);
    for (let frame = 0; frame < count; frame += 1) {
      const [shown, wanted] = [content.frames[frame], expected.frames[frame]].map((each) => JSON.stringify(each));
      if (shown === wanted) continue;
      this.#wrongFrames += 1;
      this.#problems.push(`frame ${frame} shows ${shown ?? 'nothing'} instead of ${wanted ?? 'nothing'}`);
    }
    const pieces = Math.max(expected.loudness.length, content.loudness.length);
    for (let piece = 0; piece < pieces; piece += 1) {
      const [heard = -1, wanted = -1] = [content.loudness[piece], expected.loudness[piece]];
      if (Math.abs(heard - wanted) <= loudnessTolerance) continue;
      this.#wrongSound += 1;
      this.#problems.push(`sound at ${piece / 10} s is ${heard} instead of ${wanted}`);
    }
  }

  async #open(profile: string): Promise<KillableBrowser> {
    const browser = await KillableBrowser.start(this.#binary, profile, (text) => {
      const fact = JSON.parse(text) as ExportFact;
      if (fact.type === 'problem') this.#problems.push(`in the page: ${fact.error}`);
      this.#heard(fact);
    });
    try {
      const ready = this.#until(({ type }) => type === 'ready' || type === 'problem');
      await browser.page.goto(`${this.#options.site.origin}/`);
      await ready;
      return browser;
    } catch (error) {
      await browser.kill();
      throw error;
    }
  }

  #until(matches: (fact: ExportFact) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`Nothing was heard for ${patienceMs} ms`));
      }, patienceMs);
      this.#heard = (fact) => {
        if (!matches(fact)) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
