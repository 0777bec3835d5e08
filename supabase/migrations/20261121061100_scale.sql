-- Pages of a library of a million files, whatever is asked.
-- Way back: supabase/down/20261121061100_scale.sql

-- The trash and a project's exports in the order of age, and files of a kind that there are few of.
create index media_files_trash_by_age_idx on public.media_files (owner_id, created_at, id)
  where deleted_at is not null and purged_at is null;
create index media_files_exports_idx on public.media_files (owner_id, created_at, id)
  where source_type = 'export' and project_id is not null and deleted_at is null;
create index media_files_facets_idx on public.media_files (owner_id, kind, source_type) where deleted_at is null;

-- One page of the signed-in user's library, and how many match in all.
--
-- It runs with its owner's rights and looks at the user's own rows alone, because under row security neither trigram
-- nor tag index can be used: their operators aren't leak-proof, so they would be asked after the policy, row by row.
--
-- `p_after` is the `[value, id]` that the page before ended with. The count is exact without a search, a tag or a
-- project, in libraries of up to 20,000 files, and where the planner expects no more than 5,000 to match; else it is
-- the planner's guess, since counting would take longer than the page itself.
create or replace function public.list_media(
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
  language plpgsql volatile security definer set search_path = '' set work_mem = '32MB'
as $$
declare
  c_counted constant integer := 5000;
  c_examined constant integer := 10000;
  c_small constant integer := 20000;
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
  -- Whether something is asked that the figures of the library don't know.
  v_narrow boolean := false;
  v_mine text;
  v_where text := '';
  v_after text := '';
  v_order text;
  v_with text := '';
  v_from text;
  v_matches text := 'null::bigint';
  v_items jsonb;
  v_last jsonb;
  v_more boolean;
  v_total bigint;
  v_counted bigint;
  v_library bigint;
  v_guess bigint;
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

  -- What is gone for good counts as deleted too.
  v_mine := 'f.owner_id = $1 and f.deleted_at is '
    || case when coalesce(p_deleted, false) then 'not null and f.purged_at is null' else 'null' end;
  if cardinality(p_kinds) > 0 then
    v_where := v_where || ' and f.kind = any ($2)';
  end if;
  if cardinality(p_source_types) > 0 then
    v_where := v_where || ' and f.source_type = any ($3)';
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
    -- Two lists, each from its index: one condition with `or` would be asked of every row.
    v_where := v_where || ' and f.id in (select m.id from public.media_files m where m.owner_id = $1'
      || ' and m.project_id = $6 union all select u.asset_id from public.media_usage u where u.owner_id = $1'
      || ' and u.resource_type = ''project'' and u.resource_id = $6)';
    v_narrow := true;
  end if;

  if p_after is not null then
    v_after := format(' and (f.%I, f.id) %s (($7 ->> 0)::%s, ($7 ->> 1)::uuid)', v_column,
      case when v_descending then '<' else '>' end, v_type);
  end if;
  v_order := format(' order by f.%1$s %2$s, f.id %2$s', v_column, case when v_descending then 'desc' else 'asc' end);

  select coalesce(sum(t.files), 0),
    coalesce(sum(t.files) filter (where (coalesce(cardinality(p_kinds), 0) = 0 or t.kind = any (p_kinds))
      and (coalesce(cardinality(p_source_types), 0) = 0 or t.source_type = any (p_source_types))), 0)
  into v_library, v_total
  from lectern.media_totals t
  where t.owner_id = v_user and t.deleted = coalesce(p_deleted, false);
  v_guess := v_total;
  if v_narrow and v_library > c_small then
    execute 'explain (format json) select from public.media_files f where ' || v_mine || v_where
    into v_plan
    using v_user, p_kinds, p_source_types, lectern.fold_all(p_tags), lectern.like_pattern(v_search), p_project_id;
    v_guess := least(v_total, (v_plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint);
  end if;

  -- Where much matches, the page is found among the next few in the order. Where that isn't so after all (names that
  -- begin alike stand together), and where little matches, all that match are looked up and then sorted. The planner
  -- alone would walk through the whole library, since it takes what matches to be spread evenly.
  for i in 1 .. 2 loop
    continue when i = 1 and v_where <> ''
      and (p_project_id is not null or v_guess * c_examined < v_library * (v_limit + 1));
    if v_where = '' then
      v_from := 'select f.* from public.media_files f where ' || v_mine || v_after || v_order;
    elsif i = 1 then
      v_from := 'select f.* from (select * from public.media_files f where ' || v_mine || v_after || v_order
        || ' limit ' || c_examined || ') f where true' || v_where || v_order;
    elsif v_narrow and v_guess <= c_counted then
      -- The page and the count from one look.
      v_with := 'with m as materialized (select * from public.media_files f where ' || v_mine || v_where || ') ';
      v_from := 'select f.* from m f where true' || v_after || v_order;
      v_matches := '(select count(*) from m)';
    else
      v_from := 'select f.* from (select * from public.media_files f where ' || v_mine || v_after || v_where
        || ' offset 0) f' || v_order;
    end if;
    -- Only names from the lists above are put into the text; whatever comes from outside is a parameter.
    begin
      execute format(
        '%s select coalesce(jsonb_agg(to_jsonb(p) - $9 order by p.page_number)
             filter (where p.page_number <= $8), ''[]''),
           jsonb_agg(jsonb_build_array(p.page_place, p.id) order by p.page_number)
             filter (where p.page_number = $8) -> 0,
           count(*) > $8, %s
         from (
           select q.*, q.%I as page_place, row_number() over () as page_number from (%s limit $8 + 1) q
         ) p',
        v_with, v_matches, v_column, v_from
      )
      into v_items, v_last, v_more, v_counted
      using v_user, p_kinds, p_source_types, lectern.fold_all(p_tags), lectern.like_pattern(v_search), p_project_id,
        p_after, v_limit, array['page_place', 'page_number', 'search_text', 'sort_name', 'folded_tags'];
    exception when invalid_text_representation or invalid_datetime_format or datetime_field_overflow
      or numeric_value_out_of_range then
      perform lectern.fail('invalid-input', 'The cursor is not one', jsonb_build_object('path', 'cursor',
        'expected', format('a cursor of a list sorted by %s', p_sort)));
    end;
    exit when v_more or v_where = '' or v_library <= c_examined;
  end loop;

  if p_after is null and not v_more then
    v_total := jsonb_array_length(v_items);
  elsif v_counted is not null then
    v_total := v_counted;
  elsif v_narrow and v_library > c_small and v_guess > c_counted then
    v_total := v_guess;
  elsif v_narrow then
    execute format('select count(*) from (select from public.media_files f where %s limit %s) c', v_mine || v_where,
      c_small)
    into v_total
    using v_user, p_kinds, p_source_types, lectern.fold_all(p_tags), lectern.like_pattern(v_search), p_project_id;
  end if;
  return jsonb_build_object('items', v_items, 'next', case when v_more then v_last end, 'total', v_total);
