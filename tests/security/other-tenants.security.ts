/** What is somebody else's can't be reached by its id: by no method of either adapter, by no raw request. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { isLecternError, type Backend, type NewAsset, type SaveAnswer } from '@lectern/ports';
import { sampleFacts, sampleSave } from '@lectern/ports/contracts';
import { type Belongings, fingerprint, mark, stores, TwoTenants } from './two-tenants.js';

type Attempts = Readonly<Record<string, () => Promise<unknown>>>;

/** A save is answered, not thrown: anything but `ok` is a refusal. */
async function refusedSave(saving: Promise<SaveAnswer>): Promise<SaveAnswer> {
  const answer = await saving;
  assert.notEqual(answer.outcome, 'ok');
  return answer;
}

/** Every method of every port, with the ids of what is somebody else's. */
function attemptsOf(backend: Backend, theirs: Belongings, ownKey: string): Attempts {
  const { assets, blobs, transfers, projects, operations, courses } = backend;
  const { asset, version, change, projectId, operationId, courseId, chapterId, transfer, posterKey } = theirs;
  const { id, blobKey } = asset;
  const place = { assetId: id, resourceType: 'lesson', resourceId: 'mine', label: 'mine' };
  const row: NewAsset = {
    ...{ id: randomUUID(), name: 'mine', kind: 'video', mimeType: 'video/mp4', sizeBytes: 4, sourceType: 'upload' },
    ...{ probe: sampleFacts(), posterKey: null, blobKey: ownKey },
  };
  const newVersion = { mimeType: 'video/mp4', sizeBytes: 4, probe: null, posterKey: null, blobKey: ownKey };
  const work = { kind: 'delete' } as const;
  return {
    'assets.list': () => assets.list({ search: mark }),
    'assets.list of a project': () => assets.list({ projectId }),
    'assets.get': () => assets.get(id),
    'assets.getMany': () => assets.getMany([id]),
    'assets.create over it': () => assets.create({ ...row, id }),
    'assets.create of its bytes': () => assets.create({ ...row, blobKey }),
    'assets.create with its poster': () => assets.create({ ...row, posterKey }),
    'assets.update': () => assets.update(id, { name: 'mine' }),
    'assets.remove': () => assets.remove(id),
    'assets.restore': () => assets.restore(id),
    'assets.addVersion': () => assets.addVersion(id, newVersion),
    'assets.restoreVersion': () => assets.restoreVersion(id, version.id),
    'assets.versions': () => assets.versions(id),
    'assets.history': () => assets.history(id),
    'assets.undo': () => assets.undo(change.id),
    'assets.findByFingerprint': () => assets.findByFingerprint(fingerprint),
    'assets.usage': () => assets.usage(id),
    'assets.overview': () => assets.overview(),
    'assets.link': () => assets.link(place),
    'assets.unlink': () => assets.unlink({ assetId: id, resourceType: 'lesson', resourceId: mark }),
    'blobs.get': () => blobs.get(blobKey).then((blob) => blob.text()),
    'blobs.get of the poster': () => blobs.get(posterKey).then((blob) => blob.text()),
    'blobs.stat': () => blobs.stat(blobKey),
    'blobs.delete': () => blobs.delete(blobKey),
    'blobs.report': () => blobs.report(),
    'transfers.reserve under its id': () => transfers.reserve(transfer),
    'transfers.send': () => transfers.send(transfer, new Blob([new Uint8Array(transfer.sizeBytes)])),
    'transfers.cancel': () => transfers.cancel(transfer),
    'projects.list': () => projects.list({ search: mark }),
    'projects.open': () => projects.open(projectId),
    'projects.save': () => refusedSave(projects.save(sampleSave(projectId, { baseRev: 1, title: 'mine' }))),
    'projects.save as new': () => refusedSave(projects.save(sampleSave(projectId, { baseRev: 0, title: 'mine' }))),
    'projects.save with its asset': () => projects.save(sampleSave(randomUUID(), { title: 'mine', assetIds: [id] })),
    'projects.describe': () => projects.describe(projectId, { title: 'mine' }),
    'projects.remove': () => projects.remove(projectId),
    'projects.restore': () => projects.restore(projectId),
    'projects.revisions': () => projects.revisions(projectId),
    'projects.openRevision': () => projects.openRevision(projectId, 1),
    'operations.start': async () => {
      const { id: own } = await operations.start({ id: randomUUID(), work, assetIds: [id] });
      for (;;) {
        const state = await operations.get(own);
        if (state.status !== 'running') return { done: state.done, failed: state.failed };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    'operations.start over it': () => operations.start({ id: operationId, work, assetIds: [id] }),
    'operations.get': () => operations.get(operationId),
    'operations.cancel': () => operations.cancel(operationId),
    'operations.list': () => operations.list(),
    'courses.list': () => courses.list(),
    'courses.outline': () => courses.outline(courseId),
    'courses.apply': () => courses.apply({ type: 'course.rename', id: courseId, title: 'mine' }),
    'courses.apply to a chapter': () => courses.apply({ type: 'chapter.rename', id: chapterId, title: 'mine' }),
    'courses.apply to remove it': () => courses.apply({ type: 'course.remove', id: courseId }),
  };
}

for (const store of stores) {
  describe(`what is another tenant’s, with bytes in ${store}`, () => {
    let world: TwoTenants;
    let theirs: Belongings;
    let before_: string;
    before(async () => {
      world = await TwoTenants.start(store);
      const owner = world.open(world.owner.client);
      theirs = await world.furnish(owner);
      await owner.dispose();
      before_ = await world.everything();
    });
    after(() => world.stop());

    /** Nothing of theirs was shown, and nothing was changed. */
    async function judge(what: string, answer: string): Promise<void> {
      assert.ok(!answer.includes(mark), `${what} shows ${answer.slice(0, 300)}`);
      assert.equal(await world.everything(), before_, `${what} changed something`);
    }

    it('is out of reach of every method of the adapter, for somebody else', async () => {
      const backend = world.open(await world.clientOf(world.intruder));
      const ownKey = `assets/${randomUUID()}/1`;
      await backend.blobs.put(ownKey, new Blob(['mine']));
      const codes: Record<string, string> = {};
      for (const [name, attempt] of Object.entries(attemptsOf(backend, theirs, ownKey))) {
        let answer: unknown;
        try {
          answer = await attempt();
          codes[name] = 'answered';
        } catch (error) {
          assert.ok(isLecternError(error), `${name}: ${String(error)}`);
          codes[name] = error.code;
          // Their own words aren't repeated either, beyond what was asked with.
          answer = { message: error.message, details: error.details };
        }
        const text = JSON.stringify(answer ?? null).replaceAll(theirs.transfer.key, '');
        await judge(name, text);
      }
      // Questions are answered with nothing; everything else is refused.
      const answered = Object.keys(codes).filter((name) => codes[name] === 'answered');
      const harmless = new Set([
        ...['assets.list', 'assets.list of a project', 'assets.getMany', 'assets.findByFingerprint', 'assets.usage'],
        ...['assets.overview', 'assets.unlink', 'blobs.stat', 'blobs.delete', 'blobs.report', 'transfers.cancel'],
        ...[
          'projects.list',
          'projects.save',
          'projects.save as new',
          'projects.save with its asset',
          'operations.start',
        ],
        ...['operations.list', 'courses.list', 'courses.apply to remove it'],
      ]);
      assert.deepEqual(
        answered.filter((name) => !harmless.has(name)),
        [],
        JSON.stringify(codes, null, 1),
      );
      await backend.dispose();
    });

    it('is out of reach of every method of the adapter, for nobody', async () => {
      const backend = world.open(await world.clientOf(null));
      for (const [name, attempt] of Object.entries(attemptsOf(backend, theirs, 'k'))) {
        const outcome = await attempt().then(
          (answer) => JSON.stringify(answer),
          (error: unknown) => (isLecternError(error) ? error.code : String(error)),
        );
        assert.equal(outcome, 'unauthenticated', name);
      }
      assert.equal(await world.everything(), before_);
      await backend.dispose();
    });

    it('is out of reach of raw requests for rows and functions', async () => {
      const client = await world.clientOf(world.intruder);
      const { admin } = world.cloud.backend;
      const { rows: tables } = await admin.query<{ name: string; columns: string[] }>(
        `select table_name as name, array_agg(column_name::text) as columns from information_schema.columns
         where table_schema = 'public' group by 1 order by 1`,
      );
      assert.ok(tables.length > 14, 'all tables and views');
      for (const { name, columns } of tables) {
        const { data } = await client.from(name).select('*');
        await judge(`select ${name}`, JSON.stringify(data));
        if (!columns.includes('owner_id')) continue;
        const own = await client.from(name).select('*').eq('owner_id', world.owner.id);
        assert.equal(own.data?.length ?? 0, 0, `select ${name} of theirs`);
        const column = columns.includes('label') ? 'label' : columns.includes('name') ? 'name' : 'owner_id';
        const values = { [column]: column === 'owner_id' ? world.intruder.id : 'mine' };
        const updated = await client
          .from(name)
          .update(values as never)
          .eq('owner_id', world.owner.id)
          .select();
        await judge(`update ${name}`, JSON.stringify(updated.data));
        assert.equal(updated.data?.length ?? 0, 0, `update ${name}`);
        const deleted = await client.from(name).delete().eq('owner_id', world.owner.id).select();
        await judge(`delete ${name}`, JSON.stringify(deleted.data));
        assert.equal(deleted.data?.length ?? 0, 0, `delete ${name}`);
      }
      const { transfer, change, operationId, objectName, asset } = theirs;
      const reservation = { p_key: 'assets/x/1', p_size_bytes: 1, p_mime_type: '' };
      const calls: readonly (readonly [name: string, args: Record<string, unknown>])[] = [
        ['reserve_upload', { ...reservation, p_id: randomUUID(), p_owner_id: world.owner.id }],
        ['reserve_upload', { ...reservation, p_id: transfer.id, p_store: store }],
        ['cancel_upload', { p_id: transfer.id }],
        ['complete_upload', { p_id: transfer.id, p_size_bytes: transfer.sizeBytes }],
        ['note_multipart', { p_id: transfer.id, p_multipart_id: 'x' }],
        ['undo_media_change', { p_history_id: Number(change.id) }],
        ['continue_media_operation', { p_id: operationId }],
        ['verify_blob', { p_object_name: objectName, p_sha256: 'a'.repeat(64) }],
        ['forget_blobs', { p_object_names: [objectName] }],
        ['purge_media', { p_ids: [asset.id], p_days: 1 }],
        ['purge_candidates', {}],
        ['unclaimed_blobs', {}],
        ['keep_house', {}],
      ];
      for (const [name, args] of calls) {
        const { data, error } = await client.rpc(name, args as never);
        await judge(name, JSON.stringify({ data, error: error?.details }));
        assert.ok(error, `${name} is refused`);
      }
    });

    it('is out of reach of raw requests for bytes', async () => {
      const { storage } = await world.clientOf(world.intruder);
      const media = storage.from('media');
      const { objectName, transfer } = theirs;
      const tenant = objectName.split('/')[0] ?? '';
      assert.ok((await media.download(objectName)).error, 'download');
      assert.ok((await media.info(objectName)).error, 'info');
      assert.ok((await media.createSignedUrl(objectName, 60)).error, 'a signed address');
      assert.deepEqual((await media.list(tenant)).data ?? [], [], 'list');
      assert.deepEqual((await media.remove([objectName])).data ?? [], [], 'remove');
      for (const upsert of [true, false]) {
        assert.ok((await media.upload(objectName, new Blob(['mine']), { upsert })).error, 'upload over it');
        assert.ok(
          (await media.upload(`${tenant}/x/${randomUUID()}`, new Blob(['mine']), { upsert })).error,
          'beside it',
        );
      }
      const token = await world.tokenOf(world.intruder);
      if (store === 'supabase') {
        assert.ok(transfer.resume, 'it was begun');
        for (const method of ['PATCH', 'DELETE']) {
          const { status } = await fetch(transfer.resume, {
            method,
            headers: {
              authorization: `Bearer ${token}`,
              'tus-resumable': '1.0.0',
              ...(method === 'PATCH'
                ? { 'upload-offset': String(6 * 1024 * 1024), 'content-type': 'application/offset+octet-stream' }
                : {}),
            },
            ...(method === 'PATCH' ? { body: 'mine' } : {}),
          });
          assert.ok(status >= 400 && status < 500, `${method} of a resumable upload is answered ${status}`);
        }
      }
      await judge('bytes', '');
    });

    if (store === 'b2') {
      it('is out of reach at the signer, whoever shows whatever', async () => {
        const { transfer, asset, objectName } = theirs;
        const { blobKey } = asset;
        const [own, theirToken] = [await world.tokenOf(world.intruder), await world.tokenOf(world.owner)];
        const claims = { sub: world.owner.id, role: 'authenticated', aud: 'authenticated' };
        const now = Math.floor(Date.now() / 1000);
        const expired = await world.cloud.backend.signToken({
          ...claims,
          iss: `${world.cloud.backend.url}/auth/v1`,
          exp: now - 10,
        });
        const [head = '', body = ''] = theirToken.split('.');
        const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
        const unsigned = `${encode({ alg: 'none' })}.${body}.`;
        const forged = `${head}.${encode({ ...claims, exp: now + 1000 })}.${Buffer.alloc(64).toString('base64url')}`;
        const tokens: Readonly<Record<string, readonly [token: string | null, status: number]>> = {
          'somebody else': [own, 404],
          nobody: [null, 401],
          'an expired token': [expired, 401],
          'a token without a signature': [unsigned, 401],
          'a forged token': [forged, 401],
          'the public key': [world.cloud.backend.publishableKey, 401],
        };
        const key = encodeURIComponent(blobKey);
        const routes: readonly (readonly [method: string, path: string, body?: unknown])[] = [
          ['GET', `/uploads/${transfer.id}`],
          ['POST', `/uploads/${transfer.id}/sign`, { parts: [1] }],
          ['POST', `/uploads/${transfer.id}/complete`],
          ['DELETE', `/uploads/${transfer.id}`],
          ['GET', `/blobs/url?key=${key}`],
          ['GET', `/assets/${asset.id}/url`],
          ['GET', `/assets/${asset.id}/url?kind=poster`],
          ['GET', `/assets/${asset.id}/url?version=1`],
        ];
        for (const [who, [token, status]] of Object.entries(tokens)) {
          for (const [method, path, given] of routes) {
            const response = await fetch(`${world.signerUrl}${path}`, {
              method,
              headers: token === null ? {} : { authorization: `Bearer ${token}` },
              ...(given === undefined ? {} : { body: JSON.stringify(given) }),
            });
            const text = await response.text();
            assert.equal(response.status, status, `${who}, ${method} ${path}: ${text}`);
            assert.ok(!text.includes(objectName), `${who} learns the object’s name`);
          }
        }
        const deleting = await fetch(`${world.signerUrl}/blobs?key=${key}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${own}` },
        });
        assert.deepEqual(((await deleting.json()) as { status?: string }).status, 'absent');
        await judge('the signer', '');
      });

      it('can’t be had by a signed address that was made for something else, or has ended', async () => {
        const authorization = `Bearer ${await world.tokenOf(world.intruder)}`;
        const backend = world.open(await world.clientOf(world.intruder));
        const ownKey = `assets/${randomUUID()}/1`;
        await backend.blobs.put(ownKey, new Blob(['mine'], { type: 'video/mp4' }));
        const response = await fetch(`${world.signerUrl}/blobs/url?key=${encodeURIComponent(ownKey)}`, {
          headers: { authorization },
        });
        const { url } = (await response.json()) as { url: string };
        assert.equal(await (await fetch(url)).text(), 'mine');
        const other = new URL(url);
        const ownName = other.pathname.slice(other.pathname.indexOf('/media/') + '/media/'.length);
        other.pathname = other.pathname.replace(ownName, theirs.objectName);
        assert.equal((await fetch(other)).status, 403, 'another object');
        for (const method of ['PUT', 'DELETE', 'POST']) {
          assert.equal(
            (await fetch(url, { method, ...(method === 'DELETE' ? {} : { body: 'x' }) })).status,
            403,
            method,
          );
        }
        const longer = new URL(url);
        longer.searchParams.set('X-Amz-Expires', '604800');
        assert.equal((await fetch(longer)).status, 403, 'a longer life');
        const { s3 } = world.cloud.backend;
        s3.shiftClock(16 * 60_000);
        const late = await fetch(url);
        s3.shiftClock(-16 * 60_000);
        assert.equal(late.status, 403, 'after its end');
        await backend.dispose();
        await judge('signed addresses', '');
      });
    }
  });
}
