import type { IdentifiedBar, RawBar } from '../domain/bar.js'
import type { IsoDate } from '../domain/dates.js'
import type { Tally } from '../domain/tally.js'
import { none, type Stage } from '../domain/stage.js'

/** Which security a symbol named on a date. */
export interface Identities {
  securityOn(symbol: string, date: IsoDate): number | undefined
}

/** Finds the security that the symbol named on the bar's date. */
export function identify(universe: Identities, dateOf: (bar: RawBar) => IsoDate, tally: Tally): Stage<RawBar, IdentifiedBar> {
  return (bar) => {
    const symbolId = universe.securityOn(bar.symbol, dateOf(bar))
    if (symbolId === undefined) {
      tally.unknown(bar.symbol)
      return none
    }
    const identified = bar as IdentifiedBar
    identified.symbolId = symbolId
    return identified
  }
}
