import type { TimespanName } from '../../datasets/timespan.js'
import { weekday } from '../../domain/dates.js'
import type { BarsPage, BarsReading } from '../bar-provider.js'
import { textBars, type TextRow } from '../text-bars.js'
import { slotOfDate } from '../wall-clock.js'
import { daysOf, type Chart } from './chart.js'
import { isEmpty, isRunning, rawOf, type Row } from './row.js'
import { ratiosOf, unadjustedDays } from './unadjust.js'

const MIDNIGHT = '00:00:00'
const [SUNDAY, MONDAY] = [0, 1]
const CALLED = { time: 'timestamp', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' }

/** Whether a row is stamped as one of its length is: weeks with their Monday, months with their first. A day may be stamped with any time. */
function isInPlace(timespan: TimespanName, { at: { date, time } }: Row): boolean {
  if (timespan === 'day') return true
  return time === MIDNIGHT && (timespan === 'week' ? [SUNDAY, MONDAY].includes(weekday(date)) : date.endsWith('-01'))
}

/** The rows that are bars: without those of no trade, and without a last one of the running day beside the row of the day, week or month that it is in. */
function barRows({ rows }: Chart, timespan: TimespanName): { row: Row; provisional: boolean }[] {
  const found = rows.filter((row) => !isEmpty(row)).map((row) => ({ row, provisional: timespan === 'day' && isRunning(row) }))
  const [last, before] = [found.at(-1), found.at(-2)]
  if (last === undefined || before === undefined) return found
  if (timespan !== 'day') return isInPlace(timespan, last.row) ? found : found.slice(0, -1)
  return last.provisional && last.row.at.date === before.row.at.date ? [...found.slice(0, -2), { ...before, provisional: true }] : found
}

/** The bars of an answer that were asked for: it has those of all dates since, too. */
export function barsOf(chart: Chart, symbol: string, reading: BarsReading): BarsPage {
  const { timespan, periods } = reading
  const days = timespan === 'day' && chart.isUpToDate ? daysOf(chart) : []
  const unadjusted = unadjustedDays(days, ratiosOf(chart.splits, days))
  const rows = barRows(chart, timespan).flatMap(({ row, provisional }): TextRow[] => {
    const slot = slotOfDate(row.at.date, timespan, periods)
    if (slot === undefined) return []
    const exact = provisional ? undefined : unadjusted.get(row)
    return [{
      slot, values: row.values, raw: () => rawOf(row), provisional,
      ...(!isInPlace(timespan, row) && { fault: 'bad_window_start' as const }), ...(exact && { unadjusted: exact }),
    }]
  })
  return { rows: rows.length, bars: textBars(rows, symbol, reading, CALLED), next: null }
}
