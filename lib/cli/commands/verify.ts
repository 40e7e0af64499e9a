import { counted, few, figure } from '../../documents/figures.js'
import { VERIFY, verifyDocument } from '../../documents/verify.js'
import type { DocumentOf } from '../../documents/document.js'
import type { Dataset } from '../../datasets/dataset.js'
import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { Repair } from '../../routines/repair.js'
import { EXIT } from '../framework/exit.js'
import { findingsOf, subsetDates, type FileDifference } from '../../features/verify/findings.js'
import { verify as verifyBars } from '../../features/verify/verify.js'
import { openRequested } from '../../features/load/open-requested.js'
import { checkFiles, isAsStored, type CheckedFile } from '../../features/load/range/check-files.js'
import { symbolsNotAsTold } from '../../features/universe/check.js'
import { NAMES } from '../framework/names.js'
import { defineCommand, type Context } from '../framework/command.js'
import { runtimeOf } from '../framework/runtime.js'
import { DATASET_FLAG, readDataset } from '../flags/dataset.js'
import { sourceOfSettings, withSettings } from './load/request.js'
import { exitCodeOfRepair, repairFound, repairText } from './verify-repair.js'
import { reportChecksums } from './verify-report.js'
import { progressBar } from '../terminal/progress.js'
import { describeRange, RANGE_FLAGS, readRange, type OpenRange } from '../flags/range.js'
import { table } from '../terminal/table.js'

type Verified = Exclude<DocumentOf<typeof VERIFY>, { assets: unknown }>

function verifyText({ dates, rows, files, findings, subset_dates: subsets, symbols_not_as_told: symbols, repair }: Verified, range: OpenRange): string {
  const lines: string[] = []
  const read = files > 0 ? `, ${counted(files, 'file')} read again` : ''
  const looked = `${figure(rows)} bars on ${figure(dates)} loaded ${dates === 1 ? 'date' : 'dates'}${describeRange(range)}${read}`
  if (findings.length === 0) {
    lines.push(dates === 0 ? `No date is loaded${describeRange(range)}.` : `${looked}: all as they were loaded.`)
  } else {
    const wrong = new Set(findings.map(({ date }) => date)).size
    lines.push(`${looked}: ${figure(wrong)} ${wrong === 1 ? 'date is' : 'dates are'} not as loaded.`, '', table(
      [{ title: 'date' }, { title: 'loaded', align: 'right' }, { title: 'stored', align: 'right' }, { title: 'what' }, { title: 'repair' }],
      findings.map(({ date, loaded_rows, stored_rows, what, command }) => [date, loaded_rows, stored_rows, what, command]),
    ))
  }
  if (subsets.length > 0) {
    const bars = subsets.reduce((sum, { rows }) => sum + rows, 0)
    lines.push('', `${figure(bars)} ${bars === 1 ? 'bar' : 'bars'} on ${figure(subsets.length)} other ${subsets.length === 1 ? 'date' : 'dates'}: from loads of selected symbols (--symbols), there on purpose.`)
  }
  if (symbols.length > 0) {
    lines.push('', `${counted(symbols.length, 'symbol')} with other dates than the facts say: ${few(symbols)}`, '  (`ohlcv universe history SYMBOL` shows both; the next change of such a symbol makes its dates what the facts say)')
  }
  if (repair !== null) lines.push('', repairText(repair))
  return lines.join('\n')
}

/** What the bars of this command show: steps done, time left, the last date or part. */
const PROGRESS = '{bar} {value}/{total}  {left}  {label}'

/** Reads the files of the loaded dates of the range again; nothing where no date is loaded. */
async function filesOf(dates: { first: IsoDate; last: IsoDate } | undefined, dataset: Dataset, context: Context): Promise<CheckedFile[]> {
  if (!dates) return []
  const request = withSettings({ dates: { start: dates.first, end: dates.last }, source: sourceOfSettings(context.settings), dataset: dataset.name }, context.settings)
  const source = openRequested(request, context, context.log)
  const progress = progressBar(context.interactive, PROGRESS)
  try {
    const runtime = await runtimeOf(context)
    return await checkFiles(runtime, request, source, { onPlan: (files) => progress.plan(files, { label: '' }), onDay: ({ date }) => progress.step({ label: date }) })
  } finally {
    progress.end()
    await source.close()
  }
}

