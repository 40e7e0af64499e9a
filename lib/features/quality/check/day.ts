import type { IsoDate } from '../../../domain/dates.js'
import { median, WINDOW } from '../../../domain/usual.js'
import { SESSIONS_AFTER, SESSIONS_BEFORE, type Day } from '../rules/rule.js'
import { CLOSE, HIGH, LOW, OPEN, VOLUME, type History } from './histories.js'
import { medianOf } from './window.js'

/** Of so many bars at least a median of the market is taken. */
const LEAST = 100

/** What is known of a session that has bars. */
export interface ReadSession {
  bars: number
  isLoaded: boolean
}

/** Sessions with bars, by number. */
export type ReadSessions = ReadonlyMap<number, ReadSession>

/** The sessions of a window that count: loaded ones with bars, or any with bars where none of the window is loaded. */
export function countingSessions(read: ReadSessions, session: number): number[] {
  const numbers: number[] = []
  for (let number = session - SESSIONS_BEFORE; number <= session + SESSIONS_AFTER; number++) if (read.has(number)) numbers.push(number)
  const loaded = numbers.filter((number) => read.get(number)!.isLoaded)
  return loaded.length > 0 ? loaded : numbers
}

/** The median of the bars of the loaded sessions around one: those nearest before it, topped up by those after. */
function usualBars(read: ReadSessions, session: number): number | null {
  if (read.get(session)?.isLoaded !== true) return null
  const loaded = countingSessions(read, session)
  const before = loaded.filter((number) => number < session).slice(-WINDOW)
  const after = loaded.filter((number) => number > session).slice(0, WINDOW - before.length)
  return median([...before, ...after].map((number) => read.get(number)!.bars)) ?? null
}

let scratch = new Float64Array(0)

/** The median of what the bars of a session are to those of a neighbour; null with less than a hundred. */
function medianToNeighbour(histories: readonly History[], session: number, neighbour: number, figure: (history: History, place: number, other: number) => number): number | null {
  if (scratch.length < histories.length) scratch = new Float64Array(2 * histories.length)
  let count = 0
  for (const history of histories) {
    const other = history.placeOf(neighbour)
    if (other < 0) continue
    const value = figure(history, history.placeOf(session), other)
    if (Number.isFinite(value)) scratch[count++] = value
  }
  return medianOf(scratch, count, LEAST)
}

/** The median log return of closes from the session before. */
export function marketOf(histories: readonly History[], session: number): number | null {
  return medianToNeighbour(histories, session, session - 1, ({ figures }, place, other) => Math.log(figures[CLOSE + place]! / figures[CLOSE + other]!))
}

function isRepeated(history: History, session: number): boolean {
  const [at, other] = [history.placeOf(session), history.placeOf(session - 1)]
  const { figures } = history
  const isSame = (figure: number): boolean => figures[figure + at] === figures[figure + other]
  return other >= 0 && figures[VOLUME + at] !== 0 && isSame(VOLUME) && isSame(CLOSE) && isSame(OPEN) && isSame(HIGH) && isSame(LOW)
}

/** A session as its bars show it. */
export function dayOf(date: IsoDate, session: number, histories: readonly History[], read: ReadSessions): Day {
  const byVolume = (neighbour: number) => medianToNeighbour(histories, session, neighbour, ({ figures }, place, other) => figures[VOLUME + place]! / figures[VOLUME + other]!)
  return {
    date, session: true, bars: histories.length, usualBars: usualBars(read, session),
    repeated: histories.filter((history) => isRepeated(history, session)).length,
    volumeToBefore: byVolume(session - 1), volumeToAfter: byVolume(session + 1),
  }
}

/** A day on which the exchange was closed, as its bars show it. */
export function closedDay(date: IsoDate, bars: number): Day {
  return { date, session: false, bars, usualBars: null, repeated: 0, volumeToBefore: null, volumeToAfter: null }
}
