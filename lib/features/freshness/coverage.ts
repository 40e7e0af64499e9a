import type { DateRange, IsoDate } from '../../domain/dates.js'
import { lagMinutes, type Clock, type Window, type Windows } from './windows.js'

/** Consecutive windows without a bar. */
export interface Hole extends DateRange {
  sessions: number
}

/** A security's bars of one length against the calendar. */
export interface Coverage {
  /** Windows with a bar, and those of them and of the others on which one was to be expected. */
  sessions: number
  expected: number
  /** The difference, as stretches. */
  holes: Hole[]
  lagMinutes: number
}

/** What coverage is worked out from. */
export interface Held extends Windows {
  /** Whether there is a bar of the window. */
  has: (window: Window) => boolean
  /** Whether the security was listed in it. */
  isListed: (window: Window) => boolean
  /** Whether a file has spoken about it: a bar that it lacks is not to come any more. */
  isLoaded: (window: Window) => boolean
}

/**
 * How many of the windows that are owed of a security have a bar, from the first one on: before its listing, after its end and before their files are due
 * none is expected. What is there counts, owed or not.
 */
export function coverageOf({ windows, owed, has, isListed, isLoaded }: Held, clock: Clock): Coverage {
  const coverage: Coverage = { sessions: 0, expected: 0, holes: [], lagMinutes: 0 }
  let open: Hole | undefined
  for (const [place, window] of windows.entries()) {
    const isThere = has(window)
    if (!isThere && !(place < owed && isListed(window))) continue
    coverage.expected++
    if (isThere) {
      coverage.sessions++
      open = undefined
    } else if (open) {
      open.end = window.date
      open.sessions++
    } else {
      open = { start: window.date, end: window.date, sessions: 1 }
      coverage.holes.push(open)
    }
  }
  coverage.lagMinutes = lagMinutes({ windows, owed }, (window) => has(window) || !isListed(window) || isLoaded(window), clock)
  return coverage
}

/** A symbol of a security and the dates on which it names it, both inclusive; null means without bound. */
export interface Listing {
  symbol: string
  from: IsoDate | null
  to: IsoDate | null
}

/** Whether a security is listed on a date: some symbol names it; without an end of that it is over with its last bar, should it trade no more. */
export function listedOn(names: readonly Listing[], active: boolean, lastBar: IsoDate): (date: IsoDate) => boolean {
  return (date) => names.some(({ from, to }) => (from === null || from <= date) && (to === null ? active || date <= lastBar : date <= to))
}
