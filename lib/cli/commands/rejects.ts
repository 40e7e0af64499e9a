import { datasetOption } from '../../documents/commands.js'
import { REJECTS, rejectsDocument } from '../../documents/rejects.js'
import type { RejectCount, RejectedRow, RejectFilter } from '../../store/ledger/rejects.js'
import { rejectCounts, rejectedRows } from '../../store/ledger/rejects.js'
import { EXIT } from '../framework/exit.js'
import { REJECT_REASONS } from '../../domain/reject.js'
import { utf8 } from '../../domain/utf8.js'
import { NAMES } from '../framework/names.js'
import { defineCommand } from '../framework/command.js'
import { DATASET_FLAG, readDataset } from '../flags/dataset.js'
import { cut, printable, printableBytes } from '../terminal/printable.js'
import { DATE_FLAG, describeRange, limitFlag, RANGE_FLAGS, readLimit, readRange } from '../flags/range.js'
import { figure } from '../../documents/figures.js'
import { table } from '../terminal/table.js'

const DEFAULT_LIMIT = 40
const SHORTEST_ROW = 24

function safe(text: string | null): string | null {
  return text === null ? null : printable(text)
}

/** One line a reason over all dates: what a vendor gets wrong most. */
function summary(counts: RejectCount[]): string {
  const reasons = new Map<string, number>()
  for (const { reason, rows } of counts) reasons.set(reason, (reasons.get(reason) ?? 0) + rows)
  return [...reasons].sort(([, a], [, b]) => b - a).map(([reason, rows]) => `${figure(rows)} ${reason}`).join(', ')
}

function countTable(counts: RejectCount[], limit: number): string {
  const columns = [{ title: 'date' }, { title: 'reason' }, { title: 'rows', align: 'right' as const }, { title: 'for instance' }]
  const shown = table(columns, counts.slice(0, limit).map(({ date, reason, rows, example }) => [date, reason, rows, safe(example)]))
  return counts.length > limit ? `${shown}\n${figure(counts.length - limit)} more lines; --limit ${counts.length} shows all.` : shown
}

function rowTable(rows: RejectedRow[], oneDate: boolean, columns: number): string {
  const head = [...(oneDate ? [] : ['date']), 'line', 'reason', 'field', 'symbol', 'row as it came']
  const cells = rows.map(({ date, line, reason, field, symbol, raw }) =>
    [...(oneDate ? [] : [date]), String(line), reason, field, safe(symbol), printableBytes(raw)])
  const taken = head.slice(0, -1).reduce((sum, title, i) => sum + 2 + Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 1)), 0)
  const width = Math.max(columns - taken, SHORTEST_ROW)
  return table(
    head.map((title) => ({ title, align: title === 'line' ? 'right' as const : 'left' as const })),
    cells.map((row) => [...row.slice(0, -1), cut(row.at(-1) ?? '', width)]),
  )
}

function rejectText(counts: RejectCount[], rows: RejectedRow[] | null, filter: RejectFilter, view: { limit: number; columns: number; option: string }): string {
  const total = counts.reduce((sum, { rows }) => sum + rows, 0)
  if (total === 0) return `No row was kept out${describeRange(filter)}${filter.reason === null ? '' : ` as ${filter.reason}`}${filter.symbol === null ? '' : ` of ${printable(filter.symbol)}`}.`
  const oneDate = filter.start !== null && filter.start === filter.end
  const lines = [`${figure(total)} ${total === 1 ? 'row' : 'rows'} kept out${describeRange(filter)}: ${summary(counts)}`, '']
  if (rows === null) return [...lines, countTable(counts, view.limit), '', `ohlcv rejects${view.option} --date ${counts[0]?.date} shows the rows themselves.`].join('\n')
  lines.push(rowTable(rows, oneDate, view.columns))
  if (total > rows.length) lines.push('', `${figure(total - rows.length)} more; --limit ${total} shows all.`)
  return lines.join('\n')
}

function csv(counts: RejectCount[], rows: RejectedRow[] | null): (string | number | null)[][] {
  if (rows === null) return [['date', 'reason', 'rows', 'example'], ...counts.map(({ date, reason, rows, example }) => [date, reason, rows, example])]
  return [
    ['date', 'line', 'reason', 'field', 'symbol', 'raw', 'raw_base64'],
    ...rows.map(({ date, line, reason, field, symbol, raw }) => [date, line, reason, field, symbol, utf8(raw), raw.toString('base64')]),
  ]
}

export const rejects = defineCommand({
  document: REJECTS,
  ...NAMES.rejects,
  examples: [
    ['rejects', 'counts by date and reason, the latest date first'],
    ['rejects --date 2019-08-12', 'the rows of one date'],
    ['rejects --reason wrong_date --start 2019-01-01', 'one reason over time'],
  ],
  flags: {
    ...RANGE_FLAGS,
    date: DATE_FLAG,
    dataset: DATASET_FLAG,
    reason: { choices: REJECT_REASONS, requiresArg: true, describe: 'only this reason' },
    symbol: { type: 'string', requiresArg: true, describe: 'only rows of this symbol' },
    limit: limitFlag(`show at most N lines (default ${DEFAULT_LIMIT})`),
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  async run(args, context) {
    const dataset = readDataset(args.dataset)
    const filter: RejectFilter = { dataset: dataset.name, ...readRange(args), reason: args.reason ?? null, symbol: args.symbol ?? null }
    const limit = readLimit(args.limit, DEFAULT_LIMIT)
    const { pool } = await context.database()
    const counts = await rejectCounts(pool, filter)
    const rows = args.date === undefined && filter.symbol === null ? null : await rejectedRows(pool, filter, limit)
    return {
      exitCode: EXIT.ok,
      text: () => rejectText(counts, rows, filter, { limit, columns: context.columns, option: datasetOption(dataset.name) }),
      data: rejectsDocument(counts, rows),
      csv: () => csv(counts, rows),
    }
  },
})
