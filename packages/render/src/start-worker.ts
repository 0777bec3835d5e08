/**
 * Starts a worker of the engine. The literal `new Worker(new URL(…, import.meta.url))` is what bundlers look for, so it
 * stays as it is; it also has to be in the folder where `render.worker.js` is built to.
 */
export function startWorker(workerUrl: string | undefined): Worker {
  if (workerUrl !== undefined) return startFrom(new URL(workerUrl, globalThis.location.href));
  const own = new URL('./render.worker.js', import.meta.url);
  if (!isSameOrigin(own) || trustedTypes()) return startFrom(own);
  return new Worker(new URL('./render.worker.js', import.meta.url), { type: 'module' });
}

/** Starts a worker that ffmpeg runs in, in the same ways; it lies beside `render.worker.js`, wherever that is, unless the host says otherwise. */
export function startFfmpegWorker(renderWorkerUrl: string | undefined, workerUrl?: URL | string): Worker {
  const base = globalThis.location.href;
  if (workerUrl !== undefined) return startFrom(new URL(workerUrl, base));
  if (renderWorkerUrl !== undefined) return startFrom(new URL('./ffmpeg.worker.js', new URL(renderWorkerUrl, base)));
  const own = new URL('./ffmpeg.worker.js', import.meta.url);
  if (!isSameOrigin(own) || trustedTypes()) return startFrom(own);
  return new Worker(new URL('./ffmpeg.worker.js', import.meta.url), { type: 'module' });
}

function startFrom(url: URL): Worker {
  return isSameOrigin(url) ? new Worker(trusted(url.href), { type: 'module' }) : startFromElsewhere(url);
}

function isSameOrigin(url: URL): boolean {
  return url.origin === globalThis.location.origin || url.protocol === 'blob:' || url.protocol === 'file:';
}

/**
 * A page may not start a worker of another origin, but one of its own that imports it. A page whose policy forbids
 * `blob:` workers has to serve the file itself and say so with `workerUrl`.
 */
function startFromElsewhere(url: URL): Worker {
  const source = new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' });
  const blobUrl = URL.createObjectURL(source);
  const worker = new Worker(trusted(blobUrl), { type: 'module' });
  // Not before the worker has read it.
  for (const event of ['message', 'error']) {
    worker.addEventListener(
      event,
      () => {
        URL.revokeObjectURL(blobUrl);
      },
      { once: true },
    );
  }
  return worker;
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

type ScriptUrlPolicy = { createScriptURL(url: string): unknown } | null;

/** One policy per page, whatever the number of copies of this package on it: a name can't be given twice. */
const policyPlace: unique symbol = Symbol.for('lectern.trusted-script-urls') as never;

function trustedTypes(): TrustedTypes | undefined {
  return (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
}

/** Where a page demands Trusted Types, its policy has to allow the name `lectern`; it accepts workers of ours alone. */
function trusted(url: string): string {
  const types = trustedTypes();
  if (!types) return url;
  const page = globalThis as { [policyPlace]?: ScriptUrlPolicy };
  let policy = page[policyPlace];
  if (policy === undefined) {
    policy = createPolicy(types);
    page[policyPlace] = policy;
  }
  return policy ? (policy.createScriptURL(url) as string) : url;
}

function createPolicy(types: TrustedTypes): ScriptUrlPolicy {
  try {
    return types.createPolicy('lectern', {
      createScriptURL: (candidate) => {
        const { protocol, pathname } = new URL(candidate, globalThis.location.href);
        if (protocol === 'blob:' || pathname.endsWith('.worker.js')) return candidate;
        throw new TypeError(`${candidate} is no worker of ours`);
      },
    });
  } catch {
    // The name isn't allowed: then the browser decides about the address.
    return null;
  }
}
