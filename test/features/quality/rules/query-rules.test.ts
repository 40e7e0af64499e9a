import t from 'tap'
import { isoDate } from '../../../../lib/domain/dates.js'
import { DAY_AGAINST_MINUTES } from '../../../../lib/features/quality/rules/day-against-minutes.js'
import { MONTHLY_AGAINST_DAILY } from '../../../../lib/features/quality/rules/monthly-against-daily.js'
import { OUTSIDE_LISTING } from '../../../../lib/features/quality/rules/outside-listing.js'
import { PROVIDER_AGAINST_CANONICAL } from '../../../../lib/features/quality/rules/provider-against-canonical.js'
import type { Found, QueryRule } from '../../../../lib/features/quality/rules/rule.js'
import { WEEKLY_AGAINST_DAILY } from '../../../../lib/features/quality/rules/weekly-against-daily.js'
import { empty, freshDatabase } from '../../../helpers/database.js'
import { giveBars } from '../../../helpers/provider-bars.js'
import { insertDay, insertRun, insertSymbols, TWO_WEEKS } from '../../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

const THRESHOLDS = { maxApart: 0.01, maxMinuteVolume: 1 }
t.beforeEach(async () => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB', '[2025-01-22,2025-01-29)']])
  const runId = await insertRun(pool)
  for (const [date, bar] of Object.entries(TWO_WEEKS)) await insertDay(pool, date, { runId, bars: [bar] })
})

const find = (rule: QueryRule, start: string, end = start): Promise<Found[]> => rule.find(pool, { start: isoDate(start), end: isoDate(end) }, THRESHOLDS)
const ALL = ['2025-01-01', '2025-02-03'] as const

async function fetched(table: 'ohlcv_weekly' | 'ohlcv_monthly', ...bars: string[]): Promise<void> {
  for (const [time, open, high, low, close, partial] of bars.map((bar) => bar.split(','))) {
    await pool.query(`insert into ${table} (symbol_id, time, open, high, low, close, volume, partial, fetch_id) values (1, $1, $2, $3, $4, $5, 400, $6, 1)`, [time, open, high, low, close, partial === 'p'])
  }
}

const split = (exDate: string) => pool.query(`
  insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at) values (1, $1, 'massive', 1, 2, true, $1, 'AAA', '', now())`, [exDate])

async function minute(at: string, high: string, low: string, volume: string, symbolId = 1): Promise<void> {
  await pool.query(`select ohlcv_minute_ensure_partitions($1::date, $1::date)`, [at.slice(0, 10)])
  await pool.query(`insert into ohlcv_minute (symbol_id, time, open, high, low, close, volume, load_id, filled_by, fetch_id) values ($1, $2, $4, $3, $4, $3, $5, 0, 'massive', 1)`, [symbolId, at, high, low, volume])
}

await t.test('bars on dates on which no symbol names their security are found, by month', async (t) => {
  t.same(await find(OUTSIDE_LISTING, ...ALL), [])
  await pool.query(`
    insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id)
    select s, d, 1, 1, 1, 1, 1, 1 from (values (2, date '2025-01-21'), (2, '2025-01-22'), (2, '2025-01-28'), (2, '2025-01-29'), (2, '2025-02-03'), (3, '2025-02-03')) b (s, d)`)
  const found = await find(OUTSIDE_LISTING, ...ALL)
  t.same(found.map(({ symbolId, date, lastDate, details }) => [symbolId, date, lastDate, details['bars'], details['listed']]), [
    [2, '2025-01-01', '2025-01-31', 2, '{[2025-01-22,2025-01-29)}'],
    [2, '2025-02-01', '2025-02-28', 1, '{[2025-01-22,2025-01-29)}'],
    [3, '2025-02-01', '2025-02-28', 1, null],
  ])
  t.match(found[0], { details: { first: '2025-01-21', last: '2025-01-29' } })
  t.same(await find(OUTSIDE_LISTING, '2025-01-01', '2025-01-02'), found.slice(0, 1), 'a month is judged whole')
  t.same(await find(OUTSIDE_LISTING, '2025-01-02', '2025-01-31'), [], 'where it begins in the range')
})

