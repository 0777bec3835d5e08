-- Bulk work, and the job that clears away what is gone for good.
-- Way back: supabase/down/20261121060600_operations.sql

create table public.media_operations (
  id uuid primary key,
  owner_id uuid not null default auth.uid(),
  tenant_id uuid not null default lectern.home_tenant(),
  kind text not null check (kind in ('rename', 'tag', 'untag', 'delete', 'restore')),
  -- What is done to each: `{"name"}` with `{n}` for the number, or `{"tags"}`.
  args jsonb not null default '{}' check (jsonb_typeof(args) = 'object' and pg_column_size(args) <= 65536),
  asset_ids uuid[] not null check (cardinality(asset_ids) between 1 and 10000),
  status text not null default 'running' check (status in ('running', 'done', 'cancelled')),
  total integer not null,
  done integer not null default 0,
  failed integer not null default 0,
  -- `[{"id", "code", "message", "details"}]`, one for each that failed.
  errors jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint media_operations_counts check (done >= 0 and failed >= 0 and done + failed <= total)
);
create index media_operations_owner_id_idx on public.media_operations (owner_id, created_at);
create index media_operations_tenant_id_idx on public.media_operations (tenant_id);

alter table public.media_operations enable row level security;
revoke all on public.media_operations from public, anon, authenticated;
grant select on public.media_operations to authenticated;
grant insert (id, owner_id, tenant_id, kind, args, asset_ids) on public.media_operations to authenticated;
-- Giving one up is all that its owner says; the counts are written by the work itself.
grant update (status) on public.media_operations to authenticated;

create policy media_operations_select on public.media_operations for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy media_operations_insert on public.media_operations for insert to authenticated
  with check (owner_id = (select auth.uid()) and tenant_id = (select lectern.home_tenant()));
create policy media_operations_update on public.media_operations for update to authenticated
  using (owner_id = (select auth.uid()));

create function lectern.guard_media_operation() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.total := cardinality(new.asset_ids);
    if new.kind = 'rename' and coalesce(new.args ->> 'name', '') = '' then
      perform lectern.fail('invalid-input', 'A new name is missing', '{"path": "args.name", "expected": "a text"}');
    end if;
    if new.kind in ('tag', 'untag') and (jsonb_typeof(new.args -> 'tags') is distinct from 'array'
      or not lectern.are_tags(array(select jsonb_array_elements_text(new.args -> 'tags')))) then
      perform lectern.fail('invalid-input', 'Tags are missing', '{"path": "args.tags", "expected": "a list of tags"}');
    end if;
  elsif old.status <> 'running' and new.status <> old.status then
    perform lectern.fail('conflict', 'This operation has ended', jsonb_build_object('status', old.status));
  elsif new.status = 'done' and new.done + new.failed < new.total then
    perform lectern.fail('invalid-input', 'This operation isn''t done', '{"path": "status", "expected": "cancelled"}');
  end if;
  new.updated_at := now();
  return new;
end
$$;
revoke execute on function lectern.guard_media_operation() from public;
create trigger guard_media_operation before insert or update on public.media_operations
  for each row execute function lectern.guard_media_operation();

-- Writes how far an operation of the caller's own has come.
create function lectern.note_progress(p_id uuid, p_done integer, p_errors jsonb) returns public.media_operations
  language plpgsql security definer set search_path = ''
as $$
declare
  v_operation public.media_operations;
begin
  update public.media_operations o set
    done = o.done + p_done,
    failed = o.failed + jsonb_array_length(p_errors),
    errors = o.errors || p_errors,
    status = case when o.done + p_done + o.failed + jsonb_array_length(p_errors) >= o.total then 'done'
      else o.status end
  where o.id = p_id and o.owner_id = lectern.require_user() and o.status = 'running'
  returning * into v_operation;
  return v_operation;
end
$$;
revoke execute on function lectern.note_progress(uuid, integer, jsonb) from public;
grant execute on function lectern.note_progress(uuid, integer, jsonb) to authenticated;

-- Does the next few of an operation, under the caller's own rights, and says how far it is. Called until it is done: each
-- call is a transaction of its own, so progress is seen everywhere, and whoever comes later goes on where it stopped.
-- What fails is noted and stops nothing else.
create function public.continue_media_operation(p_id uuid, p_limit integer default 100) returns jsonb
  language plpgsql security invoker set search_path = ''
