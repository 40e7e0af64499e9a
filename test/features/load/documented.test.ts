import { writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { freshDatabase } from '../../helpers/database.js'
import { fileSource, loadDates, registerSymbols, storedBars } from '../../helpers/load.js'

// What vendors' issue trackers tell of files, in rows made by hand: none of it gets past the door. Rows that do get past it are told by the rules of quality.

const DATE = '2019-08-12'
/** Midnight in New York of this Monday and of the Tuesday after it. */
const [MONDAY, TUESDAY] = ['1565582400000000000', '1565668800000000000']

const { pool } = await freshDatabase(t)
await registerSymbols(pool, ['SPY', 'THIN', 'BAUG', 'CNYA', 'CEFS', 'HTLB', 'NOISE'])
t.beforeEach(async () => {
  await pool.query('truncate ohlcv_daily, coverage, days, lineage, rejected_rows, unknown_symbols, bar_revisions, attempts')
})

async function loaded(rows: readonly string[]) {
  const file = path.join(t.testdir({}), 'day.csv')
  writeFileSync(file, `${['ticker,volume,open,close,high,low,window_start,transactions', ...rows].join('\n')}\n`)
  const { days: [day] } = await loadDates(pool, fileSource(file, DATE), DATE, DATE, { thresholds: { maxRejected: 100, maxRemoved: 100 } })
  const { rows: rejects } = await pool.query<{ text: string }>(`select concat_ws(' ', line, reason, field, symbol) as text from rejected_rows order by line`)
  return { day: day!, rejects: rejects.map(({ text }) => text), bars: await storedBars(pool, DATE) }
}

await t.test('2019-08-12: thin tickers that carry the next day in their window_start are rejected, so that no date has a bar of another', async (t) => {
  const { day, rejects, bars } = await loaded([`SPY,100,1,1,1,1,${MONDAY},9`, `THIN,100,2,2,2,2,${TUESDAY},1`])
  t.match(day, { outcome: 'loaded', counts: { read: 2, inserted: 1, rejected: 1 } })
  t.same(rejects, ['3 wrong_date window_start THIN'])
  t.same(bars, ['SPY,1,1,1,1,100,9'])
})

await t.test('2025-02-10: a file whose window_start is -68400000000000 on every row is refused', async (t) => {
  const { day, rejects, bars } = await loaded([`SPY,100,1,1,1,1,-68400000000000,9`, `THIN,100,2,2,2,2,-68400000000000,1`])
  t.match(day, { outcome: 'source_failed', code: 'SOURCE_NO_VALID_ROW', message: /none of the 2 rows is valid; line 2: wrong_date/ })
  t.same([rejects, bars], [[], []])
})

await t.test('2020-04-06: tickers with control bytes, and their prices of trillions, are rejected', async (t) => {
  const { rejects, bars } = await loaded([`SPY,100,1,1,1,1,${MONDAY},9`, `\u0000HTLB^,1,900000000000,14000000000000,14000000000000,900000000000,${MONDAY},1`])
  t.same(rejects, ['3 bad_symbol ticker'])
  t.equal(bars.length, 1)
})

await t.test('2021-06-10: a ticker that is there twice is stored once, the first; another second one is rejected and told', async (t) => {
  const row = `BAUG,100,30,30,30,30,${MONDAY},9`
  t.match(await loaded([row, row]), { day: { counts: { inserted: 1, duplicates: 1, rejected: 0 } }, bars: ['BAUG,30,30,30,30,100,9'] })
  await pool.query('truncate ohlcv_daily, coverage, days, lineage, rejected_rows, attempts')
  const { rejects, bars } = await loaded([row, `BAUG,100,30,31,31,30,${MONDAY},9`])
  t.same(rejects, ['3 duplicate BAUG'])
  t.same(bars, ['BAUG,30,30,30,30,100,9'])
})

await t.test('opens above the high or below the low, and highs that floats have put a hair below the close, are rejected row by row', async (t) => {
  const { rejects, bars } = await loaded([
    `SPY,100,1,1,1,1,${MONDAY},9`, `CEFS,3330,21.94,21.6,21.622,21.52,${MONDAY},9`, `CNYA,45610,26.567,27.46,27.62,27.19,${MONDAY},9`, `NOISE,100,10,10.00002,10.00001,10,${MONDAY},9`,
  ])
  t.same(rejects, ['3 open_above_high high CEFS', '4 low_above_open low CNYA', '5 close_above_high high NOISE'])
  t.equal(bars.length, 1)
})
