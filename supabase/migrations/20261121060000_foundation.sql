-- What everything else stands on: the unexposed schema, tenants, errors, and text as it is searched and sorted.
-- Way back: supabase/down/20261121060000_foundation.sql

create extension if not exists pg_trgm with schema extensions;

-- Never exposed over REST: what is in here is reached through policies, triggers and the functions of `public` only.
create schema lectern;
revoke all on schema lectern from public, anon;
grant usage on schema lectern to authenticated, service_role;

-- ── Tenants ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Whom a user belongs to. A user without a row is a tenant of one, whose id is the user's own. Written by the host's
-- service side alone. Rows of the library carry their tenant, so whoever moves on leaves the old work where it was made.
create table lectern.memberships (
  user_id uuid primary key,
  tenant_id uuid not null,
  role text not null default 'member' check (role in ('member', 'admin')),
  created_at timestamptz not null default now()
);
create index memberships_tenant_id_idx on lectern.memberships (tenant_id);

-- What a tenant may store, in bytes; null, or no row, is without limit.
create table lectern.tenant_limits (
  tenant_id uuid primary key,
  media_bytes bigint check (media_bytes >= 0),
  project_bytes bigint check (project_bytes >= 0)
);

alter table lectern.memberships enable row level security;
alter table lectern.tenant_limits enable row level security;
revoke all on lectern.memberships, lectern.tenant_limits from public, anon, authenticated;
grant select, insert, update, delete on lectern.memberships, lectern.tenant_limits to service_role;

-- The tenant that a user's new rows belong to.
create function lectern.tenant_of(p_user_id uuid) returns uuid
  language sql stable security definer set search_path = ''
as $$
  select coalesce((select m.tenant_id from lectern.memberships m where m.user_id = p_user_id), p_user_id)
$$;
revoke execute on function lectern.tenant_of(uuid) from public;
grant execute on function lectern.tenant_of(uuid) to service_role;

create function lectern.home_tenant() returns uuid
  language sql stable security definer set search_path = ''
as $$
  select lectern.tenant_of((select auth.uid()))
$$;
revoke execute on function lectern.home_tenant() from public;
grant execute on function lectern.home_tenant() to authenticated, service_role;

-- The tenant whose rows the signed-in user may look after, or null. The one place where policies ask about membership.
create function lectern.administered_tenant() returns uuid
  language sql stable security definer set search_path = ''
as $$
  select m.tenant_id from lectern.memberships m where m.user_id = (select auth.uid()) and m.role = 'admin'
$$;
revoke execute on function lectern.administered_tenant() from public;
grant execute on function lectern.administered_tenant() to authenticated, service_role;

-- ── Errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Raises an error that adapters can switch on: `hint` is the code of `LecternError`, `detail` its details as JSON. The
-- SQLSTATE says which HTTP status REST answers with.
create function lectern.fail(p_code text, p_message text, p_details jsonb default '{}') returns void
  language plpgsql set search_path = ''
as $$
begin
  raise exception using
    message = p_message,
    detail = p_details::text,
    hint = p_code,
    errcode = case p_code
      when 'invalid-input' then 'PT400'
      when 'unauthenticated' then 'PT401'
      when 'forbidden' then '42501'
      when 'not-found' then 'PT404'
      when 'already-exists' then 'PT409'
      when 'conflict' then 'PT409'
      when 'in-use' then 'PT409'
      when 'quota-exceeded' then 'PT413'
      else 'PT500'
    end;
end
$$;
revoke execute on function lectern.fail(text, text, jsonb) from public;
grant execute on function lectern.fail(text, text, jsonb) to authenticated, service_role;

-- The signed-in user, or an error.
create function lectern.require_user() returns uuid
  language plpgsql stable set search_path = ''
as $$
declare
  v_user uuid := auth.uid();
begin
  if v_user is null then
    perform lectern.fail('unauthenticated', 'Nobody is signed in');
  end if;
  return v_user;
end
$$;
revoke execute on function lectern.require_user() from public;
grant execute on function lectern.require_user() to authenticated, service_role;

-- ── Text ────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Text as it is compared in searches: without case, without accents. The collation is named so that the answer is the
-- same whatever the database was made with.
create function lectern.fold(p_text text) returns text
  language sql immutable strict parallel safe
return lower(regexp_replace(normalize(p_text, nfkd), '[\u0300-\u036f]', '', 'g') collate "und-x-icu");

create function lectern.fold_all(p_texts text[]) returns text[]
  language sql immutable strict parallel safe
begin atomic
  select coalesce(array_agg(lectern.fold(t.text) order by t.place), '{}')
  from unnest(p_texts) with ordinality t (text, place);
end;

-- Text as it is sorted: "Lecture 2" comes before "Lecture 10", because numbers are written with twelve digits. Cut off,
-- since an index entry holds 2.7 kB at most; equal beginnings are told apart by the id.
create function lectern.sortable(p_text text) returns text
  language sql immutable strict parallel safe
return left(
  regexp_replace(
    regexp_replace(lectern.fold(p_text), '([0-9]+)', '00000000000\1', 'g'),
    '0{11}([0-9]{12,})|0*([0-9]{12})(?![0-9])', '\1\2', 'g'
  ),
  200
);

-- What a search looks through: one line for the name, one for each tag.
create function lectern.search_text(p_name text, p_tags text[]) returns text
  language sql immutable strict parallel safe
return lectern.fold(p_name || E'\n' || array_to_string(p_tags, E'\n'));

-- `like` pattern for a part of a text, whatever characters are in it.
create function lectern.like_pattern(p_part text) returns text
  language sql immutable strict parallel safe
return '%' || replace(replace(replace(p_part, '\', '\\'), '%', '\%'), '_', '\_') || '%';

-- A name as it is shown: nothing invisible, nothing endless.
create function lectern.is_display_name(p_name text) returns boolean
  language sql immutable strict parallel safe
return char_length(p_name) between 1 and 255
  and p_name !~ '[\u0001-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]'
  and p_name = btrim(p_name);

create function lectern.are_tags(p_tags text[]) returns boolean
  language sql immutable strict parallel safe
begin atomic
  select cardinality(p_tags) <= 64
    and coalesce(array_ndims(p_tags), 1) = 1
    and coalesce(bool_and(t.tag is not null and char_length(t.tag) between 1 and 64), true)
  from unnest(p_tags) t (tag);
end;

-- Keys are ASCII, in steps parted by "/", and never lead out of their folder.
create function lectern.is_blob_key(p_key text) returns boolean
  language sql immutable strict parallel safe
return char_length(p_key) <= 512 and p_key ~ '^[!-~]+$' and position('\' in p_key) = 0
  and p_key !~ '(^|/)(\.{1,2})?(/|$)';

create function lectern.is_uuid(p_text text) returns boolean
  language sql immutable strict parallel safe
return p_text ~ '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$';

-- A number in a JSON object; 0 where there is none, so that no file with odd facts is refused.
create function lectern.number_in(p_object jsonb, p_key text) returns double precision
  language sql immutable parallel safe
return case when jsonb_typeof(p_object -> p_key) = 'number' then (p_object ->> p_key)::double precision else 0 end;

do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'lectern'::regnamespace and p.proname in (
      'fold', 'fold_all', 'sortable', 'search_text', 'like_pattern', 'is_display_name', 'are_tags', 'is_blob_key',
      'is_uuid', 'number_in'
    )
  loop
    execute format('revoke execute on function %s from public', v_function);
    -- Generated columns and checks are evaluated with the rights of whoever writes.
    execute format('grant execute on function %s to authenticated, service_role', v_function);
  end loop;
end
$$;
