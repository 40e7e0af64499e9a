import t from 'tap'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { LOCKS } from '../../../lib/postgres/locks.js'
import { ensurePartitions } from '../../../lib/store/bars/partitions.js'
import { verify } from '../../../lib/features/verify/verify.js'
import { coverageFaults } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { storeFetched } from '../../helpers/fetched.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, type LoadOptions } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)
await ensurePartitions(pool, DAY_AGGS, isoDate('2025-01-01'), isoDate('2025-01-31'))
const [FIRST, SECOND] = ['2025-01-06', '2025-01-07']
const symbols = manyBars(30).map((bar) => bar.slice(0, 4))

/** An empty database with securities A000 and so on, whose ids begin with 1. */
async function begin(): Promise<void> {
  await empty(pool)
  await registerSymbols(pool, symbols)
}

/** Fills of a date as `id,price`; the price is that of the files' bars where it is 10. */
const fill = (date: string, bars: readonly string[], beforeCommit?: () => Promise<void>) => storeFetched(pool, {
  requests: [{ symbol: null, start: date, bars: bars.map((bar) => bar.replace(',', `,${date},`)) }],
  ...(beforeCommit && { beforeCommit }),
})

/** What is stored on a date as `id price who`. */
async function stored(date: string): Promise<string[]> {
  const { rows } = await pool.query<{ bar: string }>(`select concat_ws(' ', symbol_id, close, coalesce(filled_by, 'file')) as bar from ohlcv_daily where time = $1 order by symbol_id`, [date])
  return rows.map(({ bar }) => bar)
}

const files = (count: number, price = 10): string[] => Array.from({ length: count }, (_, index) => `${index + 1} ${price} file`)

