/** Measures uploads in a real browser against the local backend, and prints the results as JSON. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { AwsV4Signer } from 'aws4fetch';
import type { CDPSession, Page } from 'playwright-core';
import { launchWithProfile } from '../browser.mjs';
import { UploadSite, type UploadStore, uploadStores } from '../faults/uploads-site.js';

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const megabyte = 1_000_000;
const sentBytes = 100 * megabyte;
const rounds = 3;
const log = (line: string): void => void process.stderr.write(`  ${line}\n`);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const site = await UploadSite.start();
const context = await launchWithProfile(await mkdtemp(path.join(site.scratch, 'profile-')));

/** Milliseconds from the choice of a file to its being in the library. */
async function upload(page: Page, seed: number, size: number): Promise<number> {
  const began = performance.now();
  await untilDone(page, await begin(page, seed, size));
  return performance.now() - began;
}

function begin(page: Page, seed: number, size: number): Promise<string> {
  return page.evaluate(([given, bytes]) => window.uploadingPage.add(given, bytes, 'bench.mp4'), [seed, size] as const);
}

async function untilDone(page: Page, id: string): Promise<void> {
  await page.waitForFunction(
    (given) => {
      const item = window.uploadingPage.items().find((each) => each.id === given);
      if (item && ['failed', 'paused', 'needs-file'].includes(item.status)) throw new Error(JSON.stringify(item));
      return item?.status === 'done';
    },
    id,
    { polling: 20, timeout: 120_000 },
  );
}

/** Where the same bytes go by one request, and with what. */
async function plainAddress(
  store: UploadStore,
): Promise<{ url: string; method: string; headers: Record<string, string> }> {
  const { s3, secretKey } = site.cloud.backend;
  if (store === 'supabase') {
    const url = `${site.lines.supabase.url}/storage/v1/object/media/${randomUUID()}/${randomUUID()}/${randomUUID()}`;
    return { url, method: 'POST', headers: { authorization: `Bearer ${secretKey}`, apikey: secretKey } };
  }
  const { url } = await new AwsV4Signer({
    method: 'PUT',
    url: `${site.lines.b2.url}/${s3.bucket}/${s3.namePrefix}${randomUUID()}?X-Amz-Expires=900`,
    accessKeyId: s3.keyId,
    secretAccessKey: s3.applicationKey,
    service: 's3',
    region: s3.region,
    signQuery: true,
  }).sign();
  return { url: url.href, method: 'PUT', headers: {} };
}

/** What a process has in memory. */
function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages * 4096;
}

/** The most that the page's heap and its process had while something went on, in bytes; the process is 0 off Linux. */
async function peaks(
  devtools: CDPSession,
  browser: CDPSession,
  work: () => Promise<unknown>,
): Promise<{ readonly heap: number; readonly resident: number }> {
  let [heap, resident, going] = [0, 0, true];
  const watching = (async () => {
    while (going) {
      const { usedSize } = await devtools.send('Runtime.getHeapUsage');
      heap = Math.max(heap, usedSize);
      if (process.platform === 'linux') {
        const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
        const renderers = processInfo.filter(({ type }) => type === 'renderer');
        resident = Math.max(resident, ...renderers.map(({ id }) => residentBytes(id)));
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  })();
  await work();
  going = false;
  await watching;
  return { heap, resident };
}

async function measure(store: UploadStore): Promise<readonly Result[]> {
  const results: Result[] = [];
  const page = await context.newPage();
  await page.goto(site.address(await site.cloud.newUser(), store));
  await page.waitForFunction(() => (window as Partial<Window>).uploadingPage !== undefined);
  const [engine, plain]: [number[], number[]] = [[], []];
  await upload(page, 1, 10 * megabyte);
  for (let round = 0; round < rounds; round += 1) {
    const address = await plainAddress(store);
    plain.push(
      await page.evaluate(([seed, size, given]) => window.uploadingPage.fetchPlainly(seed, size, given), [
        round + 10,
        sentBytes,
        address,
      ] as const),
    );
    engine.push(await upload(page, round + 20, sentBytes));
  }
  const [mine, theirs] = [median(engine), median(plain)];
  log(`${store}: ${mine.toFixed(0)} ms through the engine, ${theirs.toFixed(0)} ms by one request`);
  results.push({ name: `${store}: throughput, of that of plain fetch`, value: theirs / mine, unit: '×' });
  results.push({ name: `${store}: throughput`, value: sentBytes / megabyte / (mine / 1000), unit: 'MB/s' });
  await page.close();

  const seen: { heap: number; resident: number }[] = [];
  for (const size of [20 * megabyte, 200 * megabyte]) {
    // A page of its own: what another upload has left would count.
    const other = await context.newPage();
    await other.goto(site.address(await site.cloud.newUser(), store));
    await other.waitForFunction(() => (window as Partial<Window>).uploadingPage !== undefined);
    const devtools = await context.newCDPSession(other);
    const browser = await context.browser()?.newBrowserCDPSession();
    if (!browser) throw new Error('The browser can’t be asked');
    const id = await begin(other, size, size);
    // What the making of the file has left is none of the upload's.
    await devtools.send('HeapProfiler.collectGarbage');
    seen.push(await peaks(devtools, browser, () => untilDone(other, id)));
    await other.close();
  }
  const [small, large] = seen;
  if (!small || !large) throw new Error('Nothing was seen');
  const inMegabytes = ({ heap, resident }: typeof small): string =>
    `heap ${(heap / megabyte).toFixed(0)} MB, process ${(resident / megabyte).toFixed(0)} MB`;
  log(`${store}: 20 MB: ${inMegabytes(small)}; 200 MB: ${inMegabytes(large)}`);
  results.push({
    name: `${store}: heap for 200 MB, of that for 20 MB (less is better)`,
    value: large.heap / small.heap,
    unit: '×',
  });
  if (large.resident > 0) {
    const value = large.resident / small.resident;
    results.push({ name: `${store}: process for 200 MB, of that for 20 MB (less is better)`, value, unit: '×' });
  }
  return results;
}

try {
  const results: Result[] = [];
  for (const store of uploadStores) results.push(...(await measure(store)));
  const page = await context.newPage();
  await page.goto(site.address(await site.cloud.newUser(), 'b2'));
  await page.waitForFunction(() => (window as Partial<Window>).uploadingPage !== undefined);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await page.evaluate((size) => window.uploadingPage.hash(2, size), sentBytes));
  }
  results.push({ name: 'hash', value: sentBytes / megabyte / (median(times) / 1000), unit: 'MB/s' });
  process.stdout.write(JSON.stringify(results));
} finally {
  await context.close();
  await site.stop();
}
