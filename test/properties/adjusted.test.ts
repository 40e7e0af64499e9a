import fc from 'fast-check'
import t from 'tap'
import { freshDatabase } from '../helpers/database.js'
import { insertSymbols } from '../helpers/stored-days.js'
import { inputs, SEED } from './runs.js'

// Adjusted prices and computed weeks and months, against whole numbers: prices and volumes are in millionths.

const UNIT = 1_000_000n
const DATES = Array.from({ length: 42 }, (_, at) => new Date(Date.UTC(2025, 0, 1 + at)).toISOString().slice(0, 10))
const at = fc.nat(DATES.length - 1)
const millionths = fc.bigInt({ min: 1n, max: 5_000_000_000n })
const shares = fc.integer({ min: 1, max: 20 })

interface Bar { date: number; prices: bigint[]; volume: bigint }
interface Split { date: number; from: number; to: number; known: number }
interface Dividend { date: number; amount: bigint; known: number }

const bar: fc.Arbitrary<Bar> = fc.record({ date: at, prices: fc.array(millionths, { minLength: 4, maxLength: 4 }), volume: fc.bigInt({ min: 0n, max: 10n ** 17n }) })
  .map(({ prices, ...rest }) => {
    const [low, a, b, high] = prices.toSorted((x, y) => (x < y ? -1 : 1)) as [bigint, bigint, bigint, bigint]
    return { ...rest, prices: [a, high, low, b] }
  })
const history = fc.record({
  bars: fc.uniqueArray(bar, { selector: ({ date }) => date, minLength: 1, maxLength: 25 }).map((bars) => bars.toSorted((a, b) => a.date - b.date)),
  splits: fc.uniqueArray(fc.record({ date: at, from: shares, to: shares, known: at }), { selector: ({ date }) => date, maxLength: 4 }),
  dividends: fc.uniqueArray(fc.record({ date: at, amount: millionths, known: at }), { selector: ({ date }) => date, maxLength: 4 }),
  first: at, last: at, asOf: fc.option(at),
})

const text = (value: bigint): string => `${value / UNIT}.${String(value % UNIT).padStart(6, '0')}`.replace(/\.?0+$/, '')
/** Half of the last one up. */
const rounded = (over: bigint, under: bigint): bigint => (2n * over + under) / (2n * under)
const product = (values: readonly bigint[]): bigint => values.reduce((all, value) => all * value, 1n)

/** What docs/ACTIONS.md says, bar by bar. */
function adjusted({ bars, splits, dividends, first, last, asOf }: { bars: Bar[]; splits: Split[]; dividends: Dividend[]; first: number; last: number; asOf: number | null }, basis: 'split' | 'total'): string[] {
  const until = asOf ?? bars.at(-1)!.date
  const counts = ({ date, known }: { date: number; known: number }): boolean => date <= until && (asOf === null || known <= asOf)
  const [told, paid] = [splits.filter(counts), basis === 'total' ? dividends.filter(counts) : []]
  return bars.filter(({ date }) => date >= first && date <= last && date <= until).map(({ date, prices, volume }) => {
    const later = told.filter((split) => split.date > date)
    const [from, to] = [product(later.map((split) => BigInt(split.from))), product(later.map((split) => BigInt(split.to)))]
    // 1 - amount / close, the close of the last bar before in shares of the ex-date.
    const factors = paid.filter((dividend) => dividend.date > date).flatMap((dividend) => {
      const before = bars.findLast((bar) => bar.date < dividend.date)!
      const between = told.filter((split) => split.date > before.date && split.date <= dividend.date)
      const close = before.prices[3]! * product(between.map((split) => BigInt(split.from)))
      const amount = dividend.amount * product(between.map((split) => BigInt(split.to)))
      return amount < close ? [{ over: close - amount, under: close }] : []
    })
    const thirty = 10n ** 30n
    const kept = rounded(product(factors.map(({ over }) => over)) * thirty, product(factors.map(({ under }) => under)))
    return [DATES[date], ...prices.map((price) => text(rounded(price * from * kept, to * thirty))), text(rounded(volume * to, from))].join(' ')
  })
}

