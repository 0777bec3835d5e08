/** The one port: who may knock, and which service answers. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiError, NotOfferedError } from './api-error.js';
import { header, sendJson } from './exchange.js';
import type { Exchange } from './exchange.js';

/** What answers below `/<name>/v1/`. */
export interface Service {
  readonly name: string;
  answer(exchange: Exchange): Promise<void>;
  /** Says itself which pages may ask, as functions do on the platform; without it, all may. */
  readonly ownOrigins?: boolean;
  /** An error in the service's own words; without it, PostgREST's. */
  refuse?(response: ServerResponse, error: ApiError): void;
  /** Takes over a connection that asks for a WebSocket. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void;
}

const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, ' +
    'Range-Unit, Tus-Resumable, Upload-Offset, Upload-Length, Upload-Expires, ETag, x-supabase-api-version',
};

export class Gateway {
  readonly #services: ReadonlyMap<string, Service>;
  readonly #server: Server;
  /** What was asked for and isn't offered, and what broke; each a line. */
  readonly complaints: string[] = [];

  constructor(services: readonly Service[]) {
    this.#services = new Map(services.map((service) => [service.name, service]));
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    // An upload may take as long as it likes.
    this.#server.requestTimeout = 0;
  }

  /** Listens on 127.0.0.1. @param port 0 for any that is free @returns its address, without a slash at the end */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #find(request: IncomingMessage): { readonly service: Service | undefined; readonly url: URL; readonly path: string } {
    const url = new URL(request.url ?? '/', `http://${header(request, 'host') ?? '127.0.0.1'}`);
    const [, name = '', path = ''] = /^\/([a-z]+)\/v1(?:\/(.*))?$/.exec(url.pathname) ?? [];
    return { service: this.#services.get(name), url, path };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const { service, url, path } = this.#find(request);
    const isOpen = service?.ownOrigins !== true;
    if (isOpen) for (const [name, value] of Object.entries(CORS_HEADERS)) response.setHeader(name, value);
    if (isOpen && method === 'OPTIONS' && header(request, 'access-control-request-method') !== undefined) {
      response.writeHead(200, {
        'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS, TRACE, CONNECT',
        'access-control-allow-headers': header(request, 'access-control-request-headers') ?? '*',
        'access-control-max-age': '3600',
      });
      response.end();
      return;
    }
    if (service === undefined) {
      this.complaints.push(`404 ${method} ${url.pathname}`);
      sendJson(response, 404, { message: 'no Route matched with those values' });
      return;
    }
    try {
      await service.answer({ request, response, method, url, path });
    } catch (error) {
      this.#refuse(service, request, response, error);
    }
  }

  #refuse(service: Service, request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const what = `${request.method ?? 'GET'} ${request.url ?? '/'}`;
    let refusal: ApiError;
    if (error instanceof ApiError) {
      refusal = error;
      if (error instanceof NotOfferedError) this.complaints.push(`501 ${what}: ${error.message}`);
    } else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      refusal = new ApiError(500, 'XX000', 'The local backend broke.', text);
      if (!request.destroyed) this.complaints.push(`500 ${what}: ${text}`);
    }
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (service.refuse !== undefined && !(error instanceof NotOfferedError)) service.refuse(response, refusal);
    else {
      const { status, code, message, details, hint } = refusal;
      sendJson(response, status, { code, details, hint, message });
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { service, url } = this.#find(request);
    if (service?.upgrade === undefined) {
      this.complaints.push(`404 upgrade ${url.pathname}`);
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    service.upgrade(request, socket, head, url);
  }
}
