import { isLosslessNumber, stringify } from 'lossless-json'
import type { Decimal, RawBar } from '../../../domain/bar.js'
import { parseDecimal, type NumberFault } from '../../../domain/decimal.js'
import type { RejectReason } from '../../../domain/reject.js'
import { isSymbol } from '../../../domain/symbol.js'
import type { BarsReading } from '../../bar-provider.js'
import { wrongFormat } from '../../json-answer.js'

const NANOSECONDS_A_MS = 1_000_000n

/** Why a row is rejected. */
interface Fault {
  reason: RejectReason
  field: string
}

/** Rows that have their symbol themselves. */
export const OWN_SYMBOLS = null

/**
 * The bars of an answer's rows. A field that is not there or no number is another format, whatever the row; one that is null, or a
 * number that cannot be stored, rejects its row. `vw` is not read: no table has it.
 * @param symbol whose rows they are, or {@link OWN_SYMBOLS}
 * @throws SourceError ANSWER_FORMAT, naming the field
 */
export function barsOf(rows: readonly unknown[], symbol: string | typeof OWN_SYMBOLS, { periods, tally, firstRow }: BarsReading): RawBar[] {
  tally.from({ raw: (line) => Buffer.from(stringify(rows[line - firstRow]) ?? '') })
  const bars: RawBar[] = []
  let fault: Fault | undefined

  const numberOf = (row: Readonly<Record<string, unknown>>, index: number, field: string): Decimal => {
    const value = row[field]
    if (isLosslessNumber(value)) return parseDecimal(value.value, (reason: NumberFault) => (fault ??= { reason, field })) ?? ('0' as Decimal)
    if (value !== null) throw wrongFormat(`results[${index}].${field}`, value === undefined ? 'is missing' : 'is no number')
    fault ??= { reason: 'null_value', field }
    return '0' as Decimal
  }
  /** How many trades a bar is made of, where the row says it. */
  const countOf = (row: Readonly<Record<string, unknown>>, index: number, field: string): Decimal | null => {
    if (row[field] === undefined || row[field] === null) return null
    const value = numberOf(row, index, field)
    if (value.includes('.')) fault ??= { reason: 'bad_number', field }
    else if (value.length > 18) fault ??= { reason: 'number_too_long', field }
    return value
  }
  const slotOf = (milliseconds: Decimal): number | undefined => (/^-?\d{1,16}$/.test(milliseconds) ? periods.slot(BigInt(milliseconds) * NANOSECONDS_A_MS) : undefined)

  for (const [index, row] of rows.entries()) {
    const line = firstRow + index
    tally.counts.read++
    if (!isRow(row)) throw wrongFormat(`results[${index}]`, 'is no object')
    fault = undefined
    const named = symbol ?? row['T']
    if (typeof named !== 'string') throw wrongFormat(`results[${index}].T`, named === undefined ? 'is missing' : 'is no text')
    const [open, high, low, close, volume] = ['o', 'h', 'l', 'c', 'v'].map((field) => numberOf(row, index, field)) as [Decimal, Decimal, Decimal, Decimal, Decimal]
    const time = numberOf(row, index, 't')
    const transactions = countOf(row, index, 'n')
    if (!isSymbol(named)) {
      tally.reject(line, 'bad_symbol', 'T', null)
      continue
    }
    const slot = fault ? undefined : slotOf(time)
    if (slot === undefined) {
      const { reason, field }: Fault = fault ?? { reason: 'wrong_date', field: 't' }
      tally.reject(line, reason, field, named)
      continue
    }
    bars.push({ line, symbol: named, slot, open, high, low, close, volume, transactions })
  }
  return bars
}

function isRow(row: unknown): row is Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null && !Array.isArray(row) && !isLosslessNumber(row)
}
