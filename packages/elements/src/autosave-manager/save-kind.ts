import type { AutosaveState } from '@lectern/core';
import type { IconName } from '../foundation/icon.js';

/** What a glance has to tell about a project's saving. */
export type SaveKind =
  'opening' | 'untouched' | 'saved' | 'working' | 'kept' | 'offline' | 'volatile' | 'watching' | 'choose' | 'failed';

/** From the facts to one kind; what needs a person comes first. */
export function saveKind(state: AutosaveState): SaveKind {
  if (state.role === 'none' || state.role === 'requesting') return 'opening';
  if (state.stranded > 0) return 'choose';
  if (state.role === 'follower') return 'watching';
  switch (state.remote) {
    case 'conflict':
      return 'choose';
    case 'blocked':
      return state.reason?.code === 'too-new' ? 'watching' : 'failed';
    case 'authLost':
    case 'orphaned':
      return 'failed';
    case 'offline':
      return state.memoryOnly || state.local === 'degraded' ? 'failed' : 'offline';
    case 'backoff':
    case 'dirty':
    case 'saving':
    case 'merging':
      if (state.local === 'degraded' || (state.memoryOnly && state.remote === 'backoff')) return 'failed';
      if (state.remote === 'backoff') return 'offline';
      if (state.remote !== 'dirty' || state.local !== 'durable') return 'working';
      return state.journal === 'indexeddb' ? 'kept' : 'working';
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

/** What a person is asked. `merged` is told rather than asked, but it waits for an answer, too. */
export type SaveQuestion = 'conflict' | 'stranded' | 'restore' | 'merged';

/** The most pressing question that waits, or null. */
export function saveQuestion(state: AutosaveState): SaveQuestion | null {
  if (state.stranded > 0) return 'stranded';
  if (state.role !== 'leader') return null;
  if (state.remote === 'conflict' && state.conflict) return 'conflict';
  if (state.restorable) return 'restore';
  return state.merged ? 'merged' : null;
}
