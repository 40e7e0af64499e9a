import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import copyStreams from 'pg-copy-streams'
import type { Writable } from 'node:stream'
import { STAGED_COLUMNS, type RepeatedBar } from '../../domain/bar.js'

/** What makes or empties this connection's private staging table, with the token of a load: in one round trip. */
const begin = (token: string): string => `
  begin;
  set local client_min_messages = warning;
  create temp table if not exists staging (
    symbol_id integer not null, time timestamptz, open numeric not null, high numeric not null, low numeric not null,
    close numeric not null, volume numeric not null, transactions bigint);
  create temp table if not exists staged_load (token uuid not null);
  truncate pg_temp.staging, pg_temp.staged_load;
  insert into pg_temp.staged_load values ('${token}')`

/**
 * Begins the transaction in which a load is staged, with this connection's private staging table empty and marked with a
 * token of the load, which is returned: what is found under it later is all of this load and nothing else, whatever stands
 * between this connection and the server.
 */
export async function beginStaging(client: pg.ClientBase): Promise<string> {
  const token = randomUUID()
  await client.query(begin(token))
  return token
}

/** The token of the load that is staged where this connection leads now, as SQL. */
export const STAGED_TOKEN = 'select token from pg_temp.staged_load'

/** Where lines of COPY's text format go to be staged. Ends when the server has taken them all. */
export function copyIntoStaging(client: pg.ClientBase): Writable {
  return client.query(copyStreams.from(`copy pg_temp.staging (${STAGED_COLUMNS}) from stdin`))
}

/**
 * Tells the planner how much has been staged: without it some joins take twice as long. Of the column that is joined
 * on only: to look at all of them takes as long as to merge the date.
 */
export async function analyzeStaging(client: pg.ClientBase): Promise<void> {
  await client.query('analyze pg_temp.staging (symbol_id)')
}

/** The lines among these repeats that differ from the bar staged for their security and window; `staged` is SQL: the staged bars. */
export async function differingRepeats(client: pg.ClientBase, repeats: readonly RepeatedBar[], staged = 'pg_temp.staging'): Promise<Set<number>> {
  const column = <T>(pick: (repeat: RepeatedBar) => T) => repeats.map(pick)
  const { rows } = await client.query<{ line: number }>(
    `select r.line
       from unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::bigint[])
              as r (line, symbol_id, time, open, high, low, close, volume, transactions)
       join ${staged} s on s.symbol_id = r.symbol_id and s.time is not distinct from r.time
      where (r.open, r.high, r.low, r.close, r.volume, r.transactions)
            is distinct from (s.open, s.high, s.low, s.close, s.volume, s.transactions)`,
    [
      column(({ bar }) => bar.line),
      column(({ bar }) => bar.symbolId),
      column(({ time }) => time),
      column(({ bar }) => bar.open),
      column(({ bar }) => bar.high),
      column(({ bar }) => bar.low),
      column(({ bar }) => bar.close),
      column(({ bar }) => bar.volume),
      column(({ bar }) => bar.transactions),
    ],
  )
  return new Set(rows.map(({ line }) => line))
}
