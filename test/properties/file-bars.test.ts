import fc from 'fast-check'
import type pg from 'pg'
import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate } from '../../lib/domain/dates.js'
import { FileBars } from '../../lib/features/freshness/file-bars.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { inSnapshot } from '../../lib/postgres/transactions.js'
import { ensurePartitions } from '../../lib/store/bars/partitions.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { storeFetched } from '../helpers/fetched.js'
import { ACCEPTED, directorySource, loadDates, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { inputs, SEED } from './runs.js'

const DATES = ['2025-01-03', '2025-01-06', '2025-01-07'] as const
const SYMBOLS = ['ANCHOR', 'OLD', 'FEW'] as const

const at = fc.nat(DATES.length - 1)
const symbols = fc.subarray([...SYMBOLS], { minLength: 1 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ load: at, symbols, only: fc.option(fc.constantFrom(...SYMBOLS)) }) },
  { weight: 4, arbitrary: fc.record({ fill: at, symbol: fc.constantFrom(...SYMBOLS) }) },
  { weight: 1, arbitrary: fc.record({ unfill: at }) },
  { weight: 1, arbitrary: fc.constant('rename' as const) },
)

await t.test('what is remembered of bars is what there is, after whatever was loaded, filled, taken away or renamed, and whoever was asked for in between', async (t) => {
  const { pool } = await freshDatabase(t)
  await ensurePartitions(pool, DAY_AGGS, isoDate(DATES[0]), isoDate(DATES[2]))
  const root = t.testdir({})
  const source = directorySource(root)
  /** Whether what is told of the securities in a snapshot is what it has. */
  const isRight = async (client: pg.ClientBase, fileBars: FileBars, ids: readonly number[]): Promise<boolean> => {
    const { dates } = await fileBars.datesOf(client, DAY_AGGS, ids)
    const { rows } = await client.query<{ bar: string }>(`select concat_ws(' ', symbol_id, time) as bar from ohlcv_daily where symbol_id = any ($1)`, [ids])
    const told = ids.flatMap((id) => DATES.filter((date) => dates.get(id)!.has(isoDate(date))).map((date) => `${id} ${date}`))
    return JSON.stringify(told.sort()) === JSON.stringify(rows.map(({ bar }) => bar).sort())
  }

  await fc.assert(fc.asyncProperty(fc.array(fc.record({ step, asked: fc.subarray([0, 1, 2, 3]) }), { minLength: 6, maxLength: 12 }), async (steps) => {
    await empty(pool)
    await registerSymbols(pool, SYMBOLS)
    const fileBars = new FileBars()
    const idOf = async (symbol: string, date: string): Promise<number | undefined> =>
      (await pool.query<{ id: number }>('select symbol_id as id from ticker_symbols where symbol = $1 and valid @> $2::date', [symbol, date])).rows[0]?.id
    const doStep = async ({ step, asked }: (typeof steps)[number]): Promise<number[]> => {
      if (step === 'rename') {
        await renameSymbol(runtimeOf(pool), { oldSymbol: 'OLD', newSymbol: 'FEW', on: isoDate(DATES[1]), reused: false, ...ACCEPTED }).catch(() => undefined)
      } else if ('load' in step) {
        putDayFile(root, DATES[step.load]!, step.symbols.map((symbol) => `${symbol},10,10,10,10,100,1`))
        await loadDates(pool, source, DATES[step.load]!, DATES[step.load], { accept: true, ...(step.only !== null && { selected: new Set([step.only]) }) })
      } else if ('fill' in step) {
        const date = DATES[step.fill]!
        const symbolId = await idOf(step.symbol, date)
        if (symbolId !== undefined) await storeFetched(pool, { requests: [{ symbol: step.symbol, start: date, bars: [`${symbolId},${date},10`] }] })
      } else {
        await pool.query('delete from ohlcv_daily where filled_by is not null and time = $1', [DATES[step.unfill]])
      }
      const securities = (await pool.query<{ id: number }>('select symbol_id as id from tickers order by 1')).rows.map(({ id }) => id)
      const ids = asked.flatMap((place) => securities[place] ?? [])
      return ids
    }
    for (const each of steps) {
      // Somebody looks as of before, while others look as of after.
      const right = await inSnapshot(pool, async (earlier) => {
        await earlier.query('select')
        const ids = await doStep(each)
        return Promise.all([isRight(earlier, fileBars, ids), inSnapshot(pool, (client) => isRight(client, fileBars, ids))])
      })
      if (right.includes(false)) return false
    }
    return true
  }), { numRuns: inputs(t, 8), seed: SEED, endOnFailure: true })
})

await t.test('bars that somebody took away behind the ledger are missed after an hour', async (t) => {
  const { pool } = await freshDatabase(t)
  const root = t.testdir({})
  await registerSymbols(pool, SYMBOLS)
  putDayFile(root, DATES[0], ['ANCHOR,10,10,10,10,100,1'])
  await loadDates(pool, directorySource(root), DATES[0], DATES[0])
  const clock = { now: 0 }
  const fileBars = new FileBars(() => clock.now)
  const { rows: [bar] } = await pool.query<{ id: number }>('select symbol_id as id from ohlcv_daily')
  const isThere = async () => (await inSnapshot(pool, (client) => fileBars.datesOf(client, DAY_AGGS, [bar!.id]))).dates.get(bar!.id)!.has(isoDate(DATES[0]))
  t.equal(await isThere(), true)
  await pool.query('delete from ohlcv_daily')
  clock.now += 3_599_999
  t.equal(await isThere(), true, 'it is remembered')
  clock.now += 1
  t.equal(await isThere(), false)
})
