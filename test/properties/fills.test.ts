import fc from 'fast-check'
import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate } from '../../lib/domain/dates.js'
import { undated } from '../../lib/formats/listing.js'
import { verify } from '../../lib/features/verify/verify.js'
import { importListings } from '../../lib/features/universe/import.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { ensurePartitions } from '../../lib/store/bars/partitions.js'
import { coverageFaults } from '../helpers/coverage.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { AUTHORITY, storeFetched } from '../helpers/fetched.js'
import { ACCEPTED, directorySource, loadDates, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { inputs, SEED } from './runs.js'

const DATES = ['2025-01-06', '2025-01-07'] as const
type Price = Readonly<Record<string, number>>

/** Two versions of each date's file. OLD is called NEW from the second date on, and GONE has its last day on the first. */
const FILES: readonly (readonly [Price, Price])[] = [
  [{ ANCHOR: 1, OLD: 10, GONE: 30, FEW: 40 }, { ANCHOR: 1, OLD: 11, GONE: 30 }],
  [{ ANCHOR: 1, NEW: 20, GONE: 31 }, { ANCHOR: 1, NEW: 20, GONE: 32, FEW: 41 }],
]
const SYMBOLS = ['OLD', 'NEW', 'GONE', 'FEW', 'NOFILE']

/** What there should be, by date and the symbol that each bar came under, worked out from what was done. */
class Model {
  readonly bars = new Map<string, { price: number; by: string }>()
  readonly #loaded = new Set<number>()
  readonly #unnamed = new Set<string>()

  names(symbol: string, date: number): boolean {
    return !this.#unnamed.has(`${date} ${symbol}`)
  }

  /** Nothing stands where a file or somebody trusted more has spoken. */
  fill(by: string, symbol: string, date: number, price: number): void {
    const before = this.bars.get(`${date} ${symbol}`)
    if (this.#loaded.has(date) || before?.by === 'file' || (before && AUTHORITY.indexOf(before.by) < AUTHORITY.indexOf(by))) return
    this.bars.set(`${date} ${symbol}`, { price, by })
  }

  load(date: number, file: Price): void {
    for (const key of this.bars.keys()) if (key.startsWith(`${date} `)) this.bars.delete(key)
    for (const symbol of Object.keys(file)) this.loadOnly(date, file, symbol)
    this.#loaded.add(date)
  }

  loadOnly(date: number, file: Price, symbol: string): void {
    if (this.names(symbol, date)) this.bars.set(`${date} ${symbol}`, { price: file[symbol]!, by: 'file' })
  }

  end(symbol: string): void {
    this.#unnamed.add(`1 ${symbol}`)
    this.bars.delete(`1 ${symbol}`)
  }

  lines(): string[] {
    return [...this.bars].map(([key, { price, by }]) => `${key} ${price} ${by}`).sort()
  }
}

const date = fc.nat(1)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ fill: fc.constantFrom('massive', 'other'), symbol: fc.constantFrom(...SYMBOLS), dates: fc.constantFrom([0], [1], [0, 1]), price: fc.constantFrom(10, 20, 31, 99) }) },
  { weight: 2, arbitrary: fc.record({ load: date, version: date }) },
  { weight: 3, arbitrary: fc.record({ only: date, version: date, symbol: fc.constantFrom(...SYMBOLS) }) },
  { weight: 2, arbitrary: fc.constantFrom('rename' as const, 'drop' as const) },
)

await t.test('fills, files, loads of selected symbols, a rename and the end of a symbol leave in every order what each of them calls for', async (t) => {
  const { pool } = await freshDatabase(t)
  await ensurePartitions(pool, DAY_AGGS, isoDate(DATES[0]), isoDate(DATES[1]))
  const root = t.testdir({})
  const source = directorySource(root)
  const publish = (at: number, version: number): Price => {
    const file = FILES[at]![version]!
    putDayFile(root, DATES[at]!, Object.entries(file).map(([symbol, price]) => [symbol, price, price, price, price, 100, 1].join(',')))
    return file
  }
  const securityOn = async (symbol: string, at: number): Promise<number> =>
    (await pool.query<{ id: number }>('select symbol_id as id from ticker_symbols where symbol = $1 and valid @> $2::date', [symbol, DATES[at]])).rows[0]!.id
  const stored = async (): Promise<string[]> =>
    (await pool.query<{ bar: string }>(`
      select concat_ws(' ', (time > $1)::integer, coalesce(s.symbol, '#' || o.symbol_id), close, coalesce(filled_by, 'file')) as bar
      from ohlcv_daily o left join ticker_symbols s on s.symbol_id = o.symbol_id and s.valid @> o.time`, [DATES[0]])).rows.map(({ bar }) => bar).sort()

  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
    await empty(pool)
    await registerSymbols(pool, ['ANCHOR', ...SYMBOLS])
    const model = new Model()
    for (const step of steps) {
      if (step === 'rename') {
        await renameSymbol(runtimeOf(pool), { oldSymbol: 'OLD', newSymbol: 'NEW', on: isoDate(DATES[1]), reused: false, ...ACCEPTED })
        model.end('OLD')
      } else if (step === 'drop') {
        await importListings(runtimeOf(pool), { listings: { rows: [{ ...undated(2, 'GONE', {}), to: isoDate(DATES[1]) }], testIssues: 0 }, cause: 'import', ...ACCEPTED })
        model.end('GONE')
      } else if ('fill' in step) {
        const named = step.dates.filter((at) => model.names(step.symbol, at))
        if (named.length === 0) continue
        const bars = await Promise.all(named.map(async (at) => `${await securityOn(step.symbol, at)},${DATES[at]},${step.price}`))
        await storeFetched(pool, { provider: step.fill, requests: [{ symbol: step.symbol, start: DATES[named[0]!], end: DATES[named.at(-1)!], bars }] })
        for (const at of named) model.fill(step.fill, step.symbol, at, step.price)
      } else if ('load' in step) {
        const file = publish(step.load, step.version)
        await loadDates(pool, source, DATES[step.load]!, DATES[step.load], { accept: true })
        model.load(step.load, file)
      } else if (model.names(step.symbol, step.only) && step.symbol in FILES[step.only]![step.version]!) {
        const file = publish(step.only, step.version)
        await loadDates(pool, source, DATES[step.only]!, DATES[step.only], { accept: true, selected: new Set([step.symbol]) })
        model.loadOnly(step.only, file, step.symbol)
      }
      if (JSON.stringify(await stored()) !== JSON.stringify(model.lines()) || (await coverageFaults(pool)).length > 0) return false
    }
    const { changed, unledgered } = await verify(pool, { dataset: DAY_AGGS, range: { start: null, end: null }, signal: new AbortController().signal, onPlan() {}, onStep() {} })
    // A load of selected symbols after that of the date is told as a change, and is one.
    const faults = changed.filter(({ subsetLoadId, fills, faults }) => subsetLoadId === null || fills > 0 || faults.length > 0)
    return faults.length === 0 && unledgered.every(({ strayRows, strayFills }) => strayRows + strayFills === 0)
  }), { numRuns: inputs(t, 10), seed: SEED, endOnFailure: true })
})
