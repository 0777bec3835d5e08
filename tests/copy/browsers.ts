/** Asks browsers what they see in a file: Chromium, and Firefox where it is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/workspace.mjs';
import { launchBrowser } from '../browser.mjs';
import type { PlayAnswer, PlayOrder } from './player.page.js';

/** Serves the page and the files of a folder, and waits for what the page says. */
export class PlayerServer {
  readonly #folder: string;
  readonly #script: string;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response);
  });
  #hear: (answer: PlayAnswer) => void = () => undefined;

  private constructor(folder: string, script: string) {
    this.#folder = folder;
    this.#script = script;
  }

  static async open(folder: string): Promise<PlayerServer> {
    const { outputFiles } = await build({
      entryPoints: [path.join(root, 'tests/copy/player.page.ts')],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      write: false,
      logLevel: 'error',
    });
    const server = new PlayerServer(folder, outputFiles[0]?.text ?? '');
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** The address at which a page does what it is asked. */
  addressOf(order: PlayOrder): string {
    const { port } = this.#server.address() as AddressInfo;
    const asked = { ...order, file: `/files/${order.file}` };
    return `http://127.0.0.1:${String(port)}/?order=${encodeURIComponent(JSON.stringify(asked))}`;
  }

  /** The next answer of a page. */
  answer(): Promise<PlayAnswer> {
    return new Promise((resolve) => {
      this.#hear = resolve;
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/answer') {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.end();
        this.#hear(JSON.parse(Buffer.concat(parts).toString()) as PlayAnswer);
      });
    } else if (pathname === '/page.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(this.#script);
    } else if (pathname.startsWith('/files/')) {
      sendFile(path.join(this.#folder, path.basename(pathname)), request, response);
    } else if (pathname === '/') {
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end('<!doctype html><title>Player</title><body><script type="module" src="/page.js"></script>');
    } else {
      response.writeHead(404).end();
    }
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function sendFile(file: string, request: IncomingMessage, response: ServerResponse): void {
  const { size } = statSync(file);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'video/mp4',
    'Accept-Ranges': 'bytes',
    'Content-Length': end - start + 1,
    ...(range ? { 'Content-Range': `bytes ${String(start)}-${String(end)}/${String(size)}` } : {}),
  });
  const stream = createReadStream(file, { start, end });
  // A player that seeks hangs up in the middle.
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/** What Chromium sees. */
export async function askChromium(server: PlayerServer, order: PlayOrder): Promise<PlayAnswer> {
  const browser = await launchBrowser(['--autoplay-policy=no-user-gesture-required']);
  try {
    const page = await browser.newPage();
    const answer = server.answer();
    await page.goto(server.addressOf(order));
    return await answer;
  } finally {
    await browser.close();
  }
}

/** The command that starts Firefox; null where there is none. */
export function findFirefox(): string | null {
  const names = [process.env['LECTERN_FIREFOX'] ?? 'firefox', 'firefox', 'firefox-esr'];
  return names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) ?? null;
}

/** What Firefox sees: a page of its own, without a window. */
export async function askFirefox(command: string, server: PlayerServer, order: PlayOrder): Promise<PlayAnswer> {
  const profile = await mkdtemp(path.join(tmpdir(), 'lectern-firefox-'));
  mkdirSync(profile, { recursive: true });
  const settings = {
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    'datareporting.policy.dataSubmissionEnabled': false,
    'app.update.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.aboutwelcome.enabled': false,
  };
  const lines = Object.entries(settings).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${String(value)});`,
  );
  writeFileSync(path.join(profile, 'user.js'), lines.join('\n'));
  const answer = server.answer();
  const child = spawn(command, ['--headless', '--no-remote', '--profile', profile, server.addressOf(order)], {
    stdio: 'ignore',
    env: { ...process.env, HOME: profile, MOZ_HEADLESS: '1' },
  });
  const closed = once(child, 'close');
  try {
    return await Promise.race([
      answer,
      closed.then(() => {
        throw new Error(`${command} ended without an answer`);
      }),
    ]);
  } finally {
    child.kill();
    await closed;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
