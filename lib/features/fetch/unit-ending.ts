import type { TimespanName } from '../../datasets/timespan.js'
import { sumOf } from '../../domain/counts.js'
import type { AuditedTry, AuditRecord } from '../../store/fetches/audit.js'
import { NO_FETCH_COUNTS, type FetchCounts, type FetchStatus } from '../../store/fetches/fetches.js'
import { addMetrics } from '../../store/fetches/metrics.js'
import type { Runtime } from '../runs/runtime.js'
import { countedIn, faultOf, provisionalIn, timesOf, triesOf, workOfAttempt, type Attempt } from './attempt.js'
import type { Try } from '../runs/asking/client.js'
import { commitUnit } from './commit-unit.js'
import type { Failure } from '../runs/asking/failure.js'
import { completeness, heldBeside, NO_DAILY_DATA, provisional, rejections, together, unknowns, unnamed, type Finding } from './findings.js'
import { recordFailed, type MergedAttempt } from './merge-attempt.js'
import { byTrust, type AskedUnit, type MergedUnit } from './merge-unit.js'
import { EVERY_SYMBOL } from './plan.js'
import type { JobRun } from './run.js'

/** What came of asking one provider for a unit. */
export interface AskedProvider {
  provider: string
  status: FetchStatus
  code: string | null
  requests: number
  bars: number
}

/** How a unit ended. */
export interface UnitResult {
  timespan: TimespanName
  part: string
  /** Whose answer gave most; of those that gave nothing the last one that was asked. Null where nobody was. */
  provider: string | null
  /** How those who were asked came to be chosen, and what came of it; null where the provider was named. */
  reason: string | null
  /** Who was asked, in order. */
  asked: readonly AskedProvider[]
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
  /** When the latest of its bars is of, as `Periods.time` gives it; null where none came. */
  latest: string | null
  requests: number
  bytes: number
}

/** How a unit ended, as far as it is told of what was stored. */
export type Ending = Omit<UnitResult, 'timespan' | 'part' | 'expected' | 'requests' | 'bytes'>

/** The attempt that a unit is told by: of those that can be stored the one that gave most, such that may stand in the table of bars before others. */
function best(run: JobRun, { unit, attempts }: AskedUnit): Attempt | undefined {
  const stores = ({ source: { provider } }: Attempt): number => Number(provider.stores.includes(unit.timespan.name))
  const stored = attempts.filter((attempt) => faultOf(attempt) === null)
  const [first] = stored.toSorted((a, b) => stores(b) - stores(a) || (countedIn(run, unit, b) ?? 0) - (countedIn(run, unit, a) ?? 0))
  return first ?? attempts.at(-1)
}

function askedOf(attempt: Attempt, { status, counts }: Pick<MergedAttempt, 'status' | 'counts'>): AskedProvider {
  return { provider: attempt.source.provider.name, status, code: faultOf(attempt)?.code ?? null, requests: triesOf(attempt).length, bars: counts.bars }
}

