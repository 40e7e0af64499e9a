import { DIFFERENCE_REASONS, type DifferenceReason } from '../../domain/difference.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { apart, PRICES } from './apart.js'
import type { Sides } from './sides.js'

/** Which periods are compared: their times within `range`, of which `times` have a session; `around` holds those beside them too, which explain some differences. */
export interface Compared {
  range: DateRange
  around: DateRange
  times: readonly IsoDate[]
}

/** Values of a bar as exact decimal text; what was adjusted is rounded to six decimals. */
export interface ComparedBar {
  open: string
  high: string
  low: string
  close: string
  volume: string
}

/** A difference, or several of one reason one after the other: then the values are those of the greatest of them. */
export interface Difference {
  symbolId: number
  symbol: string
  /** The first and the last time, and how many bars. */
  start: IsoDate
  end: IsoDate
  bars: number
  reason: DifferenceReason
  /** Which side is missing, stale or provisional; null where that is not told. */
  side: 'mine' | 'theirs' | null
  exDate: boolean
  /** The price that is apart: the close, or else the one that is most, and by how many percent; null where there is one bar only. */
  price: 'open' | 'high' | 'low' | 'close' | null
  percent: string | null
  /** The time of the values. */
  time: IsoDate
  mine: ComparedBar | null
  theirs: ComparedBar | null
  /** 0 closes are apart, 1 only highs, lows or opens, 2 one side has none, 3 what is never to be the first. */
  rank: number
}

/** A security's bars on both sides, counted. */
export interface ComparedSecurity {
  symbolId: number
  symbol: string
  both: number
  onlyMine: number
  onlyTheirs: number
  /** Bars of both that are the same provider's: fills of its own. */
  own: number
  /** Of both, those whose closes are no more than 0.01 % apart; and those whose closes are more than 1 % apart. */
  within: number
  over1: number
  /** Of both, those whose volumes are more than 1 % or 10 % apart. */
  volumeOver1: number
  volumeOver10: number
  reasons: Partial<Record<DifferenceReason, number>>
  /** The worst first. */
  differences: Difference[]
}

const VALUES = [...PRICES, 'volume'] as const
const SIDES = ['mine', 'theirs'] as const
/** Reasons whose differences, one after the other, are told as one. */
const IN_RUNS = ['adjusted', 'stale', 'missing', 'closed', 'range'] as const
/** A one with so many decimals that quotients get as many. */
const ONE = `1.${'0'.repeat(30)}`

const anyApart = (a: (price: string) => string, b: (price: string) => string): string => PRICES.map((price) => apart(a(price), b(price))).join(' or ')
/** The two quotients are the same, written without a division. */
const sameRatio = (a: string, b: string, c: string, d: string): string => `abs(${a} * ${d} - ${c} * ${b}) <= 0.0001 * abs(${c} * ${b})`
const off = (price: string): string => `abs(mine_${price} - theirs_${price}) / nullif(theirs_${price}, 0)`

/** What an array of products up to each ex-date has at a place; one before the first. */
const upTo = (products: string, place: string): string => `coalesce(${products}[${place}], 1)`

/** What a price is multiplied by for the splits after its time that had taken effect when a side was asked. */
function split(side: (typeof SIDES)[number]): string {
  const [now, then] = [`at_${side}`, 'at_time']
  return `case when ${now} > ${then} then round(${ONE} * ${upTo('old', now)} * ${upTo('new', then)} / (${upTo('new', now)} * ${upTo('old', then)}), 30) else 1 end`
}

/** Likewise for dividends. */
function kept(side: (typeof SIDES)[number]): string {
  return `case when at_${side} > at_time then round(${ONE} * ${upTo('kept', `at_${side}`)} / ${upTo('kept', 'at_time')}, 30) else 1 end`
}

