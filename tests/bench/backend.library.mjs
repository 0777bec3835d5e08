/** A library of a million files in PostgreSQL, with everything that belongs to it, in a few minutes. */

/** Rows of the one whose library is measured, and of everybody else. */
export const ownFiles = 1_000_000;
export const othersFiles = 111_111;
const projects = 2000;

/** Words that names are made of: the first one is in every tenth name, a topic in every sixty-fourth. */
const sorts =
  'Lecture Seminar Interview Recording Screencast Introduction Summary Exercise Demonstration Podcast'.split(' ');
const topics = (
  'Optics Mechanics Thermodynamics Algebra Geometry Statistics Calculus Probability Genetics Botany Zoology Ecology ' +
  'Anatomy Chemistry Geology Astronomy Poetry Drama Grammar Rhetoric Logic Ethics History Archaeology Economics ' +
  'Accounting Marketing Sociology Psychology Anthropology Linguistics Phonetics Harmony Counterpoint Rhythm Painting ' +
  'Sculpture Architecture Photography Animation Programming Databases Networks Compilers Graphics Robotics Cryptography ' +
  'Simulation Nursing Pharmacy Surgery Radiology Nutrition Law Politics Geography Climate Oceanography Forestry ' +
  'Agriculture Carpentry Welding Plumbing Tailoring'
).split(' ');
const manners = 'draft final revised short long spoken captioned German Spanish French morning evening'.split(' ');

/** A word that is in twenty names of a million. */
export const rareWord = 'Zymurgy';
/** A word that is in a hundred thousand names. */
export const commonWord = sorts[0] ?? '';
/** Two letters of it: too short for trigrams. */
export const twoLetters = commonWord.slice(0, 2);
/** A word that no name has. */
export const noWord = 'qqqzzz';
/** On fifty files, on ten thousand, on eighty thousand. */
export const rareTag = 'needs captions';
export const usualTag = 'archive';
export const commonTag = 'course 1';

/** Tables that are filled: their triggers sleep meanwhile, and their keys and indexes are made afterwards, in a tenth of the time. */
const tables = [
  'public.media_blobs',
  'public.media_files',
  'public.media_file_versions',
  'public.media_file_history',
  'public.media_usage',
  'public.studio_projects',
  'public.studio_project_revisions',
];

/** @param {readonly string[]} words */
const sqlArray = (words) => `(array['${words.join("', '")}'])`;

/**
 * @typedef {object} Client
 * @property {(text: string, values?: unknown[]) => Promise<{rows: any[]}>} query
 */
/**
 * @typedef {object} Filled
 * @property {string} assetId one that is used in many places
 * @property {string} projectId a long project that has files of its own
 * @property {number} seconds that it took
 */

/**
 * Fills a database with everything in `supabase/migrations`. What triggers would have kept — totals, usage, history, room —
 * is written as they would have.
 *
 * @param {Client} client a superuser's
 * @param {string} ownerId
 * @param {{log: (line: string) => void}} options
 * @returns {Promise<Filled>}
 */
