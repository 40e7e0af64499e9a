import * as v from 'valibot'
import { datesOf } from '../../domain/dates.js'
import type { Hole } from '../../features/freshness/coverage.js'
import { DAY_STATES, type DayState } from '../../features/status/day-state.js'
import { fullnessOf } from '../../features/status/fullness.js'
import type { DayStatus, Survey } from '../../features/status/survey.js'
import type { Summary, Whole } from '../../routines/summary/summary.js'
import type { WatchedAsset } from '../../routines/summary/assets.js'
import { attention, attentionFields } from '../attention.js'
import { defineDocument, type DocumentOf } from '../document.js'
import { count, date, id, instant, instantOrNull, instantText, percent } from '../fields.js'
import { dataset } from '../ledger-fields.js'
import { totalsOf } from '../totals.js'
import { undelivered, undeliveredOf } from './alerts.js'
import { alert, alertOrNull, barTime, barTimeText, interval, scoreOrNull, share, vendorState } from './parts.js'
import { verdictText } from './verdict.js'

/**
 * How each date stands, a letter a date: of a loaded one whether it has the usual number of bars (`L`), less (`l`), or far less (`t`, thin).
 * A blank is a date of which there is nothing to say: a weekend.
 */
export const DATE_LETTERS = { L: 'loaded', l: 'loaded', t: 'loaded', s: 'stale', h: 'holiday', p: 'not_published', M: 'missing', F: 'failed', n: 'not_loaded' } as const satisfies Record<string, DayState>

/** How one kind of bars stands as a whole. */
const whole = v.strictObject({
  dataset,
  interval,
  totals: v.strictObject(Object.fromEntries(DAY_STATES.map((state) => [state, count])) as Record<DayState, typeof count>),
  /** The first and the latest loaded session. */
  first_loaded: v.nullable(date),
  latest_loaded: v.nullable(date),
  /** Loaded sessions in percent of those owed since the first. */
  coverage: v.nullable(percent),
  /** Since when the oldest session owed of late is due, in minutes; 0: nothing is owed; null: nothing was ever loaded. */
  lag_minutes: v.nullable(count),
  /** Whether that is more than is put up with. */
  stale: v.boolean(),
  /** The next file that is to come, and when it is due. */
  next_due: v.nullable(v.strictObject({ date, at: instant })),
  open_findings: v.nullable(count),
  /** Mean score of its latest dates, from 0 to 1. */
  quality: v.nullable(v.number()),
  /** How each date stands, from `start` on, a letter a date: see `letters` of the document. */
  calendar: v.nullable(v.strictObject({ start: date, states: v.string() })),
})

/** One security's bars of one length. */
export const asset = v.strictObject({
  asset: v.string(),
  /** Null: the universe does not know it. */
  symbol_id: v.nullable(id),
  name: v.nullable(v.string()),
  type: v.nullable(v.string()),
  interval,
  /** Its first bar and its latest. */
  first: v.nullable(barTime),
  latest: v.nullable(barTime),
  /** Sessions with a bar, sessions between its first bar and the latest session owed, and the one in percent of the other. */
  sessions: count,
  expected: count,
  coverage: v.nullable(percent),
  /** Sessions among those without a bar, and how many stretches they are. */
  gap_sessions: count,
  gaps: count,
  lag_minutes: v.nullable(count),
  stale: v.boolean(),
  /** Mean score of its latest sessions, from 0 to 1. */
  quality: v.nullable(v.number()),
  /** Who its latest bar came from, and how that provider is doing. */
  vendor: v.nullable(v.strictObject({ provider: v.string(), state: vendorState })),
  /** The latest date it has a bar on, with the checksum of that date as a whole. */
  checksum: v.nullable(v.strictObject({ date, value: v.string() })),
  last_alert: v.nullable(alert),
})

/** What there is, how fresh, how good and from where: all that the page needs at once. */
export const SUMMARY = defineDocument('ohlcv.summary/1', v.strictObject({
  /** When all this was so. */
  as_of: instant,
  /** In a sentence: whether everything is current, and what that hangs on. */
  verdict: v.strictObject({ state: v.picklist(['current', 'attention', 'stale', 'empty'] satisfies Summary['verdict'][]), text: v.string() }),
  /** What needs a person, the worst first, with the dataset it is about; the rest of many is only counted. */
  attention: v.array(v.strictObject({ dataset, ...attention.entries })),
  attention_left_out: count,
  /** When something last looked whether all is well, and whether that is too long ago; null: nothing ever did. */
  checker: v.strictObject({ checked_at: v.nullable(instant), late: v.boolean() }),
  /** What the letters of calendars mean. */
  letters: v.record(v.picklist(Object.keys(DATE_LETTERS) as (keyof typeof DATE_LETTERS)[]), v.picklist(DAY_STATES)),
  datasets: v.array(whole),
  assets: v.array(asset),
  vendors: v.array(v.strictObject({
    provider: v.string(), state: vendorState, code: v.nullable(v.string()), checked_at: v.nullable(instant), changed_at: v.nullable(instant), valid_until: v.nullable(instant),
  })),
  /** Incidents: how many are open, the latest of these, else of all, and what channels did not get through. News is not among them. */
  alerts: v.strictObject({ open: count, last: v.nullable(alert), undelivered: v.array(undelivered) }),
  /** What runs now: of how many dates or symbols it has done how many, where that is known. */
  running: v.array(v.strictObject({ run_id: id, command: v.string(), started_at: instant, done: count, planned: v.nullable(count) })),
}))

