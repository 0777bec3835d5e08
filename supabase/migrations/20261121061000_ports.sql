-- What the browser's ports ask for beyond the first tables: how much room there is, letting go of bytes in another
-- store, and versions that keep what was found out about them later.
-- Way back: supabase/down/20261121061000_ports.sql

-- ── Room ────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- What the signed-in user's tenant stores, has reserved, and may store (null: no limit), in bytes.
create function public.storage_report() returns table (stored_bytes bigint, reserved_bytes bigint, limit_bytes bigint)
  language sql stable security definer set search_path = ''
as $$
  select coalesce(u.stored_bytes, 0), coalesce(u.reserved_bytes, 0), l.media_bytes
  from (select lectern.tenant_of(lectern.require_user()) as tenant_id) me
  left join lectern.tenant_usage u on u.tenant_id = me.tenant_id
  left join lectern.tenant_limits l on l.tenant_id = me.tenant_id
$$;
revoke execute on function public.storage_report() from public, anon, service_role;
grant execute on function public.storage_report() to authenticated;

-- ── Letting go of bytes ─────────────────────────────────────────────────────────────────────────────────────────────

-- Bytes of another store that their owner has let go of, until the job has deleted them there: no browser holds a key
-- that could.
create table lectern.discarded_blobs (
  object_name text primary key,
  store text not null,
  size_bytes bigint not null,
  discarded_at timestamptz not null default now()
);
create index discarded_blobs_discarded_at_idx on lectern.discarded_blobs (discarded_at);
alter table lectern.discarded_blobs enable row level security;
revoke all on lectern.discarded_blobs from public, anon, authenticated;
grant select on lectern.discarded_blobs to service_role;

-- Lets go of bytes of the caller's own in another store. False, and nothing happens, where there are none under that key
-- or an asset refers to them. What lies in Supabase Storage is deleted through its own interface.
create function public.discard_blob(p_key text) returns boolean
  language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := lectern.require_user();
  v_blob public.media_blobs;
begin
  select * into v_blob from public.media_blobs b
  where b.owner_id = v_user and b.key = p_key and b.store <> 'supabase' for update;
  if not found or not lectern.may_delete_object(v_blob.object_name) then
    return false;
  end if;
  insert into lectern.discarded_blobs (object_name, store, size_bytes)
  values (v_blob.object_name, v_blob.store, v_blob.size_bytes);
  delete from public.media_blobs b where b.owner_id = v_user and b.key = p_key;
  return true;
end
$$;
revoke execute on function public.discard_blob(text) from public, anon, service_role;
grant execute on function public.discard_blob(text) to authenticated;

-- Stored bytes that nothing has referred to for `p_hours`, and those that were let go of so long ago.
create or replace function public.unclaimed_blobs(p_hours integer default 24, p_limit integer default 1000)
  returns table (object_name text, store text, size_bytes bigint)
  language sql stable security definer set search_path = ''
as $$
  select d.object_name, d.store, d.size_bytes from (
    select b.object_name, b.store, b.size_bytes, b.created_at as since from public.media_blobs b
    where b.created_at < now() - make_interval(hours => greatest(p_hours, 1))
      and b.key like 'assets/%'
      and not exists (select from public.media_file_versions v where v.owner_id = b.owner_id and v.blob_key = b.key)
      and not exists (select from public.media_file_versions v where v.owner_id = b.owner_id and v.poster_key = b.key)
      and not exists (select from public.media_files f where f.owner_id = b.owner_id and f.poster_key = b.key)
    union all
    select g.object_name, g.store, g.size_bytes, g.discarded_at from lectern.discarded_blobs g
    where g.discarded_at < now() - make_interval(hours => greatest(p_hours, 1))
  ) d
  order by d.since limit least(p_limit, 10000)
$$;

-- Forgets blobs of another store whose bytes are gone. What is still referred to is refused, by the foreign key.
create or replace function public.forget_blobs(p_object_names text[]) returns bigint
  language plpgsql security definer set search_path = ''
as $$
declare
  v_known bigint;
  v_discarded bigint;
begin
  delete from public.media_blobs b where b.object_name = any (p_object_names) and b.store <> 'supabase';
  get diagnostics v_known = row_count;
  delete from lectern.discarded_blobs g where g.object_name = any (p_object_names);
  get diagnostics v_discarded = row_count;
  return v_known + v_discarded;
end
$$;

-- What else the job does, in one call: reservations that nobody came back for, those that ended long ago, and conflicts
-- older than 30 days.
create or replace function public.keep_house() returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_uploads bigint := lectern.expire_uploads();
  v_conflicts bigint;
  v_sessions bigint;
