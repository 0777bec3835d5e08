/**
 * A library of a million files in the local backend's PostgreSQL 17, asked over REST with a signed-in user's token, so
 * under row security: each answer that a page of the library, a project or a report waits for.
 */
import { randomUUID } from 'node:crypto';
import { startLocalBackend } from '@lectern/testing/local-backend';
import {
  commonTag,
  commonWord,
  fillLibrary,
  noWord,
  othersFiles,
  ownFiles,
  rareTag,
  rareWord,
  twoLetters,
  usualTag,
} from './backend.library.mjs';

const budgetMs = 200;
const rounds = 25;
/** A plan is made, and pages are read from the disk, by the first few, which are told apart. */
const warmUps = 3;

/** @param {readonly number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @typedef {{name: string, cold: number, median: number, p95: number}} Measured */

/**
 * @typedef {object} Place
 * @property {string} url of the back end
 * @property {string} key that is no secret
 * @property {string} token of the one whose library it is
 * @property {string} ownerId
 * @property {string} assetId
 * @property {string} projectId
 */

/**
 * Asks everything that there is to be asked of a library that `fillLibrary` has filled.
 *
 * @param {Place} place
 * @param {{log: (line: string) => void}} options told each as soon as it is known
 * @returns {Promise<readonly Measured[]>}
 */
