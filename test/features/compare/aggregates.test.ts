import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { compareAggregates } from '../../../lib/features/compare/aggregates.js'
import { readAggregatesComparison } from '../../../lib/features/compare/request.js'
import type { Difference } from '../../../lib/store/compare/differences.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { runtimeOf } from '../../helpers/load.js'
import { giveBars } from '../../helpers/provider-bars.js'
import { insertDay, insertRun, insertSymbols, TWO_WEEKS } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

t.beforeEach(async () => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB']])
  const runId = await insertRun(pool)
  for (const [date, bar] of Object.entries(TWO_WEEKS)) await insertDay(pool, date, { runId, bars: [bar] })
})

/** Stores fetched bars, each as `time,open,high,low,close,volume[,p]`. */
async function fetched(table: 'ohlcv_weekly' | 'ohlcv_monthly', bars: string[], symbolId = 1): Promise<void> {
  for (const [time, open, high, low, close, volume, marks] of bars.map((bar) => bar.split(','))) {
    await pool.query(`insert into ${table} (symbol_id, time, open, high, low, close, volume, partial, fetch_id) values ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
      [symbolId, time, open, high, low, close, volume, marks === 'p'])
  }
}

async function hour(at: string, high: string, low: string, partial = false): Promise<void> {
  await pool.query('insert into ohlcv_hourly (symbol_id, time, open, high, low, close, volume, regular, partial, fetch_id) values (1, $1, $2, $3, $2, $3, 1, true, $4, 1)', [at, low, high, partial])
}

const compared = (start = '2025-01-21', end = '2025-02-05', now = '2025-03-01T00:00:00Z', provider: string | null = null) =>
  compareAggregates(runtimeOf(pool, { now: new Date(now) }), readAggregatesComparison({ dates: { start: isoDate(start), end: isoDate(end) }, provider }))
const lineOf = ({ start, end, reason, side, exDate, price, percent }: Difference): string =>
  [start === end ? start : `${start}..${end}`, reason, side, exDate ? 'ex' : null, price, percent].filter((part) => part !== null).join(' ')

await t.test('weeks and months that say what their days say are no difference, but for those that are not over', async (t) => {
  await fetched('ohlcv_weekly', ['2025-01-19,10,15,9,14,404', '2025-01-26,14,20,13,19,500', '2025-02-02,19,22,17,21,130,p'])
  await fetched('ohlcv_monthly', ['2025-01-01,10,20,9,19,900'])
  const { comparisons, hours } = await compared()
  const [weeks, months] = comparisons
  t.match(weeks, { timespan: 'week', mine: { name: 'ohlcv_weekly' }, theirs: { name: 'ohlcv_weekly_computed' }, securities: [{ symbol: 'AAA', both: 3, within: 2, volumeOver1: 1, reasons: { provisional: 1 } }] })
  t.same(weeks!.differences.map(lineOf), ['2025-02-02 provisional mine close 5.0000'])
  t.match(months, { timespan: 'month', securities: [{ both: 1, within: 1, onlyTheirs: 1, reasons: { provisional: 1 } }] }, 'a month that has only begun is not missed')
  t.equal(hours, null)
})

await t.test('where days lack sessions the fetched period has more to tell: its range', async (t) => {
  await pool.query(`delete from ohlcv_daily where time = '2025-01-28'`)
  await fetched('ohlcv_weekly', ['2025-01-19,10,15,9,14.7,400', '2025-01-26,14,20,12,19,500'])
  const { comparisons: [weeks] } = await compared('2025-01-21', '2025-01-31')
  t.same(weeks!.differences.map(lineOf), ['2025-01-19 unexplained close 5.0000', '2025-01-26 range theirs low 7.6923'], 'which is not the first to be looked at')
})

await t.test('a fetched period that contains an ex-date is marked and never the first, whatever it says', async (t) => {
  await pool.query(`
    insert into dividends (symbol_id, ex_date, source, kind, amount, known_since, symbol, answer, pulled_at) values (1, '2025-01-29', 'massive', 'regular', 1, '2025-01-29', 'AAA', '', now())`)
  await fetched('ohlcv_weekly', ['2025-01-19,10,15,9,14.01,400', '2025-01-26,7,10,6.5,9.5,500'])
  const { comparisons: [weeks] } = await compared('2025-01-21', '2025-01-31')
  t.same(weeks!.differences.map(lineOf), ['2025-01-19 unexplained close 0.0714', '2025-01-26 unexplained ex close 50.0000'])
})

await t.test('a week with a split is as its last session: what a provider has not adjusted within it is told', async (t) => {
  await pool.query(`
    insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at) values (1, '2025-01-29', 'massive', 1, 2, true, '2025-01-29', 'AAA', '', now())`)
  // Before the split the days are stored as traded: 14 of Monday is 7 on Friday.
  await fetched('ohlcv_weekly', ['2025-01-26,14,20,13,19,500'])
  const { comparisons: [weeks] } = await compared('2025-01-26', '2025-01-31')
  t.same(weeks!.differences.map(lineOf), ['2025-01-26 high_low ex open 100.0000'], 'open 14 against 7, low 13 against 6.5')
})

await t.test('fetched periods that are missing between others are missed, and securities are told apart', async (t) => {
  await fetched('ohlcv_weekly', ['2025-01-19,10,15,9,14,400', '2025-02-02,19,21,18,20,100'])
  await fetched('ohlcv_weekly', ['2025-01-19,1,1,1,1,1'], 2)
  const { comparisons: [weeks] } = await compared()
  t.same(weeks!.securities.map(({ symbol, reasons }) => [symbol, reasons]), [['AAA', { missing: 1 }], ['BBB', { range: 1 }]], 'BBB has no days')
  t.same(weeks!.differences.map(lineOf), ['2025-01-26 missing mine', '2025-01-19 range theirs'])
})

await t.test('a day is held against each hour that lies within its regular session, and no other', async (t) => {
  // The 21st: 09:30 to 16:00 in New York is 14:30 to 21:00 in UTC; high 12, low 9.
  await hour('2025-01-21T13:00:00Z', '99', '1')
  await hour('2025-01-21T14:00:00Z', '99', '1')
  await hour('2025-01-21T21:00:00Z', '99', '1')
  await hour('2025-01-21T15:00:00Z', '12', '9')
  await hour('2025-01-21T20:00:00Z', '99', '1', true)
  t.match((await compared()).hours, { days: 1, beyond: [] })
  await hour('2025-01-22T15:00:00Z', '13.13', '10')
  await hour('2025-01-22T16:00:00Z', '13.26', '9.5')
  // A session without a daily bar.
  await hour('2025-02-04T15:00:00Z', '13.13', '10')
  const { hours } = await compared()
  t.match(hours, { days: 2, beyond: [
    { symbol: 'AAA', date: '2025-01-22', kind: 'low_above_hour', hour: new Date('2025-01-22T16:00:00Z'), dayValue: '10', hourValue: '9.5', percent: '5.0000' },
    { date: '2025-01-22', kind: 'high_below_hour', hour: new Date('2025-01-22T16:00:00Z'), dayValue: '13', hourValue: '13.26', percent: '2.0000' },
  ] }, 'the hour that goes furthest')
  t.equal(hours!.beyond.length, 2)
  // On the day after Thanksgiving the exchange closes at 13:00: the hour from 13:00 on is not of the session.
  await pool.query(`select ohlcv_daily_ensure_partitions('2024-11-29', '2024-11-29')`)
  await pool.query(`insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id) values (1, '2024-11-29', 1, 1, 1, 1, 1, 1)`)
  await hour('2024-11-29T17:00:00Z', '2', '1')
  await hour('2024-11-29T18:00:00Z', '99', '1')
  t.match((await compared('2024-11-29', '2024-11-29')).hours, { days: 1, beyond: [{ hourValue: '2' }] })
})

await t.test('where nothing was fetched there is nothing to compare', async (t) => {
  await t.rejects(compared(), { code: 'COMPARE_NOTHING', message: 'no weeks, months or hours were fetched from 2025-01-21 to 2025-02-05, so there is nothing to compare' })
})

await t.test('the weeks and months that a provider has given are compared as those of the tables are, on its own basis', async (t) => {
  await fetched('ohlcv_weekly', ['2025-01-19,1,1,1,1,1'])
  await giveBars(pool, { provider: 'alpha_vantage', basis: 'none', timespan: 'week', bars: ['1,2025-01-19,10,15,9,14,400', '1,2025-01-26,14,20,13,19.19,500'] })
  await giveBars(pool, { provider: 'alpha_vantage', basis: 'none', timespan: 'month', bars: ['1,2025-01-01,10,20,9,19,900'] })
  const { comparisons: [weeks, months], hours } = await compared('2025-01-21', '2025-01-31', '2025-03-01T00:00:00Z', 'alpha_vantage')
  t.match(weeks, { mine: { name: 'alpha_vantage', basis: 'none' }, theirs: { name: 'ohlcv_weekly_computed' }, securities: [{ both: 2, within: 1 }] })
  t.same(weeks!.differences.map(lineOf), ['2025-01-26 unexplained close 1.0000'])
  t.match(months, { securities: [{ both: 1, within: 1, reasons: {} }] })
  t.equal(hours, null)
  // After a split 2 for 1 of February a provider that adjusts says half.
  await pool.query(`insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at) values (1, '2025-02-20', 'massive', 1, 2, true, '2025-02-20', 'AAA', 'x', now())`)
  await giveBars(pool, { provider: 'yahoo', basis: 'split', timespan: 'week', bars: ['1,2025-01-19,5,7.5,4.5,7,800'] })
  t.match((await compared('2025-01-21', '2025-01-24', '2025-03-01T00:00:00Z', 'yahoo')).comparisons, [{ mine: { basis: 'split' }, securities: [{ both: 1, within: 1, volumeOver1: 0, reasons: {} }] }])
})
