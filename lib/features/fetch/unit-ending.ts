import type { TimespanName } from '../../datasets/timespan.js'
import type { Universe } from '../../domain/universe.js'
import type { AuditedTry, AuditRecord } from '../../store/fetches/audit.js'
import { insertFetches, NO_FETCH_COUNTS, type FetchCounts, type FetchStatus } from '../../store/fetches/fetches.js'
import { addMetrics } from '../../store/fetches/metrics.js'
import type { Runtime } from '../runs/runtime.js'
import type { Try } from '../runs/asking/client.js'
import { commitOnce } from './commit-once.js'
import { completeness, NO_DAILY_DATA, rejections, together, type Finding } from './findings.js'
import { fetchOf, type MergedUnit } from './merge-unit.js'
import { EVERY_SYMBOL, type Unit } from './plan.js'
import type { Answer } from './request-answer.js'
import type { FetchRun } from './run.js'
import { workOf } from '../runs/asking/work.js'

/** A unit that has been asked for. */
export interface AskedUnit {
  unit: Unit
  answers: Answer[]
  /** By which the answers were read. */
  universe: Universe
  startedAt: Date
}

/** How a unit ended. */
export interface UnitResult {
  timespan: TimespanName
  part: string
  status: FetchStatus
  /** Of the fault, or of a finding about what was stored. */
  code: string | null
  message: string | null
  counts: FetchCounts
  /** Bars stored or changed as fills. */
  filled: number
  /** Periods that the calendar expects, and those of them that came; null of grouped bars. */
  expected: number | null
  counted: number | null
  fetchIds: number[]
  requests: number
  bytes: number
}

/** How a unit ended, as far as it is told of what was stored. */
export type Ending = Omit<UnitResult, 'timespan' | 'part' | 'expected' | 'requests' | 'bytes'>

/** How a unit ended that was merged so. */
export function endingOf({ unit: { timespan, asks, symbol }, answers }: AskedUnit, run: FetchRun, { status, counts, fetchIds }: MergedUnit): Ending {
  const isEmpty = counts.bars === 0
  const stored = { counts, fetchIds, status: isEmpty ? 'empty' as const : status, filled: timespan.fills === null ? 0 : counts.inserted + counts.updated }
  const rejected = rejections(answers.map(({ reader }) => reader.tally.reasons))
  const ended = (counted: number | null, finding: Finding | null) => ({ ...stored, counted, code: finding?.code ?? null, message: finding?.message ?? null })
  if (symbol === EVERY_SYMBOL) return ended(null, isEmpty ? NO_DAILY_DATA : rejected)
  const times = new Set(answers.flatMap(({ reader }) => [...reader.times]))
  const { counted, finding } = completeness(timespan.name, run.expectations.times(timespan, asks.map(({ range }) => range)), times)
  return ended(counted, isEmpty && timespan.name === 'day' ? NO_DAILY_DATA : together(finding, rejected))
}

/** Every sending of a request of these. */
export const triesOf = (answers: readonly Answer[]): Try[] => answers.flatMap(({ tries }) => tries)

const audited = ({ at, status, code, waitedMs, durationMs, bytes }: Try): AuditedTry => ({ at, status, code, waited_ms: waitedMs, duration_ms: durationMs, bytes })

/** What is written down of a unit that ended so. */
export function auditOf({ unit, answers, startedAt }: AskedUnit, run: FetchRun, { counts, ...ending }: Ending, finishedAt: Date): AuditRecord {
  const { bars, inserted, updated, unchanged, heldBack } = counts
  const [only, ...others] = answers
  return {
    jobId: run.jobId, symbol: unit.symbol, timespan: unit.timespan.name, part: unit.part, provider: run.provider.name, reason: null, expected: unit.expected, ...ending,
    bars, inserted, updated, unchanged, heldBack, tries: triesOf(answers).map(audited),
    rawHash: only !== undefined && others.length === 0 && only.pages.length > 0 ? only.reader.rawHash : null, startedAt, finishedAt,
  }
}

const INCOMPLETE = { status: 'failed', code: 'UNIT_INCOMPLETE', message: 'not stored: another request of the same symbol and timespan failed' } as const

/** Writes down a unit of which nothing is stored, so that failures have a home. */
export async function recordFailure(runtime: Runtime, run: FetchRun, asked: AskedUnit, fault: Pick<Ending, 'status' | 'code' | 'message'>): Promise<Ending> {
  const { unit, answers, universe } = asked
  const ending: Ending = { ...fault, counts: NO_FETCH_COUNTS, filled: 0, counted: null, fetchIds: [] }
  const recorded = await commitOnce(runtime, async (client) => {
    const fetches = answers.map((answer) => fetchOf(run, unit, answer, universe, { ...(answer.fault ?? INCOMPLETE), counts: NO_FETCH_COUNTS }))
    const result = { ...ending, fetchIds: fetches.length === 0 ? [] : await insertFetches(client, fetches) }
    await addMetrics(client, run.provider.name, workOf(triesOf(answers), 0))
    return { result, audit: auditOf(asked, run, result, runtime.now()) }
  })
  return recorded!
}
