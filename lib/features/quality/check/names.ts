import type { IsoDate } from '../../../domain/dates.js'
import type { Universe } from '../../../domain/universe.js'

/** What the security was called on the date; undefined when no symbol named it. */
export function nameOn(universe: Universe, symbolId: number, date: IsoDate): string | undefined {
  return universe.rangesOf(symbolId).find(({ from, to }) => (from === null || from <= date) && (to === null || date < to))?.symbol
}
