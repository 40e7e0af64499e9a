import type pg from 'pg'
import type { CalendarOverride } from '../../calendar/calendar.js'
import { DATASETS } from '../../datasets/datasets.js'
import { DAY_AGGS } from '../../datasets/day.js'
import { addDays } from '../../domain/dates.js'
import { wallTime } from '../../domain/zone.js'
import type { DatasetSituation, Situation, Thresholds } from '../../features/alerts/situation.js'
import type { Clock } from '../../features/freshness/windows.js'
import { inSnapshot } from '../../postgres/transactions.js'
import type { ProviderLimits } from '../../providers/limits.js'
import { undeliverableChannels } from '../../store/alerts/undeliverable.js'
import { overridesSince } from '../../store/calendar/overrides.js'
import { absences, datesMiscounted, judgedSince, unmended, type Mismatch } from '../../store/quality/lately.js'
import { renamesTold, symbolsFirstSeen } from '../../store/universe/news.js'
import { datasetSituation, type FilesSituation } from './files.js'
import { gapsOf } from './gaps.js'
import { diskSituation, providerSituation, type DiskPlace } from './surroundings.js'
import { fetchedOfLate, watchedSituation } from './watched.js'
import { workSituation } from './work.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** News is as old as this at most, and of dates that are. */
const NEWS_DAYS = 7
const RECENT_DAYS = 30
/** What waits longer to be sent does not get through. */
const WAITING_MS = HOUR_MS

/** What a look depends on besides what is stored. */
export interface SituationOptions extends Clock {
  thresholds: Thresholds
  /** The symbols whose bars are looked at one by one. */
  watch: readonly string[]
  limits: readonly ProviderLimits[]
  /** Where something is written on this machine, those that matter most first. */
  disks: readonly DiskPlace[]
}

function changeInWords({ kind, closes, reason }: CalendarOverride): string {
  if (kind === 'early') return `closes at ${closes} (${reason})`
  return kind === 'closed' ? `is closed (${reason})` : `is open all day (${reason})`
}

async function mismatches(client: pg.ClientBase, { now }: Clock, { horizonStart }: DatasetSituation): Promise<Mismatch[]> {
  const found = [...(await datesMiscounted(client, horizonStart)), ...(await unmended(client, new Date(now.getTime() - NEWS_DAYS * DAY_MS)))]
  const dates = new Map(found.map((mismatch) => [`${mismatch.dataset} ${mismatch.date}`, mismatch]))
  return [...dates].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, mismatch]) => mismatch)
}

/** Everything that rules judge by, as of one moment: of the sessions of the horizon and of what happened of late, and nothing of the years before. */
export async function situationOf(db: pg.Pool, options: SituationOptions): Promise<Situation> {
  const { calendar, publication, now, thresholds, watch, limits, disks } = options
  const today = wallTime(now, calendar.exchange.zone).date
  const newsSince = new Date(now.getTime() - NEWS_DAYS * DAY_MS)
  const stored = await inSnapshot(db, async (client) => {
    const datasets: FilesSituation[] = []
    for (const dataset of DATASETS) datasets.push(await datasetSituation(client, dataset, options))
    const days = datasets.find(({ dataset }) => dataset === DAY_AGGS.name)!
    const judged = await judgedSince(client, days.horizonStart)
    const sessions = judged.map(({ date }) => date).filter((date) => calendar.session(date) !== undefined)
    const again = await fetchedOfLate(client, watch, now)
    const isKeptUp = again.length > 0 || datasets.some((files) => files.isKeptUp)
    const newSymbols = []
    for (const { dataset, firstLoaded, horizonStart } of datasets) if (firstLoaded !== null) newSymbols.push(...(await symbolsFirstSeen(client, dataset, horizonStart)))
    return {
      datasets, newSymbols, ...(await workSituation(client, { now, datasets, isKeptUp })),
      assets: await watchedSituation(client, { ...options, datasets, judged: sessions, again }),
      gaps: gapsOf(await absences(client, sessions), sessions, watch),
      qualityDates: judged.map(({ date, score }) => ({ date, score: Number(score) })),
      checksumMismatches: await mismatches(client, options, days),
      providers: await providerSituation(client, now, limits),
      undeliverable: await undeliverableChannels(client, new Date(now.getTime() - WAITING_MS), new Date(now.getTime() - DAY_MS)),
      symbolChanges: await renamesTold(client, newsSince, addDays(today, -RECENT_DAYS)),
      calendarChanges: (await overridesSince(client, calendar.exchange.code, newsSince, today)).map((change) => ({
        id: [change.date, change.kind, change.closes].filter((part) => part !== null).join(' '), date: change.date, what: changeInWords(change),
      })),
    }
  })
  return { now, calendar, publication, thresholds, ...stored, disks: await diskSituation(disks) }
}
