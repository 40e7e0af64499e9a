import type pg from 'pg'
import type { Timespan, TimespanName } from '../../datasets/timespan.js'
import { timespanNamed } from '../../datasets/timespans.js'
import type { IsoDate } from '../../domain/dates.js'
import { grouped } from '../../domain/grouped.js'
import type { DateFills } from '../../store/service/asset-fills.js'
import type { GivenBars } from '../../store/service/asset-origins.js'
import { assetsCalled, type Asset } from '../../store/service/assets.js'
import type { BarEdges } from '../../store/service/bar-edges.js'
import { barDates, type BarDates } from './bar-dates.js'
import { coverageOf, listedOn, type Coverage } from './coverage.js'
import { windowsSince, type Clock, type Windows } from './windows.js'

/** The lengths of bars in the order in which they are told. */
const INTERVALS: readonly TimespanName[] = ['day', 'minute', 'hour', 'week', 'month']

/** One security's bars of one length. */
export interface AssetBars {
  asset: string
  /** Null: the universe does not know it. */
  security: Asset | null
  interval: TimespanName
  /** Null where there is no bar, and then all the rest says nothing. */
  edges: BarEdges | null
  coverage: Coverage | null
  has: (date: IsoDate) => boolean
  /** What providers filled in where no file has spoken, by provider. */
  fills: readonly GivenBars[]
}

/** The windows of a length from any date on: those of the earliest date that was asked for hold them all. */
function windowsFrom(interval: TimespanName, clock: Clock): (since: IsoDate) => Windows {
  let known: { since: IsoDate } & Windows | undefined
  return (since) => {
    if (known === undefined || since < known.since) known = { since, ...windowsSince(since, interval, clock) }
    const skipped = known.windows.findIndex(({ last }) => last >= since)
    const from = skipped === -1 ? known.windows.length : skipped
    return { windows: known.windows.slice(from), owed: Math.max(known.owed - from, 0) }
  }
}

/** What is known of one length of bars. */
interface Length extends BarDates {
  timespan: Timespan
  windows: (since: IsoDate) => Windows
}

const NOTHING = { edges: null, coverage: null, has: () => false, fills: [] }

/** The fills of one security, by who gave them. */
function fillsOf(interval: TimespanName, fills: readonly DateFills[]): GivenBars[] {
  return [...grouped(fills, ({ provider }) => [provider])].sort(([one], [other]) => (one < other ? -1 : 1)).map(([provider, given]) => {
    const dates = given.map(({ date }) => date).sort()
    return { interval, provider, bars: given.reduce((sum, { bars }) => sum + bars, 0), first: dates[0]!, last: dates.at(-1)! }
  })
}

function barsOf(security: Asset, { timespan, edges, dates, isLoaded, windows, fills }: Length, clock: Clock): AssetBars {
  const [edge, held] = [edges.get(security.symbolId), dates.get(security.symbolId)]
  const { asset, names, active } = security
  if (!edge || !held) return { asset, security, interval: timespan.name, ...NOTHING }
  const isListed = listedOn(names, active, edge.latestDate)
  const coverage = coverageOf({
    ...windows(edge.firstDate), has: ({ date }) => held.has(date), isListed: ({ last }) => isListed(last), isLoaded: ({ date }) => isLoaded(date),
  }, clock)
  return { asset, security, interval: timespan.name, edges: edge, coverage, has: (date) => held.has(date), fills: fillsOf(timespan.name, fills.filter(({ symbolId }) => symbolId === security.symbolId)) }
}

/** Whether a length is told of a security: days always, minutes once there were files of them, all others where it has bars. */
function isTold({ timespan, edges, hasLoads }: Length, { symbolId }: Asset): boolean {
  return timespan.name === 'day' || hasLoads || edges.has(symbolId)
}

/**
 * How the bars of securities stand that symbols name now, or named last: one symbol after the other as they are given, each length of its bars.
 * @param client in a transaction that is one snapshot
 */
export async function assetBars(client: pg.ClientBase, symbols: readonly string[], clock: Clock): Promise<AssetBars[]> {
  const securities = new Map((await assetsCalled(client, symbols)).map((security) => [security.asset, security]))
  const symbolIds = [...new Set([...securities.values()].map(({ symbolId }) => symbolId))]
  const lengths = await Promise.all(INTERVALS.map(async (name): Promise<Length> => {
    const timespan = timespanNamed(name)
    return { timespan, windows: windowsFrom(name, clock), ...(await barDates(client, timespan, symbolIds)) }
  }))
  return symbols.flatMap((asset) => {
    const security = securities.get(asset)
    if (security === undefined) return [{ asset, security: null, interval: 'day' as const, ...NOTHING }]
    return lengths.filter((length) => isTold(length, security)).map((length) => barsOf(security, length, clock))
  })
}
