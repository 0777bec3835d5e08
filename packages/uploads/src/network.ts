/** Whether there is a network, as far as the browser knows. */
export interface Network {
  readonly online: boolean;
  subscribe(listener: (online: boolean) => void): () => void;
}

/** A network that is always there, for where nobody can say. */
export const steadyNetwork: Network = { online: true, subscribe: () => () => undefined };

/** What the page or worker hears of `online` and `offline`. */
export function pageNetwork(): Network {
  const { navigator } = globalThis as { readonly navigator?: { readonly onLine?: boolean } };
  if (navigator?.onLine === undefined || typeof globalThis.addEventListener !== 'function') return steadyNetwork;
  return {
    get online() {
      return navigator.onLine !== false;
    },
    subscribe(listener) {
      const controller = new AbortController();
      const { signal } = controller;
      globalThis.addEventListener('online', () => listener(true), { signal });
      globalThis.addEventListener('offline', () => listener(false), { signal });
      return () => controller.abort();
    },
  };
}
