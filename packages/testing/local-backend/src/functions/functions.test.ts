import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClient } from '@supabase/supabase-js';
import type { FunctionsHttpError } from '@supabase/supabase-js';
import WebSocket from 'ws';
import { startLocalBackend } from '../local-backend.js';

describe('functions, invoked by supabase-js', () => {
  it('are the handlers of the project, and others are not found', async () => {
    const backend = await startLocalBackend({
      supabaseFolder: null,
      functions: {
        double: async (request) => {
          const { n } = (await request.json()) as { n: number };
          const { pathname } = new URL(request.url);
          return Response.json(
            { n: 2 * n, pathname, key: request.headers.get('apikey') },
            { status: n > 9 ? 422 : 200 },
          );
        },
      },
    });
    try {
      const { functions } = createClient(backend.url, backend.publishableKey, {
        realtime: { transport: WebSocket as never },
      });
      const { data } = await functions.invoke('double/deep', { body: { n: 4 } });
      assert.deepEqual(data, { n: 8, pathname: '/functions/v1/double/deep', key: backend.publishableKey });
      const refused = await functions.invoke('double', { body: { n: 10 } });
      assert.equal(((refused.error as FunctionsHttpError).context as Response).status, 422);
      const absent = await functions.invoke('toString');
      assert.equal(((absent.error as FunctionsHttpError).context as Response).status, 404);
    } finally {
      await backend.stop();
    }
  });

  it('say themselves which pages may ask', async () => {
    const backend = await startLocalBackend({
      supabaseFolder: null,
      functions: {
        own: (request) =>
          new Response(null, {
            status: request.method === 'OPTIONS' ? 204 : 200,
            headers: { 'x-method': request.method },
          }),
      },
    });
    try {
      for (const method of ['OPTIONS', 'GET']) {
        const headers = { origin: 'https://page.example', 'access-control-request-method': 'GET' };
        const answer = await fetch(`${backend.url}/functions/v1/own`, { method, headers });
        assert.deepEqual(
          [answer.headers.get('x-method'), answer.headers.get('access-control-allow-origin')],
          [method, null],
        );
      }
      const rest = await fetch(`${backend.url}/rest/v1/`, {
        method: 'OPTIONS',
        headers: { 'access-control-request-method': 'GET' },
      });
      assert.equal(rest.headers.get('access-control-allow-origin'), '*');
    } finally {
      await backend.stop();
    }
  });
});
