-- Projects, their revisions, their scenes, and voices. `save_studio_project` is the only door to a document.
-- Way back: supabase/down/20261121060300_projects.sql

create table public.studio_projects (
  id uuid primary key,
  owner_id uuid not null,
  tenant_id uuid not null,
  title text not null constraint studio_projects_title_check check (lectern.is_display_name(title)),
  description text not null default '' check (char_length(description) <= 20000),
  script text not null default '' check (char_length(script) <= 500000),
  is_draft boolean not null default true,
  poster_key text check (poster_key is null or lectern.is_blob_key(poster_key)),
  -- The asset that the last export became. No foreign key: it may be purged, and the project is none the worse.
  last_export_id text check (char_length(last_export_id) between 1 and 128),
  -- The head. All of these are written by `save_studio_project` alone.
  rev bigint not null check (rev >= 1),
  content_hash text not null,
  schema_version integer not null,
  timeline_state jsonb not null,
  total_frames bigint not null check (total_frames >= 0),
  duration_seconds double precision not null check (duration_seconds >= 0),
  -- Assets on the timeline of the head, as the save named them.
  asset_ids text[] not null default '{}',
  head_author uuid not null,
  head_at timestamptz not null default now(),
  -- They order revisions, and name conflicts, without a clock.
  save_count bigint not null default 1,
  conflict_count bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  sort_title text collate "C" not null generated always as (lectern.sortable(title)) stored,
  search_text text not null generated always as (lectern.fold(title || E'\n' || description)) stored
);
create index studio_projects_recent_idx on public.studio_projects (owner_id, updated_at, id) where deleted_at is null;
create index studio_projects_age_idx on public.studio_projects (owner_id, created_at, id) where deleted_at is null;
create index studio_projects_title_idx on public.studio_projects (owner_id, sort_title, id) where deleted_at is null;
create index studio_projects_owner_id_idx on public.studio_projects (owner_id);
create index studio_projects_tenant_id_idx on public.studio_projects (tenant_id);
create index studio_projects_search_idx on public.studio_projects using gin (search_text extensions.gin_trgm_ops);

create table public.studio_project_revisions (
  project_id uuid not null references public.studio_projects,
  -- The head's number; negative for what was kept aside, which is a number that no head ever has.
  rev bigint not null check (rev <> 0),
  parent_rev bigint not null,
  save_id uuid not null unique,
  owner_id uuid not null,
  tenant_id uuid not null,
  author uuid not null,
  kind text not null check (kind in ('auto', 'manual', 'conflict', 'restore', 'publish')),
  content_hash text not null,
  schema_version integer not null,
  timeline_state jsonb not null,
  state_bytes integer not null,
  -- In the order of the saves.
  save_number bigint not null,
  created_at timestamptz not null default now(),
  primary key (project_id, rev),
  unique (project_id, save_number),
  constraint studio_project_revisions_conflicts check ((rev < 0) <= (kind = 'conflict'))
);
create index studio_project_revisions_owner_id_idx on public.studio_project_revisions (owner_id);
create index studio_project_revisions_tenant_id_idx on public.studio_project_revisions (tenant_id) include (state_bytes);
create index studio_project_revisions_conflicts_idx on public.studio_project_revisions (created_at) where rev < 0;

-- What each save was answered, for its repeats. Kept longer than a thinned revision, and nobody's to read.
create table lectern.saves (
  save_id uuid primary key,
  project_id uuid not null references public.studio_projects,
  author uuid not null,
  answer jsonb not null,
  save_number bigint not null
);
create unique index saves_project_idx on lectern.saves (project_id, save_number);

