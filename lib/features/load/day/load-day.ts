import { databaseFailure } from '../../../postgres/failures.js'
import { sqlStateOf } from '../../../postgres/sqlstates.js'
import { DatabaseError, ForbiddenError, InterruptedError, messageWithHint, OhlcvError, SourceError, UsageError } from '../../../domain/errors.js'
import type { Outcome } from '../../../domain/outcome.js'
import type { DayFile } from '../../../sources/source.js'
import type { Runtime } from '../../runs/runtime.js'
import type { MergedDay, MergeResult } from './merge-day.js'
import type { DayResult } from './result.js'
import type { LoadRun } from './run.js'
import { tryDay } from './try-day.js'

type Ending = Pick<DayResult, 'outcome' | 'code' | 'message'>

const ENDINGS: Record<MergeResult['kind'], Ending> = {
  committed: { outcome: 'loaded', code: null, message: null },
  compared: { outcome: 'loaded', code: null, message: null },
  unchanged: { outcome: 'unchanged', code: null, message: null },
  locked: { outcome: 'locked', code: 'DATE_LOCKED', message: 'another process is loading this date' },
  universe_changed: { outcome: 'locked', code: 'UNIVERSE_CHANGING', message: 'the universe kept changing while this date was loaded' },
}

/** How an error ends a date. Errors that no file and no server can cause are thrown on. */
export function endingOfError(error: unknown): Ending {
  const outcome = outcomeOfError(error)
  if (outcome === undefined) throw error
  const code = error instanceof OhlcvError ? error.code : (sqlStateOf(error) ?? 'CONNECTION_LOST')
  return { outcome, code, message: error instanceof OhlcvError ? messageWithHint(error) : (error as Error).message }
}

function outcomeOfError(error: unknown): Outcome | undefined {
  if (error instanceof InterruptedError) return 'interrupted'
  if (error instanceof ForbiddenError) return 'forbidden'
  // A source can become unusable while it is read: a credential expires, a directory is unmounted.
  if (error instanceof SourceError || error instanceof UsageError) return 'source_failed'
  return error instanceof DatabaseError || databaseFailure(error) !== undefined ? 'db_failed' : undefined
}

function countsOf({ staged, result }: MergedDay): DayResult['counts'] {
  if (!('difference' in result)) return null
  const { counts, reasons } = staged.tally
  return { ...counts, ...result.difference, bytes: staged.bytes.sizeBytes, reasons: Object.fromEntries(reasons) }
}

/** Loads one date: how it ended, whatever happened. */
export async function loadDay(runtime: Runtime, run: LoadRun, file: DayFile): Promise<DayResult> {
  const { now, signal } = runtime
  const timeoutSeconds = run.request.date_timeout
  const startedAt = now()
  const deadline = new AbortController()
  const timer = setTimeout(() => {
    deadline.abort(new SourceError('DATE_TIMEOUT', `the date took longer than ${timeoutSeconds} s`, { hint: 'the limit is the setting date-timeout' }))
  }, timeoutSeconds * 1000)
  const base = { date: file.date, startedAt, rows: null, unknownSymbols: [], version: null, loadId: null, counts: null }
  try {
    const merged = await tryDay({ ...runtime, signal: AbortSignal.any([signal, deadline.signal]) }, run, file)
    const { staged, result } = merged
    return {
      ...base,
      ...ENDINGS[result.kind],
      counts: countsOf(merged),
      rows: run.selected === null && 'difference' in result ? staged.tally.counts.staged : null,
      unknownSymbols: [...staged.tally.unknownSymbols],
      version: staged.version,
      loadId: result.kind === 'committed' ? result.loadId : null,
      finishedAt: now(),
    }
  } catch (error) {
    return { ...base, ...endingOfError(error), finishedAt: now() }
  } finally {
    clearTimeout(timer)
  }
}
