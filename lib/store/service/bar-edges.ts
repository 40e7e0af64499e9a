import type { BarTimes } from '../../datasets/times.js'
import type { IsoDate } from '../../domain/dates.js'
import { rowsOfPlanned, type Queryable } from '../../postgres/database.js'

/** The first and the latest bar of a security in a table, and who the latest came from. */
export interface BarEdges {
  symbolId: number
  /** When they began: a date, or an instant where the table's times are instants. */
  first: string | Date
  latest: string | Date
  /** The same as dates. */
  firstDate: IsoDate
  latestDate: IsoDate
  provider: string | null
}

/** Where a table of bars has their origin: files and fills, or fetches only. */
export interface BarTable {
  table: string
  times: BarTimes
  fills: object | null
}

/** The edges of securities in a table; one without any bar is left out. */
export async function barEdges(db: Queryable, { table, times, fills }: BarTable, symbolIds: readonly number[]): Promise<BarEdges[]> {
  const origin = fills === null
    ? '(select f.provider from fetches f where f.fetch_id = latest.fetch_id)'
    : 'coalesce(latest.filled_by, (select l.provider from lineage l where l.load_id = latest.load_id))'
  return rowsOfPlanned<BarEdges>(db, `edges of ${table}`, `
    select w.symbol_id as "symbolId", first.time as first, latest.time as latest,
           ${times.dateOf('first.time')} as "firstDate", ${times.dateOf('latest.time')} as "latestDate", ${origin} as provider
    from unnest($1::integer[]) w (symbol_id)
    cross join lateral (select b.* from ${table} b where b.symbol_id = w.symbol_id order by b.time desc limit 1) latest
    cross join lateral (select b.time from ${table} b where b.symbol_id = w.symbol_id order by b.time limit 1) first`, [symbolIds])
}

/** The dates on which securities have bars in a table that only fetches write to. */
export async function fetchedDates(db: Queryable, { table, times }: BarTable, symbolIds: readonly number[]): Promise<{ symbolId: number; date: IsoDate }[]> {
  return rowsOfPlanned<{ symbolId: number; date: IsoDate }>(db, `dates of ${table}`, `
    select distinct symbol_id as "symbolId", ${times.dateOf('time')} as date from ${table} where symbol_id = any ($1::integer[])`, [symbolIds])
}
