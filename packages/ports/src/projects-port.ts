import type { CallOptions, Page, Unsubscribe } from './call-options.js';
import type {
  OpenedProject,
  ProjectDetails,
  ProjectQuery,
  ProjectRevision,
  ProjectSummary,
  SaveAnswer,
  SaveRequest,
} from './domain/project.js';

export interface SaveOptions extends CallOptions {
  /** On whose behalf: where another user is signed in by now, the save is refused. The signed-in user's when left out. */
  readonly asUserId?: string;
  /** The page is about to go: the request should outlive it (`keepalive`), where the back end is reached by requests. */
  readonly keepalive?: boolean;
}

/** Something about a project changed elsewhere; `rev` is its head. */
export interface ProjectNotice {
  readonly type: 'project-changed';
  readonly projectId: string;
  readonly rev: number;
}

/**
 * Projects and their revisions. `save` is the only door to a project's document:
 *
 * 1. a known `saveId` is answered with the recorded result again;
 * 2. no row and `baseRev` 0: created with rev 1; a row and `baseRev` 0: conflict;
 * 3. `baseRev` equal to the head: rev + 1;
 * 4. otherwise the state is kept as a `conflict` revision and the head stays.
 *
 * A project that was removed, or a `baseRev` above 0 without a row, is answered `gone`; a state of an older schema than
 * the head's is answered `too-new`: whoever wrote it cannot have read the head. Both keep nothing.
 *
 * Titles and posters don't move `rev`. No clock decides anything. Old automatic revisions may be thinned.
 */
export interface ProjectsPort {
  list(query: ProjectQuery, options?: CallOptions): Promise<Page<ProjectSummary>>;
  /** @throws `not-found`, also for a removed project */
  open(id: string, options?: CallOptions): Promise<OpenedProject>;
  /** @throws `invalid-input`, `quota-exceeded`, `unauthenticated` (see `asUserId`); then nothing was written */
  save(request: SaveRequest, options?: SaveOptions): Promise<SaveAnswer>;
  /** Title, description, poster, draft or published. @throws `not-found`, `invalid-input` */
  describe(id: string, details: ProjectDetails, options?: CallOptions): Promise<ProjectSummary>;
  /** Soft. While it is removed, it uses no asset. Removing it twice is harmless. @throws `not-found` */
  remove(id: string, options?: CallOptions): Promise<void>;
  /** @throws `not-found` */
  restore(id: string, options?: CallOptions): Promise<ProjectSummary>;
  /** Newest first. @throws `not-found` */
  revisions(id: string, options?: CallOptions): Promise<readonly ProjectRevision[]>;
  /** @throws `not-found` */
  openRevision(id: string, rev: number, options?: CallOptions): Promise<OpenedProject>;
  /** Told of every change, those made through this very port included. */
  subscribe(listener: (notice: ProjectNotice) => void): Unsubscribe;
}
