import type { TimespanName } from '../../datasets/timespan.js'
import { sumOf } from '../../domain/counts.js'
import type { AuditedTry, AuditRecord } from '../../store/fetches/audit.js'
import { NO_FETCH_COUNTS, type FetchCounts, type FetchStatus } from '../../store/fetches/fetches.js'
import type { Runtime } from '../runs/runtime.js'
import { countedIn, faultOf, provisionalIn, timesOf, triesOf, type Attempt } from './attempt.js'
import type { Try } from '../runs/asking/client.js'
import { commitOnce } from './commit-once.js'
import { completeness, NO_DAILY_DATA, provisional, rejections, together, unknowns, unnamed, type Finding } from './findings.js'
import { recordFailed } from './merge-attempt.js'
import { addAttempt, byTrust, type AskedUnit, type MergedUnit } from './merge-unit.js'
import { EVERY_SYMBOL } from './plan.js'
import type { JobRun } from './run.js'

/** How a unit ended. */
export interface UnitResult {
  timespan: TimespanName
  part: string
  /** Whose answer gave most; of those that gave nothing the last one that was asked. */
  provider: string
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

/** The attempt that a unit is told by: of those that can be stored the one that gave most, such that may stand in the table of bars before others. */
function best(run: JobRun, { unit, attempts }: AskedUnit): Attempt {
  const stores = ({ source: { provider } }: Attempt): number => Number(provider.stores.includes(unit.timespan.name))
  const stored = attempts.filter((attempt) => faultOf(attempt) === null)
  const [first] = stored.toSorted((a, b) => stores(b) - stores(a) || (countedIn(run, unit, b) ?? 0) - (countedIn(run, unit, a) ?? 0))
  return first ?? attempts.at(-1)!
}

/** How a unit ended that was merged so. */
export function endingOf(run: JobRun, { asked, merged }: MergedUnit): Ending {
  const { unit: { timespan, asks, symbol }, attempts } = asked
  const told = best(run, asked)
  const { source, answers } = told
  const counts = sumOf(NO_FETCH_COUNTS, merged.map((attempt) => attempt.counts))
  const fills = merged.filter((_, index) => timespan.fills !== null && attempts[index]!.source.provider.stores.includes(timespan.name)).map((attempt) => attempt.counts)
  const isEmpty = counts.bars === 0
  const stored = merged.filter(({ status }) => status !== 'failed')
  const common = {
    provider: source.provider.name, counts, filled: fills.reduce((sum, { inserted, updated }) => sum + inserted + updated, 0), fetchIds: merged.flatMap(({ fetchIds }) => fetchIds),
    status: isEmpty ? 'empty' as const : stored.every(({ status }) => status === 'unchanged') ? 'unchanged' as const : 'stored' as const,
  }
  const ofRows = together(provisional(provisionalIn(told)), rejections(answers.map(({ reader }) => reader.tally.reasons)))
  const ended = (counted: number | null, finding: Finding | null) => ({ ...common, counted, code: finding?.code ?? null, message: finding?.message ?? null })
  if (symbol === EVERY_SYMBOL) return ended(null, isEmpty ? NO_DAILY_DATA : ofRows)
  const nameless = answers.length === 0 ? unnamed(source.provider.name, asks.map(({ symbol }) => symbol!)) : null
  const { counted, finding } = completeness(timespan.name, run.expectations.times(timespan, asks.map(({ range }) => range)), timesOf(told))
  if (isEmpty && timespan.name === 'day') return ended(counted, together(NO_DAILY_DATA, nameless))
  const unknown = unknowns(symbol, counts.unknown)
  // What is of unknown rows only is not short of bars besides.
  const odd = unknown !== null && counts.unknown === counts.bars ? null : finding
  return ended(counted, nameless ?? together(unknown, together(odd, ofRows)))
}

const audited = ({ at, status, code, waitedMs, durationMs, bytes }: Try): AuditedTry => ({ at, status, code, waited_ms: waitedMs, duration_ms: durationMs, bytes })

/** What is written down of a unit that ended so. */
export function auditOf(run: JobRun, asked: AskedUnit, { counts, ...ending }: Ending, finishedAt: Date): AuditRecord {
  const { unit, attempts, startedAt } = asked
  const { bars, inserted, updated, unchanged, heldBack } = counts
  const [only, ...others] = attempts.flatMap(({ answers }) => answers)
  return {
    jobId: run.jobId, symbol: unit.symbol, timespan: unit.timespan.name, part: unit.part, reason: null, expected: unit.expected, ...ending,
    bars, inserted, updated, unchanged, heldBack, tries: attempts.flatMap(triesOf).map(audited),
    rawHash: only !== undefined && others.length === 0 && only.pages.length > 0 ? only.reader.rawHash : null, settlesAt: provisionalIn(best(run, asked)).until, startedAt, finishedAt,
  }
}

/** Writes down a unit of which nothing is stored, so that failures have a home. */
export async function recordFailure(runtime: Runtime, run: JobRun, asked: AskedUnit, fault: Pick<Ending, 'status' | 'code' | 'message'>): Promise<Ending> {
  const { unit, attempts, universe } = asked
  const ending: Ending = { ...fault, provider: best(run, asked).source.provider.name, counts: NO_FETCH_COUNTS, filled: 0, counted: null, fetchIds: [] }
  const recorded = await commitOnce(runtime, async (client) => {
    const fetchIds: number[] = []
    for (const attempt of attempts) fetchIds.push(...(await recordFailed(client, run, unit, attempt, universe)).fetchIds)
    for (const attempt of byTrust(run, attempts)) await addAttempt(client, run, unit, attempt, 0)
    const result = { ...ending, fetchIds }
    return { result, audit: auditOf(run, asked, result, runtime.now()) }
  })
  return recorded!
}
