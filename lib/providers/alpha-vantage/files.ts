import type { BarProvider } from '../bar-provider.js'
import { csvFile, type CsvColumns } from '../csv-bars.js'

/** Beside an adjusted close the other prices are as they were traded. */
const COLUMNS: CsvColumns = { time: ['timestamp'], open: ['open'], high: ['high'], low: ['low'], close: ['close'], volume: ['volume'] }

/** How many decimals a price has. */
const DECIMALS = 4
/** A price with as many decimals as this is a float as programs write it. */
const FLOAT = /^\d+\.\d{10,}$/

/** A price as it was before it became a float: exports with an adjusted close write some so, `236.13099999999997` for 236.131. */
export function priceOf(text: string): string {
  if (!FLOAT.test(text)) return text
  const [whole = '', fraction = ''] = text.split('.')
  const unit = 10n ** BigInt(fraction.length - DECIMALS)
  const exact = BigInt(whole + fraction)
  const price = (exact + unit / 2n) / unit
  const difference = exact - price * unit
  // Further from it than floats of prices are: it has these digits.
  if (difference * 1_000_000n > unit || -difference * 1_000_000n > unit) return text
  const digits = String(price).padStart(DECIMALS + 1, '0')
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`
}

/** Exports of days, also with an adjusted close, dividends and splits. */
export const FILES: NonNullable<BarProvider['files']> = {
  read: (body, symbol, reading) => csvFile(body, symbol, reading, COLUMNS, priceOf),
}