export async function measureAnswers({ url, key, token, ownerId, assetId, projectId }, { log }) {
  /**
   * One request as the browser makes it, read to its end. What isn't an answer is an error.
   *
   * @param {string} path @param {unknown} [body] @param {string} [method] @returns {Promise<any>}
   */
  const ask = async (path, body, method = body === undefined ? 'GET' : 'POST') => {
    const answer = await fetch(`${url}/rest/v1/${path}`, {
      method,
      headers: {
        apikey: key,
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        prefer: 'return=representation',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  /** @param {Record<string, unknown>} [args] @returns {Promise<{items: any[], next: unknown, total: number}>} */
  const list = (args = {}) => ask('rpc/list_media', args);

  log(`  ${['median', 'p95', 'first'].map((what) => what.padStart(8)).join('')}  milliseconds`);
  /** @type {Measured[]} */
  const measured = [];
  /** @param {string} name @param {(round: number) => Promise<unknown>} work */
  const measure = async (name, work) => {
    /** @type {number[]} */
    const times = [];
    for (let round = 0; round < warmUps + rounds; round += 1) {
      const start = performance.now();
      await work(round);
      times.push(performance.now() - start);
    }
    const warm = times.slice(warmUps);
    const found = { name, cold: times[0] ?? Number.NaN, median: quantile(warm, 0.5), p95: quantile(warm, 0.95) };
    measured.push(found);
    const figures = [found.median, found.p95, found.cold].map((value) => value.toFixed(1).padStart(8)).join('');
    log(`  ${figures}  ${found.median < budgetMs ? 'pass' : 'FAIL'}  ${name}`);
  };
  /** A measurement of a list, which has to find what is there. @param {string} name @param {Record<string, unknown>} args @param {(total: number) => boolean} isRight */
  const measureList = async (name, args, isRight) => {
    const { items, total } = await list(args);
    if (!isRight(total) || total > 0 !== items.length > 0) throw new Error(`${name}: found ${String(total)}`);
    await measure(`${name} (${total.toLocaleString('en')})`, () => list(args));
  };

  const alive = (/** @type {number} */ total) => total === (ownFiles / 50) * 49;
  await measureList('first page, newest', {}, alive);
  for (const sort of ['oldest', 'name', 'largest', 'longest']) {
    await measureList(`first page, ${sort}`, { p_sort: sort }, alive);
  }
  for (const sort of ['newest', 'name']) {
    /** @type {unknown} */
    let after = null;
    for (let page = 1; page < 50; page += 1) ({ next: after } = await list({ p_sort: sort, p_after: after }));
    await measureList(`page 50, ${sort}`, { p_sort: sort, p_after: after }, alive);
  }
  await measureList('first page of the trash', { p_deleted: true }, (total) => total === ownFiles / 50);
  await measureList('first page of sounds', { p_kinds: ['audio'] }, (total) => total > 100_000);
  await measureList('first page of exports', { p_source_types: ['export'] }, (total) => total > 50_000);
  await measureList(`search, rare word`, { p_search: rareWord }, (total) => total === 20);
  await measureList('search, common word', { p_search: commonWord }, (total) => total > 50_000);
  await measureList(
    'search, common word, by name',
    { p_search: commonWord, p_sort: 'name' },
    (total) => total > 50_000,
  );
  await measureList('search, two words', { p_search: `${commonWord} 99` }, (total) => total > 500);
  await measureList('search, two letters', { p_search: twoLetters }, (total) => total > 50_000);
  await measureList('search, a word that isn’t there', { p_search: noWord }, (total) => total === 0);
  await measureList('rare tag', { p_tags: [rareTag] }, (total) => total > 40 && total <= 50);
  await measureList('usual tag', { p_tags: [usualTag] }, (total) => total > 5000 && total < 20_000);
  await measureList('common tag', { p_tags: [commonTag] }, (total) => total > 50_000);
  await measureList(
    'common tag and common word',
    { p_tags: [commonTag], p_search: commonWord },
    (total) => total > 1000,
  );
  await measureList('files of a project', { p_project_id: projectId }, (total) => total >= 400);

  const { items } = await list();
  const ids = items.map(({ id }) => id);
  const owner = `owner_id=eq.${ownerId}`;
  await measure('one file', () => ask(`media_files?select=*&id=eq.${assetId}`));
  await measure('60 files by id', () => ask(`media_files?select=*&id=in.(${ids.join(',')})`));
  await measure('usage of a file (525 places)', () =>
    ask(`media_usage?select=*&asset_id=eq.${assetId}&order=created_at`),
  );
  await measure('history of a file', () =>
    ask(`media_file_history?select=*&asset_id=eq.${assetId}&order=id.desc&limit=200`),
  );
  await measure('versions of a file', () =>
    ask(`media_file_versions?select=*&asset_id=eq.${assetId}&order=number.desc`),
  );
  const { fingerprint } = items[0];
  await measure('likely duplicates', () =>
    ask(`media_files?select=*&${owner}&fingerprint=eq.${fingerprint}&deleted_at=is.null&order=created_at.desc`),
  );
  await measure('figures of the library', () => ask('rpc/media_overview', {}));
  await measure('room', () => ask('rpc/storage_report', {}));
  await measure('report: clips of a project (400)', () => ask(`project_clips?select=*&project_id=eq.${projectId}`));
  await measure('report: sounds of a project', () => ask(`project_audio?select=*&project_id=eq.${projectId}`));
  await measure('report: exports of a project', () =>
    ask(`project_exports?select=*&${owner}&project_id=eq.${projectId}&order=created_at.desc`),
  );
  await measure('report: latest exports of all', () =>
    ask(`project_exports?select=*&${owner}&order=created_at.desc&limit=60`),
  );
  await measure('report: who uses a file on a timeline', () =>
    ask(`media_usage?select=resource_id,label&asset_id=eq.${assetId}&resource_type=eq.project`),
  );
  await measure('list of projects', () => ask('rpc/list_projects', {}));
  await measure('list of projects, search', () => ask('rpc/list_projects', { p_search: 'optics' }));
  const [project] = await ask(`studio_projects?select=rev,timeline_state,asset_ids&id=eq.${projectId}`);
  let rev = project.rev;
  await measure('open a project', () => ask(`studio_projects?select=*&id=eq.${projectId}`));
  await measure('save a project (400 clips)', async (round) => {
    const answer = await ask('rpc/save_studio_project', {
      p_id: projectId,
      p_base_rev: rev,
      p_save_id: randomUUID(),
      p_schema_version: 2,
      p_hash: `hash ${String(round)}`,
      p_state: { ...project.timeline_state, round },
      p_kind: 'auto',
      p_asset_ids: project.asset_ids,
    });
    if (answer.outcome !== 'ok') throw new Error(`The save was answered ${JSON.stringify(answer)}`);
    rev = answer.rev;
  });
  await measure('rename a file', (round) =>
    ask(`media_files?id=eq.${assetId}`, { name: `Renamed ${String(round)}` }, 'PATCH'),
  );
  await measure('reserve an upload', () =>
    ask('rpc/reserve_upload', {
      p_id: randomUUID(),
      p_key: `assets/${randomUUID()}/1`,
      p_size_bytes: 1000,
      p_mime_type: 'video/mp4',
    }),
  );

  return measured;
}

/** @type {import('./run.mjs').Suite['run']} */
export async function run({ log }) {
  const backend = await startLocalBackend();
  const client = await backend.admin.connect();
  try {
    const headers = { apikey: backend.publishableKey, 'content-type': 'application/json' };
    const signedUp = await fetch(`${backend.url}/auth/v1/signup`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ email: 'owner@example.test', password: randomUUID() }),
    });
    /** @type {{access_token: string, user: {id: string}}} */
    const session = await signedUp.json();
    const ownerId = session.user.id;
    log(`  ${ownFiles.toLocaleString('en')} files of one owner, ${othersFiles.toLocaleString('en')} of others …`);
    const { assetId, projectId, seconds } = await fillLibrary(client, ownerId, { log });
    log(`  filled in ${seconds.toFixed(0)} s`);

    const measured = await measureAnswers(
      {
        url: backend.url,
        key: backend.publishableKey,
        token: session.access_token,
        ownerId,
        assetId,
        projectId,
      },
      { log },
    );
    const over = measured.filter(({ median }) => median >= budgetMs);
    const slowest = Math.max(...measured.map(({ median }) => median));
    if (over.length > 0) log(`  over ${String(budgetMs)} ms: ${over.map(({ name }) => name).join(', ')}`);
    return [
      { name: `slowest median, of its budget of ${String(budgetMs)} ms`, value: budgetMs / slowest, unit: '×' },
      { name: `over ${String(budgetMs)} ms at the median (less is better)`, value: over.length, unit: 'answers' },
      { name: 'filling a million rows (less is better)', value: seconds, unit: 's' },
      ...measured.map(({ name, median }) => ({ name: `${name} (less is better)`, value: median, unit: 'ms' })),
    ];
  } finally {
    // Its settings are its own.
    client.release(true);
    await backend.stop();
  }
}