/** Both sides by time, with what prices of that time are to be multiplied by for what had taken effect when each side was asked. */
function joined({ sql, adjust }: Sides): string {
  const factor = { none: '1', split: 'b.mine_split', total: 'b.mine_split * b.mine_kept' }[adjust ?? 'none']
  return `
    ${sql}, both_sides as materialized (
      select coalesce(m.symbol_id, t.symbol_id) as symbol_id, coalesce(m.time, t.time) as time,
        ${VALUES.map((value) => `m.${value} as mine_${value}, t.${value} as theirs_${value}`).join(', ')},
        m.partial as mine_partial, t.partial as theirs_partial, coalesce(t.own, false) as own, coalesce(t.lacks, false) as lacks,
        coalesce(m.pulled_on, max(m.pulled_on) over w) as mine_pulled, coalesce(t.pulled_on, max(t.pulled_on) over w) as theirs_pulled,
        min(m.time) over w as mine_first, max(m.time) over w as mine_last, min(t.time) over w as theirs_first, max(t.time) over w as theirs_last
      from mine m full join theirs t on t.symbol_id = m.symbol_id and t.time = m.time
      window w as (partition by coalesce(m.symbol_id, t.symbol_id))
    ), actions as materialized (
      select symbol_id, ex_date, split_from as old, split_to as new, 1 as kept, 1 as whole from splits_applied where symbol_id = any($1::integer[])
      union all
      -- Of such shares as the dividend is paid for, should a split lie between the last close before and it.
      select d.symbol_id, d.ex_date, 1, 1, b.close * s.old - d.amount * s.new, b.close * s.old
      from dividends_applied d
      cross join lateral (select time, close from ohlcv_daily o where o.symbol_id = d.symbol_id and o.time < d.ex_date order by o.time desc limit 1) b
      cross join lateral (
        select coalesce(ohlcv_product(split_from), 1) as old, coalesce(ohlcv_product(split_to), 1) as new
        from splits_applied where symbol_id = d.symbol_id and ex_date > b.time and ex_date <= d.ex_date
      ) s
      where d.symbol_id = any($1::integer[]) and b.close * s.old > d.amount * s.new
    ), until_each as (
      -- What all ex-dates up to each of them come to together.
      select symbol_id, ex_date, ohlcv_product(old) over w as old, ohlcv_product(new) over w as new,
        round(${ONE} * ohlcv_product(kept) over w / ohlcv_product(whole) over w, 40) as kept
      from actions
      window w as (partition by symbol_id order by ex_date)
    ), by_security as materialized (
      select symbol_id, array_agg(ex_date order by ex_date) as dates, array_agg(old order by ex_date) as old, array_agg(new order by ex_date) as new, array_agg(kept order by ex_date) as kept
      from (select distinct * from until_each) u
      group by symbol_id
    ), counted_actions as materialized (
      select b.*, a.old, a.new, a.kept, width_bucket(b.time, a.dates) as at_time, width_bucket(b.mine_pulled, a.dates) as at_mine, width_bucket(b.theirs_pulled, a.dates) as at_theirs
      from both_sides b left join by_security a using (symbol_id)
    ), factored as materialized (
      select *, ${SIDES.map((side) => `${split(side)} as ${side}_split, ${kept(side)} as ${side}_kept`).join(', ')}
      from counted_actions
    ), pairs as materialized (
      select b.symbol_id, b.time, b.own, b.lacks, b.mine_partial, b.theirs_partial, b.time between $4 and $5 as inside,
        b.mine_first is null or b.theirs_first is null or b.time < greatest(b.mine_first, b.theirs_first) or b.time > least(b.mine_last, b.theirs_last) as beyond,
        ${PRICES.map((price) => `b.mine_${price}, b.theirs_${price} * ${factor} as theirs_${price}`).join(', ')},
        b.mine_volume, ${adjust === null ? 'b.theirs_volume' : 'b.theirs_volume / b.mine_split'} as theirs_volume, b.theirs_close as theirs_given,
        ${SIDES.map((side) => `array[1, b.${side}_split, b.${side}_split * b.${side}_kept] as ${side}_factors`).join(', ')}
      from factored b
    )`
}

/** Whether a side says what it said of its own session before, while the other moved. */
function stale(side: (typeof SIDES)[number], other: (typeof SIDES)[number]): string {
  return `(${PRICES.map((price) => `${side}_${price} = lag(${side}_${price}) over w`).join(' and ')} and ${apart(`lag(${other}_close) over w`, `${other}_close`)})`
}

/** Whether these bars are those of the other side a session before or after. */
function otherSession(neighbour: 'lag' | 'lead'): string {
  return `not (${anyApart((price) => `mine_${price}`, (price) => `${neighbour}(theirs_${price}) over w`)})`
}

