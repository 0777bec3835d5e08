import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Backend, type ClipGenerator, contentHashOfStream, LecternError } from '@lectern/ports';
import { storeAsset } from '@lectern/ports/contracts';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';
import { createServiceLibrary, generateClip, type MediaToPut, type ServiceLibrary } from './server.js';
import { type SignedIn, startSupabaseHost, type SupabaseHost } from './test-support/supabase-host.js';
import { coded } from './test-support/watching.js';

const newId = (): string => crypto.randomUUID();

describe('the service side', { timeout: 200_000 }, () => {
  let host: SupabaseHost;
  let user: SignedIn;
  let backend: Backend;
  let library: ServiceLibrary;

  before(async () => {
    host = await startSupabaseHost();
    user = await host.signUp();
    backend = host.open(user.client);
    const client = createClient(host.proxy.url, host.local.secretKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport: WebSocket as never },
    });
    library = createServiceLibrary({ client, timeoutMs: 5000 });
  });

  afterEach(() => {
    host.proxy.use();
  });

  after(() => host.stop());

  function media(fields: Partial<MediaToPut> = {}): MediaToPut {
    return {
      ownerId: user.userId,
      name: ' Intro\u202e\n<b>1</b> ',
      kind: 'video',
      mimeType: 'video/mp4',
      data: new Blob(['a generated clip']),
      studioMetadata: { generator: 'slides' },
      tags: ['generated'],
      ...fields,
    };
  }

  /** Rows and objects of the user that a failure could have left. */
  async function leftovers(): Promise<readonly [sessions: number, blobs: number, objects: number]> {
    const count = async (query: string): Promise<number> =>
      Number((await host.local.admin.query<{ count: string }>(query, [user.userId])).rows[0]?.count);
    return [
      await count(`select count(*) from upload_sessions where owner_id = $1 and status = 'open'`),
      await count('select count(*) from media_blobs where owner_id = $1'),
      await count(`select count(*) from storage.objects where name like $1 || '/%'`),
    ];
  }

  it('puts a file into somebody’s library, once', async () => {
    const assetId = newId();
    const made = await library.putMedia(media({ assetId, poster: new Blob(['picture'], { type: 'image/png' }) }));
    assert.deepEqual(
      [made.id, made.ownerId, made.name, made.tags, made.studioMetadata, made.status],
      [assetId, user.userId, 'Intro <b>1</b>', ['generated'], { generator: 'slides' }, 'active'],
    );
    assert.deepEqual(await backend.assets.get(assetId), made);
    assert.equal(await (await backend.blobs.get(made.blobKey)).text(), 'a generated clip');
    assert.equal(await (await backend.blobs.get(made.posterKey ?? '')).text(), 'picture');
    assert.equal((await backend.assets.history(assetId))[0]?.author, null);
    assert.deepEqual(await library.putMedia(media({ assetId, data: new Blob(['another']) })), made);
    assert.deepEqual(await library.findMedia(assetId), made);
    assert.equal(await library.findMedia('nobody'), null);
  });

  it('puts a stream whose length is known', async () => {
    const data = { stream: new Blob(['streamed']).stream(), sizeBytes: 8 };
    const made = await library.putMedia(media({ data }));
    assert.equal(await (await backend.blobs.get(made.blobKey)).text(), 'streamed');
  });

  it('makes one asset of the same one put twice at once', async () => {
    const assetId = newId();
    const [one, two] = await Promise.all([library.putMedia(media({ assetId })), library.putMedia(media({ assetId }))]);
    assert.deepEqual(one, two);
    assert.equal((await backend.assets.versions(assetId)).length, 1);
  });

  it('does it although the answer of the upload is lost', async () => {
    host.proxy.use(({ path, method }) =>
      method === 'POST' && path.startsWith('/storage/v1/object/media') ? { kind: 'lose-answer' } : undefined,
    );
    const made = await library.putMedia(media());
    assert.equal((await backend.assets.get(made.id)).sizeBytes, 16);
  });

  it('leaves nothing behind of what fails', async () => {
    const before_ = await leftovers();
    host.proxy.use(({ path, method }) =>
      method === 'POST' && path.startsWith('/storage/v1/object/media') ? { kind: 'status', status: 503 } : undefined,
    );
    await assert.rejects(library.putMedia(media()), coded('server'));
    host.proxy.use();
    const data = { stream: new Blob(['shorter']).stream(), sizeBytes: 800 };
    await assert.rejects(library.putMedia(media({ data, poster: new Blob(['picture']) })));
    await assert.rejects(library.putMedia(media({ tags: ['x'.repeat(65)] })), coded('invalid-input'));
    await assert.rejects(library.putMedia(media({ ownerId: 'nobody' })), coded('invalid-input'));
    assert.deepEqual(await leftovers(), before_);
  });

  it('counts the room as for the owner’s own uploads, and takes over nobody’s asset', async () => {
    const full = await host.signUp();
    await host.local.admin.query('insert into lectern.tenant_limits values ($1, 5, 5)', [full.userId]);
    await assert.rejects(library.putMedia(media({ ownerId: full.userId })), coded('quota-exceeded'));
    const { id } = await library.putMedia(media());
    await assert.rejects(library.putMedia(media({ assetId: id, ownerId: full.userId })), coded('already-exists'));
  });

  it('verifies the hash of stored bytes, and the library shows it', async () => {
    const bytes = new Blob([new Uint8Array(9 * 1024 * 1024).fill(3)]);
    const { id } = await library.putMedia(media({ data: bytes }));
    assert.equal((await backend.assets.get(id)).verifiedSha256, null);
    let report = await library.verifyBlobs({ limit: 2 });
    assert.deepEqual([report.verified, report.failed, report.more], [2, [], true]);
    while (report.more) report = await library.verifyBlobs();
    assert.equal((await backend.assets.get(id)).verifiedSha256, await contentHashOfStream(bytes.stream()));
    assert.deepEqual(await library.verifyBlobs(), { verified: 0, failed: [], more: false });
  });

  it('goes on verifying when one can’t be read', async () => {
    await library.putMedia(media());
    await library.putMedia(media());
    let downloads = 0;
    host.proxy.use(({ path }) => {
      if (!path.startsWith('/storage/v1/object/authenticated')) return undefined;
      downloads += 1;
      return downloads === 1 ? { kind: 'status', status: 503 } : undefined;
    });
    const report = await library.verifyBlobs();
    assert.deepEqual([report.verified, report.failed.length, report.failed[0]?.error.code], [1, 1, 'server']);
    host.proxy.use();
    assert.equal((await library.verifyBlobs()).verified, 1);
  });

  it('takes away for good what was in the trash for 30 days, with its bytes', async () => {
    const [old, young, kept] = [newId(), newId(), newId()];
    for (const id of [old, young, kept]) await storeAsset(backend, id);
    const { blobKey } = await backend.assets.get(old);
    for (const id of [old, young]) await backend.assets.remove(id);
    await host.local.admin.query(
      `begin; set local session_replication_role = replica;
       update media_files set deleted_at = now() - interval '31 days' where id = '${old}';
       update media_blobs set created_at = now() - interval '2 days'; commit`,
    );
    const versionsBefore = (await host.local.storedVersions()).length;
    const report = await library.purge();
    assert.deepEqual([report.purgedAssets, report.left], [1, []]);
    assert.ok(report.deletedObjects >= 1 && report.freedBytes >= 7);
    assert.equal((await host.local.storedVersions()).length, versionsBefore - report.deletedObjects);
    await assert.rejects(backend.assets.get(old), coded('not-found'));
    assert.equal(await backend.blobs.stat(blobKey), null);
    assert.equal((await backend.assets.get(young)).status, 'deleted');
    assert.equal(await (await backend.blobs.get((await backend.assets.get(kept)).blobKey)).text(), 'lecture');
    const again = await library.purge();
    assert.deepEqual([again.purgedAssets, again.deletedObjects], [0, 0]);
  });

  describe('a generated clip', () => {
    const generator: ClipGenerator = {
      name: 'slides',
      generate: async ({ prompt, durationSeconds = 5 }, options) => {
        options?.onProgress?.(1);
        return {
          data: new Blob([`${prompt} ${String(durationSeconds)}`]),
          mimeType: 'video/mp4',
          name: `Clip: ${prompt}`,
          kind: 'video',
          metadata: { seed: 7, prompt: 'of its own' },
        };
      },
    };

    it('is an asset that knows where it came from, and is made once', async () => {
      const order = { ownerId: user.userId, assetId: newId(), prompt: 'Light', projectId: newId(), sceneId: newId() };
      const told: number[] = [];
      const made = await generateClip(library, generator, order, { onProgress: (share) => told.push(share) });
      assert.deepEqual(made.studioMetadata, {
        generator: 'slides',
        prompt: 'Light',
        project_id: order.projectId,
        scene_id: order.sceneId,
        seed: 7,
      });
      assert.deepEqual(told, [1]);
      assert.equal((await backend.assets.list({ projectId: order.projectId })).total, 1);
      assert.deepEqual(await generateClip(library, generator, { ...order, prompt: 'Sound' }), made);
    });

    it('that fails leaves nothing behind', async () => {
      const before_ = await leftovers();
      const order = { ownerId: user.userId, prompt: 'Light' };
      const broken: ClipGenerator = {
        name: 'broken',
        generate: () => Promise.reject(new LecternError('rate-limited', { details: { retryAfterMs: 1000 } })),
      };
      await assert.rejects(generateClip(library, broken, order), coded('rate-limited'));
      const empty: ClipGenerator = {
        name: 'empty',
        generate: async () => ({ data: new Blob(), mimeType: 'video/mp4', name: 'x', kind: 'video' }),
      };
      await assert.rejects(generateClip(library, empty, order), coded('file-empty'));
      await assert.rejects(generateClip(library, generator, order, { signal: AbortSignal.abort() }), coded('aborted'));
      assert.deepEqual(await leftovers(), before_);
    });
  });
});
