-- The functions as they were before, then the columns.
create or replace function public.purge_media(p_ids uuid[], p_days integer default 30) returns setof uuid
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

create or replace function lectern.make_reserved_asset(p_session public.upload_sessions) returns void
  language plpgsql security definer set search_path = ''
as $$
declare
  v_asset jsonb := p_session.asset;
  v_id uuid := (v_asset ->> 'id')::uuid;
begin
  if coalesce((v_asset ->> 'replace')::boolean, false) then
    perform from public.media_files f
    where f.id = v_id and f.owner_id = p_session.owner_id and f.purged_at is null for no key update;
    if not found then
      return;
    end if;
    insert into public.media_file_versions (asset_id, blob_key, mime_type, size_bytes, probe)
    values (v_id, p_session.key, p_session.mime_type, p_session.size_bytes, nullif(v_asset -> 'probe', 'null'));
    return;
  end if;
  insert into public.media_files
    (id, owner_id, tenant_id, name, kind, mime_type, size_bytes, source_type, studio_metadata, tags, probe, blob_key)
  values (
    v_id, p_session.owner_id, p_session.tenant_id,
    case when lectern.is_display_name(v_asset ->> 'name') then v_asset ->> 'name' else 'Untitled' end,
    case when v_asset ->> 'kind' in ('video', 'audio', 'image') then v_asset ->> 'kind' else 'video' end,
    p_session.mime_type, p_session.size_bytes,
    case when v_asset ->> 'source_type' in ('upload', 'recording', 'export') then v_asset ->> 'source_type'
      else 'upload' end,
    case when jsonb_typeof(v_asset -> 'studio_metadata') = 'object' then v_asset -> 'studio_metadata' else '{}' end,
    case when jsonb_typeof(v_asset -> 'tags') = 'array'
      then array(select jsonb_array_elements_text(v_asset -> 'tags')) else '{}' end,
    nullif(v_asset -> 'probe', 'null'), p_session.key
  )
  on conflict (id) do nothing;
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
    insert into public.media_file_versions (asset_id, blob_key, mime_type, size_bytes, probe, poster_key)
    select v.asset_id, v.blob_key, v.mime_type, v.size_bytes, v.probe, v.poster_key
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
    -- Somebody may see it who may not change it; and a link may be back already, which is as good.
    if not v_entry.inverse ?| array['link', 'unlink'] then
      perform lectern.fail('forbidden', format('Change %s can''t be taken back', p_history_id));
    end if;
  end if;
end
$$;

create or replace function lectern.put_version_in_place() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  update public.media_files f set
    current_version_id = new.id,
    blob_key = new.blob_key,
    mime_type = new.mime_type,
    size_bytes = new.size_bytes,
    probe = new.probe,
    poster_key = new.poster_key,
    kind = case when new.probe ->> 'kind' in ('video', 'audio', 'image') then new.probe ->> 'kind' else f.kind end,
    status = case when f.deleted_at is null then 'active' else f.status end,
    verified_sha256 = (
      select b.verified_sha256 from public.media_blobs b where b.owner_id = new.owner_id and b.key = new.blob_key
    )
  where f.id = new.asset_id and f.current_version_id is distinct from new.id;
  return null;
end
$$;

create or replace function lectern.add_first_version() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if new.blob_key is not null then
    insert into public.media_file_versions
      (id, asset_id, number, blob_key, mime_type, size_bytes, probe, poster_key, created_at)
    values (new.current_version_id, new.id, 1, new.blob_key, new.mime_type, new.size_bytes, new.probe, new.poster_key,
      new.created_at);
  end if;
  insert into public.media_file_history (asset_id, owner_id, tenant_id, author, action, change, inverse, rev)
  values (new.id, new.owner_id, new.tenant_id, auth.uid(), 'upload', jsonb_build_object('name', new.name),
    '{"deleted": true}', new.rev);
  return null;
end
$$;

create or replace function lectern.begin_media_file() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if new.blob_key is not null then
    new.current_version_id := gen_random_uuid();
  end if;
  return new;
end
$$;

drop index public.media_files_fingerprint_idx;
alter table public.media_file_versions drop column fingerprint;
alter table public.media_files drop column fingerprint;
