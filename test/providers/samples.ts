import type { Decimal, RawBar } from '../../lib/domain/bar.js'
import { isoDate, type IsoDate } from '../../lib/domain/dates.js'
import type { Reject } from '../../lib/domain/reject.js'

/** A file of a format, and what is to come of it before any symbol is looked up. */
export interface Sample {
  dataset: string
  date: IsoDate
  text: string
  bars: RawBar[]
  /** The symbol of each row, null where none can be told. */
  symbols: (string | null)[]
  rejects: Omit<Reject, 'raw'>[]
}

const bar = (line: number, symbol: string, slot: number, [open, high, low, close, volume]: readonly string[], transactions: string | null): RawBar =>
  ({ line, symbol, slot, open: open as Decimal, high: high as Decimal, low: low as Decimal, close: close as Decimal, volume: volume as Decimal, transactions: transactions as Decimal | null })

const rejected = (line: number, reason: Reject['reason'], field: string | null = null, symbol: string | null = null): Sample['rejects'][number] => ({ line, reason, field, symbol })

/** By the provider's name. */
export const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  massive: [
    {
      dataset: 'day_aggs',
      date: isoDate('2025-01-06'),
      // Midnight in New York is 1736139600 seconds, the next one 1736226000.
      text: `ticker,volume,open,close,high,low,window_start,transactions
AAPL,1234567.125000,10.0,10.50,1.1e1,9.99,1736139600000000000,4321
BRK.A,1,7,7,7,7,1736225999999999999,0
LATE,1,7,7,7,7,1736226000000000000,1
EARLY,1,7,7,7,7,1736139599999999999,1
MSFT,1,7,x,7,7,1736139600000000000,1
MSFT,1,7,7,7,7,soon,1
MSFT,1,7,7,7,7,1736139600,1
MSFT,1,7,7,7,7,1736139600000000000,1.5
MSFT,1,7,7,7,7,1736139600000000000
B"D,1,7,7,7,7,1736139600000000000,1
B D,1,7,7,7,7,1736139600000000000,1
LOSS,-1,-7,7,7,7,1736139600000000000,1
MSFT,1,7,7,7,7,1736139600000000000,1234567890123456789
`,
      bars: [
        bar(2, 'AAPL', 0, ['10', '11', '9.99', '10.5', '1234567.125'], '4321'),
        bar(3, 'BRK.A', 0, ['7', '7', '7', '7', '1'], '0'),
        bar(13, 'LOSS', 0, ['-7', '7', '7', '7', '-1'], '1'),
      ],
      symbols: ['AAPL', 'BRK.A', 'LATE', 'EARLY', 'MSFT', 'MSFT', 'MSFT', 'MSFT', null, null, null, 'LOSS', 'MSFT'],
      rejects: [
        rejected(4, 'wrong_date', 'window_start', 'LATE'),
        rejected(5, 'wrong_date', 'window_start', 'EARLY'),
        rejected(6, 'bad_number', 'close', 'MSFT'),
        rejected(7, 'bad_window_start', 'window_start', 'MSFT'),
        rejected(8, 'wrong_date', 'window_start', 'MSFT'),
        rejected(9, 'bad_number', 'transactions', 'MSFT'),
        rejected(10, 'field_count'),
        rejected(11, 'malformed'),
        rejected(12, 'bad_symbol', 'ticker'),
        rejected(14, 'number_too_long', 'transactions', 'MSFT'),
      ],
    },
    {
      dataset: 'minute_aggs',
      date: isoDate('2025-01-06'),
      // Columns by name, in any order; 14:30 UTC is minute 570 of New York's day.
      text: `window_start,ticker,open,high,low,close,volume
1736173800000000000,AAPL,10,11,9,10.5,100
1736173860000000000,AAPL,10,11,9,10.5,100
1736139600000000000,MSFT,10,11,9,10.5,100
1736225940000000000,MSFT,10,11,9,10.5,100
1736173830000000000,AAPL,10,11,9,10.5,100
1736173800000000001,AAPL,10,11,9,10.5,100
1736226000000000000,AAPL,10,11,9,10.5,100
`,
      bars: [
        bar(2, 'AAPL', 570, ['10', '11', '9', '10.5', '100'], null),
        bar(3, 'AAPL', 571, ['10', '11', '9', '10.5', '100'], null),
        bar(4, 'MSFT', 0, ['10', '11', '9', '10.5', '100'], null),
        bar(5, 'MSFT', 1439, ['10', '11', '9', '10.5', '100'], null),
      ],
      symbols: ['AAPL', 'AAPL', 'MSFT', 'MSFT', 'AAPL', 'AAPL', 'AAPL'],
      rejects: [
        rejected(6, 'bad_window_start', 'window_start', 'AAPL'),
        rejected(7, 'bad_window_start', 'window_start', 'AAPL'),
        rejected(8, 'wrong_date', 'window_start', 'AAPL'),
      ],
    },
  ],
}
