-- The functions of the API: who may call them, with whose rights they run, and that they take no names from a path.
begin;
select plan(44);

select is_empty(
  $$ select p.oid::regprocedure from pg_proc p
     where p.pronamespace in ('public'::regnamespace, 'lectern'::regnamespace)
       and not coalesce(p.proconfig @> array['search_path=""'], false) and p.prosqlbody is null $$,
  'no function takes names from the search path');
select is_empty(
  $$ select p.oid::regprocedure from pg_proc p
     where p.pronamespace in ('public'::regnamespace, 'lectern'::regnamespace)
       and (has_function_privilege('anon', p.oid, 'execute')
         or exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)) $$,
  'no function can be called by anybody at all');

select is_definer('public', f.name, f.name || ' sees what its caller can''t, and asks who that is')
from unnest(array['reserve_upload', 'cancel_upload', 'list_media', 'list_projects', 'media_overview', 'rebuild_usage',
  'storage_report', 'discard_blob', 'complete_upload', 'note_multipart', 'purge_candidates', 'purge_media',
  'unclaimed_blobs', 'forget_blobs', 'verify_blob', 'keep_house']::name[]) f (name);
select isnt_definer('public', f.name, f.name || ' has its caller''s rights')
from unnest(array['save_studio_project', 'apply_course_change', 'undo_media_change',
  'continue_media_operation']::name[]) f (name);

select ok(has_function_privilege('authenticated', p.oid, 'execute'), p.proname || ' is for signed-in users')
from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.proname in ('reserve_upload', 'cancel_upload', 'list_media',
  'list_projects', 'media_overview', 'rebuild_usage', 'storage_report', 'discard_blob', 'save_studio_project',
  'apply_course_change', 'undo_media_change', 'continue_media_operation')
order by p.proname;
select ok(
  has_function_privilege('service_role', p.oid, 'execute') and not has_function_privilege('authenticated', p.oid, 'execute'),
  p.proname || ' is for the service side alone')
from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.proname in ('complete_upload', 'note_multipart',
  'purge_candidates', 'purge_media', 'unclaimed_blobs', 'forget_blobs', 'verify_blob', 'keep_house')
order by p.proname;

select schema_privs_are('lectern', 'anon', array[]::name[], 'anonymous visitors may nothing in lectern');
select schema_privs_are('lectern', 'authenticated', array['USAGE'], 'signed-in users reach lectern by policies');

select * from finish();
rollback;
