import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type pg from 'pg'
import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { MINUTE_AGGS } from '../../lib/datasets/minute.js'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import { isoDate } from '../../lib/domain/dates.js'
import { UsageError } from '../../lib/domain/errors.js'
import { barDates } from '../../lib/features/freshness/bar-dates.js'
import { importListings } from '../../lib/features/universe/import.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { undated } from '../../lib/formats/listing.js'
import { inSnapshot } from '../../lib/postgres/transactions.js'
import { symbolChanges } from '../../lib/store/bars/symbol-changes.js'
import { ensurePartitions } from '../../lib/store/bars/partitions.js'
import { fillsByDate } from '../../lib/store/service/asset-fills.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { storeFetched, type FetchedRequest } from '../helpers/fetched.js'
import { ACCEPTED, dayFilePath, directorySource, loadDates, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { plansOf } from '../helpers/plans.js'
import { inputs, SEED } from './runs.js'

const DATES = ['2025-01-03', '2025-01-06', '2025-01-07'] as const
const SYMBOLS = ['ANCHOR', 'OLD', 'FEW'] as const

const at = fc.nat(DATES.length - 1)
const symbols = fc.subarray([...SYMBOLS], { minLength: 1 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ load: at, symbols, only: fc.option(fc.constantFrom(...SYMBOLS)) }) },
  { weight: 4, arbitrary: fc.record({ fill: at, symbol: fc.constantFrom(...SYMBOLS), isGrouped: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ unfill: at }) },
  { weight: 1, arbitrary: fc.record({ rename: fc.constantFrom(...SYMBOLS), to: fc.constantFrom(...SYMBOLS, 'NEW'), on: at, reused: fc.boolean() }) },
  // From then on it names a security, of its own where it named another before.
  { weight: 1, arbitrary: fc.record({ listed: fc.constantFrom(...SYMBOLS), from: at }) },
)

