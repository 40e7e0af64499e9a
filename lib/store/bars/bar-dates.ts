import type { Dataset } from '../../datasets/dataset.js'

/** How the bars of a dataset are found by date. The texts are SQL; `column` and the dates are SQL of our own, never values. */
interface BarDates {
  /** The exchange date of a bar. */
  dateOf: (column: string) => string
  /** Whether a bar is of these dates, inclusive; in a form that leaves out the partitions of other dates. */
  within: (column: string, start: string, end: string) => string
}

const BY_WINDOW: Record<Dataset['window'], BarDates> = {
  day: {
    dateOf: (column) => column,
    within: (column, start, end) => `${column} between ${start} and ${end}`,
  },
  minute: {
    dateOf: (column) => `(${column} at time zone 'America/New_York')::date`,
    within: (column, start, end) => `${column} >= ohlcv_day_start(${start}) and ${column} < ohlcv_day_start(${end} + 1)`,
  },
}

/** How the bars of the dataset are found by date. */
export function barDates({ window }: Pick<Dataset, 'window'>): BarDates {
  return BY_WINDOW[window]
}
