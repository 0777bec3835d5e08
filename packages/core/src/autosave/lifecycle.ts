/** What happens to a page that saving must know of. */
export type LifecycleEvent = 'hide' | 'show' | 'online' | 'offline';

/** The page's life as a source of events. */
export interface Lifecycle {
  readonly online: boolean;
  subscribe(listener: (event: LifecycleEvent) => void): () => void;
}

interface PageDocument extends EventTarget {
  readonly visibilityState: string;
}

/** A lifecycle that never changes, for where there is no page. */
export const quietLifecycle: Lifecycle = { online: true, subscribe: () => () => undefined };

/**
 * The page's own lifecycle: `visibilitychange`, `pagehide`, `online`, `offline`. Without a page, a quiet one.
 * The document is looked up at run time, since this floor is compiled without the DOM.
 */
export function pageLifecycle(): Lifecycle {
  const page = (globalThis as { readonly document?: PageDocument }).document;
  if (page === undefined || typeof globalThis.addEventListener !== 'function') return quietLifecycle;
  return {
    get online() {
      return globalThis.navigator.onLine;
    },
    subscribe(listener) {
      const controller = new AbortController();
      const { signal } = controller;
      const onVisibility = (): void => listener(page.visibilityState === 'hidden' ? 'hide' : 'show');
      page.addEventListener('visibilitychange', onVisibility, { signal });
      globalThis.addEventListener('pagehide', () => listener('hide'), { signal });
      globalThis.addEventListener('pageshow', () => listener('show'), { signal });
      globalThis.addEventListener('online', () => listener('online'), { signal });
      globalThis.addEventListener('offline', () => listener('offline'), { signal });
      return () => controller.abort();
    },
  };
}
