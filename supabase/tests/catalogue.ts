/** What a database is made of, as texts that can be compared. */
import type pg from 'pg';

const parts: Readonly<Record<string, string>> = {
  schemas: `select nspname || ' ' || coalesce(nspacl::text, '') as line from pg_namespace where nspname = 'lectern'`,
  relations: `select c.relkind::text || ' ' || c.oid::regclass || ' rls ' || c.relrowsecurity || ' ' ||
      coalesce((select string_agg(a::text, ',' order by a::text) from unnest(c.relacl) a), '') || ' '
      || coalesce(c.reloptions::text, '')
    from pg_class c where c.relnamespace in ('public'::regnamespace, to_regnamespace('lectern')) and c.relkind <> 'i'`,
  columns: `select a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
      || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || coalesce(a.attacl::text, '')
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace in ('public'::regnamespace, to_regnamespace('lectern')) and a.attnum > 0 and not attisdropped
      and c.relkind in ('r', 'v')`,
  constraints: `select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where connamespace in ('public'::regnamespace, to_regnamespace('lectern'))`,
  indexes: `select indexdef from pg_indexes where schemaname in ('public', 'lectern')`,
  views: `select viewname || ' ' || definition from pg_views where schemaname in ('public', 'lectern')`,
  functions: `select p.oid::regprocedure || ' ' || md5(pg_get_functiondef(p.oid)) || ' '
      || coalesce((select string_agg(a::text, ',' order by a::text) from unnest(p.proacl) a), '')
    from pg_proc p where p.pronamespace in ('public'::regnamespace, to_regnamespace('lectern'))`,
  triggers: `select tgrelid::regclass || ' ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal`,
  policies: `select schemaname || '.' || tablename || ' ' || policyname || ' ' || cmd || ' ' || roles::text || ' '
      || coalesce(qual, '') || ' / ' || coalesce(with_check, '') from pg_policies`,
  publication: `select pubname || ' ' || schemaname || '.' || tablename from pg_publication_tables`,
};

/** Every object of ours, and what we have put on the platform's tables, each on a line, sorted. */
export async function describeCatalogue(client: pg.ClientBase): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [part, text] of Object.entries(parts)) {
    const { rows } = await client.query<{ line: string }>(
      `select line from (${text}) q (line) order by line collate "C"`,
    );
    lines.push(...rows.map(({ line }) => `${part}: ${line}`));
  }
  return lines;
}