as $$
declare
  v_user uuid := lectern.require_user();
  v_operation public.media_operations;
  v_from integer;
  v_done integer := 0;
  v_errors jsonb := '[]';
  v_asset_id uuid;
  v_tags text[];
  v_message text;
  v_detail text;
  v_hint text;
  v_state text;
begin
  select * into v_operation from public.media_operations o where o.id = p_id and o.owner_id = v_user for update;
  if not found then
    perform lectern.fail('not-found', 'There is no such operation', jsonb_build_object('id', p_id));
  end if;
  if v_operation.status = 'running' then
    v_tags := array(select jsonb_array_elements_text(
      case when jsonb_typeof(v_operation.args -> 'tags') = 'array' then v_operation.args -> 'tags' else '[]' end));
    v_from := v_operation.done + v_operation.failed;
    for i in v_from + 1 .. least(v_from + greatest(1, least(p_limit, 1000)), v_operation.total) loop
      v_asset_id := v_operation.asset_ids[i];
      begin
        case v_operation.kind
          when 'rename' then
            update public.media_files f
            set name = left(btrim(replace(v_operation.args ->> 'name', '{n}', i::text)), 255) where f.id = v_asset_id;
          when 'tag' then
            update public.media_files f set tags = f.tags || array(
              select distinct on (lectern.fold(t.tag)) t.tag from unnest(v_tags) t (tag)
              where lectern.fold(t.tag) <> all (f.folded_tags)
            ) where f.id = v_asset_id;
          when 'untag' then
            update public.media_files f set tags = array(
              select t.tag from unnest(f.tags) with ordinality t (tag, place)
              where lectern.fold(t.tag) <> all (lectern.fold_all(v_tags)) order by t.place
            ) where f.id = v_asset_id;
          when 'delete' then
            update public.media_files f set deleted_at = now() where f.id = v_asset_id;
          when 'restore' then
            update public.media_files f set deleted_at = null where f.id = v_asset_id;
        end case;
        if not found then
          perform lectern.fail('not-found', format('There is no asset %s', v_asset_id),
            jsonb_build_object('what', 'asset', 'id', v_asset_id));
        end if;
        v_done := v_done + 1;
      exception when others then
        get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail,
          v_hint = pg_exception_hint, v_state = returned_sqlstate;
        if v_state in ('40001', '40P01', '57014', '53100', '53200') then
          -- Not this item's fault: the whole call may be made again.
          raise;
        end if;
        v_errors := v_errors || jsonb_build_array(jsonb_build_object(
          'id', v_asset_id,
          'code', case when v_state like 'PT%' then v_hint when v_state = '23514' then 'invalid-input'
            else 'unknown' end,
          'message', v_message,
          'details', case when v_state like 'PT%' then v_detail::jsonb else '{}' end));
      end;
    end loop;
    v_operation := lectern.note_progress(p_id, v_done, v_errors);
  end if;
  return to_jsonb(v_operation) - 'asset_ids' - 'args';
end
$$;
revoke execute on function public.continue_media_operation(uuid, integer) from public, anon, service_role;
grant execute on function public.continue_media_operation(uuid, integer) to authenticated;

-- ── Clearing away ───────────────────────────────────────────────────────────────────────────────────────────────────

-- What the job may take away for good: in the trash for `p_days`, used nowhere. The service side's alone.
create function public.purge_candidates(p_days integer default 30, p_limit integer default 100)
  returns table (id uuid, owner_id uuid, deleted_at timestamptz)
  language sql stable security definer set search_path = ''
as $$
  select f.id, f.owner_id, f.deleted_at from public.media_files f
  where f.deleted_at < now() - make_interval(days => greatest(p_days, 1)) and f.purged_at is null
    and not exists (select from public.media_usage u where u.asset_id = f.id)
    and not exists (select from public.scenes s where s.asset_id = f.id)
    and not exists (select from public.voices v where v.sample_asset_id = f.id)
  order by f.deleted_at limit least(p_limit, 1000)
$$;
revoke execute on function public.purge_candidates(integer, integer) from public, anon, authenticated;
grant execute on function public.purge_candidates(integer, integer) to service_role;

