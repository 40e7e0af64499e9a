import type { CorporateActions, Dividend, Split } from '../../domain/action.js'
import { sumOfDecimals } from '../../domain/decimal.js'
import { SourceError } from '../../domain/errors.js'
import { groupsBy } from '../../domain/grouped.js'
import { isUsualSplit } from '../../domain/usual-split.js'
import type { ToldDividend, ToldSplit } from '../../store/actions/told.js'

/** What one body says of the symbol that it was asked about. */
export interface Told extends CorporateActions {
  symbol: string
  /** SHA-256 of the body. */
  answer: string
}

const ratioOf = ({ from, to }: Split): string => `${from} to ${to}`

/** The splits that a source tells, one a date. @throws SourceError ACTIONS_CONTRADICT where it tells two different ones of a date */
export function splitsOf(told: readonly Told[]): ToldSplit[] {
  const all = told.flatMap(({ splits, symbol, answer }) => splits.map((split) => ({ ...split, symbol, answer, usual: isUsualSplit(split), knownSince: split.exDate })))
  return groupsBy(all, ({ exDate }) => exDate).map((same) => {
    const [first] = same
    const other = same.find((split) => ratioOf(split) !== ratioOf(first!))
    if (other === undefined) return first!
    throw new SourceError('ACTIONS_CONTRADICT', `the answer has two splits of ${first!.symbol} on ${first!.exDate}: from ${ratioOf(first!)} and from ${ratioOf(other)}`, {
      hint: 'nothing of it is stored; the provider may correct it',
    })
  })
}

/** In which currency dividends of one date and kind are added up: that of the prices where one is in it. */
function currencyOf(dividends: readonly Dividend[]): string | null {
  const currencies = [...new Set(dividends.map(({ currency }) => currency))]
  return currencies.find((currency) => currency === null || currency === 'USD') ?? (currencies.length === 0 ? null : currencies.toSorted()[0]!)
}

/**
 * The dividends that a source tells, one a date and kind: those that are paid on different days, or differ in their amount, are added up; a row that
 * comes twice counts once.
 */
export function dividendsOf(told: readonly Told[]): ToldDividend[] {
  const all = told.flatMap(({ dividends, symbol, answer }) => dividends.map((dividend) => ({ ...dividend, symbol, answer, knownSince: dividend.declaredOn ?? dividend.exDate })))
  return groupsBy(all, ({ exDate, kind }) => `${exDate} ${kind}`).map((same) => {
    const currency = currencyOf(same)
    const parts = groupsBy(same.filter((dividend) => dividend.currency === currency), ({ amount, paidOn }) => `${amount} ${paidOn}`).map(([first]) => first!)
    return { ...parts[0]!, amount: sumOfDecimals(parts.map(({ amount }) => amount)) }
  })
}