end
$$;

-- ── Reports ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- As before, but each document is unpacked once, not once for each of its clips.
create or replace view public.project_clips with (security_invoker = true) as
select
  p.id as project_id,
  p.owner_id,
  p.rev,
  c.clip ->> 'id' as clip_id,
  c.clip ->> 'trackId' as track_id,
  d.kinds ->> (c.clip ->> 'trackId') as track_kind,
  c.clip ->> 'name' as name,
  c.clip -> 'source' ->> 'kind' as source_kind,
  c.clip -> 'source' ->> 'assetId' as asset_id,
  lectern.number_in(c.clip, 'startFrame') as start_frame,
  lectern.number_in(c.clip, 'durationFrames') as duration_frames,
  lectern.number_in(c.clip -> 'source', 'trimStartFrame') as trim_start_frame
from public.studio_projects p
cross join lateral (
  select
    -- A state of another shape has no clips, and breaks no report.
    case when jsonb_typeof(s.state -> 'clips') = 'array' then s.state -> 'clips' else '[]' end as clips,
    (
      select jsonb_object_agg(t.track ->> 'id', t.track -> 'kind' order by t.place desc)
      from jsonb_array_elements(
        case when jsonb_typeof(s.state -> 'tracks') = 'array' then s.state -> 'tracks' else '[]' end
      ) with ordinality t (track, place)
      where t.track ->> 'id' is not null
    ) as kinds
  from (select p.timeline_state as state) s
  offset 0
) d
cross join lateral jsonb_array_elements(d.clips) c (clip)
where p.deleted_at is null and jsonb_typeof(c.clip) = 'object';

-- As before, but each file is looked up by its id: a join under row security would read the whole library.
create or replace view public.project_audio with (security_invoker = true) as
select
  c.project_id,
  c.owner_id,
  c.asset_id,
  f.name,
  sum(c.clips)::bigint as clips,
  sum(c.duration_frames) as duration_frames
from (
  select k.project_id, k.owner_id, k.asset_id, k.track_kind = 'audio' as on_sound_track, count(*) as clips,
    sum(k.duration_frames) as duration_frames
  from public.project_clips k
  where k.asset_id is not null
  group by 1, 2, 3, 4
) c
left join lateral (
  select m.name, m.kind from public.media_files m
  where m.id = case when lectern.is_uuid(c.asset_id) then c.asset_id::uuid end
  limit 1
) f on true
where c.on_sound_track or f.kind = 'audio'
group by c.project_id, c.owner_id, c.asset_id, f.name;
