import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { left } from './scores.js'

/** A date that was judged, and how good it is. */
export interface JudgedDate {
  date: IsoDate
  score: string | null
}

/** The latest dates since then that were judged, in order. */
export async function judgedSince(db: Queryable, since: IsoDate): Promise<JudgedDate[]> {
  const { rows } = await db.query<JudgedDate>(`
    select date, coalesce(${left('expected', 'lost')}, 1) as score from quality_marks where judged and date >= $1 order by date`, [since])
  return rows
}

/** A bar that was expected and is not there. */
export interface Absence {
  symbol: string
  symbolId: number
  date: IsoDate
  /** Whether all sources that there are have said that they have none. */
  isSourceless: boolean
}

/** What was expected on the dates and is not there, by security and date. */
export async function absences(db: Queryable, dates: readonly IsoDate[]): Promise<Absence[]> {
  const { rows } = await db.query<Absence>(`
    select l.symbol, l.symbol_id as "symbolId", l.date, exists (select from gap_tries g where g.symbol_id = l.symbol_id and g.date = l.date) as "isSourceless"
    from data_quality_log l
    where l.date = any ($1::date[]) and 'absent' = any (l.failed)
    order by l.symbol, l.date`, [dates])
  return rows
}

/** A date whose bars are not those of its file. */
export interface Mismatch {
  dataset: string
  date: IsoDate
}

/** Loaded dates since then that have not as many daily bars as the ledger says: one that is loaded has no fills. Counted in an index, without a look at the bars, and the bound stands twice so that other partitions are not even planned. */
export async function datesMiscounted(db: Queryable, since: IsoDate): Promise<Mismatch[]> {
  const { name, table } = DAY_AGGS
  const { rows } = await db.query<Mismatch>(`
    select d.dataset, d.date
    from days d
    where d.dataset = $1 and d.date >= $2 and d.row_count <> (select count(*) from ${table} b where b.time = d.date and b.time >= $2)
    order by d.date`, [name, since])
  return rows
}

/** Dates that a mending of the time since then could not make right, and that no later one has. */
export async function unmended(db: Queryable, since: Date): Promise<Mismatch[]> {
  const { rows } = await db.query<Mismatch>(`
    select dataset, date
    from (
      select distinct on (m.timespan, m.start_date) m.timespan || '_aggs' as dataset, m.start_date as date, m.state
      from remediation_log m
      where m.kind = 'checksum_mismatch' and m.ended_at > $1
      order by m.timespan, m.start_date, m.remediation_id desc
    ) latest
    where state = 'failed'
    order by dataset, date`, [since])
  return rows
}
