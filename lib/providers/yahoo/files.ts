import type { BarProvider } from '../bar-provider.js'
import { csvFile, type CsvColumns } from '../csv-bars.js'

/** Beside an adjusted close the other prices are adjusted for splits only; programs that leave it out adjust all of them for dividends, too. */
const COLUMNS: CsvColumns = { time: ['date'], open: ['open'], high: ['high'], low: ['low'], close: ['close'], volume: ['volume'], sign: ['adj close'] }

/** What Yahoo let people download as CSV: the bars of its charts, without the splits that they are adjusted for. */
export const FILES: NonNullable<BarProvider['files']> = {
  read: (body, symbol, reading) => csvFile(body, symbol, reading, COLUMNS),
}
