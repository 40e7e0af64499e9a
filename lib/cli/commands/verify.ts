import { looseDocument, type LooseDocument } from '../../documents/loose.js'
import type { LedgerFault, UnledgeredDay, VerifiedDay } from '../../store/ledger/verify.js'
import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { EXIT } from '../framework/exit.js'
import { datasetOption } from '../../features/status/attention.js'
import { verify as verifyBars, type Verification } from '../../features/quality/verify.js'
import { checkFiles, isAsStored, type CheckedFile } from '../../features/load/range/check-files.js'
import { symbolsNotAsTold } from '../../features/universe/check.js'
import { NAMES } from '../framework/names.js'
import { defineCommand, type Context, type Result } from '../framework/command.js'
import { DATASET_FLAG, readDataset } from '../flags/dataset.js'
import { counted, few, figure } from '../terminal/figures.js'
import { loadRequest, rangeJob, type LoadFlags } from './load/load-job.js'
import { stepBar } from '../terminal/progress.js'
import { describeRange, RANGE_FLAGS, readRange, type OpenRange } from '../flags/range.js'
import { table } from '../terminal/table.js'

/** The command that makes a date what its file says again. */
function repairCommand(dataset: Dataset, date: string): string {
  return `ohlcv load${datasetOption(dataset)} --start ${date} --end ${date}`
}

function difference({ ledgerRows, storedRows, subsetLoadId }: VerifiedDay): string {
  if (subsetLoadId !== null) return `load ${subsetLoadId} of selected symbols came after it`
  if (storedRows === ledgerRows) return 'values were changed'
  const bars = Math.abs(storedRows - ledgerRows)
  return `${counted(bars, 'bar')} ${storedRows < ledgerRows ? 'fewer' : 'more'} than loaded`
}

function faultText(fault: LedgerFault): string {
  switch (fault.kind) {
    case 'origin': return `${counted(fault.bars, 'bar')} said to be of a load that was not of this date`
    case 'origin_count': return `${counted(fault.bars, 'bar')} said to be of load ${fault.loadId}, which can have no more than ${figure(fault.most)}`
    case 'rejects': return `${counted(fault.kept, 'rejected row')} kept where there were ${figure(fault.counted)}`
    case 'counts': return `the counts of load ${fault.loadId} contradict each other`
    case 'reference':
  }
  return `the date stands at load ${fault.loadId}, which is of something else`
}

function fileText({ result: { counts, message, outcome }, isOther }: CheckedFile): string {
  if (counts === null) return `its file could not be compared: ${message ?? outcome}`
  const parts = [
    ...(isOther ? ['the source has another version of its file'] : []),
    ...(counts.inserted > 0 ? [`${counted(counts.inserted, 'bar')} of the file not stored`] : []),
    ...(counts.updated > 0 ? [`${counted(counts.updated, 'bar')} with other values than in the file`] : []),
    ...(counts.removed > 0 ? [`${counted(counts.removed, 'bar')} not in the file`] : []),
  ]
  return parts.join(', ')
}

interface Finding {
  date: string
  kind: 'changed' | 'ledger' | 'file' | 'unaccounted'
  loaded_rows: number | null
  stored_rows: number | null
  what: string
  command: string
}

function findingsOf({ changed, unledgered }: Verification, files: readonly CheckedFile[], dataset: Dataset): Finding[] {
  return [
    ...changed.filter(({ same }) => !same).map((day): Finding => ({
      date: day.date, kind: 'changed', loaded_rows: day.ledgerRows, stored_rows: day.storedRows, what: difference(day), command: repairCommand(dataset, day.date),
    })),
    // Where bars are not those of the file, whose they are said to be is no news.
    ...changed.flatMap((day) => day.faults.filter(({ kind }) => day.same || !kind.startsWith('origin')).map((fault): Finding => ({
      date: day.date, kind: 'ledger', loaded_rows: day.ledgerRows, stored_rows: day.storedRows, what: faultText(fault), command: `${repairCommand(dataset, day.date)} --force`,
    }))),
    ...files.filter((file) => !isAsStored(file)).map((file): Finding => ({
      date: file.date, kind: 'file', loaded_rows: null, stored_rows: file.result.counts?.stored ?? null, what: fileText(file), command: repairCommand(dataset, file.date),
    })),
    ...unledgered.filter(({ strayRows }) => strayRows > 0).map(({ date, strayRows, subsetRows }): Finding => ({
      date, kind: 'unaccounted', loaded_rows: 0, stored_rows: strayRows + subsetRows, what: 'bars that no load wrote', command: repairCommand(dataset, date),
    })),
  ].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

function verifyText({ dates, rows }: Verification, files: readonly CheckedFile[], findings: Finding[], subsets: UnledgeredDay[], symbols: readonly string[], range: OpenRange): string {
  const lines: string[] = []
  const read = files.length > 0 ? `, ${counted(files.length, 'file')} read again` : ''
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
    const bars = subsets.reduce((sum, { subsetRows }) => sum + subsetRows, 0)
    lines.push('', `${figure(bars)} ${bars === 1 ? 'bar' : 'bars'} on ${figure(subsets.length)} other ${subsets.length === 1 ? 'date' : 'dates'}: from loads of selected symbols (--symbols), there on purpose.`)
  }
  if (symbols.length > 0) {
    lines.push('', `${counted(symbols.length, 'symbol')} with other dates than the facts say: ${few(symbols)}`, '  (`ohlcv universe history SYMBOL` shows both; the next change of such a symbol makes its dates what the facts say)')
  }
  return lines.join('\n')
}

