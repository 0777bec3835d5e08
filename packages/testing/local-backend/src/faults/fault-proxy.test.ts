import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createClient } from '@supabase/supabase-js';
import { Upload } from 'tus-js-client';
import WebSocket from 'ws';
import { startLocalBackend } from '../local-backend.js';
import { atRequest, bySeed, startFaultProxy } from './fault-proxy.js';
import type { Fault, FaultProxy } from './fault-proxy.js';

describe('the fault proxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  /** The bodies that the server heard to their end. */
  let heard: string[];

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('error', () => undefined);
      request.on('end', () => {
        heard.push(body);
        response.end('0123456789'.repeat(100));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startFaultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  beforeEach(() => {
    heard = [];
    proxy.use();
  });

  after(async () => {
    await proxy.stop();
    server.close();
  });

  const ask = async (body = 'asked', signal: AbortSignal | null = null) => {
    const response = await fetch(`${proxy.url}/path?query`, { method: 'POST', body, signal });
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
  };

  it('lets through what no fault is planned for, and notes it', async () => {
    assert.equal((await ask()).text.length, 1000);
    assert.deepEqual(heard, ['asked']);
    assert.deepEqual(proxy.seen, [{ number: 1, method: 'POST', path: '/path?query', fault: undefined }]);
  });

  it('breaks the n-th request and no other, before the server has heard it', async () => {
    proxy.use(atRequest(2, { kind: 'reset' }));
    await ask('one');
    await assert.rejects(ask('two'));
    await ask('three');
    assert.deepEqual(heard, ['one', 'three']);
  });

  it('loses an answer after the server has done what was asked', async () => {
    proxy.use(atRequest(1, { kind: 'lose-answer' }));
    await assert.rejects(ask());
    assert.deepEqual(heard, ['asked']);
  });

  it('says nothing at all, until whoever asked gives up', async () => {
    proxy.use(atRequest(1, { kind: 'drop' }));
    await assert.rejects(ask('asked', AbortSignal.timeout(100)), { name: 'TimeoutError' });
    assert.deepEqual(heard, []);
  });

  it('cuts answers and requests in the middle', async () => {
    proxy.use(atRequest(1, { kind: 'truncate-answer', bytes: 300 }));
    const response = await fetch(proxy.url);
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
    heard = [];
    proxy.use(atRequest(1, { kind: 'truncate-request', bytes: 10 }));
    await assert.rejects(ask('a'.repeat(100_000)));
    assert.deepEqual(heard, []);
  });

  it('answers for the server, and takes its time', async () => {
    proxy.use(atRequest(1, { kind: 'status', status: 503, retryAfter: 7 }));
    const busy = await ask();
    assert.deepEqual([busy.status, busy.retryAfter, heard], [503, '7', []]);
    proxy.use(atRequest(1, { kind: 'delay', milliseconds: 50 }));
    const from = performance.now();
    await ask();
    assert.ok(performance.now() - from >= 49);
  });

  it('does the same for the same seed', async () => {
    const faults: readonly Fault[] = [{ kind: 'reset' }, { kind: 'status', status: 500 }];
    const sequence = (seed: number) => {
      const plan = bySeed(seed, 0.3, faults);
      return Array.from({ length: 200 }, (_, index) => plan({ number: index, method: 'GET', path: '/' })?.kind);
    };
    assert.deepEqual(sequence(1), sequence(1));
    assert.notDeepEqual(sequence(1), sequence(2));
    const hit = sequence(3).filter((kind) => kind !== undefined).length;
    assert.ok(hit > 30 && hit < 90, `${hit}`);
  });

  it('carries REST, WebSockets and resumable uploads, whose addresses lead through it too', async () => {
    const backend = await startLocalBackend({ supabaseFolder: null });
    const through = await startFaultProxy(backend.url);
    try {
      await backend.admin.query(`create table public.things (id int primary key);
        insert into storage.buckets (id, name) values ('media', 'media')`);
      const client = createClient(through.url, backend.secretKey, { realtime: { transport: WebSocket as never } });
      assert.equal((await client.from('things').insert({ id: 1 })).error, null);
      const channel = client.channel('room');
      await new Promise<void>((resolve) =>
        channel.subscribe((status) => status.valueOf() === 'SUBSCRIBED' && resolve()),
      );
      await client.removeAllChannels();

      const bytes = randomBytes(3_000_000);
      through.use(atRequest(2, { kind: 'truncate-request', bytes: 700_000 }, ({ method }) => method === 'PATCH'));
      await new Promise<void>((resolve, reject) => {
        new Upload(bytes, {
          endpoint: `${through.url}/storage/v1/upload/resumable`,
          headers: { authorization: `Bearer ${backend.secretKey}` },
          chunkSize: 1_000_000,
          retryDelays: [0, 10, 100],
          metadata: { bucketName: 'media', objectName: 'film.mp4' },
          onSuccess: () => resolve(),
          onError: reject,
        }).start();
      });
      const { data } = await client.storage.from('media').download('film.mp4');
      assert.ok(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(bytes));
      assert.ok(through.seen.some(({ method }) => method === 'HEAD'));
    } finally {
      await through.stop();
      await backend.stop();
    }
  });
});
