import type pg from 'pg'
import { vendorsOf, type Vendor } from '../../features/fetch/vendors/vendors.js'
import { inSnapshot } from '../../postgres/transactions.js'
import { openFindingsOf } from '../../store/quality/findings-list.js'
import { latestAlerts } from '../../store/alerts/latest.js'
import { givenBeside, type GivenBars } from '../../store/service/asset-origins.js'
import type { Asset } from '../../store/service/assets.js'
import { recentQuality } from '../../store/service/recent-quality.js'
import { securityNamed } from '../../store/universe/security-named.js'
import type { Security } from '../../store/universe/symbols.js'
import { watchedAssets, type WatchedAsset } from './assets.js'
import { RECENT, type SummaryOptions } from './summary.js'

/** Everything about one security. */
export interface AssetDetail {
  /** What it is called now, or was at last. */
  symbol: string
  security: Asset
  /** Others that the symbol asked for has named. */
  others: readonly Security[]
  intervals: readonly WatchedAsset[]
  fills: readonly GivenBars[]
  /** What providers gave, whether or not it stands. */
  beside: readonly GivenBars[]
  vendors: readonly Vendor[]
  openFindings: number
}

/**
 * Everything about the security that a symbol names now, or named last, watched or not; as of one moment.
 * @throws UsageError where the universe lacks the symbol
 */
export async function assetDetail(pool: pg.Pool, asked: string, options: Omit<SummaryOptions, 'watch' | 'thinBelow'>): Promise<AssetDetail> {
  return inSnapshot(pool, async (client) => {
    const [{ symbol, security: { symbolId }, others }, quality, vendors, alerts] = await Promise.all([
      securityNamed(client, asked, null), recentQuality(client, RECENT), vendorsOf(client, options.now), latestAlerts(client, [asked]),
    ])
    const [intervals, beside, openFindings] = await Promise.all([
      watchedAssets(client, { ...options, watch: [asked], judged: quality.dates, vendors, alerts: alerts.latest }),
      givenBeside(client, symbolId), openFindingsOf(client, symbolId),
    ])
    return { symbol, security: intervals[0]!.security!, others, intervals, fills: intervals.flatMap(({ fills }) => fills), beside, vendors, openFindings }
  }, true)
}
