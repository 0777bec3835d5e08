/** `/rest/v1`. */
import { identify } from '../http/caller.js';
import { readBody } from '../http/exchange.js';
import type { Exchange } from '../http/exchange.js';
import type { Service } from '../http/gateway.js';
import type { ProjectKeys } from '../http/keys.js';
import type { RestService } from './rest-service.js';

export function restRoutes(keys: ProjectKeys, rest: RestService): Service {
  return {
    name: 'rest',
    answer: async ({ request, response, method, url, path }: Exchange) => {
      const caller = await identify(keys, request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      const body = (await readBody(request)).toString('utf8');
      const reply = await rest.answer({ method, path, parameters: url.searchParams, headers, body, caller });
      response.writeHead(reply.status, reply.headers);
      response.end(reply.body);
    },
  };
}
