import type { RealtimeChannel } from '@supabase/supabase-js';
import type { SupabaseContext } from './context.js';
import type { Session } from './session.js';
import { operationColumns, type OperationRow, type SupabaseOperations } from './operations.js';

type Row = Readonly<Record<string, unknown>> & { readonly id: string; readonly updated_at: string };

interface Table {
  readonly name: string;
  readonly columns: string;
  /** Whether anybody wants to hear of it. */
  readonly isHeard: () => boolean;
  /** One row that changed. */
  readonly tell: (row: Row) => void;
  /** Anything may have changed. */
  readonly tellAll: (session: Session) => Promise<void>;
}

/** How far back a poll looks beyond what it saw: a transaction's time is its beginning, and it is seen at its end. */
const overlapMs = 10_000;
const rowsPerPoll = 200;
/** Projects and operations that are told of when anything may have changed. */
const latest = 50;

export interface ChangeFeedOptions {
  /** How often is asked while the socket is down. Milliseconds. */
  readonly pollMs: number;
}

/**
 * What other tabs and devices change. One channel for a page, open while anybody listens; while the socket is down, the
 * rows that changed since the last look are asked for instead. After every gap everything is told anew. Nothing waits
 * for events of deletions: rows of published tables are marked and never deleted.
 */
export class ChangeFeed {
  readonly #context: SupabaseContext;
  readonly #operations: SupabaseOperations;
  readonly #options: ChangeFeedOptions;
  readonly #tables: readonly Table[];
  readonly #marks = new Map<string, { readonly at: string; readonly seen: ReadonlySet<string> }>();
  #projects: ReadonlyMap<string, string> | null = null;
  #open: { userId: string; channel: RealtimeChannel | null } | null = null;
  #live = false;
  #opening = false;
  #polling = false;
  #disposed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(context: SupabaseContext, operations: SupabaseOperations, options: ChangeFeedOptions) {
    this.#context = context;
    this.#operations = operations;
    this.#options = options;
    this.#tables = this.#describeTables();
  }

  /** Opens or closes, as there are listeners or none. */
  update(): void {
    const isHeard = !this.#disposed && this.#tables.some((table) => table.isHeard());
    if (isHeard && !this.#stopWatching) {
      this.#stopWatching = this.#context.connection.watch((identity) => {
        if (identity?.userId !== this.#open?.userId) void this.#reopen();
      });
      void this.#tryOpening();
      this.#schedule();
    } else if (!isHeard && this.#stopWatching) {
      this.#stopWatching();
      this.#stopWatching = undefined;
      void this.#close();
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    await this.#close();
  }

  async #reopen(): Promise<void> {
    await this.#close();
    if (!this.#stopWatching) return;
    await this.#tryOpening();
    this.#schedule();
  }

  async #tryOpening(): Promise<void> {
    if (this.#opening || this.#open?.channel) return;
    this.#opening = true;
    try {
      const { connection } = this.#context;
      const { identity } = await connection.session();
      const client = await connection.client();
      // Whoever joins before the token is there would join as nobody.
      await client.realtime.setAuth();
      if (!this.#stopWatching) return;
      const channel = client.channel(`lectern-${crypto.randomUUID()}`);
      const opened = { userId: identity.userId, channel };
      this.#open = opened;
      for (const table of this.#tables) {
        const filter = `owner_id=eq.${identity.userId}`;
        channel.on<Row>('postgres_changes', { event: '*', schema: 'public', table: table.name, filter }, (event) => {
          if (event.eventType !== 'DELETE' && table.isHeard()) table.tell(event.new);
        });
      }
      channel.on('system', {}, (message: { readonly extension?: string; readonly status?: string }) => {
        // Joining is answered before the database is listened to.
        if (message.extension === 'postgres_changes' && message.status === 'ok') void this.#tellAll();
      });
      channel.subscribe((status: string) => {
        if (this.#open !== opened) return;
        if (status === 'SUBSCRIBED') this.#wentLive();
        else this.#wentDown(status === 'CLOSED');
      });
    } catch {
      // Nobody is signed in, nobody can be reached, or there are no sockets here: asking goes on.
      this.#wentDown(true);
    } finally {
      this.#opening = false;
    }
  }

  #wentLive(): void {
    this.#live = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#tellAll();
  }

  #wentDown(isClosed: boolean): void {
    if (this.#live) {
      // Nobody knows since when nothing was heard: the first look tells everything.
      this.#live = false;
      this.#marks.clear();
      this.#projects = null;
    }
    if (isClosed && this.#open) {
      const { channel } = this.#open;
      this.#open = { ...this.#open, channel: null };
      if (channel) void this.#leave(channel);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#live || !this.#stopWatching) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#poll().finally(() => {
        this.#schedule();
      });
    }, this.#options.pollMs);
  }

  async #poll(): Promise<void> {
    if (this.#polling || this.#live) return;
    this.#polling = true;
    try {
      const session = await this.#context.connection.session();
      for (const table of this.#tables.filter(({ isHeard }) => isHeard())) await this.#pollTable(table, session);
    } catch {
      // The next look sees what this one couldn't.
    } finally {
      this.#polling = false;
    }
    // The library tries by itself to join again; a channel that was closed for good is made anew.
    if (!this.#open?.channel) await this.#tryOpening();
  }

  async #pollTable(table: Table, session: Session): Promise<void> {
    if (table.name === 'studio_projects') return this.#pollProjects(session);
    const mark = this.#marks.get(table.name);
    const { data } = await this.#context.connection.rest(undefined, (client, { identity }) => {
      const select = client.from(table.name).select(table.columns).eq('owner_id', identity.userId);
      const since = mark && new Date(Date.parse(mark.at) - overlapMs).toISOString();
      return (since === undefined ? select : select.gt('updated_at', since))
        .order('updated_at', { ascending: false })
        .limit(since === undefined ? 1 : rowsPerPoll);
    });
    // A look that began before the socket was there is no mark to go on from after it.
    if (this.#live) return;
    const rows = data as readonly Row[];
    const nameOf = ({ id, updated_at: at }: Row): string => `${id} ${at}`;
    const at = rows[0]?.updated_at ?? mark?.at ?? new Date(0).toISOString();
    this.#marks.set(table.name, { at, seen: new Set(rows.map(nameOf)) });
    // The first look, and one that doesn't reach back to the last: anything may have changed.
    if (!mark || rows.length === rowsPerPoll) await table.tellAll(session);
    else for (const row of rows.toReversed()) if (!mark.seen.has(nameOf(row))) table.tell(row);
  }

  /** Removing a project doesn't make it the latest, so what is looked at is how each of them stands. */
  async #pollProjects(session: Session): Promise<void> {
    const before = this.#projects;
    const rows = await this.#projectRows(session, 500);
    if (this.#live) return;
    this.#projects = new Map(rows.map((row) => [row.id, stateOf(row)]));
    const { projectNotices } = this.#context;
    const changed = before ? rows.filter((row) => before.get(row.id) !== stateOf(row)) : rows.slice(0, latest);
    for (const { id: projectId, rev } of changed) projectNotices.send({ type: 'project-changed', projectId, rev });
  }

  async #projectRows(
    { identity }: Session,
    limit: number,
  ): Promise<
    readonly {
      readonly id: string;
      readonly rev: number;
      readonly updated_at: string;
      readonly deleted_at: string | null;
    }[]
  > {
    const { data } = await this.#context.connection.rest(undefined, (client) =>
      client
        .from('studio_projects')
        .select('id,rev,updated_at,deleted_at')
        .eq('owner_id', identity.userId)
        .order('updated_at', { ascending: false })
        .limit(limit),
    );
    return data as never;
  }

  async #tellAll(): Promise<void> {
    try {
      const session = await this.#context.connection.session();
      await Promise.all(this.#tables.filter(({ isHeard }) => isHeard()).map((table) => table.tellAll(session)));
    } catch {
      // Whoever reads next hears of it themselves.
    }
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#live = false;
    this.#marks.clear();
    this.#projects = null;
    const channel = this.#open?.channel;
    this.#open = null;
    if (channel) await this.#leave(channel);
  }

  async #leave(channel: RealtimeChannel): Promise<void> {
    try {
      await (await this.#context.connection.client()).removeChannel(channel);
    } catch {
      // It is gone already.
    }
  }

  #describeTables(): readonly Table[] {
    const { assetNotices, projectNotices, courseNotices, operationNotices, echoes } = this.#context;
    const assets = (...ids: readonly string[]): void => {
      assetNotices.send({ type: 'assets-changed', ids });
    };
    const courses = (): void => {
      courseNotices.send(undefined);
    };
    const isOfCourses = (): boolean => courseNotices.isHeard || assetNotices.isHeard;
    const ofCourses = { columns: 'id,updated_at', isHeard: isOfCourses, tell: courses, tellAll: async () => courses() };
    return [
      {
        name: 'media_files',
        columns: 'id,updated_at',
        isHeard: () => assetNotices.isHeard,
        tell: ({ id, updated_at: at }) => {
          if (!echoes.isEcho(`${id} ${at}`)) assets(id);
        },
        tellAll: async () => {
          assets();
        },
      },
      {
        name: 'studio_projects',
        columns: '',
        isHeard: () => projectNotices.isHeard || assetNotices.isHeard,
        tell: ({ id, rev }) => {
          if (echoes.isEcho(`${id} ${String(rev)}`)) return;
          projectNotices.send({ type: 'project-changed', projectId: id, rev: Number(rev) });
        },
        tellAll: async (session) => {
          for (const { id, rev } of await this.#projectRows(session, latest)) {
            projectNotices.send({ type: 'project-changed', projectId: id, rev });
          }
        },
      },
      { name: 'courses', ...ofCourses },
      { name: 'chapters', ...ofCourses },
      {
        name: 'chapter_items',
        ...ofCourses,
        columns: 'id,updated_at,asset_id',
        tell: ({ asset_id: assetId }) => {
          courses();
          if (typeof assetId === 'string') assets(assetId);
        },
      },
      {
        name: 'media_operations',
        columns: operationColumns,
        isHeard: () => operationNotices.isHeard,
        tell: (row) => void this.#operations.heard(row),
        tellAll: async ({ identity }) => {
          const { data } = await this.#context.connection.rest(undefined, (client) =>
            client
              .from('media_operations')
              .select(operationColumns)
              .eq('owner_id', identity.userId)
              .eq('status', 'running')
              .order('created_at', { ascending: false })
              .limit(latest),
          );
          for (const row of data as readonly OperationRow[]) void this.#operations.heard(row);
        },
      },
    ];
  }
}

const stateOf = (row: {
  readonly rev: number;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}): string => `${String(row.rev)} ${row.updated_at} ${row.deleted_at ?? ''}`;
