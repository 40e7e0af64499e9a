import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { MINUTE_AGGS } from '../../../lib/datasets/minute.js'
import { loadWarnings } from '../../../lib/documents/load-warnings.js'
import { keepsCoverage } from '../../helpers/coverage.js'
import { freshDatabase } from '../../helpers/database.js'
import { isPartitioned } from '../../helpers/engine.js'
import { dayFilePath, directorySource, loadDates, registerSymbols } from '../../helpers/load.js'

const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions'

/** A row at an instant, its close telling it apart. */
const row = (symbol: string, instant: string, close = '10'): string => `${symbol},100,10,${close},11,9,${Date.parse(instant)}000000,3`

function put(root: string, date: string, rows: readonly string[]): void {
  const file = path.join(root, dayFilePath(MINUTE_AGGS, date))
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, gzipSync(`${[HEADER, ...rows].join('\n')}\n`))
}

await t.test('minute bars', async (t) => {
  const { pool } = await freshDatabase(t)
  keepsCoverage(t, pool)
  await registerSymbols(pool, ['AAPL', 'MSFT'])
  const root = t.testdir({})
  const stored = async () =>
    (await pool.query<{ bar: string }>(
      `select concat_ws(' ', symbol, to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'), close) as bar
         from ohlcv_minute join tickers using (symbol_id) order by symbol, time`)).rows.map(({ bar }) => bar)
  const load = (date: string) => loadDates(pool, directorySource(root), date, date, { dataset: MINUTE_AGGS, thresholds: { maxRejected: 100, maxRemoved: 100 } })

  await t.test('are stored by the minute, extended hours included, in New York days', async (t) => {
    // 2025-03-10 is the Monday after the clocks went forward: its day is 04:00Z to 04:00Z.
    put(root, '2025-03-10', [
      row('AAPL', '2025-03-10T08:00:00Z'), row('AAPL', '2025-03-10T13:30:00Z', '10.25'), row('AAPL', '2025-03-10T13:31:00Z'),
      row('MSFT', '2025-03-10T23:59:00Z'), row('MSFT', '2025-03-11T03:59:00Z'),
    ])
    const { days: [day] } = await load('2025-03-10')
    t.match(day, { outcome: 'loaded', rows: 5, counts: { read: 5, inserted: 5 } })
    t.same(await stored(), [
      'AAPL 2025-03-10T08:00Z 10', 'AAPL 2025-03-10T13:30Z 10.25', 'AAPL 2025-03-10T13:31Z 10', 'MSFT 2025-03-10T23:59Z 10', 'MSFT 2025-03-11T03:59Z 10',
    ])
  })

  const partitioned = await isPartitioned(pool)

  await t.test('are found by their date as soon as they are stored', { skip: !partitioned && 'chunks are found by their bounds' }, async (t) => {
    const { rows } = await pool.query(`select brin_summarize_new_values('ohlcv_minute_2025m03_time_idx') as ranges_left`)
    t.same(rows, [{ ranges_left: 0 }])
  })

  await t.test('of another New York date or between minutes are rejected', async (t) => {
    put(root, '2025-03-11', [
      row('AAPL', '2025-03-11T03:59:00Z'), row('AAPL', '2025-03-12T04:00:00Z'), row('AAPL', '2025-03-11T14:00:30Z'), row('AAPL', '2025-03-11T04:00:00Z'),
    ])
    const result = await load('2025-03-11')
    t.match(loadWarnings(result, { thin: [], absence: null }, MINUTE_AGGS.name), [/^3 rows rejected; see: ohlcv rejects --dataset minute --start 2025-03-11 --end 2025-03-11$/])
    const { rows } = await pool.query('select line, reason from rejected_rows order by line')
    t.same(rows, [{ line: 2, reason: 'wrong_date' }, { line: 3, reason: 'wrong_date' }, { line: 4, reason: 'bad_window_start' }])
  })

  await t.test('that come twice count once when equal and are rejected when not, wherever they stand', async (t) => {
    put(root, '2025-03-12', [
      row('AAPL', '2025-03-12T14:00:00Z'), row('MSFT', '2025-03-12T14:00:00Z'), row('AAPL', '2025-03-12T14:01:00Z'),
      row('AAPL', '2025-03-12T14:00:00Z'), row('MSFT', '2025-03-12T14:00:00Z', '10.5'),
    ])
    const { days: [day] } = await load('2025-03-12')
    t.match(day, { counts: { read: 5, staged: 3, duplicates: 1, rejected: 1, reasons: { duplicate: 1 } } })
  })

  await t.test('published again replace just their date', async (t) => {
    const before = await stored()
    put(root, '2025-03-10', [row('AAPL', '2025-03-10T08:00:00Z'), row('AAPL', '2025-03-10T13:30:00Z', '10.75'), row('MSFT', '2025-03-10T20:00:00Z')])
    const { days: [day] } = await load('2025-03-10')
    t.match(day, { outcome: 'loaded', counts: { stored: 5, inserted: 1, updated: 1, unchanged: 1, removed: 3 } })
    t.same((await stored()).filter((bar) => !bar.includes('03-10')), before.filter((bar) => !bar.includes('03-10') && bar !== 'MSFT 2025-03-11T03:59Z 10'))
    const { rows } = await pool.query<{ line: string }>(
      `select concat_ws(' ', symbol, to_char(time at time zone 'UTC', 'HH24:MI'), old_close, new_close) as line
         from bar_revisions join tickers using (symbol_id) order by symbol, time`)
    t.same(rows.map(({ line }) => line), ['AAPL 13:30 10.25 10.75', 'AAPL 13:31 10', 'MSFT 23:59 10', 'MSFT 03:59 10'])
    t.same((await load('2025-03-10')).days.map(({ outcome }) => outcome), ['unchanged'])
  })

  await t.test('have as many minutes as the day has: 1,380 and 1,500 when the clocks change', async (t) => {
    const bars = (from: string, minutes: number) => Array.from({ length: minutes }, (_, minute) => row('AAPL', new Date(Date.parse(from) + minute * 60_000).toISOString()))
    // Sundays, read on purpose.
    put(root, '2025-03-09', bars('2025-03-09T05:00:00Z', 1381))
    put(root, '2025-11-02', bars('2025-11-02T04:00:00Z', 1501))
    const read = async (date: string) => (await loadDates(pool, directorySource(root), date, date, { dataset: MINUTE_AGGS, includeClosed: true })).days[0]
    t.match(await read('2025-03-09'), { counts: { staged: 1380, rejected: 1 } })
    t.match(await read('2025-11-02'), { counts: { staged: 1500, rejected: 1 } })
  })

  await t.test('can be dropped by whole months, with what the days said of them', async (t) => {
    const { rows: [dropped] } = await pool.query<{ dropped: number }>(`select ohlcv_minute_drop_before('2025-11-01') as dropped`)
    if (partitioned) t.equal(dropped!.dropped, 1, 'November begins on the date')
    else t.ok(dropped!.dropped > 0, 'chunks')
    for (const table of ['days', 'coverage']) t.same((await pool.query(`select date from ${table} where dataset = 'minute_aggs'`)).rows, [{ date: '2025-11-02' }], table)
  })
})
