import type pg from 'pg'
import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import { timespanNamed } from '../../datasets/timespans.js'
import type { Vendor } from '../../features/fetch/vendors/vendors.js'
import { assetBars, type AssetBars, type AssetsOptions } from '../../features/freshness/assets.js'
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
export interface Surroundings extends AssetsOptions {
  staleAfter: number
  watch: readonly string[]
  /** The latest dates that were judged. */
  judged: readonly IsoDate[]
  vendors: readonly Vendor[]
  /** Those that are open and the latest about each thing, in this order. */
  alerts: readonly Alert[]
}

async function checksumsOf(db: pg.Pool, assets: readonly AssetBars[]): Promise<(asset: AssetBars) => string | undefined> {
  const found = new Map<string, Map<IsoDate, string>>()
  for (const interval of ['day', 'minute'] as const) {
    const dates = assets.flatMap((asset) => (asset.interval === interval && asset.edges ? [asset.edges.latestDate] : []))
    if (dates.length > 0) found.set(interval, await checksumsOn(db, timespanNamed(interval).fills!.name, dates))
  }
  return ({ interval, edges }) => (edges ? found.get(interval)?.get(edges.latestDate) : undefined)
}

/** The scores of securities on the dates, by their days. */
async function qualitiesOf(db: pg.Pool, assets: readonly AssetBars[], judged: readonly IsoDate[]): Promise<Map<number, string | null>> {
  const days = assets.filter(({ interval, security }) => timespanNamed(interval).fills === DAY_AGGS && security !== null)
  return securityQuality(db, days.map(({ security }) => security!.symbolId), days.map(({ has }) => judged.filter((date) => has(date)).length), judged)
}

/** The watched assets, each length of their bars. */
export async function watchedAssets(db: pg.Pool, { watch, judged, vendors, alerts, staleAfter, ...options }: Surroundings): Promise<WatchedAsset[]> {
  const assets = await assetBars(db, watch, options)
  const [checksumOf, qualities] = [await checksumsOf(db, assets), await qualitiesOf(db, assets, judged)]
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
