import type { Counts } from '../../domain/counts.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { COUNTS } from '../ledger/lineage.js'

/** What the ledger has of a date besides its state. */
export interface Ledger {
  /** What became of the rows of the file it stands at; null where none is loaded. */
  counts: Omit<Counts, 'notSelected'> & { not_selected: number } | null
  checksum: string | null
  attempts: number
}

/** What the ledger has of each date of a range that was ever tried. */
export async function ledgerOfDays(db: Queryable, dataset: string, { start, end }: DateRange): Promise<Map<IsoDate, Ledger>> {
  const { rows } = await db.query<Ledger & { date: IsoDate }>(`
    with tried as (
      select date, count(*) as attempts from attempts where dataset = $1 and date between $2 and $3 group by date
    ), standing as (
      select d.date, d.checksum, ${COUNTS} as counts from days d join lineage l using (load_id) where d.dataset = $1 and d.date between $2 and $3
    )
    select date, s.checksum, s.counts, coalesce(t.attempts, 0) as attempts from standing s full join tried t using (date)`, [dataset, start, end])
  return new Map(rows.map(({ date, ...ledger }) => [date, ledger]))
}
