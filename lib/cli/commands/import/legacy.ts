import { IMPORT, importWarnings, plannedImportDocument, tableFields } from '../../../documents/import.js'
import { BASES } from '../../../domain/basis.js'
import { UsageError } from '../../../domain/errors.js'
import { VERSION } from '../../../domain/version.js'
import { dryRunImport } from '../../../features/fetch/import/dry-run.js'
import { withTable } from '../../../features/fetch/import/plan.js'
import { readTableRequest, type TableRequest } from '../../../features/fetch/import/request.js'
import { newJobId, requestOfJob, type ChosenJob } from '../../../features/fetch/job.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { defineCommand, type ArgsOf, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import { RANGE_FLAGS, readRange } from '../../flags/range.js'
import { readSymbols } from '../../flags/symbols.js'
import { importProgress } from './import-progress.js'
import { plannedText } from './import-report.js'
import { runImport } from './run-import.js'

const FLAGS = {
  table: { type: 'string', requiresArg: true, describe: 'the table or view, with its schema where it is not in the search path' },
  basis: { choices: BASES, requiresArg: true, describe: 'what its prices are adjusted for: none (the default), split, or total (splits and dividends); only unadjusted ones fill in' },
  symbols: { type: 'string', requiresArg: true, describe: 'only these symbols, separated by commas' },
  ...RANGE_FLAGS,
  'dry-run': { type: 'boolean', default: false, describe: 'read all of it and tell what there is, and store nothing' },
  resume: { type: 'string', requiresArg: true, describe: 'go on with an import that was not completed' },
} as const

type Flags = ArgsOf<typeof FLAGS>

/** @throws UsageError where nothing says which table, or it cannot be followed */
function requestOf({ table, basis, symbols, start, end, 'dry-run': dryRun }: Flags): TableRequest {
  if (table === undefined) throw new UsageError('IMPORT_TABLE_MISSING', 'which table?', { hint: 'for example --table ohlcv, or --table old.prices' })
  return readTableRequest({ table, ...(basis !== undefined && { basis }), symbols: symbols === undefined ? null : readSymbols(symbols, 'leave --symbols out: all of the table is imported'), ...readRange({ start, end }), dry_run: dryRun })
}

/** Demands that nothing is chosen beside a job that is there already. @throws UsageError FETCH_RESUME */
function requireAlone({ table, basis, symbols, start, end, 'dry-run': dryRun }: Flags): void {
  if ([table, basis, symbols, start, end].every((chosen) => chosen === undefined) && !dryRun) return
  throw new UsageError('FETCH_RESUME', '--resume goes on with what its job was begun with, so nothing else is chosen beside it')
}

/** What the job of a table was begun with. @throws UsageError JOB_UNKNOWN, JOB_OTHER_KIND */
async function requestOfTable(runtime: Runtime, jobId: string): Promise<object> {
  const kept = (await requestOfJob(runtime, 'import', jobId)) as object
  if ('table' in kept) return kept
  throw new UsageError('JOB_OTHER_KIND', `the job ${jobId} imports files, and no table`, { hint: 'import the files again: what is stored already is found unchanged' })
}

async function run(flags: Flags, context: Context): Promise<Result<typeof IMPORT>> {
  const { now, room } = context
  const { resume } = flags
  if (resume !== undefined) requireAlone(flags)
  const wanted = resume === undefined ? requestOf(flags) : undefined
  const runtime = await runtimeOf(context)
  const request = wanted ?? readTableRequest(await requestOfTable(runtime, resume!))
  const job: ChosenJob = { id: resume ?? newJobId('import', now()), isNew: resume === undefined }
  return withTable(runtime, request, async (plan, table) => {
    const where = tableFields(plan.provider.name, request.basis, table)
    const progress = importProgress(context)
    progress.plan(plan.size)
    try {
      if (request.dry_run) {
        const units = await dryRunImport(runtime, plan, progress.onRead)
        const data = plannedImportDocument(units, where, VERSION, [...table.warnings, ...importWarnings(units)])
        return { exitCode: EXIT.ok, data, text: () => plannedText(data, room) }
      }
      return await runImport(runtime, plan, job, where, table.warnings, progress, context)
    } finally {
      progress.end()
    }
  })
}

export const importLegacy = defineCommand({
  document: IMPORT,
  usage: 'legacy',
  describe: [
    'Take an old table of daily bars in the same database into the one path, as the provider legacy, which is trusted least. Columns are found by name, in any order and case: symbol (or ticker), time (or date,',
    'timestamp, day), open, high, low, close, volume, and transactions if there. The table is only read.',
  ].join(' '),
  examples: [
    ['import legacy --table ohlcv --dry-run', 'what is in the old table, and what would be rejected'],
    ['import legacy --table ohlcv', 'take it over: its unadjusted bars fill in where no day file and no provider has spoken'],
    ['import legacy --table old.prices --basis split --symbols AAPL,MSFT', 'adjusted prices are only held beside the others'],
    ['import legacy --resume JOB', 'go on with what was not finished'],
  ],
  flags: FLAGS,
  settings: ['answers', 'databaseWait'],
  run,
})