/** Prices of a neighbour that are apart in the ratio of these. */
function inRatio(neighbour: 'lag' | 'lead'): string {
  const [mine, theirs] = SIDES.map((side) => `${neighbour}(${side}_close) over w`) as [string, string]
  return `${apart(mine, theirs)} and ${sameRatio(mine, theirs, 'mine_close', 'theirs_close')}`
}

/** All four prices are apart in one ratio. */
const IN_ONE_RATIO = PRICES.slice(0, -1).map((price) => `${apart(`mine_${price}`, `theirs_${price}`)} and ${sameRatio(`mine_${price}`, `theirs_${price}`, 'mine_close', 'theirs_close')}`).join(' and ')

/** The prices are of another basis: by what is known of splits and dividends, or in a ratio that a neighbour has too. Of small ones all prices have to be in it: roundings are alike as well. */
const ADJUSTED = `(${apart('mine_close', 'theirs_close')} and (
  exists (select from unnest(mine_factors) m, unnest(theirs_factors) t where not (${apart('mine_close * t', 'theirs_given * m')}))
  or (${apart('mine_close', 'theirs_close', '0.01')} or ${IN_ONE_RATIO}) and (${inRatio('lag')} or ${inRatio('lead')})
))`

/** Each pair with the reason for its difference, null where there is none, and the side that it is of. */
const JUDGED = `
  flagged as materialized (
    select *, mine_close is not null and theirs_close is not null as is_pair, ${anyApart((price) => `mine_${price}`, (price) => `theirs_${price}`)} as differs,
      ${stale('mine', 'theirs')} as mine_stale, ${stale('theirs', 'mine')} as theirs_stale
    from pairs
    window w as (partition by symbol_id order by time)
  ), judged as materialized (
    select *,
      case
        when not is_pair then case when mine_partial or theirs_partial then 'provisional' when not time = any($6::date[]) then 'closed' when beyond then 'range' else 'missing' end
        when not differs then null
        when mine_partial or theirs_partial then 'provisional'
        when lacks then 'range'
        when mine_stale or theirs_stale then 'stale'
        when ${otherSession('lag')} or ${otherSession('lead')} then 'other_session'
        when ${ADJUSTED} then 'adjusted'
        when ${apart('mine_close', 'theirs_close')} then 'unexplained'
        when ${apart('mine_high', 'theirs_high')} or ${apart('mine_low', 'theirs_low')} then 'high_low'
        else 'open'
      end as reason
    from flagged
    window w as (partition by symbol_id order by time)
  ), sided as (
    select judged.*,
      case
        when reason = 'provisional' then case when mine_partial then 'mine' else 'theirs' end
        when reason = 'closed' then case when mine_close is null then 'theirs' else 'mine' end
        when reason = 'stale' then case when mine_stale then 'mine' else 'theirs' end
        when reason in ('missing', 'range') then case when mine_close is null then 'mine' else 'theirs' end
      end as side,
      worst.price, worst.off
    from judged
    left join lateral (
      select price, off
      from (values ${PRICES.map((price) => `('${price}', ${off(price)}, ${apart(`mine_${price}`, `theirs_${price}`)})`).join(', ')}) p (price, off, is_apart)
      where is_pair and reason is not null and is_apart
      order by price = 'close' desc, off desc
      limit 1
    ) worst on true
    where inside
  )`

/** Differences of one reason one after the other as one, and of each security the worst. */
const LISTED = (next: (time: string) => string): string => `
  begun as (
    select *, case when reason in (${IN_RUNS.map((reason) => `'${reason}'`).join(', ')}) and lag(reason) over w = reason and lag(side) over w is not distinct from side
      and (reason <> 'adjusted' or ${sameRatio('lag(mine_close) over w', 'lag(theirs_close) over w', 'mine_close', 'theirs_close')}) then 0 else 1 end as begins
    from sided
    window w as (partition by symbol_id order by time)
  ), in_runs as (
    select *, sum(begins) over (partition by symbol_id order by time) as run from begun
  ), runs as (
    select *, min(time) over r as first, max(time) over r as last, count(*) over r as bars, row_number() over (r order by off desc nulls last, time) as nth
    from in_runs
    where reason is not null
    window r as (partition by symbol_id, run)
  ), marked as (
    select *, bars = 1 and exists (select from actions a where a.symbol_id = runs.symbol_id and a.ex_date >= runs.time and a.ex_date < ${next('runs.time')}) as on_ex_date from runs where nth = 1
  ), ranked as (
    select *, case when reason in ('provisional', 'range') or on_ex_date then 3 when not is_pair then 2 when ${apart('mine_close', 'theirs_close')} then 0 else 1 end as rank from marked
  ), listed as (
    select *, row_number() over (partition by symbol_id order by rank, off desc nulls last, time) as place from ranked
  )`

