/**
 * Who may do what with which table, cell by cell. Everything in the database belongs to the owner, so a statement without
 * a `where` tells what its policy lets through: a condition would bring in the policy for reading as well.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { anonymous, become, type Caller, type Database, type Row, service, user } from './database.js';

export const roleNames = [
  'anonymous',
  'another tenant’s user',
  'colleague',
  'owner',
  'administrator',
  'another tenant’s administrator',
  'service',
] as const;
export type RoleName = (typeof roleNames)[number];

/**
 * `all` rows, so many of them, or `none`; `no`: an error that says one may not; `absent`: an error that says there is no
 * such thing; anything else is the SQLSTATE.
 */
export type Outcome = 'all' | 'none' | 'no' | 'absent' | (string & {});

export interface Scene {
  readonly callers: Readonly<Record<RoleName, Caller>>;
  readonly ids: Readonly<Record<string, string>>;
}

const foreignTenant = randomUUID();

/** A tenant with an owner who has a row in every table, and people around. */
export async function setScene(db: Database): Promise<Scene> {
  const [owner, colleague, admin, other, otherAdmin, tenant] = Array.from({ length: 6 }, () => randomUUID()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await db.rows(
    `insert into lectern.memberships (user_id, tenant_id, role) values
      ($1, $6, 'member'), ($2, $6, 'member'), ($3, $6, 'admin'), ($4, $7, 'member'), ($5, $7, 'admin')`,
    [owner, colleague, admin, other, otherAdmin, tenant, foreignTenant],
  );
  await db.rows('insert into lectern.tenant_limits (tenant_id, media_bytes) values ($1, 1000000)', [tenant]);
  const as = user(owner);
  const projectId = randomUUID();
  const asset = await db.storeAsset(owner, {
    kind: 'audio',
    source_type: 'export',
    studio_metadata: JSON.stringify({ project_id: projectId }),
  });
  await db.call(as, 'save_studio_project', {
    p_id: projectId,
    p_base_rev: 0,
    p_save_id: randomUUID(),
    p_schema_version: 2,
    p_hash: 'x',
    p_state: {
      tracks: [{ id: 't', kind: 'audio' }],
      clips: [{ id: 'c', trackId: 't', source: { kind: 'asset', assetId: asset }, startFrame: 0, durationFrames: 9 }],
    },
    p_kind: 'auto',
    p_asset_ids: [asset],
  });
  await db.insert(as, 'public.media_usage', {
    asset_id: asset,
    resource_type: 'lesson',
    resource_id: 'l1',
    label: 'Lesson 1',
  });
  const purged = await db.storeAsset(owner);
  await db.ask(as, 'update media_files set deleted_at = now() where id = $1', [purged]);
  await db.owner.query(
    "update media_files set purged_at = now(), poster_key = null, current_version_id = null where id = '" +
      purged +
      "'",
  );
  const [voice, scene, operation, course, chapter, item] = Array.from({ length: 6 }, () => randomUUID()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await db.insert(as, 'public.voices', { id: voice, name: 'Voice' });
  await db.insert(as, 'public.scenes', { id: scene, project_id: projectId, order_key: 'a0', voice_id: voice });
  await db.insert(as, 'public.media_operations', { id: operation, kind: 'delete', asset_ids: [asset] });
  await db.insert(as, 'public.courses', { id: course, title: 'Physics' });
  await db.insert(as, 'public.chapters', { id: chapter, course_id: course, title: 'Light', order_key: 'a0' });
  await db.insert(as, 'public.chapter_items', {
    id: item,
    chapter_id: chapter,
    title: 'x',
    order_key: 'a0',
    asset_id: asset,
  });
  const blobKey = await db.storeBlob(owner, randomUUID());
  const freeKey = await db.storeBlob(owner, randomUUID());
  const reserve = async (fields: Row = {}): Promise<string> => {
    const session = (await db.call(as, 'reserve_upload', {
      p_id: randomUUID(),
      p_key: `assets/${randomUUID()}/${randomUUID()}`,
      p_size_bytes: 7,
      p_mime_type: 'video/mp4',
      ...fields,
    })) as { readonly object_name: string };
    return session.object_name;
  };
  const [reserved, cancelled, expired, onOtherStore] = [
    await reserve(),
    await reserve(),
    await reserve(),
    await reserve({ p_store: 'b2' }),
  ];
  await db.owner.query(`update upload_sessions set status = 'cancelled' where object_name = '${cancelled}'`);
  // One in another store, let go of.
  const letGo = { p_id: randomUUID(), p_key: `assets/${randomUUID()}/1`, p_size_bytes: 7 };
  await db.call(as, 'reserve_upload', { ...letGo, p_mime_type: '', p_store: 'b2' });
  await db.call(service, 'complete_upload', { p_id: letGo.p_id, p_size_bytes: 7 });
  await db.call(as, 'discard_blob', { p_key: letGo.p_key });
  // One that nobody reserved and that is known, one that was reserved and isn't there yet, and one that nobody knows.
  const served = `${tenant}/${randomUUID()}/${randomUUID()}`;
  const coming = await reserve();
  await db.owner.query(`update upload_sessions set expires_at = now() where object_name = '${expired}'`);
  await db.insert(service, 'public.media_blobs', {
    owner_id: owner,
    tenant_id: tenant,
    key: 'served/1',
    object_name: served,
    store: 'supabase',
    size_bytes: 1,
    mime_type: '',
  });
  for (const name of [served, coming, 'nobody/knows/this']) {
    await db.insert(service, 'storage.objects', { bucket_id: 'media', name });
  }
  // The same names in another bucket are somebody else's business.
  await db.owner.query("insert into storage.buckets (id, name) values ('elsewhere', 'elsewhere')");
  await db.owner.query(
    "insert into storage.objects (bucket_id, name) select 'elsewhere', name from storage.objects where bucket_id = 'media'",
  );
  return {
    callers: {
      anonymous,
      'another tenant’s user': user(other),
      colleague: user(colleague),
      owner: as,
      administrator: user(admin),
      'another tenant’s administrator': user(otherAdmin),
      service,
    },
    ids: {
      owner,
      tenant,
      asset,
      projectId,
      course,
      chapter,
      voice,
      blobKey,
      freeKey,
      reserved,
      cancelled,
      expired,
      onOtherStore,
    },
  };
}

export interface Command {
  readonly text: string;
  readonly values?: (ids: Readonly<Record<string, string>>) => Row;
}

/** An insert of a row that belongs to the owner. */
const insert = (table: string, values: (ids: Readonly<Record<string, string>>) => Row): Command => ({
  text: `insert into ${table}`,
  values,
});
const own = ({ owner, tenant }: Readonly<Record<string, string>>): Row => ({ owner_id: owner, tenant_id: tenant });
const ofForeignTenant = ({ owner }: Readonly<Record<string, string>>): Row => ({
  owner_id: owner,
  tenant_id: foreignTenant,
});
const file = (ids: Readonly<Record<string, string>>): Row => ({
  id: randomUUID(),
  name: 'New',
  kind: 'video',
  mime_type: 'video/mp4',
  size_bytes: 7,
  source_type: 'upload',
  blob_key: ids['blobKey'],
});
const object = (ids: Readonly<Record<string, string>>, name: string, bucket = 'media'): Row => ({
  bucket_id: bucket,
  name: ids[name],
});

type Cells = readonly [Command | string, ...Outcome[]];

/** Of each command on each table, what comes of it for each role, in the order of `roleNames`. */
export const access: Readonly<Record<string, Readonly<Record<string, Cells>>>> = {
  'public.media_blobs': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.media_blobs', (ids) => ({
        ...own(ids),
        key: 'assets/1/1',
        object_name: 'x',
        store: 'b2',
        size_bytes: 1,
        mime_type: '',
      })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update public.media_blobs set mime_type = 'x'", 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from public.media_blobs', 'no', 'no', 'no', 'no', 'no', 'no', '23503'],
  },
  'public.upload_sessions': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.upload_sessions', (ids) => ({
        ...own(ids),
        id: randomUUID(),
        key: 'assets/1/1',
        object_name: 'x',
        store: 'b2',
        size_bytes: 1,
        mime_type: '',
        expires_at: '2100-01-01',
      })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update public.upload_sessions set mime_type = 'x'", 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from public.upload_sessions', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
  },
  'public.media_files': {
    select: ['select', 'no', 'none', 'none', '1', '1', 'none', 'all'],
    insert: [
      insert('public.media_files', (ids) => ({ ...own(ids), ...file(ids) })),
      ...['no', 'no', 'no', 'all', 'no', 'no', 'all'],
    ],
    'insert for another tenant': [
      insert('public.media_files', (ids) => ({ ...ofForeignTenant(ids), ...file(ids) })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    'insert with a fingerprint': [
      insert('public.media_files', (ids) => ({ ...own(ids), ...file(ids), fingerprint: 'f'.repeat(64) })),
      ...['no', 'no', 'no', 'all', 'no', 'no', 'all'],
    ],
    'insert with a hash of one’s own': [
      insert('public.media_files', (ids) => ({ ...own(ids), ...file(ids), verified_sha256: 'f'.repeat(64) })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update public.media_files set name = 'x'", 'no', 'none', 'none', '1', '1', 'none', 'all'],
    'update of what is the server’s': [
      'update public.media_files set rev = 9',
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    'update of the fingerprint': [
      'update public.media_files set fingerprint = null',
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    delete: ['delete from public.media_files', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'public.media_file_versions': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.media_file_versions', (ids) => ({
        asset_id: ids['asset'],
        blob_key: ids['blobKey'],
        mime_type: '',
        size_bytes: 1,
      })),
      ...['no', 'absent', 'absent', 'all', 'no', 'absent', 'all'],
    ],
    'insert with a fingerprint': [
      insert('public.media_file_versions', (ids) => ({
        asset_id: ids['asset'],
        blob_key: ids['blobKey'],
        mime_type: '',
        size_bytes: 1,
        fingerprint: 'f'.repeat(64),
      })),
      ...['no', 'absent', 'absent', 'all', 'no', 'absent', 'all'],
    ],
    update: ["update public.media_file_versions set mime_type = 'x'", 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from public.media_file_versions', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
  },
  'public.media_file_history': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.media_file_history', (ids) => ({
        ...own(ids),
        asset_id: ids['asset'],
        action: 'tag',
        change: '{}',
        inverse: '{}',
        rev: 1,
      })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update public.media_file_history set action = 'tag'", 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from public.media_file_history', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
  },
  'public.media_usage': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.media_usage', (ids) => ({
        asset_id: ids['asset'],
        resource_type: 'page',
        resource_id: 'p',
        label: 'Page',
      })),
      ...['no', 'absent', 'absent', 'all', 'no', 'absent', 'all'],
    ],
    'insert of a project’s place': [
      insert('public.media_usage', (ids) => ({
        asset_id: ids['asset'],
        resource_type: 'project',
        resource_id: 'p',
        label: 'Page',
      })),
      ...['no', 'absent', 'absent', 'no', 'no', 'absent', 'all'],
    ],
    update: ["update public.media_usage set label = 'x'", 'no', 'none', 'none', '2', 'none', 'none', 'all'],
    delete: ['delete from public.media_usage', 'no', 'none', 'none', '2', 'none', 'none', 'all'],
  },
  'public.media_operations': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.media_operations', (ids) => ({
        ...own(ids),
        id: randomUUID(),
        kind: 'delete',
        asset_ids: [ids['asset']],
      })),
      ...['no', 'no', 'no', 'all', 'no', 'no', 'all'],
    ],
    'insert for another tenant': [
      insert('public.media_operations', (ids) => ({
        ...ofForeignTenant(ids),
        id: randomUUID(),
        kind: 'delete',
        asset_ids: [ids['asset']],
      })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: [
      "update public.media_operations set status = 'cancelled'",
      ...['no', 'none', 'none', 'all', 'none', 'none', 'all'],
    ],
    'update of the counts': ['update public.media_operations set done = 1', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from public.media_operations', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'public.studio_projects': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.studio_projects', (ids) => ({
        ...own(ids),
        id: randomUUID(),
        title: 'New',
        rev: 1,
        content_hash: 'x',
        schema_version: 1,
        timeline_state: '{}',
        total_frames: 0,
        duration_seconds: 0,
        head_author: ids['owner'],
      })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update public.studio_projects set title = 'x'", 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    'update of the document': [
      "update public.studio_projects set timeline_state = '{}'",
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    'update of the revision': ['update public.studio_projects set rev = 9', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from public.studio_projects', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'public.studio_project_revisions': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.studio_project_revisions', (ids) => ({
        ...own(ids),
        project_id: ids['projectId'],
        rev: 2,
        parent_rev: 1,
        save_id: randomUUID(),
        author: ids['owner'],
        kind: 'auto',
        content_hash: 'x',
        schema_version: 1,
        timeline_state: '{}',
        state_bytes: 2,
        save_number: 2,
      })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: [
      "update public.studio_project_revisions set content_hash = 'y'",
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    delete: ['delete from public.studio_project_revisions', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
  },
  'public.scenes': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.scenes', (ids) => ({ id: randomUUID(), project_id: ids['projectId'], order_key: 'a1' })),
      ...['no', 'absent', 'absent', 'all', 'no', 'absent', 'all'],
    ],
    update: ["update public.scenes set title = 'x'", 'no', 'none', 'none', 'all', 'none', 'none', 'all'],
    delete: ['delete from public.scenes', 'no', 'none', 'none', 'all', 'none', 'none', 'all'],
  },
  'public.voices': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.voices', (ids) => ({ ...own(ids), id: randomUUID(), name: 'New' })),
      ...['no', 'no', 'no', 'all', 'no', 'no', 'all'],
    ],
    'insert for another tenant': [
      insert('public.voices', (ids) => ({ ...ofForeignTenant(ids), id: randomUUID(), name: 'New' })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update public.voices set name = 'x'", 'no', 'none', 'none', 'all', 'none', 'none', 'all'],
    delete: ['delete from public.voices', 'no', 'none', 'none', 'all', 'none', 'none', 'all'],
  },
  'public.courses': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.courses', (ids) => ({ ...own(ids), id: randomUUID(), title: 'New' })),
      ...['no', 'no', 'no', 'all', 'no', 'no', 'all'],
    ],
    'insert for another tenant': [
      insert('public.courses', (ids) => ({ ...ofForeignTenant(ids), id: randomUUID(), title: 'New' })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update public.courses set title = 'x'", 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    delete: ['delete from public.courses', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'public.chapters': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.chapters', (ids) => ({
        id: randomUUID(),
        course_id: ids['course'],
        title: 'New',
        order_key: 'a1',
      })),
      ...['no', 'absent', 'absent', 'all', 'no', 'absent', 'all'],
    ],
    update: ["update public.chapters set title = 'x'", 'no', 'none', 'none', 'all', 'none', 'none', 'all'],
    delete: ['delete from public.chapters', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'public.chapter_items': {
    select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'],
    insert: [
      insert('public.chapter_items', (ids) => ({
        id: randomUUID(),
        chapter_id: ids['chapter'],
        title: 'New',
        order_key: 'a1',
        project_id: ids['projectId'],
      })),
      ...['no', 'absent', 'absent', 'all', 'no', 'absent', 'all'],
    ],
    update: ["update public.chapter_items set title = 'x'", 'no', 'none', 'none', 'all', 'none', 'none', 'all'],
    delete: ['delete from public.chapter_items', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'public.project_clips': { select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'] },
  'public.project_audio': { select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'] },
  'public.project_exports': { select: ['select', 'no', 'none', 'none', 'all', 'all', 'none', 'all'] },
  'lectern.memberships': {
    select: ['select', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    insert: [
      insert('lectern.memberships', () => ({ user_id: randomUUID(), tenant_id: randomUUID(), role: 'admin' })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update lectern.memberships set role = 'admin'", 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from lectern.memberships', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
  },
  'lectern.tenant_limits': {
    select: ['select', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    update: ['update lectern.tenant_limits set media_bytes = null', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    delete: ['delete from lectern.tenant_limits', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
  },
  'lectern.tenant_usage': {
    select: ['select', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    update: ['update lectern.tenant_usage set stored_bytes = 0', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
    delete: ['delete from lectern.tenant_usage', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'lectern.media_totals': {
    select: ['select', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
    update: ['update lectern.media_totals set files = 0', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
    delete: ['delete from lectern.media_totals', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'lectern.discarded_blobs': {
    select: ['select', 'no', 'no', 'no', 'no', 'no', 'no', 'all'],
    update: ['update lectern.discarded_blobs set size_bytes = 0', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
    delete: ['delete from lectern.discarded_blobs', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'lectern.saves': {
    select: ['select', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
    update: ["update lectern.saves set answer = '{}'", 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
    delete: ['delete from lectern.saves', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
  },
  'storage.objects': {
    // Four uploads, one that the service side put there, and one that is on its way.
    select: ['select', 'none', 'none', 'none', '6', '6', 'none', 'all'],
    'insert where room was made': [
      insert('storage.objects', (ids) => object(ids, 'reserved')),
      ...['no', 'no', 'no', 'all', 'no', 'no', 'all'],
    ],
    'insert in another bucket': [
      insert('storage.objects', (ids) => object(ids, 'reserved', 'elsewhere')),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    'insert where room was given up': [
      insert('storage.objects', (ids) => object(ids, 'cancelled')),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    'insert where time has run out': [
      insert('storage.objects', (ids) => object(ids, 'expired')),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    'insert of what goes to another store': [
      insert('storage.objects', (ids) => object(ids, 'onOtherStore')),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    'insert where no room was made': [
      insert('storage.objects', ({ tenant }) => ({ bucket_id: 'media', name: `${String(tenant)}/a/b` })),
      ...['no', 'no', 'no', 'no', 'no', 'no', 'all'],
    ],
    update: ["update storage.objects set metadata = '{}'", 'none', 'none', 'none', 'none', 'none', 'none', 'all'],
    // Three that no asset refers to.
    delete: ['delete from storage.objects', 'none', 'none', 'none', '3', 'none', 'none', '23503'],
  },
};

/** Carries a command out as that role within the owner's open transaction, and takes it back. */
async function tryCell(
  client: pg.Client,
  scene: Scene,
  table: string,
  command: Command | string,
  role: RoleName,
): Promise<Outcome> {
  let text: string;
  let values: readonly unknown[] = [];
  if (typeof command === 'string') text = command === 'select' ? `select * from ${table}` : command;
  else {
    const row = command.values?.(scene.ids) ?? {};
    const names = Object.keys(row);
    values = Object.values(row);
    text = `${command.text} (${names.join(', ')}) values (${names.map((_, n) => `$${String(n + 1)}`).join(', ')})`;
  }
  const { rows } = await client.query<{ total: number }>(`select count(*)::int as total from ${table}`);
  await client.query('savepoint cell');
  try {
    await client.query("set local storage.allow_delete_query = 'true'");
    await become(client, scene.callers[role]);
    const { rowCount } = await client.query(text, [...values]);
    if (rowCount === 0) return 'none';
    return text.startsWith('insert') || rowCount === rows[0]?.total ? 'all' : String(rowCount);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.code === '42501' ? 'no' : error.code === 'PT404' ? 'absent' : (error.code ?? '');
  } finally {
    await client.query('rollback to savepoint cell');
  }
}

/** What comes of a command on a table for each role, in the order of `roleNames`. */
export async function tryCommand(
  client: pg.Client,
  scene: Scene,
  table: string,
  name: string,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const [command] = access[table]?.[name] ?? [''];
  for (const role of roleNames) outcomes.push(await tryCell(client, scene, table, command, role));
  return outcomes;
}

/** What has to come of it. */
export function expectedOf(table: string): Readonly<Record<string, readonly Outcome[]>> {
  return Object.fromEntries(
    Object.entries(access[table] ?? {}).map(([name, [, ...outcomes]]): [string, readonly Outcome[]] => [
      name,
      outcomes,
    ]),
  );
}
