-- For development alone: a tenant with a teacher and an administrator, and a course to put something into. Run again, it
-- changes nothing. The two sign in with the password "lectern-demo" where the platform's own auth service reads
-- auth.users; without that table's columns (another auth service), only the rest is made.

insert into lectern.memberships (user_id, tenant_id, role) values
  ('11111111-1111-4111-8111-111111111111', '99999999-9999-4999-8999-999999999999', 'member'),
  ('22222222-2222-4222-8222-222222222222', '99999999-9999-4999-8999-999999999999', 'admin')
on conflict (user_id) do nothing;

insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data,
  raw_user_meta_data, created_at, updated_at, confirmation_token, recovery_token, email_change,
  email_change_token_new)
select
  '00000000-0000-0000-0000-000000000000', u.id::uuid, 'authenticated', 'authenticated', u.email,
  extensions.crypt('lectern-demo', extensions.gen_salt('bf')), now(),
  '{"provider": "email", "providers": ["email"]}', jsonb_build_object('name', u.name), now(), now(), '', '', '', ''
from (values
  ('11111111-1111-4111-8111-111111111111', 'teacher@example.com', 'Teacher'),
  ('22222222-2222-4222-8222-222222222222', 'admin@example.com', 'Administrator')
) u (id, email, name)
on conflict do nothing;

insert into auth.identities (provider_id, user_id, identity_data, provider, created_at, updated_at)
select u.id::text, u.id, jsonb_build_object('sub', u.id, 'email', u.email, 'email_verified', true), 'email', now(), now()
from auth.users u
where u.id in ('11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222')
on conflict do nothing;

insert into public.courses (id, owner_id, tenant_id, title) values
  ('33333333-3333-4333-8333-333333333333', '11111111-1111-4111-8111-111111111111',
    '99999999-9999-4999-8999-999999999999', 'Physics')
on conflict do nothing;

insert into public.chapters (id, course_id, title, order_key) values
  ('44444444-4444-4444-8444-444444444441', '33333333-3333-4333-8333-333333333333', 'Light', 'a0'),
  ('44444444-4444-4444-8444-444444444442', '33333333-3333-4333-8333-333333333333', 'Waves', 'a1')
on conflict do nothing;
