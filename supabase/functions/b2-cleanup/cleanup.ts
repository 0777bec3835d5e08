/**
 * Clears away what nobody needs, once a day, with the key that may delete. Each step can be repeated and stands for
 * itself: a run that dies in the middle leaves nothing that the next one doesn't find.
 */
import { ObjectStore } from '../_shared/object-store.ts';
import type { StoreConfig, StoredVersion } from '../_shared/object-store.ts';
import { ProjectApi } from '../_shared/project-api.ts';
import type { ProjectConfig } from '../_shared/project-api.ts';
import { Refusal } from '../_shared/refusal.ts';

export interface CleanupConfig {
  readonly project: ProjectConfig;
  /** With a key that may list, write (to give up unfinished uploads) and delete. */
  readonly store: StoreConfig;
  /** Assets in the trash for longer go for good, in days. Default: 30. */
  readonly trashDays?: number;
  /** Bytes that nothing has referred to for longer go, in hours; at least 1. Default: 24. */
  readonly graceHours?: number;
  /** After so many seconds nothing new is begun; the next run goes on. Default: 100. */
  readonly budget?: number;
  /** How long one call of store or project may take, in milliseconds. Default: 20,000. */
  readonly patience?: number;
  /** The time in milliseconds. Default: the clock's. */
  readonly now?: () => number;
}

export interface CleanupReport {
  /** Reservations nobody came back for. */
  readonly expiredUploads: number;
  /** Assets that went for good. */
  readonly purgedAssets: number;
  /** Bytes that nothing referred to, by their rows. */
  readonly forgottenBlobs: number;
  /** Unfinished uploads in the store whose reservation is gone. */
  readonly abortedUploads: number;
  /** Objects that no row knows of. */
  readonly orphanedObjects: number;
  /** False when time ran out: the next run goes on. */
  readonly complete: boolean;
  /** One line for each step that failed. */
  readonly failures: readonly string[];
}

