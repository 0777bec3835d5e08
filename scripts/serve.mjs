/** A small web server for the demo, the end-to-end tests and the bench: files, byte ranges, a strict policy. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { mimeTypeOf } from './mime-types.mjs';
import { root } from './workspace.mjs';

/**
 * The Content Security Policy that Lectern runs under, as the README prints it. `wasm-unsafe-eval` is for the AAC
 * encoder where the browser has none; pictures are `blob:` and `data:`, media `blob:`.
 */
export const contentSecurityPolicy = policyWith();

/**
 * The same policy for a page that also talks to servers: a Supabase project, a signer, the bucket's host.
 *
 * @param {readonly string[]} [servers] origins, `https:` and `wss:` each
 */
export function policyWith(servers = []) {
  return (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; " +
    `connect-src ${["'self'", ...servers].join(' ')}; ` +
    "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'"
  );
}

/** The demo: the pages of a course site, with the one-tag build beside them. */
export const demoMounts = {
  '/': 'examples/lms-host',
  '/html-cdn/': 'examples/html-cdn',
  '/lectern/': 'packages/lectern/cdn',
};

/**
 * @typedef {object} Server
 * @property {string} origin such as `http://127.0.0.1:41234`
 * @property {() => Promise<void>} close
 */

/**
 * The file for a path: the mount with the longest prefix; a folder means its index.html.
 *
 * @param {Readonly<Record<string, string>>} mounts
 * @param {string} pathname
 * @returns {string | null}
 */
function fileFor(mounts, pathname) {
  const prefix = Object.keys(mounts)
    .filter((candidate) => pathname.startsWith(candidate))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return null;
  const folder = path.resolve(root, mounts[prefix] ?? '.');
  const file = path.join(folder, pathname.slice(prefix.length));
  if (file !== folder && !file.startsWith(folder + path.sep)) return null;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    const index = path.join(file, 'index.html');
    return statSync(index, { throwIfNoEntry: false })?.isFile() ? index : null;
  }
  return stats?.isFile() ? file : null;
}

/**
 * Starts serving on this machine only.
 *
 * @param {object} options
 * @param {Readonly<Record<string, string>>} options.mounts path prefix (with slashes around) → folder, relative to the
 *   root
 * @param {number} [options.port] any free one when left out
 * @param {Readonly<Record<string, string>>} [options.headers] on every answer, over the defaults
 * @param {Readonly<Record<string, string>>} [options.scripts] pathname → text of a script that is in no folder
 * @returns {Promise<Server>}
 */
export async function serve({ mounts, port = 0, headers = {}, scripts = {} }) {
  const common = {
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
    ...headers,
  };
  const server = createServer((request, response) => {
    /** @param {number} status @param {Record<string, string | number>} more @param {string} [text] */
    const answer = (status, more, text) => {
      response.writeHead(status, { ...common, ...more });
      response.end(text);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { Allow: 'GET, HEAD' });
    /** @type {string} */
    let pathname;
    try {
      pathname = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    } catch {
      return answer(400, {});
    }
    const script = Object.hasOwn(scripts, pathname) ? scripts[pathname] : undefined;
    if (script !== undefined) {
      return answer(200, { 'Content-Type': mimeTypeOf(pathname) }, request.method === 'HEAD' ? '' : script);
    }
    const file = fileFor(mounts, pathname);
    // Browsers ask for it by themselves; a page without an icon is no error.
    if (!file && pathname === '/favicon.ico') return answer(204, {});
    if (!file) return answer(404, { 'Content-Type': 'text/plain; charset=utf-8' }, 'Not found.\n');
    const { size, mtimeMs } = statSync(file);
    const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    if (request.headers['if-none-match'] === etag) return answer(304, { ETag: etag });
    /** @type {Record<string, string | number>} */
    const about = { 'Content-Type': mimeTypeOf(file), 'Accept-Ranges': 'bytes', ETag: etag };
    let status = 200;
    let start = 0;
    let end = size - 1;
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
    if (range && (range[1] || range[2])) {
      if (range[1]) {
        start = Number(range[1]);
        if (range[2]) end = Math.min(end, Number(range[2]));
      } else start = Math.max(0, size - Number(range[2]));
      if (start > end) return answer(416, { 'Content-Range': `bytes */${size}` });
      status = 206;
      about['Content-Range'] = `bytes ${start}-${end}/${size}`;
    }
    response.writeHead(status, { ...common, ...about, 'Content-Length': Math.max(0, end - start + 1) });
    if (request.method === 'HEAD' || end < start) return response.end();
    return createReadStream(file, { start, end })
      .on('error', () => response.destroy())
      .pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
