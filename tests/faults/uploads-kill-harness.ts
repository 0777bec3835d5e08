/**
 * Kills a browser again and again while it uploads, starts it on the same profile, and lets it go on by itself: nobody
 * chooses the file again. In the end the store has the very bytes, once, and nothing else.
 */
import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { createServiceLibrary } from '@lectern/adapter-supabase/server';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';
import { cleanUp } from '../../supabase/functions/b2-cleanup/cleanup.js';
import type { CloudUser } from '../../packages/adapters/b2/src/test-support/local-cloud.js';
import { chromiumBinary, KillableBrowser } from './killable-browser.js';
import { SeededRandom } from './seeded-random.js';
import { seededBlocks } from './uploads-bytes.js';
import type { UploadFact } from './uploads-page/facts.js';
import { atTheSameTime } from './uploads-proxy.js';
import type { UploadSite, UploadStore } from './uploads-site.js';

const killsPerUpload = 10;
const patienceMs = 60_000;
/** Requests that are on their way at a kill, and how long they are. */
const lanes: Readonly<Record<UploadStore, number>> = { supabase: 1, b2: 3 };
const partBytes: Readonly<Record<UploadStore, number>> = { supabase: 6 * 1024 * 1024, b2: 8 * 1024 * 1024 };

export interface UploadKillOptions {
  readonly site: UploadSite;
  readonly store: UploadStore;
  readonly kills: number;
  readonly seed: number;
  /** Bytes of each file; 200 MB when left out. */
  readonly size?: number;
  /** So that kills land in the middle. Bytes; 40 MB when left out. */
  readonly bytesPerSecond?: number;
  readonly log?: (line: string) => void;
}

export interface UploadKillReport {
  readonly kills: number;
  readonly uploads: number;
  /** Kills that came before the last byte was sent. */
  readonly midway: number;
  /** Uploads whose bytes in the store are others than those of the file, or that never ended. */
  readonly broken: number;
  /** Bytes that were sent beyond the files' own, and the most that may have been. */
  readonly wasted: number;
  readonly allowedWaste: number;
  /** Assets and blobs that were there before all of their bytes were. */
  readonly short: number;
  /** What was left in the browser, the project and the bucket after the clean-up. */
  readonly orphans: number;
  readonly problems: readonly string[];
}

type Moment = 'sending' | 'snapshotting' | 'reserving' | 'completing';

interface Kill {
  readonly moment: Moment;
  /** Of the file, for `sending`. */
  readonly share: number;
  /** Milliseconds after the moment. */
  readonly delay: number;
}

/** Ten kills of one upload, spread over it; the first and the last are sometimes at its very ends. */
function plan(random: SeededRandom, kills: number): readonly Kill[] {
  return Array.from({ length: kills }, (_, index) => {
    const share = (index + 0.2 + 0.7 * random.next()) / (kills + 0.5);
    const moment: Moment =
      index === 0
        ? random.pick(['sending', 'snapshotting', 'reserving'])
        : index === kills - 1
          ? random.pick(['sending', 'completing'])
          : 'sending';
    return { moment, share, delay: random.integer(0, 60) };
  });
}

export async function runUploadKills(options: UploadKillOptions): Promise<UploadKillReport> {
  const random = new SeededRandom(options.seed);
  const run = new Run(options, random);
  for (let left = options.kills; left > 0; left -= killsPerUpload) {
    await run.upload(plan(random, Math.min(left, killsPerUpload)));
  }
  return run.report();
}

class Run {
  readonly #options: UploadKillOptions;
  readonly #random: SeededRandom;
  readonly #size: number;
  readonly #binary: string = chromiumBinary();
  readonly #problems: string[] = [];
  #heard: (fact: UploadFact) => void = () => undefined;
  /** Blobs whose bytes were looked at. */
  readonly #seen = new Set<string>();
  #kills = 0;
  #uploads = 0;
  #midway = 0;
  #broken = 0;
  #wasted = 0;
  #allowed = 0;
  #short = 0;
  #orphans = 0;

  constructor(options: UploadKillOptions, random: SeededRandom) {
    this.#options = options;
    this.#random = random;
    this.#size = options.size ?? 200_000_000;
  }

