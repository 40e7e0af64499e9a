import t from 'tap'
import fc from 'fast-check'
import { isoDate } from '../../lib/domain/dates.js'
import { compareProvider } from '../../lib/features/compare/provider.js'
import { readProviderComparison } from '../../lib/features/compare/request.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { runtimeOf } from '../helpers/load.js'
import { giveBars } from '../helpers/provider-bars.js'
import { insertSymbols } from '../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
const RUNS = { numRuns: 8, seed: 20_250_109 }

const price = fc.integer({ min: 1, max: 10_000_000 }).map((parts) => `${parts / 10_000}`)
const volume = fc.integer({ min: 0, max: 1_000_000_000 }).map(String)
const day = fc.integer({ min: 1, max: 28 }).map((date) => `2025-02-${String(date).padStart(2, '0')}`)
/** A bar of one of two securities; provisional ones among them. */
const bar = fc.record({ symbolId: fc.constantFrom(1, 2), day, prices: fc.tuple(price, price, price, price), volume, provisional: fc.boolean() })
const bars = fc.uniqueArray(bar, { minLength: 1, maxLength: 40, selector: ({ symbolId, day: date }) => `${symbolId} ${date}` })
type Bars = ReturnType<typeof bars.generate>['value']

const lines = (given: Bars): string[] => given.map(({ symbolId, day: date, prices, volume: shares, provisional }) => [symbolId, date, ...prices, shares, ...(provisional ? ['p'] : [])].join(','))
/** Whether there is a security of which both have bars: else there is nothing to compare. */
const shared = (mine: Bars, theirs: Bars): boolean => mine.some(({ symbolId }) => theirs.some((other) => other.symbolId === symbolId))
const dates = { start: isoDate('2025-02-01'), end: isoDate('2025-02-28') }
const compared = async (provider: string, against: string) => (await compareProvider(runtimeOf(pool), readProviderComparison({ dates, provider, against, limit: 1000 }))).comparison

async function given(sides: Readonly<Record<string, Bars>>): Promise<void> {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB']])
  for (const [provider, of] of Object.entries(sides)) await giveBars(pool, { provider, basis: provider === 'yahoo' ? 'split' : 'total', bars: lines(of) })
}

await t.test('a provider differs in nothing from itself, whatever it says', async () => {
  await fc.assert(fc.asyncProperty(bars, async (of) => {
    await given({ yahoo: of })
    const { securities, differences } = await compared('yahoo', 'yahoo')
    return differences.length === 0 && securities.every((found) => found.within === found.both && found.onlyMine + found.onlyTheirs + found.volumeOver1 === 0)
      && securities.reduce((sum, { both }) => sum + both, 0) === of.length
  }), RUNS)
})

await t.test('volumes never change which closes agree, nor a reason', async () => {
  await fc.assert(fc.asyncProperty(bars, bars, fc.array(volume, { minLength: 40, maxLength: 40 }), async (mine, theirs, volumes) => {
    fc.pre(shared(mine, theirs))
    await given({ yahoo: mine, stooq: theirs })
    const before = await compared('yahoo', 'stooq')
    await given({ yahoo: mine, stooq: theirs.map((of, index) => ({ ...of, volume: volumes[index]! })) })
    const after = await compared('yahoo', 'stooq')
    const judged = ({ securities, differences }: typeof before) => JSON.stringify([
      securities.map(({ volumeOver1: _, volumeOver10: __, ...found }) => found), differences.map(({ start, end, reason, percent, rank }) => [start, end, reason, percent, rank]),
    ])
    return judged(before) === judged(after)
  }), RUNS)
})

await t.test('what both have and what one of them has is every bar, each difference counted once', async () => {
  await fc.assert(fc.asyncProperty(bars, bars, async (mine, theirs) => {
    fc.pre(shared(mine, theirs))
    await given({ yahoo: mine, stooq: theirs })
    const { securities, differences } = await compared('yahoo', 'stooq')
    const sum = (of: (security: (typeof securities)[number]) => number): number => securities.reduce((total, security) => total + of(security), 0)
    const counted = sum(({ reasons }) => Object.values(reasons).reduce((total, count) => total + count, 0))
    const known = new Set(mine.map(({ symbolId }) => symbolId))
    return sum(({ both, onlyMine }) => both + onlyMine) === mine.length
      && sum(({ both, onlyTheirs }) => both + onlyTheirs) === theirs.filter(({ symbolId }) => known.has(symbolId)).length
      && counted === differences.reduce((total, { bars: count }) => total + count, 0)
      && differences.every(({ rank }, index) => index === 0 || differences[index - 1]!.rank <= rank)
  }), RUNS)
})
