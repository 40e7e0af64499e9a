import type pg from 'pg'
import copyStreams from 'pg-copy-streams'
import type { Readable } from 'node:stream'
import type { Timespan } from '../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A security, and the dates within a range on which a symbol names it. */
export interface ListedSecurity {
  symbolId: number
  symbol: string
  listed: DateRange[]
}

/** These securities, or (null) all that have a bar of a timespan in the range, by symbol. */
export async function listedSecurities(db: Queryable, { table, times }: Timespan, { start, end }: DateRange, symbolIds: readonly number[] | null): Promise<ListedSecurity[]> {
  const { rows } = await db.query<ListedSecurity>(`
    select t.symbol_id as "symbolId", t.symbol, coalesce(l.listed, '[]') as listed
    from tickers t
    left join lateral (
      select jsonb_agg(jsonb_build_object('start', lower(within), 'end', upper(within) - 1) order by within) as listed
      from (select unnest(range_agg(s.valid * daterange($1, $2, '[]'))) as within from ticker_symbols s where s.symbol_id = t.symbol_id and s.valid && daterange($1, $2, '[]')) r
    ) l on true
    where case when $3::integer[] is null then exists (select from ${table} b where b.symbol_id = t.symbol_id and ${times.within('b.time', '$1::date', '$2::date')}) else t.symbol_id = any ($3) end
    order by t.symbol, t.symbol_id`, [start, end, symbolIds])
  return rows
}

/** A time as text: a date, or an instant in UTC. */
export const canonicalTime = ({ ofDates }: Timespan, time: string): string => (ofDates ? time : time.replace('.000Z', 'Z'))

const timeText = ({ ofDates }: Timespan): string => (ofDates ? `to_char(time, 'YYYY-MM-DD')` : `to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`)
const date = (of: IsoDate): string => `date '${of}'`

/**
 * The bars of these dates as lines `symbol_id,time,open,high,low,close,volume,transactions`, each ended by LF, security by security in the order of time: numbers
 * without trailing zeros, nothing for transactions that are not known. COPY takes no parameters: what stands in the statement are numbers and dates of ours.
 * @param symbolIds null: of all
 */
export function canonicalBars(client: pg.ClientBase, timespan: Timespan, { start, end }: DateRange, symbolIds: readonly number[] | null): Readable {
  const values = ['open', 'high', 'low', 'close', 'volume'].map((name) => `trim_scale(${name})`)
  return client.query(copyStreams.to(`
    copy (
      select symbol_id, ${timeText(timespan)}, ${values.join(', ')}, transactions
      from ${timespan.table}
      where ${timespan.times.within('time', date(start), date(end))}${symbolIds === null ? '' : ` and symbol_id = any ('{${symbolIds.join(',')}}'::integer[])`}
      order by symbol_id, time
    ) to stdout (format csv)`))
}

/** How many rows that repeat a bar were kept out, by security: those of files that say otherwise than the first, and of answers all. */
export async function repeatsKeptOut(db: Queryable, { name, fills }: Timespan, { start, end }: DateRange, symbolIds: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await db.query<{ symbol_id: number; repeats: number }>(`
    select symbol_id, sum(repeats)::bigint as repeats
    from (
      select s.symbol_id, count(*) as repeats
      from rejected_rows r join ticker_symbols s on s.symbol = r.symbol and s.valid @> r.date
      where r.dataset = $1 and r.date between $2::date and $3::date and r.reason = 'duplicate' and s.symbol_id = any ($4::integer[])
      group by s.symbol_id
      union all
      select symbol_id, sum(duplicates) from fetches
      where timespan = $5 and symbol_id = any ($4::integer[]) and start_date <= $3::date and end_date >= $2::date and duplicates > 0 and withdrawn_at is null
      group by symbol_id
    ) r
    group by symbol_id`, [fills?.name ?? '', start, end, symbolIds, name])
  return new Map(rows.map(({ symbol_id: id, repeats }) => [id, repeats]))
}
