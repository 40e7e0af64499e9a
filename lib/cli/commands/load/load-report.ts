import type { Dataset } from '../../../datasets/dataset.js'
import { FAILED } from '../../../domain/outcome.js'
import type { Observations } from '../../../features/load/range/observations.js'
import type { DayCounts, DayResult } from '../../../features/load/day/result.js'
import { totalsOf, unknownOf } from '../../../features/load/range/totals.js'
import type { RangeResult } from '../../../features/load/range/load-range.js'
import { datasetOption } from '../../../features/status/attention.js'
import { counted, figure } from '../../terminal/figures.js'
import { table, type Column } from '../../terminal/table.js'

/** The counts, and which of them leave first where the terminal is narrow: what the others and the totals tell. */
const COLUMNS: Column[] = [
  { title: 'date' }, { title: 'outcome' },
  { title: 'read', align: 'right', leaves: 1 }, { title: 'inserted', align: 'right' }, { title: 'updated', align: 'right', leaves: 4 },
  { title: 'unchanged', align: 'right', leaves: 2 }, { title: 'removed', align: 'right', leaves: 3 },
  { title: 'rejected', align: 'right', leaves: 6 }, { title: 'unknown', align: 'right', leaves: 5 }, { title: 'rows', align: 'right' },
  { title: '', cut: true },
]

/** How many unknown symbols a warning names. */
const EXAMPLES = 5

/** A date's counts as they stand in a JSON document. */
function countsJson(counts: DayCounts): Record<string, unknown> {
  const { notSelected, ...rest } = counts
  return { ...rest, not_selected: notSelected }
}

/** A date as it stands in a JSON document. */
function dayJson(day: DayResult): Record<string, unknown> {
  return {
    date: day.date,
    outcome: day.outcome,
    code: day.code,
    message: day.message,
    counts: day.counts && countsJson(day.counts),
    rows: day.rows,
    unknown_symbols: day.unknownSymbols,
    load_id: day.loadId,
    started_at: day.startedAt,
    finished_at: day.finishedAt,
  }
}

/** A run's dates, totals and warnings for a JSON document. */
export function loadJson(result: RangeResult, warnings: readonly string[]): Record<string, unknown> {
  const { notReached, notSelected, ...totals } = totalsOf(result)
  return {
    dates: result.days.map(dayJson),
    not_reached: result.notReached,
    totals: { ...totals, not_reached: notReached, not_selected: notSelected },
    warnings,
  }
}

/** What a person should know about rows that were not stored. */
export function warningsOf({ days }: RangeResult): string[] {
  const warnings: string[] = []
  const unknown = unknownOf(days)
  if (unknown.symbols.length > 0) {
    const more = unknown.symbols.length > EXAMPLES ? ', ...' : ''
    warnings.push(
      `${counted(unknown.symbols.length, 'symbol')} (${counted(unknown.rows, 'row')}) not in the universe, skipped: ${unknown.symbols.slice(0, EXAMPLES).join(', ')}${more}; ` +
        'once `ohlcv universe import` or `discover` makes them known, the next load reads those dates again',
    )
  }
  const rejecting = days.filter(({ counts, outcome }) => (counts?.rejected ?? 0) > 0 && outcome === 'loaded')
  if (rejecting.length > 0) {
    const rows = rejecting.reduce((sum, { counts }) => sum + (counts?.rejected ?? 0), 0)
    warnings.push(`${counted(rows, 'row')} rejected; see: ohlcv rejects --start ${rejecting[0]!.date} --end ${rejecting.at(-1)!.date}`)
  }
  return warnings
}

/** What a person should know about the dates that were loaded: which are thin, and who lacks a row on the latest. */
export function observedWarnings({ thin, absence }: Observations, dataset: Dataset): string[] {
  const option = datasetOption(dataset)
  const warnings = thin.slice(0, EXAMPLES).map(({ date, rowCount, usual }) =>
    `${date} is thin: ${counted(rowCount, 'bar')}, where ${figure(Math.round(usual))} are usual around it; look: ohlcv status${option} --date ${date}`)
  if (thin.length > EXAMPLES) warnings.push(`${figure(thin.length - EXAMPLES)} more dates are thin; see: ohlcv status${option} --start ${thin[EXAMPLES]!.date} --end ${thin.at(-1)!.date}`)
  if (absence) {
    const { date, active, absent, examples } = absence
    warnings.push(`${figure(absent)} of ${figure(active)} active securities have no row on ${date}: ${examples.join(', ')}${absent > examples.length ? ', ...' : ''}`)
  }
  return warnings
}

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
