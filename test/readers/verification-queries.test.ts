import type pg from 'pg'
import t from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { addDays, isoDate, type IsoDate } from '../../lib/domain/dates.js'
import { instantOf } from '../../lib/domain/zone.js'
import { freshDatabase } from '../helpers/database.js'

// The queries by which another program checks its historical loads, as they stand there.

const LOADED = `
SELECT symbol, COUNT(*) FROM ohlcv_hourly WHERE symbol IN ('SCHG', 'VUG') GROUP BY symbol;
SELECT symbol, COUNT(*) FROM ohlcv_daily WHERE symbol IN ('SCHG', 'VUG') GROUP BY symbol;`

const TWO_DAYS = `
-- Hourly: Should return ~13 bars each
SELECT symbol, COUNT(*) as hourly_bars
FROM ohlcv_hourly
WHERE symbol IN ('SCHG', 'VUG')
  AND timestamp >= NOW() - INTERVAL '2 days'
GROUP BY symbol;

-- Daily: Should return 2 bars each
SELECT symbol, COUNT(*) as daily_bars
FROM ohlcv_daily
WHERE symbol IN ('SCHG', 'VUG')
  AND date >= CURRENT_DATE - INTERVAL '2 days'
GROUP BY symbol;

-- Weekly: Should return 1 bar each
SELECT symbol, COUNT(*) as weekly_bars
FROM ohlcv_weekly
WHERE symbol IN ('SCHG', 'VUG')
  AND week_start >= CURRENT_DATE - INTERVAL '7 days'
GROUP BY symbol;

-- Monthly: Should return 1 bar each
SELECT symbol, COUNT(*) as monthly_bars
FROM ohlcv_monthly
WHERE symbol IN ('SCHG', 'VUG')
  AND month_start >= DATE_TRUNC('month', CURRENT_DATE)
GROUP BY symbol;`

const NINETY_DAYS = `
SELECT
    'hourly' as timeframe,
    COUNT(*) as bars
FROM ohlcv_hourly
WHERE symbol = 'SPY'
  AND timestamp >= NOW() - INTERVAL '2 days'

UNION ALL

SELECT
    'daily',
    COUNT(*)
FROM ohlcv_daily
WHERE symbol = 'SPY'
  AND date >= CURRENT_DATE - INTERVAL '90 days'

UNION ALL

SELECT
    'weekly',
    COUNT(*)
FROM ohlcv_weekly
WHERE symbol = 'SPY'
  AND week_start >= CURRENT_DATE - INTERVAL '90 days'

UNION ALL

SELECT
    'monthly',
    COUNT(*)
FROM ohlcv_monthly
WHERE symbol = 'SPY'
  AND month_start >= DATE_TRUNC('month', CURRENT_DATE - INTERVAL '90 days');`

const HOUR = 3_600_000
/** The clock hours of an ordinary session in New York that a provider has bars of, and those of them in which the exchange is open. */
const [FIRST_HOUR, LAST_HOUR, OPENS, CLOSES] = [4, 19, 9, 16]
const SYMBOLS = ['SCHG', 'VUG', 'SPY']

const calendar = createCalendar(DEFAULT_EXCHANGE)
const { pool } = await freshDatabase(t)

/** What there would be after a load of the last 90 days at this moment: days from files and the last two as fills, 16 hours of the last sessions, weeks and months. */
function barsAt(now: Date) {
  const today = isoDate(now.toISOString().slice(0, 10))
  const dates: IsoDate[] = []
  for (let date = addDays(today, -100); date <= today; date = addDays(date, 1)) dates.push(date)
  const sessions = calendar.sessions({ start: dates[0]!, end: today }).filter(({ close }) => close <= now)
  const opens = calendar.sessions({ start: addDays(today, -6), end: today })
  const hours = opens.flatMap(({ date, close }) => Array.from({ length: LAST_HOUR - FIRST_HOUR + 1 }, (_, index) => {
    const time = instantOf(date, `${String(FIRST_HOUR + index).padStart(2, '0')}:00`, DEFAULT_EXCHANGE.zone)
    return { time, regular: FIRST_HOUR + index >= OPENS && time < close && FIRST_HOUR + index < CLOSES }
  })).filter(({ time }) => time <= now)
  return {
    days: sessions.map(({ date }) => date), hours,
    weeks: dates.filter((date) => new Date(date).getUTCDay() === 0), months: dates.filter((date) => date.endsWith('-01')),
  }
}

