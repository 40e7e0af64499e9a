import { isoDate } from '../../lib/domain/dates.js'
import { instantOf } from '../../lib/domain/zone.js'

/** A row as `date open high low close volume`, numbers as they are to be written; the date may have a time in New York behind a `T`, else it is 09:30. */
export type YahooRow = string

export interface YahooChart {
  symbol?: string
  interval?: '1d' | '1wk' | '1mo' | '3mo'
  /** As `date numerator:denominator`. */
  splits?: readonly string[]
  /** As `date amount`. */
  dividends?: readonly string[]
  /** More of `meta`, or other. */
  meta?: Readonly<Record<string, unknown>>
  /** The date and time of the newest trade, that of the last row where it is not said. */
  newest?: string
}

/** Seconds since the epoch of a date, and a time, in New York. */
export function secondsOf(text: string, time = '09:30'): number {
  const [date = '', clock = time] = text.split('T')
  const [hours, minutes, seconds = '0'] = clock.split(':')
  return instantOf(isoDate(date), `${hours}:${minutes}`, 'America/New_York').getTime() / 1000 + Number(seconds)
}

/** An answer about one symbol in Yahoo's form. */
export function yahooAnswer(rows: readonly YahooRow[], { symbol = 'AAPL', interval = '1d', splits = [], dividends = [], meta = {}, newest }: YahooChart = {}): string {
  const fields = rows.map((row) => row.split(' '))
  const stamps = fields.map(([date]) => secondsOf(date!))
  const column = (at: number): string => `[${fields.map((row) => row[at]).join(',')}]`
  const quote = rows.length === 0 ? '{}' : `{"open":${column(1)},"high":${column(2)},"low":${column(3)},"close":${column(4)},"volume":${column(5)}}`
  const events = [
    ...(dividends.length > 0 ? [`"dividends":{${dividends.map((text) => text.split(' ')).map(([date, amount]) => `"${secondsOf(date!)}":{"amount":${amount},"date":${secondsOf(date!)}}`).join(',')}}`] : []),
    ...(splits.length > 0 ? [`"splits":{${splits.map((text) => text.split(/[ :]/)).map(([date, to, from]) => `"${secondsOf(date!)}":{"date":${secondsOf(date!)},"numerator":${to},"denominator":${from},"splitRatio":"${to}:${from}"}`).join(',')}}`] : []),
  ]
  const about = {
    currency: 'USD', symbol, exchangeName: 'NMS', instrumentType: 'EQUITY', regularMarketTime: newest === undefined ? (stamps.at(-1) ?? 0) : secondsOf(newest), gmtoffset: -18000,
    exchangeTimezoneName: 'America/New_York', dataGranularity: interval, range: '', ...meta,
  }
  return `{"chart":{"result":[{"meta":${JSON.stringify(about)}${rows.length === 0 ? '' : `,"timestamp":${JSON.stringify(stamps)}`}${events.length === 0 ? '' : `,"events":{${events.join(',')}}`},"indicators":{"quote":[${quote}]}}],"error":null}}`
}
