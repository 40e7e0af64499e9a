import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { addDays, firstOfMonth, isoDate, weekday, type IsoDate } from '../../../lib/domain/dates.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { registerSymbols } from '../../helpers/load.js'
import { fetchWorld, type FetchWorld } from '../../helpers/fetch-world.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import type { RestBar } from '../../helpers/rest-market.js'

/** Days without a session of the years that these tests are about, and those that end at 13:00: from the exchange's own list. */
const HOLIDAYS = new Set(['2024-11-28', '2024-12-25', '2025-01-01', '2025-01-09', '2025-01-20', '2025-02-17', '2025-04-18', '2025-05-26', '2025-06-19', '2025-07-04', '2025-09-01', '2025-11-27', '2025-12-25', '2026-01-01', '2026-01-19'])
const EARLY = new Set(['2024-11-29', '2024-12-24', '2025-07-03', '2025-11-28', '2025-12-24'])

/** The sessions of a range by that list. */
function sessions(start: string, end: string): IsoDate[] {
  const found: IsoDate[] = []
  for (let date = isoDate(start); date <= end; date = addDays(date, 1)) if (![0, 6].includes(weekday(date)) && !HOLIDAYS.has(date)) found.push(date)
  return found
}

/** What a table has of a symbol, as the market has it. */
async function stored(world: FetchWorld, symbol: string, timespan: TimespanName): Promise<string[]> {
  const table = { hour: 'ohlcv_hourly', day: 'ohlcv_daily', week: 'ohlcv_weekly', month: 'ohlcv_monthly', minute: 'ohlcv_minute' }[timespan]
  const time = timespan === 'hour' || timespan === 'minute' ? `to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI')` : 'time::text'
  return world.lines(`select ${time}, open::text, high::text, low::text, close::text, volume::text, transactions from ${table} join ticker_symbols n using (symbol_id) where symbol = $1 order by time`, [symbol])
}

const asStored = (timespan: TimespanName) => ({ t, date, open, high, low, close, volume, transactions }: RestBar): string =>
  [timespan === 'hour' || timespan === 'minute' ? new Date(t).toISOString().slice(0, 16) : date, open, high, low, close, volume, transactions].join('|')

