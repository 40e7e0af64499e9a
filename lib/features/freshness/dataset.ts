import type { IsoDate } from '../../domain/dates.js'
import { lagMinutes, nextDue, windowsSince, type Clock } from './windows.js'

/** How fresh a kind of bars is, by the calendar alone. */
export interface Freshness {
  /** Null: nothing was ever loaded. */
  lagMinutes: number | null
  /** The next file that is to come. */
  nextDue: { date: IsoDate; at: Date }
  /** Sessions owed since the first that is loaded, and those of them that are. */
  owed: number
  loaded: number
}

/** How fresh a kind of bars is whose loaded sessions are these, in order: none before the first of them is owed. */
export function freshnessOf(loaded: readonly IsoDate[], clock: Clock): Freshness {
  const isLoaded = new Set(loaded)
  const next = nextDue((date) => isLoaded.has(date), clock)
  const [first] = loaded
  if (first === undefined) return { lagMinutes: null, nextDue: next, owed: 0, loaded: 0 }
  const { windows, owed } = windowsSince(first, 'day', clock)
  const isThere = ({ date }: { date: IsoDate }): boolean => isLoaded.has(date)
  return { lagMinutes: lagMinutes({ windows, owed }, isThere, clock), nextDue: next, owed, loaded: windows.slice(0, owed).filter(isThere).length }
}
