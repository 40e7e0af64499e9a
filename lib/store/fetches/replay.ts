import type pg from 'pg'
import type { Timespan, TimespanName } from '../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { AnswerForm } from './fetches.js'

/** Answers of a provider that are replayed together: of a symbol and timespan, or all symbols of a date. */
export interface AnswerGroup extends DateRange {
  provider: string
  /** Null: all symbols. */
  symbol: string | null
  timespan: TimespanName
  /** Of grouped answers. */
  date: IsoDate | null
  /** The securities that it has ever been asked for. */
  symbolIds: number[]
}

/** Which groups: null means any. */
export interface GroupFilter {
  /** Groups that this job has a part in. */
  job: string | null
  provider: string | null
  symbols: readonly string[] | null
  /** Whether answers of all symbols belong to some symbols too. */
  grouped: boolean
  timespans: readonly TimespanName[] | null
  /** With a bar on these dates. */
  range: DateRange | null
}

/** A bar may begin so many days before the range that it was asked for with: the week's or month's first. */
const LONGEST_PERIOD = 31

const ANSWERED = `status in ('stored', 'unchanged')`
const within = (start: string, end: string): string => `(${start}::date is null or (start_date <= ${end}::date + ${LONGEST_PERIOD} and end_date >= ${start}::date))`

/** The groups of answers, by symbol and timespan; those of all symbols come last, by date. */
export async function answerGroups(db: Queryable, { job, provider, symbols, grouped, timespans, range }: GroupFilter): Promise<AnswerGroup[]> {
  const { rows } = await db.query<AnswerGroup>(`
    select provider, symbol, timespan, case when symbol is null then start_date end as date, min(start_date) as start, max(end_date) as "end",
           coalesce(array_agg(distinct symbol_id) filter (where symbol_id is not null), '{}') as "symbolIds"
    from fetches
    where ${ANSWERED} and ($2::text is null or provider = $2) and ($3::text[] is null or symbol = any ($3) or ($4 and symbol is null))
      and ($5::text[] is null or timespan = any ($5)) and ${within('$6', '$7')}
    group by provider, symbol, timespan, case when symbol is null then start_date end
    having $1::text is null or bool_or(job_id = $1)
    order by symbol nulls last, date, array_position(array['hour', 'day', 'week', 'month', 'minute'], timespan), provider`,
  [job, provider, symbols, grouped, timespans, range?.start ?? null, range?.end ?? null])
  return rows
}

/** These symbols and every other that has named one of their securities. */
export async function relatedSymbols(db: Queryable, symbols: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ symbol: string }>(`
    select b.symbol from ticker_symbols a join ticker_symbols b using (symbol_id) where a.symbol = any ($1)
    union select unnest($1::text[])`, [symbols])
  return rows.map(({ symbol }) => symbol)
}

/** A fetch whose answer is to be read again. */
export interface KeptFetch extends DateRange {
  fetchId: number
  form: AnswerForm
  /** SHA-256 of each kept body, in order. */
  pages: string[]
  pulledAt: Date
  withdrawn: boolean
  pruned: boolean
  /** Whose calendar marked its bars; null where its job does not say. */
  exchange: string | null
}

/** The fetches of a group that brought bars, in the order in which they were made. */
export async function fetchesOf(db: Queryable, { provider, symbol, timespan, date }: AnswerGroup, range: DateRange | null): Promise<KeptFetch[]> {
  const { rows } = await db.query<KeptFetch>(`
    select f.fetch_id as "fetchId", f.form, f.start_date as start, f.end_date as "end", f.pages, f.pulled_at as "pulledAt",
           f.withdrawn_at is not null as withdrawn, f.pruned_at is not null as pruned, j.request ->> 'exchange' as exchange
    from fetches f join jobs j using (job_id)
    where f.provider = $1 and (f.symbol = $2 or ($2::text is null and f.symbol is null)) and f.timespan = $3 and ($4::date is null or f.start_date = $4)
      and ${ANSWERED} and ${within('$5', '$6')}
    order by f.fetch_id`, [provider, symbol, timespan, date, range?.start ?? null, range?.end ?? null])
  return rows
}

/** Which bars, in the timespan's table and beside, a replay of a group may touch. */
export interface Extent {
  timespan: Timespan
  provider: string
  /** The times of the first bar and the last one. */
  first: string
  last: string
  /** Null: of whatever security. */
  symbolIds: readonly number[] | null
}

/** The securities whose bars a group may have given: those it was asked for, those its symbol has named, those it is staged for. */
export async function securitiesOf(client: pg.ClientBase, { symbol, symbolIds }: AnswerGroup): Promise<number[] | null> {
  if (symbol === null) return null
  const { rows } = await client.query<{ symbol_id: number }>(`
    select unnest($1::integer[]) as symbol_id
    union select symbol_id from ticker_symbols where symbol = $2
    union select symbol_id from pg_temp.fetched`, [symbolIds, symbol])
  return rows.map(({ symbol_id }) => symbol_id)
}