-- The script, parsed into scenes.
create table public.scenes (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.studio_projects,
  owner_id uuid not null,
  tenant_id uuid not null,
  order_key text collate "C" not null check (char_length(order_key) between 1 and 256),
  title text not null default '' check (char_length(title) <= 255),
  script text not null default '' check (char_length(script) <= 100000),
  notes text not null default '' check (char_length(notes) <= 20000),
  voice_id uuid,
  -- What was made of it, when something was.
  asset_id uuid references public.media_files,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index scenes_project_idx on public.scenes (project_id, order_key, id);
create index scenes_owner_id_idx on public.scenes (owner_id);
create index scenes_tenant_id_idx on public.scenes (tenant_id);
create index scenes_voice_id_idx on public.scenes (voice_id) where voice_id is not null;
create index scenes_asset_id_idx on public.scenes (asset_id) where asset_id is not null;

create table public.voices (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null default auth.uid(),
  tenant_id uuid not null default lectern.home_tenant(),
  name text not null constraint voices_name_check check (lectern.is_display_name(name)),
  language text not null default '' check (char_length(language) <= 35),
  -- Whose voice it is, and what that needs to be told; never a key.
  provider text not null default '' check (char_length(provider) <= 64),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object' and pg_column_size(settings) <= 16384),
  sample_asset_id uuid references public.media_files,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index voices_owner_id_idx on public.voices (owner_id, name);
create index voices_tenant_id_idx on public.voices (tenant_id);
create index voices_sample_asset_id_idx on public.voices (sample_asset_id) where sample_asset_id is not null;
alter table public.scenes
  add constraint scenes_voice_fkey foreign key (voice_id) references public.voices on delete set null;

-- ── Who may what ────────────────────────────────────────────────────────────────────────────────────────────────────

alter table public.studio_projects enable row level security;
alter table public.studio_project_revisions enable row level security;
alter table lectern.saves enable row level security;
alter table public.scenes enable row level security;
alter table public.voices enable row level security;
revoke all on public.studio_projects, public.studio_project_revisions, public.scenes, public.voices, lectern.saves
  from public, anon, authenticated;

grant select on public.studio_projects, public.studio_project_revisions, public.scenes, public.voices to authenticated;
-- Neither `timeline_state` nor `rev`, nor anything else of the head. `deleted_at` is a wish, as in media_files.
grant update (title, description, script, is_draft, poster_key, last_export_id, deleted_at) on public.studio_projects
  to authenticated;
grant insert (id, project_id, order_key, title, script, notes, voice_id, asset_id) on public.scenes to authenticated;
grant update (order_key, title, script, notes, voice_id, asset_id) on public.scenes to authenticated;
grant delete on public.scenes to authenticated;
grant insert (id, owner_id, tenant_id, name, language, provider, settings, sample_asset_id) on public.voices
  to authenticated;
grant update (name, language, provider, settings, sample_asset_id) on public.voices to authenticated;
grant delete on public.voices to authenticated;

create policy studio_projects_select on public.studio_projects for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
-- Whoever may change a project's row may also save it: `save_studio_project` locks the row under this policy.
create policy studio_projects_update on public.studio_projects for update to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));

create policy studio_project_revisions_select on public.studio_project_revisions for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));

create policy scenes_select on public.scenes for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy scenes_insert on public.scenes for insert to authenticated
  with check (owner_id = (select auth.uid()));
create policy scenes_update on public.scenes for update to authenticated
  using (owner_id = (select auth.uid()));
create policy scenes_delete on public.scenes for delete to authenticated
  using (owner_id = (select auth.uid()));

create policy voices_select on public.voices for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy voices_insert on public.voices for insert to authenticated
  with check (owner_id = (select auth.uid()) and tenant_id = (select lectern.home_tenant()));
create policy voices_update on public.voices for update to authenticated
  using (owner_id = (select auth.uid()));
create policy voices_delete on public.voices for delete to authenticated
  using (owner_id = (select auth.uid()));

create trigger belong_to_project before insert on public.scenes
  for each row execute function lectern.belong_to_parent('studio_projects', 'project_id');

-- What a row names must be its own owner's: a foreign key alone would also take somebody else's.
create function lectern.name_own_rows() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  v_row jsonb := to_jsonb(new);
  v_id uuid;
  v_mine boolean;
