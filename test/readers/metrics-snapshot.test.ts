import pg from 'pg'
import t, { type Test } from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { isoDate } from '../../lib/domain/dates.js'
import { TYPES } from '../../lib/postgres/database.js'
import { linesOf } from '../helpers/content.js'
import { freshDatabase } from '../helpers/database.js'
import { directorySource, loadDates, putDayFile, registerSymbols } from '../helpers/load.js'
import { Random } from '../helpers/random.js'

// A program downstream that knows nothing of this one but the table: it reads bars as ohlcv_reader and keeps its own metrics.

/** Averages of 20 and 50 sessions, RSI and ATR of 14, for the sessions from the fiftieth on. */
const SNAPSHOT = `
  with moves as (
    select symbol_id, time, close, close - lag(close) over w as change,
      greatest(high - low, abs(high - lag(close) over w), abs(low - lag(close) over w)) as true_range
    from ohlcv_daily
    window w as (partition by symbol_id order by time)
  ), averages as (
    select symbol_id, time, close, row_number() over w as session,
      avg(close) over (w rows 19 preceding) as sma_20, avg(close) over (w rows 49 preceding) as sma_50, avg(true_range) over (w rows 13 preceding) as atr_14,
      sum(greatest(change, 0)) over (w rows 13 preceding) as gains, sum(greatest(-change, 0)) over (w rows 13 preceding) as losses
    from moves
    window w as (partition by symbol_id order by time)
  )
  insert into metrics.snapshots
  select symbol_id, time, close, round(sma_20, 6), round(sma_50, 6), round(case when losses = 0 then 100 else 100 - 100 / (1 + gains / losses) end, 6), round(atr_14, 6)
  from averages
  where session >= 50
  on conflict (symbol_id, date) do update set
    close = excluded.close, sma_20 = excluded.sma_20, sma_50 = excluded.sma_50, rsi_14 = excluded.rsi_14, atr_14 = excluded.atr_14`

/** Prices in cents. */
interface Bar { symbol: string; date: string; open: number; high: number; low: number; close: number }

const SESSIONS = createCalendar(DEFAULT_EXCHANGE).sessions({ start: isoDate('2025-01-02'), end: isoDate('2025-03-31') }).map(({ date }) => date)
const FILLED = [SESSIONS[20]!, SESSIONS[54]!, SESSIONS.at(-1)!]

/** Three securities that go their ways, one of which never falls. */
function generate(): Bar[] {
  const random = new Random(14)
  return ['DOWN', 'UP', 'WALK'].flatMap((symbol) => {
    let close = 10_000 + random.below(5_000)
    return SESSIONS.map((date) => {
      const open = close + random.below(101) - 50
      close = symbol === 'UP' ? close + 1 + random.below(90) : Math.max(500, close + random.below(301) - (symbol === 'DOWN' ? 180 : 150))
      return { symbol, date, open, close, high: Math.max(open, close) + random.below(120), low: Math.min(open, close) - random.below(120) }
    })
  })
}

const BARS = generate()
const price = (cents: number): string => (cents / 100).toFixed(2)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length

/** What the metrics are, by their definitions and from the files' values. */
function expected(): string[] {
  return ['DOWN', 'UP', 'WALK'].flatMap((symbol) => {
    const bars = BARS.filter((bar) => bar.symbol === symbol)
    const changes = bars.map(({ close }, index) => (index === 0 ? 0 : close - bars[index - 1]!.close))
    const ranges = bars.map(({ high, low }, index) => (index === 0 ? high - low : Math.max(high, bars[index - 1]!.close) - Math.min(low, bars[index - 1]!.close)))
    return bars.map(({ date, close }, index) => {
      const last = (values: readonly number[], count: number) => values.slice(Math.max(0, index + 1 - count), index + 1)
      const closes = bars.map((bar) => bar.close)
      const [gains, losses] = [sum(last(changes, 14).filter((change) => change > 0)), -sum(last(changes, 14).filter((change) => change < 0))]
      const rsi = losses === 0 ? 100 : 100 * gains / (gains + losses)
      return [symbol, date, price(close), (mean(last(closes, 20)) / 100).toFixed(6), (mean(last(closes, 50)) / 100).toFixed(6), rsi.toFixed(6), (mean(last(ranges, 14)) / 100).toFixed(6)].join(' ')
    }).slice(49)
  })
}

