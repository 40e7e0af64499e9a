import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { left } from './scores.js'

/** Sessions one after the other that are not loaded, between the loaded ones before and after; null: there is none. */
export interface Stretch {
  before: IsoDate | null
  after: IsoDate | null
  dates: IsoDate[]
}

/** How good a security is over a range: `score` is what `lost` leaves of 1 for each session that was expected. */
export interface SecurityScore {
  symbolId: number
  /** What it is called on the last date of the range, or was called at last. */
  symbol: string
  bars: number
  /** Sessions on which a bar was expected and is absent. */
  absent: number
  /** Sessions that are not loaded and on which it was listed; each loses 1. */
  notLoaded: number
  /** The sum of these three. */
  expected: number
  /** The sum of what the scores of these lack to 1, exactly. */
  lost: string
  score: string
  below: boolean
  /** How many bars fail which rule. */
  failed: Record<string, number>
  /** Open findings of it in the range. */
  open: number
}

/** Securities, and how they stand together. */
export interface SecurityScores {
  /** The worst first. */
  securities: SecurityScore[]
  total: Pick<SecurityScore, 'bars' | 'absent' | 'notLoaded' | 'expected' | 'lost'> & { securities: number; below: number; score: string | null }
}

export interface ScoredSecurities {
  range: DateRange
  /** Null: all. */
  symbolIds: readonly number[] | null
  stretches: readonly Stretch[]
  /** Dates whose bars were not judged as they are, and count for nothing. */
  notJudged: readonly IsoDate[]
  minimum: string
  limit: number | null
}

/*
 * A security is listed in a stretch of sessions that are not loaded where its symbols name it and it had (or lacked) a bar on the loaded
 * sessions around it, or began or ended between them. Bars are counted by their indexes; what they lose stands in the log.
 */