begin
  for i in 0 .. tg_nargs - 1 by 2 loop
    v_id := (v_row ->> tg_argv[i])::uuid;
    if v_id is not null then
      execute format('select exists (select from public.%I r where r.id = $1 and r.owner_id = $2)', tg_argv[i + 1])
        into v_mine using v_id, new.owner_id;
      if not v_mine then
        perform lectern.fail('not-found', format('There is no row %s in %s', v_id, tg_argv[i + 1]),
          jsonb_build_object('what', tg_argv[i + 1], 'id', v_id));
      end if;
    end if;
  end loop;
  new.updated_at := now();
  return new;
end
$$;
revoke execute on function lectern.name_own_rows() from public;
create trigger name_own_rows before insert or update on public.scenes
  for each row execute function lectern.name_own_rows('voice_id', 'voices', 'asset_id', 'media_files');
create trigger name_own_rows before insert or update on public.voices
  for each row execute function lectern.name_own_rows('sample_asset_id', 'media_files');

-- ── Describing, removing, restoring ─────────────────────────────────────────────────────────────────────────────────

create function lectern.guard_studio_project() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if new.deleted_at is not null then
    new.deleted_at := coalesce(old.deleted_at, now());
  end if;
  -- Removing and restoring don't make a project the latest.
  if (new.title, new.description, new.script, new.is_draft, new.poster_key, new.last_export_id, new.rev)
    is distinct from
    (old.title, old.description, old.script, old.is_draft, old.poster_key, old.last_export_id, old.rev) then
    new.updated_at := now();
  end if;
  return new;
end
$$;
revoke execute on function lectern.guard_studio_project() from public;
create trigger guard_studio_project before update on public.studio_projects
  for each row execute function lectern.guard_studio_project();

-- A project uses what is on its head, under its title, while it isn't removed.
create function lectern.keep_project_usage() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform lectern.set_usage(new.owner_id, 'project', new.id::text, new.title,
    case when new.deleted_at is null then new.asset_ids else '{}' end);
  return null;
end
$$;
revoke execute on function lectern.keep_project_usage() from public;
create trigger keep_project_usage_of_new after insert on public.studio_projects
  for each row execute function lectern.keep_project_usage();
create trigger keep_project_usage_of_changed after update on public.studio_projects
  for each row
  when ((new.title, new.asset_ids, new.deleted_at) is distinct from (old.title, old.asset_ids, old.deleted_at))
  execute function lectern.keep_project_usage();

-- ── Saving ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create function lectern.recorded_answer(p_save_id uuid) returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select s.answer from lectern.saves s where s.save_id = p_save_id and s.author = (select auth.uid())
$$;
revoke execute on function lectern.recorded_answer(uuid) from public;
grant execute on function lectern.recorded_answer(uuid) to authenticated;

-- Writes what `save_studio_project` has decided. It has the rights that the caller lacks (nobody may change a head), so
-- it asks once more who is calling. Null: the project couldn't be created, since there is one with its id.
create function lectern.write_save(
  p_step text, p_id uuid, p_base_rev bigint, p_save_id uuid, p_schema_version integer, p_hash text, p_state jsonb,
  p_kind text, p_total_frames bigint, p_duration_seconds double precision, p_asset_ids text[], p_title text,
  p_description text
) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := lectern.require_user();
  v_project public.studio_projects;
  v_bytes integer := octet_length(p_state::text);
  v_limit bigint;
  v_rev bigint;
  v_answer jsonb;
  v_age integer[];
