import t from 'tap'
import { keepsCoverage } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { lockDate } from '../../../lib/postgres/locks.js'
import { closeDeadRuns } from '../../../lib/store/runs/alive.js'
import { openRun } from '../../../lib/store/runs/runs.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, storedBars } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)
keepsCoverage(t, pool)

const symbols = manyBars(20).map((bar) => bar.split(',')[0]!)

await t.test('a date that another process is merging is left to it, and the next goes on', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  for (const date of ['2025-01-06', '2025-01-07']) putDayFile(root, date, manyBars(20))
  const other = await pool.connect()
  await other.query('begin')
  await lockDate(other, DAY_AGGS, isoDate('2025-01-06'))
  const { days } = await loadDates(pool, directorySource(root), '2025-01-06', '2025-01-07')
  await other.query('rollback')
  other.release()
  t.match(days, [{ outcome: 'locked', code: 'DATE_LOCKED' }, { outcome: 'loaded' }])
  t.equal((await storedBars(pool, '2025-01-06')).length, 0)
})

await t.test('two runs at once over the same dates end with each date loaded once', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  const dates = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10', '2025-01-13']
  for (const date of dates) putDayFile(root, date, manyBars(20))
  const load = () => loadDates(pool, directorySource(root), '2025-01-06', '2025-01-13')
  const both = await Promise.all([load(), load()])
  for (const { days } of both) for (const { outcome } of days) t.ok(['loaded', 'unchanged', 'locked', 'holiday'].includes(outcome), outcome)
  for (const date of dates) t.equal((await storedBars(pool, date)).length, 20)
  t.equal((await pool.query('select from lineage')).rowCount, dates.length, 'one lineage row a date')
})

await t.test('an identity change that comes between staging and merging is noticed, and the date is read again', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, '2025-01-06', [...manyBars(20), 'LATE,1,1,1,1,1,1'])
  const source = directorySource(root)
  let opened = 0
  const open: typeof source.open = async (file, signal) => {
    if (++opened === 1) {
      await registerSymbols(pool, ['LATE'])
      await pool.query(`insert into universe_changes (symbol, dates, new_symbol_id, cause) select symbol, '(,)', symbol_id, 'import' from tickers where symbol = 'LATE'`)
    }
    return source.open(file, signal)
  }
  const { days: [day] } = await loadDates(pool, { ...source, open }, '2025-01-06')
  t.equal(opened, 2)
  t.match(day, { outcome: 'loaded', counts: { read: 21, staged: 21, unknown: 0 } })
  t.same((await pool.query('select identity_seq = (select max(seq) from universe_changes) as current from lineage')).rows, [{ current: true }])
})

await t.test('a run found running while nobody holds its lock is closed as died, a living one is not', async (t) => {
  await empty(pool)
  const dead = await openRun(pool, 'load', {}, 'test')
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, '2025-01-06', manyBars(20))
  const during: unknown[] = []
  const source = directorySource(root)
  await loadDates(pool, {
    ...source,
    async open(file, signal) {
      during.push(await closeDeadRuns(pool))
      return source.open(file, signal)
    },
  }, '2025-01-06')
  t.same(during, [[]], 'the running run is left alone')
  const { rows } = await pool.query('select run_id = $1 as first, status from ingestion_runs order by run_id', [dead])
  t.same(rows, [{ first: true, status: 'died' }, { first: false, status: 'succeeded' }])
})