async function store(client: pg.PoolClient, { days, hours, weeks, months }: ReturnType<typeof barsAt>): Promise<void> {
  await client.query(`
    insert into tickers (symbol_id, symbol) select place, symbol from unnest($1::text[]) with ordinality s (symbol, place)`, [SYMBOLS])
  await client.query(`
    insert into ticker_symbols select symbol_id, symbol, '(,)', true from tickers;
    insert into jobs (job_id, kind, request) values ('job', 'fetch', '{}');
    insert into fetches (job_id, provider, symbol, symbol_id, timespan, start_date, end_date, status, tries, rules_version, identity_seq, pulled_at, duration_ms)
    select 'job', 'massive', symbol, symbol_id, timespan, current_date - 90, current_date, 'stored', 1, 1, 0, now(), 1
    from tickers, unnest(array['hour', 'day', 'week', 'month']) timespan`)
  await client.query('select ohlcv_daily_ensure_partitions($1, $2)', [days[0], days.at(-1)])
  const fetched = `from tickers join fetches f using (symbol_id)`
  await client.query(`insert into ohlcv_daily select symbol_id, day, 10, 11, 9, 10, 100, 1, 1 from tickers, unnest($1::date[]) day`, [days.slice(0, -2)])
  await client.query(`insert into ohlcv_daily select symbol_id, day, 10, 11, 9, 10, 100, 1, 0, 'massive', fetch_id ${fetched}, unnest($1::date[]) day where timespan = 'day'`, [days.slice(-2)])
  await client.query(
    `insert into ohlcv_hourly select symbol_id, hour, 10, 11, 9, 10, 100, 1, regular, false, fetch_id ${fetched}, unnest($1::timestamptz[], $2::boolean[]) h (hour, regular) where timespan = 'hour'`,
    [hours.map(({ time }) => time), hours.map(({ regular }) => regular)])
  for (const [table, timespan, dates] of [['ohlcv_weekly', 'week', weeks], ['ohlcv_monthly', 'month', months]] as const) {
    await client.query(`insert into ${table} select symbol_id, day, 10, 11, 9, 10, 100, 1, day > current_date - 7, fetch_id ${fetched}, unnest($1::date[]) day where timespan = '${timespan}'`, [dates])
  }
}

/** The rows that a script of statements answers, in a transaction: its clock stands still. */
async function answers(client: pg.PoolClient, script: string): Promise<string[]> {
  const results = await client.query(script) as unknown as pg.QueryResult<Record<string, unknown>> | pg.QueryResult<Record<string, unknown>>[]
  return [results].flat().flatMap(({ rows }) => rows.map((row) => Object.entries(row).map(([name, value]) => `${name} ${String(value)}`).join(', ')).toSorted())
}

/** One row a symbol, and none where there is nothing to count. */
const each = (symbols: readonly string[], name: string, count: number): string[] => (count === 0 ? [] : symbols.map((symbol) => `symbol ${symbol}, ${name} ${count}`))

// The clock is the server's: whatever day it is, a weekend or a holiday, the calendar says what is within two days of it.
await t.test('the verification queries run as they stand, with the counts that the calendar gives', async (t) => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rows: [clock] } = await client.query<{ now: Date }>('select now() as now')
    const now = clock!.now
    const bars = barsAt(now)
    await store(client, bars)
    await client.query('set local search_path = tickstock, public')

    const today = isoDate(now.toISOString().slice(0, 10))
    const regular = bars.hours.filter((hour) => hour.regular)
    const recent = regular.filter(({ time }) => time.getTime() >= now.getTime() - 48 * HOUR).length
    const since = (dates: readonly IsoDate[], first: string) => dates.filter((date) => date >= first).length
    const month = (date: string) => `${date.slice(0, 7)}-01`
    const closed = calendar.sessions({ start: addDays(today, -6), end: today }).filter(({ close }) => close <= now)
    t.same(await answers(client, `
      SELECT (timestamp AT TIME ZONE 'America/New_York')::date AS session, count(*) AS hours FROM ohlcv_hourly
      WHERE symbol = 'SPY' AND timestamp < '${closed.at(-1)!.close.toISOString()}' GROUP BY 1`),
    closed.map(({ date, early }) => `session ${date}, hours ${early ? 4 : 7}`), 'of the 16 hours of a session those in which the exchange is open')

    const pair = ['SCHG', 'VUG']
    t.same(await answers(client, LOADED), [...each(pair, 'count', regular.length), ...each(pair, 'count', bars.days.length)])
    t.same(await answers(client, TWO_DAYS), [
      ...each(pair, 'hourly_bars', recent), ...each(pair, 'daily_bars', since(bars.days, addDays(today, -2))),
      ...each(pair, 'weekly_bars', since(bars.weeks, addDays(today, -7))), ...each(pair, 'monthly_bars', since(bars.months, month(today))),
    ])
    t.same(await answers(client, NINETY_DAYS), [
      `timeframe daily, bars ${since(bars.days, addDays(today, -90))}`, `timeframe hourly, bars ${recent}`,
      `timeframe monthly, bars ${since(bars.months, month(addDays(today, -90)))}`, `timeframe weekly, bars ${since(bars.weeks, addDays(today, -90))}`,
    ])
    await client.query('rollback')
  } finally {
    client.release(true)
  }
})
