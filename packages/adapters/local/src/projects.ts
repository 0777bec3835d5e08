import {
  type AssetNotice,
  type CallOptions,
  LecternError,
  normaliseAssetName,
  type OpenedProject,
  type Page,
  parseInput,
  type ProjectDetails,
  projectDetailsSchema,
  type ProjectNotice,
  type ProjectQuery,
  type ProjectRevision,
  type ProjectsPort,
  type ProjectSummary,
  type SaveAnswer,
  type SaveOptions,
  type SaveRequest,
  saveRequestSchema,
  type Unsubscribe,
} from '@lectern/ports';
import type { Scribe } from './asset-history.js';
import { answer, type LocalContext, notFound, scribeOf } from './context.js';
import { comparePlaces, decodeCursor, encodeCursor, foldText, pageSize, type Place, sortableText } from './keyset.js';
import type { Notices } from './notices.js';
import type { ReadView, WriteView } from './records/record-store.js';
import type { ProjectRow, TableName } from './records/tables.js';
import { setUsage } from './usage.js';

/** How many answers are remembered for repeats of a save. */
const keptAnswers = 500;
const keptConflicts = 20;
/** The newest automatic revisions are kept one and all; then every tenth, and in the long run every hundredth. */
const thinning: readonly { readonly age: number; readonly every: number }[] = [
  { age: 20, every: 10 },
  { age: 200, every: 100 },
];

const saveTables: readonly TableName[] = ['projects', 'revisions', 'states', 'saves', 'usage', 'assets', 'history'];

type Sort = NonNullable<ProjectQuery['sort']>;
const orders: Readonly<Record<Sort, { readonly direction: 1 | -1; readonly of: (project: ProjectSummary) => string }>> =
  {
    recent: { direction: -1, of: (project) => project.updatedAt },
    oldest: { direction: 1, of: (project) => project.createdAt },
    title: { direction: 1, of: (project) => sortableText(project.title) },
  };

interface Saved {
  readonly answer: SaveAnswer;
  /** Null when nothing was written. */
  readonly headRev: number | null;
  readonly touchedAssets: readonly string[];
}

const nothingSaved = (answerGiven: SaveAnswer): Saved => ({ answer: answerGiven, headRev: null, touchedAssets: [] });

export class LocalProjects implements ProjectsPort {
  readonly #context: LocalContext;
  readonly #notices: Notices<ProjectNotice>;
  readonly #assetNotices: Notices<AssetNotice>;

  constructor(context: LocalContext, notices: Notices<ProjectNotice>, assetNotices: Notices<AssetNotice>) {
    this.#context = context;
    this.#notices = notices;
    this.#assetNotices = assetNotices;
  }

