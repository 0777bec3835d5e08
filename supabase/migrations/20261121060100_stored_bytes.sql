-- Stored bytes and the reservations that lead to them.
-- Way back: supabase/down/20261121060100_stored_bytes.sql

-- One row for each blob whose bytes are all there, in Supabase Storage or on B2. Nobody but the finalising of an upload
-- makes one, so a row is the proof that something may refer to the bytes.
create table public.media_blobs (
  owner_id uuid not null,
  tenant_id uuid not null,
  -- What the browser calls it; an owner's own, so that nobody learns of other people's keys by trying.
  key text not null constraint media_blobs_key_check check (lectern.is_blob_key(key)),
  -- `<tenant>/<asset>/<uuid>`, made by the server and never used again.
  object_name text not null unique,
  store text not null check (store in ('supabase', 'b2')),
  size_bytes bigint not null check (size_bytes >= 0),
  mime_type text not null check (char_length(mime_type) <= 255),
  -- Set by the service side after it has read the bytes; a browser's word is not enough to call two files the same.
  verified_sha256 text check (verified_sha256 ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  primary key (owner_id, key)
);
create index media_blobs_tenant_id_idx on public.media_blobs (tenant_id);
create index media_blobs_created_at_idx on public.media_blobs (created_at);
create index media_blobs_verified_sha256_idx on public.media_blobs (owner_id, verified_sha256)
  where verified_sha256 is not null;

create table public.upload_sessions (
  id uuid primary key,
  owner_id uuid not null,
  tenant_id uuid not null,
  key text not null constraint upload_sessions_key_check check (lectern.is_blob_key(key)),
  object_name text not null unique,
  store text not null check (store in ('supabase', 'b2')),
  size_bytes bigint not null check (size_bytes >= 0),
  mime_type text not null check (char_length(mime_type) <= 255),
  status text not null default 'open' check (status in ('open', 'done', 'cancelled', 'expired')),
  -- The asset that the bytes become in the same transaction that finds them complete; null when the browser says later.
  asset jsonb check (asset is null or jsonb_typeof(asset) = 'object'),
  -- The store's name for a multipart upload; worth nothing without the store's key.
  multipart_id text check (char_length(multipart_id) <= 1024),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  finished_at timestamptz
);
create index upload_sessions_owner_id_idx on public.upload_sessions (owner_id, created_at);
create index upload_sessions_tenant_id_idx on public.upload_sessions (tenant_id);
create index upload_sessions_expires_at_idx on public.upload_sessions (expires_at) where status = 'open';
-- Two transfers never fill one key.
create unique index upload_sessions_open_key_idx on public.upload_sessions (owner_id, key) where status = 'open';

alter table public.media_blobs enable row level security;
alter table public.upload_sessions enable row level security;
revoke all on public.media_blobs, public.upload_sessions from public, anon, authenticated;
grant select on public.media_blobs, public.upload_sessions to authenticated;

create policy media_blobs_select on public.media_blobs for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy upload_sessions_select on public.upload_sessions for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));

-- ── What a tenant stores ────────────────────────────────────────────────────────────────────────────────────────────

create table lectern.tenant_usage (
  tenant_id uuid primary key,
  stored_bytes bigint not null default 0 check (stored_bytes >= 0),
  reserved_bytes bigint not null default 0 check (reserved_bytes >= 0)
);
alter table lectern.tenant_usage enable row level security;
revoke all on lectern.tenant_usage from public, anon, authenticated;
grant select on lectern.tenant_usage to service_role;

create function lectern.count_stored_bytes() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into lectern.tenant_usage as u (tenant_id, stored_bytes)
    select b.tenant_id, sum(b.size_bytes) from added b group by b.tenant_id order by b.tenant_id
    on conflict (tenant_id) do update set stored_bytes = u.stored_bytes + excluded.stored_bytes;
  else
    update lectern.tenant_usage u set stored_bytes = u.stored_bytes - gone.bytes
    from (select b.tenant_id, sum(b.size_bytes) as bytes from removed b group by b.tenant_id) gone
    where u.tenant_id = gone.tenant_id;
  end if;
  return null;
end
$$;
revoke execute on function lectern.count_stored_bytes() from public;
create trigger count_stored_bytes_of_added after insert on public.media_blobs
  referencing new table as added for each statement execute function lectern.count_stored_bytes();
