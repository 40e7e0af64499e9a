import { isLosslessNumber } from 'lossless-json'
import * as v from 'valibot'
import type { TimespanName } from '../../datasets/timespan.js'
import type { Dividend, Split } from '../../domain/action.js'
import type { Decimal } from '../../domain/bar.js'
import type { IsoDate } from '../../domain/dates.js'
import { isNegative, isPositive, parseDecimal } from '../../domain/decimal.js'
import { SourceError } from '../../domain/errors.js'
import { checked, jsonOf, said, wrongFormat } from '../json-answer.js'
import { BAR_FIELDS, type BarField } from '../text-bars.js'
import { EXCHANGE_ZONE } from '../wall-clock.js'
import { isRunning, momentOf, valuesOf, type Row } from './row.js'
import { yahooSymbol } from './symbol.js'
import type { AdjustedDay } from './unadjust.js'

/** A number as it is written. */
interface Written {
  value: string
}

/** What Yahoo calls the lengths of bars. */
export const INTERVALS: Partial<Readonly<Record<TimespanName, string>>> = { day: '1d', week: '1wk', month: '1mo' }
/** What can be in a universe of American exchanges. */
const INSTRUMENTS: readonly (string | null)[] = ['EQUITY', 'ETF']
/** Seconds of the years 1 to 9999. */
const [FIRST_SECOND, LAST_SECOND] = [-62_135_500_000, 253_402_200_000]

const number = v.custom<Written>(isLosslessNumber, 'no number')
const seconds = v.pipe(number, v.transform(({ value }) => Number(value)), v.integer('no whole number'), v.minValue(FIRST_SECOND, 'no date'), v.maxValue(LAST_SECOND, 'no date'))
const exact = (fits: (value: Decimal) => boolean, otherwise: string) =>
  v.pipe(number, v.transform(({ value }) => parseDecimal(value, () => undefined)), v.custom<Decimal>((value) => typeof value === 'string' && fits(value as Decimal), otherwise))
const shares = exact(isPositive, 'no number above zero')
const cash = exact((value) => !isNegative(value), 'no number from zero on')
const column = v.optional(v.array(v.nullable(number)))

const RESULT = v.object({
  meta: v.object({
    symbol: v.string(),
    currency: v.nullable(v.string()),
    instrumentType: v.nullable(v.string()),
    exchangeTimezoneName: v.string(),
    dataGranularity: v.string(),
    regularMarketTime: v.nullish(seconds),
  }),
  timestamp: v.optional(v.array(seconds), []),
  events: v.optional(v.object({
    splits: v.optional(v.record(v.string(), v.object({ date: seconds, numerator: shares, denominator: shares })), {}),
    dividends: v.optional(v.record(v.string(), v.object({ date: seconds, amount: cash })), {}),
  }), {}),
  indicators: v.object({ quote: v.tuple([v.object({ open: column, high: column, low: column, close: column, volume: column })]) }),
})
const CHART = v.object({ chart: v.object({ result: v.tuple([v.unknown()]) }) })
const REFUSED = v.object({ chart: v.object({ result: v.nullish(v.array(v.unknown())), error: v.object({ code: v.unknown(), description: v.unknown() }) }) })

/** An answer about one symbol. */
export interface Chart {
  rows: readonly Row[]
  splits: readonly Split[]
  /** Adjusted for the splits since. */
  dividends: readonly Pick<Dividend, 'exDate' | 'amount'>[]
  /** Whether it reaches to the newest trade: then it tells of every split that its prices are adjusted for. */
  isUpToDate: boolean
}

const inOrder = (a: { exDate: IsoDate }, b: { exDate: IsoDate }): number => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0)

/**
 * What an answer says of a symbol that was asked for by our name.
 * @throws SourceError ANSWER_NOT_JSON, ANSWER_STATUS, ANSWER_FORMAT, ANSWER_INCOMPLETE, ANSWER_OTHER_SYMBOL, ANSWER_OTHER_TIMESPAN or ANSWER_OTHER_MARKET
 */
