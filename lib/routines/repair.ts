import type { Dataset } from '../datasets/dataset.js'
import type { DateRange, IsoDate } from '../domain/dates.js'
import type { Outcome } from '../domain/outcome.js'
import { VERSION } from '../domain/version.js'
import type { DayCounts, DayResult } from '../features/load/day/result.js'
import { askedOf } from '../features/load/range/asked-of.js'
import type { RangeObserver } from '../features/load/range/load-range.js'
import { reloadDates } from '../features/load/range/reload.js'
import type { LoadRequest } from '../features/load/request.js'
import type { Runtime } from '../features/runs/runtime.js'
import { watchAbort } from '../features/runs/watch-abort.js'
import { withRefusals } from '../features/runs/with-refusals.js'
import { withRun } from '../features/runs/with-run.js'
import type { Finding } from '../features/verify/findings.js'
import { lockDate } from '../postgres/locks.js'
import type { Source } from '../sources/source.js'
import { stateOfDate, type DateState } from '../store/ledger/verify.js'
import { logRemediation } from '../store/quality/remediations.js'

/** What is to be made right. */
export interface RepairRequest {
  dataset: Dataset
  /** What is wrong with which dates, as verification has found it. */
  findings: readonly Finding[]
  /** Read the files and compare, and write nothing. */
  dryRun: boolean
}

/** What a repair has besides its request. */
export interface RepairPorts extends RangeObserver {
  /** Where the files of these dates are, and how they are loaded: asked once there is something to repair. The repair closes the source. */
  open: (dates: DateRange) => { request: LoadRequest; source: Source }
  /** With which code the process would end, which is kept with the run. */
  exitCodes: { ofResult: (repair: Repair) => number; ofError: (error: unknown) => number }
}

/** What became of a date. */
export interface RepairedDate {
  date: IsoDate
  /** How the load of its file ended; null where the repair did not come to it. */
  outcome: Outcome | null
  code: string | null
  message: string | null
  /** What the load changed, or would change; null where no file was read to its end. */
  counts: Pick<DayCounts, 'inserted' | 'updated' | 'removed'> | null
  /** Whether the date is right now; null where that is not known: after a dry run, or an interruption. */
  isRight: boolean | null
}

/** What came of a repair. */
export interface Repair {
  /** Null after a dry run, or where there was nothing to repair: no record is kept of either. */
  runId: number | null
  dates: RepairedDate[]
}

/** How the file of a date is to be loaded. */
interface Way {
  force: boolean
  includeClosed: boolean
}

function wayOf({ fault, loadedRows, remedy }: Finding): Way {
  // The bars may agree with the ledger, by which a file of the same version would be left unread.
  const isSameFile = fault.kind === 'file' && !fault.difference.isOther
  // A closed day that was loaded is meant to be loaded again.
  return { force: isSameFile || (remedy.action === 'load' && remedy.force === true), includeClosed: fault.kind === 'file' || loadedRows !== 0 }
}

/** The dates with findings, those whose files are loaded alike together. */
function groupsOf(findings: readonly Finding[]): (Way & { chosen: Set<IsoDate> })[] {
  const ways = new Map<IsoDate, Way>()
  for (const finding of findings) {
    const [way, before] = [wayOf(finding), ways.get(finding.date)]
    ways.set(finding.date, { force: way.force || before?.force === true, includeClosed: way.includeClosed || before?.includeClosed === true })
  }
  return [[false, false], [false, true], [true, false], [true, true]].flatMap(([force = false, includeClosed = false]) => {
    const chosen = new Set([...ways].flatMap(([date, way]) => (way.force === force && way.includeClosed === includeClosed ? [date] : [])))
    return chosen.size === 0 ? [] : [{ force, includeClosed, chosen }]
  })
}

/** A date as it was found. */
function foundState(findings: readonly Finding[], after: DateState): Pick<DateState, 'wrong' | 'ledger_rows' | 'stored_rows'> {
  const counted = findings.find(({ storedRows }) => storedRows !== null)
  return {
    wrong: [...new Set(findings.map(({ fault }) => fault.kind))], ledger_rows: counted?.loadedRows ?? after.ledger_rows, stored_rows: counted?.storedRows ?? after.stored_rows,
  }
}

/** Where the files are that repair, and who is told how their load goes on. */
interface Files {
  load: LoadRequest
  source: Source
  observer: RangeObserver
}

