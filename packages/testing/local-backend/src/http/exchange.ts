/** One request and its answer, as the services see them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './api-error.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly url: URL;
  /** After the service's prefix, without a slash at its start. */
  readonly path: string;
}

/** A header's only value, by its lower-case name. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The token of `Authorization: Bearer …`. */
export function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer\s+(.+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
}

/** A request's whole body. @throws ApiError 413 over the limit, in bytes */
export async function readBody(request: IncomingMessage, limit: number = 64 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new ApiError(413, '413', 'Payload too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(body);
}
