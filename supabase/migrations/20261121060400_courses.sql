-- Courses, for hosts that have none of their own: course › chapter › item.
-- Way back: supabase/down/20261121060400_courses.sql

create table public.courses (
  id uuid primary key,
  owner_id uuid not null default auth.uid(),
  tenant_id uuid not null default lectern.home_tenant(),
  title text not null check (char_length(title) between 1 and 255 and title = btrim(title)),
  -- Courses are listed in the order they were made in.
  made bigint not null generated always as identity,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index courses_owner_id_idx on public.courses (owner_id, made);
create index courses_tenant_id_idx on public.courses (tenant_id);

create table public.chapters (
  id uuid primary key,
  course_id uuid not null references public.courses,
  owner_id uuid not null,
  tenant_id uuid not null,
  title text not null check (char_length(title) between 1 and 255 and title = btrim(title)),
  -- Fractional index: moving a chapter writes one row. Compared by its bytes.
  order_key text collate "C" not null check (char_length(order_key) between 1 and 512),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index chapters_course_id_idx on public.chapters (course_id);
create unique index chapters_order_idx on public.chapters (course_id, order_key) where deleted_at is null;
create index chapters_owner_id_idx on public.chapters (owner_id);
create index chapters_tenant_id_idx on public.chapters (tenant_id);

-- An exported file or a live project in a chapter.
create table public.chapter_items (
  id uuid primary key,
  chapter_id uuid not null references public.chapters,
  owner_id uuid not null,
  tenant_id uuid not null,
  title text not null check (char_length(title) between 1 and 255 and title = btrim(title)),
  order_key text collate "C" not null check (char_length(order_key) between 1 and 512),
  asset_id uuid references public.media_files,
  project_id uuid references public.studio_projects,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint chapter_items_one_target check (num_nonnulls(asset_id, project_id) = 1)
);
create index chapter_items_chapter_id_idx on public.chapter_items (chapter_id);
create unique index chapter_items_order_idx on public.chapter_items (chapter_id, order_key) where deleted_at is null;
create index chapter_items_asset_id_idx on public.chapter_items (asset_id) where asset_id is not null;
create index chapter_items_project_id_idx on public.chapter_items (project_id) where project_id is not null;
create index chapter_items_owner_id_idx on public.chapter_items (owner_id);
create index chapter_items_tenant_id_idx on public.chapter_items (tenant_id);

-- ── Who may what ────────────────────────────────────────────────────────────────────────────────────────────────────

alter table public.courses enable row level security;
alter table public.chapters enable row level security;
alter table public.chapter_items enable row level security;
revoke all on public.courses, public.chapters, public.chapter_items from public, anon, authenticated;
revoke all on sequence public.courses_made_seq from public, anon, authenticated;
grant select on public.courses, public.chapters, public.chapter_items to authenticated;
grant insert (id, owner_id, tenant_id, title) on public.courses to authenticated;
grant update (title, deleted_at) on public.courses to authenticated;
grant insert (id, course_id, title, order_key) on public.chapters to authenticated;
grant update (title, order_key, deleted_at) on public.chapters to authenticated;
grant insert (id, chapter_id, title, order_key, asset_id, project_id) on public.chapter_items to authenticated;
grant update (chapter_id, title, order_key, deleted_at) on public.chapter_items to authenticated;

create policy courses_select on public.courses for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy courses_insert on public.courses for insert to authenticated
  with check (owner_id = (select auth.uid()) and tenant_id = (select lectern.home_tenant()));
create policy courses_update on public.courses for update to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy chapters_select on public.chapters for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy chapters_insert on public.chapters for insert to authenticated
  with check (owner_id = (select auth.uid()));
create policy chapters_update on public.chapters for update to authenticated
  using (owner_id = (select auth.uid()));
create policy chapter_items_select on public.chapter_items for select to authenticated
  using (owner_id = (select auth.uid()) or tenant_id = (select lectern.administered_tenant()));
create policy chapter_items_insert on public.chapter_items for insert to authenticated
  with check (owner_id = (select auth.uid()));
create policy chapter_items_update on public.chapter_items for update to authenticated
  using (owner_id = (select auth.uid()));

-- ── What every change goes through ──────────────────────────────────────────────────────────────────────────────────

create trigger belong_to_course before insert on public.chapters
  for each row execute function lectern.belong_to_parent('courses', 'course_id');
-- Also when it moves: what isn't the mover's own is no place to move to.
create trigger belong_to_chapter before insert or update of chapter_id on public.chapter_items
  for each row execute function lectern.belong_to_parent('chapters', 'chapter_id');

create function lectern.guard_course_row() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if new.deleted_at is not null then
    new.deleted_at := coalesce(old.deleted_at, now());
  end if;
  new.updated_at := now();
  return new;
end
$$;
revoke execute on function lectern.guard_course_row() from public;
create trigger guard_course before update on public.courses
  for each row execute function lectern.guard_course_row();
create trigger guard_chapter before update on public.chapters
  for each row execute function lectern.guard_course_row();
create trigger guard_item before update on public.chapter_items
  for each row execute function lectern.guard_course_row();

-- What goes into a chapter is in the library, or is a project, of the same owner, and isn't in the trash. The row is
-- locked, so that it can't be deleted meanwhile.
create function lectern.check_item_target() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if new.asset_id is not null then
    perform from public.media_files f
    where f.id = new.asset_id and f.owner_id = new.owner_id and f.deleted_at is null for share;
    if not found then
      perform lectern.fail('not-found', format('There is no asset %s', new.asset_id),
        jsonb_build_object('what', 'asset', 'id', new.asset_id));
    end if;
  end if;
  if new.project_id is not null then
    perform from public.studio_projects p
    where p.id = new.project_id and p.owner_id = new.owner_id and p.deleted_at is null for share;
    if not found then
      perform lectern.fail('not-found', format('There is no project %s', new.project_id),
        jsonb_build_object('what', 'project', 'id', new.project_id));
    end if;
  end if;
  return new;
end
$$;
revoke execute on function lectern.check_item_target() from public;
create trigger check_item_target before insert on public.chapter_items
  for each row execute function lectern.check_item_target();

-- Says anew which assets a chapter uses, and under which name.
create function lectern.keep_chapter_usage(p_chapter_id uuid) returns void
  language plpgsql security definer set search_path = ''
as $$
declare
  v_chapter record;
begin
  select h.owner_id, c.title || ' › ' || h.title as label, h.deleted_at into v_chapter
  from public.chapters h join public.courses c on c.id = h.course_id where h.id = p_chapter_id;
  perform lectern.set_usage(v_chapter.owner_id, 'chapter', p_chapter_id::text, v_chapter.label,
    case when v_chapter.deleted_at is null then array(
      select i.asset_id::text from public.chapter_items i
      where i.chapter_id = p_chapter_id and i.deleted_at is null and i.asset_id is not null
    ) else '{}' end);
end
$$;
revoke execute on function lectern.keep_chapter_usage(uuid) from public;

create function lectern.after_item() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform lectern.keep_chapter_usage(new.chapter_id);
  if tg_op = 'UPDATE' and new.chapter_id <> old.chapter_id then
    perform lectern.keep_chapter_usage(old.chapter_id);
  end if;
  return null;
end
$$;
revoke execute on function lectern.after_item() from public;
create trigger after_item_insert after insert on public.chapter_items
  for each row execute function lectern.after_item();
create trigger after_item_update after update of chapter_id, deleted_at on public.chapter_items
  for each row execute function lectern.after_item();

create function lectern.after_chapter() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if new.deleted_at is not null and old.deleted_at is null then
    update public.chapter_items i set deleted_at = now() where i.chapter_id = new.id and i.deleted_at is null;
  end if;
  if (new.title, new.deleted_at) is distinct from (old.title, old.deleted_at) then
    perform lectern.keep_chapter_usage(new.id);
  end if;
  return null;
end
$$;
revoke execute on function lectern.after_chapter() from public;
create trigger after_chapter after update of title, deleted_at on public.chapters
  for each row execute function lectern.after_chapter();

create function lectern.after_course() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if new.deleted_at is not null and old.deleted_at is null then
    update public.chapters h set deleted_at = now() where h.course_id = new.id and h.deleted_at is null;
  end if;
  if new.title <> old.title then
    perform lectern.keep_chapter_usage(h.id) from public.chapters h
    where h.course_id = new.id and h.deleted_at is null;
  end if;
  return null;
end
$$;
revoke execute on function lectern.after_course() from public;
create trigger after_course after update of title, deleted_at on public.courses
  for each row execute function lectern.after_course();

-- ── Fractional indexing ─────────────────────────────────────────────────────────────────────────────────────────────

-- The keys of the package `fractional-indexing`, which the browser's own store uses: what one writes the other goes on
-- from. A key is a letter that says how long the whole part is, the whole part in base 62, and a fraction without
-- zeros at its end.

create function lectern.order_digit(p_text text, p_place integer) returns integer
  language sql immutable parallel safe
return strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', substr(p_text, p_place, 1)) - 1;

create function lectern.order_character(p_digit integer) returns text
  language sql immutable parallel safe
return substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', p_digit + 1, 1);

create function lectern.order_whole(p_key text) returns text
  language sql immutable parallel safe
return left(p_key, case
  when ascii(p_key) between ascii('a') and ascii('z') then ascii(p_key) - ascii('a') + 2
  else ascii('Z') - ascii(p_key) + 2
end);

-- The fraction halfway between two; null for the second is one.
create function lectern.order_midpoint(p_before text, p_after text) returns text
  language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_before text := p_before;
  v_after text := p_after;
  v_made text := '';
  v_low integer;
  v_high integer;
begin
  loop
    -- What both begin with, a missing digit being a zero.
    while v_after <> '' and coalesce(nullif(left(v_before, 1), ''), '0') = left(v_after, 1) loop
      v_made := v_made || left(v_after, 1);
      v_before := substr(v_before, 2);
      v_after := substr(v_after, 2);
    end loop;
    v_low := case when v_before = '' then 0 else lectern.order_digit(v_before, 1) end;
    v_high := case when v_after is null then 62 else lectern.order_digit(v_after, 1) end;
    if v_high - v_low > 1 then
      return v_made || lectern.order_character((v_low + v_high + 1) / 2);
    end if;
    if v_after is not null and char_length(v_after) > 1 then
      return v_made || left(v_after, 1);
    end if;
    v_made := v_made || lectern.order_character(v_low);
    v_before := substr(v_before, 2);
    v_after := null;
  end loop;
end
$$;

-- The whole part one up (1) or one down (-1), or null at the end of all keys.
create function lectern.order_step(p_whole text, p_step integer) returns text
  language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_head text := left(p_whole, 1);
  v_digits text := substr(p_whole, 2);
  v_digit integer;
  v_next text;
begin
  for i in reverse char_length(v_digits) .. 1 loop
    v_digit := lectern.order_digit(v_digits, i) + p_step;
    if v_digit between 0 and 61 then
      return v_head || overlay(v_digits placing lectern.order_character(v_digit) from i for 1);
    end if;
    v_digits := overlay(v_digits placing lectern.order_character(case when p_step > 0 then 0 else 61 end)
      from i for 1);
  end loop;
  if p_step > 0 then
    if v_head = 'Z' then return 'a0'; end if;
    if v_head = 'z' then return null; end if;
    v_next := chr(ascii(v_head) + 1);
    return v_next || case when v_next > 'a' collate "C" then v_digits || '0' else substr(v_digits, 2) end;
  end if;
  if v_head = 'a' then return 'Zz'; end if;
  if v_head = 'A' then return null; end if;
  v_next := chr(ascii(v_head) - 1);
  return v_next || case when v_next < 'Z' collate "C" then v_digits || 'z' else substr(v_digits, 2) end;
end
$$;

-- A key after the one and before the other; null is the very beginning or the very end.
create function lectern.order_between(p_before text, p_after text) returns text
  language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_whole text;
  v_after_whole text;
  v_step text;
begin
  if p_before is not null and p_after is not null and p_before collate "C" >= p_after collate "C" then
    raise exception 'There is no key between % and %', p_before, p_after;
  end if;
  if p_before is null and p_after is null then
    return 'a0';
  end if;
  if p_before is null then
    v_whole := lectern.order_whole(p_after);
    if v_whole = 'A' || repeat('0', 26) then
      return v_whole || lectern.order_midpoint('', substr(p_after, char_length(v_whole) + 1));
    end if;
    if v_whole collate "C" < p_after collate "C" then
      return v_whole;
    end if;
    return lectern.order_step(v_whole, -1);
  end if;
  v_whole := lectern.order_whole(p_before);
  v_step := lectern.order_step(v_whole, 1);
  if p_after is null then
    return coalesce(v_step, v_whole || lectern.order_midpoint(substr(p_before, char_length(v_whole) + 1), null));
  end if;
  v_after_whole := lectern.order_whole(p_after);
  if v_whole = v_after_whole then
    return v_whole || lectern.order_midpoint(substr(p_before, char_length(v_whole) + 1),
      substr(p_after, char_length(v_after_whole) + 1));
  end if;
  if v_step is not null and v_step collate "C" < p_after collate "C" then
    return v_step;
  end if;
  return v_whole || lectern.order_midpoint(substr(p_before, char_length(v_whole) + 1), null);
end
$$;

do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'lectern'::regnamespace and p.proname like 'order\_%'
  loop
    execute format('revoke execute on function %s from public', v_function);
    execute format('grant execute on function %s to authenticated', v_function);
  end loop;
end
$$;

-- ── Changing ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The key of the place after a sibling, or first; null when the row stands there already. The caller holds the lock of
-- the row that they all belong to.
create function lectern.order_after(
  p_table text, p_parent_column text, p_parent_id uuid, p_moved_id uuid, p_after_id uuid
) returns text
  language plpgsql security invoker set search_path = ''
as $$
declare
  v_before text;
  v_after text;
  v_next uuid;
begin
  if p_after_id = p_moved_id then
    return null;
  end if;
  if p_after_id is not null then
    execute format('select r.order_key from public.%I r where r.%I = $1 and r.id = $2 and r.deleted_at is null',
      p_table, p_parent_column) into v_before using p_parent_id, p_after_id;
    if v_before is null then
      perform lectern.fail('not-found', format('There is no row %s in %s', p_after_id, p_table),
        jsonb_build_object('what', p_table, 'id', p_after_id));
    end if;
  end if;
  execute format('select r.id, r.order_key from public.%I r where r.%I = $1 and r.deleted_at is null
      and ($2 is null or r.order_key > $2) order by r.order_key limit 1',
    p_table, p_parent_column) into v_next, v_after using p_parent_id, v_before;
  if v_next = p_moved_id then
    return null;
  end if;
  return lectern.order_between(v_before, v_after);
end
$$;
revoke execute on function lectern.order_after(text, text, uuid, uuid, uuid) from public;
grant execute on function lectern.order_after(text, text, uuid, uuid, uuid) to authenticated;

create function lectern.text_of(p_object jsonb, p_key text) returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_text text := btrim(p_object ->> p_key);
begin
  if jsonb_typeof(p_object -> p_key) is distinct from 'string' or char_length(v_text) not between 1 and 255 then
    perform lectern.fail('invalid-input', format('%s is not one', p_key),
      jsonb_build_object('path', p_key, 'expected', 'a text of 1 to 255 characters'));
  end if;
  return v_text;
end
$$;
revoke execute on function lectern.text_of(jsonb, text) from public;
grant execute on function lectern.text_of(jsonb, text) to authenticated;

-- An id; null where the key is null, which only `afterId` may be.
create function lectern.id_of(p_object jsonb, p_key text) returns uuid
  language plpgsql immutable set search_path = ''
as $$
begin
  if p_key = 'afterId' and jsonb_typeof(p_object -> p_key) = 'null' then
    return null;
  end if;
  if jsonb_typeof(p_object -> p_key) is distinct from 'string' or not lectern.is_uuid(p_object ->> p_key) then
    perform lectern.fail('invalid-input', format('%s is not one', p_key),
      jsonb_build_object('path', p_key, 'expected', 'a UUID'));
  end if;
  return (p_object ->> p_key)::uuid;
end
$$;
revoke execute on function lectern.id_of(jsonb, text) from public;
grant execute on function lectern.id_of(jsonb, text) to authenticated;

create function lectern.no_such(p_what text, p_id uuid) returns void
  language sql set search_path = ''
as $$
  select lectern.fail('not-found', format('There is no %s %s', p_what, p_id), jsonb_build_object('what', p_what, 'id', p_id))
$$;
revoke execute on function lectern.no_such(text, uuid) from public;
grant execute on function lectern.no_such(text, uuid) to authenticated;

-- One change of a course, in the form of `CourseChange`; under the caller's own rights. Ids are the caller's, so a repeat
-- is harmless.
create function public.apply_course_change(p_change jsonb) returns void
  language plpgsql security invoker set search_path = ''
as $$
declare
  v_user uuid := lectern.require_user();
  v_type text := p_change ->> 'type';
  v_id uuid;
  v_parent uuid;
  v_target jsonb;
  v_order text;
begin
  if v_type is null or v_type not in ('course.create', 'course.rename', 'course.remove', 'chapter.create',
    'chapter.rename', 'chapter.move', 'chapter.remove', 'item.attach', 'item.rename', 'item.move', 'item.remove') then
    perform lectern.fail('invalid-input', 'There is no such change',
      '{"path": "type", "expected": "the type of a change"}');
  end if;
  v_id := lectern.id_of(p_change, 'id');

  case v_type
    when 'course.create' then
      insert into public.courses (id, title) values (v_id, lectern.text_of(p_change, 'title')) on conflict do nothing;
    when 'course.rename' then
      update public.courses c set title = lectern.text_of(p_change, 'title') where c.id = v_id and c.deleted_at is null;
      if not found then perform lectern.no_such('course', v_id); end if;
    when 'course.remove' then
      update public.courses c set deleted_at = now() where c.id = v_id and c.deleted_at is null;

    when 'chapter.create' then
      v_parent := lectern.id_of(p_change, 'courseId');
      perform from public.courses c where c.id = v_parent and c.deleted_at is null for update;
      if not found then perform lectern.no_such('course', v_parent); end if;
      if not exists (select from public.chapters h where h.id = v_id) then
        insert into public.chapters (id, course_id, title, order_key)
        values (v_id, v_parent, lectern.text_of(p_change, 'title'), lectern.order_between((
          select max(h.order_key) from public.chapters h where h.course_id = v_parent and h.deleted_at is null
        ), null));
      end if;
    when 'chapter.rename' then
      update public.chapters h set title = lectern.text_of(p_change, 'title')
      where h.id = v_id and h.deleted_at is null;
      if not found then perform lectern.no_such('chapter', v_id); end if;
    when 'chapter.move' then
      select h.course_id into v_parent from public.chapters h where h.id = v_id and h.deleted_at is null;
      if not found then perform lectern.no_such('chapter', v_id); end if;
      perform from public.courses c where c.id = v_parent for update;
      v_order := lectern.order_after('chapters', 'course_id', v_parent, v_id, lectern.id_of(p_change, 'afterId'));
      if v_order is not null then
        update public.chapters h set order_key = v_order where h.id = v_id;
        if not found then perform lectern.fail('forbidden', 'This chapter is somebody else''s'); end if;
      end if;
    when 'chapter.remove' then
      update public.chapters h set deleted_at = now() where h.id = v_id and h.deleted_at is null;

    when 'item.attach' then
      if exists (select from public.chapter_items i where i.id = v_id) then
        return;
      end if;
      v_parent := lectern.id_of(p_change, 'chapterId');
      v_target := p_change -> 'target';
      if v_target ->> 'kind' is null or v_target ->> 'kind' not in ('asset', 'project') then
        perform lectern.fail('invalid-input', 'The target is not one',
          '{"path": "target", "expected": "an asset or a project"}');
      end if;
      perform from public.chapters h where h.id = v_parent and h.deleted_at is null for update;
      if not found then perform lectern.no_such('chapter', v_parent); end if;
      insert into public.chapter_items (id, chapter_id, title, order_key, asset_id, project_id)
      values (v_id, v_parent, lectern.text_of(p_change, 'title'),
        lectern.order_between((
          select max(i.order_key) from public.chapter_items i where i.chapter_id = v_parent and i.deleted_at is null
        ), null),
        case when v_target ->> 'kind' = 'asset' then lectern.id_of(v_target, 'assetId') end,
        case when v_target ->> 'kind' = 'project' then lectern.id_of(v_target, 'projectId') end);
    when 'item.rename' then
      update public.chapter_items i set title = lectern.text_of(p_change, 'title')
      where i.id = v_id and i.deleted_at is null;
      if not found then perform lectern.no_such('item', v_id); end if;
    when 'item.move' then
      v_parent := lectern.id_of(p_change, 'chapterId');
      perform from public.chapter_items i where i.id = v_id and i.deleted_at is null;
      if not found then perform lectern.no_such('item', v_id); end if;
      perform from public.chapters h where h.id = v_parent and h.deleted_at is null for update;
      if not found then perform lectern.no_such('chapter', v_parent); end if;
      v_order := lectern.order_after('chapter_items', 'chapter_id', v_parent, v_id,
        lectern.id_of(p_change, 'afterId'));
      if v_order is not null then
        update public.chapter_items i set chapter_id = v_parent, order_key = v_order where i.id = v_id;
        if not found then perform lectern.fail('forbidden', 'This item is somebody else''s'); end if;
      end if;
    when 'item.remove' then
      update public.chapter_items i set deleted_at = now() where i.id = v_id and i.deleted_at is null;
  end case;
end
$$;
revoke execute on function public.apply_course_change(jsonb) from public, anon, service_role;
grant execute on function public.apply_course_change(jsonb) to authenticated;

-- ── Usage anew ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- Says anew what the signed-in user's projects and chapters use, from what they hold. Places that a host named stay.
create function public.rebuild_usage() returns void
  language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := lectern.require_user();
begin
  delete from public.media_usage u
  where u.owner_id = v_user and u.resource_type = 'project' and not exists (
    select from public.studio_projects p where p.owner_id = v_user and p.id::text = u.resource_id
  );
  perform lectern.set_usage(p.owner_id, 'project', p.id::text, p.title,
    case when p.deleted_at is null then p.asset_ids else '{}' end)
  from public.studio_projects p where p.owner_id = v_user;
  perform lectern.keep_chapter_usage(h.id) from public.chapters h where h.owner_id = v_user;
end
$$;
revoke execute on function public.rebuild_usage() from public, anon;
grant execute on function public.rebuild_usage() to authenticated;
