import type { MessageRef } from '../messages/messages.js';
import type { AutosaveState } from './autosave-state.js';

export type AutosaveTone = 'quiet' | 'busy' | 'done' | 'warning' | 'error';

/** What to say about where the work is, and how seriously. */
export interface AutosaveSentence {
  readonly tone: AutosaveTone;
  readonly message: MessageRef;
  /** True when `message` takes the words of `state.reason` as `reason`: `messages.error(state.reason).title`. */
  readonly needsReason: boolean;
}

/**
 * The one sentence about saving. Each is said of facts alone: *Saved* only when the back end acknowledged the last
 * change and keeps it, *Saved on this device* only when the journal has it on disk.
 */
export function autosaveSentence(state: AutosaveState): AutosaveSentence {
  const say = (tone: AutosaveTone, key: MessageRef['key'], params?: MessageRef['params']): AutosaveSentence => ({
    tone,
    message: params === undefined ? { key } : { key, params },
    needsReason: false,
  });
  const notSaved: AutosaveSentence = { tone: 'error', message: { key: 'autosave.notSaved' }, needsReason: true };
  const count = state.pendingChanges;

  if (state.role === 'none' || state.role === 'requesting') return say('quiet', 'autosave.opening');
  if (state.role === 'follower') return say('warning', 'autosave.readOnlyOtherTab');
  // Nothing keeps these changes beyond the page, so nothing may sound as if it did.
  const onDisk = !state.memoryOnly && state.local !== 'degraded';
  switch (state.remote) {
    case 'synced':
      if (state.remoteVolatile && !state.neverSaved) return say('warning', 'autosave.inTabOnly');
      if (state.neverSaved) return say('quiet', 'autosave.nothingYet');
      return say('done', 'autosave.saved');
    case 'dirty':
      if (state.local === 'degraded') return state.reason === null ? say('busy', 'autosave.saving') : notSaved;
      return onDisk && state.local === 'durable' ? say('quiet', 'autosave.savedOnDevice') : say('busy', 'autosave.saving');
    case 'saving':
      return say('busy', 'autosave.saving');
    case 'backoff':
      return onDisk ? say('warning', 'autosave.waiting', { count }) : notSaved;
    case 'offline':
      return onDisk ? say('warning', 'autosave.offline', { count }) : notSaved;
    case 'authLost':
      return onDisk ? say('warning', 'autosave.signedOut', { count }) : notSaved;
    case 'conflict':
      return say('error', 'autosave.conflict');
    case 'orphaned':
      return say('error', 'autosave.orphaned');
    case 'blocked':
      return state.reason?.code === 'too-new' ? say('warning', 'autosave.readOnlyNewer') : notSaved;
  }
}
