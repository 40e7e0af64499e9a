import t from 'tap'
import { keepsCoverage } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, storedBars, wholeState } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)
keepsCoverage(t, pool)

const DATE = '2025-01-06'
const NEXT = '2025-01-07'
const symbols = manyBars(20).map((bar) => bar.split(',')[0]!)

await t.test('a universe that grows makes just those dates stale that have the new symbol', async (t) => {
  await empty(pool)
  const root = t.testdir({})
  putDayFile(root, DATE, [...manyBars(20), 'LATE,1,1,1,1,1,1'])
  putDayFile(root, NEXT, manyBars(20))
  await registerSymbols(pool, symbols)
  const before = await loadDates(pool, directorySource(root), DATE, NEXT)
  t.same(before.days.map(({ unknownSymbols }) => unknownSymbols), [['LATE'], []])
  await registerSymbols(pool, ['LATE', 'OTHER'])
  const after = await loadDates(pool, directorySource(root), DATE, NEXT)
  t.same(after.days.map(({ outcome }) => outcome), ['loaded', 'unchanged'])
  t.match(after.days[0], { counts: { inserted: 1, unchanged: 20, unknown: 0 } })
  t.equal((await storedBars(pool, DATE)).length, 21)
  t.same((await loadDates(pool, directorySource(root), DATE, NEXT)).days.map(({ outcome }) => outcome), ['unchanged', 'unchanged'])
})

await t.test('an override of symbols', async (t) => {
  await empty(pool)
  const root = t.testdir({})
  await registerSymbols(pool, symbols)
  putDayFile(root, DATE, manyBars(20))

  await t.test('loads only those, and makes no date complete', async (t) => {
    const { days: [day] } = await loadDates(pool, directorySource(root), DATE, DATE, { selected: new Set(['A003', 'A004', 'NOPE']) })
    t.match(day, { outcome: 'loaded', rows: null, counts: { read: 20, staged: 2, inserted: 2, notSelected: 18, unknown: 0 } })
    t.same((await storedBars(pool, DATE)).map((bar) => bar.slice(0, 4)), ['A003', 'A004'])
    t.equal((await pool.query('select from days')).rowCount, 0)
    t.same((await pool.query('select authoritative, symbols from lineage')).rows, [{ authoritative: false, symbols: ['A003', 'A004', 'NOPE'] }])
  })

  await t.test('is followed by a whole load that completes the date', async (t) => {
    const { days: [day] } = await loadDates(pool, directorySource(root), DATE)
    t.match(day, { outcome: 'loaded', counts: { inserted: 18, unchanged: 2 } })
  })

  await t.test('touches no other symbol, its rejects and unknown symbols included', async (t) => {
    const before = await wholeState(pool)
    putDayFile(root, DATE, ['A003,11,11,11,11,1,1', 'A004,12,11,11,11,1,1', 'WHO,1,1,1,1,1,1'])
    const { days: [day] } = await loadDates(pool, directorySource(root), DATE, DATE, { selected: new Set(['A003', 'A005']), thresholds: { maxRejected: 5, maxRemoved: 100 } })
    t.match(day, { outcome: 'loaded', counts: { staged: 1, updated: 1, removed: 1, notSelected: 2 } })
    const after = await wholeState(pool)
    t.same(after['rejects'], before['rejects'])
    t.same(after['unknown'], before['unknown'])
    t.same(after['bars']!.filter((bar) => !/A00[35]/.test(bar)), before['bars']!.filter((bar) => !/A00[35]/.test(bar)))
  })
})

await t.test('a symbol means the security it named on the date', async (t) => {
  await empty(pool)
  const root = t.testdir({})
  await registerSymbols(pool, symbols)
  await pool.query(`insert into tickers (symbol_id, symbol) values (1001, 'NEW'), (1002, 'OLD')`)
  await pool.query(`insert into ticker_symbols values (1001, 'OLD', '(,2025-01-07)', false), (1001, 'NEW', '[2025-01-07,)', false), (1002, 'OLD', '[2025-02-01,)', false)`)
  for (const date of [DATE, NEXT]) putDayFile(root, date, [...manyBars(20), 'OLD,1,1,1,1,1,1', 'NEW,2,2,2,2,2,2'])
  const { days } = await loadDates(pool, directorySource(root), DATE, NEXT)
  t.same(days.map(({ unknownSymbols }) => unknownSymbols), [['NEW'], ['OLD']])
  t.same((await pool.query('select time, close from ohlcv_daily where symbol_id > 1000 order by time')).rows, [{ time: DATE, close: '1' }, { time: NEXT, close: '2' }])
})
