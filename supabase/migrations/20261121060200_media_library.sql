-- The library: assets, their versions, their history, and where they are used.
-- Way back: supabase/down/20261121060200_media_library.sql

create table public.media_files (
  id uuid primary key,
  owner_id uuid not null default auth.uid(),
  tenant_id uuid not null default lectern.home_tenant(),
  name text not null constraint media_files_name_check check (lectern.is_display_name(name)),
  kind text not null check (kind in ('video', 'audio', 'image')),
  mime_type text not null check (char_length(mime_type) <= 255),
  size_bytes bigint not null check (size_bytes >= 0),
  status text not null default 'active' check (status in ('processing', 'active', 'deleted', 'failed')),
  source_type text not null check (source_type in ('upload', 'recording', 'export')),
  studio_metadata jsonb not null default '{}'
    check (jsonb_typeof(studio_metadata) = 'object' and pg_column_size(studio_metadata) <= 65536),
  tags text[] not null default '{}' constraint media_files_tags_check check (lectern.are_tags(tags)),
  probe jsonb check (probe is null or (jsonb_typeof(probe) = 'object' and pg_column_size(probe) <= 65536)),
  poster_key text,
  -- Of the current version, as are type, size and facts. Null only while there are no bytes.
  blob_key text,
  current_version_id uuid,
  verified_sha256 text check (verified_sha256 ~ '^[0-9a-f]{64}$'),
  -- Counts every change of the row.
  rev bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  -- The bytes are gone for good. The row stays, since deleting it would be told to everybody who listens.
  purged_at timestamptz,
  duration_seconds double precision not null generated always as (lectern.number_in(probe, 'durationSeconds')) stored,
  width double precision not null generated always as (lectern.number_in(probe, 'width')) stored,
  height double precision not null generated always as (lectern.number_in(probe, 'height')) stored,
  project_id text generated always as (studio_metadata ->> 'project_id') stored,
  sort_name text collate "C" not null generated always as (lectern.sortable(name)) stored,
  search_text text not null generated always as (lectern.search_text(name, tags)) stored,
  folded_tags text[] not null generated always as (lectern.fold_all(tags)) stored,
  constraint media_files_poster_fkey foreign key (owner_id, poster_key) references public.media_blobs (owner_id, key),
  constraint media_files_has_bytes check (status not in ('active') or current_version_id is not null),
  constraint media_files_deleted check ((status = 'deleted') = (deleted_at is not null)),
  constraint media_files_purged check (purged_at is null or deleted_at is not null)
);
-- Pages of each order; the same index is read backwards for the other direction.
create index media_files_by_age_idx on public.media_files (owner_id, created_at, id) where deleted_at is null;
create index media_files_by_name_idx on public.media_files (owner_id, sort_name, id) where deleted_at is null;
create index media_files_by_size_idx on public.media_files (owner_id, size_bytes, id) where deleted_at is null;
create index media_files_by_duration_idx on public.media_files (owner_id, duration_seconds, id)
  where deleted_at is null;
create index media_files_trash_idx on public.media_files (owner_id, deleted_at) where deleted_at is not null;
create index media_files_purge_idx on public.media_files (deleted_at)
  where deleted_at is not null and purged_at is null;
create index media_files_project_idx on public.media_files (owner_id, project_id) where project_id is not null;
create index media_files_poster_idx on public.media_files (owner_id, poster_key) where poster_key is not null;
create index media_files_tenant_id_idx on public.media_files (tenant_id);
create index media_files_search_idx on public.media_files using gin (search_text extensions.gin_trgm_ops);
create index media_files_tags_idx on public.media_files using gin (folded_tags);

create table public.media_file_versions (
  id uuid primary key default gen_random_uuid(),
  asset_id uuid not null references public.media_files,
  owner_id uuid not null,
  tenant_id uuid not null,
  -- 1, 2, 3 …
  number integer not null,
  blob_key text not null,
  mime_type text not null check (char_length(mime_type) <= 255),
  size_bytes bigint not null check (size_bytes >= 0),
  probe jsonb check (probe is null or (jsonb_typeof(probe) = 'object' and pg_column_size(probe) <= 65536)),
  poster_key text,
  created_at timestamptz not null default now(),
  unique (asset_id, number),
  -- A version never points at bytes that aren't all there, or at somebody else's.
  constraint media_file_versions_blob_fkey
    foreign key (owner_id, blob_key) references public.media_blobs (owner_id, key),
  constraint media_file_versions_poster_fkey
    foreign key (owner_id, poster_key) references public.media_blobs (owner_id, key)
);
create index media_file_versions_blob_idx on public.media_file_versions (owner_id, blob_key);
create index media_file_versions_poster_idx on public.media_file_versions (owner_id, poster_key)
  where poster_key is not null;
