import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createClient } from '@supabase/supabase-js';
import { Upload } from 'tus-js-client';
import type { DetailedError, UploadOptions } from 'tus-js-client';
import WebSocket from 'ws';
import { startLocalBackend } from '../local-backend.js';
import type { LocalBackend } from '../local-backend.js';

const ANN = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';

/** Everybody has a folder that is called as they are; a trigger writes down what became an object. */
const SCHEMA = `
  create policy see on storage.objects for select to authenticated
    using (bucket_id = 'media' and (storage.foldername(name))[1] = (select auth.uid())::text);
  create policy put on storage.objects for insert to authenticated
    with check (bucket_id = 'media' and (storage.foldername(name))[1] = (select auth.uid())::text);
  create policy change on storage.objects for update to authenticated
    using (bucket_id = 'media' and (storage.foldername(name))[1] = (select auth.uid())::text);
  create policy remove on storage.objects for delete to authenticated
    using (bucket_id = 'media' and (storage.foldername(name))[1] = (select auth.uid())::text and name not like '%kept%');
  create table public.finished (name text, size bigint, who text);
  create function public.finish() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      if new.metadata ? 'size' then
        if new.name like '%unwanted%' then raise exception 'Unwanted.'; end if;
        insert into public.finished values (new.name, (new.metadata ->> 'size')::bigint, new.owner_id);
      else
        insert into public.finished values ('never', 0, '');
      end if;
      return new;
    end $$;
  create trigger finish after insert or update on storage.objects for each row execute function public.finish();
`;

const BUCKETS = `
  insert into storage.buckets (id, name, public) values ('media', 'media', false), ('shown', 'shown', true);
  insert into storage.buckets (id, name, file_size_limit, allowed_mime_types)
    values ('small', 'small', 1000, '{image/*,text/plain}');
`;

