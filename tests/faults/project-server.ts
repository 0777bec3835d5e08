/** A back end across a network that can be cut, slowed down and confused: projects over HTTP on this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalBackend } from '@lectern/adapter-local';
import {
  serialiseError,
  type Backend,
  type OpenedProject,
  type ProjectsPort,
  type SaveAnswer,
  type SaveRequest,
} from '@lectern/ports';
import type { SeededRandom } from './seeded-random.js';

/**
 * - `up`: answers at once; `slow`: after 0.2 to 1.5 s;
 * - `down`: nobody answers the door; `failing`: status 503;
 * - `forgetful`: does what it was asked, and the answer is lost; `silent`: the same, and the connection stays open;
 * - `flaky`: any of these, one after the other;
 * - `lying`: says that it saved, and didn't.
 */
export type NetworkWeather = 'up' | 'slow' | 'down' | 'failing' | 'forgetful' | 'silent' | 'flaky' | 'lying';

const mixed: readonly NetworkWeather[] = ['up', 'up', 'up', 'slow', 'down', 'failing', 'forgetful'];
const methods: readonly (keyof ProjectsPort)[] = [
  ...(['list', 'open', 'save', 'describe', 'remove', 'restore', 'revisions', 'openRevision'] as const),
];

export class ProjectServer {
  readonly address: string;
  weather: NetworkWeather = 'up';
  readonly #backend: Backend;
  readonly #server: Server;
  readonly #random: SeededRandom;

  private constructor(server: Server, backend: Backend, random: SeededRandom) {
    this.#server = server;
    this.#backend = backend;
    this.#random = random;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(random: SeededRandom): Promise<ProjectServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ProjectServer(server, createLocalBackend({ storage: 'memory' }), random);
  }

  /** What is stored, past the network. */
  get projects(): ProjectsPort {
    return this.#backend.projects;
  }

  /** The head of a project; null when nobody saved it. */
  async head(projectId: string): Promise<OpenedProject | null> {
    try {
      return await this.projects.open(projectId);
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
    await this.#backend.dispose();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const weather = this.weather === 'flaky' ? this.#random.pick(mixed) : this.weather;
    if (weather === 'down') {
      request.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/json' };
    if (weather === 'failing') {
      response.writeHead(503, headers).end();
      return;
    }
    if (weather === 'slow') {
      const delay = this.#random.integer(200, 1500);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
    const body = await this.#call(Buffer.concat(chunks).toString('utf8'), weather === 'lying');
    if (weather === 'silent') return;
    if (weather === 'forgetful') response.destroy();
    else response.writeHead(200, headers).end(body);
  }

  async #call(body: string, lying: boolean): Promise<string> {
    const { method, args } = JSON.parse(body) as { readonly method: keyof ProjectsPort; readonly args: unknown[] };
    if (!methods.includes(method)) throw new RangeError(`there is no method ${method}`);
    if (lying && method === 'save') {
      const { baseRev } = args[0] as SaveRequest;
      return JSON.stringify({ result: { outcome: 'ok', rev: baseRev + 1 } satisfies SaveAnswer });
    }
    try {
      const port = this.projects as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>;
      return JSON.stringify({ result: await port[method]?.(...args) });
    } catch (error) {
      return JSON.stringify({ error: serialiseError(error) });
    }
  }
}