create index media_file_versions_tenant_id_idx on public.media_file_versions (tenant_id);

create table public.media_file_history (
  id bigint primary key generated always as identity,
  asset_id uuid not null references public.media_files,
  owner_id uuid not null,
  tenant_id uuid not null,
  -- Null when the service side did it.
  author uuid,
  action text not null
    check (action in ('upload', 'rename', 'tag', 'delete', 'restore', 'link', 'unlink', 'replace')),
  -- What was done, and what takes it back: `undo_media_change` reads the latter.
  change jsonb not null,
  inverse jsonb not null,
  rev bigint not null,
  created_at timestamptz not null default now()
);
create index media_file_history_asset_idx on public.media_file_history (asset_id, id);
create index media_file_history_owner_idx on public.media_file_history (owner_id, id);
create index media_file_history_tenant_id_idx on public.media_file_history (tenant_id);

create table public.media_usage (
  asset_id uuid not null references public.media_files,
  resource_type text not null check (char_length(resource_type) between 1 and 64),
  -- The host's own id of the place, whatever it looks like.
  resource_id text not null check (char_length(resource_id) between 1 and 128),
  owner_id uuid not null,
  tenant_id uuid not null,
  -- What people call that place.
  label text not null check (char_length(label) <= 1000),
  created_at timestamptz not null default now(),
  primary key (asset_id, resource_type, resource_id)
);
create index media_usage_resource_idx on public.media_usage (owner_id, resource_type, resource_id);
create index media_usage_tenant_id_idx on public.media_usage (tenant_id);

-- ── Who may what ────────────────────────────────────────────────────────────────────────────────────────────────────

alter table public.media_files enable row level security;
alter table public.media_file_versions enable row level security;
alter table public.media_file_history enable row level security;
alter table public.media_usage enable row level security;
revoke all on public.media_files, public.media_file_versions, public.media_file_history, public.media_usage
  from public, anon, authenticated;
revoke all on sequence public.media_file_history_id_seq from public, anon, authenticated;

grant select on public.media_files, public.media_file_versions, public.media_file_history, public.media_usage
  to authenticated;
grant insert (id, owner_id, tenant_id, name, kind, mime_type, size_bytes, source_type, studio_metadata, tags, probe,
  poster_key, blob_key) on public.media_files to authenticated;
-- `deleted_at` is a wish, not a time: the trigger puts the server's own there.
grant update (name, tags, probe, poster_key, studio_metadata, deleted_at) on public.media_files to authenticated;
grant insert (id, asset_id, blob_key, mime_type, size_bytes, probe, poster_key) on public.media_file_versions
  to authenticated;
-- All of the key, since that is how a place is said twice without harm: an upsert writes every column it was given.
grant insert (asset_id, resource_type, resource_id, label) on public.media_usage to authenticated;
grant update (asset_id, resource_type, resource_id, label) on public.media_usage to authenticated;
grant delete on public.media_usage to authenticated;

create policy media_files_select on public.media_files for select to authenticated
  using (
    (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()))
    and purged_at is null
  );
create policy media_files_insert on public.media_files for insert to authenticated
  with check (owner_id = (select auth.uid()) and tenant_id = (select lectern.home_tenant()));
-- Without a check of its own: what is asked of the row before is asked of the row after.
create policy media_files_update on public.media_files for update to authenticated
  using (
    (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()))
    and purged_at is null
  );

create policy media_file_versions_select on public.media_file_versions for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy media_file_versions_insert on public.media_file_versions for insert to authenticated
  with check (owner_id = (select auth.uid()));

create policy media_file_history_select on public.media_file_history for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));

create policy media_usage_select on public.media_usage for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
-- A project's places are kept by saving it, and by nobody else.
create policy media_usage_insert on public.media_usage for insert to authenticated
  with check (owner_id = (select auth.uid()) and resource_type <> 'project');
create policy media_usage_update on public.media_usage for update to authenticated
  using (owner_id = (select auth.uid()) and resource_type <> 'project');
