import {
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
  type SaveKind,
  type SaveOptions,
  type SaveRequest,
  saveRequestSchema,
  type StoredTimelineJson,
  toLecternError,
  type Unsubscribe,
} from '@lectern/ports';
import { decodeCursor, encodeCursor, pageSize, time } from './asset-rows.js';
import { answer, type SupabaseContext } from './context.js';
import { fromRest, isUuid, notFound, requireUuid, retryAfterOf, TokenRefused } from './errors.js';

const summaryColumns =
  'id,owner_id,title,description,is_draft,rev,content_hash,total_frames,duration_seconds,poster_key,last_export_id,' +
  'created_at,updated_at,deleted_at';

interface ProjectRow {
  readonly id: string;
  readonly owner_id: string;
  readonly title: string;
  readonly description: string;
  readonly is_draft: boolean;
  readonly rev: number;
  readonly content_hash: string;
  readonly total_frames: number;
  readonly duration_seconds: number;
  readonly poster_key: string | null;
  readonly last_export_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

interface DocumentRow {
  readonly schema_version: number;
  readonly timeline_state: StoredTimelineJson;
}

/** A request that outlives its page may carry no more, in bytes, with all others of the page. */
const keepaliveLimit = 60_000;
const revisionsPerRequest = 1000;

export class SupabaseProjects implements ProjectsPort {
  readonly #context: SupabaseContext;
  /** What each project of this page used when it was saved last; unknown before. */
  readonly #usedAssets = new Map<string, ReadonlySet<string>>();

  constructor(context: SupabaseContext) {
    this.#context = context;
  }

  async list(query: ProjectQuery, options?: CallOptions): Promise<Page<ProjectSummary>> {
    return answer(options, async () => {
      const sort = query.sort ?? 'recent';
      const args = {
        p_search: query.search ?? null,
        p_draft: query.state === undefined ? null : query.state === 'draft',
        p_deleted: query.deleted ?? false,
        p_sort: sort,
        p_limit: pageSize(query.limit),
        p_after: decodeCursor(sort, query.cursor),
      };
      const page = (await this.#context.connection.call('list_projects', args, options)) as {
        readonly items: readonly ProjectRow[];
        readonly next: unknown;
        readonly total: number;
      };
      return { items: page.items.map(summaryOf), nextCursor: encodeCursor(sort, page.next), total: page.total };
    });
  }

  async open(id: string, options?: CallOptions): Promise<OpenedProject> {
    return answer(options, async () => {
      const row = await this.#row<ProjectRow & DocumentRow>(
        id,
        `${summaryColumns},schema_version,timeline_state`,
        options,
      );
      return openedOf(summaryOf(row), row);
    });
  }

  async save(request: SaveRequest, options?: SaveOptions): Promise<SaveAnswer> {
    return answer(options, async () => {
      const keepalive = options?.keepalive === true ? this.#saveFromGoingPage(request, options) : null;
      if (keepalive) return keepalive;
      const { identity } = await this.#context.connection.session(options);
      checkUser(identity.userId, options?.asUserId);
      const args = saveArguments(request, options?.asUserId);
      return this.#saved(request, await this.#context.connection.call('save_studio_project', args, options));
    });
  }

