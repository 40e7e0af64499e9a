import type pg from 'pg'

/** Every row of a query, as text and in order. */
export async function linesOf(pool: pg.Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`select s::text as line from (${sql}) s order by 1`)
  return rows.map(({ line }) => line)
}

/** The columns that these tables have now, by which their content can be compared with what it is once they have more. */
export async function columnsOf(pool: pg.Pool, tables: readonly string[]): Promise<Record<string, string[]>> {
  const { rows } = await pool.query<{ name: string; columns: string[] }>(`
    select name, array(select attname::text from pg_attribute where attrelid = name::regclass and attnum > 0 and not attisdropped order by attnum) as columns
    from unnest($1::text[]) name`, [tables])
  return Object.fromEntries(rows.map(({ name, columns }) => [name, columns]))
}

/** Every row of these columns, by table. */
export async function contentOf(pool: pg.Pool, columns: Readonly<Record<string, readonly string[]>>): Promise<Record<string, string[]>> {
  const contents = Object.entries(columns).map(async ([table, names]) => [table, await linesOf(pool, `select ${names.map((name) => `"${name}"`).join(', ')} from ${table}`)] as const)
  return Object.fromEntries(await Promise.all(contents))
}

/** Every right that a role has on what is in the program's schema, and which functions act as their owner. */
export const rightsOf = (pool: pg.Pool): Promise<string[]> => linesOf(pool, `
  select relname, pg_get_userbyid(grantee), privilege_type from pg_class cross join lateral aclexplode(relacl)
  where relnamespace = current_schema()::regnamespace and grantee <> relowner
  union all
  select proname, coalesce((select rolname::text from pg_roles where pg_roles.oid = grantee), 'public'), concat(privilege_type, ' ', prosecdef) from pg_proc
  cross join lateral aclexplode(coalesce(proacl, acldefault('f', proowner)))
  where pronamespace = current_schema()::regnamespace and grantee <> proowner and proname like 'ohlcv%'`)

/** Count and checksum of each date's stored bars, as the schema's functions give them. */
export const checksumsOf = (pool: pg.Pool): Promise<string[]> => linesOf(pool, `
  select dataset, date, row_count, checksum from (
    select 'day_aggs' as dataset, date, c.* from (select distinct time as date from ohlcv_daily) d cross join lateral ohlcv_daily_checksum(date) c
    union all
    select 'minute_aggs', date, c.* from (select distinct (time at time zone 'America/New_York')::date as date from ohlcv_minute) d cross join lateral ohlcv_minute_checksum(date) c
  ) sums`)