await t.test('a fetched week or month that is what its days come to is no finding, nor one that is not over or lacks a day', async (t) => {
  // The week of the 20th began on a holiday: four sessions.
  await fetched('ohlcv_weekly', '2025-01-19,10,15,9,14', '2025-01-26,14,20.001,13,19', '2025-02-02,19,30,18,25')
  await fetched('ohlcv_monthly', '2025-01-01,1,99,1,50', '2025-02-01,19,21,18,30,p')
  t.same(await find(WEEKLY_AGAINST_DAILY, ...ALL), [], '0.005 % apart; and of the last week four sessions are not stored')
  t.same(await find(MONTHLY_AGAINST_DAILY, ...ALL), [], 'of January the first sessions are not stored, and February is not over')
})

await t.test('a fetched week that is not what its days come to is one finding, asked for with its first day', async (t) => {
  await fetched('ohlcv_weekly', '2025-01-19,10,15.3,9,14.007', '2025-01-26,14,22,13,19')
  const found = await find(WEEKLY_AGAINST_DAILY, ...ALL)
  t.same(found, [
    // 0.007 of 14 is 0.05 %: the close is told although the high is further off.
    { symbolId: 1, date: '2025-01-19', lastDate: '2025-01-25', provider: null, cause: null, details: { price: 'close', fetched: '14.007', computed: '14', percent: '0.0500' }, seen: '10 15.3 9 14.007 / 10 15 9 14' },
    { symbolId: 1, date: '2025-01-26', lastDate: '2025-02-01', provider: null, cause: null, details: { price: 'high', fetched: '22', computed: '20', percent: '10.0000' }, seen: '14 22 13 19 / 14 20 13 19' },
  ])
  t.same(await find(WEEKLY_AGAINST_DAILY, '2025-01-19', '2025-01-22'), found.slice(0, 1))
  t.same(await find(WEEKLY_AGAINST_DAILY, '2025-01-20', '2025-01-31'), found.slice(1))
})

await t.test('a month is held against all its days, and a split within a period explains that it differs', async (t) => {
  const runId = await insertRun(pool)
  // The sessions of February 2025: the 17th was Presidents' Day.
  for (const day of [4, 5, 6, 7, 10, 11, 12, 13, 14, 18, 19, 20, 21, 24, 25, 26, 27, 28]) await insertDay(pool, `2025-02-${String(day).padStart(2, '0')}`, { runId, bars: [[1, '20', '21', '18', '20', '100']] })
  await fetched('ohlcv_monthly', '2025-02-01,19,21,18,20')
  t.same(await find(MONTHLY_AGAINST_DAILY, '2025-01-20', '2025-02-10'), [])
  await pool.query('update ohlcv_monthly set low = 9')
  t.match(await find(MONTHLY_AGAINST_DAILY, '2025-01-20', '2025-02-10'), [{ date: '2025-02-01', lastDate: '2025-02-28', cause: null, details: { price: 'low', fetched: '9', computed: '18', percent: '50.0000' } }])
  await split('2025-02-20')
  t.match(await find(MONTHLY_AGAINST_DAILY, '2025-01-20', '2025-02-10'), [{ cause: 'split' }])
  await split('2025-03-03')
  await pool.query(`delete from splits where ex_date = '2025-02-20'`)
  t.match(await find(MONTHLY_AGAINST_DAILY, '2025-01-20', '2025-02-10'), [{ cause: null }], 'one of another month does not')
})

