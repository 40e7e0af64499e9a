import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { DAY } from '../../../lib/datasets/day-span.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { compareProvider } from '../../../lib/features/compare/provider.js'
import { readProviderComparison } from '../../../lib/features/compare/request.js'
import type { BarSource } from '../../../lib/providers/bar-provider.js'
import { STOOQ } from '../../../lib/providers/stooq/stooq.js'
import { YAHOO } from '../../../lib/providers/yahoo/yahoo.js'
import type { Difference } from '../../../lib/store/compare/differences.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { runtimeOf } from '../../helpers/load.js'
import { giveBars } from '../../helpers/provider-bars.js'
import { RECORDED, withRecorded } from '../../helpers/recorded.js'
import { insertDay, insertRun, insertSymbols, type TestBar } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
const recorded = (name: string): string => path.join(RECORDED, 'recorded', name)

/** The bars of a recorded body of a provider. */
function barsOf({ bars: reader }: BarSource, body: string, symbol: string, start: string, end: string) {
  const periods = DAY.periods({ start: isoDate(start), end: isoDate(end) })
  const { bars } = reader!.read(readFileSync(recorded(body)), symbol, { timespan: 'day', periods, tally: new Tally(10), firstRow: 1 })
  return bars.map(({ slot, open, high, low, close, volume }) => [periods.time(slot), open, high, low, close, volume].join(','))
}

const compared = async (provider: string, against: string | null, start: string, end: string, limit = 1000) =>
  (await compareProvider(runtimeOf(pool), readProviderComparison({ dates: { start: isoDate(start), end: isoDate(end) }, provider, against, limit }))).comparison

const lineOf = ({ start, reason, side, price, percent }: Difference): string => [start, reason, side, price, percent].filter((part) => part !== null).join(' ')

// What is known of them, from two comparisons that were made without this program.
await t.test('TSLA of Yahoo against Stooq, 2010 to 2023: 3,302 days, 37 closes apart, one of them over 1 %', withRecorded, async (t) => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'TSLA']])
  await giveBars(pool, { provider: 'yahoo', basis: 'split', pulled: '2023-08-12T00:00:00Z', bars: barsOf(YAHOO, 'yahoo/TSLA_1d_2010-2023.json', 'TSLA', '2010-06-01', '2023-08-11').map((bar) => `1,${bar}`) })
  await giveBars(pool, { provider: 'stooq', basis: 'total', pulled: '2026-01-29T00:00:00Z', bars: barsOf(STOOQ, 'stooq/tsla_us_d_2026-01-28_pl.csv', 'TSLA', '2010-06-01', '2026-01-28').map((bar) => `1,${bar}`) })
  const { securities, differences } = await compared('yahoo', 'stooq', '2010-06-01', '2023-08-11')
  t.match(securities, [{ symbol: 'TSLA', both: 3302, within: 3265, over1: 1, volumeOver1: 367 }])
  const lines = differences.map(lineOf)
  t.match(lines[0], /^2015-03-12 unexplained close 1\.2/)
  t.equal(lines.filter((line) => line.includes(' close ')).length, 37)
  t.match(lines.slice(37, 40), [/^2010-11-19 high_low low 269/, /^2021-03-04 high_low high 23/, /^2021-03-01 high_low high 17/], 'three false highs and lows of Stooq')
  t.ok(lines.includes('2011-02-17 missing theirs'), 'a session that Stooq lacks')
  t.ok(lines.includes('2010-06-28 range mine'), 'a row of Stooq from before the first day of trading')
})

await t.test('a copy of Stooq of another day says the same but for the volume of its last row', withRecorded, async (t) => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAPL']])
  await giveBars(pool, { provider: 'yahoo', basis: 'split', bars: barsOf(STOOQ, 'stooq/aapl_us_d_2026-01-28_pl.since2015.csv', 'AAPL', '2015-01-01', '2026-02-03').map((bar) => `1,${bar}`) })
  await giveBars(pool, { provider: 'stooq', basis: 'total', bars: barsOf(STOOQ, 'stooq/aapl_us_d_2026-02-03_en.since2015.csv', 'AAPL', '2015-01-01', '2026-02-03').map((bar) => `1,${bar}`) })
  const { securities: [security] } = await compared('yahoo', 'stooq', '2015-01-02', '2026-02-03')
  t.match(security, { onlyMine: 0, onlyTheirs: 4, volumeOver1: 1, volumeOver10: 0, over1: 0, reasons: { range: 4 } })
  t.equal(security!.within, security!.both)
})

