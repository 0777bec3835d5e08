import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Backend, Identity, RunAttempt, Transfer } from '@lectern/ports';
import { isLecternError } from '@lectern/ports';
import { sampleSave, storeAsset } from '@lectern/ports/contracts';
import { atRequest, type Fault } from '@lectern/testing/local-backend';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';
import { createSupabaseBackend, type AccessToken, type SupabaseBackendOptions } from './index.js';
import { type SignedIn, startSupabaseHost, type SupabaseHost } from './test-support/supabase-host.js';
import { coded, Heard, watchingFetch } from './test-support/watching.js';

const mebibyte = 1024 * 1024;
const newId = (): string => crypto.randomUUID();

function sampleBytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255);
}

/** Tries again what may be over later, as the upload engine does. */
const untilItIsOver: RunAttempt = async (work) => {
  for (let left = 3; ; left -= 1) {
    try {
      return await work({ signal: new AbortController().signal, progressed: () => undefined });
    } catch (error) {
      if (left === 0 || !isLecternError(error) || !error.retryable) throw error;
    }
  }
};

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

describe('a Supabase project that can’t be relied on', { timeout: 300_000 }, () => {
  let host: SupabaseHost;
  let user: SignedIn;
  let backend: Backend;

  before(async () => {
    host = await startSupabaseHost();
    user = await host.signUp();
    backend = host.open(user.client, { timeoutMs: 5000 });
  });

  afterEach(() => {
    host.proxy.use();
  });

  after(() => host.stop());

  const countOf = (path: string, method = 'POST'): number =>
    host.proxy.seen.filter((request) => request.method === method && request.path.startsWith(path)).length;

  function failing(path: string, fault: Fault, n = 1, method?: string): void {
    host.proxy.use(
      atRequest(
        n,
        fault,
        (request) => request.path.startsWith(path) && (method === undefined || request.method === method),
      ),
    );
  }

  async function reserve(length: number, of: Backend = backend): Promise<Transfer> {
    const key = `assets/${newId()}/${newId()}`;
    return of.transfers.reserve({ id: newId(), key, sizeBytes: length, mimeType: 'video/mp4' });
  }

  describe('tokens', () => {
    /** A back end whose host signs people in itself, with the tokens that it is told to give. */
    async function withTokens(
      tokens: readonly ((userId: string) => Promise<string | null>)[],
      options: SupabaseBackendOptions = {},
    ): Promise<{ readonly backend: Backend; readonly wishes: boolean[]; next: () => void }> {
      const userId = newId();
      const wishes: boolean[] = [];
      const given: Promise<string | null>[] = [];
      let at = 0;
      const accessToken: AccessToken = async ({ renew }) => {
        wishes.push(renew);
        if (renew) at = Math.min(at + 1, tokens.length - 1);
        given[at] ??= tokens[at]?.(userId) ?? Promise.resolve(null);
        return given[at] ?? null;
      };
      const client = createClient(host.proxy.url, host.local.publishableKey, {
        accessToken: () => accessToken({ renew: false }),
        realtime: { transport: WebSocket as never },
      });
      const made = createSupabaseBackend({ client, accessToken }, options);
      return { backend: made, wishes, next: () => (at = Math.min(at + 1, tokens.length - 1)) };
    }

    const good = (userId: string): Promise<string> =>
      host.local.signToken({ sub: userId, role: 'authenticated', exp: Math.floor(Date.now() / 1000) + 3600 });
    /** As one is refused whose key was taken back: the browser can't know. */
    const refused = async (userId: string): Promise<string> =>
      `${(await good(userId)).slice(0, -20)}AAAAAAAAAAAAAAAAAAAA`;

    it('that are refused are asked for anew once, whatever was under way', async () => {
      const { backend: made, wishes } = await withTokens([refused, good]);
      assert.equal((await made.assets.list({})).total, 0);
      assert.deepEqual(wishes.filter(Boolean), [true]);
      await made.dispose();
    });

    it('that are refused in the middle of a save are renewed, and the save is made once', async () => {
      const { backend: made, next, wishes } = await withTokens([good, refused, good]);
      const id = newId();
      await made.projects.save(sampleSave(id));
      next();
      assert.deepEqual(await made.projects.save(sampleSave(id, { baseRev: 1 })), { outcome: 'ok', rev: 2 });
      assert.equal((await made.projects.revisions(id)).length, 2);
      assert.deepEqual(wishes.filter(Boolean), [true]);
      await made.dispose();
    });

    it('that are refused in the middle of an upload and of a download are renewed', async () => {
      const { backend: made, next, wishes } = await withTokens([good, refused, good, refused, good, refused, good]);
      const bytes = sampleBytes(13 * mebibyte);
      const transfer = await reserve(bytes.length, made);
      let pieces = 0;
      const source = new Blob([bytes]);
      await made.transfers.send(transfer, source, {
        run: (work) => {
          pieces += 1;
          // Before the second piece, when the reservation is known and the upload is under way.
          if (pieces === 3) next();
          return untilItIsOver(work);
        },
      });
      assert.equal(pieces, 4);
      assert.deepEqual(wishes.filter(Boolean), [true]);
      next();
      assert.deepEqual(await bytesOf(await made.blobs.get(transfer.key)), bytes);
      const small = `assets/${newId()}/${newId()}`;
      next();
      await made.blobs.put(small, new Blob(['small']));
      assert.equal((await made.blobs.stat(small))?.sizeBytes, 5);
      await made.dispose();
    });

    it('that stay refused end the session, and say so', async () => {
      const { backend: made, next } = await withTokens([good, refused, refused]);
      const heard = new Heard<Identity | null>((listener) => made.identity.subscribe(listener));
      assert.equal((await made.identity.current()).isGuest, false);
      next();
      await assert.rejects(made.assets.list({}), coded('unauthenticated'));
      assert.equal(await heard.one((identity) => identity === null), null);
      await assert.rejects(made.blobs.put(`contract/${newId()}`, new Blob(['x'])), coded('unauthenticated'));
      await made.dispose();
    });

    it('of somebody else save nothing on the first one’s behalf', async () => {
      const other = newId();
      const { backend: made, next } = await withTokens([good, () => good(other)]);
      const { userId } = await made.identity.current();
      const id = newId();
      await made.projects.save(sampleSave(id), { asUserId: userId });
      next();
      await assert.rejects(
        made.projects.save(sampleSave(id, { baseRev: 1 }), { asUserId: userId }),
        coded('unauthenticated'),
      );
      assert.equal((await made.identity.current()).userId, other);
      await assert.rejects(made.projects.open(id), coded('not-found'));
      await made.dispose();
    });

    it('of Supabase’s own sign-in are refreshed', async () => {
      host.proxy.use(
        atRequest(1, { kind: 'status', status: 401 }, ({ path }) => path.startsWith('/rest/v1/rpc/list_media')),
      );
      await backend.assets.list({});
      assert.equal(countOf('/auth/v1/token'), 1);
      assert.equal(countOf('/rest/v1/rpc/list_media'), 2);
    });

    it('without one, everything is answered alike', async () => {
      const signedOut = createSupabaseBackend({
        client: createClient(host.proxy.url, host.local.publishableKey, {
          auth: { persistSession: false, autoRefreshToken: false },
          realtime: { transport: WebSocket as never },
        }),
      });
      const calls: readonly (() => Promise<unknown>)[] = [
        () => signedOut.identity.current(),
        () => signedOut.assets.list({}),
        () => signedOut.assets.get(newId()),
        () => signedOut.projects.save(sampleSave(newId())),
        () => signedOut.projects.save(sampleSave(newId()), { keepalive: true }),
        () => signedOut.courses.list(),
        () => signedOut.operations.list(),
        () => signedOut.blobs.get('assets/x'),
        () => signedOut.blobs.report(),
        () => signedOut.transfers.reserve({ id: newId(), key: 'assets/x', sizeBytes: 1, mimeType: '' }),
      ];
      for (const call of calls) await assert.rejects(call, coded('unauthenticated'));
      await signedOut.dispose();
    });

    it('are all that a client needs that is made here', async () => {
      const userId = newId();
      const made = createSupabaseBackend({
        url: host.proxy.url,
        publishableKey: host.local.publishableKey,
        accessToken: () => good(userId),
        realtime: { transport: WebSocket as never },
      });
      assert.equal((await made.identity.current()).userId, userId);
      await storeAsset(made, newId());
      assert.equal((await made.assets.list({})).total, 1);
      await made.dispose();
    });
  });

  describe('answers', () => {
    it('that are lost leave a save that may be repeated', async () => {
      const request = sampleSave(newId());
      failing('/rest/v1/rpc/save_studio_project', { kind: 'lose-answer' });
      await assert.rejects(backend.projects.save(request), coded('offline'));
      assert.deepEqual(await backend.projects.save(request), { outcome: 'ok', rev: 1 });
      assert.equal((await backend.projects.revisions(request.projectId)).length, 1);
    });

    it('that are lost after the last byte don’t matter: the reservation is asked', async () => {
      const bytes = sampleBytes(7 * mebibyte);
      const transfer = await reserve(bytes.length);
      failing('/storage/v1/upload/resumable', { kind: 'lose-answer' }, 2, 'PATCH');
      assert.equal(
        (await backend.transfers.send(transfer, new Blob([bytes]), { run: untilItIsOver })).sizeBytes,
        bytes.length,
      );
      const key = `assets/${newId()}/${newId()}`;
      failing('/storage/v1/object/media', { kind: 'lose-answer' }, 1, 'POST');
      await backend.blobs.put(key, new Blob(['in one go']));
      assert.equal(await (await backend.blobs.get(key)).text(), 'in one go');
    });

    it('that break off are gone on with where they broke', async () => {
      const bytes = sampleBytes(3 * mebibyte);
      const transfer = await reserve(bytes.length);
      await backend.transfers.send(transfer, new Blob([bytes]));
      failing('/storage/v1/object/authenticated', { kind: 'truncate-answer', bytes: 2 * mebibyte }, 1, 'GET');
      await watchingFetch(async (requests) => {
        assert.deepEqual(await bytesOf(await backend.blobs.get(transfer.key)), bytes);
        const ranges = requests
          .filter(({ url }) => url.includes('/object/authenticated/'))
          .map(({ init }) => new Headers(init.headers).get('range'));
        assert.equal(ranges.length, 2);
        assert.equal(ranges[0], null);
        assert.match(ranges[1] ?? '', /^bytes=[1-9]\d*-$/);
      });
      // From now on it is at hand, for however many ask.
      host.proxy.use();
      await Promise.all([backend.blobs.get(transfer.key), backend.blobs.get(transfer.key)]);
      assert.equal(countOf('/storage/v1/object', 'GET'), 0);
    });

    it('that stall in the middle are taken for broken ones', async () => {
      const bytes = sampleBytes(mebibyte);
      const transfer = await reserve(bytes.length);
      await backend.transfers.send(transfer, new Blob([bytes]));
      const impatient = host.open(user.client, { timeoutMs: 500 });
      const { fetch } = globalThis;
      let downloads = 0;
      globalThis.fetch = async (input, init) => {
        const isDownload = typeof input === 'string' && input.includes('/object/authenticated/');
        if (!isDownload || downloads++ > 0) return fetch(input, init);
        // A quarter of it, and then nothing more, without an end.
        return new Response(
          new ReadableStream({
            start: (controller) => {
              controller.enqueue(bytes.slice(0, bytes.length / 4));
            },
          }),
        );
      };
      try {
        assert.deepEqual(await bytesOf(await impatient.blobs.get(transfer.key)), bytes);
      } finally {
        globalThis.fetch = fetch;
      }
      assert.equal(downloads, 2);
    });

    it('that never come end by the clock', async () => {
      const patient = host.open(user.client, { timeoutMs: 200 });
      failing('/rest/v1/rpc/list_media', { kind: 'drop' });
      await assert.rejects(patient.assets.list({}), coded('timeout'));
    });

    it('end by the caller’s signal', async () => {
      const controller = new AbortController();
      failing('/rest/v1/rpc/list_media', { kind: 'drop' });
      const listing = backend.assets.list({}, { signal: controller.signal });
      setTimeout(() => {
        controller.abort();
      }, 50);
      await assert.rejects(listing, coded('aborted'));
    });

    it('say what happens next: over later or not, and when', async () => {
      const faults: readonly (readonly [Fault, string, boolean])[] = [
        [{ kind: 'status', status: 429, retryAfter: 3 }, 'rate-limited', true],
        [{ kind: 'status', status: 503, retryAfter: 3 }, 'server', true],
        [{ kind: 'status', status: 504 }, 'timeout', true],
        [{ kind: 'reset' }, 'offline', true],
        [{ kind: 'truncate-answer', bytes: 5 }, 'offline', true],
        [{ kind: 'status', status: 403 }, 'forbidden', false],
      ];
      for (const [fault, code, retryable] of faults) {
        failing('/rest/v1/rpc/list_media', fault);
        const error: unknown = await backend.assets.list({}).catch((reason: unknown) => reason);
        assert.ok(isLecternError(error), String(error));
        assert.deepEqual([error.code, error.retryable], [code, retryable], JSON.stringify(fault));
        const wait = fault.kind === 'status' && fault.retryAfter !== undefined ? 3000 : undefined;
        assert.equal(error.details['retryAfterMs'], wait, JSON.stringify(fault));
      }
    });
  });

  describe('uploads', () => {
    it('whose address the store has forgotten begin anew inside their reservation', async () => {
      const bytes = sampleBytes(7 * mebibyte);
      const transfer = await reserve(bytes.length);
      const forgotten = `${host.proxy.url}/storage/v1/upload/resumable/${Buffer.from('media/x/y').toString('base64url')}`;
      const remembered: (string | null)[] = [];
      const stat = await backend.transfers.send({ ...transfer, resume: forgotten }, new Blob([bytes]), {
        run: untilItIsOver,
        remember: async ({ resume }) => {
          remembered.push(resume);
        },
      });
      assert.equal(stat.sizeBytes, bytes.length);
      assert.equal(remembered[0], null);
      assert.match(remembered[1] ?? '', /\/upload\/resumable\//);
    });

    it('never follow an address that leads elsewhere', async () => {
      const bytes = sampleBytes(2 * mebibyte);
      const transfer = await reserve(bytes.length);
      // Nobody answers there: following it would fail.
      const elsewhere = 'http://127.0.0.1:9/storage/v1/upload/resumable/abc';
      const stat = await backend.transfers.send({ ...transfer, resume: elsewhere }, new Blob([bytes]), {
        run: untilItIsOver,
      });
      assert.equal(stat.sizeBytes, bytes.length);
    });

    it('that break at any request go on with what is missing', async () => {
      const bytes = sampleBytes(13 * mebibyte);
      const transfer = await reserve(bytes.length);
      let remembered = transfer;
      const failures: string[] = [];
      const faults: readonly Fault[] = [
        { kind: 'reset' },
        { kind: 'truncate-request', bytes: mebibyte },
        { kind: 'status', status: 503 },
        { kind: 'lose-answer' },
      ];
      for (let n = 1; n <= 6; n += 1) {
        const fault = faults[n % faults.length] ?? { kind: 'reset' };
        failing('/storage/v1/upload/resumable', fault, n);
        const failed = await backend.transfers
          .send(remembered, new Blob([bytes]), {
            remember: async (now) => {
              remembered = now;
            },
          })
          .then(
            () => false,
            (error: unknown) => {
              assert.ok(isLecternError(error) && error.retryable, String(error));
              failures.push(error.code);
              return true;
            },
          );
        if (!failed) break;
      }
      host.proxy.use();
      const stat = await backend.transfers.send(remembered, new Blob([bytes]), { run: untilItIsOver });
      assert.equal(stat.sizeBytes, bytes.length);
      assert.ok(failures.length > 0);
      assert.deepEqual(await bytesOf(await backend.blobs.get(transfer.key)), bytes);
    });

    it('of a file that can’t be read any more say so', async () => {
      const transfer = await reserve(2 * mebibyte);
      class Gone extends Blob {
        override slice(): Blob {
          return Object.assign(new Blob(), {
            arrayBuffer: () => Promise.reject(new DOMException('The file was moved', 'NotReadableError')),
          });
        }
      }
      const source = new Gone([sampleBytes(2 * mebibyte)]);
      await assert.rejects(backend.transfers.send(transfer, source), coded('source-missing'));
    });
  });

  describe('a page that goes', () => {
    it('sends its last save before anything is awaited, in a request that outlives it', async () => {
      const id = newId();
      await backend.projects.save(sampleSave(id));
      await watchingFetch(async (requests) => {
        const saving = backend.projects.save(sampleSave(id, { baseRev: 1 }), {
          keepalive: true,
          asUserId: user.userId,
        });
        const [request] = requests;
        assert.equal(request?.init.keepalive, true);
        assert.match(request.url, /\/rest\/v1\/rpc\/save_studio_project$/);
        assert.deepEqual(await saving, { outcome: 'ok', rev: 2 });
        assert.equal(requests.length, 1);
      });
    });

    it('sends a document that is too large for that in the ordinary way', async () => {
      const id = newId();
      const large = sampleSave(id, { state: { text: 'x'.repeat(100_000) } });
      assert.deepEqual(await backend.projects.save(large, { keepalive: true }), { outcome: 'ok', rev: 1 });
    });

    it('hears of refusals as of any save', async () => {
      const id = newId();
      assert.deepEqual(await backend.projects.save(sampleSave(id, { baseRev: 3 }), { keepalive: true }), {
        outcome: 'gone',
      });
      failing('/rest/v1/rpc/save_studio_project', { kind: 'status', status: 401 });
      assert.deepEqual(await backend.projects.save(sampleSave(id), { keepalive: true }), { outcome: 'ok', rev: 1 });
      failing('/rest/v1/rpc/save_studio_project', { kind: 'reset' });
      await assert.rejects(
        backend.projects.save(sampleSave(id, { baseRev: 1 }), { keepalive: true }),
        coded('offline'),
      );
    });
  });
});
