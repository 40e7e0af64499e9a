import type { Decimal } from './bar.js'
import type { IsoDate } from './dates.js'

/** Of `from` old shares `to` new ones: 4 for 1 is from 1 to 4, a reverse split 1 for 8 is from 8 to 1. */
export interface Split {
  /** The first date that is traded so. */
  exDate: IsoDate
  from: Decimal
  to: Decimal
}

export const DIVIDEND_KINDS = ['regular', 'special', 'long_term_gain', 'short_term_gain'] as const

/** The currency of prices, which is also that of a dividend of which none is said. */
export const PRICED_IN = 'USD'

/** Cash for each share. */
export interface Dividend {
  /** The first date that is traded without it. */
  exDate: IsoDate
  kind: (typeof DIVIDEND_KINDS)[number]
  /** For one share as there were on that date: unadjusted. */
  amount: Decimal
  /** ISO 4217; null where it is not said. */
  currency: string | null
  declaredOn: IsoDate | null
  recordedOn: IsoDate | null
  paidOn: IsoDate | null
}

/** What a company does that changes the meaning of its prices. */
export interface CorporateActions {
  splits: readonly Split[]
  dividends: readonly Dividend[]
}
