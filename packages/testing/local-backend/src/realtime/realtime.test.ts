import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { createClient, REALTIME_SUBSCRIBE_STATES } from '@supabase/supabase-js';
import type { RealtimeChannel } from '@supabase/supabase-js';
import WebSocket from 'ws';
import { startLocalBackend } from '../local-backend.js';
import type { LocalBackend } from '../local-backend.js';

const ANN = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';

const SCHEMA = `
  create table public.tasks (
    id int primary key, owner uuid not null, title text, done boolean not null default false, count bigint,
    details jsonb, tags text[], changed timestamptz not null default '2026-01-02T03:04:05.678901Z', secret text
  );
  alter table public.tasks enable row level security;
  create policy own on public.tasks for all to authenticated using (owner = (select auth.uid()));
  revoke select on public.tasks from authenticated;
  grant select (id, owner, title, done, count, details, tags, changed) on public.tasks to authenticated;
  create table public.unpublished (id int primary key);
  alter publication supabase_realtime add table public.tasks;
`;

type Event = Readonly<Record<string, unknown>>;

/** What arrives, to be waited for. */
class Inbox {
  readonly all: Event[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly take = (event: unknown): void => {
    this.all.push(event as Event);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  /** The events, as soon as they are so many. */
  async first(count: number): Promise<readonly Event[]> {
    while (this.all.length < count) await new Promise<void>((wake) => this.#waiting.push(wake));
    return this.all;
  }
}

describe('realtime, heard by supabase-js', { timeout: 60_000 }, () => {
  let backend: LocalBackend;
  let clients: { removeAllChannels(): Promise<unknown>; readonly realtime: { disconnect(): unknown } }[] = [];

  before(async () => {
    backend = await startLocalBackend({ supabaseFolder: null });
    await backend.admin.query(`set session authorization postgres; ${SCHEMA} reset session authorization;`);
  });

  afterEach(async () => {
    for (const client of clients) await client.removeAllChannels();
    for (const client of clients) await client.realtime.disconnect();
    clients = [];
    await backend.admin.query('truncate public.tasks');
  });

  after(() => backend.stop());

  async function clientOf(sub: string, lifetime = 3600) {
    const token = await backend.signToken({ sub, role: 'authenticated', exp: Date.now() / 1000 + lifetime });
    const client = createClient(backend.url, backend.publishableKey, {
      accessToken: async () => token,
      realtime: { transport: WebSocket as never },
    });
    await client.realtime.setAuth();
    clients.push(client);
    return client;
  }

  function joined(channel: RealtimeChannel): Promise<void> {
    return new Promise((resolve, reject) => {
      channel.subscribe((status, error) => {
        if (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) resolve();
        else if (status !== REALTIME_SUBSCRIBE_STATES.CLOSED) reject(error ?? new Error(status));
      });
    });
  }

  async function tasks(sub: string, filter: Event = {}): Promise<Inbox> {
    const inbox = new Inbox();
    const channel = (await clientOf(sub)).channel(`tasks of ${sub}`);
    const wanted = { event: '*', schema: 'public', table: 'tasks', ...filter } as const;
    await joined(channel.on('postgres_changes', wanted as never, inbox.take as never));
    return inbox;
  }

  const insert = (id: number, owner: string, more = '') =>
    backend.admin
      .query(`insert into public.tasks (id, owner, title ${more === '' ? '' : ', count, details, tags, secret'})
      values (${id}, '${owner}', 'Task ${id}' ${more})`);

  it('tells of rows that are committed, with their values as JSON, to those who may see them', async () => {
    const [ann, ben] = [await tasks(ANN), await tasks(BEN)];
    await insert(1, ANN, `, 42, '{"a": [1, null]}', '{x,"y z"}', 'hidden'`);
    await insert(2, BEN);
    await backend.admin.query('update public.tasks set done = true where id = 1');
    const [made, changed] = await ann.first(2);
    assert.deepEqual(
      { ...made, commit_timestamp: typeof made?.['commit_timestamp'] },
      {
        schema: 'public',
        table: 'tasks',
        eventType: 'INSERT',
        commit_timestamp: 'string',
        errors: null,
        new: {
          id: 1,
          owner: ANN,
          title: 'Task 1',
          done: false,
          count: 42,
          details: { a: [1, null] },
          tags: ['x', 'y z'],
          changed: '2026-01-02T03:04:05.678901+00:00',
        },
        old: {},
      },
    );
    assert.equal(changed?.['eventType'], 'UPDATE');
    assert.equal((changed['new'] as Event)['done'], true);
    const [hers] = await ben.first(1);
    assert.equal((hers?.['new'] as Event)['id'], 2);
    assert.deepEqual([ann.all.length, ben.all.length], [2, 1]);
  });

  it('tells of nothing that was rolled back, and in the order of the commits', async () => {
    const ann = await tasks(ANN);
    await backend.admin.query(`begin; insert into public.tasks values (1, '${ANN}', 'never'); rollback`);
    for (let id = 2; id <= 20; id += 1) await insert(id, ANN);
    const heard = await ann.first(19);
    assert.deepEqual(
      heard.map((event) => (event['new'] as Event)['id']),
      Array.from({ length: 19 }, (_, index) => index + 2),
    );
  });

  it('tells everybody who listens of the key of a row that was deleted: row security does not reach it', async () => {
    await insert(1, ANN);
    const ben = await tasks(BEN);
    await backend.admin.query('delete from public.tasks where id = 1');
    const [gone] = await ben.first(1);
    assert.deepEqual([gone?.['eventType'], gone?.['old']], ['DELETE', { id: 1 }]);
  });

  it('tells only of what was asked for', async () => {
    const some = await tasks(ANN, { event: 'UPDATE', filter: 'title=in.(Task 2,Task 3)' });
    const above = await tasks(ANN, { event: 'INSERT', filter: 'id=gt.2' });
    for (const id of [1, 2, 3]) await insert(id, ANN);
    await backend.admin.query('update public.tasks set done = true');
    const changed = await some.first(2);
    assert.deepEqual(
      changed.map((event) => (event['new'] as Event)['id']),
      [2, 3],
    );
    const made = await above.first(1);
    assert.deepEqual(
      made.map((event) => (event['new'] as Event)['id']),
      [3],
    );
  });

  it('passes on what people say to each other, as JSON and as bytes', async () => {
    const [one, two] = [new Inbox(), new Inbox()];
    const speaker = (await clientOf(ANN)).channel('room', { config: { broadcast: { ack: true } } });
    const listener = (await clientOf(BEN)).channel('room');
    await joined(speaker.on('broadcast', { event: 'say' }, one.take));
    await joined(listener.on('broadcast', { event: 'say' }, two.take));
    assert.equal(await speaker.send({ type: 'broadcast', event: 'say', payload: { text: 'Grüße' } }), 'ok');
    assert.equal(
      await speaker.send({ type: 'broadcast', event: 'say', payload: new Uint8Array([1, 2, 255]).buffer }),
      'ok',
    );
    const [text, bytes] = await two.first(2);
    assert.deepEqual([text?.['event'], text?.['payload']], ['say', { text: 'Grüße' }]);
    assert.deepEqual(new Uint8Array(bytes?.['payload'] as ArrayBuffer), new Uint8Array([1, 2, 255]));
    assert.deepEqual(one.all, []);
  });

  it('tells who is there, and who has gone', async () => {
    const states = new Inbox();
    const watcher = (await clientOf(ANN)).channel('room', { config: { presence: { key: 'ann' } } });
    watcher.on('presence', { event: 'sync' }, () => states.take(watcher.presenceState()));
    await joined(watcher);
    const guest = (await clientOf(BEN)).channel('room', { config: { presence: { key: 'ben' } } });
    await joined(guest.on('presence', { event: 'sync' }, () => undefined));
    await watcher.track({ at: 1 });
    await guest.track({ at: 2 });
    while (!('ben' in watcher.presenceState())) await states.first(states.all.length + 1);
    assert.deepEqual(Object.keys(watcher.presenceState()).sort(), ['ann', 'ben']);
    await guest.untrack();
    while ('ben' in watcher.presenceState()) await states.first(states.all.length + 1);
    assert.deepEqual(Object.keys(watcher.presenceState()), ['ann']);
  });

  it('lets clients come back by themselves after the network was gone', async () => {
    const inbox = new Inbox();
    const client = await clientOf(ANN);
    const statuses = new Inbox();
    const channel = client
      .channel('back')
      .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'tasks' }, inbox.take);
    channel.subscribe((status) => statuses.take({ status }));
    const subscribed = () => statuses.all.filter(({ status }) => status === 'SUBSCRIBED').length;
    while (subscribed() < 1) await statuses.first(statuses.all.length + 1);
    backend.dropConnections();
    while (subscribed() < 2) await statuses.first(statuses.all.length + 1);
    await insert(1, ANN);
    await inbox.first(1);
  });

  it('refuses foreign keys, expired tokens, private channels and odd filters', async () => {
    const stranger = new WebSocket(`${backend.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=other&vsn=2.0.0`);
    const [error] = (await once(stranger, 'error')) as [Error];
    assert.match(error.message, /401/);
    await assert.rejects(joined((await clientOf(ANN, -60)).channel('late')), /JWT expired/);
    const hidden = (await clientOf(ANN)).channel('hidden', { config: { private: true } });
    await assert.rejects(joined(hidden), /private/);
    await assert.rejects(tasks(ANN, { filter: 'title=like.a%' }), /isn't offered/);
    assert.equal(backend.takeComplaints().length, 2);
  });
});
