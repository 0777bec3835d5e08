-- Afterwards nobody knows which bytes in the bucket are whose: empty it first.
drop function public.cancel_upload(uuid);
drop function public.reserve_upload(uuid, text, bigint, text, text, jsonb, uuid);
drop function lectern.expire_uploads(uuid);
drop function lectern.session_answer(public.upload_sessions);
drop table public.upload_sessions, public.media_blobs, lectern.tenant_usage;
drop function lectern.count_reserved_bytes();
drop function lectern.count_stored_bytes();
