import type { DuplicateDecision, UploadItem } from '@lectern/ports';

/** What a person may ask for in a tab that doesn't send the upload itself. */
export type UploadCommand =
  | { readonly name: 'pause' | 'resume' | 'cancel' | 'retry' | 'clear' }
  | { readonly name: 'decide'; readonly decision: DuplicateDecision }
  | { readonly name: 'provide'; readonly file: Blob };

/** What tabs with the uploads of one user tell each other. */
export type UploadMessage =
  /** How far is everybody? */
  | { readonly type: 'ask' }
  /** Of an upload that the telling tab sends. */
  | { readonly type: 'item'; readonly item: UploadItem }
  /** It was cleared away. */
  | { readonly type: 'gone'; readonly id: string }
  | { readonly type: 'command'; readonly id: string; readonly command: UploadCommand };

/** A way to all other tabs, and never to oneself. */
export interface UploadChannel {
  post(message: UploadMessage): void;
  subscribe(listener: (message: UploadMessage) => void): void;
  close(): void;
}

export type OpenUploadChannel = (name: string) => UploadChannel;

/** A broadcast channel; one that reaches nobody where the browser has none. */
export function broadcastUploadChannel(name: string): UploadChannel {
  if (typeof BroadcastChannel === 'undefined') return { post: noop, subscribe: noop, close: noop };
  const channel = new BroadcastChannel(name);
  let closed = false;
  return {
    post(message) {
      if (!closed) channel.postMessage(message);
    },
    subscribe(listener) {
      channel.addEventListener('message', (event: MessageEvent) => {
        if (!closed) listener(event.data as UploadMessage);
      });
    },
    close() {
      closed = true;
      channel.close();
    },
  };
}

/** Channels among the engines that share this object. Messages arrive in a later turn, as those of a browser do. */
export function memoryUploadChannels(): OpenUploadChannel {
  type Listeners = Set<(message: UploadMessage) => void>;
  const members = new Map<string, Set<Listeners>>();
  return (name) => {
    const mine: Listeners = new Set();
    const all = members.get(name) ?? new Set<Listeners>();
    members.set(name, all.add(mine));
    return {
      post(message) {
        if (!all.has(mine)) return;
        for (const others of [...all]) {
          if (others === mine) continue;
          void Promise.resolve().then(() => {
            for (const listener of [...others]) listener(message);
          });
        }
      },
      subscribe(listener) {
        mine.add(listener);
      },
      close() {
        all.delete(mine);
        mine.clear();
      },
    };
  };
}

const noop = (): void => undefined;
