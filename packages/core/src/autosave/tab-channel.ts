import type { Change } from '@lectern/timeline';

/** What tabs that have one project open tell each other. */
export type TabMessage =
  /** The one that edits should save and let go. */
  | { readonly type: 'yield' }
  /** Is anybody editing? `rev` is the head that is on show where it is asked. */
  | { readonly type: 'ping'; readonly rev?: number }
  /** Yes, and this is how far its journal is. */
  | { readonly type: 'beat'; readonly epoch: number; readonly seq: number }
  /** A change that is in the journal now. */
  | { readonly type: 'changed'; readonly epoch: number; readonly seq: number; readonly change: Change }
  | {
      readonly type: 'acknowledged';
      readonly epoch: number;
      readonly seq: number;
      readonly rev: number;
      readonly hash: string;
      /** ISO 8601 */
      readonly at: string;
    }
  /** Another document took the place of the one before. */
  | { readonly type: 'replaced'; readonly epoch: number };

/** A way to all other tabs with the same project, and never to oneself. Once it is closed, nobody hears what is posted. */
export interface TabChannel {
  post(message: TabMessage): void;
  subscribe(listener: (message: TabMessage) => void): () => void;
  close(): void;
}

/** A broadcast channel; one that reaches nobody where the browser has none. */
export function broadcastTabChannel(name: string): TabChannel {
  if (typeof BroadcastChannel === 'undefined') return silentTabChannel;
  const channel = new BroadcastChannel(name);
  let closed = false;
  return {
    post(message) {
      // A journal may answer after its tab has closed the project; a closed channel would throw.
      if (!closed) channel.postMessage(message);
    },
    subscribe(listener) {
      const onMessage = (event: MessageEvent): void => {
        listener(event.data as TabMessage);
      };
      channel.addEventListener('message', onMessage);
      return () => {
        channel.removeEventListener('message', onMessage);
      };
    },
    close() {
      closed = true;
      channel.close();
    },
  };
}

const silentTabChannel: TabChannel = {
  post: () => undefined,
  subscribe: () => () => undefined,
  close: () => undefined,
};

/** Channels among the sessions that share this object. Messages arrive in a later turn, as those of a browser do. */
export function memoryTabChannels(): (name: string) => TabChannel {
  const members = new Map<string, Set<Set<(message: TabMessage) => void>>>();
  return (name) => {
    const listeners = new Set<(message: TabMessage) => void>();
    const all = members.get(name) ?? new Set();
    members.set(name, all.add(listeners));
    return {
      post(message) {
        for (const others of [...all]) {
          if (others === listeners || !all.has(listeners)) continue;
          void Promise.resolve().then(() => {
            for (const listener of [...others]) listener(message);
          });
        }
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close() {
        all.delete(listeners);
        listeners.clear();
      },
    };
  };
}
