-- Assets: what is in use isn't deleted, every change is written down and can be taken back, and nobody else sees any.
begin;
select plan(27);

-- What finishing an upload leaves.
insert into public.media_blobs (owner_id, tenant_id, key, object_name, store, size_bytes, mime_type) values
  ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000a', 'assets/1/1', 'a/1/1', 'supabase', 7, 'video/mp4'),
  ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000a', 'assets/1/2', 'a/1/2', 'supabase', 9, 'video/webm'),
  ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000b', 'assets/2/1', 'b/2/1', 'supabase', 7, 'video/mp4');

set local role authenticated;
set local "request.jwt.claims" = '{"sub": "00000000-0000-4000-8000-00000000000a", "role": "authenticated"}';

select lives_ok(
  $$ insert into media_files (id, name, kind, mime_type, size_bytes, source_type, tags, blob_key, fingerprint)
     values ('10000000-0000-4000-8000-000000000001', 'Optics', 'video', 'video/mp4', 7, 'upload', '{Physics}', 'assets/1/1',
       repeat('f', 64)) $$,
  'an asset is made of bytes that are there');
select throws_ok(
  $$ insert into media_files (id, name, kind, mime_type, size_bytes, source_type, blob_key)
     values ('10000000-0000-4000-8000-000000000002', 'Other', 'video', 'video/mp4', 7, 'upload', 'assets/2/1') $$,
  '23503', null, 'but not of somebody else''s bytes');
select throws_ok(
  $$ insert into media_files (id, owner_id, name, kind, mime_type, size_bytes, source_type, blob_key)
     values ('10000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-00000000000b', 'Other', 'video', 'video/mp4',
       7, 'upload', 'assets/2/1') $$,
  '42501', null, 'nor for somebody else');
select results_eq(
  $$ select v.number, v.fingerprint, f.current_version_id = v.id
     from media_file_versions v join media_files f on f.id = v.asset_id $$,
  $$ values (1, repeat('f', 64), true) $$,
  'its first version is made with it, and is in place');

select lives_ok(
  $$ insert into media_usage (asset_id, resource_type, resource_id, label)
     values ('10000000-0000-4000-8000-000000000001', 'lesson', 'l1', 'Lesson 1') $$,
  'a place is said');
select throws_ok(
  $$ update media_files set deleted_at = now() $$,
  'PT409', 'Asset 10000000-0000-4000-8000-000000000001 is used in Lesson 1', 'what is used isn''t deleted');
reset role;
select throws_ok(
  $$ update media_files set deleted_at = now(), status = 'deleted' $$,
  'PT409', 'Asset 10000000-0000-4000-8000-000000000001 is used in Lesson 1', 'what is used isn''t deleted by the owner of the tables');
select throws_ok($$ delete from media_files $$, '42501', null, 'no row is ever deleted, whoever asks');
set local role authenticated;
select throws_ok(
  $$ insert into media_usage (asset_id, resource_type, resource_id, label)
     values ('10000000-0000-4000-8000-000000000001', 'project', 'p', 'Project') $$,
  '42501', null, 'a project''s places are said by saving it');
select lives_ok($$ delete from media_usage $$, 'a place is taken back');
select lives_ok($$ update media_files set deleted_at = '2001-01-01' $$, 'what isn''t used any more is deleted');
select results_eq(
  $$ select status, deleted_at = now() from media_files $$, $$ values ('deleted', true) $$, 'by the server''s clock');
select lives_ok($$ update media_files set deleted_at = null $$, 'and restored');
select lives_ok($$ update media_files set name = 'Light', tags = '{Physics,Week 1}' $$, 'it gets a name and tags');
select lives_ok(
  $$ insert into media_file_versions (asset_id, blob_key, mime_type, size_bytes)
     values ('10000000-0000-4000-8000-000000000001', 'assets/1/2', 'video/webm', 9) $$,
  'and another version');
select results_eq(
  $$ select action from media_file_history order by id $$,
  $$ values ('upload'), ('link'), ('unlink'), ('delete'), ('restore'), ('rename'), ('tag'), ('replace') $$,
  'the history has all of it');
select results_eq(
  $$ select (change ->> 'number')::integer, inverse ? 'version_id' from media_file_history where action = 'replace' $$,
  $$ values (2, true) $$, 'the history says which version was put in place, and what takes that back');
select lives_ok(
  $$ select undo_media_change(id) from media_file_history where action in ('rename', 'tag', 'replace') order by id $$,
  'three changes are taken back');
select results_eq(
  $$ select name, tags, mime_type, blob_key, fingerprint from media_files $$,
  $$ values ('Optics', array['Physics'], 'video/mp4', 'assets/1/1', repeat('f', 64)) $$,
  'and everything is as it was');
select is((select count(*)::integer from media_file_versions), 3, 'an old version that is put in place is a new one');
select is((list_media(p_search => 'OPT') ->> 'total')::integer, 1, 'a part of its name finds it, in any case');
select is((list_media(p_tags => array['physics']) -> 'items' -> 0 ->> 'name'), 'Optics', 'and so does its tag');
select results_eq($$ select kind, files from media_overview() $$, $$ values ('video', 1::bigint) $$, 'it is counted');

set local "request.jwt.claims" = '{"sub": "00000000-0000-4000-8000-00000000000b", "role": "authenticated"}';
select is_empty($$ select from media_files $$, 'somebody else sees no asset');
select is_empty($$ update media_files set name = 'Mine' returning id $$, 'and changes none');
select is((list_media() ->> 'total')::integer, 0, 'their pages are empty');
select throws_ok(
  $$ insert into media_usage (asset_id, resource_type, resource_id, label)
     values ('10000000-0000-4000-8000-000000000001', 'lesson', 'l1', 'Lesson 1') $$,
  'PT404', null, 'what they can''t see isn''t there');

select * from finish();
rollback;
