/** The one-tag build: every element is defined, and the page works in this browser unless it says otherwise. */
import '@lectern/elements/define';
import { configureLectern, defaultSession, registerBackend } from '@lectern/core';
import { createLectern } from './create-lectern.js';
import { supabaseFromSettings } from './page-settings.js';

export * from './index.js';

let local: ReturnType<typeof createLectern> | null = null;
const theLocalOne = (): ReturnType<typeof createLectern> => (local ??= createLectern());

registerBackend('local', theLocalOne);
registerBackend('supabase', (settings) => createLectern(supabaseFromSettings(settings)));

/** A host that configured its own session keeps it. */
function beginHere(): void {
  if (!defaultSession()) configureLectern(theLocalOne);
}

// Scripts of the page that come after this one may still configure theirs: nothing is opened here before they had their turn.
const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
if (document.readyState === 'complete' || (navigation?.domContentLoadedEventStart ?? 0) > 0) beginHere();
else document.addEventListener('DOMContentLoaded', beginHere, { once: true });
