/** Held by a page while it writes bytes whose row isn't there yet, so that nobody sweeps them away. */
export async function whileWriting<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = lockManager();
  return locks ? await locks.request(name, { mode: 'shared' }, work) : work();
}

/** Runs only when nobody is writing, in this tab or another; without locks nobody can know, and it doesn't run. */
export async function whenNobodyWrites(name: string, work: () => Promise<void>): Promise<void> {
  await lockManager()?.request(name, { mode: 'exclusive', ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}

/**
 * Runs once nobody else holds that lock: at once, or when the page that did is done or gone. Without locks it runs at
 * once. A signal ends the waiting. @throws AbortError
 */
export async function whenFree(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const locks = lockManager();
  if (locks) await locks.request(name, { mode: 'exclusive', signal }, work);
  else await work();
}

function lockManager(): LockManager | null {
  // A frame without an origin of its own has the object, and every request of it fails.
  const usable = typeof navigator !== 'undefined' && 'locks' in navigator && globalThis.origin !== 'null';
  return usable ? navigator.locks : null;
}
