import type { BarProvider } from '../bar-provider.js'
import { csvFile } from '../csv-bars.js'

const COLUMNS = { time: ['date'], open: ['open'], high: ['high'], low: ['low'], close: ['close'], volume: ['volume'] }

/** What Yahoo let people download as CSV: the bars of its charts, without the splits that they are adjusted for. */
export const FILES: NonNullable<BarProvider['files']> = {
  read: (body, symbol, reading) => csvFile(body, symbol, reading, COLUMNS),
}
