/** A proxy in front of a backend that does to requests what networks do. */
import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What happens to one request. */
export type Fault =
  /** It takes its time. Milliseconds. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Nothing arrives, and nothing is said: whoever waits has to give up by themselves. */
  | { readonly kind: 'drop' }
  /** The connection breaks before the server has heard anything. */
  | { readonly kind: 'reset' }
  /** The server does it, and the connection breaks before its answer. */
  | { readonly kind: 'lose-answer' }
  /** The connection breaks after so many bytes of the answer's body. */
  | { readonly kind: 'truncate-answer'; readonly bytes: number }
  /** The connection breaks, on both sides, after so many bytes of the request's body. */
  | { readonly kind: 'truncate-request'; readonly bytes: number }
  /** The proxy answers by itself, such as 503, with `Retry-After` in seconds if given. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number };

/** A request that came by. */
export interface SeenRequest {
  /** From 1. */
  readonly number: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly fault: Fault | undefined;
}

/** Decides what happens to a request; `undefined` lets it through. */
export type FaultPlan = (request: Omit<SeenRequest, 'fault'>) => Fault | undefined;

export interface FaultProxy {
  /** In place of the backend's address. */
  readonly url: string;
  /** Every request that came by, in order; those of WebSockets are among them. */
  readonly seen: readonly SeenRequest[];
  /** Counts from 1 again, with another plan. Without one, everything is let through. */
  use(plan?: FaultPlan): void;
  /** Breaks every connection that is open. */
  resetAll(): void;
  stop(): Promise<void>;
}

/** A fault for the n-th request (from 1) of those that match. */
export function atRequest(
  n: number,
  fault: Fault,
  matching: (request: Omit<SeenRequest, 'fault'>) => boolean = () => true,
): FaultPlan {
  let count = 0;
  return (request) => {
    if (!matching(request)) return undefined;
    count += 1;
    return count === n ? fault : undefined;
  };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of some faults for a share of the requests, the same for the same seed and the same order of requests. */
export function bySeed(seed: number, share: number, faults: readonly Fault[]): FaultPlan {
  if (share < 0 || share > 1) throw new RangeError(`A share is from 0 to 1, not ${share}`);
  const next = random(seed);
  return () => {
    const [hit, which] = [next() < share, next()];
    return hit ? faults[Math.floor(which * faults.length)] : undefined;
  };
}

/**
 * Starts a proxy on a free port of 127.0.0.1. It passes the `Host` on as it came, so that addresses which the backend
 * makes (of resumable uploads) lead through the proxy too.
 *
 * @param target the backend's address, on this machine
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let plan: FaultPlan | undefined;
  let count = 0;

  function note({ method = 'GET', url = '/' }: IncomingMessage): Fault | undefined {
    count += 1;
    const request = { number: count, method, path: url };
    const fault = plan?.(request);
    seen.push({ ...request, fault });
    return fault;
  }

  function pass(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const { method, url: path, headers } = request;
    // A connection of its own: one that the server closes while it is taken up again would be a fault nobody planned.
    const upstream = forward({ hostname, port, method, path, headers, agent: false });
    const breakOff = (): void => {
      upstream.destroy();
      request.socket.resetAndDestroy();
    };
    upstream.on('error', breakOff);
    // Whoever asked may go away: then the backend hears of that too.
    response.on('close', () => {
      if (!response.writableFinished) upstream.destroy();
    });
    upstream.on('response', (answer) => {
      if (fault?.kind === 'lose-answer') {
        // All of it, so that the backend is really done.
        answer.resume().on('end', breakOff);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault?.kind !== 'truncate-answer') {
        answer.on('error', breakOff);
        // A refusal may come before the whole request: what is left of it would stand in the way of the next on this line.
        answer.on('end', () => {
          request.unpipe(upstream);
          request.resume();
        });
        answer.pipe(response);
        return;
      }
      let left = fault.bytes;
      response.flushHeaders();
      answer.on('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) answer.pause();
        // What was written has to leave before the connection breaks.
        if (left <= 0) setTimeout(breakOff, 20);
      });
      answer.on('end', () => setTimeout(breakOff, 20));
    });
    if (fault?.kind !== 'truncate-request') {
      request.pipe(upstream);
      return;
    }
    let left = fault.bytes;
    upstream.flushHeaders();
    request.on('data', (chunk: Buffer) => {
      if (left > 0) upstream.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      request.pause();
      setTimeout(breakOff, 20);
    });
    request.on('end', () => setTimeout(breakOff, 20));
  }

  function apply(
    request: IncomingMessage,
    fault: Fault | undefined,
    go: () => void,
    answer: (status: Fault & { kind: 'status' }) => void,
  ): void {
    switch (fault?.kind) {
      case 'drop':
        request.resume();
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'delay':
        setTimeout(go, fault.milliseconds);
        return;
      case 'status':
        answer(fault);
        return;
      default:
        go();
    }
  }

  const server = createServer((request, response) => {
    const fault = note(request);
    apply(
      request,
      fault,
      () => pass(request, response, fault),
      ({ status, retryAfter }) => {
        request.resume();
        response.writeHead(status, {
          'content-type': 'text/plain',
          'access-control-allow-origin': '*',
          ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
        });
        response.end('A fault of the proxy\n');
      },
    );
  });
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const fault = note(request);
    const go = (): void => {
      const upstream = connect(Number(port), hostname, () => {
        const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1`];
        for (let index = 0; index < request.rawHeaders.length; index += 2) {
          lines.push(`${request.rawHeaders[index] ?? ''}: ${request.rawHeaders[index + 1] ?? ''}`);
        }
        upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      for (const [one, other] of [
        [upstream, socket],
        [socket, upstream],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    };
    apply(request, fault, go, ({ status }) => socket.end(`HTTP/1.1 ${status} Fault\r\nconnection: close\r\n\r\n`));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  function resetAll(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    use: (next) => {
      plan = next;
      count = 0;
      seen.length = 0;
    },
    resetAll,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        resetAll();
      }),
  };
}