/** How many names are asked for at once: an address holds some kilobytes. */
const NAMES_AT_ONCE = 50;
/** An unfinished upload whose reservation names another one, in milliseconds: they may have been begun at once. */
const TWIN_GRACE = 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;
/** The names that the database makes. Whatever else lies in the bucket is none of ours. */
const OBJECT_NAME = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\/){2}[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const DIGITS = Array.from({ length: 16 }, (_, digit) => digit.toString(16));

function inGroups<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export async function cleanUp(config: CleanupConfig): Promise<CleanupReport> {
  const { trashDays = 30, graceHours = 24, budget = 100, patience = 20_000, now = Date.now } = config;
  const project = new ProjectApi(config.project, patience);
  const store = new ObjectStore(config.store, { now, patience });
  const end = performance.now() + budget * 1000;
  const isLate = (): boolean => performance.now() > end;
  const counts = { expiredUploads: 0, purgedAssets: 0, forgottenBlobs: 0, abortedUploads: 0, orphanedObjects: 0 };
  const failures: string[] = [];

  async function keepHouse(): Promise<void> {
    const { expired_uploads: expired } = await project.call<{ readonly expired_uploads: number }>(
      'keep_house',
      {},
      'service',
    );
    counts.expiredUploads = expired;
  }

  async function purgeAssets(): Promise<void> {
    while (!isLate()) {
      const args = { p_days: trashDays, p_limit: 100 };
      const candidates = await project.call<readonly { readonly id: string }[]>('purge_candidates', args, 'service');
      if (candidates.length === 0) return;
      const ids = candidates.map(({ id }) => id);
      const purged = await project.call<readonly string[]>('purge_media', { p_ids: ids, p_days: trashDays }, 'service');
      counts.purgedAssets += purged.length;
      // What came back into use meanwhile stays.
      if (purged.length === 0) return;
    }
  }

  /** Those of some names that were really forgotten: what is referred to again is refused, all together. */
  async function forget(names: readonly string[]): Promise<readonly string[]> {
    try {
      await project.call('forget_blobs', { p_object_names: names }, 'service');
      return names;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'in-use') throw error;
      if (names.length === 1) return [];
      const forgotten: string[] = [];
      for (const name of names) forgotten.push(...(await forget([name])));
      return forgotten;
    }
  }

  /** Rows first: bytes without a row are found again by their name, a row without bytes would be a loss. */
  async function deleteUnclaimed(): Promise<void> {
    while (!isLate()) {
      const args = { p_hours: graceHours, p_limit: 10_000 };
      const unclaimed = await project.call<readonly { readonly object_name: string }[]>(
        'unclaimed_blobs',
        args,
        'service',
        {
          store: 'eq.b2',
        },
      );
      let progress = 0;
      for (const names of inGroups(
        unclaimed.map(({ object_name: name }) => name),
        NAMES_AT_ONCE,
      )) {
        if (isLate()) return;
        const forgotten = await forget(names);
        progress += forgotten.length;
        for (const name of forgotten) await store.deleteObject(name);
      }
      counts.forgottenBlobs += progress;
      if (progress === 0) return;
    }
  }

  interface KnownUpload {
    readonly object_name: string;
    readonly status: string;
    readonly multipart_id: string | null;
  }

  async function abortUploads(): Promise<void> {
    for await (const page of store.unfinishedUploads()) {
      const ours = page.filter(({ objectName }) => OBJECT_NAME.test(objectName));
      for (const group of inGroups(ours, NAMES_AT_ONCE)) {
        if (isLate()) return;
        const known = await rowsByName<KnownUpload>('upload_sessions', group, 'object_name,status,multipart_id');
        for (const { objectName, uploadId, initiated } of group) {
          const session = known.get(objectName);
          const isOpen = session?.status === 'open';
          const isIts = isOpen && session.multipart_id === uploadId;
          if (isIts || (isOpen && now() - initiated < TWIN_GRACE)) continue;
          await store.abortUpload(objectName, uploadId);
          counts.abortedUploads += 1;
        }
      }
    }
  }

  async function rowsByName<T extends { readonly object_name: string }>(
    table: string,
    items: readonly { readonly objectName: string }[],
    select: string,
    conditions: Readonly<Record<string, string>> = {},
  ): Promise<ReadonlyMap<string, T>> {
    const names = [...new Set(items.map(({ objectName }) => `"${objectName}"`))];
    const rows = await project.rows<T>(
      table,
      { object_name: `in.(${names.join(',')})`, select, ...conditions },
      'service',
    );
    return new Map(rows.map((row) => [row.object_name, row]));
  }

  /** Objects whose upload was finished in the store and never in the database, and those whose deletion was cut short. */
  async function deleteOrphans(): Promise<void> {
    // Another beginning each day, so that every part of a large bucket has its turn.
    const first = Math.floor(now() / (24 * HOUR)) % DIGITS.length;
    for (const digit of [...DIGITS.slice(first), ...DIGITS.slice(0, first)]) {
      for await (const page of store.versions(digit)) {
        const old = page.filter(
          ({ objectName, modified }) => OBJECT_NAME.test(objectName) && now() - modified > graceHours * HOUR,
        );
        for (const group of inGroups(old, NAMES_AT_ONCE)) {
          if (isLate()) return;
          await deleteUnknown(group);
        }
      }
    }
  }

  async function deleteUnknown(group: readonly StoredVersion[]): Promise<void> {
    const blobs = await rowsByName('media_blobs', group, 'object_name');
    const sessions = await rowsByName('upload_sessions', group, 'object_name', { status: 'eq.open' });
    const unknown = group.filter(({ objectName }) => !blobs.has(objectName) && !sessions.has(objectName));
    for (const version of unknown) await store.deleteVersion(version);
    counts.orphanedObjects += new Set(unknown.map(({ objectName }) => objectName)).size;
  }

  const steps: Readonly<Record<string, () => Promise<void>>> = {
    'keeping house': keepHouse,
    'purging the trash': purgeAssets,
    'deleting what nothing refers to': deleteUnclaimed,
    'giving up unfinished uploads': abortUploads,
    'deleting what no row knows of': deleteOrphans,
  };
  for (const [name, step] of Object.entries(steps)) {
    if (isLate()) break;
    try {
      await step();
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { ...counts, complete: !isLate(), failures };
}
