import type { TimespanName } from '../../datasets/timespan.js'
import type { FetchStatus } from '../../store/fetches/fetches.js'
import { NO_FETCH_COUNTS, insertFetches, type FetchCounts } from '../../store/fetches/fetches.js'
import type { AuditedTry, AuditRecord } from '../../store/fetches/audit.js'
import { addMetrics, type ProviderWork } from '../../store/fetches/metrics.js'
import { databaseFailure } from '../../postgres/failures.js'
import { sqlStateOf } from '../../postgres/sqlstates.js'
import { OhlcvError, messageWithHint } from '../../domain/errors.js'
import type { Universe } from '../../domain/universe.js'
import type { Runtime } from '../runs/runtime.js'
import type { Try } from './client.js'
import { commitOnce } from './commit-once.js'
import { completeness } from './findings.js'
import { fetchOf, mergeUnit, type MergedUnit } from './merge-unit.js'
import { EVERY_SYMBOL, type Unit } from './plan.js'
import { readAllAgain, requestAnswer, requestsOf, type Answer } from './request-answer.js'
import type { FetchRun } from './run.js'

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
  /** Periods that the calendar expects, and those of them that came. */
  expected: number
  counted: number
  fetchIds: number[]
  requests: number
  bytes: number
}

const audited = ({ at, status, code, waitedMs, durationMs, bytes }: Try): AuditedTry => ({ at, status, code, waited_ms: Math.round(waitedMs), duration_ms: Math.round(durationMs), bytes })

function metricsOf(answers: readonly Answer[], bars: number): ProviderWork {
  const tries = answers.flatMap((answer) => answer.tries)
  const sent = tries.filter(({ status, code }) => status !== null || code !== null)
  const succeeded = sent.filter(({ code }) => code === null)
  return {
    requests: sent.length, succeeded: succeeded.length, failed: sent.length - succeeded.length, rateLimited: sent.filter(({ status }) => status === 429).length,
    bars, bytes: answers.reduce((sum, { reader }) => sum + reader.bytes, 0), latencyMs: Math.round(sent.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  }
}

/** A unit of which nothing can be stored: its fetches and how it ended are written down, so that failures have a home. */
async function recordFailure(runtime: Runtime, run: FetchRun, unit: Unit, answers: readonly Answer[], universe: Universe, audit: AuditRecord): Promise<number[]> {
  const recorded = await commitOnce(runtime, async (client) => {
    const fetches = answers.map((answer) => {
      const fault = answer.fault ?? { status: 'failed' as const, code: 'UNIT_INCOMPLETE', message: 'not stored: another request of the same symbol and timespan failed' }
      return fetchOf(run, unit, answer, universe, { ...fault, counts: NO_FETCH_COUNTS })
    })
    const fetchIds = fetches.length === 0 ? [] : await insertFetches(client, fetches)
    await addMetrics(client, run.provider.name, metricsOf(answers, 0))
    return { result: fetchIds, audit: { ...audit, fetchIds } }
  })
  return recorded!
}

const NO_DAILY_DATA = { code: 'NO_DAILY_DATA', message: 'No daily data available' }

/** Nobody knows how many symbols traded on a date. */
const UNJUDGED = { counted: 0, finding: null }

/** Which database failures end a unit and not the job. */
function failureOf(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof OhlcvError) return { code: error.code, message: messageWithHint(error) }
  return databaseFailure(error) === undefined ? undefined : { code: sqlStateOf(error) ?? 'CONNECTION_LOST', message: (error as Error).message }
}

/**
 * One symbol and timespan of a job: makes its requests, keeps and reads the answers, and stores their bars in one transaction.
 * @throws the signal's reason; errors that no provider and no server can cause
 */
export async function fetchUnit(runtime: Runtime, run: FetchRun, unit: Unit): Promise<UnitResult> {
  const { now, db, signal } = runtime
  const { timespan, part, symbol, expected } = unit
  const isGrouped = symbol === EVERY_SYMBOL
  const startedAt = now()
  const currentUniverse = () => db.run(signal, (client) => run.universes.current(client))
  let universe = await currentUniverse()
  let answers: Answer[] = []
  for (const [request, asked] of requestsOf(unit).entries()) {
    const answer = await requestAnswer(runtime, run, unit, asked, request, universe)
    answers.push(answer)
    if (answer.fault !== null) break
  }
  const base = {
    timespan: timespan.name, part, expected, requests: answers.length, bytes: answers.reduce((sum, { reader }) => sum + reader.bytes, 0),
    counts: NO_FETCH_COUNTS, filled: 0, counted: 0, fetchIds: [],
  }
  const audit: AuditRecord = {
    jobId: run.jobId, symbol, timespan: timespan.name, part, provider: run.provider.name, status: 'failed', code: null, message: null, reason: null,
    tries: answers.flatMap(({ tries }) => tries.map(audited)), expected, counted: 0, bars: 0, inserted: 0, updated: 0, unchanged: 0, filled: 0, heldBack: 0,
    rawHash: answers.length === 1 ? (answers[0]!.pages.length === 0 ? null : answers[0]!.reader.rawHash) : null, fetchIds: [], startedAt, finishedAt: now(),
  }
  const failed = async (fault: { status: 'failed' | 'rejected'; code: string; message: string }): Promise<UnitResult> => {
    const fetchIds = await recordFailure(runtime, run, unit, answers, universe, { ...audit, ...fault })
    return { ...base, ...fault, fetchIds }
  }
  const fault = answers.at(-1)?.fault
  if (fault) return failed(fault)

  const resultOf = ({ status, counts, fetchIds }: MergedUnit): UnitResult => {
    const { counted, finding } = isGrouped ? UNJUDGED : completeness(timespan.name, run.expectations.times(timespan, unit.asks.map(({ range }) => range)), new Set(answers.flatMap(({ reader }) => [...reader.times])))
    const remark = counts.bars === 0 && timespan.name === 'day' && !isGrouped ? NO_DAILY_DATA : finding
    return {
      ...base, status: counts.bars === 0 ? 'empty' : status, code: remark?.code ?? null, message: remark?.message ?? null, counts,
      filled: timespan.fills === null ? 0 : counts.inserted + counts.updated, counted, fetchIds,
    }
  }
  try {
    // A symbol that nothing was known of is known from when it has bars.
    if (!isGrouped && !universe.has(symbol) && answers.some(({ reader }) => reader.tally.counts.read > 0)) {
      await run.register(symbol, null)
      universe = await currentUniverse()
      answers = await readAllAgain(run, unit, answers, universe)
    }
    const merged = await mergeUnit(runtime, run, unit, answers, universe, (done) => {
      const { status, code, message, counts, filled, counted, fetchIds } = resultOf(done)
      return {
        audit: {
          ...audit, status, code, message, counted, bars: counts.bars, inserted: counts.inserted, updated: counts.updated, unchanged: counts.unchanged, heldBack: counts.heldBack,
          filled, fetchIds, finishedAt: now(),
        },
        metrics: metricsOf(answers, counts.bars),
      }
    })
    return resultOf(merged)
  } catch (error) {
    signal.throwIfAborted()
    const failure = failureOf(error)
    if (failure === undefined) throw error
    return failed({ status: 'failed', ...failure })
  }
}
