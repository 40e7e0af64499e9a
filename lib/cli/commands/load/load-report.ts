import { FAILED } from '../../../domain/outcome.js'
import type { DayResult } from '../../../features/load/day/result.js'
import { totalsOf } from '../../../features/load/range/totals.js'
import type { RangeResult } from '../../../features/load/range/load-range.js'
import { counted, figure } from '../../../documents/figures.js'
import { table, type Column } from '../../terminal/table.js'

/** The counts, and which of them leave first where the terminal is narrow: what the others and the totals tell. */
const COLUMNS: Column[] = [
  { title: 'date' }, { title: 'outcome' },
  { title: 'read', align: 'right', leaves: 1 }, { title: 'inserted', align: 'right' }, { title: 'updated', align: 'right', leaves: 4 },
  { title: 'unchanged', align: 'right', leaves: 2 }, { title: 'removed', align: 'right', leaves: 3 },
  { title: 'rejected', align: 'right', leaves: 6 }, { title: 'unknown', align: 'right', leaves: 5 }, { title: 'rows', align: 'right' },
  { title: '', cut: true },
]

function row({ date, outcome, counts, rows, message }: DayResult): (string | number | null)[] {
  const shown = counts && [counts.read, counts.inserted, counts.updated, counts.unchanged, counts.removed, counts.rejected, counts.unknown]
  return [date, outcome, ...(shown ?? Array.from({ length: 7 }, () => null)), rows, FAILED.has(outcome) ? 'see below' : (message ?? '')]
}

function totalLine(result: RangeResult, seconds: number, dryRun: boolean): string {
  const totals = totalsOf(result)
  const outcomes = Object.entries(totals.outcomes).map(([outcome, count]) => `${figure(count)} ${outcome}`).join(', ')
  const changes = `${figure(totals.inserted)} inserted, ${figure(totals.updated)} updated, ${figure(totals.unchanged)} unchanged, ${figure(totals.removed)} removed`
  const speed = totals.read > 0 && seconds > 0 ? `, ${figure(Math.round(totals.read / seconds))} rows/s` : ''
  const extra = totals.duplicates + totals.notSelected > 0 ? ` (${counted(totals.duplicates, 'duplicate')}, ${figure(totals.notSelected)} not selected)` : ''
  const lines = [
    `${counted(totals.dates, 'date')}: ${outcomes || 'none'}${totals.weekends > 0 ? `; ${counted(totals.weekends, 'weekend day')}` : ''}${totals.notReached > 0 ? `; ${figure(totals.notReached)} not reached` : ''}`,
    `${counted(totals.read, 'row')} read${dryRun ? '; it would be' : ''}: ${changes}, ${figure(totals.rejected)} rejected, ${figure(totals.unknown)} unknown${extra}`,
    `${seconds.toFixed(1)} s${speed}`,
  ]
  return lines.join('\n')
}

/** The summary for people: a line a date, as wide as there is room, the totals, warnings, and what needs attention. */
export function loadText(result: RangeResult, warnings: readonly string[], seconds: number, { dryRun, room }: { dryRun: boolean; room: number }): string {
  const parts = []
  if (result.days.length > 0) parts.push(table(COLUMNS, result.days.map(row), room))
  parts.push(totalLine(result, seconds, dryRun))
  if (warnings.length > 0) parts.push(warnings.map((warning) => `warning: ${warning}`).join('\n'))
  const failed = result.days.filter(({ outcome }) => FAILED.has(outcome))
  if (failed.length > 0) parts.push(failed.map(({ date, outcome, message }) => `${date} ${outcome}: ${message}`).join('\n'))
  if (dryRun) parts.push('dry run: nothing was written')
  return parts.join('\n\n')
}
