import type pg from 'pg'
import { publication } from '../../calendar/publication.js'
import { grouped } from '../../domain/grouped.js'
import type { Metrics } from '../../domain/metric.js'
import { addDays, type DateRange, type IsoDate } from '../../domain/dates.js'
import { VERSION } from '../../domain/version.js'
import { wallTime } from '../../domain/zone.js'
import type { Dataset } from '../../datasets/dataset.js'
import { DATASETS } from '../../datasets/datasets.js'
import { DAY_AGGS } from '../../datasets/day.js'
import { CHANNEL_NAMES } from '../../features/alerts/channel.js'
import type { DatasetSituation } from '../../features/alerts/situation.js'
import { ALERT_KINDS, SEVERITIES } from '../../features/alerts/trouble.js'
import { vendorsOf } from '../../features/fetch/vendors/vendors.js'
import { freshnessOf } from '../../features/freshness/dataset.js'
import type { Clock } from '../../features/freshness/windows.js'
import { metricsOf } from '../../features/metrics/families.js'
import { WINDOW_DAYS, type DatasetFigures, type Figures, type QuotaFigures, type WatchedFigures } from '../../features/metrics/figures.js'
import { DAY_STATES } from '../../features/status/day-state.js'
import { survey, type DayStatus } from '../../features/status/survey.js'
import { inSnapshot } from '../../postgres/transactions.js'
import type { ProviderLimits } from '../../providers/limits.js'
import { quotaUse, type QuotaUse } from '../../store/fetches/quota.js'
import { lastLook, openAlerts, openedAlerts, sentNotices, unsentNotices, type OpenAlerts } from '../../store/metrics/alerts.js'
import { databaseFigures, fileBars, fileFigures } from '../../store/metrics/files.js'
import { providerTotals } from '../../store/metrics/providers.js'
import { openByRule, qualityFigures } from '../../store/metrics/quality.js'
import { lastRuns, openJobs, outcomeCounts, runCounts } from '../../store/metrics/runs.js'
import { failuresByKind } from '../../store/runs/failures.js'
import { successRate } from '../../store/runs/success-rate.js'
import { recentQuality } from '../../store/service/recent-quality.js'
import { datasetSituation } from '../monitor/files.js'
import { fetchedOfLate, watchedSituation } from '../monitor/watched.js'
import { RECENT } from '../summary/summary.js'

const DAY_MS = 86_400_000
/** The states that a provider can be in. */
const VENDOR_STATES = ['ok', 'rate_limited', 'unavailable', 'unknown'] as const
/** What metrics depend on besides what is stored. */
export interface MetricsOptions extends Clock {
  /** How often providers may be asked. */
  limits: readonly ProviderLimits[]
  /** The symbols of the securities that are watched. */
  watch: readonly string[]
}

/** How a kind of files stands, with the days of the window. */
interface Stand {
  figures: DatasetFigures
  days: readonly DayStatus[]
}

/** How a kind of files stands: all its sessions by the ledger, those of the last days also by what was tried. */
async function standOf(db: pg.ClientBase, dataset: Dataset, window: DateRange, clock: Clock): Promise<Stand> {
  // No date is thin: that is a matter of how many bars it has.
  const { days, sessions } = await survey(db, { ...clock, dataset, range: window, thinBelow: 0 })
  const [first] = sessions
  const { lagMinutes, owed, loaded, nextDue } = freshnessOf(sessions, clock)
  const since = days.filter(({ date }) => first !== undefined && date >= first)
  const states = DAY_STATES.map((state) => ({ state, dates: since.filter((day) => day.state === state).length }))
  return { days: since, figures: { dataset: dataset.name, lagMinutes, owed, loaded, nextDue: nextDue.at, states } }
}