export function chartOf(body: Buffer, symbol: string, timespan: TimespanName): Chart {
  const json = jsonOf(body)
  const refused = v.safeParse(REFUSED, json)
  if (refused.success) throw new SourceError('ANSWER_STATUS', `the answer says that it is none${said(refused.output.chart.error.code)}${said(refused.output.chart.error.description)}`)
  const { meta, timestamp, events, indicators: { quote: [quote] } } = checked(RESULT, checked(CHART, json).chart.result[0])
  if (meta.symbol !== yahooSymbol(symbol)) {
    throw new SourceError('ANSWER_OTHER_SYMBOL', `the answer is about ${JSON.stringify(meta.symbol.slice(0, 60))}, and ${symbol} was asked for`)
  }
  if (meta.dataGranularity !== INTERVALS[timespan]) {
    throw new SourceError('ANSWER_OTHER_TIMESPAN', `the answer's bars are of ${JSON.stringify(meta.dataGranularity.slice(0, 60))} (dataGranularity), and ${INTERVALS[timespan]} was asked for`)
  }
  const rows = rowsOf(timestamp, quote)
  // One of a symbol that is not traded any more has neither a currency nor rows.
  if (rows.length > 0) requireDollars(meta)
  const newest = meta.regularMarketTime ?? null
  return {
    rows,
    splits: Object.values(events.splits).map(({ date, numerator, denominator }) => ({ exDate: momentOf(date).date, from: denominator, to: numerator })).toSorted(inOrder),
    dividends: Object.values(events.dividends).map(({ date, amount }) => ({ exDate: momentOf(date).date, amount })).toSorted(inOrder),
    isUpToDate: newest !== null && rows.some(({ at }) => at.date >= momentOf(newest).date),
  }
}

/** The days that are final, in order. */
export function daysOf({ rows }: Pick<Chart, 'rows'>): AdjustedDay[] {
  const days = rows.flatMap((row) => {
    const values = isRunning(row) ? undefined : valuesOf(row)
    return values ? [{ row, date: row.at.date, values }] : []
  })
  return days.toSorted((a, b) => a.row.seconds - b.row.seconds)
}

function rowsOf(timestamp: readonly number[], quote: { [of in BarField]?: (Written | null)[] | undefined }): Row[] {
  for (const field of BAR_FIELDS) {
    const values = quote[field]
    // Without rows the columns may be left out.
    if (values === undefined && timestamp.length > 0) throw wrongFormat(`indicators.quote[0].${field}`, 'is missing')
    if (values && values.length > 0 && timestamp.length === 0) throw wrongFormat('timestamp', 'is missing')
    if (values && values.length !== timestamp.length) throw new SourceError('ANSWER_INCOMPLETE', `the answer has ${values.length} rows of ${field}, and ${timestamp.length} of timestamp`)
  }
  const text = (field: BarField, at: number): string | null => quote[field]![at]?.value ?? null
  return timestamp.map((seconds, at) => ({
    seconds, at: momentOf(seconds), values: { open: text('open', at), high: text('high', at), low: text('low', at), close: text('close', at), volume: text('volume', at) },
  }))
}

/** @throws SourceError ANSWER_OTHER_MARKET */
function requireDollars({ currency, exchangeTimezoneName: zone, instrumentType }: v.InferOutput<typeof RESULT>['meta']): void {
  const fault = (field: string, value: string | null, wanted: string) =>
    new SourceError('ANSWER_OTHER_MARKET', `the answer's ${field} is ${JSON.stringify(value?.slice(0, 60) ?? null)}, and ${wanted} was asked for`, { hint: 'the provider may have another security by this symbol' })
  // Pence are GBp, and would pass for pounds.
  if (currency !== 'USD') throw fault('currency', currency, 'USD')
  if (zone !== EXCHANGE_ZONE) throw fault('exchangeTimezoneName', zone, EXCHANGE_ZONE)
  if (!INSTRUMENTS.includes(instrumentType)) throw fault('instrumentType', instrumentType, INSTRUMENTS.join(' or '))
}
