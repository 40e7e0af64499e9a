import type { Decimal, RawBar } from '../../domain/bar.js'
import { parseDecimal, type NumberFault } from '../../domain/decimal.js'
import type { RejectReason } from '../../domain/reject.js'
import { none, type Stage } from '../../domain/stage.js'
import { isSymbol } from '../../domain/symbol.js'
import type { Tally } from '../../domain/tally.js'
import type { Windows } from '../../datasets/window.js'
import type { CsvLine } from '../../formats/csv.js'
import { massiveColumns, type MassiveColumns } from './columns.js'
import { windowStarts } from './window-start.js'

/**
 * Line to bar: finds the columns in the first line, then judges the fields of every other one by their grammar. A row
 * whose window does not begin on the file's date in New York is rejected: vendors have shipped such rows
 * (https://github.com/fovi-llc/zipline-polygon-bundle/issues/5).
 */
export function massiveBars(windows: Windows, tally: Tally): Stage<CsvLine, RawBar> {
  const starts = windowStarts(windows)
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
  const reject = (line: number, reason: RejectReason, field: string | null = null, symbol: string | null = null): typeof none => {
    tally.reject(line, reason, field, symbol)
    return none
  }

  return ({ line, fields }) => {
    if (columns === undefined) {
      columns = massiveColumns(fields)
      return none
    }
    tally.counts.read++
    if (fields === null) return reject(line, 'malformed')
    if (fields.length !== columns.count) return reject(line, 'field_count')
    const symbol = fields[columns.ticker]!
    if (!isSymbol(symbol)) return reject(line, 'bad_symbol', 'ticker')
    fault = undefined
    faulty = null
    const open = decimal(fields[columns.open]!, 'open')
    const high = decimal(fields[columns.high]!, 'high')
    const low = decimal(fields[columns.low]!, 'low')
    const close = decimal(fields[columns.close]!, 'close')
    const volume = decimal(fields[columns.volume]!, 'volume')
    const transactions = columns.transactions < 0 ? null : decimal(fields[columns.transactions]!, 'transactions')
    if (fault) return reject(line, fault, faulty, symbol)
    if (transactions !== null && transactions.includes('.')) return reject(line, 'bad_number', 'transactions', symbol)
    if (transactions !== null && transactions.length > 18) return reject(line, 'number_too_long', 'transactions', symbol)
    const windowStart = fields[columns.windowStart]!
    const slot = starts.slot(windowStart)
    if (slot === undefined) return reject(line, starts.fault(windowStart), 'window_start', symbol)
    return { line, symbol, slot, open, high, low, close, volume, transactions }
  }
}