  async list(query: ProjectQuery, options?: CallOptions): Promise<Page<ProjectSummary>> {
    return answer(this.#context, options, async ({ records }) => {
      const sort = query.sort ?? 'recent';
      const limit = pageSize(query.limit, 60, 500);
      const after = query.cursor ? decodeCursor(sort, query.cursor) : null;
      const rows = await records.read(['projects'], (view) => view.select('projects'));
      const compare = comparePlaces(orders[sort].direction);
      const found = rows
        .map(({ summary }) => summary)
        .filter(matching(query))
        .map((project): { place: Place; project: ProjectSummary } => ({
          place: { value: orders[sort].of(project), id: project.id },
          project,
        }))
        .sort((a, b) => compare(a.place, b.place));
      const rest = after === null ? found : found.filter(({ place }) => compare(place, after) > 0);
      const last = rest[limit - 1];
      return {
        items: rest.slice(0, limit).map(({ project }) => project),
        nextCursor: last && rest.length > limit ? encodeCursor(sort, last.place) : null,
        total: found.length,
      };
    });
  }

  async open(id: string, options?: CallOptions): Promise<OpenedProject> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['projects', 'states'], async (view) => {
        const { summary } = await present(view, id);
        return opened(view, summary, summary.rev);
      }),
    );
  }

  async save(request: SaveRequest, options?: SaveOptions): Promise<SaveAnswer> {
    return answer(this.#context, options, async ({ records, guest }) => {
      if ((options?.asUserId ?? guest.userId) !== guest.userId) throw new LecternError('unauthenticated');
      const given = parseInput(saveRequestSchema, request);
      const scribe = scribeOf(this.#context, guest);
      const saved = await records.write(saveTables, (view) => this.#save(view, given, scribe), {
        signal: options?.signal,
      });
      if (saved.headRev !== null) {
        this.#tell(given.projectId, saved.headRev, saved.touchedAssets);
      }
      return saved.answer;
    });
  }

  async describe(id: string, details: ProjectDetails, options?: CallOptions): Promise<ProjectSummary> {
    return this.#change(id, options, async (view, scribe) => {
      const fields = parseInput(projectDetailsSchema, details);
      const row = await present(view, id);
      const summary: ProjectSummary = { ...row.summary, ...fields, updatedAt: this.#context.now().toISOString() };
      await view.put('projects', { ...row, summary });
      const renamed = summary.title !== row.summary.title;
      return { summary, touchedAssets: renamed ? await this.#useAssets(view, summary, row.assetIds, scribe) : [] };
    });
  }

  async remove(id: string, options?: CallOptions): Promise<void> {
    await this.#change(id, options, async (view, scribe) => {
      const row = await existing(view, id);
      if (row.summary.deletedAt !== null) return { summary: row.summary, touchedAssets: [] };
      const summary: ProjectSummary = { ...row.summary, deletedAt: this.#context.now().toISOString() };
      await view.put('projects', { ...row, summary });
      return { summary, touchedAssets: await this.#useAssets(view, summary, [], scribe) };
    });
  }

  async restore(id: string, options?: CallOptions): Promise<ProjectSummary> {
    return this.#change(id, options, async (view, scribe) => {
      const row = await existing(view, id);
      const summary: ProjectSummary = { ...row.summary, deletedAt: null };
      await view.put('projects', { ...row, summary });
      return { summary, touchedAssets: await this.#useAssets(view, summary, row.assetIds, scribe) };
    });
  }

  async revisions(id: string, options?: CallOptions): Promise<readonly ProjectRevision[]> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['projects', 'revisions'], async (view) => {
        await present(view, id);
        const rows = await view.select('revisions', { index: 'byOrder', startsWith: id });
        return rows.map(({ revision }) => revision).reverse();
      }),
    );
  }

  async openRevision(id: string, rev: number, options?: CallOptions): Promise<OpenedProject> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['projects', 'states'], async (view) => opened(view, (await present(view, id)).summary, rev)),
    );
  }

  subscribe(listener: (notice: ProjectNotice) => void): Unsubscribe {
    return this.#notices.subscribe(listener);
  }

  /** The save function: see `ProjectsPort`. */
  async #save(view: WriteView, request: SaveRequest, scribe: Scribe): Promise<Saved> {
    const { author, at } = scribe;
    const known = await view.get('saves', request.saveId);
    if (known) return nothingSaved(known.answer);

    const row = await view.get('projects', request.projectId);
    if (row ? row.summary.deletedAt !== null : request.baseRev > 0) return nothingSaved({ outcome: 'gone' });
    if (row && request.schemaVersion < row.schemaVersion) return nothingSaved({ outcome: 'too-new' });
    if (row && request.baseRev !== row.summary.rev) return this.#keepConflict(view, row, request, scribe);

    const rev = request.baseRev + 1;
    const summary: ProjectSummary = {
      ...(row?.summary ?? newSummary(request, author, at)),
      rev,
      contentHash: request.hash,
      totalFrames: request.totalFrames,
      durationSeconds: request.durationSeconds,
      updatedAt: at,
    };
    const saveCount = (row?.saveCount ?? 0) + 1;
    const { schemaVersion, assetIds } = request;
    const conflictCount = row?.conflictCount ?? 0;
    await view.put('projects', { summary, schemaVersion, assetIds, saveCount, conflictCount });
    const given: SaveAnswer = { outcome: 'ok', rev };
    await this.#record(view, request, { author, rev, order: saveCount, kind: request.kind, at, answer: given });
    await thin(view, request.projectId, rev);
    return { answer: given, headRev: rev, touchedAssets: await this.#useAssets(view, summary, assetIds, scribe) };
  }

  /** The head stays; what came in is kept under a negative number, which no head ever has. */
  async #keepConflict(view: WriteView, row: ProjectRow, request: SaveRequest, { author, at }: Scribe): Promise<Saved> {
    const { summary } = row;
    const head = await view.get('revisions', [summary.id, summary.rev]);
    const conflictCount = row.conflictCount + 1;
    const saveCount = row.saveCount + 1;
    const keptAs = -conflictCount;
    const given: SaveAnswer = {
      outcome: 'conflict',
      headRev: summary.rev,
      headAuthor: head?.revision.author ?? summary.ownerId,
      headAt: head?.revision.createdAt ?? summary.updatedAt,
      headHash: summary.contentHash,
      keptAs,
    };
    await view.put('projects', { ...row, conflictCount, saveCount });
    await this.#record(view, request, { author, rev: keptAs, order: saveCount, kind: 'conflict', at, answer: given });
    await forget(view, summary.id, keptAs + keptConflicts);
    return { answer: given, headRev: summary.rev, touchedAssets: [] };
  }

  async #record(
    view: WriteView,
    request: SaveRequest,
    made: {
      readonly author: string;
      readonly rev: number;
      readonly order: number;
      readonly kind: ProjectRevision['kind'];
      readonly at: string;
      readonly answer: SaveAnswer;
    },
  ): Promise<void> {
    const { projectId, saveId, schemaVersion, state } = request;
    const { rev, order } = made;
    await view.put('revisions', {
      projectId,
      rev,
      order,
      revision: {
        projectId,
        rev,
        parentRev: request.baseRev,
        saveId,
        author: made.author,
        kind: made.kind,
        contentHash: request.hash,
        createdAt: made.at,
      },
    });
    await view.put('states', { projectId, rev, schemaVersion, state });
    await view.put('saves', { saveId, projectId, order, answer: made.answer });
    const [old] = await view.select('saves', { index: 'byOrder', equals: [projectId, order - keptAnswers] });
    if (old) await view.delete('saves', old.saveId);
  }

  /** Assets that were removed or never here are passed over: a save must not fail for them. */
  async #useAssets(
    view: WriteView,
    project: ProjectSummary,
    assetIds: readonly string[],
    scribe: Scribe,
  ): Promise<readonly string[]> {
    return setUsage(view, { resourceType: 'project', resourceId: project.id, label: project.title }, assetIds, scribe);
  }

  async #change(
    id: string,
    options: CallOptions | undefined,
    edit: (
      view: WriteView,
      scribe: Scribe,
    ) => Promise<{ readonly summary: ProjectSummary; readonly touchedAssets: readonly string[] }>,
  ): Promise<ProjectSummary> {
    return answer(this.#context, options, async ({ records, guest }) => {
      const scribe = scribeOf(this.#context, guest);
      const changed = await records.write(['projects', 'usage', 'assets', 'history'], (view) => edit(view, scribe), {
        signal: options?.signal,
      });
      this.#tell(id, changed.summary.rev, changed.touchedAssets);
      return changed.summary;
    });
  }

  #tell(projectId: string, rev: number, assetIds: readonly string[]): void {
    this.#notices.send({ type: 'project-changed', projectId, rev });
    if (assetIds.length > 0) this.#assetNotices.send({ type: 'assets-changed', ids: assetIds });
  }
}

