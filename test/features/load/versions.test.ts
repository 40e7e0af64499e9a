import t from 'tap'
import { keepsCoverage } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, storedBars, wholeState } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)
keepsCoverage(t, pool)

const DATE = '2025-01-06'
const symbols = manyBars(100).map((bar) => bar.split(',')[0]!)
const outcomes = (result: Awaited<ReturnType<typeof loadDates>>) => result.days.map(({ outcome, code }) => code ?? outcome)

await t.test('a version published again', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  const first = manyBars(99)
  // A000 changes, A001 goes, A099 is new.
  const second = ['A000,10,10.5,9.75,10.25,101.5,2', ...first.slice(2), 'A099,7,7,7,7,7,7']
  putDayFile(root, DATE, first)
  await loadDates(pool, directorySource(root), DATE)
  const { rows: [before] } = await pool.query<{ load_id: number }>(`select load_id from ohlcv_daily join tickers using (symbol_id) where symbol = 'A005'`)
  putDayFile(root, DATE, second)
  const { days: [day] } = await loadDates(pool, directorySource(root), DATE)

  await t.test('replaces the date: changed bars are updated, missing ones removed, new ones inserted', async (t) => {
    t.match(day, { outcome: 'loaded', rows: 99, counts: { read: 99, staged: 99, stored: 99, inserted: 1, updated: 1, unchanged: 97, removed: 1 } })
    t.same(await storedBars(pool, DATE), [...second].sort())
  })

  await t.test('leaves the bars alone that are equal', async (t) => {
    const { rows: [after] } = await pool.query<{ load_id: number }>(`select load_id from ohlcv_daily join tickers using (symbol_id) where symbol = 'A005'`)
    t.same(after, before)
  })

  await t.test('keeps what changed and what went', async (t) => {
    const { rows } = await pool.query(
      `select symbol, cause, old_open, old_high, old_low, old_close, old_volume, old_transactions, new_open, new_high, new_low, new_close, new_volume,
              new_transactions, old_load_id = $1 as from_first, new_load_id = $2 as by_second
         from bar_revisions join tickers using (symbol_id) order by symbol`, [before!.load_id, day!.loadId])
    t.same(rows, [
      { symbol: 'A000', cause: 'vendor', old_open: '10', old_high: '10', old_low: '10', old_close: '10', old_volume: '100', old_transactions: 1,
        new_open: '10', new_high: '10.5', new_low: '9.75', new_close: '10.25', new_volume: '101.5', new_transactions: 2, from_first: true, by_second: true },
      { symbol: 'A001', cause: 'vendor', old_open: '10', old_high: '10', old_low: '10', old_close: '10', old_volume: '100', old_transactions: 1,
        new_open: null, new_high: null, new_low: null, new_close: null, new_volume: null, new_transactions: null, from_first: true, by_second: true },
    ])
  })

  await t.test('and then the first again gives the first state', async (t) => {
    putDayFile(root, DATE, first)
    await loadDates(pool, directorySource(root), DATE)
    t.same(await storedBars(pool, DATE), [...first].sort())
    t.equal((await pool.query('select from lineage')).rowCount, 3, 'the lineage has all three loads')
  })
})

await t.test('a version that looks wrong', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, DATE, manyBars(100))
  await loadDates(pool, directorySource(root), DATE)
  const before = await wholeState(pool)

  await t.test('is refused whole when it would remove more than 5 % of the bars', async (t) => {
    putDayFile(root, DATE, manyBars(94))
    const { days: [day] } = await loadDates(pool, directorySource(root), DATE)
    t.match(day, { outcome: 'source_failed', code: 'TOO_MANY_REMOVED', message: /^6 of the date's 100 bars \(6\.0 %\) would be removed, more than 5 %/ })
    t.same(await wholeState(pool), before)
  })

  await t.test('is refused whole when it would reject more than 5 % of its rows', async (t) => {
    putDayFile(root, DATE, [...manyBars(94), ...manyBars(100).slice(94).map((bar) => bar.replace(',10,', ',11,'))])
    const { days: [day] } = await loadDates(pool, directorySource(root), DATE)
    t.match(day, { outcome: 'source_failed', code: 'TOO_MANY_REJECTED', message: /^6 of 100 rows of known securities \(6\.0 %\) would be rejected.*line 96: open_above_high/ })
    t.same(await wholeState(pool), before)
  })

  await t.test('is taken at exactly 5 %', async (t) => {
    putDayFile(root, DATE, manyBars(95))
    t.same(outcomes(await loadDates(pool, directorySource(root), DATE, DATE, { dryRun: true })), ['loaded'])
  })

  await t.test('is taken with accept', async (t) => {
    putDayFile(root, DATE, manyBars(94))
    const { days: [day] } = await loadDates(pool, directorySource(root), DATE, DATE, { accept: true })
    t.match(day, { outcome: 'loaded', counts: { removed: 6 } })
    t.equal((await storedBars(pool, DATE)).length, 94)
  })
})

await t.test('a dry run says what would happen and writes nothing', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, DATE, manyBars(50))
  await loadDates(pool, directorySource(root), DATE)
  putDayFile(root, DATE, [...manyBars(50, '11').slice(0, 1), ...manyBars(52).slice(1)])
  const tables = ['ingestion_runs', 'attempts', 'lineage', 'days', 'ohlcv_daily', 'bar_revisions']
  const contents = async () => Promise.all(tables.map(async (table) => (await pool.query(`select * from ${table}`)).rows as unknown[]))
  const before = await contents()
  const { days: [day] } = await loadDates(pool, directorySource(root), DATE, DATE, { dryRun: true })
  t.match(day, { outcome: 'loaded', loadId: null, counts: { inserted: 2, updated: 1, unchanged: 49, removed: 0 } })
  t.same(await contents(), before)
})

await t.test('a bar that someone changed in the table is found and repaired', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, DATE, manyBars(20))
  await loadDates(pool, directorySource(root), DATE)
  const before = await wholeState(pool)
  await pool.query('update ohlcv_daily set close = 9.99 where symbol_id = (select min(symbol_id) from tickers)')
  t.same(outcomes(await loadDates(pool, directorySource(root), DATE, DATE, { trustLedger: true })), ['unchanged'], 'which trusting the ledger does not see')
  const { days: [day] } = await loadDates(pool, directorySource(root), DATE)
  t.match(day, { outcome: 'loaded', counts: { updated: 1, unchanged: 19 } })
  t.same(await wholeState(pool), before)
  const { rows } = await pool.query('select cause, old_close, new_close from bar_revisions')
  t.same(rows, [{ cause: 'repair', old_close: '9.99', new_close: '10' }])
})

await t.test('a number written in another way is the same value', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, DATE, manyBars(5, '10.5'))
  await loadDates(pool, directorySource(root), DATE)
  putDayFile(root, DATE, manyBars(5, '10.500000').map((bar) => bar.replace(',100,', ',1e2,')))
  const { days: [day] } = await loadDates(pool, directorySource(root), DATE)
  t.match(day, { outcome: 'loaded', counts: { updated: 0, unchanged: 5 } })
})
