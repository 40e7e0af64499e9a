import type { RawBar } from '../domain/bar.js'
import type { Tally } from '../domain/tally.js'
import { none, type Stage } from '../domain/stage.js'

/** Symbols that are known at all. */
export interface KnownSymbols {
  has(symbol: string): boolean
}

/** Lets the symbols of the universe through; under an override only those selected. */
export function inUniverse(universe: KnownSymbols, selected: ReadonlySet<string> | null, tally: Tally): Stage<RawBar, RawBar> {
  return (bar) => {
    if (selected !== null && !selected.has(bar.symbol)) {
      tally.counts.notSelected++
      return none
    }
    if (universe.has(bar.symbol)) return bar
    tally.unknown(bar.symbol)
    return none
  }
}
