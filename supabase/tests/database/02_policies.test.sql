-- Who may what: row security everywhere, one policy for each command, for signed-in users alone.
begin;
select plan(100);

select ok(c.relrowsecurity, 'row security of ' || c.oid::regclass)
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'lectern'::regnamespace) and c.relkind in ('r', 'p')
order by c.oid::regclass::text;

select policies_are('public', p.tablename, p.names, 'the policies of ' || p.tablename)
from (values
  ('media_blobs'::name, array['media_blobs_select']::name[]),
  ('upload_sessions', array['upload_sessions_select']),
  ('media_files', array['media_files_select', 'media_files_insert', 'media_files_update']),
  ('media_file_versions', array['media_file_versions_select', 'media_file_versions_insert']),
  ('media_file_history', array['media_file_history_select']),
  ('media_usage', array['media_usage_select', 'media_usage_insert', 'media_usage_update', 'media_usage_delete']),
  ('media_operations', array['media_operations_select', 'media_operations_insert', 'media_operations_update']),
  ('studio_projects', array['studio_projects_select', 'studio_projects_update']),
  ('studio_project_revisions', array['studio_project_revisions_select']),
  ('scenes', array['scenes_select', 'scenes_insert', 'scenes_update', 'scenes_delete']),
  ('voices', array['voices_select', 'voices_insert', 'voices_update', 'voices_delete']),
  ('courses', array['courses_select', 'courses_insert', 'courses_update']),
  ('chapters', array['chapters_select', 'chapters_insert', 'chapters_update']),
  ('chapter_items', array['chapter_items_select', 'chapter_items_insert', 'chapter_items_update'])
) p (tablename, names);

-- A policy's name ends with its command.
select policy_cmd_is('public', p.tablename, p.policyname, substring(p.policyname from '_([a-z]+)$'),
  p.policyname || ' is for ' || substring(p.policyname from '_([a-z]+)$') || ' alone')
from pg_policies p where p.schemaname = 'public' order by p.policyname;

select policy_roles_are('public', p.tablename, p.policyname, array['authenticated']::name[],
  p.policyname || ' is to authenticated alone')
from pg_policies p where p.schemaname = 'public' and p.cmd in ('SELECT', 'INSERT') order by p.policyname;

select is_empty(
  $$ select c.oid::regclass from pg_class c
     where c.relnamespace in ('public'::regnamespace, 'lectern'::regnamespace) and c.relkind in ('r', 'v', 'p')
       and (has_table_privilege('anon', c.oid, 'select, insert, update, delete')
         or has_any_column_privilege('anon', c.oid, 'select, insert, update')) $$,
  'anonymous visitors may nothing');
select is_empty(
  $$ select c.oid::regclass from pg_class c
     where c.relnamespace = 'lectern'::regnamespace and c.relkind = 'r'
       and has_table_privilege('authenticated', c.oid, 'select, insert, update, delete') $$,
  'signed-in users see nothing of the unexposed schema');
select is_empty(
  $$ select c.oid::regclass from pg_publication p
     join pg_publication_rel r on r.prpubid = p.oid join pg_class c on c.oid = r.prrelid
     where p.pubname = 'supabase_realtime' and has_table_privilege('authenticated', c.oid, 'delete') $$,
  'nothing that others listen to can be deleted, since they would hear of it');
select column_privs_are('public', 'studio_projects', 'timeline_state', 'authenticated', array['SELECT'],
  'a document is read by REST, and written by save_studio_project alone');
select column_privs_are('public', 'media_files', 'verified_sha256', 'authenticated', array['SELECT'],
  'a verified hash is nobody''s to claim');
select column_privs_are('public', 'media_files', 'fingerprint', 'authenticated', array['SELECT', 'INSERT'],
  'a fingerprint is said once');
select column_privs_are('public', 'media_files', 'rev', 'authenticated', array['SELECT'], 'revisions are counted here');
select policies_are('storage', 'objects',
  array['lectern_media_select', 'lectern_media_insert', 'lectern_media_delete'],
  'bytes are read, put where room was made, and deleted, and never changed');

select * from finish();
rollback;
