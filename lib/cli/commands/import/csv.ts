import { filesFields, IMPORT, importWarnings, plannedImportDocument } from '../../../documents/import.js'
import { VERSION } from '../../../domain/version.js'
import { dryRunImport } from '../../../features/fetch/import/dry-run.js'
import { planFiles } from '../../../features/fetch/import/plan.js'
import { readFilesRequest, WITH_FILES } from '../../../features/fetch/import/request.js'
import { newJobId } from '../../../features/fetch/job.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import { importProgress } from './import-progress.js'
import { plannedText } from './import-report.js'
import { runImport } from './run-import.js'

export const importCsv = defineCommand({
  document: IMPORT,
  usage: 'csv [files..]',
  describe: 'Take daily bars of files that a provider let people download, gzipped or not, into the one path as that provider\'s: one symbol a file, told by its name (aapl_us_d.csv, AAPL.csv, daily_IBM.csv) or by --symbol.',
  examples: [
    ['import csv aapl_us_d.csv --provider stooq', 'what Stooq gives for AAPL, to be held beside the other bars'],
    ['import csv exports/*.csv --provider yahoo --dry-run', 'what is in the files, and whose bars they are taken for'],
    ['import csv --provider yahoo --symbol BRK.B < download.csv', 'one file from stdin'],
  ],
  positionals: { files: { type: 'string', array: true, describe: 'the files; without one, or with -, what comes by stdin' } },
  flags: {
    provider: { type: 'string', requiresArg: true, demandOption: true, describe: `whose files they are: ${WITH_FILES.map(({ name }) => name).join(', ')}` },
    symbol: { type: 'string', requiresArg: true, describe: 'whose bars all of the files hold' },
    'dry-run': { type: 'boolean', default: false, describe: 'read all of it and tell what there is, and store nothing' },
  },
  settings: ['answers', 'databaseWait'],
  async run(args, context) {
    const { now, room, stdin } = context
    // A lone - is not among the words that are left for files.
    const files = args.files === undefined || args.files.length === 0 ? ['-'] : args.files
    const request = readFilesRequest({ files, provider: args.provider, symbol: args.symbol ?? null, dry_run: args['dry-run'] })
    const runtime = await runtimeOf(context, { create: true })
    const { plan, files: chosen } = await planFiles(runtime, request, stdin)
    const where = filesFields(plan.provider.name, plan.provider.basis, chosen)
    const progress = importProgress(context)
    progress.plan(plan.size)
    try {
      if (request.dry_run) {
        const units = await dryRunImport(runtime, plan, progress.onRead)
        const data = plannedImportDocument(units, where, VERSION, importWarnings(units))
        return { exitCode: EXIT.ok, data, text: () => plannedText(data, room) }
      }
      return await runImport(runtime, plan, { id: newJobId('import', now()), isNew: true }, where, [], progress, context)
    } finally {
      progress.end()
    }
  },
})