/** A bar on stderr while people watch. */
function progressBar(interactive: boolean): { plan(steps: number): void; step(label: string): void; end(): void } {
  if (!interactive) return { plan: () => {}, step: () => {}, end: () => {} }
  const bar = stepBar('{bar} {value}/{total}  {left}  {label}')
  return { plan: (steps) => bar.start(steps, { label: '' }), step: (label) => bar.step({ label }), end: () => bar.stop() }
}

/** Reads the files of the loaded dates of the range again; nothing where no date is loaded. */
async function filesOf(dates: { first: IsoDate; last: IsoDate } | undefined, dataset: Dataset, context: Context): Promise<CheckedFile[]> {
  if (!dates) return []
  const flags: LoadFlags = {
    start: dates.first, end: dates.last, days: undefined, date: undefined, file: undefined, symbols: undefined, dataset: dataset.flag, only: undefined,
    force: undefined, accept: undefined, 'trust-ledger': undefined, 'include-closed': undefined, 'dry-run': true,
  }
  const request = loadRequest(flags, context)
  const progress = progressBar(context.interactive)
  try {
    return await checkFiles({ ...await rangeJob(request, flags, context), onPlan: (files) => progress.plan(files), onDay: ({ date }) => progress.step(date) })
  } finally {
    progress.end()
    await request.source.close()
  }
}

export const verify = defineCommand({
  document: looseDocument('ohlcv.verify/1'),
  ...NAMES.verify,
  examples: [
    ['verify', 'every loaded date'],
    ['verify --files --source s3://flatfiles/us_stocks_sip', 'and against the files themselves, bar for bar; takes as long as loading them'],
    ['verify --start 2025-01-01 && echo fine', 'as a check: exit 3 when something was changed behind the loader\'s back'],
  ],
  flags: {
    ...RANGE_FLAGS,
    dataset: DATASET_FLAG,
    files: { type: 'boolean', describe: 'read the files again as well, and compare them with the stored bars' },
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  settings: ['source', 'lanes', 'publishedAt', 'missingAfter', 'dateTimeout', 'databaseWait', 'maxLineBytes', 'maxFileBytes', 'maxFileLines'],
  async run(args, context): Promise<Result<LooseDocument>> {
    const range = readRange(args)
    const dataset = readDataset(args.dataset)
    const { pool } = await context.database()
    const progress = progressBar(context.interactive)
    const verification = await verifyBars(pool, {
      dataset, range, signal: context.signal, onPlan: (steps) => progress.plan(steps), onStep: (label) => progress.step(label),
    }).finally(() => progress.end())
    const files = args.files === true ? await filesOf(verification.span, dataset, context) : []
    const symbols = await symbolsNotAsTold(pool)
    const findings = findingsOf(verification, files, dataset)
    const subsets = verification.unledgered.filter(({ strayRows }) => strayRows === 0)
    return {
      exitCode: findings.length + symbols.length > 0 ? EXIT.dateFailed : EXIT.ok,
      text: () => verifyText(verification, files, findings, subsets, symbols, range),
      data: {
        dates: verification.dates,
        rows: verification.rows,
        files: files.length,
        findings,
        symbols_not_as_told: symbols,
        subset_dates: subsets.map(({ date, subsetRows }) => ({ date, rows: subsetRows })),
      },
      csv: () => [['date', 'kind', 'loaded_rows', 'stored_rows', 'what', 'command'],
        ...findings.map(({ date, kind, loaded_rows, stored_rows, what, command }) => [date, kind, loaded_rows, stored_rows, what, command])],
    }
  },
})
