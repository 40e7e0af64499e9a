import t from 'tap'
import type pg from 'pg'
import { empty, freshDatabase } from '../helpers/database.js'
import { insertDay, insertRun, insertSymbols, type TestBar } from '../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

/** Stores the bars of dates, of the securities 1 (AAA) and 2 (BBB). */
async function someDays(days: Record<string, TestBar[]>): Promise<void> {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB']])
  const runId = await insertRun(pool)
  for (const [date, bars] of Object.entries(days)) await insertDay(pool, date, { runId, bars })
}

async function insertSplit(symbolId: number, exDate: string, from: string, to: string, usual = true): Promise<void> {
  await pool.query(`
    insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at)
    values ($1, $2::date, 'massive', $3, $4, $5, $2::date, 'AAA', '', now())`, [symbolId, exDate, from, to, usual])
}

interface PlanNode {
  Plans?: PlanNode[]
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
}

/** How many daily bars a plan has looked at. */
function barsRead({ Plans = [], 'Relation Name': relation, 'Actual Rows': rows, 'Actual Loops': loops, 'Rows Removed by Filter': removed = 0 }: PlanNode): number {
  return Plans.reduce((sum, plan) => sum + barsRead(plan), relation?.startsWith('ohlcv_daily') ? (rows + removed) * loops : 0)
}

const rows = async (db: pg.Pool, sql: string): Promise<string[]> => (await db.query<{ line: string }>(`select concat_ws(' ', ${sql}`)).rows.map(({ line }) => line)
const BAR = `symbol_id, time, open, high, low, close, volume, coalesce(transactions::text, '-'), sessions, first_session, last_session, partial) as line from`
const weeks = (where = 'true') => rows(pool, `${BAR} ohlcv_weekly_computed where ${where} order by time, symbol_id`)
const months = (where = 'true') => rows(pool, `${BAR} ohlcv_monthly_computed where ${where} order by time, symbol_id`)

await t.test('a week is stamped with its Sunday and made of its sessions: first open, last close, extremes and sums', async (t) => {
  await someDays({
    // A Thursday and a Friday, then a whole week but for the Friday, over the end of a month.
    '2025-01-23': [[1, '10', '12', '9.5', '11', '100.5', 5]],
    '2025-01-24': [[1, '11', '11.25', '10', '10.5', '50.5', 7], [2, '1', '1', '1', '1', '1', 1]],
    '2025-01-30': [[1, '20', '21', '19', '20.5', '10']],
    '2025-01-31': [[1, '21', '25', '18', '24', '30', 2]],
    '2025-02-03': [[1, '24', '26', '23', '25', '5', 1]],
  })
  t.same(await weeks(), [
    '1 2025-01-19 10 12 9.5 10.5 151 12 2 2025-01-23 2025-01-24 f',
    '2 2025-01-19 1 1 1 1 1 1 1 2025-01-24 2025-01-24 f',
    '1 2025-01-26 20 25 18 24 40 - 2 2025-01-30 2025-01-31 f',
    '1 2025-02-02 24 26 23 25 5 1 1 2025-02-03 2025-02-03 t',
  ], 'and how many trades there were only where each session says it')
  t.same(await months(), [
    '1 2025-01-01 10 25 9.5 24 191 - 4 2025-01-23 2025-01-31 f',
    '2 2025-01-01 1 1 1 1 1 1 1 2025-01-24 2025-01-24 f',
    '1 2025-02-01 24 26 23 25 5 1 1 2025-02-03 2025-02-03 t',
  ])
  t.same(await weeks(`symbol_id = 1 and time = '2025-01-26'`), ['1 2025-01-26 20 25 18 24 40 - 2 2025-01-30 2025-01-31 f'])
  await empty(pool)
  t.same([await weeks(), await months()], [[], []], 'of nothing there is nothing')
})

await t.test('a period is partial until a bar of its last weekday or later is stored, of whatever security', async (t) => {
  // The week of Good Friday 2025: its last weekday is no session.
  await someDays({ '2025-04-16': [[1, '1', '1', '1', '1', '1']], '2025-04-17': [[1, '2', '2', '2', '2', '2']] })
  t.match(await weeks(), [/ t$/])
  const runId = await insertRun(pool)
  await insertDay(pool, '2025-04-21', { runId, bars: [[2, '1', '1', '1', '1', '1']] })
  t.match(await weeks(), [/^1 2025-04-13 .* f$/, /^2 2025-04-20 .* t$/])
  // August 2025 ends on a Sunday, its last weekday is the 29th.
  await insertDay(pool, '2025-08-28', { runId, bars: [[1, '1', '1', '1', '1', '1']] })
  t.match(await months(`time = '2025-08-01'`), [/ t$/])
  await insertDay(pool, '2025-08-29', { runId, bars: [[2, '1', '1', '1', '1', '1']] })
  t.match(await months(`time = '2025-08-01'`), [/^1 .* f$/, /^2 .* f$/])
})

