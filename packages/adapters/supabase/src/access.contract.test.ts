import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Backend } from '@lectern/ports';
import { sampleSave, storeAsset } from '@lectern/ports/contracts';
import { type SignedIn, startSupabaseHost, type SupabaseHost } from './test-support/supabase-host.js';
import { coded } from './test-support/watching.js';

const newId = (): string => crypto.randomUUID();

describe('what somebody may', { timeout: 200_000 }, () => {
  let host: SupabaseHost;
  let user: SignedIn;
  let mine: Backend;
  let theirs: Backend;

  before(async () => {
    host = await startSupabaseHost();
    user = await host.signUp();
    mine = host.open(user.client);
    theirs = host.open((await host.signUp()).client);
  });

  after(() => host.stop());

  it('leaves other people’s assets and bytes where they are', async () => {
    const id = newId();
    const { blobKey, currentVersionId } = await storeAsset(mine, id);
    const version = { blobKey, mimeType: 'video/mp4', sizeBytes: 7, probe: null, posterKey: null };
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      get: () => theirs.assets.get(id),
      update: () => theirs.assets.update(id, { name: 'Mine now' }),
      remove: () => theirs.assets.remove(id),
      restore: () => theirs.assets.restore(id),
      addVersion: () => theirs.assets.addVersion(id, version),
      restoreVersion: () => theirs.assets.restoreVersion(id, currentVersionId),
      versions: () => theirs.assets.versions(id),
      history: () => theirs.assets.history(id),
      link: () => theirs.assets.link({ assetId: id, resourceType: 'lesson', resourceId: '1', label: 'Mine' }),
      blob: () => theirs.blobs.get(blobKey),
    };
    for (const [name, call] of Object.entries(calls)) await assert.rejects(call, coded('not-found'), name);
    assert.deepEqual(await theirs.assets.getMany([id]), []);
    assert.deepEqual(await theirs.assets.usage(id), []);
    assert.equal(await theirs.blobs.stat(blobKey), null);
    await theirs.blobs.delete(blobKey);
    const [change] = await mine.assets.history(id);
    await assert.rejects(theirs.assets.undo(change?.id ?? ''), coded('not-found'));
    await assert.rejects(storeAsset(theirs, id), coded('already-exists'));
    assert.equal((await mine.assets.get(id)).rev, 1);
    assert.equal(await (await mine.blobs.get(blobKey)).text(), 'lecture');
  });

  it('leaves other people’s projects, courses and bulk work where they are', async () => {
    const [projectId, courseId, operationId, assetId] = [newId(), newId(), newId(), newId()];
    await mine.projects.save(sampleSave(projectId));
    await mine.courses.apply({ type: 'course.create', id: courseId, title: 'Optics' });
    await storeAsset(mine, assetId);
    const work = { id: operationId, work: { kind: 'delete' }, assetIds: [assetId] } as const;
    await mine.operations.start(work);
    await assert.rejects(theirs.projects.open(projectId), coded('not-found'));
    await assert.rejects(theirs.projects.describe(projectId, { title: 'Mine' }), coded('not-found'));
    await assert.rejects(theirs.projects.remove(projectId), coded('not-found'));
    assert.deepEqual(await theirs.projects.save(sampleSave(projectId, { baseRev: 1 })), { outcome: 'gone' });
    assert.deepEqual(await theirs.projects.save(sampleSave(projectId)), { outcome: 'gone' });
    await assert.rejects(theirs.courses.outline(courseId), coded('not-found'));
    await assert.rejects(
      theirs.courses.apply({ type: 'course.rename', id: courseId, title: 'Mine' }),
      coded('not-found'),
    );
    await assert.rejects(theirs.operations.get(operationId), coded('not-found'));
    await assert.rejects(theirs.operations.cancel(operationId), coded('not-found'));
    await assert.rejects(theirs.operations.start(work), coded('already-exists'));
    assert.equal((await mine.projects.open(projectId)).project.rev, 1);
  });

  it('goes on with nobody else’s upload', async () => {
    const key = `assets/${newId()}/${newId()}`;
    const transfer = await mine.transfers.reserve({ id: newId(), key, sizeBytes: 5, mimeType: 'video/mp4' });
    await assert.rejects(theirs.transfers.send(transfer, new Blob(['other'])), coded('not-found'));
    await theirs.transfers.cancel(transfer);
    await assert.rejects(theirs.transfers.reserve({ ...transfer }), coded('already-exists'));
    // A key is an owner's own: nobody learns of other people's by trying.
    const own = await theirs.transfers.reserve({ ...transfer, id: newId() });
    await theirs.transfers.send(own, new Blob(['other']));
    await mine.transfers.send(transfer, new Blob(['first']));
    assert.equal(await (await mine.blobs.get(key)).text(), 'first');
    assert.equal(await (await theirs.blobs.get(key)).text(), 'other');
  });

  it('says so when a policy refuses without a word', async () => {
    const [projectId, assetId] = [newId(), newId()];
    const { blobKey } = await storeAsset(mine, assetId);
    await mine.projects.save(sampleSave(projectId, { assetIds: [assetId] }));
    const place = { assetId, resourceType: 'project', resourceId: projectId };
    await assert.rejects(mine.assets.unlink(place), coded('forbidden'));
    await assert.rejects(mine.assets.link({ ...place, resourceId: newId(), label: 'x' }), coded('forbidden'));
    await assert.rejects(mine.blobs.delete(blobKey), coded('in-use'));
    assert.equal((await mine.assets.usage(assetId)).length, 1);
  });

  it('lets an administrator of the tenant see and change what its members have, bytes included', async () => {
    const [admin, member] = [await host.signUp(), await host.signUp()];
    const tenant = newId();
    await host.local.admin.query(
      `insert into lectern.memberships (user_id, tenant_id, role) values ($1, $3, 'admin'), ($2, $3, 'member')`,
      [admin.userId, member.userId, tenant],
    );
    const [chief, worker] = [host.open(admin.client), host.open(member.client)];
    const id = newId();
    const { blobKey } = await storeAsset(worker, id);
    const seen = await chief.assets.get(id);
    assert.equal(seen.ownerId, member.userId);
    assert.equal(await (await chief.blobs.get(blobKey)).text(), 'lecture');
    assert.equal((await chief.assets.update(id, { name: 'Looked after' })).name, 'Looked after');
    assert.equal((await chief.assets.list({})).total, 0, 'their library is their own');
    const version = { blobKey: `assets/${id}/2`, mimeType: 'video/mp4', sizeBytes: 1, probe: null, posterKey: null };
    await assert.rejects(chief.assets.addVersion(id, version), coded('forbidden'));
    const operation = { id: newId(), work: { kind: 'tag', tags: ['x'] }, assetIds: [id] } as const;
    await worker.operations.start(operation);
    assert.equal((await chief.operations.get(operation.id)).id, operation.id);
  });
});

