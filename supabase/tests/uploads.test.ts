import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { anonymous, Database, refusalOf, type Row, service, user } from './database.js';

describe('reservations', () => {
  let db: Database;
  let ada = randomUUID();

  before(async () => {
    db = await Database.open();
  });
  after(() => db.close());
  beforeEach(() => {
    ada = randomUUID();
  });

  const request = (fields: Row = {}): Row => ({
    p_id: randomUUID(),
    p_key: `assets/${randomUUID()}/${randomUUID()}`,
    p_size_bytes: 100,
    p_mime_type: 'video/mp4',
    ...fields,
  });
  const reserve = (fields: Row = {}, userId = ada): Promise<Row> =>
    db.call(user(userId), 'reserve_upload', request(fields)) as Promise<Row>;
  const usage = async (): Promise<Row | undefined> =>
    (await db.rows('select stored_bytes, reserved_bytes from lectern.tenant_usage where tenant_id = $1', [ada]))[0];
  const session = async (id: unknown): Promise<Row | undefined> =>
    (await db.rows('select * from upload_sessions where id = $1', [id]))[0];
  const blobs = (): Promise<readonly Row[]> => db.rows('select * from media_blobs where owner_id = $1', [ada]);

  it('give a place of tenant, asset and a name that the server made', async () => {
    const asset = randomUUID();
    const made = await reserve({ p_key: `assets/${asset}/${randomUUID()}` });
    assert.match(String(made['object_name']), new RegExp(`^${ada}/${asset}/[0-9a-f-]{36}$`));
    assert.match(
      String((await reserve({ p_key: 'x/y' }))['object_name']),
      new RegExp(`^${ada}/[0-9a-f-]{36}/[0-9a-f-]{36}$`),
    );
    assert.deepEqual([made['status'], made['bucket']], ['open', 'media']);
  });

  it('answer the same call with the same place, and another call with that id not at all', async () => {
    const asked = request();
    const made = await reserve(asked);
    assert.equal((await reserve(asked))['object_name'], made['object_name']);
    assert.deepEqual(await usage(), { stored_bytes: '0', reserved_bytes: '100' });
    assert.equal((await refusalOf(reserve({ ...asked, p_size_bytes: 7 }))).hint, 'already-exists');
    assert.equal((await refusalOf(reserve(asked, randomUUID()))).hint, 'already-exists');
  });

  it('keep a key for one transfer, and give a cancelled one’s room back', async () => {
    const first = request();
    await reserve(first);
    assert.equal((await refusalOf(reserve({ p_key: first['p_key'] }))).hint, 'already-exists');
    assert.equal(
      (await refusalOf(db.call(user(randomUUID()), 'cancel_upload', { p_id: first['p_id'] }))).hint,
      'not-found',
    );
    await db.call(user(ada), 'cancel_upload', { p_id: first['p_id'] });
    await db.call(user(ada), 'cancel_upload', { p_id: first['p_id'] });
    assert.deepEqual(await usage(), { stored_bytes: '0', reserved_bytes: '0' });
    assert.equal((await reserve({ p_key: first['p_key'] }))['status'], 'open');
    const others = await reserve({ p_key: first['p_key'] }, randomUUID());
    assert.equal(others['status'], 'open', 'another user’s keys are another user’s');
  });

  it('are given up by the service side, whoever made them', async () => {
    const asked = request();
    await reserve(asked);
    await db.call(service, 'cancel_upload', { p_id: asked['p_id'] });
    assert.deepEqual(await usage(), { stored_bytes: '0', reserved_bytes: '0' });
    assert.equal((await refusalOf(db.call(service, 'cancel_upload', { p_id: randomUUID() }))).hint, 'not-found');
  });

  it('refuse keys that leave their folder, and values that make no sense', async () => {
    for (const [fields, path] of [
      ...['', '/', 'a//b', '../a', 'a/../b', 'a/.', 'vidéo/1', 'a\nb', 'a\\b', 'x'.repeat(600), null].map(
        (key) => [{ p_key: key }, 'key'] as const,
      ),
      [{ p_size_bytes: -1 }, 'size_bytes'],
      [{ p_size_bytes: null }, 'size_bytes'],
      [{ p_mime_type: 'x'.repeat(256) }, 'mime_type'],
      [{ p_store: 'attic' }, 'store'],
      [{ p_asset: { id: '../..' } }, 'asset'],
      [{ p_asset: '[]' }, 'asset'],
      [{ p_id: null }, 'id'],
    ] as const) {
      const refusal = await refusalOf(reserve(fields));
      assert.deepEqual([refusal.hint, refusal.details['path']], ['invalid-input', path], JSON.stringify(fields));
    }
    assert.equal((await refusalOf(reserve({ p_owner_id: randomUUID() }))).hint, 'forbidden');
    assert.equal((await refusalOf(db.call(anonymous, 'reserve_upload', request()))).code, '42501');
    const served = (await db.call(service, 'reserve_upload', request({ p_owner_id: ada }))) as Row;
    assert.match(String(served['object_name']), new RegExp(`^${ada}/`));
  });

  it('never promise more than there is room for, also when several ask at once', async () => {
    await db.rows('insert into lectern.tenant_limits (tenant_id, media_bytes) values ($1, 250)', [ada]);
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => reserve()));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
    const refusal = await refusalOf(reserve());
    assert.deepEqual([refusal.code, refusal.hint], ['PT413', 'quota-exceeded']);
    assert.deepEqual(refusal.details, { limit: 250, used: 200, needed: 100 });
    // What nobody came back for makes room.
    await db.rows('update upload_sessions set expires_at = now() where owner_id = $1', [ada]);
    assert.equal((await reserve())['status'], 'open');
    assert.deepEqual(await usage(), { stored_bytes: '0', reserved_bytes: '100' });
  });

  it('are finished by the store’s own word, in its transaction, once', async () => {
    const asked = request();
    const { object_name: name } = await reserve(asked);
    await db.putObject(String(name), 100);
    assert.equal((await session(asked['p_id']))?.['status'], 'done');
    assert.deepEqual(
      (await blobs()).map((row) => [row['key'], row['size_bytes'], row['object_name'], row['store']]),
      [[asked['p_key'], '100', name, 'supabase']],
    );
    assert.deepEqual(await usage(), { stored_bytes: '100', reserved_bytes: '0' });
    await db.ask(service, 'update storage.objects set metadata = metadata where name = $1', [name]);
    assert.equal((await blobs()).length, 1);
    assert.equal((await reserve(asked))['status'], 'done', 'who asks again hears that it is done');
    assert.equal((await refusalOf(reserve({ p_key: asked['p_key'] }))).hint, 'already-exists');
  });

  it('take nothing for finished that is too short or too long, or was given up', async () => {
    const asked = request();
    const { object_name: name } = await reserve(asked);
    for (const size of [0, 99, 101]) {
      const refusal = await refusalOf(db.putObject(String(name), size));
      assert.deepEqual([refusal.hint, refusal.details['path']], ['invalid-input', 'size_bytes']);
    }
    await db.call(user(ada), 'cancel_upload', { p_id: asked['p_id'] });
    assert.equal((await refusalOf(db.putObject(String(name), 100))).hint, 'conflict');
    assert.deepEqual([await blobs(), await db.rows('select from storage.objects where name = $1', [name])], [[], []]);
  });

  it('aren’t touched by the storage service’s own trial, which has no size', async () => {
    const asked = request();
    const { object_name: name } = await reserve(asked);
    await db.ask(user(ada), 'insert into storage.objects (bucket_id, name, metadata) values ($1, $2, $3)', [
      'media',
      name,
      '{}',
    ]);
    assert.equal((await session(asked['p_id']))?.['status'], 'open');
    assert.deepEqual(await blobs(), []);
  });

  it('make the asset that was spoken of, in the same transaction', async () => {
    const asset = { id: randomUUID(), name: 'Optics', kind: 'audio', tags: ['a'], source_type: 'recording' };
    const { object_name: name } = await reserve({ p_asset: asset });
    await db.putObject(String(name), 100);
    const [row] = await db.ask(user(ada), 'select * from media_files where id = $1', [asset.id]);
    assert.deepEqual(
      [row?.['name'], row?.['kind'], row?.['tags'], row?.['source_type'], row?.['size_bytes'], row?.['status']],
      ['Optics', 'audio', ['a'], 'recording', '100', 'active'],
    );
    const next = await reserve({ p_asset: { id: asset.id, replace: true } });
    await db.putObject(String(next['object_name']), 100);
    const versions = await db.rows('select number from media_file_versions where asset_id = $1 order by 1', [asset.id]);
    assert.deepEqual(
      versions.map(({ number }) => number),
      [1, 2],
    );
  });

  it('bring the fingerprint, and a poster that is stored, to the asset and to its version', async () => {
    const poster = await db.storeBlob(ada, randomUUID());
    const [first, second] = ['a'.repeat(64), 'b'.repeat(64)];
    const asset = { id: randomUUID(), name: 'Optics', fingerprint: first, poster_key: poster };
    const { object_name: name } = await reserve({ p_asset: asset });
    await db.putObject(String(name), 100);
    const current = async (): Promise<unknown> =>
      (await db.rows('select fingerprint, poster_key from media_files where id = $1', [asset.id]))[0];
    assert.deepEqual(await current(), { fingerprint: first, poster_key: poster });
    const next = await reserve({
      p_asset: { id: asset.id, replace: true, fingerprint: second, poster_key: 'not/stored' },
    });
    await db.putObject(String(next['object_name']), 100);
    assert.deepEqual(await current(), { fingerprint: second, poster_key: null });
    assert.deepEqual(
      await db.rows('select fingerprint, poster_key from media_file_versions where asset_id = $1 order by number', [
        asset.id,
      ]),
      [
        { fingerprint: first, poster_key: poster },
        { fingerprint: second, poster_key: null },
      ],
    );
    const odd = { id: randomUUID(), name: 'Odd', fingerprint: 'no hash' };
    await db.putObject(String((await reserve({ p_asset: odd }))['object_name']), 100);
    assert.deepEqual(await db.rows('select fingerprint from media_files where id = $1', [odd.id]), [
      { fingerprint: null },
    ]);
  });

  it('keep bytes whose asset can’t be made: taken, somebody else’s, or odd', async () => {
    const foreign = await db.storeAsset(randomUUID());
    for (const asset of [
      { id: foreign, name: 'x' },
      { id: foreign, replace: true },
      { id: randomUUID(), tags: [''] },
      { id: randomUUID(), replace: 'maybe' },
    ]) {
      const { object_name: name } = await reserve({ p_asset: asset });
      await db.putObject(String(name), 100);
      assert.ok(
        (await blobs()).some((row) => row['object_name'] === name),
        JSON.stringify(asset),
      );
    }
    const versions = await db.rows('select from media_file_versions where asset_id = $1', [foreign]);
    assert.equal(versions.length, 1);
    assert.deepEqual(await db.rows('select from media_files where owner_id = $1', [ada]), []);
  });

  it('of another store are finished by its signer alone, with the size that it found', async () => {
    const asked = request({ p_store: 'b2' });
    await reserve(asked);
    const complete = (size: number): Promise<Row> =>
      db.call(service, 'complete_upload', { p_id: asked['p_id'], p_size_bytes: size }) as Promise<Row>;
    const note = (id: string): Promise<Row> =>
      db.call(service, 'note_multipart', { p_id: asked['p_id'], p_multipart_id: id }) as Promise<Row>;
    assert.equal((await note('first'))['multipart_id'], 'first');
    assert.equal((await note('second'))['multipart_id'], 'first');
    const own = db.call(user(ada), 'complete_upload', { p_id: asked['p_id'], p_size_bytes: 100 });
    assert.equal((await refusalOf(own)).code, '42501');
    assert.equal((await refusalOf(complete(99))).hint, 'invalid-input');
    assert.equal((await complete(100))['status'], 'done');
    assert.equal((await complete(100))['status'], 'done');
    const [blob] = await blobs();
    assert.equal(blob?.['store'], 'b2');
    assert.equal(await db.call(service, 'forget_blobs', { p_object_names: [blob['object_name']] }), '1');
    assert.deepEqual(await usage(), { stored_bytes: '0', reserved_bytes: '0' });
  });

  it('of another store are let go of by their owner, once nothing refers to them, and then listed for the job', async () => {
    const store = async (key: string): Promise<void> => {
      const asked = request({ p_store: 'b2', p_key: key });
      await reserve(asked);
      await db.call(service, 'complete_upload', { p_id: asked['p_id'], p_size_bytes: 100 });
    };
    const discard = (key: string, userId = ada): Promise<unknown> =>
      db.call(user(userId), 'discard_blob', { p_key: key });
    const [loose, used] = [`contract/${randomUUID()}`, `assets/${randomUUID()}/1`];
    await store(loose);
    await store(used);
    await db.storeAsset(ada, { blob_key: used });
    assert.equal(await discard(loose, randomUUID()), false, 'somebody else’s');
    assert.equal(await discard(used), false, 'an asset refers to it');
    assert.equal(await discard(await db.storeBlob(ada, randomUUID())), false, 'in Supabase Storage');
    const [blob] = await db.rows('select object_name from media_blobs where key = $1', [loose]);
    const before = Number((await usage())?.['stored_bytes']);
    assert.deepEqual([await discard(loose), await discard(loose)], [true, false]);
    assert.deepEqual(await db.rows('select from media_blobs where key = $1', [loose]), []);
    assert.equal(Number((await usage())?.['stored_bytes']), before - 100);
    const unclaimed = async (): Promise<readonly unknown[]> =>
      (await db.ask(service, 'select object_name from unclaimed_blobs()')).map((row) => row['object_name']);
    assert.ok(!(await unclaimed()).includes(blob?.['object_name']), 'not at once');
    await db.rows("update lectern.discarded_blobs set discarded_at = now() - interval '2 days'");
    assert.ok((await unclaimed()).includes(blob?.['object_name']));
    assert.equal(await db.call(service, 'forget_blobs', { p_object_names: [blob?.['object_name']] }), '1');
    assert.ok(!(await unclaimed()).includes(blob?.['object_name']));
  });

  it('and what is stored are told to their tenant as figures, with the limit', async () => {
    const report = async (): Promise<readonly unknown[]> =>
      Object.values((await db.ask(user(ada), 'select * from storage_report()'))[0] ?? {});
    assert.deepEqual(await report(), ['0', '0', null]);
    await db.rows('insert into lectern.tenant_limits (tenant_id, media_bytes) values ($1, 250)', [ada]);
    await reserve();
    await db.storeBlob(ada, randomUUID(), 30);
    assert.deepEqual(await report(), ['30', '100', '250']);
    assert.equal((await refusalOf(db.call({ role: 'authenticated' }, 'storage_report'))).hint, 'unauthenticated');
  });

  it('hold a verified hash only from the service side', async () => {
    const id = await db.storeAsset(ada);
    const [blob] = await blobs();
    const args = { p_object_name: blob?.['object_name'], p_sha256: 'a'.repeat(64) };
    assert.equal((await refusalOf(db.call(user(ada), 'verify_blob', args))).code, '42501');
    await db.call(service, 'verify_blob', args);
    const [row] = await db.rows('select verified_sha256 from media_files where id = $1', [id]);
    assert.equal(row?.['verified_sha256'], 'a'.repeat(64));
  });

  it('bring a hash that was verified before the asset was made to the asset', async () => {
    const id = randomUUID();
    const key = await db.storeBlob(ada, id);
    const [blob] = await db.rows('select object_name from media_blobs where key = $1', [key]);
    await db.call(service, 'verify_blob', { p_object_name: blob?.['object_name'], p_sha256: 'c'.repeat(64) });
    await db.storeAsset(ada, { id, blob_key: key });
    const [row] = await db.ask(user(ada), 'select verified_sha256 from media_files where id = $1', [id]);
    assert.equal(row?.['verified_sha256'], 'c'.repeat(64));
  });

  it('are let go of by the job, which also forgets old conflicts', async () => {
    const asked = request();
    await reserve(asked);
    await db.rows('update upload_sessions set expires_at = now() where owner_id = $1', [ada]);
    const id = randomUUID();
    for (const base of [0, 0]) {
      await db.call(user(ada), 'save_studio_project', {
        p_id: id,
        p_base_rev: base,
        p_save_id: randomUUID(),
        p_schema_version: 1,
        p_hash: 'x',
        p_state: {},
        p_kind: 'auto',
      });
    }
    assert.equal(((await db.call(service, 'keep_house')) as Row)['conflicts'], 0);
    await db.rows("update studio_project_revisions set created_at = now() - interval '31 days' where project_id = $1", [
      id,
    ]);
    assert.equal(((await db.call(service, 'keep_house')) as Row)['conflicts'], 1);
    assert.deepEqual(await db.rows('select rev from studio_project_revisions where project_id = $1', [id]), [
      { rev: '1' },
    ]);
    assert.equal((await session(asked['p_id']))?.['status'], 'expired');
    await db.rows("update upload_sessions set finished_at = now() - interval '31 days' where id = $1", [asked['p_id']]);
    const open = request();
    await reserve(open);
    assert.equal(((await db.call(service, 'keep_house')) as Row)['forgotten_uploads'], 1);
    assert.deepEqual([await session(asked['p_id']), (await session(open['p_id']))?.['status']], [undefined, 'open']);
  });
});