/** Stages no longer what lies outside the extent. */
export async function narrowStaged(client: pg.ClientBase, { first, last }: Extent): Promise<void> {
  await client.query('delete from pg_temp.fetched where time < $1::timestamptz or time > $2::timestamptz', [first, last])
}

const typeOf = ({ ofDates }: Timespan): string => (ofDates ? 'date' : 'timestamptz')

/** The stored bars of an extent that came by fetches; parameters 1 to 3. The table of bars meets nothing but common table expressions, as Citus wants it. */
function storedIn({ timespan }: Extent): string {
  const { table, fills } = timespan
  const type = typeOf(timespan)
  return `
    stored as materialized (
      select o.symbol_id, o.time, o.fetch_id${fills === null ? '' : ', o.filled_by'} from ${table} o
      where o.time between $1::${type} and $2::${type} and ($3::integer[] is null or o.symbol_id = any ($3))${fills === null ? '' : ' and o.filled_by is not null'}
    )`
}

const values = ({ first, last, symbolIds }: Extent): unknown[] => [first, last, symbolIds]

/**
 * Takes out the bars of the extent that stand on a fetch which was withdrawn, and those of a fetch that was read again whose answer does not give them; returns how many.
 * @param fetchIds by request
 * @param readAgain which of them have been read
 */
export async function takeOut(client: pg.ClientBase, extent: Extent, fetchIds: readonly number[], readAgain: readonly number[]): Promise<number> {
  const { timespan } = extent
  const type = typeOf(timespan)
  const { rows } = await client.query<{ gone: number }>(`
    with ${storedIn(extent)}, given as materialized (
      select f.symbol_id, f.time::${type} as time, ($4::bigint[])[f.request + 1] as fetch_id from pg_temp.fetched f where f.basis = 'none'${timespan.fills === null ? '' : ' and not f.partial'}
    ), withdrawn as materialized (
      select fetch_id from fetches where withdrawn_at is not null
    ), gone as materialized (
      select s.symbol_id, s.time from stored s
      where s.fetch_id in (select fetch_id from withdrawn)
         or (s.fetch_id = any ($5::bigint[]) and not exists (select from given g where g.symbol_id = s.symbol_id and g.time = s.time and g.fetch_id = s.fetch_id))
    ), removed as (
      delete from ${timespan.table} o using gone
      where o.time between $1::${type} and $2::${type} and ($3::integer[] is null or o.symbol_id = any ($3)) and o.symbol_id = gone.symbol_id and o.time = gone.time
    )
    select count(*) as gone from gone`, [...values(extent), fetchIds, readAgain])
  return rows[0]!.gone
}

/**
 * Stages no longer what a later fetch, of whichever group, has replaced: a fill of the same provider, or any bar that fills nothing. So groups may be
 * replayed in any order, and the state is that of the fetches in theirs. Only where an answer gives a bar no longer, since the rules or the calendar are others
 * than when it was fetched, does that of an older answer of a group before it come with the next replay.
 */
export async function dropReplaced(client: pg.ClientBase, extent: Extent, fetchIds: readonly number[]): Promise<void> {
  const { timespan, provider } = extent
  const sameKey = `o.symbol_id = f.symbol_id and o.time = f.time::${typeOf(timespan)}${timespan.fills === null ? '' : ' and o.filled_by = $5'} and o.fetch_id > ($4::bigint[])[f.request + 1]`
  const parameters = [...values(extent), fetchIds, ...(timespan.fills === null ? [] : [provider])]
  const { rows: later } = await client.query<{ fetch_id: number }>(
    `with ${storedIn(extent)} select distinct o.fetch_id from stored o join pg_temp.fetched f on ${sameKey}`, parameters)
  if (later.length === 0) return
  // What stands on a number that no request has was not written by a fetch.
  const { rows } = await client.query<{ fetch_id: number }>('select fetch_id from fetches where fetch_id = any ($1)', [later.map(({ fetch_id }) => fetch_id)])
  await client.query(
    `with ${storedIn(extent)} delete from pg_temp.fetched f using stored o where ${sameKey} and o.fetch_id = any ($${parameters.length + 1}::bigint[])`,
    [...parameters, rows.map(({ fetch_id }) => fetch_id)])
}

/** How many bars of the extent stand on these fetches. */
export async function standingOn(client: pg.ClientBase, extent: Extent, fetchIds: readonly number[]): Promise<number> {
  if (fetchIds.length === 0) return 0
  const { rows } = await client.query<{ bars: number }>(`with ${storedIn(extent)} select count(*) as bars from stored where fetch_id = any ($4::bigint[])`, [...values(extent), fetchIds])
  return rows[0]!.bars
}
