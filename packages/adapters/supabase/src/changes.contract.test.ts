import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { AssetNotice, Backend, Operation, ProjectNotice } from '@lectern/ports';
import { sampleSave, storeAsset } from '@lectern/ports/contracts';
import { createSupabaseBackend } from './index.js';
import { type SignedIn, startSupabaseHost, type SupabaseHost } from './test-support/supabase-host.js';
import { Heard } from './test-support/watching.js';

const newId = (): string => crypto.randomUUID();
const about =
  (id: string) =>
  ({ ids }: AssetNotice): boolean =>
    ids.includes(id);
const ofEverything = ({ ids }: AssetNotice): boolean => ids.length === 0;

describe('what other tabs and devices change', { timeout: 300_000 }, () => {
  let host: SupabaseHost;
  let user: SignedIn;
  /** Two devices of one user. */
  let here: Backend;
  let there: Backend;

  before(async () => {
    host = await startSupabaseHost();
    user = await host.signUp();
    here = host.open(user.client, { pollMs: 100 });
    there = host.open(await host.signIn(user), { pollMs: 100 });
  });

  afterEach(() => {
    host.proxy.use();
  });

  after(() => host.stop());

  const sockets = (): number => host.proxy.seen.filter(({ path }) => path.startsWith('/realtime/')).length;
  const breakSockets = (): void => {
    host.proxy.use(({ path }) => (path.startsWith('/realtime/') ? { kind: 'reset' } : undefined));
    host.local.dropConnections();
  };

  it('is heard over one channel, which is open only while somebody listens', async () => {
    host.proxy.use();
    const client = await host.signIn(user);
    const backend = createSupabaseBackend({ client });
    await backend.assets.list({});
    await backend.projects.list({});
    assert.deepEqual([sockets(), client.getChannels().length], [0, 0]);
    const assets = new Heard<AssetNotice>((listener) => backend.assets.subscribe(listener));
    const projects = new Heard<ProjectNotice>((listener) => backend.projects.subscribe(listener));
    await assets.one(ofEverything);
    assert.deepEqual([sockets(), client.getChannels().length], [1, 1]);
    const id = newId();
    await storeAsset(there, id);
    await assets.one(about(id));
    assets.stop();
    const projectId = newId();
    await there.projects.save(sampleSave(projectId));
    assert.equal((await projects.one((notice) => notice.projectId === projectId)).rev, 1);
    projects.stop();
    await backend.dispose();
    assert.equal(client.getChannels().length, 0);
  });

  it('is told of once when it was changed here', async () => {
    const heard = new Heard<AssetNotice>((listener) => here.assets.subscribe(listener));
    await heard.one(ofEverything);
    const [id, later] = [newId(), newId()];
    await storeAsset(here, id);
    await here.assets.update(id, { name: 'Renamed' });
    // Told of in order: when this one is heard over the socket, the others have come back.
    await storeAsset(there, later);
    await heard.one(about(later));
    assert.equal(heard.all.filter(about(id)).length, 2);
    heard.stop();
  });

  it('is never told to anybody else', async () => {
    const other = host.open((await host.signUp()).client);
    const theirs = new Heard<AssetNotice>((listener) => other.assets.subscribe(listener));
    await theirs.one(ofEverything);
    const [mine, own] = [newId(), newId()];
    await storeAsset(here, mine);
    await storeAsset(other, own);
    await theirs.one(about(own));
    assert.deepEqual(theirs.all.filter(about(mine)), []);
    theirs.stop();
  });

  it('is asked for while the socket is down, and heard again once it is back', async () => {
    const assets = new Heard<AssetNotice>((listener) => here.assets.subscribe(listener));
    const projects = new Heard<ProjectNotice>((listener) => here.projects.subscribe(listener));
    const courses = new Heard<'courses'>((listener) => here.courses.subscribe(() => listener('courses')));
    await assets.one(ofEverything);
    const projectId = newId();
    await there.projects.save(sampleSave(projectId));
    await projects.one((notice) => notice.projectId === projectId);
    breakSockets();
    // The first look tells everything anew, since nobody knows since when nothing was heard.
    assets.forget();
    await assets.one(ofEverything);

    const id = newId();
    await storeAsset(there, id);
    await assets.one(about(id));
    assets.forget();
    await there.assets.update(id, { name: 'Elsewhere' });
    await assets.one(about(id));
    await there.projects.save(sampleSave(projectId, { baseRev: 1 }));
    await projects.one((notice) => notice.projectId === projectId && notice.rev === 2);
    projects.forget();
    await there.projects.remove(projectId);
    await projects.one((notice) => notice.projectId === projectId);
    projects.forget();
    await there.projects.restore(projectId);
    await projects.one((notice) => notice.projectId === projectId);
    courses.forget();
    await there.courses.apply({ type: 'course.create', id: newId(), title: 'Optics' });
    await courses.one(() => true);

    // Somebody may change something between the last look and the socket's return: everything is told anew.
    assets.forget();
    host.proxy.use();
    await assets.one(ofEverything);
    const last = newId();
    await storeAsset(there, last);
    await assets.one(about(last));
    for (const heard of [assets, projects, courses]) heard.stop();
  });

  it('of bulk work is heard from wherever it is driven', async () => {
    const ids = [newId(), newId()];
    for (const id of ids) await storeAsset(there, id);
    const heard = new Heard<Operation>((listener) => here.operations.subscribe(listener));
    const id = newId();
    await there.operations.start({ id, work: { kind: 'tag', tags: ['Optics'] }, assetIds: ids });
    const done = await heard.one((operation) => operation.id === id && operation.status === 'done');
    assert.deepEqual([done.done, done.failed, done.work], [2, 0, { kind: 'tag', tags: ['Optics'] }]);
    heard.stop();
  });

  it('of bulk work is gone on with when the device that began it is gone', async () => {
    const ids = [newId(), newId(), newId()];
    for (const id of ids) await storeAsset(there, id);
    const id = newId();
    // As it stands when the page dies before it drove anything.
    const { error } = await user.client
      .from('media_operations')
      .insert({ id, kind: 'rename', args: { name: 'No. {n}' }, asset_ids: ids });
    assert.equal(error, null);
    const heard = new Heard<Operation>((listener) => here.operations.subscribe(listener));
    const done = await heard.one((operation) => operation.id === id && operation.status === 'done');
    assert.equal(done.done, 3);
    assert.deepEqual(
      (await here.assets.getMany(ids)).map(({ name }) => name),
      ['No. 1', 'No. 2', 'No. 3'],
    );
    heard.stop();
  });

  it('is heard of the one who is signed in now', async () => {
    const first = await host.signUp();
    const second = await host.signUp();
    const backend = host.open(first.client, { pollMs: 100 });
    const heard = new Heard<AssetNotice>((listener) => backend.assets.subscribe(listener));
    await heard.one(ofEverything);
    heard.forget();
    const { data } = await second.client.auth.getSession();
    await first.client.auth.setSession(data.session ?? { access_token: '', refresh_token: '' });
    await heard.one(ofEverything);
    const id = newId();
    await storeAsset(host.open(second.client), id);
    await heard.one(about(id));
    heard.stop();
  });
});