create policy media_usage_delete on public.media_usage for delete to authenticated
  using (owner_id = (select auth.uid()) and resource_type <> 'project');

-- ── Rows that belong to a row ───────────────────────────────────────────────────────────────────────────────────────

-- Gives a row the owner and the tenant of the row it belongs to, so that the two can never differ. It looks with the
-- eyes of whoever writes: what they can't see isn't there. Arguments: the parent's table, and the column that names it.
create function lectern.belong_to_parent() returns trigger
  language plpgsql set search_path = ''
as $$
declare
  v_id uuid := (to_jsonb(new) ->> tg_argv[1])::uuid;
  v_parent record;
begin
  execute format('select p.owner_id, p.tenant_id from public.%I p where p.id = $1', tg_argv[0])
    into v_parent using v_id;
  if v_parent.owner_id is null then
    perform lectern.fail('not-found', format('There is no row %s in %s', v_id, tg_argv[0]),
      jsonb_build_object('what', tg_argv[0], 'id', v_id));
  end if;
  new.owner_id := v_parent.owner_id;
  new.tenant_id := v_parent.tenant_id;
  return new;
end
$$;
revoke execute on function lectern.belong_to_parent() from public;

create trigger belong_to_asset before insert on public.media_file_versions
  for each row execute function lectern.belong_to_parent('media_files', 'asset_id');
create trigger belong_to_asset before insert on public.media_usage
  for each row execute function lectern.belong_to_parent('media_files', 'asset_id');

-- An upsert names the key again; a row never moves to another place.
create function lectern.stay_in_place() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if (new.asset_id, new.resource_type, new.resource_id) is distinct from
    (old.asset_id, old.resource_type, old.resource_id) then
    perform lectern.fail('invalid-input', 'A usage never moves: take it back, and say the other',
      '{"path": "resource_id", "expected": "the same place"}');
  end if;
  return new;
end
$$;
revoke execute on function lectern.stay_in_place() from public;
create trigger stay_in_place before update on public.media_usage
  for each row execute function lectern.stay_in_place();

-- ── Assets ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create function lectern.begin_media_file() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if new.blob_key is not null then
    new.current_version_id := gen_random_uuid();
  end if;
  return new;
end
$$;
revoke execute on function lectern.begin_media_file() from public;
create trigger begin_media_file before insert on public.media_files
  for each row execute function lectern.begin_media_file();

-- The first version is made with the asset. Its foreign key says whether the bytes are there.
create function lectern.add_first_version() returns trigger
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
revoke execute on function lectern.add_first_version() from public;
create trigger add_first_version after insert on public.media_files
  for each row execute function lectern.add_first_version();

-- What every change of an asset goes through, whoever makes it: what is in use isn't deleted, and every change counts.
create function lectern.guard_media_file() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  v_places text[];
begin
  if new.deleted_at is not null and old.deleted_at is null then
    select array_agg(u.label order by u.created_at, u.resource_type, u.resource_id) into v_places
    from public.media_usage u where u.asset_id = old.id;
    if v_places is not null then
      perform lectern.fail('in-use', format('Asset %s is used in %s', old.id, array_to_string(v_places, ', ')),
        jsonb_build_object('id', old.id, 'places', to_jsonb(v_places)));
    end if;
    new.deleted_at := now();
    new.status := 'deleted';
  elsif new.deleted_at is null and old.deleted_at is not null then
    if old.purged_at is not null then
      perform lectern.fail('not-found', format('Asset %s is gone for good', old.id),
        jsonb_build_object('what', 'asset', 'id', old.id));
    end if;
    new.status := case when old.current_version_id is null then 'failed' else 'active' end;
  elsif old.deleted_at is not null and old.purged_at is null then
    new.deleted_at := old.deleted_at;
  end if;
  -- Generated columns aren't there yet in a trigger that comes before, in neither row.
  if (new.name, new.kind, new.mime_type, new.size_bytes, new.status, new.studio_metadata, new.tags, new.probe,
      new.poster_key, new.blob_key, new.current_version_id, new.deleted_at, new.verified_sha256)
    is distinct from
    (old.name, old.kind, old.mime_type, old.size_bytes, old.status, old.studio_metadata, old.tags, old.probe,
      old.poster_key, old.blob_key, old.current_version_id, old.deleted_at, old.verified_sha256) then
    new.rev := old.rev + 1;
    new.updated_at := now();
  end if;
  return new;
