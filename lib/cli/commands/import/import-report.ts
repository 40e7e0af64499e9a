import type { DocumentOf } from '../../../documents/document.js'
import { counted, figure } from '../../../documents/figures.js'
import type { IMPORT } from '../../../documents/import.js'
import { printable } from '../../terminal/printable.js'
import { table, type Column } from '../../terminal/table.js'

type Data = DocumentOf<typeof IMPORT>
type Imported = Extract<Data, { job: string }>
type Planned = Exclude<Data, Imported>

/** With more symbols than this they are told of by their sums. */
const MOST_ROWS = 60
/** Warnings and failures that are shown one by one. */
const MOST_SHOWN = 20

const right = (title: string): Column => ({ title, align: 'right' })

/** What was taken for what. */
function fromText({ provider, basis, table: from, files }: Data): string {
  const prices = basis === 'none' ? 'unadjusted prices' : basis === 'split' ? 'prices adjusted for splits' : 'prices adjusted for splits and dividends'
  if (from === null) return `${counted(files!.length, 'file')} of ${provider}, ${prices}`
  const columns = Object.entries(from.columns).map(([part, name]) => `${part} ${name === null ? '-' : printable(name)}`)
  return `${printable(from.name)}, ${counted(from.rows, 'row')}, as ${provider}, ${prices}\n  ${columns.join(', ')}`
}

function listed(lines: readonly string[], prefix: string): string[] {
  if (lines.length === 0) return []
  const shown = lines.slice(0, MOST_SHOWN).map((line) => `${prefix}${printable(line)}`)
  return [[...shown, ...(lines.length > MOST_SHOWN ? [`${prefix}and ${figure(lines.length - MOST_SHOWN)} more; --json has them all`] : [])].join('\n')]
}

/** Symbols or files as rows, or all of them as one. */
function figuresOf<T extends { symbol: string; file: string | null }>(all: readonly T[], sum: Readonly<Record<string, number>>, names: readonly (keyof T & string)[], room: number): string {
  const files = all.some(({ file }) => file !== null)
  const titles = names.map((name) => right(name.replaceAll('_', ' ')))
  if (all.length > MOST_ROWS) return table([right(files ? 'files' : 'symbols'), ...titles], [[all.length, ...names.map((name) => sum[name] ?? 0)]], room)
  const rows = all.map((one) => [printable(one.symbol), ...(files ? [printable(one.file ?? '')] : []), ...names.map((name) => one[name] as number)])
  return table([{ title: 'symbol' }, ...(files ? [{ title: 'file' }] : []), ...titles], rows, room)
}

/** What became of an import, for people. */
export function importText(data: Imported, room: number): string {
  const { symbols, totals, state, job, stopped, finished_before, seconds, warnings, table: from } = data
  const kept = (['rejected', 'unknown', 'duplicates'] as const).filter((name) => totals[name] > 0)
  const parts = [fromText(data)]
  if (symbols.length > 0) parts.push(figuresOf(symbols, totals, ['bars', 'inserted', 'updated', 'unchanged', 'held_back', ...kept], room))
  const kind = from === null ? 'file' : 'symbol'
  const done = [`${counted(totals.loaded, kind)} loaded`, `${figure(totals.failed)} failed`, ...(finished_before > 0 ? [`${figure(finished_before)} of them in an earlier run`] : [])]
  parts.push(`job ${job} ${state.replaceAll('_', ' ')}: ${done.join(', ')}\n${counted(totals.bars, 'row')}, ${counted(totals.filled, 'bar')} filled in, in ${seconds.toFixed(1)} s`)
  parts.push(...listed(warnings, 'warning: '))
  if (stopped !== null) parts.push(`stopped: ${printable(stopped.message)}${stopped.hint === null ? '' : `\n  ${stopped.hint}`}`)
  if (state !== 'completed' && from !== null) parts.push(`go on with: ohlcv import legacy --resume ${job}`)
  return parts.join('\n\n')
}

/** What a dry run tells, for people. */
export function plannedText(data: Planned, room: number): string {
  const { symbols, totals, warnings } = data
  return [
    fromText(data),
    ...(symbols.length === 0 ? [] : [figuresOf(symbols, totals, ['rows', 'valid', 'rejected', 'unknown', 'repeated'], room)]),
    `${counted(totals.rows, 'row')}: ${counted(totals.valid, 'bar')} of known securities, ${figure(totals.rejected)} rejected, ${figure(totals.unknown)} unknown (${counted(totals.unknown_symbols, 'symbol')})`,
    ...listed(warnings, 'warning: '),
    'dry run: nothing was kept or stored',
  ].join('\n\n')
}
