import path from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { isoDate } from '../../lib/domain/dates.js'
import { replayAnswers } from '../../lib/features/fetch/answers/replay.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { openAnswers } from '../../lib/transport/answers/answers.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { ACCEPTED, directorySource, loadDates, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { startRestServer } from '../helpers/rest-server.js'
import { FetchHome, fetchIn } from '../reliability/fetching.js'
import { inputs, SEED } from './runs.js'

const DATES = ['2025-01-06', '2025-01-07', '2025-01-08']
/** The one that is renamed has its new symbol from here on. */
const RENAMED_ON = DATES[1]!
const SYMBOLS = ['AAA', 'BBB', 'OLD']
const symbolOn = (symbol: string, date: string): string => (symbol === 'OLD' && date >= RENAMED_ON ? 'NEW' : symbol)

/** Whose fill stands over those after it; `stooq` fills nothing. */
const PROVIDERS = ['massive', 'alpha_vantage', 'stooq', 'yahoo'] as const
type By = (typeof PROVIDERS)[number]

/** What there should be, by date and security, worked out from what was done. */
class Model {
  readonly #bars = new Map<string, { date: string; bar: string; by: 'file' | By }>()
  readonly #beside = new Map<string, string>()
  readonly #loaded = new Set<string>()

  /** A date with a file is not asked for as a whole. */
  isLoaded(date: string): boolean {
    return this.#loaded.has(date)
  }

  fetched(date: string, symbol: string, bar: string, by: By): void {
    this.#beside.set(`${by} ${date} ${symbol}`, bar)
    const before = this.#bars.get(`${date} ${symbol}`)?.by
    if (by === 'stooq' || this.#loaded.has(date) || before === 'file' || (before && PROVIDERS.indexOf(before) < PROVIDERS.indexOf(by))) return
    this.#bars.set(`${date} ${symbol}`, { date, bar, by })
  }

  loaded(date: string, bars: readonly (readonly [symbol: string, bar: string])[], isWhole: boolean): void {
    if (isWhole) {
      this.#loaded.add(date)
      for (const [key, bar] of this.#bars) if (bar.date === date) this.#bars.delete(key)
    }
    for (const [symbol, bar] of bars) this.#bars.set(`${date} ${symbol}`, { date, bar, by: 'file' })
  }

  lines(): string[] {
    return [...[...this.#bars].map(([key, { bar, by }]) => `${key} ${bar} ${by}`), ...[...this.#beside].map(([key, bar]) => `${key} ${bar}`)].sort()
  }
}

const at = fc.nat(DATES.length - 1)
const range = fc.tuple(at, at).map((both) => both.toSorted((a, b) => a - b))
const few = fc.subarray(SYMBOLS, { minLength: 1 })
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ fetch: range, symbols: few, market: fc.nat(2), by: fc.constantFrom(...PROVIDERS) }) },
  { weight: 2, arbitrary: fc.record({ grouped: range, market: fc.nat(2) }) },
  // A file of market 3 agrees with none of the answers, others with some of them.
  { weight: 3, arbitrary: fc.record({ load: at, market: fc.nat(3), symbols: fc.option(few, { freq: 1 }), lacks: fc.constantFrom(...SYMBOLS, null) }) },
  { weight: 1, arbitrary: fc.constant('rename' as const) },
)

t.setTimeout(300_000)
await t.test('day files, fetches of each provider, grouped fetches, loads of selected symbols and a rename leave in every order what each of them calls for, and replays too', async (t) => {
  const { pool } = await freshDatabase(t)
  const ended = { first: DATES[0]!, last: '2025-01-10' }
  const securities = { AAA: ended, BBB: { ...ended, splits: [{ date: '2025-01-08', from: 1, to: 4 }], dividends: [{ date: '2025-01-07', amount: '0.25' }] }, OLD: { ...ended, last: '2025-01-06' }, NEW: { ...ended, first: RENAMED_ON } }
  const markets = await Promise.all([1, 2, 3, 4].map((seed) => Promise.all(PROVIDERS.map((dialect) => startRestServer({ dialect, seed, securities, whole: true, now: () => runtimeOf(pool).now() })))))
  t.teardown(() => Promise.all(markets.flat().map((market) => market.close())))
  const [root, home] = [t.testdir({}), new FetchHome(t.testdir({ home: {} }))]
  const server = (market: number, by: By) => markets[market]![PROVIDERS.indexOf(by)]!
  const barOf = (market: number, symbol: string, date: string, by: By = 'massive'): string => {
    const { open, high, low, close, volume, transactions } = server(market, 'massive').market.bars(symbolOn(symbol, date), 'day', { start: date, end: date })[0]!
    // What stooq gives is adjusted for all there has been since.
    return by === 'stooq' ? 'adjusted' : [open, high, low, close, volume, ...(by === 'massive' ? [transactions] : [])].join(',')
  }
  const symbol = `(select replace(symbol, 'NEW', 'OLD') from ticker_symbols s where s.symbol_id = o.symbol_id and valid @> o.time)`
  const stored = async (): Promise<string[]> => (await pool.query<{ bar: string }>(`
    select concat_ws(' ', time, ${symbol}, concat_ws(',', open, high, low, close, volume, transactions), coalesce(filled_by, 'file')) as bar from ohlcv_daily o
    union all
    select concat_ws(' ', provider, time, ${symbol}, case when provider = 'stooq' then 'adjusted' else concat_ws(',', open, high, low, close, volume, transactions) end)
    from provider_bars o where basis = 'none' or provider = 'stooq'`)).rows.map(({ bar }) => bar).sort()
  const replay = async (): Promise<number> => {
    const answers = openAnswers(path.join(home.folder, 'raw'), {})
    const { timespans, failures } = await replayAnswers(runtimeOf(pool), answers, { job: null, provider: null, symbols: null, grouped: true, timespans: null, range: null, dry_run: false })
    if (failures.length > 0) throw new Error(failures[0]!.message)
    return timespans.reduce((sum, { inserted, updated, removed, beside }) => sum + inserted + updated + removed + beside, 0)
  }

  let jobs = 0
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
    await empty(pool)
    await registerSymbols(pool, [...SYMBOLS, 'NEW'])
    const model = new Model()
    for (const step of [...steps.filter((step) => step === 'rename').slice(0, 1), ...steps.filter((step) => step !== 'rename')].toSorted((a, b) => steps.indexOf(a) - steps.indexOf(b))) {
      const job = { id: `j${++jobs}`, isNew: true }
      if (step === 'rename') {
        await renameSymbol(runtimeOf(pool), { oldSymbol: 'OLD', newSymbol: 'NEW', on: isoDate(RENAMED_ON), reused: false, ...ACCEPTED })
      } else if ('fetch' in step) {
        const [start, end] = step.fetch.map((index) => DATES[index]!)
        // By the symbols of each time, which are those of one security once that is told.
        const symbols = step.symbols.flatMap((symbol) => (symbol === 'OLD' ? ['OLD', 'NEW'] : [symbol]))
        await fetchIn(pool, home, server(step.market, step.by), { dates: { start, end }, symbols, timespans: ['day'], provider: step.by }, { job })
        for (const date of DATES.filter((date) => date >= start! && date <= end!)) for (const symbol of step.symbols) model.fetched(date, symbol, barOf(step.market, symbol, date, step.by), step.by)
      } else if ('grouped' in step) {
        const [start, end] = step.grouped.map((index) => DATES[index]!)
        await fetchIn(pool, home, server(step.market, 'massive'), { dates: { start, end }, grouped: true }, { job })
        for (const date of DATES.filter((date) => date >= start! && date <= end! && !model.isLoaded(date))) for (const symbol of SYMBOLS) model.fetched(date, symbol, barOf(step.market, symbol, date), 'massive')
      } else {
        const date = DATES[step.load]!
        const listed = SYMBOLS.filter((symbol) => step.symbols !== null || symbol !== step.lacks)
        const bars = listed.map((symbol) => [symbol, barOf(step.market, symbol, date)] as const)
        putDayFile(root, date, bars.map(([symbol, bar]) => `${symbolOn(symbol, date)},${bar}`))
        const selected = step.symbols && new Set(step.symbols.map((symbol) => symbolOn(symbol, date)))
        await loadDates(pool, directorySource(root), date, date, { selected, accept: true })
        model.loaded(date, bars.filter(([symbol]) => step.symbols === null || step.symbols.includes(symbol)), step.symbols === null)
      }
    }
    const expected = model.lines()
    const hold = async (when: string) => {
      const found = await stored()
      if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${when}: found\n${found.join('\n')}\nexpected\n${expected.join('\n')}`)
    }
    await hold('after all of it')
    if ((await replay()) > 0) throw new Error('a replay changes something')
    await pool.query(`truncate provider_bars; delete from ohlcv_daily where filled_by is not null`)
    await replay()
    await hold('replayed')
  }), { numRuns: inputs(t, 12), seed: SEED, endOnFailure: true, includeErrorInReport: true })
})
