import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  openTestDatabases,
  SUPABASE_FOLDER,
  type TestDatabase,
  type TestDatabases,
} from '@lectern/testing/local-backend';
import pg from 'pg';
import { describeCatalogue } from './catalogue.js';
import { Database, type Row, user } from './database.js';

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(path.join(SUPABASE_FOLDER, folder))).sort();
const sqlOf = (folder: string, name: string): Promise<string> =>
  readFile(path.join(SUPABASE_FOLDER, folder, name), 'utf8');

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

describe('the migrations', () => {
  let server: TestDatabases;
  let bare: TestDatabase;

  before(async () => {
    server = await openTestDatabases({ supabaseFolder: null });
    bare = await server.create();
  });
  after(() => server.stop());

  it('have names that the CLI takes, each with a way back of the same name', async () => {
    const names = await namesIn('migrations');
    for (const name of names) assert.match(name, /^\d{14}_[a-z_]+\.sql$/);
    assert.deepEqual(await namesIn('down'), names);
    for (const name of names) {
      assert.ok((await sqlOf('migrations', name)).includes(`-- Way back: supabase/down/${name}`), name);
    }
  });

  it('go forward from every one of them, and back to every one, and forward again', async () => {
    const names = await namesIn('migrations');
    const client = await connect(bare.ownerUrl);
    try {
      const states = [await describeCatalogue(client)];
      for (const name of names) {
        await client.query(await sqlOf('migrations', name));
        states.push(await describeCatalogue(client));
      }
      for (let step = names.length; step > 0; step--) {
        const name = names[step - 1] ?? '';
        await client.query(await sqlOf('down', name));
        assert.deepEqual(await describeCatalogue(client), states[step - 1], `after the way back of ${name}`);
        await client.query(await sqlOf('migrations', name));
        assert.deepEqual(await describeCatalogue(client), states[step], `${name}, again`);
        await client.query(await sqlOf('down', name));
      }
      for (const name of names) await client.query(await sqlOf('migrations', name));
      assert.deepEqual(await describeCatalogue(client), states.at(-1));
    } finally {
      await client.end();
    }
  });

  it('leave nothing half done when they are run twice', async () => {
    const client = await connect(bare.ownerUrl);
    try {
      const before = await describeCatalogue(client);
      for (const name of await namesIn('migrations')) {
        const text = await sqlOf('migrations', name);
        await client.query(text).then(
          () => undefined,
          () => undefined,
        );
        assert.deepEqual(await describeCatalogue(client), before, name);
      }
    } finally {
      await client.end();
    }
  });

  it('are followed by a seed that can be sown twice', async () => {
    const client = await connect(bare.ownerUrl);
    try {
      const seed = await readFile(path.join(SUPABASE_FOLDER, 'seed.sql'), 'utf8');
      for (let time = 0; time < 2; time++) await client.query(seed);
      const { rows } = await client.query<Row>(
        'select count(*)::int as chapters, (select count(*)::int from auth.users) as users from public.chapters',
      );
      assert.deepEqual(rows, [{ chapters: 2, users: 2 }]);
    } finally {
      await client.end();
    }
  });

  it('go back over data too', async () => {
    const db = await Database.open();
    try {
      const owner = randomUUID();
      const asset = await db.storeAsset(owner);
      await db.call(user(owner), 'save_studio_project', {
        p_id: randomUUID(),
        p_base_rev: 0,
        p_save_id: randomUUID(),
        p_schema_version: 1,
        p_hash: 'x',
        p_state: {},
        p_kind: 'auto',
        p_asset_ids: [asset],
      });
      const change = (value: Row): Promise<unknown> => db.call(user(owner), 'apply_course_change', { p_change: value });
      const [courseId, chapterId] = [randomUUID(), randomUUID()];
      await change({ type: 'course.create', id: courseId, title: 'Physics' });
      await change({ type: 'chapter.create', id: chapterId, courseId, title: 'A' });
      const target = { kind: 'asset', assetId: asset };
      await change({ type: 'item.attach', id: randomUUID(), chapterId, title: 'x', target });
      for (const name of [...(await namesIn('down'))].reverse()) await db.owner.query(await sqlOf('down', name));
      assert.deepEqual(await db.rows("select from pg_namespace where nspname = 'lectern'"), []);
    } finally {
      await db.close();
    }
  });
});
