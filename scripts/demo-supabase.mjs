/**
 * The demo over a Supabase project: a compatible backend on this machine (a real PostgreSQL, the project's migrations,
 * policies and functions), two people who can sign in, and the course site. No production server: it keeps nothing.
 *
 *   npm run demo:supabase              bytes in the project's own storage
 *   npm run demo:supabase -- --b2      bytes in a bucket with Backblaze B2's habits, by the signer
 *   PORT=8080 npm run demo:supabase
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { build } from './build.mjs';
import { findPostgres } from './find-postgres.mjs';
import { demoMounts, policyWith, serve } from './serve.mjs';
import { root } from './workspace.mjs';

/** Those who can sign in. Neither sees anything of the other's. */
export const demoUsers = [
  { name: 'Teacher', email: 'teacher@example.com', password: 'lectern-demo' },
  { name: 'Colleague', email: 'colleague@example.com', password: 'lectern-demo' },
];

/**
 * @typedef {object} SupabaseDemo
 * @property {string} origin of the pages
 * @property {import('@lectern/testing/local-backend').LocalBackend} backend
 * @property {string} url what the pages take for the project's address
 * @property {() => Promise<void>} stop throws if the backend was asked for what it doesn't offer
 */

/**
 * Starts the backend and the pages. The packages and the one-tag build have to be there.
 *
 * @param {object} [options]
 * @param {boolean} [options.b2]
 * @param {number} [options.port] of the pages
 * @param {Readonly<Record<string, string>>} [options.mounts] more folders to serve
 * @param {(project: { url: string, key: string }) => Promise<Readonly<Record<string, string>>>} [options.pages] more
 *   scripts and pages, by their pathnames
 * @param {(url: string) => Promise<string>} [options.front] puts something in front of the backend, and says its address
 * @param {Omit<import('@lectern/testing/local-backend').LocalBackendOptions, 'functions' | 'seed'>} [options.backend]
 * @returns {Promise<SupabaseDemo>}
 */
export async function startSupabaseDemo({ b2 = false, port = 0, mounts = {}, pages, front, backend: more = {} } = {}) {
  const { startLocalBackend } = await import('@lectern/testing/local-backend');
  /** @type {((request: Request) => Promise<Response>) | undefined} */
  let signer;
  const functions = {
    'b2-uploads': (/** @type {Request} */ request) => {
      if (!signer) throw new Error('The signer was asked before it was there.');
      return signer(request);
    },
  };
  const backend = await startLocalBackend({ ...more, seed: true, functions });
  try {
    await addUsers(backend);
    const url = (await front?.(backend.url)) ?? backend.url;
    const servers = [url, url.replace(/^http/, 'ws'), ...(b2 ? [backend.s3.endpoint] : [])];
    const site = await serve({
      mounts: { ...demoMounts, ...mounts },
      port,
      headers: { 'Content-Security-Policy': policyWith(servers) },
      scripts: {
        '/settings.js': settingsOf({ url, key: backend.publishableKey, b2 }),
        '/supabase-js.js': await clientLibrary(),
        ...(await pages?.({ url, key: backend.publishableKey })),
      },
    });
    if (b2) signer = await createSigner(backend, site.origin);
    return {
      origin: site.origin,
      backend,
      url,
      async stop() {
        await site.close();
        await backend.stop();
      },
    };
  } catch (error) {
    await backend.stop();
    throw error;
  }
}

/** The site's settings.js: its own client, as any site has one. @param {{ url: string, key: string, b2: boolean }} project */
function settingsOf({ url, key, b2 }) {
  const signer = b2 ? `{ signerUrl: ${JSON.stringify(`${url}/functions/v1/b2-uploads`)} }` : 'null';
  return `import { createClient } from './supabase-js.js';

export const cloud = {
  client: createClient(${JSON.stringify(url)}, ${JSON.stringify(key)}),
  b2: ${signer},
  // Shown on the page, because this is a demo.
  users: ${JSON.stringify(demoUsers)},
};
`;
}

/** supabase-js as one module, as a site's own bundler would make it. */
async function clientLibrary() {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: "export { createClient } from '@supabase/supabase-js';",
      resolveDir: path.join(root, 'packages/testing'),
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** @param {import('@lectern/testing/local-backend').LocalBackend} backend */
async function addUsers({ url, secretKey, admin }) {
  for (const { name, email, password } of demoUsers) {
    const { rowCount } = await admin.query('select from auth.users where email = $1', [email]);
    if (rowCount) continue;
    const answer = await fetch(`${url}/auth/v1/admin/users`, {
      method: 'POST',
      headers: { apikey: secretKey, authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email, password, email_confirm: true, user_metadata: { name } }),
    });
    if (!answer.ok) throw new Error(`${email} can't be made: ${await answer.text()}`);
  }
}

/**
 * The signer, as it is deployed, over the backend's own bucket.
 *
 * @param {import('@lectern/testing/local-backend').LocalBackend} backend
 * @param {string} origin of the pages that may ask
 */
async function createSigner({ url, publishableKey, secretKey, s3 }, origin) {
  // The functions are written for Deno; tsx, which runs this script, reads them too.
  const { createB2UploadsHandler } = await import(
    pathToFileURL(path.join(root, 'supabase/functions/b2-uploads/handler.ts')).href
  );
  const { endpoint, region, bucket, namePrefix, keyId, applicationKey, deleteKeyId, deleteApplicationKey } = s3;
  s3.setCorsRules([
    {
      corsRuleName: 'lectern-pages',
      allowedOrigins: [origin],
      allowedOperations: ['s3_get', 's3_head', 's3_put'],
      allowedHeaders: ['content-type', 'range'],
      exposeHeaders: ['content-range'],
      maxAgeSeconds: 600,
    },
  ]);
  return createB2UploadsHandler({
    project: { url, publishableKey, secretKey },
    store: { endpoint, region, bucket, namePrefix, keyId, applicationKey },
    deleteKey: { keyId: deleteKeyId, applicationKey: deleteApplicationKey },
    allowedOrigins: [origin],
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  /** @param {string} line */
  const log = (line) => process.stdout.write(`${line}\n`);
  try {
    findPostgres();
    await build({ log });
    const b2 = process.argv.includes('--b2');
    const demo = await startSupabaseDemo({ b2, port: Number(process.env['PORT'] ?? 0) });
    log(
      `\nLectern's demo is at ${demo.origin}/, over a backend at ${demo.url}${b2 ? ` and ${demo.backend.s3.endpoint}` : ''}`,
    );
    for (const { email, password } of demoUsers) log(`  ${email} · ${password}`);
    log('Nothing of it is kept, and it is no production server. Ctrl+C ends everything.');
    let ending = false;
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
      process.on(signal, () => {
        if (ending) return;
        ending = true;
        demo.stop().then(
          () => process.exit(0),
          (error) => {
            process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
            process.exit(1);
          },
        );
      });
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
