import type { IsoDate } from './dates.js'

/**
 * A symbol named one security from a date (inclusive) to another (exclusive); null is not known. `listed` is evidence with a
 * date; `known` is a guess (an undated import, a discovery, somebody who took over a symbol) and gives way to evidence.
 */
export interface SymbolFact {
  kind: 'known' | 'listed'
  symbol: string
  from: IsoDate | null
  to: IsoDate | null
}

/** The security called `symbol` until the day before `to` is called `newSymbol` from `from` on: the same date, unless it had no symbol in between. */
export interface RenameFact {
  kind: 'renamed'
  symbol: string
  newSymbol: string
  to: IsoDate
  from: IsoDate
}

/** One thing somebody told about symbols. What facts mean together does not depend on the order in which they were told. */
export type Fact = SymbolFact | RenameFact

/** A fact as it is kept. */
export type KeptFact = Fact & {
  factId: number
  /** How it came to be known, for instance `import`. */
  cause: string
}
