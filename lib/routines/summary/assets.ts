import type pg from 'pg'
import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import { timespanNamed } from '../../datasets/timespans.js'
import type { Vendor } from '../../features/fetch/vendors/vendors.js'
import { assetBars, type AssetBars } from '../../features/freshness/assets.js'
import type { Clock } from '../../features/freshness/windows.js'
import type { Queryable } from '../../postgres/database.js'
import { checksumsOn } from '../../store/ledger/days.js'
import type { Alert } from '../../store/alerts/latest.js'
import { securityQuality } from '../../store/service/recent-quality.js'

/** One security's bars of one length, with all that is told of them. */
export interface WatchedAsset extends AssetBars {
  isStale: boolean
  quality: string | null
  vendor: { provider: string; state: Vendor['state'] } | null
  /** The latest date it has a bar on, as its file left it as a whole. */
  checksum: { date: IsoDate; value: string } | null
  lastAlert: Alert | null
}

/** What is told of assets is looked up in these. */
export interface Surroundings extends Clock {
  staleAfter: number
  watch: readonly string[]
  /** The latest dates that were judged. */
  judged: readonly IsoDate[]
  vendors: readonly Vendor[]
  /** Those that are open and the latest about each thing, in this order. */
  alerts: readonly Alert[]
}

async function checksumsOf(db: Queryable, assets: readonly AssetBars[]): Promise<(asset: AssetBars) => string | undefined> {
  const found = new Map(await Promise.all((['day', 'minute'] as const).map(async (interval): Promise<[string, Map<IsoDate, string>]> => {
    const dates = assets.flatMap((asset) => (asset.interval === interval && asset.edges ? [asset.edges.latestDate] : []))
    return [interval, dates.length === 0 ? new Map() : await checksumsOn(db, timespanNamed(interval).fills!.name, dates)]
  })))
  return ({ interval, edges }) => (edges ? found.get(interval)?.get(edges.latestDate) : undefined)
}

/** The scores of securities on the dates, by their days. */
async function qualitiesOf(db: Queryable, assets: readonly AssetBars[], judged: readonly IsoDate[]): Promise<Map<number, string | null>> {
  const days = assets.filter(({ interval, security }) => timespanNamed(interval).fills === DAY_AGGS && security !== null)
  return securityQuality(db, days.map(({ security }) => security!.symbolId), days.map(({ has }) => judged.filter((date) => has(date)).length), judged)
}

/** The watched assets, each length of their bars. @param client in a transaction that is one snapshot */
export async function watchedAssets(client: pg.ClientBase, { watch, judged, vendors, alerts, staleAfter, ...options }: Surroundings): Promise<WatchedAsset[]> {
  const assets = await assetBars(client, watch, options)
  const [checksumOf, qualities] = await Promise.all([checksumsOf(client, assets), qualitiesOf(client, assets, judged)])
  const states = new Map(vendors.map(({ provider, state }) => [provider, state]))
  return assets.map((asset) => {
    const { interval, security, edges, coverage } = asset
    const value = checksumOf(asset)
    return {
      ...asset,
      isStale: coverage !== null && coverage.lagMinutes > staleAfter,
      quality: interval === 'day' && security ? qualities.get(security.symbolId) ?? null : null,
      vendor: edges?.provider == null ? null : { provider: edges.provider, state: states.get(edges.provider) ?? 'unknown' },
      checksum: value === undefined || !edges ? null : { date: edges.latestDate, value },
      lastAlert: alerts.find(({ symbol, symbols, timespan }) => (symbol === asset.asset || symbols.includes(asset.asset)) && (timespan ?? interval) === interval) ?? null,
    }
  })
}
