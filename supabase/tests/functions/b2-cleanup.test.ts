import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { configFromEnvironment as cleanupFromEnvironment } from '../../functions/b2-cleanup/environment.ts';
import { createB2CleanupHandler } from '../../functions/b2-cleanup/handler.ts';
import { configFromEnvironment as uploadsFromEnvironment } from '../../functions/b2-uploads/environment.ts';
import { PART, SignerLab, startInNode } from './signer-lab.ts';
import type { Person } from './signer-lab.ts';

const DAY = 86_400_000;

describe('the clean-up of B2', () => {
  let lab: SignerLab;
  let ada: Person;

  before(async () => {
    lab = await SignerLab.open(startInNode);
  });
  beforeEach(async () => {
    ada = await lab.person();
  });
  after(() => lab.close());

  /** Some days later, by the store's clock and the job's. */
  async function later<T>(days: number, work: (now: () => number) => Promise<T>): Promise<T> {
    lab.backend.s3.shiftClock(days * DAY);
    try {
      return await work(() => Date.now() + days * DAY);
    } finally {
      lab.backend.s3.shiftClock(-days * DAY);
    }
  }
  const nothing = {
    expiredUploads: 0,
    purgedAssets: 0,
    forgottenBlobs: 0,
    abortedUploads: 0,
    orphanedObjects: 0,
    complete: true,
    failures: [],
  };
  const age = (table: string, column: string, days: number) =>
    lab.rows(`update ${table} set ${column} = ${column} - make_interval(days => ${days}) where owner_id = $1`, [
      ada.id,
    ]);
  const own = async () => (await lab.objectNames()).filter((name) => name.includes(ada.id));

  it('leaves alone what is used, what is new, what is on its way, and what isn’t Lectern’s', async () => {
    const id = randomUUID();
    await lab.upload(ada, lab.newUpload(5, { key: `assets/${id}/1` }), { id, name: 'x', kind: 'video' });
    const loose = lab.newUpload(6, { key: `assets/${randomUUID()}/1` });
    await lab.upload(ada, loose);
    const open = lab.newUpload(PART + 7);
    await lab.reserve(ada, open);
    await lab.sendParts(ada, open, [1]);
    const { AwsV4Signer } = await import('aws4fetch');
    const { endpoint, bucket, keyId, applicationKey, region } = lab.backend.s3;
    const { url } = await new AwsV4Signer({
      method: 'PUT',
      url: `${endpoint}/${bucket}/media/a-hosts-own/logo.png`,
      accessKeyId: keyId,
      secretAccessKey: applicationKey,
      region,
      service: 's3',
      signQuery: true,
    }).sign();
    assert.equal(await lab.put(url.href, Buffer.from('logo')), 200);
    assert.deepEqual(await lab.cleanUp(), nothing);
    await later(2, async (now) => assert.deepEqual(await lab.cleanUp({ now }), nothing));
    assert.equal((await own()).length, 2);
    assert.ok((await lab.objectNames()).includes('media/a-hosts-own/logo.png'));
    await lab.sendParts(ada, open, [2]);
    assert.equal((await lab.complete(ada, open)).status, 200);
    assert.equal((await lab.ask(ada, 'GET', `/blobs/url?key=${loose.key}`)).status, 200);
  });

  it('takes bytes that nothing refers to, first their rows, then every version of them', async () => {
    const used = randomUUID();
    await lab.upload(ada, lab.newUpload(5, { key: `assets/${used}/1` }), { id: used, name: 'x', kind: 'video' });
    const [kept] = await own();
    for (const size of [6, 0]) await lab.upload(ada, lab.newUpload(size));
    const discarded = lab.newUpload(7, { key: 'peaks/1' });
    await lab.upload(ada, discarded);
    await lab.ask(ada, 'DELETE', '/blobs?key=peaks/1');
    assert.equal((await own()).length, 4);
    await age('media_blobs', 'created_at', 2);
    await lab.rows("update lectern.discarded_blobs set discarded_at = now() - interval '2 days'");
    const report = await lab.cleanUp();
    assert.deepEqual(report, { ...nothing, forgottenBlobs: 3 });
    assert.deepEqual(await own(), [kept]);
    assert.equal((await lab.rows('select from media_blobs where owner_id = $1', [ada.id])).length, 1);
    assert.deepEqual(await lab.cleanUp(), nothing);
    const [usage] = await lab.rows('select stored_bytes from lectern.tenant_usage where tenant_id = $1', [ada.id]);
    assert.equal(usage?.['stored_bytes'], '5');
  });

  it('forgets what nothing refers to even beside something that came back into use meanwhile', async () => {
    const [back, gone] = [lab.newUpload(5), lab.newUpload(6)];
    await lab.upload(ada, back);
    await lab.upload(ada, gone);
    await age('media_blobs', 'created_at', 2);
    let isFirst = true;
    // Between asking and forgetting, an asset is made of one of them.
    lab.project.use((request) => {
      if (request.path.includes('forget_blobs') && isFirst) {
        isFirst = false;
        return { kind: 'delay', milliseconds: 500 };
      }
      return undefined;
    });
    const running = lab.cleanUp({
      project: { url: lab.project.url, publishableKey: lab.backend.publishableKey, secretKey: lab.backend.secretKey },
    });
    while (!lab.project.seen.some(({ path }) => path.includes('forget_blobs')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await lab.rows(
      `insert into media_files (id, owner_id, tenant_id, name, kind, mime_type, size_bytes, source_type, blob_key)
       values ($1, $2, $2, 'x', 'video', 'video/mp4', 5, 'upload', $3)`,
      [randomUUID(), ada.id, back.key],
    );
    const report = await running;
    lab.project.use();
    assert.deepEqual([report.forgottenBlobs, report.failures], [1, []]);
    assert.equal((await own()).length, 1);
    assert.equal((await lab.ask(ada, 'GET', `/blobs/url?key=${back.key}`)).status, 200);
  });

  it('empties the trash after thirty days, and takes the bytes a day later', async () => {
    const id = randomUUID();
    await lab.upload(ada, lab.newUpload(5, { key: `assets/${id}/1` }), { id, name: 'x', kind: 'video' });
    await lab.rows('update media_files set deleted_at = now() where id = $1', [id]);
    assert.deepEqual(await lab.cleanUp(), nothing);
    // Otherwise the time of a deletion is the server's own.
    await lab.rows('alter table media_files disable trigger user');
    await lab.rows("update media_files set deleted_at = now() - interval '31 days' where id = $1", [id]);
    await lab.rows('alter table media_files enable trigger user');
    await age('media_blobs', 'created_at', 31);
    const report = await lab.cleanUp();
    assert.deepEqual([report.purgedAssets, report.forgottenBlobs, report.failures], [1, 1, []]);
    assert.deepEqual(await own(), []);
  });

  it('gives up unfinished uploads whose reservation has gone, and no other', async () => {
    const [expired, kept] = [lab.newUpload(PART + 5), lab.newUpload(5)];
    for (const upload of [expired, kept]) {
      await lab.reserve(ada, upload);
      await lab.sendParts(ada, upload, [1]);
    }
    // One that was given up while the store was out of reach.
    const cancelled = lab.newUpload(5);
    await lab.reserve(ada, cancelled);
    lab.store.use(() => ({ kind: 'reset' }));
    const answer = await lab.ask(ada, 'DELETE', `/uploads/${cancelled.id}`);
    lab.store.use();
    assert.equal(answer.status, 503);
    await lab.rows('update upload_sessions set expires_at = now() where id = $1', [expired.id]);
    const report = await lab.cleanUp();
    assert.deepEqual(report, { ...nothing, expiredUploads: 1, abortedUploads: 2 });
    const [session] = await lab.rows('select object_name from upload_sessions where id = $1', [kept.id]);
    assert.deepEqual(
      lab.backend.s3
        .openUploads()
        .filter(({ key }) => key.includes(ada.id))
        .map(({ key }) => key),
      [`media/${String(session?.['object_name'])}`],
    );
    await lab.ask(ada, 'DELETE', `/uploads/${kept.id}`);
  });

  it('waits an hour before it gives up one that its reservation doesn’t name: it may just have been begun', async () => {
    const upload = lab.newUpload(5);
    lab.project.use((request) => (request.path.includes('note_multipart') ? { kind: 'reset' } : undefined));
    assert.equal((await lab.reserve(ada, upload)).status, 503);
    lab.project.use();
    assert.deepEqual(await lab.cleanUp(), nothing);
    await later(0.1, async (now) => assert.deepEqual(await lab.cleanUp({ now }), { ...nothing, abortedUploads: 1 }));
    assert.equal((await lab.reserve(ada, upload)).status, 200);
    await lab.ask(ada, 'DELETE', `/uploads/${upload.id}`);
  });

  it('finds objects that were finished in the store and never in the database', async () => {
    const upload = lab.newUpload(5);
    await lab.reserve(ada, upload);
    await lab.sendParts(ada, upload, [1]);
    lab.project.use((request) => (request.path.includes('complete_upload') ? { kind: 'reset' } : undefined));
    assert.equal((await lab.complete(ada, upload)).status, 503);
    lab.project.use();
    assert.equal((await own()).length, 1);
    await later(2, async (now) => assert.deepEqual(await lab.cleanUp({ now }), nothing, 'it is still reserved'));
    await lab.rows('update upload_sessions set expires_at = now() where id = $1', [upload.id]);
    assert.deepEqual(await lab.cleanUp(), { ...nothing, expiredUploads: 1 }, 'it is new');
    await later(2, async (now) => assert.deepEqual(await lab.cleanUp({ now }), { ...nothing, orphanedObjects: 1 }));
    assert.deepEqual(await own(), []);
  });

  it('finds what a run that died left behind', async () => {
    for (const size of [5, 6, 7]) await lab.upload(ada, lab.newUpload(size));
    await age('media_blobs', 'created_at', 2);
    const { endpoint: _, ...store } = lab.backend.s3;
    lab.store.use((request) => (request.method === 'DELETE' ? { kind: 'reset' } : undefined));
    const died = await lab.cleanUp({
      store: {
        ...store,
        endpoint: lab.store.url,
        keyId: store.deleteKeyId,
        applicationKey: store.deleteApplicationKey,
      },
    });
    lab.store.use();
    assert.equal(died.failures.length, 1, died.failures.join('\n'));
    assert.equal((await own()).length, 3, 'their rows are gone, their bytes not yet');
    await later(2, async (now) => assert.equal((await lab.cleanUp({ now })).orphanedObjects, 3));
    assert.deepEqual(await own(), []);
  });

  it('goes on with the other steps when one fails, and says which', async () => {
    const expired = lab.newUpload(5);
    await lab.reserve(ada, expired);
    await lab.rows("update upload_sessions set status = 'expired' where id = $1", [expired.id]);
    lab.project.use((request) =>
      request.path.includes('purge_candidates') ? { kind: 'status', status: 500 } : undefined,
    );
    const { url, publishableKey, secretKey } = { ...lab.backend, url: lab.project.url };
    const report = await lab.cleanUp({ project: { url, publishableKey, secretKey } });
    lab.project.use();
    assert.deepEqual([report.abortedUploads, report.failures.length], [1, 1]);
    assert.match(report.failures[0] ?? '', /^purging the trash: /);
  });

  it('stops when its time is up, and says that there is more', async () => {
    assert.deepEqual(await lab.cleanUp({ budget: 0 }), { ...nothing, complete: false });
  });

  it('can’t do with the signer’s key what only its own may', async () => {
    const { keyId, applicationKey, endpoint, region, bucket } = lab.backend.s3;
    await lab.upload(ada, lab.newUpload(5));
    await age('media_blobs', 'created_at', 2);
    const report = await lab.cleanUp({ store: { endpoint, region, bucket, keyId, applicationKey } });
    assert.deepEqual(report.failures, ['deleting what nothing refers to: not entitled']);
    assert.equal((await own()).length, 1);
  });

  describe('as a function', () => {
    const environment = (): Record<string, string> => ({
      ...lab.environment,
      B2_DELETE_KEY_ID: lab.backend.s3.deleteKeyId,
      B2_DELETE_APPLICATION_KEY: lab.backend.s3.deleteApplicationKey,
      LECTERN_JOB_SECRET: 'a secret that nobody is going to guess',
    });

    it('runs for whoever shows the job’s secret', async () => {
      const variables = environment();
      const run = createB2CleanupHandler(cleanupFromEnvironment((name) => variables[name]));
      const ask = (secret: string | null, method = 'POST') =>
        run(
          new Request('http://functions.internal/b2-cleanup', {
            method,
            headers: secret === null ? {} : { authorization: `Bearer ${secret}` },
          }),
        );
      for (const secret of [
        null,
        '',
        'x',
        `${variables['LECTERN_JOB_SECRET'] ?? ''} `.slice(1),
        ada.token,
        lab.backend.secretKey,
      ]) {
        assert.equal((await ask(secret)).status, 401, String(secret));
      }
      const secret = variables['LECTERN_JOB_SECRET'] ?? '';
      assert.equal((await ask(secret, 'GET')).status, 405);
      const done = await ask(secret);
      assert.equal(done.status, 200);
      assert.equal(((await done.json()) as Record<string, unknown>)['complete'], true);
      lab.project.use(() => ({ kind: 'status', status: 500 }));
      assert.equal((await ask(secret)).status, 503);
      lab.project.use();
      assert.throws(
        () => createB2CleanupHandler({ ...cleanupFromEnvironment((name) => variables[name]), jobSecret: 'short' }),
        RangeError,
      );
    });

    it('and the signer take their settings from the platform’s variables, and say which are missing', () => {
      const variables = environment();
      const { SUPABASE_ANON_KEY: anon = '', SUPABASE_SERVICE_ROLE_KEY: service = '', ...others } = variables;
      const newer: Record<string, string> = {
        ...others,
        SUPABASE_URL: 'https://abc.supabase.co/',
        SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ web: 'sb_publishable_web', default: 'sb_publishable_x' }),
        SUPABASE_SECRET_KEYS: JSON.stringify({ jobs: 'sb_secret_x' }),
        B2_ENDPOINT: 'https://s3.eu-central-003.backblazeb2.com/',
        B2_REGION: '',
        B2_NAME_PREFIX: 'lectern/',
        LECTERN_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
        LECTERN_ALLOWED_TYPES: 'video/*, image/png',
      };
      const read = uploadsFromEnvironment((name) => newer[name]);
      assert.deepEqual(read.project, {
        url: 'https://abc.supabase.co',
        publishableKey: 'sb_publishable_x',
        secretKey: 'sb_secret_x',
      });
      assert.deepEqual(
        [read.store.endpoint, read.store.region, read.store.namePrefix],
        ['https://s3.eu-central-003.backblazeb2.com', 'eu-central-003', 'lectern/'],
      );
      assert.deepEqual(read.allowedOrigins, ['https://a.example', 'https://b.example']);
      assert.deepEqual(read.allowedTypes, ['video/*', 'image/png']);
      const older = uploadsFromEnvironment((name) => variables[name]);
      assert.deepEqual([older.project.publishableKey, older.project.secretKey], [anon, service]);
      assert.throws(
        () => uploadsFromEnvironment(() => undefined),
        /SUPABASE_URL.*SUPABASE_ANON_KEY.*SUPABASE_SERVICE_ROLE_KEY.*B2_ENDPOINT.*B2_KEY_ID.*LECTERN_ALLOWED_ORIGINS/,
      );
      assert.throws(() => cleanupFromEnvironment(() => undefined), /B2_DELETE_KEY_ID.*LECTERN_JOB_SECRET/);
      assert.throws(
        () => uploadsFromEnvironment((name) => ({ ...variables, LECTERN_MAX_BYTES: '5 GB' })[name]),
        RangeError,
      );
    });
  });
});
