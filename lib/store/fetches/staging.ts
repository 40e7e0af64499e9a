import type pg from 'pg'
import copyStreams from 'pg-copy-streams'
import type { Writable } from 'node:stream'
import type { RepeatedBar } from '../../domain/bar.js'
import type { Basis } from '../../domain/basis.js'
import { beginTransaction, type OpenTransaction } from '../../postgres/transactions.js'
import { differingRepeats } from '../bars/staging.js'

/** The columns of a fetched bar in staging, in the order of a line of COPY. request: which of the unit's requests gave it, from 0; time: an instant, a date being its midnight in UTC; basis: what the prices are adjusted for. */
const FETCHED_COLUMNS = 'request, symbol_id, time, open, high, low, close, volume, transactions, regular, partial, basis'

// As in the merge of a day: what the planner believes of a partition that nobody has analyzed yet would have it loop over bars, or join each bar of a
// security with all others of it, since merging by the security alone seems to do.
const FIRST = `
  set local client_min_messages = warning;
  set local enable_nestloop = off;
  set local enable_mergejoin = off;
  set local timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
  create temp table if not exists fetched (
    request integer not null, symbol_id integer not null, time timestamptz not null, open numeric not null, high numeric not null, low numeric not null,
    close numeric not null, volume numeric not null, transactions bigint, regular boolean not null, partial boolean not null, basis text not null) on commit delete rows;`

/** Begins the one transaction in which the bars of a unit are staged and merged, with this connection's private staging table empty. */
export function beginFetched(client: pg.ClientBase): Promise<OpenTransaction> {
  return beginTransaction(client, FIRST)
}

/** Where lines of COPY's text format go to be staged. Ends when the server has taken them all. */
export function copyFetched(client: pg.ClientBase): Writable {
  return client.query(copyStreams.from(`copy pg_temp.fetched (${FETCHED_COLUMNS}) from stdin`))
}

/** Empties the staging table for what else the transaction stages. */
export async function clearFetched(client: pg.ClientBase): Promise<void> {
  await client.query('truncate pg_temp.fetched')
}

/** The lines among these repeats of a request that differ from the bar staged of it for their security and period, on the basis on which it was given. */
export function differingFetched(client: pg.ClientBase, request: number, basis: Basis, repeats: readonly RepeatedBar[]): Promise<Set<number>> {
  return differingRepeats(client, repeats, `(select * from pg_temp.fetched where request = ${request} and basis = '${basis}')`)
}
