/** A proxy that slows uploads down, counts their bytes, and knows which of them went at the same time. */
import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request that carried bytes of a file. */
export interface SentRequest {
  readonly method: string;
  /** Without the signature: the upload, or the part of one. */
  readonly target: string;
  /** Milliseconds of the epoch. */
  readonly began: number;
  ended: number;
  bytes: number;
  /** It had an answer, so the server has taken all of it. */
  answered: boolean;
}

/** Requests with bodies of a file: pieces of TUS, parts of B2, and whole objects. */
function targetOf({ method = '', url = '' }: IncomingMessage): string | null {
  const { pathname, searchParams } = new URL(url, 'http://host');
  if (method === 'PATCH' && pathname.includes('/upload/resumable/')) return pathname;
  if (method === 'PUT') return `${pathname} ${searchParams.get('partNumber') ?? ''}`;
  return method === 'POST' && pathname.includes('/storage/v1/object/') ? pathname : null;
}

export class MeteredProxy {
  readonly url: string;
  /** Bytes per second, of all uploads together. */
  bytesPerSecond = Infinity;
  sent: SentRequest[] = [];
  /** Method and whole address of everything that came by. */
  addresses: string[] = [];
  /** Where it leads to. */
  target = '';
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<{ readonly bytes: number; readonly resolve: () => void }>();
  #freeAt = 0;
  #bytes = 0;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.requestTimeout = 0;
    server.on('request', (request, response) => {
      this.#pass(request, response);
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  static async start(): Promise<MeteredProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new MeteredProxy(server);
  }

  /** Bytes of files that came by, whatever became of them. */
  get sentBytes(): number {
    return this.#bytes;
  }

  /** Resolves as soon as so many bytes of files have come by in all. */
  untilSent(bytes: number): Promise<void> {
    if (this.#bytes >= bytes) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add({ bytes, resolve });
    });
  }

  /** Whoever sends now is dead; a line that is slow hears of that only when it has read what was sent before. */
  everybodyDied(): void {
    for (const sent of this.sent) sent.ended ||= Date.now();
  }

  /** Counts from nothing again. */
  reset(): void {
    this.sent = [];
    this.addresses = [];
    this.#bytes = 0;
    this.#waiting.clear();
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = request;
    this.addresses.push(`${method} ${url}`);
    const target = targetOf(request);
    const sent: SentRequest | null =
      target === null ? null : { method, target, began: Date.now(), ended: 0, bytes: 0, answered: false };
    if (sent) this.sent.push(sent);
    const { hostname, port } = new URL(this.target);
    // With the host as it came: signatures are made over it, and addresses of uploads are made of it.
    const upstream = forward({ hostname, port, method, path: url, headers });
    const breakOff = (): void => {
      upstream.destroy();
      request.socket.destroy();
    };
    upstream.on('error', breakOff);
    request.on('error', breakOff);
    upstream.on('response', (answer) => {
      if (sent) sent.answered = true;
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', breakOff);
      answer.pipe(response);
    });
    response.on('close', () => {
      if (sent) sent.ended ||= Date.now();
      if (!response.writableFinished) upstream.destroy();
    });
    if (sent === null) {
      request.pipe(upstream);
      return;
    }
    request.on('data', (chunk: Buffer) => {
      sent.bytes += chunk.length;
      this.#count(chunk.length);
      const room = upstream.write(chunk);
      const delay = this.#delayFor(chunk.length);
      if (room && delay === 0) return;
      request.pause();
      const goOn = (): void => void setTimeout(() => request.resume(), delay);
      if (room) goOn();
      else upstream.once('drain', goOn);
    });
    request.on('end', () => upstream.end());
  }

  #delayFor(bytes: number): number {
    const now = Date.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes / this.bytesPerSecond) * 1000;
    const delay = this.#freeAt - now;
    return delay < 5 ? 0 : delay;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    for (const waiting of this.#waiting) {
      if (this.#bytes < waiting.bytes) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }
}

/** Pairs of requests that carried the same bytes at the same time: two senders of one file. */
export function atTheSameTime(sent: readonly SentRequest[]): readonly string[] {
  const found: string[] = [];
  const byTarget = new Map<string, SentRequest[]>();
  for (const request of sent) byTarget.set(request.target, [...(byTarget.get(request.target) ?? []), request]);
  for (const [target, requests] of byTarget) {
    const ordered = [...requests].sort((a, b) => a.began - b.began);
    ordered.forEach((request, index) => {
      const before = ordered[index - 1];
      if (before && (before.ended === 0 || before.ended > request.began)) {
        found.push(`${target}: ${before.began}–${before.ended} and ${request.began}–${request.ended}`);
      }
    });
  }
  return found;
}
