-- What other tabs and devices hear of. Nothing here is ever deleted physically: such an event passes row security.
-- Way back: supabase/down/20261121060700_realtime.sql

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end
$$;

alter publication supabase_realtime add table
  public.media_files,
  public.media_operations,
  public.studio_projects,
  public.courses,
  public.chapters,
  public.chapter_items;

-- A rule that nobody can forget: whoever deletes from a published table is refused, the service side too.
create function lectern.refuse_delete() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if coalesce(current_setting('lectern.allow_delete', true), '') = 'on' then
    return null;
  end if;
  raise exception 'Rows of % are never deleted: everybody who listens would hear of it', tg_table_name
    using errcode = '42501', hint = 'forbidden', detail = '{}';
end
$$;
revoke execute on function lectern.refuse_delete() from public;
create trigger refuse_delete before delete on public.media_files
  for each statement execute function lectern.refuse_delete();
create trigger refuse_delete before delete on public.media_operations
  for each statement execute function lectern.refuse_delete();
create trigger refuse_delete before delete on public.studio_projects
  for each statement execute function lectern.refuse_delete();
create trigger refuse_delete before delete on public.courses
  for each statement execute function lectern.refuse_delete();
create trigger refuse_delete before delete on public.chapters
  for each statement execute function lectern.refuse_delete();
create trigger refuse_delete before delete on public.chapter_items
  for each statement execute function lectern.refuse_delete();
