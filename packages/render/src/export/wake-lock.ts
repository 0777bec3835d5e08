/** Keeps the screen, and with it the machine, awake until it is released. A hidden page loses that and asks again. */
export function keepAwake(): { release(): void } {
  let sentinel: WakeLockSentinel | null = null;
  let isOver = false;
  const ask = (): void => {
    if (isOver || (typeof document !== 'undefined' && document.visibilityState === 'hidden')) return;
    // Null where the browser can't be asked.
    request().then(
      (given) => {
        if (isOver) given?.release().catch(() => undefined);
        else sentinel = given;
      },
      () => undefined,
    );
  };
  const target = typeof document === 'undefined' ? null : document;
  target?.addEventListener('visibilitychange', ask);
  ask();
  return {
    release: () => {
      isOver = true;
      target?.removeEventListener('visibilitychange', ask);
      sentinel?.release().catch(() => undefined);
    },
  };
}

async function request(): Promise<WakeLockSentinel | null> {
  try {
    return await navigator.wakeLock.request('screen');
  } catch {
    return null;
  }
}