end
$$;
revoke execute on function lectern.guard_media_file() from public;
create trigger guard_media_file before update on public.media_files
  for each row execute function lectern.guard_media_file();

create function lectern.write_media_history() returns trigger
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
revoke execute on function lectern.write_media_history() from public;
create trigger write_media_history
  after update of name, tags, deleted_at, current_version_id on public.media_files
  for each row execute function lectern.write_media_history();

-- ── Versions ────────────────────────────────────────────────────────────────────────────────────────────────────────

create function lectern.number_version() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  -- The asset's row is the lock: of two versions at once, one is the later.
  perform from public.media_files f where f.id = new.asset_id for no key update;
  select coalesce(max(v.number), 0) + 1 into new.number
  from public.media_file_versions v where v.asset_id = new.asset_id;
  return new;
end
$$;
revoke execute on function lectern.number_version() from public;
-- After `belong_to_asset`: triggers of one kind run in the order of their names.
create trigger number_version before insert on public.media_file_versions
  for each row execute function lectern.number_version();

-- The newest version is the current one, and every link follows.
create function lectern.put_version_in_place() returns trigger
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
revoke execute on function lectern.put_version_in_place() from public;
create trigger put_version_in_place after insert on public.media_file_versions
  for each row execute function lectern.put_version_in_place();

-- ── Usage ───────────────────────────────────────────────────────────────────────────────────────────────────────────

create function lectern.write_usage_history() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  v_row public.media_usage := case when tg_op = 'DELETE' then old else new end;
  v_place jsonb := jsonb_build_object('resource_type', v_row.resource_type, 'resource_id', v_row.resource_id,
    'label', v_row.label);
begin
  insert into public.media_file_history (asset_id, owner_id, tenant_id, author, action, change, inverse, rev)
  select v_row.asset_id, v_row.owner_id, v_row.tenant_id, auth.uid(),
    case when tg_op = 'DELETE' then 'unlink' else 'link' end,
    v_place,
    jsonb_build_object(case when tg_op = 'DELETE' then 'link' else 'unlink' end, v_place),
    f.rev
  from public.media_files f where f.id = v_row.asset_id;
  return null;
end
$$;
revoke execute on function lectern.write_usage_history() from public;
create trigger write_usage_history after insert or delete on public.media_usage
  for each row execute function lectern.write_usage_history();

-- Makes the assets used at a place exactly these, those of the owner that are in the library: others are passed over,
-- since a save must not fail for a file that is gone.
create function lectern.set_usage(
  p_owner_id uuid, p_resource_type text, p_resource_id text, p_label text, p_asset_ids text[]
) returns void
  language plpgsql security definer set search_path = ''
as $$
declare
  v_wanted uuid[] := array(
    select distinct f.id from unnest(p_asset_ids) w (id)
    join public.media_files f on f.id = (case when lectern.is_uuid(w.id) then w.id::uuid end)
    where f.owner_id = p_owner_id and f.purged_at is null
    order by f.id
  );
begin
  delete from public.media_usage u
  where u.owner_id = p_owner_id and u.resource_type = p_resource_type and u.resource_id = p_resource_id
    and u.asset_id <> all (v_wanted);
  insert into public.media_usage as u (asset_id, resource_type, resource_id, label)
  select w.id, p_resource_type, p_resource_id, p_label from unnest(v_wanted) w (id)
  on conflict (asset_id, resource_type, resource_id) do update set label = excluded.label
    where u.label <> excluded.label;
end
$$;
revoke execute on function lectern.set_usage(uuid, text, text, text, text[]) from public;

-- Takes back one entry of an asset's history, by an ordinary change under the caller's own rights.
create function public.undo_media_change(p_history_id bigint) returns void
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
revoke execute on function public.undo_media_change(bigint) from public, anon;
grant execute on function public.undo_media_change(bigint) to authenticated;

-- ── Totals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- How much there is, kept with every change: counting a million rows for each first page would take too long.
create table lectern.media_totals (
  owner_id uuid not null,
  kind text not null,
  source_type text not null,
  deleted boolean not null,
  files bigint not null,
  bytes bigint not null,
  primary key (owner_id, kind, source_type, deleted)
);
alter table lectern.media_totals enable row level security;
revoke all on lectern.media_totals from public, anon, authenticated;

