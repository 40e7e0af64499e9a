import type pg from 'pg'
import { publication } from '../../calendar/publication.js'
import { DAY_AGGS } from '../../datasets/day.js'
import type { Timespan } from '../../datasets/timespan.js'
import { TIMESPANS } from '../../datasets/timespans.js'
import { addDays, type IsoDate } from '../../domain/dates.js'
import { wallTime } from '../../domain/zone.js'
import type { AssetSituation, DatasetSituation } from '../../features/alerts/situation.js'
import { barEdges } from '../../features/freshness/bar-dates.js'
import { listedOn } from '../../features/freshness/coverage.js'
import { latestOwed, windowsSince, type Clock, type Window } from '../../features/freshness/windows.js'
import { barsOnDates } from '../../store/bars/bars-on-dates.js'
import { assetsCalled, type Asset } from '../../store/service/assets.js'
import type { BarEdges } from '../../store/service/bar-edges.js'
import { fetchedAgain, type KeptUp } from '../../store/service/file-lateness.js'
import { securityQuality } from '../../store/service/recent-quality.js'

/** So long ago a length may have been fetched to count as kept up; months are fetched once a month. */
const KEPT_UP_DAYS = 65
/** Calendar days that surely hold the latest windows that are owed. */
const DAYS_BACK: Readonly<Record<Timespan['name'], number>> = { minute: 30, hour: 30, day: 30, week: 100, month: 400 }

/** What the bars of watched securities are judged by. */
export interface WatchedOptions extends Clock {
  watch: readonly string[]
  datasets: readonly DatasetSituation[]
  /** The latest dates that were judged. */
  judged: readonly IsoDate[]
  /** Which lengths of them are fetched again and again. */
  again: readonly KeptUp[]
}

/** Which lengths of the symbols are fetched again and again. */
export function fetchedOfLate(client: pg.ClientBase, watch: readonly string[], now: Date): Promise<KeptUp[]> {
  return fetchedAgain(client, watch, new Date(now.getTime() - KEPT_UP_DAYS * 86_400_000))
}

/** Whose bars of a length are owed, and since when there are any. */
interface Followed {
  asset: Asset
  edges: BarEdges
}

/** The windows of which each has to have a bar: where files bring them those that the files owe, else the latest ones. */
function windowsOf({ asset: { names, active }, edges }: Followed, timespan: Timespan, files: DatasetSituation | undefined, clock: Clock): readonly Window[] {
  const isListed = listedOn(names, active, edges.latestDate)
  const earliest = addDays(wallTime(clock.now, clock.calendar.exchange.zone).date, -DAYS_BACK[timespan.name])
  const owed = files?.owed.filter(({ due }) => due <= clock.now).map(({ date }) => ({ date, last: date }))
    ?? latestOwed(windowsSince(edges.firstDate > earliest ? edges.firstDate : earliest, timespan.name, clock))
  return owed.filter(({ last }) => last >= edges.firstDate && isListed(last))
}

async function barsOf(client: pg.ClientBase, timespan: Timespan, assets: readonly Asset[], { datasets, ...clock }: WatchedOptions): Promise<Omit<AssetSituation, 'quality'>[]> {
  const files = datasets.find(({ dataset, firstLoaded }) => dataset === timespan.fills?.name && firstLoaded !== null)
  if (assets.length === 0 || (files !== undefined && files.owed.length === 0)) return []
  const edges = await barEdges(client, timespan, assets.map(({ symbolId }) => symbolId))
  const followed = assets.flatMap((asset) => {
    const found = edges.get(asset.symbolId)
    return found === undefined ? [] : [{ asset, edges: found }]
  })
  const windows = new Map(followed.map((each) => [each.asset.asset, windowsOf(each, timespan, files, clock)]))
  const dates = [...new Set([...windows.values()].flatMap((owed) => owed.map(({ date }) => date)))]
  if (dates.length === 0) return []
  const there = new Set((await barsOnDates(client, timespan, followed.map(({ asset }) => asset.symbolId), dates)).map(({ symbolId, date }) => `${symbolId} ${date}`))
  return followed.map(({ asset: { asset: symbol, symbolId }, edges: { provider } }) => {
    const owed = windows.get(symbol)!.filter(({ date }) => !there.has(`${symbolId} ${date}`)).map(({ date, last }) => ({ date, due: publication(clock.calendar, last, clock.publication).due }))
    const lagMinutes = owed.length === 0 ? 0 : Math.max(Math.floor((clock.now.getTime() - owed[0]!.due.getTime()) / 60_000), 0)
    return { symbol, timespan: timespan.name, dataset: files?.dataset ?? null, provider, lagMinutes, owed }
  })
}

/** The scores of securities on the dates that were judged last. */
async function qualityOf(client: pg.ClientBase, assets: readonly Asset[], judged: readonly IsoDate[]): Promise<Map<number, string | null>> {
  if (judged.length === 0) return new Map()
  const symbolIds = assets.map(({ symbolId }) => symbolId)
  const bars = await barsOnDates(client, DAY_AGGS, symbolIds, judged)
  return securityQuality(client, symbolIds, symbolIds.map((id) => bars.filter(({ symbolId }) => symbolId === id).length), judged)
}

/** How the bars of watched securities stand: their days, and each length of which something is owed. A length that is only fetched is owed once it was fetched again and again. */
export async function watchedSituation(client: pg.ClientBase, options: WatchedOptions): Promise<AssetSituation[]> {
  const { watch, datasets, judged } = options
  const assets = (await assetsCalled(client, watch)).sort((a, b) => watch.indexOf(a.asset) - watch.indexOf(b.asset))
  const again = new Set(options.again.map(({ symbol, timespan }) => `${symbol} ${timespan}`))
  const found: Omit<AssetSituation, 'quality'>[] = []
  for (const timespan of TIMESPANS) {
    const hasFiles = datasets.some(({ dataset, firstLoaded }) => dataset === timespan.fills?.name && firstLoaded !== null)
    found.push(...(await barsOf(client, timespan, hasFiles ? assets : assets.filter(({ asset }) => again.has(`${asset} ${timespan.name}`)), options)))
  }
  const qualities = await qualityOf(client, assets, judged)
  return assets.flatMap(({ asset: symbol, symbolId }) => {
    const score = qualities.get(symbolId) ?? null
    const quality = score === null ? null : Number(score)
    const own = found.filter((bars) => bars.symbol === symbol).map((bars): AssetSituation => ({ ...bars, quality: bars.timespan === 'day' ? quality : null }))
    if (own.some(({ timespan }) => timespan === 'day')) return own
    const files = datasets.find(({ dataset, firstLoaded }) => dataset === DAY_AGGS.name && firstLoaded !== null)
    return [...own, { symbol, timespan: 'day', dataset: files?.dataset ?? null, provider: files?.provider ?? null, lagMinutes: 0, owed: [], quality }]
  })
}
