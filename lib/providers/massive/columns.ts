import { SourceError } from '../../domain/errors.js'

/**
 * The stock files of Massive (formerly Polygon.io): CSV with the header
 * `ticker,volume,open,close,high,low,window_start,transactions`. Columns are found by name, because their order is not
 * promised. Source: https://massive.com/docs/flat-files/stocks/day-aggregates
 */
export interface MassiveColumns {
  count: number
  ticker: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  windowStart: number
  /** -1 where the file has none (index files). */
  transactions: number
}

const REQUIRED = ['ticker', 'volume', 'open', 'close', 'high', 'low', 'window_start'] as const

/**
 * Finds the columns in the header line.
 * @throws SourceError SOURCE_NOT_CSV or SOURCE_WRONG_HEADER, saying what stands there instead
 */
export function massiveColumns(header: string[] | null): MassiveColumns {
  const names = (header ?? []).map((name) => name.trim())
  const shown = JSON.stringify(names.join(',').slice(0, 120))
  if (header === null || names[0]?.startsWith('<')) {
    throw new SourceError('SOURCE_NOT_CSV', `line 1 is no CSV header but ${shown}`, { hint: 'the file may be an error page that was saved instead of the data' })
  }
  const missing = REQUIRED.filter((name) => !names.includes(name))
  if (missing.length > 0) {
    throw new SourceError('SOURCE_WRONG_HEADER', `line 1 lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; it is ${shown}`, {
      hint: `a day file begins with ${REQUIRED.join(',')},transactions`,
    })
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new SourceError('SOURCE_WRONG_HEADER', `line 1 has the column ${twice} twice; it is ${shown}`)
  const column = (name: string) => names.indexOf(name)
  return {
    count: names.length,
    ticker: column('ticker'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    windowStart: column('window_start'),
    transactions: column('transactions'),
  }
}