async function revisions(): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    select concat_ws(' ', symbol_id, cause, old_close, coalesce(old_filled_by, '-'), coalesce(old_load_id::text, '-'), coalesce(new_close::text, '-'), new_load_id) as line from bar_revisions order by revision_id`)
  return rows.map(({ line }) => line)
}

/** Whether verification has nothing to say, and which securities have bars of files is as it is kept. */
async function isFine(): Promise<boolean> {
  const { changed, unledgered } = await verify(pool, { dataset: DAY_AGGS, range: { start: null, end: null }, signal: new AbortController().signal, onPlan() {}, onStep() {} })
  return changed.length === 0 && unledgered.every(({ strayRows, strayFills }) => strayRows + strayFills === 0) && (await coverageFaults(pool)).length === 0
}

await t.test('a date\'s file takes its fills away, and what these said otherwise is kept', async (t) => {
  await begin()
  const root = t.testdir({})
  putDayFile(root, FIRST, manyBars(3))
  await fill(FIRST, ['1,10', '2,11', '25,12'])
  await fill(SECOND, ['1,10'])
  const { days: [day] } = await loadDates(pool, directorySource(root), FIRST)
  t.match(day, { outcome: 'loaded', counts: { inserted: 3, updated: 0, unchanged: 0, removed: 0 } }, 'fills are no bars that change or go')
  t.same(await stored(FIRST), files(3))
  t.same(await revisions(), ['2 vendor 11 massive - 10 1', '25 vendor 12 massive - - 1'], 'an equal fill is no revision')
  t.same(await stored(SECOND), ['1 10 massive'], 'another date keeps its own')
  t.ok(await isFine())
})

await t.test('fills are not counted by what refuses a file that removes or rejects too much', async (t) => {
  await begin()
  const root = t.testdir({})
  putDayFile(root, FIRST, manyBars(2))
  await fill(FIRST, symbols.map((_, index) => `${index + 1},10`))
  t.match((await loadDates(pool, directorySource(root), FIRST)).days, [{ outcome: 'loaded', counts: { inserted: 2, removed: 0 } }])
  t.same(await stored(FIRST), files(2))
})

await t.test('a file that is refused, and a dry run, leave the fills', async (t) => {
  await begin()
  const root = t.testdir({})
  const fills = ['1,9', '2,9']
  await fill(FIRST, fills)
  putDayFile(root, FIRST, manyBars(3))
  t.match((await loadDates(pool, directorySource(root), FIRST, FIRST, { dryRun: true })).days, [{ counts: { inserted: 3 } }])
  putDayFile(root, FIRST, [...manyBars(3), 'A010,1,1,2,1,1,1'])
  t.match((await loadDates(pool, directorySource(root), FIRST)).days, [{ code: 'TOO_MANY_REJECTED' }])
  t.same(await stored(FIRST), ['1 9 massive', '2 9 massive'])
  t.same(await revisions(), [])
})

await t.test('a load of selected symbols takes only the fills of what it stores, and the date\'s file the others', async (t) => {
  await begin()
  const root = t.testdir({})
  putDayFile(root, FIRST, manyBars(3))
  await fill(FIRST, ['1,9', '2,9', '25,9'])
  const selected: LoadOptions = { selected: new Set(['A000', 'A020']) }
  t.match((await loadDates(pool, directorySource(root), FIRST, FIRST, selected)).days, [{ outcome: 'loaded', counts: { inserted: 1, removed: 0 } }])
  t.same(await stored(FIRST), ['1 10 file', '2 9 massive', '25 9 massive'])
  t.ok(await isFine())
  t.match((await fill(FIRST, ['1,8', '2,8'])).counts, [{ updated: 1, heldBack: 1 }])
  putDayFile(root, FIRST, manyBars(3, '12'))
  t.match((await loadDates(pool, directorySource(root), FIRST)).days, [{ counts: { inserted: 2, updated: 1, removed: 0 } }])
  t.same(await stored(FIRST), files(3, 12))
  t.same((await revisions()).sort(), ['1 vendor 10 - 1 12 2', '1 vendor 9 massive - 10 1', '2 vendor 8 massive - 12 2', '25 vendor 9 massive - - 2'])
  t.ok(await isFine())
})

await t.test('fills that are on a loaded date all the same are found, and go when it is loaded by force', async (t) => {
  await begin()
  const root = t.testdir({})
  putDayFile(root, FIRST, manyBars(3))
  await loadDates(pool, directorySource(root), FIRST)
  await pool.query(`insert into ohlcv_daily select 20, time, 9, 9, 9, 9, 1, 1, 0, 'massive', 1 from ohlcv_daily where symbol_id = 1`)
  t.notOk(await isFine())
  t.match((await loadDates(pool, directorySource(root), FIRST)).days, [{ outcome: 'unchanged' }], 'the bars of the file are all there')
  await loadDates(pool, directorySource(root), FIRST, FIRST, { force: true })
  t.same(await stored(FIRST), files(3))
  t.ok(await isFine())
})

/** Resolves when so many sessions wait for a lock of fills. */
async function waiting(): Promise<void> {
  const [space, key] = LOCKS.fills(DAY_AGGS)
  for (;;) {
    const { rowCount } = await pool.query(`select from pg_locks where locktype = 'advisory' and classid::bigint = $1 and objid::bigint = $2 and not granted
      and database = (select oid from pg_database where datname = current_database())`, [space, key])
    if (rowCount! > 0) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

await t.test('a merge of fills and one of the date, whichever holds the other up, end in the file\'s bars', async (t) => {
  const root = t.testdir({})
  putDayFile(root, FIRST, manyBars(3))
  const source = directorySource(root)
  await begin()
  let load: Promise<unknown> | undefined
  await fill(FIRST, ['1,9', '20,9'], async () => {
    load = loadDates(pool, source, FIRST)
    await waiting()
  })
  await load
  const after = await stored(FIRST)
  await begin()
  let filled: ReturnType<typeof fill> | undefined
  await loadDates(pool, source, FIRST, FIRST, { async failpoint(name) {
    if (name !== 'before-commit') return
    filled = fill(FIRST, ['1,9', '20,9'])
    await waiting()
  } })
  t.match((await filled)!.counts, [{ inserted: 0, heldBack: 2 }])
  t.same([after, await stored(FIRST)], [files(3), files(3)])
  t.ok(await isFine())
})

await t.test('merges of dates do not wait for each other, and go on while fills come in between', async (t) => {
  await begin()
  const root = t.testdir({})
  const dates = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10', '2025-01-13', '2025-01-14']
  for (const date of dates) putDayFile(root, date, manyBars(30))
  const rounds = dates.map((date) => fill(date, ['1,9', '2,9']))
  const [{ days }] = await Promise.all([loadDates(pool, directorySource(root), '2025-01-06', '2025-01-14', { lanes: 3 }), ...rounds])
  t.same(days.filter(({ outcome }) => outcome === 'loaded').length, dates.length)
  for (const date of dates) t.same(await stored(date), files(30))
  t.ok(await isFine())
})