await t.test('two symbols over two days: the lines of the log, and each digit in the tables', async (t) => {
  const world = await fetchWorld(t, '2025-11-30T15:00:00Z')
  const { result, units, log, text, document } = await world.fetch({ symbols: ['SCHG', 'VUG'], days: 2, lanes: 1 })
  t.equal(result.state, 'completed')
  // Wednesday, and the Friday after Thanksgiving with its early close: seven hours and four.
  t.same(units, ['SCHG', 'VUG'].flatMap((symbol) => [`${symbol} hour stored 11/11 29 0 0 0`, `${symbol} day stored 2/2 2 0 0 0`, `${symbol} week stored 1/1 1 0 0 0`, `${symbol} month stored 1/1 1 0 0 0`]))
  const job = result.jobId
  t.same(log, [
    `=== PROCESSING JOB ${job} ===`, "Symbols in message: ['SCHG', 'VUG']",
    ...['SCHG', 'VUG'].flatMap((symbol, index) => [
      `Processing ${symbol} (${index + 1}/2)`, `Symbol registered: ${symbol} of the tests`,
      `Fetching ${symbol} hour bars via Custom Bars API...`, `API returned 29 hour bars for ${symbol}, 11 of the regular session`, 'Inserted 29 bars into ohlcv_hourly',
      `Fetching ${symbol} day bars via Custom Bars API...`, `API returned 2 day bars for ${symbol}`, 'Inserted 2 bars into ohlcv_daily',
      `Fetching ${symbol} week bars via Custom Bars API...`, `API returned 1 week bars for ${symbol}`, 'Inserted 1 bars into ohlcv_weekly',
      `Fetching ${symbol} month bars via Custom Bars API...`, `API returned 1 month bars for ${symbol}`, 'Inserted 1 bars into ohlcv_monthly',
    ]),
  ])
  for (const symbol of ['SCHG', 'VUG']) {
    const range = { start: '2025-11-26', end: '2025-11-28' }
    for (const timespan of ['hour', 'day', 'week', 'month'] as const) {
      const expected = world.server.market.bars(symbol, timespan, range).filter(({ date }) => timespan !== 'day' || date >= range.start)
      t.same(await stored(world, symbol, timespan), expected.map(asStored(timespan)), `${symbol} ${timespan}`)
    }
  }
  t.match(text, `job ${job} completed: 2 symbols loaded, 0 failed\n10 requests, `)
  t.match(document, { state: 'completed', warnings: [], totals: { symbols_loaded: 2, symbols_failed: 0, requests: 10, inserted: 66, filled: 4 } })
  t.equal(world.server.requests.length, 10)
  t.same(await world.lines(`select provider_name, requests, succeeded, failed, rate_limited, bars from provider_metrics`), ['massive|10|10|0|0|66'])
  t.same(await world.lines(`select state, progress, message from jobs`), ['completed|100|2 loaded, 0 failed'])
  const audit = readFileSync(path.join(world.home, 'audit', `backfill_${job}.jsonl`), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  t.match(audit, { length: 8, 0: { job_id: job, symbol: 'SCHG', timespan: 'hour', status: 'stored', expected: 11, counted: 11, bars: 29 } })
})

await t.test('ninety days, at any clock: about 13 hours, 63 days, 13 weeks and 3 months', async (t) => {
  const clocks: [string, string, IsoDate][] = [
    ['a Monday morning before the open', '2025-11-24T13:00:00Z', isoDate('2025-11-21')],
    ['a Friday evening', '2025-10-17T22:00:00Z', isoDate('2025-10-17')],
    ['the morning after a holiday', '2025-12-26T13:00:00Z', isoDate('2025-12-24')],
    ['an early close', '2025-11-28T18:30:00Z', isoDate('2025-11-28')],
    ['the first day of a month', '2025-12-01T22:00:00Z', isoDate('2025-12-01')],
    ['New Year', '2026-01-01T12:00:00Z', isoDate('2025-12-31')],
  ]
  for (const [what, now, last] of clocks) {
    const world = await fetchWorld(t, now)
    const { result, units, text } = await world.fetch({ symbols: ['SPY'], days: 90 })
    const start = addDays(last, -89)
    const days = sessions(start, last)
    const hours = days.slice(-2).reduce((sum, date) => sum + (EARLY.has(date) ? 4 : 7), 0)
    // The provider gives each week and month that the dates touch.
    const dates = Array.from({ length: 90 }, (_, index) => addDays(start, index))
    const weeks = new Set(dates.map((date) => addDays(date, -weekday(date))))
    const months = new Set(dates.map((date) => firstOfMonth(date)))
    const begun = (all: Set<IsoDate>) => [...all].filter((first) => first >= start).length
    t.equal(result.state, 'completed', what)
    t.match(units, [
      new RegExp(`^SPY hour stored ${hours}/${hours} `), `SPY day stored ${days.length}/${days.length} ${days.length} 0 0 0`,
      `SPY week stored ${begun(weeks)}/${begun(weeks)} ${weeks.size} 0 0 0`, `SPY month stored ${begun(months)}/${begun(months)} ${months.size} 0 0 0`,
    ], what)
    t.same(await world.counts(), { hour: hours, day: days.length, week: weeks.size, month: months.size }, what)
    t.ok(Math.abs(days.length - 63) <= 6.3 && Math.abs(weeks.size - 13) <= 1.3 && begun(months) >= 2, what)
    t.match(text, /hours are asked for the last two sessions only \(\d{4}-\d\d-\d\d and \d{4}-\d\d-\d\d\), whatever the range/, 'said once')
    t.same(await stored(world, 'SPY', 'day'), world.server.market.bars('SPY', 'day', { start, end: last }).map(asStored('day')), what)
  }
})

await t.test('a week and a month that are running are marked partial, and become whole', async (t) => {
  const world = await fetchWorld(t, '2025-12-02T22:00:00Z')
  await world.fetch({ symbols: ['SPY'], days: 2 })
  const partials = () => world.lines(`select 'week', time, partial, close from ohlcv_weekly union all select 'month', time, partial, close from ohlcv_monthly order by 1 desc, 2`)
  const close = (timespan: TimespanName) => world.server.market.bars('SPY', timespan, { start: '2025-12-01', end: '2025-12-02' })[0]!.close
  t.same(await partials(), [`week|2025-11-30|true|${close('week')}`, `month|2025-12-01|true|${close('month')}`])
  world.now = '2025-12-31T22:00:00Z'
  const { units } = await world.fetch({ symbols: ['SPY'], start: '2025-12-01', end: '2025-12-31', timespans: ['week', 'month'] })
  t.same(units, ['SPY week stored 4/4 4 1 0 0', 'SPY month stored 1/1 0 1 0 0'])
  t.match(await partials(), [`week|2025-11-30|false|${close('week')}`, ...['07', '14', '21'].map((day) => new RegExp(`^week\\|2025-12-${day}\\|false`)), /^week\|2025-12-28\|true/, `month|2025-12-01|false|${close('month')}`])
})

await t.test('extended hours are kept and marked; hours of two months are two requests, and one day asks for one session', async (t) => {
  const world = await fetchWorld(t, '2025-12-01T23:00:00Z')
  const { units } = await world.fetch({ symbols: ['SPY'], days: 2, timespans: ['hour'] })
  t.same(units, ['SPY hour stored 11/11 28 0 0 0'])
  t.same(world.server.requests.map(({ url }) => /range.*\?/.exec(url)?.[0]), [undefined, 'range/1/hour/2025-11-28/2025-11-30?', 'range/1/hour/2025-12-01/2025-12-01?'])
  t.same(await world.lines(`select (time at time zone 'America/New_York')::date, count(*), count(*) filter (where regular), min((time at time zone 'America/New_York')::time) filter (where regular),
    max((time at time zone 'America/New_York')::time) filter (where regular) from ohlcv_hourly group by 1 order by 1`), ['2025-11-28|13|4|09:00:00|12:00:00', '2025-12-01|15|7|09:00:00|15:00:00'])
  t.same(await world.lines('select cardinality(fetch_ids), bars from ingestion_audit'), ['2|28'])
  world.server.requests.length = 0
  t.same((await world.fetch({ symbols: ['SPY'], days: 1 })).units, ['SPY hour stored 7/7 0 0 15 0', 'SPY day stored 1/1 1 0 0 0', 'SPY week stored 1/1 1 0 0 0', 'SPY month stored 1/1 1 0 0 0'])
})

await t.test('the running session is held back, and stored once it is over', async (t) => {
  const world = await fetchWorld(t, '2025-12-02T18:00:00Z')
  const { units } = await world.fetch({ symbols: ['SPY'], start: '2025-12-01', end: '2025-12-02' })
  t.same(units.slice(0, 2), ['SPY hour stored 7/7 26 0 0 0', 'SPY day stored 1/1 1 0 0 1'])
  t.same(await world.lines('select time from ohlcv_daily'), ['2025-12-01'])
  t.same(await world.lines(`select count(*) from ohlcv_hourly where partial`), ['1'])
  world.now = '2025-12-02T22:00:00Z'
  t.same((await world.fetch({ symbols: ['SPY'], start: '2025-12-01', end: '2025-12-02' })).units.slice(0, 2), ['SPY hour stored 14/14 4 1 25 0', 'SPY day stored 2/2 1 0 1 0'])
})

await t.test('what is equal is not written, and what has changed is', async (t) => {
  const world = await fetchWorld(t, '2025-12-12T23:00:00Z')
  const asked = { symbols: ['SPY', 'AAPL'], start: '2025-12-01', end: '2025-12-12' }
  await world.fetch(asked)
  const before = await world.bars()
  const again = await world.fetch(asked)
  t.match(again.units, Array(8).fill(/ 0 0 \d+ 0$/))
  t.equal(world.server.requests.filter(({ url }) => url.includes('/reference/')).length, 2, 'who they are is not asked again')
  t.same(await world.bars(), before)
  t.match((await world.fetch(asked)).units, Array(8).fill(/^\w+ \w+ unchanged/), 'nor are they compared')
  world.server.fault = ({ url }) => (url.includes('/SPY/range/1/day') ? { rows: (rows) => rows.map((row, index) => (index === 3 ? row.replace(/"v":[^,]+/, '"v":1.234567890123e+06') : row)) } : undefined)
  t.match((await world.fetch(asked)).units.filter((unit) => unit.startsWith('SPY day')), ['SPY day stored 10/10 0 1 9 0'])
  t.same(await world.lines(`select volume from ohlcv_daily join ticker_symbols using (symbol_id) where symbol = 'SPY' and time = '2025-12-04'`), ['1234567.890123'])
  const rest = (await world.bars()).filter((row) => !before.includes(row))
  t.equal(rest.length, 1, 'one row')
})

await t.test('a symbol without daily data fails and the job goes on; one of which only bars are known is registered', async (t) => {
  const world = await fetchWorld(t, '2025-12-02T22:00:00Z')
  world.server.fault = ({ url }) => (url.endsWith('/VUG') ? FAULTS.notFound : undefined)
  const { result, units, log, text, document } = await world.fetch({ symbols: ['NONE', 'VUG', 'A/B', 'A$B', 'A?B#C%41', '..', 'A B'], days: 2, lanes: 1 })
  t.equal(result.state, 'completed_with_errors')
  const without = ['NONE', 'A/B', 'A$B', 'A?B#C%41']
  const invalid = ['..', 'A B'].map((symbol) => `"${symbol}": a symbol is 1 to 32 visible ASCII characters, not all of them dots`)
  t.same(result.symbols.map(({ error }) => error?.message ?? null), ['NONE: No daily data available', null, ...without.slice(1).map((symbol) => `${symbol}: No daily data available`), ...invalid])
  t.same(units.filter((unit) => unit.startsWith('NONE')), ['NONE hour empty ANSWER_SHORT 0/14 0 0 0 0', 'NONE day empty NO_DAILY_DATA 0/2 0 0 0 0'], 'weeks and months are not asked for')
  t.same(units.filter((unit) => unit.startsWith('VUG')).length, 4)
  t.same(log.filter((line) => line.includes('metadata')), ['NONE', 'VUG', ...without.slice(1)].map((symbol) => `No metadata found for ${symbol}`))
  t.same(await world.lines('select symbol, valid from ticker_symbols'), ['VUG|(,)'])
  t.match(text, 'failed: NONE: No daily data available\nfailed: A/B: No daily data available\n')
  t.match(document, { totals: { symbols_loaded: 1, symbols_failed: 6 }, warnings: ['VUG: no metadata found'] })
  t.ok(world.server.requests.every(({ url }) => /^\/v2\/aggs\/ticker\/[^/?]+\/range\/1\/\w+\/2025-1\d-\d\d\/2025-12-\d\d\?adjusted=false/.test(url) || /^\/v3\/reference\/tickers\/[^/?]+$/.test(url)), 'each in a place of its own')
})

await t.test('rows that cannot be are kept out and counted by reason, wherever they stand', async (t) => {
  const world = await fetchWorld(t, '2026-01-02T23:00:00Z')
  const december = { timespans: ['day' as const], start: '2025-12-01', end: '2025-12-31' }
  const expected = world.server.market.bars('SPY', 'day', december).map(asStored('day'))
  const kept: [string, Parameters<typeof FAULTS.on>[0] | object, string, string | null][] = [
    ['out of order', FAULTS.reversed, '22/22 22 0 0 0', null],
    ['equal twice', FAULTS.twice, '22/22 0 0 22 0', null],
    ['before the range', FAULTS.outsideTheRange, '22/22 0 0 22 0', 'SPY day: rows rejected: 1 wrong_date'],
    ['in a far future', FAULTS.inTheFuture, '22/22 0 0 22 0', 'SPY day: rows rejected: 1 wrong_date'],
    ['on a holiday', FAULTS.on('2025-12-25'), '22/22 0 0 22 0', 'SPY day: rows rejected: 1 closed_day'],
    ['on a Sunday', FAULTS.on('2025-12-28'), '22/22 0 0 22 0', 'SPY day: rows rejected: 1 closed_day'],
    ['twice and different', FAULTS.twiceDifferent, '22/22 0 0 22 0', 'SPY day: rows rejected: 1 duplicate'],
  ]
  for (const [what, fault, figures, warning] of kept) {
    world.server.fault = ({ url }) => (url.includes('/range/') ? (fault as object) : undefined)
    const { units, document, text } = await world.fetch({ ...december, symbols: ['SPY'] })
    t.match(units, [new RegExp(`^SPY day (stored|unchanged) ${warning === null ? '' : 'ROWS_REJECTED '}${figures}$`)], what)
    t.match(document, { state: 'completed', warnings: warning === null ? [] : [warning] }, what)
    t.equal(text.includes('rejected\n'), warning !== null, `${what}: a column where there are any`)
    t.same(await stored(world, 'SPY', 'day'), expected, what)
  }
  world.server.fault = ({ url }) => (url.includes('/range/') ? FAULTS.nulls : undefined)
  t.match((await world.fetch({ ...december, symbols: ['AAPL'] })).document, { state: 'completed', warnings: ['AAPL day: rows rejected: 1 null_value'], totals: { inserted: 21, rejected: 1 } })
  world.server.fault = ({ url }) => (url.includes('/range/') ? FAULTS.highBelowLow : undefined)
  t.match((await world.fetch({ ...december, symbols: ['MSFT'] })).document, { warnings: [/^MSFT day: rows rejected: 1 \w+$/], totals: { inserted: 21, rejected: 1 } })
})

await t.test('answers that are short, or end before they should, are warned of', async (t) => {
  const world = await fetchWorld(t, '2025-12-31T23:00:00Z', { floor: '2025-12-10' })
  const { document, units } = await world.fetch({ symbols: ['SPY'], timespans: ['day'], start: '2025-12-01', end: '2025-12-31' })
  t.same(units, ['SPY day stored ANSWER_SHORT 15/22 15 0 0 0'])
  t.match(document, { state: 'completed', warnings: ['SPY day: 15 of 22 expected day bars came; none came from 2025-12-01 to before 2025-12-10'] })
  world.server.fault = () => ({ rows: (rows) => rows.slice(0, -1) })
  t.match((await world.fetch({ symbols: ['SPY'], timespans: ['day'], start: '2025-12-10', end: '2025-12-31' })).document, { warnings: ['SPY day: none came after 2025-12-30 up to 2025-12-31'] })
})

await t.test('whole dates are fetched by one request each, but for those of a file and those without a session', async (t) => {
  const world = await fetchWorld(t, '2025-12-29T23:00:00Z')
  await registerSymbols(world.pool, ['AAPL', 'SPY'])
  const { document, text, units } = await world.fetch({ grouped: true, start: '2025-12-24', end: '2025-12-29' })
  t.same(world.server.requests.map(({ url }) => url), ['24', '26', '29'].map((day) => `/v2/aggs/grouped/locale/us/market/stocks/2025-12-${day}?adjusted=false`))
  t.same(units, ['24', '26', '29'].map((day) => `2025-12-${day} day 2025-12-${day} stored 2 0 0 0`))
  t.match(document, { totals: { inserted: 6, filled: 6, unknown: 15 }, parameters: { grouped: true, symbols: null, hours: null, timespans: ['day'] } })
  t.match(text, /unknown\n2025-12-24 {2}day /)
  t.same(await stored(world, 'SPY', 'day'), world.server.market.bars('SPY', 'day', { start: '2025-12-24', end: '2025-12-29' }).map(asStored('day')))
  world.server.fault = ({ url }) => (url.includes('12-26') ? { rows: () => [] } : undefined)
  t.match((await world.fetch({ grouped: true, start: '2025-12-24', end: '2025-12-29' })).document, { state: 'completed_with_errors', symbols: [{}, { error: { message: '2025-12-26: No daily data available' } }, {}] })
})
