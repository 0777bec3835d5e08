drop index public.media_files_changed_idx;

create or replace function public.cancel_upload(p_id uuid) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.upload_sessions;
begin
  update public.upload_sessions s set status = 'cancelled', finished_at = now()
  where s.id = p_id and s.status = 'open'
    and (coalesce(auth.role(), '') = 'service_role' or s.owner_id = lectern.require_user());
  select * into v_session from public.upload_sessions s
  where s.id = p_id and (coalesce(auth.role(), '') = 'service_role' or s.owner_id = lectern.require_user());
  if not found then
    perform lectern.fail('not-found', 'There is no such upload', jsonb_build_object('id', p_id));
  end if;
  return lectern.session_answer(v_session);
end
$$;
