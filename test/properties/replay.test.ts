import fc from 'fast-check'
import t from 'tap'
import { replayAnswers } from '../../lib/features/fetch/answers/replay.js'
import { openAnswers } from '../../lib/transport/answers/answers.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { keepFetch } from '../helpers/kept-fetches.js'
import { registerSymbols, runtimeOf } from '../helpers/load.js'
import { barsAnswer, groupedAnswer } from '../helpers/massive-answers.js'
import { inputs, SEED } from './runs.js'

const DATES = ['2025-01-06', '2025-01-07', '2025-01-08'] as const
const SYMBOLS = ['AAA', 'BBB'] as const

/** A request of a symbol with a price by date, or of all symbols on a date with a price by symbol; 0: the answer has no such bar. */
const request = fc.record({
  symbol: fc.constantFrom(...SYMBOLS, null),
  date: fc.nat(2),
  // Few, so that equal ones come again.
  prices: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }),
  withdrawn: fc.boolean(),
})
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never

/** What is done to a stored bar behind the fetches' back. */
const damage = fc.constantFrom('delete from ohlcv_daily', 'update ohlcv_daily set close = 9, high = 9', 'update ohlcv_daily set fetch_id = null, volume = 7',
  'update ohlcv_daily set close = 9, high = 9, fetch_id = 1000')

/** The bars that a request gives, as `symbol date`. */
function given({ symbol, date, prices }: Request): [string, number][] {
  const all = symbol === null ? SYMBOLS.map((name, index) => [`${name} ${DATES[date]}`, prices[index]!] as [string, number]) : DATES.map((day, index) => [`${symbol} ${day}`, prices[index]!] as [string, number])
  return all.filter(([, price]) => price > 0)
}

/** Of each bar the price of the latest request that has it and counts. */
function expected(requests: readonly Request[]): string[] {
  return [...new Map(requests.filter(({ withdrawn }) => !withdrawn).flatMap(given))].map(([bar, price]) => `${bar} ${price}`).sort()
}

const { pool } = await freshDatabase(t)
const answers = openAnswers(t.testdir({}), {})

async function stored(): Promise<string[]> {
  const { rows } = await pool.query<{ bar: string }>(`select concat_ws(' ', symbol, time, close) as bar from ohlcv_daily join ticker_symbols using (symbol_id) where filled_by = 'massive' order by 1`)
  return rows.map(({ bar }) => bar)
}

async function replay(): Promise<number> {
  const { timespans } = await replayAnswers(runtimeOf(pool), answers, { job: null, provider: null, symbols: null, grouped: false, timespans: null, range: null, dry_run: false })
  return timespans.reduce((sum, { inserted, updated, removed }) => sum + inserted + updated + removed, 0)
}

await t.test('whatever was asked for, taken back and changed by hand: a replay gives the latest answers that count, and the next one nothing', async (t) => {
  await fc.assert(fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(damage, fc.constantFrom(...DATES)), { maxLength: 3 }), async (requests, damages) => {
    await empty(pool)
    await registerSymbols(pool, SYMBOLS)
    for (const asked of requests) {
      const { symbol, date, prices } = asked
      const rows = symbol === null ? SYMBOLS.flatMap((name, index) => (prices[index]! > 0 ? [`${name} ${prices[index]}`] : [])) : DATES.flatMap((day, index) => (prices[index]! > 0 ? [`${day} ${prices[index]}`] : []))
      const start = symbol === null ? DATES[date]! : DATES[0]
      await keepFetch(pool, answers, { symbol, start, end: symbol === null ? start : DATES[2], bodies: [symbol === null ? groupedAnswer(start, rows) : barsAnswer(symbol, 'day', rows)] })
      // Now and then, as after a fetch.
      if (date === 0) await replay()
    }
    await pool.query('update fetches set withdrawn_at = now() where fetch_id = any ($1)', [requests.flatMap(({ withdrawn }, index) => (withdrawn ? [index + 1] : []))])
    await replay()
    t.same(await stored(), expected(requests))
    for (const [change, date] of damages) await pool.query(`${change} where time = '${date}'`)
    await replay()
    t.same(await stored(), expected(requests))
    return (await replay()) === 0
  }), { numRuns: inputs(t, 12), seed: SEED })
})
