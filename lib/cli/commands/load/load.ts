import { LOAD, loadDocument } from '../../../documents/load.js'
import { loadWarnings } from '../../../documents/load-warnings.js'
import { load as loadDates, type LoadResult } from '../../../features/load/load.js'
import { openRequested } from '../../../features/load/open-requested.js'
import type { RangeResult } from '../../../features/load/range/load-range.js'
import type { LoadRequest } from '../../../features/load/request.js'
import { VERSION } from '../../../domain/version.js'
import { NAMES } from '../../framework/names.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { pingAfter } from '../../framework/ping.js'
import { runtimeOf } from '../../framework/runtime.js'
import { exitCodeOfLoad } from './exit-code.js'
import { loadObserver, loadProgress } from './load-progress.js'
import { loadText } from './load-report.js'
import { LOAD_FLAGS, requestOf, type LoadFlags } from './request.js'

function report(result: LoadResult, request: LoadRequest, seconds: number, context: Context): Result<typeof LOAD> {
  const { runId, dataset, parameters, observations } = result
  const warnings = loadWarnings(result, observations, dataset.name)
  // On a terminal the summary below has them.
  if (!context.interactive) for (const warning of warnings) context.log.warn(warning)
  return {
    exitCode: exitCodeOfLoad(result, context.signal),
    text: () => loadText(result, warnings, seconds, { dryRun: request.dry_run, room: context.room }),
    data: loadDocument({ runId, version: VERSION, parameters, seconds, result, warnings }),
  }
}

/** Loads what is asked for, whoever asks. @throws UsageError */
export async function loadRequested(request: LoadRequest, context: Context): Promise<Result<typeof LOAD>> {
  const { interactive, log, signal } = context
  const source = openRequested(request, context, log)
  const progress = loadProgress(interactive, request.lanes)
  const started = performance.now()
  try {
    const runtime = await runtimeOf(context, { create: true })
    const exitCodes = { ofResult: (result: RangeResult) => exitCodeOfLoad(result, signal), ofError: exitCodeOfError }
    const result = await loadDates(runtime, request, { source, exitCodes, ...loadObserver(request, progress, context) })
    progress.end()
    return report(result, request, (performance.now() - started) / 1000, context)
  } finally {
    progress.end()
    await source.close()
  }
}

async function run(flags: LoadFlags, context: Context): Promise<Result<typeof LOAD>> {
  const request = requestOf(flags, context.settings)
  const result = await loadRequested(request, context)
  if (!request.dry_run) await pingAfter(context, result.exitCode)
  return result
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

