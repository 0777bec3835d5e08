import {
  LecternError,
  projectDetailsSchema,
  saveRequestSchema,
  type Json,
  type OpenedProject,
  type ProjectDetails,
  type ProjectNotice,
  type ProjectRevision,
  type ProjectSummary,
  type SaveAnswer,
  type SaveRequest,
} from '@lectern/ports';
import { editsIn } from './edits.js';

/** One revision, whole. */
export interface StoredRevision {
  readonly revision: ProjectRevision;
  readonly request: SaveRequest;
  /** The state as canonical JSON, and the numbers of the edits in it. */
  readonly text: string;
  readonly edits: ReadonlySet<number>;
}

export interface ProjectRow {
  summary: ProjectSummary;
  schemaVersion: number;
  head: StoredRevision;
  conflicts: number;
  /** Every one that wasn't thinned, by rev; conflicts are negative. */
  readonly revisions: Map<number, StoredRevision>;
}

/** Rules that a broken server doesn't follow. */
export interface ServerFlaws {
  /** It takes every save, whatever it was made from. */
  readonly noCompare?: boolean;
  /** It doesn't care on whose behalf. */
  readonly anyUser?: boolean;
}

/** Longer texts are hashed off the thread, in a time that no seed decides. */
const longestText = 4096;
/** How many of the newest automatic revisions are never thinned. */
const keptByDefault = 10;

/** A back end with the rules of `ProjectsPort`, in memory and at once. All signed-in users may edit all projects. */
export class Server {
  readonly rows: Map<string, ProjectRow> = new Map();
  readonly #answers: Map<string, SaveAnswer> = new Map();
  readonly #now: () => number;
  readonly #flaws: ServerFlaws;
  /** Hears of every revision, with the head before it. */
  onRevision: (kept: StoredRevision, before: StoredRevision | null) => void = () => undefined;
  onThinned: () => void = () => undefined;
  onNotice: (notice: ProjectNotice) => void = () => undefined;

  constructor(now: () => number, flaws: ServerFlaws = {}) {
    this.#now = now;
    this.#flaws = flaws;
  }