function newSummary(request: SaveRequest, ownerId: string, at: string): ProjectSummary {
  return {
    id: request.projectId,
    ownerId,
    title: normaliseAssetName(request.title ?? ''),
    description: request.description ?? '',
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

function matching(query: ProjectQuery): (project: ProjectSummary) => boolean {
  const search = foldText((query.search ?? '').trim());
  return (project) =>
    (project.deletedAt !== null) === (query.deleted === true) &&
    (query.state === undefined || project.isDraft === (query.state === 'draft')) &&
    (search === '' || foldText(`${project.title}\n${project.description}`).includes(search));
}

async function existing(view: ReadView, id: string): Promise<ProjectRow> {
  const row = await view.get('projects', id);
  if (!row) throw notFound('project', id);
  return row;
}

async function present(view: ReadView, id: string): Promise<ProjectRow> {
  const row = await existing(view, id);
  if (row.summary.deletedAt !== null) throw notFound('project', id);
  return row;
}

async function opened(view: ReadView, project: ProjectSummary, rev: number): Promise<OpenedProject> {
  const row = await view.get('states', [project.id, rev]);
  if (!row) throw notFound('revision', `${project.id}@${String(rev)}`);
  return { project, schemaVersion: row.schemaVersion, state: row.state };
}

async function forget(view: WriteView, projectId: string, rev: number): Promise<void> {
  await view.delete('revisions', [projectId, rev]);
  await view.delete('states', [projectId, rev]);
}

/** Looks at the two revisions that have just come of age, so that no save has much to do. */
async function thin(view: WriteView, projectId: string, headRev: number): Promise<void> {
  for (const { age, every } of thinning) {
    const rev = headRev - age;
    if (rev <= 1 || rev % every === 0) continue;
    const row = await view.get('revisions', [projectId, rev]);
    if (row?.revision.kind === 'auto') await forget(view, projectId, rev);
  }
}
