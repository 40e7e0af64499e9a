import { timespanNamed } from '../../lib/datasets/timespans.js'
import type { TimespanName } from '../../lib/datasets/timespan.js'
import { isoDate } from '../../lib/domain/dates.js'

/** A row as `time close [volume]`, the time a date or an instant; all its prices are the close. */
export type TestRow = string

function rowText(row: TestRow, timespan: TimespanName, symbol?: string): string {
  const [time = '', price, volume = '100'] = row.split(' ')
  const date = isoDate(time.slice(0, 10))
  const at = time.length > 10 ? Date.parse(time) : timespanNamed(timespan).periods({ start: date, end: date }).span(0).start
  return `{${symbol === undefined ? '' : `"T":"${symbol}",`}"v":${volume},"o":${price},"c":${price},"h":${price},"l":${price},"t":${at},"n":5}`
}

const envelope = (rows: readonly string[], more = ''): string => `{${more}"queryCount":${rows.length},"resultsCount":${rows.length},"adjusted":false,"results":[${rows.join(',')}],"status":"OK"}`

/** An answer with bars of one symbol, in Massive's form. */
export function barsAnswer(symbol: string, timespan: TimespanName, rows: readonly TestRow[]): string {
  return envelope(rows.map((row) => rowText(row, timespan)), `"ticker":"${symbol}",`)
}

/** An answer with bars of all symbols of a date, in Massive's form; rows as `symbol close [volume]`. */
export function groupedAnswer(date: string, rows: readonly TestRow[]): string {
  return envelope(rows.map((row) => {
    const [symbol = '', ...values] = row.split(' ')
    return rowText([date, ...values].join(' '), 'day', symbol)
  }))
}
