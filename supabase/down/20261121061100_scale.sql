-- The views and the page as they were before, then the indexes.
create or replace view public.project_audio with (security_invoker = true) as
select
  c.project_id,
  c.owner_id,
  c.asset_id,
  f.name,
  count(*) as clips,
  sum(c.duration_frames) as duration_frames
from public.project_clips c
left join public.media_files f on f.id = case when lectern.is_uuid(c.asset_id) then c.asset_id::uuid end
where c.asset_id is not null and (c.track_kind = 'audio' or f.kind = 'audio')
group by c.project_id, c.owner_id, c.asset_id, f.name;

create or replace view public.project_clips with (security_invoker = true) as
select
  p.id as project_id,
  p.owner_id,
  p.rev,
  c.clip ->> 'id' as clip_id,
  c.clip ->> 'trackId' as track_id,
  t.track ->> 'kind' as track_kind,
  c.clip ->> 'name' as name,
  c.clip -> 'source' ->> 'kind' as source_kind,
  c.clip -> 'source' ->> 'assetId' as asset_id,
  lectern.number_in(c.clip, 'startFrame') as start_frame,
  lectern.number_in(c.clip, 'durationFrames') as duration_frames,
  lectern.number_in(c.clip -> 'source', 'trimStartFrame') as trim_start_frame
from public.studio_projects p
-- A state of another shape has no clips, and breaks no report.
cross join lateral jsonb_array_elements(
  case when jsonb_typeof(p.timeline_state -> 'clips') = 'array' then p.timeline_state -> 'clips' else '[]' end
) c (clip)
left join lateral (
  select t.track from jsonb_array_elements(
    case when jsonb_typeof(p.timeline_state -> 'tracks') = 'array' then p.timeline_state -> 'tracks' else '[]' end
  ) t (track)
  where t.track ->> 'id' = c.clip ->> 'trackId' limit 1
) t on true
where p.deleted_at is null and jsonb_typeof(c.clip) = 'object';

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

drop index public.media_files_facets_idx;
drop index public.media_files_exports_idx;
drop index public.media_files_trash_by_age_idx;
