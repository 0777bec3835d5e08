import type { MessageRef, Messages } from '../messages/messages.js';
import type { AutosaveState } from './autosave-state.js';

/** What to say about where the work is, and how seriously. */
export interface AutosaveStatement {
  readonly tone: 'quiet' | 'busy' | 'done' | 'warning' | 'error';
  readonly message: MessageRef;
  /** True when the message takes the title of `state.reason` as `reason`. */
  readonly needsReason: boolean;
}

/** The sentence in words. With `now`, *Saved* says how long ago. */
export function autosaveSentence(state: AutosaveState, messages: Messages, now?: Date): string {
  const { message, needsReason } = autosaveStatement(state);
  if (needsReason) return messages.t('autosave.notSaved', { reason: shortReason(state, messages) });
  if (message.key === 'autosave.saved' && state.savedAt !== null && now !== undefined) {
    return messages.t('autosave.savedAgo', { when: messages.format.relative(state.savedAt, now) });
  }
  return messages.text(message);
}

/** Why something isn't saved, in the few words that a sentence has room for. */
function shortReason(state: AutosaveState, messages: Messages): string {
  switch (state.reason?.code) {
    case 'quota-exceeded':
      return messages.t(state.local === 'degraded' ? 'autosave.because.diskFull' : 'autosave.because.accountFull');
    case 'file-too-large':
      return messages.t('autosave.because.tooLarge');
    case 'invalid-input':
      return messages.t('autosave.because.refused');
    case 'storage-denied':
      return messages.t('autosave.because.nothingKept');
    default:
      return messages.error(state.reason).title;
  }
}

/**
 * The one sentence about saving, as data. Each is said of facts alone: *Saved* only when the back end acknowledged the
 * last change and keeps it, *Saved on this device* only when the journal has it on disk.
 */
export function autosaveStatement(state: AutosaveState): AutosaveStatement {
  const say = (
    tone: AutosaveStatement['tone'],
    key: MessageRef['key'],
    params?: MessageRef['params'],
  ): AutosaveStatement => ({
    tone,
    message: params === undefined ? { key } : { key, params },
    needsReason: false,
  });
  const notSaved: AutosaveStatement = { tone: 'error', message: { key: 'autosave.notSaved' }, needsReason: true };
  const count = state.pendingChanges;

  if (state.role === 'none' || state.role === 'requesting') return say('quiet', 'autosave.opening');
  if (state.stranded > 0) return say('error', 'autosave.stranded', { count: state.stranded });
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
      // What only the small store has, a crash may lose: that isn't saved.
      return onDisk && state.local === 'durable' && state.journal === 'indexeddb'
        ? say('quiet', 'autosave.savedOnDevice')
        : say('busy', 'autosave.saving');
    case 'saving':
    case 'merging':
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
      return say('error', state.reason?.code === 'forbidden' ? 'autosave.noAccess' : 'autosave.orphaned');
    case 'blocked':
      return state.reason?.code === 'too-new' ? say('warning', 'autosave.readOnlyNewer') : notSaved;
  }
}