/** Weeks or months of the days, by splits alone, days adjusted to their last session. */
function computed({ bars, splits }: { bars: Bar[]; splits: Split[] }, startOf: (date: string) => string): string[] {
  const starts = [...new Set(bars.map(({ date }) => startOf(DATES[date]!)))]
  return starts.map((start) => {
    const days = bars.filter(({ date }) => startOf(DATES[date]!) === start)
    const last = days.at(-1)!.date
    const made = days.map(({ date, prices, volume }) => {
      const between = splits.filter((split) => split.date > date && split.date <= last)
      const [from, to] = [product(between.map((split) => BigInt(split.from))), product(between.map((split) => BigInt(split.to)))]
      return { prices: prices.map((price) => rounded(price * from, to)), volume: rounded(volume * to, from) }
    })
    const high = made.map(({ prices }) => prices[1]!).reduce((a, b) => (a > b ? a : b))
    const low = made.map(({ prices }) => prices[2]!).reduce((a, b) => (a < b ? a : b))
    return [start, ...[made[0]!.prices[0]!, high, low, made.at(-1)!.prices[3]!, made.reduce((sum, { volume }) => sum + volume, 0n)].map(text), days.length].join(' ')
  })
}

const sundayOf = (date: string): string => {
  const day = new Date(date)
  day.setUTCDate(day.getUTCDate() - day.getUTCDay())
  return day.toISOString().slice(0, 10)
}

const { pool } = await freshDatabase(t)
await pool.query(`select ohlcv_daily_ensure_partitions('2025-01-01', '2025-02-28')`)
await insertSymbols(pool, [[1, 'AAA']])

await t.test('adjusted prices and computed weeks and months are to the digit what whole numbers give', async (t) => {
  const lines = async (sql: string, values: unknown[] = []): Promise<string[]> => (await pool.query<{ line: string }>(sql, values)).rows.map(({ line }) => line)
  await fc.assert(fc.asyncProperty(history, async (history) => {
    const { bars, splits, dividends, first, last, asOf } = history
    await pool.query('truncate ohlcv_daily, splits, dividends')
    await pool.query(`
      insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id)
      select 1, v.time, open, high, low, close, volume, 1 from unnest($1::date[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[]) v (time, open, high, low, close, volume)`,
    [bars.map(({ date }) => DATES[date]), ...[0, 1, 2, 3].map((field) => bars.map(({ prices }) => text(prices[field]!))), bars.map(({ volume }) => text(volume))])
    await pool.query(`insert into splits select 1, d, 'massive', f, s, true, k, 'AAA', 'x', now() from unnest($1::date[], $2::numeric[], $3::numeric[], $4::date[]) v (d, f, s, k)`,
      [splits.map(({ date }) => DATES[date]), splits.map(({ from }) => from), splits.map(({ to }) => to), splits.map(({ known }) => DATES[known])])
    await pool.query(`insert into dividends select 1, d, 'massive', 'regular', a, 'USD', null, null, null, k, 'AAA', 'x', now() from unnest($1::date[], $2::numeric[], $3::date[]) v (d, a, k)`,
      [dividends.map(({ date }) => DATES[date]), dividends.map(({ amount }) => text(amount)), dividends.map(({ known }) => DATES[known])])
    for (const basis of ['split', 'total'] as const) {
      const found = await lines(`select concat_ws(' ', time, trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close), trim_scale(volume)) as line from ohlcv_adjusted('AAA', $1, $2, $3, $4)`,
        [DATES[first], DATES[last], basis, asOf === null ? null : DATES[asOf]])
      const expected = adjusted(history, basis)
      if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${basis}: found\n${found.join('\n')}\nexpected\n${expected.join('\n')}`)
    }
    for (const [view, startOf] of [['ohlcv_weekly_computed', sundayOf], ['ohlcv_monthly_computed', (date: string) => `${date.slice(0, 7)}-01`]] as const) {
      const found = await lines(`select concat_ws(' ', time, trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close), trim_scale(volume), sessions) as line from ${view} order by time`)
      const expected = computed(history, startOf)
      if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${view}: found\n${found.join('\n')}\nexpected\n${expected.join('\n')}`)
    }
  }), { numRuns: inputs(t, 40), seed: SEED, includeErrorInReport: true })
})
