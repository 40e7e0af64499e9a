import type pg from 'pg'
import copyStreams from 'pg-copy-streams'
import type { Writable } from 'node:stream'
import type { Repeat } from '../stages/once.js'
import { COPY_COLUMNS } from '../stages/copy-line.js'

/** Makes this connection's private staging table, or empties it. */
export async function emptyStaging(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('pg_temp.staging') is not null as there`)
  await client.query(
    rows[0]!.there
      ? 'truncate pg_temp.staging'
      : `create temp table staging (
           symbol_id integer not null, time timestamptz, open numeric not null, high numeric not null, low numeric not null,
           close numeric not null, volume numeric not null, transactions bigint)`,
  )
}

/** Where lines of COPY's text format go to be staged. Ends when the server has taken them all. */
export function copyIntoStaging(client: pg.ClientBase): Writable {
  return client.query(copyStreams.from(`copy pg_temp.staging (${COPY_COLUMNS}) from stdin`))
}

/**
 * Tells the planner how much has been staged: without it some joins take twice as long. Of the column that is joined
 * on only: to look at all of them takes as long as to merge the date.
 */
export async function analyzeStaging(client: pg.ClientBase): Promise<void> {
  await client.query('analyze pg_temp.staging (symbol_id)')
}

/** The lines among these repeats that differ from the bar staged for their security and window. */
export async function differingRepeats(client: pg.ClientBase, repeats: readonly Repeat[]): Promise<Set<number>> {
  const column = <T>(pick: (repeat: Repeat) => T) => repeats.map(pick)
  const { rows } = await client.query<{ line: number }>(
    `select r.line
       from unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::bigint[])
              as r (line, symbol_id, time, open, high, low, close, volume, transactions)
       join pg_temp.staging s on s.symbol_id = r.symbol_id and s.time is not distinct from r.time
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