const COUNTED = `
  counted as (
    select symbol_id, count(*) filter (where is_pair) as both, count(*) filter (where theirs_close is null) as only_mine, count(*) filter (where mine_close is null) as only_theirs,
      count(*) filter (where is_pair and own) as own,
      count(*) filter (where is_pair and not (${apart('mine_close', 'theirs_close')})) as within,
      count(*) filter (where is_pair and ${apart('mine_close', 'theirs_close', '0.01')}) as over1,
      count(*) filter (where is_pair and ${apart('mine_volume', 'theirs_volume', '0.01')}) as volume_over1,
      count(*) filter (where is_pair and ${apart('mine_volume', 'theirs_volume', '0.1')}) as volume_over10,
      ${DIFFERENCE_REASONS.map((reason) => `count(*) filter (where reason = '${reason}') as ${reason}`).join(', ')}
    from sided
    group by symbol_id
  )`

type CountedRow = Record<DifferenceReason, number> & {
  symbol_id: number; symbol: string; both: number; only_mine: number; only_theirs: number; own: number; within: number; over1: number; volume_over1: number; volume_over10: number
}

type DifferenceRow = Record<`${(typeof SIDES)[number]}_${(typeof VALUES)[number]}`, string | null> & {
  first: IsoDate | null; last: IsoDate; bars: number; reason: DifferenceReason; side: Difference['side']; on_ex_date: boolean; price: Difference['price']; percent: string | null; time: IsoDate; rank: number
}

function barOf(row: DifferenceRow, side: (typeof SIDES)[number]): ComparedBar | null {
  if (row[`${side}_close`] === null) return null
  return Object.fromEntries(VALUES.map((value) => [value, row[`${side}_${value}`]])) as unknown as ComparedBar
}

/** Compares the two sides, security by security; of each at most `limit` differences. Securities that have no bar on either side are left out. */
export async function compareSecurities(db: Queryable, sides: Sides, symbolIds: readonly number[], { range, around, times }: Compared, limit: number): Promise<ComparedSecurity[]> {
  const { rows } = await db.query<CountedRow & DifferenceRow>(`
    with ${joined(sides)}, ${JUDGED}, ${LISTED(sides.next)}, ${COUNTED}
    select t.symbol, c.*, l.first, l.last, l.bars, l.reason, l.side, l.on_ex_date, l.price, round(100 * l.off, 4)::text as percent, l.time, l.rank,
      ${VALUES.map((value) => `trim_scale(l.mine_${value})::text as mine_${value}, trim_scale(${sides.adjust === null ? `l.theirs_${value}` : `round(l.theirs_${value}, 6)`})::text as theirs_${value}`).join(', ')}
    from counted c
    join tickers t using (symbol_id)
    left join listed l on l.symbol_id = c.symbol_id and l.place <= $7
    order by c.symbol_id, l.place`, [symbolIds, around.start, around.end, range.start, range.end, times, limit, ...sides.values])
  const securities = new Map<number, ComparedSecurity>()
  for (const row of rows) {
    const security: ComparedSecurity = securities.get(row.symbol_id) ?? {
      symbolId: row.symbol_id, symbol: row.symbol, both: row.both, onlyMine: row.only_mine, onlyTheirs: row.only_theirs, own: row.own, within: row.within, over1: row.over1,
      volumeOver1: row.volume_over1, volumeOver10: row.volume_over10,
      reasons: Object.fromEntries(DIFFERENCE_REASONS.flatMap((reason) => (row[reason] > 0 ? [[reason, row[reason]]] : []))), differences: [],
    }
    securities.set(row.symbol_id, security)
    if (row.first === null) continue
    security.differences.push({
      symbolId: row.symbol_id, symbol: row.symbol, start: row.first, end: row.last, bars: row.bars, reason: row.reason, side: row.side, exDate: row.on_ex_date,
      price: row.price, percent: row.percent, time: row.time, mine: barOf(row, 'mine'), theirs: barOf(row, 'theirs'), rank: row.rank,
    })
  }
  return [...securities.values()]
}
