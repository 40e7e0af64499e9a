import type { Timespan } from '../../datasets/timespan.js'
import { dateInText } from '../../datasets/times.js'
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

/** The edges of securities whose first and latest dates are known, in a table of bars of files and fills. */
export async function edgesOn(db: Queryable, { table, times }: Timespan, spans: readonly Pick<BarEdges, 'symbolId' | 'firstDate' | 'latestDate'>[]): Promise<BarEdges[]> {
  if (spans.length === 0) return []
  const bars = (symbolId: number, date: string): string => `from ${table} b where b.symbol_id = ${symbolId} and ${times.on('b.time', date)} order by b.time`
  const each = spans.map(({ symbolId, firstDate, latestDate }) => {
    const [from, to] = [dateInText(firstDate), dateInText(latestDate)]
    return `
      select coalesce((select b.time ${bars(symbolId, from)} limit 1), ${times.startOf(from)}) as first, coalesce(latest.time, ${times.startOf(to)}) as latest,
             coalesce(latest.filled_by, (select l.provider from lineage l where l.load_id = latest.load_id)) as provider, ${symbolId} as id
      from (select) one left join lateral (select b.* ${bars(symbolId, to)} desc limit 1) latest on true`
  })
  const { rows } = await db.query<Pick<BarEdges, 'first' | 'latest' | 'provider'> & { id: number }>(each.join(' union all '))
  const found = new Map(rows.map(({ id, ...edges }) => [id, edges]))
  return spans.map((span) => ({ ...span, ...found.get(span.symbolId)! }))
}

/** The edges of securities in a table that only fetches write to; one without any bar is left out. */
export async function fetchedEdges(db: Queryable, { table, times }: Timespan, symbolIds: readonly number[]): Promise<BarEdges[]> {
  return rowsOfPlanned<BarEdges>(db, `edges of ${table}`, `
    select w.symbol_id as "symbolId", first.time as first, latest.time as latest,
           ${times.dateOf('first.time')} as "firstDate", ${times.dateOf('latest.time')} as "latestDate",
           (select f.provider from fetches f where f.fetch_id = latest.fetch_id) as provider
    from unnest($1::integer[]) w (symbol_id)
    cross join lateral (select b.* from ${table} b where b.symbol_id = w.symbol_id order by b.time desc limit 1) latest
    cross join lateral (select b.time from ${table} b where b.symbol_id = w.symbol_id order by b.time limit 1) first`, [symbolIds])
}

/** The dates on which securities have bars in a table that only fetches write to. */
export async function fetchedDates(db: Queryable, { table, times }: Timespan, symbolIds: readonly number[]): Promise<{ symbolId: number; date: IsoDate }[]> {
  return rowsOfPlanned<{ symbolId: number; date: IsoDate }>(db, `dates of ${table}`, `
    select distinct symbol_id as "symbolId", ${times.dateOf('time')} as date from ${table} where symbol_id = any ($1::integer[])`, [symbolIds])
}