create function lectern.count_media() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  -- One statement, in the order of the key, so that two of them wait for each other instead of blocking each other.
  if tg_op = 'INSERT' then
    insert into lectern.media_totals as t (owner_id, kind, source_type, deleted, files, bytes)
    select a.owner_id, a.kind, a.source_type, a.deleted_at is not null, count(*), sum(a.size_bytes)
    from added a group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (owner_id, kind, source_type, deleted)
    do update set files = t.files + excluded.files, bytes = t.bytes + excluded.bytes;
  else
    insert into lectern.media_totals as t (owner_id, kind, source_type, deleted, files, bytes)
    select c.owner_id, c.kind, c.source_type, c.deleted, sum(c.files), sum(c.bytes)
    from (
      select r.owner_id, r.kind, r.source_type, r.deleted_at is not null as deleted, -1 as files,
        -r.size_bytes as bytes
      from removed r where r.purged_at is null
      union all
      select a.owner_id, a.kind, a.source_type, a.deleted_at is not null, 1, a.size_bytes
      from added a where a.purged_at is null
    ) c
    group by 1, 2, 3, 4 having sum(c.files) <> 0 or sum(c.bytes) <> 0 order by 1, 2, 3, 4
    on conflict (owner_id, kind, source_type, deleted)
    do update set files = t.files + excluded.files, bytes = t.bytes + excluded.bytes;
  end if;
  return null;
end
$$;
revoke execute on function lectern.count_media() from public;
create trigger count_added_media after insert on public.media_files
  referencing new table as added for each statement execute function lectern.count_media();
create trigger count_changed_media after update on public.media_files
  referencing old table as removed new table as added for each statement execute function lectern.count_media();

-- The signed-in user's library in figures.
create function public.media_overview() returns table (kind text, source_type text, deleted boolean, files bigint, bytes bigint)
  language sql stable security definer set search_path = ''
as $$
  select t.kind, t.source_type, t.deleted, t.files, t.bytes
  from lectern.media_totals t
  where t.owner_id = (select auth.uid()) and t.files > 0
  order by t.kind, t.source_type, t.deleted
$$;
revoke execute on function public.media_overview() from public, anon;
grant execute on function public.media_overview() to authenticated;

-- ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- One page of the signed-in user's library, and how many match in all.
--
-- It runs with its owner's rights and looks at the user's own rows alone, because under row security neither trigram nor
-- tag index can be used: their operators aren't leak-proof, so they would be asked after the policy, row by row.
--
-- `p_after` is the `[value, id]` that the page before ended with. The count is exact to 50,000, and exact for a whole
-- library of any size; above that it is the planner's guess, since counting would take longer than the page itself.
create function public.list_media(
  p_search text default null,
  p_kinds text[] default null,
  p_source_types text[] default null,
  p_tags text[] default null,
  p_deleted boolean default false,
  p_project_id text default null,
  p_sort text default 'newest',
  p_limit integer default 60,
  p_after jsonb default null
) returns jsonb
  -- Not `stable`, though it only reads: PostgreSQL lets no such function ask for a plan.
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  c_counted constant integer := 50000;
  v_user uuid := lectern.require_user();
  v_search text := lectern.fold(btrim(regexp_replace(coalesce(p_search, ''), '\s+', ' ', 'g')));
  v_column text := case p_sort
    when 'newest' then 'created_at' when 'oldest' then 'created_at' when 'name' then 'sort_name'
    when 'largest' then 'size_bytes' when 'longest' then 'duration_seconds' end;
  v_type text := case p_sort
    when 'newest' then 'timestamptz' when 'oldest' then 'timestamptz' when 'name' then 'text collate "C"'
    when 'largest' then 'bigint' when 'longest' then 'double precision' end;
  v_descending boolean := p_sort in ('newest', 'largest', 'longest');
  v_limit integer := least(coalesce(p_limit, 60), 500);
  v_narrow boolean := false;
  v_where text;
  v_items jsonb;
  v_last jsonb;
  v_more boolean;
  v_total bigint;
  v_plan jsonb;