await t.test('on which dates securities have bars is told as it is, after whatever was loaded, filled, taken away or renamed, as of before and as of after', async (t) => {
  const { pool } = await freshDatabase(t)
  await ensurePartitions(pool, DAY_AGGS, isoDate(DATES[0]), isoDate(DATES[2]))
  const root = t.testdir({})
  const source = directorySource(root)
  const refused = (error: unknown): void => {
    if (!(error instanceof UsageError)) throw error
  }
  /** Whether what is told of the securities in a snapshot is what it has. */
  const isRight = async (client: pg.ClientBase, ids: readonly number[]): Promise<boolean> => {
    const { dates, edges, fills } = await barDates(client, timespanNamed('day'), ids)
    const { rows } = await client.query<{ id: number; date: string; provider: string; filled: boolean }>(`
      select symbol_id as id, time::text as date, coalesce(filled_by, (select provider from lineage l where l.load_id = b.load_id)) as provider, filled_by is not null as filled
      from ohlcv_daily b where symbol_id = any ($1) order by symbol_id, time`, [ids])
    const filled = rows.flatMap(({ id, date, provider, filled }) => (filled ? `${id} ${date} ${provider} 1` : []))
    return fills.map(({ symbolId, date, provider, bars }) => `${symbolId} ${date} ${provider} ${bars}`).sort().join() === filled.sort().join() && ids.every((id) => {
      const bars = rows.filter((row) => row.id === id)
      const [told, { firstDate, latestDate, provider } = {}] = [DATES.filter((date) => dates.get(id)?.has(isoDate(date))), edges.get(id)]
      return told.join(' ') === bars.map(({ date }) => date).join(' ') && firstDate === bars[0]?.date && latestDate === bars.at(-1)?.date && provider === bars.at(-1)?.provider
    })
  }
  /** Whether the symbols that changed between two dates are told as the bars of files have it. */
  const areChangesRight = async (earlier: string, later: string): Promise<boolean> => {
    const { missing, added } = await symbolChanges(pool, DAY_AGGS, isoDate(earlier), isoDate(later))
    const { rows } = await pool.query<{ symbol: string; on: string }>(`
      with bars as (
        select coalesce(symbol, '#' || symbol_id) as symbol, symbol_id, time from ohlcv_daily left join ticker_symbols using (symbol_id)
        where filled_by is null and (valid is null or valid @> time)
      )
      select symbol, time::text as on from bars b
      where time = any (array[$1, $2]::date[]) and not exists (select from bars o where o.symbol_id = b.symbol_id and o.time <> b.time and o.time = any (array[$1, $2]::date[]))`, [earlier, later])
    const told = [...missing.map((symbol) => `${symbol} ${earlier}`), ...added.map((symbol) => `${symbol} ${later}`)]
    return told.sort().join() === rows.map(({ symbol, on }) => `${symbol} ${on}`).sort().join()
  }

  await fc.assert(fc.asyncProperty(fc.array(fc.record({ step, asked: fc.subarray([0, 1, 2, 3]) }), { minLength: 6, maxLength: 12 }), async (steps) => {
    await empty(pool)
    await registerSymbols(pool, SYMBOLS)
    const idOf = async (symbol: string, date: string): Promise<number | undefined> =>
      (await pool.query<{ id: number }>('select symbol_id as id from ticker_symbols where symbol = $1 and valid @> $2::date', [symbol, date])).rows[0]?.id
    const doStep = async ({ step, asked }: (typeof steps)[number]): Promise<number[]> => {
      if ('rename' in step) {
        await renameSymbol(runtimeOf(pool), { oldSymbol: step.rename, newSymbol: step.to, on: isoDate(DATES[step.on]!), reused: step.reused, ...ACCEPTED }).catch(refused)
      } else if ('listed' in step) {
        await importListings(runtimeOf(pool), { listings: { rows: [{ ...undated(2, step.listed, {}), from: isoDate(DATES[step.from]!) }], testIssues: 0 }, cause: 'import', ...ACCEPTED }).catch(refused)
      } else if ('load' in step) {
        putDayFile(root, DATES[step.load]!, step.symbols.map((symbol) => `${symbol},10,10,10,10,100,1`))
        await loadDates(pool, source, DATES[step.load]!, DATES[step.load], { accept: true, ...(step.only !== null && { selected: new Set([step.only]) }) })
      } else if ('fill' in step) {
        const date = DATES[step.fill]!
        const symbolId = await idOf(step.symbol, date)
        if (symbolId !== undefined) await storeFetched(pool, { requests: [{ symbol: step.isGrouped ? null : step.symbol, start: date, bars: [`${symbolId},${date},10`] }] })
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
        return Promise.all([isRight(earlier, ids), inSnapshot(pool, (client) => isRight(client, ids))])
      })
      if (right.includes(false) || !(await areChangesRight(DATES[0], DATES[1])) || !(await areChangesRight(DATES[1], DATES[2]))) return false
    }
    return true
  }), { numRuns: inputs(t, 8), seed: SEED, endOnFailure: true })
})

