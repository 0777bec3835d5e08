/** The one-tag build: every element is defined, and the page works in this browser unless it says otherwise. */
import '@lectern/elements/define';
import { configureLectern, defaultSession, registerBackend } from '@lectern/core';
import { createLectern } from './create-lectern.js';

export * from './index.js';

let local: ReturnType<typeof createLectern> | null = null;
const theLocalOne = (): ReturnType<typeof createLectern> => (local ??= createLectern());

registerBackend('local', theLocalOne);
// A host that configured its own session before this file ran keeps it.
if (!defaultSession()) configureLectern(theLocalOne);
