import type { Json } from '@lectern/ports';

/** What is kept with an export's parts, so that a page that comes later knows whose they are and where the file goes. */
export interface ExportContext {
  /** The back end that it is for: several may share a browser. */
  readonly namespace: string;
  /** Null where nobody could say who works. */
  readonly userId: string | null;
  readonly projectId: string;
  readonly name: string;
  readonly replaces: string | null;
}

/** As the render engine keeps it: plain data. */
export function printContext(context: ExportContext): Json {
  return { ...context };
}

/** Null for what was written by something else. */
export function readContext(value: Json): ExportContext | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { namespace, userId, projectId, name, replaces } = value as Partial<Record<keyof ExportContext, unknown>>;
  if (typeof namespace !== 'string' || typeof projectId !== 'string' || typeof name !== 'string') return null;
  return {
    namespace,
    projectId,
    name,
    userId: typeof userId === 'string' ? userId : null,
    replaces: typeof replaces === 'string' ? replaces : null,
  };
}