describe('storage, asked by supabase-js', () => {
  let backend: LocalBackend;
  let annToken: string;
  let ann: ReturnType<typeof createClient>;
  let ben: ReturnType<typeof createClient>;
  let service: ReturnType<typeof createClient>;

  async function tokenOf(sub: string, lifetime = 3600): Promise<string> {
    return backend.signToken({ sub, role: 'authenticated', exp: Math.floor(Date.now() / 1000) + lifetime });
  }

  function clientOf(token: string): ReturnType<typeof createClient> {
    return createClient(backend.url, backend.publishableKey, {
      accessToken: async () => token,
      realtime: { transport: WebSocket as never },
    });
  }

  before(async () => {
    backend = await startLocalBackend({ supabaseFolder: null });
    await backend.admin.query(`set session authorization postgres; ${SCHEMA} reset session authorization; ${BUCKETS}`);
    annToken = await tokenOf(ANN);
    ann = clientOf(annToken);
    ben = clientOf(await tokenOf(BEN));
    service = createClient(backend.url, backend.secretKey, { realtime: { transport: WebSocket as never } });
  });

  after(() => backend.stop());

  function refusal({ error }: { readonly error: unknown }): readonly [number, string, string] {
    const { status, statusCode, message } = error as { status: number; statusCode: string; message: string };
    return [status, statusCode, message];
  }

  async function finished(): Promise<readonly Record<string, unknown>[]> {
    const { rows } = await backend.admin.query<Record<string, unknown>>('select name, size, who from public.finished');
    return rows;
  }

  describe('objects', () => {
    it('are put, read, described, listed and removed by their owner', async () => {
      await backend.admin.query('delete from public.finished');
      const bytes = randomBytes(100_000);
      const media = ann.storage.from('media');
      const put = await media.upload(`${ANN}/films/a film (1).bin`, bytes, {
        contentType: 'video/mp4',
        cacheControl: '60',
        metadata: { title: 'Ä' },
      });
      assert.equal(put.error, null);
      assert.equal(put.data.fullPath, `media/${ANN}/films/a film (1).bin`);
      assert.deepEqual(await finished(), [{ name: `${ANN}/films/a film (1).bin`, size: '100000', who: ANN }]);

      const got = await media.download(`${ANN}/films/a film (1).bin`);
      assert.equal(got.data?.type, 'video/mp4');
      assert.ok(Buffer.from(await got.data.arrayBuffer()).equals(bytes));
      const info = await media.info(`${ANN}/films/a film (1).bin`);
      assert.deepEqual(
        [info.data?.size, info.data?.contentType, info.data?.cacheControl, info.data?.metadata],
        [100_000, 'video/mp4', 'max-age=60', { title: 'Ä' }],
      );
      assert.equal((await media.exists(`${ANN}/films/a film (1).bin`)).data, true);

      await media.upload(`${ANN}/b.txt`, new Blob(['text'], { type: 'text/plain' }));
      const level = await media.list(ANN);
      assert.deepEqual(
        level.data?.map(({ name, id }) => [name, id !== null]),
        [
          ['b.txt', true],
          ['films', false],
        ],
      );
      assert.deepEqual(
        (await media.list(`${ANN}/films`)).data?.map(({ name }) => name),
        ['a film (1).bin'],
      );

      const removed = await media.remove([`${ANN}/b.txt`, `${ANN}/films/a film (1).bin`]);
      assert.equal(removed.data?.length, 2);
      assert.deepEqual(refusal(await media.download(`${ANN}/b.txt`)).slice(0, 1), [400]);
      assert.deepEqual(await backend.storedVersions(), []);
    });

    it("are nobody else's: to see, to write, to list, to remove", async () => {
      const name = `${ANN}/private.bin`;
      await ann.storage.from('media').upload(name, randomBytes(10));
      const other = ben.storage.from('media');
      assert.deepEqual(refusal(await other.upload(`${ANN}/planted.bin`, randomBytes(10))).slice(0, 2), [400, '403']);
      assert.deepEqual(refusal(await other.info(name)), [400, '404', 'Object not found']);
      assert.deepEqual(refusal(await other.createSignedUrl(name, 60)), [400, '404', 'Object not found']);
      assert.deepEqual((await other.list(ANN)).data, []);
      // A refused removal is no error: whoever asks has to count.
      assert.deepEqual((await other.remove([name])).data, []);
      assert.deepEqual((await ann.storage.from('media').remove([name])).data?.length, 1);
    });

    it('stay where a policy keeps them, and a removal says so by its count alone', async () => {
      const name = `${ANN}/kept.bin`;
      await ann.storage.from('media').upload(name, randomBytes(10));
      assert.deepEqual((await ann.storage.from('media').remove([name])).data, []);
      assert.equal((await service.storage.from('media').remove([name])).data?.length, 1);
    });

    it('are replaced only when that is asked for, and then the old bytes are gone', async () => {
      const media = ann.storage.from('media');
      const name = `${ANN}/twice.txt`;
      await media.upload(name, Buffer.from('one'));
      assert.deepEqual(refusal(await media.upload(name, Buffer.from('two'))), [
        400,
        '409',
        'The resource already exists',
      ]);
      assert.equal((await media.upload(name, Buffer.from('three'), { upsert: true })).error, null);
      assert.equal(await (await media.download(name)).data?.text(), 'three');
      assert.equal((await backend.storedVersions()).length, 1);
      await media.remove([name]);
    });

    it('obey the limits of their bucket, and have keys of plain characters', async () => {
      const small = service.storage.from('small');
      const image = { contentType: 'image/png' };
      assert.equal((await small.upload('fits.png', randomBytes(1000), image)).error, null);
      assert.deepEqual(refusal(await small.upload('big.png', randomBytes(1001), image)).slice(0, 2), [400, '413']);
      const film = await small.upload('film.mp4', randomBytes(10), { contentType: 'video/mp4' });
      assert.deepEqual(refusal(film), [400, '415', 'mime type video/mp4 is not supported']);
      const odd = await small.upload('ä.png', randomBytes(10), image);
      assert.deepEqual(refusal(odd), [400, '400', 'Invalid key: ä.png']);
      const nowhere = await service.storage.from('nowhere').upload('a', randomBytes(1));
      assert.deepEqual(refusal(nowhere), [400, '404', 'Bucket not found']);
      await small.remove(['fits.png']);
    });

    it('leave nothing behind when a trigger refuses them', async () => {
      const put = await ann.storage.from('media').upload(`${ANN}/unwanted.bin`, randomBytes(10));
      assert.match(refusal(put)[2], /Unwanted/);
      assert.deepEqual(await backend.storedVersions(), []);
    });

    it('are given in parts', async () => {
      const name = `${ANN}/parts.bin`;
      const bytes = randomBytes(5000);
      await ann.storage.from('media').upload(name, bytes);
      const part = async (range: string) => {
        const headers = { authorization: `Bearer ${annToken}`, range };
        const response = await fetch(`${backend.url}/storage/v1/object/media/${name}`, { headers });
        return {
          status: response.status,
          range: response.headers.get('content-range'),
          body: Buffer.from(await response.arrayBuffer()),
        };
      };
      assert.deepEqual(await part('bytes=10-19'), {
        status: 206,
        range: 'bytes 10-19/5000',
        body: bytes.subarray(10, 20),
      });
      assert.deepEqual(await part('bytes=4990-'), {
        status: 206,
        range: 'bytes 4990-4999/5000',
        body: bytes.subarray(4990),
      });
      assert.deepEqual(await part('bytes=-5'), {
        status: 206,
        range: 'bytes 4995-4999/5000',
        body: bytes.subarray(4995),
      });
      assert.equal((await part('bytes=5000-')).status, 416);
      await ann.storage.from('media').remove([name]);
    });
  });

  describe('addresses', () => {
    const name = `${ANN}/signed film.txt`;

    beforeEach(async () => {
      await ann.storage.from('media').upload(name, Buffer.from('signed'), { upsert: true });
    });

    it('that are signed work without a token, for one object, for a while', async () => {
      const { data } = await ann.storage.from('media').createSignedUrl(name, 60, { download: 'film.txt' });
      const url = data?.signedUrl ?? '';
      const response = await fetch(url);
      assert.equal(await response.text(), 'signed');
      assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename=film\.txt/);
      const other = await fetch(url.replace('signed%20film', 'other'));
      assert.equal(((await other.json()) as { error: string }).error, 'InvalidSignature');
      const bare = await fetch(url.replace(/token=[^&]+/, `token=${annToken}`));
      assert.equal(bare.status, 400);
      const expired = await backend.signToken({ url: `media/${name}`, exp: Math.floor(Date.now() / 1000) - 1 });
      const late = await fetch(url.replace(/token=[^&]+/, `token=${expired}`));
      assert.deepEqual([late.status, ((await late.json()) as { error: string }).error], [400, 'InvalidJWT']);
    });

    it('come for several objects at once, and say which are not there', async () => {
      const { data } = await ann.storage.from('media').createSignedUrls([name, `${BEN}/hers.txt`], 60);
      assert.deepEqual(
        data?.map(({ error }) => error === null),
        [true, false],
      );
      assert.equal(await (await fetch(data[0]?.signedUrl ?? '')).text(), 'signed');
    });

    it('of public buckets are open, and of others not', async () => {
      await service.storage.from('shown').upload('open.txt', Buffer.from('open'));
      const open = service.storage.from('shown').getPublicUrl('open.txt').data.publicUrl;
      assert.equal(await (await fetch(open)).text(), 'open');
      const closed = await fetch(service.storage.from('media').getPublicUrl(name).data.publicUrl);
      assert.equal(closed.status, 400);
      await service.storage.from('shown').remove(['open.txt']);
    });
  });

  it('refuses nobody and expired tokens as the platform does: with 400, and 403 inside', async () => {
    const late = clientOf(await tokenOf(ANN, -60));
    assert.deepEqual(refusal(await late.storage.from('media').list()).slice(0, 2), [400, '403']);
    const bare = await fetch(`${backend.url}/storage/v1/object/media/a`);
    assert.equal(bare.status, 400);
  });

  it('says 501 for what it does not offer', async () => {
    await ann.storage.from('media').move('a', 'b');
    await ann.storage.from('media').copy('a', 'b');
    await ann.storage.from('media').createSignedUploadUrl('a');
    await ann.storage.from('media').listV2();
    await service.storage.deleteBucket('media');
    assert.equal(backend.takeComplaints().filter((line) => line.startsWith('501')).length, 5);
  });

  it('shows and makes buckets under row security', async () => {
    assert.deepEqual(
      (await service.storage.listBuckets()).data?.map(({ id }) => id),
      ['media', 'shown', 'small'],
    );
    assert.deepEqual((await ann.storage.listBuckets()).data, []);
    assert.deepEqual(refusal(await ann.storage.createBucket('mine')).slice(0, 2), [400, '403']);
    assert.equal((await service.storage.createBucket('made', { public: true })).error, null);
    assert.equal((await service.storage.getBucket('made')).data?.public, true);
  });

  describe('resumable uploads, by tus-js-client', () => {
    const PART = 6 * 1024 * 1024;

    interface Sending {
      readonly name: string;
      readonly bytes: Buffer;
      readonly token?: string;
      readonly more?: Partial<UploadOptions>;
    }

    function send({ name, bytes, token = annToken, more = {} }: Sending): Promise<string> {
      return new Promise((resolve, reject) => {
        const upload: Upload = new Upload(bytes, {
          endpoint: `${backend.url}/storage/v1/upload/resumable`,
          retryDelays: null,
          headers: { authorization: `Bearer ${token}` },
          chunkSize: PART,
          metadata: { bucketName: 'media', objectName: name, contentType: 'video/mp4', cacheControl: '3600' },
          onError: reject,
          onSuccess: () => resolve(upload.url ?? ''),
          ...more,
        });
        upload.start();
      });
    }

    function statusOf(error: unknown): readonly [number | undefined, string | undefined] {
      const { originalResponse } = error as DetailedError;
      return [originalResponse?.getStatus(), originalResponse?.getBody()];
    }

    it('become objects with the last byte, in the transaction of their trigger', async () => {
      await backend.admin.query('delete from public.finished');
      const bytes = randomBytes(2 * PART + 12_345);
      const name = `${ANN}/resumable.mp4`;
      await send({ name, bytes });
      assert.deepEqual(await finished(), [{ name, size: String(bytes.length), who: ANN }]);
      const { data } = await ann.storage.from('media').download(name);
      const hash = (buffer: Buffer) => createHash('sha256').update(buffer).digest('hex');
      assert.equal(hash(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0))), hash(bytes));
      const info = await ann.storage.from('media').info(name);
      assert.deepEqual([info.data?.contentType, info.data?.cacheControl], ['video/mp4', 'max-age=3600']);
      await ann.storage.from('media').remove([name]);
    });

    it('go on where they were cut off, at the address they had', async () => {
      const bytes = randomBytes(2 * PART);
      const name = `${ANN}/cut.mp4`;
      let url = '';
      let cut: Upload | undefined;
      await new Promise<void>((resolve, reject) => {
        cut = new Upload(bytes, {
          endpoint: `${backend.url}/storage/v1/upload/resumable`,
          headers: { authorization: `Bearer ${annToken}` },
          chunkSize: PART,
          metadata: { bucketName: 'media', objectName: name },
          onChunkComplete: () => {
            url = cut?.url ?? '';
            cut?.abort().then(resolve, reject);
          },
          onError: reject,
        });
        cut.start();
      });
      assert.deepEqual(refusal(await ann.storage.from('media').info(name)).slice(1, 2), ['404']);
      const headers = { authorization: `Bearer ${annToken}`, 'tus-resumable': '1.0.0' };
      const asked = await fetch(url, { method: 'HEAD', headers });
      const offset = Number(asked.headers.get('upload-offset'));
      assert.ok(offset >= PART && offset <= bytes.length, `${offset}`);
      let first: number | undefined;
      await send({
        name,
        bytes,
        more: {
          endpoint: null,
          uploadUrl: url,
          onProgress: (sent) => {
            first ??= sent;
          },
        },
      });
      assert.ok((first ?? 0) >= offset);
      const { data } = await ann.storage.from('media').download(name);
      assert.ok(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(bytes));
      await ann.storage.from('media').remove([name]);
    });

    it('ask the policies at their start and at every part', async () => {
      const bytes = randomBytes(100);
      const planted = send({ name: `${BEN}/planted.mp4`, bytes });
      await assert.rejects(planted, (error) => statusOf(error)[0] === 403);
      const foreign = send({ name: `${ANN}/part.mp4`, bytes, more: { uploadSize: 200, uploadLengthDeferred: false } });
      await foreign.catch(() => undefined);

      const created = await fetch(`${backend.url}/storage/v1/upload/resumable`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${annToken}`,
          'tus-resumable': '1.0.0',
          'upload-length': '4',
          'upload-metadata': [
            `bucketName ${Buffer.from('media').toString('base64')}`,
            `objectName ${Buffer.from(`${ANN}/part.mp4`).toString('base64')}`,
          ].join(','),
        },
      });
      assert.equal(created.status, 201);
      const address = created.headers.get('location') ?? '';
      const patch = async (token: string) => {
        const response = await fetch(address, {
          method: 'PATCH',
          headers: {
            authorization: `Bearer ${token}`,
            'tus-resumable': '1.0.0',
            'upload-offset': '0',
            'content-type': 'application/offset+octet-stream',
          },
          body: 'data',
        });
        return [response.status, await response.text()] as const;
      };
      const [status, text] = await patch(await tokenOf(BEN));
      assert.deepEqual([status, text.includes('row-level security')], [403, true]);
      // An expired token is refused with 400, which clients must not take for the end of the upload.
      const [late, body] = await patch(await tokenOf(ANN, -60));
      assert.deepEqual([late, (JSON.parse(body) as { statusCode: string }).statusCode], [400, '403']);
      assert.equal((await patch(annToken))[0], 204);
      await ann.storage.from('media').remove([`${ANN}/part.mp4`]);
    });

    it('are refused for a name that is taken, a size or a type that the bucket forbids, and an odd key', async () => {
      const bytes = randomBytes(100);
      const name = `${ANN}/taken.mp4`;
      await send({ name, bytes });
      await assert.rejects(send({ name, bytes }), (error) => statusOf(error)[0] === 409);
      await send({ name, bytes, more: { headers: { authorization: `Bearer ${annToken}`, 'x-upsert': 'true' } } });
      await ann.storage.from('media').remove([name]);
      const small = (objectName: string, contentType: string, size: number) =>
        send({
          name: objectName,
          bytes: randomBytes(size),
          token: backend.secretKey,
          more: { metadata: { bucketName: 'small', objectName, contentType } },
        });
      await assert.rejects(small('big.png', 'image/png', 1001), (error) => statusOf(error)[0] === 413);
      await assert.rejects(small('film.mp4', 'video/mp4', 10), (error) => statusOf(error)[0] === 415);
      await assert.rejects(send({ name: `${ANN}/ä.mp4`, bytes }), (error) => statusOf(error)[0] === 400);
      await assert.rejects(
        send({ name, bytes, more: { metadata: { bucketName: 'nowhere', objectName: 'a' } } }),
        (error) => statusOf(error)[0] === 404,
      );
    });
  });

  it('keeps no bytes that no row knows', async () => {
    const { rows } = await backend.admin.query<{ version: string }>('select version from storage.objects order by 1');
    const known = rows.map(({ version }) => version);
    const unfinished = (await backend.storedVersions()).filter((version) => !known.includes(version));
    // What is left of the uploads above that were begun and not ended.
    assert.ok(unfinished.length <= 1, unfinished.join(', '));
  });
});
