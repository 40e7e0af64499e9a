import { LOAD, loadDocument } from '../../../documents/load.js'
import { loadWarnings } from '../../../documents/load-warnings.js'
import { InterruptedError } from '../../../domain/errors.js'
import { FAILED } from '../../../domain/outcome.js'
import { load as loadDates, type LoadObserver, type LoadResult } from '../../../features/load/load.js'
import { openRequested } from '../../../features/load/open-requested.js'
import type { RangeResult } from '../../../features/load/range/load-range.js'
import type { LoadRequest } from '../../../features/load/request.js'
import { VERSION } from '../../../domain/version.js'
import { NAMES } from '../../framework/names.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { exitCodeOf } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import { loadProgress, type LoadProgress } from './load-progress.js'
import { loadText } from './load-report.js'
import { LOAD_FLAGS, requestOf, type LoadFlags } from './request.js'

function exitCode(result: RangeResult, signal: AbortSignal): number {
  return signal.reason instanceof InterruptedError ? exitCodeOfError(signal.reason) : exitCodeOf(result.days.map(({ outcome }) => outcome))
}

function report(result: LoadResult, request: LoadRequest, seconds: number, context: Context): Result<typeof LOAD> {
  const { runId, dataset, parameters, observations } = result
  const warnings = loadWarnings(result, observations, dataset.name)
  // On a terminal the summary below has them.
  if (!context.interactive) for (const warning of warnings) context.log.warn(warning)
  return {
    exitCode: exitCode(result, context.signal),
    text: () => loadText(result, warnings, seconds, { dryRun: request.dry_run, room: context.room }),
    data: loadDocument({ runId, version: VERSION, parameters, seconds, result, warnings }),
  }
}

/** Tells on stderr how a load goes on: by a bar where people watch, else by a line a date. */
function observerOf({ dates }: LoadRequest, progress: LoadProgress, { log, interactive }: Context): LoadObserver {
  return {
    onBegin(parameters) {
      const { start, end } = parameters
      if ('start' in dates && dates.end === null) log.info({ start, end }, `without --end: until ${end}, the latest session that has closed`)
      log[interactive ? 'debug' : 'info'](parameters, 'load begins')
    },
    onPlan: progress.plan,
    onDay(day) {
      progress.day(day)
      const { date, outcome, code, message, counts } = day
      const level = FAILED.has(outcome) ? 'warn' : 'info'
      log[interactive ? 'debug' : level]({ date, outcome, ...(code === null ? {} : { code, message }), ...counts }, 'date ended')
    },
  }
}

async function run(flags: LoadFlags, context: Context): Promise<Result<typeof LOAD>> {
  const { settings, interactive, log, signal } = context
  const request = requestOf(flags, settings)
  const source = openRequested(request, context, log)
  const progress = loadProgress(interactive, request.lanes)
  const started = performance.now()
  try {
    const runtime = await runtimeOf(context, { create: true })
    const exitCodes = { ofResult: (result: RangeResult) => exitCode(result, signal), ofError: exitCodeOfError }
    const result = await loadDates(runtime, request, { source, exitCodes, ...observerOf(request, progress, context) })
    progress.end()
    return report(result, request, (performance.now() - started) / 1000, context)
  } finally {
    progress.end()
    await source.close()
  }
}

export const load = defineCommand({
  document: LOAD,
  ...NAMES.load,
  examples: [
    ['load --days 10', 'the last ten sessions: what runs every night; late and republished files heal'],
    ['load --start 2021-01-01 --end 2025-12-31', 'a backfill; dates that are complete cost almost nothing'],
    ['load --source ./flatfiles/us_stocks_sip --days 5', 'from a directory in the bucket\'s layout'],
    ['load --file - --date 2025-03-04 < 2025-03-04.csv.gz', 'one file through stdin, gzipped or not'],
    ['load --start 2025-01-01 --end 2025-12-31 --only failed', 'again what failed'],
  ],
  flags: LOAD_FLAGS,
  settings: ['source', 'lanes', 'maxRejected', 'maxRemoved', 'publishedAt', 'missingAfter', 'thinBelow', 'dateTimeout', 'databaseWait', 'maxLineBytes', 'maxFileBytes', 'maxFileLines', 'maxRejectedRows'],
  run,
})