begin
  if p_step = 'create' then
    v_rev := 1;
    insert into public.studio_projects (id, owner_id, tenant_id, title, description, rev, content_hash, schema_version,
      timeline_state, total_frames, duration_seconds, asset_ids, head_author)
    values (p_id, v_user, lectern.tenant_of(v_user), p_title, p_description, 1, p_hash, p_schema_version, p_state,
      p_total_frames, p_duration_seconds, p_asset_ids, v_user)
    on conflict (id) do nothing
    returning * into v_project;
    if not found then
      return null;
    end if;
  else
    select * into v_project from public.studio_projects p
    where p.id = p_id and (p.owner_id = v_user or p.tenant_id = lectern.administered_tenant()) for update;
    if not found then
      perform lectern.fail('forbidden', 'This project is somebody else''s');
    end if;
    if p_step = 'move' then
      if v_project.rev <> p_base_rev then
        raise exception 'Revision % isn''t the head of project %', p_base_rev, p_id;
      end if;
      v_rev := v_project.rev + 1;
      update public.studio_projects p set
        rev = v_rev, content_hash = p_hash, schema_version = p_schema_version, timeline_state = p_state,
        total_frames = p_total_frames, duration_seconds = p_duration_seconds, asset_ids = p_asset_ids,
        head_author = v_user, head_at = now(), save_count = p.save_count + 1
      where p.id = p_id returning * into v_project;
    else
      v_answer := jsonb_build_object('outcome', 'conflict', 'head_rev', v_project.rev,
        'head_author', v_project.head_author, 'head_at', v_project.head_at, 'head_hash', v_project.content_hash,
        'kept_as', -(v_project.conflict_count + 1));
      v_rev := -(v_project.conflict_count + 1);
      update public.studio_projects p
      set save_count = p.save_count + 1, conflict_count = p.conflict_count + 1
      where p.id = p_id returning * into v_project;
    end if;
  end if;

  select l.project_bytes into v_limit from lectern.tenant_limits l where l.tenant_id = v_project.tenant_id;
  if v_limit is not null and v_bytes + coalesce((
    select sum(r.state_bytes) from public.studio_project_revisions r where r.tenant_id = v_project.tenant_id
  ), 0) > v_limit then
    perform lectern.fail('quota-exceeded', 'There is no room for this save',
      jsonb_build_object('limit', v_limit, 'needed', v_bytes));
  end if;

  v_answer := coalesce(v_answer, jsonb_build_object('outcome', 'ok', 'rev', v_rev));
  insert into public.studio_project_revisions (project_id, rev, parent_rev, save_id, owner_id, tenant_id, author, kind,
    content_hash, schema_version, timeline_state, state_bytes, save_number)
  values (p_id, v_rev, p_base_rev, p_save_id, v_project.owner_id, v_project.tenant_id, v_user,
    case when v_rev < 0 then 'conflict' else p_kind end, p_hash, p_schema_version, p_state, v_bytes,
    v_project.save_count);
  insert into lectern.saves (save_id, project_id, author, answer, save_number)
  values (p_save_id, p_id, v_user, v_answer, v_project.save_count);

  -- Looks at what has just come of age, so that no save has much to do. The newest 20 automatic revisions are kept one
  -- and all, then every tenth, and in the long run every hundredth; others are kept for good.
  foreach v_age slice 1 in array array[[20, 10], [200, 100]] loop
    delete from public.studio_project_revisions r
    where r.project_id = p_id and r.rev = v_project.rev - v_age[1] and r.rev > 1 and r.rev % v_age[2] <> 0
      and r.kind = 'auto';
  end loop;
  delete from lectern.saves s where s.project_id = p_id and s.save_number = v_project.save_count - 500;
  return v_answer;
end
$$;
revoke execute on function lectern.write_save(text, uuid, bigint, uuid, integer, text, jsonb, text, bigint,
  double precision, text[], text, text) from public;
grant execute on function lectern.write_save(text, uuid, bigint, uuid, integer, text, jsonb, text, bigint,
  double precision, text[], text, text) to authenticated;

