-- The functions as they were before, then what was new.
create or replace function public.keep_house() returns jsonb
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

create or replace function public.forget_blobs(p_object_names text[]) returns bigint
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

create or replace function public.unclaimed_blobs(p_hours integer default 24, p_limit integer default 1000)
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
    -- Somebody may see it who may not change it; and a link may be back already, which is as good.
    if not v_entry.inverse ?| array['link', 'unlink'] then
      perform lectern.fail('forbidden', format('Change %s can''t be taken back', p_history_id));
    end if;
  end if;
end
$$;

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
      jsonb_build_object('version_id', new.current_version_id), jsonb_build_object('version_id', old.current_version_id))
  ) c (action, happened, change, inverse)
  where c.happened;
  return null;
end
$$;

drop trigger keep_version_facts on public.media_files;
drop function lectern.keep_version_facts();
drop function public.discard_blob(text);
drop table lectern.discarded_blobs;
drop function public.storage_report();
