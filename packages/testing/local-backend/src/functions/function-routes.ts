/** `/functions/v1`: the project's own handlers, from a web-standard request to a response. */
import { readBody, sendJson } from '../http/exchange.js';
import type { Exchange } from '../http/exchange.js';
import type { Service } from '../http/gateway.js';

/** The same function that runs in Deno on the platform. Who asks, and from which page, is its own business to verify. */
export type FunctionHandler = (request: Request) => Response | Promise<Response>;

/** @param handlers by name */
export function functionRoutes(handlers: Readonly<Record<string, FunctionHandler>>): Service {
  return {
    name: 'functions',
    ownOrigins: true,
    answer: async ({ request, response, method, path, url }: Exchange) => {
      const name = path.split('/')[0] ?? '';
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      if (handler === undefined) {
        sendJson(response, 404, { code: 'NOT_FOUND', message: 'Requested function was not found' });
        return;
      }
      const headers = new Headers();
      for (const [key, value] of Object.entries(request.headers)) headers.set(key, String(value));
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const body = hasBody ? new Uint8Array(await readBody(request)) : null;
      const answer = await handler(new Request(url, { method, headers, body }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    },
  };
}
