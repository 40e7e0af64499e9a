import type { Observations } from '../features/load/range/observations.js'
import type { RangeResult } from '../features/load/range/load-range.js'
import { unknownOf } from '../features/load/range/totals.js'
import { datasetOption } from './commands.js'
import { counted, figure } from './figures.js'

/** How many of a kind a warning names. */
const EXAMPLES = 5

/** What a person should know about rows that were not stored. */
function rowWarnings({ days }: RangeResult, option: string): string[] {
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
    warnings.push(`${counted(rows, 'row')} rejected; see: ohlcv rejects${option} --start ${rejecting[0]!.date} --end ${rejecting.at(-1)!.date}`)
  }
  return warnings
}

/** What a person should know about the dates that were loaded: which are thin, and who lacks a row on the latest. */
function dateWarnings({ thin, absence }: Observations, option: string): string[] {
  const warnings = thin.slice(0, EXAMPLES).map(({ date, rowCount, usual }) =>
    `${date} is thin: ${counted(rowCount, 'bar')}, where ${figure(Math.round(usual))} are usual around it; look: ohlcv status${option} --date ${date}`)
  if (thin.length > EXAMPLES) warnings.push(`${figure(thin.length - EXAMPLES)} more dates are thin; see: ohlcv status${option} --start ${thin[EXAMPLES]!.date} --end ${thin.at(-1)!.date}`)
  if (absence) {
    const { date, active, absent, examples } = absence
    warnings.push(`${figure(absent)} of ${figure(active)} active securities have no row on ${date}: ${examples.join(', ')}${absent > examples.length ? ', ...' : ''}`)
  }
  return warnings
}

/** What a person should know about a load besides how its dates ended. */
export function loadWarnings(result: RangeResult, observations: Observations, datasetName: string): string[] {
  const option = datasetOption(datasetName)
  return [...rowWarnings(result, option), ...dateWarnings(observations, option)]
}