/** Of what needs a person so much is told. */
const MOST_ATTENTION = 50

const LETTERS: Record<Exclude<DayState, 'loaded'>, keyof typeof DATE_LETTERS> = { stale: 's', holiday: 'h', not_published: 'p', missing: 'M', failed: 'F', not_loaded: 'n' }
const LOADED_LETTERS = { full: 'L', less: 'l', thin: 't' } as const

function letterOf(day: DayStatus): string {
  if (day.state === null) return ' '
  return day.state === 'loaded' ? LOADED_LETTERS[fullnessOf(day)] : LETTERS[day.state]
}

/** A letter for each date of the survey's range: only those it has something to say about are among its days. */
function calendarOf({ range, days }: Survey): { start: string; states: string } {
  const letters = new Map(days.map((day) => [day.date, letterOf(day)]))
  return { start: range.start, states: [...datesOf(range)].map((date) => letters.get(date) ?? ' ').join('') }
}

function wholeOf({ dataset: { name, window }, survey, firstLoaded, freshness, isStale, openFindings, quality }: Whole): v.InferInput<typeof whole> {
  return {
    dataset: name, interval: window, totals: totalsOf(survey.days), first_loaded: firstLoaded, latest_loaded: survey.latestLoaded, coverage: share(freshness.loaded, freshness.owed),
    lag_minutes: freshness.lagMinutes, stale: isStale, next_due: { date: freshness.nextDue.date, at: instantText(freshness.nextDue.at) }, open_findings: openFindings,
    quality: scoreOrNull(quality), calendar: calendarOf(survey),
  }
}

const sessionsIn = (holes: readonly Hole[]): number => holes.reduce((sum, { sessions }) => sum + sessions, 0)

/** One security's bars of one length, as the summary has them. */
export function assetOf({ asset: symbol, security, interval, edges, coverage, isStale, quality, vendor, checksum, lastAlert }: WatchedAsset): v.InferInput<typeof asset> {
  return {
    asset: symbol, symbol_id: security?.symbolId ?? null, name: security?.name ?? null, type: security?.type ?? null, interval,
    first: edges && barTimeText(edges.first), latest: edges && barTimeText(edges.latest),
    sessions: coverage?.sessions ?? 0, expected: coverage?.expected ?? 0, coverage: coverage && share(coverage.sessions, coverage.expected),
    gap_sessions: sessionsIn(coverage?.holes ?? []), gaps: coverage?.holes.length ?? 0, lag_minutes: coverage?.lagMinutes ?? null, stale: isStale,
    quality: scoreOrNull(quality), vendor, checksum, last_alert: alertOrNull(lastAlert),
  }
}

/** What needs a person of all kinds of bars: what is wrong before what is only to be looked at, the latest first. */
function attentionOf(datasets: readonly Whole[]): DocumentOf<typeof SUMMARY>['attention'] {
  return datasets.flatMap((whole) => whole.attention.map((entry) => ({ dataset: whole.dataset.name, ...attentionFields(entry) })))
    .sort((a, b) => Number(a.finding) - Number(b.finding) || (a.end < b.end ? 1 : a.end > b.end ? -1 : 0))
}

/** The document of a summary. */
export function summaryDocument(summary: Summary): DocumentOf<typeof SUMMARY> {
  const { at, verdict, datasets, assets, vendors, alerts, running, checker } = summary
  const needs = attentionOf(datasets)
  return {
    as_of: instantText(at), verdict: { state: verdict, text: verdictText(summary) },
    attention: needs.slice(0, MOST_ATTENTION), attention_left_out: Math.max(needs.length - MOST_ATTENTION, 0),
    checker: { checked_at: instantOrNull(checker.checkedAt), late: checker.isLate },
    letters: DATE_LETTERS,
    datasets: datasets.map(wholeOf), assets: assets.map(assetOf),
    vendors: vendors.map(({ provider, state, code, checkedAt, changedAt, validUntil }) =>
      ({ provider, state, code, checked_at: instantOrNull(checkedAt), changed_at: instantOrNull(changedAt), valid_until: instantOrNull(validUntil) })),
    alerts: { open: alerts.open, last: alertOrNull(alerts.latest[0] ?? null), undelivered: alerts.undeliverable.map(undeliveredOf) },
    running: running.map(({ runId, command, startedAt, done, planned }) => ({ run_id: runId, command, started_at: instantText(startedAt), done, planned })),
  }
}
