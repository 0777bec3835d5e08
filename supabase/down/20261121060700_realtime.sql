alter publication supabase_realtime drop table
  public.media_files, public.media_operations, public.studio_projects, public.courses, public.chapters,
  public.chapter_items;
drop function lectern.refuse_delete() cascade;
