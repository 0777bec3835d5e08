/** Names and keys that try to be more than names. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { isLecternError, normaliseAssetName, type Backend } from '@lectern/ports';
import { sampleFacts, storeAsset } from '@lectern/ports/contracts';
import { stores, TwoTenants } from './two-tenants.js';

const names: Readonly<Record<string, string>> = {
  'a way up': '../../../etc/passwd',
  'a way up on Windows': '..\\..\\boot.ini',
  HTML: '<img src=x onerror="alert(1)"><script>alert(2)</script>',
  SQL: `'; drop table media_files; --`,
  'other scripts': 'Лекция 第一課 محاضرة 🎬',
  'letters that run backwards': 'evil\u202egnp.exe',
  'ten thousand letters': 'ü'.repeat(10_000),
  'a pattern': '%_*(),.eq.',
  'control characters': 'a\u0000b\u001bc\r\nd',
};
const keys: Readonly<Record<string, string>> = {
  'a way up': 'assets/../../secrets',
  'a way up, encoded': 'assets/%2e%2e/secrets/é',
  'a step of dots': 'assets/./x',
  'other scripts': 'assets/лекция',
  'ten thousand letters': `assets/${'x'.repeat(10_000)}`,
  'a line break': 'assets/a\r\nX-Amz-Acl: public-read',
  'a backslash': 'assets\\x',
  nothing: '',
};

for (const store of stores) {
  describe(`odd names and keys, with bytes in ${store}`, () => {
    let world: TwoTenants;
    let backend: Backend;
    before(async () => {
      world = await TwoTenants.start(store);
      backend = world.open(await world.clientOf(world.owner));
    });
    after(async () => {
      await backend.dispose();
      await world.stop();
    });

    for (const [what, name] of Object.entries(names)) {
      it(`a name with ${what} is text, and found as text`, async () => {
        const id = randomUUID();
        if (name.length > 1000) {
          await assert.rejects(storeAsset(backend, id, { name }), { code: 'invalid-input' });
        }
        const stored = await storeAsset(backend, id, { name: name.slice(0, 1000) });
        assert.equal(stored.name, normaliseAssetName(name.slice(0, 1000)));
        assert.ok(stored.name.length <= 510);
        const again = await backend.assets.update(id, { name: name.slice(0, 1000) });
        assert.equal(again.name, normaliseAssetName(name.slice(0, 1000)));
        const { items } = await backend.assets.list({ search: stored.name.slice(0, 40) });
        assert.ok(
          items.some((item) => item.id === id),
          'it is found',
        );
        await backend.assets.link({ assetId: id, resourceType: 'lesson', resourceId: id, label: stored.name });
        assert.equal((await backend.assets.usage(id))[0]?.label, stored.name);
      });
    }

    it('no name of a file is part of the name of its object', async () => {
      const { rows } = await world.cloud.backend.admin.query<{ object_name: string }>(
        'select object_name from public.media_blobs',
      );
      assert.ok(rows.length > 0);
      for (const { object_name: name } of rows) assert.match(name, /^(?:[0-9a-f-]{36}\/){2}[0-9a-f-]{36}$/);
      for (const { key } of await world.cloud.backend.s3.storedObjects()) {
        assert.match(key, /^media\/(?:[0-9a-f-]{36}\/){2}[0-9a-f-]{36}$/);
      }
    });

    for (const [what, key] of Object.entries(keys)) {
      it(`a key with ${what} is refused everywhere`, async () => {
        const { blobs, transfers, assets } = backend;
        const request = { id: randomUUID(), key, sizeBytes: 1, mimeType: 'video/mp4' };
        const rest = { mimeType: 'video/mp4', sizeBytes: 1, probe: sampleFacts(), posterKey: null, blobKey: key };
        const attempts: Readonly<Record<string, () => Promise<unknown>>> = {
          put: () => blobs.put(key, new Blob(['x'])),
          reserve: () => transfers.reserve(request),
          get: () => blobs.get(key),
          create: () => assets.create({ id: randomUUID(), name: 'x', kind: 'video', sourceType: 'upload', ...rest }),
        };
        for (const [name, attempt] of Object.entries(attempts)) {
          const error: unknown = await attempt().then(
            () => null,
            (reason: unknown) => reason,
          );
          assert.ok(isLecternError(error), `${name} is refused with an error of ours: ${String(error)}`);
          const allowed = name === 'get' ? ['invalid-input', 'not-found'] : ['invalid-input'];
          assert.ok(allowed.includes(error.code), `${name} is ${error.code}`);
        }
        assert.deepEqual(world.cloud.backend.takeComplaints(), []);
      });
    }
  });
}
