drop function public.list_projects(text, boolean, boolean, text, integer, jsonb);
drop function public.save_studio_project(uuid, bigint, uuid, integer, text, jsonb, text, bigint, double precision,
  text[], text, text, uuid);
drop function lectern.write_save(text, uuid, bigint, uuid, integer, text, jsonb, text, bigint, double precision, text[],
  text, text);
drop function lectern.recorded_answer(uuid);
-- What projects used is used there no more.
delete from public.media_usage where resource_type = 'project';
drop table public.scenes, public.voices, lectern.saves, public.studio_project_revisions, public.studio_projects;
drop function lectern.keep_project_usage();
drop function lectern.guard_studio_project();
drop function lectern.name_own_rows();