begin
  delete from public.studio_project_revisions r where r.rev < 0 and r.created_at < now() - interval '30 days';
  get diagnostics v_conflicts = row_count;
  -- Whoever asks again for an upload that ended is answered for 30 days.
  delete from public.upload_sessions s where s.status <> 'open' and s.finished_at < now() - interval '30 days';
  get diagnostics v_sessions = row_count;
  return jsonb_build_object('expired_uploads', v_uploads, 'conflicts', v_conflicts, 'forgotten_uploads', v_sessions);
end
$$;

-- ── Versions ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- A poster that comes after the bytes, or facts that were found later, are the version's too: whoever puts it in place
-- again gets them back.
create function lectern.keep_version_facts() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  update public.media_file_versions v set probe = new.probe, poster_key = new.poster_key
  where v.id = new.current_version_id;
  return null;
end
$$;
revoke execute on function lectern.keep_version_facts() from public;
create trigger keep_version_facts after update of probe, poster_key on public.media_files
  for each row
  when (
    (new.probe, new.poster_key) is distinct from (old.probe, old.poster_key)
    and new.current_version_id = old.current_version_id
  )
  execute function lectern.keep_version_facts();

-- ── History ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- A replacement says which version it put in place in the words of people too: its number.
create or replace function lectern.write_media_history() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if new.purged_at is not null then
    return null;
  end if;
  insert into public.media_file_history (asset_id, owner_id, tenant_id, author, action, change, inverse, rev)
  select new.id, new.owner_id, new.tenant_id, auth.uid(), c.action, c.change, c.inverse, new.rev
  from (values
    ('rename', new.name is distinct from old.name,
      jsonb_build_object('name', new.name), jsonb_build_object('name', old.name)),
    ('tag', new.tags is distinct from old.tags,
      jsonb_build_object('tags', new.tags), jsonb_build_object('tags', old.tags)),
    ('delete', new.deleted_at is not null and old.deleted_at is null, '{"deleted": true}', '{"deleted": false}'),
    ('restore', new.deleted_at is null and old.deleted_at is not null, '{"deleted": false}', '{"deleted": true}'),
    ('replace', new.current_version_id is distinct from old.current_version_id,
      jsonb_build_object('version_id', new.current_version_id, 'number', (
        select v.number from public.media_file_versions v where v.id = new.current_version_id
      )),
      jsonb_build_object('version_id', old.current_version_id))
  ) c (action, happened, change, inverse)
  where c.happened;
  return null;
end
$$;

create or replace function public.undo_media_change(p_history_id bigint) returns void
  language plpgsql security invoker set search_path = ''
as $$
declare
  v_entry public.media_file_history;
  v_place jsonb;
begin
  select * into v_entry from public.media_file_history h where h.id = p_history_id;
  if not found then
    perform lectern.fail('not-found', format('There is no change %s', p_history_id),
      jsonb_build_object('what', 'change', 'id', p_history_id));
  end if;
  if v_entry.inverse ? 'name' then
    update public.media_files f set name = v_entry.inverse ->> 'name' where f.id = v_entry.asset_id;
  elsif v_entry.inverse ? 'tags' then
    update public.media_files f
    set tags = array(select jsonb_array_elements_text(v_entry.inverse -> 'tags')) where f.id = v_entry.asset_id;
  elsif v_entry.inverse ? 'deleted' then
    update public.media_files f
    set deleted_at = case when (v_entry.inverse ->> 'deleted')::boolean then now() end where f.id = v_entry.asset_id;
  elsif v_entry.inverse ? 'version_id' then
    insert into public.media_file_versions (asset_id, blob_key, mime_type, size_bytes, probe, poster_key, fingerprint)
    select v.asset_id, v.blob_key, v.mime_type, v.size_bytes, v.probe, v.poster_key, v.fingerprint
    from public.media_file_versions v where v.id = (v_entry.inverse ->> 'version_id')::uuid;
  elsif v_entry.inverse ? 'link' then
    v_place := v_entry.inverse -> 'link';
    insert into public.media_usage (asset_id, resource_type, resource_id, label)
    values (v_entry.asset_id, v_place ->> 'resource_type', v_place ->> 'resource_id', v_place ->> 'label')
    on conflict do nothing;
  elsif v_entry.inverse ? 'unlink' then
    v_place := v_entry.inverse -> 'unlink';
    delete from public.media_usage u where u.asset_id = v_entry.asset_id
      and u.resource_type = v_place ->> 'resource_type' and u.resource_id = v_place ->> 'resource_id';
  end if;
  if not found then
    -- Somebody may see it who may not change it. A link that is back already is as good, and so is one that is gone
    -- already, unless it is still there: a project's places are kept by saving it.
    if not v_entry.inverse ? 'link' and (not v_entry.inverse ? 'unlink' or exists (
      select from public.media_usage u where u.asset_id = v_entry.asset_id
        and u.resource_type = v_place ->> 'resource_type' and u.resource_id = v_place ->> 'resource_id'
    )) then
      perform lectern.fail('forbidden', format('Change %s can''t be taken back', p_history_id));
    end if;
  end if;
end
$$;
