import { isDeepStrictEqual } from 'node:util'
import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import { FAILED, type Outcome } from '../../domain/outcome.js'
import type { Remedy } from '../../domain/remedy.js'
import type { DayStatus } from './survey.js'

/**
 * Why dates need attention. `refused`: loaded, but the last attempt at a newer version failed. `dropped`, `thin`,
 * `unknown` and `closed_day_file` are findings: something to look at that stopped nothing.
 */
export const ATTENTION_KINDS = ['failed', 'missing', 'not_loaded', 'stale', 'refused', 'dropped', 'thin', 'unknown', 'closed_day_file'] as const
export type AttentionKind = (typeof ATTENTION_KINDS)[number]

const FINDINGS: ReadonlySet<AttentionKind> = new Set(['dropped', 'thin', 'unknown', 'closed_day_file'])

/** Why a date needs attention, with what else there is to know; shares are in percent. */
export type Cause =
  | { kind: 'failed' | 'refused'; outcome: Outcome; code: string | null }
  | { kind: 'missing' | 'not_loaded' | 'stale' }
  | { kind: 'dropped'; bars: number }
  | { kind: 'thin'; rowCount: number; coverage: number }
  | { kind: 'unknown'; share: number; usual: number }
  | { kind: 'closed_day_file'; reason: string | null }

/** Consecutive dates that need attention for the same cause: that of the first, with the dropped bars of all. */
export interface Attention extends DateRange {
  cause: Cause
  /** Whether it is only something to look at. */
  finding: boolean
  dates: number
  remedy: Remedy
}

/** Codes of a version refused for what it would reject or remove: a person must look, then accept it. */
const REFUSALS: ReadonlySet<string> = new Set(['TOO_MANY_REJECTED', 'TOO_MANY_REMOVED'])
/** Last outcomes that say a loaded date has a newer version that could not be taken. */
const NEWER_FAILED: ReadonlySet<Outcome> = new Set([...FAILED].filter((outcome) => outcome !== 'locked'))

function causesOf({ state, attempt, reason, rowCount, coverage, dropped, thin, unknown }: DayStatus): Cause[] {
  const causes: Cause[] = []
  const isLoaded = state === 'loaded' || state === 'stale'
  if (state === 'failed' && attempt) causes.push({ kind: state, outcome: attempt.outcome, code: attempt.code })
  if (state === 'missing' || state === 'not_loaded' || state === 'stale') causes.push({ kind: state })
  if (isLoaded && attempt && NEWER_FAILED.has(attempt.outcome)) causes.push({ kind: 'refused', outcome: attempt.outcome, code: attempt.code })
  if (dropped > 0) causes.push({ kind: 'dropped', bars: dropped })
  if (thin && rowCount !== null && coverage !== null) causes.push({ kind: 'thin', rowCount, coverage })
  if (unknown?.jumps) causes.push({ kind: 'unknown', share: unknown.share, usual: unknown.usual ?? 0 })
  if (!isLoaded && attempt?.code === 'FILE_ON_CLOSED_DAY') causes.push({ kind: 'closed_day_file', reason })
  return causes
}

/** A share as exactly as it matters: to a tenth of a percent, and whether it is anything at all. */
const roughly = (share: number): [number, boolean] => [Math.floor(share * 10), share > 0]

/** What the causes of consecutive dates must agree in to go together; dropped bars are added up, however many each lost. */
function characteristics(cause: Cause): unknown[] {
  switch (cause.kind) {
    case 'failed':
    case 'refused': return [cause.kind, cause.outcome, cause.code]
    case 'thin': return [cause.kind, cause.rowCount, Math.floor(cause.coverage)]
    case 'unknown': return [cause.kind, roughly(cause.share), roughly(cause.usual)]
    case 'closed_day_file': return [cause.kind, cause.reason]
    case 'missing':
    case 'not_loaded':
    case 'stale':
    case 'dropped':
  }
  return [cause.kind]
}

/** Consecutive dates with the same cause. */
interface Group {
  cause: Cause
  start: IsoDate
  end: IsoDate
  dates: number
}

function extend(group: Group, cause: Cause, date: IsoDate): void {
  group.end = date
  group.dates++
  if (group.cause.kind === 'dropped' && cause.kind === 'dropped') group.cause.bars += cause.bars
}

function groupsOf(days: readonly DayStatus[]): Group[] {
  const groups: Group[] = []
  // What the last date left open to be continued.
  let open: Group[] = []
  for (const day of days) {
    const causes = causesOf(day)
    // A closed day between two sessions does not part them.
    if (day.state === 'holiday' && causes.length === 0) continue
    open = causes.map((cause) => {
      const before = open.find((group) => isDeepStrictEqual(characteristics(group.cause), characteristics(cause)))
      if (before) extend(before, cause, day.date)
      const group = before ?? { cause, start: day.date, end: day.date, dates: 1 }
      if (!before) groups.push(group)
      return group
    })
  }
  return groups
}

function remedyOf({ cause, start, end }: Group, { name: dataset }: Dataset): Remedy {
  const load = { action: 'load', dataset, start, end } as const
  switch (cause.kind) {
    case 'failed':
    case 'refused': return cause.code !== null && REFUSALS.has(cause.code) ? { ...load, accept: true } : { ...load, only: 'failed' }
    case 'missing':
    case 'not_loaded': return { ...load, only: 'unloaded' }
    case 'stale':
    case 'dropped': return load
    // Vendors leave the file of the session before there, so that it is not loaded without a look.
    case 'closed_day_file':
    case 'thin':
    case 'unknown':
  }
  return { action: 'status', dataset, date: start }
}

/** What needs attention, consecutive dates with the same cause together; problems before findings, each by date. */
export function attentionOf(days: readonly DayStatus[], dataset: Dataset): Attention[] {
  return groupsOf(days)
    .map((group) => ({ ...group, finding: FINDINGS.has(group.cause.kind), remedy: remedyOf(group, dataset) }))
    .sort((a, b) => Number(a.finding) - Number(b.finding) || (a.start < b.start ? -1 : 1))
}
