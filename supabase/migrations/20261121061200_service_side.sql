-- What the service side and listeners without a socket ask for.
-- Way back: supabase/down/20261121061200_service_side.sql

-- Gives a reservation up; what was done or given up already stays as it is. Returns the reservation. The service side may
-- give up anybody's, and has no user of its own: nothing may ask for one then.
create or replace function public.cancel_upload(p_id uuid) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_owner uuid := case when coalesce(auth.role(), '') = 'service_role' then null else lectern.require_user() end;
  v_session public.upload_sessions;
begin
  update public.upload_sessions s set status = 'cancelled', finished_at = now()
  where s.id = p_id and s.status = 'open' and (v_owner is null or s.owner_id = v_owner);
  select * into v_session from public.upload_sessions s
  where s.id = p_id and (v_owner is null or s.owner_id = v_owner);
  if not found then
    perform lectern.fail('not-found', 'There is no such upload', jsonb_build_object('id', p_id));
  end if;
  return lectern.session_answer(v_session);
end
$$;

-- For whoever asks what has changed since the last time, while there is no socket to be told by.
create index media_files_changed_idx on public.media_files (owner_id, updated_at);