await t.test('of minutes the first and the latest instant are told, whether files or fills gave them', async (t) => {
  const { pool } = await freshDatabase(t)
  const [BEFORE, SPRING, AFTER] = ['2025-03-07', '2025-03-10', '2025-03-11'] as const
  await ensurePartitions(pool, MINUTE_AGGS, isoDate(BEFORE), isoDate(AFTER))
  await registerSymbols(pool, ['AAA', 'BBB'])
  const ids = (await pool.query<{ id: number }>('select symbol_id as id from tickers order by symbol')).rows.map(({ id }) => id)
  const root = t.testdir({})
  // Clocks go forward on Sunday 9 March: 09:30 in New York is 14:30 UTC on Friday and 13:30 on Monday.
  const file = (date: string, rows: readonly [symbol: string, instant: string][]): void => {
    const to = path.join(root, dayFilePath(MINUTE_AGGS, date))
    mkdirSync(path.dirname(to), { recursive: true })
    writeFileSync(to, gzipSync(['ticker,volume,open,close,high,low,window_start,transactions', ...rows.map(([symbol, instant]) => `${symbol},100,10,10,10,10,${Date.parse(instant)}000000,1`), ''].join('\n')))
  }
  file(BEFORE, [['AAA', '2025-03-07T14:30:00Z'], ['AAA', '2025-03-07T20:59:00Z']])
  file(SPRING, [['AAA', '2025-03-10T13:30:00Z'], ['AAA', '2025-03-10T19:58:00Z']])
  await loadDates(pool, directorySource(root), BEFORE, SPRING, { dataset: MINUTE_AGGS })
  const told = async () => inSnapshot(pool, async (client) => {
    const { dates, edges } = await barDates(client, timespanNamed('minute'), ids)
    return ids.map((id) => [[...dates.get(id) ?? []].sort().join(' '), [edges.get(id)?.first, edges.get(id)?.latest].map((time) => (time instanceof Date ? time.toISOString() : time)), edges.get(id)?.provider])
  })
  t.same(await told(), [[`${BEFORE} ${SPRING}`, ['2025-03-07T14:30:00.000Z', '2025-03-10T19:58:00.000Z'], 'massive'], ['', [undefined, undefined], undefined]])
  // The last minutes of Friday and of Monday in New York are of the next day in UTC.
  const fill = (requests: readonly FetchedRequest[]) => storeFetched(pool, { timespan: 'minute', provider: 'other', requests })
  await fill([{ symbol: 'BBB', start: BEFORE, bars: [`${ids[1]},2025-03-08T04:59:00Z,10`] }, { symbol: 'BBB', start: SPRING, bars: [`${ids[1]},2025-03-11T03:59:00Z,10`] }])
  t.same((await told())[1], ['', [undefined, undefined], undefined], 'dates that have files have no fills')
  await fill([{ symbol: 'AAA', start: AFTER, bars: [`${ids[0]},2025-03-11T13:31:00Z,10`] }, { symbol: 'BBB', start: AFTER, bars: [`${ids[1]},2025-03-12T03:59:00Z,10`, `${ids[1]},2025-03-11T04:00:00Z,10`] }])
  const filled = [AFTER, ['2025-03-11T04:00:00.000Z', '2025-03-12T03:59:00.000Z'], 'other']
  t.same(await told(), [[`${BEFORE} ${SPRING} ${AFTER}`, ['2025-03-07T14:30:00.000Z', '2025-03-11T13:31:00.000Z'], 'other'], filled])

  await renameSymbol(runtimeOf(pool), { oldSymbol: 'BBB', newSymbol: 'CCC', on: isoDate('2025-03-12'), reused: false, ...ACCEPTED })
  t.same((await told())[1], filled, 'found by what it was called')
  await pool.query('delete from ohlcv_minute where symbol_id = $1 and time in ($2, $3, $4)', [ids[0], '2025-03-07T14:30:00Z', '2025-03-10T13:30:00Z', '2025-03-10T19:58:00Z'])
  await pool.query('delete from ohlcv_minute where symbol_id = $1 and filled_by is not null', [ids[0]])
  t.same((await told())[0], [`${BEFORE} ${SPRING}`, ['2025-03-07T20:59:00.000Z', '2025-03-10T04:00:00.000Z'], undefined], 'of dates whose bars somebody has taken away, what loads have kept')
})

await t.test('requests for others are not looked at for the fills of a security', async (t) => {
  const { pool } = await freshDatabase(t)
  const client = await pool.connect()
  await client.query('begin; set local enable_seqscan = off')
  const plans = await plansOf(client, (explained) => fillsByDate(explained, timespanNamed('day'), [1]))
  await client.query('rollback')
  client.release()
  t.match(plans.join('\n'), /Scan (on|using) fetches_symbol/)
  t.notMatch(plans.join('\n'), /Seq Scan on fetches/)
})
