import * as v from 'valibot'
import type { Dividend, Split } from '../../domain/action.js'
import { isIsoDate, type DateRange, type IsoDate } from '../../domain/dates.js'
import { isPositive, parseDecimal } from '../../domain/decimal.js'
import type { Decimal } from '../../domain/bar.js'
import { SourceError } from '../../domain/errors.js'
import type { BarProvider } from '../bar-provider.js'
import { checked, jsonOf, wrongFormat } from '../json-answer.js'
import { ratioOf } from './ratio.js'
import { nameOf } from './symbols.js'

/** Where there is no date there is this word. */
const ABSENT = 'None'

const date = v.optional(v.nullable(v.string()))
const ANSWER = v.object({ symbol: v.string(), data: v.array(v.unknown()) })
const SPLIT = v.object({ effective_date: v.string(), split_factor: v.string() })
const DIVIDEND = v.object({ ex_dividend_date: v.string(), declaration_date: date, record_date: date, payment_date: date, amount: v.string() })

/**
 * Splits, and dividends of a share as there were on the ex-date: unlike prices in other answers of the vendor's they are not adjusted. Of no symbol that it
 * does not know there is any. Both answers have all there are, whatever the range.
 * Source: https://www.alphavantage.co/documentation/#dividends
 */
export const ACTIONS: NonNullable<BarProvider['actions']> = {
  questions: (symbol) => ['SPLITS', 'DIVIDENDS'].map((name) => ({ path: '/query', query: { function: name, symbol: nameOf(symbol) ?? symbol, datatype: 'json' } })),
  read(body, symbol, range) {
    const { symbol: about, data } = checked(ANSWER, jsonOf(body))
    if (about !== nameOf(symbol)) {
      throw new SourceError('ANSWER_OTHER_SYMBOL', `the answer is about ${JSON.stringify(about.slice(0, 60))}, and ${nameOf(symbol) ?? symbol} was asked for`)
    }
    const splits: Split[] = []
    const dividends: Dividend[] = []
    for (const [index, row] of data.entries()) {
      if (isSplit(row)) splits.push(...splitOf(row, index))
      else dividends.push(...dividendOf(row, index))
    }
    const isAsked = ({ exDate }: { exDate: IsoDate }): boolean => isWithin(exDate, range)
    return { splits: splits.filter(isAsked), dividends: dividends.filter(isAsked), next: null }
  },
}

const isWithin = (date: IsoDate, { start, end }: DateRange): boolean => date >= start && date <= end

const isSplit = (row: unknown): boolean => typeof row === 'object' && row !== null && 'effective_date' in row

function splitOf(row: unknown, index: number): Split[] {
  const { effective_date: exDate, split_factor: factor } = checked(SPLIT, row)
  if (!isIsoDate(exDate)) throw wrongFormat(`data[${index}].effective_date`, 'is no date')
  if (!isPositive(decimalOf(factor, `data[${index}].split_factor`))) throw wrongFormat(`data[${index}].split_factor`, 'is not above zero')
  return [{ exDate, ...ratioOf(factor) }]
}

/** None where it has no ex-date yet, or is of nothing: the vendor has such rows. */
function dividendOf(row: unknown, index: number): Dividend[] {
  const { ex_dividend_date: exDate, declaration_date: declared, record_date: recorded, payment_date: paid, amount } = checked(DIVIDEND, row)
  const dateOf = (text: string | null | undefined, field: string): IsoDate | null => {
    if (text === undefined || text === null || text === ABSENT) return null
    if (!isIsoDate(text)) throw wrongFormat(`data[${index}].${field}`, 'is no date')
    return text
  }
  const value = decimalOf(amount, `data[${index}].amount`)
  const ex = dateOf(exDate, 'ex_dividend_date')
  const dates = { declaredOn: dateOf(declared, 'declaration_date'), recordedOn: dateOf(recorded, 'record_date'), paidOn: dateOf(paid, 'payment_date') }
  return ex === null || value === '0' ? [] : [{ exDate: ex, kind: 'regular', amount: value, currency: null, ...dates }]
}

/** @throws SourceError ANSWER_FORMAT where it is none, or below zero */
function decimalOf(text: string, field: string): Decimal {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? parseDecimal(text, () => undefined) : undefined
  if (value === undefined) throw wrongFormat(field, 'is no number')
  return value
}
