import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { apart } from '../compare/apart.js'

/** A provider's unadjusted daily bars of a security and month whose closes are not the stored ones. */
export interface ApartMonth {
  symbolId: number
  provider: string
  /** The first and the last of them, how many they are, and of how many that both have. */
  start: IsoDate
  end: IsoDate
  bars: number
  compared: number
  /** The date on which they are most apart, the closes, exact, and by how many percent. */
  worst: IsoDate
  given: string
  stored: string
  percent: string | null
  /** The closes of each. */
  seen: string
}

/** Of those that are apart the worst has it. */
const ofWorst = (column: string): string => `(array_agg(${column} order by off desc nulls first, time) filter (where is_apart))[1]`

/**
 * What of providers' bars of these dates, whole months, unadjusted and final, has another close than what is stored, by more than so many percent; a provider's own
 * fills aside, which it would be held against itself in.
 */
export async function apartFromStored(db: Queryable, { start, end }: DateRange, percent: number): Promise<ApartMonth[]> {
  // Without their keys providers' bars would be looked for in the whole table, since those of a date lie far apart.
  const { rows } = await db.query<ApartMonth>(`
    with given as materialized (
      select symbol_id, time, provider, close from provider_bars
      where symbol_id = any (array(select symbol_id from tickers)) and timespan = 'day' and basis = 'none' and not partial and time between $1::date and $2::date
    ), compared as (
      select g.symbol_id, g.time, g.provider, trim_scale(g.close) as given, trim_scale(s.close) as stored,
             ${apart('g.close', 's.close', '$3::numeric / 100')} as is_apart, abs(g.close - s.close) / nullif(s.close, 0) as off
      from given g
      join ohlcv_daily s on s.symbol_id = g.symbol_id and s.time = g.time and s.time between $1::date and $2::date
      where s.filled_by is distinct from g.provider
    )
    select symbol_id as "symbolId", provider, min(time) filter (where is_apart) as start, max(time) filter (where is_apart) as "end",
           count(*) filter (where is_apart) as bars, count(*) as compared,
           ${ofWorst('time')} as worst, ${ofWorst('given')}::text as given, ${ofWorst('stored')}::text as stored, round(100 * ${ofWorst('off')}, 4)::text as percent,
           md5(string_agg(concat_ws(' ', to_char(time, 'YYYY-MM-DD'), given, stored), ',' order by time) filter (where is_apart)) as seen
    from compared
    group by symbol_id, provider, date_trunc('month', time)
    having bool_or(is_apart)
    order by 3, 1, 2`, [start, end, percent])
  return rows
}