create trigger count_stored_bytes_of_removed after delete on public.media_blobs
  referencing old table as removed for each statement execute function lectern.count_stored_bytes();

create function lectern.count_reserved_bytes() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  v_before bigint := 0;
  v_after bigint := 0;
begin
  if tg_op <> 'INSERT' and old.status = 'open' then v_before := old.size_bytes; end if;
  if tg_op <> 'DELETE' and new.status = 'open' then v_after := new.size_bytes; end if;
  if v_before <> v_after then
    insert into lectern.tenant_usage as u (tenant_id, reserved_bytes)
    values (case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end, greatest(v_after - v_before, 0))
    on conflict (tenant_id) do update set reserved_bytes = u.reserved_bytes + v_after - v_before;
  end if;
  return null;
end
$$;
revoke execute on function lectern.count_reserved_bytes() from public;
create trigger count_reserved_bytes after insert or delete or update of status, size_bytes on public.upload_sessions
  for each row execute function lectern.count_reserved_bytes();

-- ── Reserving ───────────────────────────────────────────────────────────────────────────────────────────────────────

create function lectern.session_answer(p_session public.upload_sessions) returns jsonb
  language sql immutable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_session.id, 'key', p_session.key, 'bucket', 'media', 'object_name', p_session.object_name,
    'store', p_session.store, 'size_bytes', p_session.size_bytes, 'mime_type', p_session.mime_type,
    'status', p_session.status, 'expires_at', p_session.expires_at
  )
$$;
revoke execute on function lectern.session_answer(public.upload_sessions) from public;

-- Lets go of reservations that nobody came back for. Returns how many.
create function lectern.expire_uploads(p_tenant_id uuid default null) returns bigint
  language plpgsql security definer set search_path = ''
as $$
declare
  v_count bigint;
begin
  update public.upload_sessions s set status = 'expired', finished_at = now()
  where s.status = 'open' and s.expires_at <= now() and (p_tenant_id is null or s.tenant_id = p_tenant_id);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
revoke execute on function lectern.expire_uploads(uuid) from public;

-- Asks for room and a place for an upload, before a byte is sent. The id is the client's: the same call again gives the
-- same answer, and keeps the reservation alive. `p_asset` is the asset that is to be made of the bytes as soon as they
-- are all there (columns of media_files; with `"replace": true` a new version of an asset), so that nothing is lost when
-- the browser dies after the last byte. `p_owner_id` is for the service side alone.
create function public.reserve_upload(
  p_id uuid,
  p_key text,
  p_size_bytes bigint,
  p_mime_type text,
  p_store text default 'supabase',
  p_asset jsonb default null,
  p_owner_id uuid default null
) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_owner uuid;
  v_tenant uuid;
  v_session public.upload_sessions;
  v_usage lectern.tenant_usage;
  v_limit bigint;
  v_asset_id text;
