import * as v from 'valibot'
import { timespanNamed } from '../../datasets/timespans.js'
import { BARS_QUERY, SERVICE_BARS, serviceBarsDocument } from '../../documents/service/bars.js'
import { barTime, barTimeText } from '../../documents/service/parts.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import { adjustedValues, type Adjustment } from '../../store/bars/of-security.js'
import { barPage, type PagedBar } from '../../store/bars/page.js'
import { securityNamed } from '../../store/universe/security-named.js'
import type { Queryable } from '../../postgres/database.js'
import { pageOf, readCursor } from '../framework/cursor.js'
import { Problem } from '../framework/problem.js'
import { defineRoute } from '../framework/route.js'
import { dateOf, windowOf } from '../framework/window.js'

const AFTER = v.tuple([barTime])
const FIELDS = ['time', 'asset', 'open', 'high', 'low', 'close', 'volume', 'transactions', 'load_id', 'fetch_id', 'filled_by'] as const

/** The dates of bars, which are in order. */
function spanOf(bars: readonly PagedBar[]): DateRange {
  const dates = bars.map(({ date }) => date).sort()
  return { start: dates[0]!, end: dates.at(-1)! }
}

/** Bars, their prices adjusted. */
async function adjusted(pool: Queryable, symbolId: number, bars: readonly PagedBar[], adjustment: Adjustment): Promise<PagedBar[]> {
  if (adjustment.basis === 'none' || bars.length === 0) return [...bars]
  const values = await adjustedValues(pool, symbolId, spanOf(bars), adjustment)
  return bars.map((bar) => ({ ...bar, ...values.get(bar.date) }))
}

/** @throws Problem where bars of the length cannot be adjusted, or nothing says for what */
function adjustmentOf({ interval, adjusted: basis, as_of: asOf }: v.InferOutput<typeof BARS_QUERY>): Adjustment {
  if (basis !== 'none' && interval !== 'day') throw new Problem(400, 'ADJUSTED_DAYS_ONLY', `query: adjusted=${basis} is of bars of days only, not of interval=${interval}`)
  if (basis === 'none' && asOf !== undefined) throw new Problem(400, 'AS_OF_UNADJUSTED', 'query: as_of says by what prices are adjusted; add adjusted=split or adjusted=total')
  return { basis, asOf: dateOf('as_of', asOf) }
}

const earlier = (a: IsoDate | null, b: IsoDate | null): IsoDate | null => (a === null || (b !== null && b < a) ? b : a)

export const bars = defineRoute({
  method: 'GET',
  path: '/bars',
  tag: 'data',
  summary: 'The stored bars of a security',
  description: 'Prices and volumes are exact decimals, as text.',
  query: BARS_QUERY,
  example: { query: { asset: 'AAPL', start: '2026-02-12', end: '2026-03-09', adjusted: 'split' } },
  problems: { 404: 'the universe has no such symbol' },
  document: SERVICE_BARS,
  csv: ({ bars: told }) => [[...FIELDS], ...told.map((bar) => FIELDS.map((field) => bar[field]))],
  async answer({ query }, { pool }) {
    const { asset, interval, order, limit, cursor } = query
    const adjustment = adjustmentOf(query)
    const { start, end } = windowOf(query)
    const [after = null] = readCursor(AFTER, cursor) ?? []
    const named = await securityNamed(pool, asset, null)
    const { symbolId } = named.security
    const page = await barPage(pool, timespanNamed(interval), symbolId, { start, end: earlier(end, adjustment.asOf), order, after }, limit + 1)
    const { rows, next } = pageOf(page, limit, ({ time }) => [barTimeText(time)])
    return serviceBarsDocument(named, { interval, ...adjustment }, await adjusted(pool, symbolId, rows, adjustment), next)
  },
})
