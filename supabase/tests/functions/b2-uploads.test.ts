import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { atRequest } from '@lectern/testing/local-backend';
import type { FaultPlan } from '@lectern/testing/local-backend';
import {
  MIB,
  PAGE,
  PART,
  SignerLab,
  checkTypesInDeno,
  hasDeno,
  sha256,
  startFunctionInDeno,
  startInDeno,
  startInNode,
} from './signer-lab.ts';
import type { Answer, Environment, Person, Upload } from './signer-lab.ts';

const lanes = [
  { name: 'in Node', start: (environment: Environment) => startInNode(environment), isThere: true },
  { name: 'in Deno', start: startInDeno, isThere: hasDeno },
];

/** Status, code, and the detail that matters. */
const said = ({ status, body }: Answer, detail?: string): readonly unknown[] => [
  status,
  body['code'],
  ...(detail === undefined ? [] : [(body['details'] as Record<string, unknown>)[detail]]),
];

for (const { name, start, isThere } of lanes) {
  const skip = isThere
    ? false
    : 'NOT TESTED: Deno isn’t installed. It comes with `npm install` unless optional packages are left out.';
  describe(`the signer for B2, ${name}`, { skip }, () => {
    let lab: SignerLab;
    let ada: Person;
    let eve: Person;

    before(async () => {
      lab = await SignerLab.open(start);
    });
    beforeEach(async () => {
      lab.store.use();
      lab.project.use();
      [ada, eve] = [await lab.person(), await lab.person()];
    });
    after(() => lab.close());

    describe('uploads', () => {
      it('go in parts from the browser to the bucket, and become a blob and its asset', async () => {
        const upload = lab.newUpload(2 * PART + 1000);
        const record = { id: randomUUID(), name: 'Optics', kind: 'video', source_type: 'recording', tags: ['a'] };
        const reserved = await lab.reserve(ada, upload, { record });
        assert.equal(reserved.status, 200);
        const { expiresAt, ...plan } = reserved.body;
        assert.deepEqual(plan, { id: upload.id, key: upload.key, status: 'open', partSize: PART, partCount: 3 });
        assert.ok(Date.parse(String(expiresAt)) > Date.now() + 6 * 86_400_000);
        assert.equal(String(expiresAt), new Date(String(expiresAt)).toISOString());

        const signed = await lab.ask(ada, 'POST', `/uploads/${upload.id}/sign`, { parts: [3, 1, 2] });
        const urls = signed.body['urls'] as { part: number; url: string; sizeBytes: number }[];
        assert.deepEqual(
          urls.map(({ part, sizeBytes }) => [part, sizeBytes]),
          [
            [3, 1000],
            [1, PART],
            [2, PART],
          ],
        );
        const query = new URL(urls[0]?.url ?? '').searchParams;
        assert.deepEqual(
          [query.get('X-Amz-SignedHeaders'), query.get('X-Amz-Expires')],
          ['content-length;host', '900'],
        );
        const left = Date.parse(String(signed.body['expiresAt'])) - Date.now();
        assert.ok(left > 890_000 && left <= 900_000, `${left}`);
        for (const { part, url, sizeBytes } of urls) {
          const from = (part - 1) * PART;
          assert.equal(await lab.put(url, upload.bytes.subarray(from, from + sizeBytes)), 200);
        }
        assert.deepEqual((await lab.ask(ada, 'GET', `/uploads/${upload.id}`)).body, {
          ...plan,
          parts: [1, 2, 3].map((part) => ({ part, sizeBytes: part === 3 ? 1000 : PART })),
        });
        const done = await lab.complete(ada, upload);
        assert.deepEqual(done.body, {
          id: upload.id,
          key: upload.key,
          sizeBytes: 2 * PART + 1000,
          mimeType: 'video/mp4',
          status: 'done',
        });
        const [blob] = await lab.rows('select * from media_blobs where key = $1', [upload.key]);
        assert.deepEqual(
          [blob?.['owner_id'], blob?.['store'], blob?.['size_bytes']],
          [ada.id, 'b2', String(2 * PART + 1000)],
        );
        const stored = (await lab.backend.s3.storedObjects()).find(
          ({ key }) => key === `media/${String(blob?.['object_name'])}`,
        );
        assert.deepEqual([stored?.sha256, stored?.contentType], [sha256(upload.bytes), 'video/mp4']);
        const [asset] = await lab.rows('select name, blob_key, tags from media_files where id = $1', [record.id]);
        assert.deepEqual(asset, { name: 'Optics', blob_key: upload.key, tags: ['a'] });
      });

      it('may be small, or empty', async () => {
        for (const size of [1, 0]) {
          const upload = lab.newUpload(size, { mimeType: 'application/json' });
          const { expiresAt: _, ...plan } = (await lab.reserve(ada, upload)).body;
          assert.deepEqual([plan['partCount'], plan['partSize']], [size, PART]);
          if (size > 0) await lab.sendParts(ada, upload, [1]);
          assert.equal((await lab.complete(ada, upload)).status, 200);
          assert.equal((await lab.complete(ada, upload)).status, 200);
          assert.deepEqual((await lab.ask(ada, 'GET', `/uploads/${upload.id}`)).body, {
            ...plan,
            status: 'done',
            parts: [],
          });
          const { url } = (await lab.ask(ada, 'GET', `/blobs/url?key=${upload.key}`)).body;
          assert.ok(Buffer.from(await (await fetch(String(url))).arrayBuffer()).equals(upload.bytes));
          const [blob] = await lab.rows('select object_name from media_blobs where key = $1', [upload.key]);
          const names = (await lab.objectNames()).filter((each) => each === `media/${String(blob?.['object_name'])}`);
          assert.equal(names.length, 1, 'one version, however often it was completed');
        }
      });

      it('are the same when they are asked for again: created, signed, sent and completed twice', async () => {
        const upload = lab.newUpload(PART + 5);
        const first = await lab.reserve(ada, upload);
        const [again, atOnce] = await Promise.all([lab.reserve(ada, upload), lab.reserve(ada, upload)]);
        for (const answer of [again, atOnce]) {
          assert.deepEqual({ ...answer.body, expiresAt: '' }, { ...first.body, expiresAt: '' });
        }
        assert.equal(lab.backend.s3.openUploads().filter(({ key }) => key.includes(ada.id)).length, 1);
        await lab.sendParts(ada, upload, [1, 2]);
        await lab.sendParts(ada, upload, [2]);
        const [one, two] = await Promise.all([lab.complete(ada, upload), lab.complete(ada, upload)]);
        assert.deepEqual([one.status, two.status, two.body], [200, 200, one.body]);
        assert.deepEqual((await lab.complete(ada, upload)).body, one.body);
        assert.deepEqual([(await lab.reserve(ada, upload)).body['status']], ['done']);
        assert.deepEqual(said(await lab.ask(ada, 'POST', `/uploads/${upload.id}/sign`, { parts: [1] }), 'status'), [
          409,
          'conflict',
          'done',
        ]);
        assert.equal((await lab.rows('select from media_blobs where owner_id = $1', [ada.id])).length, 1);
        assert.equal((await lab.objectNames()).filter((each) => each.includes(ada.id)).length, 1);
      });

      it('begin once, however many ask at the same time', async () => {
        const upload = lab.newUpload(10);
        const answers = await Promise.all(Array.from({ length: 6 }, () => lab.reserve(ada, upload)));
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
        assert.equal(lab.backend.s3.openUploads().filter(({ key }) => key.includes(ada.id)).length, 1);
        await lab.sendParts(ada, upload, [1]);
        assert.equal((await lab.complete(ada, upload)).status, 200);
      });

      it('are cut so that none has too many parts', async () => {
        const size = 19 * 1024 ** 3;
        const { body } = await lab.ask(ada, 'POST', '/uploads', { ...lab.newUpload(0), sizeBytes: size });
        assert.deepEqual([body['partSize'], body['partCount']], [PART, Math.ceil(size / PART)]);
      });

      it('are completed with exactly their parts, each of its size', async () => {
        const upload = lab.newUpload(2 * PART + 7);
        await lab.reserve(ada, upload);
        assert.deepEqual(said(await lab.complete(ada, upload), 'parts'), [409, 'conflict', ['1', '2', '3']]);
        await lab.sendParts(ada, upload, [1, 3]);
        assert.deepEqual(said(await lab.complete(ada, upload), 'parts'), [409, 'conflict', ['2']]);
        // A part that is too short can't be sent by an address of the signer's; by another one with the same key it could.
        const [{ object_name: objectName, multipart_id: uploadId } = {}] = await lab.rows(
          'select object_name, multipart_id from upload_sessions where id = $1',
          [upload.id],
        );
        const { AwsV4Signer } = await import('aws4fetch');
        const { keyId, applicationKey, region, bucket } = lab.backend.s3;
        const short = await new AwsV4Signer({
          method: 'PUT',
          url: `${lab.store.url}/${bucket}/media/${String(objectName)}?partNumber=2&uploadId=${String(uploadId)}`,
          accessKeyId: keyId,
          secretAccessKey: applicationKey,
          service: 's3',
          region,
          signQuery: true,
        }).sign();
        assert.equal(await lab.put(short.url.href, upload.bytes.subarray(PART, 2 * PART - 1)), 200);
        assert.deepEqual(said(await lab.complete(ada, upload), 'parts'), [409, 'conflict', ['2']]);
        assert.equal((await lab.rows('select from media_blobs where key = $1', [upload.key])).length, 0);
        await lab.sendParts(ada, upload, [2]);
        assert.equal((await lab.complete(ada, upload)).status, 200);
      });

      it('that are given up take their parts with them, and can’t be gone on with', async () => {
        const upload = lab.newUpload(PART + 5);
        await lab.reserve(ada, upload);
        const [first, second] = await lab.sign(ada, upload.id, [1, 2]);
        assert.equal(await lab.put(second?.url ?? '', upload.bytes.subarray(PART)), 200);
        const given = await lab.ask(ada, 'DELETE', `/uploads/${upload.id}`);
        assert.deepEqual([given.status, given.body], [200, { id: upload.id, status: 'cancelled' }]);
        assert.deepEqual((await lab.ask(ada, 'DELETE', `/uploads/${upload.id}`)).body, given.body);
        assert.deepEqual(
          lab.backend.s3.openUploads().filter(({ key }) => key.includes(ada.id)),
          [],
        );
        assert.equal(await lab.put(first?.url ?? '', upload.bytes.subarray(0, PART)), 404);
        const path = `/uploads/${upload.id}`;
        assert.deepEqual(said(await lab.ask(ada, 'POST', `${path}/sign`, { parts: [1] }), 'status'), [
          409,
          'conflict',
          'cancelled',
        ]);
        assert.deepEqual(said(await lab.ask(ada, 'POST', `${path}/complete`), 'status'), [
          409,
          'conflict',
          'cancelled',
        ]);
        assert.deepEqual(said(await lab.reserve(ada, upload), 'status'), [409, 'conflict', 'cancelled']);
        assert.deepEqual((await lab.ask(ada, 'GET', path)).body['status'], 'cancelled');
        const [usage] = await lab.rows('select reserved_bytes from lectern.tenant_usage where tenant_id = $1', [
          ada.id,
        ]);
        assert.equal(usage?.['reserved_bytes'], '0');
      });

      it('that are done stay done when they are given up', async () => {
        const upload = lab.newUpload(5);
        await lab.upload(ada, upload);
        assert.deepEqual((await lab.ask(ada, 'DELETE', `/uploads/${upload.id}`)).body['status'], 'done');
        assert.equal((await lab.ask(ada, 'GET', `/blobs/url?key=${upload.key}`)).status, 200);
      });

      it('that nobody came back for have expired', async () => {
        const upload = lab.newUpload(5);
        await lab.reserve(ada, upload);
        await lab.rows("update upload_sessions set expires_at = now() - interval '1 second' where id = $1", [
          upload.id,
        ]);
        assert.equal((await lab.ask(ada, 'GET', `/uploads/${upload.id}`)).body['status'], 'expired');
        const signed = await lab.ask(ada, 'POST', `/uploads/${upload.id}/sign`, { parts: [1] });
        assert.deepEqual(said(signed, 'status'), [409, 'conflict', 'expired']);
        assert.deepEqual(said(await lab.reserve(ada, upload), 'status'), [409, 'conflict', 'expired']);
      });

      it('begin again, under the same id, when the store has given them up', async () => {
        const upload = lab.newUpload(PART + 5);
        await lab.reserve(ada, upload);
        await lab.sendParts(ada, upload, [1]);
        lab.backend.s3.shiftClock(8 * 86_400_000);
        await lab.backend.s3.cancelUnfinishedUploads(7);
        lab.backend.s3.shiftClock(-8 * 86_400_000);
        const [{ url } = { url: '' }] = await lab.sign(ada, upload.id, [2]);
        assert.equal(await lab.put(url, upload.bytes.subarray(PART)), 404);
        const asked = await Promise.all([1, 2].map(() => lab.ask(ada, 'GET', `/uploads/${upload.id}`)));
        for (const { status, body } of asked)
          assert.deepEqual([status, body['status'], body['parts']], [200, 'open', []]);
        assert.equal(lab.backend.s3.openUploads().filter(({ key }) => key.includes(ada.id)).length, 1);
        await lab.sendParts(ada, upload, [1, 2]);
        assert.equal((await lab.complete(ada, upload)).status, 200);
      });
    });

    describe('refusals', () => {
      it('of people who aren’t signed in here', async () => {
        const upload = lab.newUpload(5);
        const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const claims = {
          sub: ada.id,
          role: 'authenticated',
          aud: 'authenticated',
          iss: `${lab.project.url}/auth/v1`,
          exp: Math.floor(Date.now() / 1000) + 3600,
        };
        const unsigned = `${b64({ alg: 'none', typ: 'JWT' })}.${b64(claims)}.`;
        const shared = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64(claims)}`;
        // The classic: the public key taken for a shared secret.
        const jwks = await (await fetch(`${lab.backend.url}/auth/v1/.well-known/jwks.json`)).text();
        const hs256 = `${shared}.${createHmac('sha256', jwks).update(shared).digest('base64url')}`;
        const [head = '', payload = '', signature = ''] = ada.token.split('.');
        const changed = `${head}.${b64({ ...claims, sub: eve.id })}.${signature}`;
        const past = Math.floor(Date.now() / 1000) - 60;
        const tokens: Readonly<Record<string, string>> = {
          unsigned,
          'unsigned, with a signature': `${unsigned}${signature}`,
          hs256,
          changed,
          'cut off': `${head}.${payload}`,
          'no token': 'x',
          expired: (await lab.person({ exp: past })).token,
          'not yet': (await lab.person({ nbf: past + 3600 })).token,
          'another issuer': (await lab.person({ iss: 'https://other.supabase.co/auth/v1' })).token,
          'another audience': (await lab.person({ aud: 'anon' })).token,
          anonymous: (await lab.person({ role: 'anon' })).token,
          'the service': (await lab.person({ role: 'service_role' })).token,
          nobody: (await lab.person({ sub: undefined })).token,
          'no uuid': (await lab.person({ sub: "x' or true" })).token,
          endless: (await lab.person({ exp: undefined })).token,
          'a key of the project': lab.backend.secretKey,
        };
        for (const [what, token] of Object.entries(tokens)) {
          const answer = await lab.reserve({ id: '', token }, upload);
          assert.deepEqual(said(answer), [401, 'unauthenticated'], what);
        }
        assert.deepEqual(said(await lab.ask(null, 'POST', '/uploads', {})), [401, 'unauthenticated']);
        assert.deepEqual(said(await lab.ask(null, 'POST', '/uploads', {}, { authorization: `Basic ${ada.token}` })), [
          401,
          'unauthenticated',
        ]);
      });

      it('of other people: an upload, its parts and its end belong to whoever reserved it', async () => {
        const upload = lab.newUpload(5);
        await lab.reserve(ada, upload);
        await lab.sendParts(ada, upload, [1]);
        const path = `/uploads/${upload.id}`;
        for (const [method, route, body] of [
          ['GET', path, undefined],
          ['POST', `${path}/sign`, { parts: [1] }],
          ['POST', `${path}/complete`, undefined],
          ['DELETE', path, undefined],
        ] as const) {
          assert.deepEqual(said(await lab.ask(eve, method, route, body)), [404, 'not-found'], `${method} ${route}`);
        }
        assert.deepEqual(said(await lab.reserve(eve, upload)), [409, 'already-exists']);
        assert.equal((await lab.complete(ada, upload)).status, 200);
      });

      it('of other tenants’ administrators, and of one’s own, where it is somebody else’s upload', async () => {
        const [tenant, admin] = [randomUUID(), eve];
        await lab.rows(
          "insert into lectern.memberships (user_id, tenant_id, role) values ($1, $2, 'member'), ($3, $2, 'admin')",
          [ada.id, tenant, admin.id],
        );
        const upload = lab.newUpload(5);
        await lab.reserve(ada, upload);
        assert.deepEqual(said(await lab.ask(admin, 'GET', `/uploads/${upload.id}`)), [404, 'not-found']);
        assert.deepEqual(said(await lab.ask(admin, 'DELETE', `/uploads/${upload.id}`)), [404, 'not-found']);
      });

      it('of keys that lead out of their folder; whatever a key says, the object is the owner’s', async () => {
        for (const key of ['', '/', '../x', 'a/../../b', 'a//b', 'vidéo', 'a\\b', 'a\nb', '<b>', 'x'.repeat(10_000)]) {
          const answer = await lab.reserve(ada, lab.newUpload(5, { key }));
          if (key === '<b>') assert.equal(answer.status, 200);
          else assert.deepEqual(said(answer), [400, 'invalid-input'], JSON.stringify(key));
        }
        // A prefix of somebody else's is a text like any other.
        for (const key of [`media/${eve.id}/${randomUUID()}/x`, `assets/${eve.id}/x`, `${eve.id}/x/y`]) {
          const upload = lab.newUpload(5, { key });
          assert.equal((await lab.upload(ada, upload)).status, 200, key);
          const [blob] = await lab.rows('select object_name from media_blobs where owner_id = $1 and key = $2', [
            ada.id,
            key,
          ]);
          assert.ok(String(blob?.['object_name']).startsWith(`${ada.id}/`), key);
        }
        assert.ok((await lab.objectNames()).every((each) => !each.startsWith(`media/${eve.id}/`)));
      });

      it('of parts that aren’t the file’s, and of too many at once', async () => {
        const upload = lab.newUpload(PART + 5);
        await lab.reserve(ada, upload);
        const path = `/uploads/${upload.id}/sign`;
        for (const parts of [
          [],
          [0],
          [3],
          [-1],
          [1.5],
          ['1'],
          [null],
          [1, 1],
          'x',
          null,
          { 0: 1 },
          [1e9],
          Array.from({ length: 17 }, (_, index) => index + 1),
        ]) {
          assert.deepEqual(
            said(await lab.ask(ada, 'POST', path, { parts }), 'path'),
            [400, 'invalid-input', 'parts'],
            JSON.stringify(parts),
          );
        }
        const large = { ...lab.newUpload(0), sizeBytes: 100 * PART };
        await lab.ask(ada, 'POST', '/uploads', large);
        const sixteen = Array.from({ length: 16 }, (_, index) => index + 1);
        assert.equal((await lab.sign(ada, large.id, sixteen)).length, 16);
        assert.deepEqual(
          said(await lab.ask(ada, 'POST', `/uploads/${large.id}/sign`, { parts: [...sixteen, 17] }), 'path'),
          [400, 'invalid-input', 'parts'],
        );
        const nothing = lab.newUpload(0);
        await lab.reserve(ada, nothing);
        assert.deepEqual(said(await lab.ask(ada, 'POST', `/uploads/${nothing.id}/sign`, { parts: [1] }), 'path'), [
          400,
          'invalid-input',
          'parts',
        ]);
      });

      it('of bytes that are more or fewer than the address is for, by the store', async () => {
        const upload = lab.newUpload(PART + 5);
        await lab.reserve(ada, upload);
        const [first, last] = await lab.sign(ada, upload.id, [1, 2]);
        for (const bytes of [upload.bytes.subarray(0, 4), upload.bytes.subarray(0, 6), Buffer.alloc(0)]) {
          assert.equal(await lab.put(last?.url ?? '', bytes), 403, `${bytes.length}`);
        }
        assert.equal(await lab.put(first?.url ?? '', upload.bytes), 403);
        // An address for one part is none for another, nor for another object.
        const moved = new URL(last?.url ?? '');
        moved.searchParams.set('partNumber', '1');
        assert.equal(await lab.put(moved.href, upload.bytes.subarray(PART)), 403);
        const elsewhere = new URL(last?.url ?? '');
        elsewhere.pathname = elsewhere.pathname.replace(ada.id, eve.id);
        assert.equal(await lab.put(elsewhere.href, upload.bytes.subarray(PART)), 403);
        assert.deepEqual((await lab.ask(ada, 'GET', `/uploads/${upload.id}`)).body['parts'], []);
      });

      it('of addresses that have expired, by the store', async () => {
        const upload = lab.newUpload(5);
        await lab.reserve(ada, upload);
        const [part] = await lab.sign(ada, upload.id, [1]);
        lab.backend.s3.shiftClock(16 * 60_000);
        assert.equal(await lab.put(part?.url ?? '', upload.bytes), 403);
        lab.backend.s3.shiftClock(-16 * 60_000);
        assert.equal(await lab.put(part?.url ?? '', upload.bytes), 200);
      });

      it('of types that aren’t on the list, files that are too large, and more than there is room for', async () => {
        for (const mimeType of [
          'text/html',
          'application/x-msdownload',
          'application/javascript',
          'TEXT/HTML; charset=utf-8',
        ]) {
          assert.deepEqual(said(await lab.reserve(ada, lab.newUpload(5, { mimeType })), 'type'), [
            415,
            'file-type-unsupported',
            mimeType,
          ]);
        }
        for (const mimeType of ['video', 'video/mp4\r\nx: y', 'a/b/c', '/', 'x'.repeat(300), 'vidéo/mp4']) {
          assert.deepEqual(
            said(await lab.reserve(ada, lab.newUpload(5, { mimeType })), 'path'),
            [400, 'invalid-input', 'mimeType'],
            mimeType,
          );
        }
        for (const mimeType of ['Video/WebM;codecs="vp9,opus"', '', 'image/svg+xml']) {
          assert.equal((await lab.reserve(ada, lab.newUpload(5, { mimeType }))).status, 200, mimeType);
        }
        const large = { ...lab.newUpload(0), sizeBytes: 20 * 1024 ** 3 + 1 };
        assert.deepEqual(said(await lab.ask(ada, 'POST', '/uploads', large), 'limit'), [
          413,
          'file-too-large',
          20 * 1024 ** 3,
        ]);
        await lab.rows('insert into lectern.tenant_limits (tenant_id, media_bytes) values ($1, 250)', [eve.id]);
        assert.equal((await lab.reserve(eve, lab.newUpload(200))).status, 200);
        const over = await lab.reserve(eve, lab.newUpload(100));
        assert.deepEqual(said(over), [413, 'quota-exceeded']);
        assert.deepEqual(over.body['details'], { limit: 250, used: 200, needed: 100 });
        assert.equal(lab.backend.s3.openUploads().filter(({ key }) => key.includes(eve.id)).length, 1);
      });

      it('of what is no request', async () => {
        const good = { ...lab.newUpload(0), bytes: undefined, sizeBytes: 5 };
        for (const [path, fields] of [
          ['id', { id: 'x' }],
          ['id', { id: '../../x' }],
          ['key', { key: 7 }],
          ['sizeBytes', { sizeBytes: -1 }],
          ['sizeBytes', { sizeBytes: 1.5 }],
          ['sizeBytes', { sizeBytes: '5' }],
          ['sizeBytes', { sizeBytes: 2 ** 60 }],
          ['mimeType', { mimeType: null }],
          ['record', { record: 'x' }],
          ['record', { record: [] }],
          ['asset', { record: { name: 'without an id' } }],
        ] as const) {
          assert.deepEqual(said(await lab.ask(ada, 'POST', '/uploads', { ...good, ...fields }), 'path'), [
            400,
            'invalid-input',
            path,
          ]);
        }
        for (const body of ['', '[]', '"x"', '{', 'null', '\u0000', `{"a":"${'x'.repeat(300_001)}"}`]) {
          assert.deepEqual(
            said(await lab.ask(ada, 'POST', '/uploads', body), 'path'),
            [400, 'invalid-input', 'body'],
            body.slice(0, 9),
          );
        }
        assert.deepEqual(said(await lab.ask(ada, 'GET', '/uploads')), [405, 'invalid-input']);
        assert.deepEqual(said(await lab.ask(ada, 'PUT', `/uploads/${randomUUID()}`)), [405, 'invalid-input']);
        for (const path of [
          '/',
          '',
          '/upload',
          '/uploads/',
          `/uploads/${randomUUID()}/`,
          '/uploads/x/sign/y',
          '/constructor',
          `/uploads/${randomUUID()}`,
          '/uploads/..%2f..',
          "/uploads/' or true",
        ]) {
          assert.deepEqual(said(await lab.ask(ada, 'GET', path)), [404, 'not-found'], path);
        }
      });

      it('of keys that are taken', async () => {
        const upload = lab.newUpload(5);
        await lab.upload(ada, upload);
        assert.deepEqual(said(await lab.reserve(ada, { ...lab.newUpload(5), key: upload.key }), 'key'), [
          409,
          'already-exists',
          upload.key,
        ]);
        const other = await lab.reserve(ada, { ...lab.newUpload(6), id: upload.id });
        assert.deepEqual(said(other), [409, 'already-exists']);
        assert.equal(
          (await lab.reserve(eve, { ...lab.newUpload(5), key: upload.key })).status,
          200,
          'keys are an owner’s own',
        );
      });

      it('of pages from elsewhere', async () => {
        for (const origin of [
          'https://evil.example',
          'null',
          'http://school.example',
          'https://school.example.evil',
          'https://sub.school.example',
        ]) {
          const answer = await lab.ask(ada, 'POST', '/uploads', {}, { origin });
          assert.deepEqual(
            [...said(answer), answer.headers.get('access-control-allow-origin')],
            [403, 'forbidden', null],
            origin,
          );
          const preflight = await lab.ask(null, 'OPTIONS', '/uploads', undefined, {
            origin,
            'access-control-request-method': 'POST',
          });
          assert.deepEqual(
            [preflight.status, preflight.headers.get('access-control-allow-origin')],
            [403, null],
            origin,
          );
        }
        const preflight = await lab.ask(null, 'OPTIONS', '/uploads', undefined, {
          origin: PAGE,
          'access-control-request-method': 'POST',
        });
        assert.equal(preflight.status, 204);
        assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/);
        for (const answer of [
          await lab.reserve(ada, lab.newUpload(5)),
          await lab.ask(ada, 'POST', '/uploads', {}, { origin: PAGE }),
          await lab.ask(null, 'POST', '/uploads', {}, { origin: PAGE }),
        ]) {
          assert.equal(answer.headers.get('cache-control'), 'no-store');
          assert.equal(answer.headers.get('vary'), 'Origin');
          assert.ok([null, PAGE].includes(answer.headers.get('access-control-allow-origin')));
        }
        assert.equal(
          (await lab.ask(null, 'GET', '/x', undefined, { origin: PAGE })).headers.get('access-control-allow-origin'),
          PAGE,
        );
      });
    });

    describe('reading', () => {
      let upload: Upload;
      let assetId: string;

      beforeEach(async () => {
        assetId = randomUUID();
        upload = lab.newUpload(1000, { key: `assets/${assetId}/1` });
        await lab.upload(ada, upload, { id: assetId, name: 'Über (1)*.mp4', kind: 'video' });
      });

      it('is by an address that lives for a while, in ranges too', async () => {
        for (const path of [
          `/blobs/url?key=${upload.key}`,
          `/assets/${assetId}/url`,
          `/assets/${assetId}/url?version=1&expires=60`,
        ]) {
          const { status, body } = await lab.ask(ada, 'GET', path);
          assert.deepEqual([status, body['sizeBytes'], body['mimeType']], [200, 1000, 'video/mp4'], path);
          const left = Date.parse(String(body['expiresAt'])) - Date.now();
          assert.ok(
            path.includes('expires=60') ? left <= 60_000 && left > 50_000 : left <= 900_000 && left > 890_000,
            `${left}`,
          );
          const part = await fetch(String(body['url']), { headers: { range: 'bytes=10-19' } });
          assert.equal(part.status, 206);
          assert.ok(Buffer.from(await part.arrayBuffer()).equals(upload.bytes.subarray(10, 20)));
          assert.equal(part.headers.get('content-disposition'), null);
        }
        for (const expires of ['59', '901', '0', '-1', 'x', '60.5', '']) {
          assert.deepEqual(
            said(await lab.ask(ada, 'GET', `/blobs/url?key=x&expires=${expires}`), 'path'),
            [400, 'invalid-input', 'expires'],
            expires,
          );
        }
        const { url } = (await lab.ask(ada, 'GET', `/assets/${assetId}/url?expires=60`)).body;
        lab.backend.s3.shiftClock(61_000);
        const late = await fetch(String(url));
        lab.backend.s3.shiftClock(-61_000);
        assert.equal(late.status, 403);
      });

      it('shows pictures, sound and video, and saves the rest under its name', async () => {
        for (const [mimeType, saved] of [
          ['image/png', false],
          ['audio/mpeg', false],
          ['image/svg+xml', true],
          ['application/json', true],
          ['text/plain', true],
        ] as const) {
          const id = randomUUID();
          const file = lab.newUpload(5, { mimeType });
          await lab.upload(ada, file, { id, name: 'Über (1)*.mp4', kind: 'image' });
          const ofAsset = await fetch(String((await lab.ask(ada, 'GET', `/assets/${id}/url`)).body['url']));
          const header = ofAsset.headers.get('content-disposition');
          assert.equal(header, saved ? "attachment; filename*=UTF-8''%C3%9Cber%20%281%29%2A.mp4" : null, mimeType);
          const ofBlob = await fetch(String((await lab.ask(ada, 'GET', `/blobs/url?key=${file.key}`)).body['url']));
          assert.equal(ofBlob.headers.get('content-disposition'), saved ? 'attachment' : null, mimeType);
        }
      });

      it('knows versions and posters', async () => {
        const poster = lab.newUpload(7, { key: `assets/${assetId}/poster`, mimeType: 'image/jpeg' });
        await lab.upload(ada, poster);
        assert.deepEqual(said(await lab.ask(ada, 'GET', `/assets/${assetId}/url?kind=poster`)), [404, 'not-found']);
        await lab.rows('update media_files set poster_key = $2 where id = $1', [assetId, poster.key]);
        assert.equal((await lab.ask(ada, 'GET', `/assets/${assetId}/url?kind=poster`)).body['sizeBytes'], 7);
        const second = lab.newUpload(2000, { key: `assets/${assetId}/2` });
        await lab.upload(ada, second, { id: assetId, replace: true });
        const versions = await lab.rows(
          'select id, number from media_file_versions where asset_id = $1 order by number',
          [assetId],
        );
        const size = async (query: string) =>
          (await lab.ask(ada, 'GET', `/assets/${assetId}/url${query}`)).body['sizeBytes'];
        assert.deepEqual(
          [
            await size(''),
            await size('?version=1'),
            await size('?version=2'),
            await size(`?version=${String(versions[0]?.['id'])}`),
          ],
          [2000, 1000, 2000, 1000],
        );
        assert.deepEqual(said(await lab.ask(ada, 'GET', `/assets/${assetId}/url?version=3`)), [404, 'not-found']);
        assert.deepEqual(said(await lab.ask(ada, 'GET', `/assets/${assetId}/url?version=x`)), [400, 'invalid-input']);
        assert.deepEqual(said(await lab.ask(ada, 'GET', `/assets/${assetId}/url?kind=x`)), [400, 'invalid-input']);
      });

      it('is not for others, whatever they know by id or key; for the tenant’s administrators it is', async () => {
        const [version] = await lab.rows('select id from media_file_versions where asset_id = $1', [assetId]);
        const paths = [
          `/assets/${assetId}/url`,
          `/assets/${assetId}/url?version=${String(version?.['id'])}`,
          `/assets/${assetId}/url?kind=poster`,
          `/blobs/url?key=${upload.key}`,
          `/blobs/url?key=${encodeURIComponent(`${ada.id}/${upload.key}`)}`,
        ];
        for (const path of paths) assert.deepEqual(said(await lab.ask(eve, 'GET', path)), [404, 'not-found'], path);
        assert.deepEqual(said(await lab.ask(eve, 'GET', '/assets/x/url')), [404, 'not-found']);
        assert.deepEqual((await lab.ask(eve, 'DELETE', `/blobs?key=${upload.key}`)).body['status'], 'absent');
        const own = lab.newUpload(3, { key: `assets/${randomUUID()}/1` });
        await lab.upload(eve, own, { id: randomUUID(), name: 'x', kind: 'video' });
        assert.deepEqual(said(await lab.ask(eve, 'GET', `/assets/${assetId}/url?version=1`)), [404, 'not-found']);

        const [tenant, member, admin] = [randomUUID(), await lab.person(), await lab.person()];
        await lab.rows(
          "insert into lectern.memberships (user_id, tenant_id, role) values ($1, $2, 'member'), ($3, $2, 'admin')",
          [member.id, tenant, admin.id],
        );
        const id = randomUUID();
        const shared = lab.newUpload(9, { key: `assets/${id}/1` });
        await lab.upload(member, shared, { id, name: 'x', kind: 'video' });
        for (const path of [`/assets/${id}/url`, `/blobs/url?key=${shared.key}`]) {
          assert.equal((await lab.ask(admin, 'GET', path)).body['sizeBytes'], 9, path);
          assert.deepEqual(said(await lab.ask(eve, 'GET', path)), [404, 'not-found'], path);
        }
        assert.deepEqual((await lab.ask(admin, 'DELETE', `/blobs?key=${shared.key}`)).body['status'], 'absent');
      });

      it('ends when bytes are let go of, which nothing may refer to', async () => {
        assert.deepEqual(said(await lab.ask(ada, 'DELETE', `/blobs?key=${upload.key}`)), [409, 'in-use']);
        const loose = lab.newUpload(5, { key: 'peaks/x' });
        await lab.upload(ada, loose);
        const path = `/blobs?key=${loose.key}`;
        assert.deepEqual((await lab.ask(ada, 'DELETE', path)).body, { key: loose.key, status: 'deleted' });
        assert.deepEqual((await lab.ask(ada, 'DELETE', path)).body, { key: loose.key, status: 'absent' });
        assert.deepEqual(said(await lab.ask(ada, 'GET', `/blobs/url?key=${loose.key}`)), [404, 'not-found']);
        assert.deepEqual(said(await lab.ask(ada, 'DELETE', '/blobs')), [400, 'invalid-input']);
        const again = lab.newUpload(6, { key: loose.key });
        assert.equal((await lab.upload(ada, again)).status, 200, 'the key is free again');
      });

      it('is not of bytes in the project’s own storage', async () => {
        const key = 'elsewhere/1';
        await lab.rows(
          "insert into media_blobs (owner_id, tenant_id, key, object_name, store, size_bytes, mime_type) values ($1, $1, $2, $3, 'supabase', 5, 'video/mp4')",
          [ada.id, key, `${ada.id}/x/${randomUUID()}`],
        );
        assert.deepEqual(said(await lab.ask(ada, 'GET', `/blobs/url?key=${key}`), 'store'), [
          404,
          'not-found',
          'supabase',
        ]);
        assert.deepEqual(said(await lab.ask(ada, 'DELETE', `/blobs?key=${key}`), 'store'), [
          404,
          'not-found',
          'supabase',
        ]);
        assert.equal((await lab.rows('select from media_blobs where key = $1', [key])).length, 1);
      });
    });

    describe('bad lines', () => {
      const ofStore =
        (method: string, part = ''): Parameters<typeof atRequest>[2] =>
        (request) =>
          request.method === method && request.path.includes(part);
      const isCompletion = (request: { readonly method: string; readonly path: string }) =>
        request.method === 'POST' && request.path.includes('uploadId=');

      async function ready(size = PART + 5): Promise<Upload> {
        const upload = lab.newUpload(size);
        await lab.reserve(ada, upload);
        await lab.sendParts(
          ada,
          upload,
          Array.from({ length: Math.ceil(size / PART) }, (_, index) => index + 1),
        );
        return upload;
      }
      const isRetriable = (answer: Answer) => {
        // Deno asks again by itself when a connection breaks, which has to do no harm either.
        if (name === 'in Deno' && answer.status === 200) return;
        assert.equal(answer.status, 503, JSON.stringify(answer.body));
        assert.ok(['server', 'timeout'].includes(String(answer.body['code'])));
      };

      it('lose the store’s answer to a completion, and the upload is done all the same', async () => {
        for (const fault of [{ kind: 'lose-answer' }, { kind: 'truncate-answer', bytes: 10 }] as const) {
          const upload = await ready();
          lab.store.use(atRequest(1, fault, isCompletion));
          assert.equal((await lab.complete(ada, upload)).status, 200, fault.kind);
          assert.equal((await lab.rows('select from media_blobs where key = $1', [upload.key])).length, 1);
        }
      });

      it('lose the store’s answer, and its next ones: asking again finds it done', async () => {
        const upload = await ready();
        let isOver = false;
        const plan: FaultPlan = (request) => {
          if (isOver) return { kind: 'status', status: 503 };
          isOver = isCompletion(request);
          return isOver ? { kind: 'lose-answer' } : undefined;
        };
        lab.store.use(plan);
        isRetriable(await lab.complete(ada, upload));
        lab.store.use();
        assert.equal((await lab.ask(ada, 'GET', `/uploads/${upload.id}`)).body['status'], 'done');
        assert.equal((await lab.complete(ada, upload)).status, 200);
      });

      it('break the project’s last answer, and nothing is done twice', async () => {
        const upload = await ready();
        lab.project.use(atRequest(1, { kind: 'lose-answer' }, ofStore('POST', 'complete_upload')));
        isRetriable(await lab.complete(ada, upload));
        assert.equal((await lab.complete(ada, upload)).status, 200);
        const other = await ready();
        lab.project.use(atRequest(1, { kind: 'reset' }, ofStore('POST', 'complete_upload')));
        isRetriable(await lab.complete(ada, other));
        assert.equal((await lab.rows('select from media_blobs where key = $1', [other.key])).length, 0);
        assert.equal((await lab.complete(ada, other)).status, 200);
      });

      it('or an error in an answer 200 leave an upload to be completed again', async () => {
        const upload = await ready();
        lab.backend.s3.failNextCompletion();
        isRetriable(await lab.complete(ada, upload));
        assert.equal((await lab.rows('select from media_blobs where key = $1', [upload.key])).length, 0);
        assert.equal((await lab.complete(ada, upload)).status, 200);
      });

      it('while an upload is begun leave no second one', async () => {
        for (const [proxy, part] of [
          ['store', 'uploads'],
          ['project', 'reserve_upload'],
          ['project', 'note_multipart'],
        ] as const) {
          for (const kind of ['reset', 'lose-answer'] as const) {
            const upload = lab.newUpload(5);
            lab[proxy].use(atRequest(1, { kind }, ofStore('POST', part)));
            isRetriable(await lab.reserve(ada, upload));
            assert.equal((await lab.reserve(ada, upload)).status, 200);
            await lab.sendParts(ada, upload, [1]);
            assert.equal((await lab.complete(ada, upload)).status, 200, `${part} ${kind}`);
          }
        }
        // What was begun and never noted is found by the clean-up.
        lab.backend.s3.shiftClock(2 * 3_600_000);
        const report = await lab.cleanUp({ now: () => Date.now() + 2 * 3_600_000 });
        lab.backend.s3.shiftClock(-2 * 3_600_000);
        assert.deepEqual(report.failures, []);
        assert.deepEqual(
          lab.backend.s3.openUploads().filter(({ key }) => key.includes(ada.id)),
          [],
        );
      });

      it('are told as what they are, with the time to wait', async () => {
        const upload = lab.newUpload(5);
        lab.store.use(() => ({ kind: 'status', status: 503, retryAfter: 7 }));
        const busy = await lab.reserve(ada, upload);
        assert.deepEqual([...said(busy), busy.headers.get('retry-after')], [503, 'server', '7']);
        lab.store.use();
        lab.project.use(() => ({ kind: 'status', status: 429, retryAfter: 3 }));
        const limited = await lab.reserve(ada, upload);
        assert.deepEqual([...said(limited), limited.headers.get('retry-after')], [429, 'rate-limited', '3']);
        lab.project.use(() => ({ kind: 'status', status: 502 }));
        assert.deepEqual(said(await lab.reserve(ada, upload)), [503, 'server']);
        lab.project.use();
        assert.equal((await lab.reserve(ada, upload)).status, 200);
      });
    });

    it('keeps secrets and addresses to itself', async () => {
      lab.store.use(() => ({ kind: 'reset' }));
      const upload = lab.newUpload(5);
      await lab.reserve(ada, upload);
      lab.store.use();
      await lab.upload(ada, upload);
      const answers = [
        await lab.ask(ada, 'POST', '/uploads', { ...upload, sizeBytes: 5 }),
        await lab.ask(ada, 'GET', `/uploads/${upload.id}`),
        await lab.ask(ada, 'GET', `/blobs/url?key=${upload.key}`),
        await lab.ask(eve, 'GET', `/uploads/${upload.id}`),
      ];
      const { secretKey, s3 } = lab.backend;
      const secrets = [secretKey, s3.applicationKey, s3.deleteApplicationKey, s3.deleteKeyId, ada.token];
      const told = JSON.stringify(answers.map(({ body, headers }) => [body, [...headers]]));
      assert.ok(lab.signer.log.length > 0, 'what went wrong was logged');
      const log = lab.signer.log.join('\n');
      const rows = JSON.stringify([
        await lab.rows('select * from upload_sessions'),
        await lab.rows('select * from media_blobs'),
      ]);
      for (const secret of secrets)
        assert.ok(!told.includes(secret) && !log.includes(secret) && !rows.includes(secret));
      for (const text of [log, rows]) assert.doesNotMatch(text, /X-Amz-Signature|X-Amz-Credential|uploadId=/);
      assert.ok(!log.includes(upload.key));
    });
  });
}

describe('the functions for B2 in Deno', { skip: hasDeno ? false : 'NOT TESTED: Deno isn’t installed.' }, () => {
  it('have the types that Deno wants', () => {
    assert.equal(checkTypesInDeno(['b2-uploads', 'b2-cleanup']), '');
  });

  it('clear away there too', async () => {
    const lab = await SignerLab.open(startInNode);
    try {
      const { deleteKeyId, deleteApplicationKey } = lab.backend.s3;
      const jobSecret = randomUUID();
      const job = await startFunctionInDeno('b2-cleanup', {
        ...lab.environment,
        B2_DELETE_KEY_ID: deleteKeyId,
        B2_DELETE_APPLICATION_KEY: deleteApplicationKey,
        LECTERN_JOB_SECRET: jobSecret,
      });
      try {
        const ada = await lab.person();
        await lab.upload(ada, lab.newUpload(5));
        await lab.rows("update media_blobs set created_at = created_at - interval '2 days'");
        const start = (secret: string) =>
          job.ask('', { method: 'POST', headers: { authorization: `Bearer ${secret}` } });
        assert.equal((await start('another')).status, 401);
        const done = await start(jobSecret);
        assert.deepEqual([done.status, ((await done.json()) as Record<string, unknown>)['forgottenBlobs']], [200, 1]);
        assert.deepEqual(await lab.objectNames(), []);
      } finally {
        await job.stop();
      }
    } finally {
      await lab.close();
    }
  });
});

describe('the signer for B2, when it waits', () => {
  it('gives up on a store that says nothing, and says so', { timeout: 60_000 }, async () => {
    const lab = await SignerLab.open((environment) => startInNode(environment, 4000));
    try {
      const ada = await lab.person();
      const upload = lab.newUpload(MIB);
      lab.store.use(() => ({ kind: 'drop' }));
      assert.deepEqual(said(await lab.reserve(ada, upload)), [503, 'timeout']);
      lab.store.use();
      await lab.reserve(ada, upload);
      await lab.sendParts(ada, upload, [1]);
      // The completion is done, and its answer is a silence.
      lab.store.use((request) => (request.method === 'POST' ? { kind: 'drop' } : undefined));
      assert.deepEqual(said(await lab.complete(ada, upload)), [503, 'timeout']);
      lab.store.use();
      assert.equal((await lab.complete(ada, upload)).status, 200);
      lab.project.use((request) => (request.path.includes('/rest/') ? { kind: 'drop' } : undefined));
      assert.deepEqual(said(await lab.reserve(ada, lab.newUpload(5))), [503, 'timeout']);
      lab.project.resetAll();
    } finally {
      await lab.close();
    }
  });

  it('can’t tell who asks without the project’s keys, which is nobody’s fault', async () => {
    const lab = await SignerLab.open(startInNode);
    try {
      const ada = await lab.person();
      for (const fault of [{ kind: 'reset' }, { kind: 'status', status: 503 }] as const) {
        lab.project.use((request) => (request.path.includes('jwks') ? fault : undefined));
        assert.deepEqual(said(await lab.reserve(ada, lab.newUpload(5))), [503, 'server']);
      }
    } finally {
      await lab.close();
    }
  });

  it('deletes bytes at once when it was given that key', async () => {
    const lab = await SignerLab.open(startInNode);
    try {
      const { deleteKeyId, deleteApplicationKey } = lab.backend.s3;
      const signer = await startInNode({
        ...lab.environment,
        LECTERN_DELETE_AT_ONCE: 'true',
        B2_DELETE_KEY_ID: deleteKeyId,
        B2_DELETE_APPLICATION_KEY: deleteApplicationKey,
      });
      const ada = await lab.person();
      const headers = { authorization: `Bearer ${ada.token}` };
      for (const isBroken of [false, true]) {
        const upload = lab.newUpload(5, { key: 'loose' });
        await lab.upload(ada, upload);
        lab.store.use(() => (isBroken ? { kind: 'reset' } : undefined));
        const answer = await signer.ask('/blobs?key=loose', { method: 'DELETE', headers });
        lab.store.use();
        assert.deepEqual(
          [answer.status, ((await answer.json()) as Record<string, unknown>)['status']],
          [200, 'deleted'],
        );
        assert.equal((await lab.objectNames()).length, isBroken ? 1 : 0);
      }
    } finally {
      await lab.close();
    }
  });
});