/** How fresh the bars of watched securities are, by their length: as the look for what is wrong finds it. */
async function watchedOf(db: pg.ClientBase, { watch, ...clock }: Clock & Pick<MetricsOptions, 'watch'>): Promise<WatchedFigures[]> {
  const datasets: DatasetSituation[] = []
  for (const dataset of DATASETS) datasets.push(await datasetSituation(db, dataset, clock))
  const assets = await watchedSituation(db, { ...clock, watch, datasets, judged: [], again: await fetchedOfLate(db, watch, clock.now) })
  return [...grouped(assets, ({ timespan }) => [timespan])].map(([interval, own]) => (
    { interval, lagMinutes: Math.max(...own.map(({ lagMinutes }) => lagMinutes)), lacking: own.filter(({ owed }) => owed.length > 0).length }))
}

/** Whether a session is not loaded by the time at which its file counts as missing. */
function isLacking({ date, session, rowCount }: DayStatus, { calendar, publication: rule, now }: Clock): boolean {
  return session && rowCount === null && publication(calendar, date, rule).missingFrom <= now
}

/** What is left of the limits of days and months. */
function quotasOf(limits: readonly ProviderLimits[], used: ReadonlyMap<string, QuotaUse>): QuotaFigures[] {
  return limits.flatMap(({ name: provider, perDay, perMonth }) => ([['day', perDay], ['month', perMonth]] as const)
    .flatMap(([period, limit]) => (limit === null ? [] : [{ provider, period, limit, used: used.get(provider)?.[period] ?? 0 }])))
}

/** The open incidents, with a zero where there is none: a rule that asks of a metric hears nothing of one that is not there. */
function openOfAll(open: readonly OpenAlerts[]): OpenAlerts[] {
  return ALERT_KINDS.flatMap((kind) => SEVERITIES.map((severity) => ({ kind, severity, alerts: open.find((found) => found.kind === kind && found.severity === severity)?.alerts ?? 0 })))
}

async function figuresOf(db: pg.ClientBase, { limits, watch, ...clock }: MetricsOptions): Promise<Figures & { made: Date }> {
  const { now, calendar } = clock
  const since = new Date(now.getTime() - WINDOW_DAYS * DAY_MS)
  const today: IsoDate = wallTime(now, calendar.exchange.zone).date
  const window = { start: addDays(today, -WINDOW_DAYS), end: today }
  const stands: Stand[] = []
  for (const dataset of DATASETS) stands.push(await standOf(db, dataset, window, clock))
  const daily = stands.find(({ figures }) => figures.dataset === DAY_AGGS.name)!
  const database = await databaseFigures(db)
  return {
    at: now, version: VERSION, nodeVersion: process.versions.node, database, made: database.made,
    datasets: stands.map(({ figures }) => figures).filter(({ dataset, lagMinutes }) => dataset === DAY_AGGS.name || lagMinutes !== null),
    watched: await watchedOf(db, { ...clock, watch }), files: await fileFigures(db), fileBars: await fileBars(db),
    runs: await runCounts(db, since), lastRuns: await lastRuns(db, since), success: await successRate(db, since), outcomes: await outcomeCounts(db, since),
    failures: await failuresByKind(db, { since, kinds: null }), jobs: await openJobs(db),
    quality: (await recentQuality(db, RECENT)).score, judged: await qualityFigures(db, window.start), findings: await openByRule(db),
    lackingSessions: daily.days.filter((day) => isLacking(day, clock)).length,
    vendors: await vendorsOf(db, now), vendorStates: VENDOR_STATES, quotas: quotasOf(limits, await quotaUse(db)), providers: await providerTotals(db, WINDOW_DAYS),
    openAlerts: openOfAll(await openAlerts(db)), openedAlerts: await openedAlerts(db, since), sent: await sentNotices(db, CHANNEL_NAMES, since), unsent: await unsentNotices(db, CHANNEL_NAMES, since), look: await lastLook(db),
  }
}

/** All metrics, from the ledger as it is at one moment: whoever asks, and however often processes were started since, gets the same. */
export async function metrics(pool: pg.Pool, options: MetricsOptions): Promise<Metrics> {
  const { made, ...figures } = await inSnapshot(pool, (client) => figuresOf(client, options))
  return { at: figures.at, since: made, metrics: metricsOf(figures) }
}