  async describe(id: string, details: ProjectDetails, options?: CallOptions): Promise<ProjectSummary> {
    const given = { ...details };
    return answer(options, async () => {
      const { title, description, posterKey, lastExportId, isDraft } = parseInput(projectDetailsSchema, given);
      requireUuid('id', id);
      const columns = {
        ...(title !== undefined && { title: normaliseAssetName(title) }),
        ...(description !== undefined && { description }),
        ...(posterKey !== undefined && { poster_key: posterKey }),
        ...(lastExportId !== undefined && { last_export_id: lastExportId }),
        ...(isDraft !== undefined && { is_draft: isDraft }),
      };
      if (Object.keys(columns).length === 0) {
        return summaryOf(await this.#row<ProjectRow>(id, summaryColumns, options));
      }
      return this.#write(id, columns, { present: true, touchesUsage: title !== undefined }, options);
    });
  }

  async remove(id: string, options?: CallOptions): Promise<void> {
    await answer(options, () => {
      requireUuid('id', id);
      // A wish: the server puts its own time there.
      const columns = { deleted_at: new Date().toISOString() };
      return this.#write(id, columns, { present: false, touchesUsage: true }, options);
    });
  }

  async restore(id: string, options?: CallOptions): Promise<ProjectSummary> {
    return answer(options, () => {
      requireUuid('id', id);
      return this.#write(id, { deleted_at: null }, { present: false, touchesUsage: true }, options);
    });
  }

  async revisions(id: string, options?: CallOptions): Promise<readonly ProjectRevision[]> {
    return answer(options, async () => {
      await this.#row(id, 'id', options);
      const revisions: ProjectRevision[] = [];
      let before: number | null = null;
      for (;;) {
        const rows = await this.#revisionRows(id, before, options);
        revisions.push(...rows.map(revisionOf));
        if (rows.length < revisionsPerRequest) return revisions;
        before = rows.at(-1)?.save_number ?? 0;
      }
    });
  }

  async openRevision(id: string, rev: number, options?: CallOptions): Promise<OpenedProject> {
    return answer(options, async () => {
      const project = summaryOf(await this.#row<ProjectRow>(id, summaryColumns, options));
      if (!Number.isSafeInteger(rev)) throw notFound('revision', `${id}@${String(rev)}`);
      const { data } = await this.#context.connection.rest(options, (client) =>
        client
          .from('studio_project_revisions')
          .select('schema_version,timeline_state')
          .eq('project_id', id)
          .eq('rev', rev),
      );
      const [row] = data as readonly DocumentRow[];
      if (!row) throw notFound('revision', `${id}@${String(rev)}`);
      return openedOf(project, row);
    });
  }

  subscribe(listener: (notice: ProjectNotice) => void): Unsubscribe {
    return this.#context.projectNotices.subscribe(listener);
  }

  /** The row of a project that isn't removed. @throws `not-found` */
  async #row<Row>(id: string, columns: string, options: CallOptions | undefined): Promise<Row> {
    if (!isUuid(id)) throw notFound('project', id);
    const { data } = await this.#context.connection.rest(options, (client) =>
      client.from('studio_projects').select(columns).eq('id', id).is('deleted_at', null),
    );
    const [row] = data as readonly Row[];
    if (!row) throw notFound('project', id);
    return row;
  }

  async #revisionRows(
    id: string,
    before: number | null,
    options: CallOptions | undefined,
  ): Promise<readonly RevisionRow[]> {
    const { data } = await this.#context.connection.rest(options, (client) => {
      const select = client.from('studio_project_revisions').select(revisionColumns).eq('project_id', id);
      return (before === null ? select : select.lt('save_number', before))
        .order('save_number', { ascending: false })
        .limit(revisionsPerRequest);
    });
    return data as readonly RevisionRow[];
  }

  async #write(
    id: string,
    columns: Readonly<Record<string, unknown>>,
    { present, touchesUsage }: { readonly present: boolean; readonly touchesUsage: boolean },
    options: CallOptions | undefined,
  ): Promise<ProjectSummary> {
    const { data } = await this.#context.connection.rest(options, (client) => {
      const update = client.from('studio_projects').update(columns).eq('id', id);
      return (present ? update.is('deleted_at', null) : update).select(summaryColumns);
    });
    const [row] = data as readonly ProjectRow[];
    if (!row) throw notFound('project', id);
    this.#tell(id, row.rev);
    if (touchesUsage) this.#context.assetNotices.send({ type: 'assets-changed', ids: [] });
    return summaryOf(row);
  }

  /**
   * supabase-js can't make a request that outlives its page, and nothing may be awaited before it is on its way: the
   * session is the one that was seen last. Null where that can't be done; then it is an ordinary save.
   */
  #saveFromGoingPage(request: SaveRequest, options: SaveOptions): Promise<SaveAnswer> | null {
    const { connection } = this.#context;
    const session = connection.lastSession();
    const addresses = connection.addresses();
    if (!session || !addresses) return null;
    checkUser(session.identity.userId, options.asUserId);
    const body = JSON.stringify(saveArguments(request, options.asUserId));
    if (new TextEncoder().encode(body).length > keepaliveLimit) return null;
    const sent = fetch(`${addresses.rest}/rpc/save_studio_project`, {
      method: 'POST',
      keepalive: true,
      headers: {
        apikey: addresses.key,
        authorization: `Bearer ${session.token}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body,
      ...(options.signal && { signal: options.signal }),
    });
    return this.#answeredToGoingPage(sent, request, options);
  }

  async #answeredToGoingPage(sent: Promise<Response>, request: SaveRequest, options: SaveOptions): Promise<SaveAnswer> {
    let response: Response;
    let text: string;
    try {
      response = await sent;
      text = await response.text();
    } catch (error) {
      throw options.signal?.aborted === true ? new LecternError('aborted') : toLecternError(error, 'offline');
    }
    if (response.ok) return this.#saved(request, JSON.parse(text));
    const failure = failureIn(text, response);
    // The page is still there, after all: it is asked again in the ordinary way, with a new token.
    if (failure instanceof TokenRefused) return this.save(request, { ...options, keepalive: false });
    throw failure;
  }

  #saved(request: SaveRequest, answered: unknown): SaveAnswer {
    const given = answerOf(answered);
    if (given.outcome === 'ok') {
      this.#context.echoes.expect(`${request.projectId} ${String(given.rev)}`);
      this.#tell(request.projectId, given.rev);
      this.#tellUsage(request);
    } else if (given.outcome === 'conflict') this.#tell(request.projectId, given.headRev);
    return given;
  }

  /** Saving comes every few seconds: the library hears of it only when other assets are used than before. */
  #tellUsage({ projectId, assetIds }: SaveRequest): void {
    const used = new Set(assetIds);
    const before = this.#usedAssets.get(projectId);
    this.#usedAssets.set(projectId, used);
    const changed = [...used]
      .filter((id) => !before?.has(id))
      .concat([...(before ?? [])].filter((id) => !used.has(id)));
    if (before && changed.length === 0) return;
    this.#context.assetNotices.send({ type: 'assets-changed', ids: before ? changed : [] });
  }

  #tell(projectId: string, rev: number): void {
    this.#context.projectNotices.send({ type: 'project-changed', projectId, rev });
  }
}

function checkUser(userId: string, asUserId: string | undefined): void {
  if (asUserId !== undefined && asUserId !== userId) {
    throw new LecternError('unauthenticated', { message: 'Somebody else is signed in by now' });
  }
}

function saveArguments(request: SaveRequest, asUserId: string | undefined): Readonly<Record<string, unknown>> {
  const given = parseInput(saveRequestSchema, request);
  requireUuid('projectId', given.projectId);
  requireUuid('saveId', given.saveId);
  return {
    p_id: given.projectId,
    p_base_rev: given.baseRev,
    p_save_id: given.saveId,
    p_schema_version: given.schemaVersion,
    p_hash: given.hash,
    p_state: given.state,
    p_kind: given.kind,
    p_total_frames: given.totalFrames,
    p_duration_seconds: given.durationSeconds,
    p_asset_ids: given.assetIds,
    p_title: given.title === undefined ? null : normaliseAssetName(given.title),
    p_description: given.description ?? null,
    p_as_user: asUserId ?? null,
  };
}

function answerOf(answered: unknown): SaveAnswer {
  const given = answered as {
    readonly outcome: SaveAnswer['outcome'];
    readonly rev: number;
    readonly head_rev: number;
    readonly head_author: string;
    readonly head_at: string;
    readonly head_hash: string;
    readonly kept_as: number;
  };
  switch (given.outcome) {
    case 'ok':
      return { outcome: 'ok', rev: given.rev };
    case 'conflict':
      return {
        outcome: 'conflict',
        headRev: given.head_rev,
        headAuthor: given.head_author,
        headAt: time(given.head_at),
        headHash: given.head_hash,
        keptAs: given.kept_as,
      };
    default:
      return { outcome: given.outcome };
  }
}

function failureIn(text: string, response: Response): LecternError {
  let body: { readonly message?: string; readonly code?: string; readonly details?: string; readonly hint?: string } =
    {};
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    // A proxy's own page.
  }
  return fromRest({
    ...body,
    message: body.message ?? text.slice(0, 500),
    status: response.status,
    retryAfterMs: retryAfterOf(response.headers.get('retry-after')),
  });
}

const revisionColumns = 'project_id,rev,parent_rev,save_id,author,kind,content_hash,created_at,save_number';

interface RevisionRow {
  readonly project_id: string;
  readonly rev: number;
  readonly parent_rev: number;
  readonly save_id: string;
  readonly author: string;
  readonly kind: SaveKind;
  readonly content_hash: string;
  readonly created_at: string;
  readonly save_number: number;
}

function revisionOf(row: RevisionRow): ProjectRevision {
  return {
    projectId: row.project_id,
    rev: row.rev,
    parentRev: row.parent_rev,
    saveId: row.save_id,
    author: row.author,
    kind: row.kind,
    contentHash: row.content_hash,
    createdAt: time(row.created_at),
  };
}

function openedOf(project: ProjectSummary, row: DocumentRow): OpenedProject {
  return { project, schemaVersion: row.schema_version, state: row.timeline_state };
}

function summaryOf(row: ProjectRow): ProjectSummary {
  return {
    id: row.id,
    ownerId: row.owner_id,
    title: row.title,
    description: row.description,
    isDraft: row.is_draft,
    rev: row.rev,
    contentHash: row.content_hash,
    totalFrames: row.total_frames,
    durationSeconds: row.duration_seconds,
    posterKey: row.poster_key,
    lastExportId: row.last_export_id,
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
    deletedAt: row.deleted_at === null ? null : time(row.deleted_at),
  };
}
