import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { checksumReport } from '../../../lib/features/verify/checksums/checksums.js'
import { readChecksumRequest } from '../../../lib/features/verify/checksums/request.js'
import { freshDatabase } from '../../helpers/database.js'
import { FIXTURES, fixtureSource, fixtureText, loadDates, registerSymbols, runtimeOf, storedBars, symbolsOf } from '../../helpers/load.js'

const rows = (name: string): string[][] => readFileSync(path.join(FIXTURES, 'expected', name), 'latin1').trim().split('\n').slice(1).map((line) => line.split(','))
const expected = rows('dates.csv').map(([date, ...figures]) => ({ date: date!, figures: figures.slice(0, 5).map(Number), sha256: figures[5] }))
const first = expected[0]!.date
const last = expected.at(-1)!.date

await t.test('a hydrate of the fixtures', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query('create table ohlcv (symbol text, close float)')
  await registerSymbols(pool, symbolsOf(path.join(FIXTURES, 'universe.csv')))
  const { days } = await loadDates(pool, fixtureSource(), first, last)
  const loaded = days.filter(({ outcome }) => outcome === 'loaded')

  await t.test('loads every session and knows the holiday in between', async (t) => {
    t.same(loaded.map(({ date }) => date), expected.map(({ date }) => date))
    t.same(days.filter(({ outcome }) => outcome !== 'loaded').map(({ date, outcome, message }) => [date, outcome, message]), [['2026-02-16', 'holiday', 'Washington\'s Birthday']])
  })

  await t.test('counts what awk counted in the files', async (t) => {
    t.same(
      loaded.map(({ counts }) => [counts!.read, counts!.unknown, counts!.duplicates, counts!.rejected, counts!.staged]),
      expected.map(({ figures }) => figures),
    )
    for (const { counts } of loaded) t.equal(counts!.staged, counts!.inserted, 'all of it is new')
  })

  await t.test('stores the values of the files, to the digit', async (t) => {
    for (const [date, symbol, ...values] of rows('bars.csv')) {
      const { rows: stored } = await pool.query<Record<string, string>>(
        'select open, high, low, close, volume, transactions from ohlcv_daily join tickers using (symbol_id) where time = $1 and symbol = $2', [date, symbol])
      t.same(Object.values(stored[0] ?? {}).map(String), values, `${symbol} on ${date}`)
    }
  })

  await t.test('keeps each rejected row with its line and reason', async (t) => {
    const { rows: kept } = await pool.query<{ key: string }>('select concat_ws(\',\', date, line, reason) as key from rejected_rows order by date, line')
    t.same(kept.map(({ key }) => key), rows('rejects.csv').map(([date, line, , reason]) => [date, line, reason].join(',')))
  })

  await t.test('keeps which symbols were unknown', async (t) => {
    const { rows: kept } = await pool.query<{ key: string }>(`select concat_ws(',', date, symbol) as key from unknown_symbols order by date, symbol`)
    t.same(kept.map(({ key }) => key), rows('unknown.csv').map((row) => row.join(',')))
  })

  await t.test('stores exactly the bars that awk kept', async (t) => {
    for (const { date, sha256 } of expected) {
      const text = (await storedBars(pool, date)).map((bar) => `${bar}\n`).join('')
      t.equal(createHash('sha256').update(text).digest('hex'), sha256, date)
    }
  })

  await t.test('has of ten securities the checksums that sha256sum has, and lacks what awk did not find', async (t) => {
    const assets = rows('checksums.csv')
    const { assets: found } = await checksumReport(runtimeOf(pool, { now: new Date('2026-03-10T12:00:00Z') }), readChecksumRequest({
      dates: { start: isoDate(first), end: isoDate(last) }, symbols: assets.map(([symbol]) => symbol!),
    }))
    t.equal(found.length, 10)
    t.same(
      found.map(({ symbol, expected, stored, gaps, sha256 }) => [symbol, expected, stored, gaps.map((gap) => gap.start).join(' '), sha256]),
      assets.map(([symbol, expected, stored, missing, sha256]) => [symbol, Number(expected), Number(stored), missing, sha256]),
    )
  })

  await t.test('writes one lineage row a date, which knows the file\'s content', async (t) => {
    const { rows: lineage } = await pool.query<{ date: string; source_identity: string; staged: number; row_count: number }>(
      'select l.date, l.source_identity, l.staged, d.row_count from lineage l join days d using (load_id) where authoritative order by 1')
    t.same(lineage.map(({ date, source_identity, staged, row_count }) => [date, source_identity, staged, row_count]),
      expected.map(({ date, figures }) => [date, `sha256:${createHash('sha256').update(fixtureText(date), 'latin1').digest('hex')}`, figures[4], figures[4]]))
  })

  await t.test('never writes the legacy table', async (t) => {
    t.same((await pool.query('select from ohlcv')).rowCount, 0)
  })

  await t.test('done again is unchanged and writes no bar', async (t) => {
    const before = (await pool.query<{ ctid: string; load_id: number }>('select ctid, load_id from ohlcv_daily order by 1')).rows
    const again = await loadDates(pool, fixtureSource(), first, last)
    t.same(new Set(again.days.map(({ outcome }) => outcome)), new Set(['unchanged', 'holiday']))
    t.same((await pool.query('select ctid, load_id from ohlcv_daily order by 1')).rows, before)
  })

  await t.test('forced again reads everything and finds every bar unchanged', async (t) => {
    const again = await loadDates(pool, fixtureSource(), first, last, { force: true })
    t.same(again.days.filter(({ outcome }) => outcome === 'loaded').map(({ counts }) => [counts!.unchanged, counts!.inserted + counts!.updated + counts!.removed]),
      expected.map(({ figures }) => [figures[4], 0]))
  })
})