/** Writes down a date that the repair has not written: whether it is right all the same, once nobody is loading it. */
async function settle({ db, signal }: Runtime, { dataset, findings }: RepairRequest, runId: number, provider: string, { date, outcome, code, message, startedAt }: DayResult): Promise<boolean> {
  const found = findings.filter((finding) => finding.date === date)
  return db.run(signal, async (client) => {
    const watch = watchAbort(db.pool, client, signal)
    watch.begin()
    try {
      await client.query('begin')
      await lockDate(client, dataset, date)
      const after = await stateOfDate(client, dataset, date)
      // Whether bars that agree with the ledger are those of the file, only who has read it can tell.
      const isRight = after.wrong.length === 0 && (outcome === 'unchanged' || found.some(({ fault }) => fault.kind !== 'file'))
      await logRemediation(client, {
        kind: 'checksum_mismatch', timespan: dataset.window, security: null, dates: { start: date, end: date }, provider, action: isRight ? 'waited' : 'reload',
        state: isRight ? 'resolved' : 'failed', occurrences: 1, before: foundState(found, after), after, runId, beganAt: startedAt,
        message: isRight ? 'its file had been loaded meanwhile' : [code ?? outcome, message].filter((part) => part !== null).join(': '),
      })
      await client.query('commit')
      return isRight
    } finally {
      watch.end()
    }
  })
}

/** Loads the files of the dates with findings. @param runId null in a dry run */
async function reload(runtime: Runtime, request: RepairRequest, runId: number | null, { load, source, observer }: Files): Promise<RepairedDate[]> {
  const { db, signal } = runtime
  const dates = new Set(request.findings.map(({ date }) => date))
  const ended = new Map<IsoDate, RepairedDate>()
  const isRightNow = async (day: DayResult): Promise<boolean | null> => {
    if (runId === null || signal.aborted) return null
    return day.loadId === null ? settle(runtime, request, runId, source.provider, day) : (await stateOfDate(db.pool, request.dataset, day.date)).wrong.length === 0
  }
  for (const { chosen, force, includeClosed } of groupsOf(request.findings)) {
    if (signal.aborted) break
    const { days } = await reloadDates(runtime, { ...load, force, include_closed: includeClosed }, source, { chosen, runId, observer })
    for (const day of days) {
      const { date, outcome, code, message, counts } = day
      ended.set(date, { date, outcome, code, message, counts: counts && { inserted: counts.inserted, updated: counts.updated, removed: counts.removed }, isRight: await isRightNow(day) })
    }
  }
  return [...dates].sort().map((date) => ended.get(date) ?? { date, outcome: null, code: null, message: null, counts: null, isRight: null })
}

/** Repairs under a record of the run. */
function underRun(runtime: Runtime, request: RepairRequest, dates: DateRange, files: Files, exitCodes: RepairPorts['exitCodes']): Promise<Repair> {
  const { name, window } = request.dataset
  const parameters = { repair: true, ...dates, source: files.source.uri, dataset: name }
  return withRun(runtime, { command: 'verify', parameters, version: VERSION, exitCodeOfError: exitCodes.ofError }, async (runId) => {
    const asking = { runId, timespan: window, asked: askedOf(files.source) }
    const result = { runId, dates: await withRefusals(runtime, asking, () => reload(runtime, request, runId, files)) }
    const wrong = result.dates.filter(({ isRight }) => isRight !== true).length
    const status = runtime.signal.aborted ? 'interrupted' : wrong === 0 ? 'succeeded' : 'failed'
    return { result, end: { status, exitCode: exitCodes.ofResult(result), totals: { dates: result.dates.length, wrong }, message: null } }
  })
}

/**
 * Makes dates whose bars are not as they were loaded what their files say, by loading these again: each in a transaction of its own, in which it is written down
 * what was wrong and how the date stands then. One whose file cannot be had stays as it is, and that is written down too.
 * @throws UsageError when the source or the database cannot be used at all
 */
export async function repair(runtime: Runtime, request: RepairRequest, ports: RepairPorts): Promise<Repair> {
  const { findings, dryRun } = request
  const dates = findings.map(({ date }) => date).sort()
  const [start, end] = [dates[0], dates.at(-1)]
  if (start === undefined || end === undefined) return { runId: null, dates: [] }
  const { open, exitCodes, ...observer } = ports
  const { request: load, source } = open({ start, end })
  const files = { load, source, observer }
  try {
    return dryRun ? { runId: null, dates: await reload(runtime, request, null, files) } : await underRun(runtime, request, { start, end }, files, exitCodes)
  } finally {
    await source.close()
  }
}
