import type pg from 'pg'

/** Seconds until a connection whose server process does not answer is given up; a pooler may have none to spare. */
const ANSWER_TIMEOUT = 10

/**
 * What this program's SQL and its reading of the answers rely on. Server, database and role may each have defaults of their own,
 * and so may the client's environment. A server that does not know a setting is not told it.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  client_encoding: 'UTF8',
  bytea_output: 'hex',
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  extra_float_digits: '1',
  // A policy that hides rows is an error then, and never a gap that looks like missing bars.
  row_security: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
}

const literal = (text: string): string => `'${text}'`

/**
 * The schemas that are there now, as a list: one made later, be it named like the user, does not come before them. First is the one
 * that has our tables; the one of views in the words of other programs, some of which are called like our tables, is none of them.
 */
export const OWN_PATH = `(
  select coalesce(string_agg(quote_ident(name), ', ' order by ours desc, place), '')
  from unnest(current_schemas(false)) with ordinality s (name, place)
  cross join lateral (
    select exists (
      select from pg_class join pg_attribute on attrelid = pg_class.oid
      where relnamespace = quote_ident(name)::regnamespace and relname = 'schema_migrations' and attname = 'sha256') as ours
  ) o
  where ours or name <> 'tickstock')`

/** One statement, so that it takes one round trip; sent as it is, for a pooler in statement mode takes no more either. */
const BEGIN = `
  select pg_backend_pid() as process, count(set_config(name, value, false))
  from (
    values ${Object.entries(SETTINGS).map((setting) => `(${setting.map(literal).join(', ')})`).join(', ')},
      ('search_path', ${OWN_PATH})
  ) settings (name, value)
  where current_setting(name, true) is not null`

const processes = new WeakMap<pg.ClientBase, number>()

/** Makes a new connection independent of anybody's defaults, before anything else is asked on it. @throws what the server says */
export async function beginSession(client: pg.ClientBase): Promise<void> {
  // The types do not know the time limit.
  const { rows } = await client.query<{ process: number }>({ text: BEGIN, query_timeout: ANSWER_TIMEOUT * 1000 } as pg.QueryConfig)
  processes.set(client, rows[0]!.process)
}

/** The id of the server's process that serves a connection, as the server says: a pooler announces another one. */
export function serverProcess(client: pg.ClientBase): number {
  const process = processes.get(client)
  if (process === undefined) throw new Error('a connection was used that beginSession has not seen')
  return process
}