export async function fillLibrary(client, ownerId, { log }) {
  const start = performance.now();
  /** @param {string} text @param {readonly unknown[]} [values] @returns {Promise<{rows: any[]}>} */
  const ask = (text, values = []) => client.query(text, [...values]);
  /** @param {string} what @param {() => Promise<unknown>} work */
  const step = async (what, work) => {
    const begun = performance.now();
    await work();
    log(`    ${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  };

  await ask("set statement_timeout = 0; set maintenance_work_mem = '1GB'; set work_mem = '256MB'");
  await ask('set max_parallel_maintenance_workers = 2');
  const { rows: constraints } = await ask(
    `select c.conrelid::regclass::text as table, quote_ident(c.conname) as name, pg_get_constraintdef(c.oid) as definition
     from pg_constraint c
     where c.contype in ('p', 'u', 'f') and (c.conrelid = any ($1::regclass[]) or c.confrelid = any ($1::regclass[]))
     -- What is referred to comes before what refers to it.
     order by array_position(array['p', 'u', 'f'], c.contype::text), 1, 2`,
    [tables],
  );
  const { rows: indexes } = await ask(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i
     where i.indrelid = any ($1::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
     order by 1`,
    [tables],
  );
  await ask('set session_replication_role = replica');
  for (const { table, name } of constraints.toReversed()) await ask(`alter table ${table} drop constraint ${name}`);
  for (const { name } of indexes) await ask(`drop index ${name}`);

  // Nothing here comes in the order in which it is asked for.
  await ask(`
    create temp table source as
    select
      n,
      md5('asset ' || n)::uuid as id,
      md5('version ' || n)::uuid as version_id,
      case when n <= ${ownFiles} then '${ownerId}'::uuid else md5('owner ' || n % 100)::uuid end as owner_id,
      (n::bigint * 48271 + 11) % 2147483647 as dice
    from generate_series(1, ${ownFiles + othersFiles}) n`);
  await step('blobs', () =>
    ask(`
      insert into public.media_blobs (owner_id, tenant_id, key, object_name, store, size_bytes, mime_type, created_at)
      select owner_id, owner_id, 'assets/' || id || '/' || version_id, owner_id || '/' || id || '/' || version_id,
        'supabase', 1000 + dice % 2000000000, 'video/mp4', now() - dice % 63072000 * interval '1 second'
      from source`),
  );
  await step('files', () =>
    ask(`
      insert into public.media_files (id, owner_id, tenant_id, name, kind, mime_type, size_bytes, status, source_type,
        studio_metadata, tags, probe, blob_key, current_version_id, fingerprint, created_at, updated_at, deleted_at)
      select
        id, owner_id, owner_id,
        ${sqlArray(sorts)}[1 + dice % ${sorts.length}] || ' ' || dice % 997 || ' '
          || ${sqlArray(topics)}[1 + dice / 7 % ${topics.length}] || ' '
          || ${sqlArray(manners)}[1 + dice / 11 % ${manners.length}]
          || case when n % 50000 = 7 then ' ${rareWord}' else '' end,
        case when n % 10 < 6 then 'video' when n % 10 < 8 then 'audio' else 'image' end,
        'video/mp4', 1000 + dice % 2000000000,
        case when n % 50 = 0 then 'deleted' else 'active' end,
        case when n % 25 < 20 then 'upload' when n % 25 < 23 then 'recording' else 'export' end,
        case when n % 25 < 20 then '{}'
          else jsonb_build_object('project_id', md5('project ' || dice % ${projects})::uuid, 'preset', '1080p') end,
        case when n % 20000 = 1 then array['${rareTag}'] else '{}' end
          || case when n % 100 = 3 then array['${usualTag}'] else '{}' end
          || array['course ' || 1 + dice / 13 % 12],
        jsonb_build_object('kind', case when n % 10 < 6 then 'video' when n % 10 < 8 then 'audio' else 'image' end,
          'container', 'mp4', 'mimeType', 'video/mp4', 'durationSeconds', case when n % 10 < 8 then dice % 7200 else 0 end,
          'width', 1920, 'height', 1080, 'rotation', 0, 'videoCodec', 'avc1.640028', 'audioCodec', 'mp4a.40.2',
          'sampleRate', 48000, 'channels', 2, 'averageFrameRate', 30, 'variableFrameRate', false, 'bitrate', 4000000,
          'hasAlpha', false, 'decodable', true),
        'assets/' || id || '/' || version_id, version_id,
        md5('bytes ' || n) || md5('of ' || n),
        now() - dice % 63072000 * interval '1 second', now() - dice % 63072000 * interval '1 second',
        case when n % 50 = 0 then now() - dice % 2592000 * interval '1 second' end
      from source`),
  );
  await step('versions', () =>
    ask(`
      insert into public.media_file_versions (id, asset_id, owner_id, tenant_id, number, blob_key, mime_type, size_bytes,
        probe, fingerprint, created_at)
      select current_version_id, id, owner_id, tenant_id, 1, blob_key, mime_type, size_bytes, probe, fingerprint, created_at
      from public.media_files`),
  );
  await step('history', () =>
    ask(`
      insert into public.media_file_history (asset_id, owner_id, tenant_id, author, action, change, inverse, rev, created_at)
      select id, owner_id, tenant_id, owner_id, 'upload', jsonb_build_object('name', name), '{"deleted": true}', 1, created_at
      from public.media_files`),
  );
  const clips = (/** @type {string} */ many) => `
    select jsonb_build_object(
      'tracks', '[{"id": "v", "kind": "video", "name": "Video 1"}, {"id": "a", "kind": "audio", "name": "Audio 1"}]'::jsonb,
      'clips', jsonb_agg(jsonb_build_object('id', 'clip ' || c, 'trackId', case c % 3 when 0 then 'a' else 'v' end,
        'name', 'Clip ' || c, 'startFrame', c * 150, 'durationFrames', 150,
        'source', jsonb_build_object('kind', 'asset', 'assetId', md5('asset ' || 1 + (p * 331 + c) % ${ownFiles})::uuid,
          'trimStartFrame', 0))))
    from generate_series(1, ${many}) c`;
  await step('projects', async () => {
    await ask(`
      insert into public.studio_projects (id, owner_id, tenant_id, title, description, rev, content_hash, schema_version,
        timeline_state, total_frames, duration_seconds, asset_ids, head_author, is_draft, created_at, updated_at, save_count)
      select md5('project ' || p)::uuid, '${ownerId}', '${ownerId}',
        ${sqlArray(topics)}[1 + p % ${topics.length}] || ' ' || p, 'About ' || p, 3, md5(p::text), 2,
        (${clips('case when p = 0 then 400 else 40 end')}), 6000, 200,
        array(select (md5('asset ' || 1 + (p * 331 + c) % ${ownFiles})::uuid)::text
          from generate_series(1, case when p = 0 then 400 else 40 end) c),
        '${ownerId}', p % 2 = 0, now() - p * interval '1 hour', now() - p * interval '1 hour', 3
      from generate_series(0, ${projects - 1}) p`);
    await ask(`
      insert into public.studio_project_revisions (project_id, rev, parent_rev, save_id, owner_id, tenant_id, author, kind,
        content_hash, schema_version, timeline_state, state_bytes, save_number)
      select id, r, r - 1, gen_random_uuid(), owner_id, tenant_id, owner_id, 'auto', content_hash, schema_version,
        timeline_state, octet_length(timeline_state::text), r
      from public.studio_projects, generate_series(1, 3) r`);
  });
  await step('usage', () =>
    ask(`
      insert into public.media_usage (asset_id, resource_type, resource_id, owner_id, tenant_id, label)
      select distinct a.id::uuid, 'project', p.id::text, p.owner_id, p.tenant_id, p.title
      from public.studio_projects p, unnest(p.asset_ids) a (id)
      union
      select id, 'lesson', 'lesson ' || n % 20000, owner_id, owner_id, 'Lesson ' || n % 20000
      from source where n % 10 = 1
      union
      select md5('asset 1')::uuid, 'page', 'page ' || g, '${ownerId}', '${ownerId}', 'Page ' || g from generate_series(1, 500) g`),
  );
  await step('figures', async () => {
    await ask(`
      insert into lectern.media_totals (owner_id, kind, source_type, deleted, files, bytes)
      select owner_id, kind, source_type, deleted_at is not null, count(*), sum(size_bytes)
      from public.media_files group by 1, 2, 3, 4`);
    await ask(`
      insert into lectern.tenant_usage (tenant_id, stored_bytes)
      select tenant_id, sum(size_bytes) from public.media_blobs group by 1
      on conflict (tenant_id) do update set stored_bytes = excluded.stored_bytes`);
  });
  await step('keys and indexes', async () => {
    for (const { table, name, definition } of constraints) {
      await ask(`alter table ${table} add constraint ${name} ${definition}`);
    }
    for (const { definition } of indexes) await ask(definition);
  });
  await ask('set session_replication_role = origin; drop table source');
  await step('statistics', () =>
    ask(`vacuum (analyze) ${tables.join(', ')}, lectern.media_totals, lectern.tenant_usage`),
  );
  return {
    assetId: (await ask("select md5('asset 1')::uuid as id")).rows[0].id,
    projectId: (await ask("select md5('project 0')::uuid as id")).rows[0].id,
    seconds: (performance.now() - start) / 1000,
  };
}
