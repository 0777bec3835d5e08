-- The timeline's clips, sound files and exports as rows, for reports. Under the reader's own rights.
-- Way back: supabase/down/20261121060800_reports.sql

create view public.project_clips with (security_invoker = true) as
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

-- Sound on a project's timeline: each asset once, with how often and how long it is heard.
create view public.project_audio with (security_invoker = true) as
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

create view public.project_exports with (security_invoker = true) as
select
  f.project_id,
  f.owner_id,
  f.id as asset_id,
  f.name,
  f.mime_type,
  f.size_bytes,
  f.duration_seconds,
  f.width,
  f.height,
  f.studio_metadata ->> 'preset' as preset,
  f.created_at
from public.media_files f
where f.source_type = 'export' and f.project_id is not null and f.deleted_at is null;

revoke all on public.project_clips, public.project_audio, public.project_exports from public, anon, authenticated;
grant select on public.project_clips, public.project_audio, public.project_exports to authenticated;
