import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** So soon after it was over a session is loaded by who keeps up with them. */
const KEPT_UP_DAYS = 20

/** How far a kind of day files has come. */
export interface FilesBegun {
  firstLoaded: IsoDate | null
  /** Whether any date was ever loaded soon after it: else all there is was loaded as history, and nobody keeps up with it yet. */
  isKeptUp: boolean
}

/** How far a kind of day files has come. */
export async function filesBegun(db: Queryable, dataset: string): Promise<FilesBegun> {
  const { rows } = await db.query<FilesBegun>(`
    select (select min(date) from days where dataset = $1) as "firstLoaded",
           exists (select from attempts a join ingestion_runs r using (run_id)
                   where a.dataset = $1 and a.outcome in ('loaded', 'unchanged') and a.finished_at < a.date + ${KEPT_UP_DAYS} and r.status <> 'running') as "isKeptUp"`, [dataset])
  return rows[0]!
}

/** A symbol and a length of bars that is fetched again and again. */
export interface KeptUp {
  symbol: string
  timespan: string
}

/** Which lengths of the symbols were asked for on two days since then: one that was fetched once is not kept up. Requests of whole dates are of every symbol. */
export async function fetchedAgain(db: Queryable, symbols: readonly string[], since: Date): Promise<KeptUp[]> {
  const { rows } = await db.query<KeptUp>(`
    select w.symbol, f.timespan
    from unnest($1::text[]) w (symbol) join (
      select symbol, timespan, pulled_at from fetches where symbol = any ($1::text[]) and pulled_at > $2
      union all
      select null, timespan, pulled_at from fetches where symbol is null and pulled_at > $2
    ) f on f.symbol = w.symbol or f.symbol is null
    group by 1, 2
    having count(distinct (f.pulled_at at time zone 'UTC')::date) > 1`, [symbols, since])
  return rows
}