function differenceOf({ date, isOther, result: { counts, message, outcome } }: CheckedFile): FileDifference & { date: IsoDate } {
  return { date, isOther, counts, failure: message ?? outcome }
}

/** 3 where something is not right, or was not and has not been repaired. */
function exitCodeOf({ findings, symbols_not_as_told: symbols }: Verified, repaired: Repair | null, signal: AbortSignal): number {
  const ended = repaired === null ? (findings.length > 0 ? EXIT.dateFailed : EXIT.ok) : exitCodeOfRepair(repaired, signal)
  return ended === EXIT.ok && symbols.length > 0 ? EXIT.dateFailed : ended
}

export const verify = defineCommand({
  document: VERIFY,
  ...NAMES.verify,
  examples: [
    ['verify', 'every loaded date'],
    ['verify --files --source s3://flatfiles/us_stocks_sip', 'and against the files themselves, bar for bar; takes as long as loading them'],
    ['verify --repair', 'load what differs again, so that rows deleted or changed behind the loader\'s back are those of its file'],
    ['verify --start 2025-01-01 && echo fine', 'as a check: exit 3 when something was changed behind the loader\'s back'],
    ['verify --report --symbols AAPL,MSFT --start 2024-01-01 --end 2024-12-31', 'rows, gaps and the SHA-256 of what is stored of each'],
  ],
  flags: {
    ...RANGE_FLAGS,
    dataset: DATASET_FLAG,
    repair: { type: 'boolean', describe: 'load the files of the dates that are not as loaded again, and write down what was wrong (ohlcv remediation)' },
    'dry-run': { type: 'boolean', describe: 'with --repair: read the files and show what would be done, and write nothing' },
    files: { type: 'boolean', describe: 'read the files again as well, and compare them with the stored bars' },
    report: { type: 'boolean', describe: 'instead tell of each security which rows the calendar lets expect, which are stored, and the SHA-256 of these; needs --start' },
    symbols: { type: 'string', requiresArg: true, default: 'all', describe: 'with --report: symbols, separated by commas, or "all": every security that has a row of the interval on these dates' },
    interval: { choices: TIMESPAN_NAMES, default: 'day', describe: 'with --report: which bars' },
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  settings: ['source', 'lanes', 'maxRejected', 'maxRemoved', 'publishedAt', 'missingAfter', 'dateTimeout', 'databaseWait', 'maxLineBytes', 'maxFileBytes', 'maxFileLines', 'maxRejectedRows'],
  async run(args, context) {
    const range = readRange(args)
    const [isRepair, dryRun] = [args.repair === true, args['dry-run'] === true]
    if (isRepair && args.report === true) throw new UsageError('FLAGS_CONFLICT', '--report and --repair cannot be given together: one shows what is stored, the other mends it')
    if (args.report === true) return reportChecksums(range, args, context)
    const dataset = readDataset(args.dataset)
    if (dryRun && !isRepair) throw new UsageError('FLAGS_CONFLICT', '--dry-run needs --repair: nothing else here writes')
    const { pool } = await context.database()
    const progress = progressBar(context.interactive, PROGRESS)
    const verification = await verifyBars(pool, {
      dataset, range, signal: context.signal, onPlan: (steps) => progress.plan(steps, { label: '' }), onStep: (label) => progress.step({ label }),
    }).finally(() => progress.end())
    const files = args.files === true ? await filesOf(verification.span, dataset, context) : []
    const findings = findingsOf(verification, files.filter((file) => !isAsStored(file)).map(differenceOf), dataset)
    const repaired = isRepair ? await repairFound(context, { dataset, findings, dryRun }) : null
    const data = verifyDocument({
      dates: verification.dates, rows: verification.rows, files: files.length, findings, symbolsNotAsTold: await symbolsNotAsTold(pool), subsetDates: subsetDates(verification), repair: repaired && { ...repaired, dryRun },
    })
    return {
      exitCode: exitCodeOf(data, repaired, context.signal),
      data,
      text: () => verifyText(data, range),
      csv: () => [['date', 'kind', 'loaded_rows', 'stored_rows', 'what', 'command'],
        ...data.findings.map(({ date, kind, loaded_rows, stored_rows, what, command }) => [date, kind, loaded_rows, stored_rows, what, command])],
    }
  },
})
