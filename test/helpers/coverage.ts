import type pg from 'pg'
import type { Test } from 'tap'
import { linesOf } from './content.js'

/**
 * Where the table `coverage` and the bars of files contradict each other: `missing` is a security that has bars of files on a date and
 * is not said to, `extra` one that has none and is said to. Nothing where all is well, in any database that only loads wrote.
 */
export const coverageFaults = (pool: pg.Pool): Promise<string[]> => linesOf(pool, `
  with bars as (
    select 'day_aggs' as dataset, time as date, symbol_id from ohlcv_daily where filled_by is null
    union
    select 'minute_aggs', (time at time zone 'America/New_York')::date, symbol_id from ohlcv_minute where filled_by is null
  ), kept as (
    select dataset, date, 8 * byte + bit as symbol_id
    from (select dataset, date, securities || '' as securities from coverage offset 0) c
    cross join lateral generate_series(0, octet_length(securities) - 1) byte
    cross join lateral generate_series(0, case when get_byte(securities, byte) = 0 then -1 else 7 end) bit
    where (get_byte(securities, byte) >> bit) & 1 = 1
  )
  select 'missing' as fault, * from (table bars except table kept) missing
  union all
  select 'extra', * from (table kept except table bars) extra`)

/** After each test of these, the table `coverage` and the bars of files have to agree. */
export function keepsCoverage(t: Test, pool: pg.Pool): void {
  t.afterEach(async () => {
    const faults = await coverageFaults(pool)
    if (faults.length > 0) throw new Error(`coverage and bars contradict each other: ${faults.join(' ')}`)
  })
}
