import type { Dividend } from '../../domain/action.js'
import type { BarProvider } from '../bar-provider.js'
import { chartSince } from './bars.js'
import { chartOf, daysOf } from './chart.js'
import { ratiosOf, unadjustedAmount } from './unadjust.js'

/**
 * Splits and dividends, which charts tell beside their bars: daily ones, since longer bars have no more than one event each. Amounts are adjusted for the
 * splits since; one that does not follow exactly from what is written is left out.
 */
export const ACTIONS: NonNullable<BarProvider['actions']> = {
  questions: (symbol, { start }, now) => [chartSince(symbol, 'day', start, now)],
  read(body, symbol, { start, end }) {
    const chart = chartOf(body, symbol, 'day')
    const isAsked = ({ exDate }: { exDate: string }): boolean => exDate >= start && exDate <= end
    const ratioOf = ratiosOf(chart.splits, daysOf(chart))
    const dividends = chart.dividends.filter(isAsked).flatMap(({ exDate, amount }): Dividend[] => {
      const ratio = chart.isUpToDate ? ratioOf(exDate) : null
      const unadjusted = ratio && unadjustedAmount(amount, ratio)
      return unadjusted ? [{ exDate, kind: 'regular', amount: unadjusted, currency: 'USD', declaredOn: null, recordedOn: null, paidOn: null }] : []
    })
    return { splits: chart.splits.filter(isAsked), dividends, next: null }
  },
}
