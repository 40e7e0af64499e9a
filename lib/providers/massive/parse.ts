import type { Decimal, RawBar } from '../../domain/bar.js'
import { parseDecimal, type NumberFault } from '../../domain/decimal.js'
import type { RejectReason } from '../../domain/reject.js'
import { isSymbol } from '../../domain/symbol.js'
import type { Tally } from '../../domain/tally.js'
import type { CsvLine } from '../../formats/csv.js'
import { massiveColumns, type MassiveColumns } from './columns.js'
import { none, type Stage } from '../../domain/stage.js'
import { NANOSECONDS, type Windows } from '../../datasets/window.js'

const INTEGER = /^-?\d{1,25}$/

/**
 * Line to bar: finds the columns in the first line, then judges the fields of every other one by their grammar. A row
 * whose window does not begin on the file's date in New York is rejected: vendors have shipped such rows
 * (https://github.com/fovi-llc/zipline-polygon-bundle/issues/5).
 */
export function parse(windows: Windows, tally: Tally): Stage<CsvLine, RawBar> {
  let columns: MassiveColumns | undefined
  let fault: NumberFault | undefined
  let faulty: string | null = null
  let current = ''
  const fail = (found: NumberFault): void => {
    if (fault !== undefined) return
    fault = found
    faulty = current
  }
  const decimal = (text: string, name: string): Decimal => {
    current = name
    return parseDecimal(text, fail) ?? ('0' as Decimal)
  }

  return ({ line, fields }) => {
    if (columns === undefined) {
      columns = massiveColumns(fields)
      return none
    }
    tally.counts.read++
    const reject = (reason: RejectReason, field: string | null = null, symbol: string | null = null): typeof none => {
      tally.reject(line, reason, field, symbol)
      return none
    }
    if (fields === null) return reject('malformed')
    if (fields.length !== columns.count) return reject('field_count')
    const symbol = fields[columns.ticker]!
    if (!isSymbol(symbol)) return reject('bad_symbol', 'ticker')
    fault = undefined
    faulty = null
    const bar: RawBar = {
      line,
      symbol,
      windowStart: fields[columns.windowStart]!,
      open: decimal(fields[columns.open]!, 'open'),
      high: decimal(fields[columns.high]!, 'high'),
      low: decimal(fields[columns.low]!, 'low'),
      close: decimal(fields[columns.close]!, 'close'),
      volume: decimal(fields[columns.volume]!, 'volume'),
      transactions: columns.transactions < 0 ? null : decimal(fields[columns.transactions]!, 'transactions'),
    }
    if (fault) return reject(fault, faulty, symbol)
    if (bar.transactions !== null && bar.transactions.includes('.')) return reject('bad_number', 'transactions', symbol)
    if (bar.transactions !== null && bar.transactions.length > 18) return reject('number_too_long', 'transactions', symbol)
    if (windows.slot(bar.windowStart) !== undefined) return bar
    if (!NANOSECONDS.test(bar.windowStart)) {
      return reject(INTEGER.test(bar.windowStart) ? 'wrong_date' : 'bad_window_start', 'window_start', symbol)
    }
    if (!windows.isOnDate(bar.windowStart)) return reject('wrong_date', 'window_start', symbol)
    return reject('bad_window_start', 'window_start', symbol)
  }
}
