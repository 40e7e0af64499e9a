import { SourceError } from '../../domain/errors.js'
import type { BarProvider, BarsPage, BarsReading } from '../bar-provider.js'
import { csvBars, csvFile, type CsvColumns } from '../csv-bars.js'
import { stooqSymbol } from './symbol.js'

/** In English and in Polish, by the host and the language that was asked with. */
const COLUMNS: CsvColumns = {
  time: ['date', 'data'], open: ['open', 'otwarcie'], high: ['high', 'najwyzszy'], low: ['low', 'najnizszy'], close: ['close', 'zamkniecie'], volume: ['volume', 'wolumen'],
}
const NEWLINE = 0x0a

/** Prices are adjusted for splits and dividends as it pleases Stooq. It does not name the symbol. */
const wholeBy = (read: typeof csvFile) => (body: Buffer, symbol: string, reading: BarsReading): BarsPage => {
  const page = read(body, symbol, reading, COLUMNS)
  // A volume that has lost its last digits is a number, too.
  if (body.at(-1) !== NEWLINE) throw new SourceError('ANSWER_INCOMPLETE', 'the last row has no end: the answer has been cut', { hint: 'where a file is whole, end its last line' })
  return page
}

const compact = (date: string): string => date.replaceAll('-', '')

/** Daily bars of one symbol. */
export const DAILY: BarProvider['bars'] = {
  title: 'daily CSV',
  question: (symbol, _timespan, { start, end }) => ({ path: '/q/d/l/', query: { s: stooqSymbol(symbol) ?? symbol, i: 'd', d1: compact(start), d2: compact(end) } }),
  read: wholeBy(csvBars),
}

/** The same, saved from a browser. */
export const FILES: NonNullable<BarProvider['files']> = { read: wholeBy(csvFile) }
