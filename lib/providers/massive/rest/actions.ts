import { isLosslessNumber } from 'lossless-json'
import * as v from 'valibot'
import type { Dividend, Split } from '../../../domain/action.js'
import type { Decimal } from '../../../domain/bar.js'
import { isIsoDate, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { isNegative, isPositive, parseDecimal } from '../../../domain/decimal.js'
import type { SourceError } from '../../../domain/errors.js'
import type { BarProvider } from '../../bar-provider.js'
import { checked, wrongFormat } from '../../json-answer.js'
import { nextPage, requireSymbol, wellOf } from './answer.js'

/** The most there is. */
const LIMIT = '1000'

/** What the vendor calls the kinds of dividends: cash that is paid regularly, special cash, long-term and short-term capital gains. */
const KINDS: Readonly<Record<string, Dividend['kind']>> = { CD: 'regular', SC: 'special', LT: 'long_term_gain', ST: 'short_term_gain' }

const ANSWER = v.object({ results: v.optional(v.array(v.looseObject({ ticker: v.string() })), []), next_url: v.nullish(v.string()) })

/** The fields of a row, each with the type that it has to have. */
class Row {
  constructor(private readonly fields: Readonly<Record<string, unknown>>, private readonly place: string) {}

  /** Null where there is none. */
  date(field: string): IsoDate | null {
    const text = this.text(field)
    if (text === null || isIsoDate(text)) return text
    throw this.wrong(field, `is ${JSON.stringify(text.slice(0, 40))}, and no date`)
  }

  /** Null where there is none. */
  text(field: string): string | null {
    const value = this.fields[field] ?? null
    if (value === null || typeof value === 'string') return value
    throw this.wrong(field, 'is no text')
  }

  /** Ratios may be written as floats: `2e+06`. */
  decimal(field: string, isGood: (decimal: Decimal) => boolean): Decimal {
    const number = this.fields[field]
    const decimal = isLosslessNumber(number) ? parseDecimal(number.value, () => undefined) : undefined
    if (decimal !== undefined && isGood(decimal)) return decimal
    throw this.wrong(field, isLosslessNumber(number) ? `is ${number.value.slice(0, 40)}` : number === undefined ? 'is missing' : 'is no number')
  }

  exDate(field: string): IsoDate {
    const date = this.date(field)
    if (date !== null) return date
    throw this.wrong(field, 'is missing')
  }

  kind(field: string): Dividend['kind'] {
    const code = this.text(field) ?? ''
    const kind = KINDS[code]
    if (kind !== undefined) return kind
    throw this.wrong(field, `is ${JSON.stringify(code.slice(0, 40))}, and none of ${Object.keys(KINDS).join(', ')}`)
  }

  private wrong(field: string, what: string): SourceError {
    return wrongFormat(`${this.place}.${field}`, what)
  }
}

function splitOf(row: Row): Split {
  return { exDate: row.exDate('execution_date'), from: row.decimal('split_from', isPositive), to: row.decimal('split_to', isPositive) }
}

function dividendOf(row: Row): Dividend {
  return {
    exDate: row.exDate('ex_dividend_date'), kind: row.kind('dividend_type'), amount: row.decimal('cash_amount', (amount) => !isNegative(amount)), currency: row.text('currency'),
    declaredOn: row.date('declaration_date'), recordedOn: row.date('record_date'), paidOn: row.date('pay_date'),
  }
}

/** The question for what has its ex-date, which is called `field`, in the range. */
function question(path: string, field: string, ticker: string, { start, end }: DateRange) {
  return { path, query: { ticker, [`${field}.gte`]: start, [`${field}.lte`]: end, order: 'asc', sort: field, limit: LIMIT } }
}

/**
 * Splits and dividends, a question each, in pages. Both answers look alike but for their rows, which tell what they are.
 * Sources: https://massive.com/docs/rest/stocks/corporate-actions/splits and https://massive.com/docs/rest/stocks/corporate-actions/dividends
 */
export const ACTIONS: NonNullable<BarProvider['actions']> = {
  questions: (symbol, range) => [question('/v3/reference/splits', 'execution_date', symbol, range), question('/v3/reference/dividends', 'ex_dividend_date', symbol, range)],
  read(body, symbol, { start, end }) {
    const { results, next_url: next } = checked(ANSWER, wellOf(body))
    const splits: Split[] = []
    const dividends: Dividend[] = []
    for (const [index, fields] of results.entries()) {
      requireSymbol(fields.ticker, symbol)
      const row = new Row(fields, `results[${index}]`)
      if ('execution_date' in fields) splits.push(splitOf(row))
      else dividends.push(dividendOf(row))
    }
    const isAsked = ({ exDate }: { exDate: IsoDate }) => start <= exDate && exDate <= end
    return { splits: splits.filter(isAsked), dividends: dividends.filter(isAsked), next: nextPage(next) }
  },
}
