import type { AutosaveState, ProjectSession } from '@lectern/core';

/** Whether closing the page now would lose something: neither this browser nor the back end has it. */
export function wouldLose(state: AutosaveState): boolean {
  if (state.stranded > 0) return true;
  if (state.role === 'follower') return false;
  if (state.remoteVolatile && state.remote === 'synced') return false;
  const inBrowser = (state.local === 'clean' || state.local === 'durable') && !state.memoryOnly;
  return state.pendingChanges > 0 && !inBrowser;
}

/** Has the browser ask before the page closes, but only while that is true: a false alarm teaches people to ignore it. */
export class LeaveGuard {
  #stop: (() => void) | null = null;
  #armed = false;

  setProject(project: ProjectSession | null): void {
    this.#stop?.();
    this.#stop = null;
    this.#arm(false);
    if (!project) return;
    const { store } = project.autosave;
    this.#stop = store.subscribe((state) => {
      this.#arm(wouldLose(state));
    });
    this.#arm(wouldLose(store.getState()));
  }

  #arm(armed: boolean): void {
    if (armed === this.#armed) return;
    this.#armed = armed;
    // A listener that is always there would keep the page out of the browser's back/forward cache.
    if (armed) window.addEventListener('beforeunload', onBeforeUnload);
    else window.removeEventListener('beforeunload', onBeforeUnload);
  }
}

function onBeforeUnload(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
