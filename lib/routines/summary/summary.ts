import type pg from 'pg'
import { DATASETS } from '../../datasets/datasets.js'
import { DAY_AGGS } from '../../datasets/day.js'
import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { undeliveredAt } from '../../features/alerts/undelivered.js'
import { vendorsOf, type Vendor } from '../../features/fetch/vendors/vendors.js'
import { freshnessOf, type Freshness } from '../../features/freshness/dataset.js'
import type { Clock } from '../../features/freshness/windows.js'
import { attentionOf, type Attention } from '../../features/status/attention.js'
import { survey, type Survey } from '../../features/status/survey.js'
import type { Queryable } from '../../postgres/database.js'
import { inSnapshot } from '../../postgres/transactions.js'
import { openFindings } from '../../store/quality/findings-list.js'
import { lastCheck } from '../../store/alerts/check.js'
import type { Undeliverable } from '../../store/alerts/undeliverable.js'
import { latestAlerts, type Alert } from '../../store/alerts/latest.js'
import { recentQuality } from '../../store/service/recent-quality.js'
import { runsAlive } from '../../store/service/running.js'
import { watchedAssets, type WatchedAsset } from './assets.js'
import { plannedDates, type RunningRun } from './running.js'

/** So long after something last looked whether all is well it is late. */
const CHECKER_MS = 20 * 60_000
/** Dates that have been judged whose scores are told together. */
export const RECENT = 20

/** What a summary depends on besides what is stored. */
export interface SummaryOptions extends Clock {
  /** Percent of the usual number of bars below which a date is thin. */
  thinBelow: number
  /** Minutes of lag above which data is stale. */
  staleAfter: number
  /** The symbols that are told of one by one. */
  watch: readonly string[]
}

/** How one kind of bars stands as a whole. */
export interface Whole {
  dataset: Dataset
  survey: Survey
  firstLoaded: IsoDate | null
  freshness: Freshness
  isStale: boolean
  attention: readonly Attention[]
  openFindings: number | null
  quality: string | null
}

/** What there is, how fresh, how good and from where. */
export interface Summary {
  at: Date
  /** Whether all is well, something else than a late file needs a person, a file is late, or nothing was ever loaded. */
  verdict: 'current' | 'attention' | 'stale' | 'empty'
  datasets: readonly Whole[]
  assets: readonly WatchedAsset[]
  vendors: readonly Vendor[]
  alerts: { open: number; latest: readonly Alert[]; undeliverable: readonly Undeliverable[] }
  running: readonly RunningRun[]
  checker: { checkedAt: Date | null; isLate: boolean }
}

async function wholeOf(db: Queryable, dataset: Dataset, quality: string | null, { calendar, publication, now, thinBelow, staleAfter }: SummaryOptions): Promise<Whole> {
  const isJudged = dataset.name === DAY_AGGS.name
  const [found, open] = await Promise.all([
    survey(db, { dataset, calendar, publication, now, thinBelow, range: { start: null, end: null } }), isJudged ? openFindings(db, { start: null, end: null }) : null,
  ])
  const freshness = freshnessOf(found.sessions, { calendar, publication, now })
  return {
    dataset, survey: found, freshness, firstLoaded: found.sessions[0] ?? null, isStale: freshness.lagMinutes !== null && freshness.lagMinutes > staleAfter,
    attention: attentionOf(found.days, dataset), openFindings: open, quality: isJudged ? quality : null,
  }
}

/** Whether anything was ever tried with a kind of bars. */
function isKnown({ survey: { latestLoaded, days } }: Whole): boolean {
  return latestLoaded !== null || days.some(({ attempt }) => attempt !== null)
}

function verdictOf(datasets: readonly Whole[], assets: readonly WatchedAsset[], openAlerts: number): Summary['verdict'] {
  const hasFiles = datasets.some(({ firstLoaded }) => firstLoaded !== null)
  const stale = assets.some(({ isStale }) => isStale)
  if (!hasFiles && assets.every(({ edges }) => edges === null)) return 'empty'
  if (datasets.some(({ isStale }) => isStale) || (!hasFiles && stale)) return 'stale'
  return stale || openAlerts > 0 || datasets.some(({ attention }) => attention.some(({ finding }) => !finding)) ? 'attention' : 'current'
}

/** What there is, how fresh, how good and from where, as of one moment. */
export async function summary(pool: pg.Pool, options: SummaryOptions): Promise<Summary> {
  return inSnapshot(pool, (client) => summaryAt(client, options), true)
}

async function summaryAt(client: pg.ClientBase, options: SummaryOptions): Promise<Summary> {
  const { now, calendar } = options
  const quality = await recentQuality(client, RECENT)
  const [wholes, vendors, alerts, undeliverable, check, running] = await Promise.all([
    Promise.all(DATASETS.map((dataset) => wholeOf(client, dataset, quality.score, options))), vendorsOf(client, now),
    latestAlerts(client, options.watch), undeliveredAt(client, now), lastCheck(client), runsAlive(client),
  ])
  const datasets = wholes.filter((whole) => whole.dataset.name === DAY_AGGS.name || isKnown(whole))
  const assets = await watchedAssets(client, { ...options, judged: quality.dates, vendors, alerts: alerts.latest })
  // Once there is a monitor it is what has to go on looking, however well others do.
  const checkedAt = check?.checkedAt ?? vendors.reduce<Date | null>((latest, { checkedAt }) => (checkedAt !== null && (latest === null || checkedAt > latest) ? checkedAt : latest), null)
  return {
    at: now, verdict: verdictOf(datasets, assets, alerts.open), datasets, assets, vendors, alerts: { ...alerts, undeliverable },
    running: running.map((run) => ({ ...run, planned: plannedDates(run, calendar) })),
    checker: { checkedAt, isLate: checkedAt !== null && now.getTime() - checkedAt.getTime() > CHECKER_MS },
  }
}