-- Saves a project. The answer is one of
--   {"outcome": "ok", "rev"}
--   {"outcome": "conflict", "head_rev", "head_author", "head_at", "head_hash", "kept_as"}
--   {"outcome": "gone"}
--   {"outcome": "too-new"}
-- as `ProjectsPort.save` describes them. `p_as_user` is on whose behalf: for anybody else the save is refused.
create function public.save_studio_project(
  p_id uuid,
  p_base_rev bigint,
  p_save_id uuid,
  p_schema_version integer,
  p_hash text,
  p_state jsonb,
  p_kind text,
  p_total_frames bigint default 0,
  p_duration_seconds double precision default 0,
  p_asset_ids text[] default '{}',
  p_title text default null,
  p_description text default null,
  p_as_user uuid default null
) returns jsonb
  language plpgsql security invoker set search_path = ''
as $$
declare
  v_user uuid := lectern.require_user();
  v_project record;
  v_answer jsonb;
  v_step text;
  v_wrong text;
begin
  if p_as_user is not null and p_as_user <> v_user then
    perform lectern.fail('unauthenticated', 'Somebody else is signed in by now');
  end if;
  v_wrong := case
    when p_id is null then 'id'
    when p_save_id is null then 'save_id'
    when p_base_rev is null or p_base_rev < 0 then 'base_rev'
    when p_schema_version is null or p_schema_version < 0 then 'schema_version'
    when p_hash is null or char_length(p_hash) not between 1 and 128 then 'hash'
    when p_state is null or jsonb_typeof(p_state) <> 'object' then 'state'
    when p_kind is null or p_kind not in ('auto', 'manual', 'conflict', 'restore', 'publish') then 'kind'
    when p_total_frames is null or p_total_frames < 0 then 'total_frames'
    when p_duration_seconds is null or not p_duration_seconds between 0 and 1e12 then 'duration_seconds'
    when p_asset_ids is null or cardinality(p_asset_ids) > 100000 or array_position(p_asset_ids, null) is not null
      then 'asset_ids'
    when p_title is not null and not lectern.is_display_name(p_title) then 'title'
    when char_length(p_description) > 20000 then 'description'
  end;
  if v_wrong is not null then
    perform lectern.fail('invalid-input', format('%s is not one', v_wrong),
      jsonb_build_object('path', v_wrong, 'expected', 'another value'));
  end if;

  -- Twice at most: whoever finds nothing and then can't create it looks at what came in between.
  for i in 1 .. 2 loop
    v_answer := lectern.recorded_answer(p_save_id);
    if v_answer is not null then
      return v_answer;
    end if;
    select p.rev, p.schema_version, p.deleted_at into v_project from public.studio_projects p where p.id = p_id
    for update;
    if found then
      -- While the row was waited for, this very save may have come through another connection.
      v_answer := lectern.recorded_answer(p_save_id);
      if v_answer is not null then
        return v_answer;
      end if;
      if v_project.deleted_at is not null then
        return '{"outcome": "gone"}';
      end if;
      if p_schema_version < v_project.schema_version then
        return '{"outcome": "too-new"}';
      end if;
      v_step := case when v_project.rev = p_base_rev then 'move' else 'keep' end;
    elsif p_base_rev > 0 then
      return '{"outcome": "gone"}';
    else
      v_step := 'create';
    end if;
    v_answer := lectern.write_save(v_step, p_id, p_base_rev, p_save_id, p_schema_version, p_hash, p_state, p_kind,
      p_total_frames, p_duration_seconds, p_asset_ids, coalesce(p_title, 'Untitled'), coalesce(p_description, ''));
    if v_answer is not null then
      return v_answer;
    end if;
  end loop;
  -- There is a project with this id which the caller may not see.
  return '{"outcome": "gone"}';
end
$$;
revoke execute on function public.save_studio_project(uuid, bigint, uuid, integer, text, jsonb, text, bigint,
  double precision, text[], text, text, uuid) from public, anon, service_role;
grant execute on function public.save_studio_project(uuid, bigint, uuid, integer, text, jsonb, text, bigint,
  double precision, text[], text, text, uuid) to authenticated;

-- ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- One page of the signed-in user's projects, without their documents, and how many match. See `list_media`, also for why
-- it runs with its owner's rights.
create function public.list_projects(
  p_search text default null,
  p_draft boolean default null,
  p_deleted boolean default false,
  p_sort text default 'recent',
  p_limit integer default 60,
  p_after jsonb default null
) returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_user uuid := lectern.require_user();
  v_search text := lectern.fold(btrim(coalesce(p_search, '')));
  v_column text := case p_sort when 'recent' then 'updated_at' when 'oldest' then 'created_at'
    when 'title' then 'sort_title' end;
  v_type text := case p_sort when 'title' then 'text collate "C"' else 'timestamptz' end;
  v_descending boolean := p_sort = 'recent';
  v_limit integer := least(coalesce(p_limit, 60), 500);
  v_where text;
  v_items jsonb;
  v_last jsonb;
  v_more boolean;
  v_total bigint;
begin
  if v_column is null then
    perform lectern.fail('invalid-input', 'There is no such order',
      '{"path": "sort", "expected": "recent, oldest or title"}');
  end if;
  if v_limit < 1 then
    perform lectern.fail('invalid-input', 'The limit is too small',
      '{"path": "limit", "expected": "a whole number of at least 1"}');
  end if;
  if p_after is not null and (jsonb_typeof(p_after) <> 'array' or jsonb_array_length(p_after) <> 2
    or not lectern.is_uuid(coalesce(p_after ->> 1, '')) or p_after ->> 0 is null) then
    perform lectern.fail('invalid-input', 'The cursor is not one', jsonb_build_object('path', 'cursor',
      'expected', format('a cursor of a list sorted by %s', p_sort)));
  end if;
  v_where := 'p.owner_id = $1 and p.deleted_at is '
    || case when coalesce(p_deleted, false) then 'not null' else 'null' end
    || case when p_draft is null then '' else ' and p.is_draft = $2' end
    || case when v_search = '' then '' else ' and p.search_text like $3' end;
  begin
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(q) - $6 order by q.page_number) filter (where q.page_number <= $5), ''[]''),
         jsonb_agg(jsonb_build_array(q.page_place, q.id) order by q.page_number) filter (where q.page_number = $5) -> 0,
         count(*) > $5
       from (
         select r.*, row_number() over () as page_number from (
           select p.id, p.owner_id, p.title, p.description, p.is_draft, p.rev, p.content_hash, p.schema_version,
             p.total_frames, p.duration_seconds, p.poster_key, p.last_export_id, p.created_at, p.updated_at,
             p.deleted_at, p.%1$s as page_place
           from public.studio_projects p where %2$s %3$s order by p.%1$s %4$s, p.id %4$s limit $5 + 1
         ) r
       ) q',
      v_column, v_where,
      case when p_after is null then ''
        else format('and (p.%I, p.id) %s (($4 ->> 0)::%s, ($4 ->> 1)::uuid)', v_column,
          case when v_descending then '<' else '>' end, v_type) end,
      case when v_descending then 'desc' else 'asc' end
    )
    into v_items, v_last, v_more
    using v_user, p_draft, lectern.like_pattern(v_search), p_after, v_limit, array['page_place', 'page_number'];
  exception when invalid_text_representation or invalid_datetime_format or datetime_field_overflow then
    perform lectern.fail('invalid-input', 'The cursor is not one', jsonb_build_object('path', 'cursor',
      'expected', format('a cursor of a list sorted by %s', p_sort)));
  end;
  if p_after is null and not v_more then
    v_total := jsonb_array_length(v_items);
  else
    execute format('select count(*) from public.studio_projects p where %s', v_where)
    into v_total using v_user, p_draft, lectern.like_pattern(v_search);
  end if;
  return jsonb_build_object('items', v_items, 'next', case when v_more then v_last end, 'total', v_total);
end
$$;
revoke execute on function public.list_projects(text, boolean, boolean, text, integer, jsonb) from public, anon;
grant execute on function public.list_projects(text, boolean, boolean, text, integer, jsonb) to authenticated;
