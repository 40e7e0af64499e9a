import type { BarValues, Decimal } from '../domain/bar.js'
import { parseDecimal, type NumberFault } from '../domain/decimal.js'
import type { RejectReason } from '../domain/reject.js'
import type { BarsReading, ProviderBar } from './bar-provider.js'

/** What a row has to have, in the order in which it is judged. */
export const BAR_FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const
export type BarField = (typeof BAR_FIELDS)[number]

/** Most digits of a number of trades. */
const MOST_COUNT_DIGITS = 18

/** A row of an answer or file, its numbers as they are written. */
export interface TextRow {
  /** Which of the periods that were asked for it is of; undefined where it is of none. */
  slot: number | undefined
  /** Null where the provider has none. */
  values: Readonly<Record<BarField, string | null>>
  /** How many trades a bar is made of, where the row says it. */
  transactions?: string | null
  /** Why it is no row at all. */
  fault?: RejectReason
  provisional?: boolean
  /** As it was traded, where that is known. */
  unadjusted?: BarValues
  /** As it came. */
  raw: () => Buffer
}

/**
 * The bars of rows, each counted as read; one that lacks a number, or has one that cannot be stored, is rejected.
 * @param called what the provider calls the fields
 */
export function textBars(rows: readonly TextRow[], symbol: string, { tally, firstRow }: Pick<BarsReading, 'tally' | 'firstRow'>, called: Readonly<Record<BarField | 'time', string>>): ProviderBar[] {
  tally.from({ raw: (line) => rows[line - firstRow]!.raw() })
  const bars: ProviderBar[] = []
  for (const [index, { slot, values, transactions: trades, fault, provisional, unadjusted }] of rows.entries()) {
    const line = firstRow + index
    tally.counts.read++
    let reject: { reason: RejectReason; field: string | null } | undefined = fault && { reason: fault, field: null }
    const failing = (field: string) => (reason: NumberFault | 'null_value'): undefined => void (reject ??= { reason, field })
    const [open, high, low, close, volume] = BAR_FIELDS.map((field): Decimal => {
      const [text, fail] = [values[field], failing(called[field])]
      return (text === null ? fail('null_value') : parseDecimal(text, fail)) ?? ('0' as Decimal)
    }) as [Decimal, Decimal, Decimal, Decimal, Decimal]
    const transactions = trades == null ? null : countOf(trades, failing('transactions'))
    if (slot === undefined) reject ??= { reason: 'wrong_date', field: called.time }
    if (reject) tally.reject(line, reject.reason, reject.field, symbol)
    else bars.push({ line, symbol, slot: slot!, open, high, low, close, volume, transactions, ...(provisional && { provisional }), ...(unadjusted && { unadjusted }) })
  }
  return bars
}

/** A whole number that fits the column of trades. */
function countOf(text: string, fail: (fault: NumberFault) => void): Decimal {
  const count = parseDecimal(text, fail) ?? ('0' as Decimal)
  if (count.includes('.')) fail('bad_number')
  else if (count.length > MOST_COUNT_DIGITS) fail('number_too_long')
  return count
}
