import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A rename, as it was told. */
export interface ToldRename {
  id: string
  at: Date
  from: string
  to: string
  /** The first date under the new symbol. */
  date: IsoDate
}

/** Renames told since an instant that took effect on a date or later, and were not taken back. */
export async function renamesTold(db: Queryable, since: Date, from: IsoDate): Promise<ToldRename[]> {
  const { rows } = await db.query<ToldRename>(`
    select f.fact_id::text as id, f.told_at as at, f.symbol as "from", f.new_symbol as "to", f.valid_from as date
    from identity_facts f
    where f.kind = 'renamed' and f.told_at > $1 and f.valid_from >= $2 and not exists (select from identity_facts r where r.retracts = f.fact_id)
    order by f.fact_id`, [since, from])
  return rows
}

/** From this share of unknown rows on the universe is a choice of securities, and what else is in the files is no news. */
const MOST_UNKNOWN = 0.2
/** So many dates have to be loaded before, so that what is seen for the first time is new. */
const LEAST_BEFORE = 20

/** A symbol of files that was never seen in them before and names no security. */
export interface FirstSeen {
  symbol: string
  dataset: string
  firstSeen: IsoDate
}

/** Symbols that are in the files of a dataset since a date for the first time, and that the universe does not know. */
export async function symbolsFirstSeen(db: Queryable, dataset: string, since: IsoDate): Promise<FirstSeen[]> {
  const { rows } = await db.query<FirstSeen>(`
    with fresh as materialized (
      select u.symbol, min(u.date) as first_seen
      from days d join lineage l using (load_id) join unknown_symbols u on u.dataset = d.dataset and u.date = d.date
      where d.dataset = $1 and d.date >= $2 and l.unknown < ${MOST_UNKNOWN} * l.read and (select count(*) from (select from days where dataset = $1 and date < $2 limit ${LEAST_BEFORE}) before) = ${LEAST_BEFORE}
      group by u.symbol
    )
    select f.symbol, $1 as dataset, f.first_seen as "firstSeen"
    from fresh f
    where not exists (select from unknown_symbols u where u.symbol = f.symbol and u.dataset = $1 and u.date < $2)
      and not exists (select from ticker_symbols s where s.symbol = f.symbol)
    order by f.symbol`, [dataset, since])
  return rows
}
