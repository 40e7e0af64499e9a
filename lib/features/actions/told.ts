import { PRICED_IN, type CorporateActions, type Dividend, type Split } from '../../domain/action.js'
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

const currencyOf = ({ currency }: Dividend): string => currency ?? PRICED_IN

/**
 * The dividends that a source tells, one a date and kind: those that are paid on different days, or differ in their amount, are added up, as far as
 * they are in the currency of the prices, or else in one; a row that comes twice counts once.
 */
export function dividendsOf(told: readonly Told[]): ToldDividend[] {
  const all = told.flatMap(({ dividends, symbol, answer }) => dividends.map((dividend) => ({ ...dividend, symbol, answer, knownSince: dividend.declaredOn ?? dividend.exDate })))
  return groupsBy(all, ({ exDate, kind }) => `${exDate} ${kind}`).map((same) => {
    const currencies = groupsBy(same, currencyOf)
    const added = currencies.find(([first]) => currencyOf(first!) === PRICED_IN) ?? currencies[0]!
    const parts = groupsBy(added, ({ amount, paidOn }) => `${amount} ${paidOn}`).map(([first]) => first!)
    return { ...parts[0]!, amount: sumOfDecimals(parts.map(({ amount }) => amount)) }
  })
}