begin
  if p_owner_id is not null and coalesce(auth.role(), '') = 'service_role' then
    v_owner := p_owner_id;
  else
    v_owner := lectern.require_user();
    if p_owner_id is distinct from v_owner and p_owner_id is not null then
      perform lectern.fail('forbidden', 'An upload is reserved for oneself');
    end if;
  end if;
  if p_id is null then
    perform lectern.fail('invalid-input', 'An upload needs an id', '{"path": "id", "expected": "a UUID"}');
  end if;
  if p_key is null or not lectern.is_blob_key(p_key) then
    perform lectern.fail('invalid-input', 'The key is not one', jsonb_build_object('path', 'key', 'expected',
      'printable ASCII in steps parted by "/", without "..", 512 characters at most'));
  end if;
  if p_size_bytes is null or p_size_bytes < 0 then
    perform lectern.fail('invalid-input', 'The size is not one',
      '{"path": "size_bytes", "expected": "a whole number of bytes"}');
  end if;
  if p_mime_type is null or char_length(p_mime_type) > 255 then
    perform lectern.fail('invalid-input', 'The type is not one',
      '{"path": "mime_type", "expected": "at most 255 characters"}');
  end if;
  if p_store is null or p_store not in ('supabase', 'b2') then
    perform lectern.fail('invalid-input', 'There is no such store',
      '{"path": "store", "expected": "supabase or b2"}');
  end if;
  if p_asset is not null and (jsonb_typeof(p_asset) <> 'object' or not lectern.is_uuid(coalesce(p_asset ->> 'id', ''))
    or pg_column_size(p_asset) > 262144) then
    perform lectern.fail('invalid-input', 'The asset is not one',
      '{"path": "asset", "expected": "an object with the id of an asset"}');
  end if;

  v_tenant := lectern.tenant_of(v_owner);
  -- The tenant's row is the lock: two reservations at once can't both have the last bytes of room.
  insert into lectern.tenant_usage (tenant_id) values (v_tenant) on conflict do nothing;
  select * into v_usage from lectern.tenant_usage u where u.tenant_id = v_tenant for update;

  select * into v_session from public.upload_sessions s where s.id = p_id for update;
  if found then
    if v_session.owner_id <> v_owner or v_session.key <> p_key or v_session.size_bytes <> p_size_bytes
      or v_session.store <> p_store then
      perform lectern.fail('already-exists', 'Another upload has this id', jsonb_build_object('id', p_id));
    end if;
    if v_session.status = 'open' and v_session.expires_at > now() then
      update public.upload_sessions s set expires_at = now() + interval '7 days'
      where s.id = p_id returning * into v_session;
    elsif v_session.status = 'open' then
      update public.upload_sessions s set status = 'expired', finished_at = now()
      where s.id = p_id returning * into v_session;
    end if;
    return lectern.session_answer(v_session);
  end if;

  perform lectern.expire_uploads(v_tenant);
  select * into v_usage from lectern.tenant_usage u where u.tenant_id = v_tenant;
  if exists (select from public.media_blobs b where b.owner_id = v_owner and b.key = p_key)
    or exists (
      select from public.upload_sessions s where s.owner_id = v_owner and s.key = p_key and s.status = 'open'
    ) then
    perform lectern.fail('already-exists', format('Something is stored under %s', p_key),
      jsonb_build_object('key', p_key));
  end if;
  select l.media_bytes into v_limit from lectern.tenant_limits l where l.tenant_id = v_tenant;
  if v_limit is not null and v_usage.stored_bytes + v_usage.reserved_bytes + p_size_bytes > v_limit then
    perform lectern.fail('quota-exceeded', 'There is no room for this upload', jsonb_build_object(
      'limit', v_limit, 'used', v_usage.stored_bytes + v_usage.reserved_bytes, 'needed', p_size_bytes));
  end if;

  v_asset_id := coalesce(p_asset ->> 'id', substring(p_key from
    '^assets/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/'), gen_random_uuid()::text);
  insert into public.upload_sessions
    (id, owner_id, tenant_id, key, object_name, store, size_bytes, mime_type, asset, expires_at)
  values (
    p_id, v_owner, v_tenant, p_key, format('%s/%s/%s', v_tenant, lower(v_asset_id), gen_random_uuid()), p_store,
    p_size_bytes, p_mime_type, p_asset, now() + interval '7 days'
  )
  returning * into v_session;
  return lectern.session_answer(v_session);
end
$$;
revoke execute on function public.reserve_upload(uuid, text, bigint, text, text, jsonb, uuid) from public, anon;
grant execute on function public.reserve_upload(uuid, text, bigint, text, text, jsonb, uuid)
  to authenticated, service_role;

-- Gives a reservation up; what was done or given up already stays as it is. Returns the reservation.
create function public.cancel_upload(p_id uuid) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.upload_sessions;
begin
  update public.upload_sessions s set status = 'cancelled', finished_at = now()
  where s.id = p_id and s.status = 'open'
    and (coalesce(auth.role(), '') = 'service_role' or s.owner_id = lectern.require_user());
  select * into v_session from public.upload_sessions s
  where s.id = p_id and (coalesce(auth.role(), '') = 'service_role' or s.owner_id = lectern.require_user());
  if not found then
    perform lectern.fail('not-found', 'There is no such upload', jsonb_build_object('id', p_id));
  end if;
  return lectern.session_answer(v_session);
end
$$;
revoke execute on function public.cancel_upload(uuid) from public, anon;
grant execute on function public.cancel_upload(uuid) to authenticated, service_role;
