import { createContext, type Context } from '@lit/context';
import type { LecternSession, ProjectSession } from '@lectern/core';

/** The session of the nearest `lectern-provider`. The key is a registered symbol: two copies on a page understand each other. */
export const sessionContext: Context<symbol, LecternSession | null> = createContext(Symbol.for('lectern.session'));

/** The open project of the nearest `video-studio`, for the parts inside it. */
export const projectContext: Context<symbol, ProjectSession | null> = createContext(Symbol.for('lectern.project'));