begin
  if v_column is null then
    perform lectern.fail('invalid-input', 'There is no such order', jsonb_build_object('path', 'sort',
      'expected', 'newest, oldest, name, largest or longest'));
  end if;
  if v_limit < 1 then
    perform lectern.fail('invalid-input', 'The limit is too small', jsonb_build_object('path', 'limit',
      'expected', 'a whole number of at least 1'));
  end if;
  if p_after is not null and (jsonb_typeof(p_after) <> 'array' or jsonb_array_length(p_after) <> 2
    or not lectern.is_uuid(coalesce(p_after ->> 1, '')) or p_after ->> 0 is null) then
    perform lectern.fail('invalid-input', 'The cursor is not one', jsonb_build_object('path', 'cursor',
      'expected', format('a cursor of a list sorted by %s', p_sort)));
  end if;

  v_where := 'f.owner_id = $1 and f.purged_at is null and f.deleted_at is '
    || case when coalesce(p_deleted, false) then 'not null' else 'null' end;
  if cardinality(p_kinds) > 0 then
    v_where := v_where || ' and f.kind = any ($2)';
    v_narrow := true;
  end if;
  if cardinality(p_source_types) > 0 then
    v_where := v_where || ' and f.source_type = any ($3)';
    v_narrow := true;
  end if;
  if cardinality(p_tags) > 0 then
    v_where := v_where || ' and f.folded_tags @> $4';
    v_narrow := true;
  end if;
  if v_search <> '' then
    v_where := v_where || ' and f.search_text like $5';
    v_narrow := true;
  end if;
  if p_project_id is not null then
    v_where := v_where || ' and (f.project_id = $6 or f.id in (select u.asset_id from public.media_usage u'
      || ' where u.owner_id = $1 and u.resource_type = ''project'' and u.resource_id = $6))';
    v_narrow := true;
  end if;

  -- Only names from the lists above are put into the text; whatever comes from outside is a parameter.
  begin
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(p) - $9 order by p.page_number)
           filter (where p.page_number <= $8), ''[]''),
         jsonb_agg(jsonb_build_array(p.page_place, p.id) order by p.page_number) filter (where p.page_number = $8) -> 0,
         count(*) > $8
       from (
         select q.*, row_number() over () as page_number from (
           select f.*, f.%1$s as page_place from public.media_files f
           where %2$s %3$s order by f.%1$s %4$s, f.id %4$s limit $8 + 1
         ) q
       ) p',
      v_column, v_where,
      case when p_after is null then ''
        else format('and (f.%I, f.id) %s (($7 ->> 0)::%s, ($7 ->> 1)::uuid)', v_column,
          case when v_descending then '<' else '>' end, v_type) end,
      case when v_descending then 'desc' else 'asc' end
    )
    into v_items, v_last, v_more
    using v_user, p_kinds, p_source_types, lectern.fold_all(p_tags), lectern.like_pattern(v_search), p_project_id,
      p_after, v_limit, array['page_place', 'page_number', 'search_text', 'sort_name', 'folded_tags'];
  exception when invalid_text_representation or invalid_datetime_format or datetime_field_overflow
    or numeric_value_out_of_range then
    perform lectern.fail('invalid-input', 'The cursor is not one', jsonb_build_object('path', 'cursor',
      'expected', format('a cursor of a list sorted by %s', p_sort)));
  end;

  if p_after is null and not v_more then
    v_total := jsonb_array_length(v_items);
  elsif not v_narrow then
    select coalesce(sum(t.files), 0) into v_total from lectern.media_totals t
    where t.owner_id = v_user and t.deleted = coalesce(p_deleted, false);
  else
    execute format('select count(*) from (select from public.media_files f where %s limit %s) c', v_where,
      c_counted + 1)
    into v_total
    using v_user, p_kinds, p_source_types, lectern.fold_all(p_tags), lectern.like_pattern(v_search), p_project_id;
    if v_total > c_counted then
      execute 'explain (format json) select from public.media_files f where ' || v_where
      into v_plan
      using v_user, p_kinds, p_source_types, lectern.fold_all(p_tags), lectern.like_pattern(v_search), p_project_id;
      v_total := greatest(v_total, (v_plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint);
    end if;
  end if;
  return jsonb_build_object('items', v_items, 'next', case when v_more then v_last end, 'total', v_total);
end
$$;
revoke execute on function public.list_media(text, text[], text[], text[], boolean, text, text, integer, jsonb)
  from public, anon;
grant execute on function public.list_media(text, text[], text[], text[], boolean, text, text, integer, jsonb)
  to authenticated;
