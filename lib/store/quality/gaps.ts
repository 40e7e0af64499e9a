import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** 32 dates of a security: which of them have a bar. */
export interface DateWord {
  symbolId: number
  /** The first of them, counted from the base in words of 32 dates. */
  word: number
  /** A bit each, the first date the lowest. */
  bits: number
}

/** On which dates of the range securities have bars, whoever gave them: 32 dates a row, for there may be tens of millions of bars. @param symbolIds null: all */
export async function datesWithBars(db: Queryable, { table }: Dataset, { start, end }: DateRange, base: IsoDate, symbolIds: readonly number[] | null): Promise<DateWord[]> {
  const { rows } = await db.query<DateWord>(`
    select symbol_id as "symbolId", (time - $3::date) / 32 as word, bit_or(1 << ((time - $3::date) % 32)) as bits
    from ${table}
    where time between $1::date and $2::date ${symbolIds === null ? '' : 'and symbol_id = any ($4::integer[])'}
    group by 1, 2`, [start, end, base, ...(symbolIds === null ? [] : [symbolIds])])
  return rows
}

/** How many bars each of the dates has; one without any is left out. */
export async function barsByDate(db: Queryable, { table }: Dataset, dates: readonly IsoDate[]): Promise<Map<IsoDate, number>> {
  const { rows } = await db.query<{ date: IsoDate; bars: number }>(`
    select d.date, b.bars
    from unnest($1::date[]) d (date)
    cross join lateral (select count(*) as bars from ${table} where time = d.date) b
    where b.bars > 0`, [dates])
  return new Map(rows.map(({ date, bars }) => [date, bars]))
}

/** A security and a date. */
export interface SecurityDate {
  symbolId: number
  date: IsoDate
}

/** Securities that had a row in a date's file which was kept out of the table. */
export async function rejectedOnDates(db: Queryable, { name }: Dataset, { start, end }: DateRange): Promise<SecurityDate[]> {
  const { rows } = await db.query<SecurityDate>(`
    select distinct s.symbol_id as "symbolId", r.date
    from rejected_rows r join ticker_symbols s on s.symbol = r.symbol and s.valid @> r.date
    where r.dataset = $1 and r.date between $2 and $3`, [name, start, end])
  return rows
}

/** Securities that had a row in a date's file when their symbol named nothing yet. */
export async function unknownThenOnDates(db: Queryable, { name }: Dataset, { start, end }: DateRange): Promise<SecurityDate[]> {
  const { rows } = await db.query<SecurityDate>(`
    select s.symbol_id as "symbolId", u.date
    from unknown_symbols u join ticker_symbols s on s.symbol = u.symbol and s.valid @> u.date
    where u.dataset = $1 and u.date between $2 and $3`, [name, start, end])
  return rows
}

/** Sessions without a security, as loaded: the one before them, the first, and the last. */
export interface Vanishing {
  before: IsoDate
  first: IsoDate
  last: IsoDate
}

/** Symbols that name nothing and stand in the files from just when a security was gone, at most `most` of each case. */
export async function unknownSince(db: Queryable, { name }: Dataset, cases: readonly Vanishing[], most: number): Promise<(Vanishing & { symbols: string[] })[]> {
  const { rows } = await db.query<Vanishing & { symbols: string[] }>(`
    select c.before, c.first, c.last, found.symbols
    from unnest($2::date[], $3::date[], $4::date[]) c (before, first, last)
    cross join lateral (
      select array_agg(symbol order by symbol) as symbols
      from (
        (select symbol from unknown_symbols where dataset = $1 and date = c.first
         intersect select symbol from unknown_symbols where dataset = $1 and date = c.last)
        except select symbol from unknown_symbols where dataset = $1 and date = c.before
        order by symbol limit $5
      ) new
    ) found
    where found.symbols is not null`, [name, cases.map(({ before }) => before), cases.map(({ first }) => first), cases.map(({ last }) => last), most])
  return rows
}

/** Of these securities those that have a bar before the date. */
export async function seenBefore(db: Queryable, { table }: Dataset, symbolIds: readonly number[], date: IsoDate): Promise<Set<number>> {
  const { rows } = await db.query<{ symbolId: number }>(`
    select id as "symbolId" from unnest($1::integer[]) id where exists (select from ${table} b where b.symbol_id = id and b.time < $2)`, [symbolIds, date])
  return new Set(rows.map(({ symbolId }) => symbolId))
}

/** A bar that is there, and the provider that filled it in; null of a file's. */
export interface BarThere extends SecurityDate {
  filledBy: string | null
}

/** Those of the pairs that have a bar, by security and date. */
export async function barsThere(db: Queryable, { table }: Dataset, pairs: readonly SecurityDate[]): Promise<BarThere[]> {
  const { rows } = await db.query<BarThere>(`
    select w.symbol_id as "symbolId", w.date, b.filled_by as "filledBy"
    from unnest($1::integer[], $2::date[]) w (symbol_id, date) join ${table} b on b.symbol_id = w.symbol_id and b.time = w.date
    order by 1, 2`, [pairs.map(({ symbolId }) => symbolId), pairs.map(({ date }) => date)])
  return rows
}
