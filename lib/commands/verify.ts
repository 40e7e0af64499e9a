import type { UnledgeredDay, VerifiedDay } from '../db/read-verify.js'
import type { Dataset } from '../domain/dataset.js'
import { EXIT } from '../domain/outcome.js'
import { datasetOption } from '../status/attention.js'
import { verify as verifyBars, type Verification } from '../status/verify.js'
import { NAMES } from './names.js'
import { defineCommand, type Result } from './shared/command.js'
import { DATASET_FLAG, readDataset } from './shared/dataset-flag.js'
import { stepBar } from './shared/progress.js'
import { describeRange, RANGE_FLAGS, readRange, type OpenRange } from './shared/range-flags.js'
import { figure, table } from './shared/table.js'

/** The command that makes a date what its file says again. */
function repairCommand(dataset: Dataset, date: string): string {
  return `ohlcv load${datasetOption(dataset)} --start ${date} --end ${date}`
}

function difference({ ledgerRows, storedRows, subsetLoadId }: VerifiedDay): string {
  if (subsetLoadId !== null) return `load ${subsetLoadId} of selected symbols came after it`
  if (storedRows === ledgerRows) return 'values were changed'
  const bars = Math.abs(storedRows - ledgerRows)
  return `${figure(bars)} ${bars === 1 ? 'bar' : 'bars'} ${storedRows < ledgerRows ? 'fewer' : 'more'} than loaded`
}

interface Finding {
  date: string
  kind: 'changed' | 'unaccounted'
  loaded_rows: number
  stored_rows: number
  what: string
  command: string
}

function findingsOf({ changed, unledgered }: Verification, dataset: Dataset): Finding[] {
  return [
    ...changed.map((day): Finding => ({
      date: day.date, kind: 'changed', loaded_rows: day.ledgerRows, stored_rows: day.storedRows, what: difference(day), command: repairCommand(dataset, day.date),
    })),
    ...unledgered.filter(({ strayRows }) => strayRows > 0).map(({ date, strayRows, subsetRows }): Finding => ({
      date, kind: 'unaccounted', loaded_rows: 0, stored_rows: strayRows + subsetRows, what: 'bars that no load wrote', command: repairCommand(dataset, date),
    })),
  ].sort((a, b) => (a.date < b.date ? -1 : 1))
}

function verifyText({ dates, rows }: Verification, findings: Finding[], subsets: UnledgeredDay[], range: OpenRange): string {
  const lines: string[] = []
  const looked = `${figure(rows)} bars on ${figure(dates)} loaded ${dates === 1 ? 'date' : 'dates'}${describeRange(range)}`
  if (findings.length === 0) {
    lines.push(dates === 0 ? `No date is loaded${describeRange(range)}.` : `${looked}: all as they were loaded.`)
  } else {
    lines.push(`${looked}: ${figure(findings.length)} ${findings.length === 1 ? 'date is' : 'dates are'} not as loaded.`, '', table(
      [{ title: 'date' }, { title: 'loaded', align: 'right' }, { title: 'stored', align: 'right' }, { title: 'what' }, { title: 'repair' }],
      findings.map(({ date, loaded_rows, stored_rows, what, command }) => [date, loaded_rows, stored_rows, what, command]),
    ))
  }
  if (subsets.length > 0) {
    const bars = subsets.reduce((sum, { subsetRows }) => sum + subsetRows, 0)
    lines.push('', `${figure(bars)} ${bars === 1 ? 'bar' : 'bars'} on ${figure(subsets.length)} other ${subsets.length === 1 ? 'date' : 'dates'}: from loads of selected symbols (--symbols), there on purpose.`)
  }
  return lines.join('\n')
}

/** A bar on stderr while people watch. */
function progressBar(interactive: boolean): { plan(steps: number): void; step(label: string): void; end(): void } {
  if (!interactive) return { plan: () => {}, step: () => {}, end: () => {} }
  const bar = stepBar('{bar} {value}/{total}  {left}  {label}')
  return { plan: (steps) => bar.start(steps, { label: '' }), step: (label) => bar.step({ label }), end: () => bar.stop() }
}

export const verify = defineCommand({
  ...NAMES.verify,
  examples: [['verify', 'every loaded date'], ['verify --start 2025-01-01 && echo fine', 'as a check: exit 3 when something was changed behind the loader\'s back']],
  flags: { ...RANGE_FLAGS, dataset: DATASET_FLAG, csv: { type: 'boolean', describe: 'print CSV' } },
  async run(args, context): Promise<Result> {
    const range = readRange(args)
    const dataset = readDataset(args.dataset)
    const { pool } = await context.database()
    const progress = progressBar(context.interactive)
    const verification = await verifyBars(pool, {
      dataset, range, signal: context.signal, onPlan: (steps) => progress.plan(steps), onStep: (label) => progress.step(label),
    }).finally(() => progress.end())
    const findings = findingsOf(verification, dataset)
    const subsets = verification.unledgered.filter(({ strayRows }) => strayRows === 0)
    return {
      exitCode: findings.length > 0 ? EXIT.dateFailed : EXIT.ok,
      text: verifyText(verification, findings, subsets, range),
      json: {
        dates: verification.dates,
        rows: verification.rows,
        findings,
        subset_dates: subsets.map(({ date, subsetRows }) => ({ date, rows: subsetRows })),
      },
      csv: [['date', 'kind', 'loaded_rows', 'stored_rows', 'what', 'command'],
        ...findings.map(({ date, kind, loaded_rows, stored_rows, what, command }) => [date, kind, loaded_rows, stored_rows, what, command])],
    }
  },
})