const SCORES = `
  with held as (
    select symbol_id, count(*) filter (where not time = any ($3::date[])) as bars
    from ohlcv_daily
    where time between $1 and $2 and ($4::integer[] is null or symbol_id = any ($4))
    group by symbol_id
  ),
  logged as materialized (
    select l.symbol_id, l.date, l.score, l.failed
    from data_quality_log l join quality_marks m on m.date = l.date and m.judged
    where l.date between $1 and $2 and ($4::integer[] is null or l.symbol_id = any ($4))
  ),
  lost as (
    select symbol_id, sum(1 - score) as lost, count(*) filter (where 'absent' = any (failed)) as absent from logged group by symbol_id
  ),
  failures as (
    select symbol_id, jsonb_object_agg(rule, bars) as failed
    from (select symbol_id, rule, count(*) as bars from logged cross join unnest(failed) as r (rule) group by 1, 2) counted
    group by symbol_id
  ),
  stretch as (
    select s.place, s.before, s.after, array_agg(d.date) as dates, min(d.date) as first, max(d.date) as last
    from unnest($5::date[], $6::date[]) with ordinality as s (before, after, place)
    join unnest($7::integer[], $8::date[]) as d (place, date) using (place)
    group by 1, 2, 3
  ),
  listing as (
    select symbol_id, min(coalesce(lower(valid), '-infinity')) as first, max(coalesce(upper(valid), 'infinity')) as beyond
    from ticker_symbols
    where $4::integer[] is null or symbol_id = any ($4)
    group by symbol_id
  ),
  beside as materialized (
    select time as date, symbol_id from ohlcv_daily where time = any ($5::date[] || $6::date[]) and ($4::integer[] is null or symbol_id = any ($4))
    union
    select date, symbol_id from data_quality_log where date = any ($5::date[] || $6::date[]) and 'absent' = any (failed) and ($4::integer[] is null or symbol_id = any ($4))
  ),
  known as materialized (
    select d.place, k.symbol_id, count(*) as sessions
    from (
      select time as date, symbol_id from ohlcv_daily where time = any ($8::date[]) and ($4::integer[] is null or symbol_id = any ($4))
      union all
      select date, symbol_id from logged where 'absent' = any (failed) and date = any ($8::date[])
    ) k
    join unnest($7::integer[], $8::date[]) as d (place, date) using (date)
    group by 1, 2
  ),
  unloaded as (
    select l.symbol_id, sum(
             case when l.first <= s.first and l.beyond > s.last then cardinality(s.dates)
                  else (select count(*) from unnest(s.dates) as d (date) where d.date >= l.first and d.date < l.beyond) end
             - coalesce(k.sessions, 0))::bigint as sessions
    from stretch s
    join listing l on l.first <= s.last and l.beyond > s.first
    left join beside b on b.symbol_id = l.symbol_id and b.date = s.before
    left join beside a on a.symbol_id = l.symbol_id and a.date = s.after
    left join known k on k.place = s.place and k.symbol_id = l.symbol_id
    where coalesce(b.symbol_id, a.symbol_id) is not null
      and (b.symbol_id is not null or s.before is null or l.first > s.before)
      and (a.symbol_id is not null or s.after is null or l.beyond <= s.after)
    group by l.symbol_id
  ),
  open as (
    select symbol_id, count(*) as findings
    from findings
    where state = 'open' and symbol_id is not null and date <= $2 and last_date >= $1
    group by symbol_id
  ),
  scored as (
    select symbol_id, coalesce(h.bars, 0) as bars, coalesce(l.absent, 0) as absent, coalesce(u.sessions, 0) as unloaded,
           coalesce(h.bars, 0) + coalesce(l.absent, 0) + coalesce(u.sessions, 0) as expected, coalesce(l.lost, 0) + coalesce(u.sessions, 0) as lost
    from held h full join lost l using (symbol_id) full join unloaded u using (symbol_id)
  ),
  named as (
    select distinct on (symbol_id) symbol_id, symbol
    from ticker_symbols
    where coalesce(lower(valid), '-infinity') <= $2
    order by symbol_id, valid desc
  )
  select s.symbol_id as "symbolId", coalesce(n.symbol, t.symbol) as symbol, s.bars, s.absent, s.unloaded as "notLoaded", s.expected, trim_scale(s.lost) as lost,
         ${left('s.expected', 's.lost')} as score, s.expected - s.lost < $9::numeric * s.expected as below,
         coalesce(f.failed, '{}') as failed, coalesce(o.findings, 0) as open,
         count(*) over () as securities, count(*) filter (where s.expected - s.lost < $9::numeric * s.expected) over () as "allBelow",
         sum(s.bars) over ()::bigint as "allBars", sum(s.absent) over ()::bigint as "allAbsent", sum(s.unloaded) over ()::bigint as "allNotLoaded",
         sum(s.expected) over ()::bigint as "allExpected", trim_scale(sum(s.lost) over ()) as "allLost",
         ${left('sum(s.expected) over ()', 'sum(s.lost) over ()')} as "allScore"
  from scored s
  join tickers t using (symbol_id)
  left join named n using (symbol_id)
  left join failures f using (symbol_id)
  left join open o using (symbol_id)
  where s.expected > 0
  order by s.lost / s.expected desc, s.lost desc, coalesce(n.symbol, t.symbol), s.symbol_id
  limit $10`

interface Row extends SecurityScore {
  securities: number
  allBelow: number
  allBars: number
  allAbsent: number
  allNotLoaded: number
  allExpected: number
  allLost: string
  allScore: string
}

/** The scores of securities over a range, the worst first, as far as the limit goes; and of all of them together. */
export async function securityScores(db: Queryable, { range: { start, end }, symbolIds, stretches, notJudged, minimum, limit }: ScoredSecurities): Promise<SecurityScores> {
  const places = stretches.flatMap(({ dates }, at) => dates.map((date) => ({ place: at + 1, date })))
  const { rows } = await db.query<Row>(SCORES, [
    start, end, notJudged, symbolIds, stretches.map(({ before }) => before), stretches.map(({ after }) => after), places.map(({ place }) => place), places.map(({ date }) => date), minimum, limit,
  ])
  const [first] = rows
  return {
    securities: rows.map(({ symbolId, symbol, bars, absent, notLoaded, expected, lost, score, below, failed, open }) => ({ symbolId, symbol, bars, absent, notLoaded, expected, lost, score, below, failed, open })),
    total: {
      securities: first?.securities ?? 0, below: first?.allBelow ?? 0, bars: first?.allBars ?? 0, absent: first?.allAbsent ?? 0, notLoaded: first?.allNotLoaded ?? 0,
      expected: first?.allExpected ?? 0, lost: first?.allLost ?? '0', score: first?.allScore ?? null,
    },
  }
}