await t.test('minutes of the regular session may not go beyond the day, and others may', async (t) => {
  // 09:30 to 16:00 in New York is 14:30 to 21:00 in UTC. On the 21st: high 12, low 9, volume 100.
  await minute('2025-01-21T14:29:00Z', '99', '1', '500')
  await minute('2025-01-21T14:30:00Z', '12.0012', '8.9991', '60')
  await minute('2025-01-21T20:59:00Z', '12', '9', '41')
  await minute('2025-01-21T21:00:00Z', '99', '1', '500')
  t.same(await find(DAY_AGAINST_MINUTES, ...ALL), [], 'within 0.01 % of the prices and 1 % of the volume, the auctions and what was traded before and after aside')
  await minute('2025-01-22T14:30:00Z', '13', '10', '101.1')
  await minute('2025-01-23T14:30:00Z', '14.0015', '11', '1')
  await minute('2025-01-24T14:30:00Z', '15', '11.9987', '1')
  await minute('2025-01-27T14:30:00Z', '99', '1', '1', 2)
  const found = await find(DAY_AGAINST_MINUTES, ...ALL)
  t.same(found.map(({ symbolId, date, lastDate }) => [symbolId, date, lastDate]), [[1, '2025-01-22', '2025-01-22'], [1, '2025-01-23', '2025-01-23'], [1, '2025-01-24', '2025-01-24']], 'a security without a day is not judged')
  t.same(found[0]!.details, { minutes: 1, day_high: '13', minutes_high: '13', day_low: '10', minutes_low: '10', day_volume: '100', minutes_volume: '101.1' })
  t.same(await find(DAY_AGAINST_MINUTES, '2025-01-23'), found.slice(1, 2))
})

await t.test('on an early close the regular session ends early', async (t) => {
  const runId = await insertRun(pool)
  await insertDay(pool, '2024-11-29', { runId, bars: [[1, '10', '12', '9', '11', '100']] })
  await minute('2024-11-29T18:00:00Z', '99', '1', '500')
  t.same(await find(DAY_AGAINST_MINUTES, '2024-11-29'), [])
  await minute('2024-11-29T17:59:00Z', '99', '9', '1')
  t.match(await find(DAY_AGAINST_MINUTES, '2024-11-29'), [{ details: { day_high: '12', minutes_high: '99' } }])
})

await t.test('closes of a provider that are not the stored ones are one finding a security, provider and month, with the share', async (t) => {
  await giveBars(pool, { provider: 'massive', basis: 'none', bars: ['1,2025-01-21,1,1,1,11,1', '1,2025-01-22,1,1,1,12.0012,1'] })
  await giveBars(pool, { provider: 'stooq', basis: 'split', bars: ['1,2025-01-21,1,1,1,5.5,1'] })
  t.same(await find(PROVIDER_AGAINST_CANONICAL, ...ALL), [], 'the same, 0.01 % apart, or adjusted')
  await giveBars(pool, { provider: 'alpha_vantage', basis: 'none', bars: [
    '1,2025-01-21,1,1,1,11,1', '1,2025-01-22,1,1,1,12.12,1', '1,2025-01-23,1,1,1,13.65,1', '1,2025-01-24,1,1,1,99,1,p', '1,2025-02-03,1,1,1,10,1', '1,2025-02-04,1,1,1,10,1',
  ] })
  const found = await find(PROVIDER_AGAINST_CANONICAL, ...ALL)
  t.same(found.map(({ seen: _, ...rest }) => rest), [
    { symbolId: 1, date: '2025-01-01', lastDate: '2025-01-31', provider: 'alpha_vantage', cause: null, details: { bars: 2, compared: 3, first: '2025-01-22', last: '2025-01-23', worst: '2025-01-23', given: '13.65', stored: '13', percent: '5.0000' } },
    { symbolId: 1, date: '2025-02-01', lastDate: '2025-02-28', provider: 'alpha_vantage', cause: null, details: { bars: 1, compared: 1, first: '2025-02-03', last: '2025-02-03', worst: '2025-02-03', given: '10', stored: '20', percent: '50.0000' } },
  ])
  t.same(await find(PROVIDER_AGAINST_CANONICAL, '2025-01-01', '2025-01-02'), found.slice(0, 1), 'a month is judged whole')
  await pool.query(`update ohlcv_daily set filled_by = 'alpha_vantage', load_id = 0, fetch_id = 1 where time = '2025-02-03'`)
  t.same((await find(PROVIDER_AGAINST_CANONICAL, ...ALL)).length, 1, 'a fill is not held against the bar it was made of')
})
