import { IMPORT, importDocument, importWarnings, type ImportedFrom } from '../../../documents/import.js'
import { InterruptedError } from '../../../domain/errors.js'
import { VERSION } from '../../../domain/version.js'
import { importBars, isFailed, type ImportPlan, type ImportResult } from '../../../features/fetch/import/import.js'
import type { ChosenJob } from '../../../features/fetch/job.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import type { Context, Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { auditFolder, keptAnswers } from '../../framework/kept-answers.js'
import type { ImportProgress } from './import-progress.js'
import { importText } from './import-report.js'

/** An import that failed in part ends like a fetch that did. */
function exitCodeOf({ units, stopped }: ImportResult, signal: AbortSignal): number {
  if (signal.reason instanceof InterruptedError) return exitCodeOfError(signal.reason)
  return stopped !== null || units.some(isFailed) ? EXIT.dateFailed : EXIT.ok
}

/** Imports all of a plan, and says what came of it. */
export async function runImport(
  runtime: Runtime, plan: ImportPlan, job: ChosenJob, from: ImportedFrom, found: readonly string[], { onBegin, onUnit, end }: ImportProgress, context: Context,
): Promise<Result<typeof IMPORT>> {
  const answers = keptAnswers(context)
  const started = performance.now()
  try {
    const result = await importBars(runtime, plan, job, {
      answers, auditFolder: auditFolder(context), onBegin, onUnit,
      exitCodes: { ofResult: (result) => exitCodeOf(result, context.signal), ofError: exitCodeOfError },
    })
    end()
    const data = importDocument(result, from, VERSION, (performance.now() - started) / 1000, [...found, ...importWarnings(result.units)])
    context.log[context.interactive ? 'debug' : 'info']({ job: result.jobId, state: result.state }, `${result.state.startsWith('completed') ? 'JOB COMPLETE' : 'JOB NOT COMPLETE'}: ${result.jobId}`)
    return { exitCode: exitCodeOf(result, context.signal), data, text: () => importText(data, context.room) }
  } finally {
    await answers.close()
  }
}
