import type { Backend, RenderEngine, UploadEngine } from '@lectern/ports';
import type { NewId } from '@lectern/timeline';
import type { QueryClient } from '@tanstack/query-core';
import type { StoreApi } from 'zustand/vanilla';
import type { OperationWatch } from '../queries/operation-watch.js';
import type { ProjectSession } from '../project-session.js';
import type { SessionState } from '../store/session-state.js';

/** What actions work with. */
export interface ActionContext {
  readonly backend: Backend;
  readonly uploads: UploadEngine;
  readonly render: RenderEngine;
  readonly queryClient: QueryClient;
  readonly store: StoreApi<SessionState>;
  readonly operations: OperationWatch;
  readonly newId: NewId;
  readonly now: () => Date;
  /** Sets what this browser keeps apart from what it keeps for other back ends. */
  readonly namespace: string;
  /** The project with that id if an element has it open: its document is newer than the back end's. */
  readonly openedProject: (projectId: string) => ProjectSession | null;
}
