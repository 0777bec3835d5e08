drop function public.rebuild_usage();
drop function public.apply_course_change(jsonb);
drop function lectern.no_such(text, uuid);
drop function lectern.id_of(jsonb, text);
drop function lectern.text_of(jsonb, text);
drop function lectern.order_after(text, text, uuid, uuid, uuid);
drop function lectern.order_between(text, text);
drop function lectern.order_step(text, integer);
drop function lectern.order_midpoint(text, text);
drop function lectern.order_whole(text);
drop function lectern.order_character(integer);
drop function lectern.order_digit(text, integer);
-- What chapters used is used there no more.
delete from public.media_usage where resource_type = 'chapter' and resource_id in (
  select id::text from public.chapters
);
drop table public.chapter_items, public.chapters, public.courses;
drop function lectern.after_course();
drop function lectern.after_chapter();
drop function lectern.after_item();
drop function lectern.keep_chapter_usage(uuid);
drop function lectern.check_item_target();
drop function lectern.guard_course_row();