-- Takes assets out of the library for good, after looking once more whether they may go: one may have been restored, or
-- have come back into use with a restored project. Returns those that went. Their bytes are nobody's now, and
-- `unclaimed_blobs` names them, so that a job that dies in between leaves nothing behind.
create function public.purge_media(p_ids uuid[], p_days integer default 30) returns setof uuid
  language plpgsql security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  for v_id in
    select f.id from public.media_files f
    where f.id = any (p_ids) and f.purged_at is null
      and f.deleted_at < now() - make_interval(days => greatest(p_days, 1))
    order by f.id for update
  loop
    continue when exists (select from public.media_usage u where u.asset_id = v_id)
      or exists (select from public.scenes s where s.asset_id = v_id)
      or exists (select from public.voices v where v.sample_asset_id = v_id);
    -- The row stays: deleting it would be told to everybody who listens, whoever owned it.
    update public.media_files f set
      purged_at = now(), name = 'Deleted', tags = '{}', studio_metadata = '{}', probe = null, poster_key = null,
      blob_key = null, current_version_id = null, verified_sha256 = null, size_bytes = 0
    where f.id = v_id;
    delete from public.media_file_history h where h.asset_id = v_id;
    delete from public.media_file_versions v where v.asset_id = v_id;
    return next v_id;
  end loop;
end
$$;
revoke execute on function public.purge_media(uuid[], integer) from public, anon, authenticated;
grant execute on function public.purge_media(uuid[], integer) to service_role;

-- Stored bytes that nothing has referred to for `p_hours`. The job deletes them through the store's own interface (SQL
-- would leave the bytes), and the row goes with the object; for another store it says so with `forget_blobs`.
create function public.unclaimed_blobs(p_hours integer default 24, p_limit integer default 1000)
  returns table (object_name text, store text, size_bytes bigint)
  language sql stable security definer set search_path = ''
as $$
  select b.object_name, b.store, b.size_bytes from public.media_blobs b
  where b.created_at < now() - make_interval(hours => greatest(p_hours, 1))
    and b.key like 'assets/%'
    and not exists (select from public.media_file_versions v where v.owner_id = b.owner_id and v.blob_key = b.key)
    and not exists (select from public.media_file_versions v where v.owner_id = b.owner_id and v.poster_key = b.key)
    and not exists (select from public.media_files f where f.owner_id = b.owner_id and f.poster_key = b.key)
  order by b.created_at limit least(p_limit, 10000)
$$;
revoke execute on function public.unclaimed_blobs(integer, integer) from public, anon, authenticated;
grant execute on function public.unclaimed_blobs(integer, integer) to service_role;

-- Forgets blobs of another store whose bytes are gone. What is still referred to is refused, by the foreign key.
create function public.forget_blobs(p_object_names text[]) returns bigint
  language plpgsql security definer set search_path = ''
as $$
declare
  v_count bigint;
begin
  delete from public.media_blobs b where b.object_name = any (p_object_names) and b.store <> 'supabase';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
revoke execute on function public.forget_blobs(text[]) from public, anon, authenticated;
grant execute on function public.forget_blobs(text[]) to service_role;

-- Notes the hash that the service side found in the bytes themselves: the only one by which two files are the same.
create function public.verify_blob(p_object_name text, p_sha256 text) returns void
  language plpgsql security definer set search_path = ''
as $$
declare
  v_blob public.media_blobs;
begin
  update public.media_blobs b set verified_sha256 = p_sha256 where b.object_name = p_object_name returning * into v_blob;
  if not found then
    perform lectern.fail('not-found', 'There are no such bytes', jsonb_build_object('object_name', p_object_name));
  end if;
  update public.media_files f set verified_sha256 = p_sha256
  where f.owner_id = v_blob.owner_id and f.current_version_id in (
    select v.id from public.media_file_versions v where v.owner_id = v_blob.owner_id and v.blob_key = v_blob.key
  );
end
$$;
revoke execute on function public.verify_blob(text, text) from public, anon, authenticated;
grant execute on function public.verify_blob(text, text) to service_role;

-- What else the job does, in one call: reservations that nobody came back for, and conflicts older than 30 days.
create function public.keep_house() returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_uploads bigint := lectern.expire_uploads();
  v_conflicts bigint;
begin
  delete from public.studio_project_revisions r where r.rev < 0 and r.created_at < now() - interval '30 days';
  get diagnostics v_conflicts = row_count;
  return jsonb_build_object('expired_uploads', v_uploads, 'conflicts', v_conflicts);
end
$$;
revoke execute on function public.keep_house() from public, anon, authenticated;
grant execute on function public.keep_house() to service_role;
