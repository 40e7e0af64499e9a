import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { SecurityDate } from '../quality/gaps.js'

// On which dates securities have bars of files, and fills: what their coverage is counted from without a look at all their bars each time.

/** The last change of which symbol names which security: with it bars may have moved. */
export async function lastIdentityChange(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from universe_changes')
  return rows[0]!.seq
}

/** What tells the bars of files of a date from earlier ones: the loads there were, of selected symbols too, and which one it stands at. */
export async function loadsByDate(db: Queryable, { name }: Dataset): Promise<Map<IsoDate, string>> {
  const { rows } = await db.query<{ date: IsoDate; loads: string }>(`
    select l.date, concat_ws(' ', l.loads, l.latest, d.load_id) as loads
    from (select date, count(*) as loads, max(load_id) as latest from lineage where dataset = $1 group by date) l
    left join days d on d.dataset = $1 and d.date = l.date
    order by l.date`, [name])
  return new Map(rows.map(({ date, loads }) => [date, loads]))
}

/** Those of the pairs that have a bar of a file. */
export async function fileBarsOn(db: Queryable, { table, times }: Dataset, pairs: readonly SecurityDate[]): Promise<SecurityDate[]> {
  const { rows } = await db.query<SecurityDate>(`
    select w.symbol_id as "symbolId", w.date
    from unnest($1::integer[], $2::date[]) w (symbol_id, date)
    where exists (select from ${table} b where b.symbol_id = w.symbol_id and ${times.on('b.time', 'w.date')} and b.filled_by is null)`,
  [pairs.map(({ symbolId }) => symbolId), pairs.map(({ date }) => date)])
  return rows
}

/** The dates on which securities have fills. */
export async function fillDates(db: Queryable, { table, times }: Dataset, symbolIds: readonly number[]): Promise<SecurityDate[]> {
  const { rows } = await db.query<SecurityDate>(`
    select distinct symbol_id as "symbolId", ${times.dateOf('time')} as date
    from ${table}
    where filled_by is not null and symbol_id = any ($1::integer[])`, [symbolIds])
  return rows
}