  report(): UploadKillReport {
    return {
      kills: this.#kills,
      uploads: this.#uploads,
      midway: this.#midway,
      broken: this.#broken,
      wasted: this.#wasted,
      allowedWaste: this.#allowed,
      short: this.#short,
      orphans: this.#orphans,
      problems: this.#problems,
    };
  }

  async upload(kills: readonly Kill[]): Promise<void> {
    const { site, store, log = () => undefined } = this.#options;
    const { cloud, lines } = site;
    const line = lines[store];
    for (const each of Object.values(lines)) each.reset();
    const seed = this.#random.integer(1, 1_000_000_000);
    const user = await cloud.newUser();
    const profile = path.join(site.scratch, `profile-${randomUUID()}`);
    const before = this.#problems.length;
    this.#uploads += 1;
    const watching = this.#watch(user);
    let begun = false;
    try {
      for (const [index, kill] of kills.entries()) {
        begun = await this.#live(user, profile, kill, begun, seed);
        this.#kills += 1;
        log(`  ${store} ${index + 1}/${kills.length} ${kill.moment} +${kill.delay} ms, ${line.sentBytes} bytes sent`);
      }
      // What nobody kills any more needn't be slow.
      line.bytesPerSecond = Infinity;
      await this.#finish(user, profile, begun, seed);
      await this.#judge(user, seed, kills.length);
    } catch (error) {
      this.#broken += 1;
      this.#problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      await watching.stop();
    }
    for (const problem of this.#problems.slice(before)) log(`    ${problem}`);
  }

  /** From a start of the browser to its kill. True once the page has promised to go on by itself. */
  async #live(user: CloudUser, profile: string, kill: Kill, begun: boolean, seed: number): Promise<boolean> {
    const { site, store, bytesPerSecond = 40_000_000 } = this.#options;
    const line = site.lines[store];
    // A busy machine hears late of what the page tells; by then not much may have been sent.
    const early = kill.moment === 'snapshotting' || kill.moment === 'reserving';
    line.bytesPerSecond = early ? bytesPerSecond / 20 : bytesPerSecond;
    const statuses: string[] = [];
    const browser = await this.#open(user, profile, statuses);
    let promised = begun;
    try {
      const reached =
        kill.moment === 'sending'
          ? line.untilSent(kill.share * this.#size)
          : // What lasts less than 100 ms may never be told, and an upload that goes on isn't snapshotted again.
            this.#until(statuses, kill.moment, ...(early ? ['sending'] : []), 'completing', 'verifying', 'done');
      if (!begun) await this.#add(browser, seed);
      await this.#orLate(reached, () => `${kill.moment} (${statuses.join(', ')})`);
      await pause(kill.delay);
    } finally {
      if (line.sentBytes < this.#size) this.#midway += 1;
      await browser.kill();
      line.everybodyDied();
    }
    // Before that, the file was in nobody's hands but the page's.
    promised ||= statuses.some((status) => !['queued', 'checking', 'snapshotting'].includes(status));
    return promised;
  }

  async #finish(user: CloudUser, profile: string, begun: boolean, seed: number): Promise<void> {
    const statuses: string[] = [];
    const browser = await this.#open(user, profile, statuses);
    try {
      if (!begun) await this.#add(browser, seed);
      const end = Date.now() + patienceMs;
      for (;;) {
        const { items, written } = await browser.page.evaluate(async () => ({
          items: window.uploadingPage.items(),
          written: await window.uploadingPage.written(),
        }));
        // One that was done when the browser was killed is none of this page's.
        if (items.every(({ status }) => status === 'done') && written.rows.length === 0) {
          if (written.held > 0) this.#orphan(`${written.held} snapshots of ${written.heldBytes} bytes in the browser`);
          return;
        }
        if (items.some(({ status }) => ['failed', 'needs-file', 'paused', 'cancelled'].includes(status))) {
          throw new Error(`It doesn't go on: ${JSON.stringify(items)}`);
        }
        if (Date.now() > end) throw new Error(`It never ends: ${JSON.stringify({ items, written, statuses })}`);
        await pause(50);
      }
    } finally {
      await browser.kill();
    }
  }

  async #open(user: CloudUser, profile: string, statuses: string[]): Promise<KillableBrowser> {
    const { site, store } = this.#options;
    const browser = await KillableBrowser.start(this.#binary, profile, (text) => {
      const fact = JSON.parse(text) as UploadFact;
      if (fact.type === 'status') statuses.push(fact.status);
      if (fact.type === 'failed' || fact.type === 'problem') this.#problems.push(`in the page: ${fact.error}`);
      this.#heard(fact);
    });
    try {
      const ready = this.#untilFact(({ type }) => type === 'ready' || type === 'failed');
      await browser.page.goto(site.address(user, store));
      await this.#orLate(ready, () => 'the page');
      return browser;
    } catch (error) {
      await browser.kill();
      throw error;
    }
  }

  async #add(browser: KillableBrowser, seed: number): Promise<void> {
    await browser.page.evaluate(([given, size]) => window.uploadingPage.add(given, size, 'lecture.mp4'), [
      seed,
      this.#size,
    ] as const);
  }

  #until(statuses: readonly string[], ...wanted: readonly string[]): Promise<void> {
    if (statuses.some((status) => wanted.includes(status))) return Promise.resolve();
    return this.#untilFact((fact) => fact.type === 'status' && wanted.includes(fact.status));
  }

  #untilFact(matches: (fact: UploadFact) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = (fact) => {
        if (matches(fact)) resolve();
      };
    });
  }

  async #orLate(work: Promise<void>, what: () => string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`Waited ${patienceMs} ms for ${what()}`));
      }, patienceMs);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Looks all the time whether something is there before all of its bytes are. */
  #watch(user: CloudUser): { stop(): Promise<void> } {
    let going = true;
    const look = async (): Promise<void> => {
      while (going) {
        await this.#lookForShort(user);
        await pause(100);
      }
    };
    const looking = look().catch((error: unknown) => {
      this.#problems.push(String(error));
    });
    return {
      stop: async () => {
        going = false;
        await looking;
      },
    };
  }

  async #lookForShort(user: CloudUser): Promise<void> {
    const { admin, s3 } = this.#options.site.cloud.backend;
    const { rows } = await admin.query<{
      object_name: string;
      store: UploadStore;
      size_bytes: string;
      stored: string | null;
    }>(
      `select b.object_name, b.store, b.size_bytes, o.metadata ->> 'size' as stored from public.media_blobs b
       left join storage.objects o on o.bucket_id = 'media' and o.name = b.object_name where b.owner_id = $1`,
      [user.id],
    );
    for (const { object_name: name, store, size_bytes: size, stored } of rows) {
      if (this.#seen.has(name)) continue;
      this.#seen.add(name);
      const there =
        store === 'supabase'
          ? Number(stored)
          : (await s3.storedObjects()).find(({ key }) => key.endsWith(name))?.sizeBytes;
      if (there === Number(size)) continue;
      this.#short += 1;
      this.#problems.push(`${name} counts as ${size} bytes and has ${there ?? 'none'}`);
    }
    const assets = await admin.query<{ id: string; size_bytes: string }>(
      `select id, size_bytes from public.media_files where owner_id = $1 and status = 'active' and size_bytes <> $2`,
      [user.id, this.#size],
    );
    for (const asset of assets.rows) {
      this.#short += 1;
      this.#problems.push(`asset ${asset.id} is active with ${asset.size_bytes} bytes`);
    }
  }

  async #judge(user: CloudUser, seed: number, kills: number): Promise<void> {
    const { site, store } = this.#options;
    const { admin } = site.cloud.backend;
    const line = site.lines[store];
    const { rows } = await admin.query<{ object_name: string; status: string }>(
      `select b.object_name, f.status from public.media_files f
       join public.media_blobs b on b.owner_id = f.owner_id and b.key = f.blob_key where f.owner_id = $1`,
      [user.id],
    );
    const [asset] = rows;
    if (rows.length !== 1 || asset?.status !== 'active') {
      throw new Error(`There are ${rows.length} assets of one file: ${JSON.stringify(rows)}`);
    }
    const expected = createHash('sha256');
    for (const block of seededBlocks(seed, this.#size)) expected.update(block);
    const [wanted, found] = [expected.digest('hex'), await this.#hashOf(user, asset.object_name)];
    if (wanted !== found) throw new Error(`The store has ${found} of ${wanted}`);

    // What carried a part or a piece; the poster is beside the point.
    const sent = line.sent.filter(({ bytes, target }) => bytes > 4000 || target.includes('/resumable/'));
    const wasted = sent.reduce((sum, { bytes }) => sum + bytes, 0) - this.#size;
    const allowed = kills * lanes[store] * partBytes[store];
    this.#wasted += Math.max(0, wasted);
    this.#allowed += allowed;
    if (wasted > allowed) this.#problems.push(`${wasted} bytes were wasted, and ${allowed} are allowed`);
    for (const pair of atTheSameTime(sent)) this.#problems.push(`two senders: ${pair}`);
    await this.#lookForOrphans(user, asset.object_name);
  }

  async #hashOf(user: CloudUser, objectName: string): Promise<string> {
    const { s3 } = this.#options.site.cloud.backend;
    if (this.#options.store === 'b2') {
      const objects = (await s3.storedObjects()).filter(({ key }) => key.endsWith(objectName));
      return objects.map(({ sha256, visible }) => `${sha256}${visible ? '' : ' (hidden)'}`).join(', ');
    }
    const { data, error } = await user.client.storage.from('media').download(objectName);
    if (error) throw error;
    const hash = createHash('sha256');
    for await (const chunk of data.stream()) hash.update(chunk);
    return hash.digest('hex');
  }

  /** After the clean-up, as the project's own jobs do it. */
  async #lookForOrphans(user: CloudUser, objectName: string): Promise<void> {
    const { backend } = this.#options.site.cloud;
    const { admin, url, publishableKey, secretKey, s3 } = backend;
    // Bytes that are nobody's are left alone for a day; here that day is over.
    await admin.query(`update public.media_blobs set created_at = created_at - interval '2 days' where owner_id = $1`, [
      user.id,
    ]);
    await createServiceLibrary({
      client: createClient(url, secretKey, {
        auth: { persistSession: false, autoRefreshToken: false },
        realtime: { transport: WebSocket as never },
      }),
    }).purge({ hours: 1 });
    const { endpoint, region, bucket, namePrefix, deleteKeyId: keyId, deleteApplicationKey: applicationKey } = s3;
    const { failures } = await cleanUp({
      project: { url, publishableKey, secretKey },
      store: { endpoint, region, bucket, namePrefix, keyId, applicationKey },
      graceHours: 1,
    });
    for (const failure of failures) this.#problems.push(`the clean-up: ${failure}`);

    const sessions = await admin.query<{ key: string; status: string }>(
      `select key, status from public.upload_sessions where owner_id = $1 and status = 'open'`,
      [user.id],
    );
    for (const { key } of sessions.rows) this.#orphan(`the reservation of ${key}`);
    const tenant = objectName.split('/')[0] ?? '';
    for (const { key } of s3.openUploads()) if (key.includes(tenant)) this.#orphan(`an unfinished upload of ${key}`);
    const known = await admin.query<{ name: string; version: string | null }>(
      `select b.object_name as name, o.version from public.media_blobs b
       left join storage.objects o on o.bucket_id = 'media' and o.name = b.object_name`,
    );
    const names = new Set(known.rows.map(({ name }) => name));
    for (const { key } of await s3.storedObjects()) {
      if (!names.has(key.slice(s3.namePrefix.length))) this.#orphan(`the object ${key}`);
    }
    const versions = new Set(known.rows.map(({ version }) => version));
    for (const version of await backend.storedVersions()) {
      if (!versions.has(version)) this.#orphan(`the bytes of ${version}`);
    }
    const blobs = await admin.query<{ key: string }>('select key from public.media_blobs where owner_id = $1', [
      user.id,
    ]);
    if (blobs.rows.length > 2) this.#orphan(`blobs: ${blobs.rows.map(({ key }) => key).join(', ')}`);
  }

  #orphan(what: string): void {
    this.#orphans += 1;
    this.#problems.push(`left behind: ${what}`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