/** How a unit ended that was merged so. */
export function endingOf(run: JobRun, { asked, merged }: MergedUnit): Ending {
  const { unit: { timespan, asks, symbol }, attempts } = asked
  const told = best(run, asked)!
  const { source, answers } = told
  const counts = sumOf(NO_FETCH_COUNTS, merged.map((attempt) => attempt.counts))
  const fills = merged.filter((_, index) => timespan.fills !== null && attempts[index]!.source.provider.stores.includes(timespan.name)).map((attempt) => attempt.counts)
  const isEmpty = counts.bars === 0
  const stored = merged.filter(({ status }) => status !== 'failed')
  const common = {
    provider: source.provider.name, reason: asked.reason, asked: attempts.map((attempt, index) => askedOf(attempt, merged[index]!)), counts,
    filled: fills.reduce((sum, { inserted, updated }) => sum + inserted + updated, 0), fetchIds: merged.flatMap(({ fetchIds }) => fetchIds),
    status: isEmpty ? 'empty' as const : stored.every(({ status }) => status === 'unchanged') ? 'unchanged' as const : 'stored' as const,
  }
  const beside = asked.mayFill && !source.provider.stores.includes(timespan.name) && !isEmpty ? heldBeside(source.provider.name, timespan.name) : null
  const ofRows = together(provisional(provisionalIn(told), answers.at(-1)?.pulledAt), rejections(answers.map(({ reader }) => reader.tally.reasons)))
  const times = timesOf(told)
  const latest = [...times].reduce<string | null>((latest, time) => (latest === null || time > latest ? time : latest), null)
  const ended = (counted: number | null, finding: Finding | null) => ({ ...common, latest, counted, code: finding?.code ?? null, message: finding?.message ?? null })
  if (symbol === EVERY_SYMBOL) return ended(null, isEmpty ? NO_DAILY_DATA : ofRows)
  const nameless = answers.length === 0 ? unnamed(source.provider.name, asks.map(({ symbol }) => symbol!)) : null
  const { counted, finding } = completeness(timespan.name, run.expectations.times(timespan, asks.map(({ range }) => range)), times)
  if (isEmpty && timespan.name === 'day') return ended(counted, together(NO_DAILY_DATA, nameless))
  const unknown = unknowns(symbol, counts.unknown)
  // What is of unknown rows only is not short of bars besides.
  const odd = unknown !== null && counts.unknown === counts.bars ? null : finding
  return ended(counted, together(beside, nameless ?? together(unknown, together(odd, ofRows))))
}

/** The provider of a unit that nobody was asked for. */
const NOBODY = 'none'

const audited = ({ at, status, code, waitedMs, durationMs, bytes }: Try): AuditedTry => ({ at, status, code, waited_ms: waitedMs, duration_ms: durationMs, bytes })

/** What is written down of a unit that ended so. */
export function auditOf(run: JobRun, unitAsked: AskedUnit, { counts, provider, asked: _, ...ending }: Ending, finishedAt: Date): AuditRecord {
  const { unit, attempts, startedAt } = unitAsked
  const told = best(run, unitAsked)
  const { bars, inserted, updated, unchanged, heldBack } = counts
  const [only, ...others] = attempts.flatMap(({ answers }) => answers)
  return {
    jobId: run.jobId, symbol: unit.symbol, timespan: unit.timespan.name, part: unit.part, provider: provider ?? NOBODY, expected: unit.expected, ...ending, ...(unit.adds && { adds: unit.adds }),
    bars, inserted, updated, unchanged, heldBack, tries: attempts.flatMap(triesOf).map(audited),
    rawHash: only !== undefined && others.length === 0 && only.pages.length > 0 ? only.reader.rawHash : null, settlesAt: told === undefined ? null : provisionalIn(told).until, startedAt, finishedAt,
  }
}

/** Writes down a unit of which nothing is stored, so that failures have a home. */
export async function recordFailure(runtime: Runtime, run: JobRun, asked: AskedUnit, failure: Failure): Promise<Ending> {
  const { unit, attempts, universe } = asked
  const { reason } = asked
  const ending: Ending = {
    ...failure, provider: best(run, asked)?.source.provider.name ?? null, reason, asked: attempts.map((attempt) => askedOf(attempt, { status: faultOf(attempt)?.status ?? 'failed', counts: NO_FETCH_COUNTS })),
    counts: NO_FETCH_COUNTS, filled: 0, counted: null, fetchIds: [], latest: null,
  }
  const recorded = await commitUnit(runtime, async (client) => {
    const fetchIds: number[] = []
    for (const attempt of attempts) fetchIds.push(...(await recordFailed(client, run, unit, attempt, universe)).fetchIds)
    for (const attempt of byTrust(run, attempts).filter((attempt) => triesOf(attempt).length > 0)) await addMetrics(client, attempt.source.provider.name, workOfAttempt(run, unit, attempt, 0))
    const result = { ...ending, fetchIds }
    return { result, audit: auditOf(run, asked, result, runtime.now()) }
  })
  return recorded!
}
