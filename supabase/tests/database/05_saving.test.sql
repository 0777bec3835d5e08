-- Every answer of `save_studio_project`.
begin;
select plan(22);

insert into public.media_blobs (owner_id, tenant_id, key, object_name, store, size_bytes, mime_type) values
  ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000a', 'assets/1/1', 'a/1/1', 'supabase', 7, 'video/mp4');

-- A save of project 2… from a revision, under an id, of a schema.
create function pg_temp.save(p_base bigint, p_save integer, p_schema integer default 2, p_assets text[] default '{}')
  returns jsonb language sql
as $$
  select public.save_studio_project(
    p_id => '20000000-0000-4000-8000-000000000001', p_base_rev => p_base,
    p_save_id => format('30000000-0000-4000-8000-%s', lpad(p_save::text, 12, '0'))::uuid,
    p_schema_version => p_schema, p_hash => 'hash ' || p_save, p_state => jsonb_build_object('save', p_save),
    p_kind => 'auto', p_asset_ids => p_assets, p_title => 'Light')
$$;

set local role authenticated;
set local "request.jwt.claims" = '{"sub": "00000000-0000-4000-8000-00000000000a", "role": "authenticated"}';
insert into media_files (id, name, kind, mime_type, size_bytes, source_type, blob_key)
values ('10000000-0000-4000-8000-000000000001', 'Optics', 'video', 'video/mp4', 7, 'upload', 'assets/1/1');

select is(pg_temp.save(3, 1), '{"outcome": "gone"}', 'a revision of a project that never was is gone');
select is_empty($$ select from studio_projects $$, 'and nothing is kept of it');
select is(pg_temp.save(0, 2, 2, array['10000000-0000-4000-8000-000000000001']), '{"outcome": "ok", "rev": 1}',
  'the first save makes the project');
select is(pg_temp.save(0, 2), '{"outcome": "ok", "rev": 1}', 'the same save again has the same answer');
select results_eq($$ select title, rev, content_hash, owner_id from studio_projects $$,
  $$ values ('Light', 1::bigint, 'hash 2', '00000000-0000-4000-8000-00000000000a'::uuid) $$, 'and changes nothing');
select results_eq($$ select resource_type, label from media_usage $$, $$ values ('project', 'Light') $$,
  'its usage is kept in the same transaction');
select throws_ok($$ update media_files set deleted_at = now() $$, 'PT409', null, 'so that what it uses isn''t deleted');
select is(pg_temp.save(1, 3), '{"outcome": "ok", "rev": 2}', 'a save from the head is the head');
select is_empty($$ select from media_usage $$, 'usage follows the head');
select is(pg_temp.save(1, 4) - 'head_at',
  '{"outcome": "conflict", "head_rev": 2, "head_author": "00000000-0000-4000-8000-00000000000a", "head_hash": "hash 3",
    "kept_as": -1}', 'a save from an older one is a conflict, and is kept');
select is(pg_temp.save(0, 5) ->> 'kept_as', '-2', 'and so is a second first one');
select results_eq($$ select rev, kind, timeline_state from studio_project_revisions order by rev $$,
  $$ values (-2::bigint, 'conflict', '{"save": 5}'::jsonb), (-1, 'conflict', '{"save": 4}'), (1, 'auto', '{"save": 2}'),
       (2, 'auto', '{"save": 3}') $$, 'every state is there');
select is((select timeline_state from studio_projects), '{"save": 3}', 'the head is what it was');
select is(pg_temp.save(2, 6, 1), '{"outcome": "too-new"}', 'an older schema can''t have read the head');
select throws_ok($$ select pg_temp.save(-1, 7) $$, 'PT400', null, 'nonsense is refused');
select throws_ok($$ update studio_projects set timeline_state = '{}' $$, '42501', null, 'there is no other door');
select throws_ok(
  $$ select public.save_studio_project('20000000-0000-4000-8000-000000000001', 2, gen_random_uuid(), 2, 'x', '{}', 'auto',
       p_as_user => '00000000-0000-4000-8000-00000000000b') $$,
  'PT401', null, 'a save on somebody else''s behalf is refused');

set local "request.jwt.claims" = '{"sub": "00000000-0000-4000-8000-00000000000b", "role": "authenticated"}';
select is_empty($$ select from studio_projects $$, 'somebody else sees no project');
select is(pg_temp.save(2, 8), '{"outcome": "gone"}', 'to them it is gone');
select is(pg_temp.save(0, 9), '{"outcome": "gone"}', 'and its id is taken');

set local "request.jwt.claims" = '{"sub": "00000000-0000-4000-8000-00000000000a", "role": "authenticated"}';
update studio_projects set deleted_at = now();
select is(pg_temp.save(2, 10), '{"outcome": "gone"}', 'a project that was removed is gone');
set local role anon;
set local "request.jwt.claims" = '{"role": "anon"}';
select throws_ok($$ select pg_temp.save(0, 11) $$, '42501', null, 'visitors save nothing');

select * from finish();
rollback;
