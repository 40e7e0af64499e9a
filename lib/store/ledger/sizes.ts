import type { DaySize } from '../../domain/usual.js'
import type { Queryable } from '../../postgres/database.js'

/** What each loaded date holds, in order. */
export async function daySizes(db: Queryable, dataset: string): Promise<DaySize[]> {
  const { rows } = await db.query<DaySize>(`
    select d.date, d.row_count as "rowCount", l.read, l.unknown
    from days d join lineage l using (load_id)
    where d.dataset = $1
    order by d.date`, [dataset])
  return rows
}
