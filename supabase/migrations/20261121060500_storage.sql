-- The bucket, who may touch its objects, and what happens when the last byte has come.
-- Way back: supabase/down/20261121060500_storage.sql

insert into storage.buckets (id, name, public) values ('media', 'media', false) on conflict (id) do nothing;

-- ── Finishing an upload ─────────────────────────────────────────────────────────────────────────────────────────────

-- Makes, or renews, the asset that a reservation spoke of.
create function lectern.make_reserved_asset(p_session public.upload_sessions) returns void
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
revoke execute on function lectern.make_reserved_asset(public.upload_sessions) from public;

-- All bytes of a reservation are there, as the store itself says: they become a blob, and the blob the asset that was
-- spoken of, in one transaction. Twice is once.
create function lectern.finish_upload(p_session_id uuid, p_size_bytes bigint) returns public.upload_sessions
  language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.upload_sessions;
begin
  select * into v_session from public.upload_sessions s where s.id = p_session_id for update;
  if not found then
    perform lectern.fail('not-found', 'There is no such upload', jsonb_build_object('id', p_session_id));
  end if;
  if v_session.status = 'done' then
    return v_session;
  end if;
  if v_session.status <> 'open' then
    perform lectern.fail('conflict', 'This upload was given up',
      jsonb_build_object('id', p_session_id, 'status', v_session.status));
  end if;
  if p_size_bytes is distinct from v_session.size_bytes then
    perform lectern.fail('invalid-input', 'The bytes are not those that room was made for', jsonb_build_object(
      'path', 'size_bytes', 'expected', v_session.size_bytes::text, 'found', coalesce(p_size_bytes::text, 'none')));
  end if;
  insert into public.media_blobs (owner_id, tenant_id, key, object_name, store, size_bytes, mime_type)
  values (v_session.owner_id, v_session.tenant_id, v_session.key, v_session.object_name, v_session.store,
    v_session.size_bytes, v_session.mime_type);
  update public.upload_sessions s set status = 'done', finished_at = now()
  where s.id = p_session_id returning * into v_session;
  if v_session.asset is not null then
    -- Bytes that are all there are kept, whatever was said of them; making the asset is then up to the browser.
    begin
      perform lectern.make_reserved_asset(v_session);
    exception when integrity_constraint_violation or data_exception then
      raise warning 'Upload % is stored, but is no asset: %', p_session_id, sqlerrm;
    end;
  end if;
  return v_session;
end
$$;
revoke execute on function lectern.finish_upload(uuid, bigint) from public;

-- For the signer of another store, after that store has said what it holds.
create function public.complete_upload(p_id uuid, p_size_bytes bigint) returns jsonb
  language sql security definer set search_path = ''
as $$
  select lectern.session_answer(lectern.finish_upload(p_id, p_size_bytes))
$$;
revoke execute on function public.complete_upload(uuid, bigint) from public, anon, authenticated;
grant execute on function public.complete_upload(uuid, bigint) to service_role;

-- The signer's note of the store's own name for a multipart upload.
create function public.note_multipart(p_id uuid, p_multipart_id text) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.upload_sessions;
begin
  -- The first one stands: whoever asks second goes on with it.
  update public.upload_sessions s set multipart_id = coalesce(s.multipart_id, p_multipart_id)
  where s.id = p_id and s.status = 'open' returning * into v_session;
  if not found then
    perform lectern.fail('not-found', 'There is no such open upload', jsonb_build_object('id', p_id));
  end if;
  return lectern.session_answer(v_session) || jsonb_build_object('multipart_id', v_session.multipart_id);
end
$$;
revoke execute on function public.note_multipart(uuid, text) from public, anon, authenticated;
grant execute on function public.note_multipart(uuid, text) to service_role;

-- Storage tries policies by inserting a row and rolling back, with no size in it: only a row with one is of bytes that
-- are there. A row that no reservation knows was put there by the service side, which says itself what it is.
create function lectern.finish_stored_object() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  select s.id into v_id from public.upload_sessions s where s.object_name = new.name and s.store = 'supabase';
  if found then
    perform lectern.finish_upload(v_id, (new.metadata ->> 'size')::bigint);
  end if;
  return null;
end
$$;
revoke execute on function lectern.finish_stored_object() from public;
create trigger lectern_finish_stored_object after insert or update of metadata on storage.objects
  for each row when (new.bucket_id = 'media' and new.metadata ? 'size')
  execute function lectern.finish_stored_object();

-- The bytes are gone, so nothing may say that they are there. What an asset still refers to can't go: the versions'
-- foreign key refuses it, for everybody.
create function lectern.forget_stored_object() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.media_blobs b where b.object_name = old.name and b.store = 'supabase';
  return null;
end
$$;
revoke execute on function lectern.forget_stored_object() from public;
create trigger lectern_forget_stored_object after delete on storage.objects
  for each row when (old.bucket_id = 'media') execute function lectern.forget_stored_object();

-- ── Who may what ────────────────────────────────────────────────────────────────────────────────────────────────────

-- True for bytes of the caller's own that no asset refers to.
create function lectern.may_delete_object(p_name text) returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.media_blobs b
    where b.object_name = p_name and b.owner_id = (select auth.uid())
      and not exists (
        select from public.media_file_versions v where v.owner_id = b.owner_id and v.blob_key = b.key
      )
      and not exists (
        select from public.media_file_versions v where v.owner_id = b.owner_id and v.poster_key = b.key
      )
      and not exists (
        select from public.media_files f where f.owner_id = b.owner_id and f.poster_key = b.key
      )
  )
$$;
revoke execute on function lectern.may_delete_object(text) from public;
grant execute on function lectern.may_delete_object(text) to authenticated;

-- The tables asked here have policies of their own, so these see what the caller may see.
create policy lectern_media_select on storage.objects for select to authenticated
  using (
    bucket_id = 'media' and (
      exists (select from public.media_blobs b where b.object_name = objects.name)
      or exists (select from public.upload_sessions s where s.object_name = objects.name)
    )
  );
-- A place that was reserved, by the one who reserved it, while it is reserved.
create policy lectern_media_insert on storage.objects for insert to authenticated
  with check (
    bucket_id = 'media' and exists (
      select from public.upload_sessions s
      where s.object_name = objects.name and s.owner_id = (select auth.uid()) and s.store = 'supabase'
        and s.status = 'open' and s.expires_at > now()
    )
  );
-- No update: bytes are never changed, moved or written over.
create policy lectern_media_delete on storage.objects for delete to authenticated
  using (bucket_id = 'media' and (select lectern.may_delete_object(objects.name)));
