import type { Timespan } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { apart, PRICES } from '../compare/apart.js'
import { fetchedIn } from '../compare/securities.js'
import { againstComputed } from '../compare/sides.js'

/** A fetched week or month that is not what its days come to; numbers are exact decimal text. */
export interface ApartPeriod {
  symbolId: number
  time: IsoDate
  /** The price that is apart: the close, or else the one that is most, and by how many percent. */
  price: (typeof PRICES)[number]
  fetched: string
  computed: string
  percent: string | null
  /** The prices of both. */
  seen: string
  /** Whether a split took effect within it: what its days come to is in shares of its last session. */
  hasSplit: boolean
}

/**
 * The fetched bars of a week's or month's own table whose prices are more than so many percent apart from those that its stored days come to. One that is not over, or of
 * which a session is not stored, is not judged.
 * @param times those looked at, in order, and how many sessions each has
 */
export async function apartFromDays(db: Queryable, timespan: Timespan, times: readonly IsoDate[], sessions: readonly number[], percent: number): Promise<ApartPeriod[]> {
  const [start, end] = [times[0], times.at(-1)]
  if (start === undefined || end === undefined) return []
  const ids = await fetchedIn(db, timespan, { start, end })
  if (ids.length === 0) return []
  const sides = againstComputed(timespan, sessions, null)
  const all = (side: string): string => PRICES.map((price) => `trim_scale(${side}.${price})`).join(', ')
  const { rows } = await db.query<ApartPeriod>(`
    with ${sides.sql}, worst as (
      select m.symbol_id, m.time, w.*, concat_ws(' ', ${all('m')}, '/', ${all('t')}) as seen
      from mine m join theirs t using (symbol_id, time)
      cross join lateral (
        select price, fetched, computed, abs(fetched - computed) / nullif(computed, 0) as off
        from (values ${PRICES.map((price) => `('${price}', m.${price}, t.${price})`).join(', ')}) p (price, fetched, computed)
        where ${apart('fetched', 'computed', '$7::numeric / 100')}
        order by price = 'close' desc, off desc, price
        limit 1
      ) w
      where not (m.partial or t.partial or t.lacks) and m.time between $4::date and $5::date
    )
    select w.symbol_id as "symbolId", w.time, w.price, trim_scale(w.fetched)::text as fetched, trim_scale(w.computed)::text as computed, round(100 * w.off, 4)::text as percent, w.seen,
           exists (select from splits_applied s where s.symbol_id = w.symbol_id and s.ex_date > w.time and s.ex_date < ${sides.next('w.time')}) as "hasSplit"
    from worst w
    order by w.time, w.symbol_id`, [ids, start, end, start, end, times, percent, ...sides.values])
  return rows
}