/** A database into which the files of the sessions are loaded, but for those left out. */
async function loaded(t: Test, without: readonly string[] = []): Promise<{ pool: pg.Pool; reader: pg.Pool; load: (dates: readonly string[]) => Promise<unknown> }> {
  const { pool, url } = await freshDatabase(t)
  const root = t.testdir({})
  await registerSymbols(pool, ['DOWN', 'UP', 'WALK'])
  const load = (dates: readonly string[]) => {
    for (const date of dates) {
      putDayFile(root, date, BARS.filter((bar) => bar.date === date).map(({ symbol, open, high, low, close }) => [symbol, price(open), price(high), price(low), price(close), 1000, 10].join(',')))
    }
    return loadDates(pool, directorySource(root), SESSIONS[0]!, SESSIONS.at(-1))
  }
  await load(SESSIONS.filter((session) => !without.includes(session)))
  const user = `ohlcv_test_metrics_${process.pid}_${Math.trunc(performance.now())}`
  await pool.query(`
    create role ${user} login password 'only for tests' in role ohlcv_reader;
    create schema metrics authorization ${user}`)
  const { host, port, database } = new pg.Client({ connectionString: url })
  const reader = new pg.Pool({ host, port, database: database ?? '', user, password: 'only for tests', types: TYPES })
  reader.on('error', () => {})
  t.teardown(async () => {
    await reader.end()
    await pool.query(`drop owned by ${user}; drop role ${user}`)
  })
  await reader.query(`
    create table metrics.snapshots (
      symbol_id integer, date date, close numeric not null, sma_20 numeric not null, sma_50 numeric not null, rsi_14 numeric not null, atr_14 numeric not null, primary key (symbol_id, date)
    )`)
  return { pool, reader, load }
}

/** The snapshots kept, by the symbol that each date knew. */
const snapshots = async (reader: pg.Pool): Promise<string[]> => (await linesOf(reader, `
  select concat_ws(' ', symbol, date, round(close, 2), sma_20, sma_50, rsi_14, atr_14) from metrics.snapshots m join ticker_symbols s on s.symbol_id = m.symbol_id and s.valid @> date`))
  .map((line) => line.replace(/^\("?|"?\)$/g, ''))

await t.test('a reader\'s metrics of loaded bars are what the files give, however often it keeps them', async (t) => {
  const { reader } = await loaded(t)
  await reader.query(SNAPSHOT)
  t.ok(expected().length > 30)
  t.same(await snapshots(reader), expected())
  await reader.query(SNAPSHOT)
  t.same(await snapshots(reader), expected())
  await t.rejects(reader.query(`update ohlcv_daily set close = 1`), { code: '42501' }, 'and it can write nothing but its own')
})

await t.test('it is the same where some dates are fills, and knows them if it wants to', async (t) => {
  const { pool, reader, load } = await loaded(t, FILLED)
  await reader.query(SNAPSHOT)
  t.notSame(await snapshots(reader), expected(), 'without those dates it is not')
  await pool.query(`insert into jobs (job_id, kind, request) values ('job', 'fetch', '{}')`)
  await pool.query(`
    insert into fetches (job_id, provider, symbol, symbol_id, timespan, start_date, end_date, status, tries, rules_version, identity_seq, pulled_at, duration_ms)
    select 'job', 'massive', symbol, symbol_id, 'day', $1, $2, 'stored', 1, 1, 0, now(), 1 from tickers`, [SESSIONS[0], SESSIONS.at(-1)])
  const fills = BARS.filter(({ date }) => FILLED.includes(isoDate(date)))
  const column = (name: 'open' | 'high' | 'low' | 'close') => fills.map((bar) => price(bar[name]))
  await pool.query(`
    insert into ohlcv_daily
    select f.symbol_id, date, trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close), 1000, 10, 0, 'massive', fetch_id
    from unnest($1::text[], $2::date[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[]) bar (symbol, date, open, high, low, close) join fetches f using (symbol)`,
  [fills.map(({ symbol }) => symbol), fills.map(({ date }) => date), column('open'), column('high'), column('low'), column('close')])
  await reader.query('truncate metrics.snapshots')
  await reader.query(SNAPSHOT)
  t.same(await snapshots(reader), expected())
  t.same(await linesOf(reader, 'select distinct time from ohlcv_daily where filled_by is not null'), FILLED.map((date) => `(${date})`))

  await load(FILLED)
  await reader.query(SNAPSHOT)
  t.same(await snapshots(reader), expected(), 'and when the files have come')
  t.same(await linesOf(reader, 'select time from ohlcv_daily where filled_by is not null'), [])
})