  /** @throws `unauthenticated`, `invalid-input` */
  save(userId: string | null, request: SaveRequest, asUserId: string | null): SaveAnswer {
    if (userId === null) throw new LecternError('unauthenticated');
    if (asUserId !== null && asUserId !== userId && this.#flaws.anyUser !== true)
      throw new LecternError('unauthenticated');
    if (!saveRequestSchema.safeParse(request).success) throw new LecternError('invalid-input');
    const known = this.#answers.get(request.saveId);
    if (known !== undefined) return known;
    const row = this.rows.get(request.projectId);
    if (row === undefined ? request.baseRev > 0 : row.summary.deletedAt !== null) return { outcome: 'gone' };
    if (row !== undefined && request.schemaVersion < row.schemaVersion) return { outcome: 'too-new' };
    const fits = row === undefined || request.baseRev === row.summary.rev || this.#flaws.noCompare === true;
    const answer = fits ? this.#moveHead(userId, request, row) : this.#keepAside(userId, request, row);
    this.#answers.set(request.saveId, answer);
    return answer;
  }

  /** @throws `not-found` */
  open(id: string): OpenedProject {
    const { summary, schemaVersion, head } = this.#present(id);
    return { project: summary, schemaVersion, state: head.request.state };
  }

  /** @throws `not-found` */
  revisions(id: string): readonly ProjectRevision[] {
    return [...this.#present(id).revisions.values()].map(({ revision }) => revision).reverse();
  }

  /** @throws `not-found` */
  openRevision(id: string, rev: number): OpenedProject {
    const { summary, revisions } = this.#present(id);
    const kept = revisions.get(rev);
    if (kept === undefined) throw new LecternError('not-found');
    const { schemaVersion, state, hash } = kept.request;
    return { project: { ...summary, rev, contentHash: hash }, schemaVersion, state };
  }

  /** @throws `not-found`, `invalid-input` */
  describe(id: string, details: ProjectDetails): ProjectSummary {
    const parsed = projectDetailsSchema.safeParse(details);
    if (!parsed.success) throw new LecternError('invalid-input');
    const row = this.#present(id);
    row.summary = { ...row.summary, ...parsed.data, updatedAt: this.#time() };
    this.#tell(row);
    return row.summary;
  }

  /** @throws `not-found` */
  setRemoved(id: string, isRemoved: boolean): ProjectSummary {
    const row = this.#existing(id);
    if (isRemoved && row.summary.deletedAt !== null) return row.summary;
    row.summary = { ...row.summary, deletedAt: isRemoved ? this.#time() : null };
    this.#tell(row);
    return row.summary;
  }

  /** Forgets old automatic revisions, but not the newest of them. */
  thin(id: string, keep: number = keptByDefault): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    const automatic = [...row.revisions.keys()].filter((rev) => row.revisions.get(rev)?.revision.kind === 'auto');
    const old = automatic.filter((rev) => rev <= row.summary.rev - Math.max(1, keep));
    for (const rev of old) row.revisions.delete(rev);
    if (old.length > 0) this.onThinned();
  }

  /** A newer version of the editor saves the head again, in its own schema. */
  upgrade(id: string, saveId: string): void {
    const row = this.rows.get(id);
    if (row?.summary.deletedAt !== null) return;
    const { request } = row.head;
    const schemaVersion = row.schemaVersion + 1;
    const state = { ...(request.state as Readonly<Record<string, Json>>), schemaVersion };
    this.save('newer', { ...request, baseRev: row.summary.rev, saveId, schemaVersion, state, hash: saveId }, null);
  }

  /** All that is kept of all projects. */
  *kept(): Iterable<StoredRevision> {
    for (const row of this.rows.values()) yield* row.revisions.values();
  }

  #moveHead(userId: string, request: SaveRequest, row: ProjectRow | undefined): SaveAnswer {
    const { projectId, hash, totalFrames, durationSeconds, schemaVersion } = request;
    const rev = (row?.summary.rev ?? 0) + 1;
    const before = row?.head ?? null;
    const head = this.#revision(userId, request, rev, request.kind);
    const summary = {
      ...(row?.summary ?? this.#newSummary(userId, request)),
      rev,
      contentHash: hash,
      totalFrames,
      durationSeconds,
      updatedAt: this.#time(),
    };
    const next: ProjectRow = row ?? { summary, schemaVersion, head, conflicts: 0, revisions: new Map() };
    Object.assign(next, { summary, schemaVersion, head });
    next.revisions.set(rev, head);
    this.rows.set(projectId, next);
    this.onRevision(head, before);
    this.#tell(next);
    return { outcome: 'ok', rev };
  }

  #keepAside(userId: string, request: SaveRequest, row: ProjectRow): SaveAnswer {
    row.conflicts += 1;
    const keptAs = -row.conflicts;
    const kept = this.#revision(userId, request, keptAs, 'conflict');
    row.revisions.set(keptAs, kept);
    this.onRevision(kept, row.head);
    const { author, createdAt } = row.head.revision;
    const { rev, contentHash } = row.summary;
    return {
      outcome: 'conflict',
      headRev: rev,
      headAuthor: author,
      headAt: createdAt,
      headHash: contentHash,
      keptAs,
    };
  }

  #revision(author: string, request: SaveRequest, rev: number, kind: ProjectRevision['kind']): StoredRevision {
    const { projectId, baseRev, saveId, hash, state } = request;
    const text = JSON.stringify(state);
    if (text.length > longestText)
      throw new RangeError(`A document of ${text.length} characters is longer than ${longestText}`);
    const revision = {
      projectId,
      rev,
      parentRev: baseRev,
      saveId,
      author,
      kind,
      contentHash: hash,
      createdAt: this.#time(),
    };
    return { revision, request, text, edits: editsIn(text) };
  }

  #newSummary(ownerId: string, { projectId, title, description }: SaveRequest): ProjectSummary {
    const at = this.#time();
    return {
      id: projectId,
      ownerId,
      title: title ?? 'Untitled',
      description: description ?? '',
      isDraft: true,
      rev: 0,
      contentHash: '',
      totalFrames: 0,
      durationSeconds: 0,
      posterKey: null,
      lastExportId: null,
      createdAt: at,
      updatedAt: at,
      deletedAt: null,
    };
  }

  #tell({ summary }: ProjectRow): void {
    this.onNotice({ type: 'project-changed', projectId: summary.id, rev: summary.rev });
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #existing(id: string): ProjectRow {
    const row = this.rows.get(id);
    if (row === undefined) throw new LecternError('not-found');
    return row;
  }

  #present(id: string): ProjectRow {
    const row = this.#existing(id);
    if (row.summary.deletedAt !== null) throw new LecternError('not-found');
    return row;
  }
}