await t.test('each pair of cross_provider.csv: alike where nothing is adjusted, and else what is known of splits explains it', withRecorded, async (t) => {
  const rows = readFileSync(recorded('cross_provider.csv'), 'utf8').trim().split('\n').slice(1).map((row) => row.split(','))
  const pairs = new Map<string, string[][]>()
  for (const row of rows) pairs.set(`${row[0]} ${row[1]}`, [...(pairs.get(`${row[0]} ${row[1]}`) ?? []), row])
  await empty(pool)
  const symbols = [...new Set(rows.map(([symbol]) => symbol!))]
  await insertSymbols(pool, symbols.map((symbol, index) => [index + 1, symbol]))
  const idOf = (symbol: string): number => symbols.indexOf(symbol) + 1
  const runId = await insertRun(pool)
  for (const date of ['2019-02-01', '2025-01-21']) {
    const first = rows.filter((row) => row[1] === date && row[2]!.startsWith('polygon'))
    await insertDay(pool, date, { runId, bars: first.map((row): TestBar => [idOf(row[0]!), row[3]!, row[4]!, row[5]!, row[6]!, row[7]!]) })
  }
  const others = (provider: string, basis: 'none' | 'total', of: RegExp) => giveBars(pool, {
    provider, basis, pulled: '2026-01-29T00:00:00Z', bars: rows.filter((row) => of.test(row[2]!)).map((row) => [idOf(row[0]!), row[1], ...row.slice(3, 8)].join(',')),
  })
  await others('stooq', 'total', /^stooq/)
  // Both are as traded.
  await others('legacy', 'none', /^lean|^alpha/)
  // Splits since: AAPL 4 for 1 in 2020, TSLA 5 and 3 for 1 in 2020 and 2022, AMZN 20 for 1 in 2022.
  for (const [symbol, exDate, to] of [['AAPL', '2020-08-31', 4], ['TSLA', '2020-08-31', 5], ['TSLA', '2022-08-25', 3], ['AMZN', '2022-06-06', 20]] as const) {
    await pool.query(`
      insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at) values ($1, $2::date, 'massive', 1, $3, true, $2::date, $4, '', now())`, [idOf(symbol), exDate, to, symbol])
  }
  const judged = async (provider: string) => new Map((await compared(provider, null, '2019-02-01', '2025-01-21')).securities.map((security) => [security.symbol, security]))
  const stooq = await judged('stooq')
  for (const [symbol, both] of [['TSLA', 2], ['AMZN', 1]] as const) t.match(stooq.get(symbol), { both, within: both }, `${symbol} has paid nothing`)
  for (const symbol of ['AAPL', 'XOM', 'JNJ', 'MS']) t.match(stooq.get(symbol), { both: 1, within: 0, over1: 1 }, `${symbol} has paid dividends`)
  t.match(stooq.get('MSFT'), { both: 2, within: 1, over1: 1 }, 'which Stooq has taken out of the prices of 2019, and not of those of 2025')
  const unadjusted = await judged('legacy')
  for (const symbol of ['SPY', 'BAC', 'AIG', 'MSFT', 'TSLA', 'WDAY']) t.match(unadjusted.get(symbol), { both: 1, within: 1 }, `${symbol} is as it was traded`)
  t.same([...unadjusted].filter(([, { volumeOver1 }]) => volumeOver1 === 1).map(([symbol]) => symbol).sort(), ['BAC', 'MSFT', 'SPY', 'WDAY'], 'volumes are 6 to 16 % apart, AIG and TSLA less than one')
  t.equal(pairs.size, [...stooq.values(), ...unadjusted.values()].reduce((sum, { both }) => sum + both, 0) - 2, 'two of the pairs are of three')
})