await t.test('the days before a split within a period are adjusted to its last session, to six decimals, and other periods are left alone', async (t) => {
  // Wednesday 2020-08-26 to Tuesday 2020-09-01; the split of 4 for 1 is on Monday 2020-08-31: within no week, and on the last session of August.
  const week = { '2020-08-26': [[1, '500', '508', '496', '504', '1000']], '2020-08-28': [[1, '504', '506', '498.5', '499.23', '187.5']], '2020-08-31': [[1, '127.58', '131', '126', '129.04', '5000']], '2020-09-01': [[1, '132', '135', '130', '134', '4000']] } as Record<string, TestBar[]>
  await someDays(week)
  await insertSplit(1, '2020-08-31', '1', '4')
  t.same(await weeks(), ['1 2020-08-23 500 508 496 499.23 1187.5 - 2 2020-08-26 2020-08-28 f', '1 2020-08-30 127.58 135 126 134 9000 - 2 2020-08-31 2020-09-01 t'], 'a split on the first session of a week is not within it')
  t.same(await months(), ['1 2020-08-01 125 131 124 129.04 9750 - 3 2020-08-26 2020-08-31 f', '1 2020-09-01 132 135 130 134 4000 - 1 2020-09-01 2020-09-01 t'],
    '500 / 4, 131 after the split, 496 / 4, 4 * (1000 + 187.5) + 5000')

  // 8 old shares for 3 new ones on the Wednesday, and 2 for 3 on the Friday.
  await someDays({
    '2025-03-03': [[1, '10', '11', '9', '10', '80', 1], [2, '10', '11', '9', '10', '80', 1]],
    '2025-03-05': [[1, '28', '30', '26', '27', '60', 1], [2, '28', '30', '26', '27', '60', 1]],
    '2025-03-07': [[1, '18', '19', '17', '18', '6', 1]],
  })
  for (const symbolId of [1, 2]) {
    await insertSplit(symbolId, '2025-03-05', '8', '3')
    await insertSplit(symbolId, '2025-03-07', '2', '3')
  }
  t.same(await weeks(), [
    // 10 * 16 / 9 = 17.777778 of Monday's prices, 30 * 2 / 3 = 20 of Wednesday's; volumes 80 * 9 / 16 = 45, 60 * 3 / 2 = 90.
    '1 2025-03-02 17.777778 20 16 18 141 3 3 2025-03-03 2025-03-07 f',
    // Which has no bar of the Friday, so that the second split is after its last session: 10 * 8 / 3 = 26.666667, 9 * 8 / 3 = 24, 80 * 3 / 8 = 30.
    '2 2025-03-02 26.666667 30 24 27 90 2 2 2025-03-03 2025-03-05 f',
  ])
  await pool.query('update splits set usual = false where symbol_id = 1')
  t.match(await weeks('symbol_id = 1'), [/^1 2025-03-02 10 30 9 18 146 /], 'what is not applied adjusts nothing')
})

await t.test('stored decimals of a period without a split are kept, all of them', async (t) => {
  await someDays({ '2025-03-03': [[1, '0.00000123', '0.00000125', '0.0000011', '0.00000124', '0.123456789']], '2025-03-04': [[1, '1', '1', '1', '1', '0.876543211']] })
  t.same(await weeks(), ['1 2025-03-02 0.00000123 1 0.0000011 1 1 - 2 2025-03-03 2025-03-04 t'])
})

await t.test('of a security and of a range of times only what belongs to them is read', async (t) => {
  await empty(pool)
  await pool.query(`
    select ohlcv_daily_ensure_partitions('2015-01-01', '2019-12-31');
    insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id)
    select id, day::date, 1, 1, 1, 1, 1, 1 from generate_series(timestamp '2015-01-01', '2019-12-31', '1 day') day, generate_series(1, 40) id where extract(isodow from day) < 6;
    analyze ohlcv_daily`)
  const read = async (where: string): Promise<number> => {
    const { rows: [row] } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (analyze, format json) select * from ohlcv_weekly_computed where ${where}`)
    return barsRead(row!['QUERY PLAN'][0].Plan)
  }
  t.ok((await read(`time between '2017-03-01' and '2017-03-31'`)) < 30 * 40, 'the bars of four weeks')
  t.ok((await read('symbol_id = 7')) < 1400, 'those of a security in five years')
})
