import type pg from 'pg'

/** Defaults that a database may have, none of which may change what is stored. */
export const HOSTILE_DEFAULTS: Readonly<Record<string, string>> = {
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  DateStyle: 'German, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'Asia/Kathmandu',
  bytea_output: 'escape',
  array_nulls: 'off',
  standard_conforming_strings: 'off',
  transform_null_equals: 'on',
  quote_all_identifiers: 'on',
  extra_float_digits: '-15',
  statement_timeout: '2s',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '100ms',
  // Holds until a connection has its settings: less than a busy machine may take for that would be a test of the machine.
  idle_session_timeout: '2s',
  // Its views are called like our tables, some of them.
  search_path: 'tickstock, "$user", nowhere, public',
}

/** Gives a database defaults, for connections made from now on. */
export async function alterDefaults(client: pg.Pool | pg.ClientBase, database: string, defaults: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(defaults)) {
    await client.query(`alter database ${database} set ${name} = ${name === 'search_path' ? value : `'${value}'`}`)
  }
}
