-- From a reservation to an asset: by the store's own word, in one transaction, once.
begin;
select plan(25);

set local role authenticated;
set local "request.jwt.claims" = '{"sub": "00000000-0000-4000-8000-00000000000a", "role": "authenticated"}';

select matches(
  reserve_upload('40000000-0000-4000-8000-000000000001', 'assets/10000000-0000-4000-8000-000000000001/1', 100,
    'video/mp4', p_asset => '{"id": "10000000-0000-4000-8000-000000000001", "name": "Optics"}') ->> 'object_name',
  '^00000000-0000-4000-8000-00000000000a/10000000-0000-4000-8000-000000000001/[0-9a-f-]{36}$',
  'a reservation has a place of tenant, asset and a name that the server made');
select is(
  reserve_upload('40000000-0000-4000-8000-000000000001', 'assets/10000000-0000-4000-8000-000000000001/1', 100, 'video/mp4')
    ->> 'object_name',
  (select object_name from upload_sessions), 'the same call again has the same place');
select throws_ok(
  $$ select reserve_upload('40000000-0000-4000-8000-000000000002', 'assets/10000000-0000-4000-8000-000000000001/1', 1, '') $$,
  'PT409', null, 'two transfers never fill one key');
select throws_ok(
  $$ select reserve_upload('40000000-0000-4000-8000-000000000002', '../secret', 1, '') $$,
  'PT400', null, 'a key never leaves its folder');
select throws_ok(
  $$ select reserve_upload('40000000-0000-4000-8000-000000000002', 'x', 1, '',
       p_owner_id => '00000000-0000-4000-8000-00000000000b') $$,
  '42501', null, 'an upload is reserved for oneself');
select throws_ok(
  $$ insert into storage.objects (bucket_id, name, metadata)
     values ('media', '00000000-0000-4000-8000-00000000000a/x/y', '{}') $$,
  '42501', null, 'no bytes go where nothing was reserved');
select lives_ok(
  $$ insert into storage.objects (bucket_id, name, metadata) select 'media', object_name, '{}' from upload_sessions $$,
  'but they do where something was');
select results_eq($$ select status from upload_sessions $$, $$ values ('open') $$, 'a row without a size finishes nothing');
select is_empty($$ select from media_blobs $$, 'and makes no blob');
select throws_ok(
  $$ select complete_upload('40000000-0000-4000-8000-000000000001', 100) $$,
  '42501', null, 'a browser''s word finishes nothing either');

reset role;
set local role service_role;
select throws_ok(
  $$ update storage.objects set metadata = '{"size": 99}' $$,
  'PT400', 'The bytes are not those that room was made for', 'bytes that are too short are never an asset');
select lives_ok($$ update storage.objects set metadata = '{"size": 100}' $$, 'the store says that all are there');
select lives_ok($$ update storage.objects set metadata = '{"size": 100}' $$, 'and says so again');
reset role;
set local role authenticated;
select results_eq($$ select status from upload_sessions $$, $$ values ('done') $$, 'the reservation is done');
select results_eq(
  $$ select key, size_bytes, store from media_blobs $$,
  $$ values ('assets/10000000-0000-4000-8000-000000000001/1', 100::bigint, 'supabase') $$, 'the bytes are known');
select results_eq($$ select name, status, size_bytes from media_files $$, $$ values ('Optics', 'active', 100::bigint) $$,
  'and are the asset that was spoken of');
select results_eq(
  $$ select stored_bytes, reserved_bytes from storage_report() $$, $$ values (100::bigint, 0::bigint) $$,
  'they are counted once');

reset role;
insert into lectern.tenant_limits (tenant_id, media_bytes) values ('00000000-0000-4000-8000-00000000000a', 150);
set local role authenticated;
select throws_ok(
  $$ select reserve_upload('40000000-0000-4000-8000-000000000003', 'x', 51, '') $$,
  'PT413', 'There is no room for this upload', 'nothing is promised that there is no room for');
select lives_ok(
  $$ select reserve_upload('40000000-0000-4000-8000-000000000003', 'x', 50, '', 'b2') $$, 'what fits is');
select is(cancel_upload('40000000-0000-4000-8000-000000000003') ->> 'status', 'cancelled', 'and is given up');
select results_eq($$ select reserved_bytes from storage_report() $$, $$ values (0::bigint) $$, 'which gives the room back');
select is(discard_blob('assets/10000000-0000-4000-8000-000000000001/1'), false, 'bytes that are used stay');

set local "request.jwt.claims" = '{"sub": "00000000-0000-4000-8000-00000000000b", "role": "authenticated"}';
select is_empty($$ select from upload_sessions $$, 'somebody else sees no reservation');
select is_empty($$ select from storage.objects where bucket_id = 'media' $$, 'and no bytes');
select throws_ok(
  $$ select cancel_upload('40000000-0000-4000-8000-000000000001') $$, 'PT404', null, 'and cancels nothing');

select * from finish();
rollback;
