import { DAY_AGGS } from '../../datasets/day.js'
import type { DateRange } from '../../domain/dates.js'
import { VERSION } from '../../domain/version.js'
import { instantOf } from '../../domain/zone.js'
import type { Comparison } from '../../features/compare/comparison.js'
import { findGaps } from '../../features/gaps/gaps.js'
import type { Gaps } from '../../features/gaps/gap.js'
import type { ProviderOverview } from '../../features/fetch/overview.js'
import { checkQuality } from '../../features/quality/check/check.js'
import { readCheckRequest } from '../../features/quality/check/request.js'
import { RULES } from '../../features/quality/rules/rules.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { withRun } from '../../features/runs/with-run.js'
import { findings, type Finding } from '../../store/quality/findings-list.js'
import { causeCounts, failedMendings, mendingCounts, ruleCounts, type CauseCount, type FailedMending, type MendingCount, type RuleCount } from '../../store/quality/report-findings.js'
import { lastRevision, revisedCloses, revisedCounts, type RevisedClose, type RevisedCount, type RevisionsSince } from '../../store/quality/report-revisions.js'
import { keepReport, mayKeepReport, reportBefore, type KeptReport } from '../../store/quality/reports.js'
import { accuracyOf } from './accuracy.js'
import { completenessOf, type Completeness } from './completeness.js'
import { consistencyOf, type Consistency } from './consistency.js'
import { resolveReport, type ReportRequest, type ResolvedReport } from './request.js'
import { adviceOf, workSince, type Advice, type Work } from './work.js'

/** Of each list so many lines are told. */
const MOST = 10
const MOST_SLOW = 5

/** A part of a report that took time to make. */
export interface Step {
  name: string
  ms: number
}

/** What a validation report says, as data. */
export interface Report {
  range: DateRange
  madeAt: Date
  /** The report before, from which on this one counts what happened. */
  before: KeptReport | null
  /** From when on it does: that report's instant, or else the beginning of its first date. */
  since: Date
  lastRevision: number
  completeness: Completeness
  /** Null where it was not asked for. */
  gaps: Gaps | null
  accuracy: Comparison[] | null
  consistency: Consistency | null
  findings: { counts: RuleCount[]; causes: CauseCount[]; open: Finding[] }
  revisions: { counts: RevisedCount[]; closes: RevisedClose[] }
  mended: { counts: MendingCount[]; failed: FailedMending[] }
  providers: ProviderOverview[]
  work: Work
  advice: Advice[]
  /** What each part took to make. */
  steps: Step[]
}

/** What a report has besides its request. */
export interface ReportPorts {
  /** The providers as they stand. */
  providers: () => Promise<ProviderOverview[]>
  /** What is kept of a report: its document. */
  documentOf: (report: Report) => object
  exitCodeOfError: (error: unknown) => number
  onStep?: (name: string) => void
}

/** Makes the parts one after the other, and measures each. */
class Steps {
  readonly taken: Step[] = []

  constructor(private readonly now: () => Date, private readonly signal: AbortSignal, private readonly onStep: (name: string) => void) {}

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted()
    this.onStep(name)
    const began = this.now().getTime()
    const result = await work()
    this.taken.push({ name, ms: this.now().getTime() - began })
    return result
  }
}

/** The rules, what is wrong with whole dates first, then what costs a bar most. */
const BY_WEIGHT = RULES.toSorted((a, b) => Number(b.kind === 'date') - Number(a.kind === 'date') || b.weight - a.weight).map(({ name }) => name)

/** Puts a report together. Reads only. */
async function compose(runtime: Runtime, request: ReportRequest, resolved: ResolvedReport, { providers }: ReportPorts, steps: Steps): Promise<Report> {
  const { db: { pool }, now } = runtime
  const { range, calendar, publication } = resolved
  const { quick, thin_below: thinBelow, usual_percent: usualPercent } = request
  const madeAt = now()
  const before = (await reportBefore(pool, range.end)) ?? null
  const since = before?.madeAt ?? instantOf(range.start, '00:00', calendar.exchange.zone)
  const revised: RevisionsSince = before === null ? range : { after: before.lastRevision }
  const report = {
    range, madeAt, before, since,
    lastRevision: await lastRevision(pool),
    completeness: await steps.take('completeness', () => completenessOf(pool, resolved, { thinBelow, now: madeAt }, MOST)),
    gaps: quick ? null : await steps.take('gaps', () => findGaps(runtime, { dataset: DAY_AGGS, calendar, publication, range, symbolIds: null, usualPercent, all: false })),
    accuracy: quick ? null : await steps.take('accuracy', () => accuracyOf(runtime, range, MOST)),
    consistency: quick ? null : await steps.take('consistency', () => consistencyOf(runtime, range)),
    findings: await steps.take('anomalies', async () => ({
      counts: await ruleCounts(pool, range), causes: await causeCounts(pool, range),
      open: await findings(pool, { ids: null, states: ['open'], rule: null, symbolIds: null, ...range }, BY_WEIGHT, MOST),
    })),
    revisions: await steps.take('revisions', async () => ({ counts: await revisedCounts(pool, revised), closes: await revisedCloses(pool, revised, MOST) })),
    mended: await steps.take('mended', async () => ({ counts: await mendingCounts(pool, since), failed: await failedMendings(pool, since, MOST) })),
    providers: await steps.take('providers', providers),
    work: await steps.take('work', () => workSince(pool, since, MOST_SLOW)),
  }
  return { ...report, advice: adviceOf(report.work), steps: steps.taken }
}

/**
 * Makes a validation report: checks what has changed on its dates, reads what there is to tell, and keeps it. Where this session may not write, nothing is checked or kept.
 * @throws UsageError when the calendar does not know the dates
 */
export async function makeReport(runtime: Runtime, request: ReportRequest, ports: ReportPorts): Promise<{ report: Report; reportId: number | null }> {
  const { db, now, signal } = runtime
  const { exitCodeOfError, documentOf, onStep = () => {} } = ports
  const steps = new Steps(now, signal, onStep)
  const resolved = await resolveReport(db.pool, request, now())
  if (!(await mayKeepReport(db.pool))) return { report: await compose(runtime, request, resolved, ports, steps), reportId: null }
  const { range } = resolved
  if (!request.quick) await steps.take('check', () => checkQuality(runtime, readCheckRequest({ ...range, thresholds: request.thresholds }), { exitCodeOfError }))
  return withRun(runtime, { command: 'report', parameters: request, version: VERSION, exitCodeOfError }, async () => {
    const report = await compose(runtime, request, resolved, ports, steps)
    const reportId = await db.run(signal, (client) => keepReport(client, range, report.lastRevision, documentOf(report)))
    return { result: { report, reportId }, end: { status: 'succeeded', exitCode: 0, totals: { reportId }, message: null } }
  })
}
