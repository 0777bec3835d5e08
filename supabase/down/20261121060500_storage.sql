-- The bucket stays: it has bytes in it, and the storage service alone may delete it, once it is empty.
drop policy lectern_media_delete on storage.objects;
drop policy lectern_media_insert on storage.objects;
drop policy lectern_media_select on storage.objects;
drop trigger lectern_forget_stored_object on storage.objects;
drop trigger lectern_finish_stored_object on storage.objects;
drop function lectern.may_delete_object(text);
drop function lectern.forget_stored_object();
drop function lectern.finish_stored_object();
drop function public.note_multipart(uuid, text);
drop function public.complete_upload(uuid, bigint);
drop function lectern.finish_upload(uuid, bigint);
drop function lectern.make_reserved_asset(public.upload_sessions);
