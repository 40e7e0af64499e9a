import type { Basis } from './basis.js'

/** An exact decimal number as canonical text: no exponent, no leading or trailing zeros, no plus sign, no `-0`. */
export type Decimal = string & { readonly __decimal: unique symbol }

/** One row of a day file as parsed, its symbol not yet looked up. */
export interface RawBar {
  /** The line of the decompressed file, the header being line 1. */
  line: number
  symbol: string
  /** Which of the date's windows it is of, from 0. */
  slot: number
  open: Decimal
  high: Decimal
  low: Decimal
  close: Decimal
  volume: Decimal
  /** Number of trades; null where the file has none. */
  transactions: Decimal | null
}

/** Prices and volume of a bar. */
export type BarValues = Pick<RawBar, 'open' | 'high' | 'low' | 'close' | 'volume'>

/** What a provider may say of a bar beside its values. */
export interface Remarks {
  /** What it is adjusted for, where that is not what the provider's bars are: of sources that have all kinds. */
  basis?: Basis
  /** Whether it may still change though its window is over: the provider marks its last row so, or gives it away. */
  provisional?: true
  /** As it was traded, where that follows from the answer itself and is exact; of providers with unadjusted prices it is left out. */
  unadjusted?: BarValues
}

/** A bar whose symbol has been found to name a security on the date. */
export interface IdentifiedBar extends RawBar {
  symbolId: number
}

declare const valid: unique symbol

/** A bar that satisfies every rule of a bar and may be stored. */
export interface ValidBar extends IdentifiedBar {
  readonly [valid]: true
}

/** The columns of a staged bar, in the order of a line of COPY. */
export const STAGED_COLUMNS = 'symbol_id, time, open, high, low, close, volume, transactions'

/** A later row of a security and window that the file has already had, with its raw text. */
export interface RepeatedBar {
  bar: ValidBar
  /** The window's start as staged; null for daily bars. */
  time: string | null
  raw: Buffer
}
