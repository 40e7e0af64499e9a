import { publication } from '../../../calendar/publication.js'
import { DATASETS } from '../../../datasets/datasets.js'
import type { DatasetSituation, OwedDate, Situation } from '../situation.js'
import type { AlertKind, Details, Trouble } from '../trouble.js'
import { staleAfterFor } from './stale-after.js'
import { clockTime, lasting, minutesSince, named, ofSymbols } from './words.js'

type DateKind = Extract<AlertKind, 'stale' | 'missing' | 'failed'>

/** A date that is told, and as what. */
interface ToldDate extends OwedDate {
  kind: DateKind
  isLate: boolean
}

const WORST: readonly DateKind[] = ['failed', 'missing', 'stale']

/** What has to be told of a date; undefined: nothing yet. A failure is told at once, as long as somebody can mend it in time. */
function toldOf(owed: OwedDate, staleAfter: number, { calendar, publication: rule, now }: Situation): ToldDate | undefined {
  const isLate = minutesSince(owed.due, now) > staleAfter
  if (owed.state === 'failed') return { ...owed, kind: 'failed', isLate }
  const isPastGrace = publication(calendar, owed.date, rule).missingFrom <= now
  if (owed.state === 'missing' || (isLate && isPastGrace)) return { ...owed, kind: 'missing', isLate: true }
  return isLate ? { ...owed, kind: 'stale', isLate } : undefined
}

/** What became of a date, in words. */
const inWords = ({ kind, state, code }: ToldDate): string => {
  if (kind === 'failed') return `could not be loaded${code === null ? '' : ` (${code})`}`
  if (kind === 'stale') return 'is late'
  return state === 'missing' ? 'is missing: the source has no file' : 'is missing: it was not loaded'
}

function summaryOf({ dataset }: DatasetSituation, dates: readonly ToldDate[], situation: Situation): string {
  const [oldest] = dates
  if (oldest === undefined) return ''
  const due = `due ${clockTime(oldest.due, situation.calendar)}`
  const lag = minutesSince(oldest.due, situation.now)
  const since = oldest.due > situation.now ? due : `${due}, ${lasting(lag)} ago`
  if (dates.length === 1) return `The ${dataset} file of ${oldest.date} ${inWords(oldest)}; ${since}.`
  const groups = WORST.flatMap((kind) => {
    const some = dates.filter((told) => told.kind === kind)
    if (some.length === 0) return []
    const codes = [...new Set(some.flatMap(({ code }) => (kind === 'failed' && code !== null ? [code] : [])))]
    return [`${named(some.map(({ date }) => date))} ${{ failed: `could not be loaded${codes.length === 0 ? '' : ` (${codes.join(', ')})`}`, missing: some.length === 1 ? 'is missing' : 'are missing', stale: some.length === 1 ? 'is late' : 'are late' }[kind]}`]
  })
  return `${dates.length} ${dataset} files are not loaded: ${groups.join('; ')}; the oldest was ${since}.`
}

/** What to do about it: try again, look at the timer, or wait for the provider. */
const hint = ({ dataset }: DatasetSituation, dates: readonly ToldDate[], { lastRun, calendar }: Situation): string => {
  const [first, last, flag] = [dates[0]!, dates.at(-1)!, DATASETS.find(({ name }) => name === dataset)!.flag]
  const which = `${flag === DATASETS[0].flag ? '' : `--dataset ${flag} `}${first === last ? `--date ${first.date}` : `--start ${first.date} --end ${last.date}`}`
  if (dates.some(({ kind }) => kind === 'failed')) return `see why with: ohlcv status ${which}; then try again: ohlcv load ${which} --only failed`
  const ran = lastRun === null ? 'nothing ever ran' : `the last run began ${clockTime(lastRun.at, calendar)}`
  if (lastRun === null || lastRun.at < first.due) return `nothing has been loaded since it was due (${ran}): see whether the timer runs with: systemctl list-timers 'ohlcv*'; load it now: ohlcv load ${which}`
  return `load it as soon as the provider has it: ohlcv load ${which}; or have other providers fill in meanwhile: ohlcv sync`
}

/** The symbols of the watch list whose bars wait for one of the dates. */
function waiting({ assets }: Situation, { dataset }: DatasetSituation, dates: readonly ToldDate[]): string[] {
  const told = new Set(dates.map(({ date }) => date))
  return assets.filter((asset) => asset.dataset === dataset && asset.owed.some(({ date }) => told.has(date))).map(({ symbol }) => symbol)
}

function detailsOf(situation: Situation, dataset: DatasetSituation, dates: readonly ToldDate[]): Details {
  const { now, lastRun, providers } = situation
  const code = dates.findLast(({ code }) => code !== null)?.code
  return {
    lagMinutes: minutesSince(dates[0]!.due, now), dates: dates.map(({ date }) => date), ...ofSymbols(waiting(situation, dataset, dates)),
    vendorState: providers.find(({ provider }) => provider === dataset.provider)?.state ?? 'unknown',
    ...(lastRun && { runId: lastRun.runId, runAt: lastRun.at.toISOString() }), ...(code != null && { code }),
  }
}

function troubleOf(situation: Situation, dataset: DatasetSituation, dates: readonly ToldDate[]): Trouble {
  return {
    kind: WORST.find((kind) => dates.some((told) => told.kind === kind))!,
    severity: dates.some(({ kind, isLate }) => isLate && kind !== 'stale') ? 'critical' : 'warning',
    topic: `dates ${dataset.dataset}`, parts: dates.map(({ date }) => date), dataset: dataset.dataset, symbol: null, timespan: dataset.timespan, provider: dataset.provider,
    summary: summaryOf(dataset, dates, situation), hint: hint(dataset, dates, situation), details: detailsOf(situation, dataset, dates),
    only: (parts) => troubleOf(situation, dataset, dates.filter(({ date }) => parts.includes(date))),
  }
}

/**
 * Day files that are late, missing or failed. A date is one trouble all the way: late from the threshold on, missing once it is past its grace or the source is known to lack it, failed where an attempt
 * did. Newer dates that are loaded do not hide it, and before the horizon it is a known hole.
 */
export function dates(situation: Situation): Trouble[] {
  return situation.datasets.flatMap((dataset) => {
    const told = dataset.owed.flatMap((owed) => toldOf(owed, staleAfterFor(situation.thresholds, dataset), situation) ?? [])
    return told.length === 0 ? [] : [troubleOf(situation, dataset, told)]
  })
}