describe('odd words', { timeout: 100_000 }, () => {
  let host: SupabaseHost;
  let backend: Backend;

  before(async () => {
    host = await startSupabaseHost();
    backend = host.open((await host.signUp()).client);
  });

  after(() => host.stop());

  const odd = [
    '../../etc/passwd',
    '<img src=x onerror=alert(1)>',
    '日本語 🎓 Ünïcode',
    "'; drop table x; --",
    '%_\\',
    '{a,b}',
    'a"b',
  ];

  it('are names, tags, places and searches like any other', async () => {
    for (const [index, name] of odd.entries()) {
      const id = newId();
      await storeAsset(backend, id, { name, tags: [name.slice(0, 64)], studioMetadata: { note: name } });
      await backend.assets.link({
        assetId: id,
        resourceType: 'page',
        resourceId: `${String(index)} ${name}`,
        label: name,
      });
      const found = await backend.assets.list({ search: name });
      assert.ok(
        found.items.some((asset) => asset.id === id && asset.name === name),
        name,
      );
      assert.equal((await backend.assets.list({ tags: [name] })).items[0]?.id, id, name);
      assert.equal((await backend.assets.usage(id))[0]?.label, name);
      await backend.assets.unlink({ assetId: id, resourceType: 'page', resourceId: `${String(index)} ${name}` });
      assert.deepEqual(await backend.assets.usage(id), []);
      const projectId = newId();
      await backend.projects.save(sampleSave(projectId, { title: name, description: name, state: { [name]: name } }));
      const { project, state } = await backend.projects.open(projectId);
      assert.deepEqual([project.title, state], [name, { [name]: name }]);
    }
  });

  it('of 10 kB are cut off where they are names, and refused where they are keys', async () => {
    const long = `${'x '.repeat(5000)}end`;
    const id = newId();
    const made = await storeAsset(backend, id, { name: long.slice(0, 1000) });
    assert.equal(made.name, 'x '.repeat(127) + 'x');
    await assert.rejects(storeAsset(backend, newId(), { name: long }), coded('invalid-input'));
    assert.equal((await backend.assets.list({ search: long })).total, 0);
    for (const key of [long, '../x', 'a/../b', 'a//b', 'é', `a\\b`, '.', 'a/', `a\u0000b`, '']) {
      await assert.rejects(
        backend.blobs.put(key, new Blob(['x'])),
        coded('invalid-input'),
        JSON.stringify(key.slice(0, 20)),
      );
      assert.equal(await backend.blobs.stat(key), null);
      await assert.rejects(backend.blobs.get(key), coded('not-found'));
      await backend.blobs.delete(key);
    }
    await assert.rejects(
      backend.projects.save(sampleSave(newId(), { state: { text: 'a\u0000b' } })),
      coded('invalid-input'),
    );
  });

  it('are no ids: nothing is found under them, and nothing is written', async () => {
    for (const id of ['x', '../x', `${newId()}x`, "' or true", '0']) {
      await assert.rejects(backend.assets.get(id), coded('not-found'));
      assert.deepEqual(await backend.assets.getMany([id]), []);
      assert.deepEqual(await backend.assets.usage(id), []);
      await assert.rejects(backend.assets.versions(id), coded('not-found'));
      await assert.rejects(backend.assets.history(id), coded('not-found'));
      await assert.rejects(backend.assets.undo(id), coded('not-found'));
      await assert.rejects(backend.assets.update(id, { name: 'x' }), coded('invalid-input'));
      await assert.rejects(backend.assets.remove(id), coded('invalid-input'));
      await assert.rejects(backend.projects.open(id), coded('not-found'));
      await assert.rejects(backend.projects.openRevision(id, 1), coded('not-found'));
      await assert.rejects(backend.projects.save(sampleSave(id)), coded('invalid-input'));
      await assert.rejects(backend.courses.outline(id), coded('not-found'));
      await assert.rejects(backend.operations.get(id), coded('not-found'));
    }
  });

  it('come back as they were in a document, whatever order its keys are stored in', async () => {
    const state = {
      zebra: 1,
      a: { b: [1e21, 1e-7, 0.1, 123456789.123456, -0.5, 2 ** 53], '': null, 10: 'ten', 9: 'nine' },
      text: '\ud83c\udf93 \u2028 \\ " </script>',
    };
    const id = newId();
    const hash = 'c'.repeat(64);
    await backend.projects.save(sampleSave(id, { state, hash }));
    const opened = await backend.projects.open(id);
    assert.deepEqual(opened.state, state);
    assert.equal(opened.project.contentHash, hash);
    assert.equal((await backend.projects.revisions(id))[0]?.contentHash, hash);
  });
});
