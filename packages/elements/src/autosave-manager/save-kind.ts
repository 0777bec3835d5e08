import type { AutosaveState } from '@lectern/core';
import type { IconName } from '../foundation/icon.js';

/** What a glance has to tell about a project's saving. */
export type SaveKind =
  'opening' | 'untouched' | 'saved' | 'working' | 'kept' | 'offline' | 'volatile' | 'watching' | 'choose' | 'failed';

/** From the facts to one kind; what needs a person comes first. */
export function saveKind(state: AutosaveState): SaveKind {
  if (state.role === 'follower') return 'watching';
  if (state.role === 'none' || state.role === 'requesting') return 'opening';
  switch (state.remote) {
    case 'conflict':
      return 'choose';
    case 'authLost':
    case 'orphaned':
    case 'blocked':
      return 'failed';
    case 'offline':
      return 'offline';
    case 'backoff':
    case 'dirty':
    case 'saving':
    case 'merging':
      if (state.local === 'degraded' || (state.memoryOnly && state.remote === 'backoff')) return 'failed';
      if (state.remote === 'backoff') return 'offline';
      return state.remote === 'saving' || state.local !== 'durable' ? 'working' : 'kept';
    case 'synced':
      if (state.neverSaved) return 'untouched';
      return state.remoteVolatile ? 'volatile' : 'saved';
  }
}

export const saveIcons: Readonly<Record<SaveKind, IconName>> = {
  opening: 'refresh',
  untouched: 'cloud',
  saved: 'cloud',
  working: 'refresh',
  kept: 'device',
  offline: 'cloud-off',
  volatile: 'warning',
  watching: 'visible',
  choose: 'warning',
  failed: 'warning',
};

/** Kinds that a person should hear of at once; the others come and go by themselves. */
export const urgentKinds: ReadonlySet<SaveKind> = new Set(['offline', 'volatile', 'watching', 'choose', 'failed']);
